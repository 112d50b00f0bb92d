r"""A formula in LaTeX -> its tree, as the paper's symbolic step reads it.

The grammar is that of SymPy 1.12 (`LaTeX.g4`), whose peculiarities decide verdicts: what follows a whole
formula is ignored (`5)` is 5), `e` and `i` are letters like any other, `x(x+1)` is a function of x+1, `dx` is
one name, `1,234` is a number, and a logarithm without a base is the natural one. Integrals, sums, products
and limits are refused here.
"""

from __future__ import annotations

from fractions import Fraction

from dartmath.verify.dart_math.tokens import STOP, Word, Words
from dartmath.verify.language.errors import NotationError
from dartmath.verify.tree.expression import Apply, Constant, Expression, Number, Relation, Symbol, number

MAX_DEPTH = 60
"""Brackets and scripts inside each other; more is no answer."""

UNKNOWN = "function "
"""What stands before the name of a function about which nothing is known: no evaluator knows such a name."""

_RELATIONS = ("=", "!=", "<", "<=", ">", ">=")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}
_ROUNDED = {"\\lfloor": ("floor", "\\rfloor"), "\\lceil": ("ceil", "\\rceil")}
_TRIGONOMETRIC = ("sin", "cos", "tan", "csc", "sec", "cot", "sinh", "cosh", "tanh")
_INVERSE = {name: f"arc{name}" for name in _TRIGONOMETRIC[:6]} | {
    name: f"ar{name}" for name in _TRIGONOMETRIC[6:]
}
_LOGARITHMS = ("log", "lg", "ln")
_NAMED = {"exp", *_LOGARITHMS, *_TRIGONOMETRIC, *_INVERSE.values()}
_REFUSED = (
    "\\int",
    "\\sum",
    "\\prod",
    "\\lim",
    "\\langle",
    "\\rangle",
    "\\to",
    "\\rightarrow",
    "\\Rightarrow",
)
_ENDS = ("\\rfloor", "\\rceil")


def read_latex(text: str) -> Expression:
    """The tree of the formula with which a text begins. Raises `NotationError` where it begins with none."""
    return _Formula(text).relation()


