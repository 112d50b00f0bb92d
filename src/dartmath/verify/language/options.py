"""The options of a multiple-choice query: which letters it has, and what stands behind them."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.search import holds

_OPTION = regex(
    rf"(?<![A-Za-z0-9\\])(?:{OPEN_TEXT})?\(\s*([A-Ja-j])\s*\)\s*\}}?"
    r"|(?:^|\n|\s)([A-J])[.):](?=\s)|(?:^|\n)\s*\[([A-J])\]|(?:^|\s)([a-j])\)(?=\s)"
    r"|(?:^|\n)[ \t]*([A-J])\)(?=[^\s)])"
)
_FIRST = ("A.", "A)", "A:", "[A]", "a)")
_FIRST_IN_BRACKETS = regex(r"\(\s*[Aa]\s*\)")
"""Where a query has options, it has the first: one of these texts, or this."""

_TASK = regex(
    r"(?:find|what|how|show|calculate|compute|determine|prove|is|are|does|do|for|if|which|write|give|use|state"
    r"|explain|draw|sketch|evaluate|solve|suppose|let|when|where|why|who|list|the)\b|.{60}",
    re.IGNORECASE,
)
"""How the text of a part of a query begins, which is no option: `a) Find x. b) Find y.`"""

_EDGES = regex(rf"(?:{OPEN_TEXT}|\\q?quad|\\\\|[\s,;$~])+$|^(?:\\[ ,;]|[\s$~])+")
_PRICE = regex(r"\$(?=\.?\d)[^$]*\Z")
"""An option that begins with a dollar sign which no other one closes."""


def options(query: str) -> dict[str, str]:
    """The options of a multiple-choice query: letter -> text. Empty for any other query.

    >>> options("Which is least? (a) 3 (b) 5/2")
    {'A': '3', 'B': '5/2'}
    """
    return _placed(query)[0]


def before_options(query: str) -> str:
    """A query up to its options; all of it where it has none.

    >>> before_options("Which is least? (a) 3 (b) 5/2")
    'Which is least? '
    """
    return query[: _placed(query)[1]]


@lru_cache(maxsize=256)
def _placed(query: str) -> tuple[dict[str, str], int]:
    """The options of a query, and where they begin."""
    if not holds(query, *_FIRST) and not _FIRST_IN_BRACKETS.search(query):
        return {}, len(query)
    marks = list(_OPTION.finditer(query))
    of_lines = [
        mark for mark in marks if not query[query.rfind("\n", 0, mark.end()) + 1 : mark.start()].strip()
    ]
    return max(_lettered(query, of_lines), _lettered(query, marks), key=_number)


def _number(found: tuple[dict[str, str], int]) -> int:
    return len(found[0])


def _lettered(query: str, marks: list[re.Match[str]]) -> tuple[dict[str, str], int]:
    """The texts behind marks that go on from A, each up to the next mark: the longest run, or the last."""
    letters = [next(filter(None, mark.groups())) for mark in marks]
    found: tuple[dict[str, str], int] = ({}, len(query))
    for start, letter in enumerate(letters):
        if letter in "Aa":
            run = _run(query, marks[start:], letters[start:])
            found = max((run, marks[start].start()), found, key=_number)
    return found


def _run(query: str, marks: list[re.Match[str]], letters: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, mark in enumerate(marks):
        if letters[place] != chr(ord(letters[0]) + place):
            break
        end = marks[place + 1].start() if place + 1 < len(marks) else len(query)
        letter = letters[place].upper()
        found[letter] = _option(query[mark.end() : end].removeprefix(f"{letter})"))
    if len(found) <= 1 or (marks[0][4] and any(map(_TASK.match, found.values()))):
        return {}
    return found


def _option(between: str) -> str:
    """The text of an option, without what sets it off from its mark and the next one."""
    text = between.strip()
    negated = between[:1].isspace() and text.startswith("~")
    text = text.rstrip("~").split("\n\n")[0] if negated else text.strip("~").split("\n\n")[0]
    plain = _EDGES.sub("", text)
    if plain.count("$") % 2:
        plain = text
    plain = f"~{plain.lstrip('~')}" if negated and not plain.startswith("~") else plain
    return f"${plain}" if _PRICE.match(text) and not plain.startswith("$") else plain
