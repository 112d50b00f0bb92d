"""A made-up package that is installed beside dartmath adds an engine, a data set, a verifier ..."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.base.functions import load_function
from dartmath.base.plugins import GROUPS, load_plugin, plugins
from dartmath.engines import create_engine
from dartmath.engines.config import PackageEngine
from dartmath.evaluation.interop import log_formats
from dartmath.export.formats import find_format
from dartmath.model import ModelSection
from dartmath.prompts import load_template
from dartmath.queries import QuerySource, load, make_query
from dartmath.queries.registry import datasets
from dartmath.sampling import Custom, PilotRecord
from dartmath.tools.backend import find_backend
from dartmath.tools.config import ToolsSection
from dartmath.verify import grade

CODE = """
from dartmath.export import Format
from dartmath.queries import make_query
from dartmath.queries.dataset import Dataset

class Echo:
    concurrency = 2
    tokenizer = None
    def __init__(self, section, model, template):
        self.said = section.options["said"]
    async def __aenter__(self):
        return self
    async def __aexit__(self, *exc):
        return None

def create(section, model, template):
    return Echo(section, model, template)

def judge(query, response):
    return response.endswith(query.references[0])

def half(trials, correct, k, pilot):
    return k // 2 if pilot is None else len(pilot.query.text)

def convert(name, row):
    return make_query(name, row["q"], row["a"])

SUMS = Dataset("acme/sums", "Sums", "test", 1, "MIT", "made up", "acme.jsonl", None, convert, "", "gsm8k")

def logs(evaluation):
    return [("acme.txt", "")]

def row(example, prompting):
    return {"text": example.response}

class Counting:
    def __init__(self, section):
        self.seconds, self.blocks = section.seconds, 0
    def run(self, code):
        self.blocks += 1
        if "boom" in code:
            raise ConnectionError("the machine is gone")
        return ("weird" if "odd" in code else "ok"), f"\\x1b[2Jblock {self.blocks} of {self.seconds} s"
    def kill(self):
        pass
    def close(self):
        pass

TEXTS = Format("responses", "acme's trainer", ("text",), row)
"""
POINTS = {
    "engines": "echo = acme_dart:create",
    "datasets": "sums = acme_dart:SUMS",
    "verifiers": "ends = acme_dart:judge",
    "policies": "half = acme_dart:half",
    "log_formats": "acme = acme_dart:logs",
    "sandboxes": "counting = acme_dart:Counting",
    "exporters": "texts = acme_dart:TEXTS",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages, on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    yield tmp_path
    datasets.cache_clear()
    load_function.cache_clear()
    sys.modules.pop("acme_dart", None)


def install(site: Path, code: str, points: dict[str, str]) -> None:
    """Put a package there as pip would: its module and its metadata."""
    (site / "acme_dart.py").write_text(code)
    info = site / "acme_dart-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-dart\nVersion: 1.0\n")
    lines = [f"[dartmath.{group}]\n{point}\n" for group, point in points.items()]
    (info / "entry_points.txt").write_text("\n".join(lines))
    datasets.cache_clear()
    load_function.cache_clear()


def test_what_a_package_adds_is_known_everywhere(site: Path) -> None:
    install(site, CODE, POINTS)
    assert set(POINTS) == set(GROUPS)
    section = PackageEngine(name="echo", options={"said": "hello"})
    engine = create_engine(section, ModelSection(name="acme/model"), load_template("alpaca"))

    async def said() -> str:
        async with engine:
            return str(vars(engine)["said"])

    assert asyncio.run(said()) == "hello"
    (site / "acme.jsonl").write_text(json.dumps({"q": "1 + 1?", "a": "2"}) + "\n")
    assert "acme/sums" in datasets()
    assert [query.text for query in load(QuerySource(dataset="acme/sums"))] == ["1 + 1?"]
    query = make_query("own", "Say two.", "two", verifier="package:ends")
    assert [grade(query, text).correct for text in ("two", "three")] == [True, False]
    policy = Custom(function="package:half", k=9)
    assert (policy.target(4, 1), policy.target(4, 1, PilotRecord(query))) == (4, len("Say two."))
    assert "acme" in log_formats()
    assert find_format("texts").columns == ("text",)
    make, isolation = find_backend(ToolsSection(backend="counting", seconds=3))
    sandbox = make()
    results = [sandbox.run(code) for code in ("1", "odd", "boom", "x" * 100_000)]
    assert isolation is None and sandbox.started
    assert [result.outcome for result in results] == ["ok", "error", "error", "refused"]
    assert results[0].output == r"\x1b[2Jblock 1 of 3.0 s"
    assert "ConnectionError: the machine is gone" in results[2].output


def test_an_unknown_name_lists_what_is_installed(site: Path) -> None:
    install(site, CODE, POINTS)
    with pytest.raises(UnknownNameError, match="engines 'ecko'; did you mean \"echo\""):
        load_plugin("engines", "ecko")
    with pytest.raises(UnknownNameError, match="'none'"):
        load_function("package:none", "verifier")


def test_a_package_that_cannot_be_loaded_is_named(site: Path) -> None:
    install(site, "raise RuntimeError('half installed')\n", {"datasets": "sums = acme_dart:SUMS"})
    with pytest.raises(ConfigError, match=r"'sums' of acme-dart cannot be loaded .*half installed"):
        datasets()


def test_a_data_set_does_not_take_anothers_name(site: Path) -> None:
    install(site, CODE.replace("acme/sums", "gsm8k/test"), {"datasets": "sums = acme_dart:SUMS"})
    with pytest.raises(ConfigError, match="'gsm8k/test', which is known already"):
        datasets()


def test_without_other_packages_there_is_nothing() -> None:
    assert all(not any("acme" in name for name in plugins(group)) for group in GROUPS)
