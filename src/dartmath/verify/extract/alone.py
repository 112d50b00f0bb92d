"""A response that is nothing but a short answer, or one sentence that names it."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.amounts import VALUE
from dartmath.verify.extract.concluding import CONDITIONS
from dartmath.verify.extract.found import MAX_LINE, MAX_WORDS, Statement
from dartmath.verify.extract.left_open import denied
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.openings import SETS_OUT
from dartmath.verify.extract.shown import without_calculation
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.search import small_letters

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

_NO_WORDS = regex(
    r"[\d$=\\]|\b(?:so|is|are|was|were|can|cannot|do|does|did|have|has|had|will|would|could|should|let|need|we|i|you|don't|it|this|there)\b"
    r"|n't|[?؟]",
    re.IGNORECASE,
)
_REASONED = regex(
    r"(?P<value>\S{1,40})(?:,? (?:because|since) [^\d=\\]+| \((?:because|since) [^()]{1,100}\)\.?)"
)
"""A response that is a value and why: "42 because geometry proves it"."""

_EXPLAINED = regex(
    r"(?P<value>yes|no|true|false)(?:[,.;:]| (?:because|since|as)\b) (?!.*\b(?:but|however|unless|except)\b)"
    rf"{SETS_OUT}(?:[a-z].{{2,}}|\d[\d,.]* (?:is|are|has|does|can)\b.*)",
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


def whole_response(text: str) -> Statement | None:
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


def before_calculation(text: str) -> str:
    """A short response without the calculation behind its value: `24 eggs` of `24 eggs (6 * 4)`."""
    line = text.rstrip(" .\n") if len(text) <= MAX_LINE else ""
    shorter = without_calculation(line) if line.endswith(")") else line
    return shorter if len(shorter) < len(line) and line.startswith(shorter) else text


_SENTENCE_WITH_ONE = regex(rf"[^\d=?!:;(){{}}]*{VALUE}[^\d=?:;(){{}}\n]*")
_FEWEST_BESIDE = 3
"""Words of such a sentence beside its number."""


def only_number(text: str) -> Statement | None:
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
