"""Find the final answer of a response: its last explicit statement, else what it concludes with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.contract.outcome import Extraction
from dartmath.verify.extract.alone import before_calculation, only_number, whole_response
from dartmath.verify.extract.announcements import announced
from dartmath.verify.extract.asked import answered
from dartmath.verify.extract.boxes import boxed
from dartmath.verify.extract.conclusions import conclusion
from dartmath.verify.extract.endings import plain_ending
from dartmath.verify.extract.formulas import stated_formula
from dartmath.verify.extract.found import MAX_LINE, MAX_WORDS, Statement
from dartmath.verify.extract.hashes import hashed
from dartmath.verify.extract.judged import judged_options
from dartmath.verify.extract.last_words import (
    called_answer,
    day_at_end,
    in_one_word,
    named_at_end,
    truth_at_end,
    value_at_end,
    verdict_at_end,
)
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.openings import (
    DENIES,
    on_first_line,
    only_bold_option,
    opened_with,
    sole_verdict,
)
from dartmath.verify.extract.own import HASHES, Fence, Own, boxes_of_own, is_all_own, own_text
from dartmath.verify.extract.sources import without_sources
from dartmath.verify.extract.structured import MOST, assigned, fields, of_block, only_field, tagged
from dartmath.verify.extract.thoughts import thoughts
from dartmath.verify.extract.tidied import result_of, tidied
from dartmath.verify.extract.times import DATE
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.questions import asked

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

WINDOW = 100_000
"""Only this many characters at the end of a response are looked at."""


_SOLUTION_LINES = 40
"""Lines of a tag from which on it holds a whole solution, whose end is read as that of a response."""


_NONE = Extraction(None, "none")
_APOSTROPHE = regex(r"’(?<=[A-Za-z]’)(?=[A-Za-z])")
"""The apostrophe of print, which is the one of ASCII between letters: "isn’t"."""


_NUMBER = regex(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?%?|-?\.\d+%?")
_COMMAND = regex(r"(?:\\{1,2}[a-z]+|boxed)?")
_WORDS = regex(r"(?<![\\a-zA-Z])[a-zA-Z]{2}|A[*_]{0,3}:")
"""Two letters that are no command of LaTeX, or the label `A:`."""

_OBJECTS = ("", "json", "json5")
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
        ("tag", "boxed", "hash", "announced", "field", "conclusion", "final_line", "asked")
    )
    first_box: bool = False
    last_number: bool = False
    thoughts: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = LANGUAGES
    looks_at_ends: bool = True
    """Whether endings show the last statement: not where the first counts, or the user has own delimiters."""


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
        looks_at_ends=not (settings.box == "first" or settings.thoughts or settings.answers),
    )


def extract_answer(
    response: str,
    *,
    strict: bool = False,
    in_thought: bool = False,
    settings: GradingSettings | None = None,
    query: str | None = None,
) -> Extraction:
    """The final answer of a response, and where and how it was found.

    Only what the response says itself counts: no thoughts, nothing behind an end-of-turn token or the
    beginning of another query, no program code. In that, the last explicit statement that reads as an
    answer: a tag, a box, a `####` line, an announcement in any language, a field or call. A statement that
    is denied, supposed or asked is none. Where there is none, and unless `strict`, the value of the last
    concluding sentence, of the last line, or a response that is nothing but a short answer; with the `query`
    also the one value of the kind that it asks for, of the last sentence or the first of a paragraph; then,
    where `settings.last_number`, the last number or formula.

    `strict` is for responses that were cut off: one that ends inside its last box has no answer.
    `in_thought` says that the prompt opened a thought, which a response without its end is all of.
    """
    found = find_answer(response, strict=strict, in_thought=in_thought, settings=settings, query=query)
    return Extraction(found.answer, found.rule, (found.start, found.end)) if found is not None else _NONE


def find_answer(
    response: str,
    *,
    strict: bool = False,
    in_thought: bool = False,
    settings: GradingSettings | None = None,
    query: str | None = None,
) -> Statement | None:
    """The statement that `extract_answer` finds, which takes its rule for its method."""
    reader = _DEFAULT if settings is None else _reader(settings)
    if not response.isascii() and "’" in response:
        response = _APOSTROPHE.sub("'", response)
    found = None if in_thought else _at_end(response, reader)
    if found is None:
        if in_thought and not thoughts(response, reader.thoughts):
            return None
        offset = max(0, len(response) - WINDOW)
        found = _find(own_text(response[offset:], reader.thoughts), reader, strict, query)
        if found is None:
            return None
        found = _moved(found, offset)
    if found.answer.isdigit():
        return found
    answer = tidied(found.answer)
    if found.rule != "boxed" and "=" in answer:
        answer = result_of(answer)
    if answer == found.answer:
        return found
    return found._replace(answer=answer) if answer else None


def _at_end(response: str, reader: _Reader) -> Statement | None:
    """The answer of a response that is all its own, where its ending shows that it is the last one."""
    if len(response) > WINDOW or not reader.looks_at_ends:
        return None
    boxes = boxes_of_own(response)
    found = plain_ending(response, reader.rules, reader.languages, boxes)
    return found if found is not None and (boxes is not None or is_all_own(response)) else None


def _find(own: Own, reader: _Reader, strict: bool, query: str | None) -> Statement | None:
    start = 0
    if "final_line" in reader.rules and not strict and (field := only_field(own.text)) is not None:
        return field
    for end in own.parts:
        part = own.text[start:end] if start else own.text[:end]
        part = without_sources(part)
        last = end == own.parts[-1]
        found = _explicit(part, reader, cut=strict and last)
        if found is None and not strict:
            found = _implicit(part, reader, last or _BARE.fullmatch(part) is not None)
            if (
                query
                and last
                and "asked" in reader.rules
                and (found is None or _of_no_kind(found.answer, query))
            ):
                found = answered(part, query) or found
        elif found is not None and found.rule == "announced" and last and not strict:
            found = _said_again(part, found.end) or found
        if found is not None:
            return _moved(found, start)
        start = end
    found = _in_fences(own, reader, strict)
    if found is None and reader.last_number:
        found = _last_value(own.text)
    return found


_VERDICTS = frozenset(("yes", "no", "true", "false"))


def _of_no_kind(answer: str, query: str) -> bool:
    """Whether what was found is a sentence, a number of the question, or of another kind than is asked."""
    question = asked(query)
    if question is None:
        return False
    if question.kind == "verdict":
        return answer.lower().strip(" .") not in _VERDICTS
    if any(map(str.isalpha, answer)) and DATE.fullmatch(answer) is None:
        return answer.endswith(".") and " " in answer
    if question.kind == "choice":
        return not any(map(str.isdigit, "".join(question.choices)))
    return question.kind in ("person", "place", "day", "month") or answer in question.words


_BARE = regex(r"\s*(?:\(?[A-J][).]?|-?\\?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?\.?)\s*")
"""A part of a response that is nothing but an option or a number, before it goes on with another task."""

_SAID_AGAIN = regex(
    r"(?<![\d.,/^=+*-])(?P<first>-?\d[\d,]*(?:\.\d+)?)\**\.?\**[ \t]*\n\s*(?P<value>(?P=first))\.?\s*\Z"
)
_MOST_SAID_AGAIN = 120
"""Characters of two lines that are little but a number, with the words before the first."""


def _said_again(text: str, after: int) -> Statement | None:
    """A number on the last line that the sentence before it ends in: later than what was announced."""
    if not text.rstrip(" \n.")[-1:].isdigit():
        return None
    found = _SAID_AGAIN.search(text, max(after, len(text) - _MOST_SAID_AGAIN))
    return Statement(found["value"], "final_line", *found.span("value")) if found else None


_SERIES = regex(
    r"\s*(?P<value>-?\d[\d,.]*|\(?[A-J]\)?)\s*(?:\n\s*[A-Z][^\n]{5,200}\?\s*\n+\s*(?:-?\d[\d,.]*|\(?[A-J]\)?)\s*)+"
    r"(?:\n\s*[A-Z][^\n]{0,200})?\s*"
)
"""A bare answer before other questions with bare answers, as base models go on."""


def _moved(found: Statement, shift: int) -> Statement:
    return found._replace(start=found.start + shift, end=found.end + shift) if shift else found


def _explicit(text: str, reader: _Reader, *, cut: bool) -> Statement | None:
    """The last explicit statement that reads as an answer; else the last one in words."""
    found = None if reader.answers or reader.first_box else plain_ending(text, reader.rules, reader.languages)
    found = found or _by_all_rules(text, reader, cut=cut)
    return _verdict(text) if found is None and "announced" in reader.rules else found


_BRACKETED = r"[\s*_#>\"“]*\[(?P<verdict>yes|no|true|false)\][\s*_.\"”]*"
_LAST_VERDICT = regex(rf"(?:\A|\n){_BRACKETED}\Z", re.IGNORECASE)
_FIRST_VERDICT = regex(rf"{_BRACKETED}(?=\n)", re.IGNORECASE)
_LAST_SENTENCE = regex(r"[^.!?\n]*[^.!?\s][.!?\s]*\Z")


def _verdict(text: str) -> Statement | None:
    """A yes or no in square brackets, on the last line, or on the first one if the last sentence agrees."""
    if "]" not in text:
        return None
    found = _LAST_VERDICT.search(text, max(0, len(text) - MAX_LINE))
    if found is None and (found := _FIRST_VERDICT.match(text)) is not None:
        last = _LAST_SENTENCE.search(text, max(found.end(), len(text) - MAX_LINE))
        denies = last is not None and DENIES.search(last.group()) is not None
        if denies != (found["verdict"].lower() in ("no", "false")):
            return None
    return Statement(found["verdict"], "announced", *found.span("verdict")) if found else None


def _by_all_rules(text: str, reader: _Reader, *, cut: bool) -> Statement | None:
    rules = reader.rules
    found: list[Statement] = []
    if "boxed" in rules:
        boxes = boxed(text, cut=cut)
        found += list(boxes)[-1:] if reader.first_box else islice(boxes, 1)
    if "hash" in rules and "#" in text and HASHES.all_in(text):
        found += _firmest(hashed(text), [])
    # Only what is stated later than a firm statement can still be the last one.
    firm = [one for one in found if one.firm]
    last = max(firm, key=_by_place) if firm else None
    after = last.start if last is not None else 0
    if last is not None and not reader.answers and not _says_more(text, after):
        return last
    if "tag" in rules:
        found += islice(filter(None, map(_of_tag, tagged(text, reader.answers))), 1)
    if "field" in rules:
        found += islice(fields(text, after), 8)
    if "announced" in rules:
        found += _firmest(announced(text, reader.languages, after), found.copy())
        if (back := _pointed_at(text)) is not None:
            found.append(back)
    if len(found) > 1:
        found.sort(key=_by_place, reverse=True)
    return next((one for one in found if one.firm), found[0] if found else None)


_by_place = attrgetter("start")

_POINTS_BACK = regex(
    r"[\s,;]*(?:and |so )?\b(?:that|this|which)(?: is|'s) (?:our|the|my)(?: final)? answer[\s.!*]*\Z",
    re.IGNORECASE,
)
_AT_END = 60
"""Characters at the end of a response in which it points back at what it has just said."""


def _pointed_at(text: str) -> Statement | None:
    """What a response has just said when it ends: "So $m + n = 29$. And that is our final answer."."""
    end = len(text.rstrip())
    if "answer" not in text[max(0, end - 10) : end]:
        return None
    found = _POINTS_BACK.search(text, max(0, end - _AT_END))
    return conclusion(text[: found.start() + 1]) if found else None


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


_POINTS_ELSEWHERE = regex(
    r"^(?:(?:as|see|same as|given|shown|stated|found|the|answer|result)\b[\s,]*){0,4}"
    r"\b(?:above|below|previous(?:ly)?|earlier|explanation)\b",
    re.IGNORECASE,
)
"""Words that say where the answer stands, and are none: `<answer>see above</answer>`."""


def _of_tag(tag: Statement) -> Statement | None:
    """The content of a tag, if it is an answer and no solution; else what it concludes with."""
    lines = [line for line in tag.answer.split("\n") if line.strip()]
    content = tag.answer.strip().strip("*").lstrip(":：").strip()
    if _POINTS_ELSEWHERE.search(content) and not any(map(str.isdigit, content)):
        return Statement(content, "tag", tag.start, tag.end, firm=False) if len(lines) == 1 else None
    if is_mathematics(content) or (len(content.split()) <= MAX_WORDS and len(lines) == 1):
        return Statement(content, "tag", tag.start, tag.end)
    found = conclusion(tag.answer) if len(lines) < _SOLUTION_LINES else None
    if found is None and "answer" in content.lower():
        found = next((one for one in announced(tag.answer, LANGUAGES) if one.firm), None)
    if found is not None:
        return Statement(found.answer, "tag", tag.start, tag.end)
    return Statement(content, "tag", tag.start, tag.end, firm=False) if len(lines) == 1 else None


def _implicit(text: str, reader: _Reader, last: bool) -> Statement | None:
    concludes, final_line = "conclusion" in reader.rules, last and "final_line" in reader.rules
    if not concludes and not final_line:
        return None
    if final_line and (found := judged_options(text) or sole_verdict(text) or truth_at_end(text)):
        return found
    if final_line and "?\n" in text and (series := _SERIES.fullmatch(text)):
        return Statement(series["value"], "final_line", *series.span("value"))
    found = conclusion(text, concludes=concludes, final_line=final_line, languages=reader.languages)
    if found is not None or not final_line:
        return found
    return (
        verdict_at_end(text)
        or value_at_end(text)
        or only_number(text)
        or whole_response(before_calculation(text))
        or stated_formula(text)
        or named_at_end(text)
        or day_at_end(text)
        or called_answer(text)
        or in_one_word(text)
        or opened_with(text)
        or on_first_line(text)
        or only_bold_option(text)
    )


def _in_fences(own: Own, reader: _Reader, strict: bool) -> Statement | None:
    """What stands in fenced blocks, where the text outside says nothing: output, LaTeX, a literal in code."""
    for fence in reversed(own.fences[-MOST:]):
        content = own.source[fence.start : fence.end]
        if (
            fence.language == "answer"
            and "field" in reader.rules
            and (found := of_block(content)) is not None
        ):
            return _moved(found, fence.start)
        if (
            fence.language in _OBJECTS
            and "final_line" in reader.rules
            and not strict
            and not any(map(str.isalnum, own.source[fence.end :]))
            and (found := only_field(content)) is not None
        ):
            return _moved(found, fence.start)
        if fence.language in _OUTPUTS:
            found = _explicit(content, reader, cut=strict)
            if found is None and not strict:
                found = _implicit(content, reader, last=True)
            if found is not None:
                return _moved(found, fence.start)
    return _in_code(own.source, own.fences) if "field" in reader.rules else None


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
