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
from pathlib import Path

import pytest

from dartmath.errors import JournalError
from dartmath.run_lock import RunLock, is_locked, read_holder
from dartmath.sampling.config import SamplingSection, Uniform
from sampling.simulated import SimulatedEngine, run

HOLD = """
import sys, time
from pathlib import Path
from dartmath.run_lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
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


@pytest.mark.parametrize(
    ("pid", "host", "refused"), [("self", "here", True), ("dead", "here", False), ("dead", "elsewhere", True)]
)
def test_file_system_without_flock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: str, host: str, refused: bool
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    holder = {
        "pid": os.getpid() if pid == "self" else ended.pid,
        "host": socket.gethostname() if host == "here" else host,
    }
    (tmp_path / "lock").write_text(json.dumps(holder))

    def unsupported(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    assert is_locked(tmp_path) is refused
    if refused:
        with pytest.raises(JournalError, match="another process"):
            RunLock(tmp_path).__enter__()
    else:
        with RunLock(tmp_path):
            pass
