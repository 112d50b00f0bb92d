"""The command line as a whole: every verb loads, has an example, and errors have exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dartmath.cli import PANELS, VERBS


def dartmath(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dartmath", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_tours_the_pipeline() -> None:
    done = dartmath("--help")
    assert done.returncode == 0
    places = [
        done.stdout.index(f" {verb} ") for verb in ("run", "sample", "curate", "train", "evaluate", "report")
    ]
    assert places == sorted(places)
    assert {panel for panel, _, _ in VERBS.values()} == set(PANELS)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    done = dartmath(verb, "--help")
    assert done.returncode == 0, done.stderr
    assert "Example" in done.stdout and f"dartmath {verb}" in done.stdout


def test_unknown_verb_names_the_nearest() -> None:
    done = dartmath("smaple")
    assert (done.returncode, done.stderr) == (
        2,
        "error: unknown command 'smaple'; did you mean \"sample\"?\n",
    )


def test_unknown_flag_is_an_error() -> None:
    done = dartmath("recipes", "--colour")
    assert done.returncode == 2 and "--colour" in done.stderr


def test_version() -> None:
    assert dartmath("--version").stdout.startswith("dartmath ")
