"""What a policy of the user's own may look at beside counts: the query, and the responses of its pilot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dartmath.queries.query import Query


class PilotResponse(NamedTuple):
    """A response of the pilot: whether it is correct, the mean log-probability of its tokens where the engine
    gave it, and their number.
    """

    correct: bool
    logprob: float | None
    tokens: int


@dataclass(frozen=True, slots=True)
class PilotRecord:
    """A query, with its metadata, and the responses of its pilot in the order of trials."""

    query: Query
    responses: tuple[PilotResponse, ...] = ()

    @property
    def logprob(self) -> float | None:
        """The mean log-probability of a token in the mean over those responses that have one."""
        known = [one.logprob for one in self.responses if one.logprob is not None]
        return sum(known) / len(known) if known else None


class PilotRecords:
    """The pilots of all queries, kept where a policy looks at them."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._queries = queries
        self._responses: dict[int, dict[int, PilotResponse]] = {}

    def add(self, index: int, trial: int, response: PilotResponse) -> None:
        """Note a response to the query at `index`."""
        self._responses.setdefault(index, {})[trial] = response

    def of(self, index: int) -> PilotRecord:
        """The record of the query at `index`."""
        found = self._responses.get(index, {})
        return PilotRecord(self._queries[index], tuple(found[trial] for trial in sorted(found)))
