"""The examples of each kind of export, one after another, from what curation selected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.base.text import encodable
from dartmath.base.workers import map_in_order
from dartmath.curation.kept import KeptColumns
from dartmath.curation.pool import Journal
from dartmath.curation.select import Selection
from dartmath.curation.texts import Texts
from dartmath.export.config import ExportSection
from dartmath.export.format import RowSource
from dartmath.export.wrong import WrongPool, matched, read_wrong
from dartmath.sampling.teachers import known_teachers
from dartmath.verify.contract.outcome import Outcome

TAUGHT = ("teacher", "hint")
"""Columns of right responses where a pool has several teachers."""


@dataclass(slots=True)
class Balance:
    """How the two sides of preference rows compare: sums over all rows."""

    pairs: int = 0
    chosen_tokens: int = 0
    rejected_tokens: int = 0
    chosen_longer: int = 0
    margin: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Means, for people and `--json`; empty without pairs."""
        if not self.pairs:
            return {}
        return {
            "pairs": self.pairs,
            "mean chosen tokens": round(self.chosen_tokens / self.pairs, 1),
            "mean rejected tokens": round(self.rejected_tokens / self.pairs, 1),
            "share with the chosen longer": round(self.chosen_longer / self.pairs, 3),
            "mean margin": round(self.margin / self.pairs, 3),
        }


