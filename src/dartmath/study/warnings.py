"""What could mislead in a comparison of arms, said beside its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from dartmath.study.result import ArmResult

# Beyond these, a difference may come from the amount of training rather than from what was trained on.
_UNEQUAL = 1.1
# A band on which every arm is this near to an end cannot tell them apart.
_SATURATED = 0.02
_FEW_SEEDS = 3
# Where duplicates are so much more of one band than of another, leaving them out changes arms unequally.
_ONE_SIDED = 0.25


def warnings_of(
    arms: Sequence[ArmResult], bands: Sequence[str], duplicates: Mapping[str, float] | None = None
) -> list[str]:
    """What a reader of the table has to know: of the pool, then size by size.

    `duplicates` are the shares of the correct responses of each band that repeat another one, where arms
    leave those out.
    """
    found = [*_one_sided(arms, duplicates or {})]
    for size, group in groupby(sorted(arms, key=lambda one: one.size), key=lambda one: one.size):
        found += [f"{size}: {text}" for text in _at_one_size(list(group), bands)]
    return found


def _at_one_size(arms: Sequence[ArmResult], bands: Sequence[str]) -> Iterator[str]:
    yield from _unequal("tokens of the responses", {a.arm: sum(a.tokens.values()) for a in arms})
    yield from _unequal("rows", {a.arm: sum(a.rows.values()) for a in arms})
    yield from _unequal("optimiser steps", {a.arm: a.steps for a in arms})
    for band in bands:
        values = [a.accuracy[band].value for a in arms]
        if min(values) > 1 - _SATURATED:
            yield f"{band}: every arm is above {1 - _SATURATED:.0%}, so it cannot tell them apart"
        if max(values) < _SATURATED:
            yield f"{band}: every arm is below {_SATURATED:.0%}, so it cannot tell them apart"
    fewest = min(arms, key=lambda a: len(a.seeds))
    if len(fewest.seeds) < _FEW_SEEDS:
        yield f"{fewest.arm} has {len(fewest.seeds)} seed(s): its interval says little about other seeds"


def _one_sided(arms: Sequence[ArmResult], duplicates: Mapping[str, float]) -> Iterator[str]:
    if not duplicates:
        return
    most, least = (choose(duplicates, key=lambda band: duplicates[band]) for choose in (max, min))
    if duplicates[most] - duplicates[least] < _ONE_SIDED:
        return
    loses = max(arms, key=lambda arm: arm.rows.get(most, 0) / max(1, sum(arm.rows.values())))
    yield (
        f"deduplication takes {duplicates[most]:.0%} of the correct responses of {most} and "
        f"{duplicates[least]:.0%} of {least}: {loses.arm}, with most rows of {most}, would have more of them"
    )


def _unequal(what: str, values: dict[str, float]) -> Iterator[str]:
    least, most = min(values, key=lambda a: values[a]), max(values, key=lambda a: values[a])
    if values[most] > _UNEQUAL * values[least]:
        ratio = values[most] / values[least] if values[least] else float("inf")
        yield (
            f"unequal {what}: {most} has {values[most]:,.0f}, {least} {values[least]:,.0f} ({ratio:.2f} x)"
        )
