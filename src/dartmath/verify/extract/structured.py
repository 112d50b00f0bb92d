"""Answers in a structure: `<answer>`, `[ANSWER]`, fields of JSON, YAML and Python, `final_answer(...)`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from itertools import product

from dartmath.base.regex import regex
from dartmath.verify.extract.found import MAX_ANSWER, Statement
from dartmath.verify.language.search import Literals, holds

MOST = 16
"""Only so many structures at the end are tried."""

_NAMES = r"(?:final[_ -]?)?(?:answers?|choice)|final[_ -]?solution|ans|solution|final"
_PAIRS = (
    (rf"<\|?(?:{_NAMES})\|?>", rf"(?:</\|?|<\|/)(?:{_NAMES})\|?>"),
    (rf"\[(?:{_NAMES})\]", rf"\[/(?:{_NAMES})\]"),
)
_IN_ANGLES, _IN_SQUARES = (
    regex(rf"{re.escape(sign)}(?=[|acfs]){opening.removeprefix(re.escape(sign))}", re.IGNORECASE)
    for sign, (opening, _) in zip("<[", _PAIRS, strict=True)
)
"""Openings: a pattern that begins with one sign is looked for as fast as a text, and what may follow it is
asked before all names."""
_KEY = regex(
    r"(?:(?P<quote>[\"'])(?:(?:final|correct|selected)[_ ]?)?(?:answers?|option)(?:[_ ]?(?:choice"
    r"|letter|value))?(?P=quote)"
    r"|(?:(?<=\n)|\A)[ \t]*(?:final_answer|answer_value))\s*:[ \t]*",
    re.IGNORECASE,
)
_PYTHON_TEXT = regex(r"'((?:[^'\\\n]|\\.){0,1000})'")
_BARE = regex(r"[^\s,}\]\n][^,}\]\n]{0,100}")
_CALL = regex(
    r"^[ \t]*(?:Action:[ \t]*)?(?:final_answer|submit(?:_answer)?|answer|finish"
    r"|FINAL)[(\[](?P<value>[^\n]{1,400})[)\]][ \t]*;?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_COMMON = "nswer"
"""What most keys and calls have in common: in a text without it only the others are looked for."""

_PARTS = Literals(_COMMON, "ption", "submit", "FINAL(", "inish")
"""Texts one of which every key and every call contains."""

_KEYS = ('nswer"', 'nswers"', 'NSWER"', "nswer'", "nswers'", "final_answer", "answer_", "nswerChoice")
"""Texts one of which a key with what most have in common contains."""
_ASSIGNED = regex(
    r"^[ \t]*#?[ \t]*(?:final_)?(?:answer|ans|result)[ \t]*[=:][ \t]*(?P<value>[-+\d.,/\"'\[(][^\n]{0,200})$",
    re.MULTILINE | re.IGNORECASE,
)
_LITERAL = regex(r"[-+]?[\d.,]+(?:/\d+)?|\"[^\"]*\"|'[^']*'|[\[(][-+\d.,\s/]*[\])]")
_ESCAPED = regex("[\b\f\t\r](?=[a-z])|\n(?:u|eq?|abla|otin)\\b")
"""What JSON makes of the LaTeX commands that begin with b, f, t, r and n."""
_NOTHING = ("null", "None", "undefined", "nil")
"""How programs write that there is no value."""
_TERMS = {True: "True", False: "False", None: ""}


def tagged(text: str, more: Sequence[tuple[str, str]] = ()) -> Iterator[Statement]:
    """The contents of answer tags, the last one first; one that is not closed ends with the text."""
    if not more and not (
        ("<" in text and _IN_ANGLES.search(text)) or (_may_have_squares(text) and _IN_SQUARES.search(text))
    ):
        return
    opening, closing = _tags(tuple(more))
    for opened in reversed(list(opening.finditer(text))[-MOST:]):
        closed = closing.search(text, opened.end())
        following = opening.search(text, opened.end())
        end = closed.start() if closed else len(text)
        if following and following.start() < end:
            continue
        inside = text[opened.end() : end]
        if inside.strip() and len(inside) <= MAX_ANSWER:
            field = next(fields(inside), None) if inside.lstrip().startswith(('{"', "{'")) else None
            yield Statement(field.answer if field else inside.strip(), "tag", opened.end(), end)


_SQUARES_END = Literals(
    *(
        "".join(signs) + "]"
        for name in ("answer", "answers", "solution", "ans", "final")
        for signs in product(*zip(name[-2:], name[-2:].upper(), strict=True))
    )
)
"""How every tag in square brackets ends, but one with a letter that is not in ASCII."""


def _may_have_squares(text: str) -> bool:
    """Whether a tag in square brackets can stand in a text: in code there are many others."""
    return "[" in text and not (text.isascii() and not _SQUARES_END.all_in(text))


@lru_cache(maxsize=32)
def _tags(more: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    pairs = [*_PAIRS, *((re.escape(opening), re.escape(closing)) for opening, closing in more)]
    openings, closings = ("|".join(side) for side in zip(*pairs, strict=True))
    return re.compile(openings, re.IGNORECASE), re.compile(closings, re.IGNORECASE)


def fields(text: str, after: int = 0) -> Iterator[Statement]:
    """The values of "answer" fields and of calls that submit one, from `after` on, the last one first."""
    found: list[Statement | None] = []
    tail = text[after:]
    parts = _PARTS.found(tail)
    if not parts:
        return
    has_most = _COMMON in parts
    if ":" in tail and ((has_most and holds(tail, *_KEYS)) or _may_have_option(tail, parts)):
        keys = sorted(list(_KEY.finditer(text, after))[-MOST:], key=_is_final)
        found += [_value(text, key) for key in keys]
    may_have_call = (has_most and holds(tail, "answer(")) or _may_have_call(tail, parts)
    if may_have_call and ("(" in tail or "[" in tail):
        found += [_called(call) for call in list(_CALL.finditer(text, after))[-MOST:]]
    if found:
        yield from sorted(filter(None, found), key=lambda one: -one.start)


_VALUE_LINE = regex(
    r"^[ \t]*(?:value|answer|result)[ \t]*:[ \t]*(?P<value>[^\n]{1,200}?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)


def of_block(content: str) -> Statement | None:
    """The line of a block named "answer" that gives its value among others: `value: 41`."""
    line = _VALUE_LINE.search(content)
    if line is None or line["value"] in _NOTHING:
        return None
    return Statement(line["value"], "field", *line.span("value"))


_BESIDE = regex(
    r"(?:reason|explan|thought|think|step|work|question|problem|error|name|confidence|analysis|rationale|comment|note|unit|why|because)",
    re.IGNORECASE,
)
"""How the names of fields begin that are beside an answer."""


_MOST_BEFORE = 120
"""Characters before an object that is all a response says."""

_OBJECT = regex(r"\s*(?:(?=[A-Za-z])[^\n{}\d]{0,80}[:.!][ \t]*\n\s{0,4})?(?P<object>\{.*\})\s*", re.DOTALL)
"""A response that is an object of JSON, behind a line that says so or not."""


def only_field(text: str) -> Statement | None:
    """The value of a response that is an object of one field, as a query asks for, beside those that reason.

    >>> answer = only_field('{"thought": "is it 11?", "owner": "Ann"}')
    >>> answer.answer if answer else None
    'Ann'
    """
    if len(text) > MAX_ANSWER or "{" not in text[:_MOST_BEFORE] or (whole := _OBJECT.fullmatch(text)) is None:
        return None
    try:
        read = json.loads(whole["object"])
    except (ValueError, RecursionError):
        return None
    values = [value for name, value in read.items() if not _BESIDE.match(name)]
    if (
        len(values) != 1
        or isinstance(values[0], list | dict)
        or any(map(_KEY.match, map('"{}":'.format, read)))
    ):
        return None
    written = _written(values[0])
    at = text.rfind(written) if written else -1
    return Statement(written, "final_line", at, at + len(written), firm=False) if at >= 0 else None


def _may_have_option(text: str, parts: Set[str]) -> bool:
    """Whether a key `"option"` can stand in a text, in which some of `_PARTS` do."""
    return "ption" in parts and holds(text, 'ption"', "ption'")


def _may_have_call(text: str, parts: Set[str]) -> bool:
    """Whether a call of another name than `answer` can."""
    return not parts.isdisjoint(("submit", "FINAL(")) or (
        "inish" in parts and holds(text, "inish(", "inish[")
    )


def _is_final(key: re.Match[str]) -> bool:
    """False for a key that says so, which sorts before the others of its object."""
    return "final" not in key.group().lower()


def assigned(code: str, shift: int) -> Statement | None:
    """The literal that the last line `answer = 5`, `# Answer: 5` or `final_answer(5)` of some code names."""
    for line in reversed([*_ASSIGNED.finditer(code), *_CALL.finditer(code)]):
        value = line["value"].strip().rstrip(";")
        if _LITERAL.fullmatch(value):
            return Statement(
                value.strip("\"'"), "field", shift + line.start("value"), shift + line.end("value")
            )
    return None


def _value(text: str, key: re.Match[str]) -> Statement | None:
    start = key.end()
    try:
        value, end = json.JSONDecoder().raw_decode(text[start : start + MAX_ANSWER])
    except (ValueError, RecursionError):
        return _loose(text, start)
    # `"\frac12"` and `"\theta"` are JSON too: a form feed and "rac12", a tab and "heta".
    if isinstance(value, str) and not value.isprintable() and ("\\" in value or _ESCAPED.search(value)):
        return _loose(text, start)
    answer = _written(value)
    # A field closes its object: what else stands in it says nothing about the answer.
    close = text.find("}", start + end)
    stop = close + 1 if 0 <= close <= start + end + MAX_ANSWER else start + end
    return Statement(answer, "field", _object_start(text, key.start()), stop) if answer else None


def _object_start(text: str, place: int) -> int:
    opened = text.rfind("{", max(0, place - MAX_ANSWER), place)
    return opened if opened >= 0 else place


def _loose(text: str, start: int) -> Statement | None:
    """A value that is no JSON: Python's quotes, LaTeX with single backslashes, bare words."""
    quoted = _PYTHON_TEXT.match(text, start) or re.compile(r'"((?:[^"\\\n]|\\.){0,1000})"').match(text, start)
    bare = quoted or _BARE.match(text, start)
    if bare is None:
        return None
    answer = (bare[1].replace("\\\\", "\\").replace('\\"', '"') if quoted else bare.group()).strip()
    if answer in _NOTHING and not quoted:
        return None
    close = text.find("}", bare.end(), bare.end() + MAX_ANSWER)
    stop = close + 1 if close >= 0 else bare.end()
    return Statement(answer, "field", _object_start(text, start), stop) if answer else None


def _written(value: object) -> str:
    """A value of JSON as an answer is written: a list with commas."""
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value)
    if isinstance(value, dict):
        return _written(next((value[key] for key in ("value", "answer", "text") if key in value), ""))
    if isinstance(value, bool) or value is None:
        return _TERMS[value]
    return str(value).strip()


def _called(call: re.Match[str]) -> Statement | None:
    value = call["value"].strip().strip("\"'").strip()
    return Statement(value, "field", call.start(), call.end()) if value else None
