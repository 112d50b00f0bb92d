"""`dartmath init` writes a recipe that loads, asks only in a terminal, and overwrites nothing."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.cli import app
from dartmath.cli._recipe_text import ENGINES
from dartmath.queries import load_all
from dartmath.recipe import load_recipe


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = '{"question": "What is 2 + 3?", "answer": "5"}\n{"question": "What is 7 * 8?", "answer": 56}\n'
    (tmp_path / "my sums.jsonl").write_text(rows)
    return tmp_path


def init(*arguments: str) -> str:
    """The output of `dartmath init`; raises what it raises."""
    result = CliRunner().invoke(app, ["init", *arguments])
    if result.exception:
        raise result.exception
    return result.output


def test_defaults_make_a_recipe_that_loads(folder: Path) -> None:
    output = init("my sums.jsonl")
    assert "wrote my-sums.yaml: 2 queries, columns 'question' and 'answer'" in output
    recipe = load_recipe("my-sums.yaml")
    assert [q.references for q in load_all(recipe.queries)] == [("5",), ("56",)]
    assert recipe.training is not None
    assert recipe.evaluation is None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("train", ["--train", "--no-train"])
@pytest.mark.parametrize("held_out", ["", "gsm8k/test", "my sums.jsonl"])
def test_every_choice_makes_a_recipe_that_loads(folder: Path, engine: str, train: str, held_out: str) -> None:
    init("my sums.jsonl", "--name", "x", "--engine", engine, train, "--held-out", held_out, "--k", "3")
    recipe = load_recipe("x.yaml")
    assert recipe.engine.kind == {"server": "openai"}.get(engine, engine)
    assert (recipe.training is not None) == (train == "--train")
    assert (
        recipe.evaluation is not None and [b.dataset for b in recipe.evaluation.benchmarks] == [held_out]
        if held_out
        else (recipe.evaluation is None)
    )
    assert recipe.sampling.policy.model_dump()["k"] == 3


def test_what_flags_say_is_written(folder: Path) -> None:
    init(
        "my sums.jsonl",
        "--out",
        "y.yaml",
        "--model",
        "a/b: c # d",
        "--engine",
        "server",
        "--url",
        "http://h/v1",
    )
    recipe = load_recipe("y.yaml")
    assert recipe.model.name == "a/b: c # d"
    assert "dartmath run y.yaml" in (folder / "y.yaml").read_text()
    assert recipe.engine.model_dump()["base_urls"] == ["http://h/v1"]


def test_every_line_is_explained(folder: Path) -> None:
    init("my sums.jsonl")
    text = (folder / "my-sums.yaml").read_text()
    assert text.count("#") > 25


def test_nothing_is_overwritten(folder: Path) -> None:
    (folder / "my-sums.yaml").write_text("mine")
    with pytest.raises(ConfigError, match=r"my-sums.yaml exists; .*--out FILE"):
        init("my sums.jsonl")
    assert (folder / "my-sums.yaml").read_text() == "mine"


def test_bad_row_is_named_before_anything_is_written(folder: Path) -> None:
    (folder / "bad.jsonl").write_text('{"query": "a", "answer": "1"}\n{"query": "b", "answer": null}\n')
    with pytest.raises(DataError, match=r"bad.jsonl:2: missing reference answer"):
        init("bad.jsonl")
    assert not (folder / "bad.yaml").exists()


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ('{"n": 1, "answer": "1"}\n', ConfigError, r"--query-column COLUMN .*The file has n, answer"),
        ('{"query": "a", "x": "1"}\n', ConfigError, "name it with --reference-column COLUMN"),
        ('{"n": "a", "x": "1"}\n', ConfigError, "--query-column COLUMN --reference-column COLUMN"),
        ("", DataError, "the data set is empty"),
        ("not json\n", DataError, "bad.jsonl:1"),
    ],
)
def test_unusable_files(folder: Path, rows: str, error: type[Exception], message: str) -> None:
    (folder / "bad.jsonl").write_text(rows)
    with pytest.raises(error, match=message):
        init("bad.jsonl")


def test_missing_file_and_unknown_engine(folder: Path) -> None:
    with pytest.raises(DataError, match=r"nope\.jsonl: no such file"):
        init("nope.jsonl")
    with pytest.raises(UnknownNameError, match='did you mean "vllm"'):
        init("my sums.jsonl", "--engine", "vlm")


def ask(answers: list[str]) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of `dartmath init` in a terminal that says `answers`."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "dartmath", "init"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.write(ours, ("\n".join(answers) + "\n").encode())
        output, errors = process.communicate(timeout=240)
    os.close(ours)
    os.close(theirs)
    return process.returncode, output, errors


def test_asks_in_a_terminal(folder: Path) -> None:
    said = ["my sums.jsonl", "", "", "asked", "org/model", "server", "http://box/v1", "24", "n", "gsm8k/test"]
    code, output, errors = ask(said)
    assert code == 0, errors
    assert b"wrote asked.yaml" in output
    recipe = load_recipe("asked.yaml")
    assert recipe.model.name == "org/model"
    assert recipe.engine.model_dump()["base_urls"] == ["http://box/v1"]
    assert recipe.sampling.policy.model_dump()["k"] == 24
    assert recipe.training is None
    assert recipe.evaluation is not None


def test_asks_again_what_cannot_be(folder: Path) -> None:
    (folder / "taken.yaml").write_text("mine")
    wrong = [
        ("none.jsonl", "my sums.jsonl", b"no such file"),
        ("questoin", "question", b'did you mean "question"'),
        ("taken", "free", b"taken.yaml exists"),
        ("./nowhere", "org/model", b"no such model folder"),
        ("vlm", "vllm", b'did you mean "vllm"'),
        ("0", "3", b"a whole number of at least 1"),
        ("gsm8k/tset", "gsm8k/test", b'did you mean "gsm8k/test"'),
    ]
    said = [answer for *both, _ in wrong for answer in both]
    said[4:4] = ["answer"]
    said[-2:-2] = ["n"]
    code, _, errors = ask(said)
    assert code == 0, errors
    assert load_recipe("free.yaml").sampling.policy.model_dump()["k"] == 3
    assert [why for *_, why in wrong if why not in errors] == []


def test_ctrl_c_writes_nothing(folder: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "dartmath", "init"], stdin=theirs, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stderr is not None
        seen = b""
        while b"your queries" not in seen:
            seen += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 130
    assert b"stopped" in rest and b"Traceback" not in rest
    assert [path.name for path in folder.iterdir()] == ["my sums.jsonl"]
