"""compare: two evaluations on the same queries, or one beside published numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dartmath.base.errors import DataError
from dartmath.evaluation.intervals import Z95, Paired, macro_paired, paired
from dartmath.evaluation.published import Published
from dartmath.evaluation.result import BenchmarkResult, EvaluationResult, read_result
from dartmath.evaluation.rows import read_correct
from dartmath.sampling.journal_manifest import content_hash
from dartmath.verify.contract.question import DART_MATH

_Key = tuple[str, str]  # benchmark, query id
# What must agree for a difference to be one of the models.
_SETTINGS = ("protocol", "trials", "temperature", "top_p", "max_tokens", "stop", "shots", "tools")


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two evaluations compared.

    `benchmarks` maps names to the paired comparison on the queries that both have; `average` is the
    plain mean over them; `left_out` names benchmarks that one run alone has; `differing` maps settings that
    differ to their two values; `lenient` maps benchmarks that both asked alike to their two lenient scores.
    """

    benchmarks: dict[str, Paired]
    average: Paired
    left_out: tuple[str, ...]
    differing: dict[str, tuple[object, object]]
    lenient: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgainstPublished:
    """One benchmark, or the average of all six, beside its published score: all as shares.

    `low` and `high` are our 95 % interval, `difference_low` and `difference_high` bound ours minus the
    published one at 95 %, the published one's own error counted in: it was measured on as many queries.
    `unlike` names what makes the two incomparable: a part of the queries, another rule of grading.
    """

    benchmark: str
    value: float
    low: float | None
    high: float | None
    published: float
    difference_low: float | None
    difference_high: float | None
    unlike: str = ""
    lenient: float | None = None
    """Our score by the lenient metric, which is nearer to graders that take the last number."""


def compare(first: Path, second: Path) -> PairedComparison:
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
    found = {name: _paired(means, keys, single=single) for name, keys in shared.items()}
    all_names = {b.name for result in results for b in result.benchmarks}
    return PairedComparison(
        found,
        macro_paired(list(found.values())),
        tuple(sorted(all_names - set(shared))),
        differing_settings(*results),
        _lenient(*results),
    )


def _lenient(first: EvaluationResult, second: EvaluationResult) -> dict[str, tuple[float, float]]:
    """Both lenient scores of the benchmarks of which the two asked the same queries."""
    pairs = ((one, second.benchmark(one.name)) for one in first.benchmarks)
    return {
        one.name: (one.lenient.value, other.lenient.value)
        for one, other in pairs
        if other and one.lenient and other.lenient and set(one.query_ids) == set(other.query_ids)
    }


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
    """Every benchmark of `result` that has a published score, and the average where all have one.

    Raises `DataError` when there is none.
    """
    rows = [_against(one, published) for one in result.benchmarks if one.dataset in published.scores]
    if not rows:
        raise DataError(
            f"{published.title} has published scores on {', '.join(published.scores)}, and this "
            "evaluation on none of them; evaluate with: --suite dart-math"
        )
    complete = {one.dataset for one in result.benchmarks} == set(published.scores)
    return [*rows, _average(rows, published)] if complete and published.average is not None else rows


def _against(one: BenchmarkResult, published: Published) -> AgainstPublished:
    from dartmath.queries.registry import datasets

    theirs, ours, rows = published.scores[one.dataset], one.pass_at_1, datasets()[one.dataset].rows
    their_error = math.sqrt(theirs * (1 - theirs) / rows)
    bounds: tuple[float | None, float | None] = (None, None)
    if ours.low is not None and ours.high is not None:
        difference = ours.value - theirs
        bounds = (
            difference - math.hypot(ours.value - ours.low, Z95 * their_error),
            difference + math.hypot(ours.high - ours.value, Z95 * their_error),
        )
    unlike = ["subset"] if one.queries < rows else []
    # Of another rule a score may differ by more than chance: up to 14 points on TheoremQA's decimals.
    unlike += ["other rule"] if one.source.get("verifier") != DART_MATH else []
    lenient = one.lenient.value if one.lenient else None
    note = ", ".join(unlike)
    return AgainstPublished(one.name, ours.value, ours.low, ours.high, theirs, *bounds, note, lenient)


def _average(rows: Sequence[AgainstPublished], published: Published) -> AgainstPublished:
    """The plain means over the benchmarks, whose errors are independent."""
    count = len(rows)
    value, theirs = (math.fsum(v) / count for v in ([r.value for r in rows], [r.published for r in rows]))
    bounds: list[float | None] = [None, None, None, None]
    if all(row.low is not None for row in rows):
        sides = (
            [row.value - (row.low or 0) for row in rows],
            [(row.high or 0) - row.value for row in rows],
            [row.value - row.published - (row.difference_low or 0) for row in rows],
            [(row.difference_high or 0) - row.value + row.published for row in rows],
        )
        below, above, less, more = (math.hypot(*side) / count for side in sides)
        difference = value - theirs
        bounds = [value - below, value + above, difference - less, difference + more]
    unlike = ", ".join(dict.fromkeys(note for row in rows for note in row.unlike.split(", ") if note))
    return AgainstPublished(
        "average", value, bounds[0], bounds[1], published.average or theirs, bounds[2], bounds[3], unlike
    )


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
