"""The section of a study, from the file that the study wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.base.errors import DataError
from dartmath.report.blocks import Lines, TableBlock
from dartmath.report.plot import Figure
from dartmath.report.runs import Run
from dartmath.report.sections_study import study_section
from dartmath.study.result import StudyResult
from dartmath.study.statistics import Interval
from study.test_warnings import arm, scored

DIFFERENCE = {band: Interval(0.1, 0.05, 0.15) for band in ("easy", "hard", "mean")}


WIDE = {"easy": Interval(0.9, 0.9, 0.9), "mean": Interval(0.5, 0.5, 0.5)}
SIZES = {
    "100 rows": {**WIDE, "hard": Interval(0.1, 0.05, 0.15)},
    "200 rows": {**WIDE, "hard": Interval(0.4, 0.3, 0.45)},
    "900 tokens": {**WIDE, "hard": Interval(0.2, 0.1, 0.3)},
}


def written(folder: Path, text: str | None = None) -> Run:
    result = StudyResult(
        name="made",
        baseline="vrt",
        headline=["easy", "hard"],
        bands={"easy": 10, "hard": 10},
        before=scored(0.2, 0.1),
        arms=[arm("vrt"), arm("prop2diff", difference=DIFFERENCE)],
        missing=["prop2diff, 100 rows, seed 4"],
        warnings=["unequal tokens"],
    )
    (folder / "study").mkdir()
    (folder / "study" / "result.json").write_text(text or json.dumps(result.to_json()))
    return Run("made", folder)


def test_the_tables_and_the_warnings_are_shown(tmp_path: Path) -> None:
    section = study_section([written(tmp_path), Run("other", tmp_path / "without")])
    titles = [block.title for block in section.blocks if isinstance(block, TableBlock)]
    assert [title.partition(" at ")[0] for title in titles] == [
        "Accuracy",
        "Points above vrt",
        "Rows / tokens of the sets",
    ]
    assert "+10.0* (+5.0 to +15.0)" in str(section.blocks)
    assert [block.lines for block in section.blocks if isinstance(block, Lines)] == [
        ["unequal tokens"],
        ["prop2diff, 100 rows, seed 4"],
    ]


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="damaged result of a study"):
        study_section([written(tmp_path, '{"name": "made"}')])


def test_runs_without_a_study_have_no_section(tmp_path: Path) -> None:
    assert study_section([Run("made", tmp_path)]).blocks == []


def test_each_arm_has_a_curve_over_the_sizes_of_one_unit(tmp_path: Path) -> None:
    """A size in tokens has no place among sizes in rows; an arm that ran at one size alone is a point."""
    result = StudyResult(
        name="made",
        baseline="vrt",
        headline=["easy", "hard"],
        bands={"easy": 10, "hard": 10},
        before=scored(0.2, 0.1),
        arms=[
            *(arm("vrt", size=size, accuracy=accuracy) for size, accuracy in SIZES.items()),
            arm("control", size="100 rows"),
        ],
        missing=[],
        warnings=[],
    )
    figures = [
        block
        for block in study_section([written(tmp_path, json.dumps(result.to_json()))]).blocks
        if isinstance(block, Figure)
    ]
    assert [figure.title for figure in figures] == [
        "Mean of easy, hard",
        "Learning curve of easy",
        "Learning curve of hard",
    ]
    assert len({figure.id for figure in figures}) == 3
    vrt, control = figures[2].spec["data"]
    assert (vrt["name"], vrt["x"], vrt["y"]) == ("vrt", ["100 rows", "200 rows"], [10.0, 40.0])
    assert vrt["error_y"]["array"] == pytest.approx([5.0, 5.0])
    assert control["x"] == ["100 rows"]
    assert figures[2].columns == ("arm", "100 rows", "200 rows")
    assert figures[2].rows[1][2] == ""
