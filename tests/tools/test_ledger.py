"""The memory of all sandboxes of a run is bounded; idle ones are stopped, and closed for room."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.ledger import Ledger
from dartmath.tools.sandbox import Sandbox

MIB = 2**20
SECTION = ToolsSection(memory_mb=256, total_memory_mb=400)  # one that runs (320), and 80 idle


@pytest.fixture
def two(isolation: Isolation) -> Iterator[tuple[Sandbox, Sandbox]]:
    with Sandbox(isolation, SECTION) as one, Sandbox(isolation, SECTION) as other:
        yield one, other


def test_an_idle_interpreter_counts_with_what_it_holds(two: tuple[Sandbox, Sandbox]) -> None:
    ledger = Ledger(SECTION)
    ledger.run(two[0], "x = 1")
    small = ledger.held
    ledger.run(two[0], f"kept = bytearray(b'1') * {50 * MIB}")
    assert 0 < small < 40 * MIB
    assert 45 * MIB < ledger.held - small < 70 * MIB
    ledger.close(two[0])
    assert ledger.held == 0


def test_files_of_an_idle_interpreter_count(two: tuple[Sandbox, Sandbox]) -> None:
    ledger = Ledger(SECTION)
    ledger.run(two[0], "x = 1")
    small = ledger.held
    ledger.run(two[0], f"_ = open('file', 'wb').write(bytes({30 * MIB}))")
    assert ledger.held - small > 25 * MIB


def test_variables_stay_while_there_is_room(two: tuple[Sandbox, Sandbox]) -> None:
    ledger = Ledger(SECTION)
    for name, sandbox in zip("ab", two, strict=True):
        ledger.run(sandbox, f"x = {name!r}")
    assert [ledger.run(sandbox, "x").output for sandbox in two] == ["a", "b"]
    assert ledger.closed == 0


def test_the_largest_idle_one_is_closed_for_room(isolation: Isolation) -> None:
    section = ToolsSection(memory_mb=256, total_memory_mb=480)
    with (
        Sandbox(isolation, section) as small,
        Sandbox(isolation, section) as large,
        Sandbox(isolation, section) as other,
    ):
        ledger = Ledger(section)
        ledger.run(large, f"kept = bytearray(b'1') * {100 * MIB}")
        ledger.run(small, "kept = 1")
        ledger.run(other, f"kept = bytearray(b'1') * {50 * MIB}")
        ledger.run(small, "kept = 2")
        assert (large.started, small.started, other.started) == (False, True, True)


def test_an_idle_one_is_closed_for_room_and_its_response_is_told(two: tuple[Sandbox, Sandbox]) -> None:
    ledger = Ledger(SECTION)
    ledger.run(two[0], f"kept = bytearray(b'1') * {100 * MIB}")
    assert ledger.run(two[1], "6 * 7").output == "42"
    assert (ledger.closed, two[0].started) == (1, False)
    lost = ledger.run(two[0], "kept")
    assert lost.output.startswith("note: the interpreter was closed to save memory")
    assert lost.outcome == "error" and "NameError" in lost.output
    assert not ledger.run(two[0], "1").output.startswith("note")


def test_nothing_runs_between_blocks(two: tuple[Sandbox, Sandbox]) -> None:
    ledger = Ledger(SECTION)
    ledger.run(
        two[0],
        "import signal\nrang = 0\ndef ring(*_):\n    global rang\n    rang += 1\n"
        "signal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)\n"
        "grown = bytearray()",
    )
    time.sleep(0.6)  # thirty rings, if it went on
    assert int(ledger.run(two[0], "signal.setitimer(signal.ITIMER_REAL, 0)\nrang").output) < 10


def test_a_block_waits_for_room_and_a_killed_one_does_not(two: tuple[Sandbox, Sandbox]) -> None:
    ledger = Ledger(SECTION)
    # The kernel ends an interpreter with the thread that started it, so that thread goes on.
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(ledger.run, two[0], "import time\ntime.sleep(1.5)")
        time.sleep(0.5)
        waiting = threading.Timer(0.3, two[1].kill)
        waiting.start()
        assert ledger.run(two[1], "6 * 7").outcome == "error"
        assert not running.done()
        assert running.result().outcome == "ok"
        waiting.join()
        assert pool.submit(ledger.run, two[0], "6 * 7").result().output == "42"
