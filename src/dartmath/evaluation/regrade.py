"""regrade: judge stored responses again, with this verifier, the paper's rules, or Math-Verify.

Nothing is generated and the journal stays as it is; the disagreements are what one wants to read. What
follows from the new judgement goes elsewhere (see `dartmath.evaluation.regraded`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import TracebackType

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.base.terminal import progress_bar
from dartmath.base.text import encodable
from dartmath.evaluation.regraded import journal_of, keep_in, queries_now
from dartmath.evaluation.second_opinion import MathVerify
from dartmath.judging.config import JudgeSection
from dartmath.judging.grader import HybridGrader
from dartmath.queries.config import QuerySource
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import DART_MATH
from dartmath.verify.contract.settings import GradingSettings, recorded_settings
from dartmath.verify.golds import settled
from dartmath.verify.serve.batch import Grader
from dartmath.verify.serve.grading_pool import GradingPool

DARTMATH = "dartmath"
VERIFIERS = (DARTMATH, DART_MATH, "math-verify")
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
    the journal does not hold, `left_out` those to queries that are not asked any more.
    """

    verifier: str
    responses: int
    skipped: int
    left_out: int
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
    verifier: str = DARTMATH,
    sources: Sequence[QuerySource] | None = None,
    workers: int = 1,
    timeout: float = TIMEOUT,
    into: Path | None = None,
    judge: JudgeSection | None = None,
) -> Regrade:
    """Judge every stored response of a sampling or evaluation folder again.

    `verifier` is "dartmath", "dart-math" (the rules of the paper's grader) or "math-verify"; the
    disagreements of the last two are changes between correct and not correct. `sources` are today's
    queries, where references were corrected or verifiers changed since; without them, the stored ones
    count. A judgement that takes longer than `timeout` seconds ends as a timeout. `into` is a new folder for
    what follows: the scores of an evaluation, or the pool of a sampling run, which can be curated and
    sampled on. `judge` is the model that judges what the rules refuse of queries with `verifier: hybrid`;
    what it said in the run stands, and what it says now is kept there too. Without it, the rules judge alone.

    Raises `UnknownNameError` for another verifier, `MissingDependencyError` when Math-Verify is not
    installed, `UsageError` where stored queries name a function of the user's own, `ConfigError` for
    one that fails and for a `judge` of other rules than "dartmath", and `DataError` when `folder` holds
    no responses, or `into` is there already.
    """
    if verifier not in VERIFIERS:
        raise UnknownNameError("verifier", verifier, VERIFIERS)
    if judge is not None and verifier != DARTMATH:
        raise ConfigError(f"verifier {verifier!r} has no judge; leave one of the two out")
    journal = journal_of(folder)
    queries = queries_now(journal, sources)
    if verifier == DART_MATH:
        queries = {stored: replace(query, verifier=DART_MATH) for stored, query in queries.items()}
    tally = _Tally(verifier)
    recorded = recorded_settings(journal.manifest.get("grading")) or GradingSettings()
    settings = settled(recorded, (reference for query in queries.values() for reference in query.references))
    total = journal.manifest.get("summary", {}).get("samples")
    with (
        keep_in(into, folder, journal, queries, sources=sources or (), verifier=verifier) as keep,
        _judging(verifier, GradingPool(workers, timeout, settings), timeout, judge, journal.folder) as second,
        progress_bar("judging", total) as bar,
    ):
        for done, (sample, verdict) in enumerate(_verdicts(second, queries, journal.samples()), 1):
            if query := queries.get(sample.query_id):
                keep(_with_verdict(sample, query, verdict))
            tally.count(sample, query, verdict)
            bar.update(done)
    return tally.result()


@dataclass
class _Tally:
    """What was found so far."""

    verifier: str
    table: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: list[Disagreement] = field(default_factory=list)
    skipped: int = 0
    left_out: int = 0

    def count(self, sample: Sample, query: Query | None, verdict: Verdict | None) -> None:
        if query is None:
            self.left_out += 1
        elif verdict is None:
            self.skipped += 1
        else:
            self.table[sample.outcome.value, verdict.outcome.value] += 1
            if _differs(sample.outcome, verdict.outcome, self.verifier):
                self.found.append(_disagreement(query, sample, verdict))

    def result(self) -> Regrade:
        found = sorted(self.found, key=lambda d: (d.dataset, d.query_id, d.trial))
        responses = sum(self.table.values())
        return Regrade(self.verifier, responses, self.skipped, self.left_out, dict(self.table), tuple(found))


def _verdicts(
    second: _Ours | MathVerify, queries: Mapping[str, Query], samples: Iterator[Sample]
) -> Iterator[tuple[Sample, Verdict | None]]:
    """Each sample with its new verdict; None where nothing can be judged: no query, response or text."""
    while batch := list(islice(samples, _WINDOW)):
        kept: list[Sample] = []
        for sample in batch:
            if sample.query_id in queries and sample.has_text:
                kept.append(sample)
            else:
                yield sample, None
        yield from zip(kept, second.many(queries, kept), strict=True)


def _with_verdict(sample: Sample, query: Query, verdict: Verdict | None) -> Sample:
    sample = replace(sample, query_id=query.id)
    if verdict is None:
        return sample
    answer = None if verdict.answer is None else encodable(verdict.answer)
    return replace(sample, outcome=verdict.outcome, answer=answer, reason=encodable(verdict.reason))


class _Ours:
    """The verifier of this version, in worker processes that can be killed; and the judge behind it."""

    def __init__(self, grader: AbstractContextManager[Grader]) -> None:
        self._grader = grader

    def __enter__(self) -> _Ours:
        self._open = self._grader.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._grader.__exit__(kind, error, trace)

    def many(self, queries: Mapping[str, Query], samples: Sequence[Sample]) -> list[Verdict]:
        futures: list[Future[Verdict]] = [
            self._open.submit(queries[s.query_id], s.text, finish_reason=s.finish_reason) for s in samples
        ]
        return [future.result() for future in futures]


def _judging(
    verifier: str, rules: GradingPool, timeout: float, judge: JudgeSection | None, folder: Path
) -> _Ours | MathVerify:
    if verifier == "math-verify":
        return MathVerify(timeout)
    return _Ours(rules if judge is None else HybridGrader(rules, judge, folder))


def _differs(stored: Outcome, now: Outcome, verifier: str) -> bool:
    if verifier != DARTMATH:
        return (stored is Outcome.CORRECT) != (now is Outcome.CORRECT)
    return stored is not now


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
