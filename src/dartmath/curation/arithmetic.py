"""Recomputing the `a op b = c` steps of a response exactly, with a small parser of its own.

Only what can be computed without doubt is judged: an equation whose sides are numbers joined by
+ - * / ^ and brackets (plain or LaTeX, with thousands separators, money, percent), the notes
`<<48/2=24>>` of GSM8K among them. The signs may be words (`4 plus 5 is 9`), a share may be taken (`20 % of
50 = 10`, `1/2 of 8 = 4`), the result may come first (`9 = 4 + 5`), and numbers may carry one unit (`3 hours *
60 = 180 minutes`). Anything else with a letter, two units that are added, or a function is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

_MAX_CHARS = 200_000
_MAX_DEPTH = 40
_MAX_EXPONENT = 64
_MAX_BITS = 4096

_LATEX = (
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"\\(?:times|cdot|ast)(?![a-zA-Z])|[×·∗⋅]"), "*"),
    (re.compile(r"\\div(?![a-zA-Z])|÷"), "/"),
    (re.compile(r"\\left(?![a-zA-Z])|\\right(?![a-zA-Z])|\\[,;:! ]"), ""),
    (re.compile(r"\\(?:boxed|text|textbf|mathrm|mbox)\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\[()\[\]]"), "\n"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\([$%])"), r"\1"),
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"\^\{(\d+)\}"), r"^\1"),
)
_HAS_LATEX = re.compile(r"[\\×·∗⋅÷−–{]|\*\*")
"""What each pattern of `_LATEX` needs one of."""

# Behind the end and before the beginning of a number or a bracket.
_ENDS, _BEGINS = r"(?<=[\d%)])", r"(?=[$(.\d])"
_IS = " = "
_WORDS = (
    (re.compile(rf"{_ENDS}[ ]+plus[ ]+{_BEGINS}"), "+"),
    (re.compile(rf"{_ENDS}[ ]+minus[ ]+{_BEGINS}"), "-"),
    (re.compile(rf"{_ENDS}[ ]+(?:times|multiplied by)[ ]+{_BEGINS}"), "*"),
    (re.compile(rf"{_ENDS}[ ]+divided by[ ]+{_BEGINS}"), "/"),
    (re.compile(rf"(?<=%)[ ]+of[ ]+{_BEGINS}"), "*"),
    # A half of eight, but not two of eight; and what "= 1/3 of the rest" states is the fraction.
    (re.compile(rf"(?<![\d/.=])(?<!= )(\d{{1,9}})[ ]?/[ ]?(\d{{1,9}})[ ]+of[ ]+{_BEGINS}"), r"(\1/\2)*"),
)
_HAS_WORDS = re.compile(r"[ ](?:plus|minus|times|multiplied|divided|of)[ ]")
_HAS_VERB = re.compile(r"[ ](?:is|equals|makes|gives)[ ]", re.IGNORECASE)
"""What `_WORDS` and `_VERB` need one of."""
_DIGIT = re.compile(r"\d")
_BARE_VERB = re.compile(r"(?<![a-z])(?:is|equals|makes|gives)(?![a-z])", re.IGNORECASE)
"""A digit, and this or an equals sign, are in every equation, whatever LaTeX stands around them."""

# Bounded, since a response may be hostile: every search here takes time in proportion to the text.
_PART = r"[$(]{0,3}\d[\d.,%$()]{0,30}"
_CLAUSE = r"(?:^|[\n.;:!?,>]|\b(?:so|then|and|thus|hence|therefore|that|because|since|now|but))[ ]*"
_CLAUSE_BEGINS = re.compile(rf"{_CLAUSE}$", re.IGNORECASE)
# "The remainder of 17 / 5 is 2" and "the average of 3 + 5 is 4" state something else than a value, so a verb
# is an equals sign only behind an expression with which a clause begins; "3/4 is 15" says a part of a whole.
_VERB = re.compile(
    rf"(?P<before>{_CLAUSE})"
    rf"(?P<left>(?!\d+[ ]?/[ ]?\d+[ ]+[a-z]){_PART}(?:[ ]?[-+*/][ ]?{_PART}){{1,9}})"
    r"[ ]+(?:is(?: equal to)?|equals|makes|gives)[ ]+(?=[$\d])",
    re.IGNORECASE,
)
# One word behind a number that goes on as an equation: "3 hours * 60 = 180 minutes".
_UNIT = re.compile(r"(?<=\d)[ ](?P<unit>[a-zA-Z]{2,20})(?=[ ]{0,3}(?:[-+*/=]|[.,;]?(?:[ \n]|$)))")
# Words behind numbers that change their value or what is done with them.
_CHANGING = (
    "and or of is are the mod more less than plus minus times over to by per if when for in on at as with "
    "from into equals makes gives percent dozen hundred thousand million billion trillion pair half halves "
    "third quarter score gross"
)
_NOT_UNITS = frozenset(word.removesuffix("s") for word in _CHANGING.split())
_OPERAND = r"[$(]{0,3}\d[\d.,%)]{0,30}(?:[ ][a-zA-Z]{2,20})?\)?"
_EQUATION_WITH_UNITS = re.compile(
    rf"{_OPERAND}(?:[ ]{{0,3}}[-+*/][ ]{{0,3}}{_OPERAND}){{1,9}}"
    rf"[ ]{{0,3}}=[ ]{{0,3}}{_OPERAND}(?![ ]*[-+*/^=(])"
)
_REACH = 200
"""Characters behind its equals sign in which an equation with units ends, and what runs on behind it."""
_NUMBER = re.compile(r"\d[\d.,]*")
_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>\$?[ ]?(?:\d{1,3}(?:,\d{3}){1,9}|\d{1,30})(?:\.\d{1,30})?|\$?\.\d{1,30})"
    r"(?P<percent>[ ]?%)?"
    r"|(?P<sign>[-+*/^()=]))"
)
# An equation may begin after one of these; after a letter, a bracket, an operator or the decimal comma
# of "3,5" it is a part of something longer that cannot be judged.
_BEFORE = re.compile(
    r"(?:(?:^|[\n:;!?$<>\[&]|(?<!\d)[,.]|[,.](?=[ \t]))[ \t]*"
    r"|(?<![a-z\\])(?!(?:sin|cos|tan|log|ln|sqrt|gcd|lcm|max|min|mod)\b)[a-z]{2,}[ \t]+)$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[ \t]*(?:[-+*/^=(!\\{_\d])|[a-zA-Z]|,\d{3}|\.\d")


@dataclass(frozen=True, slots=True)
class Step:
    """An equation found in a response.

    `text` is the equation, `computed` the exact value of its left side, `stated` what the
    response says, `right` whether the two agree up to the rounding of the stated digits;
    `operands` are the numbers that are computed with, `results` those that are stated.
    """

    text: str
    computed: Fraction
    stated: Fraction
    right: bool
    operands: tuple[Fraction, ...] = ()
    results: tuple[Fraction, ...] = ()


def check_steps(response: str) -> list[Step]:
    """Every equation of `response` that can be recomputed, in order.

    A stated decimal may be rounded or cut off at its last digit; a stated whole number only
    where the left side divides.
    """
    text = response[:_MAX_CHARS]
    # Most lines state nothing, and what follows takes many times longer than to see that.
    if not _DIGIT.search(text) or ("=" not in text and not _BARE_VERB.search(text)):
        return []
    # Most responses have neither, and to look for every one of them takes longer than all the rest.
    if _HAS_LATEX.search(text):
        for pattern, replacement in _LATEX:
            text = pattern.sub(replacement, text)
    if _HAS_WORDS.search(text):
        for pattern, replacement in _WORDS:
            text = pattern.sub(replacement, text)
    if _HAS_VERB.search(text):
        text = _VERB.sub(rf"\g<before>\g<left>{_IS}", text)
    lines = [_without_units(line) for line in text.split("\n")]
    return [step for line in lines for chain in _chains(line) for step in _judge(line, chain)]


def is_judgeable(response: str) -> bool:
    """Whether any step of `response` can be recomputed."""
    return bool(check_steps(response))


def _without_units(line: str) -> str:
    """A line without the units of its equations, where leaving them out changes no value."""
    last = line.rfind("=")
    if last < 0:
        return line
    for match in [*_EQUATION_WITH_UNITS.finditer(line, 0, last + _REACH)][::-1]:
        equation = match[0]
        if _changes_nothing(equation):
            line = line[: match.start()] + _UNIT.sub("", equation) + line[match.end() :]
    return line


def wrong_steps(response: str) -> list[Step]:
    """The steps of `check_steps` that do not compute."""
    return [step for step in check_steps(response) if not step.right]


def _changes_nothing(equation: str) -> bool:
    """Whether the units of an equation may go: all terms of a sum share one, or it only multiplies."""
    units = [unit.lower().removesuffix("s") for unit in _UNIT.findall(equation)]
    if not units or set(units) & _NOT_UNITS:
        return False
    if not re.search(r"[-+]", equation):
        return True
    left, _, _ = equation.partition("=")
    # Of a sum with a product in it, nobody knows which unit the product has.
    plain = not re.search(r"[*/]", equation) and len(_UNIT.findall(left)) == len(_NUMBER.findall(left))
    return plain and len(set(units)) == 1


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    value: Fraction = Fraction(0)
    decimals: int = 0
    percent: bool = False
    span: tuple[int, int] = (0, 0)


_CHAIN_BEGINS = re.compile(r"[-$(.\d]")


def _chains(text: str) -> Iterator[list[_Token]]:
    """Longest runs of numbers and signs that hold an equals sign and stand alone."""
    # No equation begins behind the last equals sign, and most lines have none.
    place, last = 0, text.rfind("=")
    while match := _CHAIN_BEGINS.search(text, place, max(0, last)):
        start = match.start()
        run, end = _run(text, start)
        place = max(end, start + 1)
        has_equation = any(one["sign"] == "=" for one in run)
        if has_equation and _BEFORE.search(text, max(0, start - 40), start):
            tokens = [*map(_token, run)]
            if _AFTER.match(text, end):
                tokens = _without_last_side(tokens)
            yield tokens


def _run(text: str, start: int) -> tuple[list[re.Match[str]], int]:
    """The numbers and signs from `start` on, to a number behind a number, and where they end."""
    found: list[re.Match[str]] = []
    place = start
    while match := _TOKEN.match(text, place):
        if match["number"] and found and found[-1]["number"]:
            break
        place = match.end()
        found.append(match)
    return found, place


def _token(match: re.Match[str]) -> _Token:
    if not match["number"]:
        return _Token("sign", match["sign"], span=match.span("sign"))
    digits = match["number"].lstrip("$ ").replace(",", "")
    whole, _, decimal = digits.partition(".")
    decimals = len(decimal)
    # Not Fraction(digits), which reads them by a regular expression of its own.
    value = Fraction(int(f"0{whole}{decimal}"), 10**decimals) if decimals else Fraction(int(whole))
    span = (match.start("number"), match.end())
    return _Token("number", match["number"], value, decimals, bool(match["percent"]), span)


def _without_last_side(tokens: list[_Token]) -> list[_Token]:
    """Tokens before the last equals sign: what follows runs on into something unknown."""
    last = max(i for i, t in enumerate(tokens) if t.text == "=")
    return tokens[:last]


_CALCULATION = 3  # tokens of the shortest: two numbers and a sign between


def _judge(text: str, tokens: list[_Token]) -> Iterator[Step]:
    """Compare each side of a chain `a = b = c` with the next."""
    sides: list[list[_Token]] = [[]]
    for token in tokens:
        if token.text == "=":
            sides.append([])
        else:
            sides[-1].append(token)
    for left, right in pairwise(sides):
        judgeable = right and (
            len(left) >= _CALCULATION or (len(right) >= _CALCULATION and _is_result(text, left, tokens))
        )
        if judgeable and (step := _compare(text, left, right)):
            yield step


def _is_result(text: str, side: list[_Token], chain: list[_Token]) -> bool:
    """Whether a side is a number that the next one explains, and no name as in "Week 2 = 35 + 35"."""
    if len(side) != 1:
        return False
    begin = side[0].span[0]
    return side[0] is not chain[0] or bool(_CLAUSE_BEGINS.search(text, max(0, begin - 40), begin))


def _compare(source: str, left: list[_Token], right: list[_Token]) -> Step | None:
    try:
        computed, stated = _Parser(left).value(), _Parser(right).value()
    except _CannotJudge:
        return None
    text = source[left[0].span[0] : right[-1].span[1]].strip()
    scales = {Fraction(1)}
    # "20/100 = 20%" and "0.2*100 = 20%" both are usual ways to write.
    if any(t.percent for t in [*left, *right]):
        scales |= {Fraction(100), Fraction(1, 100)}
    if len(left) == 1:  # the result comes first
        agree = any(_agree(stated, computed * scale, right, left) for scale in scales)
        return Step(text, stated, computed, agree, _numbers(right), _numbers(left))
    agree = any(_agree(computed * scale, stated, left, right) for scale in scales)
    return Step(text, computed, stated, agree, _numbers(left), _numbers(right))


def _numbers(side: list[_Token]) -> tuple[Fraction, ...]:
    return tuple(token.value for token in side if token.kind == "number")


def _agree(computed: Fraction, stated: Fraction, left: list[_Token], right: list[_Token]) -> bool:
    if computed == stated:
        return True
    *sign, _ = right
    single = [token.text for token in sign] in ([], ["-"])
    divides = any(t.text == "/" for t in left)
    if not single or not (divides or right[-1].decimals):
        return False
    unit = Fraction(1, 10 ** right[-1].decimals)
    return abs(computed - stated) < unit


class _CannotJudge(Exception):
    """Not an expression, or one too large to compute."""


class _Parser:
    """Recursive descent over tokens; every value is an exact rational of bounded size."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._place, self._depth = tokens, 0, 0

    def value(self) -> Fraction:
        """The value of the whole run; `_CannotJudge` when it is no expression."""
        result = self._sum()
        if self._place != len(self._tokens):
            raise _CannotJudge
        return result

    def _peek(self) -> str:
        return self._tokens[self._place].text if self._place < len(self._tokens) else ""

    def _take(self, *signs: str) -> str:
        sign = self._peek()
        if sign not in signs:
            return ""
        self._place += 1
        return sign

    def _sum(self) -> Fraction:
        total = self._product()
        while sign := self._take("+", "-"):
            term = self._product()
            total = _bounded(total + term if sign == "+" else total - term)
        return total

    def _product(self) -> Fraction:
        total = self._signed()
        while sign := self._take("*", "/"):
            factor = self._signed()
            if sign == "/" and not factor:
                raise _CannotJudge
            total = _bounded(total * factor if sign == "*" else total / factor)
        return total

    def _signed(self) -> Fraction:
        negative = False
        while sign := self._take("-", "+"):
            negative ^= sign == "-"
        value = self._power()
        return -value if negative else value

    def _power(self) -> Fraction:
        base = self._atom()
        if not self._take("^"):
            return base
        exponent = self._atom()
        if exponent.denominator != 1 or abs(exponent) > _MAX_EXPONENT or (not base and exponent < 0):
            raise _CannotJudge
        return _bounded(base**exponent.numerator)

    def _atom(self) -> Fraction:
        if self._take("("):
            self._depth += 1
            if self._depth > _MAX_DEPTH:
                raise _CannotJudge
            inner = self._sum()
            if not self._take(")"):
                raise _CannotJudge
            self._depth -= 1
            return inner
        if self._place >= len(self._tokens) or self._tokens[self._place].kind != "number":
            raise _CannotJudge
        token = self._tokens[self._place]
        self._place += 1
        return token.value / 100 if token.percent else token.value


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
        raise _CannotJudge
    return value
