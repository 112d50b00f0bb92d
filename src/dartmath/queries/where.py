"""Row filters: `question_type = "math-word-problem" and level >= 3`. A small grammar; nothing is executed.

    filter     = all ("or" all)*
    all        = one ("and" one)*
    one        = "not" one | "(" filter ")" | COLUMN comparison
    comparison = ("=" | "!=" | "<" | "<=" | ">" | ">=" | "contains") VALUE
               | ["not"] "in" "(" VALUE ("," VALUE)* ")" | "is" ["not"] "missing"

A column is a name, a path, or any text in backquotes; a value is a number, a text in quotes, `true` or
`false`. Numbers compare as numbers, also where a table holds them as texts. A row in which the column
is missing passes `!=`, `not in` and `is missing` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.queries.formats.row import Row
from dartmath.queries.paths import value_at

Test = Callable[[Row], bool]
_MOST_CHARS = 2_000
_MOST_NESTED = 20
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])
      | (?P<sign><=|>=|!=|==|[=<>(),])
      | (?P<column>`[^`]+`)
      | (?P<word>[^\W\d][\w.\[\]*-]*)
    )""",
    re.VERBOSE,
)
_WORDS = ("and", "or", "not", "in", "is", "missing", "contains", "true", "false")
_EXAMPLE = """such as: question_type = "math-word-problem" and level >= 3"""


@lru_cache(maxsize=64)
def row_filter(text: str) -> Test:
    """A function that tells whether a row passes; `ConfigError` shows where a filter cannot be read.

    >>> row_filter("level >= 3 and not source in ('a', 'b')")({"level": "4", "source": "c"})
    True
    """
    if len(text) > _MOST_CHARS:
        raise ConfigError(f"a filter has at most {_MOST_CHARS} characters, found {len(text)}")
    parser = _Parser(text)
    test = parser.either(0)
    if parser.kind:
        parser.fail("the end, `and` or `or`")
    return test


class _Parser:
    def __init__(self, text: str) -> None:
        self._text, self._place = text, 0
        self.kind, self.token = "", ""
        self._next()

    def either(self, depth: int) -> Test:
        """Any of several tests."""
        if depth > _MOST_NESTED:
            raise ConfigError(f"where: nested more than {_MOST_NESTED} deep: {self._text[:80]!r}")
        tests = [self._both(depth)]
        while self._take("or"):
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._take("and"):
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self, depth: int) -> Test:
        if self._take("not"):
            if depth > _MOST_NESTED:
                raise ConfigError(f"where: nested more than {_MOST_NESTED} deep: {self._text[:80]!r}")
            inner = self._one(depth + 1)
            return lambda row: not inner(row)
        if self._take("("):
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        if self.kind not in ("word", "column") or self.token in _WORDS:
            self.fail("a column")
        name = self.token.strip("`")
        self._next()
        return self._comparison(name)

    def _comparison(self, name: str) -> Test:
        if self._take("is"):
            absent = not self._take("not")
            self._expect("missing")
            return lambda row: (_value(row, name) in (None, "")) == absent
        negated = self._take("not")
        if self._take("in"):
            values = self._values()
            return lambda row: any(_same(_value(row, name), v) for v in values) != negated
        if negated:
            self.fail("`in`")
        sign = self.token
        if sign not in _COMPARE:
            self.fail(f"a comparison ({', '.join(_COMPARE)}, in, is missing)")
        self._next()
        value, compare = self._value(), _COMPARE[sign]
        return lambda row: compare(_value(row, name), value)

    def _values(self) -> list[Any]:
        self._expect("(")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> Any:
        kind, token = self.kind, self.token
        if kind not in ("text", "number") and token not in ("true", "false"):
            self.fail("a number, or a text in quotes")
        self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        return float(token) if kind == "number" else token == "true"

    def _take(self, token: str) -> bool:
        if self.kind not in ("word", "sign") or self.token != token:
            return False
        self._next()
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            self.fail(f"`{token}`")

    def _next(self) -> None:
        if not self._text[self._place :].strip():
            self._place, self.kind, self.token = len(self._text), "", ""
            return
        found = _TOKEN.match(self._text, self._place)
        if found is None or found.lastgroup is None:
            rest = self._text[self._place :].lstrip()
            raise ConfigError(f"where: cannot read {rest[:40]!r} in {self._text!r}; {_EXAMPLE}")
        self._place, self.kind, self.token = found.end(), found.lastgroup, found[found.lastgroup]

    def fail(self, wanted: str) -> None:
        """Raise the error that says what should stand here."""
        found = f"{self.token!r}" if self.token else "the end"
        raise ConfigError(f"where: {wanted} should stand where {found} is in {self._text!r}; {_EXAMPLE}")


def _value(row: Row, name: str) -> Any:
    try:
        return value_at(row, name)
    except LookupError:
        return None


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _same(found: Any, value: Any) -> bool:
    if isinstance(value, float):
        return _number(found) == value
    if isinstance(value, bool):
        return found is value or str(found).strip().lower() == str(value).lower()
    return found is not None and str(found) == value


def _contains(found: Any, value: Any) -> bool:
    if isinstance(found, list | tuple):
        return any(_same(one, value) for one in found)
    return found is not None and str(value) in str(found)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(found: Any, value: Any) -> bool:
        if isinstance(value, float):
            number = _number(found)
            return number is not None and test(number, value)
        return isinstance(found, str) and isinstance(value, str) and test(found, value)

    return compare


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": _same,
    "==": _same,
    "!=": lambda found, value: not _same(found, value),
    "<=": _ordered(lambda a, b: a <= b),
    ">=": _ordered(lambda a, b: a >= b),
    "<": _ordered(lambda a, b: a < b),
    ">": _ordered(lambda a, b: a > b),
    "contains": _contains,
}
