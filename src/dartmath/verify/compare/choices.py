"""Multiple choice: a letter, a letter with its text, or the text of an option of the query."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from dartmath.base.regex import regex
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.options import options
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.parser import parse
from dartmath.verify.tree.expression import Constant, Expression, Named, Number, Symbol, Text, children

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison

_ARABIC = {"أ": "A", "ا": "A", "ب": "B", "ج": "C", "د": "D", "هـ": "E", "ه": "E"}
"""How options are lettered in Arabic."""


_SMALL = regex(r"(?P<before>[\s$*]*\(?)(?P<letter>[a-j])(?P<behind>\)|[.:](?=\s|\Z)|(?=[\s$*]*\Z))")


def in_capitals(text: str, query: str) -> str:
    """A text whose first word is the small letter of an option of the query, with a capital one.

    >>> query = "Which is it? a) 5 b) 6"
    >>> in_capitals("b", query), in_capitals("(b) 6", query), in_capitals("b + 6", query)
    ('B', '(B) 6', 'b + 6')
    """
    found = _SMALL.match(text)
    if found is None or found["letter"].upper() not in options(query):
        return text
    return f"{found['before']}{found['letter'].upper()}{text[found.end('letter') :]}"


_RIGHT = regex(r"[\s$*(]*(?P<letter>[A-J])[\s$*).]*")
_LABELLED = regex(
    r"[\s$*]*(?:\(\s*(?P<inside>[A-J])\s*\)|(?P<letter>[A-J])\s?[.):])[\s:.]*(?P<text>\S.*)", re.DOTALL
)
_DRESS = regex(rf"{OPEN_TEXT}|\\(?=[ ,;])|[\s$*]+|(?<=[\w{{$}}.])~|[{{}}]")


def chosen(reference: str, answer: str, query: str) -> Decision | None:
    """The verdict on an option that an answer writes out as the query has it; None where it writes none.

    Two options of one query are two answers, even if they begin alike, or are the same in another form.

    >>> query = "Is it so? (A) Yes, because it is. (B) Yes, because it was."
    >>> [chosen("A", answer, query).equal for answer in ("(A) Yes", "Yes, because it is", "B. Yes")]
    [True, True, False]
    """
    right = _RIGHT.fullmatch(reference)
    if right is None or _RIGHT.fullmatch(answer) or len(answer) <= 1:
        return None
    texts = options(query)
    if right["letter"] not in texts:
        return None
    labelled = _LABELLED.fullmatch(answer)
    if labelled is not None:
        letter = labelled["inside"] or labelled["letter"]
        if _begins(texts.get(letter, ""), labelled["text"]):
            return Decision(letter == right["letter"], "choice", f"option {letter} with its text")
    bare = _bare(answer)
    written = [letter for letter, text in texts.items() if _bare(text) == bare]
    if len(bare) == 1:
        return None
    if not written:
        begun = [letter for letter, text in texts.items() if _begins(text, answer)]
        return Decision(False, "choice", f"options {begun[0]} and {begun[1]} begin so") if begun[1:] else None
    return Decision(right["letter"] in written, "choice", f"the text of option {written[0]}")


_SAYS = regex(
    r"(?:(?![^\n]*(?:\b(?:not|never|cannot|if|whether)\b|n't))[^\n]*\b)?"
    r"(?:answer|option|choice)(?: here)?(?: is|:)[\s:\"*$]*\Z",
    re.IGNORECASE,
)
"""What announces the text of an option."""
_BEFORE = regex(r"\(([A-J])\)\s*\Z")


def in_full(answer: str | None, response: str, query: str) -> str | None:
    """The answer that was found, or the option that a response writes out there, or as its last line.

    >>> query = "Is it so? (A) Yes, because it is. (B) Yes, because it was."
    >>> in_full("Yes", "The answer is Yes, because it was.", query)
    'B. Yes, because it was.'
    """
    texts = options(query)
    if not texts:
        return answer
    if stated := _at_end(answer, response, texts):
        return stated
    if answer is None or _RIGHT.fullmatch(answer):
        return answer
    place = response.rfind(answer)
    label = _BEFORE.search(response, max(0, place - 6), max(0, place))
    if label and _begins(texts.get(label[1], ""), answer):
        return f"{label[1]}. {answer}"
    begun = [text for text in texts.values() if _begins(text, answer)]
    if len(begun) <= 1:
        return answer
    return max((text for text in begun if _begins(response[place:], text)), key=len, default=answer)


def _at_end(answer: str | None, response: str, texts: dict[str, str]) -> str:
    """The option that the last line of a response announces by its text, or is; "" for none.

    A line behind another option is one of a list, and a statement before the line counts more than it.
    """
    *before, last = (line.strip(" *") for line in response.rstrip().rsplit("\n", 3))
    last = last.rstrip(" $.")
    for letter, text in texts.items():
        end = text.rstrip(" $.")
        if not end or not last.endswith(end):
            continue
        start = last[: -len(end)].rstrip(" $")
        is_marked = start.strip(" (*") in (f"{letter})", f"{letter}.")
        alone = (answer is None or answer in last) and not any(map(_LABELLED.match, before))
        if _SAYS.fullmatch(start) or (is_marked and alone):
            return f"{letter}. {text}"
    return ""


def _bare(text: str) -> str:
    return _DRESS.sub("", text).strip(".,;")


def _begins(option: str, text: str) -> bool:
    """Whether an option is this text, or begins with it and goes on with another word."""
    whole, part = (" ".join(_DRESS.sub(" ", side).split()).strip(" .,;") for side in (option, text))
    return bool(part) and whole.startswith(part) and not whole[len(part) :][:1].isalnum()


def same_choice(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """A letter equals the same letter, its own text, or the text that the query gives it."""
    ours, theirs = _letter(reference), _letter(answer)
    if ours and theirs and (_is_choice(reference) or options(comparison.query)):
        return Decision(ours == theirs, "choice", f"option {theirs} against {ours}")
    choice, other = (reference, answer) if _is_choice(reference) else (answer, reference)
    assert isinstance(choice, Named)
    letter, _, own_text = choice.value.partition(" ")
    option = own_text.strip().removesuffix(".") or options(comparison.query).get(letter, "")
    if option and letter != option:
        meant = parse(option)
        if not _is_choice(meant):
            found = comparison.same(meant, other) if choice is reference else comparison.same(other, meant)
            if found and _RANGE.fullmatch(option) and _numbers(meant) != _numbers(other):
                return Decision(False, "choice", "other ends of a range")
            return Decision(found.equal, "choice", f"the text of option {letter}: {found.reason}")
    if isinstance(other, Text | Named):
        return Decision(False, "choice", f"{other} is not option {letter}")
    symbol = Symbol(letter)
    return comparison.same(symbol, other) if choice is reference else comparison.same(other, symbol)


_RANGE = regex(r"\d[\d.,]*\s*[-–—]\s*\d[\d.,]*(?:\s+[a-zA-Z%°]+)?")
"""The text of an option that is a range, whose difference may be that of another one: `230-250`."""


def _numbers(node: Expression) -> list[Fraction]:
    own = [node.value] if isinstance(node, Number) else []
    return own + [value for part in children(node) for value in _numbers(part)]


def _is_choice(node: Expression) -> bool:
    return isinstance(node, Named) and node.kind == "choice"


def _letter(node: Expression) -> str:
    if isinstance(node, Named) and node.kind == "choice":
        return node.value[0]
    if isinstance(node, Symbol | Constant) and len(node.name) == 1:
        return node.name.upper()
    if isinstance(node, Text):
        return _ARABIC.get(node.words.strip(), "")
    return ""
