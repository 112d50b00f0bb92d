"""A Slurm job that is started again and again goes on as long as its starts bring something."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.base.errors import EngineError, RunError
from dartmath.base.slurm import MOST_IDLE_RESTARTS, check_progress, slurm_job
from dartmath.engines.protocol import Request
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import VRT
from sampling.simulated import SimulatedEngine, run

SECTION = SamplingSection(policy=VRT(trials=4), workers=0)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of job 41; its restarts are set by the test."""
    monkeypatch.setenv("SLURM_JOB_ID", "41")
    monkeypatch.setenv("SLURM_CLUSTER_NAME", "here")
    monkeypatch.delenv("SLURM_RESTART_COUNT", raising=False)
    return monkeypatch


def refuse(request: Request) -> None:
    raise EngineError("the server is still loading")


def test_a_job_whose_starts_bring_nothing_ends(tmp_path: Path, start: pytest.MonkeyPatch) -> None:
    for restarts in range(MOST_IDLE_RESTARTS):
        start.setenv("SLURM_RESTART_COUNT", str(restarts))
        with pytest.raises(EngineError, match="still loading"):
            run(tmp_path, SimulatedEngine(before=refuse), SECTION, count=2)
    start.setenv("SLURM_RESTART_COUNT", str(MOST_IDLE_RESTARTS))
    said = rf"{MOST_IDLE_RESTARTS} starts of Slurm job 41 in a row have added no response to the 0 .*--time"
    with pytest.raises(RunError, match=said):
        run(tmp_path, SimulatedEngine(), SECTION, count=2)
    start.setenv("SLURM_JOB_ID", "42")  # submitted anew, as it says
    assert run(tmp_path, SimulatedEngine(), SECTION, count=2).samples == 8


def test_a_job_that_advances_is_started_any_number_of_times(
    tmp_path: Path, start: pytest.MonkeyPatch
) -> None:
    for restarts in range(10 * MOST_IDLE_RESTARTS):
        start.setenv("SLURM_RESTART_COUNT", str(restarts))
        check_progress(tmp_path, restarts // MOST_IDLE_RESTARTS, "response")


def test_commands_of_one_start_and_of_no_job_are_not_counted(
    tmp_path: Path, start: pytest.MonkeyPatch
) -> None:
    for _ in range(2 * MOST_IDLE_RESTARTS):  # an interactive allocation
        check_progress(tmp_path, 0, "response")
    start.delenv("SLURM_JOB_ID")
    assert slurm_job() is None
    folder = tmp_path / "no-job"
    check_progress(folder, 0, "response")
    assert not folder.exists()
