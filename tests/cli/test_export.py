"""The verb export, on a run that the real sampler wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dartmath.base.errors import ConfigError
from dartmath.cli import app
from dartmath.export.formats import FORMATS
from export.pool import make_pool


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "run"
    make_pool(folder / "sample")
    return folder


def dartmath(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_formats_are_listed() -> None:
    assert set(json.loads(dartmath("export", "--list", "--json"))) >= set(FORMATS)


def test_rows_are_those_of_the_set_beside_the_journal(run: Path, tmp_path: Path) -> None:
    to = ("--format", "llama-factory", "--out", tmp_path / "rows.jsonl", "--json")
    assert json.loads(dartmath("export", run, *to))["rows"] == 10
    dartmath("curate", run, "--policy", "uniform", "--policy-k", 1, "--out", run / "dataset")
    with pytest.raises(ConfigError, match=r"is there already.*--overwrite"):
        CliRunner().invoke(app, [str(one) for one in ("export", run, *to)], catch_exceptions=False)
    again = (*to, "--overwrite")
    done = json.loads(dartmath("export", run, *again))
    assert done["rows"] == 2 and "sharegpt" in done["usage"]
    assert json.loads(dartmath("export", run, *again, "--policy-k", 2))["rows"] == 4
    assert json.loads(dartmath("export", run, *again, "--policy", "vrt"))["rows"] > 4


def test_pairs_and_their_balance_are_shown(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "pairs.jsonl"
    shown = dartmath("export", run, "--format", "preference", "--rejected", "longest", "--out", out)
    assert "share with the chosen longer: 0.0" in shown and "queries without a wrong response" in shown


def test_what_is_missing_is_said_at_once(run: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing: --format, --out; .*--list"):
        CliRunner().invoke(app, ["export", str(run)], catch_exceptions=False)
