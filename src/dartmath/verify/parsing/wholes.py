"""Answers whose meaning is fixed as a whole: words, options, numbers in a base."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.latex import OPEN_TEXT, TEXT
from dartmath.verify.language.names import CONSTANTS, FUNCTIONS, GREEK
from dartmath.verify.language.vocabulary import OPTION_NAMES
from dartmath.verify.parsing.amounts import amount
from dartmath.verify.parsing.bases import based
from dartmath.verify.parsing.parts import labelled_parts, remainder
from dartmath.verify.parsing.phrases import Parse, phrase
from dartmath.verify.parsing.words import named
from dartmath.verify.tree.expression import Expression, Named, Number, Text

MAX_CHOICE = 300
"""Characters of an option with what it says."""

_CHOICE = regex(
    rf"(?:{OPEN_TEXT})?\s*(?i:{'|'.join(OPTION_NAMES)})?\s*"
    rf"(?:\(\s*(?:{OPEN_TEXT})?([A-Z])\}}?\s*\)|\[([A-J])\]|([A-J])(?:\}}?\s*(?:[):]|\.(?![A-Z]\b))|\}}?\s*$))\s*\}}?"
    r"(?:\s|~|\\[,;: ]|\\q?quad\b)*(.*)",
    re.DOTALL,
)
_BASED = regex(r"\(?([0-9A-Za-z]{1,400})\)?_(?:\{\(?(\d{1,2})\)?\}|(\d{1,2}))")
_BASE_IN_WORDS = regex(
    r"([0-9A-Z]{1,400})(?:_|\s|~|\\[,;: ]|\\text\s*\{|\(|\{|in\b)*base[\s~}]*\{?(\w{1,9})\}?[\s)}]*"
)
_TEXT_BASED = regex(rf"{OPEN_TEXT}([0-9A-Za-z]{{1,400}})\}}_\{{?(\d{{1,2}})\}}?")
_ONLY_WORDS = regex(r"(?:[Aa]\s+)?[A-Za-z]{2,}(?:[\s'-]+[A-Za-z]+)*[.!]?")
_FORMULA = regex(
    rf"[=^<>+*|]|(?!{TEXT})\\(?!infty|emptyset|varnothing|oslash| |,)"
    r"|\d(?!(?:st|nd|rd|th|am|pm|[ap]\.)(?![a-z]))[a-z(]"
)
_LETTER = regex(r"[A-Za-z]")
_CHOICE_STARTS = frozenset("ABCDEFGHIJ([\\") | {
    first for name in OPTION_NAMES for first in (name[0], name[0].upper())
}
_GOES_ON = regex(rf"\s*(?:[-+=^_<>/*(,;&]|(?:{OPEN_TEXT})?\s*(?:and|or)\b)|(?!{TEXT})\\(?!frac|sqrt)")
_LABEL = regex(r"\b[A-Z]\}?\s*[:)]")
_PREFIXED = regex(r"0(?:[xX][0-9a-fA-F]{1,99}|[bB][01]{1,99}|[oO][0-7]{1,99})")
_DATE = regex(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}(?:st|nd|rd|th)? (?:of )?[A-Za-z]{3,9}\.?,? \d{4}")
_JOINED = regex(r"\b(?:and|or)\b")


def whole_answer(text: str, parse: Parse) -> Expression | None:
    """Answers whose meaning is fixed as a whole: words, options, numbers in a base."""
    if not text:
        return Text("")
    if _PREFIXED.fullmatch(text):
        return based(text[2:], {"x": 16, "b": 2, "o": 8}[text[1].lower()])
    if (parts := labelled_parts(text, parse) or remainder(text)) is not None:
        return parts
    if text[-1].isdigit() and text[0].isdigit() and "_" not in text and "base" not in text:
        return (named(text) if _DATE.fullmatch(text) else None) or amount(text)
    if (in_base := _in_base(text)) is not None:
        return in_base
    if _LETTER.search(text) or any(sign.isalpha() for sign in text):
        if (meant := phrase(text, parse)) is not None:
            return meant
        if (counted := amount(text)) is not None:
            return counted
        if not _FORMULA.search(text) and (known := named(text)) is not None:
            return known
        choice = _CHOICE.fullmatch(text) if len(text) < MAX_CHOICE and text[0] in _CHOICE_STARTS else None
        if choice and not _GOES_ON.match(choice[4]) and not _LABEL.search(choice[4]):
            letter = choice[1] or choice[2] or choice[3]
            return Named("choice", f"{letter} {choice[4]}".rstrip())
        if _ONLY_WORDS.fullmatch(text) and not _is_formula(text) and not _JOINED.search(text):
            return Text(text)
    return None


def _in_base(text: str) -> Expression | None:
    """`2A_{16}`, `(101)_2` and `101 (base 2)`; one letter with a subscript is a symbol."""
    if "_" not in text and "base" not in text:
        return None
    found = _BASED.fullmatch(text) or _TEXT_BASED.fullmatch(text) or _BASE_IN_WORDS.fullmatch(text)
    if found is None or (found[1].isalpha() and len(found[1]) == 1):
        return None
    base = next(part for part in found.groups()[1:] if part)
    spelled = named(base)
    try:
        return based(found[1], int(spelled.value) if isinstance(spelled, Number) else int(base))
    except (NotationError, ValueError):
        return None


def _is_formula(text: str) -> bool:
    """Whether letters are names with a meaning in mathematics: `pi`, `sin x`."""
    return all(
        len(word) == 1 or word in FUNCTIONS or word in GREEK or word in CONSTANTS for word in text.split()
    )
