from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.report.summary import print_summary, show_score


def test_a_reader_sees_policies_scores_and_places(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(run_folder)
    shown = capsys.readouterr().out
    for said in ("VRT", "Uniform", "Prop2Diff", "level 4", "before", "after", str(run_folder / "model")):
        assert said in shown
    assert all(len(line) <= 100 or str(run_folder) in line for line in shown.splitlines())


def test_a_machine_gets_one_object(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(run_folder, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert set(found["evaluations"]) == {"evaluation/before", "evaluation/after"}
    policies = found["policies"]["sample"]
    assert set(policies["rows"].values()) == {policies["size"]}
    assert found["places"]["dataset"] == str(run_folder / "dataset")


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        ({"value": 0.415, "low": 0.389, "high": 0.442}, "41.5 (38.9-44.2)"),
        ({"value": 1.0, "low": None, "high": None}, "100.0"),
    ],
)
def test_scores_are_percent_with_their_interval(score: dict[str, float], shown: str) -> None:
    assert show_score(score) == shown
