"""The brace that closes a group of LaTeX."""

from __future__ import annotations

import re

from dartmath.base.regex import regex

_BRACE = regex(r"\\.|[{}]", re.DOTALL)


def closing_brace(text: str, start: int, limit: int) -> int | None:
    """Where the group closes whose content begins at `start`; None if it does not before `limit`.

    A brace behind a backslash is a sign, and opens and closes nothing.
    """
    end = text.find("}", start, limit)
    if end >= 0:
        inside = text[start:end]
        if "{" not in inside and "\\" not in inside:
            return end
    depth = 1
    for brace in _BRACE.finditer(text, start, limit):
        if brace.group() == "{":
            depth += 1
        elif brace.group() == "}":
            depth -= 1
            if depth == 0:
                return brace.start()
    return None
