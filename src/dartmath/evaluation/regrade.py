"""regrade: judge stored responses again, with this verifier or with Math-Verify as second opinion.

Nothing is generated and the journal stays as it is; the disagreements are what one wants to read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from importlib.metadata import version
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
    folder: Path,
    *,
    verifier: str = "dartmath",
    workers: int = 1,
    timeout: float = TIMEOUT,
    scores: Path | None = None,
) -> Regrade:
    """Judge every stored response of a sampling or evaluation folder again.

    With `dartmath` all changes of outcome are disagreements; with `math-verify`, which knows
    only right and wrong, changes between correct and not correct. A judgement that takes longer
    than `timeout` seconds ends as a timeout. With `scores`, the scores of an evaluation under the
    new judgement are written to that folder. Raises `UnknownNameError` for another verifier,
    `MissingDependencyError` when Math-Verify is not installed, and `DataError` when `scores` are
    asked for and `folder` is no finished evaluation, or the same folder.
    """
    if verifier not in VERIFIERS:
        raise UnknownNameError("verifier", verifier, VERIFIERS)
    result = _evaluation_to_score(folder, scores) if scores else None
    journal = _journal(folder)
    queries = {query.id: query for query in journal.queries()}
    table: Counter[tuple[str, str]] = Counter()
    found, skipped = [], 0
    judged: dict[str, list[Sample]] = defaultdict(list)
    with _judge(verifier, workers, timeout) as judge:
        for sample, verdict in _verdicts(judge, queries, journal.samples()):
            if result is not None:
                judged[sample.query_id].append(_with_verdict(sample, verdict) if verdict else sample)
            if verdict is None:
                skipped += 1
                continue
            table[sample.outcome.value, verdict.outcome.value] += 1
            if _differs(sample.outcome, verdict.outcome, verifier):
                found.append(_disagreement(queries[sample.query_id], sample, verdict))
    if result is not None and scores is not None:
        section = EvaluationSection.model_validate(result.section)
        name = f"{verifier} {version(verifier)}"
        rescore(folder, benchmarks_of(result, journal), section, samples=judged, out=scores, verifier=name)
    found.sort(key=lambda d: (d.dataset, d.query_id, d.trial))
    return Regrade(verifier, sum(table.values()), skipped, dict(table), tuple(found))


def _evaluation_to_score(folder: Path, scores: Path) -> EvaluationResult:
    if scores.resolve() == folder.resolve():
        raise DataError("the scores of a new judgement go to another folder than the run's own", path=scores)
    return read_result(folder)


def _verdicts(
    judge: _Ours | MathVerify, queries: dict[str, Query], samples: Iterator[Sample]
) -> Iterator[tuple[Sample, Verdict | None]]:
    """Each sample with its new verdict; None where its text is not stored."""
    while batch := list(islice(samples, _WINDOW)):
        yield from ((sample, None) for sample in batch if not _has_text(sample))
        kept = [sample for sample in batch if _has_text(sample)]
        yield from zip(kept, judge.many(queries, kept), strict=True)


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
