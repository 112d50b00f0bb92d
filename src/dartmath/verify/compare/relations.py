"""Equations, assignments and definitions of functions."""

from __future__ import annotations

from dartmath.verify.compare.rounding import distance
from dartmath.verify.language.names import UNKNOWN_FUNCTIONS, listed
from dartmath.verify.numeric.equality import Decision, scalar_equal
from dartmath.verify.numeric.ratio import constant_ratio
from dartmath.verify.tree.expression import (
    BOUND,
    Apply,
    Constant,
    Expression,
    Group,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    heads,
    number,
    replace,
    symbols,
)

_BUILT_IN_HEADS = frozenset(
    listed("add mul neg div pow root ratio union intersection difference degree percent")
)


def is_equation(node: Expression) -> bool:
    """Whether a tree is a chain of equalities."""
    return isinstance(node, Relation) and all(sign == "=" for sign in node.operators)


def is_name(node: Expression) -> bool:
    """Whether a side of an equation only names what the other side is."""
    match node:
        case Symbol() | Text() | Constant(name="e" | "i"):
            return True
        case Apply(name="degree", args=(Symbol(),)):
            return True  # `E^\\circ`, of a standard state
        case Apply(name="ratio", args=parts):
            return all(isinstance(part, Symbol) for part in parts)
        case Apply(name="div", args=(over, under)):
            return _is_differential(over) and _is_differential(under)
        case Apply(name="mul", args=(*factors,)):
            return _is_composed_name(factors)
        case Group(items=items):
            return all(is_name(item) or _is_applied(item) for item in items)
        case Apply(name=name, args=args):
            return _is_unknown(name) or (name not in _BUILT_IN_HEADS and name.startswith("@") and bool(args))
    return False


_VARIATION = 2
"""Names in `\\delta y`, a small change of y."""


def _is_composed_name(factors: list[Expression]) -> bool:
    """`\\Delta S`, `\\nabla f`, `\\angle ABC` and `(f \\circ g)(x)`, which the grammar reads as products."""
    names = [part.name for part in map(_without_degree, factors) if isinstance(part, Symbol)]
    marked = any(name in ("Delta", "nabla", "angle", "triangle") or "∘" in name for name in names)
    marked = marked or (names[:1] == ["delta"] and len(names) == _VARIATION)
    return marked and len(names) == len(factors)


def _is_differential(node: Expression) -> bool:
    """`d\\sigma`, of which a derivative is a quotient."""
    match node:
        case Apply(name="mul", args=(Symbol(name="d"), Symbol())):
            return True
    return False


def _without_degree(node: Expression) -> Expression:
    """`G` of `\\Delta G^\\circ`, the circle of a standard state."""
    return node.args[0] if isinstance(node, Apply) and node.name == "degree" else node


def _is_constant(sides: tuple[Expression, ...]) -> bool:
    """`F(x, y) = c`: a family of curves, not a value for c."""
    right = sides[-1]
    return isinstance(right, Symbol) and right.name[0] in "cCkK" and bool(symbols(sides[0]))


def _is_applied(node: Expression) -> bool:
    """`P(x)` read as a product, where a tuple of names stands."""
    return (
        isinstance(node, Apply) and node.name == "mul" and all(isinstance(part, Symbol) for part in node.args)
    )


def assigned(node: Expression) -> Expression | None:
    """The value that an equation gives to a name: the last side of `x = 3 + 4 = 7`, or of `5 = x`.

    None when the equation is no assignment: `x^2 + y^2 = 4`.
    """
    if not isinstance(node, Relation) or not is_equation(node):
        return None
    sides = node.sides
    if is_name(sides[0]) and not _occurs(sides[0], sides[-1]):
        return sides[-1]
    if (
        is_name(sides[-1])
        and len(node.operators) == 1
        and not _occurs(sides[-1], sides[0])
        and not _is_constant(sides)
    ):
        return sides[0]
    if not symbols(node) and all(_comes_to(_bare(sides[0]), _bare(side)) for side in sides[1:]):
        return sides[-1]
    return None


ROUNDED_RESULT = 100
"""The share, its reciprocal, of a computed value that its result may be away: it may be rounded."""


def _comes_to(one: Expression, two: Expression) -> bool:
    """Whether a calculation has a result, exactly or rounded: `\\frac{145.24}{49} = 2.96`."""
    if scalar_equal(one, two):
        return True
    apart, size = distance(one, two), distance(one, number(0))
    return isinstance(one, Apply) and apart is not None and size is not None and apart * ROUNDED_RESULT < size


def _bare(side: Expression) -> Expression:
    return side.value if isinstance(side, Quantity) else side


def _occurs(name: Expression, value: Expression) -> bool:
    return isinstance(name, Symbol) and name.name in symbols(value)


def label(node: Expression) -> str | None:
    """What an assignment gives a value to, as text."""
    if isinstance(node, Relation) and is_equation(node):
        side = node.sides[0] if is_name(node.sides[0]) else node.sides[-1]
        return (str(side).lower() if isinstance(side, Text) else str(side)) if is_name(side) else None
    return None


def definition(node: Expression) -> tuple[str, tuple[Symbol, ...], Expression] | None:
    """`f(x, y) = body` as (name, arguments, body)."""
    if not isinstance(node, Relation) or not is_equation(node):
        return None
    head = node.sides[0]
    if isinstance(head, Apply) and head.name not in _BUILT_IN_HEADS and is_name(head):
        arguments = tuple(part for part in head.args if isinstance(part, Symbol))
        if any(part.name.isupper() and part.name not in symbols(node.sides[-1]) for part in arguments):
            return None  # an event, a point or a set, as in P(A) = 0.5, and no variable
        if len(arguments) == len(head.args) == len({part.name for part in arguments}):
            return head.name.lstrip("@"), arguments, node.sides[-1]
    return None


