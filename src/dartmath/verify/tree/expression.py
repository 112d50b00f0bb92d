"""The expression tree of parsed answers, and how it prints.

Scalars are built of `Number`, `Symbol`, `Constant` and `Apply`; answers that are more than a scalar
are a `Group` (list, set, tuple, interval), `Relation`, `SetBuilder`, `Matrix`, `Cases`, `Quantity`,
`Text` or `Named`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

MAX_DECIMAL_BITS = 10_000
"""Longer numbers print in hexadecimal, which takes linear time and has no limit in Python."""


def size(value: Fraction) -> int:
    """Bits of numerator and denominator."""
    return value.numerator.bit_length() + value.denominator.bit_length()


ANY = "number"
"""The variable of a condition in words that names none, "greater than 2": a name no text can give."""

Contents = tuple[frozenset[str], frozenset[str]]
"""Names of the free symbols in a tree; and its heads (see `heads`)."""


_NOTHING: frozenset[str] = frozenset()


BOUND = frozenset(["integral", "limit"])
"""Heads whose second argument is a bound variable: `Apply("integral", (body, variable, low, high))`, and
`Apply("limit", (body, variable, point, side))` with the side as 1, -1 or 0 for both."""


class Expression:
    """A parsed answer; `str` prints it as a tree in one line."""

    __slots__ = ()

    def contents(self) -> Contents:
        """The symbols and heads that occur in the tree."""
        return _NONE


@dataclass(slots=True, eq=True)
class Compound(Expression):
    """A tree of several parts, which remembers its contents: every rule and reading asks for them."""

    _contents: Contents | None = field(default=None, init=False, repr=False, compare=False)

    def contents(self) -> Contents:
        """Found once, by the first who asks."""
        if self._contents is None:
            self._contents = self._found()
        return self._contents

    def _found(self) -> Contents:
        return _merged(children(self), None)


@dataclass(slots=True, eq=True)
class Number(Expression):
    """A rational literal. `places` counts the decimals written: 0 if they recur, None for an integer literal.

    `digits` counts the significant digits of a literal with an exponent, 3 of `1.60e-19`.
    """

    value: Fraction
    places: int | None = None
    digits: int | None = field(default=None, compare=False)

    def contents(self) -> Contents:
        return _NONE if self.places is None else _DECIMAL

    def __str__(self) -> str:
        value = self.value
        if size(value) > MAX_DECIMAL_BITS:
            return f"({value.numerator:#x}/{value.denominator:#x})"
        return str(value) if value.denominator == 1 else f"({value})"


@dataclass(slots=True, eq=True)
class Symbol(Expression):
    """A free variable or a name, with its subscript and primes: `x`, `a_{n+1}`, `y'`."""

    name: str

    def contents(self) -> Contents:
        return frozenset((self.name,)), _NOTHING

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=True)
class Constant(Expression):
    """One of "pi", "e", "i", "infinity"."""

    name: str

    def contents(self) -> Contents:
        return _NOTHING, frozenset((self.name,))

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, eq=True)
class Apply(Compound):
    """A function or operator applied to arguments: `Apply("add", (x, y))`.

    A name that no evaluator knows, such as "f", is a function about which nothing is known.
    """

    name: str
    args: tuple[Expression, ...]

    def _found(self) -> Contents:
        names, found = _merged(self.args, self.name)
        bound = self.args[1] if self.name in BOUND else None
        return names - {bound.name} if isinstance(bound, Symbol) else names, found

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.args))})"


@dataclass(slots=True, eq=True)
class Group(Compound):
    """Items in order with the brackets around them: "()", "[)", "{}", "<>" or "" for a bare list.

    `joiner` is what stood between the items: ",", "and" or "or".
    """

    brackets: str
    items: tuple[Expression, ...]
    joiner: str = ","

    def __str__(self) -> str:
        inner = f"{self.joiner} ".join(map(str, self.items)) if self.joiner == "," else ""
        inner = inner or f" {self.joiner} ".join(map(str, self.items))
        return f"{self.brackets[0]}{inner}{self.brackets[1]}" if self.brackets else f"list({inner})"


@dataclass(slots=True, eq=True)
class Relation(Compound):
    """A chain `sides[0] operators[0] sides[1] ...`; operators: = != < <= > >= in."""

    sides: tuple[Expression, ...]
    operators: tuple[str, ...]

    def __str__(self) -> str:
        tail = "".join(f" {op} {side}" for op, side in zip(self.operators, self.sides[1:], strict=True))
        return f"{self.sides[0]}{tail}"


@dataclass(slots=True, eq=True)
class SetBuilder(Compound):
    """`{element | condition}`."""

    element: Expression
    condition: Expression

    def __str__(self) -> str:
        return f"{{{self.element} | {self.condition}}}"


@dataclass(slots=True, eq=True)
class Matrix(Compound):
    """Rows of entries."""

    rows: tuple[tuple[Expression, ...], ...]

    def _found(self) -> Contents:
        return _merged(children(self), "Matrix")

    def __str__(self) -> str:
        return "[" + "; ".join(", ".join(map(str, row)) for row in self.rows) + "]"


@dataclass(slots=True, eq=True)
class Cases(Compound):
    """A piecewise definition: (value, condition) pairs; a condition may be None ("otherwise")."""

    cases: tuple[tuple[Expression, Expression | None], ...]

    def __str__(self) -> str:
        return "cases(" + "; ".join(f"{value} if {when}" for value, when in self.cases) + ")"


@dataclass(slots=True, eq=True)
class Quantity(Compound):
    """A value with the unit that was written behind or before it."""

    value: Expression
    unit: str

    def __str__(self) -> str:
        return f"{self.value} [{self.unit}]"


@dataclass(slots=True, eq=True)
class Text(Expression):
    """Words, as written."""

    words: str

    def __str__(self) -> str:
        return repr(self.words)


@dataclass(slots=True, eq=True)
class Named(Expression):
    """A word with a meaning: kind "boolean", "weekday", "month", "date", "clock", "choice", "set"."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


