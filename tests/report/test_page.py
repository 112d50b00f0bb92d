from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from dartmath.base.errors import DataError, UsageError
from dartmath.report import figure_svg, write_report
from dartmath.report.figures_sampling import pass_rates
from dartmath.report.figures_training import scores
from dartmath.report.outcome import outcome_lines
from dartmath.report.page import render
from dartmath.report.runs import find_runs
from report.made_run import make_sample


def text_of(path: Path) -> str:
    """The page without its scripts."""
    return re.sub(r"<script.*?</script>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_page_is_small_and_whole(page: Path) -> None:
    assert page.stat().st_size < 15_000_000
    shown = text_of(page)
    for heading in (
        "Sampling",
        "Suspected references",
        "Training set",
        "Training",
        "Evaluation",
        "Provenance",
    ):
        assert f">{heading}</h2>" in shown
    assert "DART-Math-Llama-3-8B (Uniform), published" in shown


def test_versions_are_said_once_and_every_place_is_named(run_folder: Path, page: Path) -> None:
    shown = text_of(page)
    assert shown.count("python-flint") == 1
    assert shown.count("as sample") == 4
    assert "may be wrong: under suspects in dataset/manifest.json" in shown
    assert f"under suspects in {run_folder / 'dataset' / 'manifest.json'}" in " ".join(
        outcome_lines(find_runs([run_folder])[0])
    )
    assert "`" not in shown.partition('id="sampling"')[0]
    assert "&lt; 0.0%" not in shown


def test_every_figure_is_one_that_plotly_draws(page: Path) -> None:
    """Plotly itself checks every key and value of traces and layouts."""
    import plotly.graph_objects as go

    data = page.read_text(encoding="utf-8").split('id="data">')[1].split("</script>")[0]
    figures = json.loads(data)["figures"]
    assert len(figures) > 5
    for spec in figures.values():
        assert len(go.Figure(spec).data) == len(spec["data"]) > 0


def test_several_runs_stand_side_by_side(run_folder: Path, tmp_path: Path) -> None:
    other = make_sample(tmp_path / "other" / "sample", per_level=4).parent
    shown = text_of(write_report([run_folder, other], tmp_path / "both.html", title="Two runs"))
    assert "<h1>Two runs</h1>" in shown
    assert "to the hardest (made)" in shown and "to the hardest (other)" in shown


def test_a_stage_alone_has_a_report(run_folder: Path, tmp_path: Path) -> None:
    shown = text_of(write_report([run_folder / "sample"], tmp_path / "sample.html"))
    assert "Responses per query" in shown and ">Evaluation</h2>" not in shown


def test_the_same_run_gives_the_same_page(run_folder: Path, tmp_path: Path) -> None:
    pages = [write_report([run_folder], tmp_path / f"{i}.html", samples=50).read_text() for i in range(2)]
    assert pages[0] == pages[1]


def test_a_folder_without_outputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="dartmath run tiny"):
        write_report([tmp_path], tmp_path / "report.html")


def test_manifests_of_others_are_none_of_our_business(run_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web page"}')
    with pytest.raises(DataError, match="no output of dartmath in it"):
        write_report([tmp_path], tmp_path / "report.html")
    (tmp_path / "sample").symlink_to(run_folder / "sample")
    assert write_report([tmp_path], tmp_path / "report.html").is_file()


def test_names_in_figures_are_text() -> None:
    name = "<b>a</b> & <a href='https://example.org'>b</a>"
    score = {"name": name, "pass_at_1": {"value": 0.5, "low": None, "high": None}}
    figures = [scores({name: {"benchmarks": [score]}}, "x"), pass_rates([(name, [0.5])], "x")]
    for figure in figures:
        assert "<a" not in json.dumps(figure.spec) and "<b>" not in json.dumps(figure.spec)
        assert any(name in row for row in [*figure.rows, figure.columns])


def test_a_folder_as_output_is_refused(run_folder: Path) -> None:
    with pytest.raises(UsageError, match=r"report\.html"):
        write_report([run_folder], run_folder)


def test_the_figure_is_an_accessible_svg(run_folder: Path, tmp_path: Path) -> None:
    import xml.etree.ElementTree as ET

    path = figure_svg(run_folder, tmp_path / "figure.svg")
    root = ET.fromstring(path.read_text())
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title") is not None and "Prop2Diff" in (root.findtext(f"{space}desc") or "")
    assert len(root.findall(f"{space}polyline")) == 4
    assert path.stat().st_size < 20_000


def test_text_that_no_file_can_hold_does_not_stop_the_report() -> None:
    sample = {"run": "a", "query": "q", "text": ["\ud800 \u2028 </script>"]}
    page = render("t \ud800", [], {"queries": {}, "samples": [sample]})
    assert page.encode("utf-8") and "<h1>t ?</h1>" in page
    data = page.split('id="data">')[1].split("</script>")[0]
    assert json.loads(data)["samples"][0]["text"] == ["? \u2028 </script>"]


def test_the_page_holds_no_path_of_this_machine(run_folder: Path, tmp_path: Path) -> None:
    """Runs of one name are told apart by as much of their paths as that takes."""
    for name in ("first", "second"):
        shutil.copytree(run_folder, tmp_path / name / run_folder.name)
    folders = [tmp_path / name / run_folder.name for name in ("first", "second")]
    text = write_report(folders, tmp_path / "both.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert f"first/{run_folder.name}" in text
    assert f"second/{run_folder.name}" in text


def test_a_report_of_another_run_is_told_by_its_place(run_folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        shutil.copytree(run_folder, tmp_path / name)
    write_report([tmp_path / "a"], tmp_path / "a" / "report.html")
    write_report([tmp_path / "a"], tmp_path / "a" / "report.html")
    with pytest.raises(DataError, match=r"is of this folder, not of \.\./b"):
        write_report([tmp_path / "b"], tmp_path / "a" / "report.html")
