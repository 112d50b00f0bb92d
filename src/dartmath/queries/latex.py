r"""References out of LaTeX solutions: the last `\boxed{...}`, with or without braces."""

from __future__ import annotations

_BOX = "\\boxed"


def last_boxed(solution: str) -> str | None:
    r"""Content of the last `\boxed{...}` (or of `\boxed 2`); None when there is no box at all.

    >>> last_boxed(r"so $x = \boxed{\frac{1}{2}}$.")
    '\\frac{1}{2}'
    >>> last_boxed(r"so $x = \boxed 9$.")
    '9'
    """
    start = solution.rfind(_BOX)
    if start < 0:
        return None
    rest = solution[start + len(_BOX) :].lstrip(" ")
    if not rest.startswith("{"):
        return rest.split("$")[0].split(" ")[0].strip()
    end = _closing_brace(rest)
    return rest[1:end].strip() if end else None


def _closing_brace(text: str) -> int | None:
    """Index of the brace that closes the one at 0; escaped braces do not count."""
    depth, index = 0, 0
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 2
            continue
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return index
        index += 1
    return None
