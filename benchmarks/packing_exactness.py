"""How far a packed example's loss and gradient are from what it has alone, by architecture and kernel.

    python benchmarks/packing_exactness.py [--kernels sdpa_varlen sdpa eager]

Random models of the real modelling code, float32, sequences of several examples, windows shorter
than the examples. `contaminated` is the same with a mask of ones passed along, for the size of the
error that is avoided. On a GPU, flex_attention and flash_attention_2 (in bfloat16) are measured too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from dartmath.base.terminal import print_table
from dartmath.training.attention import with_attention

SIZE = {
    "vocab_size": 400,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
    "pad_token_id": 2,
}
LENGTHS = (37, 90, 5, 64)
PROMPT = 3
WINDOW = 24


def configurations() -> dict[str, Any]:
    """A small configuration of each architecture."""
    import transformers as t

    return {
        "Llama": t.LlamaConfig(**SIZE),
        "Mistral": t.MistralConfig(**SIZE, sliding_window=WINDOW),
        "Qwen 2": t.Qwen2Config(**SIZE, use_sliding_window=True, sliding_window=WINDOW, max_window_layers=1),
        "Qwen 3": t.Qwen3Config(**SIZE, head_dim=16),
        "Gemma 3": t.Gemma3TextConfig(**SIZE, head_dim=16, sliding_window=WINDOW, sliding_window_pattern=2),
    }


def make(config: Any, kernel: str, device: str) -> Any:
    """A model with weights large enough that attention is far from uniform."""
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    dtype = torch.bfloat16 if kernel == "flash_attention_2" else torch.float32
    load = partial(AutoModelForCausalLM.from_config, config, dtype=dtype)
    model = with_attention(kernel, lambda name: load(attn_implementation=name))
    for parameter in model.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.1)
    return model.to(device)


def loss_and_gradient(model: Any, ids: Any, labels: Any, **given: Any) -> tuple[float, torch.Tensor]:
    """Summed loss of the labelled tokens, and the gradient of all weights."""
    model.zero_grad()
    logits = model(input_ids=ids, use_cache=False, **given).logits[0, :-1].float()
    loss = torch.nn.functional.cross_entropy(logits, labels[0, 1:], ignore_index=-100, reduction="sum")
    loss.backward()
    return loss.item(), torch.cat(
        [p.grad.flatten().float() for p in model.parameters() if p.grad is not None]
    )


def errors(model: Any, device: str, *, contaminate: bool) -> Iterator[tuple[float, float]]:
    """Relative error of loss and gradient of each example of one packed sequence."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(3, SIZE["vocab_size"], (1, sum(LENGTHS)), generator=generator).to(device)
    positions = torch.cat([torch.arange(n) for n in LENGTHS])[None].to(device)
    more = {"attention_mask": torch.ones_like(ids)} if contaminate else {}
    begin = 0
    for length in LENGTHS:
        end = begin + length
        labels = torch.full_like(ids, -100)
        labels[:, begin + PROMPT : end] = ids[:, begin + PROMPT : end]
        loss, gradient = loss_and_gradient(model, ids, labels, position_ids=positions, **more)
        lone = loss_and_gradient(model, ids[:, begin:end].clone(), labels[:, begin:end].clone())
        distance = torch.linalg.norm(gradient - lone[1]) / torch.linalg.norm(lone[1])
        yield abs(loss - lone[0]) / abs(lone[0]), float(distance)
        begin = end


def main() -> None:
    """Print the table."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    here = ["sdpa_varlen", "sdpa", "eager"]
    if device == "cuda":
        here += ["flex_attention"] + (["flash_attention_2"] if find_spec("flash_attn") else [])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", nargs="+", default=here)
    options = parser.parse_args()
    rows = []
    for name, config in configurations().items():
        for kernel in options.kernels:
            model = make(config, kernel, device)
            packed = list(errors(model, device, contaminate=False))
            mixed = list(errors(model, device, contaminate=True))
            columns = [max(column) for column in zip(*packed, strict=True)]
            columns += [max(column) for column in zip(*mixed, strict=True)]
            rows.append((name, kernel, *(f"{value:.1e}" for value in columns)))
    print_table(
        f"largest relative error against the lone example ({device})",
        ("architecture", "attention", "loss", "gradient", "loss, contaminated", "gradient, contaminated"),
        rows,
    )


if __name__ == "__main__":
    main()
