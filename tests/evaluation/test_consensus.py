"""Consensus: what a pool agrees on, how often it is right, and that nobody takes it for a reference."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dartmath.base.errors import DataError
from dartmath.base.manifest import read_manifest
from dartmath.cli import app
from dartmath.curation.config import CurationSection
from dartmath.curation.run import curate
from dartmath.engines.protocol import Completion, Request
from dartmath.evaluation.consensus import Threshold, calibrate, take_consensus, votes
from dartmath.queries.query import make_query
from dartmath.recipe import ReportSection
from dartmath.report import render_cards
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT
from dartmath.verify.contract.outcome import Outcome
from report.made_run import ScriptedEngine, make_sample

# Of each query: its reference, and the answers of ten responses ("" for one without an answer).
ANSWERS = {
    "all agree": ("1/2", ["0.5", "\\frac{1}{2}", "1/2", "0.50"] * 2 + ["1/2", "0.5"]),
    "nine of ten": ("7", ["7"] * 9 + ["8"]),
    "nine of ten are wrong": ("7", ["8"] * 9 + ["7"]),
    "seven of ten": ("7", ["7"] * 7 + ["8", "9", "10"]),
    "two answers": ("7", ["7"] * 5 + ["8"] * 5),
    "hardly an answer": ("7", ["7", "7", "7"] + [""] * 7),
}
QUERIES = {
    name: make_query("own", f"Which is it: {name}?", reference) for name, (reference, _) in ANSWERS.items()
}


class TenAnswers(ScriptedEngine):
    """Gives each query its answers, one after another."""

    def __init__(self) -> None:
        self.left = {QUERIES[name].text: list(answers) for name, (_, answers) in ANSWERS.items()}

    async def generate(self, request: Request) -> Completion:
        answer = next(left.pop() for text, left in self.left.items() if text in (request.prompt.text or ""))
        text = f"It is \\boxed{{{answer}}}." if answer else "I cannot tell."
        return Completion(text, "stop", 40, 10)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool") / "sample"
    return make_sample(folder, engine=TenAnswers(), queries=list(QUERIES.values()), policy=VRT(trials=10))


def test_spellings_of_one_value_vote_together(pool: Path) -> None:
    found = votes(open_journal(pool))
    shares = {name: (found[q.id].agreement, found[q.id].margin) for name, q in QUERIES.items()}
    assert shares == {
        "all agree": (1.0, 1.0),
        "nine of ten": (0.9, 0.8),
        "nine of ten are wrong": (0.9, 0.8),
        "seven of ten": (0.7, pytest.approx(0.6)),
        "two answers": (0.5, 0.0),
        "hardly an answer": (0.3, 0.3),
    }


def test_references_say_how_often_a_consensus_is_right(pool: Path) -> None:
    steps = {
        s.agreement: (s.queries, s.right and s.right.value)
        for s in calibrate(pool, Threshold(0.85, margin=0.0))
    }
    assert steps[0.0][0] == 6 and steps[0.6] == (4, 3 / 4)
    assert steps[0.85] == steps[0.9] == (3, 2 / 3) and steps[0.95] == (1, 1.0)
    assert calibrate(pool, Threshold(margin=0.5))[0].queries == 4, "the margin holds for all steps"


def test_a_pool_is_judged_by_its_consensus(pool: Path, tmp_path: Path) -> None:
    about = take_consensus(pool, tmp_path / "run" / "sample", Threshold(agreement=0.85))
    journal = open_journal(tmp_path / "run" / "sample")
    assert (about["queries"], about["left_out"]) == (3, 3) and journal.manifest["consensus"] == about
    asked = {query.id: query for query in journal.queries()}
    wrong = asked[QUERIES["nine of ten are wrong"].id]
    assert wrong.references == ("8",), "nobody knows better without a reference"
    assert wrong.metadata == {"reference_from": "consensus", "agreement": 0.9}
    right = dict.fromkeys(asked, 0)
    for sample in journal.samples():
        right[sample.query_id] += sample.outcome is Outcome.CORRECT
    assert sorted(right.values()) == [9, 9, 10]
    assert journal.manifest["summary"]["correct"] == 28


def test_rows_and_card_say_that_it_is_no_reference(pool: Path, tmp_path: Path) -> None:
    take_consensus(pool, tmp_path / "run" / "sample", Threshold(agreement=0.85))
    curate(tmp_path / "run" / "sample", CurationSection(), tmp_path / "run" / "dataset")
    rows = pq.read_table(tmp_path / "run" / "dataset" / "train.parquet").to_pylist()
    assert {row["reference_from"] for row in rows} == {"consensus"}
    assert {row["agreement"] for row in rows} == {0.9, 1.0}
    assert read_manifest(tmp_path / "run" / "dataset")["sampling"]["consensus"]["agreement"] == 0.85
    ((_, card),) = render_cards(ReportSection(), tmp_path / "run")
    assert "The references are no human's" in card and "at least 85% of 4 or more" in card


def test_what_cannot_be_is_refused(pool: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no query has 11 responses that agree by 80%"):
        take_consensus(pool, tmp_path / "a", Threshold(responses=11))
    take_consensus(pool, tmp_path / "b")
    with pytest.raises(DataError, match="is there already"):
        take_consensus(pool, tmp_path / "b")
    with pytest.raises(DataError, match="no references of its own"):
        calibrate(tmp_path / "b")


def test_a_pool_without_references_says_nothing_of_what_is_right(tmp_path: Path) -> None:
    """`unknown` is what such queries have for a reference."""
    answers = TenAnswers()
    query = QUERIES["nine of ten"]
    open_one = make_query("own", query.text, "unknown")
    folder = make_sample(tmp_path / "sample", engine=answers, queries=[open_one], policy=VRT(trials=10))
    (first, *_) = calibrate(folder)
    assert (first.queries, first.right) == (1, None)
    result = CliRunner().invoke(app, ["consensus", str(folder)])
    assert "no query has a reference" in result.output
    assert " 0.0% (" not in result.output
