"""An expression in Python notation -> its tree, as the paper's symbolic step reads it beside LaTeX.

The paper hands the text to SymPy's `parse_expr`, which evaluates it. Here Python's own parser makes a syntax
tree, of which only arithmetic, names, calls and tuples are read; nothing is evaluated.
"""

from __future__ import annotations

import ast
import warnings
from fractions import Fraction

from dartmath.verify.dart_math.latex import MAX_DEPTH, UNKNOWN
from dartmath.verify.language.errors import NotationError
from dartmath.verify.tree.expression import Apply, Constant, Expression, Group, Number, Symbol, number

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
_CONSTANTS = {"pi": "pi", "E": "e", "I": "i", "oo": "infinity"}
_FUNCTIONS = {
    **{name: name for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "exp")},
    **{"log": "ln", "ln": "ln", "Abs": "abs", "asin": "arcsin", "acos": "arccos", "atan": "arctan"},
    **{"factorial": "factorial", "floor": "floor", "ceiling": "ceil"},
}


def read_python(text: str) -> Expression:
    """The tree of an expression, or a `Group` of a tuple's. Raises `NotationError` for any other text."""
    try:
        # Python warns of `5or`, which is what an answer may be.
        with warnings.catch_warnings(action="ignore"):
            parsed = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise NotationError(f"no Python expression: {type(error).__name__}") from None
    return _tree(parsed, 0)


def _tree(node: ast.expr, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        raise NotationError(f"more than {MAX_DEPTH} levels")
    match node:
        case ast.Constant(value=int(value)):
            return number(value)
        case ast.Constant(value=float(value)) if abs(value) < float("inf"):
            return Number(Fraction(repr(value)), 1)
        case ast.Name(id=name):
            return Constant(_CONSTANTS[name]) if name in _CONSTANTS else Symbol(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Apply("neg", (_tree(operand, depth + 1),))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _tree(operand, depth + 1)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return Apply("add", (_tree(left, depth + 1), Apply("neg", (_tree(right, depth + 1),))))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return Apply(_OPERATORS[type(op)], (_tree(left, depth + 1), _tree(right, depth + 1)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, tuple(_tree(one, depth + 1) for one in args))
        case ast.Tuple(elts=items):
            return Group("()", tuple(_tree(one, depth + 1) for one in items))
        case ast.List(elts=items):
            return Group("[]", tuple(_tree(one, depth + 1) for one in items))
    raise NotationError(f"{type(node).__name__} is not read here")


def _call(name: str, arguments: tuple[Expression, ...]) -> Expression:
    if name == "sqrt" and len(arguments) == 1:
        return Apply("pow", (arguments[0], Apply("div", (number(1), number(2)))))
    return Apply(_FUNCTIONS.get(name, f"{UNKNOWN}{name}"), arguments)
