"""The sampling stage as a whole: complete, continued, amended, refused, stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, DataError, EngineError, Interrupted, JournalError
from dartmath.base.manifest import read_manifest
from dartmath.engines.protocol import Completion, Request
from dartmath.sampling.config import Budget, Price, SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.journal_manifest import VERSION
from dartmath.sampling.policy import VRT, Band, Custom, Prop2Diff, Uniform
from dartmath.sampling.sample import trial_seed
from dartmath.sampling.status import run_status
from dartmath.sampling.summary import SamplingSummary
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import SimulatedEngine, assert_sound, dataset, make_queries, run

UNIFORM = SamplingSection(policy=Uniform(k=4, cap=60), workers=0)
PROP2DIFF = SamplingSection(policy=Prop2Diff(k=12, pilot=6, cap=60), workers=0)


@pytest.mark.parametrize("workers", [0, 1])
def test_uniform_is_complete(tmp_path: Path, workers: int) -> None:
    summary = run(tmp_path, SimulatedEngine(), UNIFORM.model_copy(update={"workers": workers}))
    journal = open_journal(tmp_path)
    assert summary.complete and journal.finished
    assert summary.samples == sum(1 for _ in journal.samples())
    assert all(c.correct >= 4 or c.trials == 60 for c in journal.counts().values())
    assert_sound(tmp_path)


def test_vrt_gives_every_query_the_same_trials(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SamplingSection(policy=VRT(trials=7), workers=0))
    assert {c.trials for c in open_journal(tmp_path).counts().values()} == {7}


def test_prop2diff_targets_follow_the_pilot(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), PROP2DIFF)
    for counts in open_journal(tmp_path).counts().values():
        wanted = PROP2DIFF.policy.target(counts.pilot_trials, counts.pilot_correct)
        assert counts.pilot_trials == 6
        assert counts.correct >= wanted or counts.trials == 60


def test_band_leaves_queries_outside_it_after_the_pilot(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SamplingSection(policy=Band(k=3, pilot=5, low=0.3, high=0.7), workers=0))
    for counts in open_journal(tmp_path).counts().values():
        rate = counts.pilot_correct / 5
        assert counts.correct >= 3 if 0.3 <= rate <= 0.7 else counts.trials == 5


def test_every_trial_has_its_own_seed(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM)
    for one in open_journal(tmp_path).samples():
        assert one.seed == trial_seed(7, one.query_id, one.trial)


@pytest.mark.parametrize("section", [UNIFORM, PROP2DIFF], ids=["uniform", "prop2diff"])
def test_data_set_does_not_depend_on_timing(tmp_path: Path, section: SamplingSection) -> None:
    run(tmp_path / "a", SimulatedEngine(concurrency=1), section)
    run(tmp_path / "b", SimulatedEngine(concurrency=40, delay=0.002), section)
    assert dataset(tmp_path / "a") == dataset(tmp_path / "b")


def test_slots_are_kept_full_and_never_overfull(tmp_path: Path) -> None:
    engine = SimulatedEngine(concurrency=5, delay=0.001)
    run(tmp_path, engine, UNIFORM)
    assert engine.most_busy == 5


def test_concurrency_may_change_and_even_vanish_while_the_engine_runs(tmp_path: Path) -> None:
    engine = SimulatedEngine(concurrency=3, delay=0.001)

    def change(request: Request) -> None:
        engine.concurrency = (0, 12, 1)[sum(engine.launched.values()) // 20 % 3]

    engine._before = change
    assert run(tmp_path, engine, UNIFORM).complete
    assert 3 < engine.most_busy <= 12
    assert_sound(tmp_path)


def test_finished_run_does_nothing(tmp_path: Path) -> None:
    first = run(tmp_path, SimulatedEngine(), UNIFORM)
    engine = SimulatedEngine()
    written = when_written(tmp_path)
    again = run(tmp_path, engine, UNIFORM)
    assert engine.entered == 0 and not engine.launched
    assert again == first
    assert when_written(tmp_path) == written


def when_written(folder: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file() and p.name != "lock"}


def test_amending_owes_only_the_difference(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM)
    before = open_journal(tmp_path).counts()
    engine = SimulatedEngine()
    more = SamplingSection(policy=Uniform(k=8, cap=90), workers=0)
    with pytest.raises(JournalError, match=r"(?s)policy\.cap: 60 there, 90 asked.*policy\.k: 4.*--amend"):
        run(tmp_path, engine, more)
    run(tmp_path, engine, more, amend=True)
    after = open_journal(tmp_path).counts()
    assert sum(engine.launched.values()) == sum(c.trials for c in after.values()) - sum(
        c.trials for c in before.values()
    )
    assert all(c.correct >= 8 or c.trials == 90 for c in after.values())
    assert_sound(tmp_path)


@pytest.mark.parametrize(("k", "count"), [(8, 20), (4, 25)], ids=["more responses", "more queries"])
def test_a_finished_run_that_is_amended_is_unfinished_until_it_is_done(
    tmp_path: Path, k: int, count: int
) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM)
    seen: list[tuple[bool, int]] = []

    def look(request: Request) -> None:
        manifest = read_manifest(tmp_path, stage="sample")
        seen.append((manifest["finished"], manifest["queries"]))

    more = UNIFORM.model_copy(update={"policy": Uniform(k=k, cap=60)})
    run(tmp_path, SimulatedEngine(before=look), more, count=count, amend=True)
    assert set(seen) == {(False, count)}
    assert read_manifest(tmp_path, stage="sample")["finished"]


def test_amending_to_another_policy_counts_its_pilot_anew(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM)
    run(tmp_path, SimulatedEngine(), PROP2DIFF, amend=True)
    run(tmp_path / "fresh", SimulatedEngine(), PROP2DIFF)
    assert dataset(tmp_path) == dataset(tmp_path / "fresh")


def test_queries_may_be_added_with_amend(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM, count=5)
    with pytest.raises(JournalError, match="2 queries are not yet part of the run"):
        run(tmp_path, SimulatedEngine(), UNIFORM, count=7)
    engine = SimulatedEngine()
    run(tmp_path, engine, UNIFORM, count=7, amend=True)
    assert {id.partition("/")[0] for id in engine.launched} == {"q00005", "q00006"}
    assert len(open_journal(tmp_path).queries()) == 7


def test_queries_may_not_be_dropped_or_changed(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM, count=5)
    with pytest.raises(JournalError, match="1 of the 5 queries"):
        run(tmp_path, SimulatedEngine(), UNIFORM, count=4, amend=True)
    changed = make_queries(5)
    changed[2] = type(changed[2])("q00002", "test", "What is 2?", ("3",))
    with pytest.raises(JournalError, match=r"'q00002'.*changed.*dartmath regrade .* --into NEW-FOLDER"):
        run(tmp_path, SimulatedEngine(), UNIFORM, queries=changed, amend=True)


def test_incompatible_settings_are_refused_by_name(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM, count=3)
    other = UNIFORM.model_copy(update={"temperature": 0.7, "max_tokens": 100})
    with pytest.raises(JournalError, match=r"(?s)max_tokens: 2048 there, 100 asked.*temperature: 1.6"):
        run(tmp_path, SimulatedEngine(), other, count=3, amend=True)
    with pytest.raises(JournalError, match="seed: 7 there, 8 asked"):
        run(tmp_path, SimulatedEngine(), UNIFORM, count=3, seed=8, amend=True)
    with pytest.raises(JournalError, match=r"model\.name"):
        run(tmp_path, SimulatedEngine(), UNIFORM, count=3, model={"name": "other"}, amend=True)
    named = {"name": "simulated", "revision": "abc"}
    with pytest.raises(JournalError, match=r"model\.revision: None there, 'abc' asked"):
        run(tmp_path, SimulatedEngine(), UNIFORM, count=3, model=named, amend=True)


def test_a_model_folder_is_known_by_its_content(tmp_path: Path) -> None:
    there = {"name": "runs/a/model", "fingerprint": "0123456789ab"}
    done = run(tmp_path, SimulatedEngine(), UNIFORM, count=3, model=there)
    moved = {**there, "name": "runs/b/model"}
    assert run(tmp_path, SimulatedEngine(), UNIFORM, count=3, model=moved).samples == done.samples
    assert open_journal(tmp_path).manifest["model"] == moved
    trained_again = {**moved, "fingerprint": "ba9876543210"}
    with pytest.raises(JournalError, match=r"model\.fingerprint: '0123456789ab' there"):
        run(tmp_path, SimulatedEngine(), UNIFORM, count=3, model=trained_again)


def test_settings_that_shape_no_sample_may_change(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM, count=3)
    cheap = UNIFORM.model_copy(update={"price": Price(per_hour=2), "keep_wrong": "hash"})
    assert run(tmp_path, SimulatedEngine(), cheap, count=3).complete


def test_what_a_finished_run_has_given_up_stays_given_up(tmp_path: Path) -> None:
    section = SamplingSection(policy=Uniform(k=12, cap=100), give_up=0.3, workers=0)
    first = run(tmp_path, SimulatedEngine(concurrency=64), section, count=100)
    assert first.states["gave_up"] > 5
    again = run(tmp_path, SimulatedEngine(concurrency=64), section, count=100)
    assert again.samples == first.samples and again.states["gave_up"] > 5
    status = run_status(tmp_path)
    assert sum(band.gave_up for band in status.bands) == again.states["gave_up"]
    assert sum(band.open for band in status.bands) == status.remaining.mean == 0
    # Another goal is another matter.
    wider = section.model_copy(update={"policy": Uniform(k=13, cap=100)})
    assert run(tmp_path, SimulatedEngine(), wider, count=100, amend=True).samples > first.samples


def test_what_an_interrupted_run_has_given_up_stays_given_up(tmp_path: Path) -> None:
    section = SamplingSection(policy=Uniform(k=12, cap=100), give_up=0.3, workers=0)
    bands = {query.id: query.id for query in make_queries(60)}
    given: set[str] = set()
    for samples in range(300, 1500, 150):
        limited = section.model_copy(update={"budget": Budget(samples=samples)})
        engine = SimulatedEngine(concurrency=64)
        summary = run(tmp_path, engine, limited, count=60)
        assert not {request.partition("/")[0] for request in engine.launched} & given
        given = {band.name for band in run_status(tmp_path, bands).bands if band.gave_up}
        assert len(given) == summary.states.get("gave_up", 0)
    assert len(given) > 5


def test_sample_budget_stops_exactly_and_goes_on(tmp_path: Path) -> None:
    limited = UNIFORM.model_copy(update={"budget": Budget(samples=50)})
    summary = run(tmp_path, SimulatedEngine(), limited)
    assert summary.samples == 50 and summary.stopped == "the budget of 50 samples is used up"
    assert not open_journal(tmp_path).finished
    assert run(tmp_path, SimulatedEngine(), UNIFORM).complete
    assert_sound(tmp_path)


@pytest.mark.parametrize(
    ("budget", "word"),
    [(Budget(tokens=2000), "tokens"), (Budget(money=0.001), "money")],
)
def test_other_budgets_stop(tmp_path: Path, budget: Budget, word: str) -> None:
    price = Price(per_million_tokens=1.0)
    summary = run(
        tmp_path, SimulatedEngine(), UNIFORM.model_copy(update={"budget": budget, "price": price}), count=200
    )
    assert summary.stopped and word in summary.stopped
    assert 0 < summary.samples < 3000


def test_a_budget_of_hours_stops(tmp_path: Path) -> None:
    """However fast the machine is: one response after another waits its time."""

    def slow(request: Request) -> Completion:
        time.sleep(0.02)
        return Completion("It is 5.", "stop", 1, 1)

    section = UNIFORM.model_copy(update={"budget": Budget(hours=1 / 3600)})
    summary = run(tmp_path, SimulatedEngine(before=slow), section, count=200)
    assert summary.stopped and "hours" in summary.stopped
    # Those that had been asked for when the time was over are awaited, as many as the engine takes at once.
    assert 0 < summary.samples <= 50 + 2 * 16


@pytest.mark.parametrize("keep", ["text", "hash", "counts"])
def test_what_is_kept_of_wrong_responses(tmp_path: Path, keep: str) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM.model_copy(update={"keep_wrong": keep}))
    journal = open_journal(tmp_path)
    right = list(journal.samples([Outcome.CORRECT]))
    wrong = list(journal.samples([Outcome.WRONG]))
    assert all(s.text and s.text_hash is not None for s in right)
    assert all(bool(s.text) == (keep == "text") for s in wrong)
    assert all((s.text_hash is not None) == (keep != "counts") for s in wrong)
    assert_sound(tmp_path)


def test_distinct_counts_equal_responses_once(tmp_path: Path) -> None:
    def parrot(request: Request) -> Completion:
        number = int(request.id.partition("/")[0][1:])
        return Completion(f"{request.seed % 5} so \\boxed{{{number}}}", "stop", 1, 1)

    section = UNIFORM.model_copy(update={"distinct": True})
    summary = run(tmp_path, SimulatedEngine(before=parrot), section, count=6)
    counts = open_journal(tmp_path).counts().values()
    assert all(c.distinct >= 4 for c in counts)
    assert summary.correct > summary.distinct == sum(c.distinct for c in counts)


def test_hopeless_queries_are_given_up_and_named(tmp_path: Path) -> None:
    section = SamplingSection(policy=Uniform(k=20, cap=2000), give_up=0.01, workers=0)
    summary = run(tmp_path, SimulatedEngine(rates={"q00003": 0.0}), section, count=8)
    assert summary.suspects == ("q00003",)
    assert summary.states["gave_up"] == 1
    assert open_journal(tmp_path).counts()["q00003"].trials < 1000
    (row,) = map(json.loads, (tmp_path / "suspects.jsonl").read_text().splitlines())
    assert row["query_id"] == "q00003" and row["references"] == ["3"] and row["chance"] < 0.01
    assert "wrong reference, or too hard" in row["reason"]


def test_a_query_whose_trials_all_failed_is_no_suspect(tmp_path: Path) -> None:
    def failing(request: Request) -> Completion | None:
        own = request.id.startswith("q00002/")
        return Completion("", "error", error="HTTP 500", final=True) if own else None

    few = SamplingSection(policy=VRT(trials=2), workers=0)  # too few for the engine to be said to refuse it
    rates = {"q00000": 1.0, "q00001": 0.0}
    summary = run(tmp_path, SimulatedEngine(rates=rates, before=failing), few, count=3)
    assert summary.suspects == ("q00001",)
    rows = {row["query_id"]: row for row in map(json.loads, (tmp_path / "suspects.jsonl").open())}
    assert "every trial failed with an error" in rows["q00002"]["reason"]
    assert "wrong reference" in rows["q00001"]["reason"]


def test_capped_queries_are_listed_with_what_they_miss(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(rates={"q00001": 0.05}), UNIFORM, count=4)
    rows = [json.loads(line) for line in (tmp_path / "suspects.jsonl").read_text().splitlines()]
    counts = open_journal(tmp_path).counts()
    assert {r["query_id"] for r in rows} == {id for id, c in counts.items() if c.correct < 4}
    assert all(r["state"] == "capped" and r["trials"] == 60 and r["chance"] == 0 for r in rows)


def test_sampling_inside_a_running_event_loop(tmp_path: Path) -> None:
    async def notebook() -> SamplingSummary:
        return run(tmp_path, SimulatedEngine(), UNIFORM)

    assert asyncio.run(notebook()).complete


def test_stop_button_of_a_notebook_drains_the_run(tmp_path: Path) -> None:
    engine = SimulatedEngine(delay=0.01)

    def interrupt(request: Request) -> None:
        if sum(engine.launched.values()) == 60:
            os.kill(os.getpid(), signal.SIGINT)

    async def notebook() -> None:
        run(tmp_path, engine, UNIFORM)

    engine._before = interrupt
    # A notebook's loop, unlike `asyncio.run`, leaves SIGINT to Python.
    loop = asyncio.new_event_loop()
    with pytest.raises(Interrupted, match="Run the same command again"):
        loop.run_until_complete(notebook())
    loop.close()
    assert sum(1 for _ in open_journal(tmp_path).samples()) == sum(engine.launched.values())


def test_failed_request_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartmath.sampling.controller._RETRY_SECONDS", (0.0, 0.0))
    engine = SimulatedEngine()

    def flaky(request: Request) -> Completion | None:
        if request.seed % 3 == 0 and engine.launched[request.id] == 1:
            return Completion("", "error", error="connection reset")
        return None

    engine._before = flaky
    assert run(tmp_path, engine, UNIFORM).outcomes["error"] == 0
    assert max(engine.launched.values()) == 2


def test_request_that_always_fails_becomes_an_error_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartmath.sampling.controller._RETRY_SECONDS", (0.0, 0.0))

    def too_long(request: Request) -> Completion | None:
        if request.id.startswith("q00002/"):
            return Completion("", "error", error="the prompt is longer than the context")
        return None

    summary = run(tmp_path, SimulatedEngine(before=too_long), UNIFORM)
    assert summary.refused == ("q00002",) and summary.complete
    failed = list(open_journal(tmp_path).samples([Outcome.ERROR]))
    assert {s.query_id for s in failed} == {"q00002"} and len(failed) < 20
    assert "longer than the context" in failed[0].reason


def test_run_stops_when_every_request_fails_and_records_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartmath.sampling.controller._RETRY_SECONDS", (0.0, 0.0))

    def dead(request: Request) -> Completion:
        return Completion("", "error", error="no route to host")

    with pytest.raises(EngineError, match=r"(?s)all failed.*no route to host.*same command again"):
        run(tmp_path, SimulatedEngine(before=dead), UNIFORM)
    assert not list(open_journal(tmp_path).samples())
    assert run(tmp_path, SimulatedEngine(), UNIFORM).complete


def test_policy_that_fails_in_the_middle_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(trials, correct, k):\n    return k if correct < 5 else 1 // 0\n")
    policy = Custom(function=f"{tmp_path / 'mine.py'}:f", k=3, pilot=6)
    with pytest.raises(ConfigError, match="ZeroDivisionError"):
        run(tmp_path / "run", SimulatedEngine(), SamplingSection(policy=policy, workers=0))
    assert sum(1 for _ in open_journal(tmp_path / "run").samples()) > 0


def test_dead_engine_keeps_what_was_finished(tmp_path: Path) -> None:
    engine = SimulatedEngine()

    def dies(request: Request) -> None:
        if sum(engine.launched.values()) > 40:
            raise EngineError("the GPU fell off the bus")

    engine._before = dies
    with pytest.raises(EngineError, match=r"(?s)fell off the bus.*samples are kept"):
        run(tmp_path, engine, UNIFORM)
    kept = open_journal(tmp_path)
    assert sum(1 for _ in kept.samples()) > 0
    run(tmp_path, SimulatedEngine(), UNIFORM)
    run(tmp_path / "fresh", SimulatedEngine(), UNIFORM)
    assert dataset(tmp_path) == dataset(tmp_path / "fresh")


def test_responses_in_grading_when_the_engine_dies_are_kept(tmp_path: Path) -> None:
    def dies(request: Request) -> None:
        if sum(engine.launched.values()) > 40:
            raise EngineError("the GPU fell off the bus")

    engine = SimulatedEngine(before=dies)
    with pytest.raises(EngineError, match="40 samples are kept"):
        run(tmp_path, engine, UNIFORM.model_copy(update={"workers": 1}))
    assert sum(1 for _ in open_journal(tmp_path).samples()) == 40


@pytest.mark.parametrize("presses", [1, 2])
def test_interrupt_drains_or_aborts_and_goes_on(tmp_path: Path, presses: int) -> None:
    # Only the test that runs in the main thread may use signals.
    assert threading.current_thread() is threading.main_thread()
    engine = SimulatedEngine(delay=0.01)

    def interrupt(request: Request) -> None:
        if sum(engine.launched.values()) == 60:
            for _ in range(presses):
                os.kill(os.getpid(), signal.SIGINT)

    engine._before = interrupt
    with pytest.raises(Interrupted, match="Run the same command again"):
        run(tmp_path, engine, UNIFORM)
    journal = open_journal(tmp_path)
    assert not journal.finished
    recorded = sum(1 for _ in journal.samples())
    if presses == 1:
        assert recorded == sum(engine.launched.values())
    assert run(tmp_path, SimulatedEngine(), UNIFORM).complete
    assert_sound(tmp_path)


def test_an_interrupt_waits_no_longer_than_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dartmath.sampling.controller._LEAST_SECONDS", 0.5)

    class Hanging(SimulatedEngine):
        async def generate(self, request: Request) -> Completion:
            if sum(self.launched.values()) == 60:
                os.kill(os.getpid(), signal.SIGINT)
            if request.id.startswith("q00003"):
                await asyncio.sleep(3600)
            return await super().generate(request)

    with pytest.raises(Interrupted):
        run(tmp_path, Hanging(delay=0.001), UNIFORM)
    assert "responses in flight, for at most 0 s" in capsys.readouterr().err
    rows = list(open_journal(tmp_path).samples())
    assert len(rows) >= 50 and "q00003" not in {row.query_id for row in rows}
    assert run(tmp_path, SimulatedEngine(), UNIFORM).complete
    assert_sound(tmp_path)


def test_half_surrogates_and_control_characters_survive(tmp_path: Path) -> None:
    def odd(request: Request) -> Completion:
        return Completion("a\ud83d\x00\u2028 é \\boxed{0}", "stop", 1, 1)

    run(tmp_path, SimulatedEngine(before=odd), UNIFORM, count=1)
    found = next(open_journal(tmp_path).samples())
    assert found.text == "a?\x00\u2028 é \\boxed{0}" and found.outcome is Outcome.CORRECT


def test_manifest_says_how_the_samples_were_made(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), UNIFORM)
    manifest = read_manifest(tmp_path, stage="sample")
    assert manifest["config"]["policy"] == {"kind": "uniform", "k": 4, "cap": 60}
    assert manifest["template"]["name"] == "qa" and len(manifest["template"]["hash"]) == 12
    assert manifest["engine"]["kind"] == "simulated" and manifest["model"]["name"] == "simulated"
    assert manifest["summary"]["complete"] and manifest["journal"]["version"] == VERSION


def test_bad_queries_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no queries"):
        run(tmp_path, SimulatedEngine(), UNIFORM, queries=[], count=0)
    with pytest.raises(DataError, match="'q00000'"):
        run(tmp_path, SimulatedEngine(), UNIFORM, queries=make_queries(1) * 2)
