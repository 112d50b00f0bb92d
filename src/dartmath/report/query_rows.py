"""The table of queries: how each one stands, in rows that the page sorts and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.base.text import encodable
from dartmath.curation.pool import QueryPool
from dartmath.report.mathematics import without_dollars

MOST_QUERIES = 2_000
"""More of one run are not listed: the hardest come first, and the page says how many there are."""

_SHOWN = 160


def line(text: str, limit: int) -> str:
    """A text on one line, cut where it is longer."""
    joined = encodable(" ".join(text.split()))
    return joined if len(joined) <= limit else f"{joined[: limit - 1]}…"


def query_rows(
    pools: Sequence[QueryPool], bands: Mapping[str, str], states: Sequence[str], answers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One row for each query, the hardest first; `answers` holds the usual wrong answer of some."""
    rows: list[dict[str, Any]] = [
        {
            "id": pool.query.id,
            "text": line(pool.query.text, _SHOWN),
            "shown": line(without_dollars(pool.query.text), _SHOWN),
            "dataset": pool.query.dataset,
            "band": bands[pool.query.id],
            "reference": line(" or ".join(pool.query.references), _SHOWN),
            "usual": line(answers.get(pool.query.id, ""), _SHOWN),
            "trials": pool.trials,
            "correct": pool.correct,
            "state": state,
        }
        for pool, state in zip(pools, states, strict=True)
    ]
    rows.sort(key=lambda row: (row["correct"] / max(1, row["trials"]), -row["trials"]))
    return rows
