"""Commas that are decimal points: in one text, in an answer beside its reference, in a set of references."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dartmath.base.regex import regex

_COMMA = regex(r"(?<![\d,])(?P<whole>-?\d+(?:[. \u00a0\u202f]\d{3})*)(?:,|\{,\})(?P<decimals>\d+)(?![\d,])")
_POINT_GROUPS = regex(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.,])")


def with_decimal_point(text: str) -> str:
    """A text whose commas are decimal commas, with decimal points; points between three digits group them.

    >>> with_decimal_point("2,5"), with_decimal_point("1.234,5"), with_decimal_point("(2,5; 3)")
    ('2.5', '1234.5', '(2.5; 3)')
    """
    text = _POINT_GROUPS.sub(lambda number: number.group().replace(".", ""), text)
    return _COMMA.sub(lambda found: re.sub(r"[^\d-]", "", found["whole"]) + "." + found["decimals"], text)


_POWER_OF_TEN = r"(?:\s*(?:\\times|\\cdot|[×·⋅*])\s*10(?:\^\{?[-+]?\d+\}?|[⁻⁰¹²³⁴-⁹]+))?"
_CAN_BE_DECIMAL = regex(
    r"-?(?:\d+(?:,|\{,\})(?:\d{1,2}|\d{4,})|0(?:,|\{,\})\d+"
    r"|\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?:,|\{,\})\d{1,2}"
    r"|\d{1,3}(?:[. \u00a0\u202f]\d{3}){2,}(?:,|\{,\})\d+)"
    r"(?=[^\d,]|\Z)(?!.*\d[,.]\d)"
)
_DECIMAL = regex(rf"\A\$?-?\d+\.\d+{_POWER_OF_TEN}\$?\Z")
_GROUPED = regex(r"\A\$?-?\d{1,3}(?:,?\d{3})+\$?\Z")
"""A number of thousands, which `16.500,00` may be: with both signs that is no list."""

_MEASURE = regex(rf"\A\$?-?\d+(?:\.\d+)?{_POWER_OF_TEN}\s*(?:\\?[a-zA-Z°%Ωµμ{{][^\d,]*)\Z")
"""One number with a unit."""


def read_with_decimal_comma(reference: str, answer: str, *, measured: bool = False) -> str | None:
    """An answer such as `2,5` or `0,25 kg` with a decimal point; None where it may be a list.

    The reference has to be one decimal number, or one number with a unit where the answer has one too; where
    `measured`, both need a unit.
    """
    plain = answer.strip().lstrip("$")
    found = _CAN_BE_DECIMAL.match(plain) if "," in plain else None
    if found is None:
        return None
    behind = re.sub(rf"\A{_POWER_OF_TEN}", "", plain[found.end() :]).strip(" $\\-")[:1]
    has_unit = behind.isalpha() or behind == "%" or "°" in plain
    alike = has_unit and _MEASURE.match(reference.strip())
    if measured:
        return with_decimal_point(answer) if alike else None
    alike = (
        alike
        or _DECIMAL.match(reference.strip())
        or ("." in found.group() and _GROUPED.match(reference.strip()))
    )
    return with_decimal_point(answer) if alike else None


_SEPARATORS = regex(
    r";|\\text\s*\{\s*(?:and|or)\s*\}|[<>≤≥⩽⩾]|\\(?:leq?|geq?|leqslant|geqslant|lt|gt)(?![a-z])"
)
"""What stands between two numbers that no comma separates: semicolons, connectives, signs of order."""

_ANY_COMMA = regex(r",|\{,\}")
_ONE_DECIMAL = regex(r"[^\d,]*\d+(?:,|\{,\})\d+[^\d,]*(?:[_^]\{?\d\}?[^\d,]*)?")
_LONE_DECIMAL = regex(r"\$?(?:[a-zA-Z]\s*=\s*)?-?(?:0(?:,|\{,\})\d+|\d+(?:,|\{,\})(?:\d{1,2}|\d{4,}))\$?")
_FRACTION = regex(r"\$?(?:[a-zA-Z]\s*=\s*)?-?(?:\d+\s*/\s*\d+|\\[dt]?frac\s*(?:\d\d|\{\d+\}\s*\{\d+\}))\$?")


def with_evident_commas(reference: str, answer: str) -> tuple[str, str] | None:
    """Two texts with decimal points for commas that separate nothing; None where no comma is evidently one.

    It is where semicolons separate the items, `2,5; -2,5`, between signs of order, `x \\le 3,5`, and in a
    lone number against a fraction, `0,625` and `5/8`.
    """
    if "," not in reference and "," not in answer:
        return None
    one, two = _with_points(reference, answer), _with_points(answer, reference)
    if ";" in reference and _ONE_DECIMAL.fullmatch(two):
        two = with_decimal_point(two)
    return (one, two) if (one, two) != (reference, answer) else None


def _with_points(text: str, other: str) -> str:
    if not _COMMAED.search(text.replace("{,}", ",")):
        return text
    parts = _SEPARATORS.split(text)
    alone = len(parts) == 1 and _LONE_DECIMAL.fullmatch(text) and _FRACTION.fullmatch(other.strip())
    evident = alone or len(parts) > 1
    for part in parts:
        evident = evident and (not _ANY_COMMA.search(part) or _ONE_DECIMAL.fullmatch(part) is not None)
    return with_decimal_point(text) if evident else text


_COMMAED, _POINTED = regex(r"\d,\d"), regex(r"\d\.\d")
_ENOUGH = 3
"""References with a comma between digits from which on it is a habit of the set, no slip of one author."""


def uses_decimal_comma(references: Iterable[str]) -> bool:
    """Whether all references of a set say that a comma is a decimal point in it.

    At least three have a comma between digits, one of them as in `0,5`; none has a decimal point, none
    two numbers with such a comma, and none a blank behind a comma, as lists have.
    """
    with_comma: list[str] = []
    for reference in references:
        if _POINTED.search(reference):
            return False
        if _COMMAED.search(reference):
            with_comma.append(reference)
    lists = any(len(_COMMAED.findall(reference)) > 1 or ", " in reference for reference in references)
    grouped = all(re.search(r"\d,\d{3}(?!\d)", reference) for reference in with_comma)
    return (
        len(with_comma) >= _ENOUGH
        and not lists
        and not grouped
        and any(re.search(r"(?<!\d)0,\d", reference) for reference in with_comma)
    )
