"""The batch scripts are valid, and call dartmath as it can be called."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from dartmath.cli import app
from docs.pages import CHECKOUT, refusal

SCRIPTS = sorted((CHECKOUT / "launch").glob("*.sbatch"))
PAGE = CHECKOUT / "docs" / "howto-slurm.md"
# What the variables of the scripts stand for.
_VALUES = {'"$@"': "tiny", "$processes": "16", "$servers": "servers.txt"}
_ENDS = {"&", "|", "||", "&&", ";"}
each = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)


def _calls(script: Path) -> Iterator[list[str]]:
    """The arguments of every call of dartmath."""
    text = script.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith("#") or not re.search(r"(^|\s)dartmath\s", line):
            continue
        for name, value in _VALUES.items():
            line = line.replace(name, value)
        words = shlex.split(line, comments=True)
        words = words[words.index("dartmath") + 1 :]
        yield words[: next((i for i, word in enumerate(words) if word in _ENDS), len(words))]


@each
def test_bash_can_read_it(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)


@each
def test_its_commands_are_accepted_by_the_command_line(script: Path) -> None:
    group = get_command(app)
    calls = list(_calls(script))
    assert calls
    for words in calls:
        if words != ["tiny"]:  # a command that is given when the script is submitted
            assert refusal(group, words) == "", f"dartmath {shlex.join(words)}"


@each
def test_options_are_ones_of_sbatch_and_stand_before_the_first_command(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line and not line.startswith("#"))
    given = {i: line.split()[1].split("=")[0] for i, line in enumerate(lines) if line.startswith("#SBATCH")}
    assert max(given) < first
    assert {"--requeue", "--open-mode", "--signal", "--time", "--output"} <= set(given.values())


@pytest.mark.parametrize(("restarts", "ends"), [("4", False), ("5", True)])
def test_a_command_that_begins_anew_each_time_is_not_queued_again_without_end(
    tmp_path: Path, restarts: str, ends: bool
) -> None:
    pipe = tmp_path / "manifest.json"  # whoever reads it waits
    os.mkfifo(pipe)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SLURM_JOB_ID": "41",
        "SLURM_RESTART_COUNT": restarts,
        "SLURM_CONF": os.devnull,  # the job is one of no cluster
    }
    command = ["bash", str(CHECKOUT / "launch" / "dartmath.sbatch"), "status", str(tmp_path)]
    with (
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process,
        pipe.open("w"),  # opens when it is read
    ):
        process.send_signal(signal.SIGUSR1)  # as Slurm does before the time limit
        _, said = process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert ("not queued again after 5 times: submit it anew with a longer --time" in said) is ends


def test_the_page_names_every_script_and_no_other() -> None:
    named = set(re.findall(r"launch/(\w+\.sbatch)", PAGE.read_text(encoding="utf-8")))
    assert named == {path.name for path in SCRIPTS}
