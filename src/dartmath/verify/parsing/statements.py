"""Statements: values with units, relation chains, labels, side conditions; and lists of them."""

from __future__ import annotations

import re
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.money import COMMANDS, PREFIXES, SIGNS
from dartmath.verify.language.names import GREEK, MAX_PRODUCT, OF_CHEMISTRY, listed
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import (
    APPROXIMATIONS,
    NEGATION,
    OPPOSITES,
    OTHERWISE,
    PERCENT,
    one_of,
)
from dartmath.verify.numeric.exact import Inexact, rational
from dartmath.verify.parsing.amounts import changes_value
from dartmath.verify.parsing.cursor import ENDS, NESTING
from dartmath.verify.parsing.rules import Rules
from dartmath.verify.parsing.tokens import Token
from dartmath.verify.tree.expression import (
    Apply,
    Expression,
    Group,
    Named,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    children,
    symbols,
)

RELATIONS = frozenset(listed("= != < <= > >= in notin approx subset sim"))
JOINERS = frozenset([",", ";", "and", "or", "quad", "newline"])
_MONEY = {**SIGNS, **{f"\\{sign}": code for sign, code in SIGNS.items()}, **COMMANDS}
"""Token of a money sign -> its currency."""

_CONDITION = regex(
    r"(?:for|where|when|if|with|as|since|given|such|because|provided|whenever|assuming|on|over"
    r"|in which|while|but|any|all)\b",
    re.IGNORECASE,
)
_OTHERWISE = regex(one_of(*OTHERWISE), re.IGNORECASE)
_INTRODUCING = (
    *APPROXIMATIONS,
    *PREFIXES,
    *listed("exactly only is are equals at on answer"),
    "the answer is",
)
_FILLER = regex(rf"(?:{'|'.join(_INTRODUCING)})\s*[:.]?", re.IGNORECASE)
_SUBJECT = regex(r"(?:the|its|their|his|her|there)(?: [a-z]+){0,8} (?:is|are|equals)", re.IGNORECASE)


def statement(g: Rules) -> Expression:
    """One value or relation chain, with units; a condition in words behind it is left out."""
    if (only := g.lone()) is not None:
        return only
    _skip_fillers(g)
    sides = [_side(g)]
    operators: list[str] = []
    while (sign := g.tokens[g.at]).kind == "op" and sign.text in RELATIONS:
        g.at += 1
        operators.append(sign.text)
        _skip_fillers(g)
        sides.append(_side(g))
    if sign.text == "pmod":
        g.at += 1
        sides[-1] = Apply("residue", (sides[-1], g.atom()))
    if not operators and isinstance(sides[0], Number) and changes_value(g.token.text):
        raise NotationError("a number under a condition")
    _skip_condition(g)
    if not operators:
        return sides[0]
    return _chained(sides, operators)


_FAR = Fraction(1, 5)
"""Numbers that differ by more than this share of the larger one do not approximate each other."""


def are_apart(exact: Expression, other: Expression) -> bool:
    """Whether one number cannot be what approximates another, as in `3 \\approx 5`, which states neither."""
    try:
        one, two = rational(exact), rational(other)
    except Inexact:
        return False
    return abs(one - two) > _FAR * max(abs(one), abs(two))


def _chained(sides: list[Expression], operators: list[str]) -> Expression:
    """A chain without what only approximates it: `a = b \\approx 1.2` says `a = b`."""
    operators = ["approx" if sign == "sim" and _is_value(sides[-1]) else sign for sign in operators]
    while operators and operators[-1] == "approx":
        if len(operators) == 1 and (symbols(sides[0]) or isinstance(sides[0], Text)):
            operators[-1] = "="
            break
        if are_apart(sides[-2], sides[-1]):
            break
        operators.pop()
        sides.pop()
    if not operators:
        return sides[0]
    return Relation(tuple(sides), tuple("=" if sign == "approx" else sign for sign in operators))


def _is_value(side: Expression) -> bool:
    """Whether a side is a number or a quantity, which no name could stand for."""
    return isinstance(side, Quantity | Number | Apply) and not symbols(side)


