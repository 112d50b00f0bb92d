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
from dartmath.verify.extract.announcements import announced
from dartmath.verify.extract.asked import answered
from dartmath.verify.extract.boxes import boxed
from dartmath.verify.extract.claims import CONDITIONS, VALUE, denied, without_calculation
from dartmath.verify.extract.conclusions import conclusion
from dartmath.verify.extract.endings import plain_ending
from dartmath.verify.extract.formulas import stated_formula
from dartmath.verify.extract.found import Statement
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.own import HASHES, Fence, Own, boxes_of_own, is_all_own, own_text
from dartmath.verify.extract.polarity import asserted
from dartmath.verify.extract.products import is_product, is_unit
from dartmath.verify.extract.structured import MOST, assigned, fields, of_block, only_field, tagged
from dartmath.verify.extract.thoughts import thoughts
from dartmath.verify.extract.times import DATE
from dartmath.verify.extract.values import value_at
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.questions import asked
from dartmath.verify.language.search import holds, small_letters

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

WINDOW = 100_000
"""Only this many characters at the end of a response are looked at."""

MAX_LINE = 200
"""A response that is one line of at most this many characters can be its own answer."""

_SOLUTION_LINES = 40
"""Lines of a tag from which on it holds a whole solution, whose end is read as that of a response."""

MAX_WORDS = 5
"""Such a line, or the content of a tag, is an answer in words if it has at most this many."""

_NONE = Extraction(None, "none")
_APOSTROPHE = regex(r"’(?<=[A-Za-z]’)(?=[A-Za-z])")
"""The apostrophe of print, which is the one of ASCII between letters: "isn’t"."""

_HASH = regex(r"####[ \t]*(?:[:=][ \t]+)?((?:(?!####)[^\n]){1,4000})")
_FIRST = (
    rf"[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d[\d,]*(?:\.\d+)?(?:/\d+)?"
    r"(?: ?\\?[%°]| (?:thousand|million|billion|trillion|dozen)s?\b)?"
)
_REFERS = regex(r"\((?:see|as) [a-z ]{2,30}\)\.?", re.IGNORECASE)
"""What stands where an answer would and says where it is."""

_LEADING = regex(
    rf"(?P<value>{_FIRST})"
    r"(?= [a-zA-Z]| \d+[- ][a-z])(?! (?:and|or|to|out of|over|times|plus|minus|by(?! [a-z]+ing)"
    r"|in(?! [a-zA-Z])|x|unless|hundred|half|halves|thirds?|quarters?|squared|cubed|a\.?m|p\.?m)\b)"
    r"(?=[^\d=]*(?:\d[^=]*)?\Z)"
)
"""The number that begins a sentence behind the mark, as in "there are #### 8 more trees here than there"."""

_LEADING_RATE = regex(
    rf"(?P<value>{_FIRST}) (?:(?:an?|each|every) [a-z]+\.?\Z"
    r"|(?:in (?:the|total|one|two|three|four|five|six|seven|[A-Z][a-z])|by [a-z]+ing|if|when|after|during"
    r"|for)\b[^=]*\Z)"
)
"""A number, and the time or the condition that it is for: `480 a week`, `30 in two days`."""

_OPTION_WITH_TEXT = regex(r"\*\*\(?(?P<letter>[A-J])[).:] [^*\n]{1,150}\*\*\Z")
"""A response that is nothing but an option in bold: `**D) All of these**`."""

_PLAIN_OPTION = regex(
    r"(?:\(?[A-J][.)] (?=[A-Z])|[B-H][.)] (?=[a-z](?:[^\s]*\s?){1,6}\Z)(?!.*\b(?:is|are|was|were|has"
    r"|have)\b)|\([A-J]\) (?=[a-z])(?!(?:is|are|was|can|could|may|might|would|seems?"
    r"|looks?|or|and|but)\b)(?!.*\bif\b))(?!.*[.!?] [A-Z])(?!.*\([A-J]\))[^\n=]{2,190}"
)
"""A response that is nothing but an option with its text: `B. No, there is more to do.`."""

_LEADING_MARKS = regex(
    r"\A(?:>[ \t]*|[✅✔☑👉]️?[ \t]*|[-*+][ \t]+|\d{1,2}\.[ \t]+)+(?=[*_`~]{0,3}\(?[A-J][.):*])"
)
"""Marks of a quotation or a list before an option: `> **B)** No`."""

_EMPTY_TAG = regex(r"(?:</?\|?[a-z_]{1,20}\|?>|\[/?[A-Z_]{1,20}\]|\s)+")
"""Tags with nothing in them, which are what a form was and no answer."""

