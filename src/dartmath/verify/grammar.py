"""Precedence parser of scalar mathematics: tokens -> expression tree.

    union   :=  sum (("\\cup" | "\\cap" | "\\setminus") sum)*
    sum     :=  ["+" | "-" | "±"] term (("+" | "-" | "±" | "∓") term)*
    term    :=  factor (("*" | "/" | ":") factor | factor)*        juxtaposition multiplies
    factor  :=  atom ("!" | "^" exponent | "%" | "°" | "'")*

Every level checks the nesting depth, so that recursion is bounded.
"""

from __future__ import annotations

from fractions import Fraction

from dartmath.verify.expression import Apply, Expression, Group, Number, Symbol, number
from dartmath.verify.names import split_word
from dartmath.verify.tokens import NotationError, Token
from dartmath.verify.units import is_unit_word

MAX_DEPTH = 40

END: Token = ("end", "", -1, -1)
_STARTS = frozenset(["num", "word", "open"])
_CLOSED_BY = {"(": ")]", "[": ")]", "{": "}", "S": "S", "<": "<", "F": "F", "C": "C"}
_UNIT_SIGNS = frozenset([("op", "/"), ("op", "^"), ("op", "*")])
_STOPS = frozenset(["text", "end", "choose", "over", "ldots", "pmod", "circ"])