def conditions(g: Rules) -> Expression:
    """Statements joined by commas, "and" or "or", as in a set-builder or a case."""
    if g.token.kind == "text" and _OTHERWISE.match(g.token.text):
        g.take()
        return Named("boolean", "true")
    _skip_words(g)
    items, joiner = [statement(g)], ","
    while (sign := g.accept(",", ";", "and", "or")) is not None:
        while g.accept(",", ";", "and", "or"):
            pass
        _skip_words(g)
        if g.token.kind in ENDS or g.is_op("newline"):
            break
        joiner = sign if sign in ("and", "or") else joiner
        items.append(statement(g))
    return items[0] if len(items) == 1 else Group("", tuple(items), joiner)


def _skip_words(g: Rules) -> None:
    while g.token.kind == "text":
        g.take()


def _skip_fillers(g: Rules) -> None:
    while True:
        kind, text, _, _ = g.tokens[g.at]
        if kind not in ("text", "word") or len(text) <= 1 or not _is_filler(kind, text):
            return
        following = g.peek(1)
        if following.kind in ("end", "stop") or following.key == ("op", "^"):
            return
        if kind == "word" and g.are_factors(g.at):
            return
        g.take()


def _is_filler(kind: str, text: str) -> bool:
    """Whether words in front of a value only introduce it: `\\text{The probability is } \\frac12`."""
    if _FILLER.fullmatch(text):
        return True
    return kind == "text" and _SUBJECT.fullmatch(text) is not None and not NEGATION.search(text)


def _side(g: Rules) -> Expression:
    """A label in words, or a value with its unit."""
    kind = g.tokens[g.at].kind
    if kind == "cmd" and (defined := _defined(g)) is not None:
        return defined
    if kind in ("word", "text"):
        label = _label(g) or _defined(g)
        if label is not None:
            return label
    currency = _currency(g) if kind in ("op", "cmd") else None
    value = g.union()
    kind, text, _, _ = g.tokens[g.at]
    if kind == "op" and text == "." and g.peek(1).kind == "close":
        g.at += 1
        kind = "close"
    if currency is None and kind in ("op", "cmd"):
        currency = _currency(g)
    tail = _tail(g) if kind in ("word", "text") else None
    if currency is not None:
        return Quantity(value, currency if tail is None else _priced(currency, tail))
    return value if tail is None else _measured(value, tail)


def _currency(g: Rules) -> str | None:
    """The money sign here, or behind a minus sign, taken out of the tokens."""
    ahead = 1 if g.is_op("-") else 0
    kind, text, _, _ = g.peek(ahead)
    if kind not in ("op", "cmd") or text not in _MONEY:
        return None
    g.drop(ahead)
    return _MONEY[text]


def _label(g: Rules) -> Text | None:
    """Words up to a relation sign or colon: `Maximum = 2`, `Paolo: 18`; not `Not a factor: 5`."""
    if len(g.tokens[g.at].text) <= MAX_PRODUCT and g.tokens[g.at + 1].kind not in ("word", "text"):
        return None
    ahead = 0
    while g.peek(ahead).kind in ("word", "text"):
        ahead += 1
    sign = g.peek(ahead)
    if not ahead or sign.kind != "op" or sign.text not in ("=", ":", "approx"):
        return None
    words = [g.peek(place).text for place in range(ahead)]
    is_symbol = len(words[0]) <= MAX_PRODUCT or words[0] in OF_CHEMISTRY
    if ahead == 1 and g.token.kind == "word" and is_symbol:
        return None
    if not any(len(word) > MAX_PRODUCT for word in words) or NEGATION.search(" ".join(words)):
        return None
    g.at += ahead
    if sign.text == ":":
        g.tokens[g.at] = sign._replace(text="=")
    return Text(" ".join(words))


_MAX_HEAD = 40
"""Tokens of the head of a definition: a function of a few letters."""


def _defined(g: Rules) -> Apply | None:
    """`p(x)` or `\\sigma(\\omega)` in front of an equality sign: the head of a definition, of whatever."""
    kind, text, _, _ = g.token
    is_letter = (kind == "word" and len(text) == 1) or (kind == "cmd" and text in GREEK)
    if not is_letter or g.peek(1).key != ("open", "("):
        return None
    depth, ahead = 0, 1
    while ahead < _MAX_HEAD:
        token = g.peek(ahead)
        depth += NESTING.get(token.kind, 0)
        ahead += 1
        if token.kind == "stop" or depth == 0:
            break
    if depth or g.peek(ahead).key != ("op", "="):
        return None
    before = g.at
    g.at += 2
    try:
        inner = g.bracketed("(")
    except NotationError:
        g.at = before
        return None
    items = inner.items if isinstance(inner, Group) else (inner,)
    arguments = Symbol | Number if kind == "word" else Symbol
    if not all(isinstance(item, arguments) for item in items):
        g.at = before
        return None
    return Apply(f"@{text}", items)


