r"""AMC 2023: problems of the American Mathematics Competitions with integer answers.

https://artofproblemsolving.com/wiki/index.php/AMC_Problems_and_Solutions

A row (made up):

    {"id": 1, "problem": "Find $2+3$.", "answer": 5.0, "url": "https://...", "question": "Find $2+3$."}

Reference: the number without decimal point. Not covered: the choices of the original were taken away
and some questions reworded to have an integer answer; 40 problems make wide intervals.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import format_number


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    return make_query(name, row["problem"], format_number(row["answer"]))


DATASETS = (
    Dataset(
        name="amc23",
        title="AMC 2023",
        use="test",
        rows=40,
        licence="not stated",
        source="https://artofproblemsolving.com/wiki",
        file="extra/amc23.jsonl",
        origin=qwen_math("amc23"),
        convert=convert,
        checksum="9a0f1c6ddccf9940",
        examples="math",
    ),
)
