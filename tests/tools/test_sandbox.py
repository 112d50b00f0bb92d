"""One interpreter per response: state, outcomes, output, limits, and its end."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dartmath.base.file_limit import raise_file_limit
from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.sandbox import MOST_CODE_BYTES, Sandbox


@pytest.fixture
def sandbox(isolation: Isolation) -> Iterator[Sandbox]:
    with Sandbox(isolation, ToolsSection(seconds=5)) as made:
        yield made


def test_state_is_kept_without_replaying(sandbox: Sandbox) -> None:
    sandbox.run("import itertools\nruns = 0\ndef bump():\n    global runs\n    runs += 1\n    return runs")
    assert [sandbox.run("bump()").output for _ in range(3)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("code", "outcome", "output"),
    [
        ("2 ** 10", "ok", "1024"),
        ("'text'", "ok", "text"),
        ("x = 5", "ok", ""),
        ("", "ok", ""),
        ("# nothing", "ok", ""),
        ("None", "ok", ""),
        ("print('a'); print('b', end='')", "ok", "a\nb"),
        ("for i in range(2):\n    print(i)\ni * 10", "ok", "0\n1\n10"),
        ("import sys; sys.exit()", "ok", ""),
        ("import sys; sys.exit(2)", "error", ""),
        ("print('\\ud800')", "ok", "\\ud800"),
        ("import os; os.write(1, b'raw'); None", "ok", "raw"),
        ("x = 0\ny = 1 / x", "error", "ZeroDivisionError: division by zero"),
        ("print('before')\nraise ValueError('no')", "error", "ValueError: no"),
        ("def f(:", "error", "SyntaxError: invalid syntax"),
        ("raise KeyboardInterrupt", "error", "KeyboardInterrupt"),
        ("__name__", "ok", "__main__"),
        ("len(str(10**5000))", "ok", "5001"),
        ("int('9' * 5000) % 10", "ok", "9"),
    ],
)
def test_one_block(sandbox: Sandbox, code: str, outcome: str, output: str) -> None:
    result = sandbox.run(code)
    assert result.outcome == outcome
    assert result.output.endswith(output)
    assert outcome == "error" or result.output == output


def test_a_response_leaves_no_mark_for_another_on_a_file_that_both_see(isolation: Isolation) -> None:
    """A lock for reading needs no right to write, and whoever asks is told of it."""
    start = "import fcntl, os, struct\nfile = os.open(os.__file__, os.O_RDONLY)\n"
    call = "struct.unpack('hhqqi4x', fcntl.fcntl(file, {}, struct.pack('hhqqi4x', fcntl.{}, 0, 0, 9, 0)))[0]"
    with Sandbox(isolation) as one, Sandbox(isolation) as other:
        for set_it, ask in (("fcntl.F_SETLK", "fcntl.F_GETLK"), ("fcntl.F_OFD_SETLK", "fcntl.F_OFD_GETLK")):
            assert one.run(start + call.format(set_it, "F_RDLCK")).outcome == "ok"
            # Nobody holds a lock, so that the call says which one would be got.
            assert other.run(start + call.format(ask, "F_WRLCK")).output == str(fcntl.F_UNLCK)


def test_a_data_base_in_a_file_works(sandbox: Sandbox) -> None:
    code = (
        "import sqlite3\nbase = sqlite3.connect('a.db')\nbase.execute('create table t as select 42 as x')\n"
    )
    reads = "base.commit()\nsqlite3.connect('a.db').execute('select x from t').fetchall()"
    assert sandbox.run(code + reads).output == "[(42,)]"


def test_long_code_passes_the_small_pipes_of_a_user_who_has_many(
    isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Beyond a soft limit, Linux gives pipes of one page instead of sixteen (pipe(7)).
    make = os.pipe

    def small() -> tuple[int, int]:
        ends = make()
        fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 4096)
        return ends

    monkeypatch.setattr(os, "pipe", small)
    code = "total = 0\n" + "total += 1\n" * 5000 + "total"
    assert 50_000 < len(code) < MOST_CODE_BYTES
    with Sandbox(isolation, ToolsSection(seconds=5)) as sandbox:
        for _ in range(2):
            result = sandbox.run(code)
            assert (result.outcome, result.output) == ("ok", "5000")


def test_a_sandbox_starts_beside_thousands_of_open_files(isolation: Isolation) -> None:
    raise_file_limit()
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with Sandbox(isolation, ToolsSection(seconds=5)) as sandbox:
            assert sandbox.run("2 ** 10").output == "1024"
    finally:
        for descriptor in files:
            os.close(descriptor)


def test_a_traceback_shows_the_block_alone(sandbox: Sandbox) -> None:
    lines = sandbox.run("x = 0\ny = 1 / x").output.split("\n")
    assert lines[:3] == [
        "Traceback (most recent call last):",
        '  File "<block 1>", line 2, in <module>',
        "    y = 1 / x",
    ]


def test_packages_of_this_interpreter_are_there(sandbox: Sandbox) -> None:
    assert sandbox.run("import sympy\nsympy.factorint(360)").output == "{2: 3, 3: 2, 5: 1}"
    assert sandbox.run("import numpy\nint(numpy.linalg.det(numpy.eye(3)))").output == "1"


def test_scratch_folder_lasts_for_the_response(sandbox: Sandbox) -> None:
    sandbox.run("open('note', 'w').write('kept')")
    assert sandbox.run("import tempfile\nopen(tempfile.gettempdir() + '/note').read()").output == "kept"


def test_scratch_folder_is_not_shared(isolation: Isolation) -> None:
    with Sandbox(isolation) as one, Sandbox(isolation) as other:
        one.run("open('note', 'w').write('mine')")
        assert "FileNotFoundError" in other.run("open('note')").output


def test_time_limit_keeps_the_variables(isolation: Isolation) -> None:
    # So little CPU time that its wall clock, two seconds more, does not run out on a busy machine.
    with Sandbox(isolation, ToolsSection(seconds=0.1)) as sandbox:
        sandbox.run("x = 7")
        assert sandbox.run("while True: pass").outcome == "timeout"
        assert sandbox.run("x").output == "7"


def test_after_a_death_the_next_block_gets_a_fresh_interpreter(sandbox: Sandbox) -> None:
    sandbox.run("x = 7")
    died = sandbox.run("import os; os._exit(1)")
    assert (died.outcome, died.output) == ("error", "the interpreter ended; variables are lost")
    assert "NameError" in sandbox.run("x").output
    assert sandbox.run("1 + 1").output == "2"


def test_output_before_a_death_is_kept(sandbox: Sandbox) -> None:
    assert sandbox.run("import os; print('last words'); os._exit(1)").output.startswith("last words\n")


def test_long_output_keeps_head_and_tail(isolation: Isolation) -> None:
    with Sandbox(isolation, ToolsSection(output_chars=100)) as sandbox:
        output = sandbox.run("for i in range(10**5): print(i)").output
    assert output.startswith("0\n1\n2\n")
    assert output.endswith("99998\n99999")
    assert "left out" in output
    assert len(output) < 200


def test_too_long_a_block_is_refused(sandbox: Sandbox) -> None:
    result = sandbox.run("x = 1 #" + "x" * MOST_CODE_BYTES)
    assert (result.outcome, result.output) == ("refused", f"the block is longer than {MOST_CODE_BYTES} bytes")


@pytest.mark.parametrize("character", ["\n", '"', "\x01", "\u00e9", "\u2028", "\U0001f600", "\ud800"])
def test_any_block_up_to_the_limit_is_run(sandbox: Sandbox, character: str) -> None:
    size = len(character.encode("utf-8", "surrogatepass"))
    head, tail = "x = '''", "'''\nprint(len(x))"
    text = character * ((MOST_CODE_BYTES - len(head + tail)) // size)
    result = sandbox.run(head + text + tail)
    assert result.outcome == "ok" or "surrogates not allowed" in result.output
    assert result.outcome == "error" or result.output == str(len(text))


def test_more_processes_where_allowed(isolation: Isolation) -> None:
    code = "import subprocess\nsubprocess.run(['echo', 'hello'], capture_output=True).stdout"
    with Sandbox(isolation, ToolsSection(processes=3)) as sandbox:
        assert sandbox.run(code).output == "b'hello\\n'"
        forks = "import os, time\nmade = 0\nwhile True:\n    if os.fork() == 0: time.sleep(60)\n    made += 1"
        assert sandbox.run(forks).outcome == "error"
        assert sandbox.run("made <= 2").output == "True"


def test_kill_from_another_thread(sandbox: Sandbox) -> None:
    sandbox.run("x = 1")
    threading.Timer(0.2, sandbox.kill).start()
    assert sandbox.run("import time; time.sleep(30)").outcome == "error"


def test_nothing_is_left_after_closing(isolation: Isolation) -> None:
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    descriptors = psutil.Process().num_fds()
    with Sandbox(isolation, ToolsSection(processes=4)) as sandbox:
        sandbox.run("import os, time\nif os.fork() == 0:\n    time.sleep(60)")
        assert {p.pid for p in psutil.Process().children(recursive=True)} > before
    assert {p.pid for p in psutil.Process().children(recursive=True)} == before
    assert psutil.Process().num_fds() == descriptors


def test_the_sandbox_dies_with_its_parent(isolation: Isolation) -> None:
    program = textwrap.dedent("""
        from dartmath.tools import Sandbox
        sandbox = Sandbox()
        sandbox.run("x = 1")
        print("ready", flush=True)
        sandbox.run("import time; time.sleep(60)")
    """)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        inside = psutil.Process(parent.pid).children(recursive=True)
        assert inside
        parent.kill()
    deadline = time.monotonic() + 20
    while any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in inside):
        assert time.monotonic() < deadline, inside
        time.sleep(0.05)


def test_weak_mode_runs_with_limits() -> None:
    with Sandbox(Isolation("weak"), ToolsSection(seconds=0.3, memory_mb=256)) as sandbox:
        assert sandbox.run("6 * 7").output == "42"
        assert sandbox.run("while True: pass").outcome == "timeout"
        assert "MemoryError" in sandbox.run("bytearray(10**10)").output
        assert sandbox.run("import os\n'CANARY' in os.environ, os.path.basename(os.getcwd())[:9]").output == (
            "(False, 'dartmath-')"
        )


def test_a_sandbox_outlives_the_thread_that_started_it(isolation: Isolation) -> None:
    with Sandbox(isolation) as sandbox:
        first = threading.Thread(target=sandbox.run, args=("x = 41",))
        first.start()
        kernel_thread = Path(f"/proc/self/task/{first.native_id}")
        first.join()
        while kernel_thread.exists():  # Python is done with a thread before the kernel is
            time.sleep(0.01)
        time.sleep(0.2)
        assert sandbox.run("print(x + 1)").output == "42"


def test_a_process_that_was_forked_off_starts_its_own(isolation: Isolation) -> None:
    with Sandbox(isolation) as before:
        assert before.run("print(1)").output == "1"
    pid = os.fork()
    if pid == 0:  # nothing of the test's own may run on in the child
        with Sandbox(isolation) as sandbox:
            os._exit(int(sandbox.run("print(6 * 7)").output != "42"))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
