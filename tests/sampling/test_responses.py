"""Rows of responses: whatever a row holds, it is read or refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dartmath.base.errors import DataError
from dartmath.sampling.config import ResponseColumns
from dartmath.sampling.responses import read_responses

NAMES = st.sampled_from(["query", "response", "id", "a", "0", "*", "a.b"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
PATHS = st.lists(NAMES | st.just("-1"), min_size=1, max_size=4).map(".".join)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.none() | PATHS, PATHS, PATHS, st.none() | PATHS)
@example({"id": 3.0, "response": ["x", None]}, "id", "response", "a", None)
@settings(max_examples=200, deadline=None)
def test_any_row_is_read_or_refused(
    row: dict[str, object], id: str | None, response: str, query: str, tokens: str | None
) -> None:
    columns = ResponseColumns(id=id, response=response, query=query, tokens=tokens, finish=tokens)
    with TemporaryDirectory() as name:
        path = Path(name) / "r.jsonl"
        path.write_text(json.dumps(row) + "\n")
        try:
            found = list(read_responses(str(path), columns))
        except DataError as error:
            assert (error.path, error.line) == (str(path), 1)
            return
    for one in found:
        assert one.place == f"{path}:1"
        assert (one.query_id is None) == (id is None)
        if one.text is not None:
            one.text.encode()
        assert one.tokens is None or 0 <= one.tokens < 2**31


def test_a_whole_number_in_a_column_of_floats_is_an_id(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"id": 3.0, "response": "x"}\n')
    (found,) = read_responses(str(tmp_path / "r.jsonl"), ResponseColumns(id="id"))
    assert found.query_id == "3"
