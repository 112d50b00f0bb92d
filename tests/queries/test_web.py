"""Files on the web are fetched once from a real HTTP server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dartmath.base.errors import DataError
from dartmath.queries.dataset import Web
from dartmath.queries.web import read_web


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", folder
        http.shutdown()


def test_arrays_and_lines_are_read_and_kept(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path / "cache"))
    url, folder = server
    (folder / "a.json").write_text('[{"x": 1}, {"x": [1, "mixed"]}]')
    (folder / "b.jsonl").write_text('{"x": 1}\n{"x": 2}\n')
    assert list(read_web(Web(f"{url}/a.json"))) == [(1, {"x": 1}), (2, {"x": [1, "mixed"]})]
    assert [row["x"] for _, row in read_web(Web(f"{url}/b.jsonl"))] == [1, 2]
    (folder / "b.jsonl").unlink()
    assert [row["x"] for _, row in read_web(Web(f"{url}/b.jsonl"))] == [1, 2]
    with pytest.raises(OSError):
        read_web(Web(f"{url}/missing.jsonl"))


def test_a_damaged_array_is_named(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path / "cache"))
    url, folder = server
    (folder / "a.json").write_text('[{"x": 1}')
    with pytest.raises(DataError, match="not valid JSON"):
        list(read_web(Web(f"{url}/a.json")))


def test_what_a_file_has_wrong_is_put_right(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path / "cache"))
    url, folder = server
    (folder / "a.csv").write_text('name,said\nAnn,"no end\nBob,"yes"\n')
    with pytest.raises(DataError, match="not valid CSV"):
        list(read_web(Web(f"{url}/a.csv")))
    mended = Web(f"{url}/a.csv", mend=('"no end\n', '"no end"\n'))
    assert [row["said"] for _, row in read_web(mended)] == ["no end", "yes"]
