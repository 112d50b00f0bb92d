"""What texts of ever new lengths leave behind in bfloat16 on a CPU: kernels, one for every shape.

    python benchmarks/kernel_cache.py [--lengths 100]

A product with a matrix, and causal attention of 9 heads of 64 (those of SmolLM2-135M), forwards and backwards
over texts of so many lengths, each in a process of its own: the memory that it holds more at the end, freed
heap given back, and its CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dartmath.base.memory import give_back_freed
from dartmath.base.pytorch import prepare_pytorch
from dartmath.base.terminal import print_table

_FIRST = 60  # tokens of the shortest text
_OWN = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "1024", "LRU_CACHE_CAPACITY": "1024"}  # the libraries' own


def product(tokens: int) -> None:
    """A linear layer of 576 to 1,536 units."""
    import torch

    rows, weight = (torch.ones(n, 576, dtype=torch.bfloat16, requires_grad=True) for n in (tokens, 1536))
    torch.nn.functional.linear(rows, weight).sum().backward()  # type: ignore[no-untyped-call]


def attention(tokens: int) -> None:
    """One layer's attention of one text."""
    import torch

    shapes = ((1, heads, tokens, 64) for heads in (9, 3, 3))
    query, key, value = (torch.ones(s, dtype=torch.bfloat16, requires_grad=True) for s in shapes)
    made = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, is_causal=True, enable_gqa=True
    )
    made.sum().backward()  # type: ignore[no-untyped-call]


KINDS: dict[str, Callable[[int], None]] = {"product": product, "attention": attention}


def measure(kind: str, lengths: int) -> str:
    """MB that are left behind and CPU seconds, in this process."""
    prepare_pytorch()
    KINDS[kind](_FIRST)
    before, began = _held(), time.process_time()
    for tokens in range(_FIRST + 1, _FIRST + 1 + lengths):
        KINDS[kind](tokens)
    seconds = time.process_time() - began
    return f"{_held() - before:.1f} {seconds:.2f}"


def _held() -> float:
    give_back_freed()
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--lengths", type=int, default=100)
    parser.add_argument("--one", choices=[*KINDS], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(measure(chosen.one, chosen.lengths))
        return
    rows = []
    for kind in KINDS:
        for name, told in {"the libraries' own": _OWN, "dartmath's": {}}.items():
            kept = {key: value for key, value in os.environ.items() if key not in _OWN}
            command = [sys.executable, __file__, "--one", kind, "--lengths", str(chosen.lengths)]
            said = subprocess.check_output(command, text=True, env={**kept, "OMP_NUM_THREADS": "1", **told})
            rows.append((kind, name, *said.split()))
    print_table(f"Left behind by {chosen.lengths} lengths", ("of", "settings", "MB", "CPU seconds"), rows)


if __name__ == "__main__":
    main()
