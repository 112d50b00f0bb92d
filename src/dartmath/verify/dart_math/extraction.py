"""Where the paper's grader finds the answer: an explicit statement, else the last formula or number."""

from __future__ import annotations

import re

from dartmath.verify.dart_math.words import boolean
from dartmath.verify.extract.answer import WINDOW

_TRAILING = frozenset(":./,#?$\"'ки([{\\")
"""Characters without meaning at the end of an answer; the two letters end steps of Math-Shepherd."""

_CUTS = ("herefore", "####", "# Answer")
"""What an answer stands behind, in this order: each keeps what follows its last occurrence."""

_BEHIND = ("answer is", "answer:", "answer :")
_BEFORE = ("is the ans", "is our ans")
_SENTENCE_END = re.compile(r",|\.|!\|?")
_OPENING = re.compile(r"\$|\\\(|\\\[")
_NUMBER = re.compile(r"-?\d*\.?\d+")


def stated_answer(response: str) -> str:
    """The answer that the paper's grader takes from a response, as written; "" where it finds none."""
    text = response[-WINDOW:]
    explicit = _explicit(text)
    if explicit is not None:
        return explicit
    formula = _last_formula(text)
    if formula is not None:
        return formula
    numbers = _NUMBER.findall(text.replace(",", ""))
    return numbers[-1] if numbers else ""


def without_trailing(text: str) -> str:
    """The text without idle characters at its end."""
    end = len(text)
    while end and (text[end - 1] in _TRAILING or text[end - 1].isspace()):
        end -= 1
    return text[:end].strip()


def _explicit(response: str) -> str | None:
    text = without_trailing(response)
    for cut in _CUTS:
        if cut in text:
            text = text.rpartition(cut)[2].strip()
    if "oxed{" in text:
        return _boxed(text)
    stated = _announced(text)
    if stated is not None and stated.startswith("$") and stated.endswith("$"):
        return stated[1:-1]
    return stated


def _announced(text: str) -> str | None:
    for words in _BEFORE:
        if words in text:
            return _SENTENCE_END.split(text.split(words)[-2].strip())[-1].strip()
    for words in _BEHIND:
        if words in text:
            return text.rpartition(words)[2].strip()
    if "statement" not in text:
        return None
    # A statement that is called neither right nor wrong is an answer as a whole.
    return boolean(text.rpartition("is ")[2].strip()) or text


def _boxed(text: str) -> str:
    """The content of the last box, in which a brace behind a backslash is a character like any other."""
    content = text.rpartition("oxed")[2]
    if not content.startswith("{"):
        return content.partition("$")[0].strip()
    depth, last = 1, ""
    for place, char in enumerate(content[1:], start=1):
        if last != "\\":
            depth += (char == "{") - (char == "}")
        if depth == 0:
            return content[1:place]
        last = char
    return content[1:]


def _last_formula(text: str) -> str | None:
    r"""What stands between the last two of `$`, `\(` and `\[`, read in pairs from the front.

    A closing `\)` ends nothing: the rule takes another opening for the end.
    """
    found, place = None, 0
    while opening := _OPENING.search(text, place):
        start = opening.end()
        dollar = text.find("$", start)
        end = dollar if dollar >= 0 else max(text.rfind("\\(", start), text.rfind("\\[", start))
        if end > start:
            found, place = text[start:end], end + (1 if dollar >= 0 else 2)
        else:
            place = opening.start() + 1
    return found
