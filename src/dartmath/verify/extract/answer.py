"""Find the final answer of a response: its last explicit statement, else what it concludes with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.extract.announcements import announced
from dartmath.verify.extract.boxes import boxed
from dartmath.verify.extract.conclusions import conclusion
from dartmath.verify.extract.found import Statement
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.own import Fence, Own, own_text
from dartmath.verify.extract.structured import MOST, assigned, fields, tagged
from dartmath.verify.extract.thoughts import thoughts
from dartmath.verify.extract.values import value_at
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.search import holds
from dartmath.verify.outcome import Extraction

if TYPE_CHECKING:
    from dartmath.verify.settings import GradingSettings

WINDOW = 100_000
"""Only this many characters at the end of a response are looked at."""

MAX_LINE = 200
"""A response that is one line of at most this many characters can be its own answer."""

_SOLUTION_LINES = 40
"""Lines of a tag from which on it holds a whole solution, whose end is read as that of a response."""

MAX_WORDS = 5
"""Such a line, or the content of a tag, is an answer in words if it has at most this many."""

_NONE = Extraction(None, "none")
_HASH = regex(r"####[ \t]*([^\n]{1,4000})")
_LEADING = regex(
    rf"(?P<value>[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d[\d,]*(?:\.\d+)?(?:/\d+)?"
    r"(?: ?\\?[%°]| (?:thousand|million|billion|trillion)s?\b)?)"
    r"(?= [a-z])(?! (?:and|or|to|in|out of|over|times|plus|minus|by|x|if|when|unless|dozen|hundred|half"
    r"|halves|thirds?|quarters?|squared|cubed|a\.?m|p\.?m)\b)(?=[^\d=]*(?:\d[^=]*)?\Z)"
)
"""The number that begins a sentence behind the mark, as in "there are #### 8 more trees here than there"."""

_NUMBER = regex(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?%?|-?\.\d+%?")
_NO_WORDS = regex(
    r"[\d$=\\]|\b(?:so|is|are|was|were|can|cannot|do|does|did|have|has|had|will|would|could|should|let|need|we|i|you|don't|it|this|there)\b"
    r"|n't|[?؟]",
    re.IGNORECASE,
)
_COMMAND = regex(r"(?:\\{1,2}[a-z]+|boxed)?")
_WORDS = regex(r"(?<![\\a-zA-Z])[a-zA-Z]{2}|A[*_]{0,3}:")
"""Two letters that are no command of LaTeX, or the label `A:`."""

_OUTPUTS = (
    "output",
    "",
    "text",
    "txt",
    "latex",
    "tex",
    "markdown",
    "md",
    "math",
    "plaintext",
    "result",
    "console",
    "answer",
)


class _Reader(NamedTuple):
    """The settings that finding an answer needs; the defaults are those of `GradingSettings`."""

    rules: frozenset[str] = frozenset(
        ("tag", "boxed", "hash", "announced", "field", "conclusion", "final_line")
    )
    first_box: bool = False
    last_number: bool = False
    thoughts: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = LANGUAGES


_DEFAULT = _Reader()


@lru_cache(maxsize=64)
def _reader(settings: GradingSettings) -> _Reader:
    return _Reader(
        frozenset(settings.rules),
        settings.box == "first",
        settings.last_number,
        settings.thoughts,
        settings.answers,
        settings.languages,
    )


def extract_answer(
    response: str,
    *,
    strict: bool = False,
    in_thought: bool = False,
    settings: GradingSettings | None = None,
) -> Extraction:
    """The final answer of a response, and where and how it was found.

    Only what the response says itself counts: no thoughts, nothing behind an end-of-turn token or the
    beginning of another query, no program code. In that, the last explicit statement that reads as an
    answer: a tag, a box, a `####` line, an announcement in any language, a field or call. A statement that
    is denied, supposed or asked is none. Where there is none, and unless `strict`, the value of the last
    concluding sentence, of the last line, or a response that is nothing but a short answer; then, where
    `settings.last_number`, the last number or formula.

    `strict` is for responses that were cut off: one that ends inside its last box has no answer.
    `in_thought` says that the prompt opened a thought, which a response without its end is all of.
    """
    reader = _DEFAULT if settings is None else _reader(settings)
    if in_thought and not thoughts(response, reader.thoughts):
        return _NONE
    offset = max(0, len(response) - WINDOW)
    own = own_text(response[offset:], reader.thoughts)
    found = _find(own, reader, strict)
    if found is None:
        return _NONE
    answer = _tidied(found.answer)
    if found.rule != "boxed" and "=" in answer:
        answer = _result(answer)
    return Extraction(answer, found.rule, (found.start + offset, found.end + offset)) if answer else _NONE


def _find(own: Own, reader: _Reader, strict: bool) -> Statement | None:
    start = 0
    for end in own.parts:
        part = own.text[start:end] if start else own.text[:end]
        last = end == own.parts[-1]
        found = _explicit(part, reader, cut=strict and last)
        if found is None and not strict:
            found = _implicit(part, reader, last)
        if found is not None:
            return _moved(found, start)
        start = end
    found = _in_fences(own, reader, strict)
    if found is None and reader.last_number:
        found = _last_value(own.text)
    return found


def _moved(found: Statement, shift: int) -> Statement:
    return found._replace(start=found.start + shift, end=found.end + shift) if shift else found


def _explicit(text: str, reader: _Reader, *, cut: bool) -> Statement | None:
    """The last explicit statement that reads as an answer; else the last one in words."""
    rules = reader.rules
    found: list[Statement] = []
    if "boxed" in rules:
        boxes = list(boxed(text, cut=cut)) if reader.first_box else list(islice(boxed(text, cut=cut), 1))
        found += boxes[-1:]
    if "hash" in rules and "#" in text and holds(text, "####"):
        found += islice(_hashed(text), 1)
    # Only what is stated later than a firm statement can still be the last one.
    last = max([one for one in found if one.firm], key=_by_place, default=None)
    after = last.start if last is not None else 0
    if last is not None and not reader.answers and not _says_more(text, after):
        return last
    if "tag" in rules:
        found += islice(filter(None, map(_of_tag, tagged(text, reader.answers))), 1)
    structures = list(islice(fields(text, after), 8)) if "field" in rules else []
    found += structures
    if "announced" in rules:
        found += _firmest(announced(text, reader.languages, after), list(found))
    found.sort(key=_by_place, reverse=True)
    return next((one for one in found if one.firm), found[0] if found else None)


_by_place = attrgetter("start")


def _says_more(text: str, start: int) -> bool:
    """Whether from a box or a `####` line on there are words, of which every other statement has one."""
    command = _COMMAND.match(text, start)
    begin = command.end() if command else start
    return _WORDS.search(text, begin) is not None or not text[begin:].isascii()


def _firmest(statements: Iterator[Statement], structures: list[Statement]) -> list[Statement]:
    """The last announcements down to the first that reads as an answer; none inside a structure."""
    kept: list[Statement] = []
    for one in statements:
        if any(whole.start <= one.start < whole.end for whole in structures):
            continue
        kept.append(one)
        if one.firm:
            break
    return kept


def _of_tag(tag: Statement) -> Statement | None:
    """The content of a tag, if it is an answer and no solution; else what it concludes with."""
    lines = [line for line in tag.answer.split("\n") if line.strip()]
    content = tag.answer.strip().strip("*").strip()
    if is_mathematics(content) or (len(content.split()) <= MAX_WORDS and len(lines) == 1):
        return Statement(content, "tag", tag.start, tag.end)
    found = conclusion(tag.answer) if len(lines) < _SOLUTION_LINES else None
    if found is not None:
        return Statement(found.answer, "tag", tag.start, tag.end)
    return Statement(content, "tag", tag.start, tag.end, firm=False) if len(lines) == 1 else None


def _hashed(text: str) -> Iterator[Statement]:
    for line in reversed(list(_HASH.finditer(text))[-MOST:]):
        answer = line.group(1).strip().strip("*").strip()
        if not answer or answer.startswith("#"):
            continue
        if is_mathematics(answer):
            yield Statement(answer, "hash", line.start(1), line.end(1))
        elif (value := value_at(text, line.start(1))) is not None and value[2]:
            yield Statement(value[0], "hash", line.start(1), line.end(1))
        elif leading := _LEADING.match(answer):
            yield Statement(leading["value"], "hash", line.start(1), line.end(1))
        elif not text[line.end() :].strip() and len(answer.split()) <= MAX_WORDS and not answer.endswith(":"):
            yield Statement(answer, "hash", line.start(1), line.end(1), firm=False)


def _implicit(text: str, reader: _Reader, last: bool) -> Statement | None:
    found = None
    if "conclusion" in reader.rules:
        final_line = last and "final_line" in reader.rules
        found = conclusion(text, final_line=final_line, languages=reader.languages)
    if found is None and last and "final_line" in reader.rules:
        found = _whole(text)
    return found


def _whole(text: str) -> Statement | None:
    """A response of one short line that is an answer and no sentence."""
    line = text.strip()
    if not line or len(line) > MAX_LINE or "\n" in line or "\\boxed" in line:
        return None
    words = line.strip("*").strip()
    short = len(words.split()) <= MAX_WORDS and not _NO_WORDS.search(words) and not words.endswith(":")
    if not is_mathematics(words) and not short:
        return None
    return Statement(words, "final_line", text.index(line[0]), len(text.rstrip()))


def _in_fences(own: Own, reader: _Reader, strict: bool) -> Statement | None:
    """What stands in fenced blocks, where the text outside says nothing: output, LaTeX, a literal in code."""
    for fence in reversed(own.fences[-MOST:]):
        content = own.source[fence.start : fence.end]
        if fence.language in _OUTPUTS:
            found = _explicit(content, reader, cut=strict) or (None if strict else _last_output(content))
            if found is not None:
                return _moved(found, fence.start)
    return _in_code(own.source, own.fences)


def _last_output(content: str) -> Statement | None:
    found = _whole(content) or conclusion(content)
    return found or assigned(content, 0)


def _in_code(source: str, fences: tuple[Fence, ...]) -> Statement | None:
    for fence in reversed(fences[-MOST:]):
        if (found := assigned(source[fence.start : fence.end], fence.start)) is not None:
            return found
    return None


def _last_value(text: str) -> Statement | None:
    """The last number of a text, or the formula that it stands in or before."""
    tail = max(0, len(text) - 2000)
    numbers, formulas = list(_NUMBER.finditer(text, tail)), list(FORMULA.finditer(text, tail))
    if formulas and (not numbers or formulas[-1].end() >= numbers[-1].end()):
        return Statement(body(formulas[-1]), "last_number", formulas[-1].start(), formulas[-1].end())
    return (
        Statement(numbers[-1].group(), "last_number", numbers[-1].start(), numbers[-1].end())
        if numbers
        else None
    )


_ANNOUNCED_INSIDE = regex(
    r"\A(?:\\(?:text|mathrm|mbox|textbf)\s*\{)?\s*(?:the |final |correct )*(?:answer|ans|result"
    r"|solution)(?:\s*(?:is|:|=))+\s*(?P<brace>\}?)\s*",
    re.I,
)


_CUT_BOX = regex(r"[\s$\\(\[{]*\\boxed\s*\{?\s*\Z")
"""A box of which nothing but its name is left, where a response was cut."""

_RESULT = regex(r"\\?\$?-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:/\d+)?\\?%?")
_CJK_COUNTER = regex(r"(?P<value>[-−]?[\d.,/]+)\s*[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,4}\Z")
_CJK_SCALE = regex(r"[万亿億萬千百十分倍兆次方度]|平方|立方")


def _tidied(answer: str) -> str:
    """The answer without an announcement of its own, and without signs at its end that belong to the text."""
    if not answer.isascii() and (counted := _CJK_COUNTER.match(answer)) and not _CJK_SCALE.search(answer):
        return counted["value"]
    if inside := _ANNOUNCED_INSIDE.match(answer):
        rest = answer[inside.end() :]
        answer = rest if inside["brace"] or not answer.startswith("\\") else rest.rstrip().removesuffix("}")
    if "boxed" in answer:
        answer = _CUT_BOX.sub("", answer)
    return answer.strip().removesuffix("\\\\").strip()


def _result(answer: str) -> str:
    """What a calculation comes to, `12 + 50 = 62`; any other equation as it is."""
    *sides, last = (side.strip() for side in answer.split("="))
    numbers = is_mathematics(sides[-1]) and not re.search(
        r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+|[a-zA-Z]{2,}", "", sides[-1])
    )
    return last if numbers and re.search(r"\d\D+\d|!|\^", sides[-1]) and _RESULT.fullmatch(last) else answer
