"""Definite integrals and limits of the grammar; what is none that can be read is a symbol of its own."""

from __future__ import annotations

from collections.abc import Callable

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.names import GREEK, listed
from dartmath.verify.parsing.cursor import MAX_DEPTH, NESTING
from dartmath.verify.parsing.rules import Rules
from dartmath.verify.parsing.tokens import Token
from dartmath.verify.tree.expression import Apply, Expression, Symbol, number

_DIFFERENTIAL = regex(r"(?P<factors>[a-zA-Z]*)d(?P<name>[a-zA-Z])")
_ENDS = frozenset(listed("= != < <= > >= , ; and or approx newline &"))
_SIDES = {"+": 1, "-": -1}


def integral(g: Rules) -> Expression:
    """`\\int_a^b f(x)\\,dx`; without limits, or where the rest cannot be read, a symbol of its own."""
    return _read_or_opaque(g, _definite)


def limit(g: Rules) -> Expression:
    """`\\lim_{x \\to a} f(x)`; where it cannot be read, a symbol of its own."""
    return _read_or_opaque(g, _limit)


def opaque(g: Rules) -> Expression:
    """What stands up to the next sign of a relation as a symbol named by its own notation."""
    depth, parts = 0, [g.tokens[g.at - 1].text]
    while True:
        kind, text, _, _ = g.token
        if kind == "stop" or (kind == "close" and depth == 0):
            break
        if depth == 0 and kind == "op" and text in _ENDS:
            break
        depth += (kind == "open") - (kind == "close")
        parts.append(text)
        g.take()
    return Symbol(" ".join(parts)[:400])


def _read_or_opaque(g: Rules, rule: Callable[[Rules], Expression]) -> Expression:
    before, tokens, depth = g.at, list(g.tokens), g.depth
    try:
        return rule(g)
    except NotationError:
        g.at, g.tokens, g.depth = before, tokens, depth
        return opaque(g)


def _definite(g: Rules) -> Expression:
    if not g.accept("_"):
        raise NotationError("an integral without limits")
    low = g.atom()
    if not g.accept("^"):
        raise NotationError("an integral without an upper limit")
    high = g.exponent()
    place, factors, name, width = _differential(g)
    if _depth(g.tokens[g.at : place]):
        g.tokens[place : place + width] = factors or [g.tokens[place]._replace(kind="num", text="1")]
        body = g.term()
    else:
        body = _parsed(g, [*g.tokens[g.at : place], *factors])
        g.at = place + width
    return Apply("integral", (body, Symbol(name), low, high))


def _differential(g: Rules) -> tuple[int, list[Token], str, int]:
    """Where `dx` stands that belongs to this integral, the factors written with it, its name and length."""
    inner = 0
    for place in range(g.at, len(g.tokens) - 2):
        token, after = g.tokens[place], g.tokens[place + 1]
        inner += token.key == ("cmd", "int")
        if token.kind != "word":
            continue
        found = _DIFFERENTIAL.fullmatch(token.text)
        greek = token.text == "d" and (after.text in GREEK or (after.kind == "word" and len(after.text) == 1))
        if not found and not greek:
            continue
        if inner:
            inner -= 1
            continue
        if greek:
            return place, [], after.text, 2
        assert found is not None
        factors = [token._replace(text=found["factors"])] if found["factors"] else []
        return place, factors, found["name"], 1
    raise NotationError("an integral without a differential")


def _depth(tokens: list[Token]) -> int:
    return sum(NESTING.get(token.kind, 0) for token in tokens)


def _parsed(g: Rules, tokens: list[Token]) -> Expression:
    """The tree of a part of the tokens; of none, 1."""
    if not tokens:
        return number(1)
    if g.depth >= MAX_DEPTH:
        raise NotationError(f"nested deeper than {MAX_DEPTH}")
    part = type(g)(tokens)
    part.depth = g.depth + 1
    found = part.union()
    if part.token.kind != "stop":
        raise NotationError(f"{part.token.text!r} left over")
    return found


def _limit(g: Rules) -> Expression:
    if not g.accept("_") or g.take().key != ("open", "{"):
        raise NotationError("a limit without its point")
    end, depth = g.at, 1
    while depth and g.tokens[end].kind != "stop":
        depth += NESTING.get(g.tokens[end].kind, 0)
        end += 1
    names, arrow, point = g.tokens[g.at : g.at + 1], g.peek(1).key, g.tokens[g.at + 2 : end - 1]
    if arrow != ("op", "to") or not point:
        raise NotationError("a limit without an arrow")
    side, point = _side(point)
    place = _parsed(g, point)
    g.at = end
    return Apply("limit", (g.term(), Symbol(names[0].text), place, number(side)))


def _side(point: list[Token]) -> tuple[int, list[Token]]:
    """1, -1 or 0 for `a^+`, `a^-` or `a`, and the tokens of a."""
    plain = [token for token in point if token.text not in "{}"]
    if plain[:-2] and plain[-2].key == ("op", "^") and plain[-1].text in _SIDES:
        cut = next(place for place in range(len(point) - 1, -1, -1) if point[place].key == ("op", "^"))
        return _SIDES[plain[-1].text], point[:cut]
    return 0, point
