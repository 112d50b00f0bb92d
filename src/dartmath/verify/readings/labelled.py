"""Values behind labels in words: `amplitude 3, period \\pi`, "The mean is 3.5 and the variance is 35/12"."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.language.vocabulary import NEGATION
from dartmath.verify.parsing.parser import is_plain_number, parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Group, Relation, Text

MAX_LABELLED = 300
"""Characters of an answer with labels."""

_TEXT = regex(r"\\(?:text|mathrm|textbf|operatorname)\s*\{([^{}]*)\}")
_IDLE = regex(r"\\(?:q?quad|[,;: ])|[$~*]|\s+")
_BETWEEN = regex(r"[;,](?!\d{3}(?!\d))|\band\b")
_WORDS = r"[A-Za-z][A-Za-z' -]{2,40}?"
_SYMBOL = r"(?:E|Var|V|SD|\\sigma\^?\{?2?\}?|\\mu|\\bar\s*\{?[xX]\}?|\\overline\s*\{[xX]\}|s\^?\{?2?\}?)"
_ITEM = regex(
    rf"(?:(?P<words>{_WORDS})\s*(?:\b(?:is|are|equals)\b:?|=|:|\s)\s*"
    rf"|(?P<symbol>{_SYMBOL}\s*(?:[(\[]\s*[A-Z]\s*[)\]])?)\s*=\s*"
    r"|(?P<name>[A-Z][A-Za-z0-9_]{0,5})\s*:\s*)"
    r"(?P<value>[-+(\[{\\\d.].*|[A-Za-z](?:\s*[-+*/^=].*)?)"
)
_PROSE = regex(r"(?<![\\A-Za-z])[A-Za-z]{4}")
"""A word in a value, of which one may be its unit."""

_CLASSED = regex(rf"(?P<value>[^A-Za-z]{{1,60}})\s+is (?:an? |the )?(?P<words>{_WORDS})\.?")
_PLACED = regex(
    rf"(?:there is )?(?:an? |the )?(?P<words>{_WORDS}) at (?:the (?:point|origin) )?(?P<value>[(\d\\-].*?)\.?"
)
"""`(0, 0) is a saddle point`, and `a saddle point at (0, 0)`."""

_SAME_WORD = {
    "max": "maximum", "min": "minimum", "expected": "mean", "expectation": "mean", "average": "mean",
    "std": "standard", "dev": "deviation", "sd": "standard deviation", "var": "variance", "freq": "frequency",
}  # fmt: skip
_SAID = frozenset(listed("the a an its his value values of is are has have we get find"))
_SYMBOLS = {
    "E": "mean", "\\mu": "mean", "\\barx": "mean", "\\overlinex": "mean", "Var": "variance", "V": "variance",
    "\\sigma2": "variance", "s2": "variance", "\\sigma": "standard deviation", "s": "standard deviation",
    "SD": "standard deviation",
}  # fmt: skip
"""Symbols of statistics, and what they stand for."""

_HAS_VALUE = regex(r"[\d\\]")
"""A digit or a command, without which a text has no value."""

Values = list[tuple[str, str]]
"""Labels with the texts of their values."""


def may_have_labels(sides: Sides) -> bool:
    """Whether a side is words, or a list in which a label is, and the other side is not one number."""
    return _may_be_labelled(sides.ours) or _may_be_labelled(sides.theirs)


def _may_be_labelled(side: Expression) -> bool:
    if isinstance(side, Group):
        return not side.brackets
    return isinstance(side, Text) or (isinstance(side, Relation) and isinstance(side.sides[0], Text))


def labelled_values(sides: Sides) -> Iterator[Pair]:
    """Values with the same labels, in whatever order; or those of one side against a bare list."""
    if max(len(sides.reference), len(sides.answer)) > MAX_LABELLED:
        return
    if is_plain_number(sides.reference) or is_plain_number(sides.answer):
        return  # it has no label, and is no list of values either
    if not (_HAS_VALUE.search(sides.reference) and _HAS_VALUE.search(sides.answer)):
        return
    ours, theirs = _values(sides.reference), _values(sides.answer)
    names = [[name for name, _ in side] for side in (ours, theirs)]
    if names[0] and sorted(names[0]) == sorted(names[1]):
        if sides.comparison.ordered and names[0] != names[1]:
            return
        yield _tuple(sorted(ours)), _tuple(sorted(theirs))
    elif len(theirs) > 1 and not ours and _is_list(sides.ours, len(theirs)):
        yield Group("<>", _items(sides.ours)), _tuple(theirs)
    elif len(ours) > 1 and not theirs and _is_list(sides.theirs, len(ours)):
        yield _tuple(ours), Group("<>", _items(sides.theirs))


def _is_list(node: Expression, count: int) -> bool:
    return isinstance(node, Group) and node.brackets in ("", "()") and len(node.items) == count


def _items(node: Expression) -> tuple[Expression, ...]:
    return node.items if isinstance(node, Group) else (node,)


def _tuple(values: Values) -> Group:
    return Group("<>", tuple(parse(value) for _, value in values))


def _values(text: str) -> Values:
    """The labels and values of a text, each label once; [] where a part of it has no label."""
    if NEGATION.search(text):
        return []
    plain = _IDLE.sub(" ", _TEXT.sub(r" \1 ", plain_latex(text))).strip()
    found = _CLASSED.fullmatch(plain) or _PLACED.fullmatch(plain)
    if found is not None:
        return [(_label(found["words"]), found["value"].strip())]
    values = []
    for part in _parts(plain):
        item = _ITEM.fullmatch(part.strip(" ."))
        if item is None or len(_PROSE.findall(item["value"])) > 1:
            return []
        symbol = item["symbol"] and _SYMBOLS.get(
            "".join(mark for mark in item["symbol"] if mark not in "^{} ")
        )
        head = (item["symbol"] or "").split("(")[0].split("[")[0].strip()
        label = symbol or _SYMBOLS.get(head) or item["name"] or _label(item["words"] or "")
        if not label:
            return []
        values.append((label, item["value"].strip()))
    labels = [name for name, _ in values]
    return values if len(set(labels)) == len(labels) > 1 else []


def _parts(text: str) -> list[str]:
    """A text cut at its commas, semicolons and "and" that stand in no bracket."""
    parts, start = [], 0
    for found in _BETWEEN.finditer(text):
        before = text[start : found.start()]
        if all(before.count(one) == before.count(two) for one, two in ("()", "[]", "{}")):
            if before.strip():
                parts.append(before)
            start = found.end()
    return [*parts, text[start:]]


def _label(words: str) -> str:
    """A label without idle words, its abbreviations written out."""
    said = (_SAME_WORD.get(word, word) for word in words.lower().replace("-", " ").split())
    return " ".join(word for word in said if word not in _SAID)
