"""regrade: judge stored responses again: with this verifier, with one of the user's own, or with Math-Verify.

Nothing is generated and the journal stays as it is; the disagreements are what one wants to read, and
`into` takes what follows from the new judgement.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from dartmath.errors import DataError, UnknownNameError, UsageError
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.result import read_result
from dartmath.evaluation.run import SAMPLES, benchmarks_of, rescore
from dartmath.evaluation.second_opinion import MathVerify
from dartmath.functions import load_function, source_hash
from dartmath.queries.query import Query
from dartmath.sampling.journal import JournalReader, open_journal
from dartmath.sampling.rejudged import rejudged_pool
from dartmath.sampling.sample import Sample
from dartmath.text import encodable
from dartmath.verify.outcome import Outcome, Verdict
from dartmath.verify.own import KEY, is_own

DARTMATH = "dartmath"
VERIFIERS = (DARTMATH, "math-verify")
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
    verifier: str = DARTMATH,
    workers: int = 1,
    timeout: float = TIMEOUT,
    into: Path | None = None,
) -> Regrade:
    """Judge every stored response of a sampling or evaluation folder again.

    `verifier` is "dartmath", "math-verify", or a function of the user's own (`file.py:name`), which
    judges the queries that have one, and where none has, all. With "math-verify", which knows only
    right and wrong, disagreements are changes between correct and not correct; otherwise all changes
    of outcome. A judgement that takes longer than `timeout` seconds ends as a timeout. `into` is a
    new folder for what follows: the scores of an evaluation, or the pool of a sampling run, which
    can be curated and sampled on.

    Raises `UnknownNameError` for another verifier, `MissingDependencyError` when Math-Verify is not
    installed, `UsageError` where the run needs a function that was not named, and `DataError` when
    `folder` holds no responses, or `into` is there already.
    """
    own = is_own(verifier)
    if not own and verifier not in VERIFIERS:
        raise UnknownNameError("verifier", verifier, (*VERIFIERS, "file.py:name"))
    if own:
        load_function(verifier, KEY)
    journal = _journal(folder)
    queries = _judged_by(verifier, journal)
    table: Counter[tuple[str, str]] = Counter()
    found, skipped = [], 0
    with _keep(folder, into, journal, queries, verifier) as keep, _judge(verifier, workers, timeout) as judge:
        for sample, verdict in _verdicts(judge, queries, journal.samples()):
            keep(_with_verdict(sample, verdict) if verdict else sample)
            if verdict is None:
                skipped += 1
                continue
            table[sample.outcome.value, verdict.outcome.value] += 1
            if _differs(sample.outcome, verdict.outcome, verifier):
                found.append(_disagreement(queries[sample.query_id], sample, verdict))
    found.sort(key=lambda d: (d.dataset, d.query_id, d.trial))
    return Regrade(verifier, sum(table.values()), skipped, dict(table), tuple(found))


def _judged_by(verifier: str, journal: JournalReader) -> dict[str, Query]:
    """The queries of a run by id, with the verifiers that judge them now.

    A function runs only if the caller names it: the run may be somebody else's.
    """
    queries = journal.queries()
    named = sorted({query.verifier for query in queries if is_own(query.verifier)})
    if named and verifier == DARTMATH:
        raise UsageError(
            f"queries of {journal.folder} are judged by {named[0]}, a function of your own; "
            f"name it to run it: --verifier {named[0]}"
        )
    if is_own(verifier):
        queries = [
            replace(query, verifier=verifier) if is_own(query.verifier) or not named else query
            for query in queries
        ]
    return {query.id: query for query in queries}


@contextmanager
def _keep(
    folder: Path, into: Path | None, journal: JournalReader, queries: dict[str, Query], verifier: str
) -> Iterator[Callable[[Sample], None]]:
    """Where samples go that were judged again: a new pool, the scores of an evaluation, or nowhere."""
    if into is None:
        yield lambda sample: None
        return
    if into.exists():
        raise DataError("is there already; a new judgement goes to a new folder", path=into)
    if journal.folder == folder / SAMPLES:
        result = read_result(folder)
        judged: dict[str, list[Sample]] = defaultdict(list)
        yield lambda sample: judged[sample.query_id].append(sample)
        section = EvaluationSection.model_validate(result.section)
        benchmarks = benchmarks_of(result, journal)
        rescore(folder, benchmarks, section, samples=judged, out=into, verifier=_versioned(verifier))
        return
    changes: dict[str, Any] = {"judged": {"verifier": _versioned(verifier), "source": str(journal.folder)}}
    if is_own(verifier):
        names = {query.verifier for query in queries.values() if is_own(query.verifier)}
        changes["verifiers"] = {name: source_hash(name, KEY) for name in sorted(names)}
    with rejudged_pool(journal, list(queries.values()), into, changes) as add:
        yield add


def _versioned(verifier: str) -> str:
    """The verifier with what tells its state: a version, or the hash of a function's file."""
    return f"{verifier} {source_hash(verifier, KEY) if is_own(verifier) else version(verifier)}"


def _verdicts(
    judge: _Ours | MathVerify, queries: dict[str, Query], samples: Iterator[Sample]
) -> Iterator[tuple[Sample, Verdict | None]]:
    """Each sample with its new verdict; None where there is no response, or its text is not stored."""
    while batch := list(islice(samples, _WINDOW)):
        yield from ((sample, None) for sample in batch if not _has_text(sample))
        kept = [sample for sample in batch if _has_text(sample)]
        yield from zip(kept, judge.many(queries, kept), strict=True)


def _with_verdict(sample: Sample, verdict: Verdict) -> Sample:
    answer = None if verdict.answer is None else encodable(verdict.answer)
    return replace(sample, outcome=verdict.outcome, answer=answer, reason=encodable(verdict.reason))


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
    return sample.finish_reason != "error" and (bool(sample.text) or sample.completion_tokens <= 1)


def _differs(stored: Outcome, now: Outcome, verifier: str) -> bool:
    if verifier == "math-verify":
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
