"""Atoms of the grammar: numbers, names, commands with arguments, brackets and environments."""

from __future__ import annotations

from collections.abc import Callable

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.names import CONSTANTS, FUNCTIONS, GREEK, MAX_LETTERS, UNKNOWN_FUNCTIONS, listed
from dartmath.verify.parsing.applications import function_call
from dartmath.verify.parsing.bases import number_in_base
from dartmath.verify.parsing.brackets import bars, bracketed, environment
from dartmath.verify.parsing.calculus import integral, limit, opaque
from dartmath.verify.parsing.cursor import STOP, closes, letter
from dartmath.verify.parsing.rules import Rules
from dartmath.verify.tree.expression import (
    Apply,
    Constant,
    Expression,
    Group,
    Matrix,
    Named,
    Symbol,
    number,
)
from dartmath.verify.tree.literals import literal
from dartmath.verify.tree.terms import quotient

MAX_DIAGONAL = 16
"""Entries of a diagonal; a matrix has their square."""

_POINTS = regex("[A-Z]{3}")
_NAME_GOES_ON = frozenset(["_", "'", "^", "("])
"""Signs behind a name that may belong to it."""

_DECORATIONS = frozenset(
    listed("vec hat bar overline tilde overrightarrow widehat widetilde mathring overleftrightarrow mathfrak")
)


def atom(g: Rules) -> Expression:
    """The next atom of the grammar `g`."""
    kind, text, _, end = g.take()
    if kind == "num":
        return _number(g, text)
    if text == "diag" and kind in ("text", "word") and g.token.key == ("open", "("):
        return _diagonal(g)
    if kind == "word":
        return _word(g, text, end)
    if kind == "open":
        return bracketed(g, text)
    if kind == "cmd":
        return _command(g, text)
    if kind == "begin":
        return environment(g, text)
    if kind == "op" and text == "|":
        return bars(g)
    if kind == "op" and text == "<":
        return bracketed(g, "<")
    is_part = g.at > 1 or g.token is not STOP
    if kind == "text" and len(text) <= MAX_LETTERS and text.isalpha() and is_part:
        return _symbol(g, text)
    raise NotationError(f"{text or 'the end'!r} where a value should stand")


def _diagonal(g: Rules) -> Expression:
    """The square matrix that `diag(2, 3)` abbreviates."""
    inner = bracketed(g, g.take().text)
    entries = inner.items if isinstance(inner, Group) else (inner,)
    if len(entries) > MAX_DIAGONAL:
        raise NotationError("a diagonal that is too long")
    places = range(len(entries))
    return Matrix(tuple(tuple(entries[row] if row == at else number(0) for at in places) for row in places))


def _number(g: Rules, text: str) -> Expression:
    kind, word, _, _ = g.tokens[g.at]
    if word == "_" and kind == "op":
        return number_in_base(g, text)
    if kind == "word" and word in ("st", "nd", "rd", "th") and text.isdigit():
        g.take()
    return literal(text)


def _word(g: Rules, word: str, end: int) -> Expression:
    parts = (word,) if len(word) == 1 else g.letters(word)
    if parts is None:
        raise NotationError(f"the word {word!r}")
    if len(parts) > 1:
        g.at -= 1
        g.split(*parts)
        g.take()
    name = parts[0]
    if name in FUNCTIONS:
        return function_call(g, FUNCTIONS[name])
    if name in ("sqrt", "cbrt"):
        return Apply("root", (_root_argument(g), number(2 if name == "sqrt" else 3)))
    if name == "C" and g.token.key == ("open", "(") and _binomial_follows(g):
        arguments = bracketed(g, g.take().text)
        return Apply("binom", arguments.items if isinstance(arguments, Group) else (arguments,))
    if name in CONSTANTS and name != "I":
        return _subscripted(g, name) if g.is_op("_") else Constant(CONSTANTS[name])
    if len(parts) == 1 and g.token.kind == "num" and g.token.start == end and g.token.text.isdigit():
        return Symbol(f"{name}_{g.take().text}")
    return _symbol(g, name)


