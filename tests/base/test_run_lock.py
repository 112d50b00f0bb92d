"""One writer at a time; the lock dies with its holder."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dartmath.base.errors import JournalError
from dartmath.base.run_lock import RunLock, is_locked, read_holder
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import Uniform
from sampling.simulated import SimulatedEngine, run

HOLD = """
import sys, time
from pathlib import Path
from dartmath.base.run_lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of `tmp_path`."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_second_process_is_refused_and_told_who(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert is_locked(tmp_path)
    section = SamplingSection(policy=Uniform(k=1, cap=2), workers=0)
    with pytest.raises(JournalError, match=rf"process {holder.pid} on .*kill -INT {holder.pid}"):
        run(tmp_path, SimulatedEngine(), section)


def test_a_glance_at_the_lock_refuses_no_writer(tmp_path: Path) -> None:
    glance = os.open(tmp_path / "lock", os.O_RDONLY | os.O_CREAT)
    fcntl.flock(glance, fcntl.LOCK_SH)
    threading.Timer(0.2, os.close, [glance]).start()
    with RunLock(tmp_path):
        assert is_locked(tmp_path)


def test_kill_frees_the_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert not is_locked(tmp_path)
    with RunLock(tmp_path):
        assert is_locked(tmp_path)


def test_fork_does_not_keep_the_lock(tmp_path: Path) -> None:
    ready, say = os.pipe()
    with RunLock(tmp_path):
        child = os.fork()
        if child == 0:
            os.write(say, b"!")
            signal.pause()
        os.read(ready, 1)
    try:
        assert not is_locked(tmp_path)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_holder_is_written_and_wiped(tmp_path: Path) -> None:
    with RunLock(tmp_path):
        assert read_holder(tmp_path / "lock")["pid"] == os.getpid()
    assert read_holder(tmp_path / "lock") == {}
    assert not is_locked(tmp_path)


@pytest.fixture
def without_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that has no `flock`."""

    def unsupported(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)


def _locks(folder: Path, *, refused: bool) -> None:
    assert is_locked(folder) is refused
    if refused:
        with pytest.raises(JournalError, match="another process"):
            RunLock(folder).__enter__()
    else:
        with RunLock(folder):
            assert read_holder(folder / "lock")["pid"] == os.getpid()


@pytest.mark.usefixtures("without_flock")
@pytest.mark.parametrize(
    ("pid", "host", "refused"), [("self", "here", True), ("dead", "here", False), ("dead", "elsewhere", True)]
)
def test_file_system_without_flock(tmp_path: Path, pid: str, host: str, refused: bool) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    holder = {
        "pid": os.getpid() if pid == "self" else ended.pid,
        "host": socket.gethostname() if host == "here" else host,
    }
    (tmp_path / "lock").write_text(json.dumps(holder))
    _locks(tmp_path, refused=refused)


@pytest.mark.usefixtures("without_flock")
@pytest.mark.parametrize(
    ("job", "restarts", "refused"),
    [
        ("7", "1", False),  # requeued after its node died, and started elsewhere
        ("7", "0", True),  # two tasks of one job
        ("8", "1", True),  # another job
        ("", "", True),  # a login node
    ],
)
def test_requeued_slurm_job_takes_the_lock_of_its_dead_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: str, restarts: str, refused: bool
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "node-a")
    monkeypatch.setenv("SLURM_CLUSTER_NAME", "here")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.delenv("SLURM_RESTART_COUNT", raising=False)
    lock = RunLock(tmp_path)
    lock.__enter__()  # and dies with its node
    monkeypatch.setattr("socket.gethostname", lambda: "node-b")
    for name, value in (("SLURM_JOB_ID", job), ("SLURM_RESTART_COUNT", restarts)):
        monkeypatch.setenv(name, value)
    _locks(tmp_path, refused=refused)


@pytest.mark.usefixtures("without_flock")
def test_refusal_names_the_slurm_job_to_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with RunLock(tmp_path), pytest.raises(JournalError, match=r"Slurm job 7.*scancel 7"):
        RunLock(tmp_path).__enter__()
