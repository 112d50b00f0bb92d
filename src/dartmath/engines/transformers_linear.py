"""Linear layers for decoding on the CPU: weights in the layout of oneDNN's kernels, siblings as one product.

A decoding step multiplies a few dozen rows by every weight of the model, which is most of its time. Weights
that are reordered once need not be rearranged in every step, and layers that read the same input (the
projections of an attention, the two halves of a gated MLP) make one larger product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

_SIBLINGS = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
_DTYPES = (torch.float32, torch.bfloat16)


def pack_linears(model: Any, rows: int) -> None:
    """Let the linear layers of `model` compute with packed weights, best for inputs of `rows` rows.

    Their own weights are given up, save those that other modules share, so `model` can only infer
    afterwards. Where oneDNN cannot (a GPU, a number format, an instruction set) nothing changes.
    """
    if model.device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return
    embedding = model.get_input_embeddings()
    for layers in list(_groups(model)):
        packed = _pack(layers, rows)
        if packed is None:
            return
        for index, layer in enumerate(layers):
            layer.forward = packed.part(index)
            if layer.weight is not getattr(embedding, "weight", None):
                layer.weight.data = layer.weight.data.new_empty(0)
    # What is left are views of the file of weights, all of which stays in memory as long as one is there.
    for parameter in model.parameters():
        parameter.data = parameter.data.clone()


def _groups(model: Any) -> Iterator[list[torch.nn.Linear]]:
    """Every plain linear layer once, together with those that read the same input."""
    for parent in model.modules():
        linears = {name: m for name, m in parent.named_children() if type(m) is torch.nn.Linear}
        for names in _SIBLINGS:
            if all(name in linears for name in names):
                yield [linears.pop(name) for name in names]
        yield from ([layer] for layer in linears.values())


def _pack(layers: Sequence[torch.nn.Linear], rows: int) -> _Packed | None:
    """The layers packed as one; None where oneDNN has no kernel for them."""
    if layers[0].weight.dtype not in _DTYPES:
        return None
    try:
        return _Packed(layers, rows)
    except (RuntimeError, AttributeError):
        return None


class _Packed:
    """Layers of one input; the first that is asked computes for all, and each takes its part once."""

    def __init__(self, layers: Sequence[torch.nn.Linear], rows: int) -> None:
        self._sizes = [layer.out_features for layer in layers]
        biases = [m.weight.new_zeros(m.out_features) if m.bias is None else m.bias for m in layers]
        with torch.inference_mode():
            weight = torch.cat([layer.weight for layer in layers])
            self._weight = torch.ops.mkldnn._reorder_linear_weight(weight, rows)
            self._bias = None if all(layer.bias is None for layer in layers) else torch.cat(biases)
        self._input: torch.Tensor | None = None
        self._parts: list[torch.Tensor | None] = []

    def part(self, index: int) -> Callable[[torch.Tensor], torch.Tensor]:
        """The forward function of the layer at `index`."""

        def forward(x: torch.Tensor) -> torch.Tensor:
            found = self._parts[index] if x is self._input else None
            if found is None:
                out = torch.ops.mkldnn._linear_pointwise(x, self._weight, self._bias, "none", [], "")
                self._input, self._parts = x, list(out.split(self._sizes, -1))
                found = self._parts[index]
                assert found is not None
            self._parts[index] = None
            if not any(part is not None for part in self._parts):
                self._input, self._parts = None, []
            return found

        return forward