_OBJECT = regex(r"\{\s*[\"']\w{1,40}[\"']\s*:")
"""How an object of JSON begins, of which only fields are read."""

_NUMBER = regex(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?%?|-?\.\d+%?")
_NO_WORDS = regex(
    r"[\d$=\\]|\b(?:so|is|are|was|were|can|cannot|do|does|did|have|has|had|will|would|could|should|let|need|we|i|you|don't|it|this|there)\b"
    r"|n't|[?؟]",
    re.IGNORECASE,
)
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
    answer = _tidied(found.answer)
    if found.rule != "boxed" and "=" in answer:
        answer = _result(answer)
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


_CITED = regex(
    r"(?<=[\w%.!?*)])(?:(?:(?<=[\d%.!?)]) ?\[\d{1,2}(?:, ?\d{1,2})*\])+"
    r"|(?:[ \n]{0,2}\[(?:c|\^|ref\.? ?|source ?|doc ?)\d{1,3}(?:, ?c?\d{1,2})*\])+)[\s.*]*\Z",
    re.IGNORECASE,
)
"""Marks of sources behind the last words of a response: "London [c1]", "It was $100 [1]."."""

_MOST_CITED = 400
"""Characters at the end of a response in which such marks are looked for."""


_ADDRESSES = regex(
    r"(?:\n[ \t]*(?:#{1,6} )?\**(?:sources?|references?|citations?)\**:?\**[ \t]*)?"
    r"(?:\n[ \t]*(?:[-*•][ \t]+"
    r"|\d{1,2}\.[ \t]+)?(?:\[\d{1,2}\]:?[ \t]*)?<?https?://[^\s]{1,300}[ \t]*)+\s*\Z",
    re.IGNORECASE,
)
"""Lines at the end of a response that are addresses of sources, with a heading or without."""


def _without_sources(text: str) -> str:
    """A text without the marks of sources at its end; none of them ends as a formula does, in `\\]`."""
    if "://" in text[-_MOST_CITED:] and (
        listed := _ADDRESSES.search(text, max(0, len(text) - 4 * _MOST_CITED))
    ):
        text = text[: listed.start()]
    ending = text.rstrip(" \n.*")
    if not ending.endswith("]") or not ending[-2:-1].isdigit():
        return text
    cited = _CITED.search(text, max(0, len(text) - _MOST_CITED))
    return text[: cited.start()] if cited else text


def _find(own: Own, reader: _Reader, strict: bool, query: str | None) -> Statement | None:
    start = 0
    if "final_line" in reader.rules and not strict and (field := only_field(own.text)) is not None:
        return field
    for end in own.parts:
        part = own.text[start:end] if start else own.text[:end]
        part = _without_sources(part)
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
_DENIES = regex(r"\b(?:not|no|never|cannot|false)\b|n't", re.IGNORECASE)
_LAST_SENTENCE = regex(r"[^.!?\n]*[^.!?\s][.!?\s]*\Z")


def _verdict(text: str) -> Statement | None:
    """A yes or no in square brackets, on the last line, or on the first one if the last sentence agrees."""
    if "]" not in text:
        return None
    found = _LAST_VERDICT.search(text, max(0, len(text) - MAX_LINE))
    if found is None and (found := _FIRST_VERDICT.match(text)) is not None:
        last = _LAST_SENTENCE.search(text, max(found.end(), len(text) - MAX_LINE))
        denies = last is not None and _DENIES.search(last.group()) is not None
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
        found += _firmest(_hashed(text), [])
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


def _hashed(text: str) -> Iterator[Statement]:
    for line in reversed(list(_HASH.finditer(text))[-MOST:]):
        answer = line.group(1).strip().strip("*").strip()
        if (
            not answer
            or answer.startswith("#")
            or _REFERS.fullmatch(answer)
            or _heads(answer, text[line.end() :])
        ):
            continue
        if not asserted(text, line.start(), line.end()):
            continue
        if rate := _LEADING_RATE.match(answer):
            yield _leading(rate, line)
        elif is_mathematics(answer):
            yield Statement(answer, "hash", line.start(1), line.end(1))
        elif (value := value_at(text, line.start(1))) is not None and value[2]:
            yield Statement(value[0], "hash", line.start(1), line.end(1))
        elif leading := _LEADING.match(answer):
            yield _leading(leading, line)
        elif not text[line.end() :].strip() and len(answer.split()) <= MAX_WORDS and not answer.endswith(":"):
            yield Statement(answer, "hash", line.start(1), line.end(1), firm=False)


_HEADING = regex(r"\d{1,2}[.)]\s+(?!dozen\b)[A-Z][a-z]+(?: [a-z]+){0,8}[:.]?")


_NUMBERED_LABEL = regex(r"\d{1,2}[.)]\s+(?:final )?answer\b", re.IGNORECASE)


def _heads(answer: str, rest: str) -> bool:
    """Whether what stands behind the mark is a numbered heading: `#### 1. Understand the problem`."""
    return _NUMBERED_LABEL.match(answer) is not None or (
        _HEADING.fullmatch(answer) is not None and any(map(str.isalnum, rest))
    )


def _leading(number: re.Match[str], line: re.Match[str]) -> Statement:
    """The number that begins what stands behind the mark, at its place."""
    start = line.start(1) + line[1].index(number["value"])
    return Statement(number["value"], "hash", start, start + len(number["value"]))


def _implicit(text: str, reader: _Reader, last: bool) -> Statement | None:
    concludes, final_line = "conclusion" in reader.rules, last and "final_line" in reader.rules
    if not concludes and not final_line:
        return None
    if final_line and (
        found := _judged_options(text) or _sole_verdict(text) or _last_sentence_is(_STATEMENT_IS, text)
    ):
        return found
    if final_line and "?\n" in text and (series := _SERIES.fullmatch(text)):
        return Statement(series["value"], "final_line", *series.span("value"))
    found = conclusion(text, concludes=concludes, final_line=final_line, languages=reader.languages)
    if found is not None or not final_line:
        return found
    return (
        _verdict_at_end(text)
        or _last_sentence_is(_AFTER_WORK, text, *_VALUE_ENDS)
        or _last_sentence_is(_I_THINK, text, *_VALUE_ENDS)
        or _only_number(text)
        or _whole(_before_calculation(text))
        or stated_formula(text)
        or _named_at_end(text)
        or _last_sentence_is(_DAY_AT_END, text, "day")
        or _last_sentence_is(_IS_THE_ANSWER, text, "answer")
        or _in_one_word(text)
        or _opened_with(text)
        or _on_first_line(text)
        or _only_bold_option(text)
    )


_NAMED_AT_END = regex(
    r"(?:.*[.!?\n])?\s*(?:The|(?:Therefore|Thus|Hence|So),? the) "
    r"(?!answer\b|problem\b|question\b|task\b)[a-z][^.!?\n=:;]{2,100}? (?:is"
    r"|was) [*_]{0,3}"
    r"(?P<value>(?<=statement is )(?:true|false)"
    r"|(?:(?:Mr|Mrs|Ms|Dr)\. )?(?!(?:The|It|That|This|Not"
    r"|No)\b)[A-Z][a-z0-9'-]*(?: [A-Z][\w'-]*){0,3})[*_]{0,3}\.?[*_]{0,3}\s*",
    re.DOTALL,
)
"""A last sentence that says of one thing which it is: "The day with the most rain is Sunday."."""


_SAID_IN_WORDS = ("true", "false", "True", "False", "TRUE", "FALSE")
_VALUE_ENDS = tuple("ABCDEFGHIJ0123456789")
_STATEMENT_IS = regex(
    r"(?:[Ss]o,? |[Tt]hus,? |[Hh]ence,? |[Tt]herefore,? )?(?:[Tt]he|[Tt]his) (?:statement|claim"
    r"|assertion|proposition) is (?:therefore )?"
    r"[*_]{0,3}(?P<verdict>[Tt]rue|[Ff]alse|TRUE|FALSE)[*_]{0,3}(?:,? (?:since|because|as|—"
    r"|–) [^.!?\n]{3,200})?[.!]?[*_]{0,3}"
)
_DAY_AT_END = regex(
    r"[A-Z][^?!.\n]{5,150} (?:arrive at|arrives at|lands? on|falls? on|end(?:s)?(?: up)? (?:on|at)"
    r"|get(?:s)?|reach(?:es)?|is|be|was)"
    r" (?:on )?(?:a )?[*_]{0,3}(?P<verdict>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[*_]{0,3}[.!]?[*_]{0,3}"
)


_AFTER_WORK = regex(
    r"(?:After|By|From|Based on|Looking at|Considering|Given) [^,.!?\n\d]{3,80}, (?P<verdict>\(?[A-J]\)?"
    r"|\$?-?\d[\d,]*(?:\.\d+)?%?)[.!]?"
)
"""A sentence that ends in a bare value behind what was done: "After analysis, A"."""

_I_THINK = regex(
    r"(?:So,? )?(?:I|i)(?: think| believe|'d say| would say)(?: that)? it(?:'s| is) "
    r"(?P<verdict>[$€£]?[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?|\([A-J]\))[.!]?"
)
"""What a response holds to be so in its last sentence: "I think it's 41."."""

_IS_THE_ANSWER = regex(
    r"(?:(?:(?:So|Thus|Hence|Therefore),? )|(?:I|i) (?:think|believe|would say"
    r"|'d say)(?: that)? )?(?!(?i:this|that|it|what|which|here|there|so|neither|none|maybe|perhaps)\b)"
    r"(?P<verdict>[A-Za-z][\w'-]*(?: [\w'-]+){0,3}?) is (?:definitely |clearly )?the (?:correct |right "
    r"|best )?answer[.!]?"
)
"""A sentence that calls something the answer: "I think blue is the answer"."""

_LONGEST_SENTENCE = 300


def _last_sentence_is(pattern: re.Pattern[str], text: str, *ends: str) -> Statement | None:
    """What the last sentence names, which ends in one of `ends`: "The statement is **true**"."""
    ending = text[-_LONGEST_SENTENCE:].rstrip()
    if not (ending.rstrip(" *_.!)%").endswith(ends) if ends else holds(ending, *_SAID_IN_WORDS)):
        return None
    breaks = (ending.rfind(sign) + len(sign) for sign in ("\n", ". ", "! ", "? ") if sign in ending)
    sentence = ending[max(breaks, default=0) :]
    found = pattern.fullmatch(sentence)
    at = max(0, len(text) - _LONGEST_SENTENCE) + len(ending) - len(sentence)
    if found is None or not asserted(text, at + found.start("verdict"), at + found.end("verdict")):
        return None
    return Statement(found["verdict"], "final_line", at + found.start("verdict"), at + found.end("verdict"))


def _named_at_end(text: str) -> Statement | None:
    tail = text[-MAX_LINE:]
    found = _NAMED_AT_END.fullmatch(tail)
    if found is None:
        return None
    shift = len(text) - len(tail)
    return Statement(found["value"], "final_line", shift + found.start("value"), shift + found.end("value"))


_SETS_OUT = (
    r"(?!(?i:(?:we|I|you) can (?:solve|do|use|find|start|try|help|compute|answer)|let|here|of course|sure"
    r"|problem|thanks?|(?:we|I|you) (?:need|have to|should|must|first))\b)"
)
"""Not how a response agrees to a task: "Yes, we can solve this.", "Yes. We need to check ..."."""

_FIRST_LINE = regex(
    r"\s{0,9}(?P<mark>[*_`#> ]{0,6})(?P<value>\(?(?P<letter>[A-J])(?:[).:]{1,2}(?: [^\n]{1,80}?)?)?"
    r"|-?\\?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?)"
    r"[*_`.]{0,4}[ \t]*\n[ \t]*\n(?=[*_#]{0,4}[ \t]*[A-Z][a-z])"
)
"""The first line of a response, before a blank one: an option, with its text or without, or a number."""

_OTHER_OPTION = regex(r"\n[ \t>*_#-]{0,8}\(?[A-J][).:]")
_SECOND_THOUGHT = regex(
    r"\b(?:wait|actually|mistake|however|(?:is|was) (?:wrong|incorrect)|correction|instead|rather)\b",
    re.IGNORECASE,
)


_BOLD_OPTION = regex(
    r" \*\*(?:(?<=\b(?:is|be) \*\*)|(?<=\b(?:are|is:) \*\*)|(?<=\bare: \*\*))"
    r"\(?(?P<letter>[A-J])(?:[).:]{1,2}(?: [^*\n]{1,150})?|\))?[.:]?\*\*"
)


_INTRODUCED_OPTION = regex(
    r"(?i:\b(?:most|best|correct|right|answer|likely|appropriate|choice|so|therefore|thus)\b)[^.!?\n]{0,120}"
    r"\b(?:is|be|are):[*_ \t]*\n\s{0,4}[*_]{0,3}\(?(?P<letter>[A-J])[).:]{1,2} [^\n]{1,150}\n"
    r"(?!\s{0,9}[*_-]{0,3} ?\(?[A-J][).:])"
)


_INTRODUCES_OPTION = regex(r":(?:(?<=\b(?:is|be):)|(?<=\bare:))[*_ \t]*\n\s{0,4}[*_]{0,3}\(?[A-J][).:]{1,2} ")
"""What stands in whatever `_INTRODUCED_OPTION` finds, looked for by its colon."""


def _only_bold_option(text: str) -> Statement | None:
    """The option that a response says it is, once, in bold or on its own line, and then explains."""
    found = list(_BOLD_OPTION.finditer(text)) if " **" in text else []
    if (":\n" in text or ":*" in text) and _INTRODUCES_OPTION.search(text):
        found += _INTRODUCED_OPTION.finditer(text)
    if len(found) != 1 or _SECOND_THOUGHT.search(text, found[0].end()):
        return None
    start, end = found[0].span("letter")
    return Statement(found[0]["letter"], "final_line", start, end) if asserted(text, start, end) else None


def _on_first_line(text: str) -> Statement | None:
    """The answer that a response gives on its first line, and then explains without stating another."""
    found = _FIRST_LINE.match(text)
    if found is None or _SECOND_THOUGHT.search(text, found.end()):
        return None
    if found["letter"] is not None and _OTHER_OPTION.search(text, found.end()):
        return None
    answer = found["letter"] or found["value"]
    start = found.start("letter") if found["letter"] else found.start("value")
    end = start + len(answer)
    return Statement(answer, "final_line", start, end) if asserted(text, start, end) else None


_OPENING = regex(
    r"\s*[*_\"]{0,2}(?P<verdict>Yes|No|True|False)(?P<bold>[.,:;]?\*\*)?[*_\"]{0,2}[,.:;]?(?: [—–-])? "
    rf"{_SETS_OUT}(?P<said>[^.!?\n]{{3,200}})[.!](?=\s|\Z)"
)


_NO_OTHER = regex(r"\bno [a-z]+ (?:other than|but|except|besides|apart from)\b", re.IGNORECASE)
_SUBJECT_FIRST = regex(r"\$?-?\d[\d,.]*\$? (?:is|are|was|were|has|have|can|does)\b")


def _sole_verdict(text: str) -> Statement | None:
    """The yes or no of one sentence that speaks of a number, and is the response: "No, 91 is not prime."."""
    sentence = text.strip()
    found = _OPENING.fullmatch(sentence) if sentence[:1] in tuple('YNTF*"') and "\n" not in sentence else None
    if found is None:
        return None
    said = found["said"]
    if not _SUBJECT_FIRST.match(said) or _denying(said) != (found["verdict"] in ("No", "False")):
        return None
    start = len(text) - len(text.lstrip())
    return Statement(
        found["verdict"], "final_line", start + found.start("verdict"), start + found.end("verdict")
    )


def _denying(said: str) -> bool:
    return _DENIES.search(_NO_OTHER.sub("", said)) is not None


_JUDGED_OPTION = regex(
    r"[ \t>*_#•-]{0,9}(?:[Oo]ption |[Cc]hoice )?\(?(?P<letter>[A-J])(?:[).:]|\b)[^\n]{0,160}?[ :*_–—-]{1,6}"
    r"(?P<verdict>[❌✅✗✓✘☑✔]️?|[Ii]ncorrect|[Cc]orrect|INCORRECT|CORRECT|[Ww]rong|[Rr]ight|[Tt]rue|[Ff]alse|TRUE"
    r"|FALSE)[ .*_!]*"
)


def _judged_options(text: str) -> Statement | None:
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


def _opened_with(text: str) -> Statement | None:
    """The yes or no that a response begins with, where its first sentence says as much: "No, it is not."."""
    # Behind its leading blanks: every way to part a long run of them would be tried.
    found = _OPENING.match(text, len(text) - len(text.lstrip()))
    if found is None:
        return None
    agrees = _denying(found["said"]) == (found["verdict"] in ("No", "False"))
    if not agrees and (not found["bold"] or _SECOND_THOUGHT.search(text, found.end("verdict"))):
        return None
    return Statement(found["verdict"], "announced", *found.span("verdict"), firm=False)


_ONE_WORD = regex(
    r"\b(?:[Ss]o|[Tt]hus|[Hh]ence|[Tt]herefore),? the (?:final |correct )?answer is ([a-z]+)[.!]?\s*\Z"
)
_LABELLED_WORD = regex(
    r"(?:\A|\n|[.!?] )[*_]{0,2}(?:(?:[Ss]o|[Tt]hus|[Hh]ence|[Tt]herefore),? )?[Tt]he [a-z][\w' ]{2,80}"
    r" (?:is|are)(?::[*_]{0,2}[ \n]{1,3}|(?= [\"“`])) ?[\"“'*`]{0,2}(\w+)[\"”'*`]{0,2}[.!]?\s*\Z"
)
"""A last sentence that names one word with a colon or in quotes."""


def _in_one_word(text: str) -> Statement | None:
    """The word that a response ends with: "So the answer is valid.", "The joined letters are: kbol."."""
    start = max(0, len(text) - MAX_LINE)
    if text.find("answer is ", start) >= 0 and (found := _ONE_WORD.search(text, start)):
        return Statement(found[1], "announced", found.start(1), found.end(1), firm=False)
    names = text.find(" is", start) >= 0 or text.find(" are", start) >= 0
    if names and (found := _LABELLED_WORD.search(text, start)):
        return Statement(found[1], "final_line", found.start(1), found.end(1), firm=False)
    return None


_REASONED = regex(
    r"(?P<value>\S{1,40})(?:,? (?:because|since) [^\d=\\]+| \((?:because|since) [^()]{1,100}\)\.?)"
)
"""A response that is a value and why: "42 because geometry proves it"."""

_EXPLAINED = regex(
    r"(?P<value>yes|no|true|false)(?:[,.;:]| (?:because|since|as)\b) (?!.*\b(?:but|however|unless|except)\b)"
    rf"{_SETS_OUT}(?:[a-z].{{2,}}|\d[\d,.]* (?:is|are|has|does|can)\b.*)",
    re.IGNORECASE,
)
"""A response that is a yes or no and why: "No, there is no path."."""

_THERE_ARE = regex(
    r"There (?:are|is|were|was) (?P<value>\d[\d,]*) [a-z]+(?: [a-z]+){0,6}?"
    r" (?:after|before|when|where|for|at|with|in|on|above|below|between) \$[^$]+\$\.?"
)
"""How many there are and where, with a formula: "There are 5 dots after $x = 4$."."""

_DONE = regex(r"(?:We|I|They|He|She) [a-z]+ed (?P<value>\d[\d,]*) [a-z]+\.?")
"""A response of one sentence that says how many things somebody did: "We processed 9121 records."."""

_JUDGED = regex(r"(?:The|My) (?:final )?answer is (?P<value>(?:in)?correct)\.?", re.IGNORECASE)
"""A response that is a verdict on an answer and nothing else."""

_COUNTED = regex(
    r"\$(?:[a-zA-Z](?:_\{?\w{1,8}\}?)? ?= ?)?(?:\\(?:text|math)(?:bf|rm|it)\{)?[-−]?\d[\d,.]*\}?\$"
    r"(?: (?!(?:is|are|was|were|and|or|if|so|not|more|less|than)\b)[a-z-]+){1,4}\.?"
)
"""A response that is a number in a formula and what it counts: `$n = 6$ equal parts`."""

_ENDS_IN_VERDICT = regex(
    r"(?:\A|\n)[^?\n]{3,200}[.!][ \t]+(?P<value>yes|no|true|false)[.!]?\s*\Z", re.IGNORECASE
)
"""A last line whose last sentence is a yes or no, and which asks nothing: "The check is done. No"."""


def _verdict_at_end(text: str) -> Statement | None:
    found = _ENDS_IN_VERDICT.search(text, max(0, len(text) - MAX_LINE))
    return Statement(found["value"], "final_line", *found.span("value"), firm=False) if found else None


_HEDGED = regex(
    r"(?:about|around|approximately|roughly|approx\.?|circa|ca\.) "
    rf"(?P<value>\\?[{SIGN_CLASS}]?-?\d[\d,./]*\S{{0,4}})",
    re.IGNORECASE,
)
"""A response that is a number which it does not call exact: "about 7.4"."""


_NAMED = regex(
    r"(?:I (?:think|believe) (?:that )?)?(?:[Ii]n the [a-z]+(?: [a-z]+)?, )?"
    r"(?:[Ii]t|[Tt]he (?!problem|question|task|answer|result)[a-z]+(?: [a-z]+){0,2}"
    r"(?: of (?:the )?[A-Z][\w'-]*(?: [A-Z][\w'-]*)?)?|[Tt]he [a-z]+(?: [\w'-]+){0,2}"
    r" (?:represent|show|us|mark|call)(?:ing|ed)(?: [\w'-]+){1,9})"
    r" (?:is|was|must be|has to be) "
    r"(?:an? (?!(?:lot|bit|problem|question|task|mistake|trick|matter|good|bad)\b))?"
    r"(?P<value>(?:[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,3}|[a-z]+))"
    r"(?:,? (?:since|because) [^\d=]{1,120})?\.?"
)
"""A response that is one sentence and names what is asked for: "The capital is Paris."."""

_CORRECT_ONE = regex(
    r"(?:.*[.!?]\s+)?[Tt]he (?:correct|right|final) [a-z]+ (?:is|was) "
    r"(?P<value>[A-Z]?[a-z'-]+(?: [A-Z][\w'-]*){0,3})\.?",
    re.DOTALL,
)
"""A last sentence that says which one is correct."""


_NO_NAMES = regex(
    r"not|never|un[a-z]+|impossible|hard|difficult|clear|given|known|possible|true|here|there"
    r"|[a-z]+(?:ing|ed)"
)
"""What "it is" says of a problem, and of no answer."""


_DASHED_OPTION = regex(r"\(?(?P<letter>[A-J])\)? ?[–—-]{1,2} (?=[A-Za-z]{3})[^\n=]{3,80}")


def _whole(text: str) -> Statement | None:
    """A response of one short line that is an answer and no sentence, or a sentence that names it."""
    line = text.strip()
    if not line or len(line) > MAX_LINE or "\n" in line or "\\boxed" in line or _OBJECT.match(line):
        return None
    words = _LEADING_MARKS.sub("", line).strip("*").strip()
    if _EMPTY_TAG.fullmatch(words):
        return None
    if option := _OPTION_WITH_TEXT.match(line) or _DASHED_OPTION.fullmatch(words):
        start = text.index(option["letter"])
        return Statement(option["letter"], "final_line", start, start + 1)
    unmarked = words.replace("**", "").replace("`", "")
    if _PLAIN_OPTION.fullmatch(unmarked):
        return Statement(unmarked, "final_line", text.index(line[0]), len(text.rstrip()))
    if (reasoned := _REASONED.fullmatch(words)) and is_mathematics(reasoned["value"]):
        return Statement(reasoned["value"], "final_line", text.index(line[0]), len(text.rstrip()))
    for wording in (_EXPLAINED, _HEDGED, _THERE_ARE, _JUDGED, _DONE):
        if said := wording.fullmatch(words):
            start = text.index(words) + said.start("value")
            return Statement(said["value"], "final_line", start, start + len(said["value"]))
    if (named := _NAMED.fullmatch(words) or _CORRECT_ONE.fullmatch(words)) and not _NO_NAMES.fullmatch(
        named["value"]
    ):
        start = text.index(words) + named.start("value")
        return Statement(named["value"], "final_line", start, start + len(named["value"]))
    if _COUNTED.fullmatch(words):
        return Statement(words.rstrip("."), "final_line", text.index(line[0]), len(text.rstrip()))
    short = len(words.split()) <= MAX_WORDS and not _NO_WORDS.search(words) and not words.endswith(":")
    if not is_mathematics(words) and not short:
        return None
    return Statement(words, "final_line", text.index(line[0]), len(text.rstrip()))


def _before_calculation(text: str) -> str:
    """A short response without the calculation behind its value: `24 eggs` of `24 eggs (6 * 4)`."""
    line = text.rstrip(" .\n") if len(text) <= MAX_LINE else ""
    shorter = without_calculation(line) if line.endswith(")") else line
    return shorter if len(shorter) < len(line) and line.startswith(shorter) else text


_SENTENCE_WITH_ONE = regex(rf"[^\d=?!:;(){{}}]*{VALUE}[^\d=?:;(){{}}\n]*")
_FEWEST_BESIDE = 3
"""Words of such a sentence beside its number."""


def _only_number(text: str) -> Statement | None:
    """The only number of a response that is one sentence with letters that English has not.

    Whether an English sentence states its number, its verb tells; the verbs of other languages are not known.
    """
    line = text.strip()
    if line.isascii() or len(line) > MAX_LINE or "\n" in line or not any(map(_is_foreign, line)):
        return None
    if len(line.split()) <= _FEWEST_BESIDE or denied(line) or small_letters(line).startswith(CONDITIONS):
        return None
    found = _SENTENCE_WITH_ONE.fullmatch(without_calculation(line))
    if found is None or found["value"] not in line:
        return None
    start = text.index(found["value"])
    return Statement(found["value"], "final_line", start, start + len(found["value"]))


def _is_foreign(sign: str) -> bool:
    return sign.isalpha() and not sign.isascii()


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


_ANNOUNCED_INSIDE = regex(
    r"\A(?:\\(?:text|mathrm|mbox|textbf)\s*\{)?\s*(?:the |final |correct )*(?:answer|ans|result"
    r"|solution)(?:\s*(?:is|:|=))+\s*(?P<brace>\}?)\s*",
    re.I,
)


_IN_TAG = regex(r"<(?P<name>text|value|content|result|final|item|option)>(?P<value>[^<>]{1,300})</(?P=name)>")
"""An answer in a tag of its own inside of another one: `<answer><text>5</text></answer>`."""

_STATED_LETTER = regex(r"(?P<value>[A-J]) ?(?:です|である|입니다|이다)(?:[。.].*)?", re.DOTALL)
"""An option with a copula behind it, and what explains it: "C です。…"."""

_IN_ANGLES = regex(r"<(?P<value>[^<>=/|,]{1,100})>\.?")
"""An answer in the angle brackets of a prompt that has `<your answer>`."""

_CUT_BOX = regex(r"[\s$\\(\[{]*\\boxed\s*\{?\s*\Z")
"""A box of which nothing but its name is left, where a response was cut."""

_BLANKED = regex(r"\$ +")
"""A currency, and the blanks that a calculation between it and its amount has become."""

_RESULT = regex(r"(?:\\?\$ *)?-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:/\d+)?\\?%?")
_AMOUNT = r"(?:\\?\$ ?)?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?: (?!x\b)[a-z]{2,}){0,2}"
_CALCULATION_OF = regex(rf"{_AMOUNT}(?: [-−+*/x×·÷] {_AMOUNT}){{1,20}}")
_RESULT_OF = regex(rf"-?{_AMOUNT}")
"""A calculation with amounts of something, and what it comes to: "1 hour + 2 hours = 3 hours"."""

_WITH_DOTS = regex(
    r"[\d\s+\-−*×·/^().]*\d[\d\s+\-−*×·/^()]*[+*×·](?: ?(?:\.{3}|…|\\[lc]?dots)[\d\s+\-−*×·/^()]*)"
)
"""A calculation of numbers with dots in it: "2*7 + 3*6 + ..."."""

_CJK_COUNTER = regex(r"(?P<value>[-−]?[\d.,/]+)\s*[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,4}\Z")
_CJK_SCALE = regex(r"[万亿億萬千百十分倍兆次方度]|平方|立方")


def _tidied(answer: str) -> str:
    """The answer without an announcement of its own, and without signs at its end that belong to the text."""
    if not answer.isascii() and (counted := _CJK_COUNTER.match(answer)) and not _CJK_SCALE.search(answer):
        return counted["value"]
    may_announce = "s" in answer or "S" in answer or not answer.isascii()  # as all nouns of announcements do
    if may_announce and (inside := _ANNOUNCED_INSIDE.match(answer)):
        rest = answer[inside.end() :]
        answer = rest if inside["brace"] or not answer.startswith("\\") else rest.rstrip().removesuffix("}")
    if "boxed" in answer:
        answer = _CUT_BOX.sub("", answer)
    if answer[:1] in "ABCDEFGHIJ" and (stated := _STATED_LETTER.fullmatch(answer)):
        answer = stated["value"]
    if answer.startswith("<") and (inner := _IN_TAG.fullmatch(answer)):
        answer = inner["value"].strip()
    if answer.startswith("<") and (copied := _IN_ANGLES.fullmatch(answer)):
        answer = copied["value"]
    return answer.strip().removesuffix("\\\\").strip()


_WITH_UNIT = regex(
    r"[-−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s*(?:\\times|\\cdot|[×x])\s*10\^\{?-?\d+\}?)?(?P<unit>[^\d=]\S?[^=]{0,40})"
)
_NAME = regex(r"\\?(?:Delta|Δ)?\s*\\?[A-Za-z]{1,8}(?:_(?:\{[^{}]{1,24}\}|\w))?")
"""What the first side of a chain names, whose last side is its value whatever stands between."""


def _result(answer: str) -> str:
    """What a calculation comes to, `12 + 50 = 62`; any other equation as it is."""
    *sides, last = (side.strip() for side in answer.split("="))
    measured = _WITH_UNIT.fullmatch(last)
    if measured and is_unit(measured["unit"]):
        if len(sides) > 1 and _NAME.fullmatch(sides[0]):
            return f"{sides[0]} = {last}"
        if is_product(sides[-1]):
            return last
    if _CALCULATION_OF.fullmatch(sides[-1]) and _RESULT_OF.fullmatch(last):
        return last
    if len(sides) == 1 and _WITH_DOTS.fullmatch(sides[0]) and _RESULT.fullmatch(last):
        return last
    numbers = is_mathematics(sides[-1]) and not re.search(
        r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+|[a-zA-Z]{2,}", "", sides[-1])
    )
    is_result = numbers and re.search(r"\d\D+\d|!|\^", sides[-1]) and _RESULT.fullmatch(last)
    return _BLANKED.sub("$", last) if is_result else answer
