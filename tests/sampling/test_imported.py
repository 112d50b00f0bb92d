"""A run made of responses that are there already: what it counts, and how it goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet import read_table

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.base.section import validate
from dartmath.curation.config import CurationSection
from dartmath.curation.run import curate
from dartmath.queries.query import Query
from dartmath.sampling.config import ResponseColumns, SamplingSection
from dartmath.sampling.imported import Imported, import_responses
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import Prop2Diff, Uniform
from dartmath.sampling.responses import StoredResponses
from dartmath.sampling.run import sample
from dartmath.sampling.sample import Sample
from dartmath.sampling.status import run_status
from dartmath.sampling.teachers import Staff, Teacher, own_teacher
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import MODEL, QA, SimulatedEngine, assert_sound, make_queries, run

SECTION = SamplingSection(policy=Prop2Diff(k=6, pilot=3, cap=20), workers=0)


def write(path: Path, rows: Sequence[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def answer(number: int, given: int) -> dict[str, Any]:
    return {"query": f"What is {number}?", "response": f"It is \\boxed{{{given}}}."}


def imported(
    folder: Path,
    *sources: str,
    queries: Sequence[Query] = (),
    section: SamplingSection = SECTION,
    teachers: Sequence[Teacher] = (),
    **columns: Any,
) -> Imported:
    asked = queries or make_queries(4)
    return import_responses(
        asked,
        StoredResponses(sources, ResponseColumns(**columns)),
        QA,
        section,
        folder,
        seed=7,
        model=MODEL,
        shots={},
        count_tokens=lambda texts: [len(text) for text in texts],
        teachers=teachers,
    )


def samples(folder: Path) -> list[Sample]:
    return sorted(open_journal(folder).samples(), key=lambda s: (s.query_id, s.trial))


def test_responses_are_the_first_trials_of_their_queries(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [answer(2, 2), answer(0, 5), answer(2, 3), answer(0, 0), answer(2, 2)])
    found = imported(tmp_path / "run", file)
    assert (found.asked, found.queries, found.responses, found.correct) == (4, 2, 5, 3)
    assert [(s.query_id, s.trial, s.outcome.value, s.answer) for s in samples(tmp_path / "run")] == [
        ("q00000", 0, "wrong", "5"),
        ("q00000", 1, "correct", "0"),
        ("q00002", 0, "correct", "2"),
        ("q00002", 1, "wrong", "3"),
        ("q00002", 2, "correct", "2"),
    ]
    assert_sound(tmp_path / "run")


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=60), st.data())
@settings(max_examples=25, deadline=None)
def test_many_files_count_as_one(rows: list[tuple[int, bool]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(rows)))
    made = [answer(number, number if right else -1) for number, right in rows]
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = write(folder / "whole.jsonl", made)
        parts = [write(folder / "a.jsonl", made[:cut]), write(folder / "b.jsonl", made[cut:])]
        imported(folder / "whole", whole)
        imported(folder / "parts", *parts)
        assert samples(folder / "whole") == samples(folder / "parts")
        counts = open_journal(folder / "whole").counts()
        for number in range(4):
            given = [right for asked, right in rows if asked == number]
            found = counts[f"q{number:05d}"]
            assert (found.trials, found.correct) == (len(given), sum(given))
            assert (found.pilot_trials, found.pilot_correct) == (len(given[:3]), sum(given[:3]))


def test_sampling_goes_on_from_it(tmp_path: Path) -> None:
    """Nothing that is there is sampled again, and the trials that follow are those of any run."""
    rows = [answer(number, number) for number in range(4) for _ in range(2)]
    imported(tmp_path / "run", write(tmp_path / "r.jsonl", rows))
    assert not open_journal(tmp_path / "run").finished
    engine = SimulatedEngine()
    summary = run(tmp_path / "run", engine, SECTION, count=4)
    assert summary.complete
    assert not {f"q{number:05d}/{trial}" for number in range(4) for trial in range(2)} & set(engine.launched)
    assert summary.samples == 8 + sum(engine.launched.values())
    assert_sound(tmp_path / "run")
    assert open_journal(tmp_path / "run").manifest["imported"]["responses"] == 8


def test_what_the_policy_wants_may_be_there_already(tmp_path: Path) -> None:
    section = SECTION.model_copy(update={"policy": Uniform(k=1, cap=5)})
    imported(tmp_path / "run", write(tmp_path / "r.jsonl", [answer(n, n) for n in range(4)]), section=section)
    assert open_journal(tmp_path / "run").finished


def test_a_run_becomes_itself(tmp_path: Path) -> None:
    run(tmp_path / "a", SimulatedEngine(), SECTION, count=4)
    imported(tmp_path / "b", str(tmp_path / "a"))
    assert samples(tmp_path / "a") == samples(tmp_path / "b")
    assert open_journal(tmp_path / "a").counts() == open_journal(tmp_path / "b").counts()


def test_runs_follow_one_another(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 8)):
        run(tmp_path / name, SimulatedEngine(), SECTION, count=4, seed=seed)
    first, second = samples(tmp_path / "a"), samples(tmp_path / "b")
    imported(tmp_path / "c", str(tmp_path / "a"), str(tmp_path / "b"))
    there = open_journal(tmp_path / "a").counts()
    moved = [replace(s, trial=s.trial + there[s.query_id].trials) for s in second]
    assert samples(tmp_path / "c") == sorted([*first, *moved], key=lambda s: (s.query_id, s.trial))
    assert_sound(tmp_path / "c")


def test_settings_that_differ_are_named(tmp_path: Path) -> None:
    other = SECTION.model_copy(update={"temperature": 0.5, "policy": Uniform(k=1, cap=3), "workers": 1})
    run(tmp_path / "a", SimulatedEngine(), SECTION, count=4)
    run(tmp_path / "b", SimulatedEngine(), other, count=4, seed=9, model={**MODEL, "name": "other"})
    found = imported(tmp_path / "c", str(tmp_path / "a"), str(tmp_path / "b"))
    assert found.differing == (
        f"{tmp_path / 'b'}: temperature: 0.5 there, {SECTION.temperature} asked",
        f"{tmp_path / 'b'}: model.name: 'other' there, 'simulated' asked",
    )
    assert open_journal(tmp_path / "c").manifest["imported"]["differing"] == list(found.differing)


TAUGHT = validate(
    SamplingSection,
    {
        "policy": {"kind": "uniform", "k": 3, "cap": 40},
        "workers": 0,
        "teachers": [{"name": "big", "after": 5}, {"name": "other"}],
    },
    where="test",
)


def teachers() -> list[Teacher]:
    own = own_teacher(TAUGHT, QA, MODEL)
    return [own, *(replace(own, name=one.name) for one in TAUGHT.teachers)]


def test_a_column_or_the_name_of_a_source_says_who_answered(tmp_path: Path) -> None:
    rows = [{**answer(0, 0), "by": "main"}, {**answer(0, 0), "by": "big"}, {**answer(0, 1), "by": None}]
    by_column = write(tmp_path / "column.jsonl", rows)
    named = write(tmp_path / "named.jsonl", [{**answer(0, 0), "by": None}, {**answer(1, 1), "by": "big"}])
    folder = tmp_path / "run"
    found = imported(folder, by_column, f"other={named}", section=TAUGHT, teacher="by", teachers=teachers())
    assert (found.responses, found.correct) == (5, 4)
    assert [one.teacher for one in samples(folder)] == [None, "big", None, "other", "big"]
    told = {one.name: (one.trials, one.correct) for one in run_status(folder).teachers}
    assert told == {"main": (2, 1), "big": (2, 2), "other": (1, 1)}
    curate(folder, CurationSection(), tmp_path / "set")
    made = [row["teacher"] for row in read_table(tmp_path / "set" / "train.parquet").to_pylist()]
    assert sorted(made) == ["big", "main"], "the three right responses to the first query are one"


def test_a_teacher_that_the_recipe_does_not_name_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "rows.jsonl", [{**answer(0, 0), "by": "bgi"}])
    with pytest.raises(UnknownNameError, match=r"rows.jsonl:1: teacher 'bgi'.*big"):
        imported(tmp_path / "run", source, section=TAUGHT, teacher="by", teachers=teachers())
    assert not (tmp_path / "run").exists()


def test_sampling_goes_on_with_the_same_teachers(tmp_path: Path) -> None:
    source = write(tmp_path / "rows.jsonl", [answer(0, 0), answer(1, 0)])
    imported(tmp_path / "run", f"big={source}", section=TAUGHT, teachers=teachers())
    engine = SimulatedEngine()
    summary = sample(
        make_queries(4),
        engine,
        QA,
        TAUGHT,
        tmp_path / "run",
        seed=7,
        model=MODEL,
        staff=Staff(teachers(), [engine]),
    )
    assert summary.complete and samples(tmp_path / "run")[0].teacher == "big"


@pytest.mark.parametrize("keep", ["hash", "counts"])
def test_the_verdict_stands_where_a_run_kept_no_text(tmp_path: Path, keep: str) -> None:
    run(tmp_path / "a", SimulatedEngine(), SECTION.model_copy(update={"keep_wrong": keep}), count=4)
    imported(tmp_path / "b", str(tmp_path / "a"))
    assert samples(tmp_path / "a") == samples(tmp_path / "b")


def test_corrected_references_judge_the_samples_of_a_run(tmp_path: Path) -> None:
    run(tmp_path / "a", SimulatedEngine(), SECTION, count=4)
    corrected = [replace(query, references=("-1",)) for query in make_queries(4)]
    imported(tmp_path / "b", str(tmp_path / "a"), queries=corrected)
    swapped = {Outcome.CORRECT: Outcome.WRONG, Outcome.WRONG: Outcome.CORRECT}
    assert [s.outcome for s in samples(tmp_path / "b")] == [
        swapped[s.outcome] for s in samples(tmp_path / "a")
    ]


BATCH = {
    "custom_id": "q00001",
    "response": {"body": {"choices": [{"message": {"content": "\\boxed{1}"}}] * 2}},
}
FORMS: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str, int]]]] = {
    "columns of other names": (
        {"problem": "What is 1?", "generation": "\\boxed{1}"},
        {"query": "problem", "response": "generation"},
        [("q00001", "correct", "stop", 9)],
    ),
    "white space in the query": (
        {"query": " What is\n1?", "response": "\\boxed{1}"},
        {},
        [("q00001", "correct", "stop", 9)],
    ),
    "a list of responses": (
        {
            "query": "What is 1?",
            "response": ["\\boxed{1}", "", "\\boxed{2}"],
            "finish": ["stop", "length", None],
        },
        {"finish": "finish"},
        [
            ("q00001", "correct", "stop", 9),
            ("q00001", "truncated", "length", 0),
            ("q00001", "wrong", "stop", 9),
        ],
    ),
    "an id and tokens": (
        {"id": "q00003", "response": "\\boxed{3}", "n": "17"},
        {"id": "id", "tokens": "n"},
        [("q00003", "correct", "stop", 17)],
    ),
    "an id of each request": (
        {"id": "q00003/12", "response": "\\boxed{3}"},
        {"id": "id"},
        [("q00003", "correct", "stop", 9)],
    ),
    "paths": (
        BATCH,
        {"id": "custom_id", "response": "response.body.choices.0.message.content"},
        [("q00001", "correct", "stop", 9)],
    ),
    "paths to every element": (
        BATCH,
        {"id": "custom_id", "response": "response.body.choices.*.message.content"},
        [("q00001", "correct", "stop", 9)] * 2,
    ),
    "a column with dots in its name": (
        {"query": "What is 1?", "a.b": "\\boxed{1}"},
        {"response": "a.b"},
        [("q00001", "correct", "stop", 9)],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_rows(tmp_path: Path, form: str) -> None:
    row, columns, wanted = FORMS[form]
    imported(tmp_path / "run", write(tmp_path / "r.jsonl", [row]), **columns)
    found = [
        (s.query_id, s.outcome.value, s.finish_reason, s.completion_tokens) for s in samples(tmp_path / "run")
    ]
    assert found == wanted


def test_what_belongs_nowhere_is_counted(tmp_path: Path) -> None:
    rows = [answer(1, 1), answer(77, 1), {**answer(1, 1), "response": None}, answer(78, 1)]
    file = write(tmp_path / "r.jsonl", rows)
    found = imported(tmp_path / "run", file)
    assert (found.responses, found.without_query, found.without_text) == (1, 2, 1)
    assert found.first_without_query == f"{file}:2: 'What is 77?'"


GOOD = json.dumps(answer(1, 1))
BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such column": (
        GOOD,
        {"response": "respons"},
        "r.jsonl:1: no column 'respons'; did you mean \"response\"",
    ),
    "no such path": (GOOD, {"id": "response.id"}, r"r.jsonl:1: no column 'response.id'.*--id COLUMN"),
    "a number": (f'{GOOD}\n{{"query": "What is 1?", "response": 5}}', {}, "r.jsonl:2: .*is a text, found 5"),
    "half a row": (f'{GOOD}\n{{"query": ', {}, "r.jsonl:2: not valid JSON"),
    "lists of two lengths": (
        '{"query": "What is 1?", "response": ["a", "b"], "end": ["stop"]}',
        {"finish": "end"},
        "r.jsonl:1: column 'end' holds 1 values for 2 responses",
    ),
    "no tokens": (
        '{"query": "q", "response": "a", "n": -1}',
        {"tokens": "n"},
        "n' is a number of tokens, found -1",
    ),
    "other queries": (
        '{"query": "Why?", "response": "a"}',
        {},
        "no response belongs to a query that is asked .*Why",
    ),
    "nothing": ("", {}, "there are no responses"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_and_leaves_nothing(tmp_path: Path, case: str) -> None:
    text, columns, message = BAD[case]
    (tmp_path / "r.jsonl").write_text(text)
    with pytest.raises(DataError, match=message):
        imported(tmp_path / "run", str(tmp_path / "r.jsonl"), **columns)
    assert [path.name for path in tmp_path.iterdir()] == ["r.jsonl"]


def test_a_folder_or_a_source_is_not_taken_twice(tmp_path: Path) -> None:
    run(tmp_path / "a" / "sample", SimulatedEngine(), SECTION, count=4)
    with pytest.raises(DataError, match="is there already; imported responses go to a new folder"):
        imported(tmp_path / "a" / "sample", str(tmp_path / "a"))
    with pytest.raises(DataError, match="given twice"):
        imported(tmp_path / "b", str(tmp_path / "a"), str(tmp_path / "a" / "sample"))
    assert not (tmp_path / "b").exists()


def test_a_verifier_of_ones_own_judges(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("def judge(query, response):\n    return 'boxed' in response\n")
    own = [replace(query, verifier=f"{tmp_path}/checks.py:judge") for query in make_queries(4)]
    file = write(tmp_path / "r.jsonl", [answer(1, 99), {"query": "What is 1?", "response": "1"}])
    assert imported(tmp_path / "run", file, queries=own).correct == 1
    (tmp_path / "broken.py").write_text("def judge(query, response):\n    raise KeyError('x')\n")
    broken = [replace(query, verifier=f"{tmp_path}/broken.py:judge") for query in own]
    with pytest.raises(ConfigError, match="tried on an empty response"):
        imported(tmp_path / "other", file, queries=broken)
