"""compare: two evaluations on the same queries, or one beside published numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dartmath.base.errors import DataError
from dartmath.evaluation.intervals import Paired, paired
from dartmath.evaluation.published import Published
from dartmath.evaluation.result import BenchmarkResult, EvaluationResult, read_result
from dartmath.evaluation.rows import read_correct
from dartmath.sampling.journal_manifest import content_hash

_Key = tuple[str, str]  # benchmark, query id
# What must agree for a difference to be one of the models.
_SETTINGS = ("trials", "temperature", "top_p", "max_tokens", "stop", "shots", "tools")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two evaluations compared.

    `benchmarks` maps names to the paired comparison on the queries that both have; `overall` is over
    all these queries together; `left_out` names benchmarks that one run alone has; `differing` maps
    settings that differ to their two values.
    """

    benchmarks: dict[str, Paired]
    overall: Paired
    left_out: tuple[str, ...]
    differing: dict[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class AgainstPublished:
    """One benchmark beside its published score: both as shares; `inside` says whether the published
    one lies inside our 95 % interval; `subset` that ours was measured on a part of the queries."""

    benchmark: str
    value: float
    low: float | None
    high: float | None
    published: float
    inside: bool
    subset: bool


def compare(first: Path, second: Path) -> Comparison:
    """Compare the evaluations in two folders, query by query.

    Raises `DataError` when they have no query in common.
    """
    results = read_result(first), read_result(second)
    means = _means(first, results[0]), _means(second, results[1])
    names = [b.name for b in results[0].benchmarks if results[1].benchmark(b.name)]
    shared = {name: _shared(results[0].benchmark(name), results[1].benchmark(name)) for name in names}
    shared = {name: keys for name, keys in shared.items() if keys}
    if not shared:
        raise DataError(f"{first} and {second} have no query in common; evaluate both on the same benchmarks")
    single = all(b.trials == 1 for result in results for b in result.benchmarks)
    everything = [key for keys in shared.values() for key in keys]
    all_names = {b.name for result in results for b in result.benchmarks}
    return Comparison(
        {name: _paired(means, keys, single=single) for name, keys in shared.items()},
        _paired(means, everything, single=single),
        tuple(sorted(all_names - set(shared))),
        differing_settings(*results),
    )


def differing_settings(first: EvaluationResult, second: EvaluationResult) -> dict[str, tuple[object, object]]:
    """Settings other than the model that differ between two evaluations."""
    pairs: dict[str, tuple[object, object]] = {
        key: (first.section.get(key), second.section.get(key)) for key in _SETTINGS
    }
    pairs["template"] = (first.template, second.template)
    pairs["seed"] = (first.seed, second.seed)
    pairs["verifier"] = (first.verifier, second.verifier)
    pairs["dartmath"] = (first.versions.get("dartmath"), second.versions.get("dartmath"))
    for one in first.benchmarks:
        pairs.update(_differing_content(one, second.benchmark(one.name), shots=first.section.get("shots")))
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _differing_content(
    first: BenchmarkResult, second: BenchmarkResult | None, *, shots: object
) -> dict[str, tuple[object, object]]:
    """Checksums of what a benchmark asked, and showed before, in either run."""
    if second is None:
        return {}
    pairs: dict[str, tuple[object, object]] = {}
    # A user's own ids stay when the references behind them are corrected.
    if first.query_ids == second.query_ids:
        pairs[f"text or references of {first.name}"] = (first.checksum, second.checksum)
    if shots:
        ours, theirs = (content_hash(one.source.get("examples") or []) for one in (first, second))
        pairs[f"worked examples of {first.name}"] = (ours, theirs)
    return pairs


def against_published(result: EvaluationResult, published: Published) -> list[AgainstPublished]:
    """Every benchmark of `result` that has a published score; `DataError` when there is none."""
    from dartmath.queries.registry import datasets

    rows = []
    for one in result.benchmarks:
        if one.dataset not in published.scores:
            continue
        theirs, ours = published.scores[one.dataset], one.pass_at_1
        inside = ours.low is not None and ours.high is not None and ours.low <= theirs <= ours.high
        subset = one.queries < datasets()[one.dataset].rows
        rows.append(
            AgainstPublished(one.name, ours.value, ours.low, ours.high, theirs, inside=inside, subset=subset)
        )
    if not rows:
        raise DataError(
            f"{published.title} has published scores on {', '.join(published.scores)}, and this "
            "evaluation on none of them; evaluate with: --suite dart-math"
        )
    return rows


def unlike_published(result: EvaluationResult) -> dict[str, object]:
    """Settings of `result` in which it differs from the published protocol: greedy, 0-shot, no tools."""
    protocol = {"temperature": 0.0, "shots": 0, "tools": None}
    return {key: result.section[key] for key, theirs in protocol.items() if result.section.get(key) != theirs}


def _means(folder: Path, result: EvaluationResult) -> dict[_Key, float]:
    correct = read_correct(folder)
    return {
        (one.name, query_id): sum(correct.get((one.name, query_id), [])[: one.trials]) / one.trials
        for one in result.benchmarks
        for query_id in one.query_ids
    }


def _shared(first: BenchmarkResult | None, second: BenchmarkResult | None) -> list[_Key]:
    if first is None or second is None:
        return []
    known = set(second.query_ids)
    return [(first.name, query_id) for query_id in first.query_ids if query_id in known]


def _paired(means: tuple[dict[_Key, float], dict[_Key, float]], keys: list[_Key], *, single: bool) -> Paired:
    return paired([means[0][key] for key in keys], [means[1][key] for key in keys], single=single)
