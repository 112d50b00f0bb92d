r"""MATH-500: a sample of 500 problems of MATH's test set.

Lightman et al. 2023, https://arxiv.org/abs/2305.20050

A row (made up):

    {"problem": "Find $x$ if $2x = 1$.", "solution": "...", "answer": "\\frac{1}{2}",
     "subject": "Algebra", "level": 1, "unique_id": "test/algebra/0.json"}

Reference: the answer column. Not covered: a subset of `math/test`, so never average the two.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset, Hub
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    return make_query(
        name, row["problem"], row["answer"], level=str(row["level"]), domain=row["subject"].replace(" ", "")
    )


DATASETS = (
    Dataset(
        name="math-500",
        title="MATH-500",
        use="test",
        rows=500,
        licence="MIT",
        source="https://github.com/openai/prm800k",
        file="extra/math500.jsonl",
        # The commit that others pin or name as what they have read.
        origin=Hub("HuggingFaceH4/MATH-500", "test", revision="6e4ed1a2a79af7d8630a6b768ec859cb5af4d3be"),
        convert=convert,
        checksum="6d0733e27b750acc",
        examples="math",
        notes="A subset of math/test.",
    ),
)
