"""What is written of measurements and the query settles: uncertainties, ranges, scales, decreases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.compare.measures import measure
from dartmath.verify.compare.physics import is_physical
from dartmath.verify.compare.rounding import distance
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.language.search import holds
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import APPROXIMATIONS, one_of
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.dressing import undressed
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.words import SCALES
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Group, Number, Quantity, number
from dartmath.verify.tree.terms import negated

MAX_MEASURED = 120
"""Characters of a value with its uncertainty, or of a range."""

MAX_DRESSED = 4 * MAX_MEASURED
"""The same with commands for type and layout around it; more is a passage of a response."""

LARGEST_UNCERTAINTY = Fraction(1, 2)
"""Share of its value above which a number behind ± is no uncertainty but makes two values."""

_NUMBER = r"-?\d+(?:\.\d+)?"
_UNCERTAIN = regex(
    rf"(?P<open>\(?)\s*(?P<value>{_NUMBER})\s*(?:\\pm(?![a-z])|\+/-|\+-)\s*(?P<by>\d+(?:\.\d+)?)\s*\)?(?P<rest>[^,;]*)"
)
_INTERVAL = regex(r"\b(?:intervals?|ranges?|bounds?|limits?|confidence|uncertainty|error)\b", re.IGNORECASE)
_ABOUT = rf"(?:(?:{one_of(*APPROXIMATIONS)}|\\approx|\\sim|~)\s*)?"
_RANGE = regex(
    rf"(?:it is )?(?P<word>between|from)?\s*{_ABOUT}(?P<low>{_NUMBER})\s*(?P<unit>[^\d,;]{{0,30}}?)\s*"
    rf"(?P<sign>--?|\bto\b|\band\b)\s*(?P<high>{_NUMBER})\s*(?P<rest>[^\d,;=+*(){{}}]{{0,30}}(?:\^\{{?-?\d\}}?[^\d]{{0,20}})?)",
    re.IGNORECASE,
)
WIDEST_KEY = Fraction(1, 2)
"""Width of an answer key as a share of its upper end, above which it is a range that was asked for."""

WIDEST_WHOLE_KEY = Fraction(1, 4)
"""The same for whole numbers, which may be a ratio."""

_KEY = regex(rf"(?P<low>{_NUMBER})\s*(?P<sign>to|:)\s*(?P<high>{_NUMBER})\s*[^\d:,;]{{0,20}}", re.IGNORECASE)
_OF_TWO = regex(
    r"\b(?:what|find|calculate|determine|give|express|state|in)\b[^.?]{0,40}\b(?:ratios?|odds|proportions?)\b"
    r"|\bratio of \w+ to\b",
    re.IGNORECASE,
)
_OF_RANGE = regex(
    r"\b(?:what|find|calculate|determine|give|state|which)\b[^.?]{0,40}\b(?:ranges?|intervals?|limits?|bounds?)\b",
    re.IGNORECASE,
)
_IN_SCALE = regex(rf"\bin (?P<scale>{'|'.join(SCALES)})s\b")
_SCALES = tuple(f"in {scale}s" for scale in SCALES)
_LESSENINGS = ("decrease", "decline", "loss", "drop", "reduction", "deceleration", "retardation", "fall")
"""Words for a difference whose sign they say themselves."""

_DECREASE = regex(
    r"\b(?:find|calculate|compute|determine|estimate|what (?:is|was|are|will be|would be)|(?:by )?how much)"
    r"(?: (?:the|an?|its|their|his|total|magnitude|size|amount|of|percent|percentage|relative|fractional"
    r"|average|resulting|corresponding|expected|maximum|minimum))*"
    rf" (?:{'|'.join(_LESSENINGS)})s?\b(?! (?:and|or|if)\b)"
)
"""For a query in small letters."""


def uncertainties(sides: Sides) -> Iterator[Pair]:
    """`50 m` for a reference `50 \\pm 2 m`, which is a measurement and no pair of values."""
    if isinstance(sides.theirs, Group) or len(sides.reference) > MAX_MEASURED:
        return
    found = _UNCERTAIN.fullmatch(undressed(plain_latex(sides.reference)))
    if found is None or not Fraction(found["by"]) <= LARGEST_UNCERTAINTY * abs(Fraction(found["value"])):
        return
    value = parse(f"{found['value']} {found['rest']}", units=True)
    is_measured = "." in found["by"] or (isinstance(value, Quantity) and measure(value).unit.known)
    about_measurements = sides.comparison.science or is_physical(sides.query)
    if is_measured and about_measurements and not _INTERVAL.search(sides.query):
        yield value, parse(sides.answer, units=True)


SMALL_UNCERTAINTY = Fraction(1, 20)
"""Share of its value up to which a number behind ± in an answer alone says how exact the value is."""

_STYLED = regex(r"\\(?:math|text)(?:bf|rm|it)\s*\{([^{}]*)\}")


def uncertainties_of_answer(sides: Sides) -> Iterator[Pair]:
    """`50.0 \\pm 0.2` for a reference `50.0`, which has no uncertainty: no pair of values is that close."""
    if isinstance(sides.ours, Group) or len(sides.answer) > MAX_MEASURED or _STATES.search(sides.reference):
        return
    found = _UNCERTAIN.fullmatch(undressed(plain_latex(_STYLED.sub(r"\1", sides.answer))))
    if found is None or "." not in found["by"] or _INTERVAL.search(sides.query):
        return
    if Fraction(found["by"]) <= SMALL_UNCERTAINTY * abs(Fraction(found["value"])):
        yield parse(sides.reference, units=True), parse(f"{found['value']} {found['rest']}", units=True)


def states_uncertainty(sides: Sides) -> bool:
    """Whether the answer has a sign that an uncertainty stands behind."""
    return "pm" in sides.answer or "±" in sides.answer or "/-" in sides.answer


_OF_WHOLE = regex(
    r"(?P<before>\d\s*)(?:\\?%|percent)\s*(?:by |\(by |\()?"
    r"(?P<of>weight|mass|volume|moles?|w/w|v/v|wt\.?|vol\.?)(?![A-Za-z])\)?"
    r"|(?P<number>\d\s*)(?P<of2>wt\.?|vol\.?|mass|mol\.?|mole|weight)[ -]?\\?%"
)
_SAME_WHOLE = {
    **dict.fromkeys(["weight", "wt", "w/w", "mass"], "mass"),
    **dict.fromkeys(["volume", "vol", "v/v"], "volume"),
    **dict.fromkeys(["mole", "moles", "mol"], "amount"),
}
"""Of what a percentage is, by how it is written."""


def speaks_of_whole(sides: Sides) -> bool:
    """Whether a side may say of what a percentage is: of a weight, or of a volume."""
    return "%" in sides.reference or "%" in sides.answer


def percentages_of_whole(sides: Sides) -> Iterator[Pair]:
    """`9.3%` for `9.3 % by weight`, where the other side says nothing else, such as by volume."""
    one, two = _OF_WHOLE.search(sides.reference), _OF_WHOLE.search(sides.answer)
    if (one or two) and not (one and two and _whole(one) != _whole(two)):
        texts = (_OF_WHOLE.sub(_plain_percentage, text) for text in (sides.reference, sides.answer))
        ours, theirs = (parse(text) for text in texts)
        yield ours, theirs


def _whole(found: re.Match[str]) -> str:
    return _SAME_WHOLE[(found["of"] or found["of2"]).removesuffix(".")]


def _plain_percentage(found: re.Match[str]) -> str:
    return f"{found['before'] or found['number']}\\%"


def intervals_around(sides: Sides) -> Iterator[Pair]:
    """`50 \\pm 2` for (48, 52), where the query asks for an interval."""
    if "interval" not in sides.query:
        return
    for text, other in ((sides.reference, sides.theirs), (sides.answer, sides.ours)):
        found = _UNCERTAIN.fullmatch(undressed(plain_latex(text))) if len(text) <= MAX_MEASURED else None
        if found is None or not isinstance(other, Group) or len(other.items) != 2:  # noqa: PLR2004
            continue
        value, by = parse(found["value"]), parse(found["by"])
        around = Group("<>", (Apply("add", (value, negated(by))), Apply("add", (value, by))))
        yield (around, other) if other is sides.theirs else (other, around)


_POINTS = regex(
    r"\\?(?:\\text\{)?\s*(?:percentage[ -]points?|percent points?|p\.p\.|pp)(?![a-z])\s*\}?", re.IGNORECASE
)


def percentage_points(sides: Sides) -> Iterator[Pair]:
    """`5 pp` and `5\\%` for `5 percentage points`, where the reference or the query speaks of such points."""
    if _POINTS.search(sides.reference) or "percentage point" in sides.query.lower():
        yield parse(_POINTS.sub(r"\\%", sides.reference)), parse(_POINTS.sub(r"\\%", sides.answer))


def has_percentage_points(sides: Sides) -> bool:
    """Whether a side has the letters of percentage points, behind a number."""
    one, two = sides.reference, sides.answer
    return ("p" in one and one[:1] in "-+0123456789$") or ("p" in two and two[:1] in "-+0123456789$")


_CONCISE = regex(
    r"(?P<value>-?\d{1,30}(?:\.\d{1,30})?)\((?P<digits>\d{1,3})\)"
    r"(?:[eE](?P<power>[-+]?\d{1,3}))?(?P<rest>(?:\s*(?:\\times|\\cdot|\*)\s*10|\s|\\|[A-Za-z]).*)?"
)
"""`1.234(3)`: the uncertainty of the last digits."""

_STATES = regex(r"\\pm(?![a-z])|±|\+/-|\d\(\d{1,3}\)")


def concise_uncertainties(sides: Sides) -> Iterator[Pair]:
    """`1.234(3)` as `1.234 \\pm 0.003`, where the other side states one; else, in science, its value."""
    ours, theirs = _concise(sides.reference), _concise(sides.answer)
    if ours is None and theirs is None:
        return
    other = sides.answer if theirs is None else sides.reference
    if (ours is not None and theirs is not None) or _STATES.search(other):
        yield parse(ours[1] if ours else sides.reference), parse(theirs[1] if theirs else sides.answer)
    elif sides.comparison.science or is_physical(sides.query):
        yield (
            parse(ours[0] if ours else sides.reference, units=True),
            parse(theirs[0] if theirs else sides.answer, units=True),
        )


def has_digits_in_brackets(sides: Sides) -> bool:
    """Whether a side can have an uncertainty of its last digits."""
    one, two = sides.reference, sides.answer
    return ("(" in one and one[:1] in "-0123456789") or ("(" in two and two[:1] in "-0123456789")


def _concise(text: str) -> tuple[str, str] | None:
    """The value of a measurement, and the value with its uncertainty behind a sign."""
    if len(text) > MAX_DRESSED or ("(" not in text and text.isascii()):
        return None
    plain = undressed(plain_latex(text))
    found = _CONCISE.fullmatch(plain) if len(plain) <= MAX_MEASURED else None
    if found is None:
        return None
    value, digits, power, rest = found["value"], found["digits"], found["power"], found["rest"] or ""
    places = len(value.partition(".")[2])
    by = str(Fraction(int(digits), 10**places)) if not places else f"{int(digits):0{places + 1}d}"
    if places:
        by = f"{by[:-places]}.{by[-places:]}"
    scale = f" \\times 10^{{{power}}}" if power else ""
    return f"{value}{scale}{rest}", f"({value} \\pm {by}){scale}{rest}"


def may_be_range(text: str) -> bool:
    """Whether a text has a sign or word that a range has between its ends."""
    if not text.isascii():  # there are a dozen dashes
        return True
    low = text.lower()
    return "-" in low or "to" in low or "and" in low


def ranges(sides: Sides) -> Iterator[Pair]:
    """`3-5 eV` for `between 3 and 5 eV`: both sides are ranges, and one says so by more than a minus sign."""
    one = _range(sides.reference)
    two = _range(sides.answer) if one is not None else None
    if one is not None and two is not None and (one[0] or two[0]):
        yield one[1], two[1]


_LETTER = regex(r"[a-z]")


def _range(text: str) -> tuple[bool, Group] | None:
    """Whether a range says that it is one, and its ends in their order."""
    if len(text) > MAX_MEASURED:
        return None
    found = _RANGE.fullmatch(undressed(plain_latex(text)))
    if found is None or (found["sign"] == "and") != (found["word"] == "between"):
        return None
    unit, inner = found["rest"].strip(), found["unit"].strip()
    is_letter = _LETTER.fullmatch(unit or inner) is not None and not parse_unit(unit or inner).known
    if is_letter or (unit and inner and unit != inner):
        return None  # `200x - 50`, and `5' - GATC - 3'`
    unit = unit or inner
    low, high = (parse(f"{found[end]} {unit}", units=True) for end in ("low", "high"))
    says_so = bool(found["word"]) or found["sign"] != "-" or bool(unit)
    return says_so, Group("<>", (low, high))


def key_ranges(sides: Sides) -> Iterator[Decision]:
    """`0.87` for the key `0.85 to 0.89` of an examination, which accepts every value between its ends."""
    found = _KEY.fullmatch(sides.reference.strip()) if len(sides.reference) <= MAX_MEASURED else None
    if found is None or isinstance(sides.theirs, Group) or _OF_RANGE.search(sides.query):
        return
    if "." not in sides.reference and _OF_TWO.search(sides.query):
        return
    low, high = Fraction(found["low"]), Fraction(found["high"])
    written_as_key = found["sign"].lower() == "to" or "." in sides.reference or low == high
    widest = WIDEST_KEY if "." in sides.reference else WIDEST_WHOLE_KEY
    if not written_as_key or not 0 <= high - low <= widest * abs(high):
        return
    apart = distance(measure(parse(sides.answer, units=True)).value, Number((low + high) / 2))
    if apart is not None and apart * 2 <= high - low:
        yield Decision(True, "approximate", "within the range that the reference gives")


def settles_plain_values(query: str) -> bool:
    """Whether a query says a scale or a sign that numbers in it may leave out."""
    return _scale_asked_for(query) is not None or _asks_for_decrease(query)


def scales_of_query(sides: Sides) -> Iterator[Pair]:
    """`£2,307,000` for 2.307, when the query asks for the amount "in millions"."""
    scale = _scale_asked_for(sides.query)
    if scale is None or any(map(sides.reference.lower().__contains__, SCALES)):
        return
    if "%" in sides.reference or "percent" in sides.reference:
        return
    factor = Apply("pow", (number(10), number(SCALES[scale])))
    yield _times(sides.ours, factor), sides.theirs


@lru_cache(maxsize=64)
def _scale_asked_for(query: str) -> str | None:
    low = query.lower()
    found = _IN_SCALE.search(low) if holds(low, *_SCALES) else None
    return found["scale"] if found else None


def _times(node: Expression, factor: Expression) -> Expression:
    match node:
        case Quantity(value=value, unit=unit):
            return Quantity(Apply("mul", (value, factor)), unit)
    return Apply("mul", (node, factor))


def decreases(sides: Sides) -> Iterator[Pair]:
    """`0.0136` for -0.0136, when the query asks for a decrease, and so says the sign itself."""
    if not _asks_for_decrease(sides.query):
        return
    ours, theirs = (measure(parse(text, units=True)) for text in (sides.reference, sides.answer))
    if _is_negative(ours.value) != _is_negative(theirs.value):
        yield _opposite(parse(sides.reference, units=True)), parse(sides.answer, units=True)


@lru_cache(maxsize=64)
def _asks_for_decrease(query: str) -> bool:
    low = query.lower()
    return holds(low, *_LESSENINGS) and _DECREASE.search(low) is not None


def _is_negative(node: Expression) -> bool:
    match node:
        case Number(value=value):
            return value < 0
        case Apply(name="neg"):
            return True
        case Apply(name="mul", args=(first, *_)):
            return _is_negative(first)
    return False


def _opposite(node: Expression) -> Expression:
    match node:
        case Quantity(value=value, unit=unit):
            return Quantity(_opposite(value), unit)
    return negated(node)