def _binomial_follows(g: Rules) -> bool:
    """Whether `C(n, k)` is meant, not a point named C."""
    (whole, top, *_), sign, (part, bottom, *_), end = (g.peek(ahead) for ahead in range(1, 5))
    if sign.key != ("op", ",") or end.kind != "close" or part != "num" or not bottom.isdigit():
        return False
    return (whole == "word" and top in ("n", "m", "N")) or (top.isdigit() and int(top[:9]) >= int(bottom[:9]))


def _symbol(g: Rules, name: str) -> Expression:
    """A symbol with its subscript; a symbol that is applied to what follows."""
    if g.tokens[g.at].text not in _NAME_GOES_ON:
        return Symbol(name)
    symbol = _subscripted(g, name)
    base = symbol.name.partition("_")[0].rstrip("'")
    if base in UNKNOWN_FUNCTIONS or _is_value_at_point(g, base) or _is_derivative(g, base):
        while g.accept("'"):
            symbol = Symbol(symbol.name + "'")
        if [g.peek(k).text for k in range(5)] == ["^", "{", "-", "1", "}"]:
            g.at += 5
            symbol = Symbol(symbol.name + "^{-1}")
        if g.token.key == ("open", "("):
            arguments = bracketed(g, g.take().text)
            items = arguments.items if isinstance(arguments, Group) else (arguments,)
            return Apply(symbol.name, items)
    return symbol


def _is_value_at_point(g: Rules, name: str) -> bool:
    """`I(0)` and `T(10)` are values of functions, not products with a number."""
    if g.token.text != "(" or g.peek(1).kind != "num" or g.peek(2).key != ("close", ")"):
        return False
    return g.peek(1).text == "0" or (len(name) == 1 and name.isupper())


def _is_derivative(g: Rules, name: str) -> bool:
    """`k'(s)` and `y''(0)` are values of derivatives: no other letter with a prime stands before these."""
    ahead = 0
    while g.peek(ahead).text == "'":
        ahead += 1
    if not ahead or len(name) != 1 or g.peek(ahead).text != "(" or g.peek(ahead + 2).key != ("close", ")"):
        return False
    inside = g.peek(ahead + 1)
    return inside.kind == "num" or (inside.kind == "word" and len(inside.text) == 1)


def _subscripted(g: Rules, name: str) -> Symbol:
    if not g.accept("_"):
        return Symbol(name)
    kind, text, _, _ = g.take()
    if (kind, text) != ("open", "{"):
        return Symbol(f"{name}_{text}")
    inside: list[str] = []
    depth = 1
    while depth:
        kind, text, _, _ = g.take()
        if kind in ("end", "stop"):
            raise NotationError("a subscript without an end")
        depth += (kind, text) == ("open", "{")
        depth -= (kind, text) == ("close", "}")
        inside.append(text)
    return Symbol(f"{name}_{''.join(inside[:-1])}")


def _command(g: Rules, name: str) -> Expression:
    if name in FUNCTIONS:
        return function_call(g, FUNCTIONS[name])
    if name in CONSTANTS and name != "Pi":  # a program's `Pi` is the number, the Greek capital a letter
        return Constant(CONSTANTS[name])
    if name in ("angle", "triangle") and g.token.kind == "word" and _POINTS.fullmatch(g.token.text):
        return _figure(name, g.take().text)
    if name in GREEK:
        return _symbol(g, name)
    if name in _COMMANDS:
        return _COMMANDS[name](g)
    if name in _DECORATIONS:
        return _decorated(name, _argument_group(g))
    raise NotationError(f"the command \\{name}")


def _figure(kind: str, points: str) -> Symbol:
    """`\\angle ABC` and `\\angle CBA`, with one name; a triangle is named by its points in any order."""
    if kind == "triangle":
        return Symbol(f"triangle {''.join(sorted(points))}")
    return Symbol(f"angle {min(points, points[::-1])}")


