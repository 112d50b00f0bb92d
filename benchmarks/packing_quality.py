"""How full packed sequences are, and how long packing takes, beside next-fit and TRL's packer.

    python benchmarks/packing_quality.py

Lengths are drawn like the paper's data sets: responses with means of 274 (Uniform) and 480 tokens
(Prop2Diff) and a long tail to 2048, each behind a prompt of about 110 tokens; packed to 4096.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from dartmath.base.terminal import print_table
from dartmath.training.pack import next_fit, pack

CAPACITY = 4096


def paper_lengths(rows: int, mean: float, *, seed: int = 0) -> np.ndarray:
    """Tokens per example: log-normal responses cut at 2048, and a prompt."""
    rng = np.random.default_rng(seed)
    responses = np.clip(rng.lognormal(np.log(mean) - 0.18, 0.6, rows), 16, 2048)
    return (responses + np.clip(rng.normal(110, 35, rows), 50, 400)).astype(np.int64)


def trl_sequences(lengths: np.ndarray) -> int:
    """Sequences that TRL's best-fit-decreasing packer makes, in batches of 1000 rows as it does."""
    from datasets import Dataset
    from trl import pack_dataset

    rows = Dataset.from_generator(lambda: ({"input_ids": [0] * int(n)} for n in lengths))
    return len(pack_dataset(rows, CAPACITY, "bfd"))


def timed(function: Callable[[], int]) -> tuple[int, float]:
    """The sequences made, and seconds."""
    begin = time.perf_counter()
    made = function()
    return made, time.perf_counter() - begin


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=590_000)
    parser.add_argument("--trl-rows", type=int, default=20_000, help="TRL copies all tokens: fewer rows")
    options = parser.parse_args()
    table = []
    for name, mean in (("Uniform", 274.0), ("Prop2Diff", 480.0)):
        lengths = paper_lengths(options.rows, mean)
        some = lengths[: options.trl_rows]
        for packer, used, function in (
            ("dartmath", lengths, lambda x=lengths: len(pack(x, CAPACITY))),
            ("next-fit", lengths, lambda x=lengths: len(next_fit(x, CAPACITY))),
            ("dartmath", some, lambda x=some: len(pack(x, CAPACITY))),
            ("TRL bfd (with its copying)", some, lambda x=some: trl_sequences(x)),
        ):
            made, seconds = timed(function)
            full = used.sum() / (made * CAPACITY)
            table.append((name, packer, f"{len(used):,}", f"{made:,}", f"{full:.2%}", f"{seconds:.2f}"))
    print_table(
        f"packing to {CAPACITY} tokens",
        ("lengths like", "packer", "examples", "sequences", "full", "seconds"),
        table,
    )


if __name__ == "__main__":
    main()
