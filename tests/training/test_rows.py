"""Reading training rows: every format, and an error with file and line for each bad row."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dartmath.base.errors import DataError
from dartmath.training.rows import data_fingerprint, read_rows
from training.material import examples, write_jsonl


def _rows(source: Any) -> list[tuple[str, str]]:
    return [(row.query, row.response) for batch in read_rows(str(source)) for row in batch]


def _parquet(path: Path, rows: list[tuple[str, str]], **more: list[Any]) -> Path:
    table = {"query": [q for q, _ in rows], "response": [r for _, r in rows], **more}
    pq.write_table(pa.table(table), path)
    return path


def test_jsonl_and_parquet_and_folders_give_the_same_rows(tmp_path: Path) -> None:
    rows = examples(5000)
    one = write_jsonl(tmp_path / "a.jsonl", rows)
    folder = tmp_path / "set"
    folder.mkdir()
    two = _parquet(folder / "train.parquet", rows, fail_rate=[0.5] * 5000)
    (folder / "manifest.json").write_text("{}")
    assert _rows(one) == _rows(two) == _rows(folder) == rows


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{nonsense", "not valid JSON"),
        ("[1, 2]", "a row is a JSON object"),
        (
            '{"query": "a"}',
            r"no column `response`; the row has: query; name the right one: .*response: COLUMN",
        ),
        ('{"query": "a", "response": null}', "`response` must be a text, got None"),
        ('{"query": 3, "response": "b"}', "`query` must be a text, got 3"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"query": "a", "response": "b"}\n\n' + line + "\n")
    with pytest.raises(DataError, match=rf"rows\.jsonl:3: {message}"):
        _rows(path)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_columns_may_have_other_names(suffix: str, tmp_path: Path) -> None:
    table = pa.table({"instruction": ["1 + 1?"], "output": ["2"], "source": ["made up"]})
    path = tmp_path / f"rows.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, path)
    else:
        path.write_text(json.dumps(table.to_pylist()[0]) + "\n")
    batches = read_rows(str(path), ("instruction", "output"))
    assert [(row.query, row.response) for batch in batches for row in batch] == [("1 + 1?", "2")]
    with pytest.raises(DataError, match="no column `query`; the row has: instruction, output, source"):
        _rows(path)


def test_other_files_and_empty_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("query,response\n")
    with pytest.raises(DataError, match=r"cannot read a \.csv file"):
        _rows(tmp_path / "rows.csv")
    with pytest.raises(DataError, match=r"no \.parquet or \.jsonl"):
        _rows(tmp_path)
    with pytest.raises(DataError, match="no such file or folder"):
        _rows(tmp_path / "nowhere")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(DataError, match="not a Parquet file"):
        _rows(tmp_path / "broken.parquet")


def test_the_fingerprint_follows_the_content_alone(tmp_path: Path) -> None:
    one, same = write_jsonl(tmp_path / "a.jsonl", examples(5)), write_jsonl(tmp_path / "b.jsonl", examples(5))
    other = write_jsonl(tmp_path / "c.jsonl", examples(6))
    assert data_fingerprint(str(one)) == data_fingerprint(str(same)) != data_fingerprint(str(other))
