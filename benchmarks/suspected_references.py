"""Suspected references of `curation/suspects.py`: how many of the first 50 are wrong.

    python benchmarks/suspected_references.py RUN --labels labels.jsonl
    python benchmarks/suspected_references.py RUN --corrupt 50

RUN is a run with a pool. What is wrong is known by labels, rows of `query` and `wrong`, or because so many
references are replaced here by a number near them, drawn anew for each of ten seeds. The rival ranks queries
by how many of their answers are the same wrong one, which is what "all wrong answers agree" means.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from dartmath import verify
from dartmath.base.terminal import print_table
from dartmath.curation.bands import band_of
from dartmath.curation.pool import QueryPool, Watched, read_pool
from dartmath.curation.suspects import WrongAnswers, suspects_of
from dartmath.queries.query import Query
from dartmath.sampling.journal import JournalReader, journal_folder, open_journal
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

FIRST = 50
SEEDS = 10


class Corrupted:
    """A journal with other references for some queries, whose responses are judged by them."""

    def __init__(self, journal: JournalReader, other: Mapping[str, str]) -> None:
        self._journal, self._other = journal, other

    @property
    def manifest(self) -> Mapping[str, Any]:
        return self._journal.manifest

    def queries(self) -> list[Query]:
        return [
            replace(q, references=(self._other[q.id],)) if q.id in self._other else q
            for q in self._journal.queries()
        ]

    def samples(self, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
        for sample in self._journal.samples():
            judged = self._judged(sample)
            if outcomes is None or judged.outcome in outcomes:
                yield judged

    def _judged(self, sample: Sample) -> Sample:
        reference = self._other.get(sample.query_id)
        if reference is None or sample.outcome not in (Outcome.CORRECT, Outcome.WRONG):
            return sample
        right = verify(reference, sample.answer or "").correct
        return replace(sample, outcome=Outcome.CORRECT if right else Outcome.WRONG)


def corrupted(queries: Sequence[Query], count: int, rng: random.Random) -> dict[str, str]:
    """Another number, within 10 of the reference, for some of the queries that have a whole number."""
    whole = [q for q in queries if q.references[0].lstrip("-").isdigit()]
    drawn = rng.sample(whole, min(count, len(whole)))
    return {q.id: str(int(q.references[0]) + rng.choice([-1, 1]) * rng.randint(1, 10)) for q in drawn}


def rankings(journal: Any) -> dict[str, list[str]]:
    """Query ids, the most suspicious first, by either rule."""
    answers = WrongAnswers()
    pools = read_pool(Watched(journal, [answers]))
    found = suspects_of(pools, answers, band_of(journal.queries()))
    agreeing = by_agreement(pools, answers)
    hard = {pool.query.id for pool in pools if pool.correct < 0.1 * pool.trials}
    return {
        "agreement alone": [id for id, _ in agreeing],
        "40 % agree, pass rate below 10 %": [id for id, share in agreeing if share >= 0.4 and id in hard],
        "suspected": [one.query.id for one in found],
    }


def by_agreement(pools: Sequence[QueryPool], answers: WrongAnswers) -> list[tuple[str, float]]:
    """Queries by the share of their answers that are the usual wrong one, which is given with them."""
    shares = {}
    for pool in pools:
        if favourite := answers.favourite(pool.query.id):
            _, count, given = favourite
            shares[pool.query.id] = (count / (given + pool.correct), given)
    order = sorted(shares, key=lambda id: (-shares[id][0], -shares[id][1], id))
    return [(id, shares[id][0]) for id in order]


def wrong_ones(path: Path, queries: Sequence[Query]) -> set[str]:
    """Ids of the queries that a file of labels calls wrong."""
    wrong = {row["query"]: row["wrong"] for row in map(json.loads, path.read_text().splitlines())}
    return {query.id for query in queries if wrong.get(query.text)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--corrupt", type=int, default=0)
    arguments = parser.parse_args()
    journal = open_journal(journal_folder(arguments.run))
    labelled = wrong_ones(arguments.labels, journal.queries()) if arguments.labels else set[str]()
    cases: list[tuple[Any, set[str]]] = []
    for seed in range(SEEDS if arguments.corrupt else 1):
        other = corrupted(journal.queries(), arguments.corrupt, random.Random(seed))
        cases.append((Corrupted(journal, other), labelled | set(other)))
    _show([(rankings(one), wrong) for one, wrong in cases])


def _show(cases: Sequence[tuple[dict[str, list[str]], set[str]]]) -> None:
    rows = []
    for rule in cases[0][0]:
        listed = [ranking[rule] for ranking, _ in cases]
        first = [len(set(ids[:FIRST]) & wrong) for ids, (_, wrong) in zip(listed, cases, strict=True)]
        shown = [min(FIRST, len(ids)) for ids in listed]
        rows.append((rule, f"{mean(map(len, listed)):.0f}", f"{mean(shown):.0f}", f"{mean(first):.1f}",
                     f"{sum(first) / max(1, sum(shown)):.0%}"))  # fmt: skip
    wrong = mean(len(wrong) for _, wrong in cases)
    print_table(
        f"Suspected references; {wrong:.0f} are wrong",
        ("rule", "listed", f"of the first {FIRST}", "wrong", "precision"),
        rows,
    )


if __name__ == "__main__":
    main()
