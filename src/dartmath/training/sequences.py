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

LOSS_WEIGHTS = "loss_weights"
"""The column of what the loss of each token is multiplied by."""


def sequence_rows(
    mixture: Mixture, packing: Packing, *, multiple_of: int, filler: int, lengths: bool = True
) -> Any:
    """A `datasets.Dataset` of packed sequences, read from the token stores as they are needed.

    Columns: `input_ids`, `labels` (-100 = no loss) and, when `lengths` (for padding-free batches),
    `seq_lengths` (tokens of each example); where rows have weights, `loss_weights` of each token.
    Sequences without loss (two tokens `filler`) fill the last batch up, so that each optimiser
    step has `multiple_of` sequences, however many processes share them.
    """
    from datasets import Dataset

    total = -(-len(packing) // multiple_of) * multiple_of
    return Dataset.from_dict({"sequence": list(range(total))}).with_transform(
        _Reader(mixture, packing, filler, lengths).rows
    )


def pair_rows(mixture: Mixture, *, multiple_of: int = 1) -> Any:
    """A `datasets.Dataset` of pairs for TRL's DPOTrainer: `prompt_ids`, `chosen_ids`, `rejected_ids`.

    The rows are those of `mixture`, whatever `multiple_of`: a pair cannot be filled up without a loss.
    """
    from datasets import Dataset

    return Dataset.from_dict({"pair": list(range(len(mixture)))}).with_transform(_Pairs(mixture).rows)


def labelled_rows(mixture: Mixture, *, group: int, seed: int, multiple_of: int = 1) -> Any:
    """A `datasets.Dataset` of labelled responses for TRL's KTOTrainer, in a random order.

    Columns: `prompt_ids`, `completion_ids`, `label`, and `KL_completion_ids`: the response to another
    prompt of the same `group` rows, which form a micro-batch, since the trainer keeps their order. A last
    group of one row, which would have no other, is left out.
    """
    import numpy as np
    from datasets import Dataset

    order = np.random.default_rng(seed).permutation(len(mixture)).tolist()
    order = order[: len(order) - (len(order) % group == 1)]
    groups = [order[start : start + group] for start in range(0, len(order), group)]
    others = [number for part in groups for number in (part[-1], *part[:-1])]
    return Dataset.from_dict({"row": order, "other": others}).with_transform(_Labelled(mixture).rows)


class _Pairs:
    """Makes the rows of given pairs (picklable, for worker processes)."""

    def __init__(self, mixture: Mixture) -> None:
        self._mixture = mixture

    def rows(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        pairs = [self._mixture.pair(number) for number in batch["pair"]]
        return {
            "prompt_ids": [chosen.ids[: chosen.prompt] for chosen, _ in pairs],
            "chosen_ids": [chosen.ids[chosen.prompt :] for chosen, _ in pairs],
            "rejected_ids": [rejected.ids[rejected.prompt :] for _, rejected in pairs],
        }


class _Labelled:
    """Makes the rows of given labelled responses (picklable, for worker processes)."""

    def __init__(self, mixture: Mixture) -> None:
        self._mixture = mixture

    def rows(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        rows, others = ([self._mixture[n] for n in batch[name]] for name in ("row", "other"))
        return {
            "prompt_ids": [row.ids[: row.prompt] for row in rows],
            "completion_ids": [row.ids[row.prompt :] for row in rows],
            "KL_completion_ids": [other.ids[other.prompt :] for other in others],
            "label": [self._mixture.label(number) for number in batch["row"]],
        }


class _Reader:
    """Makes the rows of given sequence numbers (picklable, for worker processes)."""

    def __init__(self, mixture: Mixture, packing: Packing, filler: int, lengths: bool) -> None:
        self._mixture, self._packing, self._filler = mixture, packing, filler
        self._names = ["input_ids", "labels", *(["seq_lengths"] if lengths else [])]
        self._names += [LOSS_WEIGHTS] if mixture.weighed else []

    def rows(self, batch: dict[str, list[int]]) -> dict[str, list[list[Any]]]:
        rows = [sequence(self._mixture, self._packing, number, self._filler) for number in batch["sequence"]]
        return {name: [row[name] for row in rows] for name in self._names}


def sequence(mixture: Mixture, packing: Packing, number: int, filler: int) -> dict[str, list[Any]]:
    """One packed sequence; past the last one, a filler without loss."""
    if number >= len(packing):
        filled = {"input_ids": [filler] * 2, "labels": [IGNORED] * 2, "seq_lengths": [2]}
        return {**filled, LOSS_WEIGHTS: [0.0] * 2}
    examples = [mixture[int(i)] for i in packing[number]]
    weights = [mixture.weight(int(i)) for i in packing[number]]
    return {
        LOSS_WEIGHTS: [w for e, w in zip(examples, weights, strict=True) for _ in e.ids],
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
