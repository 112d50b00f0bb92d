"""What the rules of the grammar call each other: one method per rule, put together in `Grammar`.

A rule stands in a file of its kind and sees the others through this class alone, so that no file of
the grammar imports another that imports it.
"""

from __future__ import annotations

from abc import abstractmethod

from dartmath.verify.parsing.cursor import Cursor
from dartmath.verify.tree.expression import Expression


class Rules(Cursor):
    """A place in the tokens of an answer, with every rule that reads on from there."""

    __slots__ = ()

    @abstractmethod
    def statement(self) -> Expression:
        """One value or relation chain, with units and side conditions."""

    @abstractmethod
    def conditions(self) -> Expression:
        """Statements joined by commas, "and" or "or"."""

    @abstractmethod
    def union(self) -> Expression:
        """Sums joined by set operations."""

    @abstractmethod
    def term(self) -> Expression:
        """Factors joined by multiplication, division and ratios."""

    @abstractmethod
    def factor(self, *, signed: bool = False) -> Expression:
        """An atom with its powers, factorials, primes and percent signs."""

    @abstractmethod
    def postfix(self, base: Expression) -> Expression:
        """What may follow an atom."""

    @abstractmethod
    def exponent(self) -> Expression:
        """A braced group, or one signed atom with its own power."""

    @abstractmethod
    def atom(self) -> Expression:
        """A number, a name, a command with its arguments, or a bracketed expression."""

    @abstractmethod
    def bracketed(self, opening: str) -> Expression:
        """What stands between an opening bracket, already taken, and its partner."""

    @abstractmethod
    def starts_factor(self) -> bool:
        """Whether the next token can follow by invisible multiplication."""

    @abstractmethod
    def letters(self, word: str) -> tuple[str, ...] | None:
        """The names and letters that a word stands for; None for an ordinary word."""
