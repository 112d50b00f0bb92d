"""Numbers in a base: digits with their base behind them."""

from __future__ import annotations

from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.parsing.cursor import Cursor, closes
from dartmath.verify.parsing.words import named
from dartmath.verify.tree.expression import Apply, Expression, Number, Symbol, Text, number

MAX_BASE = 36
"""Ten digits and 26 letters."""

MAX_DIGITS = 2_000
"""Digits of a number in another base: int() is quadratic in them."""

MAX_LEADING = 30
"""Digits in front of a letter that is itself a digit."""

_LETTER_IN_BASE = regex(r"([A-Z])_(\d{2})")


def based(digits: str, base: int) -> Apply:
    """The value of digits in a base, kept with its base: `Apply("base", (value, base))`."""
    if not 1 < base <= MAX_BASE or len(digits) > MAX_DIGITS:
        raise NotationError(f"no number base {base}")
    whole, _, fraction = digits.partition(".")
    try:
        value = Fraction(int(whole + fraction, base), base ** len(fraction))
    except ValueError as error:
        raise NotationError(f"{digits} has no meaning in base {base}") from error
    return Apply("base", (Number(value), number(base), Text(digits)))


def number_in_base(g: Cursor, digits: str) -> Expression:
    """`1011_2` and `1011_{two}`; letters as digits come as words."""
    g.take()
    braced = g.token.key == ("open", "{")
    if braced:
        g.take()
    kind, base, _, _ = g.take()
    if kind in ("word", "text") and isinstance(spelled := named(base), Number):
        kind, base = "num", str(spelled)
    if kind != "num" or not base.isdigit() or (braced and not closes("{", g.take())):
        raise NotationError("a number base that is no number")
    return based(digits, int(base[:4]))


def letters_as_digits(node: Expression) -> Apply | None:
    """`B_{16}` and `1A_{16}`, elsewhere a symbol with a subscript, as digits in a base; else None."""
    leading = ""
    match node:
        case Apply(name="mul", args=(Number(value=value, places=None), Symbol() as last)) if (
            value.denominator == 1 and 0 <= value < 10**MAX_LEADING
        ):
            leading, node = str(value), last
    name = _LETTER_IN_BASE.fullmatch(node.name) if isinstance(node, Symbol) else None
    if name is None:
        return None
    try:
        return based(leading + name[1], int(name[2]))
    except NotationError:
        return None
