r"""MAWPS: a repository of simple word problems; the common evaluation part.

Koncel-Kedziorski et al. 2016, https://aclanthology.org/N16-1136

A row (made up):

    {"input": "Jo has 2 pens and buys 3 . How many has she ?", "target": 5.0, "type": "addsub", "idx": 0}

Reference: the number, without decimal point when whole. Not covered: 87 rows repeat others and all count.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import format_number


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    return make_query(name, row["input"].strip(), format_number(row["target"]), domain=row["type"])


DATASETS = (
    Dataset(
        name="mawps",
        title="MAWPS",
        use="test",
        rows=2065,
        licence="not stated",
        source="https://aclanthology.org/N16-1136",
        file="extra/mawps.jsonl",
        origin=qwen_math("mawps"),
        convert=convert,
        checksum="70aa90cbc4a74f16",
        examples="gsm8k",
        notes="87 rows repeat others.",
    ),
)
