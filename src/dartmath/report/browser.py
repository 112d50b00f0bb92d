"""The samples that a report lets its reader look at, as compact records for the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dartmath.queries.query import Query
from dartmath.report.mathematics import segments, to_mathml
from dartmath.sampling.sample import Sample


@dataclass(frozen=True, slots=True)
class Browsable:
    """Samples to look at, of one run or evaluation, and what is known of their queries.

    `by_query` holds (trials, correct ones) of each query, `bands_of` its band.
    """

    label: str
    samples: Sequence[Sample]
    queries: Mapping[str, Query]
    by_query: Mapping[str, tuple[int, int]]
    bands_of: Mapping[str, str]
    in_sets: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """Which data set holds a response, by its query and trial."""


def browser_data(sources: Sequence[Browsable], budget: int) -> dict[str, Any]:
    """Queries and samples of all sources; as many samples as `budget` bytes of JSON hold.

    Texts are lists of segments (see `mathematics.segments`), so that no text of a model is ever
    markup.
    """
    queries: dict[str, dict[str, Any]] = {}
    samples: list[dict[str, Any]] = []
    left = budget
    for source, sample in _turns(sources):
        key = f"{source.label}:{sample.query_id}"
        fresh = {} if key in queries else {key: _query(source, sample.query_id)}
        inside = source.in_sets.get((sample.query_id, sample.trial), "")
        record = {"run": source.label, "query": key, "set": inside, **_sample(sample)}
        left -= len(json.dumps([record, fresh]))
        if left < 0 and samples:
            break
        queries |= fresh
        samples.append(record)
    return {"queries": queries, "samples": samples}


def _turns(sources: Sequence[Browsable]) -> list[tuple[Browsable, Sample]]:
    """One sample of each source in turn."""
    longest = max((len(source.samples) for source in sources), default=0)
    return [(s, s.samples[i]) for i in range(longest) for s in sources if i < len(s.samples)]


def _query(source: Browsable, query_id: str) -> dict[str, Any]:
    query = source.queries[query_id]
    trials, correct = source.by_query[query_id]
    return {
        "id": query_id,
        "dataset": query.dataset,
        "band": source.bands_of[query_id],
        "text": text_json(query.text),
        "references": [_as_formula(reference) for reference in query.references],
        "trials": trials,
        "correct": correct,
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "trial": sample.trial,
        "outcome": sample.outcome.value,
        "text": text_json(sample.text),
        "answer": None if sample.answer is None else _as_formula(sample.answer),
        "reason": sample.reason,
        "tokens": sample.completion_tokens,
        "finish": sample.finish_reason,
    }


def text_json(text: str) -> list[Any]:
    """A text as compact segments."""
    return [segment.to_json() for segment in segments(text)]


def _as_formula(answer: str) -> list[Any]:
    """An answer drawn as mathematics where it has LaTeX commands, as text otherwise."""
    if "\\" not in answer and "^" not in answer:
        return [answer]
    mathml = to_mathml(answer)
    return [[answer, mathml, False]] if mathml else [answer]
