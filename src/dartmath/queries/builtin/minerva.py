r"""Minerva (OCWCourses): 272 questions of MIT courses in physics, chemistry and economics.

Lewkowycz et al. 2022, https://arxiv.org/abs/2206.14858

A row (made up):

    {"problem": "Light takes 2 s. How far does it go, in meters?", "solution": "It goes \\boxed{6e8} m.",
     "type": "Relativity (8.033 Fall 2006)", "idx": 0}

Reference: the content of the last `\boxed`; numbers may be written `4.5e33`, units stand outside of it.
Not covered: no tolerance is stated by the set, so an answer rounded in another place is wrong;
questions that go on from an earlier part are asked alone.
"""

from __future__ import annotations

from dartmath.base.errors import DataError
from dartmath.queries.dataset import Dataset
from dartmath.queries.latex import last_boxed
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    answer = last_boxed(row["solution"])
    if not answer:
        raise DataError(f"no \\boxed answer in the solution: {row['solution'][-60:]!r}")
    return make_query(name, row["problem"], answer, domain=row["type"])


DATASETS = (
    Dataset(
        name="minerva-math",
        title="Minerva",
        use="test",
        rows=272,
        licence="not stated",
        source="https://arxiv.org/abs/2206.14858",
        file="extra/minerva_math.jsonl",
        origin=qwen_math("minerva_math"),
        convert=convert,
        checksum="18b369acb91a2419",
        examples="math",
    ),
)
