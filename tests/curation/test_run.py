"""curate on journals that the real sampler wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from curation.memory import MemoryJournal, query, sample
from dartmath.base.errors import ConfigError, DataError, JournalError
from dartmath.base.functions import load_function
from dartmath.base.manifest import read_manifest
from dartmath.base.section import validate
from dartmath.curation.choose import MMR, Diverse, Logprob
from dartmath.curation.config import CurationSection
from dartmath.curation.export import COLUMNS
from dartmath.curation.run import curate, prepared_pools
from dartmath.queries.config import QuerySource
from dartmath.queries.load import load
from dartmath.queries.query import make_query
from dartmath.recipe import ReportSection
from dartmath.report import render_cards
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Custom, Prop2Diff, Uniform
from dartmath.training.rows import data_files
from report.made_run import KnowingEngine, make_sample


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("pool") / "sample", per_level=15)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / "train.parquet").to_pylist())


def test_every_row_is_a_correct_sample_of_the_journal(journal: Path, tmp_path: Path) -> None:
    summary = curate(journal, CurationSection(), tmp_path)
    reader = open_journal(journal)
    samples = {(s.query_id, s.trial): s for s in reader.samples()}
    queries = {q.id: q for q in reader.queries()}
    rows = rows_of(tmp_path)
    assert len(rows) == summary.rows > 0 and list(rows[0]) == list(COLUMNS)
    for row in rows:
        sample, query = samples[row["query_id"], row["trial"]], queries[row["query_id"]]
        assert sample.outcome.value == "correct"
        assert (row["response"], row["answer"]) == (sample.text, sample.answer)
        assert (row["query"], row["reference"], row["level"]) == (
            query.text,
            *query.references,
            query.metadata["level"],
        )
        assert row["band"] == f"level {row['level']}" and 0 <= row["fail_rate"] <= 1


def test_the_sampling_policy_is_the_default_and_misses_nothing_it_reached(
    journal: Path, tmp_path: Path
) -> None:
    summary = curate(journal, CurationSection(deduplicate=False), tmp_path)
    states = open_journal(journal).manifest["summary"]["states"]
    assert sum(g.missing_queries for g in summary.bands) == sum(states.values()) - states["reached"]


def test_another_policy_needs_no_sampling_and_says_what_is_missing(journal: Path, tmp_path: Path) -> None:
    summary = curate(journal, CurationSection(policy=Uniform(k=30, cap=60)), tmp_path)
    by_band = {band.name: band for band in summary.bands}
    assert by_band["level 1"].missing > 0, "easy queries were stopped early, so the pool has few of them"
    assert summary.missing == sum(band.missing for band in summary.bands)
    assert "The pool lacks" in summary.caption()
    assert all(band.wanted == band.queries * 30 for band in summary.bands)


def test_the_k_of_a_wanted_size_is_found(journal: Path, tmp_path: Path) -> None:
    for policy in (VRT(trials=1), Uniform(k=1), Prop2Diff(k=1, pilot=8)):
        summary = curate(journal, CurationSection(policy=policy, size=120), tmp_path / policy.kind)
        assert summary.rows == 120
        assert read_manifest(tmp_path / policy.kind)["summary"]["policy"] == summary.policy


def test_the_same_section_gives_the_same_rows(journal: Path, tmp_path: Path) -> None:
    for seed in (None, 1):
        section = CurationSection(policy=Uniform(k=2), seed=seed)
        curate(journal, section, tmp_path / "a")
        curate(journal, section, tmp_path / "b")
        assert rows_of(tmp_path / "a") == rows_of(tmp_path / "b")


def test_a_set_that_is_there_is_not_made_again(journal: Path, tmp_path: Path) -> None:
    first = curate(journal, CurationSection(), tmp_path)
    written = (tmp_path / "train.parquet").stat().st_mtime_ns
    assert curate(journal, CurationSection(), tmp_path) == first
    assert (tmp_path / "train.parquet").stat().st_mtime_ns == written
    assert curate(journal, CurationSection(policy=Uniform(k=1)), tmp_path) != first
    assert (tmp_path / "train.parquet").stat().st_mtime_ns != written


def test_duplicates_are_dropped_and_counted(tmp_path: Path) -> None:
    journal = make_sample(tmp_path / "sample", per_level=3, policy=Uniform(k=40, cap=120))
    summary = curate(journal, CurationSection(), tmp_path / "dataset")
    responses = [(row["query_id"], row["response"]) for row in rows_of(tmp_path / "dataset")]
    assert len(set(responses)) == len(responses)
    assert summary.dropped["duplicate"] > 0


def test_jsonl_holds_the_same_rows(journal: Path, tmp_path: Path) -> None:
    curate(journal, CurationSection(), tmp_path / "parquet")
    curate(journal, CurationSection(format="jsonl"), tmp_path / "jsonl")
    lines = (tmp_path / "jsonl" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == rows_of(tmp_path / "parquet")


def test_a_folder_holds_the_set_in_one_format(journal: Path, tmp_path: Path) -> None:
    for section in (CurationSection(policy=Uniform(k=1)), CurationSection(format="jsonl"), CurationSection()):
        curate(journal, section, tmp_path)
        assert [path.name for path in data_files(tmp_path)] == [f"train.{section.format}"]


def test_a_set_is_made_again_when_a_benchmark_gets_a_query_of_it(journal: Path, tmp_path: Path) -> None:
    benchmark, out = tmp_path / "mine.jsonl", tmp_path / "dataset"
    benchmark.write_text('{"query": "What is asked nowhere?", "reference": "1"}\n')
    section = CurationSection(decontaminate=[str(benchmark)])
    curate(journal, section, out)
    leaked = rows_of(out)[0]
    row = {"query": leaked["query"], "reference": leaked["reference"]}
    benchmark.write_text(json.dumps(row) + "\n")
    curate(journal, section, out)
    assert leaked["query"] not in {row["query"] for row in rows_of(out)}


def test_a_set_is_made_again_when_the_function_of_its_policy_changes(journal: Path, tmp_path: Path) -> None:
    function, out = tmp_path / "mine.py", tmp_path / "dataset"
    section = CurationSection(policy=Custom(function=f"{function}:target"))
    for wanted, said in ((1, "1"), (2, "1 + 1")):
        function.write_text(f"def target(trials, correct, k):\n    return {said}\n")
        load_function.cache_clear()  # as in a new process
        summary = curate(journal, section, out)
        assert summary.per_query["max"] == wanted


def test_the_manifest_is_enough_for_a_card(journal: Path, tmp_path: Path) -> None:
    curate(journal, CurationSection(), tmp_path)
    manifest = read_manifest(tmp_path, stage="curate")
    assert manifest["finished"] and manifest["model"]["name"] == "scripted"
    assert manifest["sampling"]["config"]["temperature"] == 1.6
    assert manifest["summary"]["licences"] == {"math/train": "MIT"}


def test_a_pool_without_correct_responses_is_refused(tmp_path: Path) -> None:
    journal = make_sample(tmp_path / "sample", 1, engine=KnowingEngine({}), policy=VRT(trials=2))
    with pytest.raises(DataError, match="8 trials of 4 queries hold no usable correct response"):
        curate(journal, CurationSection(), tmp_path / "dataset")


def test_queries_of_a_benchmark_are_left_out(
    tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    leaked = load(QuerySource(dataset="gsm8k/test"))[:2]
    queries = [make_query("own", q.text, q.references) for q in leaked]
    queries.append(make_query("own", "What is 2 + 2, once more?", "4"))
    answers = {q.text: q.references[0] for q in queries}
    engine = KnowingEngine(answers)
    journal = make_sample(tmp_path / "sample", engine=engine, queries=queries, policy=VRT(trials=2))
    section = CurationSection(decontaminate=["gsm8k/test"], deduplicate=False)
    summary = curate(journal, section, tmp_path / "dataset")
    assert {row["query"] for row in rows_of(tmp_path / "dataset")} == {"What is 2 + 2, once more?"}
    assert summary.dropped == {"contaminated": 4}
    assert sorted(summary.decontamination["removed"]) == sorted(q.id for q in queries[:2])


def test_a_pool_that_a_benchmark_has_wholly_is_refused(journal: Path, tmp_path: Path) -> None:
    queries = open_journal(journal).queries()
    benchmark = tmp_path / "mine.jsonl"
    rows = [{"query": query.text, "reference": query.references[0]} for query in queries]
    benchmark.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError, match=f"all {len(queries)} queries are in .*mine.jsonl, which"):
        curate(journal, CurationSection(decontaminate=[str(benchmark)]), tmp_path / "dataset")


def test_samples_without_their_query_are_damage(tmp_path: Path) -> None:
    journal = make_sample(tmp_path / "sample", per_level=1)
    queries = journal / "queries.jsonl"
    queries.write_text("".join(queries.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(JournalError, match=r"which is not among its queries; restore its queries\.jsonl"):
        curate(journal, CurationSection(), tmp_path / "dataset")


def test_the_output_of_another_stage_is_not_overwritten(journal: Path) -> None:
    with pytest.raises(DataError, match="dartmath curate"):
        curate(journal, CurationSection(), journal)


def test_what_a_choice_did_is_in_the_manifest_the_caption_and_the_card(journal: Path, tmp_path: Path) -> None:
    section = CurationSection(policy=Uniform(k=2), choose=Diverse())
    summary = curate(journal, section, tmp_path / "run" / "dataset")
    found = read_manifest(tmp_path / "run" / "dataset")["summary"]["choice"]
    assert (found["kind"], found["settings"]) == ("diverse", {"features": "words"})
    assert found["queries"] > 0 and found["distance"] > found["distance_first"]
    assert "Chosen by diverse" in summary.caption()
    assert curate(journal, section, tmp_path / "run" / "dataset") == summary, "read back from the manifest"
    ((_, card),) = render_cards(ReportSection(), tmp_path / "run")
    assert summary.choice and summary.choice.sentence() in card
    plain = curate(journal, CurationSection(policy=Uniform(k=2)), tmp_path / "plain")
    assert plain.choice is None and rows_of(tmp_path / "plain") != rows_of(tmp_path / "run" / "dataset")


@pytest.mark.parametrize("kind", ["shortest", "length", "diverse", "mmr"])
def test_vrt_has_nothing_to_choose_among(journal: Path, tmp_path: Path, kind: str) -> None:
    section = validate(CurationSection, {"policy": {"kind": "vrt"}, "choose": {"kind": kind}}, where="test")
    with pytest.raises(ConfigError, match=f"curation.choose: {kind} has nothing to choose among"):
        curate(journal, section, tmp_path)


@pytest.mark.parametrize("choose", [Logprob(), MMR(quality="logprob")])
def test_log_probabilities_that_nobody_recorded_are_missed_by_name(
    journal: Path, tmp_path: Path, choose: Logprob | MMR
) -> None:
    with pytest.raises(ConfigError, match=r"needs log-probabilities, and .* have none; sample with"):
        curate(journal, CurationSection(policy=Uniform(k=2), choose=choose), tmp_path)


def test_responses_that_are_probably_luck_are_left_out(tmp_path: Path) -> None:
    """Of the script's, whose steps are never read, nothing; of sums with wrong steps, the hard ones."""
    samples = [
        sample(name, trial, right, f"2 + 2 = {4 if sound else 5}, {trial}")
        for name, rows in (("easy", [(True, True)] * 38 + [(False, False)] * 2),
                           ("hard", [(True, False)] * 2 + [(False, False)] * 38))
        for trial, (right, sound) in enumerate(rows)
    ]  # fmt: skip
    asked = [query(name, band="sums") for name in ("easy", "hard")]
    journal = MemoryJournal({}, asked, samples)
    pools, _ = prepared_pools(journal, CurationSection(min_confidence=0.5))
    assert {pool.query.id: (len(pool.candidates), pool.dropped["probable luck"]) for pool in pools} == {
        "easy": (38, 0),
        "hard": (0, 2),
    }
    pools, _ = prepared_pools(journal, CurationSection())
    assert [len(pool.candidates) for pool in pools] == [38, 2]


def test_confidence_is_a_share() -> None:
    with pytest.raises(ValidationError, match="less than 1"):
        CurationSection(min_confidence=1.0)
