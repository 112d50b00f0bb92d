"""Peak memory of a whole run, stage by stage: what all its processes hold at once.

    python benchmarks/peak_memory.py                                # make demo
    python benchmarks/peak_memory.py --defaults --dtype float32     # sampling with nothing set

The command runs in a folder of its own, which is removed. Twice a second the memory of its whole process
tree is added up (a page that several processes share counts once: their proportional shares, PSS); VmHWM is
the highest that the main process alone has ever held. Beside it stands what `dartmath preview` says.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from dartmath.base.terminal import print_table
from dartmath.cli._options import parse_set
from dartmath.planning.preview import preview
from dartmath.recipe import load_recipe

_STAGE = re.compile(r"── (\S[^─]*) ──")
_PAUSE = 0.5
_MIB = 2**20


class Watch:
    """The peaks of a process tree, by the stage that its output has last named."""

    def __init__(self, pid: int) -> None:
        self.tree = psutil.Process(pid)
        self.stage = "start"
        self.peaks: dict[str, int] = {}
        self.highest: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the tree is gone."""
        self._thread.join()

    def _look(self) -> None:
        last = time.monotonic()
        with contextlib.suppress(psutil.NoSuchProcess):
            while self.tree.is_running() and self.tree.status() != psutil.STATUS_ZOMBIE:
                held = sum(map(_share, [self.tree, *self.tree.children(recursive=True)]))
                now, stage = time.monotonic(), self.stage
                self.peaks[stage] = max(held, self.peaks.get(stage, 0))
                self.highest[stage] = _high_water(self.tree.pid)
                self.seconds[stage] = self.seconds.get(stage, 0.0) + now - last
                last = now
                time.sleep(_PAUSE)


def _share(process: psutil.Process) -> int:
    """Bytes of a process: its own, and its part of what it shares with others."""
    with contextlib.suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{process.pid}/smaps_rollup").read_text(), re.M)
        return int(found[1]) * 1024 if found else 0
    return 0


def _high_water(pid: int) -> int:
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def measure(arguments: Sequence[str], folder: str) -> tuple[Watch, int]:
    """Run dartmath in `folder` and watch it; its peaks and its exit code."""
    command = [sys.executable, "-m", "dartmath", *arguments]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
    )
    watch = Watch(process.pid)
    assert process.stdout is not None
    for line in process.stdout:
        sys.stderr.write(line)
        if found := _STAGE.search(line):
            watch.stage = found[1].strip()
    watch.join()
    return watch, process.wait()


def forecast(recipe: str, settings: Sequence[str]) -> dict[str, float]:
    """MiB that the preview of a recipe says of its stages."""
    found = preview(load_recipe(recipe, parse_set(list(settings))))
    return {one.stage: 1024 * one.total for one in found.memory}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recipe", default="tiny")
    parser.add_argument("--defaults", action="store_true", help="sample alone, with the defaults")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--queries", type=int, default=64, help="with --defaults")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    chosen = parser.parse_args()
    settings = [f"model.dtype={chosen.dtype}", *chosen.set]
    # Models at temperature 1.0 babble to the end of their limit: what the defaults have to hold.
    sample = [
        "sample",
        "--model",
        chosen.model,
        "--data",
        "reasoning-gym/gsm_symbolic",
        "--n",
        str(chosen.queries),
    ]
    arguments = (
        [*sample, "--policy", "vrt", "--policy-trials", "1"] if chosen.defaults else ["run", chosen.recipe]
    )
    with tempfile.TemporaryDirectory() as folder:
        watch, code = measure([*arguments, *(f"--set={one}" for one in settings)], folder)
    said = {} if chosen.defaults else forecast(chosen.recipe, settings)
    rows = [
        (
            stage,
            f"{peak / _MIB:,.0f}",
            f"{watch.highest[stage] / _MIB:,.0f}",
            f"{said[name]:,.0f}" if (name := stage.split()[0]) in said else "",
            f"{watch.seconds[stage]:.0f}",
        )
        for stage, peak in watch.peaks.items()
    ]
    title = f"Peak memory of {' '.join(arguments)} (exit code {code})"
    print_table(title, ("stage", "all processes, MiB", "VmHWM so far, MiB", "preview, MiB", "seconds"), rows)


if __name__ == "__main__":
    main()
