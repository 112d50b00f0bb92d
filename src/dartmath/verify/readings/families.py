"""Integer parameters and constants of integration, whose names are free, and families of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dartmath.base.regex import regex
from dartmath.verify.compare.realset import is_set
from dartmath.verify.compare.relations import assigned, difference
from dartmath.verify.compare.rounding import distance
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.exact import Inexact, rational
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.words import fold
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Group,
    Number,
    Relation,
    SetBuilder,
    Symbol,
    Text,
    children,
    heads,
    number,
    symbols,
)
from dartmath.verify.tree.expression import replace as substitute

_PARAMETERS = ("k", "n", "m", "l", "j", "N", "K")

_MEMBER = "#"
"""The parameter of a residue class, a name that no answer can have."""


_IN_WORDS = regex(
    r"(?:the set of )?(?:all )?(?:the )?(?:(?P<parity>odd|even) (?:integers|whole numbers|numbers)"
    r"|(?:integer )?multiples of (?P<modulus>\d{1,4}))"
)


def families_in_words(sides: Sides) -> Iterator[Pair | Decision]:
    """`2k+1, k \\in \\mathbb{Z}` for "all odd integers", and `3k` for "multiples of 3"."""
    ours, theirs = _in_words(sides.ours), _in_words(sides.theirs)
    if (ours is None) != (theirs is None):
        yield from families(replace(sides, ours=ours or sides.ours, theirs=theirs or sides.theirs))


def _in_words(node: Expression) -> Expression | None:
    found = _IN_WORDS.fullmatch(fold(node.words)) if isinstance(node, Text) else None
    if found is None:
        return None
    member = f"{found['modulus']}k" if found["modulus"] else ("2k+1" if found["parity"] == "odd" else "2k")
    return parse(rf"{member}, k \in \mathbb{{Z}}")


def renamed_parameters(sides: Sides) -> Iterator[Pair]:
    """The name of an integer parameter beside pi, and of a constant of integration, is free."""
    yield from _renamed(sides.ours, sides.theirs)


def _renamed(ours: Expression, theirs: Expression) -> Iterator[Pair]:
    ours, theirs = (_unlabelled(side) for side in (ours, theirs))
    left, right = symbols(ours), symbols(theirs)
    if len(left - right) != 1 or len(right - left) != 1:
        return
    (name,), (other,) = left - right, right - left
    integers = (
        name in _PARAMETERS and other in _PARAMETERS and _beside_pi(ours, name) and _beside_pi(theirs, other)
    )
    constants = {name.lower(), other.lower()} in ({"c"}, {"c", "k"}) and "C" in (name, other)
    if constants and name.lower() != other.lower():
        constants = _is_term(ours, name) and _is_term(theirs, other)
    if integers or constants:
        yield ours, substitute(theirs, {other: Symbol(name)})


def _is_term(node: Expression, name: str) -> bool:
    """Whether a symbol is a term of a sum, as `C` and `K` behind an integral are."""
    return isinstance(node, Apply) and node.name == "add" and Symbol(name) in node.args


def _unlabelled(node: Expression) -> Expression:
    """A value, or the values of a list, without the name that they are given to."""
    if isinstance(node, Group) and not node.brackets:
        return Group("", tuple(assigned(item) or item for item in node.items), node.joiner)
    return assigned(node) or node


def _beside_pi(node: Expression, name: str) -> bool:
    """Whether every use of a symbol is in a product with pi."""
    if isinstance(node, Apply) and node.name in ("mul", "div") and name in symbols(node):
        return "pi" in heads(node)
    if node == Symbol(name):
        return False
    if isinstance(node, Relation):
        return all(_beside_pi(side, name) for side in node.sides)
    return all(_beside_pi(part, name) for part in children(node))


def families(sides: Sides) -> Iterator[Pair | Decision]:
    """`k\\pi, k \\in \\mathbb{Z}` and `\\{n\\pi : n \\in \\mathbb{Z}\\}` as families of numbers.

    Where an integer parameter is declared, two families that are linear in it are the same when
    their steps are, up to sign, and their first members are whole steps apart.
    """
    ours, theirs = sides.ours, sides.theirs
    one, two = _family(ours), _family(theirs)
    domain, other = _other_numbers(ours), _other_numbers(theirs)
    if domain and domain == other and isinstance(ours, Group) and isinstance(theirs, Group):
        yield from _renamed(ours.items[0], theirs.items[0])
    if domain or other or (one is None and two is None):
        return
    left, right = one or (ours, ""), two or (theirs, "")
    yield left[0], right[0]
    yield from _renamed(left[0], right[0])
    names = [name or _parameter(side) for side, name in (left, right)]
    values = [assigned(side) or side for side, _ in (left, right)]
    if all(names) and _shifted(values[0], names[0], values[1], names[1]):
        yield Decision(True, "family", "the same step, and first members whole steps apart")


_OTHER_NUMBERS = frozenset(("\\mathbb{R}", "\\mathbb{N}", "\\mathbb{Q}", "\\mathbb{C}"))


def _other_numbers(node: Expression) -> str:
    """What a parameter runs through that is not the whole numbers: `k\\pi, k \\in \\mathbb{R}`."""
    match node:
        case Group(brackets="", items=(_, Relation(sides=(_, domain), operators=("in",)))):
            return domain.name if isinstance(domain, Symbol) and domain.name in _OTHER_NUMBERS else ""
    return ""


def _family(node: Expression) -> tuple[Expression, str] | None:
    """The member and the parameter of a family with a condition `k in Z` or `n in N`."""
    match node:
        case Group(brackets="", items=(member, Relation(operators=("in",)) as condition)):
            pass
        case SetBuilder(element=member, condition=Relation(operators=("in",)) as condition):
            pass
        case Apply(name="residue", args=(value, modulus)):
            return _class(value, modulus), _MEMBER
        case Relation(sides=(name, Apply(name="residue", args=(value, modulus))), operators=("=",)):
            return Relation((name, _class(value, modulus)), ("=",)), _MEMBER
        case _:
            return None
    name, domain = condition.sides
    if is_set(member) or (isinstance(member, Group) and member.brackets):
        return None  # whole numbers of an interval are not the interval
    if isinstance(name, Symbol) and domain in (Symbol("\\mathbb{Z}"), Symbol("Z")):
        return member, name.name
    return None


def _class(value: Expression, modulus: Expression) -> Expression:
    """The numbers congruent to a value, `a + m k`."""
    return Apply("add", (value, Apply("mul", (modulus, Symbol(_MEMBER)))))


_OF_RESIDUES = regex(r"\b(?:mod|remainder|residue|congruen|modul[oaie])|pmod|bmod|equiv|≡", re.IGNORECASE)
"""With these a query asks for a residue or speaks of one."""


def residues(sides: Sides) -> Iterator[Pair]:
    """`3 \\pmod 7` for 3, and `17 \\bmod 5` for 2.

    As an answer, `5 mod 7` says more than a reference of 5, but where the query speaks of residues.
    """
    pairs = ((sides.ours, sides.theirs), (sides.theirs, sides.ours))
    for place, (congruence, other) in enumerate(pairs):
        if isinstance(congruence, Relation):
            congruence = congruence.sides[-1]
        match congruence, assigned(other) or other:
            case Apply(name="residue", args=(value, modulus)), Number() as bare:
                least = _least_residue(value, modulus) or value
                if place == 1 and least == value and not _OF_RESIDUES.search(sides.query):
                    return
                yield from ((one, bare) if place == 0 else (bare, one) for one in (value, least))


def _least_residue(value: Expression, modulus: Expression) -> Number | None:
    """2 for `17 \\pmod 5`, where both are whole numbers."""
    try:
        exact, divisor = rational(value), rational(modulus)
    except Inexact:
        return None
    whole = exact.denominator == 1 == divisor.denominator and divisor > 0
    return Number(exact % divisor) if whole else None


def _parameter(node: Expression) -> str:
    """The one name of an integer parameter that occurs in a tree, or ""."""
    found = [name for name in symbols(assigned(node) or node) if name in _PARAMETERS]
    return found[0] if len(found) == 1 else ""


def _shifted(one: Expression, name: str, two: Expression, other: str) -> bool:
    """Whether `a + b k` and `c + d k` run through the same numbers as k runs through the integers."""
    if isinstance(one, Group | Relation) or isinstance(two, Group | Relation):
        return False
    at = [substitute(one, {name: number(place)}) for place in (0, 1, 2)]
    to = [substitute(two, {other: number(place)}) for place in (0, 1, 2)]
    step, other_step = difference(at[1], at[0]), difference(to[1], to[0])
    linear = scalar_equal(step, difference(at[2], at[1])) and scalar_equal(
        other_step, difference(to[2], to[1])
    )
    same_step = scalar_equal(step, other_step) or scalar_equal(step, Apply("neg", (other_step,)))
    if not linear or not same_step or scalar_equal(step, number(0)):
        return False
    return _is_whole(Apply("div", (difference(at[0], to[0]), step)))


def _is_whole(node: Expression) -> bool:
    apart = distance(node, number(0))
    return (
        apart is not None
        and apart < 10**6
        and bool(scalar_equal(Apply("abs", (node,)), number(round(apart))))
    )
