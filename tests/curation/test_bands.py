from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from curation.memory import MemoryJournal, query, sample
from dartmath.curation.bands import QUANTILES, band_of, bands_of_run
from dartmath.queries.query import Query


def names(*queries: Query, rates: dict[str, float | None] | None = None) -> list[str]:
    return list(dict.fromkeys(band_of(queries, rates or {}).values()))


def test_bands_of_the_recipe_keep_its_order() -> None:
    assert names(query("a", band="two steps"), query("b", band="one step")) == ["two steps", "one step"]


def test_levels_come_in_the_order_of_their_numbers() -> None:
    assert names(query("a", level="10"), query("b", level="2")) == ["level 2", "level 10"]


def test_a_level_may_be_any_text() -> None:
    assert names(query("a", level="9" * 5000), query("b", level="2"))[0] == "level 2"


def test_several_data_sets_name_their_levels() -> None:
    gsm8k = Query("a", "gsm8k/train", "?", ("1",))
    math = [Query(f"m{n}", "math/train", "?", ("1",), metadata={"level": str(n)}) for n in (3, 1)]
    assert names(gsm8k, *math) == ["gsm8k/train", "math/train level 1", "math/train level 3"]


def test_queries_that_nothing_names_have_their_data_set_while_no_rates_are_known() -> None:
    asked = [Query("a", "own.jsonl", "?", ("1",)), Query("b", "gsm8k/train", "?", ("1",))]
    assert band_of(asked) == {"a": "own.jsonl", "b": "gsm8k/train"}
    levelled = [*asked, Query("c", "math/train", "?", ("1",), metadata={"level": "3"})]
    assert band_of(levelled) == band_of(levelled, {})
    assert band_of([]) == {}


@given(st.lists(st.none() | st.integers(0, 16).map(lambda n: n / 16), min_size=1, max_size=60))
def test_without_names_queries_of_equal_fail_rate_share_a_band(rates: list[float | None]) -> None:
    asked = [query(f"q{i}") for i in range(len(rates))]
    by_id = {q.id: rate for q, rate in zip(asked, rates, strict=True)}
    bands = band_of(asked, by_id)
    assert set(bands) == set(by_id)
    seen: dict[float | None, set[str]] = {}
    for id, band in bands.items():
        seen.setdefault(by_id[id], set()).add(band)
    assert all(len(found) == 1 for found in seen.values())
    assert len({b for b in bands.values() if b != "no trials"}) <= QUANTILES


def test_a_few_solved_queries_do_not_share_the_band_of_the_unsolved() -> None:
    asked = [query(f"q{i}") for i in range(100)]
    rates: dict[str, float | None] = {q.id: 0.5 if i < 4 else 1.0 for i, q in enumerate(asked)}
    assert names(*asked, rates=rates) == ["fail rate 0.50", "fail rate 1.00"]


def test_distinct_rates_make_equal_bands() -> None:
    asked = [query(f"q{i}") for i in range(100)]
    found = Counter(band_of(asked, {q.id: i / 100 for i, q in enumerate(asked)}).values())
    assert list(found.values()) == [20] * QUANTILES


def test_bands_of_a_run_are_cut_at_the_pilot_whatever_comes_after() -> None:
    # Four of eight right in the pilot; what comes after says something else.
    pilot = {"a": [True] * 8, "b": [True, False] * 4, "c": [False] * 8}
    later = {"a": [False] * 20, "b": [False] * 20, "c": [True] * 20}
    expected = bands_of_run(judged(pilot, pilot=8))
    assert list(expected.values()) == ["fail rate 0.00", "fail rate 0.50", "fail rate 1.00"]
    whole = {name: [*pilot[name], *later[name]] for name in pilot}
    assert bands_of_run(judged(whole, pilot=8)) == expected
    assert bands_of_run(judged(whole, pilot=0)) != expected, "without a pilot all trials count"


def judged(verdicts: dict[str, list[bool]], *, pilot: int) -> MemoryJournal:
    trials = [sample(name, i, right) for name, row in verdicts.items() for i, right in enumerate(row)]
    return MemoryJournal({}, [query(name) for name in verdicts], trials, pilot=pilot)