class Grammar:
    """A cursor over tokens with one method per grammar rule."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, END]
        self.at = 0
        self.depth = 0
        self.bars = 0

    # the cursor

    def peek(self, ahead: int = 0) -> Token:
        """The token `ahead` places on, or the end token."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    def is_op(self, *signs: str) -> bool:
        """Whether the next token is one of these operators."""
        kind, text, _, _ = self.tokens[self.at]
        return kind == "op" and text in signs

    def take(self) -> Token:
        """The next token, and move past it."""
        token = self.tokens[self.at]
        if token[0] != "end" or token[2] >= 0:
            self.at += 1
        return token

    def accept(self, *signs: str) -> str | None:
        """Move past the next token if it is one of these operators."""
        kind, text, _, _ = self.tokens[self.at]
        if kind == "op" and text in signs:
            self.at += 1
            return text
        return None

    # the rules

    def union(self) -> Expression:
        """Sums joined by set operations."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotationError(f"nested deeper than {MAX_DEPTH}")
        left = self.sum()
        if self.peek()[:2] in (("cmd", "choose"), ("cmd", "over")):
            left = Apply("binom" if self.take()[1] == "choose" else "div", (left, self.sum()))
        while sign := self.accept("cup", "cap", "setminus"):
            name = {"cup": "union", "cap": "intersection", "setminus": "difference"}[sign]
            right = self.sum()
            same = isinstance(left, Apply) and left.name == name and name != "difference"
            left = Apply(name, (*left.args, right) if same and isinstance(left, Apply) else (left, right))
        self.depth -= 1
        return left

    def sum(self) -> Expression:
        """Terms with signs."""
        sign = self.accept("+", "-", "pm", "mp")
        parts = [_signed(sign, self.term())]
        while sign := self.accept("+", "-", "pm", "mp"):
            term = self.term()
            if sign in ("pm", "mp"):
                parts = [Apply(sign, (_added(parts), term))]
            elif sign == "-" and isinstance(term, Group) and term.brackets == "{}":
                parts = [Apply("difference", (_added(parts), term))]
            else:
                parts.append(_signed(sign, term))
        return _added(parts)

    def term(self) -> Expression:
        """Factors joined by explicit or invisible multiplication, division and ratios."""
        left = self.mixed(self.factor())
        factors = [left]
        while True:
            if self.accept("*"):
                factors.append(self.factor(signed=True))
            elif self.accept("/"):
                factors = [quotient(_product(factors), self.factor(signed=True))]
            elif self.is_op(":") and self.peek(1)[0] != "end" and not self.bars:
                self.at += 1
                factors = [_ratio(_product(factors), self.term())]
            elif self.starts_factor():
                if self.peek()[0] == "num" and self.tokens[self.at - 1][0] == "num":
                    raise NotationError("two numbers side by side")
                factors.append(self.factor())
            else:
                return _product(factors)

    def mixed(self, left: Expression) -> Expression:
        """A whole number with a proper fraction behind it: `2\\frac13` or `2 1/3`."""
        if not isinstance(left, Number) or self.tokens[self.at - 1][0] != "num":
            return left
        if left.places is not None or left.value.denominator != 1:
            return left
        before = self.at
        if self.peek()[:2] == ("cmd", "frac") or [self.peek(k)[1] for k in (0, 1)] == ["{", "frac"]:
            part = self.atom()
            if _is_proper(part):
                return self.postfix(Number(left.value + _value(part), None))
            self.at = before
        elif self.peek()[0] == "num" and self.peek(1)[:2] == ("op", "/") and self.peek(2)[0] == "num":
            parts = [self.take(), self.take(), self.take()]
            if not (parts[0][1].isdigit() and parts[2][1].isdigit()) or int(parts[0][1]) >= int(parts[2][1]):
                raise NotationError("two numbers side by side")
            return self.postfix(Number(left.value + Fraction(int(parts[0][1]), int(parts[2][1])), None))
        return left

    def starts_factor(self) -> bool:
        """Whether the next token can follow by invisible multiplication."""
        kind, text, _, _ = self.tokens[self.at]
        if kind == "word":
            return self.letters(text) is not None and not (is_unit_word(text) and self._unit_follows())
        if kind == "open":
            return text != "<"
        if kind == "cmd":
            return text not in _STOPS
        return kind in ("num", "begin") or (kind == "op" and text == "|" and not self.bars)

    def letters(self, word: str) -> tuple[str, ...] | None:
        """What a word here stands for; `at` is a word, but in `at^2` it is a product."""
        parts = split_word(word)
        following = self.peek(1) if self.peek()[1] == word else self.peek()
        if parts is None and len(word) == 2 and following[:2] in (("op", "^"), ("op", "_")):
            return tuple(word)
        return parts

    def _unit_follows(self) -> bool:
        """Whether a unit word here is a unit: behind a value, with nothing but unit parts after it."""
        ahead = 1
        while (token := self.peek(ahead))[0] in ("word", "num", "text") or token[:2] in _UNIT_SIGNS:
            ahead = self._behind_exponent(ahead + 1) if token[1] == "^" else ahead + 1
        return token[0] in ("end", "close") or (token[0] == "op" and token[1] not in ("+", "-", "_"))

    def _behind_exponent(self, ahead: int) -> int:
        """The place behind an exponent such as `2`, `-1` or `{-2}`."""
        if self.peek(ahead)[1] == "{":
            closing = (place for place in range(ahead, ahead + 5) if self.peek(place)[1] == "}")
            return next(closing, ahead) + 1
        return ahead + (2 if self.peek(ahead)[1] == "-" else 1)

    def factor(self, *, signed: bool = False) -> Expression:
        """An atom with its powers, factorials, primes and percent signs."""
        if signed and (sign := self.accept("+", "-")):
            return _signed(sign, self.factor(signed=True) if self.is_op("-", "+") else self.factor())
        return self.postfix(self.atom())

    def postfix(self, base: Expression) -> Expression:
        """What may follow an atom."""
        for _ in range(MAX_DEPTH):
            kind, text, _, _ = self.tokens[self.at]
            if kind != "op" or text not in ("!", "^", "%", "'"):
                return self._degree(base)
            self.at += 1
            if text == "!":
                base = Apply("factorial2" if self.accept("!") else "factorial", (base,))
            elif text == "%":
                base = Apply("percent", (base,))
            elif text == "'":
                base = Symbol(f"{base.name}'") if isinstance(base, Symbol) else self._minutes(base)
            else:
                base = self.power(base)
        raise NotationError("too many powers in a row")

    def _degree(self, base: Expression) -> Expression:
        if self.peek()[:2] == ("cmd", "circ"):
            self.at += 1
            return Apply("degree", (base,))
        return base

    def _minutes(self, base: Expression) -> Expression:
        """Minutes and seconds of an angle: `45'` and `45''`."""
        if not isinstance(base, Number):
            raise NotationError(f"a prime after {base}")
        return Apply("arcsecond" if self.accept("'") else "arcminute", (base,))

    def power(self, base: Expression) -> Expression:
        """What stands after `^`: degrees, primes, a sign (as in R^+), or an exponent."""
        kind, text, _, _ = self.peek()
        if (kind, text) == ("cmd", "circ") or ((kind, text) == ("word", "o") and isinstance(base, Number)):
            self.at += 1
            return Apply("degree", (base,))
        if kind == "open" and text == "{":
            inner = self.peek(1)
            if self.peek(2)[:2] == ("close", "}"):
                if inner[:2] == ("cmd", "circ"):
                    self.at += 3
                    return Apply("degree", (base,))
                if inner[0] == "op" and inner[1] in "'+-*" and isinstance(base, Symbol):
                    self.at += 3
                    return Symbol(base.name + inner[1])
                if inner[:2] == ("op", "'"):
                    self.at += 3
                    return self._minutes(base)
            elif [self.peek(k)[1] for k in (1, 2, 3)] == ["'", "'", "}"] and isinstance(base, Number):
                self.at += 4
                return Apply("arcsecond", (base,))
        elif kind == "op" and text in "+*" and isinstance(base, Symbol) and self.peek(1)[0] not in _STARTS:
            self.at += 1
            return Symbol(base.name + text)
        return Apply("pow", (base, self.exponent()))

    def exponent(self) -> Expression:
        """A braced group, or one signed atom with its own power (`2^3^4` is `2^(3^4)`)."""
        sign = self.accept("-", "+", "pm", "mp")
        base = self.atom()
        if self.accept("!"):
            base = Apply("factorial", (base,))
        if self.accept("^"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise NotationError(f"nested deeper than {MAX_DEPTH}")
            base = self.power(base)
            self.depth -= 1
        return _signed(sign, base)

    def atom(self) -> Expression:
        """A number, a name, a command with its arguments, or a bracketed expression."""
        from dartmath.verify.atoms import atom

        return atom(self)


def closes(opening: str, token: Token) -> bool:
    """Whether a token closes a bracket opened as `opening`."""
    return token[0] == "close" and token[1] in _CLOSED_BY[opening]


def _signed(sign: str | None, term: Expression) -> Expression:
    if sign == "-":
        return negated(term)
    return Apply(sign, (term,)) if sign in ("pm", "mp") else term


def negated(term: Expression) -> Expression:
    """The negative of a term; of a literal it is again a literal."""
    if isinstance(term, Number):
        return Number(-term.value, term.places)
    return Apply("neg", (term,))


def _added(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else Apply("add", tuple(parts))


def _product(factors: list[Expression]) -> Expression:
    if len(factors) > 1 and all(isinstance(f, Apply) and f.name in _ANGLES for f in factors):
        return _angle(factors)
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


_ANGLES = {"degree": 1, "arcminute": 60, "arcsecond": 3600}


def _angle(parts: list[Expression]) -> Expression:
    """Degrees, minutes and seconds side by side are one angle."""
    terms = [
        Apply("div", (part.args[0], number(_ANGLES[part.name]))) for part in parts if isinstance(part, Apply)
    ]
    return Apply("degree", (Apply("add", tuple(terms)),))


def quotient(top: Expression, bottom: Expression) -> Expression:
    """A fraction; `dy` over `dx` is the name of a derivative."""
    if _is_differential(top) and _is_differential(bottom):
        return Symbol(f"{top}/{bottom}")
    return Apply("div", (top, bottom))


def _is_differential(node: Expression) -> bool:
    return isinstance(node, Symbol) and len(node.name) == 2 and node.name[0] == "d"


def _ratio(left: Expression, right: Expression) -> Expression:
    tail = right.args if isinstance(right, Apply) and right.name == "ratio" else (right,)
    return Apply("ratio", (left, *tail))


def _is_proper(part: Expression) -> bool:
    match part:
        case Apply(name="div", args=(Number(value=top, places=None), Number(value=bottom, places=None))):
            return top.denominator == 1 == bottom.denominator and 0 <= top < bottom
    return False


def _value(part: Expression) -> Fraction:
    assert isinstance(part, Apply)
    top, bottom = part.args
    assert isinstance(top, Number) and isinstance(bottom, Number)
    return top.value / bottom.value
