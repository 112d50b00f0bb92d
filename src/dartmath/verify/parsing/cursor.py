"""A cursor over tokens: what the rules of the grammar look at, and move along."""

from __future__ import annotations

from dartmath.verify.language.names import CONSTANTS, MAX_PRODUCT
from dartmath.verify.parsing.tokens import Token
from dartmath.verify.tree.expression import Constant, Expression, Symbol
from dartmath.verify.tree.literals import literal

MAX_DEPTH = 40
"""Levels of nesting; a deeper text is no mathematics."""

STOP = Token("stop", "", -1, -1)
"""The token behind the last one."""

NESTING = {"open": 1, "begin": 1, "close": -1, "end": -1}
"""What a token of a kind adds to the depth of brackets and environments."""

ENDS = frozenset(["close", "end", "stop"])
"""Kinds of tokens that end whatever is open."""

_CLOSED_BY = {"(": ")]", "[": ")]", "{": "}", "S": "S", "<": "<", "F": "F", "C": "C"}

_NEVER_FACTORS = frozenset(["no", "or"])
_POWERS = frozenset([("op", "^"), ("op", "_")])
_JOINING = frozenset([("op", "+"), ("op", "*"), ("op", "/")])
"""Signs beside which two letters are factors, even where they could be a short word."""


class Cursor:
    """A place in a list of tokens that ends with `STOP`, which is never passed.

    `depth` counts the open levels of nesting, `bars` the open absolute values, `unitless` the fractions and
    arguments of functions, in which two letters are factors and no unit. `signs` are the texts of
    all tokens, and `builds` says whether one of them could part a set-builder.
    """

    __slots__ = ("at", "bars", "builds", "depth", "signs", "tokens", "unitless")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, STOP, STOP]  # one to stand on, one to look ahead to
        self.at = 0
        self.depth = 0
        self.bars = 0
        self.unitless = 0
        self.signs = {token.text for token in tokens}
        self.builds = "|" in self.signs or ":" in self.signs

    @property
    def token(self) -> Token:
        """The next token, or `STOP`."""
        return self.tokens[self.at]

    def peek(self, ahead: int) -> Token:
        """The token `ahead` places on, or `STOP`."""
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else STOP

    def is_op(self, *signs: str) -> bool:
        """Whether the next token is one of these operators."""
        kind, text, _, _ = self.tokens[self.at]
        return kind == "op" and text in signs

    def take(self) -> Token:
        """The next token, and move past it."""
        token = self.tokens[self.at]
        if token is not STOP:
            self.at += 1
        return token

    def accept(self, *signs: str) -> str | None:
        """Move past the next token if it is one of these operators."""
        kind, text, _, _ = self.tokens[self.at]
        if kind == "op" and text in signs:
            self.at += 1
            return text
        return None

    def split(self, *texts: str) -> None:
        """Put several tokens of the same kind in place of the next one: `xy` as x and y, `12` as 1 and 2.

        A rule that goes back to a place it remembers may do so across a split: what stands before the
        next token never moves, and every reading of a run of letters or digits begins with the same split.
        """
        kind, _, start, end = self.tokens[self.at]
        self.tokens[self.at : self.at + 1] = [Token(kind, text, start, end) for text in texts]

    def drop(self, ahead: int) -> None:
        """Leave out the token `ahead` places on."""
        del self.tokens[self.at + ahead]

    def are_factors(self, place: int) -> bool:
        """Whether the two letters at a place are factors, and no word: `at` in `u + at`, but not in `at 5`.

        A minus sign behind a word can be that of a number.
        """
        word, before, after = self.tokens[place].text, self.tokens[place - 1], self.tokens[place + 1]
        if len(word) != MAX_PRODUCT or word in _NEVER_FACTORS:
            return False
        if after.key in _POWERS or after.key in _JOINING:
            return True
        joined = place > 0 and (before.key in _JOINING or before.key == ("op", "-"))
        return joined and (after.kind in ENDS or after.key == ("op", "="))

    def lone(self) -> Expression | None:
        """A number or letter with nothing but a comma, a bracket or the end behind it.

        Most items of lists, arguments and exponents are that; they need none of the rules.
        """
        kind, text, _, _ = self.tokens[self.at]
        if kind not in ("num", "word") or (kind == "word" and len(text) > 1) or self.depth >= MAX_DEPTH:
            return None
        following = self.tokens[self.at + 1]
        if following.kind not in ENDS and following[:2] != ("op", ","):
            return None
        self.at += 1
        return literal(text) if kind == "num" else letter(text)


def letter(name: str) -> Expression:
    """What a letter means that is not applied to anything."""
    return Constant(CONSTANTS[name]) if name in CONSTANTS and name != "I" else Symbol(name)


def closes(opening: str, token: Token) -> bool:
    """Whether a token closes a bracket opened as `opening`."""
    return token.kind == "close" and token.text in _CLOSED_BY[opening]
