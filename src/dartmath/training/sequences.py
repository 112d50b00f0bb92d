"""The sequences that a trainer is fed: packed examples as token ids, labels and lengths.

Example boundaries travel as `seq_lengths` alone. The collator turns them into position ids that
begin anew with each example, and makes no attention mask: with a mask of ones beside such position
ids, models take the sequence for one text, and examples see one another.
"""

from __future__ import annotations

from typing import Any

from dartmath.training.mixture import Mixture
from dartmath.training.pack import Packing
from dartmath.training.tokens import IGNORED


def sequence_rows(
    mixture: Mixture, packing: Packing, *, multiple_of: int, filler: int, lengths: bool = True
) -> Any:
    """A `datasets.Dataset` of packed sequences, read from the token stores as they are needed.

    Columns: `input_ids`, `labels` (-100 = no loss) and, when `lengths` (for padding-free batches),
    `seq_lengths` (tokens of each example).
    Sequences without loss (two tokens `filler`) fill the last batch up, so that each optimiser
    step has `multiple_of` sequences, however many processes share them.
    """
    from datasets import Dataset

    total = -(-len(packing) // multiple_of) * multiple_of
    return Dataset.from_dict({"sequence": list(range(total))}).with_transform(
        _Reader(mixture, packing, filler, lengths).rows
    )


class _Reader:
    """Makes the rows of given sequence numbers (picklable, for worker processes)."""

    def __init__(self, mixture: Mixture, packing: Packing, filler: int, lengths: bool) -> None:
        self._mixture, self._packing, self._filler = mixture, packing, filler
        self._names = ["input_ids", "labels", *(["seq_lengths"] if lengths else [])]

    def rows(self, batch: dict[str, list[int]]) -> dict[str, list[list[int]]]:
        rows = [sequence(self._mixture, self._packing, number, self._filler) for number in batch["sequence"]]
        return {name: [row[name] for row in rows] for name in self._names}


def sequence(mixture: Mixture, packing: Packing, number: int, filler: int) -> dict[str, list[int]]:
    """One packed sequence; past the last one, a filler without loss."""
    if number >= len(packing):
        return {"input_ids": [filler] * 2, "labels": [IGNORED] * 2, "seq_lengths": [2]}
    examples = [mixture[int(i)] for i in packing[number]]
    return {
        "input_ids": [token for e in examples for token in e.ids],
        "labels": [label for e in examples for label in e.labels],
        "seq_lengths": [len(e.ids) for e in examples],
    }


def find_sequences(mixture: Mixture, packing: Packing, ids: list[int]) -> list[int]:
    """Which sequences were joined to the flat batch `ids`; used to name the batch of an error.

    Fillers are skipped; a batch that is not made of sequences of `packing` gives what was found.
    """
    by_start: dict[tuple[int, ...], list[int]] = {}
    for number in range(len(packing)):
        first = mixture[int(packing[number][0])].ids
        by_start.setdefault(tuple(first), []).append(number)
    found, position = [], 0
    while position < len(ids):
        match = _match(mixture, packing, by_start, ids[position:])
        if match is None:
            position += 1
            continue
        number, length = match
        found.append(number)
        position += length
    return found


def _match(
    mixture: Mixture, packing: Packing, by_start: dict[tuple[int, ...], list[int]], ids: list[int]
) -> tuple[int, int] | None:
    lengths = sorted({len(start) for start in by_start}, reverse=True)
    for length in lengths:
        for number in by_start.get(tuple(ids[:length]), ()):
            whole = sequence(mixture, packing, number, 0)["input_ids"]
            if ids[: len(whole)] == whole:
                return number, len(whole)
    return None
