"""A last line that says a formula or an equation of chemistry: "The gas is CO₂."."""

from __future__ import annotations

from dartmath.base.regex import regex
from dartmath.verify.extract.found import Statement
from dartmath.verify.language.chemistry import MAX_CHEMISTRY, is_evident, read_chemistry
from dartmath.verify.language.vocabulary import NEGATION

_SAID = regex(
    r".*(?:\b(?:is|are|was|gives|yields|forms)\b:?|:)[\s*]+"
    r"(?P<value>[^\s*:](?:.*[^\s*.])?)[\s*.]*"
)
"""What a line says at its end, behind the last verb or colon."""


def stated_formula(text: str) -> Statement | None:
    """The formula of chemistry that the last line says its subject is; None where it says none."""
    end = len(text.rstrip())
    start = text.rfind("\n", 0, end) + 1
    line = text[start:end]
    found = _SAID.fullmatch(line) if len(line) <= MAX_CHEMISTRY and not NEGATION.search(line) else None
    reaction = read_chemistry(found["value"]) if found is not None else None
    if found is None or reaction is None or not is_evident(reaction):
        return None
    return Statement(found["value"], "final_line", start + found.start("value"), start + found.end("value"))
