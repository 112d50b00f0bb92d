"""Policies of one's own that look at the query and at the responses of its pilot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError
from dartmath.curation.pool import read_pool
from dartmath.curation.select import select
from dartmath.engines.protocol import Completion, Request
from dartmath.sampling import journal_writer
from dartmath.sampling.config import Budget, SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import Custom
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.status import run_status
from sampling.simulated import SimulatedEngine, assert_sound, dataset, run

SOURCE = '''
def unsure(trials, correct, k, pilot):
    """More of queries of the lowest levels, and of those of which the model is unsure; none of others."""
    if pilot is None or pilot.logprob is None:
        return k
    seen.append((pilot.query.id, pilot.responses))
    easy = pilot.query.metadata["level"] < 2
    assert sum(one.correct for one in pilot.responses) == correct <= len(pilot.responses) == trials
    return (2 if easy else 0) + (pilot.logprob < -0.5)

seen = []
'''


class Unsure(SimulatedEngine):
    """Gives the log-probability of a response: -1 to the first half of the queries, -0.25 to the others."""

    async def _generate(self, request: Request) -> Completion:
        found = await super()._generate(request)
        return replace(found, logprob=-1.0 if int(request.id[1:6]) < 10 else -0.25)


def wanted(index: int) -> int:
    """What `unsure` wants of the query at `index`, whose level is the rest of five."""
    return 2 * (index % 5 < 2) + (index < 10)


@pytest.fixture
def section(tmp_path: Path) -> SamplingSection:
    (tmp_path / "mine.py").write_text(SOURCE)
    policy = Custom(function=f"{tmp_path / 'mine.py'}:unsure", k=5, pilot=4, cap=200)
    return SamplingSection(policy=policy, workers=0)


def targets(folder: Path) -> list[int]:
    journal = open_journal(folder)
    return [*Schedule.of(journal.section, journal.tally()).targets]


@pytest.mark.parametrize("budget", [None, 30, 90, 130])
def test_it_is_given_log_probabilities_and_metadata_and_goes_on_where_it_stopped(
    tmp_path: Path, section: SamplingSection, monkeypatch: pytest.MonkeyPatch, budget: int | None
) -> None:
    monkeypatch.setattr(journal_writer, "ROWS", 40)
    folder = tmp_path / "run"
    if budget is not None:
        limited = section.model_copy(update={"budget": Budget(samples=budget)})
        assert run(folder, Unsure(delay=0.001), limited).samples == budget
    assert run(folder, Unsure(delay=0.001), section).complete
    assert_sound(folder)
    assert targets(folder) == [wanted(i) for i in range(20)]
    assert run_status(folder).remaining.mean == 0
    run(tmp_path / "whole", Unsure(), section)
    assert dataset_of(folder) == dataset_of(tmp_path / "whole")


def dataset_of(folder: Path) -> set[tuple[str, int]]:
    """What curation takes of a run, by the run's own policy."""
    journal = open_journal(folder)
    policy = journal.section.policy
    selections = select(read_pool(journal, policy=policy), policy)
    assert [s.wanted for s in selections] == [wanted(i) for i in range(20)]
    return {(s.pool.query.id, c.trial) for s in selections for c in s.chosen}


def test_without_log_probabilities_it_is_told_so(tmp_path: Path, section: SamplingSection) -> None:
    run(tmp_path / "run", SimulatedEngine(), section)
    assert targets(tmp_path / "run") == [5] * 20


def test_one_that_does_not_ask_is_not_given_any(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("def plain(trials, correct, k):\n    return k\n")
    policy = Custom(function=f"{tmp_path / 'plain.py'}:plain", k=2, pilot=2, cap=400)
    section = SamplingSection(policy=policy, workers=0)
    run(tmp_path / "run", Unsure(), section)
    tally = open_journal(tmp_path / "run").tally()
    assert tally.pilots is None and len(dataset(tmp_path / "run")) == 40


@pytest.mark.parametrize("body", ["pilot.query.metadata['level']", "1 // 0"])
def test_one_that_fails_without_a_query_is_told_before_anything_is_sampled(tmp_path: Path, body: Any) -> None:
    (tmp_path / "bad.py").write_text(f"def bad(trials, correct, k, pilot):\n    return {body}\n")
    with pytest.raises(ConfigError, match=r"bad\.py:bad failed for trials=1, correct=0"):
        Custom(function=f"{tmp_path / 'bad.py'}:bad").target(1, 0)
