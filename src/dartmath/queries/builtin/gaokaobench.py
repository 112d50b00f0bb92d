r"""GaokaoBench and Fresh-Gaokao: Chinese university entrance problems in English (parts of MWPBench).

Tang et al. 2024, https://arxiv.org/abs/2403.02884

A row (made up):

    {"question": "13. (5 points) Find $1+1$.", "answer": "$2$.", "data_topic": "gaokao",
     "data_source": "gaokao_bench_math_en", "question_number": "2010-2022_Math_I_MCQs.0", "license": ""}

Reference: the answer without the `$` or `\(` around it and without full stop. The multiple-choice
items of GaokaoBench have the value, not the letter, as answer. Not covered: figures; 2010 to 2022 only
in GaokaoBench, 30 problems of 2023 in Fresh-Gaokao.
"""

from __future__ import annotations

from dartmath.queries.builtin.college_math import convert
from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import dart_math
from dartmath.queries.query import Query
from dartmath.queries.rows import Row
from dartmath.queries.text import restore_escapes

# A brace that closes nothing.
_CORRECTED = {"36}": "36"}


def convert_bench(name: str, row: Row) -> Query:
    """The query of one row of GaokaoBench."""
    answer = _CORRECTED.get(row["answer"], row["answer"])
    return convert(name, {**row, "question": restore_escapes(row["question"]), "answer": answer})


DATASETS = (
    Dataset(
        name="mwpbench/gaokaobench",
        title="GaokaoBench",
        use="test",
        rows=508,
        licence="Apache-2.0",
        source="https://github.com/OpenLMLab/GAOKAO-Bench",
        file="mwpbench/gaokaobench.jsonl",
        origin=dart_math("mwpbench/gaokaobench.jsonl"),
        convert=convert_bench,
        checksum="d8bdac95b925067f",
        examples="math",
        notes="348 of the items were multiple choice; the value is asked for.",
    ),
    Dataset(
        name="mwpbench/fresh-gaokao-math-2023",
        title="Fresh-Gaokao 2023",
        use="test",
        rows=30,
        licence="not stated",
        source="https://github.com/microsoft/unilm/tree/master/mathscale/MWPBench",
        file="mwpbench/fresh-gaokao-math-2023.jsonl",
        origin=dart_math("mwpbench/fresh-gaokao-math-2023.jsonl"),
        convert=convert,
        checksum="7d28b44315ce592b",
        examples="math",
    ),
)
