"""GradingPool: order, speed of many small items, hung and killed workers, closing."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import psutil
import pytest

from dartmath.base.errors import UsageError
from dartmath.base.file_limit import raise_file_limit
from dartmath.queries.query import make_query
from dartmath.verify import GradingPool, Outcome, grade, grade_many

QUERY = make_query("test", "What is 2 + 2?", "4")


def workers_of_this_process() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "dartmath.verify.serve.worker" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it ended just now; a zombie is one of these too
        return False


def test_a_worker_answers_beside_more_open_files_than_select_knows() -> None:
    raise_file_limit()
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with GradingPool(1) as pool:
            assert max(opened) > 1023 and pool.submit(QUERY, "so \\boxed{4}").result(60).correct
    finally:
        for descriptor in opened:
            os.close(descriptor)


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_verdicts_are_those_of_grade(workers: int) -> None:
    responses = [rf"so \boxed{{{n}}}" for n in range(8)] + [
        "no answer\nhere",
        "\ud800 \\boxed{4}",
        "x" * 200_000,
    ]
    with GradingPool(workers) as pool:
        futures = [pool.submit(QUERY, response) for response in responses]
        assert [future.result() for future in futures] == [grade(QUERY, response) for response in responses]


def test_the_finish_reason_travels() -> None:
    with GradingPool(1) as pool:
        assert pool.submit(QUERY, "First\nwe", "length").result().outcome is Outcome.TRUNCATED


def test_metadata_of_the_query_travels() -> None:
    asked = make_query("test", "How long?", "1.5", tolerance=0.1, level="5")
    with GradingPool(1) as pool:
        assert pool.submit(asked, r"\boxed{1.55}").result().correct


def test_an_item_that_takes_too_long_times_out_and_the_rest_is_graded() -> None:
    with GradingPool(1, timeout=1e-6) as pool:
        assert pool.submit(QUERY, r"\boxed{4}").result().outcome is Outcome.TIMEOUT
    with GradingPool(1, timeout=10.0) as pool:
        assert pool.submit(QUERY, r"\boxed{4}").result().correct


def test_killed_workers_are_replaced_and_nothing_is_lost() -> None:
    with GradingPool(2) as pool:
        futures = [pool.submit(QUERY, rf"\boxed{{{n % 7}}}") for n in range(3000)]
        futures[0].result()
        for process in workers_of_this_process():
            os.kill(process.pid, signal.SIGKILL)
        futures += [pool.submit(QUERY, rf"\boxed{{{n % 7}}}") for n in range(3000)]
        verdicts = [future.result() for future in futures]
    assert [verdict.correct for verdict in verdicts] == [n % 7 == 4 for n in range(3000)] * 2


def test_closing_finishes_the_work_and_ends_the_workers() -> None:
    pool = GradingPool(2)
    futures = [pool.submit(QUERY, r"\boxed{4}") for _ in range(500)]
    pool.close()
    assert all(future.done() and future.result().correct for future in futures)
    deadline = time.monotonic() + 5
    while workers_of_this_process() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not workers_of_this_process()
    pool.close()
    with pytest.raises(UsageError, match="closed"):
        pool.submit(QUERY, r"\boxed{4}")


def test_a_cancelled_future_is_skipped() -> None:
    with GradingPool(1) as pool:
        futures = [pool.submit(QUERY, r"\boxed{4}") for _ in range(2000)]
        cancelled = [future for future in reversed(futures) if future.cancel()]
        rest = [future for future in futures if not future.cancelled()]
        assert all(future.result().correct for future in rest)
        assert len(cancelled) + len(rest) == 2000


@pytest.mark.parametrize("arguments", [{"workers": -1}, {"timeout": 0}])
def test_impossible_arguments_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="workers >= 0 and timeout > 0"):
        GradingPool(**arguments)


@pytest.mark.parametrize("workers", [0, 1])
def test_grade_many_streams_in_order_and_reads_only_a_little_ahead(workers: int) -> None:
    taken = 0

    def pairs() -> Any:
        nonlocal taken
        for n in range(10_000):
            taken += 1
            yield QUERY, rf"\boxed{{{n % 5}}}"

    stream = grade_many(pairs(), workers)
    first = [next(stream).correct for _ in range(10)]
    assert first == [n % 5 == 4 for n in range(10)]
    assert taken < 3000
    assert sum(verdict.correct for verdict in stream) == 2000 - sum(first)
