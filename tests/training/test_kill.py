"""Kill -9 at twenty random points of a run: what comes out is bit by bit what an uninterrupted run gives."""

import json
import multiprocessing
import random
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint
from dartmath.training.job import is_finished
from dartmath.training.log import read_log
from training.killable import BASE, STEPS, train_one
from training.material import examples

KINDS: dict[str, dict[str, Any]] = {
    "sft": {},
    "lora": {"lora": {"rank": 4, "dropout": 0.1}},
    "dpo": {"objective": "dpo", "micro_batch": 2, "max_length": 128},
    "two processes": {"gpus": 2},
}
# Where a run is killed, twenty times in all. Those of the export come last: before them there is none.
PLACES = ["start"] * 4 + ["step"] * 7 + ["checkpoint"] * 5 + ["export"] * 4


def _rows(path: Path) -> Path:
    """Rows with a response, and with a pair of them."""
    rows = [
        {"query": query, "response": right, "chosen": right, "rejected": f"I guess {number}."}
        for number, (query, right) in enumerate(examples(30))
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


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
        process.kill()
    for process in processes:
        process.join()


def _finish(processes: list[Any]) -> None:
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)


def _steps(out: Path) -> int:
    path = out / "training_log.jsonl"
    return path.read_text().count("\n") if path.is_file() else 0


def _delays(whole: Path) -> dict[str, float]:
    """The most seconds that are waited at a place before the kill, by a step of a run that nobody kills.

    So a run lasts for most of the kills, on a fast machine too.
    """
    step = read_log(whole)[-1]["seconds"] / STEPS
    return {"start": 2.0, "step": 2 * step, "checkpoint": step, "export": 0.6}


def _reached(place: str, out: Path, rng: random.Random) -> Callable[[], bool]:
    """Whether a run that has just begun is at `place`."""
    folder = checkpoint_folder(out)
    begun, wanted = _steps(out), rng.randrange(1, 4)
    known = {path.name for path in folder.glob("checkpoint-*")}
    return {
        "start": lambda: True,
        # The log is rewound to the checkpoint first; a run that starts anew is behind what was begun.
        "step": lambda: abs(_steps(out) - begun) >= wanted,
        "checkpoint": lambda: any(
            path.name not in known and not (path / "whole.json").is_file()
            for path in folder.glob("checkpoint-*")
        ),
        "export": lambda: newest_checkpoint(folder) == folder / f"checkpoint-{STEPS}",
    }[place]


def _killed_at(
    place: str, settings: dict[str, Any], arguments: list[str], rng: random.Random, delay: float
) -> bool:
    """Run to a random moment at `place`, and kill all trainers; whether they had not ended by themselves."""
    out = Path(arguments[-1])
    reached = _reached(place, out, rng)
    processes = _start(settings, *arguments)
    deadline = time.monotonic() + 300
    while not reached() and any(process.is_alive() for process in processes):
        assert time.monotonic() < deadline, f"{place} is not reached"
        time.sleep(0.002)
    time.sleep(rng.random() * delay)
    if is_finished(out):
        _finish(processes)
        return False
    assert not any(process.exitcode for process in processes), "a trainer failed"
    _kill(processes)
    newest = newest_checkpoint(checkpoint_folder(out))
    print(f"{place}: step {_steps(out)}, {newest and newest.name}, finished {is_finished(out)}")
    return True


def _assert_same(whole: Path, killed: Path) -> None:
    """Bit by bit: every loss of every step, and every weight."""
    assert is_finished(killed)
    assert not checkpoint_folder(killed).exists()
    losses = [[row["loss"] for row in read_log(out)] for out in (whole, killed)]
    assert len(losses[0]) == STEPS
    assert losses[0] == losses[1]
    files = [file.relative_to(whole) for file in whole.rglob("*.safetensors")]
    assert files
    for file in files:
        one, other = load_file(whole / file), load_file(killed / file)
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_killed_twenty_times_is_the_run_that_is_not(
    kind: str, tiny_llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends before its next kill must be the same; the kills that are left go to another."""
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path / "cache"))
    settings, rng = KINDS[kind], random.Random(kind)
    data = str(_rows(tmp_path / "rows.jsonl"))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    _finish(_start(settings, tiny_llama, data, str(whole)))
    early, delays = PLACES[: PLACES.index("export")], _delays(whole)
    places = [*rng.sample(early, len(early)), *PLACES[len(early) :]]
    while places:
        if _killed_at(places[0], settings, [tiny_llama, data, str(killed)], rng, delays[places[0]]):
            del places[0]
        else:
            _assert_same(whole, killed)
            shutil.rmtree(killed)
    _finish(_start(settings, tiny_llama, data, str(killed)))
    _assert_same(whole, killed)
