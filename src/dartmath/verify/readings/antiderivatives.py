"""Antiderivatives, which are meant up to a constant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from dartmath.base.regex import by_initials, regex
from dartmath.verify.compare.relations import assigned, difference
from dartmath.verify.numeric.agreement import Apart, Pair
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.expression import Apply, Expression, Symbol, heads, number, replace, symbols

_CONSTANT = regex(r"(?:[Cc]|K|k)(?:_\d)?|const")
_INTEGRATES = regex(
    by_initials(
        r"\\(?<!\\int\\)(?<!\\int \\)int(?![a-z_]|\s*_|\s*\\limits|\s*\\i*int)",
        r"∫(?<!∫∫)(?!\s*_|[₀-₉]|\s*∫)",
        *(r"\bindefinite integral", r"\bantiderivative", r"\bprimitive of", r"\bintegrate\b"),
    )
)
"""For a query in small letters."""


def antiderivatives(sides: Sides) -> Iterator[Decision]:
    """`\\frac12 \\sin^2 x + C` and `-\\frac12 \\cos^2 x + C`, which differ by a constant.

    Both have a constant of that name. If the query asks for an antiderivative, names are free, and the
    reference may have no constant; if it has one, the answer must have one too.
    """
    ours, theirs = (assigned(side) or side for side in (sides.ours, sides.theirs))
    one, two = _without_constant(ours), _without_constant(theirs)
    if _asks_for_integral(sides.query):
        one, two = one or _with_any_constant(ours), two or _with_any_constant(theirs)
    if one is not None and two is None:
        return
    if not (one and two and one[1].lower() == two[1].lower()) and not _asks_for_integral(sides.query):
        return
    left, right = one[0] if one else ours, two[0] if two else theirs
    if "abs" in heads(right) and "abs" not in heads(left) and _asks_for_integral(sides.query):
        right = _without_signs(right)
    names = symbols(left) | symbols(right)
    if names and Pair(left, right, names).over_the_reals(Apart()).holds:
        yield Decision(True, "antiderivative", "the same but for a constant")


_LOGARITHMS = frozenset(["ln", "log"])


def _without_signs(node: Expression) -> Expression:
    """`\\ln|u|` as `\\ln u`: an answer may be careful where the reference leaves out what is below zero."""
    match node:
        case Apply(name=name, args=(Apply(name="abs", args=(inner,)),)) if name in _LOGARITHMS:
            return Apply(name, (inner,))
        case Apply(name=name, args=args):
            return Apply(name, tuple(map(_without_signs, args)))
    return node


@lru_cache(maxsize=64)
def _asks_for_integral(query: str) -> bool:
    return _INTEGRATES.search(query.lower()) is not None


def _without_constant(node: Expression) -> tuple[Expression, str] | None:
    """A sum without its constant of integration, and the name of that; None for any other tree."""
    if not isinstance(node, Apply) or node.name != "add":
        return None
    constants = [part for part in node.args if isinstance(part, Symbol) and _CONSTANT.fullmatch(part.name)]
    rest = tuple(part for part in node.args if part not in constants)
    if len(constants) != 1 or any(constants[0].name in symbols(part) for part in rest):
        return None
    return Apply("add", (number(0), *rest)), constants[0].name


def _with_any_constant(node: Expression) -> tuple[Expression, str] | None:
    """`\\frac{x^3+C}{3}` or `\\ln|kx|` at one value of their constant, which must be free to take any value.

    It is where the tree is linear in it, or in its logarithm, to which doubling adds one number each time.
    """
    names = [name for name in symbols(node) if _CONSTANT.fullmatch(name)]
    if len(names) != 1 or len(symbols(node)) == 1:
        return None
    (name,) = names
    at = {value: replace(node, {name: number(value)}) for value in (0, 1, 2, 3, 4, 8)}
    for base, steps in ((0, (1, 2, 3)), (1, (2, 4, 8))):
        first = difference(at[steps[0]], at[base])
        if all(
            _is_multiple(difference(at[step], at[base]), first, times) for times, step in enumerate(steps, 1)
        ):
            return at[base], name
    return None


def _is_multiple(node: Expression, first: Expression, times: int) -> bool:
    """Whether a tree is the same number everywhere, not zero, and so many times the first."""
    constant = Pair(node, number(0), symbols(node)).over_the_reals(Apart()) if symbols(node) else None
    if constant is not None and not constant.holds:
        return False
    return bool(scalar_equal(node, Apply("mul", (number(times), first)))) and not scalar_equal(
        node, number(0)
    )
