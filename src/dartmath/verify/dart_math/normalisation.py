"""The text of an answer in the form in which the paper's grader compares it."""

from __future__ import annotations

import re
from collections.abc import Callable

from dartmath.verify.dart_math.brackets import is_set, without_outer
from dartmath.verify.dart_math.extraction import without_trailing
from dartmath.verify.dart_math.layout import without_layout, without_units
from dartmath.verify.dart_math.words import NUMBERS, boolean, weekday

Same = Callable[[str, str], bool]
"""Whether two items of a list are equal: the grader's own comparison, which merges equal items."""

_LEADING = frozenset("!)]}:./,#?$\"'ки")
"""The same at its beginning (see `_TRAILING` in extraction.py, also for the two letters)."""

_FUNCTIONS = "sin|cos|tan|cot|sec|csc|sinh|cosh|tanh|coth|sech|csch|log|ln|exp"
"""As the paper's alternatives stand: the first that fits counts, so that `sinh` is `sin` and an `h`."""

_LONE_DEGREES = re.compile(r"^(\d+) ?\^?\\?circ$")
_DEGREES = re.compile(r"(\d+) ?\^?\\?circ")
_BARE_FUNCTION = re.compile(rf"(?<!\\)(pi\b|{_FUNCTIONS})")
_POWER_OF_FUNCTION = re.compile(rf"\\?({_FUNCTIONS})\^(\d+)")
_FUNCTION = re.compile(rf"\\?({_FUNCTIONS})(?!\^)")
_MATRIX = re.compile(r"{[a-z]?matrix}")
_COLUMNS = re.compile(r"\\begin{array}{[lcr]*}")
_ZEROS_INSIDE = re.compile(r"(\d+)\.0+([^\d])")
_ZEROS_AT_END = re.compile(r"(\d+)\.0+$")
_ROOT = re.compile(r"\\?sqrt[\(\{\[](\w+)[\)\}\]]")
_BARE_ROOT = re.compile(r"\\?sqrt\s*(\d+)")
_SLASH = re.compile(r"(\b\d+|sqrt\(.*?\))/(\d+|sqrt\(.*?\)\b)")
_MEMBER = re.compile(r"^[a-z]\\in")
_ASSIGNED = re.compile(
    r"^([a-z]|[A-Z]{2}|\\?(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|omicron|pi"
    r"|rho|sigma|tau|upsilon|phi|chi|psi|omega|sin|cos|sec|csc|tan|cot|sinh|cosh|sech|csch|tanh|coth|log|ln"
    r"|exp))\^?{?-?('|\\prime|\d)*}?(\(-?([\d.]+|[a-z])?\))?$"
)
"""What may stand before the `=` of an answer: a letter, two capitals or a name, with primes and arguments."""

_TERM = r"[\w.\\{}+\-*^]+"
_PLUS_MINUS = re.compile(rf"({_TERM}?)(?:\\pm|\\mp)({_TERM})")
_LEADING_ZEROS = re.compile(r"^0+([1-9])")
_JOINED_MID = re.compile(r"\\mid([a-z])")


def normalised(answer: str, same: Same) -> str:
    """The answer as it is compared: words as values, else without layout, units and names before `=`."""
    text = _cleaned(answer.replace("\n", "").strip())
    word = boolean(text) or weekday(text)
    return word if word is not None else _mathematics(text, same)


def items_of(text: str, same: Same) -> list[str]:
    """The different items of a list or set, as sorted texts."""
    items = [item.strip() for item in without_outer(text).replace("or", ",").split(",")]
    return sorted(
        item for place, item in enumerate(items) if not any(same(item, other) for other in items[:place])
    )


def _cleaned(text: str) -> str:
    start, text = 0, text.strip()
    while start < len(text) and (text[start] in _LEADING or text[start].isspace()):
        start += 1
    return without_trailing(text[start:])


def _mathematics(text: str, same: Same) -> str:
    text = without_layout(_cleaned(text))
    text = _functions(_degrees(text))
    text = _COLUMNS.sub(r"\\begin{array}{}", _MATRIX.sub("{array}", text))
    if "\\begin{array}" not in text:
        text = text.replace("\\\\", "")
    if "j" in text and "i" not in text:
        text = text.replace("j", "i")
    text = _ZEROS_AT_END.sub(r"\1", _ZEROS_INSIDE.sub(r"\1\2", text))
    text = without_units(text)
    if not text:
        return text
    text = f"0{text}" if text.startswith(".") else text
    items = items_of(text, same) if is_set(text) else [text]
    return _as_whole(",".join(_item(item) for item in items))


def _degrees(text: str) -> str:
    text = _LONE_DEGREES.sub(r"\1", text.replace("rad", ""))
    return _DEGREES.sub(r"{\1*\\frac{\\pi}{180}}", text)


def _functions(text: str) -> str:
    r"""Functions as `\sin^{1}x`, so that no letter behind a name becomes part of it."""
    text = _POWER_OF_FUNCTION.sub(r"\\\1^{\2}", _BARE_FUNCTION.sub(r"\\\1", text))
    return _FUNCTION.sub(r"\\\1^{1}", text)


def _item(text: str) -> str:
    text = _BARE_ROOT.sub(r"\\sqrt{\1}", _ROOT.sub(r"\\sqrt{\1}", text))
    text = _fractions(f"\\{text}" if text.startswith("frac") else text)
    text = _SLASH.sub(r"\\frac{\1}{\2}", text)
    text = _MEMBER.sub("", text)
    if "," not in text:
        text = without_outer(text)
    if "\\begin{array}" not in text:
        text = _without_left_side(text)
    return _LEADING_ZEROS.sub(r"\1", _both_signs(text))


def _fractions(text: str) -> str:
    r"""`\frac12` and `\frac1{72}` with all their braces."""
    head, *parts = text.split("\\frac")
    made = head
    for part in parts:
        if part.startswith("{"):
            made += f"\\frac{part}"
        elif len(part) <= 1:
            return text
        else:
            below = part[1:] if part[1] == "{" else f"{{{part[1]}}}{part[2:]}"
            made += f"\\frac{{{part[0]}}}{below}"
    return made


def _without_left_side(text: str) -> str:
    """What an answer is equal to: behind the last `=` of a chain, or behind a name or a number."""
    match text.split("="):
        case [left, right] if _ASSIGNED.match(left.strip()) or not re.search("[a-zA-Z]", left):
            return right
        case [_, _, *_, last]:
            return last
    return text


def _both_signs(text: str) -> str:
    r"""`1\pm2` as the list `1-2,1+2`."""
    bare = without_outer(text)
    if "\\pm" not in bare and "\\mp" not in bare:
        return text
    return _PLUS_MINUS.sub(r"\1-\2,\1+\2", bare) if _PLUS_MINUS.search(bare) else text


def _as_whole(text: str) -> str:
    if "," not in text:
        text = without_outer(text)
    text = NUMBERS.get(text, text)
    text = _cleaned(_JOINED_MID.sub(r"\\mid \1", text))
    for sign in "<>":
        lowered = text.lower()
        joined = "," in text or "and" in lowered or "or" in lowered
        if text.count(sign) > 1 and not joined:
            text = text.replace(sign, ",")
    return text
