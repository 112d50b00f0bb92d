"""Grounding: whether the steps of a response compute with numbers of the query or of earlier steps.

A step may compute rightly with a number that was copied wrongly, which the step check does not see: `41 + 37`
for a query that says 31 + 47. But a number from nowhere is no mistake where it is known without being said,
as the 12 months of a year are. So this is evidence for estimates, and only where sound responses have none
(`curation/trust.py`); nothing is refused for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fractions import Fraction

from dartmath.curation.arithmetic import Step

# Bounded, since a response may be hostile: so long a number is nobody's operand.
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3}){1,9}(?!\d)(?:\.\d{1,30})?|\d{1,30}(?:\.\d{1,30})?|\.\d{1,30}")


def numbers_of(text: str) -> frozenset[Fraction]:
    """The numbers that a text has in digits, each up to its sign."""
    return frozenset(Fraction(f"0{match.replace(',', '')}") for match in _NUMBER.findall(text))


def is_grounded(steps: Iterable[Step], given: Collection[Fraction]) -> bool:
    """Whether every operand is one of the `given` numbers, or stands in an earlier step."""
    known = set(given)
    for step in steps:
        if not known.issuperset(step.operands):
            return False
        # Both sides: `2 * 3 + 4 = 6 + 4 = 10` goes on from its own 6.
        known.update(step.results)
    return True
