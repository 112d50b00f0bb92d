"""Find the final answer in a response: boxed, `####`, "the answer is", or a concluding line."""

from __future__ import annotations

import re

from dartmath.verify.outcome import Extraction

WINDOW = 100_000
"""Only this many characters at the end of a response are looked at."""

MAX_ANSWER = 4_000
"""A candidate longer than this many characters is no final answer."""

MAX_BOXES = 64
MAX_GAP = 60
"""Characters between two boxes that are still side by side."""

MAX_LINE = 200
"""A response that is one line of at most this many characters can be its own answer."""

_NONE = Extraction(None, "none")
_BOX = re.compile(r"\\(?:boxed|fbox)(?![a-zA-Z])[ \t\n]*")
_NEAR = re.compile(
    r"(?:[\s$.,;:&]|\\[()\[\],;: ]|\\\\|\\q?quad\b"
    r"|\\(?:text|mathrm|mbox) ?\{\s*(?:and|or),?\s*\}|\band\b|\bor\b)*"
)
_BARE = re.compile(r"[^\s$\\{}]{1,100}")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_HASH = re.compile(r"####[ \t]*([^\n]{1,4000})")
_PHRASE = re.compile(
    r"(?:\banswers?\b(?:[ \t]+(?:to|for|of)(?:[ \t]+[\w-]+){1,6}?)?"
    r"(?:[ \t]+(?:is|are)\b(?:[ \t]+equal[ \t]+to\b)?[ \t]*:?|[ \t]*[*_]{0,3}[ \t]*:[ \t]*[*_]{0,3})"
    r"|^[ \t]*[*_]{0,3}A[*_]{0,3}:[*_]{0,3}(?=[ \t]*\S))[ \t]*\n?[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(
    r"(?:indeed |also |now |therefore )?(?:not )?(?:correct|right|wrong|incorrect|valid|reasonable"
    r"|unique|below|above|as follows|found|given|verified|clear|consistent|unchanged)\b.{0,80}",
    re.IGNORECASE,
)
_MATH = re.compile(
    r"(?:\*\*)?(?:\$\$(?P<a>[^$]{1,4000})\$\$|\\\[(?P<b>.{1,4000}?)\\\]|\\\((?P<c>.{1,4000}?)\\\)"
    r"|\$(?P<d>[^$\n]{1,4000})\$)",
    re.DOTALL,
)
_SENTENCE_END = re.compile(r"\n|[.!?](?=\s|$)|(?<=[^\s,])\.?\*\*")
_CONCLUSION = re.compile(
    r"^[ \t]*(?:therefore|thus|hence|so|in conclusion|finally|we (?:get|have|find|obtain|conclude))\b[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?%?|-?\.\d+%?")


def extract_answer(response: str, *, strict: bool = False, last_number: bool = False) -> Extraction:
    """The final answer of a response, and where and how it was found.

    Tried in this order: the last closed `\\boxed{...}` (several boxes side by side are a list);
    the last `#### answer` line; the last "the answer is ..." or "Answer: ..."; then, unless
    `strict`, the last formula of the last concluding sentence ("Therefore ... $x = 5$") or a
    response that is nothing but one short line. The last number in the text counts only when
    `last_number` asks for it. Under `strict` a response cut off inside its last box has no answer.
    """
    offset = max(0, len(response) - WINDOW)
    text = response[offset:]
    found = _boxed(text, strict) or _hashed(text) or _phrased(text)
    if found is None and not strict:
        found = _concluded(text)
    if found is None and last_number:
        found = _last_number(text)
    if found is None:
        return _NONE
    answer, method, start, end = found
    return Extraction(answer, method, (start + offset, end + offset))


_Found = tuple[str, str, int, int]


