"""The boxed answer of a response: the last `\\\\boxed{...}`, with the boxes that stand beside it."""

from __future__ import annotations

import re

from dartmath.verify.language.braces import closing_brace

MAX_ANSWER = 4_000
"""A candidate longer than this many characters is no final answer."""

MAX_BOXES = 64
MAX_GAP = 60
"""Characters between two boxes that are still side by side."""

Found = tuple[str, str, int, int]
"""Answer, rule that found it, and its span."""

_BOX = re.compile(r"\\?(?:boxed|fbox)(?![a-zA-Z])[ \t\n]*")
_WORDS = ("boxed", "\\fbox")
_NEAR = re.compile(
    r"(?:[\s$.,;:&]|\\[()\[\],;: ]|\\\\|\\q?quad\b|\([a-z0-9]{1,3}\)|[a-zA-Z](?:_\{?\w{1,3}\}?)? *="
    r"|\\(?:text|mathrm|mbox) ?\{\s*(?:and|or),?\s*\}|\band\b|\bor\b)*"
)
_REJECTED = re.compile(r"(?:\bnot|\brather than|\binstead of|\\neq?|≠)[\s$]*(?:\\[(\[])?\s*$")
_BARE = re.compile(r"[^\s$\\{}]{1,100}")


def boxed(text: str, strict: bool) -> Found | None:
    """The last box that is closed, with the boxes right before it; they are searched from the end.

    Under `strict` a text that ends inside a box has none.
    """
    last: Found | None = None
    before = len(text)
    for _ in range(MAX_BOXES):
        start = max(text.rfind(word, 0, before) for word in _WORDS)
        if start < 0:
            return last
        start -= start > 0 and text[start - 1] == "\\" and text[start] == "b"
        before = start
        box = _BOX.match(text, start)
        inner = _content(text, box.end()) if box and _is_command(text, box) else None
        if inner is None:
            if strict and last is None and box and "\n\n" not in text[box.end() :]:
                return None
            continue
        answer, end = inner
        if last is None:
            if answer.strip() and not _REJECTED.search(text[max(0, start - 40) : start]):
                last = (answer.strip(), "boxed", start, end)
        elif end >= last[3]:
            last = (_without_boxes(answer.strip()), "boxed", start, end)
        elif not answer.strip() or not _beside(text[end : last[2]]):
            return last
        else:
            last = _joined(answer.strip(), start, last)
    return last


def _is_command(text: str, box: re.Match[str]) -> bool:
    """Whether it is a command, or one that lost its backslash: `boxed{5}`, but not the word "boxed"."""
    return box.group().startswith("\\") or text[box.end() : box.end() + 1] == "{"


def _beside(gap: str) -> bool:
    return len(gap) <= MAX_GAP and _NEAR.fullmatch(gap) is not None


def _without_boxes(answer: str) -> str:
    """`x = \\\\boxed{5}`, the content of an outer box, with the inner box as a plain group."""
    plain = re.sub(r"\\?(?:boxed|fbox)\s*(?=\{)", "", answer)
    inner = _content(plain, 0) if plain.startswith("{") else None
    return inner[0].strip() if inner is not None and inner[1] == len(plain) else plain


def _joined(answer: str, start: int, later: Found) -> Found:
    """Boxes side by side are one list, but a box repeated verbatim is one answer."""
    text = later[0] if answer == later[0] else f"{answer}, {later[0]}"
    return (text, "boxed", start, later[3])


def _content(text: str, start: int) -> tuple[str, int] | None:
    """The group that opens at `start`, or the bare token there; None when it is not closed."""
    if start >= len(text):
        return None
    if text[start] != "{":
        bare = _BARE.match(text, start)
        return (bare.group().rstrip(".,;"), bare.end()) if bare else None
    end = closing_brace(text, start + 1, min(len(text), start + MAX_ANSWER))
    return None if end is None else (text[start + 1 : end], end + 1)
