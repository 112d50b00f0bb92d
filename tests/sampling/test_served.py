"""What servers bring into a run: who answered, thoughts apart from the text, queries that they refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import EngineError, JournalError
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.engines.protocol import Answerer, Completion, Request
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT
from dartmath.sampling.run import sample
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import MODEL, QA, SimulatedEngine, make_queries, run

THREE = SamplingSection(policy=VRT(trials=3), workers=0)
SIX = SamplingSection(policy=VRT(trials=6), workers=0)
TOO_LONG = Completion("", "error", error="HTTP 400: longer than the context", hopeless=True)


class ServedEngine(SimulatedEngine):
    """Answers as a model of a server, which thinks before it speaks."""

    def __init__(self, model: str, **options: Any) -> None:
        super().__init__(**options)
        self.model = model

    async def _generate(self, request: Request) -> Completion:
        found = await super()._generate(request)
        if found.finish_reason == "error":
            return found
        text = found.text.partition(". ")[2]
        by = Answerer("http://a/v1", self.model, "fp_1")
        return replace(found, text=text, thoughts=f"seed {request.seed}", answered_by=by, logprob=-0.5)

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "served": self.model}


def test_rows_say_who_answered_and_keep_thoughts_apart(tmp_path: Path) -> None:
    run(tmp_path, ServedEngine("m"), THREE, count=4)
    rows = list(open_journal(tmp_path).samples())
    assert {(row.server, row.model, row.fingerprint, row.logprob) for row in rows} == {
        ("http://a/v1", "m", "fp_1", -0.5)
    }
    assert all(row.thoughts == f"seed {row.seed}" and "seed" not in row.text for row in rows)
    assert rows[0].response == f"<think>\n{rows[0].thoughts}\n</think>\n\n{rows[0].text}"


def test_responses_that_differ_in_their_thoughts_are_no_duplicates(tmp_path: Path) -> None:
    run(tmp_path, ServedEngine("m", rates={"q00000": 1.0}), SIX, count=1)
    (counts,) = open_journal(tmp_path).counts().values()
    assert (counts.correct, counts.duplicates) == (6, 0)


def test_another_model_is_refused_on_resume_however_often_it_is_tried(tmp_path: Path) -> None:
    run(tmp_path, ServedEngine("model-a"), THREE)
    for _ in range(2):
        with pytest.raises(JournalError, match="'model-a', and the servers now answer as 'model-b'"):
            run(tmp_path, ServedEngine("model-b"), SIX, amend=True)
    assert run(tmp_path, ServedEngine("model-a"), SIX, amend=True).complete
    assert {row.model for row in open_journal(tmp_path).samples()} == {"model-a"}


def test_a_run_of_before_the_model_was_recorded_is_known_by_its_servers(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), THREE)
    manifest = read_manifest(tmp_path)
    del manifest["served"]
    manifest["engines"] = [{"kind": "openai", "servers": [{"url": "http://a/v1", "model": "model-a"}]}]
    write_manifest(tmp_path, {**manifest, "journal": {"version": 1}})
    with pytest.raises(JournalError, match="model-b"):
        run(tmp_path, ServedEngine("model-b"), SIX, amend=True)
    assert run(tmp_path, ServedEngine("model-a"), SIX, amend=True).complete


def refuses(*, first: int) -> Any:
    return lambda request: TOO_LONG if int(request.id[1:6]) < first else None


def test_many_queries_that_are_too_long_do_not_keep_the_others_from_being_sampled(tmp_path: Path) -> None:
    engine = SimulatedEngine(before=refuses(first=100))
    summary = run(tmp_path, engine, THREE, count=120)
    assert summary.complete
    counts = open_journal(tmp_path).counts()
    assert [counts[f"q{i:05d}"].outcomes.get(Outcome.ERROR, 0) for i in (0, 99, 100, 119)] == [3, 3, 0, 0]
    # A refused query is asked by the requests that were under way, and by none after its verdict.
    assert max(engine.launched.values()) == 1


def test_a_run_whose_every_query_is_refused_is_not_finished_and_records_nothing(tmp_path: Path) -> None:
    queries = make_queries(8)
    for first in (99, 99, 0):
        engine = SimulatedEngine(before=refuses(first=first))
        if first:
            with pytest.raises(EngineError, match=r"no query can be asked: all 8 .* longer than the context"):
                sample(queries, engine, QA, THREE, tmp_path, seed=1, model=MODEL)
            assert not list(open_journal(tmp_path).samples()) and not open_journal(tmp_path).finished
        else:
            assert sample(queries, engine, QA, THREE, tmp_path, seed=1, model=MODEL).complete
