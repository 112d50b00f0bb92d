"""Derivatives as editors and books write them, in the one notation that the grammar reads: `y''`, `dy/dx`."""

from __future__ import annotations

import re
from collections.abc import Callable

from dartmath.base.regex import regex

_MARK = r"(?:\\prime(?![a-zA-Z])|')"
_PRIMES = regex(
    rf"(?<=[a-zA-Z)}}])(?:\s*\^\s*(?:{_MARK}|\{{(?:\s*{_MARK}(?:\s|\^\s*\{{\s*\}}|\{{\s*\}})*)+\}}))+",
    re.ASCII,
)
_EMPTY_SCRIPT = regex(r"[_^]\s*\{\s*\}")
_ORDER = regex(r"(?<![a-zA-Z\d\\])([a-zA-Z])\s*\^\s*\{\s*\(\s*([2-9])\s*\)\s*\}(?=\s*\(\s*[a-z\d]\s*\)|\s*=)")
_D = r"(?:\\(?:mathrm|text|rm|operatorname)\s*\{\s*d\s*\}|\\differentialD|d)"
_OPERATOR = regex(
    rf"\\[dt]?frac\s*\{{\s*{_D}\s*(?:\^\s*\{{?(\d)\}}?)?\s*\}}\s*\{{\s*{_D}\s*([a-z])\s*(?:\^\s*\{{?(\d)\}}?)?\s*\}}"
    r"\s*([a-zA-Z])(?:\s*\(\s*\2\s*\))?(?=\s*(?:=|$))"
)


def _primes(found: re.Match[str]) -> str:
    return "'" * (found[0].count("\\prime") + found[0].count("'"))


def _of_operator(found: re.Match[str]) -> str:
    if found[1] != found[3]:
        return found[0]
    power = f"^{found[1]}" if found[1] else ""
    return rf"\frac{{d{power}{found[4]}}}{{d{found[2]}{power}}}"


DERIVATIVES: tuple[tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (("prime", "^{'"), _PRIMES, _primes),
    (("{}", "{ }"), _EMPTY_SCRIPT, " "),
    (("^{(", "^{ ("), _ORDER, lambda found: found[1] + "'" * int(found[2])),
    (("{d}", "{d^", "{\\mathrm{d}"), _OPERATOR, _of_operator),
)
"""Signs without which a pattern cannot match, the pattern, and what it becomes."""
