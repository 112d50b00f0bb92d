"""The one option that a response calls right where it judges each of them."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.found import Statement

_JUDGED_OPTION = regex(
    r"[ \t>*_#•-]{0,9}(?:[Oo]ption |[Cc]hoice )?\(?(?P<letter>[A-J])(?:[).:]|\b)[^\n]{0,160}?[ :*_–—-]{1,6}"
    r"(?P<verdict>[❌✅✗✓✘☑✔]️?|[Ii]ncorrect|[Cc]orrect|INCORRECT|CORRECT|[Ww]rong|[Rr]ight|[Tt]rue|[Ff]alse|TRUE"
    r"|FALSE)[ .*_!]*"
)


def judged_options(text: str) -> Statement | None:
    """The one option that a response calls right where it ends in what it says of each: "B: correct"."""
    if (
        not text[-_VERDICT_AT_END:]
        .rstrip(" .*_!\n")
        .lower()
        .endswith((*_RIGHT, "wrong", "false", "❌", "✗", "✘"))
    ):
        return None
    whole = text.rstrip()
    pattern = _LINES if "\n" in whole.strip() else _CLAUSES
    lines = [(at.start(), at) for at in pattern.finditer(whole)][-_MOST_OPTIONS:]
    judged: list[tuple[int, re.Match[str]]] = []
    for start, line in reversed(lines):
        found = _JUDGED_OPTION.fullmatch(line.group())
        if found is None:
            break
        judged.append((start, found))
    right = [one for one in judged if one[1]["verdict"].lower() in _RIGHT]
    if len(judged) < _FEWEST_JUDGED or len(right) != 1:
        return None
    start, found = right[0]
    return Statement(
        found["letter"], "final_line", start + found.start("letter"), start + found.end("letter")
    )


_VERDICT_AT_END = 20
"""Characters that a verdict on an option takes, with the signs around it."""

_RIGHT = ("correct", "right", "true", "✅", "✓", "☑", "✔", "✔️")
_CLAUSES = regex(r"[^\s,;][^,;]*")
_LINES = regex(r"[^\n]*[^\s][^\n]*")
_MOST_OPTIONS, _FEWEST_JUDGED = 10, 3
"""Options that a question has at most, and of how many a response says whether they are right."""
