"""Consensus: references for queries that have none, from what the responses of a pool agree on.

Wang et al. 2023 ("Self-consistency improves chain of thought reasoning", arXiv 2203.11171) take the answer
that most responses give. It is right more often the more of them agree, and how often is a property of model
and queries: `calibrate` measures it on a pool whose references are known. A consensus is never taken for a
reference: the new pool's manifest, its queries and the rows of its training sets say what it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.evaluation.intervals import Estimate, wilson
from dartmath.evaluation.metrics import joined
from dartmath.evaluation.regraded import journal_of
from dartmath.evaluation.score import read_alike, same_answer
from dartmath.queries.kinds import is_no_answer
from dartmath.queries.query import Query
from dartmath.sampling.journal import JournalReader
from dartmath.sampling.new_pool import new_pool
from dartmath.sampling.sample import Sample
from dartmath.sampling.teachers import hinted_teachers
from dartmath.verify.contract.outcome import Outcome
from dartmath.verify.custom import is_own

REFERENCE, AGREEMENT = "reference_from", "agreement"
"""What the metadata of a query says: "consensus", and the share of responses that agree."""
_STEPS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_VOTES = (Outcome.CORRECT, Outcome.WRONG)


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a consensus counts as a reference.

    Attributes:
        agreement: least share of a query's responses, those without an answer too, that give the answer.
        margin: least distance to the share of the answer that comes second.
        responses: least number of responses.
    """

    agreement: float = 0.8
    margin: float = 0.2
    responses: int = 4


@dataclass(frozen=True, slots=True)
class Vote:
    """What the responses to one query agree on.

    `right` says whether a response with that answer was judged correct by the pool's own reference.
    """

    answer: str
    agreement: float
    margin: float
    responses: int
    trials: frozenset[int]
    right: bool

    def passes(self, threshold: Threshold) -> bool:
        """Whether it counts as a reference."""
        return (
            self.agreement >= threshold.agreement
            and self.margin >= threshold.margin
            and self.responses >= threshold.responses
        )


@dataclass(frozen=True, slots=True)
class AgreementStep:
    """Of the queries whose responses agree by at least `agreement`: how many, and how often it is right.

    `right` is None where the pool has no references: nothing tells.
    """

    agreement: float
    queries: int
    share: float
    right: Estimate | None


def votes(journal: JournalReader) -> dict[str, Vote]:
    """What the responses to each query agree on, by its id; queries without an answer are left out.

    Responses that were made with a hint have no vote: they have seen a reference.
    """
    hinted = hinted_teachers(journal.manifest)
    answers: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
    trials: Counter[str] = Counter()
    for sample in journal.samples():
        if sample.teacher in hinted:
            continue
        trials[sample.query_id] += sample.outcome is not Outcome.ERROR
        if sample.outcome in _VOTES and sample.answer:
            row = (sample.trial, sample.answer, sample.outcome is Outcome.CORRECT)
            answers[sample.query_id].append(row)
    return {id: _vote(sorted(rows), trials[id]) for id, rows in answers.items()}


def _vote(rows: list[tuple[int, str, bool]], responses: int) -> Vote:
    spelling = joined([answer for _, answer, _ in rows], same_answer, key=read_alike)
    counts = Counter(spelling[answer] for _, answer, _ in rows)
    (best, most), *others = counts.most_common(2)
    second = others[0][1] if others else 0
    chosen = [(trial, right) for trial, answer, right in rows if spelling[answer] == best]
    return Vote(
        answer=best,
        agreement=most / responses,
        margin=(most - second) / responses,
        responses=responses,
        trials=frozenset(trial for trial, _ in chosen),
        right=any(right for _, right in chosen),
    )


def calibrate(folder: Path, threshold: Threshold = Threshold()) -> list[AgreementStep]:
    """How often the consensus of the pool in `folder` is what its references say, by agreement.

    The threshold's own agreement is among the steps; its margin and its number of responses hold for all.
    Queries whose reference says that there is none tell nothing of how often it is right.
    """
    journal = journal_of(folder)
    if journal.manifest.get("consensus") or not (found := votes(journal)):
        raise DataError("it has no references of its own to measure a consensus by", path=folder)
    asked = list(journal.queries())
    judged = {query.id for query in asked if not all(map(is_no_answer, query.references))}
    steps = []
    for least in sorted({*_STEPS, threshold.agreement}):
        passing = {id: vote for id, vote in found.items() if vote.passes(replace(threshold, agreement=least))}
        told = [vote.right for id, vote in passing.items() if id in judged]
        right = wilson(sum(told), len(told)) if judged else None
        steps.append(AgreementStep(least, len(passing), len(passing) / len(asked), right))
    return steps


def take_consensus(folder: Path, into: Path, threshold: Threshold = Threshold()) -> dict[str, Any]:
    """Make a new pool in `into` whose references are what the responses of the pool in `folder` agree on.

    Queries whose consensus does not pass are left out. Returns what the new manifest says of it. Raises
    `DataError` when `folder` holds no responses, none passes, or `into` is there already.
    """
    if into.exists():
        raise DataError("is there already; a consensus goes to a new folder", path=into)
    journal = journal_of(folder)
    passing = {id: vote for id, vote in votes(journal).items() if vote.passes(threshold)}
    if not passing:
        raise DataError(
            f"no query has {threshold.responses} responses that agree by {threshold.agreement:.0%} with a "
            f"margin of {threshold.margin:.0%}; sample more of each, or lower --agreement",
            path=folder,
        )
    asked = journal.queries()
    about = {**asdict(threshold), "queries": len(passing), "left_out": len(asked) - len(passing)}
    manifest = {**journal.manifest, "consensus": about}
    manifest.pop("verifiers", None)
    queries = [_with_consensus(query, passing[query.id]) for query in asked if query.id in passing]
    with new_pool(
        into, queries, manifest, journal.section, origin="judged again", source=journal.folder
    ) as keep:
        for sample in _judged(journal, passing):
            keep(sample)
    return about


def claim(about: Mapping[str, Any] | None) -> str:
    """What a card says of a pool that is judged by its own consensus; empty for another."""
    if not about:
        return ""
    return (
        "The references are no human's: they are what the responses themselves agree on, where at least "
        f"{about['agreement']:.0%} of {about['responses']} or more give one answer, {about['margin']:.0%} "
        f"ahead of the next; {about['left_out']:,} queries without such a consensus were left out. What "
        "is called correct agrees with the others"
    )


def _with_consensus(query: Query, vote: Vote) -> Query:
    marks = {REFERENCE: "consensus", AGREEMENT: round(vote.agreement, 4)}
    # A function that only collects answers, for want of references, has nothing to judge any more.
    verifier = "math" if is_own(query.verifier) else query.verifier
    metadata = {**query.metadata, **marks}
    return replace(query, references=(vote.answer,), verifier=verifier, metadata=metadata)


def _judged(journal: JournalReader, passing: Mapping[str, Vote]) -> Iterator[Sample]:
    for sample in journal.samples():
        vote = passing.get(sample.query_id)
        if vote is None:
            continue
        if sample.outcome in _VOTES:
            # One that was made with a hint has no vote, whatever its answer.
            agrees = sample.trial in vote.trials
            reason = f"{'' if agrees else 'not '}the answer of {vote.agreement:.0%} of the responses"
            sample = replace(sample, outcome=Outcome.CORRECT if agrees else Outcome.WRONG, reason=reason)
        yield sample
