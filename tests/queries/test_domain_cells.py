"""References of verifiers of other domains: a cell goes to them whole, as JSON, whatever it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.queries.config import Columns, QuerySource
from dartmath.queries.load import load


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (["f() == 1", "f() > 0"], ["f() == 1", "f() > 0"]),
        ([{"input": "1", "output": "2"}], [{"input": "1", "output": "2"}]),
        ({"tests": ["f() == 1"]}, {"tests": ["f() == 1"]}),
        ('{"tests": ["f() == 1"]}', {"tests": ["f() == 1"]}),
        ("assert f() == 1", "assert f() == 1"),
    ],
)
def test_a_cell_is_one_reference(tmp_path: Path, cell: Any, told: Any) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"problem": "Write f.", "answer": cell}) + "\n", encoding="utf-8")
    columns = Columns(query="problem", reference="answer")
    (query,) = load(QuerySource(dataset=str(path), columns=columns, verifier="code"))
    (reference,) = query.references
    assert json.loads(reference) == told and query.verifier == "code"
