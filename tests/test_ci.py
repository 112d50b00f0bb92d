"""The script that runs groups of slow tests: what fails, what is cut off, and what its last lines say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = {
    "good": "def test_it(): pass",
    "bad": "def test_it(): assert False, 'the reason'",
    "endless": "def test_it():\n    while True: pass",
    "quick": "",
}


def run(folder: Path, *groups: str, seconds: int = 600) -> subprocess.CompletedProcess[str]:
    """`.ci/slow` on groups of tests of our own, each line as in `.ci/groups`."""
    for name, body in TESTS.items():
        marked = f"import pytest\n\n@pytest.mark.slow\n{body}\n" if body else "def test_it(): pass\n"
        (folder / f"test_{name}.py").write_text(marked)
    (folder / "groups").write_text("".join(f"{line.format(folder=folder)}\n" for line in groups))
    environment = {name: value for name, value in os.environ.items() if name != "DARTMATH_CI_REPORT"}
    environment |= {
        "BIN": str(Path(sys.executable).parent),
        "DARTMATH_SLOW_GROUPS": str(folder / "groups"),
        "DARTMATH_SLOW_SECONDS": str(seconds),
    }
    return subprocess.run(
        [ROOT / ".ci" / "slow"], env=environment, capture_output=True, text=True, timeout=250, check=False
    )


def ended(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of the block at the end, without the seconds."""
    _, _, block = done.stdout.rpartition("── what ran")
    return [line.split(" (")[0] for line in block.splitlines()[1:]]


@pytest.mark.slow
def test_every_group_stands_in_the_block_at_the_end(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "# a line about the groups",
        "4 held hangs: {folder}/test_endless.py",
        "100 watched breaks: {folder}/test_bad.py",
        "100 held works: {folder}/test_good.py",
        "100 held nothing slow: {folder}/test_quick.py",
    )
    assert done.returncode == 0, done.stderr
    assert "the reason" in done.stdout
    assert ended(done) == [
        "passed: works",
        "failed, watched alone: breaks",
        "left out: hangs: cut off",
        "left out: nothing slow: no slow test can run here",
    ]


@pytest.mark.slow
def test_a_failure_of_a_held_group_fails_the_run_and_comes_last(tmp_path: Path) -> None:
    done = run(tmp_path, "100 held breaks: {folder}/test_bad.py", "100 held works: {folder}/test_good.py")
    assert done.returncode == 1
    assert ended(done) == ["passed: works", "failed: breaks"]


@pytest.mark.slow
def test_groups_without_time_are_left_out_and_fail_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "100 held breaks: {folder}/test_bad.py", seconds=59)
    assert done.returncode == 0
    assert ended(done) == ["left out: breaks"]


def test_every_group_names_tests_that_are_there() -> None:
    lines = (ROOT / ".ci" / "groups").read_text(encoding="utf-8").splitlines()
    groups = [line.partition(" ")[2] for line in lines if not line.startswith("#")]
    assert groups
    for group in groups:
        standing, _, rest = group.partition(" ")
        assert standing in ("held", "watched")
        for path in rest.partition(": ")[2].split():
            assert (ROOT / path).exists(), path
