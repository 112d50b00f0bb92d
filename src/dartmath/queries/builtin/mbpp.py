"""MBPP, sanitized: short Python functions from a sentence and their tests, judged in the sandbox.

Austin et al. 2021, https://arxiv.org/abs/2108.07732

A row (made up):

    {"task_id": 900, "prompt": "Write a function to double a number.", "code": "def twice(x): return 2 * x",
     "test_imports": ["import math"], "test_list": ["assert twice(3) == 6", "assert twice(0) == 0"]}

The file has the rows of all splits that people have checked by hand; those of the test split are the task ids
11 to 510. As in the paper, the tests are part of the question: they alone say what the function is called.
Reference: the tests as `verifier: code` reads them. Not covered: the rows that were not checked by hand.
"""

from __future__ import annotations

import json

from dartmath.queries.dataset import Dataset, Hub, Web
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_ASKED = "Answer with the whole function in a block of Python. It has to pass these tests:"
_TEST_IDS = range(11, 511)


def convert(name: str, row: Row) -> Query | None:
    """The query of one row; None for one of another split."""
    if row["task_id"] not in _TEST_IDS:
        return None
    tests = {"tests": row["test_list"], "setup": "\n".join(row["test_imports"])}
    shown = "\n".join([*row["test_imports"], *row["test_list"]])
    text = f"{row['prompt'].strip()}\n\n{_ASKED}\n\n```python\n{shown}\n```"
    return make_query(name, text, json.dumps(tests), verifier="code", task=row["task_id"])


DATASETS = (
    Dataset(
        name="mbpp",
        title="MBPP",
        use="test",
        rows=257,
        licence="CC-BY-4.0",
        source="https://github.com/google-research/google-research/tree/master/mbpp",
        file="mbpp/sanitized-mbpp.json",
        origin=Web(
            "https://raw.githubusercontent.com/google-research/google-research/"
            "30adf0ec5f35f9609c2f1d896005e184195d9146/mbpp/sanitized-mbpp.json"
        ),
        hub=Hub("google-research-datasets/mbpp", "test", "sanitized"),
        convert=convert,
        checksum="88a2b2b3833d5181",
        examples="math",
        notes="Judged in the sandbox: Linux with bubblewrap is needed. Ask it without worked examples.",
    ),
)
