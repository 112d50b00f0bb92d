"""Rows of a pool of several teachers say who made them, and what was told."""

from __future__ import annotations

import json
from pathlib import Path

from dartmath.curation.config import CurationSection
from dartmath.export import ExportSection, export
from sampling.simulated import SimulatedEngine
from sampling.test_teachers import HARD, WEAK, section, teach


def test_rows_name_their_teacher_and_hint(tmp_path: Path) -> None:
    found = section({"name": "told", "after": 4, "hint": {"kind": "answer"}})
    teach(
        tmp_path / "run", found, SimulatedEngine(rates=WEAK), SimulatedEngine(rates=dict.fromkeys(HARD, 0.9))
    )
    # The simulated model says the same of every query: that it has thought.
    curation = CurationSection(hinted_share=0.9, check_hinted=False)
    for name in ("prompt-completion", "preference"):
        path = tmp_path / f"{name}.jsonl"
        export(tmp_path / "run", name, path, section=ExportSection(), curation=curation)
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        by = {(row["query_id"] in HARD, row["teacher"], row["hint"]) for row in rows}
        assert by == {(True, "told", "answer"), (False, "main", "")}
    path = tmp_path / "queries.jsonl"
    export(tmp_path / "run", "trl-grpo", path, section=ExportSection(), curation=curation)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    # What a query's pass rate is, those say who were told nothing.
    assert {row["pass_rate"] for row in rows if row["query_id"] in HARD} == {0.0}
    assert "teacher" not in rows[0]