def _decorated(mark: str, inner: Expression) -> Expression:
    """A bar over one letter makes another name; an arrow over points keeps them in their order."""
    match inner:
        case Symbol(name=name) if mark in ("bar", "overline"):
            return Symbol(f"{name}\u0304")
        case Apply(name="mul", args=parts) if mark in ("vec", "overrightarrow"):
            names = [part.name for part in parts if isinstance(part, Symbol) and part.name.isupper()]
            return Symbol(f"→{''.join(names)}") if len(names) == len(parts) else inner
    return inner


def _derivative(mark: str) -> Callable[[Rules], Expression]:
    """`\\dot x` is a name of its own, unlike `\\vec x`, which is only dressed."""

    def rule(g: Rules) -> Expression:
        return Symbol(f"{_argument_group(g)}{mark}")

    return rule


def _argument_group(g: Rules) -> Expression:
    """The argument of a command: a braced group, or one token (of a number its first digit)."""
    kind, text, _, _ = g.token
    if kind == "open":
        g.at += 1
        return bracketed(g, text)
    if kind == "num" and len(text) > 1 and text.isdigit():
        g.split(text[0], text[1:])
        return literal(g.take().text)
    if kind == "word":
        g.split(*text)
        return letter(g.take().text)
    return atom(g)


def _fraction(g: Rules) -> Expression:
    g.unitless += 1
    top = _argument_group(g)
    under = _argument_group(g)
    g.unitless -= 1
    return quotient(top, under)


def _root(g: Rules) -> Expression:
    degree: Expression = number(2)
    if g.token.key == ("open", "["):
        g.take()
        degree = g.union()
        if not closes("[", g.take()):
            raise NotationError("a root's degree without an end")
    return Apply("root", (_root_argument(g), degree))


def _root_argument(g: Rules) -> Expression:
    """Without braces a whole number is meant, not its first digit: `\\sqrt12` is not `\\sqrt1 2`."""
    return atom(g)


def _binomial(g: Rules) -> Expression:
    top = _argument_group(g)
    return Apply("binom", (top, _argument_group(g)))


def _blackboard(g: Rules) -> Expression:
    kind, text, _, _ = g.take()
    if (kind, text) == ("open", "{"):
        kind, text, _, _ = g.take()
        g.take()
    return _subscripted(g, f"\\mathbb{{{text}}}")


def _number_set(name: str) -> Callable[[Rules], Expression]:
    """`\\R`, a command that many define."""

    def rule(g: Rules) -> Expression:
        return _subscripted(g, f"\\mathbb{{{name[0].upper() if name != 'integers' else 'Z'}}}")

    return rule


def _series(name: str) -> Callable[[Rules], Expression]:
    def rule(g: Rules) -> Expression:
        if not g.accept("_"):
            raise NotationError(f"a {name} without limits")
        start = atom(g) if g.token.text != "{" else _limits(g)
        if not g.accept("^"):
            raise NotationError(f"a {name} without an upper limit")
        stop = g.exponent()
        body = g.term()
        if not isinstance(start, Group):
            raise NotationError(f"a {name} without a variable")
        return Apply(name, (body, *start.items, stop))

    return rule


def _limits(g: Rules) -> Expression:
    """`{k=1}` as the pair of variable and first value."""
    g.take()
    variable = atom(g)
    if not isinstance(variable, Symbol | Constant) or not g.accept("="):
        raise NotationError("limits that are not `variable = value`")
    name = variable.name
    first = g.union()
    if not closes("{", g.take()):
        raise NotationError("limits without an end")
    return Group("", (Symbol(name), first))


def _empty_set(g: Rules) -> Expression:
    return Named("set", "empty")


_COMMANDS: dict[str, Callable[[Rules], Expression]] = {
    "frac": _fraction,
    "sqrt": _root,
    "binom": _binomial,
    "mathbb": _blackboard,
    "Bbb": _blackboard,
    "sum": _series("sum"),
    "prod": _series("product"),
    "emptyset": _empty_set,
    **{name: _number_set(name) for name in ("R", "Z", "N", "Q", "C", "reals", "integers")},
    "dot": _derivative("˙"),
    "ddot": _derivative("¨"),
    "int": integral,
    "lim": limit,
    **dict.fromkeys(("iint", "iiint", "oint"), opaque),
}
