"""Format: one shape of rows that another program loads, and the examples that its rows are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dartmath.export.prompting import Prompting
from dartmath.queries.query import Query

Kind = Literal["responses", "pairs", "labels", "steps", "queries"]
"""What a format has a row for: a selected response, a pair of a right and a wrong one, a response that is
right or wrong, one whose steps are, or a query."""
BOTH = frozenset(["messages", "text"])
MESSAGES = frozenset(["messages"])


@dataclass(frozen=True, slots=True)
class RowSource:
    """What one row is made of.

    Attributes:
        query: the query.
        response: the response ("" for a row of queries); of a pair the chosen one.
        rejected: the wrong response of a pair.
        label: whether the response is right.
        trial: the trial of the response; -1 for a row of queries.
        trials, correct: finished trials of the query in the pool, and the right ones of them.
        fail_rate: what curation took for the fail rate; None for a query without a trial.
        margin: of a pair, the share of right trials less that of trials with the rejected answer.
        own: the user's kept columns, under names that the format does not use itself.
        steps: of an example of steps, whether each is right.
    """

    query: Query
    response: str
    rejected: str
    label: bool
    trial: int
    trials: int
    correct: int
    fail_rate: float | None
    margin: float
    own: Mapping[str, Any]
    steps: tuple[bool, ...] = ()

    @property
    def pass_rate(self) -> float:
        """Right trials among the finished; 0 without any."""
        return self.correct / self.trials if self.trials else 0.0

    @property
    def reference(self) -> str:
        """The reference answer; a JSON list where several are acceptable, which `read_reference` reads."""
        references = self.query.references
        return references[0] if len(references) == 1 else json.dumps(list(references), ensure_ascii=False)

    def about(self) -> dict[str, Any]:
        """Columns for looking and filtering, then the user's own."""
        known = {"query_id": self.query.id, "dataset": self.query.dataset, "reference": self.reference}
        return {**known, "fail_rate": self.fail_rate, **self.own}


ABOUT = ("query_id", "dataset", "reference", "fail_rate")
"""Names of the columns of `RowSource.about` that are not the user's."""


def nothing(path: str, prompting: Prompting) -> str:
    """The usage of a format whose path says all."""
    return ""


@dataclass(frozen=True, slots=True)
class Format:
    """A shape of rows.

    Attributes:
        kind: what it has a row for.
        about: who loads it, in a few words.
        columns: names of its columns; a column of the user's with such a name becomes `own_NAME`.
        row: the row of an example.
        usage: what to tell the other program, given the path of the file; "" where the path says all.
        suffixes: kinds of files that it may be written to, the usual one first.
        prompts: whether its prompts may be messages, text, or both.
        fields: whether a message may have `reasoning_content`, which its loader then reads.
    """

    kind: Kind
    about: str
    columns: tuple[str, ...]
    row: Callable[[RowSource, Prompting], dict[str, Any]]
    usage: Callable[[str, Prompting], str] = nothing
    suffixes: tuple[str, ...] = (".jsonl", ".parquet")
    prompts: frozenset[str] = MESSAGES
    fields: bool = True
