"""Answers in parts that are labelled: `(a) 3 (b) 4`, `(i) 2; (ii) 5`, `1) x 2) y`, and `5 R 3`."""

from __future__ import annotations

from dartmath.base.regex import regex
from dartmath.verify.language.latex import OPEN_TEXT, SPACE
from dartmath.verify.language.names import listed
from dartmath.verify.parsing.phrases import Parse
from dartmath.verify.tree.expression import Expression, Group, Relation, Text, number

MAX_PART_TEXT = 1_000
"""Characters of an answer in parts."""

_LETTERS = "abcdefgh"
_ROMAN = listed("i ii iii iv v vi vii viii")
_LABEL = regex(
    rf"(?:(?<=[\s,;.$}}~])|^)(?:{OPEN_TEXT})?(?:part\s+)?\(?\s*([a-h]|[ivIV]{{1,4}}|[A-H]|[1-8])\s*\)[.:]?{SPACE}*(?:\}}{SPACE}*)?"
    r"(?![-+*/^=])"
)
_MAY_BEGIN = regex(rf"(?:{OPEN_TEXT})?(?:[Pp]art\s+)?\(?\s*\w{{1,4}}\s*\)")
_EDGE = rf"(?:{SPACE}|[,;.:$&]|\\\\|\band\b)"
_EDGES = regex(rf"^{_EDGE}+|{_EDGE}+$")
_OPERATOR_AT_END = regex(r"[-+*/^=<>(]$")
_REMAINDER = regex(r"(\d{1,20})\s*(?:R|rem\.?|remainder(?: of)?|with (?:a )?remainder(?: of)?)\s*(\d{1,20})")


def labelled_parts(text: str, parse: Parse) -> Group | None:
    """The parts as statements "part 1 = ...", in the order of the text; None where there are no such parts.

    The labels must begin the answer, be of one kind, and be the first two or more of it in some order;
    every part must hold something. `(a)(b)`, `(2) + (3)` and a lone `(A) 12` are no parts.
    """
    if text.count(")") <= 1 or len(text) > MAX_PART_TEXT or not _MAY_BEGIN.match(text):
        return None
    marks = list(_LABEL.finditer(text))
    places = _places([mark[1] for mark in marks])
    if not marks or marks[0].start() > 0 or len(places) <= 1 or sorted(places) != list(range(len(places))):
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    contents = [_EDGES.sub("", text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    if any(not _holds_something(content) for content in contents):
        return None
    return Group(
        "",
        tuple(
            Relation((Text(f"part {place + 1}"), parse(content)), ("=",))
            for place, content in zip(places, contents, strict=True)
        ),
    )


def _places(labels: list[str]) -> list[int]:
    """Which of the first letters, Roman numerals or digits the labels are; [] for labels of several kinds."""
    for names in (list(_LETTERS), list(_LETTERS.upper()), _ROMAN, [name.upper() for name in _ROMAN]):
        if all(label in names for label in labels):
            return [names.index(label) for label in labels]
    return [int(label) - 1 for label in labels] if all(label.isdigit() for label in labels) else []


def _holds_something(content: str) -> bool:
    return any(sign.isalnum() for sign in content) and not _OPERATOR_AT_END.search(content)


def remainder(text: str) -> Expression | None:
    """`5 R 3`, a quotient with its remainder, as the pair of both."""
    found = _REMAINDER.fullmatch(text) if "R" in text or "rem" in text else None
    if found is None:
        return None
    return Group("<>", (number(int(found[1])), number(int(found[2]))))
