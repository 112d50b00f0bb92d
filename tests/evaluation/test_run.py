"""evaluate with a real small model: from queries to result.json, again, wider, and after kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, DataError, JournalError, MissingDependencyError
from dartmath.engines.config import TransformersEngine
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.result import EvaluationResult, read_result
from dartmath.evaluation.run import SAMPLES, benchmarks_of, evaluate, load_benchmarks, refuse_changed
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.config import Columns, QuerySource, Selector
from dartmath.queries.registry import SUITES, datasets, find_dataset
from dartmath.sampling.journal import open_journal
from evaluation.memory import make_sample, write_evaluation


def sums(n: int, band: str = "sums") -> QuerySource:
    options = {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}
    return QuerySource(dataset="reasoning-gym/chain_sum", options=options, select=Selector(n=n), band=band)


def run(model: str, section: EvaluationSection, folder: Path, *, seed: int = 0) -> EvaluationResult:
    engine, template = TransformersEngine(concurrency=8), load_template("chat")
    return evaluate(ModelSection(name=model), engine, template, section, folder, seed=seed)


def test_a_real_evaluation_is_repeatable_and_can_grow(smollm2: str, tmp_path: Path) -> None:
    section = EvaluationSection(benchmarks=[sums(2)], max_tokens=10)
    first = run(smollm2, section, tmp_path / "a")
    (one,) = first.benchmarks
    assert sum(one.outcomes.values()) == 2
    assert one.completion_tokens > 0
    assert first.engine["kind"] == "transformers"
    assert first.template["hash"] == load_template("chat").hash
    samples = {s.query_id: s.text for s in open_journal(tmp_path / "a" / SAMPLES).samples()}

    again = run(smollm2, section, tmp_path / "a")
    assert again.benchmarks == first.benchmarks
    wider = EvaluationSection(
        benchmarks=[sums(2), sums(1, "other").model_copy(update={"select": Selector(n=1, seed=9)})],
        max_tokens=10,
    )
    grown = run(smollm2, wider, tmp_path / "a")
    assert grown.benchmarks[0].outcomes == one.outcomes
    assert [b.name for b in grown.benchmarks] == [
        "reasoning-gym/chain_sum (sums)",
        "reasoning-gym/chain_sum (other)",
    ]
    kept = {s.query_id: s.text for s in open_journal(tmp_path / "a" / SAMPLES).samples()}
    assert {key: kept[key] for key in samples} == samples
    rebuilt = benchmarks_of(grown, open_journal(tmp_path / "a" / SAMPLES))
    assert rebuilt == load_benchmarks(wider)

    with pytest.raises(JournalError, match="temperature"):
        run(smollm2, section.model_copy(update={"temperature": 0.7}), tmp_path / "a")


def test_what_to_evaluate_on_must_be_clear(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--suite dart-math"):
        load_benchmarks(EvaluationSection())
    with pytest.raises(ConfigError, match="named twice"):
        load_benchmarks(EvaluationSection(benchmarks=[sums(2), sums(3)]))


def test_a_benchmark_of_a_suite_that_is_not_at_hand_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "extra").mkdir()
    row = {"Body": "Ann has 2 pens and buys 3", "Question": "How many?", "Answer": 5.0, "Type": "Addition"}
    (tmp_path / "extra" / "svamp.jsonl").write_text(json.dumps(row))
    nowhere = replace(find_dataset("svamp"), name="nowhere", file="nowhere.jsonl", origin=None)
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    monkeypatch.setitem(datasets(), "nowhere", nowhere)
    monkeypatch.setitem(SUITES, "both", ("nowhere", "svamp"))
    monkeypatch.setitem(SUITES, "neither", ("nowhere",))
    skipped: dict[str, str] = {}
    (one,) = load_benchmarks(EvaluationSection(suite="both"), skipped=skipped)
    assert one.name == "svamp"
    assert list(skipped) == ["nowhere"] and "on no hub" in skipped["nowhere"]
    for section, found in (("both", None), ("neither", {})):
        with pytest.raises(MissingDependencyError, match="nowhere"):
            load_benchmarks(EvaluationSection(suite=section), skipped=found)


def test_a_worked_example_that_is_asked_gives_its_answer_away(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(
        '{"query": "What is 2 + 3?", "reference": "5"}\n{"query": "What is 4?", "reference": "4"}\n'
    )
    examples = [
        {"query": "What is 1 + 1?", "response": r"\boxed{2}"},
        {"query": "What  is 2 + 3?\n", "response": r"\boxed{5}"},
    ]
    source = QuerySource.model_validate({"dataset": str(path), "examples": examples})
    section = EvaluationSection(benchmarks=[source], shots=2)
    with pytest.raises(
        ConfigError, match=r"worked example 2 of own\.jsonl is one of its queries: 'What  is 2"
    ):
        run("no-such-model", section, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("rows", "refused"),
    [(["1", "2"], False), (["1", "2", "3"], False), (["1", "5"], True), (["1"], True)],
)
def test_a_folder_holds_scores_of_one_version_of_a_benchmark(
    rows: list[str], refused: bool, tmp_path: Path
) -> None:
    def write(answers: list[str]) -> None:
        lines = ({"query": f"Q{n}?", "reference": a, "id": f"q{n}"} for n, a in enumerate(answers))
        own.write_text("".join(json.dumps(line) + "\n" for line in lines))

    own = tmp_path / "own.jsonl"
    section = EvaluationSection(benchmarks=[QuerySource(dataset=str(own), columns=Columns(id="id"))])
    write(["1", "2"])
    (before,) = load_benchmarks(section)
    samples = [make_sample(query, 0, "\\boxed{1}") for query in before.queries]
    write_evaluation(tmp_path / "run", [(before.source, before.queries)], samples, 1)
    older = json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8"))
    del older["benchmarks"][0]["source"]["checksum"]  # as a version wrote it that did not know the key
    (tmp_path / "run" / "result.json").write_text(json.dumps(older), encoding="utf-8")
    write(rows)
    if not refused:
        refuse_changed(tmp_path / "run", load_benchmarks(section))
        return
    with pytest.raises(
        DataError, match=r"own\.jsonl has changed: \w{16} of .* is read now; name the `revision`"
    ):
        refuse_changed(tmp_path / "run", load_benchmarks(section))


def test_a_suite_takes_all_of_a_benchmark_that_is_smaller_than_the_sample(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    section = EvaluationSection(suite="competition", select=Selector(n=35, seed=1))
    sizes = {b.name: len(b.queries) for b in load_benchmarks(section)}
    assert sizes == {
        "aime24": 30,
        "aime25": 30,
        "amc23": 35,
        "math-500": 35,
        "olympiadbench/OE_TO_maths_en_COMP": 35,
    }


@pytest.mark.slow
def test_kill_9_loses_and_repeats_nothing(smollm2: str, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "dartmath", "evaluate", smollm2, "--benchmark", "reasoning-gym/gsm_symbolic",
        "--n", "12", "--max-tokens", "96", "--engine", "transformers", "--engine-concurrency", "4",
        "--out", str(tmp_path), "--json",
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    segments = tmp_path / SAMPLES / "segments"
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while _lines(segments) < 3:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {(s.query_id, s.trial): s.text for s in open_journal(tmp_path / SAMPLES).samples()}
    assert 3 <= len(before) < 12
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    result = EvaluationResult.model_validate_json(finished.stdout)
    samples = list(open_journal(tmp_path / SAMPLES).samples())
    after = {(s.query_id, s.trial): s.text for s in samples}
    assert len(samples) == len(after) == 12
    assert {key: after[key] for key in before} == before
    assert result == read_result(tmp_path)
    assert json.loads(finished.stdout)["benchmarks"][0]["queries"] == 12


def _lines(segments: Path) -> int:
    return sum(len(path.read_bytes().splitlines()) for path in segments.glob("*.jsonl"))
