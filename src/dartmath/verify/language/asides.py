"""What stands in parentheses behind an answer: a remark, another form of it, or what it counts."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.vocabulary import APPROXIMATIONS

MAX_ASIDE = 120
"""Longer parentheses are no aside."""

_MAY_BEGIN = regex(r"\((?:[A-Za-z]{2}|i\.|≈|\\approx|\s*[a-zA-Z]\s*\\in)")
_REMARK = regex(
    rf"(?:{'|'.join(APPROXIMATIONS)}|i\.e\.,?|≈|\\approx)\s*\S.*"
    r"|(?:since|because|as)[\s~,:]+(?![-+*/=<>^_]).+"
    r"|\s*[a-zA-Z]\s*\\in\s*\\mathbb\s*\{?[ZN]\}?[^()]{0,10}",
    re.DOTALL,
)
_PROSE = regex(
    r"(?!.*(?:\b(?:or|not|mod|base|if|when|unless|except|squared|cubed|times|reject\w*|discard\w*"
    r"|extraneous|invalid|wrong|incorrect)\b|n't|[=<>^?]))"
    r"(?:an?|the|see|rounded|which|from|based on|using|found|calendar|fiscal|FY|year|table|figure"
    r"|to the nearest|correct to|in \d{4})\b[\s\d].{1,90}",
    re.DOTALL | re.IGNORECASE,
)
"""A remark in words on where a number comes from: "(a net decrease of $40)", "(Table 3)"."""
_ENDS_AMOUNT = regex(r"(?:\d\\?%?|10\^\{\d{1,2}\}|\d (?:hundred|thousand|million|billion|trillion))\Z")
_ALTERNATIVE = regex(r"or ([^()]{1,80})")
_NOUN = regex(r"[A-Za-z]{3}[A-Za-z ]{0,40}")


def without_aside(text: str) -> str:
    """An answer without the parentheses at its end, where they are no mathematics.

    >>> without_aside("7 (since 3 + 4 = 7)")
    '7'
    >>> without_aside("12 (square feet)")
    '12 \\\\text{square feet}'
    >>> without_aside("2(x + 1)")
    '2(x + 1)'
    """
    if not _MAY_BEGIN.search(text, max(0, len(text) - MAX_ASIDE)):
        return text
    start = _opening(text)
    before, inside = text[:start].rstrip(), text[start + 1 : -1]
    if not before:
        return text
    if _REMARK.fullmatch(inside) or (_ENDS_AMOUNT.search(before) and _PROSE.fullmatch(inside)):
        return before
    if other := _ALTERNATIVE.fullmatch(inside):
        return f"{before} \\text{{ or }} {other[1]}"
    counts = text[start - 1].isspace() and (before[-1].isdigit() or before[-1] == "}")
    return f"{before} \\text{{{inside}}}" if counts and _NOUN.fullmatch(inside) else text


def _opening(text: str) -> int:
    """Where the parenthesis opens that closes at the very end; 0 when it is too far away."""
    depth = 0
    for place in range(len(text) - 1, max(0, len(text) - MAX_ASIDE), -1):
        depth += (text[place] == ")") - (text[place] == "(")
        if depth == 0:
            return place
    return 0
