"""Which model answers: names that mean the same one, and names that do not."""

from __future__ import annotations

import re

# What may follow a model's name without making it another: a dated release, a file's ending, a number format.
_SUFFIX = re.compile(
    r"(?:[-_.:@](?:latest|\d{4}-\d{2}-\d{2}|\d{4,8}|gguf|safetensors|fp8|fp16|bf16|f16|f32|int[48]|awq|gptq"
    r"|nvfp4|mxfp4|mlx|[48]bit|w\da\d{1,2}|i?q\d(?:_[0-9a-z]+)*|ud))+"
)


def same_model(wanted: str, told: str) -> bool:
    """Whether a server that tells `told` may be the model `wanted`, as far as names say.

    The owner or folder does not count, nor capitals, nor what `_SUFFIX` says.

    >>> same_model("Qwen/Qwen3-8B", "/models/Qwen3-8B-Q4_K_M.gguf"), same_model("Qwen3-8B", "Qwen3-8B-Base")
    (True, False)
    """
    one, other = _core(wanted), _core(told)
    short, long = sorted((one, other), key=len)
    return bool(short) and long.startswith(short) and not _SUFFIX.sub("", long[len(short) :])


def _core(name: str) -> str:
    """The last part of a path or id, in small letters."""
    return name.rstrip("/").rpartition("/")[2].lower()
