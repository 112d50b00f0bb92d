"""What is graded: a query with its reference answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

HYBRID = "hybrid"
"""The mode of `math` whose refusals a language model judges again (`dartmath.judging`)."""

DART_MATH = "dart-math"
"""The mode that judges by the rules of the paper's own grader (`dartmath.verify.dart_math`)."""

OTHERWISE = "otherwise"
"""Key of the metadata of a query that is judged by the paper's rules: the verifier that judges it without."""

VERIFIERS = ("math", "science", HYBRID, "theoremqa", DART_MATH)
"""The built-in modes; another verifier is a function of the user's own (see `custom`)."""

DOMAINS = {
    "code": "dartmath.domains.code:judge",
    "sql": "dartmath.domains.sql:judge",
    "json": "dartmath.domains.json_value:judge",
    "json-schema": "dartmath.domains.json_schema:judge",
    "instructions": "dartmath.domains.instructions:judge",
}
"""Verifiers of other domains by their names, each a function with the contract of a user's own."""


class Gradable(Protocol):
    """What `grade` needs of a query."""

    @property
    def text(self) -> str:
        """The problem as asked."""
        ...

    @property
    def references(self) -> tuple[str, ...]:
        """Acceptable answers."""
        ...

    @property
    def verifier(self) -> str:
        """One of `VERIFIERS` or `DOMAINS`, or a function of the user's own (`file.py:name`)."""
        ...

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Optional keys: "tolerance" (absolute, or as in the settings), "ordered", "answer_type", and for
        "dart-math" also "original" and "judged_as"."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """A query of its own, where there is no `dartmath.queries.Query` to grade."""

    text: str
    references: tuple[str, ...]
    verifier: str = "math"
    metadata: Mapping[str, Any] = field(default_factory=dict)
