"""Labels that say nothing beside the other side: the letter of one part, the name that a solver chose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.compare.relations import assigned
from dartmath.verify.compare.substances import are_other_molecules
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.latex import OPEN_TEXT, SPACE
from dartmath.verify.language.names import listed
from dartmath.verify.language.options import options
from dartmath.verify.parsing.dressing import undressed
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.asked import occurs
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Expression, Group, Relation, Symbol, Text, replace, symbols

MAX_RENAMED = 3
"""Names of one answer that may differ from those of the reference by an index."""

MAX_LABELLED = 300
"""Characters of an answer that begins with the label of a part."""

_PART = regex(
    rf"(?P<open>{OPEN_TEXT})?(?:[Pp]art\s*)?\(\s*(?P<label>[a-h]|i{{1,3}}|iv|vi{{0,3}})\s*\)"
    rf"(?:(?P<close>\s*\}})|{SPACE}|:){SPACE}*(?P<rest>[^-+*/^=(\s].*)",
)
_OPTION = regex(r"\(\s*(?P<label>[A-J])\s*\)\s+(?P<rest>\(.*)")
"""An option and its text, which begins with a bracket and could be a factor of the letter."""

_HOLDS_VALUE = regex(r"[\d=]")


_COORDINATES = frozenset(listed("x y z r theta phi rho"))
"""Names with a meaning of their own: the line `x = 3` is not the line `y = 3`."""


def label_of_part(sides: Sides) -> Iterator[Pair]:
    """`(c) Q = 580 J` for 580 J: one part alone, where the query has no options."""
    one, two = _behind_label(sides.reference), _behind_label(sides.answer)
    if two is None and (option := _OPTION.fullmatch(sides.answer[:MAX_LABELLED])):
        is_name = option["label"] in symbols(sides.ours) or _names(option["label"], sides.query)
        two = None if is_name else option["rest"]
    if (one is None) != (two is None) and not options(sides.query):
        yield parse(one) if one else sides.ours, parse(two) if two else sides.theirs


def _names(letter: str, query: str) -> bool:
    """Whether a query has a capital letter in a formula, or behind words, where A is mostly an article."""
    alone = rf"(?<![\w\\]){letter}(?![\w'-])"
    if any(re.search(alone, body(formula)) for formula in FORMULA.finditer(query)):
        return True
    return letter != "A" and re.search(rf"[\w,] {alone}", query) is not None


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
    if ours is None or theirs is None or not sides.query or {ours[0], theirs[0]} <= _COORDINATES:
        return
    if not any(is_named(name, sides.query) for name in (ours[0], theirs[0])):
        yield ours[1], theirs[1]


_OF_ANY_VARIABLE = regex(
    r"\b(?:characteristic|minimal|minimum|chromatic|cyclotomic|indicial|auxiliary|generating"
    r"|legendre|hermite|laguerre|chebyshev) (?:polynomial|function|equation)",
    re.IGNORECASE,
)


def variable_of_polynomial(sides: Sides) -> Iterator[Pair]:
    """`(\\lambda - 1)^2` for `x^2 - 2x + 1`, where the query does not name the letter of the polynomial."""
    one, two = symbols(sides.ours), symbols(sides.theirs)
    if len(one) != 1 or len(two) != 1 or one == two or not _OF_ANY_VARIABLE.search(sides.query):
        return
    (name,), (other,) = one, two
    if not (is_named(name, sides.query) and is_named(other, sides.query)):
        yield sides.ours, replace(sides.theirs, {other: Symbol(name)})


def indices_left_out(sides: Sides) -> Iterator[Pair]:
    """`k_B T` for `kT`: a name of the answer with or without the index that the reference gives it.

    Each name that only one side has must have one such partner, and the query must not use the answer's.
    """
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Relation) != isinstance(theirs, Relation):
        ours, theirs = assigned(ours) or ours, assigned(theirs) or theirs
    one, two = sorted(symbols(ours) - symbols(theirs)), sorted(symbols(theirs) - symbols(ours))
    if not sides.query or not 0 < len(one) == len(two) <= MAX_RENAMED:
        return
    if any(is_used(name, sides.query) for name in two) or are_other_molecules(sides.reference, sides.answer):
        return
    partners = [[name for name in one if differs_by_index(name, other)] for other in two]
    if all(len(found) == 1 for found in partners) and len({found[0] for found in partners}) == len(one):
        renamed: dict[str, Expression] = {
            other: Symbol(found[0]) for other, found in zip(two, partners, strict=True)
        }
        yield ours, replace(theirs, renamed)


def differs_by_index(one: str, two: str) -> bool:
    """Whether two names are the same but for an index that one of them leaves out."""
    (left, _, index), (right, _, other) = one.partition("_"), two.partition("_")
    return left == right and bool(index) != bool(other)


def is_used(name: str, query: str) -> bool:
    """Whether a query uses a name with its index, or one without an index at all."""
    letter, _, index = name.partition("_")
    sign = re.escape(letter)  # a name can be a command, `\\mathbb{N}`
    if not index:
        bare = rf"(?<![A-Za-z\\]){sign}(?![A-Za-z_])" if len(letter) == 1 else rf"{sign}(?![A-Za-z_])"
        return re.search(bare, query) is not None
    with_index = rf"{sign}\s*\}}?_\s*\{{?(?:{OPEN_TEXT})?{re.escape(index)}(?![A-Za-z0-9])"
    return re.search(with_index, query) is not None


def is_named(name: str, query: str) -> bool:
    """Whether a query uses a name, in a formula or in its prose, a Greek letter by its command included."""
    letter = name.partition("_")[0]
    if len(letter) > 1:
        return letter in query
    alone = rf"(?<![A-Za-z]){re.escape(letter)}(?![A-Za-z])"
    return occurs(letter, query) or re.search(alone, query) is not None


def _named_value(node: Expression) -> tuple[str, Expression] | None:
    """The name and the value of an assignment to a symbol: of a number, a quantity or an expression."""
    if not isinstance(node, Relation) or isinstance(node.sides[-1], Group):
        return None
    value, head = assigned(node), node.sides[0]
    if value is None or not isinstance(head, Symbol) or isinstance(value, Symbol | Text):
        return None
    return head.name, value
