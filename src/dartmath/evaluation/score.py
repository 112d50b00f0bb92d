"""score: from the samples of a benchmark to its metrics."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dartmath.evaluation.intervals import Estimate, clustered, wilson
from dartmath.evaluation.lenient import leniently_correct
from dartmath.evaluation.metrics import (
    g_pass_at_k,
    joined,
    majority_at_k,
    mean_g_pass_at_k,
    pass_at_k,
    powers_of_two,
)
from dartmath.evaluation.result import BenchmarkResult, GroupScore, Score
from dartmath.queries.config import QuerySource
from dartmath.queries.download import content_checksum
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome
from dartmath.verify.contract.settings import GradingSettings

SHARES = (0.5, 0.75, 1.0)
"""Shares of k trials that have to be correct for G-Pass@k, those of its paper."""

_GROUPS = ("level", "domain", "band")
_MOST_GROUPS = 40

_Votes = tuple[list[str | None], list[bool]]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark that is asked: its name in tables, its source and its queries.

    `origin` says where they were read from, with the commit where that has one (see `Loaded.origin`), and
    `set_checksum` what the whole set was (see `Loaded.checksum`).
    """

    name: str
    source: QuerySource
    queries: tuple[Query, ...]
    origin: str = ""
    set_checksum: str = ""


def score(
    benchmark: Benchmark,
    samples: Mapping[str, Sequence[Sample]],
    trials: int,
    grading: GradingSettings | None = None,
) -> BenchmarkResult:
    """Metrics of one benchmark.

    `samples` maps query ids to their samples. A trial that is missing, because the engine
    refused the prompt for its length, counts as an error, never as if it had not been asked.
    `grading` are the settings that the lenient metric starts from; None is `GradingSettings()`.
    """
    found = [sorted(samples.get(query.id, ()), key=lambda s: s.trial)[:trials] for query in benchmark.queries]
    flat = [sample for row in found for sample in row]
    total = len(benchmark.queries) * trials
    outcomes = Counter({outcome.value: 0 for outcome in Outcome})
    outcomes.update(sample.outcome.value for sample in flat)
    outcomes[Outcome.ERROR.value] += total - len(flat)
    tokens = sum(sample.completion_tokens for sample in flat)
    lenient = _leniently_correct(benchmark.queries, found, grading or GradingSettings())
    several = powers_of_two(trials)[1:]
    votes = [_votes(row, trials) for row in found] if several else []
    return BenchmarkResult(
        name=benchmark.name,
        dataset=benchmark.source.dataset,
        source=benchmark.source.model_dump(mode="json"),
        origin=benchmark.origin,
        checksum=content_checksum(benchmark.queries),
        set_checksum=benchmark.set_checksum,
        query_ids=[query.id for query in benchmark.queries],
        queries=len(benchmark.queries),
        trials=trials,
        correct=outcomes[Outcome.CORRECT.value],
        pass_at_1=_pass_at_1(found, trials),
        lenient=mean_of(lenient, trials),
        pass_at_k={k: _pass_at(found, trials, k) for k in several},
        maj_at_k={k: _majority_at(votes, k) for k in several},
        g_pass_at_k={k: _stable_at(found, trials, k) for k in several},
        outcomes=dict(outcomes),
        tools=_tools(flat),
        truncated=_share(sum(s.finish_reason == "length" for s in flat), total),
        ended=_share(sum(s.finish_reason == "stop" for s in flat), total),
        no_answer=_share(outcomes[Outcome.NO_ANSWER.value] + outcomes[Outcome.TRUNCATED.value], total),
        unparsable=_share(outcomes[Outcome.UNPARSABLE.value], total),
        prompt_tokens=sum(s.prompt_tokens for s in flat),
        completion_tokens=tokens,
        mean_tokens=_share(tokens, len(flat)),
        request_seconds=_share(math.fsum(s.seconds for s in flat), len(flat)),
        by=_groups(benchmark.queries, found, lenient, trials),
    )


