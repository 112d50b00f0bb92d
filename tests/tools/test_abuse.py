"""Every escape and abuse program is contained, and the sandbox serves the next block."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath.base.cpus import available_cpus
from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.sandbox import BlockResult, Sandbox
from tools.ordinary import CANARY, SECRET, OrdinaryUser

ABSTRACT = f"dartmath-test-{os.getpid()}"
PROGRAMS = yaml.safe_load(Path(__file__).with_name("abuse.yaml").read_text(encoding="utf-8"))
MORE = yaml.safe_load(Path(__file__).with_name("abuse_more.yaml").read_text(encoding="utf-8"))
NAMES = [program["name"] for program in PROGRAMS]
ATTEMPTS, BUSY = 3, 2  # BUSY: processes that want to run, for each CPU
LIMITS: dict[str, Any] = {"seconds": 1.0, "memory_mb": 256, "output_chars": 4000}


@dataclass
class Outside:
    """What programs try to reach, and how to see whether one did."""

    folder: Path
    servers: list[socket.socket]

    def fill_in(self, code: str, pid: int) -> str:
        """The program with the places it attacks, and the process that started its sandbox."""
        places = {
            "@SECRET@": SECRET,
            "@FILE@": str(self.folder / "secret.txt"),
            "@FOLDER@": str(self.folder),
            "@PORT@": str(self.servers[0].getsockname()[1]),
            "@SOCKET@": str(self.folder / "socket"),
            "@ABSTRACT@": ABSTRACT,
            "@PID@": str(pid),
        }
        for name, value in places.items():
            code = code.replace(name, value)
        # Split in the source, so that a traceback that quotes it does not look like a success.
        return code.replace("ESCAPED", 'ESC" "APED')

    def touched(self) -> list[str]:
        """Signs that a program got out."""
        signs = sorted({p.name for p in self.folder.iterdir()} - {"secret.txt", "socket"})
        for server in self.servers:
            try:
                server.accept()
                signs.append(f"connection to {server.getsockname()!r}")
            except BlockingIOError:
                pass
        return signs


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("outside")
    folder.chmod(0o777)
    (folder / "secret.txt").write_text(SECRET)
    os.environ[CANARY] = SECRET
    servers = [socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
    addresses: list[str | tuple[str, int]] = [("127.0.0.1", 0), str(folder / "socket"), f"\0{ABSTRACT}"]
    for server, address in zip(servers, addresses, strict=True):
        server.bind(address)
        server.listen()
        server.setblocking(False)
    yield Outside(folder, servers)
    del os.environ[CANARY]
    for server in servers:
        server.close()


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_program_is_contained(program: dict[str, Any], isolation: Isolation, outside: Outside) -> None:
    def attempt() -> tuple[BlockResult, BlockResult]:
        with Sandbox(isolation, ToolsSection(**LIMITS)) as sandbox:
            code = outside.fill_in(program["code"], os.getpid())
            return sandbox.run(code), sandbox.run("print(6 * 7)")

    check(program, outside, attempt)


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_program_is_contained_for_an_ordinary_user(
    program: dict[str, Any], outside: Outside, ordinary: OrdinaryUser
) -> None:
    def attempt() -> tuple[BlockResult, BlockResult]:
        blocks = [outside.fill_in(program["code"], ordinary.pid), "print(6 * 7)"]
        result, after = ordinary.run(blocks, **LIMITS)
        return result, after

    check(program, outside, attempt)


@pytest.mark.slow
@pytest.mark.parametrize("program", MORE, ids=[program["name"] for program in MORE])
def test_more_programs_are_contained(
    program: dict[str, Any], isolation: Isolation, outside: Outside, ordinary: OrdinaryUser
) -> None:
    test_program_is_contained(program, isolation, outside)
    test_program_is_contained_for_an_ordinary_user(program, outside, ordinary)


def check(
    program: dict[str, Any], outside: Outside, attempt: Callable[[], tuple[BlockResult, BlockResult]]
) -> None:
    """Nothing got out, the outcome is the known one, and the next block is served or refused honestly.

    On a busy machine the wall clock may end what ends by itself where it gets the CPU: that is tried again,
    and where many more processes than CPUs want to run, the outcome is left open. What got out never is.
    """
    for _ in range(ATTEMPTS):
        result, after = attempt()
        assert "ESCAPED" not in result.output + after.output
        assert SECRET not in result.output
        assert outside.touched() == []
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.output)
        assert after.outcome in ("ok", "error", "timeout")
        as_known = result.outcome == program["outcome"] and program.get("says", "") in result.output
        if as_known or "took too long" not in result.output:
            break
    else:
        if os.getloadavg()[0] > BUSY * available_cpus():
            pytest.skip(
                f"nothing got out; this machine is too busy to tell more (load {os.getloadavg()[0]:.0f})"
            )
    assert result.outcome == program["outcome"], result
    assert program.get("says", "") in result.output


def test_there_are_enough_programs() -> None:
    names = {program["name"] for program in PROGRAMS + MORE}
    assert len(names) == len(PROGRAMS) + len(MORE)
    assert len(PROGRAMS) >= 40 <= len(MORE)