class _Formula:
    def __init__(self, text: str) -> None:
        self._words = Words(text)
        self._depth = 0
        self._bars = 0  # absolute values that are open: the next bar closes one

    def relation(self) -> Expression:
        left = self._sum()
        while self._words.next.kind == "sign" and self._words.next.text in _RELATIONS:
            sign = self._words.take().text
            left = Relation((left, self._sum()), (sign,))
        return left

    def _sum(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotationError(f"more than {MAX_DEPTH} levels")
        total = self._product()
        while self._joins(("+", "-")):
            sign, term = self._words.take().text, self._product()
            total = Apply("add", (total, term if sign == "+" else Apply("neg", (term,))))
        self._depth -= 1
        return total

    def _product(self, *, functions: bool = True) -> Expression:
        total = self._signed(functions=functions)
        while self._joins(("*", "/")):
            name = "mul" if self._words.take().text == "*" else "div"
            total = Apply(name, (total, self._signed(functions=functions)))
        return total

    def _signed(self, *, functions: bool) -> Expression:
        negative = False
        while self._words.next.text in ("+", "-"):
            negative ^= self._words.take().text == "-"
        factors = [self._powered()]
        while self._starts_factor(functions=functions):
            factors.append(self._powered())
        product = _multiplied(factors)
        return Apply("neg", (product,)) if negative else product

    def _starts_factor(self, *, functions: bool) -> bool:
        token = self._words.next
        if token.kind in ("letter", "digit", "differential"):
            return True
        if token.kind == "command":
            if token.text[1:] in _NAMED or token.text in ("\\sqrt", "\\overline"):
                return functions
            return token.text not in _ENDS and token.text not in _REFUSED
        return token.text in _BRACKETS or (token.text == "|" and self._bars == 0)

    def _powered(self) -> Expression:
        base = self._component()
        while self._words.next.text == "!" or self._has_script("^"):
            if self._words.take().text == "!":
                base = Apply("factorial", (base,))
            else:
                base = Apply("pow", (base, self._script()))
                if self._has_script("_"):
                    self._words.take()
                    self._script()
        return base

    def _joins(self, signs: tuple[str, ...]) -> bool:
        """Whether one of these signs comes, and behind it something that it can join: `5+` is 5."""
        token = self._words.next
        if token.kind != "sign" or token.text not in signs:
            return False
        behind = self._words.after
        return behind.text in ("+", "-", "|") or behind.text in _BRACKETS or _is_atom(behind)

    def _has_script(self, sign: str) -> bool:
        """Whether a script comes: a brace or one thing behind its sign. `x^-2` is x with `^-2` ignored."""
        if self._words.next.text != sign:
            return False
        behind = self._words.after
        return behind.text == "{" or _is_atom(behind)

    def _script(self) -> Expression:
        if self._words.takes("{"):
            return self._until("}")
        return self._atom()

    def _until(self, closing: str) -> Expression:
        bars, self._bars = self._bars, 0
        inner = self._sum()
        self._bars = bars
        self._words.demand(closing)
        return inner

    def _component(self) -> Expression:
        token = self._words.next
        if token.kind == "sign" and token.text in _BRACKETS:
            self._words.take()
            return self._until(_BRACKETS[token.text])
        if token.text == "|":
            return self._absolute()
        if token.kind == "command":
            return self._command()
        return self._atom(applied=True)

    def _absolute(self) -> Expression:
        self._words.take()
        self._bars += 1
        inner = self._sum()
        self._bars -= 1
        self._words.demand("|")
        return Apply("abs", (inner,))

    def _command(self) -> Expression:
        name = self._words.next.text
        if name in _REFUSED:
            raise NotationError(f"{name} is not read here")
        if name in _ROUNDED:
            self._words.take()
            function, closing = _ROUNDED[name]
            return Apply(function, (self._until(closing),))
        if name[1:] in _NAMED:
            return self._function(self._words.take().text[1:])
        if name == "\\sqrt":
            return self._root()
        if name == "\\overline":
            self._words.take()
            self._words.demand("{")
            return Apply(f"{UNKNOWN}conjugate", (self._until("}"),))
        return self._atom(applied=True)

    def _root(self) -> Expression:
        self._words.take()
        degree = self._until("]") if self._words.takes("[") else number(2)
        self._words.demand("{")
        return Apply("pow", (self._until("}"), Apply("div", (number(1), degree))))

    def _function(self, name: str) -> Expression:
        base = power = None
        while self._has_script("_") or self._has_script("^"):
            if self._words.take().text == "_":
                base = self._index()
            else:
                power = self._script()
        argument = self._argument()
        if name in _INVERSE and power == Apply("neg", (number(1),)):
            return Apply(_INVERSE[name], (argument,))
        value = _logarithm(name, argument, base) if name in _LOGARITHMS else Apply(name, (argument,))
        return value if power is None else Apply("pow", (value, power))

    def _index(self) -> Expression:
        """The base of a logarithm: of digits alone the last is the argument, which has to be somewhere."""
        digits = self._words.digits()
        if not digits:
            return self._script()
        if (
            len(digits) > 1
            and not self._starts_factor(functions=True)
            and self._words.next.text not in ("+", "-")
        ):
            self._words.back()
            digits = digits[:-1]
        return number(int(digits))

    def _argument(self) -> Expression:
        if not self._words.takes("("):
            return self._product(functions=False)
        argument = self._sum()
        while self._words.takes(","):
            self._sum()
        self._words.demand(")")
        return argument

    def _atom(self, *, applied: bool = False) -> Expression:
        """A number, name or fraction; a name with brackets behind it is a function where `applied`."""
        token = self._words.take()
        if token.kind == "digit":
            return self._number(token.text)
        if token.kind == "differential":
            return Symbol("d" + token.text[1:].strip().removeprefix("\\"))
        if token.text == "\\frac":
            return Apply("div", (self._part(), self._part()))
        if token.text == "\\binom":
            return Apply("binom", (self._braced(), self._braced()))
        if token.kind in ("letter", "command"):
            return self._name(token.text, applied=applied)
        raise NotationError("a formula ends too early" if token is STOP else f"{token.text!r} stands alone")

    def _number(self, first: str) -> Expression:
        written = first + self._words.digits()
        while group := self._words.thousands():
            written += group
        decimals = self._words.decimals()
        return Number(Fraction(written + decimals), len(decimals) - 1 if decimals else None)

    def _part(self) -> Expression:
        token = self._words.next
        if token.kind == "digit":
            return number(int(self._words.take().text))
        return self._braced()

    def _braced(self) -> Expression:
        self._words.demand("{")
        return self._until("}")

    def _name(self, written: str, *, applied: bool) -> Expression:
        name = written.removeprefix("\\")
        primes = self._words.take().text if self._words.next.kind == "quotes" else ""
        if self._has_script("_"):
            self._words.take()
            name += f"_{{{self._script()}}}"
        if self._words.next.kind == "quotes":
            primes = self._words.take().text
        if written.startswith("\\") and name == "infty":
            return Constant("infinity")
        if applied and self._words.takes("("):
            return self._applied(f"{UNKNOWN}{name}{primes}")
        if written == "\\pi" and name == "pi":
            return Constant("pi")
        return Symbol(name if written.startswith("\\") else name + primes)

    def _applied(self, name: str) -> Expression:
        arguments = [self._sum()]
        while self._words.takes(","):
            arguments.append(self._sum())
        self._words.demand(")")
        return Apply(name, tuple(arguments))


def _is_atom(token: Word) -> bool:
    """Whether a word begins a number, name, fraction or function."""
    ends = token.text in _ENDS or token.text in _REFUSED
    return token.kind in ("letter", "digit", "differential", "command") and not ends


def _logarithm(name: str, argument: Expression, base: Expression | None) -> Expression:
    if base is not None:
        return Apply("div", (Apply("ln", (argument,)), Apply("ln", (base,))))
    return Apply("lg" if name == "lg" else "ln", (argument,))


def _multiplied(factors: list[Expression]) -> Expression:
    """Factors side by side; an `x` between two numbers is a sign of multiplication."""
    kept = [
        factor
        for place, factor in enumerate(factors)
        if not (
            0 < place < len(factors) - 1
            and factor == Symbol("x")
            and isinstance(factors[place - 1], Number)
            and isinstance(factors[place + 1], Number)
        )
    ]
    return kept[0] if len(kept) == 1 else Apply("mul", tuple(kept))
