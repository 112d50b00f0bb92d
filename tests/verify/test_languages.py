"""Announcements and conclusions in every language of the lexicon, and digits of every script."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from dartmath.queries.query import make_query
from dartmath.verify import extract_answer, grade, verify
from dartmath.verify.contract.settings import LANGUAGES, GradingSettings
from dartmath.verify.language import lexicon

_CASES = Path(__file__).parents[1] / "cases" / "verify" / "announced.jsonl"
_ROWS: list[dict[str, Any]] = list(map(json.loads, _CASES.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: f"{row['language']}-{row['answer']}")
def test_what_a_language_says_is_found(row: dict[str, Any]) -> None:
    found = extract_answer(row["response"]).answer
    if row["answer"] is None:
        assert found is None or not any(map(str.isdigit, found))
    else:
        assert found is not None
        assert verify(row["answer"], found, query=row["response"]).correct, found
        assert not verify("21", found).correct


def test_every_language_has_its_cases() -> None:
    common = {"en", "zh", "fr", "es", "de", "pt", "it", "ru", "ja", "ko", "vi", "ar", "hi"}
    assert {row["language"] for row in _ROWS} | common == set(LANGUAGES) == set(lexicon.LANGUAGES)


@pytest.mark.parametrize("language", sorted({row["language"] for row in _ROWS}))
def test_a_language_that_is_off_announces_nothing(language: str) -> None:
    row = next(row for row in _ROWS if row["language"] == language)
    text = f"Some 40 things.\n{row['response'].splitlines()[1]}\nAnd that is that for today"
    only = GradingSettings(languages=(language,))
    assert extract_answer(text, settings=only).method == "announced"
    assert extract_answer(text, settings=GradingSettings(languages=("en",))).method != "announced"


@pytest.mark.parametrize(
    "zero", [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), 1) == 0]
)
def test_digits_of_every_script_are_digits(zero: str) -> None:
    """All but those that mathematics writes above and below."""
    digits = "".join(chr(ord(zero) + digit) for digit in (4, 0, 7))
    assert verify("407", digits).correct
    assert not verify("408", digits).correct
    assert extract_answer(f"The answer is {digits}.").answer == digits
    query = make_query("mine", "How many pears are there?", ("407",))
    assert grade(query, f"So there are {digits} pears.").correct
