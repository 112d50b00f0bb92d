"""Choosing the next token: exact top-k / top-p, with a random stream of its own for every request.

The draw of a request at a position depends on (seed, position) alone, through a hash, so it is
the same whatever else is decoded beside it. The token is found by inverting the distribution in
vocabulary order: a rounding difference in the logits then moves the boundary between two tokens
by as little, where an order by probability could swap two whole tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dartmath.engines.protocol import Generation

# Entries sorted at first on an accelerator, and above which the CPU does not sort all.
_TOP, _MANY = 1024, 4096


def uniforms(seeds: Sequence[int], positions: Sequence[int]) -> NDArray[np.float64]:
    """Draws from [0, 1), one per (seed, position): SplitMix64 over both, twice.

    Source of the mixing function: Steele, Lea & Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014 (https://doi.org/10.1145/2660193.2660195).
    """
    seed = np.array([s & 0xFFFFFFFFFFFFFFFF for s in seeds], dtype=np.uint64)
    mixed = _splitmix(_splitmix(seed) + np.asarray(positions, dtype=np.uint64))
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def choose(logits: Any, generation: Generation, draws: NDArray[np.float64]) -> list[int]:
    """The next token of every row of `logits` [rows, vocabulary] (any float type and device).

    `draws` [rows] are uniform. Temperature 0 takes the most likely token. Rows may hold -inf.
    """
    if generation.temperature == 0:
        return list(map(int, logits.argmax(-1).tolist()))
    probabilities = (logits.float() / generation.temperature).softmax(-1)
    if probabilities.device.type != "cpu":
        return choose_on_device(probabilities, generation, draws)
    rows = probabilities.numpy()
    return [
        _choose_row(row, generation.top_k, generation.top_p, u) for row, u in zip(rows, draws, strict=True)
    ]


def cutoff(row: NDArray[np.float32], top_k: int, top_p: float) -> float:
    """The probability of the least likely token that top-k, then top-p on what is left, keep.

    Tokens as likely as that one are kept as well. `row` [vocabulary] sums to 1.
    """
    if top_p >= 1 and top_k == 0:
        return 0.0
    # Tokens below (1 - p) / V weigh less than 1 - p together, so the nucleus ends before them.
    floor = (1 - top_p) / row.size if top_k == 0 else 0.0
    kept = row[row > floor]
    if top_k == 0 and kept.size > _MANY:
        return _cutoff_of_many(kept, top_p)
    kept = np.sort(kept)[-top_k:]
    mass = np.cumsum(kept, dtype=np.float64)
    total = mass[-1] if top_k else 1.0
    excluded = mass[-1] - top_p * total
    return float(kept[min(int(np.searchsorted(mass, excluded, side="right")), kept.size - 1)])


def _cutoff_of_many(kept: NDArray[np.float32], top_p: float) -> float:
    """`cutoff` without top-k, ten times faster where thousands are kept: only the edge is sorted.

    The upper half of a positive float's bits orders it, as far as it goes; the mass per value of
    these bits says among which tokens the cutoff lies.
    """
    bins = kept.view(np.int32) >> 16
    bins -= bins.min()
    mass = np.cumsum(np.bincount(bins, weights=kept))
    excluded = mass[-1] - top_p
    edge = int(np.searchsorted(mass, excluded, side="right"))
    inside = np.sort(kept[bins == edge])
    below = mass[edge - 1] if edge else 0.0
    place = np.searchsorted(below + np.cumsum(inside, dtype=np.float64), excluded, side="right")
    return float(inside[min(int(place), inside.size - 1)])


def _choose_row(row: NDArray[np.float32], top_k: int, top_p: float, draw: float) -> int:
    ids = np.flatnonzero(row >= cutoff(row, top_k, top_p))
    mass = np.cumsum(row[ids], dtype=np.float64)
    place = int(np.searchsorted(mass, draw * mass[-1], side="right"))
    return int(ids[min(place, ids.size - 1)])


def choose_on_device(probabilities: Any, generation: Generation, draws: NDArray[np.float64]) -> list[int]:
    """The same as `_choose_row`, for all rows at once on an accelerator."""
    import torch

    limit = _cutoffs(probabilities, generation.top_k, generation.top_p)
    mass = probabilities.where(probabilities >= limit, 0).cumsum(-1, dtype=torch.float64)
    wanted = torch.as_tensor(draws, device=mass.device)[:, None] * mass[:, -1:]
    place = torch.searchsorted(mass, wanted, right=True)
    # A draw that rounds up to the whole mass belongs to the last token with any.
    last = torch.searchsorted(mass, mass[:, -1:].contiguous())
    return list(map(int, torch.minimum(place, last)[:, 0].tolist()))


def _cutoffs(probabilities: Any, top_k: int, top_p: float) -> Any:
    """`cutoff` of every row [rows, 1]; sorts the whole vocabulary only where the head is not enough."""
    import torch

    if top_p >= 1 and top_k == 0:
        return torch.zeros_like(probabilities[:, :1])
    size = probabilities.shape[-1]
    head = probabilities.topk(min(top_k or _TOP, size)).values
    if top_k == 0 and head.shape[-1] < size and bool((head.sum(-1) < top_p).any()):
        head = probabilities.sort(descending=True).values
    mass = head.cumsum(-1, dtype=torch.float64)
    total = mass[:, -1:] if top_k else torch.ones_like(mass[:, -1:])
    place = torch.searchsorted(mass, top_p * total).clamp(max=head.shape[-1] - 1)
    return head.gather(-1, place)


def _splitmix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = state + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
