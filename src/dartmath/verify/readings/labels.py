"""Labels that say nothing beside the other side: the letter of one part, the name that a solver chose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.compare.choices import options
from dartmath.verify.compare.relations import assigned
from dartmath.verify.language.latex import OPEN_TEXT, SPACE
from dartmath.verify.parsing.dressing import undressed
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.asked import occurs
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Group, Relation, Symbol, symbols

MAX_LABELLED = 300
"""Characters of an answer that begins with the label of a part."""

_PART = regex(
    rf"(?P<open>{OPEN_TEXT})?(?:[Pp]art\s*)?\(\s*(?P<label>[a-h]|i{{1,3}}|iv|vi{{0,3}})\s*\)"
    rf"(?:(?P<close>\s*\}})|{SPACE}|:){SPACE}*(?P<rest>[^-+*/^=(\s].*)",
)
_HOLDS_VALUE = regex(r"[\d=]")


def label_of_part(sides: Sides) -> Iterator[Pair]:
    """`(c) Q = 580 J` for 580 J: one part alone, where the query has no options."""
    one, two = _behind_label(sides.reference), _behind_label(sides.answer)
    if (one is None) != (two is None) and not options(sides.query):
        yield parse(one) if one else sides.ours, parse(two) if two else sides.theirs


def _behind_label(text: str) -> str | None:
    """What stands behind the label of a part that holds a value; None where there is no such label."""
    if ")" not in text or len(text) > MAX_LABELLED:
        return None
    found = _PART.fullmatch(undressed(text))
    if found is None or not _HOLDS_VALUE.search(found["rest"]):
        return None
    if found["open"] and not found["close"]:
        return found["rest"].removesuffix("}")
    return found["rest"]


def chosen_names(sides: Sides) -> Iterator[Pair]:
    """`E = 1.23 V` for `\\varepsilon = 1.23 V`, where the query uses neither letter for anything."""
    ours, theirs = (_named_value(parse(text, units=True)) for text in (sides.reference, sides.answer))
    if ours is None or theirs is None or not sides.query:
        return
    if not any(is_named(name, sides.query) for name in (ours[0], theirs[0])):
        yield ours[1], theirs[1]


def is_named(name: str, query: str) -> bool:
    """Whether a query uses a name, in a formula or in its prose, a Greek letter by its command included."""
    letter = name.partition("_")[0]
    if len(letter) > 1:
        return letter in query
    return occurs(letter, query) or re.search(rf"(?<![A-Za-z]){letter}(?![A-Za-z])", query) is not None


def _named_value(node: Expression) -> tuple[str, Expression] | None:
    """The name and the value of an assignment of a number to a symbol."""
    if not isinstance(node, Relation) or isinstance(node.sides[-1], Group):
        return None
    value = assigned(node)
    if value is None or not isinstance(node.sides[0], Symbol) or symbols(value):
        return None
    return node.sides[0].name, value
