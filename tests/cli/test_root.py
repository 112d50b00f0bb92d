"""The command line as a whole: every verb loads, has an example, and errors have exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dartmath.cli import PANELS, VERBS


def dartmath(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dartmath", *arguments]
    known = {**os.environ, **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=known)


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


@pytest.mark.parametrize("value", ["[1,", "2024-13-45", "\x01", "[" * 5000, "{a: b: c}"])
def test_a_value_that_is_no_yaml_is_named(value: str) -> None:
    done = dartmath("preview", "tiny", "--set", f"name={value}")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --set name: not a YAML value: ")


def test_a_value_that_yaml_reads_as_another_number_is_named() -> None:
    done = dartmath("preview", "tiny", "--set", "seed=010")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --set seed: 010 is 8 in YAML")


@pytest.mark.parametrize("pair", ["name", "=1", "sampling..k=1", ".name=1"])
def test_a_setting_without_a_key_or_value_is_named(pair: str) -> None:
    done = dartmath("preview", "tiny", "--set", pair)
    assert done.returncode == 2 and "--set takes KEY=VALUE" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "FILE"),
        ("curate", "FILE"),
        ("compare", "FILE", "FILE"),
        ("push", "FILE", "--to", "me/it"),
        ("recipes", "show", "FILE/x"),
        ("run", "tiny", "--set", "run=FILE/x"),
        ("verify", "--file", "FILE", "--out", "absent/x.jsonl"),
    ],
)
def test_a_path_that_leads_nowhere_is_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"query": "2 + 2?", "reference": "4", "response": "4"}\n')
    done = dartmath(*(argument.replace("FILE", str(file)) for argument in arguments))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "tiny", "--set", "run=PATH"),
        ("preview", "tiny", "--set", "model.name=PATH"),
        ("preview", "tiny", "--set", "template=PATH.yaml"),
        ("sample", "tiny", "--set", "engine.kind=openai", "--set", "engine.servers_file=PATH"),
        ("train", "--model", "PATH", "--data", "absent"),
        ("evaluate", "PATH", "--suite", "dart-math"),
        ("datasets", "PATH.jsonl"),
        ("verify", "1", "2", "--verifier", "PATH.py:judge"),
    ],
)
def test_a_home_folder_of_nobody_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = dartmath(*(argument.replace("PATH", "~nosuchuser/it") for argument in arguments))
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert last.startswith("error: '~nosuchuser/it")
    assert "there is no user 'nosuchuser'; write the path in full" in last


def test_folders_of_the_environment_whose_home_is_unknown_are_named() -> None:
    nobody = dict.fromkeys(("DARTMATH_DATA", "DARTMATH_CACHE"), "~nosuchuser/it")
    done = dartmath("doctor", environment={**nobody, "HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0 and done.stdout.count("there is no user 'nosuchuser'") == 2
    done = dartmath("datasets", "gsm8k/test", environment=nobody)
    assert done.returncode == 2 and done.stderr.startswith("error: '~nosuchuser/it': there is no user")


def test_a_damaged_manifest_is_one_line(tmp_path: Path) -> None:
    for damaged in ("[]", '"text"', "[" * 100_000, '{"stage": "sam'):
        (tmp_path / "manifest.json").write_text(damaged)
        done = dartmath("status", str(tmp_path))
        assert done.returncode == 2 and "damaged manifest" in done.stderr


def test_a_terminal_without_unicode_is_no_error() -> None:
    done = dartmath("doctor", environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "\\u2713 python" in done.stdout


def test_a_speed_is_above_nothing() -> None:
    done = dartmath("forecast", "tiny", "--tokens-per-second", "-5")
    assert done.returncode == 2 and "--tokens-per-second" in done.stderr


def test_a_recipe_is_shown_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"# caf\xe9\n")
    command = [sys.executable, "-m", "dartmath", "recipes", "show", str(tmp_path / "latin.yaml")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"# caf\xe9\n"


def test_a_stopped_command_leaves_without_tearing_python_down() -> None:
    script = """
import atexit
import dartmath.cli
from dartmath.base.errors import Interrupted

def stopped():
    print("so far")
    raise Interrupted("stopped")

atexit.register(print, "torn down")
dartmath.cli.app = stopped
dartmath.cli.main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "so far\n", "error: stopped\n")


def test_version() -> None:
    assert dartmath("--version").stdout.startswith("dartmath ")
