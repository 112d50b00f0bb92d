"""What was found, as an answer: without what announces it again, and of a calculation what it comes to."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.products import is_product, is_unit

_ANNOUNCED_INSIDE = regex(
    r"\A(?:\\(?:text|mathrm|mbox|textbf)\s*\{)?\s*(?:the |final |correct )*(?:answer|ans|result"
    r"|solution)(?:\s*(?:is|:|=))+\s*(?P<brace>\}?)\s*",
    re.I,
)
_IN_TAG = regex(r"<(?P<name>text|value|content|result|final|item|option)>(?P<value>[^<>]{1,300})</(?P=name)>")
"""An answer in a tag of its own inside of another one: `<answer><text>5</text></answer>`."""

_STATED_LETTER = regex(r"(?P<value>[A-J]) ?(?:です|である|입니다|이다)(?:[。.].*)?", re.DOTALL)
"""An option with a copula behind it, and what explains it: "C です。…"."""

_IN_ANGLES = regex(r"<(?P<value>[^<>=/|,]{1,100})>\.?")
"""An answer in the angle brackets of a prompt that has `<your answer>`."""

_CUT_BOX = regex(r"[\s$\\(\[{]*\\boxed\s*\{?\s*\Z")
"""A box of which nothing but its name is left, where a response was cut."""

_CJK_COUNTER = regex(r"(?P<value>[-−]?[\d.,/]+)\s*[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,4}\Z")
_CJK_SCALE = regex(r"[万亿億萬千百十分倍兆次方度]|平方|立方")


def tidied(answer: str) -> str:
    """The answer without an announcement of its own, and without signs at its end that belong to the text."""
    if not answer.isascii() and (counted := _CJK_COUNTER.match(answer)) and not _CJK_SCALE.search(answer):
        return counted["value"]
    may_announce = "s" in answer or "S" in answer or not answer.isascii()  # as all nouns of announcements do
    if may_announce and (inside := _ANNOUNCED_INSIDE.match(answer)):
        rest = answer[inside.end() :]
        answer = rest if inside["brace"] or not answer.startswith("\\") else rest.rstrip().removesuffix("}")
    if "boxed" in answer:
        answer = _CUT_BOX.sub("", answer)
    if answer[:1] in "ABCDEFGHIJ" and (stated := _STATED_LETTER.fullmatch(answer)):
        answer = stated["value"]
    if answer.startswith("<") and (inner := _IN_TAG.fullmatch(answer)):
        answer = inner["value"].strip()
    if answer.startswith("<") and (copied := _IN_ANGLES.fullmatch(answer)):
        answer = copied["value"]
    return answer.strip().removesuffix("\\\\").strip()


_BLANKED = regex(r"\$ +")
"""A currency, and the blanks that a calculation between it and its amount has become."""

_RESULT = regex(r"(?:\\?\$ *)?-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:/\d+)?\\?%?")
_AMOUNT = r"(?:\\?\$ ?)?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?: (?!x\b)[a-z]{2,}){0,2}"
_CALCULATION_OF = regex(rf"{_AMOUNT}(?: [-−+*/x×·÷] {_AMOUNT}){{1,20}}")
_RESULT_OF = regex(rf"-?{_AMOUNT}")
"""A calculation with amounts of something, and what it comes to: "1 hour + 2 hours = 3 hours"."""

_WITH_DOTS = regex(
    r"[\d\s+\-−*×·/^().]*\d[\d\s+\-−*×·/^()]*[+*×·](?: ?(?:\.{3}|…|\\[lc]?dots)[\d\s+\-−*×·/^()]*)"
)
"""A calculation of numbers with dots in it: "2*7 + 3*6 + ..."."""

_WITH_UNIT = regex(
    r"[-−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s*(?:\\times|\\cdot|[×x])\s*10\^\{?-?\d+\}?)?(?P<unit>[^\d=]\S?[^=]{0,40})"
)
_NAME = regex(r"\\?(?:Delta|Δ)?\s*\\?[A-Za-z]{1,8}(?:_(?:\{[^{}]{1,24}\}|\w))?")
"""What the first side of a chain names, whose last side is its value whatever stands between."""


def result_of(answer: str) -> str:
    """What a calculation comes to, `12 + 50 = 62`; any other equation as it is."""
    *sides, last = (side.strip() for side in answer.split("="))
    measured = _WITH_UNIT.fullmatch(last)
    if measured and is_unit(measured["unit"]):
        if len(sides) > 1 and _NAME.fullmatch(sides[0]):
            return f"{sides[0]} = {last}"
        if is_product(sides[-1]):
            return last
    if _CALCULATION_OF.fullmatch(sides[-1]) and _RESULT_OF.fullmatch(last):
        return last
    if len(sides) == 1 and _WITH_DOTS.fullmatch(sides[0]) and _RESULT.fullmatch(last):
        return last
    numbers = is_mathematics(sides[-1]) and not re.search(
        r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+|[a-zA-Z]{2,}", "", sides[-1])
    )
    is_result = numbers and re.search(r"\d\D+\d|!|\^", sides[-1]) and _RESULT.fullmatch(last)
    return _BLANKED.sub("$", last) if is_result else answer
