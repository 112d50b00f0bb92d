"""Names that belong to the values of an answer: variables, parts, extrema, and what a number counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dartmath.base.regex import regex
from dartmath.verify.compare.relations import assigned, is_equation, label
from dartmath.verify.language.names import listed
from dartmath.verify.language.units import is_unit_word, parse_unit
from dartmath.verify.tree.expression import Apply, Expression, Quantity, Relation, Text

Pairs = list[tuple[Expression, Expression]]

PART = "part "
"""How the name of a labelled part begins, before its number (see `parsing.parts`)."""

_IRREGULAR = {"children": "child", "people": "person", "men": "man", "women": "woman", "feet": "foot"}
_FILLERS = frozenset(
    listed("a an the of in at all each left total altogether more other about per and are is")
)
"""Words behind a number that do not say what it counts."""


def name_of(item: Expression) -> str | None:
    """What a value is the value of: `x` of x = 3, `adult` of 12 adults, `max` of max 5; else None."""
    match item:
        case Apply(name="max" | "min" as name, args=(_,)):
            return name
        case Apply(name="neg", args=(Quantity(unit=unit),)) | Quantity(unit=unit):
            return counted(unit) or None
    return label(item)


def value_of(item: Expression) -> Expression:
    """The value without its name; what is counted keeps its noun, which says nothing beside a number."""
    match item:
        case Apply(name="max" | "min", args=(value,)):
            return value
    found = assigned(item) if is_equation(item) else None
    return item if found is None else found


def counted(unit: str) -> str:
    """The noun behind a number, in the singular, without the units in front of it; "" for a mere unit.

    >>> counted("~adults"), counted("km north"), counted("square feet"), counted("~red balls")
    ('adult', 'north', '', 'red ball')
    """
    words = [word for word in unit.lstrip("~").lower().split() if word.isalpha() and word not in _FILLERS]
    return " ".join(_singular(word) for word in words if len(word) > 1 and not is_unit_word(word))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    plural = word.endswith("s") and not word.endswith("ss") and len(word) > len("yes")
    return _IRREGULAR.get(word, word[:-1] if plural else word)


def by_name(ours: Sequence[Expression], theirs: Sequence[Expression]) -> Pairs | None:
    """Pairs of items with the same name, and the values of the others in their order.

    None where the names of a side do not tell its items apart, or where no name is a word. Values that only
    the reference names, or that are parts in their order, come in the order in which they are written; what
    the answer alone names, as in "Ann: 18, Bob: 7" for 7, 18, says nothing that the reference knows.
    """
    one, two = [name_of(item) for item in ours], [name_of(item) for item in theirs]
    named = [_tell_apart(names) for names in (one, two)]
    told = [tells and any(map(_in_words, side)) for tells, side in zip(named, (ours, theirs), strict=True)]
    if len(ours) != len(theirs) or not any(told):
        return None
    if not all(named):
        parts = all(name is None or name.startswith(PART) for name in (*one, *two))
        plain = not any(one) or not any(two)
        return _values_in_order(ours, theirs) if plain and (told[0] or parts) else None
    common = {name for name in one if name in two}
    if not common and not all(isinstance(item, Quantity) for item in (*ours, *theirs)):
        return None
    other = dict(zip(two, theirs, strict=True))
    pairs = [(item, other[name]) for name, item in zip(one, ours, strict=True) if name in common]
    return pairs + _values_in_order(_unnamed(ours, common), _unnamed(theirs, common))


def _in_words(item: Expression) -> bool:
    """Whether an item's name is a word, at which no rule for equations looks."""
    if isinstance(item, Relation):
        return isinstance(item.sides[0], Text)
    return isinstance(item, Quantity | Apply)


def _tell_apart(names: Sequence[str | None]) -> bool:
    """Whether every item of a list has a name of its own."""
    return len(names) > 1 and None not in names and len(set(names)) == len(names)


def _unnamed(items: Sequence[Expression], common: set[str | None]) -> list[Expression]:
    return [item for item in items if name_of(item) not in common]


def _values_in_order(ours: Sequence[Expression], theirs: Sequence[Expression]) -> Pairs:
    return [(value_of(one), value_of(two)) for one, two in zip(ours, theirs, strict=True)]


def unlike_units(ours: str, theirs: str) -> str:
    """Why two phrases behind a number cannot mean the same, or ""; a mere noun may stand for another noun."""
    powers = _power(ours), _power(theirs)
    if None not in powers and powers[0] != powers[1]:
        return "units of a length, an area or a volume against others"
    known = [parse_unit(unit.lstrip("~")).known for unit in (ours, theirs)]
    if known[0] != known[1] and _is_thing(theirs if known[0] else ours):
        return f"{theirs.lstrip('~')} against {ours.lstrip('~')}"
    return ""


def other_kinds(ours: str, theirs: str) -> bool:
    """Whether two phrases say two kinds of the same things, each with a word that the other has not.

    A number of things is the number, but a name with the kind behind it is no other kind's.

    >>> other_kinds("~even integers", "~odd integers"), other_kinds("~integers", "~odd integers")
    (True, False)
    """
    one, two = counted(ours).split(), counted(theirs).split()
    return one[-1:] == two[-1:] and not (set(one) <= set(two) or set(two) <= set(one))


_UNITS_OF_ANY_KIND = regex(
    r"(?P<word>square|sq\.?|cubic|cu\.?)?units?(?:\^(?P<sign>[23]))?(?P<behind>squared|cubed)?"
)


def _power(unit: str) -> int | None:
    """1, 2 or 3 for "units", "square units" and "units^3"; None for any other phrase."""
    found = _UNITS_OF_ANY_KIND.fullmatch(re.sub(r"[~\s{}]", "", unit.lower()))
    if found is None:
        return None
    said = found["word"] or found["behind"] or ""
    return int(found["sign"] or {"": 1, "s": 2, "c": 3}[said[:1]])


_SYMBOL = 3
"""Letters of a single word that may be the symbol of a unit which is not known, as `nmi`."""


def _is_thing(unit: str) -> bool:
    """Whether a phrase is nothing but words that are no units: "dogs", "red balls", "gazillimetre"."""
    words = unit.lstrip("~").lower().split()
    plural = bool(words) and _singular(words[-1]) != words[-1]
    one = len(words) == 1 and len(words[0]) > _SYMBOL
    return (plural or one) and all(word.isalpha() and not is_unit_word(word) for word in words)
