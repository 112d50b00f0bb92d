"""Sandboxes in containers: refused with what is missing, held to the same walls where an engine is here."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import SandboxError
from dartmath.tools.backend import CodeRunner, find_backend
from dartmath.tools.config import ToolsSection
from tools.ordinary import SECRET
from tools.test_abuse import LIMITS, PROGRAMS, Outside, outside

__all__ = ["outside"]  # a fixture
IMAGE = "localhost/dartmath-tests"
CLIENTS = ("podman", "docker")


def section(**changes: Any) -> ToolsSection:
    return ToolsSection(backend="container", image=IMAGE, **changes)


def fake(folder: Path, name: str, script: str) -> None:
    """A client that does what `script` says."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("client", "script", "told"),
    [
        (None, "", "no container engine here; install podman or docker"),
        (
            "docker",
            "echo 'Cannot connect to the daemon' >&2; exit 1",
            "docker cannot start containers here: Cannot",
        ),
        (
            "podman",
            '[ "$1" = image ] && exit 125; echo 5.0',
            "get it with: podman pull localhost/dartmath-tests",
        ),
        (
            "podman",
            '[ "$1" = run ] && echo "no such runtime" >&2 && exit 126; echo 5.0',
            "do not isolate here",
        ),
    ],
)
def test_what_is_missing_is_said(
    client: str | None, script: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if client:
        fake(tmp_path, client, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=told):
        # Limits of its own, since what was found out is kept for equal ones.
        find_backend(section(output_chars=1000 + len(told)))


def test_an_image_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "podman", "echo 5.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="set image in the tools section"):
        find_backend(ToolsSection(backend="container"))


@pytest.fixture(scope="module")
def client() -> Iterator[str]:
    """An engine with an image of this machine's Python; skips where there is none that works."""
    python = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    found = next((name for name in CLIENTS if shutil.which(name)), None)
    if found is None or not python.exists():
        pytest.skip("needs podman or docker, and the system's Python")
    made = subprocess.run(
        [found, "import", "-", IMAGE], input=image(python), capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"{found} makes no image here: {made.stderr.decode()[-200:]}")
    yield found
    subprocess.run([found, "rmi", "--force", IMAGE], capture_output=True, check=False)


def image(python: Path) -> bytes:
    """The files of an image: Python, its library, and the libraries of both."""
    library = Path(f"/usr/lib/{python.name}")
    programs = [python, Path("/bin/sh"), *library.glob("lib-dynload/*.so")]
    linked = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False).stdout
    needed = {word for word in linked.split() if word.startswith("/") and not word.endswith(":")}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", dereference=True) as tar:
        tar.add(python, "usr/bin/python3")
        tar.add("/bin/sh", "bin/sh")
        tar.add(library, f"usr/lib/{python.name}", filter=lambda one: None if "/test" in one.name else one)
        for path in sorted(needed):
            tar.add(path, path.lstrip("/"))
    return data.getvalue()


@pytest.fixture
def container(client: str) -> Iterator[CodeRunner]:
    try:
        new, _ = find_backend(section(**LIMITS))
    except SandboxError as error:
        pytest.skip(str(error))
    sandbox = new()
    yield sandbox
    sandbox.close()


@pytest.mark.slow
def test_a_container_keeps_variables_ends_and_starts_anew(container: CodeRunner, client: str) -> None:
    assert container.run("x = 6\nprint('to the error stream', file=__import__('sys').stderr)").output == (
        "to the error stream"
    )
    assert container.run("x * 7").output == "42"
    assert container.run("import time; time.sleep(100)").outcome == "timeout"
    assert "NameError" in container.run("x").output
    assert container.run("import os; os._exit(3)").outcome == "error"
    container.run("1")
    container.close()
    running = subprocess.run(
        [client, "ps", "--all", "--format", "{{.Names}}"], check=False, capture_output=True, text=True
    )
    assert "dartmath-" not in running.stdout


@pytest.mark.slow
def test_nothing_of_this_machine_is_in_a_container(
    container: CodeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://user:{SECRET}@proxy")
    shown = container.run("import os\nprint(os.environ, os.getuid())").output
    assert SECRET not in shown and shown.endswith(" 65534")
    assert container.run("import socket; socket.socket()").outcome == "error"
    assert container.run("open('/etc/x', 'w')").outcome == "error"
    assert (
        container.run(f"open({os.fspath(Path(sysconfig.get_path('purelib')))!r} + '/x')").outcome == "error"
    )


# They find what a container has of its own and our sandbox has not: /proc, accounts of the image, a terminal.
OF_ITS_OWN = {"proc", "read-accounts", "read-environment-of-others", "symlink-out", "read-memory-of-others"}
OF_ITS_OWN |= {"fill-the-devices", "descriptors-by-path"}
SOME = [program for program in PROGRAMS if program["name"] not in OF_ITS_OWN][::6]


@pytest.mark.slow
@pytest.mark.parametrize("program", SOME, ids=[one["name"] for one in SOME])
def test_programs_are_contained_there_too(
    program: dict[str, Any], container: CodeRunner, outside: Outside
) -> None:
    """One in six; the outcome may be another one, since the walls are."""
    result = container.run(outside.fill_in(program["code"], os.getpid()))
    after = container.run("print(6 * 7)")
    assert "ESCAPED" not in result.output + after.output and SECRET not in result.output
    assert outside.touched() == []
    assert after.outcome in ("ok", "error", "timeout")
