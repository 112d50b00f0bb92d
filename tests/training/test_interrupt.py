"""Ctrl-C saves a checkpoint and says how to go on; what goes on is the run that was stopped."""

import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import Interrupted
from dartmath.training.checkpoints import newest_checkpoint, step_of
from dartmath.training.interrupt import StopRequest, command_line, interrupted, on_interrupt
from dartmath.training.log import read_log
from training.material import examples, write_jsonl

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def _command(model: str, data: Path, out: Path, *more: str) -> list[str]:
    train = [sys.executable, "-m", "dartmath.cli", "train", "--model", model, "--data", str(data)]
    return [*train, "--template", "qa", "--max-length", "256", "--dtype", "float32", "--out", str(out), *more]


def _environment(tmp_path: Path) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    cache = {"DARTMATH_CACHE": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    return {**os.environ, **cache, "PATH": path}


def _start(command: list[str], tmp_path: Path) -> subprocess.Popen[str]:
    # A session of its own, as a terminal's foreground job has a process group of its own.
    return subprocess.Popen(
        command, env=_environment(tmp_path), stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def _wait_for(process: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    """Wait until `condition`; a process that ends before fails the test."""
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)


def _run(model: str, folder: Path, out: str, processes: int) -> list[str]:
    """The command of a run that is stopped in some tests and not in others."""
    data = write_jsonl(folder / "rows.jsonl", examples(40))
    more = ["--epochs", "12", "--batch-size", "2", "--learning-rate", "1e-2", "--save-steps", "1000"]
    return _command(model, data, folder / out, *more, "--gpus", str(processes))


@pytest.fixture(scope="module")
def whole(tiny_llama: str, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[dict[str, Any]]]:
    """What runs of one process and of two log that nobody stops."""
    logs = {}
    for processes in (1, 2):
        folder = tmp_path_factory.mktemp("whole")
        command = _run(tiny_llama, folder, "out", processes)
        subprocess.run(command, check=True, env=_environment(folder), timeout=900)
        logs[processes] = read_log(folder / "out")
    return logs


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_processes_give_the_loss_curve_of_one(whole: dict[int, list[dict[str, Any]]]) -> None:
    one, two = whole[1], whole[2]
    assert [row["loss"] for row in two] == pytest.approx([row["loss"] for row in one], rel=2e-4)
    assert [row["tokens"] for row in two] == [row["tokens"] for row in one]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_find_each_other_where_the_name_of_the_machine_leads_nowhere(
    tiny_llama: str, tmp_path: Path
) -> None:
    """As on a laptop in a foreign network, where torchrun waits for ever."""
    renamed = ["unshare", "--uts", "--map-root-user", "sh", "-c", 'hostname leads-nowhere && exec "$@"', "sh"]
    if subprocess.run([*renamed, "true"], check=False, capture_output=True).returncode:
        pytest.skip("a process cannot have another host name here")
    data = write_jsonl(tmp_path / "rows.jsonl", examples(8))
    more = ["--batch-size", "2", "--max-steps", "2", "--gpus", "2"]
    command = _command(tiny_llama, data, tmp_path / "out", *more)
    subprocess.run([*renamed, *command], check=True, env=_environment(tmp_path), timeout=300)
    assert [row["step"] for row in read_log(tmp_path / "out")] == [1, 2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("processes", "later"), [(1, 1), (1, 2), (2, 1)])
def test_what_the_message_says_goes_on_as_if_nothing_had_happened(
    processes: int, later: int, whole: dict[int, list[dict[str, Any]]], tiny_llama: str, tmp_path: Path
) -> None:
    out = tmp_path / "stopped"
    process = _start(_run(tiny_llama, tmp_path, "stopped", processes), tmp_path)
    _wait_for(process, lambda: len(read_log(out)) >= 5)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=900)[1]
    assert process.returncode == 130, said
    done, expected = read_log(out), whole[processes]
    assert len(done) < len(expected)
    checkpoint = newest_checkpoint(out / "checkpoints")
    assert checkpoint
    assert step_of(checkpoint) == done[-1]["step"]
    message, _, command = said.strip().rpartition("Go on with:\n")
    assert f"after step {done[-1]['step']}" in message
    again = [*shlex.split(command), "--gpus", str(later)]
    subprocess.run(again, check=True, env=_environment(tmp_path), timeout=900)
    found = read_log(out)
    assert found[: len(done)] == done
    assert [row["step"] for row in found] == [row["step"] for row in expected]
    assert [row["loss"] for row in found] == pytest.approx([row["loss"] for row in expected], rel=1e-4)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_second_one_stops_in_the_middle_of_a_step(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(3000))
    out = tmp_path / "out"
    # A step of a thousand passes gives time to interrupt twice.
    more = ["--epochs", "1", "--batch-size", "1000", "--no-packing"]
    process = _start(_command(tiny_llama, data, out, *more), tmp_path)
    _wait_for(process, lambda: len(read_log(out)) >= 1)
    os.kill(process.pid, signal.SIGINT)
    assert process.stderr
    while "Ctrl-C again stops at once" not in process.stderr.readline():
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    said = process.communicate(timeout=900)[1]
    assert process.returncode == 130
    assert "stopped; what was finished is kept" in said
    assert newest_checkpoint(out / "checkpoints") is None


def test_a_forked_worker_leaves_signals_to_the_process_that_trains(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        for _ in range(2):  # what a terminal sends to the whole group
            os.kill(os.getpid(), signal.SIGINT)

    asked: list[bool] = []
    with on_interrupt(lambda: asked.append(True)):
        worker = multiprocessing.get_context("fork").Process(target=work)
        worker.start()
        worker.join(60)
    assert worker.exitcode == 0
    assert asked == []
    assert "stopping" not in capfd.readouterr().err


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_asks_and_the_second_interrupts(number: signal.Signals) -> None:
    asked = []
    before = signal.signal(number, signal.SIG_DFL)  # the tests themselves may run under nohup
    try:
        with pytest.raises(KeyboardInterrupt), on_interrupt(lambda: asked.append(True)):
            os.kill(os.getpid(), number)
            assert asked == [True]
            os.kill(os.getpid(), number)
        assert asked == [True]
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_launched_process_leaves_it_to_its_launcher_to_abort() -> None:
    asked = []
    with on_interrupt(lambda: asked.append(True), abort=False):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    assert asked


def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with on_interrupt(lambda: pytest.fail("asked")):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_request_reaches_other_processes_until_it_is_cleared(tmp_path: Path) -> None:
    mine, theirs = StopRequest(tmp_path), StopRequest(tmp_path)
    assert not mine
    mine.ask()
    assert mine
    assert not theirs
    mine.ask_all()
    assert theirs
    mine.clear()
    assert not theirs


def test_the_way_on_is_the_command_or_the_launch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setattr("sys.orig_argv", ["/opt/python3", "/opt/bin/dartmath", "train", "my recipe.yaml"])
    assert command_line() == "dartmath train 'my recipe.yaml'"
    error = interrupted(7)
    assert isinstance(error, Interrupted)
    assert "after step 7" in str(error)
    assert str(error).endswith("dartmath train 'my recipe.yaml'")
    monkeypatch.setattr("sys.orig_argv", ["/opt/python3", "-m", "dartmath", "train", "tiny"])
    assert command_line() == "python3 -m dartmath train tiny"
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert "The same launch goes on" in str(interrupted(7))


def test_a_process_of_ours_names_no_command_of_its_own() -> None:
    assert "Go on with" in str(interrupted(7))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert "The same launch goes on" in str(pool.submit(interrupted, 7).result())
