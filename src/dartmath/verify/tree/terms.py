"""Trees of signed terms, products, quotients and ratios, as the grammar puts them together."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeGuard

from dartmath.verify.tree.expression import Apply, Expression, Group, Matrix, Number, Symbol, number

_ANGLES = {"degree": 1, "arcminute": 60, "arcsecond": 3600}


def with_sign(sign: str | None, term: Expression) -> Expression:
    """A term behind a sign; no sign leaves it as it is."""
    if sign == "-":
        return negated(term)
    return Apply(sign, (term,)) if sign in ("pm", "mp") else term


def negated(term: Expression) -> Expression:
    """The negative of a term; of a literal it is again a literal, of a tuple a tuple."""
    if isinstance(term, Number):
        return Number(-term.value, term.places, term.digits)
    if _is_tuple(term) and isinstance(term, Group):
        return Group(term.brackets, tuple(negated(item) for item in term.items))
    return Apply("neg", (term,))


def added(parts: list[Expression]) -> Expression:
    """The sum of terms; of one term that term."""
    return parts[0] if len(parts) == 1 else Apply("add", tuple(parts))


def added_tuples(parts: list[Expression]) -> Expression:
    """The sum of terms of which one may be a tuple; tuples are added as the columns that they stand for."""
    if len(parts) > 1 and any(_is_tuple(_last_factor(part)) for part in parts):
        parts = [_with_column(part) for part in parts]
    return added(parts)


def _is_tuple(node: Expression) -> bool:
    return isinstance(node, Group) and node.brackets in ("()", "<>") and len(node.items) > 1


def _last_factor(node: Expression) -> Expression:
    return node.args[-1] if isinstance(node, Apply) and node.name in ("mul", "neg") else node


def _with_column(part: Expression) -> Expression:
    """`t(1, 2)` and `(1, 2)` with a column in place of the tuple."""
    if isinstance(part, Apply) and part.name in ("mul", "neg"):
        return Apply(part.name, (*part.args[:-1], _with_column(part.args[-1])))
    if _is_tuple(part) and isinstance(part, Group):
        return Matrix(tuple((item,) for item in part.items))
    return part


def product(factors: list[Expression]) -> Expression:
    """The product of factors; degrees, minutes and seconds side by side are one angle."""
    if len(factors) == 1:
        return factors[0]
    if all(isinstance(factor, Apply) and factor.name in _ANGLES for factor in factors):
        return _angle(factors)
    return Apply("mul", tuple(factors))


def _angle(parts: list[Expression]) -> Expression:
    terms = [
        Apply("div", (part.args[0], number(_ANGLES[part.name]))) for part in parts if isinstance(part, Apply)
    ]
    return Apply("degree", (Apply("add", tuple(terms)),))


def quotient(top: Expression, bottom: Expression) -> Expression:
    """A fraction; `dy` over `dx`, or `\\partial f` over `\\partial x`, is the name of a derivative."""
    if isinstance(top, Number) and isinstance(bottom, Number):
        return Apply("div", (top, bottom))
    if not isinstance(top, Number) and _is_differential(top) and _is_differential(bottom):
        return Symbol(f"{top}/{bottom}")
    if _is_spaced_differential(top) and _is_spaced_differential(bottom):
        return Symbol(f"d{top.args[1]}/d{bottom.args[1]}")
    order, below = _higher_differential(top), _higher_differential(bottom)
    if order is not None and below is not None and order[0] == below[0] and below[1][0] == "d":
        return Symbol(f"d^{order[0]}{order[1]}/{below[1]}^{order[0]}")
    return Apply("div", (top, bottom))


def _is_spaced_differential(node: Expression) -> TypeGuard[Apply]:
    """Whether a tree is `d y`, with a space as typeset text has it."""
    match node:
        case Apply(name="mul", args=(Symbol(name="d"), Symbol(name=name))):
            return len(name) == 1
    return False


def _higher_differential(node: Expression) -> tuple[int, str] | None:
    """The order and the name of `d^2 y` and of `dx^2`; None for any other tree."""
    match node:
        case Apply(name="pow", args=(Symbol(name=name), Number(value=order))) if name[0] == "d":
            return (int(order), name) if len(name) > 1 else None
        case Apply(
            name="mul",
            args=(Apply(name="pow", args=(Symbol(name="d"), Number(value=order))), Symbol(name=name)),
        ):
            return int(order), name
        case Apply(
            name="mul",
            args=(Symbol(name="d"), Apply(name="pow", args=(Symbol(name=name), Number(value=order)))),
        ):
            return int(order), f"d{name}"
    return None


def _is_differential(node: Expression) -> bool:
    match node:
        case Symbol(name=name):
            return len(name[1:]) == 1 and name[0] == "d"
        case Apply(name="mul", args=(Symbol(name="partial"), Symbol())):
            return True
    return False


def ratio(left: Expression, right: Expression) -> Expression:
    """`a : b`, or a longer ratio when the right side is one."""
    tail = right.args if isinstance(right, Apply) and right.name == "ratio" else (right,)
    return Apply("ratio", (left, *tail))


def proper_fraction(part: Expression) -> Fraction | None:
    """The value of a fraction of whole numbers between 0 and 1; None for any other tree."""
    match part:
        case Apply(name="div", args=(Number(value=top, places=None), Number(value=bottom, places=None))):
            return top / bottom if top.denominator == 1 == bottom.denominator and 0 <= top < bottom else None
    return None
