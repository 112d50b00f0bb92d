"""Kill -9 at twenty random points of a run: what comes out is bit by bit what an uninterrupted run gives."""

import multiprocessing
import os
import random
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dartmath.training.checkpoints import checkpoint_folder
from dartmath.training.job import is_finished
from dartmath.training.log import read_log
from training.killable import BASE, STEPS, train_one
from training.material import examples, write_jsonl

KILLS = 20
KINDS: dict[str, dict[str, Any]] = {"sft": {}}


def _start(settings: dict[str, Any], *arguments: str) -> list[Any]:
    """The trainers of a run, as torchrun starts them, forked from a process that has loaded the libraries."""
    context = multiprocessing.get_context("forkserver")
    libraries = ["dartmath.training.session", "dartmath.training.build", "trl", "peft"]
    context.set_forkserver_preload(["training.killable", *libraries])
    world = settings.get("gpus", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = [_place(rank, world, port) for rank in range(world)]
    given = {**BASE, **settings}
    processes = [context.Process(target=train_one, args=(given, *arguments, place)) for place in places]
    for process in processes:
        process.start()
    return processes


def _place(rank: int, world: int, port: int) -> dict[str, str]:
    """What torchrun tells a trainer; nothing of one that is alone."""
    if world == 1:
        return {}
    number, count = str(rank), str(world)
    names = {"RANK": number, "LOCAL_RANK": number, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
    return {**names, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}


def _kill(processes: list[Any]) -> None:
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    for process in processes:
        process.join()


def _steps(out: Path) -> int:
    path = out / "training_log.jsonl"
    return path.read_text().count("\n") if path.is_file() else 0


def _kill_somewhere(settings: dict[str, Any], arguments: list[str], out: Path, rng: random.Random) -> None:
    """Let a run make up to five steps, and kill it: in a step, at a checkpoint, while it loads."""
    processes = _start(settings, *arguments)
    begun, wanted = _steps(out), rng.randrange(6)
    deadline = time.monotonic() + 120
    while all(process.is_alive() for process in processes) and time.monotonic() < deadline:
        # The log is rewound to the checkpoint first; a run that starts anew is behind what was begun.
        if abs(_steps(out) - begun) >= wanted:
            break
        time.sleep(0.01)
    time.sleep(rng.random() * 0.3)
    assert all(process.is_alive() for process in processes), "the run ended, or failed, before it was killed"
    _kill(processes)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_killed_twenty_times_is_the_run_that_is_not(
    kind: str, tiny_llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path / "cache"))
    settings = KINDS[kind]
    data = write_jsonl(tmp_path / "rows.jsonl", examples(30))
    folders = {name: tmp_path / name for name in ("whole", "killed")}
    rng = random.Random(kind)
    for name, out in folders.items():
        arguments = [tiny_llama, str(data), str(out)]
        for _ in range(KILLS if name == "killed" else 0):
            _kill_somewhere(settings, arguments, out, rng)
        processes = _start(settings, *arguments)
        for process in processes:
            process.join()
        assert is_finished(out)
        assert not checkpoint_folder(out).exists()
    losses = [[row["loss"] for row in read_log(out)] for out in folders.values()]
    assert len(losses[0]) == STEPS
    one, other = (load_file(out / "model.safetensors") for out in folders.values())
    assert losses[0] == losses[1]
    assert all(torch.equal(one[name], other[name]) for name in one)