TRANSPOSED = (Symbol("T"), Symbol("top"), Symbol("intercal"))
"""Exponents that transpose a matrix."""


def number(value: int) -> Number:
    """The integer literal `value`."""
    return Number(Fraction(value))


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct parts of a node."""
    match node:
        case Apply(args=parts) | Group(items=parts) | Relation(sides=parts):
            return parts
        case SetBuilder(element=element, condition=condition):
            return (element, condition)
        case Matrix(rows=rows):
            return tuple(entry for row in rows for entry in row)
        case Cases(cases=cases):
            return tuple(part for case in cases for part in case if part is not None)
        case Quantity(value=value):
            return (value,)
        case _:
            return ()


def is_infinite(node: Expression) -> bool:
    """Whether a tree is infinity, or minus infinity."""
    if isinstance(node, Apply) and node.name == "neg":
        node = node.args[0]
    return isinstance(node, Constant) and node.name == "infinity"


def symbols(node: Expression) -> frozenset[str]:
    """Names of all free symbols in a tree."""
    return node.contents()[0]


def heads(node: Expression) -> frozenset[str]:
    """Names of the functions and constants in a tree, with "Matrix" and "decimal" where one occurs."""
    return node.contents()[1]


_NONE: Contents = (_NOTHING, _NOTHING)
_DECIMAL: Contents = (_NOTHING, frozenset(("decimal",)))


def _merged(parts: Iterable[Expression], head: str | None) -> Contents:
    names: set[str] = set()
    found = set() if head is None else {head}
    for part in parts:
        own_names, own_heads = part.contents()
        names |= own_names
        found |= own_heads
    return frozenset(names), frozenset(found)


def replace(node: Expression, mapping: dict[str, Expression]) -> Expression:
    """The tree with symbols replaced by expressions."""
    match node:
        case Symbol(name=name):
            return mapping.get(name, node)
        case Apply(name=name, args=args):
            return Apply(name, tuple(replace(part, mapping) for part in args))
        case Group(brackets=brackets, items=items, joiner=joiner):
            return Group(brackets, tuple(replace(part, mapping) for part in items), joiner)
        case Relation(sides=sides, operators=operators):
            return Relation(tuple(replace(part, mapping) for part in sides), operators)
        case Quantity(value=value, unit=unit):
            return Quantity(replace(value, mapping), unit)
        case SetBuilder(element=element, condition=condition):
            return SetBuilder(replace(element, mapping), replace(condition, mapping))
        case Matrix(rows=rows):
            return Matrix(tuple(tuple(replace(entry, mapping) for entry in row) for row in rows))
        case Cases(cases=cases):
            return Cases(
                tuple((replace(v, mapping), None if c is None else replace(c, mapping)) for v, c in cases)
            )
        case _:
            return node
