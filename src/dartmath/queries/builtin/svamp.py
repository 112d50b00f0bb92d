r"""SVAMP: one-step word problems with a sentence that is not needed.

Patel et al. 2021, https://arxiv.org/abs/2103.07191

A row (made up):

    {"Body": "Jo had 5 pens and lost 2", "Question": "How many are left?", "Answer": 3.0,
     "Equation": "( 5.0 - 2.0 )", "Type": "Subtraction", "ID": "chal-0", "idx": 0}

Text: body (with a full stop) and question. Reference: the number, without decimal point when whole.
Not covered: the equation is not used.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import format_number


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    body = row["Body"].strip()
    stop = "" if body.endswith((".", "?", "!")) else "."
    kind = row["Type"].replace("Divison", "Division")
    text = f"{body}{stop} {row['Question'].strip()}"
    return make_query(name, text, format_number(row["Answer"]), domain=kind)


DATASETS = (
    Dataset(
        name="svamp",
        title="SVAMP",
        use="test",
        rows=1000,
        licence="MIT",
        source="https://github.com/arkilpatel/SVAMP",
        file="extra/svamp.jsonl",
        origin=qwen_math("svamp"),
        convert=convert,
        checksum="e614a89c9080cd2b",
        examples="gsm8k",
    ),
)