def to_score(estimate: Estimate) -> Score:
    """An estimate as it is written to JSON, where NaN has no place."""
    bounds = [None if math.isnan(bound) else bound for bound in (estimate.low, estimate.high)]
    return Score(value=estimate.value, low=bounds[0], high=bounds[1], method=estimate.method)


def query_means(
    samples: Mapping[str, Sequence[Sample]], query_ids: Sequence[str], trials: int
) -> list[float]:
    """The share of correct ones among the first `trials` of each query."""
    return [_correct(samples.get(query_id, ())[:trials]) / trials for query_id in query_ids]


def _correct(samples: Sequence[Sample]) -> int:
    return sum(sample.outcome is Outcome.CORRECT for sample in samples)


def _tools(samples: Sequence[Sample]) -> dict[str, int]:
    """Outcomes of all code blocks; empty without tool use."""
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(sample.tools or {})
    return dict(counts)


def _pass_at_1(found: Sequence[Sequence[Sample]], trials: int) -> Score:
    return mean_of([_correct(row) for row in found], trials)


def _leniently_correct(
    queries: Sequence[Query], found: Sequence[Sequence[Sample]], grading: GradingSettings
) -> list[int]:
    """How many responses to each query are correct by the lenient metric."""
    rows = zip(queries, found, strict=True)
    return [sum(leniently_correct(query, s, grading) for s in row) for query, row in rows]


def mean_of(correct: Sequence[int], trials: int) -> Score:
    """Pass@1 of the correct ones of every query."""
    if trials == 1:
        return to_score(wilson(sum(correct), len(correct)))
    return to_score(clustered([count / trials for count in correct]))


def _pass_at(found: Sequence[Sequence[Sample]], trials: int, k: int) -> Score:
    return to_score(clustered([pass_at_k(trials, _correct(row), k) for row in found]))


def _stable_at(found: Sequence[Sequence[Sample]], trials: int, k: int) -> dict[str, Score]:
    correct = [_correct(row) for row in found]
    scores = {
        f"{share:g}": to_score(clustered([g_pass_at_k(trials, c, k, share) for c in correct]))
        for share in SHARES
    }
    return {**scores, "mean": to_score(clustered([mean_g_pass_at_k(trials, c, k) for c in correct]))}


def _majority_at(votes: Sequence[_Votes], k: int) -> Score:
    return to_score(clustered([majority_at_k(answers, correct, k) for answers, correct in votes]))


def _votes(row: Sequence[Sample], trials: int) -> _Votes:
    """The answers of a query, equal wrong ones spelled alike, and which of them are correct."""
    correct = [sample.outcome is Outcome.CORRECT for sample in row]
    answers = [sample.answer for sample in row]
    if any(correct):  # else no vote can be won
        wrong = [a for a, good in zip(answers, correct, strict=True) if a is not None and not good]
        spelling = joined(wrong, same_answer, key=read_alike)
        answers = [None if answer is None else spelling.get(answer, answer) for answer in answers]
    missing = trials - len(row)
    return [*answers, *[None] * missing], [*correct, *[False] * missing]


def same_answer(first: str, second: str) -> bool:
    """Whether two answers mean the same."""
    from dartmath.verify import verify

    return verify(first, second).correct


def read_alike(answer: str) -> str:
    """What an answer is read as: two that are read alike are equal."""
    from dartmath.verify import parse

    return str(parse(answer))


def _groups(
    queries: Sequence[Query], found: Sequence[Sequence[Sample]], lenient: Sequence[int], trials: int
) -> dict[str, dict[str, GroupScore]]:
    made = {}
    for key in _GROUPS:
        rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for query, row, leniently in zip(queries, found, lenient, strict=True):
            if key in query.metadata:
                rows[str(query.metadata[key])].append((_correct(row), leniently))
        if 1 < len(rows) <= _MOST_GROUPS:
            made[key] = {
                name: GroupScore(
                    queries=len(rows[name]),
                    score=mean_of([strictly for strictly, _ in rows[name]], trials),
                    lenient=mean_of([leniently for _, leniently in rows[name]], trials),
                )
                for name in sorted(rows)
            }
    return made


def _share(part: float, total: float) -> float:
    return part / total if total else 0.0
