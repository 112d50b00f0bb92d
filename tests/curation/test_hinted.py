"""Responses that were made with a hint: what gives them away is found, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from curation.memory import sample
from dartmath.curation.hinted import gives_away
from dartmath.queries.query import Query

CASES = yaml.safe_load((Path(__file__).parent / "data" / "hinted.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["response"])[:50])
def test_what_gives_a_hint_away(case: dict[str, Any]) -> None:
    query = Query("q", "made", case.get("query", "What is 9 * 6?"), ("54",))
    found = gives_away(query, sample("q", 0, True, case["response"]))
    assert found == (f"hinted: {case['why']}" if "why" in case else "")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text", ["the given " * 300_000, "9 * " * 500_000, "we are told " * 200_000, "5" * 10**6]
)
def test_hostile_responses_come_to_an_end(text: str) -> None:
    """A search that takes time in proportion to the square of the text would need hours."""
    gives_away(Query("q", "made", "What is 9 * 6?", ("54",)), sample("q", 0, True, text))
