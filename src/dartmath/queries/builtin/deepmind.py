r"""DeepMind-Mathematics: 1000 generated school problems.

Saxton et al. 2019, https://arxiv.org/abs/1904.01557; the sample of MAmmoTH2, which the paper used.

A row (made up): {"question": "Put 5, 1, 3 in increasing order.", "answer": "1 3 5"}

Reference: a number, a monomial (`-20*x`), a list (`[2, 3]`, the order of which does not matter) or
numbers to be sorted, given here also with commas. A list of one is also its element. Not covered:
the Hub's own copy has two million rows and is another set.
"""

from __future__ import annotations

import re

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import dart_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_SORTED = re.compile(r"-?\d+( -?\d+)+")
_LIST = re.compile(r"\[(.*)\]")


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    answer = row["answer"].strip()
    if _SORTED.fullmatch(answer):
        listed = answer.replace(" ", ", ")
        return make_query(name, row["question"], (listed, answer), ordered=True, original=answer)
    if items := _LIST.fullmatch(answer):
        references = (answer,) if "," in answer else (answer, items[1])
        return make_query(name, row["question"], references, ordered=False)
    return make_query(name, row["question"], answer)


DATASETS = (
    Dataset(
        name="deepmind-mathematics",
        title="DM-Mathematics",
        use="test",
        rows=1000,
        licence="Apache-2.0",
        source="https://github.com/google-deepmind/mathematics_dataset",
        file="deepmind-mathematics.jsonl",
        origin=dart_math("deepmind-mathematics.json"),
        convert=convert,
        checksum="e16a799e527c939b",
        examples="deepmind",
    ),
)
