"""The writer: a full disk stops the run cleanly, and nothing that was recorded is lost."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dartmath.base.errors import JournalError
from dartmath.sampling import journal_writer
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import Uniform
from sampling.simulated import SimulatedEngine, assert_sound, run

SECTION = SamplingSection(policy=Uniform(k=5, cap=40), workers=0)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: writes fail as on a full disk, half a line written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_stops_cleanly_and_the_run_goes_on(tmp_path: Path) -> None:
    with (
        file_size_limit(20_001),
        pytest.raises(JournalError, match=r"File too large; free space there and run the same"),
    ):
        run(tmp_path, SimulatedEngine(), SECTION)
    (segment,) = (tmp_path / "segments").glob("*.jsonl")
    assert segment.read_bytes().endswith(b"}\n")
    kept = sum(1 for _ in open_journal(tmp_path).samples())
    assert kept > 20
    engine = SimulatedEngine()
    summary = run(tmp_path, engine, SECTION)
    assert summary.samples == kept + sum(engine.launched.values())
    assert_sound(tmp_path)


def test_full_disk_while_closing_a_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_writer, "ROWS", 30)
    with file_size_limit(9_500):
        try:
            run(tmp_path, SimulatedEngine(), SECTION)
        except JournalError as error:
            assert "same command again" in str(error)
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert_sound(tmp_path)


FULL = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from sampling.simulated import SimulatedEngine, run
from dartmath.base.errors import JournalError
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.policy import Uniform
try:
    section = SamplingSection(policy=Uniform(k=5, cap=40), workers=0)
    run(Path(sys.argv[1]), SimulatedEngine(), section, count=400)
except JournalError as error:
    print(error)
"""


def test_really_full_file_system(tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(mount)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        arguments = [str(mount / "run"), str(Path(__file__).parents[1])]
        done = subprocess.run(
            [sys.executable, "-c", FULL, *arguments], check=True, capture_output=True, text=True
        )
        assert "No space left" in done.stdout and "same command again" in done.stdout
        found = [(s.query_id, s.trial) for s in open_journal(mount / "run").samples()]
        assert len(found) == len(set(found)) > 100
    finally:
        subprocess.run(["umount", str(mount)], check=True)
