"""Sampling with a verifier of the user's own: a run, a mistake, a change, and what was judged before it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, DataError, JournalError, UsageError
from dartmath.base.manifest import read_manifest
from dartmath.engines.protocol import Completion, Request
from dartmath.evaluation.regrade import regrade
from dartmath.queries.config import Columns, QuerySource
from dartmath.queries.load import load
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import Prop2Diff
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import SimulatedEngine, assert_sound, dataset, make_queries, run, texts

SECTION = SamplingSection(policy=Prop2Diff(k=6, pilot=4, cap=40))
STRICT = "def judge(query, response):\n    return f'{{{query.references[0]}}}' in response"
LENIENT = STRICT + " or 'Thought 1' in response"


def judged_by(file: Path, code: str, count: int = 10) -> list[Query]:
    """Queries with the code as their verifier."""
    file.write_text(code + "\n")
    return [replace(query, verifier=f"{file}:judge") for query in make_queries(count)]


def written(path: Path, queries: list[Query]) -> QuerySource:
    """A file of these queries, under their own ids."""
    rows = [{"id": q.id, "query": q.text, "reference": list(q.references)} for q in queries]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return QuerySource(dataset=str(path), columns=Columns(id="id"), verifier=queries[0].verifier)


def outcomes(folder: Path) -> dict[tuple[str, int], Outcome]:
    return {(s.query_id, s.trial): s.outcome for s in open_journal(folder).samples()}


def test_a_run_is_that_of_a_built_in_verifier_that_judges_alike(tmp_path: Path) -> None:
    run(tmp_path / "own", SimulatedEngine(), SECTION, queries=judged_by(tmp_path / "checks.py", STRICT))
    run(tmp_path / "math", SimulatedEngine(), SECTION, count=10)
    # Which trials are under way when a target is reached depends on time; the set does not.
    assert dataset(tmp_path / "own") == dataset(tmp_path / "math")
    assert_sound(tmp_path / "own")


def test_a_mistake_stops_the_run_before_the_first_request(tmp_path: Path) -> None:
    engine = SimulatedEngine()
    with pytest.raises(ConfigError, match=r"tried on an empty response: .*IndexError"):
        run(
            tmp_path / "run",
            engine,
            SECTION,
            queries=judged_by(tmp_path / "checks.py", "def judge(q, r):\n    return r.split()[-1] == '4'"),
        )
    assert not engine.launched


def test_a_changed_function_is_refused_and_the_responses_are_judged_anew(tmp_path: Path) -> None:
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "checks.py"
    run(first, SimulatedEngine(), SECTION, queries=judged_by(file, STRICT))
    before = outcomes(first)
    queries = judged_by(file, LENIENT)
    with pytest.raises(JournalError, match=f"dartmath regrade {first} --recipe RECIPE --into NEW-FOLDER"):
        run(first, SimulatedEngine(), SECTION, queries=queries)

    found = regrade(first, sources=[written(tmp_path / "own.jsonl", queries)], into=second)

    after = outcomes(second)
    changed = {key for key, outcome in after.items() if outcome is not before[key]}
    assert after.keys() == before.keys()
    assert changed and len(found.disagreements) == len(changed)
    assert outcomes(first) == before
    assert texts([*open_journal(first).samples()]) == texts([*open_journal(second).samples()])
    assert_sound(second)
    # More is right now, so what is owed changed with it; the run goes on as any other.
    run(second, SimulatedEngine(), SECTION, queries=load(written(tmp_path / "own.jsonl", queries)))
    assert open_journal(second).finished
    assert after.items() <= outcomes(second).items()
    assert_sound(second)


def test_judging_anew_tries_a_function_once(tmp_path: Path) -> None:
    file, tried = tmp_path / "checks.py", tmp_path / "tried"
    noting = f"def judge(q, r):\n    r or open({str(tried)!r}, 'a').write('x')\n    return '4' in r"
    run(tmp_path / "a", SimulatedEngine(), SECTION)
    source = written(tmp_path / "own.jsonl", judged_by(file, noting, count=20))
    regrade(tmp_path / "a", sources=[source], workers=0, into=tmp_path / "b")
    assert tried.read_text() == "x"


def test_a_pool_judged_anew_by_the_same_verifier_is_the_same_pool(tmp_path: Path) -> None:
    run(tmp_path / "a", SimulatedEngine(), SECTION)
    regrade(tmp_path / "a", workers=0, into=tmp_path / "b")
    assert open_journal(tmp_path / "b").counts() == open_journal(tmp_path / "a").counts()
    keys = ("finished", "config", "model", "template", "seed", "queries")
    old, new = (read_manifest(tmp_path / name, stage="sample") for name in "ab")
    assert {key: old[key] for key in keys} == {key: new[key] for key in keys}
    assert new["summary"] == {**old["summary"], "folder": str(tmp_path / "b")}
    with pytest.raises(DataError, match="is there already"):
        regrade(tmp_path / "a", workers=0, into=tmp_path / "b")
    engine = SimulatedEngine()
    run(tmp_path / "b", engine, SECTION)
    assert not engine.launched


def test_a_stored_run_runs_no_function_that_was_not_named(tmp_path: Path) -> None:
    file = tmp_path / "checks.py"
    run(tmp_path / "run", SimulatedEngine(), SECTION, queries=judged_by(file, STRICT))
    file.write_text("raise SystemExit('it ran')\n")
    with pytest.raises(UsageError, match=r"checks\.py:judge, a function of your own; .* --recipe RECIPE"):
        regrade(tmp_path / "run")


def test_queries_with_a_new_verifier_may_join(tmp_path: Path) -> None:
    known = make_queries(4)
    run(tmp_path / "run", SimulatedEngine(), SECTION, queries=known)
    joined = [*known, *judged_by(tmp_path / "checks.py", STRICT)[4:]]
    run(tmp_path / "run", SimulatedEngine(), SECTION, queries=joined, amend=True)
    assert open_journal(tmp_path / "run").finished
    assert list(read_manifest(tmp_path / "run", stage="sample")["verifiers"]) == [
        f"{tmp_path}/checks.py:judge"
    ]


def test_corrected_references_cost_no_sampling(tmp_path: Path) -> None:
    """Ids are hashes of the content where the data have none, so a corrected query has a new one."""
    rows = [{"query": f"What is {i}?", "reference": str(i + 100 * (i == 2))} for i in range(4)]
    path, first, second = tmp_path / "own.jsonl", tmp_path / "first", tmp_path / "second"

    def source() -> QuerySource:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return QuerySource(dataset=str(path))

    class Knows(SimulatedEngine):
        async def _generate(self, request: Request) -> Completion:
            number = texts_asked[request.id.partition("/")[0]].split()[-1].rstrip("?")
            return Completion(f"It is \\boxed{{{number}}}", "stop", prompt_tokens=1, completion_tokens=9)

    queries = load(source())
    texts_asked = {query.id: query.text for query in queries}
    run(first, Knows(), SECTION, queries=queries)
    counts = [open_journal(first).counts()[query.id] for query in queries]
    assert [one.correct > 0 for one in counts] == [True, True, False, True]
    rows[2]["reference"] = "2"
    del rows[3]
    corrected = load(source())
    with pytest.raises(JournalError, match=r"not asked for any more .* --recipe RECIPE --into NEW-FOLDER"):
        run(first, Knows(), SECTION, queries=corrected, amend=True)

    found = regrade(first, sources=[source()], into=second)

    assert found.left_out == counts[3].trials
    assert {(d.stored, d.now) for d in found.disagreements} == {("wrong", "correct")}
    assert [query.id for query in open_journal(second).queries()] == [query.id for query in corrected]
    assert all(one.correct == one.trials for one in open_journal(second).counts().values())
    engine = Knows()
    assert run(second, engine, SECTION, queries=corrected).complete and not engine.launched
    assert_sound(second)


def test_a_recipe_of_other_queries_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "run", SimulatedEngine(), SECTION, count=3)
    other = written(tmp_path / "own.jsonl", make_queries(2, start=50))
    with pytest.raises(DataError, match="none of its queries is among those of the recipe"):
        regrade(tmp_path / "run", sources=[other])
