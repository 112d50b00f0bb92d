"""Answers that are whole sentences: "The sum of the digits is $9$.", "Add them: 7 + 2 = 9."."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.money import SIGN
from dartmath.verify.language.names import listed
from dartmath.verify.language.vocabulary import (
    ALTERNATIVES,
    APPROXIMATIONS,
    BOUNDS,
    CHANGES,
    CONCLUDING,
    EXCEPTIONS,
    NEGATIONS,
    ORDERINGS,
    one_of,
)

MAX_SENTENCE = 200
"""A longer text is no single statement."""

_AMOUNT = rf"(?:\$[^$]{{1,100}}\$|-?(?:{SIGN} ?)?\d[\d.,/]{{0,30}}(?:\\?%)?)(?: [a-z]{{1,20}}){{0,3}}?"
_WORD = r"(?:[A-Za-z][A-Za-z'-]{0,20}|\$[^$=]{1,30}\$)"
_STATEMENT = regex(
    rf"(?:{CONCLUDING},? )?"
    rf"(?:(?:the|its?|their|his|her|this|that|there|they|he|she|we)(?: {_WORD},?){{0,14}}?"
    r"|(?-i:[A-Z][a-z]{1,20}))"
    r" (?:is|are|was|were|has|have|had|equals?|costs?|takes?|(?:is|are) equal to|(?:will|would|must) be"
    r"|(?:has|have) (?:an? )?(?:length|area|perimeter|volume|height|width|radius|diameter|value|measure))"
    rf" (?P<value>{_AMOUNT})(?: (?:in|on|at|left|remaining|altogether)\b[A-Za-z' ]{{0,60}})?\.?",
    re.IGNORECASE,
)
_COLON = regex(r"[A-Za-z][^=:$\n]{10,150}[a-z]: +(?P<value>[-\d +*/×÷^=().,]{1,80})")
_FORMULA_AT_END = regex(
    rf"(?:{CONCLUDING},? )?[A-Za-z](?:[A-Za-z' -]|, ){{2,100}}? (?P<value>\$[^$]{{1,150}}\$)"
    r"(?: [a-z ]{1,30})?\.?",
    re.IGNORECASE,
)
_PARTIAL = listed("and when while only binary octal hexadecimal decimal out to by each every")
_VERB = regex(
    r" (?:is|are|was|were|has|have|had|equals?|takes?|costs?|gives?|measures|weighs|contains)\b",
    re.IGNORECASE,
)
_FORMULA = regex(r"\$[^$]*\$")
QUALIFIED = regex(
    one_of(*NEGATIONS, *ALTERNATIVES, *EXCEPTIONS, *BOUNDS, *APPROXIMATIONS, *ORDERINGS, *CHANGES, *_PARTIAL)
    + "|n't",
    re.IGNORECASE,
)
"""Words that make a number in a sentence something else than its value."""


def stated(text: str) -> str | None:
    """The value that a plain sentence states, as written; None where there is no such sentence.

    >>> stated("The sum of the digits is $9$.")
    '$9$'
    >>> stated("Simply add them together: 7 + 2 = 9.")
    '7 + 2 = 9.'
    >>> stated("The sum is not 9.")
    """
    text = text.strip()
    if len(text) > MAX_SENTENCE or " " not in text or not text[0].isalpha():
        return None
    found = _STATEMENT.fullmatch(text) or _COLON.fullmatch(text)
    if found is None and (found := _FORMULA_AT_END.fullmatch(text)) is not None:
        found = found if _VERB.search(text, 0, found.start("value")) else None
    if found is None or QUALIFIED.search(_FORMULA.sub("", text)):
        return None
    return found["value"]