def _tail(g: Rules) -> str | None:
    """Unit words behind a value, up to a separator, a relation or the end; else None."""
    kind, text, _, _ = g.token
    if kind not in ("text", "word") or (kind == "text" and _CONDITION.match(text)):
        return None
    if kind == "word" and _CONDITION.fullmatch(text) and text != "in":
        return None
    words: list[str] = []
    ahead = 0
    while _is_tail_part(g.peek(ahead)):
        words.append(g.peek(ahead).text)
        ahead += 1
        if words[-1] in ("for", "where", "when", "if"):
            ahead -= 1
            words.pop()
            break
    after = g.peek(ahead)
    if (
        after.kind not in ENDS
        and after.kind not in ("text", "word")
        and not (
            after.kind == "op" and (after.text in JOINERS or after.text in RELATIONS or after.text in ".&")
        )
    ):
        return None
    phrase = " ".join(words)
    if not words or NEGATION.search(phrase):
        return None
    g.at += ahead
    return phrase


def _is_tail_part(token: Token) -> bool:
    kind, text, _, _ = token
    return kind in ("word", "text") or (kind == "num" and len(text) == 1) or token.key in _TAIL_OPS


_TAIL_OPS = frozenset(
    [("op", "/"), ("op", "^"), ("op", "*"), ("open", "{"), ("close", "}"), ("op", "-"), ("op", "'")]
)


def _measured(value: Expression, unit: str) -> Expression:
    if unit.endswith(".") and "." not in unit[:-1]:
        unit = unit[:-1]
    if unit in ("degree", "degrees", "deg"):
        return Apply("degree", (value,))
    if unit in PERCENT:
        return Apply("percent", (value,))
    known = parse_unit(unit)
    if changes_value(known.noun if known.known else unit) or unit.startswith("by "):
        raise NotationError(f"{unit!r} changes the number before it")
    if not known.known and " " in unit and not _holds_number(value):
        raise NotationError(f"{unit!r} is what a sentence says of a letter, and not what it counts")
    return Quantity(value, unit if known.known else f"~{unit}")


def _holds_number(node: Expression) -> bool:
    return isinstance(node, Number) or any(map(_holds_number, children(node)))


def _priced(currency: str, tail: str) -> str:
    """A rate of money where the words behind the amount are one, `$5 per hour`; `$5 each` is $5.

    A word that has an opposite is kept: a profit is no loss.
    """
    rate = f"{currency} {tail}"
    if tail.startswith("per ") and parse_unit(rate).known:
        return rate
    said = [word for word in tail.lower().split() if word in _DIRECTIONS]
    return " ".join([currency, *said])


_DIRECTIONS = frozenset(word for pair in OPPOSITES for word in pair)

_CLAUSE_ENDS = frozenset(("op", sign) for sign in ("newline", ";", "and", "or", "&"))


def _skip_condition(g: Rules) -> None:
    """Leave out `for all x`, `where k is an integer`, and prose that says something about a value."""
    kind, text, _, _ = g.token
    in_words = kind in ("text", "word") and (_CONDITION.match(text) or _is_prose(kind, text))
    if not in_words and (kind, text) != ("cmd", "forall"):
        return
    if text.lower() == "over" and g.peek(1).kind == "num":  # `1 over 8` is no value on something
        return
    depth = 0
    while True:
        token = g.token
        if token.kind == "stop":
            return
        depth += NESTING.get(token.kind, 0)
        if depth < 0 or (depth == 0 and token.key in _CLAUSE_ENDS):
            return
        if depth == 0 and token.key == ("op", ",") and g.peek(1).kind != "text":
            return
        g.take()


def _is_prose(kind: str, text: str) -> bool:
    return kind == "text" and text.count(" ") > 1 and not NEGATION.search(text)
