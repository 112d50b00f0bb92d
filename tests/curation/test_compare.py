from __future__ import annotations

import random

import pytest

from curation.memory import pools
from dartmath.curation.bands import band_of
from dartmath.curation.compare import PolicyComparison, compare
from dartmath.curation.pool import QueryPool
from dartmath.sampling.policy import PolicySection, Prop2Diff

# band -> pass rate of its queries in the made-up pool
RATES = {"easy": 0.9, "middle": 0.5, "hard": 0.15}


def compared(found: list[QueryPool], sampled: PolicySection, size: int | None = None) -> PolicyComparison:
    return compare(found, sampled, band_of([pool.query for pool in found]), size)


@pytest.fixture(scope="module")
def comparison() -> PolicyComparison:
    draw = random.Random(0)
    verdicts = {
        f"{band} {i}": [draw.random() < rate for _ in range(200)]
        for band, rate in RATES.items()
        for i in range(30)
    }
    metadata = {name: {"band": name.split()[0]} for name in verdicts}
    return compared(pools(verdicts, **metadata), Prop2Diff(k=16, pilot=16, cap=200))


def test_policies_are_compared_at_one_size(comparison: PolicyComparison) -> None:
    assert set(comparison.rows.values()) == {comparison.size}


def test_a_pool_without_enough_gives_what_it_has() -> None:
    made = compared(pools({"a": [True] * 3, "b": [False] * 3}), Prop2Diff(k=2, pilot=2), size=100)
    assert (made.size, made.rows) == (3, {"vrt": 3, "uniform": 3, "prop2diff": 1})


def test_vrt_draws_only_from_trials_that_every_query_has() -> None:
    verdicts = {"easy": [True, True], "hard": [False, False, *[True] * 50]}
    made = compared(pools(verdicts), Prop2Diff(k=20, pilot=2), size=20)
    assert made.k["vrt"] <= 2 and made.size == made.rows["vrt"] == 2


def test_uniform_is_flat_prop2diff_rises_and_vrt_falls(comparison: PolicyComparison) -> None:
    per_query = {p: [band.per_query[p] for band in comparison.bands] for p in comparison.k}
    assert max(per_query["uniform"]) - min(per_query["uniform"]) < 0.2
    assert per_query["prop2diff"] == sorted(per_query["prop2diff"])
    assert per_query["vrt"] == sorted(per_query["vrt"], reverse=True)
    assert comparison.rank_correlation == 1.0


def test_the_table_adds_up(comparison: PolicyComparison) -> None:
    *bands, total = comparison.table()
    assert [row[0] for row in bands] == list(RATES)
    for column in (1, 3, 4, 5, 6):
        assert total[column] == sum(row[column] for row in bands)  # type: ignore[misc]
    assert len(comparison.columns()) == len(total)


def test_curves_run_from_the_easiest_query_to_the_hardest(comparison: PolicyComparison) -> None:
    assert comparison.fail_rates == sorted(comparison.fail_rates)
    assert {len(curve) for curve in comparison.curves.values()} == {90}
    assert {p: sum(curve) for p, curve in comparison.curves.items()} == comparison.rows


def test_queries_without_trials_are_rows_of_the_table_and_not_of_the_curves() -> None:
    made = compared(pools({"a": [True, False] * 4, "b": []}), Prop2Diff(k=2, pilot=4))
    assert sum(band.queries for band in made.bands) == 2
    assert len(made.fail_rates) == 1 and made.rank_correlation is None
