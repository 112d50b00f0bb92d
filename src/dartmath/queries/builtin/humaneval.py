r"""HumanEval: 164 Python functions to complete from their docstrings, judged by unit tests in the sandbox.

Chen et al. 2021, https://arxiv.org/abs/2107.03374

A row (made up):

    {"task_id": "HumanEval/900", "prompt": "def double(x):\n    \"\"\"Twice x.\"\"\"\n",
     "canonical_solution": "    return 2 * x\n", "entry_point": "double",
     "test": "def check(candidate):\n    assert candidate(2) == 4\n"}

The prompt stands in a block of Python after one sentence that asks for the whole function. Reference: the
tests as `verifier: code` reads them, after what the prompt has before the function. Not covered: completions
without a block, as base models are asked for; a response is what a model that follows instructions writes.
"""

from __future__ import annotations

import json

from dartmath.base.errors import DataError
from dartmath.queries.dataset import Dataset, Web
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_ASKED = "Complete this Python function. Answer with the whole function in a block of Python."


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    before, found, _ = row["prompt"].rpartition(f"def {row['entry_point']}(")
    if not found:
        raise DataError(f"{row['task_id']}: its prompt does not define {row['entry_point']!r}")
    tests = {"tests": row["test"], "entry_point": row["entry_point"], "setup": before}
    text = f"{_ASKED}\n\n```python\n{row['prompt'].rstrip()}\n```"
    return make_query(name, text, json.dumps(tests), verifier="code", task=row["task_id"])


DATASETS = (
    Dataset(
        name="humaneval",
        title="HumanEval",
        use="test",
        rows=164,
        licence="MIT",
        source="https://github.com/openai/human-eval",
        file="humaneval/HumanEval.jsonl",
        origin=Web(
            "https://raw.githubusercontent.com/openai/human-eval/"
            "6d43fb980f9fee3c892a914eda09951f772ad10d/data/HumanEval.jsonl.gz"
        ),
        convert=convert,
        checksum="72fdc1fbae2fe1ce",
        examples="math",
        notes="Judged in the sandbox: Linux with bubblewrap is needed. Ask it without worked examples.",
    ),
)
