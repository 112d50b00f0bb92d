"""Definitions by cases that are written as a sentence: `2x for 0 < x < 1, and 0 otherwise`."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.language.vocabulary import OTHERWISE
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Cases, Expression, Group, Relation

MAX_PIECES = 300
"""Characters of such a sentence."""

_WORD = rf"for(?: all)?|if|when|where|{'|'.join(OTHERWISE)}|and"
_IN_TEXT = regex(rf"\\(?:text|mathrm)\s*\{{\s*(?P<word>{_WORD})\s*[,:]?\s*\}}")
_SPACES = regex(r"\\q?quad(?![a-zA-Z])|\\[,;: ]|[$~]|\s+")
_PIECE = regex(
    rf"\s*(?:[,;]\s*)?(?:and\s+)?(?P<value>[^,;]{{1,120}}?)\s*,?\s*\b"
    rf"(?:(?:for(?: all)?|if|when|where)\s+(?P<condition>[^,;]{{1,80}}?)|(?P<rest>{'|'.join(OTHERWISE)}))"
    r"(?=\s*[.]?\s*$|\s*[,;]|\s+and\b)"
)


def speaks_of_cases(sides: Sides) -> bool:
    """Whether one side is a definition by cases and the other is one too, or may say one in words."""
    return (_has_cases(sides.ours) and " " in sides.answer) or (
        _has_cases(sides.theirs) and " " in sides.reference
    )


def _has_cases(node: Expression) -> bool:
    return isinstance(node, Cases) or (isinstance(node, Relation) and isinstance(node.sides[-1], Cases))


def cases_in_words(sides: Sides) -> Iterator[Pair]:
    """A sentence with the values and conditions of a definition as that definition."""
    ours = _definition(sides.ours) if _has_cases(sides.ours) else _cases(sides.reference)
    theirs = _definition(sides.theirs) if _has_cases(sides.theirs) else _cases(sides.answer)
    if ours is not None and theirs is not None:
        is_density = _DENSITY.search(sides.query) is not None
        yield (_open(ours), _open(theirs)) if is_density else (ours, theirs)


_DENSITY = regex(r"\bdensit(?:y|ies)\b|\b[Pp]\.?[Dd]\.?[Ff]\b")


def _open(node: Expression) -> Expression:
    """A density without the ends of its intervals, at which it may have any value."""
    match node:
        case Cases(cases=cases):
            return Cases(tuple((value, condition and _open(condition)) for value, condition in cases))
        case Relation(sides=parts, operators=signs):
            return Relation(parts, tuple(sign.replace("<=", "<").replace(">=", ">") for sign in signs))
        case Group(brackets="", items=items, joiner=joiner):
            return Group("", tuple(map(_open, items)), joiner)
    return node


def _definition(node: Expression) -> Expression:
    return node.sides[-1] if isinstance(node, Relation) else node


def _cases(text: str) -> Expression | None:
    """The definition that a sentence says; None where it is no sequence of values with their conditions."""
    if len(text) > MAX_PIECES:
        return None
    # One blank at a time: the ways to part a run of them are tried in turn by `_PIECE`.
    plain = " ".join(_SPACES.sub(" ", _IN_TEXT.sub(r" \g<word> ", plain_latex(text))).split())
    head, sign, rest = plain.partition("=")
    if sign and head.rstrip()[-1:] not in ("<", ">") and not any(mark in head for mark in "<>,;"):
        plain = rest
    rows, place = [], 0
    while (found := _PIECE.match(plain, place)) is not None:
        condition = found["condition"] or "\\text{otherwise}"
        rows.append(f"{found['value']} & {condition}")
        place = found.end()
    if len(rows) < 2 or plain[place:].strip(" ."):  # noqa: PLR2004
        return None
    lines = " \\\\ ".join(rows)
    made = parse(f"\\begin{{cases}} {lines} \\end{{cases}}")
    return made if isinstance(made, Cases) else None
