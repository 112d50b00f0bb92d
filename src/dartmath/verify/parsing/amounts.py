"""Amounts in words: `5 squared`, `two dozen`, `negative five`, `five halves`, `5 out of 6`, `six months`.

A number beside a word that changes it is not that number. What is read here is read as a whole; what is not,
and holds such a word, is no quantity (see `changes_value`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.latex import TEXT
from dartmath.verify.language.money import CODES
from dartmath.verify.language.names import listed
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import APPROXIMATIONS, PERCENT, one_of
from dartmath.verify.parsing.words import FRACTIONS, NUMBER_WORDS, fold, number_word
from dartmath.verify.tree.expression import Apply, Expression, Number, Quantity, number
from dartmath.verify.tree.literals import literal

MAX_AMOUNT = 80
"""Characters of an amount in words."""

_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12,
    "lakh": 10**5, "crore": 10**7,
}  # fmt: skip
_PARTS = {name: size for singular, size in FRACTIONS.items() for name in (singular, f"{singular}s")}
_PARTS |= {"halves": 2, "hundredth": 100, "hundredths": 100, "thousandth": 1000, "thousandths": 1000}
_GROUPS = "(?:hundred|thousand|million|billion|trillion)"
_POWERS = {"squared": 2, "cubed": 3}
_ORDINALS = listed("zeroth first second third fourth fifth sixth seventh eighth ninth tenth")

_CHANGING = regex(
    one_of(
        *_POWERS,
        *_SCALES,
        *(name for name in _PARTS if name.endswith("s") or name == "half"),
        *listed("factorial choose plus minus divided multiplied if unless when whenever provided"),
        *(rf"{word} (?:\d+|{'|'.join(NUMBER_WORDS)})" for word in listed("times over under point to in")),
        *(f"or {word}" for word in listed("more less fewer greater above below so")),
        rf"(?:pairs?|groups?|sets?|packs?|boxes|rows?|teams?|piles?) of (?:\d+|{'|'.join(NUMBER_WORDS)})",
        "to the",
        "below zero",
        "out of",
    ),
    re.IGNORECASE,
)
"""Words behind a number that change it, or say under which condition it holds."""

_FORMULA = regex(rf"[+*=^_<>|]|(?!{TEXT})\\[a-zA-Z]")
"""Signs of a formula, which is no amount in words."""

_FIRST = frozenset(
    [
        *listed("negative minus square root cube half quarter third twice double a an"),
        *(word.removesuffix(r"\.?") for word in APPROXIMATIONS),
        *_SCALES,
        *NUMBER_WORDS,
    ]
)
"""First words of an amount that does not begin with digits, behind an article or none."""


def changes_value(words: str) -> bool:
    """Whether words behind a number make it another one, or hold only under a condition."""
    return _CHANGING.search(words) is not None


_NUMBER = r"(?:-?\d+(?:\.\d+)?|[a-z]+(?:[ -][a-z]+){0,6}?)"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Expression | None]], ...]


def amount(text: str) -> Expression | None:
    """The number, or the quantity, that a whole answer in words means; None where it is none.

    >>> print(amount("5 squared"))
    pow(5, 2)
    >>> print(amount("two dozen eggs"))
    mul(2, 12) [~eggs]
    >>> amount("5 sheep")
    """
    if len(text) > MAX_AMOUNT or not _may_be(text):
        return None
    words = " ".join(fold(text).replace("&", "and").replace(",", " ").split())
    words = _APPROXIMATE.sub("", words)
    words = re.sub(rf"^(?={_GROUPS}\b)", "one ", words)
    if (
        found := _part_of_unit(words)
        or _unit_and_half(words)
        or _below_zero(words)
        or number_word(words)
        or _amount(words)
        or _several_units(words)
        or _with_unit(words)
    ) is not None:
        return found
    is_one = text[:2].lower() in ("a ", "an") and _SPELLED.search(words) and parse_unit(words).known
    return Quantity(number(1), words) if is_one else None


_SPELLED = regex(r"[a-z]{2}")
"""Letters of a unit behind an article: `a km`, but `a c/d` is a product."""

_APPROXIMATE = regex(rf"^{one_of(*APPROXIMATIONS)} ")
_PART_OF = regex(
    r"(?P<count>a |one |two |three |)(?P<part>half|halves|thirds?|quarters?|fourths?|tenths?)[ -]"
    r"(?:of )?(?:an? )?(?P<unit>[a-z].*)"
)
_BELOW_ZERO = regex(r"(?P<value>.+?) (?P<unit>degrees?(?: [a-z]+)?) below zero")


def _part_of_unit(words: str) -> Quantity | None:
    """`half a liter`, `three quarters of a cup`, `half litre`: a part of a known unit."""
    found = _PART_OF.fullmatch(words)
    if found is None or not parse_unit(found["unit"]).known:
        return None
    count = number_word(found["count"].strip()) if found["count"].strip() not in ("", "a") else number(1)
    return None if count is None else Quantity(Number(count.value / _PARTS[found["part"]]), found["unit"])


_UNIT_AND_HALF = regex(r"(?P<count>.+?) (?P<unit>[a-z]+) and (?:a |one )?half")


def _unit_and_half(words: str) -> Quantity | None:
    """`two hours and a half`."""
    found = _UNIT_AND_HALF.fullmatch(words)
    if found is None or not parse_unit(found["unit"]).known:
        return None
    count = number(1) if found["count"] in ("a", "an") else _plain(found["count"])
    return None if count is None else Quantity(Number(count.value + Fraction(1, 2)), found["unit"])


def _several_units(words: str) -> Quantity | None:
    """`two hours and twenty minutes`: quantities of one kind, each in a smaller unit, as one in the last."""
    parts = [_with_unit(part) for part in _counts(words)]
    if len(parts) < 2:  # noqa: PLR2004
        return None
    if (money := _with_coins(parts)) is not None:
        return money
    total, factor = Fraction(0), Fraction(0)
    dimensions = None
    for part in parts:
        if not isinstance(part, Quantity) or not isinstance(part.value, Number):
            return None
        unit = parse_unit(part.unit)
        if not unit.known or unit.pi or (dimensions is not None and unit.dimensions != dimensions):
            return None
        if factor and unit.factor >= factor:
            return None
        dimensions, factor = unit.dimensions, unit.factor
        total += part.value.value * factor
    last = parts[-1]
    assert isinstance(last, Quantity)
    return Quantity(Number(total / factor), last.unit)


def _with_coins(parts: list[Expression | None]) -> Quantity | None:
    """`six euros and forty cents`: cents are hundredths of whatever money stands before, pence of pounds."""
    match parts:
        case [
            Quantity(value=Number(value=whole), unit=unit),
            Quantity(value=Number(value=hundredths), unit=coin),
        ] if coin in _COINS and hundredths < 100:  # noqa: PLR2004
            money = parse_unit("£") if unit in ("pound", "pounds") and coin in _PENCE else parse_unit(unit)
            if money.factor == 1 and any(name in CODES for name, _ in money.dimensions):
                return Quantity(Number(whole + hundredths / 100), unit if money == parse_unit(unit) else "£")
    return None


_POINTS = ("percentage point", "percentage points")
_PENCE = ("penny", "pence", "p")
_COINS = ("cent", "cents", *_PENCE)


def _counts(words: str) -> list[str]:
    """The words cut where a number begins behind a word that is none."""
    parts: list[list[str]] = []
    before = ""
    for word in words.split():
        begins = word in NUMBER_WORDS or word[:1].isdigit()
        if not parts or (begins and not (before in NUMBER_WORDS or before in _SCALES or before == "point")):
            parts.append([])
        parts[-1].append(word)
        before = word
    return [" ".join(part).removesuffix(" and") for part in parts]


def _below_zero(words: str) -> Expression | None:
    """`2 degrees below zero`."""
    found = _BELOW_ZERO.fullmatch(words)
    value = _plain(found["value"]) if found else None
    if found is None or value is None:
        return None
    return Apply("neg", (Quantity(value, found["unit"]),))


def _may_be(text: str) -> bool:
    """Whether a text begins as an amount; most answers do not, and need no further look."""
    if _FORMULA.search(text):
        return False
    if text[:1].isdigit() or text[:1] == "-":
        return changes_value(text) or re.match(r"-?[\d.]+k\b", text) is not None
    first = text[:12].lower().replace("-", " ").removeprefix("the ").split()
    return bool(first) and first[0] in _FIRST


def _amount(words: str) -> Expression | None:
    for pattern, build in _RULES:
        found = pattern.fullmatch(words)
        if found is not None and (value := build(found)) is not None:
            return value
    return None


def _with_unit(words: str) -> Expression | None:
    """`six months` and `5 dozen eggs`: the longest amount in words, with a noun behind it."""
    parts = words.split()
    for place in range(len(parts) - 1, 0, -1):
        before, unit = " ".join(parts[:place]), " ".join(parts[place:])
        # `two million five thousand` is one number, and no thousand times another.
        value = None if number_word(before) is not None else _amount(before)
        plain = value if value is not None else _plain(before)
        if plain is None or changes_value(unit) or _has_number(unit):
            continue
        known = parse_unit(unit).known
        spelled = not parts[0][:1].isdigit()
        if spelled and unit in PERCENT:
            return Apply("percent", (plain,))
        if value is not None or (spelled and (known or len(parts) == place + 1 or unit in _POINTS)):
            return Quantity(plain, unit if known else f"~{unit}")
    return None


def _has_number(unit: str) -> bool:
    """Whether another number stands among the words behind one, which then name no unit."""
    return any((word in NUMBER_WORDS and word not in ("a", "an")) or word.isdigit() for word in unit.split())


def _plain(words: str) -> Number | None:
    """A number in digits or words."""
    if re.fullmatch(r"-?\d+(?:\.\d+)?", words):
        found = literal(words.lstrip("-"))
        return Number(-found.value, found.places) if words[0] == "-" else found
    return number_word(words)


def _ratio(found: re.Match[str]) -> Expression | None:
    """`3 to 4` as a ratio; `210 to 210`, an answer key of one value, is no ratio but that value."""
    ratio = _binary("ratio")(found)
    return ratio.args[0] if isinstance(ratio, Apply) and len(set(map(str, ratio.args))) == 1 else ratio


def _binary(name: str) -> Callable[[re.Match[str]], Expression | None]:
    def build(found: re.Match[str]) -> Expression | None:
        left, right = _value(found[1]), _value(found[2])
        return None if left is None or right is None else Apply(name, (left, right))

    return build


def _value(words: str) -> Expression | None:
    return _plain(words) or _amount(words)


def _minus(found: re.Match[str]) -> Expression | None:
    left, right = _value(found[1]), _value(found[2])
    return None if left is None or right is None else Apply("add", (left, Apply("neg", (right,))))


def _negative(found: re.Match[str]) -> Expression | None:
    value = _value(found[1])
    return None if value is None else Apply("neg", (value,))


def _powered(found: re.Match[str]) -> Expression | None:
    value = _value(found[1])
    return None if value is None else Apply("pow", (value, number(_POWERS[found[2]])))


def _nth_power(found: re.Match[str]) -> Expression | None:
    value, word = _value(found[1]), found[2]
    if value is None:
        return None
    power = _ORDINALS.index(word) if word in _ORDINALS else int(word.rstrip("stndrh"))
    return Apply("pow", (value, number(power)))


def _scaled(found: re.Match[str]) -> Expression | None:
    value = _plain(found[1]) if found[1] else number(1)
    return None if value is None else Apply("mul", (value, number(_SCALES.get(found[2], 1000))))


def _parts(found: re.Match[str]) -> Expression | None:
    value = _plain(found[1])
    if value is None or (found[2] in FRACTIONS and value.value != 1):
        return None
    return Number(value.value / _PARTS[found[2]])


def _mixed(found: re.Match[str]) -> Expression | None:
    whole, count = _plain(found[1]), number(1) if not found[2] else _plain(found[2].strip())
    if whole is None or count is None:
        return None
    return Number(whole.value + count.value / Fraction(_PARTS[found[3]]))


def _decimal(found: re.Match[str]) -> Expression | None:
    words, scale = found[2].split(), 1
    while len(words) > 1 and words[-1] in _SCALES:  # `two point five million`
        scale *= _SCALES[words.pop()]
    whole, digits = _plain(found[1]), [_plain(word) for word in words]
    if whole is None or any(digit is None or digit.value.denominator != 1 for digit in digits):
        return None
    shown = "".join(str(digit) for digit in digits)
    if not str(whole).isdigit():
        return None
    value = literal(f"{whole}.{shown}")
    return value if scale == 1 else Apply("mul", (value, number(scale)))


def _function(name: str, *more: Number) -> Callable[[re.Match[str]], Expression | None]:
    def build(found: re.Match[str]) -> Expression | None:
        value = _value(found[1])
        return None if value is None else Apply(name, (value, *more))

    return build


def _times(factor: Fraction) -> Callable[[re.Match[str]], Expression | None]:
    def build(found: re.Match[str]) -> Expression | None:
        value = _value(found[1])
        return None if value is None else Apply("mul", (Number(factor), value))

    return build


def _rule(
    pattern: str, build: Callable[[re.Match[str]], Expression | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str]], Expression | None]]:
    return re.compile(pattern.replace("N", f"({_NUMBER})")), build


_RULES = (
    _rule("(?:negative|minus) N", _negative),
    _rule("N below zero", _negative),
    _rule(f"N ({'|'.join(_POWERS)})", _powered),
    _rule("N (?:raised )?to (?:the )?power (?:of )?N", _binary("pow")),
    _rule(rf"N to ({'|'.join(_ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th))(?: power)?", _nth_power),
    _rule("N (?:plus|added to) N", _binary("add")),
    _rule("N minus N", _minus),
    _rule("N (?:times|multiplied by) N", _binary("mul")),
    _rule("N (?:divided by|over|out of|in) N", _binary("div")),
    _rule("N to N", _ratio),
    _rule("N choose N", _binary("binom")),
    _rule("N factorial", _function("factorial")),
    _rule("(?:square root of|root) N", _function("root", number(2))),
    _rule("cube root of N", _function("root", number(3))),
    _rule("half (?:of )?N", _times(Fraction(1, 2))),
    _rule("(?:twice|double) N", _times(Fraction(2))),
    _rule(rf"(?:N )?({'|'.join(sorted(_SCALES, key=len, reverse=True))})s?(?: of)?", _scaled),
    _rule(r"(\d+(?:\.\d+)?)(k)", _scaled),
    _rule(rf"N and (?:([a-z]+ |\d+ )?)({'|'.join(_PARTS)})", _mixed),
    _rule(rf"N ({'|'.join(_PARTS)})", _parts),
    _rule(r"N point ((?:\d+|[a-z]+)(?: [a-z]+){0,9})", _decimal),
)
