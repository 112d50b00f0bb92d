from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curation.memory import query, sample
from dartmath.engines.protocol import Completion, Request
from dartmath.report.runs import find_runs
from dartmath.report.statistics import SamplingStatistics, binned, histogram, read_statistics
from dartmath.report.watchers import Reservoir
from dartmath.sampling.config import Budget
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Uniform
from dartmath.sampling.status import run_status
from dartmath.verify.contract.outcome import Outcome
from report.made_run import ScriptedEngine, make_sample


@pytest.fixture(scope="module")
def statistics(run_folder: Path) -> SamplingStatistics:
    (run,) = find_runs([run_folder])
    return read_statistics(run, run.samples[0], label="made", browse=100, seed=0)


def test_totals_are_those_of_the_journal(statistics: SamplingStatistics, run_folder: Path) -> None:
    samples = list(open_journal(run_folder / "sample").samples())
    assert statistics.total("trials") == len(samples)
    assert statistics.outcomes() == Counter(s.outcome.value for s in samples)
    assert statistics.total("tokens") == sum(s.completion_tokens for s in samples)
    lengths = statistics.lengths.correct + statistics.lengths.other
    assert sum(lengths.values()) == len(samples)


def test_the_numbers_of_a_band_are_those_of_its_samples(
    statistics: SamplingStatistics, run_folder: Path
) -> None:
    samples = list(open_journal(run_folder / "sample").samples())
    bands_of = statistics.browse.bands_of
    assert [band.name for band in statistics.bands] == list(dict.fromkeys(bands_of.values()))
    for band in statistics.bands:
        mine = [one for one in samples if bands_of[one.query_id] == band.name]
        right = [one for one in mine if one.outcome is Outcome.CORRECT]
        texts = {(one.query_id, " ".join(one.response.split())) for one in right}
        assert (band.trials, band.correct, band.distinct) == (len(mine), len(right), len(texts))
        assert (band.tokens, band.covered) == (
            sum(one.completion_tokens for one in mine),
            len({one.query_id for one in right}),
        )
        assert band.queries == sum(band.states.values()) == list(bands_of.values()).count(band.name)
        assert band.outcomes == Counter(one.outcome.value for one in mine)


def test_pass_rates_are_those_of_the_queries_that_were_tried(
    statistics: SamplingStatistics, run_folder: Path
) -> None:
    trials: dict[str, list[bool]] = {}
    for one in open_journal(run_folder / "sample").samples():
        trials.setdefault(one.query_id, []).append(one.outcome is Outcome.CORRECT)
    assert sorted(statistics.pass_rates) == sorted(sum(row) / len(row) for row in trials.values())
    tried = {id: (len(row), sum(row)) for id, row in trials.items()}
    assert {id: counts for id, counts in statistics.browse.by_query.items() if counts[0]} == tried


def test_every_query_stands_somewhere(statistics: SamplingStatistics, run_folder: Path) -> None:
    assert sum(statistics.states().values()) == statistics.total("queries") == 80
    summary = open_journal(run_folder / "sample").manifest["summary"]["states"]
    assert {name.replace("_", " "): count for name, count in summary.items()} == dict(statistics.states())


def test_a_wrong_reference_is_suspect_and_a_mistake_that_goes_with_a_level_is_none(
    statistics: SamplingStatistics,
) -> None:
    """The script answers hard queries with the difference, always the same; one easy query is mislabelled."""
    assert [one.query.references for one in statistics.suspects] == [("-1",)]


def test_the_selection_to_look_at_has_every_band_and_outcome(
    statistics: SamplingStatistics, run_folder: Path
) -> None:
    bands = statistics.browse.bands_of
    kinds = {(bands[s.query_id], s.outcome) for s in statistics.browse.samples}
    samples = open_journal(run_folder / "sample").samples()
    everything = {(bands[s.query_id], s.outcome) for s in samples}
    assert kinds == everything
    assert len(statistics.browse.samples) == 100


def test_a_run_without_pilot_has_statistics_too(tmp_path: Path) -> None:
    make_sample(tmp_path / "sample", per_level=3, policy=VRT(trials=4))
    (run,) = find_runs([tmp_path])
    one = read_statistics(run, run.samples[0], label="made", browse=10, seed=0)
    assert one.states() == {"reached": 12} and one.total("trials") == 48


class Refusing(ScriptedEngine):
    async def generate(self, request: Request) -> Completion:
        if "(number 0 of level 1)" in (request.prompt.text or ""):
            return Completion("", "error", 0, 0, error="the prompt is too long")
        return await super().generate(request)


@pytest.mark.parametrize(
    ("engine", "budget", "some"),
    [
        (ScriptedEngine(), Budget(samples=150), ("open", "gave up", "reached")),
        (Refusing(), Budget(), ("refused", "gave up", "reached")),
    ],
)
def test_queries_stand_where_the_status_says_they_do(
    engine: ScriptedEngine, budget: Budget, some: tuple[str, ...], tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"policy": Uniform(k=9, cap=40), "give_up": 0.3, "budget": budget}
    make_sample(tmp_path / "sample", 3, engine=engine, **settings)
    (run,) = find_runs([tmp_path])
    one = read_statistics(run, run.samples[0], label="made", browse=10, seed=0)
    (*bands,) = run_status(tmp_path / "sample").bands
    states = ("open", "reached", "capped", "gave_up", "refused")
    expected = {name.replace("_", " "): sum(getattr(band, name) for band in bands) for name in states}
    assert one.states() == Counter(expected)
    assert all(expected[name] for name in some)


def test_the_reservoir_does_not_depend_on_order() -> None:
    samples = [sample("a", trial, trial % 3 == 0) for trial in range(300)]
    taken = []
    for order in (samples, samples[::-1]):
        reservoir = Reservoir([query("a")], seed=3, share=5)
        for one in order:
            reservoir.see(one)
        taken.append(reservoir.take(8))
    assert taken[0] == taken[1] and len(taken[0]) == 8
    assert {one.outcome for one in taken[0]} == {Outcome.CORRECT, Outcome.WRONG}


def test_long_responses_are_shortened_in_the_middle() -> None:
    reservoir = Reservoir([query("a")])
    reservoir.see(sample("a", 0, True, "begin" + "x" * 100_000 + "end"))
    (one,) = reservoir.take(1)
    assert one.text.startswith("begin") and one.text.endswith("end")
    assert len(one.text) < 7000 and "characters left out" in one.text


def test_histograms_count_everything_once() -> None:
    assert histogram([0, 0.05, 0.5, 1], 10) == [2, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert binned(Counter({0: 1, 4: 2, 5: 3, 99: 4}), [0, 5, 10]) == [3, 3, 4]
