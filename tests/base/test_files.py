"""Files are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from dartmath.base.files import beside, replacing, write_parquet, write_text

SCHEMA = pyarrow.schema([("text", pyarrow.string())])


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("file", "old")]


def test_readers_see_the_old_file_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "file"
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"


@pytest.mark.parametrize("count", [0, 1, 4096, 4097])
def test_a_table_of_any_length(tmp_path: Path, count: int) -> None:
    path = tmp_path / "rows.parquet"
    write_parquet(path, SCHEMA, ({"text": str(i)} for i in range(count)))
    assert pyarrow.parquet.read_table(path)["text"].to_pylist() == [str(i) for i in range(count)]


def test_rows_that_fail_halfway_leave_no_table(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"text": "x"} for _ in range(5000))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_parquet(tmp_path / "rows.parquet", SCHEMA, rows())
    assert list(tmp_path.iterdir()) == []


def test_processes_of_two_hosts_with_one_number_do_not_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = set()
    for host in ("node-a", "node-b"):
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        paths.add(beside(tmp_path / "file"))
    assert len(paths) == 2


def test_what_says_the_same_already_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "said.txt"
    write_text(path, "größer\n")
    os.utime(path, ns=(1, 1))
    write_text(path, "größer\n")
    assert path.stat().st_mtime_ns == 1
    write_text(path, "kleiner")
    assert path.stat().st_mtime_ns != 1 and path.read_text(encoding="utf-8") == "kleiner"
