r"""HMMT February 2025 and 2026: problems of the Harvard-MIT Mathematics Tournament, as MathArena has them.

https://www.hmmt.org, https://matharena.ai

A row (made up; `answer` is LaTeX without dollar signs):

    {"problem_idx": 1, "problem": "Find $\\sqrt{8}$.", "answer": "2\\sqrt{2}", "problem_type": ["Algebra"]}

Reference: the answer. The domain is the first of its types. Not covered: 30 and 33 problems make wide
intervals, so use several trials.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset, Hub
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    kinds = row.get("problem_type") or [None]
    return make_query(name, row["problem"].strip(), str(row["answer"]), domain=kinds[0])


def _february(year: int, rows: int) -> Dataset:
    return Dataset(
        name=f"hmmt{year % 100}",
        title=f"HMMT February {year}",
        use="test",
        rows=rows,
        licence="CC BY-NC-SA 4.0",
        source="https://matharena.ai",
        file=f"extra/hmmt{year % 100}.jsonl",
        origin=Hub(f"MathArena/hmmt_feb_{year}", "train"),
        convert=convert,
        checksum="",
        examples="math",
        notes="No checksum is known: the set is on the Hub alone.",
    )


DATASETS = (_february(2025, 30), _february(2026, 33))
