"""Equal and nearly equal responses."""

from __future__ import annotations

import pytest

from curation.memory import MemoryJournal, query, sample
from dartmath.base.errors import ConfigError
from dartmath.base.section import validate
from dartmath.curation.config import CurationSection
from dartmath.curation.duplicates import deduplicate, notation_digest
from dartmath.curation.pool import digest, read_pool

TEXT = "First, $x = 3 \\times 4$, so we have 12 apples in the basket and the answer is \\boxed{12}."


@pytest.mark.parametrize(
    ("other", "equal"),
    [
        (TEXT.replace(" ", "  "), True),
        (TEXT.upper().replace("\\TIMES", "\\times").replace("\\BOXED", "\\boxed"), True),
        (TEXT.replace("$x = 3 \\times 4$", "\\(x=3\\cdot 4\\)"), True),
        (TEXT.replace("\\times", "*"), True),
        (TEXT.replace("\\boxed{12}", "**12**"), True),
        (TEXT.replace("First,", "First"), True),
        (TEXT.replace("\\boxed{12}", "\\text{12}"), True),
        (TEXT.replace("3 \\times 4", "4 \\times 3"), False),
        (TEXT.replace("apples", "pears"), False),
        (TEXT.replace("x = 3", "x = -3"), False),
        ("It is 1,234.", False),
    ],
)
def test_notation(other: str, equal: bool) -> None:
    assert (notation_digest(TEXT) == notation_digest(other)) is equal


def test_a_decimal_comma_is_not_lost() -> None:
    assert notation_digest("It is 3,5.") != notation_digest("It is 35.")


def dropped(texts: dict[str, list[str]], **keys: object) -> dict[str, tuple[list[int], dict[str, int]]]:
    """What stays of the trials of each query, and what was dropped and why."""
    section = validate(CurationSection, keys, where="test")
    trials = [sample(name, i, True, text) for name, row in texts.items() for i, text in enumerate(row)]
    equal = digest if section.duplicates == "text" else notation_digest
    pools = read_pool(
        MemoryJournal({}, [query(name) for name in texts], trials), equal=equal, features="words"
    )
    deduplicate(pools, section)
    return {p.query.id: ([c.trial for c in p.candidates], dict(p.dropped)) for p in pools}


ALMOST = [TEXT, TEXT.lower(), f"{TEXT} Done.", "By counting on we see that there are \\boxed{12} of them."]


def test_what_is_equal_is_a_setting() -> None:
    assert dropped({"a": ALMOST}) == {"a": ([0, 1, 2, 3], {})}
    assert dropped({"a": ALMOST}, duplicates="notation") == {"a": ([0, 2, 3], {"duplicate": 1})}
    near = dropped({"a": ALMOST}, duplicates="near", near_likeness=0.8)
    assert near == {"a": ([0, 3], {"duplicate": 1, "near duplicate": 1})}


def test_queries_share_responses_only_when_asked() -> None:
    both = {"a": [TEXT, "a"], "b": [TEXT, "b", "b"]}
    assert dropped(both)["b"] == ([0, 1], {"duplicate": 1})
    assert dropped(both, across_queries=True)["b"] == ([1], {"duplicate": 1, "duplicate of another query": 1})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"deduplicate": False, "duplicates": "near"}, "without deduplicate"),
        ({"deduplicate": False, "across_queries": True}, "without deduplicate"),
        ({"near_likeness": 0.5}, "near_likeness is of"),
        ({"duplicates": "near", "near_likeness": 0}, "near_likeness"),
    ],
)
def test_settings_that_cannot_act_are_refused(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        validate(CurationSection, keys, where="test")
