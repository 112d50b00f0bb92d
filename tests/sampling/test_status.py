"""Status of a run: finished, stopped, and beside a running writer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.base.errors import EngineError
from dartmath.engines.protocol import Request
from dartmath.sampling.config import Budget, Price, SamplingSection
from dartmath.sampling.policy import Uniform
from dartmath.sampling.status import RunStatus, run_status
from sampling.simulated import SimulatedEngine, make_queries, run

SECTION = SamplingSection(policy=Uniform(k=5, cap=40), workers=0, price=Price(per_million_tokens=1e6))


def test_finished(tmp_path: Path) -> None:
    summary = run(tmp_path, SimulatedEngine(), SECTION)
    bands = {q.id: f"level {q.metadata['level']}" for q in make_queries(20)}
    status = run_status(tmp_path, bands)
    assert status.finished and not status.running and status.remaining.mean == 0
    assert status.samples == summary.samples and status.cost == pytest.approx(summary.tokens)
    assert [b.name for b in status.bands] == [f"level {i}" for i in range(5)]
    assert sum(b.trials for b in status.bands) == summary.samples
    assert sum(b.reached + b.capped for b in status.bands) == 20
    assert json.loads(json.dumps(status.to_json()))["policy"] == "uniform k=5 cap=40"


def test_stopped_run_knows_what_is_left(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", SimulatedEngine(concurrency=1), SECTION, count=60)
    limited = SECTION.model_copy(update={"budget": Budget(samples=100)})
    run(tmp_path / "part", SimulatedEngine(concurrency=1), limited, count=60)
    status = run_status(tmp_path / "part")
    assert not status.finished and status.stopped == "the budget of 100 samples is used up"
    # The stopped run knows little yet of the hard queries, so the interval gets some room.
    assert status.remaining.low * 0.8 <= whole.samples - 100 <= status.remaining.high * 1.2


def test_a_killed_session_does_not_show_why_the_one_before_it_stopped(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION.model_copy(update={"budget": Budget(samples=50)}))
    seen: list[str | None] = []

    def look(request: Request) -> None:
        if len(engine.launched) % 40 == 1:
            seen.append(run_status(tmp_path).stopped)

    engine = SimulatedEngine(before=look)
    run(tmp_path, engine, SECTION)
    assert set(seen) == {None}


def test_status_beside_a_running_writer(tmp_path: Path) -> None:
    seen: list[RunStatus] = []

    def look(request: Request) -> None:
        if len(engine.launched) in (80, 120) and not (seen and seen[-1].samples > 70):
            seen.append(run_status(tmp_path))

    engine = SimulatedEngine(before=look, delay=0.005)
    run(tmp_path, engine, SECTION)
    assert seen[0].running and not seen[0].finished
    assert seen[0].concurrency == 16 and seen[0].samples < seen[-1].samples
    assert not run_status(tmp_path).running


def test_servers_are_shown(tmp_path: Path) -> None:
    class Servers(SimulatedEngine):
        def servers(self) -> list[dict[str, object]]:
            return [{"url": "http://a:1/v1", "state": "up"}]

    def dies(request: Request) -> None:
        raise EngineError("gone")

    with pytest.raises(EngineError):
        run(tmp_path, Servers(before=dies), SECTION)
    assert run_status(tmp_path).servers == [{"url": "http://a:1/v1", "state": "up"}]
