"""`verifier: json-schema`: whether the last JSON value of a response is valid by the schema in the reference.

JSON Schema, draft 2020-12 (https://json-schema.org/draft/2020-12): its assertions and applicators, references
within the schema (`#`, `#/$defs/NAME`, `$anchor`), without vocabularies, `$dynamicRef`, `unevaluated*` and
remote schemas. `format` and annotations assert nothing, as the standard says. A keyword that is not known is
an error of the reference: a schema that means more than is checked would let everything through.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from dartmath.domains.json_value import NOTHING, last_value, same
from dartmath.domains.reference import nothing, reference_of, verdict
from dartmath.verify.contract.outcome import Verdict
from dartmath.verify.contract.question import Gradable

Schema = Mapping[str, Any] | bool
_DEEPEST = 100
_ANNOTATIONS = frozenset(
    [
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "$anchor",
        "definitions",
        "title",
        "description",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "examples",
        "format",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "minContains",
        "maxContains",
        "then",
        "else",
    ]
)
_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda x: isinstance(x, dict),
    "array": lambda x: isinstance(x, list),
    "string": lambda x: isinstance(x, str),
    "boolean": lambda x: isinstance(x, bool),
    "null": lambda x: x is None,
    "number": lambda x: isinstance(x, int | float) and not isinstance(x, bool),
    "integer": lambda x: (
        not isinstance(x, bool) and (isinstance(x, int) or (isinstance(x, float) and x.is_integer()))
    ),
}


def judge(query: Gradable, response: str) -> Verdict:
    """Whether the last JSON value of a response is valid; the reason names the first place that is not.

    Raises `ValueError` for a schema with keywords that are not checked.
    """
    schema = reference_of(query)
    check_schema(schema)
    found = last_value(response)
    if found is NOTHING:
        return nothing("schema", "JSON value")
    why = next(errors(found, schema), None)
    return verdict(why is None, "schema", why or "valid", json.dumps(found, ensure_ascii=False))


def errors(value: Any, schema: Schema) -> Iterator[str]:
    """Why a value is not valid, each with its place; nothing where it is."""
    yield from _Checker(schema).errors(value, schema, "$", 0)


def check_schema(schema: Any) -> None:
    """Raise `ValueError` for a schema that holds a keyword which nobody checks here, or a wrong reference."""
    checker = _Checker(schema)
    for one in _subschemas(schema):
        if not isinstance(one, dict | bool):
            raise ValueError(f"a schema is a mapping, true or false, not {str(one)[:60]}")
        for key, value in one.items() if isinstance(one, dict) else ():
            if key not in _KEYWORDS and key not in _ANNOTATIONS:
                raise ValueError(f"the schema's keyword {key!r} is not checked here")
            if key == "$ref":
                checker.find(value)
            for pattern in [value] if key == "pattern" else value if key == "patternProperties" else ():
                _regex(pattern)


def _subschemas(schema: Any) -> Iterator[Any]:
    yield schema
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in _OF_ONE:
            yield from _subschemas(value)
        elif key in _OF_LIST:
            for one in value:
                yield from _subschemas(one)
        elif key in _OF_NAMES:
            for one in value.values():
                yield from _subschemas(one)


_OF_ONE = ("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else")
_OF_LIST = ("allOf", "anyOf", "oneOf", "prefixItems")
_OF_NAMES = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")


class _Checker:
    """Checks values by a schema, whose parts it finds by reference."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def find(self, reference: str) -> Schema:
        """The part of the schema that a reference names; `ValueError` where there is none."""
        place, _, fragment = reference.partition("#")
        if place and not (isinstance(self._root, dict) and place == self._root.get("$id")):
            raise ValueError(f"the schema refers to {reference!r}; only references within it are followed")
        if fragment and not fragment.startswith("/"):
            named = [
                s for s in _subschemas(self._root) if isinstance(s, dict) and s.get("$anchor") == fragment
            ]
            if not named:
                raise ValueError(f"the schema has no {reference!r}")
            return named[0]
        found = self._root
        for part in fragment.split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(name)] if isinstance(found, list) else found[name]
            except (KeyError, IndexError, ValueError, TypeError):
                raise ValueError(f"the schema has no {reference!r}") from None
        return cast("Schema", found)

    def errors(self, value: Any, schema: Schema, where: str, depth: int) -> Iterator[str]:
        """Why a value is not valid by a part of the schema."""
        if depth > _DEEPEST:
            yield f"{where} is nested too deeply"
            return
        if isinstance(schema, bool):
            if not schema:
                yield f"{where} must not be there"
            return
        for key, wanted in schema.items():
            if key in _KEYWORDS:
                yield from _KEYWORDS[key](self, value, wanted, _At(schema, where, depth + 1))

    def valid(self, value: Any, schema: Schema, depth: int) -> bool:
        """Whether a value is valid by a part of the schema."""
        return next(self.errors(value, schema, "", depth), None) is None


