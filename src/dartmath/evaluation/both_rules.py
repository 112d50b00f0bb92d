"""The same responses by the paper's rules and by this project's own: two scores, and where they differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from dartmath.base.files import write_text
from dartmath.evaluation.result import Score
from dartmath.evaluation.score import Benchmark, mean_of
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import OTHERWISE
from dartmath.verify.contract.settings import GradingSettings

FILE = "differences.jsonl"


@dataclass(frozen=True, slots=True)
class Difference:
    """A response that one of the two judges takes for correct and the other does not."""

    benchmark: str
    query_id: str
    trial: int
    references: tuple[str, ...]
    paper_answer: str | None
    paper: str
    own_answer: str | None
    own: str
    own_reason: str


def judged_otherwise(
    benchmark: Benchmark, samples: Mapping[str, Sequence[Sample]], trials: int, grading: GradingSettings
) -> tuple[list[Difference], Score]:
    """Where this project's own rules differ from the verdicts of `samples`, and Pass@1 by them."""
    differences: list[Difference] = []
    correct = []
    for query in benchmark.queries:
        count = 0
        for sample in samples.get(query.id, ())[:trials]:
            own = _own_verdict(query, sample, grading)
            count += own.correct
            if own.correct != (sample.outcome is Outcome.CORRECT):
                differences.append(_difference(benchmark.name, query, sample, own))
        correct.append(count)
    return differences, mean_of(correct, trials)


def write_differences(folder: Path, differences: Sequence[Difference]) -> Path:
    """Write `folder/differences.jsonl`, a row for each; returns its path."""
    path = folder / FILE
    write_text(path, "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in differences))
    return path


def _own_verdict(query: Query, sample: Sample, grading: GradingSettings) -> Verdict:
    from dartmath.verify import grade

    if not sample.has_text:
        return Verdict(sample.outcome, sample.answer, "none", "its text was not kept")
    otherwise = replace(query, verifier=query.metadata.get(OTHERWISE, "math"))
    return grade(otherwise, sample.text, finish_reason=sample.finish_reason, settings=grading)


def _difference(benchmark: str, query: Query, sample: Sample, own: Verdict) -> Difference:
    return Difference(
        benchmark=benchmark,
        query_id=query.id,
        trial=sample.trial,
        references=query.references,
        paper_answer=sample.answer,
        paper=sample.outcome.value,
        own_answer=own.answer,
        own=own.outcome.value,
        own_reason=own.reason,
    )
