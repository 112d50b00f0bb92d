"""What an answer says beside its value: where it is attained, what a letter in it may be, what kind it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dartmath.base.regex import regex
from dartmath.verify.language.sentences import stated
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.asked import constants
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Text, heads

MAX_REMARK = 300
"""Characters of an answer with a remark."""

_ATTAINED = regex(
    r"(?P<value>.{1,150}?)\s*,?\s*\b(?:(?:which|and) (?:is|it is) )?"
    r"(?:attained|achieved|reached|with equality|equality (?:holds|occurs|is attained)|occurs|occurring)"
    r"\b(?P<where>.{3,150})",
    re.IGNORECASE | re.DOTALL,
)
"""`9, attained at a = b = c = 1`."""

_OF_LETTER = regex(
    r"(?P<value>.{1,200}?)\s*,?\s*(?:\\text\s*\{\s*)?(?:\(\s*)?(?:(?:where|for|with)\s+)?(?:(?:some|any|all|arbitrary)\s+)?"
    r"(?:(?:real|arbitrary|constant)\s+)*(?:\}\s*)?\$?[a-zA-Z](?:_\d)?\$?\s*(?:∈|\\in(?![a-z]))\s*"
    r"(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|\\R\b)\$?\s*\)?\s*\.?"
)
"""`f(x) = kx, k \\in \\mathbb{R}`."""

_KIND = regex(
    r"(?:the|an?) (?:[a-z-]+ ){0,3}(?:group|ring|field|graph|algebra|space|polynomial|matrix|point|curve"
    r"|surface|plane|interval|set|function|substance|compound|element)s? "
    r"(?P<value>\$[^$]{1,80}\$|\\\(.{1,80}?\\\)|[A-Z][A-Za-z]?_\{?\w{1,3}\}?)\.?"
)
"""`the symmetric group $S_3$`."""


_HINT = regex(r"(?i:attained|achieved|reached|equality|occur)|∈|\\in(?![a-z])|[$_]")
"""What one of these remarks must have."""


def may_have_remark(sides: Sides) -> bool:
    """Whether an answer has words, or says of which set a letter is."""
    return len(sides.answer) <= MAX_REMARK and _HINT.search(sides.answer) is not None


def remarks(sides: Sides) -> Iterator[Pair]:
    """The answer without such a remark, where the reference has none."""
    # One blank at a time: the patterns try the ways to part a run of them in turn.
    reference, answer = (" ".join(side.split()) for side in (sides.reference, sides.answer))
    for pattern in (_ATTAINED, _OF_LETTER, _KIND):
        found = pattern.fullmatch(answer)
        if found is None or pattern.fullmatch(reference):
            continue
        value = stated(found["value"]) or found["value"]
        made = parse(value)
        if isinstance(made, Text) or (pattern is _OF_LETTER and "pi" in heads(made)):
            continue  # `k\\pi` has whole numbers for k, and no real ones
        yield sides.ours, made
        yield from constants(replace(sides, answer=value, theirs=made))
