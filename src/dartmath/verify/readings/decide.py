"""Compare two texts: their plain reading first, then what their notation also allows."""

from __future__ import annotations

from dartmath.verify.compare.comparison import Comparison
from dartmath.verify.compare.dispatch import by_structure
from dartmath.verify.compare.rounding import Margin
from dartmath.verify.numeric.effort import bounded_effort
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.table import other_readings


def decide(
    reference: str, answer: str, query: str, tolerance: float | None, ordered: bool | None
) -> Decision:
    """The first reading of both texts under which they are equal, else the verdict on the last one tried.

    Readings go from the plainest to the one that the other side's notation suggests, so that the last
    verdict has the reason that says most.
    """
    margin = None if tolerance is None else Margin(absolute=tolerance)
    comparison = Comparison(by_structure, query, margin, ordered)
    ours, theirs = parse(reference), parse(answer)
    with bounded_effort():
        decision = comparison.same(ours, theirs)
        if decision:
            return decision
        for one, two in other_readings(reference, ours, answer, theirs, comparison):
            decision = comparison.same(one, two)
            if decision:
                break
    return decision
