"""Words that more than one rule asks for, each list once; patterns are built from the lists.

A rule that means several lists joins them. Lists are patterns without groups, so that plurals and
abbreviations are one entry.
"""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed

NEGATIONS = listed("not no never nor cannot neither none nobody")
"""Words that turn a statement into its opposite; contractions in n't are found by `NEGATION`."""

APPROXIMATIONS = listed(r"about approximately approx\.? nearly almost around roughly")
"""Words that make a number an approximation."""

ALTERNATIVES = listed("either or")
"""Words that offer more than one value."""

EXCEPTIONS = listed("if unless except")
"""Words behind which a value holds only under a condition."""

BOUNDS = listed("than least most between")
"""Words that make a number a bound."""

ORDERINGS = listed("other first next initially")
"""Words that make a value one of several, or not the last."""

CHANGES = listed(
    "plus minus times more less fewer over under squared cubed divided multiplied half halves thirds? "
    "quarters? fourths tenths base dozen pairs? hundreds?"
)
"""Words beside a number that make it another one."""

CONCLUDING = (
    r"(?:(?:so|thus|therefore|hence|then|consequently|accordingly|finally|overall|altogether|as a result"
    r"|(?:in )?conclusion|in (?:summary|total|all))\b|因此|所以|综上所述?|故)"
)
"""Words that begin a concluding sentence: the last one of a response, or an answer."""

COUNT_WORDS = listed(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
)
"""Numbers in words that a sentence says how many there are with."""

PERCENT = ("percent", "per cent", "pct", "percentage")
"""Words for the sign %."""

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
"""Sources of patterns for the names of the calendar, as sentences write them."""

OPPOSITES = tuple(
    tuple(pair.split("/"))
    for pair in listed(
        "increase/decrease increases/decreases gain/loss profit/loss left/right up/down above/below "
        "north/south east/west more/less more/fewer older/younger faster/slower longer/shorter "
        "before/after ago/later early/late ahead/behind clockwise/counterclockwise larger/smaller "
        "high/low higher/lower greater/less surplus/deficit discount/markup cheaper/dearer saved/lost "
        "boys/girls males/females male/female men/women sons/daughters adults/children heads/tails "
        "wins/losses"
    )
)
"""Words behind two numbers of which one says the opposite of the other."""

EITHER = (("heads", "tails"), ("on", "off"), ("open", "closed"), ("even", "odd"), ("alive", "dead"))
"""Words for two states of which something is in one."""

OTHERWISE = listed("otherwise else elsewhere")
"""Words for the last case of a definition by cases."""


OPTION_NAMES = (
    *listed("option choice alternative answer letter opción opcion opção opzione réponse"),
    *listed("вариант ответ 选项 選項 選択肢 선택지 विकल्प الخيار خيار"),
    "phương án",
    "đáp án",
)
"""Words before the letter of an option, in the languages that are read."""


def one_of(*words: str) -> str:
    """A pattern of any of the words, each as a whole word.

    >>> re.findall(one_of("or", "either"), "either a door or")
    ['either', 'or']
    """
    return rf"\b(?:{'|'.join(words)})(?![A-Za-z0-9_])"


NEGATION = regex(
    rf"{one_of(*NEGATIONS)}|n't|\bis too\b|\bis (?:wrong|incorrect|impossible|excluded|ruled out|rejected)\b",
    re.IGNORECASE,
)
"""A negation anywhere in a text."""
