"""Exported weights in 16 bits: half the size, as most models are published and served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dartmath.base.errors import TrainingError
from dartmath.base.files import replacing, write_text

_INDEX = "model.safetensors.index.json"


def round_weights(folder: Path, dtype: str) -> None:
    """Write the weights of the model in `folder` anew in `dtype`, file by file, and name it in config.json.

    Raises `TrainingError` for a weight that the format cannot hold: float16 ends at 65,504.
    """
    total = sum(_round_file(path, dtype) for path in sorted(folder.glob("model*.safetensors")))
    if (folder / _INDEX).is_file():
        index = _read(folder / _INDEX)
        index["metadata"] = {**index.get("metadata", {}), "total_size": total}
        write_text(folder / _INDEX, json.dumps(index, indent=2) + "\n")
    config = _read(folder / "config.json")
    write_text(folder / "config.json", json.dumps({**config, "dtype": dtype}, indent=2) + "\n")


def _round_file(path: Path, dtype: str) -> int:
    """Rewrite one file of weights; the bytes of its tensors."""
    import torch
    from safetensors.torch import load_file, save_file

    rounded: dict[str, Any] = {}
    for name, weight in load_file(path).items():
        rounded[name] = weight.to(getattr(torch, dtype)) if weight.is_floating_point() else weight
        if not torch.isfinite(rounded[name]).all():
            raise TrainingError(
                f"{name} has values that {dtype} cannot hold; the checkpoints are kept: the same command "
                "with --export-dtype bfloat16 exports them"
            )
    with replacing(path) as temporary:
        save_file(rounded, temporary, metadata={"format": "pt"})
    return sum(weight.nbytes for weight in rounded.values())


def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
