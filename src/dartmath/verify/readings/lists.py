"""Lists whose separators are commas inside numbers, or spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.money import SIGN
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Group, Number

_GROUPED = regex(r"\d,\d{3}(?!\d)")
_MONEY = regex(rf"{SIGN} ?\d{{1,3}},\d{{3}}")
_LOOSELY_GROUPED = regex(r"[1-9]\d{0,2}(?:,(?:\\[,;:] ?)?\d{2,3}){0,6},(?:\\[,;:] ?)?\d{3}")
"""Groups of two digits, as in India, or a thin space behind the comma: neither is how a list is written."""

_INDIAN = regex(r"[1-9](?<![\d.,].)\d?(?:,\d{2})+,\d{3}(?:\.\d+)?(?![\d,.])")
"""Groups as in India within an amount: `₹1,25,000`, `12,34,567.89 seconds`."""

_NO_DIGIT = regex(r"\D")
_SPACED = regex(r"-?[\d./]{1,40}(?: +-?[\d./]{1,40}){1,200}")


def commas_between_items(sides: Sides) -> Iterator[Pair]:
    """`1,234` as the list 1, 234, when the other side is a list."""
    if isinstance(sides.ours, Group) and isinstance(sides.theirs, Group):
        grouped = _grouped_in_brackets(sides.reference), _grouped_in_brackets(sides.answer)
        if grouped != (sides.reference, sides.answer):
            yield parse(grouped[0]), parse(grouped[1])
    if isinstance(sides.ours, Group) and _may_be_list(sides.answer):
        yield sides.ours, parse(sides.answer, comma_groups=False)
    if isinstance(sides.theirs, Group) and _may_be_list(sides.reference):
        yield parse(sides.reference, comma_groups=False), sides.theirs


_GROUPS = regex(r"(?<=\d),(?=\d{3}(?!\d))")


def _grouped_in_brackets(text: str) -> str:
    """`[5, 1,234]` with its number in digits alone: beside commas with a space, others part no items."""
    return _GROUPS.sub("", text) if text[:1] in "([" and ", " in text else text


def _may_be_list(text: str) -> bool:
    """Whether commas before three digits may part items: not beside commas with a space, which do."""
    return _GROUPED.search(text) is not None and ", " not in text and not _MONEY.search(text)


def groups_of_digits(sides: Sides) -> Iterator[Pair]:
    """`12,34,567` and `1,\\,234` as one number, when the other side is a number."""
    if isinstance(sides.ours, Number) and _LOOSELY_GROUPED.fullmatch(sides.answer):
        yield sides.ours, parse(_NO_DIGIT.sub("", sides.answer))
    if isinstance(sides.theirs, Number) and _LOOSELY_GROUPED.fullmatch(sides.reference):
        yield parse(_NO_DIGIT.sub("", sides.reference)), sides.theirs
    if not isinstance(sides.ours, Group) and len(_INDIAN.findall(sides.answer)) == 1:
        yield parse(sides.reference, units=True), parse(_without_commas(sides.answer), units=True)
    if not isinstance(sides.theirs, Group) and len(_INDIAN.findall(sides.reference)) == 1:
        yield parse(_without_commas(sides.reference), units=True), parse(sides.answer, units=True)


def _without_commas(text: str) -> str:
    return _INDIAN.sub(lambda found: found.group().replace(",", ""), text)


_OWED = regex(r"\s*\((\d{1,3}(?:,\d{3})+(?:\.\d+)?)\)\s*")


def owed(sides: Sides) -> Iterator[Pair]:
    """`(1,234)` as bookkeepers write what is below zero, when the other side is a negative number."""
    if _is_negative(sides.ours) and (found := _OWED.fullmatch(sides.answer)):
        yield sides.ours, parse("-" + found[1].replace(",", ""))
    if _is_negative(sides.theirs) and (found := _OWED.fullmatch(sides.reference)):
        yield parse("-" + found[1].replace(",", "")), sides.theirs


def _is_negative(side: Expression) -> bool:
    return (isinstance(side, Apply) and side.name == "neg") or (isinstance(side, Number) and side.value < 0)


_ROOTS = regex(r"\b(?:eigen ?-?values?|roots|zeros|solutions)\b", re.IGNORECASE)


def roots_in_any_order(sides: Sides) -> Iterator[Pair]:
    """`[6, 1]` for `[1, 6]`, as programs list the roots or eigenvalues that a query asks for."""
    ours, theirs = sides.ours, sides.theirs
    if not (isinstance(ours, Group) and isinstance(theirs, Group)) or not _ROOTS.search(sides.query):
        return
    if "order" in sides.query.lower():
        return
    if ours.brackets == theirs.brackets == "[]" and not any(isinstance(item, Group) for item in ours.items):
        yield Group("", ours.items), Group("", theirs.items)


def spaces_between_items(sides: Sides) -> Iterator[Pair]:
    """`3 1 -4` as a list in this order, when the other side is one."""
    if isinstance(sides.theirs, Group) and _SPACED.fullmatch(sides.reference.strip()):
        yield _in_order(sides.reference), Group("<>", sides.theirs.items)
    if isinstance(sides.ours, Group) and _SPACED.fullmatch(sides.answer.strip()):
        yield Group("<>", sides.ours.items), _in_order(sides.answer)


_ITEM = r"(?:'[^'\"]{0,60}'|\"[^'\"]{0,60}\")"
_QUOTED = regex(rf"[\[(]\s*{_ITEM}(?:\s*,\s*{_ITEM}){{0,39}}\s*[\])]")
_IN_QUOTES = regex(r"['\"]([^'\"]{0,60})['\"]")


def is_quoted(sides: Sides) -> bool:
    """Whether a side is a list of texts as programs print it."""
    return any(side[-1:] in "])" and side[-2:-1] in "'\"" for side in (sides.reference, sides.answer))


def quoted_items(sides: Sides) -> Iterator[Pair]:
    """`['5%', '7%']`, a list of texts as a program prints it, for `5%, 7%`."""
    one, two = _unquoted(sides.reference), _unquoted(sides.answer)
    if one or two:
        yield parse(one or sides.reference), parse(two or sides.answer)


def _unquoted(text: str) -> str | None:
    found = _QUOTED.fullmatch(text.strip())
    return ", ".join(_IN_QUOTES.findall(text)) if found else None


_BARE_ROWS = regex(r"[^\[\](){};]{1,200}(?:;[^\[\](){};]{1,200}){1,9}")


def rows_without_brackets(sides: Sides) -> Iterator[Pair]:
    """`1,2;3,4` as a matrix or as tuples, when the other side is that."""
    if ";" not in sides.answer or not _BARE_ROWS.fullmatch(sides.answer):
        return
    if "[[" in sides.reference.replace(" ", ""):
        yield sides.ours, parse(f"[{sides.answer}]")
    elif isinstance(sides.ours, Group) and all(_is_tuple(item) for item in sides.ours.items):
        yield sides.ours, parse(", ".join(f"({row})" for row in sides.answer.split(";")))


def _is_tuple(item: Expression) -> bool:
    return isinstance(item, Group) and item.brackets == "()"


def _in_order(text: str) -> Group:
    return Group("<>", tuple(parse(part) for part in text.split()))