@dataclass(slots=True)
class Maker:
    """Makes the examples of one export; `left_out` says afterwards what has no row, and why."""

    journal: Journal
    selections: Sequence[Selection]
    section: ExportSection
    kept: KeptColumns
    seed: int
    spool: Path
    balance: Balance = field(default_factory=Balance)
    left_out: dict[str, int] = field(default_factory=dict)
    _hints: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        teachers = known_teachers(self.journal.manifest)
        if len(teachers) > 1:
            self._hints = {name: (one["hint"] or {}).get("kind", "") for name, one in teachers.items()}

    def responses(self) -> Iterator[RowSource]:
        """Every selected response."""
        wanted = {(s.pool.query.id, c.trial) for s in self.selections for c in s.chosen}
        with Texts(self.journal, wanted, self.spool, {Outcome.CORRECT}) as texts:
            for selection in self.selections:
                for candidate in selection.chosen:
                    text, _ = texts.of((selection.pool.query.id, candidate.trial))
                    yield self._example(selection, text, trial=candidate.trial)

    def pairs(self) -> Iterator[RowSource]:
        """Right and wrong responses to one query, at most `section.pairs` of a query."""
        pools = self._wrong(self.section.pairs)
        plans = [
            (
                s,
                matched(
                    pools[s.pool.query.id], s.chosen, self.section.rejected, self.section.pairs, self._of(s)
                ),
            )
            for s in self.selections
        ]
        self._count("queries without a right response", sum(1 for s in self.selections if not s.chosen))
        self._count(
            "queries without a wrong response", sum(1 for s, pairs in plans if s.chosen and not pairs)
        )
        wanted = {(s.pool.query.id, one.trial) for s, pairs in plans for pair in pairs for one in pair}
        with Texts(self.journal, wanted, self.spool, {Outcome.CORRECT, Outcome.WRONG}) as texts:
            for selection, pairs in plans:
                id = selection.pool.query.id
                for chosen, wrong in pairs:
                    margin = self._margin(selection, pools[id].votes[wrong.answer])
                    self._weigh(chosen.tokens, wrong.tokens, margin)
                    right, other = texts.of((id, chosen.trial))[0], texts.of((id, wrong.trial))[0]
                    yield self._example(selection, right, trial=chosen.trial, rejected=other, margin=margin)

    def labels(self) -> Iterator[RowSource]:
        """Every selected response as right, and at most `section.pairs` of a query as wrong."""
        pools = self._wrong(1)
        plans = []
        for selection in self.selections:
            first = selection.chosen[0] if selection.chosen else None
            order = pools[selection.pool.query.id].in_order(self.section.rejected, first, self._of(selection))
            plans.append((selection, [wrong.trial for wrong in order[: self.section.pairs]]))
        wanted = {(s.pool.query.id, trial) for s, wrong in plans for trial in wrong}
        wanted |= {(s.pool.query.id, c.trial) for s in self.selections for c in s.chosen}
        with Texts(self.journal, wanted, self.spool, {Outcome.CORRECT, Outcome.WRONG}) as texts:
            for selection, wrong_trials in plans:
                labelled = [(c.trial, True) for c in selection.chosen] + [(t, False) for t in wrong_trials]
                for trial, label in labelled:
                    text, _ = texts.of((selection.pool.query.id, trial))
                    yield self._example(selection, text, trial=trial, label=label)

    def steps(self) -> Iterator[RowSource]:
        """Those of `labels` whose steps can be told right or wrong."""
        judged = map_in_order(
            "dartmath.export.stepwise:labels_of", self.labels(), lambda one: (one.response, one.label)
        )
        for example, steps in judged:
            if steps is None:
                self._count("responses whose steps nothing can judge", 1)
            else:
                yield replace(example, steps=tuple(steps))

    def queries(self) -> Iterator[RowSource]:
        """Every query whose pass rate is in the limits of the section."""
        for selection in self.selections:
            example = self._example(selection, "", trial=-1)
            if not example.trials:
                self._count("queries without a finished trial", 1)
            elif example.pass_rate < self.section.min_pass_rate:
                self._count("queries below the least pass rate", 1)
            elif example.pass_rate > self.section.max_pass_rate:
                self._count("queries above the greatest pass rate", 1)
            else:
                yield example

    def _wrong(self, compared: int) -> dict[str, WrongPool]:
        """The wrong responses of each query, of whose chosen ones the first `compared` need partners."""
        chosen = {s.pool.query.id: {c.trial for c in s.chosen[:compared]} for s in self.selections}
        pools = read_wrong(self.journal, chosen, self.section.rejected)
        failed = sum(s.pool.trials - s.pool.correct for s in self.selections)
        if failed and not any(pool.responses for pool in pools.values()):
            kept = (self.journal.manifest.get("config") or {}).get("keep_wrong", "text")
            way = (
                "these trials were cut off, unreadable or without an answer"
                if kept == "text"
                else f"the run kept {kept} of them; sample with keep_wrong: text"
            )
            raise DataError(
                f"no wrong response has its text here, of {failed} trials that are not right: {way}"
            )
        return pools

    def _margin(self, selection: Selection, votes: int) -> float:
        trials, correct = selection.pool.head(None)
        return round((correct - votes) / trials, 4)

    def _weigh(self, chosen: int, rejected: int, margin: float) -> None:
        self.balance.pairs += 1
        self.balance.chosen_tokens += chosen
        self.balance.rejected_tokens += rejected
        self.balance.chosen_longer += chosen > rejected
        self.balance.margin += margin

    def _of(self, selection: Selection) -> str:
        """A seed of the query's own."""
        return f"{self.seed}:{selection.pool.query.id}"

    def _count(self, reason: str, count: int) -> None:
        if count:
            self.left_out[reason] = self.left_out.get(reason, 0) + count

    def _taught(self, selection: Selection, trial: int) -> dict[str, str]:
        """Who made a right response of a pool of several teachers, and with what hint; nothing of a query."""
        if not self._hints or trial < 0:
            return {}
        name = next((c.teacher for c in selection.chosen if c.trial == trial), "")
        return dict(zip(TAUGHT, (name, self._hints.get(name, "")), strict=True))

    def _example(
        self,
        selection: Selection,
        response: str,
        *,
        trial: int,
        rejected: str = "",
        label: bool = True,
        margin: float = 0.0,
    ) -> RowSource:
        trials, correct = selection.pool.head(None)
        query = selection.pool.query
        own = {**self.kept.of(query.metadata), **self._taught(selection, trial)}
        # No file holds half of a surrogate pair, which a query may.
        query = replace(
            query, text=encodable(query.text), references=tuple(encodable(one) for one in query.references)
        )
        rate = selection.fail_rate
        return RowSource(query, response, rejected, label, trial, trials, correct, rate, margin, own)
