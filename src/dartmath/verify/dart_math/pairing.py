"""Lists whose items are equal in any order, to the paper's grader and to OlympiadBench."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def pair_up(items: Sequence[str], others: Sequence[str], same: Callable[[str, str], bool]) -> bool:
    """Whether two lists are as long, and each item takes the first of the others that equals it and is left.

    No other pairing is tried: to both graders the first counts.
    """
    if len(items) != len(others):
        return False
    left = list(others)
    for item in items:
        match = next((other for other in left if same(item, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True
