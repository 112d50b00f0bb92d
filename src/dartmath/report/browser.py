"""The samples that a report lets its reader look at, as compact records for the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dartmath.report.mathematics import segments, to_mathml
from dartmath.report.statistics import SamplingStatistics
from dartmath.sampling.sample import Sample


def browser_data(statistics: Sequence[tuple[str, SamplingStatistics]], budget: int) -> dict[str, Any]:
    """Queries and samples of all runs; as many samples as `budget` bytes of JSON hold.

    Texts are lists of segments (see `mathematics.segments`), so that no text of a model is ever
    markup.
    """
    queries: dict[str, dict[str, Any]] = {}
    samples: list[dict[str, Any]] = []
    left = budget
    for place, turn in enumerate(_turns([one.browse for _, one in statistics])):
        run, one = statistics[turn[0]][0], statistics[turn[0]][1]
        key = f"{run}:{turn[1].query_id}"
        fresh = {} if key in queries else {key: _query(one, turn[1].query_id)}
        record = {"run": run, "query": key, **_sample(turn[1])}
        left -= len(json.dumps([record, fresh]))
        if left < 0 and place:
            break
        queries |= fresh
        samples.append(record)
    return {"queries": queries, "samples": samples}


def _turns(piles: Sequence[Sequence[Sample]]) -> list[tuple[int, Sample]]:
    """(run, sample), one of each run in turn."""
    longest = max((len(pile) for pile in piles), default=0)
    return [(run, pile[i]) for i in range(longest) for run, pile in enumerate(piles) if i < len(pile)]


def _query(statistics: SamplingStatistics, query_id: str) -> dict[str, Any]:
    query = statistics.queries[query_id]
    trials, correct = statistics.by_query[query_id]
    return {
        "id": query_id,
        "dataset": query.dataset,
        "band": statistics.bands_of[query_id],
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
    return [segment.to_json() for segment in segments(_clean(text))]


def _as_formula(answer: str) -> list[Any]:
    """An answer drawn as mathematics where it has LaTeX commands, as text otherwise."""
    if "\\" not in answer and "^" not in answer:
        return [_clean(answer)]
    mathml = to_mathml(answer)
    return [[_clean(answer), mathml, False]] if mathml else [_clean(answer)]


def _clean(text: str) -> str:
    """Without lone surrogates, which no HTML file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
