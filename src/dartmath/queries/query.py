"""Query: a problem with a checkable answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dartmath.base.errors import DataError


@dataclass(frozen=True, slots=True)
class Query:
    """A problem with a checkable answer.

    Attributes:
        id: stable content hash (see `query_id`), or the user's own id.
        dataset: the data set it comes from, such as "math/train".
        text: the problem as the model sees it, before any template.
        references: acceptable answers; an answer that equals any one of them is correct.
        verifier: what judges responses: "math", "science", "hybrid", "theoremqa", "dart-math", or
            `file.py:name`.
        metadata: what else is known: "level", "domain", "tolerance" (absolute), "ordered", kept columns.
    """

    id: str
    dataset: str
    text: str
    references: tuple[str, ...]
    verifier: str = "math"
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dictionary; `from_json` is its inverse."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "text": self.text,
            "references": list(self.references),
            "verifier": self.verifier,
            "metadata": dict(self.metadata),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Query:
        """The query of a `to_json` dictionary."""
        return cls(
            id=row["id"],
            dataset=row["dataset"],
            text=row["text"],
            references=tuple(row["references"]),
            verifier=row.get("verifier", "math"),
            metadata=dict(row.get("metadata", {})),
        )


def plain(value: Any) -> Any:
    """What metadata may hold of a value: as JSON holds it, or its text where JSON cannot (a date, bytes).

    Raises `DataError` for what no UTF-8 file can hold.
    """
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"not valid Unicode: {error}") from None
    return json.loads(text)


def query_id(dataset: str, text: str, references: tuple[str, ...]) -> str:
    """16 hexadecimal digits that depend on nothing but the content."""
    content = json.dumps([dataset, text, references], ensure_ascii=False)
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def make_query(
    dataset: str,
    text: str,
    references: tuple[str, ...] | str,
    *,
    verifier: str = "math",
    **metadata: Any,
) -> Query:
    """A query with its id computed. Raises `DataError` on an empty text or reference."""
    answers = (references,) if isinstance(references, str) else references
    if not text.strip():
        raise DataError(f"empty query text in {dataset}")
    if not answers or not all(answer.strip() for answer in answers):
        raise DataError(f"missing reference answer in {dataset} for query {text[:60]!r}")
    known = {key: value for key, value in metadata.items() if value is not None}
    return Query(query_id(dataset, text, answers), dataset, text, answers, verifier, known)
