"""Row filters: what they let through, and what is no filter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError
from dartmath.queries.where import row_filter

ROW: dict[str, Any] = {
    "type": "word problem", "level": 4, "text level": "4", "source": "own", "score": "0.75", "ok": True,
    "tags": ["a", "b"], "info": {"lang": "de"}, "empty": "", "none": None, "Klasse": "7",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ('type = "word problem"', True),
        ("type == 'word problem'", True),
        ('type != "proof" and level >= 4', True),
        ("level > 4", False),
        ("level < 4.5", True),
        ("`text level` = 4", True),
        ("Klasse >= 7", True),
        ("score > 0.5", True),
        ("ok = true", True),
        ("ok = false", False),
        ('source in ("own", "other")', True),
        ('source not in ("own", "other")', False),
        ("level in (3, 4)", True),
        ("info.lang = 'de'", True),
        ('tags contains "b"', True),
        ('type contains "word"', True),
        ("absent is missing", True),
        ("empty is missing and none is missing", True),
        ("level is not missing", True),
        ('absent = "x"', False),
        ('absent != "x"', True),
        ("absent > 1", False),
        ('not (level = 4 or source = "own")', False),
        ('level = 1 or source = "own" and ok = true', True),
        ("type = 4", False),
        (r'type = "word \"problem\""', False),
        ("level = 4e0", True),
    ],
)
def test_filters(text: str, passes: bool) -> None:
    assert row_filter(text)(ROW) is passes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a column should stand where the end is"),
        ("level", "a comparison"),
        ("level >=", "a number, or a text in quotes should stand where the end is"),
        ("level >= four", "should stand where 'four' is"),
        ("level >= 3 or", "a column"),
        ("level >= 3 source = 'a'", "the end, `and` or `or` should stand where 'source' is"),
        ("(level >= 3", r"`\)` should stand where the end is"),
        ("source in 'own'", r"`\(`"),
        ("level not > 3", "`in`"),
        ("level is 3", "`missing`"),
        ("__import__('os').system('id')", "a comparison"),
        ("level >= 3; drop", "cannot read '; drop'"),
        ("and = 3", "a column"),
        ("(" * 30 + "level = 1", "nested more than 20 deep"),
        ("not " * 30 + "level = 1", "nested more than 20 deep"),
        ("x" * 3000, "at most 2000 characters"),
    ],
)
def test_what_is_no_filter_is_shown(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        row_filter(text)


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        assert row_filter(text)(ROW) in (True, False)
    except ConfigError:
        pass
