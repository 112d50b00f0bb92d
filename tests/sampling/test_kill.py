"""kill -9 at random moments: nothing lost, nothing double, the same data set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dartmath.sampling.journal import open_journal
from engines.openai.misbehaving import misbehaving
from sampling.simulated import assert_sound, dataset

SCRIPT = Path(__file__).with_name("killable.py")


def run_with_kills(folder: Path, rounds: int, engine: str, *torn: str) -> int:
    command = [sys.executable, str(SCRIPT), str(folder), str(rounds), engine, *torn]
    path = os.pathsep.join([str(SCRIPT.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def test_kills_change_nothing(tmp_path: Path) -> None:
    assert run_with_kills(tmp_path / "killed", 20, "simulated") >= 5
    run_with_kills(tmp_path / "whole", 0, "simulated")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")


def test_kills_change_nothing_of_who_answers(tmp_path: Path) -> None:
    assert run_with_kills(tmp_path / "killed", 20, "taught") >= 5
    run_with_kills(tmp_path / "whole", 0, "taught")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")
    assert_same_teachers(tmp_path / "killed", tmp_path / "whole", {None, "hot", "big"})


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kills_change_nothing_of_two_real_engines_and_hints(tmp_path: Path, smollm2: str) -> None:
    assert run_with_kills(tmp_path / "killed", 20, "hinted") >= 5
    run_with_kills(tmp_path / "whole", 0, "hinted")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")
    assert_same_teachers(tmp_path / "killed", tmp_path / "whole", {None, "plain", "told"})


def assert_same_teachers(one: Path, other: Path, all_of: set[str | None]) -> None:
    """Every trial that is in both was made by the same teacher, and each of `all_of` made some."""
    a, b = ({(s.query_id, s.trial): s.teacher for s in open_journal(run).samples()} for run in (one, other))
    both = a.keys() & b.keys()
    assert {key: a[key] for key in both} == {key: b[key] for key in both}
    assert {a[key] for key in both} == all_of


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kills_change_nothing_with_a_real_model(tmp_path: Path, smollm2: str) -> None:
    assert run_with_kills(tmp_path / "killed", 20, "real") >= 5
    run_with_kills(tmp_path / "whole", 0, "real")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_kills_change_nothing_over_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs of two dozen kills each, a thousand in all; every other run loses what was not synced."""
    killed = 0
    with misbehaving(seconds=0.02) as url:
        monkeypatch.setenv("SERVER", url)
        run_with_kills(tmp_path / "whole", 0, "remote")
        whole = dataset(tmp_path / "whole")
        for number in range(200):
            folder = tmp_path / str(number)
            killed += run_with_kills(folder, 25, "remote", *["torn"][: number % 2])
            assert dataset(folder) == whole
            assert_sound(folder)
            shutil.rmtree(folder)
            if killed >= 1000:
                return
    raise AssertionError(f"only {killed} of the kills cut a run short")
