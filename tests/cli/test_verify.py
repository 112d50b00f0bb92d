"""`dartmath verify`: one pair explained, and a file of responses graded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def dartmath(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dartmath", "verify", *arguments], capture_output=True, text=True, check=False
    )


def test_a_pair_is_explained() -> None:
    done = dartmath(r"\frac12", "0.5")
    assert done.returncode == 0
    assert done.stdout.startswith("correct: equal as exact rational numbers (rational)")
    assert "div(1, 2)" in done.stdout


def test_a_pair_as_json() -> None:
    row = json.loads(dartmath("--json", "(1,2]", "1 < x < 2").stdout)
    assert (row["outcome"], row["comparison"], row["precision"]) == ("wrong", "set", 256)


def test_options_reach_the_verifier() -> None:
    assert dartmath("1.5", "1.55", "--tolerance-absolute", "0.1").stdout.startswith("correct")
    assert dartmath("1, 2", "2, 1", "--ordered").stdout.startswith("wrong")
    assert dartmath("B", "4", "--query", "Which? (A) 3 (B) 4").stdout.startswith("correct")
    assert dartmath("--", "-5", "-5.0").stdout.startswith("correct")


def test_a_file_gets_outcome_columns(tmp_path: Path) -> None:
    source = tmp_path / "responses.jsonl"
    rows = [
        {"question": "2+2?", "answer": "4", "response": r"It is \boxed{4}.", "id": 1},
        {"question": "2+2?", "references": ["4", "four"], "response": "#### 5", "id": 2},
        {"question": "2+2?", "reference": "4", "output": "I do\nnot know", "id": 3},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = dartmath("--file", str(source), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcomes"] == {"correct": 1, "wrong": 1, "no_answer": 1}
    graded = [json.loads(line) for line in (tmp_path / "responses.graded.jsonl").read_text().splitlines()]
    assert [row["outcome"] for row in graded] == ["correct", "wrong", "no_answer"]
    assert [row["id"] for row in graded] == [1, 2, 3]
    assert graded[0]["extracted"] == "4"


def test_a_template_ends_the_responses_of_a_file(tmp_path: Path) -> None:
    source = tmp_path / "responses.jsonl"
    said = "It is 4.\n\nQ7) What is 3+4?\nIt is 7."
    source.write_text(json.dumps({"answer": "4", "response": said}) + "\n", encoding="utf-8")
    template = tmp_path / "mine.yaml"
    template.write_text('name: mine\nbefore_query: "Q7) "\nafter_query: "\\n"\n', encoding="utf-8")
    counts = [
        json.loads(dartmath("--file", str(source), "--json", *more).stdout)["outcomes"]
        for more in ((), ("--template", str(template)))
    ]
    assert counts == [{"wrong": 1}, {"correct": 1}]


@pytest.mark.parametrize("column", ["finish_reason", "stop_reason"])
def test_a_response_that_was_cut_off_counts_only_with_an_explicit_answer(tmp_path: Path, column: str) -> None:
    source = tmp_path / "responses.jsonl"
    ends = ["stop", "max_tokens", "length", None]
    rows = [{"answer": "4", "response": "2 + 2\n\nTherefore, it is 4.", column: end} for end in ends]
    rows.append({"answer": "4", "response": r"So \boxed{4}. Then", column: "length"})
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert dartmath("--file", str(source)).returncode == 0
    graded = [json.loads(line) for line in (tmp_path / "responses.graded.jsonl").read_text().splitlines()]
    assert [row["outcome"] for row in graded] == ["correct", "truncated", "truncated", "correct", "correct"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"answer": "4"}', "no response; its key must be one of response"),
        ('{"response": "4"}', "no reference; its key must be one of references"),
        ('{"response": "4", "answer": "4", "verifier": "maths"}', "no verifier 'maths'"),
        ("[1]", "found list"),
        ("{", "not valid JSON"),
    ],
)
def test_a_malformed_row_is_named_with_its_line_and_the_rest_is_graded(
    tmp_path: Path, content: str, message: str
) -> None:
    source, good = tmp_path / "bad.jsonl", '{"answer": "4", "response": "4"}'
    source.write_text(f"{good}\n\n{content}\n{good}\n", encoding="utf-8")
    done = dartmath("--file", str(source), "--json")
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "bad.jsonl:3" in "".join(done.stderr.split())
    assert json.loads(done.stdout)["outcomes"] == {"correct": 2, "error": 1}
    graded = [json.loads(line) for line in (tmp_path / "bad.graded.jsonl").read_text().splitlines()]
    assert [row["outcome"] for row in graded] == ["correct", "error", "correct"]
    assert message in graded[1]["reason"]


def test_the_file_of_responses_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "responses.jsonl"
    source.write_text('{"answer": "4", "response": "4"}\n')
    for out in (str(source), str(tmp_path / "." / "responses.jsonl")):
        done = dartmath("--file", str(source), "--out", out)
        assert done.returncode == 2 and "write to another one" in done.stderr
    assert source.read_text() == '{"answer": "4", "response": "4"}\n'


def test_a_table_is_graded_like_lines(tmp_path: Path) -> None:
    source = tmp_path / "responses.csv"
    source.write_text('reference,response\n1/2,"so\n\\boxed{0.5}"\n7,#### 8\n')
    done = dartmath("--file", str(source), "--json")
    assert json.loads(done.stdout)["outcomes"] == {"correct": 1, "wrong": 1}


def test_answers_have_no_power_over_the_terminal() -> None:
    done = dartmath("1", "\x1b[31m\x9b2J\udcff")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout and "\x9b" not in done.stdout


def test_a_missing_argument_or_file_is_a_usage_error(tmp_path: Path) -> None:
    assert dartmath("5").returncode == 2
    done = dartmath("--file", str(tmp_path / "none.jsonl"))
    assert done.returncode == 2
    assert "no such file" in done.stderr


def test_a_function_of_the_users_own_judges_a_response_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("def judge(q, r):\n    return r.endswith(q.references[0])\n")
    name = f"{tmp_path / 'checks.py'}:judge"
    assert dartmath("4", "so 4", "--verifier", name).stdout.startswith("correct")
    rows = [{"reference": "4", "response": text} for text in ("so 4", "5")]
    source = tmp_path / "responses.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = dartmath("--file", str(source), "--verifier", name, "--json")
    assert json.loads(done.stdout)["outcomes"] == {"correct": 1, "wrong": 1}
    assert "or a function of your own as file.py:name" in dartmath("4", "4", "--verifier", "maths").stderr


def test_a_row_names_no_code_that_runs(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("raise SystemExit('it ran')\n")
    source = tmp_path / "responses.jsonl"
    row = {"reference": "4", "response": "4", "verifier": f"{tmp_path / 'checks.py'}:judge"}
    source.write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = dartmath("--file", str(source))
    assert done.returncode == 2 and "no verifier" in done.stderr and "it ran" not in done.stderr
