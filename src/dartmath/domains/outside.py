"""The value of a test's expression, of which only the calls of tested code are evaluated elsewhere.

Literals, arithmetic, comparisons and a few functions of plain values are computed here, so that the tested
code has no part in them. Powers, and products of anything but numbers, are not: they could take all memory.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Ask = Callable[[ast.expr], Any]


class Stopped(Exception):
    """What was asked elsewhere has no value."""


def _number(value: Any) -> Any:
    """A number; the remainder of a text would be a text as long as it says."""
    if not isinstance(value, int | float):
        raise TypeError("no number")
    return value


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: lambda a, b: operator.mod(_number(a), b),
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (abs, all, any, bool, float, int, len, list, max, min, round, set, sorted, str, sum, tuple)
}


def value_of(node: ast.expr, ask: Ask) -> Any:
    """The value of an expression; `ask` gives that of the parts which only the tested code knows.

    Raises `Stopped` where `ask` does, and what a wrong value makes the rest of the expression raise.
    """
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items):
            return [value_of(one, ask) for one in items]
        case ast.Tuple(elts=items):
            return tuple(value_of(one, ask) for one in items)
        case ast.Set(elts=items):
            return {value_of(one, ask) for one in items}
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {
                value_of(k, ask): value_of(v, ask) for k, v in zip(keys, values, strict=True) if k is not None
            }
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not value_of(inner, ask)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -value_of(inner, ask)
        case ast.BoolOp(op=op, values=parts):
            return _joined([*parts], ask, stops=isinstance(op, ast.Or))
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _compared(value_of(left, ask), [*zip(ops, others, strict=True)], ask)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _ARITHMETIC[type(op)](value_of(left, ask), value_of(right, ask))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _FUNCTIONS:
            return _called(node, name, [value_of(one, ask) for one in given], ask)
    return ask(node)


def _called(node: ast.Call, name: str, given: list[Any], ask: Ask) -> Any:
    """What a known function gives; tested code of its name is asked where it cannot take plain values."""
    try:
        return _FUNCTIONS[name](*given)
    except TypeError:
        if any(isinstance(part, ast.Call) for one in node.args for part in ast.walk(one)):
            raise
        return ask(node)


def _joined(parts: list[ast.expr], ask: Ask, *, stops: bool) -> Any:
    """`and` or `or`: the first part whose truth is `stops`, else the last."""
    found: Any = None
    for part in parts:
        found = value_of(part, ask)
        if bool(found) is stops:
            return found
    return found


def _compared(left: Any, rest: list[tuple[ast.cmpop, ast.expr]], ask: Ask) -> bool:
    for op, node in rest:
        right = value_of(node, ask)
        if not _COMPARISONS[type(op)](left, right):
            return False
        left = right
    return True
