r"""ASDiv: word problems of elementary school in many types.

Miao et al. 2020, https://arxiv.org/abs/2106.15772

A row (made up):

    {"body": "Jo has 5 pens.", "question": "How many pens has Jo?", "answer": "5 (pens)",
     "solution_type": "Sum", "formula": "5=5", "idx": 0}

Reference: the answer without the unit in brackets; several answers are joined by commas. Some are
names, times (`6:10`) or ratios (`3:4`). Not covered: the original has 2305 problems, this common copy 2215.
"""

from __future__ import annotations

import re

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_UNIT = re.compile(r"\s*\([^()]*\)")


def convert(name: str, row: Row) -> Query:
    """The query of one row; several answers are joined by commas."""
    answers = [_UNIT.sub("", part).strip() for part in row["answer"].split(";")]
    text = f"{row['body'].strip()} {row['question'].strip()}"
    ordered = True if len(answers) > 1 else None
    return make_query(name, text, ", ".join(answers), domain=row["solution_type"], ordered=ordered)


DATASETS = (
    Dataset(
        name="asdiv",
        title="ASDiv",
        use="test",
        rows=2215,
        licence="CC BY-NC 4.0",
        source="https://github.com/chaochun/nlu-asdiv-dataset",
        file="extra/asdiv.jsonl",
        origin=qwen_math("asdiv"),
        convert=convert,
        checksum="5865a01aa7c96777",
        examples="gsm8k",
    ),
)
