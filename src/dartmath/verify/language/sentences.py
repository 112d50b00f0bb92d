"""Answers that are whole sentences: "The sum of the digits is $9$.", "Add them: 7 + 2 = 9."."""

from __future__ import annotations

import re

MAX_SENTENCE = 200
"""A longer text is no single statement."""

CONCLUDING = (
    r"(?:(?:so|thus|therefore|hence|then|consequently|accordingly|finally|overall|altogether|as a result"
    r"|(?:in )?conclusion|in (?:summary|total|all))\b|因此|所以|综上所述?|故)"
)
"""Words that begin a concluding sentence: the last one of a response, or an answer."""

_AMOUNT = r"(?:\$[^$]{1,100}\$|-?(?:\\?\$ ?)?\d[\d.,/]{0,30}(?:\\?%)?)(?: [a-z]{1,20}){0,3}?"
_WORD = r"(?:[A-Za-z][A-Za-z'-]{0,20}|\$[^$=]{1,30}\$)"
_STATEMENT = re.compile(
    rf"(?:{CONCLUDING},? )?"
    rf"(?:the|its?|their|his|her|this|that|there|they|he|she|we)(?: {_WORD},?){{0,14}}?"
    r" (?:is|are|was|were|has|have|had|equals?|costs?|takes?|(?:is|are) equal to|(?:will|would|must) be"
    r"|(?:has|have) (?:an? )?(?:length|area|perimeter|volume|height|width|radius|diameter|value|measure))"
    rf" (?P<value>{_AMOUNT})(?: (?:in|on|at|left|remaining|altogether)\b[A-Za-z' ]{{0,60}})?\.?",
    re.IGNORECASE,
)
_COLON = re.compile(r"[A-Za-z][^=:$\n]{10,150}[a-z]: +(?P<value>[-\d +*/×÷^=().,]{1,80})")
_FORMULA_AT_END = re.compile(
    rf"(?:{CONCLUDING},? )?[A-Za-z](?:[A-Za-z' -]|, ){{2,100}}? (?P<value>\$[^$]{{1,150}}\$)"
    r"(?: [a-z ]{1,30})?\.?",
    re.IGNORECASE,
)
_VERB = re.compile(
    r" (?:is|are|was|were|has|have|had|equals?|takes?|costs?|gives?|measures|weighs|contains)\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"\$[^$]*\$")
QUALIFIED = re.compile(
    r"\b(?:not|no|never|nor|cannot|neither|either|or|and|if|unless|except|when|while|than|least|most|between"
    r"|about|approximately|nearly|almost|around|roughly|over|under|only|other|first|next|initially"
    r"|plus|minus|times|more|less|fewer|squared|cubed|divided|multiplied|halves|half|thirds|quarters|fourths|tenths"
    r"|base|binary|octal|hexadecimal|decimal|hundred|hundreds|dozen|pairs?|out|to|by|each|every)\b|n't",
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
