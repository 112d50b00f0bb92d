"""What a second reading is: when notation allows one, and the pairs of trees that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dartmath.verify.compare.comparison import Comparison
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.quantities import may_name_unit
from dartmath.verify.tree.expression import (
    Expression,
    Group,
    Named,
    Relation,
    SetBuilder,
    Text,
    symbols,
)

MAX_WORDS = 300
"""Characters of words that can still be a quantity; more are a passage of a response, such as a log."""


@dataclass(slots=True)
class Sides:
    """Both texts with the trees of their plain reading, and the comparison that they belong to."""

    reference: str
    ours: Expression
    answer: str
    theirs: Expression
    comparison: Comparison

    @property
    def query(self) -> str:
        """The part of the query that is read."""
        return self.comparison.query


Pair = tuple[Expression, Expression]
"""A reference and an answer, as one reading has them."""

Reading = Callable[[Sides], Iterator[Pair | Decision]]
"""What a text may mean beside its plain reading: pairs to compare, or a decision of its own."""


@dataclass(frozen=True, slots=True)
class NamedReading:
    """A row of the table: the name that a verdict shows, when the reading applies, and what it makes."""

    name: str
    applies: Callable[[Sides], bool]
    pairs: Reading


_COLLECTIONS, _WORDS = (Group, SetBuilder), (Text, Named)  # a union in a call would be made anew by each


def has_collection(sides: Sides) -> bool:
    """Whether a side is a list, a tuple or a set."""
    return isinstance(sides.ours, _COLLECTIONS) or isinstance(sides.theirs, _COLLECTIONS)


def has_words(sides: Sides) -> bool:
    """Whether a side is words."""
    return isinstance(sides.ours, _WORDS) or isinstance(sides.theirs, _WORDS)


def has_query(sides: Sides) -> bool:
    """Whether there is a query to settle what the answers leave open."""
    return bool(sides.query)


def has_relation(sides: Sides) -> bool:
    """Whether a side is an equation or another relation."""
    return isinstance(sides.ours, Relation) or isinstance(sides.theirs, Relation)


def has_symbols(sides: Sides) -> bool:
    """Whether a side has a free symbol."""
    return bool(symbols(sides.ours) or symbols(sides.theirs))


def both_have_symbols(sides: Sides) -> bool:
    """Whether both sides have free symbols."""
    return bool(symbols(sides.ours) and symbols(sides.theirs))


def may_hold_unit(text: str, plain: Expression) -> bool:
    """Whether letters of a text can be those of a unit, from its plain reading and its words."""
    return not (len(text) > MAX_WORDS and _has_words(plain)) and may_name_unit(text)


def _has_words(node: Expression) -> bool:
    """Whether a tree is words, or a list with words in it."""
    return isinstance(node, Text) or (
        isinstance(node, Group) and any(isinstance(item, Text) for item in node.items)
    )


def may_have_units(sides: Sides) -> bool:
    """Whether letters of a side can be those of a unit."""
    return may_hold_unit(sides.reference, sides.ours) or may_hold_unit(sides.answer, sides.theirs)


def mentions_modulus(sides: Sides) -> bool:
    """Whether a side speaks of a residue."""
    return "mod" in sides.reference or "mod" in sides.answer
