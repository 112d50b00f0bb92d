"""A cursor over tokens: what the rules of the grammar look at, and move along."""

from __future__ import annotations

from dartmath.verify.language.names import CONSTANTS
from dartmath.verify.parsing.tokens import Token
from dartmath.verify.tree.expression import Constant, Expression, Symbol
from dartmath.verify.tree.literals import literal

MAX_DEPTH = 40
"""Levels of nesting; a deeper text is no mathematics."""

END: Token = ("end", "", -1, -1)
_CLOSED_BY = {"(": ")]", "[": ")]", "{": "}", "S": "S", "<": "<", "F": "F", "C": "C"}


class Cursor:
    """A place in a list of tokens that ends with `END`, which is never passed.

    `depth` counts the open levels of nesting, `bars` the open absolute values. `signs` are the texts of
    all tokens, and `builds` says whether one of them could part a set-builder.
    """

    __slots__ = ("at", "bars", "builds", "depth", "signs", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, END, END]
        self.at = 0
        self.depth = 0
        self.bars = 0
        self.signs = {token[1] for token in tokens}
        self.builds = "|" in self.signs or ":" in self.signs

    @property
    def token(self) -> Token:
        """The next token, or the end token."""
        return self.tokens[self.at]

    def peek(self, ahead: int) -> Token:
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
        if token is not END:
            self.at += 1
        return token

    def accept(self, *signs: str) -> str | None:
        """Move past the next token if it is one of these operators."""
        kind, text, _, _ = self.tokens[self.at]
        if kind == "op" and text in signs:
            self.at += 1
            return text
        return None

    def lone(self) -> Expression | None:
        """A number or letter with nothing but a comma, a bracket or the end behind it.

        Most items of lists, arguments and exponents are that; they need none of the rules.
        """
        kind, text, _, _ = self.tokens[self.at]
        if kind not in ("num", "word") or (kind == "word" and len(text) > 1) or self.depth >= MAX_DEPTH:
            return None
        following = self.tokens[self.at + 1]
        if following[0] not in ("close", "end") and following[:2] != ("op", ","):
            return None
        self.at += 1
        return literal(text) if kind == "num" else letter(text)


def letter(name: str) -> Expression:
    """What a letter means that is not applied to anything."""
    return Constant(CONSTANTS[name]) if name in CONSTANTS and name != "I" else Symbol(name)


def closes(opening: str, token: Token) -> bool:
    """Whether a token closes a bracket opened as `opening`."""
    return token[0] == "close" and token[1] in _CLOSED_BY[opening]
