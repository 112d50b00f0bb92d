"""The journal: counters from segments, snapshots or both; torn tails; damage; versions."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dartmath.base.errors import ConfigError, DataError, JournalError
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.sampling import journal_manifest, journal_writer
from dartmath.sampling.config import Budget, SamplingSection
from dartmath.sampling.journal import journal_folder, load_tally, open_journal
from dartmath.sampling.journal_manifest import other_settings
from dartmath.sampling.journal_segments import (
    segment_numbers,
    segment_path,
    snapshot_numbers,
    write_counters,
)
from dartmath.sampling.policy import PolicySection, Prop2Diff, Uniform
from dartmath.sampling.status import run_status
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import SimulatedEngine, assert_sound, dataset, make_queries, run

SECTION = SamplingSection(policy=Uniform(k=5, cap=40), workers=0)
LIMITED = SECTION.model_copy(update={"budget": Budget(samples=130)})


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_writer, "ROWS", 30)


def open_segment(folder: Path) -> Path:
    """The one segment that is still JSONL."""
    (path,) = (folder / "segments").glob("*.jsonl")
    return path


@pytest.mark.usefixtures("small_segments")
def test_finished_run_is_all_parquet_and_keeps_two_snapshots(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    numbers = segment_numbers(tmp_path)
    assert len(numbers) >= 3 and numbers == list(range(len(numbers)))
    assert all(segment_path(tmp_path, n, "parquet").is_file() for n in numbers)
    assert not list((tmp_path / "segments").glob("*.jsonl"))
    assert snapshot_numbers(tmp_path) == numbers[-2:]


@pytest.mark.usefixtures("small_segments")
@pytest.mark.parametrize("texts", [False, True])
def test_counters_are_the_same_from_snapshot_and_from_samples(tmp_path: Path, texts: bool) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    queries = open_journal(tmp_path).queries()
    fast = load_tally(tmp_path, queries, SECTION, texts=texts)
    for number in snapshot_numbers(tmp_path):
        segment_path(tmp_path, number, "counters.parquet").unlink()
    slow = load_tally(tmp_path, queries, SECTION, texts=texts)
    assert [fast.counts(i) for i in range(20)] == [slow.counts(i) for i in range(20)]
    assert [fast.missing(i) for i in range(20)] == [slow.missing(i) for i in range(20)]


@pytest.mark.usefixtures("small_segments")
def test_damaged_snapshot_is_recounted(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    before = open_journal(tmp_path).counts()
    for number in snapshot_numbers(tmp_path):
        segment_path(tmp_path, number, "counters.parquet").write_bytes(b"PAR1 nonsense")
    assert open_journal(tmp_path).counts() == before


@pytest.mark.usefixtures("small_segments")
def test_segments_of_before_some_tokens_were_counted_have_none_of_them(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    journal = open_journal(tmp_path)
    now = journal.tally()
    for number in snapshot_numbers(tmp_path):
        segment_path(tmp_path, number, "counters.parquet").unlink()
    for number in segment_numbers(tmp_path):
        path = segment_path(tmp_path, number, "parquet")
        pq.write_table(pq.read_table(path).drop_columns(["cached_tokens", "reasoning_tokens"]), path)
    older = journal.tally()
    assert (older.total, older.total_tokens) == (now.total, now.total_tokens)
    assert (older.total_cached_tokens, older.total_reasoning_tokens) == (0, 0)


@pytest.mark.usefixtures("small_segments")
def test_missing_segment_is_noticed_and_can_be_sampled_again(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    before = dataset(tmp_path)
    segment_path(tmp_path, 0, "parquet").unlink()
    with pytest.raises(JournalError, match=r"counters say .* rm .*counters\.parquet"):
        run(tmp_path, SimulatedEngine(), SECTION)
    for number in snapshot_numbers(tmp_path):
        segment_path(tmp_path, number, "counters.parquet").unlink()
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert before <= dataset(tmp_path)
    assert_sound(tmp_path)


@pytest.mark.usefixtures("small_segments")
def test_damaged_segment_is_an_error_with_its_path(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    segment_path(tmp_path, 0, "parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(JournalError, match=r"000000\.parquet: cannot be read"):
        list(open_journal(tmp_path).samples())
    with pytest.raises(JournalError, match=r"000000\.parquet: cannot be read"):
        run(tmp_path, SimulatedEngine(), SECTION)


@pytest.mark.usefixtures("small_segments")
@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize("pilot", [3, 9])
@pytest.mark.parametrize("policy", [Uniform(k=5, cap=40), Prop2Diff(k=5, pilot=5, cap=40)])
def test_counters_of_another_pilot(tmp_path: Path, pilot: int, policy: PolicySection, texts: bool) -> None:
    """From a run without a pilot, and from one whose own pilot is counted already."""
    run(tmp_path, SimulatedEngine(), SECTION.model_copy(update={"policy": policy}))
    journal = open_journal(tmp_path)
    other = SECTION.model_copy(update={"policy": Prop2Diff(pilot=pilot)})
    tally = load_tally(tmp_path, journal.queries(), other, texts=texts)
    first = [s for s in journal.samples() if s.trial < pilot]
    for index, query in enumerate(journal.queries()):
        mine = [s for s in first if s.query_id == query.id]
        assert tally.pilot_trials[index] == len(mine)
        assert tally.pilot_correct[index] == sum(s.outcome == "correct" for s in mine)


@pytest.mark.usefixtures("small_segments")
def test_counters_of_more_queries_than_there_are_say_nothing(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    queries = open_journal(tmp_path).queries()
    with pytest.raises(JournalError, match="which is not among its queries"):
        load_tally(tmp_path, queries[:10], SECTION)


@pytest.mark.parametrize("tail", [b'{"query_id":"q00001","tri', b"\x00" * 700, b"{}\n", b"\xff\xfe\n"])
def test_torn_tail_is_left_out_and_sampled_again(tmp_path: Path, tail: bytes) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    with open_segment(tmp_path).open("ab") as file:
        file.write(tail)
    assert sum(1 for _ in open_journal(tmp_path).samples()) == 130
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert_sound(tmp_path)


def test_last_line_torn_in_two_is_owed_again(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    path = open_segment(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert sum(1 for _ in open_journal(tmp_path).samples()) == 129
    run(tmp_path, SimulatedEngine(), SECTION)
    assert_sound(tmp_path)


@pytest.mark.parametrize("whole", [0, 5])
def test_a_full_segment_that_was_not_synced_before_the_power_failed(tmp_path: Path, whole: int) -> None:
    """The next segment is written already while a full one is synced and turned into Parquet."""
    run(tmp_path, SimulatedEngine(), LIMITED)
    path = open_segment(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:whole]) + lines[whole][:-40])
    segment_path(tmp_path, 1, "jsonl").write_bytes(b"".join(lines[whole + 1 :]))
    assert sum(1 for _ in open_journal(tmp_path).samples()) == 129
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert_sound(tmp_path)
    assert all(segment_path(tmp_path, n, "parquet").is_file() for n in segment_numbers(tmp_path))


def test_damage_in_the_middle_is_an_error_with_its_place(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    path = open_segment(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[10] = b"oops\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError, match=r"000000\.jsonl:11: damaged"):
        run(tmp_path, SimulatedEngine(), SECTION)


@pytest.mark.parametrize(
    "damage",
    [
        {"outcome": "maybe"},
        {"outcome": None},
        {"query_id": 7},
        {"trial": "x"},
        {"trial": -3},
        {"trial": 10**12},
        {"completion_tokens": None},
        {"completion_tokens": 10**15},
        {"seed": "a"},
        {"text": None},
        {"unknown": 1},
        {"seconds": "1.5"},
    ],
)
def test_a_line_that_is_json_but_no_sample_is_damage(tmp_path: Path, damage: dict[str, object]) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    path = open_segment(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[10] = json.dumps({**json.loads(lines[10]), **damage}).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError, match=r"000000\.jsonl:11: damaged"):
        open_journal(tmp_path).counts()
    path.write_bytes(b"".join(lines[:10] + lines[11:]))
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert_sound(tmp_path)


def test_files_of_others_among_the_segments_are_left_alone(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    names = ["00000a.jsonl", "0000001.jsonl", "000000.jsonl.bak", "1.parquet", "9.counters.parquet"]
    for name in names:
        (tmp_path / "segments" / name).write_text("mine")
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert [(tmp_path / "segments" / name).read_text() for name in names] == ["mine"] * len(names)


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"journal": {"version": "x"}}, JournalError, r"manifest\.json is damaged"),
        ({"journal": None}, JournalError, r"manifest\.json is damaged"),
        ({"config": None}, JournalError, r"manifest\.json is damaged"),
        ({"summary": []}, JournalError, r"manifest\.json is damaged"),
        ({"config": {"temprature": 1}}, ConfigError, r'manifest\.json: .*did you mean "temperature"'),
    ],
)
def test_a_manifest_with_damaged_values_is_named(
    tmp_path: Path, changes: dict[str, object], error: type[Exception], says: str
) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    write_manifest(tmp_path, {**read_manifest(tmp_path), **changes})
    with pytest.raises(error, match=says):
        run_status(tmp_path)


@pytest.mark.parametrize(
    "line", ["[1]", "{}", '{"id": "q", "dataset": "d", "text": "t", "references": null}']
)
def test_damaged_queries_are_named(tmp_path: Path, line: str) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    (tmp_path / "queries.jsonl").write_text(f"{line}\n")
    with pytest.raises(JournalError, match=r"queries\.jsonl: cannot be read"):
        open_journal(tmp_path).counts()


@pytest.mark.parametrize(
    "beat", ["[1]", '{"seconds": "x", "updated": null, "concurrency": []}', "[" * 100_000]
)
def test_a_damaged_heartbeat_harms_nothing(tmp_path: Path, beat: str) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    (tmp_path / "progress.json").write_text(beat)
    assert run_status(tmp_path).samples == 130
    assert run(tmp_path, SimulatedEngine(), SECTION).complete


@pytest.mark.usefixtures("small_segments")
def test_kill_between_parquet_and_removal_of_its_source(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    first = segment_path(tmp_path, 0, "parquet")
    rows = [s.to_json() for s in open_journal(tmp_path).samples() if s.trial == 0][:5]
    segment_path(tmp_path, 0, "jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    assert first.is_file()
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert_sound(tmp_path)


def test_newer_version_is_refused(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    manifest = read_manifest(tmp_path)
    write_manifest(tmp_path, {**manifest, "journal": {"version": 99}})
    with pytest.raises(JournalError, match="newer dartmath"):
        open_journal(tmp_path)
    with pytest.raises(JournalError, match="pip install --upgrade dartmath"):
        run(tmp_path, SimulatedEngine(), SECTION)


def test_older_version_is_converted_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    queries = tmp_path / "queries.jsonl"
    queries.rename(tmp_path / "queries-old.jsonl")
    now = journal_manifest.VERSION
    steps = {
        now: lambda folder: (folder / "queries-old.jsonl").rename(folder / "queries-older.jsonl"),
        now + 1: lambda folder: (folder / "queries-older.jsonl").rename(folder / "queries.jsonl"),
    }
    monkeypatch.setattr(journal_manifest, "VERSION", now + 2)
    monkeypatch.setattr(journal_manifest, "MIGRATIONS", steps)
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert read_manifest(tmp_path)["journal"]["version"] == now + 2


def test_version_without_a_conversion_is_refused(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    write_manifest(tmp_path, {**read_manifest(tmp_path), "journal": {"version": 0}})
    with pytest.raises(JournalError, match="version 0"):
        run(tmp_path, SimulatedEngine(), SECTION)


def test_samples_without_a_manifest_are_not_overwritten(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(JournalError, match=r"no manifest\.json"):
        run(tmp_path, SimulatedEngine(), SECTION)


def test_folder_that_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no manifest"):
        open_journal(tmp_path)


def test_reading_beside_a_writer(tmp_path: Path) -> None:
    seen: list[int] = []

    def look(request: object) -> None:
        if len(engine.launched) % 25 == 0:
            journal = open_journal(tmp_path)
            seen.append(sum(c.trials for c in journal.counts().values()))
            assert sum(1 for _ in journal.samples()) >= seen[-1]

    engine = SimulatedEngine(before=look)
    run(tmp_path, engine, SECTION, queries=make_queries(20))
    assert seen == sorted(seen) and seen[-1] > 0


@pytest.mark.usefixtures("small_segments")
@pytest.mark.parametrize("policy", [SECTION.policy, Prop2Diff(pilot=3)])
def test_a_response_that_a_closed_segment_has_is_known_as_a_duplicate(
    tmp_path: Path, policy: PolicySection
) -> None:
    """For another pilot the segments are counted anew, and their texts are known all the same."""
    run(tmp_path, SimulatedEngine(), SECTION)
    queries = open_journal(tmp_path).queries()
    tally = load_tally(tmp_path, queries, SECTION.model_copy(update={"policy": policy}), texts=True)
    first = next(s for s in open_journal(tmp_path).samples([Outcome.CORRECT]))
    index = [query.id for query in queries].index(first.query_id)
    before, trial = tally.counts(index), 10**6
    assert tally.record(index, trial, Outcome.CORRECT, prompt_tokens=1, tokens=1, text_hash=first.text_hash)
    after = tally.counts(index)
    assert (after.correct, after.distinct) == (before.correct + 1, before.distinct)


@pytest.mark.usefixtures("small_segments")
def test_a_segment_without_a_correct_response_has_no_text_to_know(tmp_path: Path) -> None:
    wrong = SimulatedEngine(rates={query.id: 0.0 for query in make_queries(20)})
    run(tmp_path, wrong, LIMITED)
    tally = load_tally(tmp_path, open_journal(tmp_path).queries(), SECTION, texts=True)
    assert (tally.total, tally.total_correct) == (130, 0)


def test_the_journal_of_a_run_is_found_from_the_folder_of_its_recipe(tmp_path: Path) -> None:
    assert journal_folder(tmp_path) == tmp_path
    run(tmp_path / "sample", SimulatedEngine(), LIMITED)
    assert journal_folder(tmp_path) == tmp_path / "sample"
    assert journal_folder(tmp_path / "sample") == tmp_path / "sample"
    run(tmp_path / "round-1" / "sample", SimulatedEngine(), LIMITED)
    run(tmp_path / "round-2" / "sample", SimulatedEngine(), LIMITED)
    assert journal_folder(tmp_path / "round-2") == tmp_path / "round-2" / "sample"


def test_what_was_not_asked_for_before_is_another_setting() -> None:
    before = {"model": {"name": "m"}, "config": {"judge": None, "top_p": 1.0}}
    now = {"model": {"name": "m"}, "config": {"judge": {"model": "j"}, "top_p": 0.9}}
    assert other_settings(before, now) == [
        "judge: None there, {'model': 'j'} asked",
        "top_p: 1.0 there, 0.9 asked",
    ]
    assert other_settings(now, now) == []


def test_kill_between_the_counters_of_a_segment_and_its_parquet(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), LIMITED)
    queries = open_journal(tmp_path).queries()
    tally = load_tally(tmp_path, queries, SECTION)
    last = segment_numbers(tmp_path)[-1]
    assert open_segment(tmp_path) == segment_path(tmp_path, last, "jsonl")
    write_counters(tmp_path, last, tally.snapshot(), tally.windows)
    again = load_tally(tmp_path, queries, SECTION, texts=True)
    assert (again.total, again.total_correct) == (tally.total, tally.total_correct)
