"""`verifier: json`: the last JSON value of a response, compared with the reference field by field.

The reference is the JSON value itself. Objects are equal whatever the order of their fields, numbers by value
(1 and 1.0 are one number), truth values are no numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dartmath.domains.reference import fenced, nothing, reference_of, verdict
from dartmath.verify.contract.outcome import Verdict
from dartmath.verify.contract.question import Gradable

_MOST_CHARS = 200_000
# Places at which a value is tried to begin: what a model writes may be nothing but brackets.
_MOST_TRIES = 200
_MISSING = object()


def judge(query: Gradable, response: str) -> Verdict:
    """Whether the last JSON value of a response is the reference's; the reason names where it differs."""
    wanted = reference_of(query)
    found = last_value(response)
    if found is NOTHING:
        return nothing("json", "JSON value")
    where = difference(found, wanted)
    reason = "the same value" if where is None else where
    return verdict(where is None, "json", reason, json.dumps(found, ensure_ascii=False))


NOTHING = object()
"""Stands for no value, since null is one."""


def last_value(response: str) -> Any:
    """The value of the last fenced block of JSON, else of the whole response, else the last object or list in
    it.

    `NOTHING` where there is none. Keys that are said twice, and NaN, are no JSON.
    """
    text = response[-_MOST_CHARS:]
    for candidate in (*reversed(fenced(text, {"json", "jsonc", "json5"})), text):
        found = _read(candidate.strip())
        if found is not NOTHING:
            return found
    return next(_inside(text), NOTHING)


def _inside(text: str) -> Iterator[Any]:
    """Objects and lists in a text, the last outermost one first."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)
    last_end, found = 0, []
    for begin in [m.start() for m in re.finditer(r"[\[{]", text)][-_MOST_TRIES:]:
        if begin < last_end:
            continue
        try:
            value, last_end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError):
            continue
        found.append(value)
    yield from reversed(found)


def _read(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return NOTHING


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is said twice")
    return made


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def difference(found: Any, wanted: Any, where: str = "$") -> str | None:
    """Where two values differ, the first place in the order of the second; None where they do not."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(key for key in found if key not in wanted)]:
            mine, other = found.get(key, _MISSING), wanted.get(key, _MISSING)
            if mine is _MISSING or other is _MISSING:
                return f"{where}.{key} is {'missing' if mine is _MISSING else 'too much'}"
            if (below := difference(mine, other, f"{where}.{key}")) is not None:
                return below
        return None
    if isinstance(found, list) and isinstance(wanted, list):
        if len(found) != len(wanted):
            return f"{where} has {len(found)} items, not {len(wanted)}"
        pairs = enumerate(zip(found, wanted, strict=True))
        inner = (difference(a, b, f"{where}[{place}]") for place, (a, b) in pairs)
        return next((one for one in inner if one is not None), None)
    return None if same(found, wanted) else f"{where} is {_shown(found)}, not {_shown(wanted)}"


def same(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]
