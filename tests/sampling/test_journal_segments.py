"""Segments: at which limits they close, and that closing changes nothing of what they hold."""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dartmath.base.errors import JournalError
from dartmath.sampling.journal_segments import (
    close_segment,
    correct_hashes,
    count_rows,
    read_counters,
    read_samples,
    segment_numbers,
    segment_path,
    snapshot_numbers,
    write_counters,
)
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.sample import Sample
from dartmath.sampling.tally import Tally, Windows
from dartmath.verify.contract.outcome import Outcome

FULL = Sample(
    *("q1", 3, "5 \u00e9\n", "stop", 4, 9),
    seed=2**62,
    outcome=Outcome.CORRECT,
    answer="5",
    reason="text",
    seconds=0.25,
    text_hash=-(2**60),
    thoughts="hm",
    server="http://a",
    model="m",
    fingerprint="fp",
    logprob=-1.5,
    cached_tokens=2,
    reasoning_tokens=1,
    teacher="big",
    tools={"ok": 1, "error": 2, "timeout": 0, "refused": 3},
)
PLAIN = Sample("q0", 0, "6", "length", 1, 2, seed=1, outcome=Outcome.WRONG)


def write(
    folder: Path,
    samples: list[Sample],
    *,
    finish: bool = False,
    rows: int | None = None,
    size: int | None = None,
) -> None:
    """Each sample is counted, appended and flushed by itself, as it comes."""
    folder.mkdir(exist_ok=True)
    tally = Tally(3)
    with JournalWriter(folder, tally, rows=rows, size=size) as writer:
        for sample in samples:
            tally.add(int(sample.query_id[1:]), sample)
            writer.append(sample)
            writer.flush()
        if finish:
            writer.finish()


def sizes(folder: Path) -> list[int]:
    return [count_rows(folder, number) for number in segment_numbers(folder)]


TEN = [replace(PLAIN, trial=trial) for trial in range(10)]


@pytest.mark.parametrize(
    ("limits", "held", "closed"),
    [
        ({"rows": 4}, [4, 4, 2], 2),
        ({"rows": 5}, [5, 5], 2),
        ({"rows": 1}, [1] * 10, 10),
        ({"size": 3}, [1] * 10, 10),
        ({}, [10], 0),
    ],
)
def test_a_segment_closes_when_it_holds_its_rows(
    tmp_path: Path, limits: dict[str, int], held: list[int], closed: int
) -> None:
    write(tmp_path, TEN, rows=limits.get("rows"), size=limits.get("size"))
    assert sizes(tmp_path) == held
    there = [segment_path(tmp_path, number, "parquet").is_file() for number in range(len(held))]
    assert there == [number < closed for number in range(len(held))]


@pytest.mark.parametrize(("beyond", "held"), [(0, [3, 3, 3, 1]), (1, [4, 4, 2]), (-1, [3, 3, 3, 1])])
def test_a_segment_closes_when_it_holds_its_bytes(tmp_path: Path, beyond: int, held: list[int]) -> None:
    write(tmp_path / "one", TEN[:1])
    line = segment_path(tmp_path / "one", 0, "jsonl").stat().st_size
    write(tmp_path / "ten", TEN, size=3 * line + beyond)
    assert sizes(tmp_path / "ten") == held


def test_rows_of_an_earlier_session_count_towards_the_limit(tmp_path: Path) -> None:
    write(tmp_path, TEN[:2], rows=4)
    write(tmp_path, TEN[2:5], rows=4)
    write(tmp_path, TEN[5:], rows=4)
    assert sizes(tmp_path) == [4, 4, 2]
    write(tmp_path, [], rows=4)
    assert sizes(tmp_path) == [4, 4, 2]


def test_closing_a_segment_keeps_every_sample(tmp_path: Path) -> None:
    samples = [FULL, PLAIN, replace(FULL, query_id="q2", text_hash=None)]
    write(tmp_path, samples)
    assert list(read_samples(tmp_path, 0)) == samples
    close_segment(tmp_path, 0)
    assert list(read_samples(tmp_path, 0)) == samples
    assert list(read_samples(tmp_path, 0, [Outcome.WRONG])) == [PLAIN]
    assert (count_rows(tmp_path, 0), segment_path(tmp_path, 0, "jsonl").exists()) == (3, False)


def test_a_closed_segment_has_the_same_types_whatever_its_samples_hold(tmp_path: Path) -> None:
    """So that all segments of a run are read as one table."""
    for name, sample in (("full", FULL), ("plain", PLAIN)):
        write(tmp_path / name, [sample], finish=True)
    full, plain = (pq.read_schema(segment_path(tmp_path / name, 0, "parquet")) for name in ("full", "plain"))
    assert full == plain
    assert (str(full.field("teacher").type), str(full.field("logprob").type)) == ("string", "double")


def test_a_session_without_a_sample_leaves_no_segment(tmp_path: Path) -> None:
    write(tmp_path, TEN, finish=True)
    write(tmp_path, [])
    assert segment_numbers(tmp_path) == [0] and sizes(tmp_path) == [10]


def test_samples_that_were_taken_are_written_when_a_run_is_interrupted(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), JournalWriter(tmp_path, Tally(3)) as writer:
        writer.append(PLAIN)
        raise KeyboardInterrupt
    assert list(read_samples(tmp_path, 0)) == [PLAIN]


def test_hashes_of_correct_responses_by_query(tmp_path: Path) -> None:
    found = [
        replace(FULL, query_id=f"q{query}", trial=trial, text_hash=text, outcome=outcome)
        for trial, (query, text, outcome) in enumerate(
            [
                *((2, 7, Outcome.CORRECT), (0, 5, Outcome.CORRECT), (2, 8, Outcome.WRONG)),
                *((0, 6, Outcome.CORRECT), (1, 9, Outcome.ERROR), (2, -7, Outcome.CORRECT)),
                (0, None, Outcome.CORRECT),
            ]
        )
    ]
    write(tmp_path, found, finish=True)
    hashes = {query: array("q", data).tolist() for query, data in correct_hashes(tmp_path, 0)}
    assert hashes == {"q2": [7, -7], "q0": [5, 6]}


def test_a_snapshot_says_of_which_windows_and_teachers_it_is(tmp_path: Path) -> None:
    tally = Tally(3, 4, (2, 5))
    for sample in (FULL, replace(PLAIN, trial=7)):
        tally.add(int(sample.query_id[1:]), sample)
    (tmp_path / "segments").mkdir()
    for number in range(4):
        write_counters(tmp_path, number, tally.snapshot(), tally.windows)
    assert snapshot_numbers(tmp_path) == [2, 3]
    found = read_counters(tmp_path, 3)
    assert found is not None
    columns, windows = found
    assert windows == Windows(4, (2, 5))
    copy = Tally(3, 4, (2, 5))
    copy.restore(columns)
    assert [copy.counts(i) for i in range(3)] == [tally.counts(i) for i in range(3)]
    assert (
        (copy.islands, copy.teachers) == (tally.islands, tally.teachers) == ({1: {3}, 0: {7}}, copy.teachers)
    )
    assert copy.since(0, 2) == tally.since(0, 2) == (1, 0)


def test_a_segment_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_samples(tmp_path, 0))
    write(tmp_path, TEN, finish=True)
    segment_path(tmp_path, 0, "parquet").write_bytes(b"PAR1")
    with pytest.raises(JournalError, match=r"000000\.parquet: cannot be read"):
        count_rows(tmp_path, 0)
