r"""Odyssey-Math: 387 problems from high school to university, some multiple choice.

https://github.com/protagolabs/odyssey-math

A row (made up), one key per line:

    {"Problem_1": {"question": "Find $2^3$.\n\n\\end{problem}", "answer": "$8$. ", "reasoning": "...",
                   "label": "Algebra", "level": "high school math"}}

Text: without the stray `\end{problem}`. Reference: the answer without `$`, final stop and TeX line
break. Its licence (CC BY-SA 4.0) adds that training on it is prohibited. Not covered: proofs.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import dart_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import unwrap


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    # Lines are read without the names of their problems; tables of the Hub hold every name in every row,
    # and all but one are None there.
    problem = row if "question" in row else next(value for value in row.values() if value)
    text = problem["question"].replace("\\end{problem}", "").strip()
    return make_query(
        name, text, unwrap(problem["answer"]), level=problem["level"].strip(), domain=problem["label"].strip()
    )


DATASETS = (
    Dataset(
        name="odyssey-math",
        title="Odyssey-Math",
        use="test",
        rows=387,
        licence="CC BY-SA 4.0, training on it prohibited",
        source="https://github.com/protagolabs/odyssey-math",
        file="odyssey-math.jsonl",
        origin=dart_math("odyssey-math.jsonl"),
        convert=convert,
        checksum="13467c664bcf0c24",
        examples="math",
    ),
)
