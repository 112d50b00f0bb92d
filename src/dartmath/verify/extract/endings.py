"""The endings that most responses have: a box, a `####` line or an announced number, and nothing more.

Each is a short way to what all rules together come to, for texts in which plainly no other statement can be
the last one. A text that does not pass a test here goes the long way, and nothing is decided otherwise there:
`tests/verify/test_endings.py` holds both together.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.boxes import (
    MAX_GAP,
    MAX_PART,
    PREFIXES,
    content_of,
    is_placeholder,
    last_head,
    with_neighbours,
)
from dartmath.verify.extract.found import MAX_ANSWER, Statement
from dartmath.verify.extract.polarity import BETWEEN, asserted, asserts
from dartmath.verify.extract.structured import fields, tagged
from dartmath.verify.language.lexicon import LEXICONS

_BOX = "\\boxed{"
_SIGNS = r"[^{}\\<\[:#\n]*"
_OTHERS = r"\\[^\[<:#\n]|\[(?![a-zA-Z/])|(?<=[0-9]):(?=[0-9])"
_CONTENT = rf"{_SIGNS}(?:(?:{_OTHERS}){_SIGNS})*"
for _ in range(2):
    _CONTENT = rf"{_SIGNS}(?:(?:{_OTHERS}|\{{{_CONTENT}\}}){_SIGNS})*"
_STEMS = by_initials(
    *dict.fromkeys(stem for lexicon in LEXICONS.values() for stem in lexicon.stems if stem.isascii())
)
_LAST_BOX = regex(
    rf"\\boxed\{{(?P<content>{_CONTENT})\}}[ \n.,;]{{0,9}}(?P<closing>\\[)\]]|\${{1,2}})?"
    rf"(?P<words>(?: (?:(?!{_STEMS})[a-z])+){{0,12}})[\s.*]{{0,9}}(?:I hope it is correct\.\s{{0,9}})?\Z"
)
"""A box of one line with braces three deep, what closes its formula, a few words, and the end.

No statement begins behind the box: no tag, field, label or `####` without its sign, no announcement without
its stem; nor in it, where `<`, `[a`, a colon and a second line are left to the long way. The sentence is the
end of Minerva's few-shot solutions.
"""

_EARLIER_BOX = regex(r"(?<!\\)\\boxed\{(?P<content>[^{}\\]{0,200})\}")
_MOST_EARLIER = 8
"""Boxes in front of the last one that are looked at here."""

_LONGEST_EARLIER = 200
"""Characters in each of them."""

_Delimiters = tuple[tuple[str, str], ...]
_FORMULAS: dict[str, tuple[str, _Delimiters]] = {
    "\\[": ("\\]", ()),
    "\\(": ("\\)", (("\\[", "\\]"),)),
    "$$": ("$$", (("\\[", "\\]"), ("\\(", "\\)"))),
    "$": ("$", (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$$$"))),
}
"""What opens a formula: what closes it, and delimiters of those that it could stand inside of."""

_new = tuple.__new__
"""`_new(Statement, (...))` makes a statement in half of the time of `Statement(...)`."""

_REACH = 160
"""Characters before a box in which its words and its formula's opening are looked for."""

_PARAGRAPH = 1_000
"""Characters before a box in which a formula can have begun that it stands in; see `with_neighbours`."""

_NUMBER = r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+|/[0-9]+)?"
_MARKED = regex(rf"####[ \t]*(?P<value>{_NUMBER})\Z")
_ANNOUNCED = regex(rf"(?:A: |Answer: |(?:The|Final) answer(?: is|:) )(?P<value>{_NUMBER})\.?\Z")


def plain_ending(
    text: str, rules: Collection[str], languages: Collection[str], boxes: int | None = None
) -> Statement | None:
    """The statement that ends `text`, where a look at the ending shows that it is the last one; else None.

    `rules` and `languages` are those that are on (see `GradingSettings`), `boxes` what `boxes_of_own` says.
    """
    start = text.rfind(_BOX) if boxes != 0 else -1
    if start >= 0:
        may_be = "boxed" in rules and ("<" not in text or "<<" not in text)
        return _boxed(text, start, boxes == 1) if may_be else None
    ending = text.rstrip("\n")  # other blanks belong to the statements of some rules
    line = ending.rfind("\n") + 1
    if ending.startswith("#", line):
        marked = _MARKED.match(ending, line) if "hash" in rules else None
        return None if marked is None else _number(marked, "hash")
    if "announced" in rules and "en" in languages and (announced := _ANNOUNCED.match(ending, line)):
        return None if _has_structure(ending) else _number(announced, "announced")
    return None


