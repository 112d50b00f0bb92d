"""regrade: judge stored responses again, with this verifier or with Math-Verify as second opinion.

Nothing is generated and the journal stays as it is; the disagreements are what one wants to read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from dartmath.errors import DataError, UnknownNameError
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.result import EvaluationResult, read_result
from dartmath.evaluation.run import SAMPLES, benchmarks_of, rescore
from dartmath.evaluation.second_opinion import MathVerify
from dartmath.queries.query import Query
from dartmath.sampling.journal import JournalReader, open_journal
from dartmath.sampling.sample import Sample
from dartmath.verify.outcome import Outcome, Verdict

VERIFIERS = ("dartmath", "math-verify")
TIMEOUT = 5.0
_WINDOW = 4096


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A response that is judged otherwise than it was."""

    query_id: str
    dataset: str
    trial: int
    references: tuple[str, ...]
    answer: str | None
    stored: str
    now: str
    reason: str


@dataclass(frozen=True, slots=True)
class Regrade:
    """What a second judgement found.

    `table` counts responses by (stored outcome, outcome now); `skipped` counts those whose text
    the journal does not hold.
    """

    verifier: str
    responses: int
    skipped: int
    table: dict[tuple[str, str], int]
    disagreements: tuple[Disagreement, ...]

    @property
    def agreement(self) -> float:
        """Share of responses whose being correct or not is judged alike."""
        changed = sum(
            count for (old, new), count in self.table.items() if (old == "correct") != (new == "correct")
        )
        return 1 - changed / self.responses if self.responses else 1.0


def regrade(
    folder: Path, *, verifier: str = "dartmath", workers: int = 1, timeout: float = TIMEOUT
) -> Regrade:
    """Judge every stored response of a sampling or evaluation folder again.

    With `dartmath` all changes of outcome are disagreements; with `math-verify`, which knows
    only right and wrong, changes between correct and not correct. A judgement that takes longer
    than `timeout` seconds ends as a timeout. Raises `UnknownNameError` for another verifier and
    `MissingDependencyError` when Math-Verify is not installed.
    """
    if verifier not in VERIFIERS:
        raise UnknownNameError("verifier", verifier, VERIFIERS)
    journal = _journal(folder)
    queries = {query.id: query for query in journal.queries()}
    table: Counter[tuple[str, str]] = Counter()
    found, skipped = [], 0
    with _judge(verifier, workers, timeout) as judge:
        for batch in _batches(journal.samples()):
            kept = [sample for sample in batch if _has_text(sample)]
            skipped += len(batch) - len(kept)
            for sample, verdict in zip(kept, judge.many(queries, kept), strict=True):
                table[sample.outcome.value, verdict.outcome.value] += 1
                if _differs(sample.outcome, verdict.outcome, verifier):
                    found.append(_disagreement(queries[sample.query_id], sample, verdict))
    found.sort(key=lambda d: (d.dataset, d.query_id, d.trial))
    return Regrade(verifier, sum(table.values()), skipped, dict(table), tuple(found))


def rescore_with(
    folder: Path, out: Path, *, verifier: str = "dartmath", workers: int = 1
) -> EvaluationResult:
    """Judge the responses of the evaluation in `folder` again, and write the new scores to `out`.

    Raises as `regrade` does, and `DataError` when `folder` is no finished evaluation.
    """
    result = read_result(folder)
    journal = open_journal(folder / SAMPLES)
    queries = {query.id: query for query in journal.queries()}
    judged: dict[str, list[Sample]] = defaultdict(list)
    with _judge(verifier, workers, TIMEOUT) as judge:
        for batch in _batches(journal.samples()):
            kept = [sample for sample in batch if _has_text(sample)]
            for sample, verdict in zip(kept, judge.many(queries, kept), strict=True):
                judged[sample.query_id].append(_with_verdict(sample, verdict))
    section = EvaluationSection.model_validate(result.section)
    return rescore(folder, benchmarks_of(result, journal), section, samples=judged, out=out)


def _with_verdict(sample: Sample, verdict: Verdict) -> Sample:
    return replace(sample, outcome=verdict.outcome, answer=verdict.answer, reason=verdict.reason)


def _journal(folder: Path) -> JournalReader:
    for candidate in (folder / SAMPLES, folder / "sample", folder):
        if (candidate / "queries.jsonl").is_file():
            return open_journal(candidate)
    raise DataError("neither a sampling nor an evaluation folder: it holds no stored responses", path=folder)


class _Ours:
    """The verifier of this version, in worker processes that can be killed."""

    def __init__(self, workers: int, timeout: float) -> None:
        from dartmath.verify import GradingPool

        self._pool = GradingPool(workers=workers, timeout=timeout)

    def __enter__(self) -> _Ours:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.close()

    def many(self, queries: dict[str, Query], samples: Sequence[Sample]) -> list[Verdict]:
        futures: list[Future[Verdict]] = [
            self._pool.submit(queries[s.query_id], s.text, finish_reason=s.finish_reason) for s in samples
        ]
        return [future.result() for future in futures]


def _judge(verifier: str, workers: int, timeout: float) -> _Ours | MathVerify:
    return MathVerify(timeout) if verifier == "math-verify" else _Ours(workers, timeout)


def _has_text(sample: Sample) -> bool:
    # The journal may keep hashes or counts alone of responses that are not correct.
    return bool(sample.text) or sample.completion_tokens <= 1


def _differs(stored: Outcome, now: Outcome, verifier: str) -> bool:
    if verifier == "dartmath":
        return stored is not now
    return (stored is Outcome.CORRECT) != (now is Outcome.CORRECT)


def _disagreement(query: Query, sample: Sample, verdict: Verdict) -> Disagreement:
    return Disagreement(
        query.id,
        query.dataset,
        sample.trial,
        query.references,
        verdict.answer if verdict.answer is not None else sample.answer,
        sample.outcome.value,
        verdict.outcome.value,
        verdict.reason,
    )


def _batches(samples: Iterator[Sample]) -> Iterator[list[Sample]]:
    while batch := list(islice(samples, _WINDOW)):
        yield batch
