"""Functions with their powers, bases and arguments, with or without parentheses."""

from __future__ import annotations

from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.names import CONSTANTS, FUNCTIONS, GREEK, INVERSES, split_word
from dartmath.verify.parsing.rules import Rules
from dartmath.verify.parsing.tokens import Token
from dartmath.verify.tree.expression import Apply, Constant, Expression, Group, Number, Symbol, number


def function_call(g: Rules, name: str) -> Expression:
    """A function with its power, base and argument: `\\sin^2 x`, `\\log_2(8)`."""
    power: Expression | None = None
    base: Expression | None = None
    while g.is_op("^", "_"):
        if g.take().text == "^":
            power = g.exponent()
        else:
            base = _base(g)
    argument = _argument(g)
    if isinstance(argument, Group) and (name in _SEVERAL or _is_grouping(argument)):
        arguments = argument.items
    else:
        arguments = (argument,)
    if name == "log" and len(arguments) + (base is not None) > _WITH_BASE:
        arguments = (argument,)
    if base is not None:
        arguments = (*arguments, base)
    if name == "root" and len(arguments) == 1:
        arguments = (*arguments, number(2))
    if power == number(-1) and name in INVERSES:
        return Apply(INVERSES[name], arguments)
    made = Apply(name, arguments)
    return made if power is None else Apply("pow", (made, power))


def _is_grouping(argument: Group) -> bool:
    """Whether braces stand for parentheses: `\\exp\\{-x\\}`."""
    return argument.brackets == "{}" and len(argument.items) == 1 and isinstance(argument.items[0], _VALUES)


_VALUES = (Apply, Symbol, Number, Constant)


def _base(g: Rules) -> Expression:
    """The base of a logarithm; of `\\log_28` the first digit, as TeX reads it, for want of an argument."""
    kind, text, _, _ = g.token
    if kind == "num" and len(text) > 1 and text.isdigit() and not _starts_argument(g.peek(1)):
        g.split(text[0], text[1:])
    return g.atom()


def _starts_argument(token: Token) -> bool:
    return token.kind in ("open", "num", "word", "cmd", "begin") or token.key == ("op", "|")


_SEVERAL = frozenset(["max", "min", "gcd", "lcm", "binom", "root", "log"])
"""Functions of several arguments; the second of `log(8, 2)` is its base, as in every program."""

_WITH_BASE = 2
"""Arguments of a logarithm at most, its base among them."""


def _argument(g: Rules) -> Expression:
    """A bracketed argument, or the factors that stand without a sign between them."""
    if g.token.kind == "open" and g.token.text in "([{S":
        opening = g.take().text
        g.unitless += 1
        inner = g.bracketed(opening)
        g.unitless -= 1
        return inner if opening != "{" else g.postfix(inner)
    factors = [g.factor(signed=True)]
    for _ in range(20):
        is_before_name = isinstance(factors[-1], Number) and _is_name(g.peek(1))
        if g.is_op("*") and (is_before_name or _is_before_frequency(g, factors)):
            g.take()
        elif not g.starts_factor() or not _continues(g.token):
            break
        factors.append(g.factor())
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


def _is_before_frequency(g: Rules, factors: list[Expression]) -> bool:
    """Whether a multiple of pi goes on with a number and a name, `\\sin 2\\pi \\times 50 t`.

    Alone it has no sine but zero, which nobody writes so.
    """
    is_turn = factors[-1] == Constant("pi") and all(isinstance(factor, Number) for factor in factors[:-1])
    if not is_turn or g.peek(1).kind != "num":
        return False
    if g.peek(2).kind == "text":
        raise NotationError(f"{g.peek(2).text!r} is no unit in the argument of a function")
    return _is_name(g.peek(2))


def _is_name(token: Token) -> bool:
    kind, text, _, _ = token
    return (kind == "word" and len(text) == 1) or (kind == "cmd" and (text in GREEK or text in CONSTANTS))


def _continues(token: Token) -> bool:
    kind, text, _, _ = token
    if kind == "word":
        parts = split_word(text)
        return parts is not None and parts[0] not in FUNCTIONS
    return kind == "cmd" and (text in ("frac", "sqrt") or text in GREEK or text in CONSTANTS)