class _At(NamedTuple):
    """Where a keyword stands, in which schema, and how deep."""

    schema: Mapping[str, Any]
    where: str
    depth: int


Keyword = Callable[[_Checker, Any, Any, _At], Iterator[str]]
_KEYWORDS: dict[str, Keyword] = {}


def _keyword(*names: str) -> Callable[[Keyword], Keyword]:
    def add(function: Keyword) -> Keyword:
        for name in names:
            _KEYWORDS[name] = function
        return function

    return add


def _plain(name: str, applies: str, holds: Callable[[Any, Any], bool], says: str) -> None:
    """A keyword that looks at the value alone, where it is of a type."""

    def check(_: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
        if _TYPES[applies](value) and not holds(value, wanted):
            yield f"{at.where} is {says.format(wanted)}"

    _KEYWORDS[name] = check


@lru_cache(256)
def _regex(pattern: str) -> re.Pattern[str]:
    try:
        # The standard's expressions are those of JavaScript: \d and \w are ASCII, $ is the very end.
        return re.compile(re.sub(r"(?<!\\)\$(?=$|\)|\|)", r"\\Z", pattern), re.ASCII)
    except re.error as error:
        raise ValueError(f"the schema's pattern {pattern!r} is no regular expression: {error}") from None


def _is_multiple(value: float, step: float) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return Fraction(str(value)) % Fraction(str(step)) == 0


_plain("multipleOf", "number", _is_multiple, "no multiple of {}")
_plain("minimum", "number", lambda x, w: x >= w, "less than {}")
_plain("maximum", "number", lambda x, w: x <= w, "more than {}")
_plain("exclusiveMinimum", "number", lambda x, w: x > w, "not more than {}")
_plain("exclusiveMaximum", "number", lambda x, w: x < w, "not less than {}")
_plain("minLength", "string", lambda x, w: len(x) >= w, "shorter than {}")
_plain("maxLength", "string", lambda x, w: len(x) <= w, "longer than {}")
_plain("pattern", "string", lambda x, w: _regex(w).search(x) is not None, "not like {}")
_plain("minItems", "array", lambda x, w: len(x) >= w, "less than {} items")
_plain("maxItems", "array", lambda x, w: len(x) <= w, "more than {} items")
_plain("minProperties", "object", lambda x, w: len(x) >= w, "less than {} fields")
_plain("maxProperties", "object", lambda x, w: len(x) <= w, "more than {} fields")
_plain("required", "object", lambda x, w: all(name in x for name in w), "without one of the fields {}")
_plain("uniqueItems", "array", lambda x, w: not w or not _repeats(x), "a list with an item twice")


def _repeats(items: list[Any]) -> bool:
    return any(same(a, b) for place, a in enumerate(items) for b in items[:place])


@_keyword("type")
def _type(_: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(_TYPES[name](value) for name in names):
        yield f"{at.where} is no {' or '.join(names)}"


@_keyword("enum")
def _enum(_: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    if not any(same(value, one) for one in wanted):
        yield f"{at.where} is none of {json.dumps(wanted, ensure_ascii=False)[:80]}"


@_keyword("const")
def _const(_: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    if not same(value, wanted):
        yield f"{at.where} is not {json.dumps(wanted, ensure_ascii=False)[:80]}"


@_keyword("$ref")
def _ref(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    yield from checker.errors(value, checker.find(wanted), at.where, at.depth)


@_keyword("properties")
def _properties(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for name, schema in wanted.items() if isinstance(value, dict) else ():
        if name in value:
            yield from checker.errors(value[name], schema, f"{at.where}.{name}", at.depth)


@_keyword("patternProperties")
def _pattern_properties(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for pattern, schema in wanted.items() if isinstance(value, dict) else ():
        for name in (name for name in value if _regex(pattern).search(name)):
            yield from checker.errors(value[name], schema, f"{at.where}.{name}", at.depth)


@_keyword("additionalProperties")
def _additional(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    patterns = [_regex(one) for one in at.schema.get("patternProperties", ())]
    for name in value if isinstance(value, dict) else ():
        if name not in at.schema.get("properties", ()) and not any(one.search(name) for one in patterns):
            yield from checker.errors(value[name], wanted, f"{at.where}.{name}", at.depth)


@_keyword("propertyNames")
def _names(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for name in value if isinstance(value, dict) else ():
        yield from checker.errors(name, wanted, f"{at.where}.{name}", at.depth)


@_keyword("dependentRequired")
def _dependent_required(_: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for name, others in wanted.items() if isinstance(value, dict) else ():
        missing = [one for one in others if name in value and one not in value]
        if missing:
            yield f"{at.where} has {name}, but no {missing[0]}"


@_keyword("dependentSchemas")
def _dependent_schemas(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for name, schema in wanted.items() if isinstance(value, dict) else ():
        if name in value:
            yield from checker.errors(value, schema, at.where, at.depth)


@_keyword("prefixItems")
def _prefix(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for place, (one, schema) in enumerate(
        zip(value, wanted, strict=False) if isinstance(value, list) else ()
    ):
        yield from checker.errors(one, schema, f"{at.where}[{place}]", at.depth)


@_keyword("items")
def _items(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    start = len(at.schema.get("prefixItems", ()))
    for place, one in enumerate(value[start:] if isinstance(value, list) else (), start=start):
        yield from checker.errors(one, wanted, f"{at.where}[{place}]", at.depth)


@_keyword("contains")
def _contains(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    if not isinstance(value, list):
        return
    found = sum(checker.valid(one, wanted, at.depth) for one in value)
    least, most = at.schema.get("minContains", 1), at.schema.get("maxContains", math.inf)
    if not least <= found <= most:
        yield f"{at.where} has {found} items of a kind of which it must have {least:g} to {most:g}"


@_keyword("allOf")
def _all(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    for schema in wanted:
        yield from checker.errors(value, schema, at.where, at.depth)


@_keyword("anyOf", "oneOf")
def _some(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    found = sum(checker.valid(value, one, at.depth) for one in wanted)
    only_one = at.schema.get("oneOf") is wanted
    if not found or (only_one and found > 1):
        one = "one" if only_one else "some"
        yield f"{at.where} is {found} of {len(wanted)} kinds of which it must be {one}"


@_keyword("not")
def _not(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    if checker.valid(value, wanted, at.depth):
        yield f"{at.where} is of a kind of which it must not be"


@_keyword("if")
def _if(checker: _Checker, value: Any, wanted: Any, at: _At) -> Iterator[str]:
    branch = at.schema.get("then" if checker.valid(value, wanted, at.depth) else "else", True)
    yield from checker.errors(value, branch, at.where, at.depth)
