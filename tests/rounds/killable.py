"""Run by tests: a run in rounds in child processes that are killed at random moments.

    python killable.py FOLDER KILLS

Children are forked from this process, which has imported everything and has no threads, so that a
kill costs a fraction of a second. Prints the number of children that were really cut short.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

import accelerate  # noqa: F401  (imported before the fork, as are the others that nothing here calls)
import datasets  # noqa: F401
import peft  # noqa: F401
import plotly  # noqa: F401
import torch
import transformers  # noqa: F401
import trl  # noqa: F401

import dartmath.report
import dartmath.training.session  # noqa: F401
from dartmath.pipeline.rounds import run_rounds
from rounds.made import made
from sampling.killable import PART, length, wait


def _run(folder: Path) -> None:
    folder.mkdir()
    run_rounds(made(folder))


def main() -> None:
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    longest = PART * length(_run, working=True)
    recipe, moments, killed = made(folder), random.Random(2), 0
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            run_rounds(recipe)
            os._exit(0)
        wait(child, moments.uniform(0.05, longest), working=True)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    run_rounds(recipe)
    print(killed)


if __name__ == "__main__":
    main()
