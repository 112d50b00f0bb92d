"""Numbers with units, percent, degrees or money."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from dartmath.base.regex import regex, whole_words
from dartmath.verify.compare.asked_unit import asked_unit, unsaid_prefix
from dartmath.verify.compare.conversion import converted
from dartmath.verify.compare.names import other_kinds, unlike_units
from dartmath.verify.compare.rounding import distance, rounding, same_number, within
from dartmath.verify.language.degrees import degrees
from dartmath.verify.language.dimensions import NOUN, Unit
from dartmath.verify.language.search import holds
from dartmath.verify.language.stems import WORD
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import OPPOSITES
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.tree.expression import Apply, Expression, Number, Quantity, Symbol, heads, number

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison


_PERCENT = regex(
    r"\bpercentages?\b|(?<!\d)(?<!\d[ ~])(?<!\$ )\bpercent\b|\b(?:as|in) (?:a )?\\?%"
    r"|\b(?:porcentajes?|pourcentages?|percentuale|porcentagem)\b|何\s?[%％]"
    r"|(?<!\d)(?<!\d[ ~])(?:por ?cien?to|pourcent|prozent|процент|퍼센트|パーセント|प्रतिशत|phần trăm)"
    r"|(?:yüzde|百分)(?!之?\s*\d)",
    re.IGNORECASE,
)
"""A question for a percentage, not one about `10 percent of 50`."""

_PERCENT_SIGNS = (
    "percent", "%", "％", "porcen", "cie", "pourcent", "prozent", "процент", "퍼센트", "パーセント", "प्रतिशत",
    "phần trăm", "yüzde", "百分",
)  # fmt: skip
"""Texts one of which stands, in small letters, in whatever `_PERCENT` finds."""

_RATE = regex(
    r"\b(?:what|which) (?:is|was|are|were) (?:the|its|his|her|their) [\w' ]{0,40}\brate\b|割合は|比率は",
    re.IGNORECASE,
)
"""A question for a rate, which is one of percent where it is more than one."""

_TEMPERATURE = (("temperature", 1),)
_LIGHT = regex(r"(?<![A-Za-z])c(?![A-Za-z])")
_SPEED_OF_LIGHT, _STERLING, _EURO = parse_unit("c"), parse_unit("£"), parse_unit("€")
_EURO_CENT = replace(_EURO, factor=_EURO.factor / 100)
_ANGLE = (("angle", 1),)


@dataclass(slots=True)
class Measure:
    """A scalar with its unit; `kind` is "", "percent", "degree", "radian" or "unit"."""

    value: Expression
    kind: str
    unit: Unit = NOUN


def measure(node: Expression) -> Measure:
    """Split a scalar into its value and its unit."""
    if isinstance(node, Apply) and node.name in ("percent", "degree"):
        return Measure(node.args[0], node.name)
    if isinstance(node, Apply) and node.name == "mul" and _is_percent_of_power(node.args[-1]):
        return Measure(Apply("mul", (*node.args[:-1], node.args[-1].args[0])), "percent")
    if isinstance(node, Apply) and node.name == "neg":
        inner = measure(node.args[0])
        return Measure(Apply("neg", (inner.value,)), inner.kind, inner.unit)
    if isinstance(node, Quantity):
        unit = parse_unit(node.unit.lstrip("~"))
        if not unit.known and isinstance(node.value, Apply) and node.value.name in ("percent", "degree"):
            return measure(node.value)
        if unit.dimensions == _ANGLE and not unit.pi:
            return Measure(node.value, "radian", unit)
        return Measure(node.value, "unit", unit)
    return Measure(node, "")


def _is_percent_of_power(node: Expression) -> TypeGuard[Apply]:
    """Whether this is the power of ten in `7 \\times 10^3\\%`, which has the sign of the whole."""
    if not (isinstance(node, Apply) and node.name == "percent" and isinstance(node.args[0], Apply)):
        return False
    return node.args[0].name == "pow" and node.args[0].args[0] == number(10)


def same_measure(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """Compare two scalars, with or without units.

    A unit on one side only is left out, but where the query asks for one of the same dimension. Both with
    units: converted where both are known and of the same dimension, different where the dimensions differ.
    Of a reference in percent the sign may be left out; an answer in percent is the hundredth, or the bare
    number where the query asks for a percentage (without a query, and in science: where the number is more
    than one).
    Degrees meet radians when the other side is a multiple of pi.
    """
    if not (_is_measured(reference) or _is_measured(answer)):
        return same_number(reference, answer, comparison.margin)
    ours, theirs = _alike(reference, answer)
    if _opposite(reference, answer):
        return Decision(False, "unit", "opposite directions")
    if "unit" in (ours.kind, theirs.kind) and (
        reason := _asked_otherwise(reference, answer, comparison.query)
    ):
        return Decision(False, "unit", reason)
    if _is_sentence(reference) != _is_sentence(answer):
        return Decision(False, "text", "a letter against a sentence that begins with one")
    if reason := _unlike(reference, answer):
        return Decision(False, "unit", reason)
    if "percent" in (ours.kind, theirs.kind) and ours.kind != theirs.kind:
        return _percent(ours, theirs, comparison)
    if ours.kind == theirs.kind == "unit":
        one, two = _with_light(reference, ours.unit, answer, theirs.unit)
        return converted(ours.value, one, theirs.value, two, comparison)
    if "degree" in (ours.kind, theirs.kind) and ours.kind != theirs.kind:
        return _angle(ours, theirs, comparison)
    one, two = ours.unit, theirs.unit
    if comparison.query and one.known != two.known and "" in (ours.kind, theirs.kind):
        asked = asked_unit(comparison.query, one if one.known else two)
        if asked is not None:
            one, two = (one, asked) if one.known else (asked, two)
            return converted(ours.value, one, theirs.value, two, comparison)
        if isinstance(answer, Quantity) and (factor := unsaid_prefix(comparison.query, answer.unit)):
            theirs.value = Apply("mul", (Number(factor), theirs.value))
    return same_number(ours.value, theirs.value, comparison.margin)


def _is_sentence(node: Expression) -> bool:
    """Whether a capital with several words behind it is no amount of anything: `X marks the spot`."""
    match node:
        case Quantity(value=Symbol(name=name), unit=unit):
            return name.isupper() and unit.startswith("~") and " " in unit
    return False


def _alike(reference: Expression, answer: Expression) -> tuple[Measure, Measure]:
    """Both sides as measures: "pounds" are money beside pounds or pence, cents beside euros theirs."""
    ours, theirs = measure(reference), measure(answer)
    if theirs.unit.dimensions == _STERLING.dimensions and _is_pounds(reference):
        ours = Measure(ours.value, "unit", _STERLING)
    elif ours.unit.dimensions == _STERLING.dimensions and _is_pounds(answer):
        theirs = Measure(theirs.value, "unit", _STERLING)
    if theirs.unit.dimensions == _EURO_CENT.dimensions and _is_cents(reference):
        ours = Measure(ours.value, "unit", _EURO_CENT)
    elif ours.unit.dimensions == _EURO_CENT.dimensions and _is_cents(answer):
        theirs = Measure(theirs.value, "unit", _EURO_CENT)
    return ours, theirs


def _opposite(reference: Expression, answer: Expression) -> bool:
    """Whether the nouns of two quantities say the opposite: an increase and a decrease."""
    if not (isinstance(reference, Quantity) and isinstance(answer, Quantity)):
        return False
    ours, theirs = (set(side.unit.lower().strip("~").split()) for side in (reference, answer))
    return any((one in ours and two in theirs) or (two in ours and one in theirs) for one, two in OPPOSITES)


_LESS = regex(
    whole_words(
        r"less|fewer|cheaper|lower|smaller|shorter|saves?|saved|savings?|discount|decreased?|reduc\w+|drop\w*"
    )
)
_MORE = regex(
    whole_words(r"more|higher|larger|longer|taller|older|dearer|extra|increased?|rais\w+|ris\w+|gr[eo]w\w*")
)
"""Both for texts in small letters."""

_COMPARED = regex(r"\bthan\b|^~?times (?:as|the|more|less|\w+er)\b|\btoo (?:many|much|few)\b")
"""Behind a number, what makes it a difference or a ratio: "12 more than Bob", "8 times as many"."""

_ASKS_TO_COMPARE = regex(
    r"\bthan\b|\btoo\b|\btimes\b|\bby how (?:many|much)|differ|exceed|excess|surplus|margin|\bgap\b|compar"
    r"|additional|another|ratio|factor|multipl"
)
"""With these, or with a comparative, a query may ask for one."""


def _asked_otherwise(reference: Expression, answer: Expression, query: str) -> str:
    """Why an amount that is so much less, or more, is not what was asked for; "" where it may be."""
    # Units are short, and queries are not: few pairs of them are such that the query is looked at.
    if _one_says(_COMPARED, reference, answer) and not _asks_to_compare(query.lower()):
        return "a difference or a ratio against so many"
    if _one_says(_LESS, reference, answer) and not _LESS.search(query.lower()):
        return "so much less against so much"
    if not _one_says(_MORE, reference, answer) or _MORE.search(query.lower()):
        return ""
    return "so much more against so much less" if _LESS.search(query.lower()) else ""


def _asks_to_compare(query: str) -> bool:
    return _ASKS_TO_COMPARE.search(query) is not None or bool(degrees(WORD.findall(query)))


def _one_says(what: re.Pattern[str], reference: Expression, answer: Expression) -> bool:
    """Whether one side alone is so much less, or more, than something of which the other says nothing."""
    says = [
        isinstance(side, Quantity) and what.search(side.unit.lower()) is not None
        for side in (reference, answer)
    ]
    return says[0] != says[1]


def _unlike(reference: Expression, answer: Expression) -> str:
    """Why the units behind two numbers cannot mean the same, or ""."""
    if not (isinstance(reference, Quantity) and isinstance(answer, Quantity)):
        return ""
    if isinstance(reference.value, Symbol) and other_kinds(reference.unit, answer.unit):
        return "a name for another kind of the same things"
    return unlike_units(reference.unit, answer.unit)


def _with_light(reference: Expression, one: Unit, answer: Expression, two: Unit) -> tuple[Unit, Unit]:
    """Both units, where one leaves out the speed of light of the other: 140 MeV as a mass is 140 MeV/c^2."""
    phrases = [side.unit if isinstance(side, Quantity) else "" for side in (reference, answer)]
    if one.dimensions == two.dimensions or not all("eV" in phrase for phrase in phrases):
        return one, two
    with_light = [_LIGHT.search(phrase) is not None for phrase in phrases]
    for power in (2, 1, -1, -2):
        if with_light == [True, False] and (one * _SPEED_OF_LIGHT**power).dimensions == two.dimensions:
            return one * _SPEED_OF_LIGHT**power, two
        if with_light == [False, True] and (two * _SPEED_OF_LIGHT**power).dimensions == one.dimensions:
            return one, two * _SPEED_OF_LIGHT**power
    return one, two


def _is_pounds(node: Expression) -> bool:
    return isinstance(node, Quantity) and node.unit.lstrip("~").strip() in ("pound", "pounds")


def _is_cents(node: Expression) -> bool:
    return isinstance(node, Quantity) and node.unit.lstrip("~").strip().lower() in ("cent", "cents")


def _is_measured(node: Expression) -> bool:
    """Whether a unit, a percent sign or degrees stand behind a scalar."""
    while isinstance(node, Apply) and node.name == "neg":
        node = node.args[0]
    return isinstance(node, Quantity) or (isinstance(node, Apply) and node.name in ("percent", "degree"))


def _percent(ours: Measure, theirs: Measure, comparison: Comparison) -> Decision:
    if ours.kind and theirs.kind:
        return Decision(False, "unit", "a percentage against another unit")
    plain = same_number(ours.value, theirs.value, comparison.margin)
    asked = _asks_for_percent(comparison.query, ours.value)
    if plain and (ours.kind == "percent" or asked or (comparison.science and _is_above_one(ours.value))):
        return plain
    if plain:
        plain = Decision(False, "unit", "a percentage against a bare number")
    left, right = (
        Apply("percent", (part.value,)) if part.kind == "percent" else part.value for part in (ours, theirs)
    )
    hundredth = same_number(left, right, comparison.margin)
    return hundredth if hundredth or ours.kind != "percent" else _rounded_percent(ours, theirs) or plain


def _asks_for_percent(query: str, value: Expression) -> bool:
    asks = _speaks_of_percent(query) if query else None
    return _is_above_one(value) if asks is None else asks


@lru_cache(maxsize=64)
def _speaks_of_percent(query: str) -> bool | None:
    """Whether a query asks for a percentage; None for a rate, which may be one."""
    if holds(query.lower(), *_PERCENT_SIGNS) and _PERCENT.search(query):
        return True
    return None if _RATE.search(query) else False


def _is_above_one(value: Expression) -> bool:
    size = distance(value, number(0))
    return size is not None and size > 1


def _rounded_percent(ours: Measure, theirs: Measure) -> Decision | None:
    """`41.4%` for the exact `\\sqrt2 - 1`: the reference is that number, rounded."""
    found = rounding(ours.value, Apply("mul", (theirs.value, number(100))))
    return found if found is not None and found.equal else None


def _angle(ours: Measure, theirs: Measure, comparison: Comparison) -> Decision:
    """Degrees against radians, against a bare number of degrees, or against a temperature."""
    degrees, other = (ours, theirs) if ours.kind == "degree" else (theirs, ours)
    if other.unit.dimensions == _TEMPERATURE:
        return same_number(ours.value, theirs.value, comparison.margin)
    if other.kind == "unit" and other.unit.dimensions != _ANGLE:
        return Decision(False, "unit", "an angle against another unit")
    if other.kind == "unit":
        one, two = _angular_unit(ours), _angular_unit(theirs)
        return converted(ours.value, one, theirs.value, two, comparison)
    if near := within(ours.value, _turned(theirs.value, theirs is degrees), comparison.margin):
        return near
    in_radians = scalar_equal(Apply("degree", (degrees.value,)), other.value)
    if other.kind == "radian" and not in_radians:
        radian = parse_unit("rad")
        one, two = (parse_unit("degrees"), radian) if degrees is ours else (radian, parse_unit("degrees"))
        return converted(ours.value, one, theirs.value, two, comparison)
    if in_radians or "pi" in heads(other.value):
        return in_radians
    return same_number(ours.value, theirs.value, comparison.margin)


def _angular_unit(side: Measure) -> Unit:
    return parse_unit("degrees") if side.kind == "degree" else side.unit


def _turned(value: Expression, from_degrees: bool) -> Expression:
    """Degrees in radians, or radians in degrees."""
    return Apply("degree", (value,)) if from_degrees else Apply("div", (value, Apply("degree", (number(1),))))
