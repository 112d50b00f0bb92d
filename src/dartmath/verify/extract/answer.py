"""Find the final answer in a response: boxed, tagged, `####`, "the answer is", or a concluding line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dartmath.verify.extract.boxes import MAX_ANSWER, Found, boxed
from dartmath.verify.extract.conclusions import conclusion
from dartmath.verify.extract.thoughts import thoughts
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.outcome import Extraction

if TYPE_CHECKING:
    from dartmath.verify.settings import GradingSettings

WINDOW = 100_000
"""Only this many characters at the end of a response are looked at."""

MAX_LINE = 200
"""A response that is one line of at most this many characters can be its own answer."""

_NONE = Extraction(None, "none")
_THOUGHT_END = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_THOUGHT = re.compile(r"<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_ANSWER_TAG = re.compile(r"<answer>", re.IGNORECASE)
_ANSWER_END = re.compile(r"</answer>", re.IGNORECASE)
_STOP_TOKENS = re.compile(r"(?:<\|[a-z_]{2,30}\|>|</s>|<eos>|<end_of_turn>|\s){1,20}\Z")
_HASH = re.compile(r"####[ \t]*([^\n]{1,4000})")
_PHRASE = re.compile(
    r"(?:(?:\b(?:answers?|correct (?:option|choice|letter)|ans(?=[.:]))\b"
    r"(?:[ \t]+(?:to|for|of)(?:[ \t]+[\w-]+){1,6}?)?"
    r"(?:[ \t]+(?:is|are|would be|should be|must be|becomes)\b"
    r"(?:[ \t]+(?:equal[ \t]+to|therefore|thus|then|simply|just|actually|indeed)\b,?)*[ \t]*:?"
    r"|[ \t]*[*_]{0,3}[ \t]*[:=][ \t]*[*_]{0,3}|\.(?=[ \t]+[-$\\\d(])))"
    r"|(?:最终)?答案(?:是|为|[:：])[:：]?"
    r"|^[ \t]*[*_]{0,3}A[*_]{0,3}:[*_]{0,3}(?=[ \t]*\S)"
    r"|^[ \t]*[#*_]{0,6}[ \t]*(?:the )?(?:final )?answers?[ \t]*[:.]?[*_]{0,3}[ \t]*$)[ \t]*\n{0,3}[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_CUE = re.compile(r"[aA][nN][sS]|[cC][oO][rR][rR]|答案|^[ \t]*(?:[#*_]|[aA][*_:])", re.MULTILINE)
"""Where `_PHRASE` can begin, found many times faster than by trying it everywhere."""

_FIELD = re.compile(
    r"\"(?:final_?)?answer\"\s*:\s*(?:\"(?P<text>(?:[^\"\\]|\\.){1,1000})\"|(?P<bare>[^\s,}\]]{1,100}))"
)
_COMMENT = re.compile(
    r"(?:indeed |also |now |therefore )?(?:not )?(?:correct|right|wrong|incorrect|valid|reasonable"
    r"|unique|below|above|as follows|found|given|verified|clear|consistent|unchanged)\b.{0,80}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\n|[.?](?=\s|$)|。|!(?=\s+[A-Z]|\s*$)|(?<=[^\s,])\.?\*\*")
_FENCED = re.compile(r"\s*```[a-z]{0,12}\n([^`\n]{1,200})\n```\s*")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?%?|-?\.\d+%?")


def extract_answer(
    response: str,
    *,
    strict: bool = False,
    in_thought: bool = False,
    settings: GradingSettings | None = None,
) -> Extraction:
    """The final answer of a response, and where and how it was found.

    What stands inside `<think>...</think>` is no answer, and a thought without an end has none.
    Tried in this order: the last `<answer>...</answer>`; the last closed `\\boxed{...}` (several
    boxes side by side are a list); the last `#### answer` line; the last "the answer is ...",
    "Answer: ..." or heading "Final Answer", or an "answer" field of JSON; then, unless `strict`, the
    last formula of the last concluding sentence ("Therefore ... $x = 5$"), what it ends with in bold,
    or a response that is nothing but one short line. The last number in the text counts only when
    `settings.last_number` asks for it. Under `strict` a response cut off inside its last box has no answer.
    """
    offset = max(0, len(response) - WINDOW)
    if in_thought and not thoughts(response):
        return _NONE
    start, end = _final_part(response, offset)
    text = response[start:end]
    found = _explicit(text, strict)
    if found is None and not strict:
        found = conclusion(text) or _whole(text)
    if found is None and settings is not None and settings.last_number:
        found = _last_number(text)
    if found is None:
        return _NONE
    answer, method, first, last = found
    return Extraction(answer, method, (first + start, last + start))


def _final_part(response: str, offset: int) -> tuple[int, int]:
    """Where the response stands that is neither a thought nor a trailing stop token."""
    start, end = offset, len(response)
    if "<" in response:
        if stop := _STOP_TOKENS.search(response, max(offset, end - 200)):
            end = stop.start()
        closed = [thought.end() for thought in _THOUGHT_END.finditer(response, offset)]
        start = closed[-1] if closed else start
        opened = _THOUGHT.search(response, start)
        if opened is not None and opened.end() <= end:
            end = opened.start()
    return start, max(start, end)


def _explicit(text: str, strict: bool) -> Found | None:
    """An answer that is marked as such."""
    return _tagged(text, strict) or boxed(text, strict) or _hashed(text) or _phrased(text) or _field(text)


def _tagged(text: str, strict: bool) -> Found | None:
    """The content of the last `<answer>...</answer>`, or what is marked inside it."""
    opened = [tag.end() for tag in _ANSWER_TAG.finditer(text)] if "<" in text else []
    closed = _ANSWER_END.search(text, opened[-1]) if opened else None
    if closed is None or closed.start() - opened[-1] > MAX_ANSWER:
        return None
    inside, shift = text[opened[-1] : closed.start()], opened[-1]
    marked = boxed(inside, strict) or _hashed(inside) or _phrased(inside)
    if marked is not None:
        return (marked[0], "tag", marked[2] + shift, marked[3] + shift)
    return (inside.strip(), "tag", shift, closed.start()) if inside.strip() else None


def _hashed(text: str) -> Found | None:
    at = text.rfind("####")
    match = _HASH.match(text, at) if at >= 0 else None
    answer = match.group(1).strip().strip("*").strip() if match else ""
    if match is None or not answer or _PHRASE.match(match.group(1)) or _HEADING.fullmatch(answer):
        return None
    return (answer, "hash", match.start(1), match.end(1))


_HEADING = re.compile(r"(?:the )?(?:final )?answers?[ \t]*[:.]?", re.IGNORECASE)


def _phrased(text: str) -> Found | None:
    for phrase in reversed(_phrases(text)[-8:]):
        found = _clause(text, phrase.end())
        if found is not None and not _COMMENT.fullmatch(found[0]):
            answer, end = found
            return (answer, "answer_is", phrase.end(), end)
    return None


def _phrases(text: str) -> list[re.Match[str]]:
    """All announcements of an answer, in order."""
    found: list[re.Match[str]] = []
    end = 0
    for cue in _CUE.finditer(text):
        if cue.start() >= end and (phrase := _PHRASE.match(text, cue.start())):
            found.append(phrase)
            end = phrase.end()
    return found


def _field(text: str) -> Found | None:
    """The last "answer" field of a JSON object."""
    fields = list(_FIELD.finditer(text))[-1:] if '"' in text else []
    for field in fields:
        answer = field["bare"] or field["text"].replace("\\\\", "\\").replace('\\"', '"')
        return (answer.strip(), "field", field.start(), field.end()) if answer.strip() else None
    return None


def _clause(text: str, start: int) -> tuple[str, int] | None:
    """The answer that begins at `start`: a formula with what belongs to it, or a short clause."""
    formula = FORMULA.match(text, start)
    line_end = text.find("\n", start)
    rest = text[start : line_end if line_end >= 0 else len(text)][:MAX_ANSWER]
    if formula is not None and not re.match(r"\s*(?:,|and\b|or\b)\s*\$?", text[formula.end() :][:20]):
        return (body(formula), formula.end()) if body(formula) else None
    stop = _SENTENCE_END.search(rest)
    clause = (rest[: stop.start()] if stop else rest).strip().strip("*_:").strip()
    if not any(sign.isalnum() or sign in "∅∞" for sign in clause):
        return None
    return clause, start + (stop.start() if stop else len(rest))


def _whole(text: str) -> Found | None:
    """A response of one short line, or of one line of code."""
    if fenced := _FENCED.fullmatch(text[: MAX_LINE * 2]):
        return (fenced[1].strip(), "whole", fenced.start(1), fenced.end(1)) if fenced[1].strip() else None
    line = text.strip()
    if line and len(line) <= MAX_LINE and "\n" not in line and "\\boxed" not in line:
        return (line, "whole", text.index(line[0]), len(text.rstrip()))
    return None


def _last_number(text: str) -> Found | None:
    numbers = list(_NUMBER.finditer(text, max(0, len(text) - 2000)))
    if not numbers:
        return None
    last = numbers[-1]
    return (last.group(), "last_number", last.start(), last.end())
