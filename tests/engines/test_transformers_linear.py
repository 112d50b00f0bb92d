"""Packed linear layers give what the layers themselves give, in whatever order they are asked."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from dartmath.engines.transformers_linear import pack_linears  # noqa: E402

SIZES = {"q_proj": 24, "k_proj": 8, "v_proj": 8, "o_proj": 16, "gate_proj": 40, "up_proj": 40}
ORDERS = [
    list(SIZES),
    list(reversed(SIZES)),
    ["v_proj", "q_proj", "k_proj", "k_proj", "q_proj", "up_proj", "gate_proj", "up_proj", "o_proj"],
]


def block(dtype: Any, biased: tuple[str, ...]) -> Any:
    """A module with the projections of a decoder layer, and what `pack_linears` asks of a model."""
    torch.manual_seed(0)
    made = torch.nn.Module()
    for name, size in SIZES.items():
        made.add_module(name, torch.nn.Linear(16, size, bias=name in biased, dtype=dtype))
    made.device = torch.device("cpu")
    made.get_input_embeddings = lambda: SimpleNamespace(weight=None)
    return made


@pytest.mark.parametrize("order", ORDERS, ids=["usual", "backwards", "mixed"])
@pytest.mark.parametrize("biased", [(), ("q_proj", "up_proj", "o_proj"), tuple(SIZES)], ids=len)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_outputs_equal_those_of_the_layers(dtype: Any, biased: tuple[str, ...], order: list[str]) -> None:
    plain = block(dtype, biased)
    packed = copy.deepcopy(plain)
    packed.get_input_embeddings = plain.get_input_embeddings
    pack_linears(packed, rows=4)
    with torch.inference_mode():
        for rows in (1, 4, 70):
            x = torch.randn(rows, 3, 16, dtype=dtype)
            for name in order:
                expected, found = getattr(plain, name)(x), getattr(packed, name)(x)
                assert torch.allclose(found, expected, atol=1e-5 if dtype == torch.float32 else 0.03)


def test_a_weight_that_the_embedding_shares_is_kept() -> None:
    model = block(torch.float32, ())
    shared = model.o_proj.weight
    model.get_input_embeddings = lambda: SimpleNamespace(weight=shared)
    pack_linears(model, rows=4)
    assert model.o_proj.weight.shape == (16, 16)
    assert model.q_proj.weight.numel() == 0


def test_formats_without_a_kernel_are_left_alone() -> None:
    model = block(torch.float16, ())
    pack_linears(model, rows=4)
    assert model.q_proj.weight.shape == (24, 16)
    assert "forward" not in vars(model.q_proj)
