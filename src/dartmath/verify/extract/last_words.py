"""What the last sentence of a response names in so many words."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.found import MAX_LINE, Statement
from dartmath.verify.extract.polarity import asserted
from dartmath.verify.language.search import holds
from dartmath.verify.language.vocabulary import DAYS

_SAID_IN_WORDS = ("true", "false", "True", "False", "TRUE", "FALSE")
_VALUE_ENDS = tuple("ABCDEFGHIJ0123456789")
_STATEMENT_IS = regex(
    r"(?:[Ss]o,? |[Tt]hus,? |[Hh]ence,? |[Tt]herefore,? )?(?:[Tt]he|[Tt]his) (?:statement|claim"
    r"|assertion|proposition) is (?:therefore )?"
    r"[*_]{0,3}(?P<verdict>[Tt]rue|[Ff]alse|TRUE|FALSE)[*_]{0,3}(?:,? (?:since|because|as|—"
    r"|–) [^.!?\n]{3,200})?[.!]?[*_]{0,3}"
)
"""A sentence that judges the statement that the query makes: "So the statement is **true**."."""

_DAY_AT_END = regex(
    r"[A-Z][^?!.\n]{5,150} (?:arrive at|arrives at|lands? on|falls? on|end(?:s)?(?: up)? (?:on|at)"
    r"|get(?:s)?|reach(?:es)?|is|be|was)"
    rf" (?:on )?(?:a )?[*_]{{0,3}}(?P<verdict>{DAYS})[*_]{{0,3}}[.!]?[*_]{{0,3}}"
)
"""A sentence that arrives at a day of the week: "Counting on, we land on a Monday."."""

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
"""Characters at the end in which the last sentence is looked for: no pattern takes as many."""


def truth_at_end(text: str) -> Statement | None:
    """What the last sentence judges a statement to be: "The statement is **true**"."""
    return _last_sentence_is(_STATEMENT_IS, text)


def value_at_end(text: str) -> Statement | None:
    """The bare value that the last sentence ends in: "After analysis, A", "I think it's 41."."""
    return _last_sentence_is(_AFTER_WORK, text, *_VALUE_ENDS) or _last_sentence_is(
        _I_THINK, text, *_VALUE_ENDS
    )


def day_at_end(text: str) -> Statement | None:
    """The day of the week that the last sentence arrives at."""
    return _last_sentence_is(_DAY_AT_END, text, "day")


def called_answer(text: str) -> Statement | None:
    """What the last sentence calls the answer: "I think blue is the answer"."""
    return _last_sentence_is(_IS_THE_ANSWER, text, "answer")


def _last_sentence_is(pattern: re.Pattern[str], text: str, *ends: str) -> Statement | None:
    """What the last sentence names by a pattern, which ends in one of `ends`; without those, in a truth."""
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


def named_at_end(text: str) -> Statement | None:
    """What the last sentence says that something is, by a name: "The day with the most rain is Sunday."."""
    tail = text[-MAX_LINE:]
    found = _NAMED_AT_END.fullmatch(tail)
    if found is None:
        return None
    shift = len(text) - len(tail)
    return Statement(found["value"], "final_line", shift + found.start("value"), shift + found.end("value"))


_ONE_WORD = regex(
    r"\b(?:[Ss]o|[Tt]hus|[Hh]ence|[Tt]herefore),? the (?:final |correct )?answer is ([a-z]+)[.!]?\s*\Z"
)
_LABELLED_WORD = regex(
    r"(?:\A|\n|[.!?] )[*_]{0,2}(?:(?:[Ss]o|[Tt]hus|[Hh]ence|[Tt]herefore),? )?[Tt]he [a-z][\w' ]{2,80}"
    r" (?:is|are)(?::[*_]{0,2}[ \n]{1,3}|(?= [\"“`])) ?[\"“'*`]{0,2}(\w+)[\"”'*`]{0,2}[.!]?\s*\Z"
)
"""A last sentence that names one word with a colon or in quotes."""


def in_one_word(text: str) -> Statement | None:
    """The word that a response ends with: "So the answer is valid.", "The joined letters are: kbol."."""
    start = max(0, len(text) - MAX_LINE)
    if text.find("answer is ", start) >= 0 and (found := _ONE_WORD.search(text, start)):
        return Statement(found[1], "announced", found.start(1), found.end(1), firm=False)
    names = text.find(" is", start) >= 0 or text.find(" are", start) >= 0
    if names and (found := _LABELLED_WORD.search(text, start)):
        return Statement(found[1], "final_line", found.start(1), found.end(1), firm=False)
    return None


_ENDS_IN_VERDICT = regex(
    r"(?:\A|\n)[^?\n]{3,200}[.!][ \t]+(?P<value>yes|no|true|false)[.!]?\s*\Z", re.IGNORECASE
)
"""A last line whose last sentence is a yes or no, and which asks nothing: "The check is done. No"."""


def verdict_at_end(text: str) -> Statement | None:
    """The yes or no that is the last sentence, on a line with others: "The check is done. No"."""
    found = _ENDS_IN_VERDICT.search(text, max(0, len(text) - MAX_LINE))
    return Statement(found["value"], "final_line", *found.span("value"), firm=False) if found else None
