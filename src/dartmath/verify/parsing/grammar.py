"""Precedence parser of scalar mathematics: tokens -> expression tree.

    union   :=  sum (("\\cup" | "\\cap" | "\\setminus") sum)*
    sum     :=  ["+" | "-" | "±"] term (("+" | "-" | "±" | "∓") term)*
    term    :=  factor (("*" | "/" | ":") factor | factor)*        juxtaposition multiplies
    factor  :=  atom ("!" | "^" exponent | "%" | "°" | "'")*

Every level checks the nesting depth, so that recursion is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.names import ENGLISH, KNOWN_NAMES, MAX_PRODUCT, split_word
from dartmath.verify.language.units import is_unit_word
from dartmath.verify.parsing.atoms import atom
from dartmath.verify.parsing.brackets import bracketed
from dartmath.verify.parsing.cursor import ENDS, MAX_DEPTH
from dartmath.verify.parsing.progressions import dotted_product, dotted_sum
from dartmath.verify.parsing.rules import Rules
from dartmath.verify.parsing.statements import conditions, statement
from dartmath.verify.tree.expression import TRANSPOSED, Apply, Expression, Group, Matrix, Number, Symbol
from dartmath.verify.tree.terms import (
    added,
    added_tuples,
    product,
    proper_fraction,
    quotient,
    ratio,
    with_sign,
)

_STARTS = frozenset(["num", "word", "open"])
_ADDITIVE = frozenset(["+", "-", "pm", "mp"])
_POSTFIX = frozenset(["!", "^", "%", "'"])
_SET_OPERATIONS = {"cup": "union", "cap": "intersection", "setminus": "difference"}
_UNIT_SIGNS = frozenset([("op", "/"), ("op", "^"), ("op", "*")])
_NO_FACTORS = frozenset(["forall", "text", "end", "choose", "over", "pmod", "circ"])
"""Commands that no factor begins with."""


class Grammar(Rules):
    """Every rule: those of scalar mathematics here, the others from the file of their kind."""

    __slots__ = ()

    statement = statement
    conditions = conditions
    atom = atom
    bracketed = bracketed

    def union(self) -> Expression:
        """Sums joined by set operations."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotationError(f"nested deeper than {MAX_DEPTH}")
        left = self.sum()
        kind, text, _, _ = self.tokens[self.at]
        if kind == "cmd" and text in ("choose", "over"):
            self.at += 1
            left = Apply("binom" if text == "choose" else "div", (left, self.sum()))
        while (sign := self.token).kind == "op" and sign.text in _SET_OPERATIONS:
            self.at += 1
            name = _SET_OPERATIONS[sign.text]
            right = self.sum()
            same = isinstance(left, Apply) and left.name == name and name != "difference"
            left = Apply(name, (*left.args, right) if same and isinstance(left, Apply) else (left, right))
        self.depth -= 1
        return left

    def sum(self) -> Expression:
        """Terms with signs."""
        sign = self._signs()
        parts = [with_sign(sign, self.term())]
        while sign := self._signs():
            if sign == "+" and self._at_dots():
                parts = [self._dotted("+", parts, self.term)]
                continue
            term = self.term()
            if sign in ("pm", "mp"):
                parts = [Apply(sign, (added(parts), term))]
            elif sign == "-" and isinstance(term, Group) and term.brackets == "{}":
                parts = [Apply("difference", (added(parts), term))]
            else:
                parts.append(with_sign(sign, term))
        return added_tuples(parts) if "," in self.signs else added(parts)

    def _signs(self) -> str | None:
        """One sign, or several in a row that come to one: `--5` is 5."""
        sign = self._additive()
        while sign in ("+", "-") and (further := self.accept("+", "-")):
            sign = "+" if sign == further else "-"
        return sign

    def _additive(self) -> str | None:
        kind, text, _, _ = self.tokens[self.at]
        if kind == "op" and text in _ADDITIVE:
            self.at += 1
            return text
        return None

    def term(self) -> Expression:
        """Factors joined by explicit or invisible multiplication, division and ratios."""
        starts_with_number = self.tokens[self.at].kind == "num"
        left = self.factor()
        factors = [self.mixed(left) if starts_with_number and isinstance(left, Number) else left]
        while True:
            kind, text, _, _ = self.tokens[self.at]
            if kind == "op" and text == "*":
                self.at += 1
                if not self._at_dots():
                    factors.append(self.factor(signed=True))
            elif kind == "op" and text == "ldots" and len(factors) > 1:
                factors = [self._dotted("*", factors, self.factor)]
            elif kind == "op" and text == "/":
                self.at += 1
                factors = [quotient(product(factors), self.factor(signed=True))]
            elif kind == "op" and text == ":" and self.peek(1).kind not in ("end", "stop") and not self.bars:
                self.at += 1
                factors = [ratio(product(factors), self.term())]
            elif self.starts_factor():
                if kind == "num" and self.tokens[self.at - 1].kind == "num" and not _is_power(factors[-1]):
                    raise NotationError("two numbers side by side")
                factors.append(self.factor())
            else:
                return product(factors)

    def _at_dots(self) -> bool:
        return self.is_op("ldots")

    def _dotted(self, sign: str, shown: list[Expression], part: Callable[[], Expression]) -> Expression:
        """A sum or product whose dots stand here: terms of a progression that are left out."""
        self.at += 1
        if not self.accept(sign) and sign == "+":
            raise NotationError("dots at the end of a sum")
        rest = [part()]
        while self.accept(sign):
            rest.append(part())
        found = dotted_sum(shown, rest) if sign == "+" else dotted_product(shown, rest)
        if found is None:
            raise NotationError("dots in no evident progression")
        return found

    def mixed(self, left: Number) -> Expression:
        """A whole number with a proper fraction behind it: `2\\frac13` or `2 1/3`."""
        kind, text, _, _ = self.tokens[self.at]
        if kind not in ("cmd", "open", "num") or self.tokens[self.at - 1].kind != "num":
            return left
        if left.places is not None or left.value.denominator != 1:
            return left
        before = self.at
        if text == "frac" or (text == "{" and self.peek(1).text == "frac"):
            part = proper_fraction(self.atom())
            if part is not None:
                return self.postfix(Number(left.value + part, None))
            self.at = before
        elif kind == "num" and self.peek(1).key == ("op", "/") and self.peek(2).kind == "num":
            top, bottom = text, self.peek(2).text
            self.at += 3
            if not (top.isdigit() and bottom.isdigit()) or int(top) >= int(bottom):
                raise NotationError("two numbers side by side")
            return self.postfix(Number(left.value + Fraction(int(top), int(bottom)), None))
        return left

    def starts_factor(self) -> bool:
        """Whether the next token can follow by invisible multiplication."""
        kind, text, _, _ = self.tokens[self.at]
        if kind == "op":
            return text == "|" and not self.bars
        if kind == "word":
            if len(text) == 1:
                return True
            is_product = self.unitless and len(text) <= MAX_PRODUCT
            if not is_product and is_unit_word(text) and self._unit_follows():
                return False
            return self.letters(text) is not None and not self._begins_noun(text)
        if kind == "open":
            return text != "<"
        if kind == "cmd":
            return text not in _NO_FACTORS
        return kind in ("num", "begin")

    def letters(self, word: str) -> tuple[str, ...] | None:
        """What a word here stands for; `at` is a word, but in `at^2` and `u + at` it is a product."""
        parts = split_word(word)
        if parts is None and len(word) <= MAX_PRODUCT:
            place = self.at if self.token.text == word else self.at - 1
            if self.are_factors(place):
                return tuple(word)
        return parts

    def _begins_noun(self, word: str) -> bool:
        """Whether a short word behind a number is one of several that say what it counts: `3 red balls`."""
        following = self.peek(1)
        if following.kind != "word" or self.tokens[self.at - 1].kind != "num" or word in KNOWN_NAMES:
            return False
        if following.text in ENGLISH:
            return False  # `5 out of 6` counts nothing
        return split_word(following.text) is None and not is_unit_word(following.text)

    def _unit_follows(self) -> bool:
        """Whether a unit word here is a unit: behind a value, with nothing but unit parts after it."""
        ahead = 1
        while (token := self.peek(ahead)).kind in ("word", "num", "text") or token.key in _UNIT_SIGNS:
            ahead = self._behind_exponent(ahead + 1) if token.text == "^" else ahead + 1
        return token.kind in ENDS or (token.kind == "op" and token.text not in ("+", "-", "_"))

    def _behind_exponent(self, ahead: int) -> int:
        """The place behind an exponent such as `2`, `-1` or `{-2}`."""
        if self.peek(ahead).text == "{":
            closing = (place for place in range(ahead, ahead + 5) if self.peek(place).text == "}")
            return next(closing, ahead) + 1
        return ahead + (2 if self.peek(ahead).text == "-" else 1)

    def factor(self, *, signed: bool = False) -> Expression:
        """An atom with its powers, factorials, primes and percent signs."""
        if signed and (sign := self.accept("+", "-")):
            return with_sign(sign, self.factor(signed=True) if self.is_op("-", "+") else self.factor())
        return self.postfix(self.atom())

    def postfix(self, base: Expression) -> Expression:
        """What may follow an atom."""
        for _ in range(MAX_DEPTH):
            kind, text, _, _ = self.tokens[self.at]
            if kind == "cmd" and text == "circ":
                self.at += 1
                if isinstance(base, Symbol) and self.token.kind == "word":
                    base = Symbol(f"{base.name}∘{self.take().text}")
                    continue
                return Apply("degree", (base,))
            if kind != "op" or text not in _POSTFIX:
                return base
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

    def _minutes(self, base: Expression) -> Expression:
        """Minutes and seconds of an angle: `45'` and `45''`."""
        if not isinstance(base, Number):
            raise NotationError(f"a prime after {base}")
        return Apply("arcsecond" if self.accept("'") else "arcminute", (base,))

    def power(self, base: Expression) -> Expression:
        """What stands after `^`: degrees, primes, a sign (as in R^+), or an exponent."""
        kind, text, _, _ = self.tokens[self.at]
        if kind == "num":
            return Apply("pow", (base, self.exponent()))
        if (kind, text) == ("cmd", "circ") or ((kind, text) == ("word", "o") and isinstance(base, Number)):
            self.at += 1
            return Apply("degree", (base,))
        if kind == "open" and text == "{":
            marked = self._braced_mark(base)
            if marked is not None:
                return marked
        elif kind == "op" and text in "+*" and isinstance(base, Symbol) and self.peek(1).kind not in _STARTS:
            self.at += 1
            return Symbol(base.name + text)
        exponent = self.exponent()
        if isinstance(base, Group) and exponent in TRANSPOSED:
            return Matrix(tuple((item,) for item in base.items))
        return Apply("pow", (base, exponent))

    def _braced_mark(self, base: Expression) -> Expression | None:
        """`{\\circ}`, `{+}`, `{'}` or `{''}` as an exponent that is a mark, not a power."""
        kind, text, _, _ = self.peek(1)
        if self.peek(2).key == ("close", "}"):
            if (kind, text) == ("cmd", "circ"):
                self.at += 3
                return Apply("degree", (base,))
            if kind == "op" and text in "'+-*" and isinstance(base, Symbol):
                self.at += 3
                return Symbol(base.name + text)
            if (kind, text) == ("op", "'"):
                self.at += 3
                return self._minutes(base)
        elif text == "'" == self.peek(2).text and self.peek(3).text == "}" and isinstance(base, Number):
            self.at += 4
            return Apply("arcsecond", (base,))
        return None

    def exponent(self) -> Expression:
        """A braced group, or one signed atom with its own power (`2^3^4` is `2^(3^4)`)."""
        sign = self._additive()
        base = self.atom()
        kind, text, _, _ = self.tokens[self.at]
        if kind == "op" and text in ("!", "^"):
            base = self._raised(base)
        return with_sign(sign, base)

    def _raised(self, base: Expression) -> Expression:
        if self.accept("!"):
            base = Apply("factorial", (base,))
        if self.accept("^"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise NotationError(f"nested deeper than {MAX_DEPTH}")
            base = self.power(base)
            self.depth -= 1
        return base


def _is_power(node: Expression) -> bool:
    """Whether a number behind this is a further factor, as in `2^6 3^5`."""
    return isinstance(node, Apply) and node.name == "pow"
