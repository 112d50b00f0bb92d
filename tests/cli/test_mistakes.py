"""Every mistake is answered by what happened, the offending value, and what to do next."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from dartmath.base.errors import DartmathError
from dartmath.cli import app

CASES: list[list[Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "mistakes.yaml").read_text(encoding="utf-8")
)
RECIPE = """\
name: {name}
model: {{name: smollm2-135m-instruct}}
queries: [{{dataset: ok.jsonl, columns: {{query: {query}, reference: answer}}}}]
sampling: {{{sampling}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, smollm2: str) -> Path:
    """What a user may have lying about."""
    here = tmp_path_factory.mktemp("mistakes")
    rows = [{"question": f"What is {i} + 1?", "answer": i + 1, "level": i} for i in range(3)]
    _rows(here / "ok.jsonl", rows)
    for name, query, sampling in (
        ("ok", "question", "max_tokens: 8"),
        ("bad1", "question", "temprature: 1"),
        ("bad2", "question", "policy: {kind: prop2dif}"),
        ("bad3", "questoin", ""),
    ):
        (here / f"{name}.yaml").write_text(RECIPE.format(name=name, query=query, sampling=sampling))
    (here / "bad4.yaml").write_text("name: x\nmodel: {name: m}\nqueries: ok.jsonl\n")
    (here / "bad5.yaml").write_text("name: [x\n")
    (here / "bad6.yaml").write_text("name: x\nmodel: {name: m}\nmodel: {name: n}\n")
    (here / "bad7.yaml").write_text("name: a b\nmodel: {name: m}\nqueries: [{dataset: ok.jsonl}]\n")
    answers = [{"problem": r["question"], "generation": f"It is \\boxed{{{r['answer']}}}."} for r in rows]
    _rows(here / "answers.jsonl", answers)
    _rows(here / "strangers.jsonl", [{"problem": "Why?", "generation": "So."}])
    _rows(here / "names.jsonl", [{"xx": 1, "n": 2}])
    _rows(here / "essays.jsonl", [{"question": "Why?", "answer": "First one looks at it. " * 20}] * 3)
    _rows(here / "proofs.jsonl", [{"question": f"Show {i}.", "answer": "proof"} for i in range(3)])
    good = [json.dumps({"question": f"Is it {i}?", "answer": i}) for i in range(10)]
    bad = [
        '{"question": "", "answer": 1}',
        '{"question": "a"}',
        "{",
        '{"question": "b", "answer": null}',
        "[]",
    ]
    (here / "fivebad.jsonl").write_text("\n".join([good[0], *bad, *good[1:]]) + "\n")
    _rows(here / "unclear.jsonl", [{"question": "Which?", "options": ["a", "b", "c"], "answer": 1}])
    (here / "twice.csv").write_text("a,a,b\n1,2,3\n")
    (here / "short.csv").write_text("question,answer\nWhat is 1?,1\nWhat is 2?\n")
    (here / "old.csv").write_bytes("问题,答案\n三加四等于多少？,7\n".encode("gb18030"))
    (here / "pointer.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    (here / "page.json").write_text("<!doctype html>\n<title>Not found</title>\n")
    (here / "printed.jsonl").write_text(f"{rows[0]}\n")
    (here / "pairs.json").write_text(json.dumps([["What is 1 + 1?", "2"], ["What is 1 + 2?", "3"]]))
    (here / "wide.csv").write_text("question,answer\nIf 2, then what is 3 times it?,6\n")
    (here / "adir").mkdir()
    (here / "adir" / "notes.txt").write_text("mine")
    (here / "afile").write_text("mine")
    before = Path.cwd()
    os.chdir(here)
    try:
        for words in ("import ok.yaml answers.jsonl --query problem --response generation", "curate runs/ok"):
            assert CliRunner().invoke(app, words.split()).exit_code == 0, words
    finally:
        os.chdir(before)
    return here


def _rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[0])[:60])
def test_a_mistake_is_answered(folder: Path, monkeypatch: pytest.MonkeyPatch, case: list[Any]) -> None:
    words, says = case
    monkeypatch.chdir(folder)
    notes = (folder / "adir" / "notes.txt").read_text()
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, shlex.split(words))
    error = result.exception
    assert isinstance(error, DartmathError | SystemExit), f"{error!r}"
    assert (error.exit_code if isinstance(error, DartmathError) else result.exit_code) == 2
    said = f"{error}\n{result.output}\n{result.stderr}"
    assert [text for text in says if text not in said] == [], said
    assert sorted(p.name for p in (folder / "adir").iterdir()) == ["notes.txt"]
    assert (folder / "adir" / "notes.txt").read_text() == notes


def test_a_license_that_the_hub_does_not_list_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for given, said in (("MITT", 'did you mean "mit"'), ("ours", "give one that it lists"), ("mit", "")):
        result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["card", "runs/ok", "--license", given])
        assert result.exit_code == 0
        assert said in result.output
        assert ("the Hub lists no license" in result.output) is bool(said)


def test_there_are_enough() -> None:
    assert len(CASES) >= 140