def _boxed(text: str, start: int, is_only: bool) -> Statement | None:
    """The box at `start`, where it ends the text and belongs to no other; if it `is_only`, there is none."""
    box = _LAST_BOX.match(text, start)
    if box is None:
        return None
    content, closing, words = box.groups()
    # To look for the word takes half as long as to look for the head of a box, and most texts have no other.
    if (
        not is_only
        and (text.rfind("box", 0, start) >= 0 or "\x08" in text)
        and not _stands_apart(text, start, content)
    ):
        return None
    end = box.end("content") + 1
    if len(content) > MAX_ANSWER or (not content.isdigit() and ("box" in content or is_placeholder(content))):
        return None
    if not _is_alone(text, start, closing) or (words and closing[-1] == "$"):
        return _with_neighbours(text, start, end, content)
    if words and not asserted(text, start, end):
        return None
    return _new(Statement, (content.strip(), "boxed", start, end, True))


def _stands_apart(text: str, start: int, content: str) -> bool:
    """Whether the boxes before one are closed, and the last of them is no item of a list with it.

    It is not where it is far away, or not side by side and says the same: see `boxes._belongs`.
    """
    head, following = last_head(text, start), start
    for _ in range(_MOST_EARLIER):
        if head < 0:
            return True
        earlier = _earlier(text, head - 1) if head else None
        if earlier is None:
            return False
        said, end = earlier
        gap = start - end
        same = said.strip() == content.strip()
        if following == start and (gap <= MAX_GAP or (gap <= MAX_PART and not same)):
            return False
        following = head - 1
        head = last_head(text, following)
    return False


def _earlier(text: str, start: int) -> tuple[str, int] | None:
    """Content and end of the box at `start`; None where it is not plainly closed, or holds another."""
    if plain := _EARLIER_BOX.match(text, start):
        return plain["content"], plain.end()
    if not text.startswith(_BOX, start) or text[start - 1 : start] == "\\":
        return None
    content, end = content_of(text, start + len(_BOX) - 1)
    return None if content is None or len(content) > _LONGEST_EARLIER or "box" in content else (content, end)


def _with_neighbours(text: str, start: int, end: int, content: str) -> Statement | None:
    """A box that a unit, a sign or a name may belong to: the rules for that are asked themselves."""
    if text[start - 1 : start] == "\\":
        return None
    answer, first, last = with_neighbours(text, start, end, content)
    said = first == start and asserted(text, start, end)
    return Statement(answer, "boxed", first, last) if said else None


def _is_alone(text: str, start: int, closing: str | None) -> bool:
    """Whether a formula holds the box at `start` and nothing else, asserted and with no words of its own.

    Behind a dollar sign words may be its own too: `$\\boxed{5}$ million`.
    """
    before = text[start - _REACH if start > _REACH else 0 : start]
    line = before.rfind("\n", 0, len(before.rstrip())) + 1
    lead = _lead(before[line:])
    if lead is None or lead.closing != closing:
        return False
    if lead.is_bare and _ends_in_prefix(before.rstrip(BETWEEN)):
        return False
    first = start - _PARAGRAPH if start > _PARAGRAPH else 0
    for begins, ends in lead.around:
        opened = text.rfind(begins, first, start)
        if opened >= 0 and text.find(ends, opened, start) < 0:
            return False
    return True


_ENDS_OF_PREFIXES = frozenset(words[-2:] for words in PREFIXES)


def _ends_in_prefix(words: str) -> bool:
    """Whether words that belong to a box end a text; the two last letters of most tell that none do."""
    return words[-2:].lower() in _ENDS_OF_PREFIXES and words.lower().endswith(PREFIXES)


class _Lead(NamedTuple):
    """What a line that ends in the opening of a formula says of it, and whether it says nothing else."""

    closing: str
    around: _Delimiters
    is_bare: bool


@lru_cache(maxsize=2048)
def _lead(line: str) -> _Lead | None:
    """What a line in front of a box says; None where it opens no formula, words count, or it is denied."""
    opening = line.rstrip()[-2:]
    if opening[-1:] == "$" and opening not in ("$$", "\\$"):
        opening = "$"
    words = line.rstrip(BETWEEN)
    if opening not in _FORMULAS or _ends_in_prefix(words):
        return None
    # A formula whose opening ends the line, or that begins it, has no words in front that could deny it.
    if words and "\n" not in line and not asserts(line):
        return None
    return _Lead(*_FORMULAS[opening], not words)


def _has_structure(text: str) -> bool:
    """Whether a structure stands in a text, which can go on to the end and hold what is announced there."""
    return (
        last_head(text, len(text)) >= 0
        or next(tagged(text), None) is not None
        or next(fields(text), None) is not None
    )


def _number(line: re.Match[str], rule: str) -> Statement:
    return Statement(line["value"], rule, line.start("value"), line.end("value"))
