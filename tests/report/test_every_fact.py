"""Every fact behind a card changes a card when it changes, or is listed as one that none tells."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath.base.errors import DartmathError
from dartmath.recipe import ReportSection
from dartmath.report import render_cards

SECTION = ReportSection(title="A made model", published=["dart-math-llama3-8b-uniform"], model_id="me/made")
SILENT = yaml.safe_load(Path(__file__).with_name("not_on_cards.yaml").read_text(encoding="utf-8"))
FILES = ("model/manifest.json", "dataset/manifest.json", "evaluation/after/result.json")


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every fact, with the way to it."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif value is not None:
        yield path, value


def other(value: Any) -> Any:
    """Another fact of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value / 2 if 0 < value < 1 else value + 1
    return f"{value}x"


def name(path: tuple[str | int, ...]) -> str:
    return ".".join("*" if isinstance(part, int) else part for part in path)


def silent(path: str) -> bool:
    """Whether a fact is listed as one that no card tells."""
    listed = [one for group in SILENT.values() for one in group]
    return any(path.startswith(one) if one.endswith(".") else path == one for one in listed)


def cards(run: Path) -> list[str] | str:
    """The texts of all cards, or what is wrong with the manifests."""
    try:
        return [text for _, text in render_cards(SECTION, run)]
    except (DartmathError, ValueError, KeyError, TypeError) as error:
        return str(error)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_a_fact_that_changes_changes_a_card(file: str, run_folder: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(run_folder, tmp_path / "run"))
    data, before = json.loads((run / file).read_text()), cards(run)
    assert isinstance(before, list)
    untold, tried = [], set()
    for path, value in leaves(data):
        if name(path) in tried or silent(name(path)):
            continue
        tried.add(name(path))
        changed = copy.deepcopy(data)
        place: Any = changed
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = other(value)
        (run / file).write_text(json.dumps(changed))
        if cards(run) == before:
            untold.append(name(path))
    assert untold == []
    assert len(tried) > 12


def test_what_is_listed_is_there(run_folder: Path) -> None:
    known = {name(path) for file in FILES for path, _ in leaves(json.loads((run_folder / file).read_text()))}
    for one in (one for group in SILENT.values() for one in group):
        pattern = re.escape(one) if one.endswith(".") else f"{re.escape(one)}$"
        assert any(re.match(pattern, path) for path in known), one
