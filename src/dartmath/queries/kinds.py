"""Kinds of reference answers: what a rule can compare, and what it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, get_args

Kind = Literal["number", "expression", "choice", "list", "words", "long text", "no answer"]
KINDS: tuple[Kind, ...] = get_args(Kind)
UNCHECKABLE: tuple[Kind, ...] = ("long text", "no answer")
"""Kinds of which no response can be judged."""

# What data sets write where they have no answer. "none" and "no solution" can be answers, and are not here.
_NO_ANSWER = frozenset(
    [
        *("", "proof", "notfound", "not found", "n/a", "na", "nan", "null", "-", "--", "?", "??", "unknown"),
        *(
            "tbd",
            "todo",
            "see solution",
            "see explanation",
            "omitted",
            "no answer",
            "answer not found",
            "error",
        ),
    ]
)
# Between true and false, it is the third answer.
_UNDECIDED = "unknown"
_TRUTH = frozenset(("true", "false", "yes", "no", "uncertain"))
_FILE = re.compile(r"[\w./-]{1,200}\.(?:png|jpe?g|gif|svg|webp|pdf|txt|md|json|html?)")
MAX_ANSWER_CHARS = 200
"""A longer reference is a text and no answer that can be compared, unless it is a formula."""

_PROSE = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{3,}")
_MOST_WORDS = 8
_COMMAS = re.compile(r"[,;]")
_NEXT_SENTENCE = re.compile(r"[.!?]\s+[^\W\d_]")
_LETTER = re.compile(r"[\s(\[$]*(?:\\text\s*\{\s*)?\(?[A-J][\s)\].:}$]*")


def is_no_answer(answer: str) -> bool:
    """Whether a reference says that there is no answer, such as "proof", or only in which file it stands."""
    said = " ".join(answer.lower().split()).strip(" .")
    return said in _NO_ANSWER or _FILE.fullmatch(said) is not None


def undecided(answers: Iterable[str]) -> set[str]:
    """Answers such as "Unknown" that say something, since all others of a set are truth values.

    >>> undecided(["True", "False", "Unknown"]), undecided(["12", "unknown"])
    ({'Unknown'}, set())
    """
    given = set(answers)
    found = {answer for answer in given if answer.strip().lower() == _UNDECIDED}
    others = {answer.strip().lower() for answer in given - found}
    return found if len(others) > 1 and others <= _TRUTH else set()


@lru_cache(maxsize=4096)
def kind_of(answer: str) -> Kind:
    """What kind of answer a reference is, as the verifier reads it."""
    if is_no_answer(answer):
        return "no answer"
    if is_long(answer):
        # A long formula is an answer like any other.
        kind = "words" if len(_PROSE.findall(answer)) > _MOST_WORDS else _parsed_kind(answer)
        return "long text" if kind == "words" else kind
    if _LETTER.fullmatch(answer):
        return "choice"
    if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", answer.strip(), re.ASCII):
        return "number"
    return _parsed_kind(answer)


def _parsed_kind(answer: str) -> Kind:
    from dartmath.verify.parsing.parser import parse
    from dartmath.verify.tree.expression import Apply, Constant, Group, Named, Number, Quantity, Text, symbols

    tree = parse(answer)
    if isinstance(tree, Named):
        return "choice" if tree.kind == "choice" else "words"
    if isinstance(tree, Text):
        return "words"
    if isinstance(tree, Group) and len(tree.items) > 1:
        return "words" if all(isinstance(item, Text) for item in tree.items) else "list"
    if isinstance(tree, Number | Constant | Quantity) or (isinstance(tree, Apply) and not symbols(tree)):
        return "number"
    return "expression"


def is_long(text: str) -> bool:
    """Whether a text is more than an answer: sentences, several lines of words, or too many characters."""
    lines = "\n" in text.strip() and re.search(r"[^\W\d_]{4}", text) is not None
    return len(text) > MAX_ANSWER_CHARS or lines or _are_sentences(text)


def _are_sentences(text: str) -> bool:
    """Whether a text says more than names do: more words than they have, in a row or before a full stop.

    A list may have many words, of which a few stand between two commas.
    """
    if len(_PROSE.findall(text)) <= _MOST_WORDS:
        return False
    longest = max(len(_PROSE.findall(part)) for part in _COMMAS.split(text))
    return longest > _MOST_WORDS or _NEXT_SENTENCE.search(text) is not None


def has_decimal_comma(answer: str) -> bool:
    """Whether an answer is a number whose comma cannot part thousands, such as `18,75` or `2,5 kg`."""
    return _DECIMAL_COMMA.fullmatch(answer.strip()) is not None


_DECIMAL_COMMA = re.compile(
    r"[-+−]?\$?(?:\d{1,3}(?:[. ]\d{3})+|\d+),(?:\d{1,2}|\d{4,})\s*(?:%|\\%|[^\W\d_]{1,12}\.?|€|\$)?",
    re.UNICODE,
)
