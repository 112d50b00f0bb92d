"""Brackets around answers, as the paper's grader finds and removes them."""

from __future__ import annotations

import re

PAIRS = (("\\(", "\\)"), ("\\[", "\\]"), ("\\{", "\\}"), ("(", ")"), ("[", "]"), ("{", "}"))
"""In the order in which they are removed."""

_CLOSING = dict(PAIRS)
_BRACES = (("{", "}"), ("\\{", "\\}"))
_OR = re.compile(r"[^a-z]or(?:x|[^a-z])")


def first_pair(text: str, opening: str) -> tuple[int, int] | None:
    """Where the first bracket of this kind opens and closes; None where it does not open or close."""
    start = text.find(opening)
    if start < 0:
        return None
    closing, width, depth = _CLOSING[opening], len(opening), 0
    for place in range(start, len(text)):
        part = text[place : place + width]
        depth += (part == opening) - (part == closing)
        if depth == 0:
            return start, place
    return None


def without_first_pair(text: str, opening: str) -> str:
    """The text without the first pair of these brackets."""
    found = first_pair(text, opening)
    if found is None:
        return text
    start, end = found
    width = len(opening)
    return text[:start] + text[start + width : end] + text[end + width :]


def without_outer(text: str) -> str:
    """The text without brackets that enclose all of it."""
    done = False
    while not done:
        done = True
        for opening, _ in PAIRS:
            width = len(opening)
            if text.startswith(opening) and first_pair(text, opening) == (0, len(text) - width):
                text, done = text[width : len(text) - width], False
    return text


def is_set(text: str) -> bool:
    """Whether a text lists alternatives: braces from end to end, or an `or` that is no part of a word."""
    braced = any(text.startswith(opening) and text.endswith(closing) for opening, closing in _BRACES)
    return braced or _OR.search(text) is not None