def generic(arguments: tuple[Symbol, ...], body: Expression) -> Expression:
    """The body of a definition with its arguments numbered, so that no other symbol is one of them."""
    return replace(body, {part.name: Symbol(f"#{place}") for place, part in enumerate(arguments)})


def same_equation(reference: Relation, answer: Relation) -> Decision:
    """Equations are the same when what is left after moving all to one side is proportional."""
    ours, theirs = definition(reference), definition(answer)
    if ours and theirs and len(ours[1]) == len(theirs[1]):
        if ours[0] != theirs[0]:
            return Decision(False, "definition", f"{theirs[0]} is defined, not {ours[0]}")
        return scalar_equal(generic(*ours[1:]), generic(*theirs[1:]))
    left, right = label(reference), label(answer)
    if left is not None and right is not None and left != right and left[0] == right[0] == "@":
        return Decision(False, "equation", f"a value of {right[1:]}, not of {left[1:]}")
    if left is not None and left == right:
        value, other = assigned(reference), assigned(answer)
        if value is not None and other is not None and (found := scalar_equal(value, other)):
            return found
    if len(reference.operators) == len(answer.operators) == 1:
        return _proportional(reference.sides, answer.sides)
    if len(reference.operators) == 1 and reference.sides[0] == answer.sides[0]:
        last = scalar_equal(reference.sides[1], answer.sides[-1])
        return Decision(last.equal, "equation", f"the ends of a chain: {last.reason}")
    return Decision(False, "equation", "chains of different length")


def _proportional(ours: tuple[Expression, ...], theirs: tuple[Expression, ...]) -> Decision:
    one, two = difference(*ours), difference(*theirs)
    if _applies_unknown(one) and _applies_unknown(two) and constant_ratio(_opaque(one), _opaque(two)):
        return Decision(True, "equation", "proportional in the values of functions")
    names = symbols(one) | symbols(two)
    if not names or scalar_equal(one, number(0)) or scalar_equal(two, number(0)):
        return _same_sides(ours, theirs)
    found = constant_ratio(one, two)
    if found is None:
        return Decision(None, "undecided", "the equations could not be evaluated")
    return Decision(found, "equation", f"{'' if found else 'not '}proportional after moving all to one side")


def _same_sides(ours: tuple[Expression, ...], theirs: tuple[Expression, ...]) -> Decision:
    """Equations that always hold, or hold between constants, must be the same as written."""
    for pair in (theirs, theirs[::-1]):
        if all(str(one) == str(two) for one, two in zip(ours, pair, strict=True)):
            return Decision(True, "equation", "the same sides")
    if heads(ours[0]) & BOUND and heads(theirs[0]) & BOUND and scalar_equal(theirs[0], theirs[-1]):
        return Decision(
            bool(scalar_equal(ours[-1], theirs[-1])), "equation", "the value of an integral or limit"
        )
    straight = all(
        _same_leaves(one, two) and scalar_equal(one, two) for one, two in zip(ours, theirs, strict=True)
    )
    return Decision(straight, "equation", "statements about constants, compared side by side")


def _same_leaves(one: Expression, two: Expression) -> bool:
    """Whether two sides are made of the same function names, so that `log_5 25` is not `log_4 16`."""
    return sorted(_heads(one)) == sorted(_heads(two))


def _heads(node: Expression) -> list[str]:
    from dartmath.verify.tree.expression import children

    own = [str(node)] if isinstance(node, Number | Symbol) else [node.name] if isinstance(node, Apply) else []
    return own + [head for part in children(node) for head in _heads(part)]


def difference(left: Expression, right: Expression) -> Expression:
    """left - right."""
    return Apply("add", (left, Apply("neg", (right,))))


def _opaque(node: Expression) -> Expression:
    """A tree in which each value of an unknown function, `f(2)`, is a symbol of its own."""
    if not isinstance(node, Apply):
        return node
    if _is_unknown(node.name):
        return Symbol(str(node).lstrip("@"))
    return Apply(node.name, tuple(map(_opaque, node.args)))


def _applies_unknown(node: Expression) -> bool:
    return any(map(_is_unknown, heads(node)))


def _is_unknown(name: str) -> bool:
    """Whether a head is a letter for a function: `f`, `@f`, `f'`, `f_1`; any letter is with a prime."""
    if name[-1:] == "'":
        return True
    return name.lstrip("@").partition("_")[0].rstrip("'").removesuffix("^{-1}") in UNKNOWN_FUNCTIONS


def solves_for_y(equation: Relation, value: Expression) -> bool:
    """Whether an equation, linear in y, says `y = value` for a value in which y does not occur."""
    if len(equation.operators) != 1 or "y" not in symbols(equation) or "y" in symbols(value):
        return False
    residual = difference(*equation.sides)
    at = [replace(residual, {"y": number(point)}) for point in (0, 1, 2)]
    slopes = difference(at[1], at[0]), difference(at[2], at[1])
    if symbols(value) - symbols(equation) or not scalar_equal(*slopes) or scalar_equal(slopes[0], number(0)):
        return False
    return bool(scalar_equal(replace(residual, {"y": value}), number(0)))
