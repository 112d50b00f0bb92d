"""Limits of teachers and hints: shares hold, and queries keep a row as long as they can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.memory import MemoryJournal, query, sample
from dartmath.base.errors import ConfigError
from dartmath.base.section import validate
from dartmath.curation.config import CurationSection
from dartmath.curation.pool import read_pool
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.curation.select import Selection
from dartmath.sampling.policy import PolicySection, Prop2Diff, Uniform

HINT = {"kind": "answer", "column": "solution", "share": 0.5, "text": None}
MODEL = {"model": {"name": "m"}, "template": {"name": "qa", "hash": "x"}, "temperature": 1.0}
MANIFEST = {
    "teachers": {
        "big": {**MODEL, "after": None, "hint": None},
        "told": {**MODEL, "after": 4, "hint": HINT},
    }
}


def journal(rows: dict[str, str]) -> MemoryJournal:
    """A letter for each trial: m, b and t say who, a capital letter that it is right."""
    names = {"m": None, "b": "big", "t": "told"}
    trials = [
        replace(
            sample(name, place, one.isupper(), f"1 + {place} = {1 + place}, {name}"),
            teacher=names[one.lower()],
        )
        for name, row in rows.items()
        for place, one in enumerate(row)
    ]
    return MemoryJournal(MANIFEST, [query(name) for name in rows], trials)


def selected(rows: dict[str, str], policy: PolicySection | None = None, **keys: Any) -> list[Selection]:
    section = validate(CurationSection, keys, where="test")
    pools, _ = prepared_pools(journal(rows), section)
    return select_sized(pools, policy or Uniform(k=4, cap=40), section)[1]


def who(found: list[Selection]) -> list[str]:
    return ["".join(one.teacher[0] for one in s.chosen) for s in found]


def test_a_limit_of_a_query_leaves_room_for_others() -> None:
    rows = {"a": "BBBBMM", "b": "MMMM"}
    assert who(selected(rows)) == ["bbbb", "mmmm"]
    assert who(selected(rows, limits=[{"teacher": "big", "per_query": 1}])) == ["bmm", "mmmm"]
    assert who(selected(rows, limits=[{"teacher": "big", "per_query": 0}])) == ["mm", "mmmm"]


def test_rows_and_shares_of_a_teacher() -> None:
    rows = {"a": "BBBB", "b": "MMMM", "c": "BBMM"}
    assert who(selected(rows, limits=[{"teacher": "big", "rows": 2}])) == ["b", "mmmm", "bmm"]
    # 6 rows of others: a third of 9 are 3.
    found = selected(rows, limits=[{"teacher": "big", "share": 1 / 3}])
    assert sum(row.count("b") for row in who(found)) == 3
    assert all("b" in row for row in (who(found)[0], who(found)[2]))


def test_hinted_rows_are_a_quarter_at_most_unless_more_are_allowed() -> None:
    rows = {"a": "mmmmTTTT", "b": "mmmmTT", "c": "MMMM", "d": "MM"}
    assert who(selected(rows)) == ["t", "t", "mmmm", "mm"]
    assert who(selected(rows, hinted_share=0.4)) == ["tt", "tt", "mmmm", "mm"]
    assert who(selected(rows, hinted_share=0.9)) == ["tttt", "tt", "mmmm", "mm"]
    assert who(selected(rows, hinted_share=0)) == ["", "", "mmmm", "mm"]


@given(
    st.lists(st.text("mMbBtT", min_size=1, max_size=12), min_size=1, max_size=8),
    st.integers(1, 20),
    st.floats(0.0, 0.9),
    st.floats(0.05, 1.0),
    st.booleans(),
)
def test_shares_hold_and_sizes_are_kept(
    texts: list[str], size: int, hinted: float, share: float, sized: bool
) -> None:
    rows = {f"q{place}": text for place, text in enumerate(texts)}
    keys: dict[str, Any] = {"hinted_share": hinted, "limits": [{"teacher": "big", "share": share}]}
    keys |= {"size": size} if sized else {}
    found = selected(rows, **keys)
    chosen = [one for s in found for one in s.chosen]
    assert sum(one.hinted for one in chosen) <= hinted * len(chosen) + 1e-6
    assert sum(one.teacher == "big" for one in chosen) <= share * len(chosen) + 1e-6
    assert not sized or len(chosen) <= size
    # What no limit is about stays.
    plain = sum(row.count("M") for row in texts)
    if not sized:
        kept = sum(min(4, row.count("M")) for row in texts)
        assert sum(one.teacher == "main" for one in chosen) <= min(plain, kept)


def test_difficulty_is_that_of_those_who_take_turns() -> None:
    (pool,) = read_pool(journal({"a": "mMmmTTTT"}))
    assert (pool.head(None), pool.head(2), pool.correct) == ((4, 1), (2, 1), 5)
    found = selected({"a": "mMmmTTTT"}, Prop2Diff(k=4, pilot=2, cap=40), difficulty="all", hinted_share=0.99)
    assert (found[0].fail_rate, found[0].wanted) == (0.75, 3)


def test_a_hinted_response_that_gives_it_away_is_left_out_and_a_plain_one_is_not() -> None:
    found = journal({"a": "MMmmTT"})
    told = [replace(one, text="The hint says 1.") if one.trial in (0, 4) else one for one in found.trials]
    made = MemoryJournal(MANIFEST, found.asked, told)
    (pool,), _ = prepared_pools(made, CurationSection())
    assert [one.trial for one in pool.candidates] == [0, 1, 5]
    assert pool.dropped == {"hinted: it speaks of the hint": 1}
    (pool,), _ = prepared_pools(made, CurationSection(check_hinted=False, deduplicate=False))
    assert [one.trial for one in pool.candidates] == [0, 1, 4, 5]


def test_a_limit_that_limits_nothing() -> None:
    with pytest.raises(ConfigError, match="'big' limits nothing"):
        validate(CurationSection, {"limits": [{"teacher": "big"}]}, where="test")
