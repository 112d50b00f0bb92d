"""Runs that are killed at random moments, by `killable.py`, and what they must be like in the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def kill_over_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int) -> None:
    """Runs of up to 25 kills each, so many in all.

    Every other run loses what was not synced; every other pair asks for eight responses at once, of which a
    kill leaves some recorded and others not.
    """
    killed = 0
    with misbehaving(seconds=0.02, several="seeds") as url:
        monkeypatch.setenv("SERVER", url)
        whole = {}
        for together in ("1", "8"):
            monkeypatch.setenv("TOGETHER", together)
            run_with_kills(tmp_path / f"whole-{together}", 0, "remote")
            whole[together] = dataset(tmp_path / f"whole-{together}")
        assert whole["1"] != whole["8"]  # other seeds
        for number in range(kills):
            together = "8" if number % 4 > 1 else "1"
            monkeypatch.setenv("TOGETHER", together)
            folder = tmp_path / str(number)
            killed += run_with_kills(folder, min(25, kills - killed), "remote", *["torn"][: number % 2])
            assert dataset(folder) == whole[together]
            assert_sound(folder)
            shutil.rmtree(folder)
            if killed >= kills:
                return
    raise AssertionError(f"only {killed} of the kills cut a run short")