def _boxed(text: str, strict: bool) -> _Found | None:
    """The last box that is closed, with the boxes right before it; they are searched from the end."""
    last: _Found | None = None
    before = len(text)
    for _ in range(MAX_BOXES):
        start = max(text.rfind("\\boxed", 0, before), text.rfind("\\fbox", 0, before))
        if start < 0:
            return last
        before = start
        box = _BOX.match(text, start)
        inner = _box_content(text, box.end()) if box else None
        if inner is None:
            if strict and last is None and box and "\n\n" not in text[box.end() :]:
                return None
            continue
        answer, end = inner
        if last is None:
            if answer.strip():
                last = (answer.strip(), "boxed", start, end)
            continue
        gap = text[end : last[2]]
        if not answer.strip() or len(gap) > MAX_GAP or _NEAR.fullmatch(gap) is None:
            break
        last = _joined(answer.strip(), start, last)
    return last


def _joined(answer: str, start: int, later: _Found) -> _Found:
    """Boxes side by side are one list, but a box repeated verbatim is one answer."""
    text = later[0] if answer == later[0] else f"{answer}, {later[0]}"
    return (text, "boxed", start, later[3])


def _box_content(text: str, start: int) -> tuple[str, int] | None:
    """The group that opens at `start`, or the bare token there; None when it is not closed."""
    if start >= len(text):
        return None
    if text[start] != "{":
        bare = _BARE.match(text, start)
        return (bare.group().rstrip(".,;"), bare.end()) if bare else None
    depth, position = 0, start
    limit = min(len(text), start + MAX_ANSWER)
    for brace in _BRACE.finditer(text, start, limit):
        sign = brace.group()
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                position = brace.end()
                return text[start + 1 : position - 1], position
    return None


def _hashed(text: str) -> _Found | None:
    at = text.rfind("####")
    match = _HASH.match(text, at) if at >= 0 else None
    if match is None or not match.group(1).strip():
        return None
    return (match.group(1).strip(), "hash", match.start(1), match.end(1))


def _phrased(text: str) -> _Found | None:
    for phrase in reversed(list(_PHRASE.finditer(text))[-8:]):
        found = _clause(text, phrase.end())
        if found is not None and not _COMMENT.fullmatch(found[0]):
            answer, end = found
            return (answer, "answer_is", phrase.end(), end)
    return None


def _clause(text: str, start: int) -> tuple[str, int] | None:
    """The answer that begins at `start`: a formula with what belongs to it, or a short clause."""
    formula = _MATH.match(text, start)
    line_end = text.find("\n", start)
    rest = text[start : line_end if line_end >= 0 else len(text)][:MAX_ANSWER]
    if formula is not None and not re.match(r"\s*(?:,|and\b|or\b)\s*\$?", text[formula.end() :][:20]):
        body = next(group for group in formula.groups() if group is not None)
        return (body.strip(), formula.end()) if body.strip() else None
    stop = _SENTENCE_END.search(rest)
    clause = (rest[: stop.start()] if stop else rest).strip().strip("*_:").strip()
    return (clause, start + (stop.start() if stop else len(rest))) if clause else None


def _concluded(text: str) -> _Found | None:
    """The last formula of the last concluding sentence, or a response of one short line."""
    tail_at = max(0, len(text.rstrip()) - 1000)
    tail = text[tail_at:]
    sentences = list(_CONCLUSION.finditer(tail))
    formulas = list(_MATH.finditer(tail, sentences[-1].start())) if sentences else []
    if formulas:
        body = next(group for group in formulas[-1].groups() if group is not None)
        return (body.strip(), "conclusion", tail_at + formulas[-1].start(), tail_at + formulas[-1].end())
    line = text.strip()
    if line and len(line) <= MAX_LINE and "\n" not in line and "\\boxed" not in line:
        return (line, "whole", text.index(line[0]), len(text.rstrip()))
    return None


def _last_number(text: str) -> _Found | None:
    numbers = list(_NUMBER.finditer(text, max(0, len(text) - 2000)))
    if not numbers:
        return None
    last = numbers[-1]
    return (last.group(), "last_number", last.start(), last.end())
