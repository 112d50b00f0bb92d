"""Columns of the user's own that go along into the training set: what `columns.keep` names, and a domain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from dartmath.base.text import encodable
from dartmath.queries.query import Query

# Metadata that the set has columns for, or that only a verifier reads.
_OTHERWISE = frozenset(["level", "band", "entry"])


class KeptColumns:
    """The further columns of a training set: their names and types, and what each query has in them.

    A name that the set has already gets `own_` before it. Values that are not all numbers, all truth values
    or all texts are written as JSON.
    """

    def __init__(self, queries: Iterable[Query], taken: Iterable[str]) -> None:
        found: dict[str, set[type]] = {}
        for query in queries:
            for key, value in query.metadata.items():
                if key not in _OTHERWISE and value is not None:
                    found.setdefault(key, set()).add(type(value))
        reserved = {*taken}
        self._names = {key: f"own_{key}" if key in reserved else key for key in found}
        self._types = {key: _common(types) for key, types in found.items()}

    @property
    def meanings(self) -> dict[str, str]:
        """What stands in each column, for the manifest and the card."""
        return {name: f"the column {key!r} of the data set" for key, name in self._names.items()}

    def schema(self) -> list[tuple[str, Any]]:
        """(name, pyarrow type) of each column."""
        import pyarrow as pa

        types = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
        return [(name, types.get(self._types[key], pa.string())) for key, name in self._names.items()]

    def of(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What a query has in the columns."""
        return {name: _as(metadata.get(key), self._types[key]) for key, name in self._names.items()}


def _common(types: set[type]) -> type:
    """The type of a column whose values have these."""
    if len(types) == 1 and types <= {bool, int, float, str}:
        return next(iter(types))
    return float if types == {int, float} else object


def _as(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is object:
        return encodable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return encodable(value) if kind is str else kind(value)
