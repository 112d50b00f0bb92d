"""Rows of YAML, as quizzes are written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.base.errors import DataError
from dartmath.queries.rows import read_rows, row_files, try_rows

ROWS = [{"question": "Is it so?", "answer": "no"}, {"question": "When?", "answer": "2020-02-03"}]
LISTED = "- {question: Is it so?, answer: no}\n- {question: When?, answer: 2020-02-03}\n"


@pytest.mark.parametrize(
    "text",
    [
        LISTED,
        "title: mine\nquestions:\n" + "".join(f"  {line}\n" for line in LISTED.splitlines()),
        "question: Is it so?\nanswer: no\n---\nquestion: When?\nanswer: 2020-02-03\n",
        "question: [Is it so?, When?]\nanswer: [no, 2020-02-03]\n",
    ],
)
def test_every_table_is_read_and_words_stay_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yml").write_text(text)
    assert [row for _, row in read_rows(tmp_path / "own.yml")] == ROWS


def test_truth_values_and_numbers_are_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("- {question: q, correct: true, n: 3, x: 0.5, on: false}\n")
    assert [row for _, row in read_rows(tmp_path / "own.yaml")] == [
        {"question": "q", "correct": True, "n": 3, "x": 0.5, "on": False}
    ]


def test_what_cannot_be_read_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("- question: q\n- {question: [}\n")
    with pytest.raises(DataError, match=r"own\.yaml:2: not valid YAML"):
        list(try_rows(path))
    path.write_text("- !!python/object/apply:os.getcwd []\n")
    with pytest.raises(DataError, match="could not determine a constructor"):
        list(try_rows(path))
    path.write_text("- question: q\n- only words\n")
    rows = [row for _, row in try_rows(path)]
    assert rows[0] == {"question": "q"}
    assert "object of named values" in str(rows[1])


def test_a_text_that_says_itself_over_and_over_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("- &a {question: q}\n" + "- *a\n" * 1001)
    with pytest.raises(DataError, match="1,001 references to anchors"):
        list(try_rows(path))


def test_in_a_folder_of_rows_it_tells_about_them(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("{}\n")
    (tmp_path / "about.yaml").write_text("a: b\n")
    assert [Path(file).name for file in row_files(tmp_path)] == ["rows.jsonl"]
