"""Statements of logic that are the same but for the notation of their connectives."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.logic import statement_of_logic
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.readings.reading import Sides

_MAY_BE = regex(
    r"[~∨∧¬⊃∀∃]|\\(?:neg|lnot|l?or|l?and|vee|wedge|forall|exists|implies|to|[rR]ightarrow)(?![a-z])|&&|\|\|"
)


def may_be_logic(sides: Sides) -> bool:
    """Whether the reference has a sign of logic."""
    return _MAY_BE.search(sides.reference) is not None


def statements(sides: Sides) -> Iterator[Decision]:
    """`~p ∨ q` for `\\neg p \\lor q`, as written: laws of logic are not applied."""
    ours = statement_of_logic(sides.reference)
    if ours is not None and ours == statement_of_logic(sides.answer):
        yield Decision(True, "logic", "the same statement in other signs")
