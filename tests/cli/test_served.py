"""What a script serves is what `dartmath sample` with the same arguments samples from."""

from __future__ import annotations

import subprocess
import sys

import pytest


def served(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dartmath.cli._served", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("flags", "model"),
    [
        ((), "smollm2-135m-instruct"),
        (("--policy-k", "4", "--amend", "--set", "engine.kind=openai"), "smollm2-135m-instruct"),
        (("--set", "model.name=mine/model"), "mine/model"),
        (("--set=model={name: mine/model}", "--out", "there"), "mine/model"),
        (("--model", "mine/model"), "mine/model"),
        (("--set", "model.name=other", "--model=mine/model"), "mine/model"),
    ],
)
def test_the_model_is_the_recipes_or_what_a_flag_puts_in_its_place(
    flags: tuple[str, ...], model: str
) -> None:
    done = served("tiny", *flags)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{model}\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give a recipe"),
        (("tniy",), "unknown recipe 'tniy'"),
        (("tiny", "--polcy-k", "4"), "--polcy-k"),
        (("tiny", "--set", "model.nam=x"), "unknown key 'model.nam'"),
    ],
)
def test_what_sample_would_refuse_starts_no_server(arguments: tuple[str, ...], says: str) -> None:
    done = served(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
