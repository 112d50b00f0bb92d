"""Derivatives in another notation: `y'' = 2`, `f''(x) = 2` and `d^2y/dx^2 = 2`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Relation, Symbol, symbols
from dartmath.verify.tree.expression import replace as substitute

_PRIMED = regex(r"(?P<name>[a-zA-Z])(?P<primes>'+)")
_LEIBNIZ = regex(r"d(?:\^(?P<order>\d))?(?P<name>[a-zA-Z])/d(?P<variable>[a-zA-Z])(?:\^\d)?")

DEPENDENT = "y"
"""The name that stands for the value of any function."""


class Derivative(NamedTuple):
    """What is derived, how often, by what, and where: the last two are None where they are not written."""

    name: str
    order: int
    variable: str | None
    point: str | None


def derivatives(sides: Sides) -> Iterator[Pair]:
    """`y'' = 2` for `f''(x) = 2`, by what they are equal to; `y''` beside `d^2y/dx^2` in a term."""
    ours, theirs = _split(sides.ours), _split(sides.theirs)
    if ours is not None and theirs is not None and _same(ours[0], theirs[0]):
        yield ours[1], theirs[1]
    names = {
        name: written
        for name in symbols(sides.ours) | symbols(sides.theirs)
        if (written := _LEIBNIZ.fullmatch(name))
    }
    if len({written["variable"] for written in names.values()}) == 1:
        primed = {name: _primed(written["name"], written["order"]) for name, written in names.items()}
        yield substitute(sides.ours, primed), substitute(sides.theirs, primed)


def _primed(name: str, order: str | None) -> Expression:
    return Symbol(name + "'" * int(order or 1))


def has_derivative(sides: Sides) -> bool:
    """Whether both texts have a derivative."""
    return _may_have(sides.reference) and _may_have(sides.answer)


def _may_have(text: str) -> bool:
    return "'" in text or "prime" in text or "d" in text or "^{(" in text


def _split(node: Expression) -> tuple[Derivative, Expression] | None:
    """A derivative and its value; None for any other tree."""
    if not isinstance(node, Relation) or node.operators != ("=",):
        return None
    found = _derivative(node.sides[0])
    return None if found is None else (found, node.sides[1])


def _derivative(node: Expression) -> Derivative | None:
    match node:
        case Symbol(name=name):
            variable, point = None, None
        case Apply(name=name, args=(Symbol(name=variable),)):
            point = None
        case Apply(name=name, args=(value,)):
            variable, point = None, str(value)
        case _:
            return None
    if primed := _PRIMED.fullmatch(name):
        return Derivative(primed["name"], len(primed["primes"]), variable, point)
    if isinstance(node, Symbol) and (written := _LEIBNIZ.fullmatch(name)):
        return Derivative(written["name"], int(written["order"] or 1), written["variable"], None)
    return None


def _same(one: Derivative, two: Derivative) -> bool:
    if one.order != two.order or one.point != two.point:
        return False
    if one.name != two.name and DEPENDENT not in (one.name, two.name):
        return False
    return one.variable == two.variable or None in (one.variable, two.variable)
