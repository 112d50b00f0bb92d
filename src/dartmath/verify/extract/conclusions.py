"""What a response concludes with where no answer is marked: "Therefore $x = 5$", "So Ann has 14 left."."""

from __future__ import annotations

import re

from dartmath.verify.extract.boxes import Found
from dartmath.verify.extract.claims import OPENING, concluded
from dartmath.verify.language.formulas import FORMULA, body

TAIL = 1_000
"""Only this many characters at the end of a response are looked at."""

_SENTENCE = re.compile(rf"(?:^|(?<=[.!?:]) |(?<=。))[ \t*#_]*{OPENING}[^\n]*", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"\\?[a-zA-Z]+(?:_\{?\w\}?)?[.,]?")
"""`$n$` at the end of "10 values of $n$" is what the sentence is about, not what it says."""

_STEP = re.compile(r"\\(?:Rightarrow|implies|Longrightarrow|therefore)(?![a-zA-Z])|&\s*=(?=[^&]*\Z)")
_JOINED = re.compile(r"\s*,?\s*(?:and|or)\s+")
_RELATIONS = ("=", "<", ">", "\\le", "\\ge", "\\ne", "\\in", "\\equiv", "\\approx")
_ASSIGNMENT = re.compile(r"\\?[a-zA-Z]{1,8}(?:_\{?\w\}?)? *=[^=]*$")
_LISTED = re.compile(r"\s*,\s*")
_BOLD_END = re.compile(r"\*\*([^\s*]{1,60}(?: [^\s*]{1,60}){0,3})\*\*\s*[.!]?\s*$")


def conclusion(text: str) -> Found | None:
    """What the last concluding sentence says: its last formula, its end in bold, or the value it states.

    A formula may stand behind the sentence, "Therefore,\\\\n\\\\[ x = 5 \\\\]"; a value must be stated by the
    last sentence of the text.
    """
    end = len(text.rstrip())
    start = max(0, end - TAIL)
    tail = text[start:end]
    sentences = list(_SENTENCE.finditer(tail))
    if not sentences:
        return None
    last = sentences[-1]
    found = _formulas(tail, last.start()) or _bold(tail, last) or _value(tail, last)
    if found is None or not found[0]:
        return None
    answer, first, stop = found
    return (answer, "conclusion", start + first, start + stop)


def _formulas(tail: str, start: int) -> tuple[str, int, int] | None:
    """The last formula, with those before it that "and" or "or" joins to it."""
    formulas = list(FORMULA.finditer(tail, start))
    while len(formulas) > 1 and _NAME.fullmatch(body(formulas[-1])):
        formulas.pop()
    if not formulas:
        return None
    first = len(formulas) - 1
    while first and _joined(tail, formulas, first):
        first -= 1
    if first == len(formulas) - 1:
        return _last_step(body(formulas[-1])), formulas[-1].start(), formulas[-1].end()
    span = formulas[first].start(), formulas[-1].end()
    return tail[span[0] : span[1]], *span


def _last_step(formula: str) -> str:
    """What a derivation in one formula arrives at: behind the last arrow, or the last line of `align`."""
    return _STEP.split(formula)[-1].strip()


def _joined(tail: str, formulas: list[re.Match[str]], place: int) -> bool:
    """Whether a formula goes on from the one before it: both are values, or give letters their values."""
    gap = tail[formulas[place - 1].end() : formulas[place].start()]
    pattern = _JOINED if place == len(formulas) - 1 else _LISTED
    kinds = {_kind(body(formula)) for formula in formulas[place - 1 : place + 1]}
    return pattern.fullmatch(gap) is not None and kinds in ({"value"}, {"assignment"})


def _kind(formula: str) -> str:
    if not any(sign in formula for sign in _RELATIONS):
        return "value"
    return "assignment" if _ASSIGNMENT.match(formula) else "relation"


def _bold(tail: str, sentence: re.Match[str]) -> tuple[str, int, int] | None:
    bold = _BOLD_END.search(tail, sentence.start(), sentence.end())
    return (bold[1].strip(), bold.start(), bold.end()) if bold else None


def _value(tail: str, sentence: re.Match[str]) -> tuple[str, int, int] | None:
    if tail[sentence.end() :].strip():
        return None
    value = concluded(sentence.group())
    if value is None:
        return None
    start = sentence.start() + sentence.group().rindex(value)
    return value, start, start + len(value)
