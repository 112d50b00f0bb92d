"""The batch scripts are valid, and call dartmath as it can be called."""

from __future__ import annotations

import re
import shlex
import subprocess
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


def test_the_page_names_every_script_and_no_other() -> None:
    named = set(re.findall(r"launch/(\w+\.sbatch)", PAGE.read_text(encoding="utf-8")))
    assert named == {path.name for path in SCRIPTS}
