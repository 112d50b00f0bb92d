r"""MATH-Perturb: hardest problems of MATH changed so that the old way of solving still works, or does not.

Huang et al. 2025, https://arxiv.org/abs/2502.06453

A row (made up):

    {"problem_id": 1, "problem": "Find $2+4$.", "answer": 6, "level": "Level 5", "type": "Algebra",
     "original_split": "test"}

Reference: the answer, a number or TeX. `math-perturb-simple` keeps the way of solving, `math-perturb-hard`
does not. Not covered: the problems of MATH that they were made of; which split those are from is in the
metadata (`original_split`), since training on MATH may have shown a model the problem before it was changed.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset, Web
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_FILES = (
    "https://raw.githubusercontent.com/Kaffaljidhmah2/MATH-Perturb/"
    "df4840f680fce405c9449008564574961c7f4df1/math_perturb"
)
_CHECKSUMS = {"simple": "b46c2e9b04b3a572", "hard": "15d03bad044de7b6"}


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    return make_query(
        name,
        row["problem"],
        str(row["answer"]).strip(),
        level=str(row["level"]).removeprefix("Level "),
        domain=row["type"],
        original_split=row["original_split"],
    )


DATASETS = tuple(
    Dataset(
        name=f"math-perturb-{kind}",
        title=f"MATH-Perturb ({kind})",
        use="test",
        rows=279,
        licence="Apache-2.0, for evaluation alone",
        source="https://github.com/Kaffaljidhmah2/MATH-Perturb",
        file=f"math-perturb/math_perturb_{kind}.jsonl",
        origin=Web(f"{_FILES}/math_perturb_{kind}.jsonl"),
        convert=convert,
        checksum=checksum,
        examples="math",
    )
    for kind, checksum in _CHECKSUMS.items()
)
