"""Where nothing isolates, nothing runs unless allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dartmath.base.errors import SandboxError
from dartmath.tools import isolation as module
from dartmath.tools import walls
from dartmath.tools.isolation import Isolation
from dartmath.tools.walls import find_isolation
from tools.ordinary import OrdinaryUser

PRETENDER = """
[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit
while [ "$1" != -- ]; do
  [ "$1" = --info-fd ] && eval "echo '{{\\"child-pid\\": '$$'}}' >&$2"
  shift
done
while [ $# -gt 1 ]; do shift; done
exec {python} -I {runner} "$1"
"""


@pytest.fixture
def forgetful() -> Iterator[None]:
    """What was found on this machine is found again."""
    walls._isolation.cache_clear()
    find_isolation.cache_clear()
    yield
    walls._isolation.cache_clear()
    find_isolation.cache_clear()


def put_bwrap(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Make `script` the only bwrap on the path."""
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_missing_tool_is_refused_with_the_command(
    forgetful: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"apt-get install bubblewrap.*allow_weak: true"):
        find_isolation()
    assert find_isolation(allow_weak=True) == Isolation("weak")


def test_old_tool_is_refused(forgetful: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put_bwrap(tmp_path, monkeypatch, "echo bubblewrap 0.6.1")
    with pytest.raises(SandboxError, match=r"bubblewrap 0\.6\.1 is too old"):
        find_isolation()


def test_tool_that_may_not_isolate_is_refused_with_its_own_words(
    forgetful: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put_bwrap(
        tmp_path,
        monkeypatch,
        '[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit\n'
        "echo 'bwrap: No permissions to create new namespace' >&2; exit 1",
    )
    with pytest.raises(SandboxError, match="No permissions to create new namespace"):
        find_isolation()


def test_tool_that_does_not_isolate_is_refused(
    forgetful: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Runs the interpreter right here: everything "works", but the self-test sees through it.
    put_bwrap(tmp_path, monkeypatch, PRETENDER.format(python=sys.executable, runner=module._RUNNER))
    with pytest.raises(SandboxError, match="does not work here"):
        find_isolation()


def test_isolation_of_this_machine(isolation: Isolation) -> None:
    assert isolation.mode == ("root" if os.geteuid() == 0 else "user")
    assert isolation.describe()["tool"].startswith("bubblewrap ")


def test_works_for_an_ordinary_user_too(ordinary: OrdinaryUser) -> None:
    assert ordinary.refusal == ""
    assert [result.output for result in ordinary.run(["x = 6", "x * 7"])] == ["", "42"]


PROJECT = """
import sys
from dartmath.tools.config import ToolsSection
from dartmath.tools.walls import find_isolation
from dartmath.tools.sandbox import Sandbox

code = sys.argv[1]
with Sandbox(find_isolation(), ToolsSection(seconds=10)) as sandbox:
    print(sandbox.run(code).output)
"""


def test_a_project_that_is_its_own_virtual_environment_is_not_seen(tmp_path: Path) -> None:
    """`python -m venv .`, as many images of containers do: beside Python lie the project's keys."""
    find_isolation()  # skips where nothing isolates
    project = tmp_path / "project"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(project)], check=True)
    secrets = [project / ".env", project / "lib" / "notes.txt", project / "bin" / "token"]
    for secret in secrets:
        secret.write_text("HF_TOKEN=canary")
    site = Path(pytest.__file__).parents[1]
    source = Path(module.__file__).parents[2]
    code = "".join(f"try: print(open({str(s)!r}).read())\nexcept OSError: print('hidden')\n" for s in secrets)
    command = [str(project / "bin" / "python"), "-c", PROJECT, code]
    environment = {**os.environ, "PYTHONPATH": f"{source}:{site}"}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.split() == ["hidden"] * 3, done.stderr
