r"""IMO-AnswerBench: 400 olympiad problems, reworded against memorisation, with short answers.

Luong et al. 2025, https://aclanthology.org/2025.emnlp-main.1794; the second version, of February 2026, in
which the authors corrected answers and statements.

A row (made up), of a CSV file:

    Problem ID,Problem,Short Answer,Category,Subcategory,Source
    imo-bench-algebra-900,"Find all real $x$ with $x^2=4$.","$x=2, x=-2$",Algebra,Equation,made up

Reference: the short answer without the dollars around it. Of the pinned file one line lacks a quote,
which is put back. Not covered: a few answers are words or families of functions with parameters, which no
rule compares with certainty; the benchmark's own judge is a language model.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset, Web
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import unwrap


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    return make_query(
        name,
        row["Problem"].strip(),
        unwrap(row["Short Answer"]),
        domain=row["Category"],
        subfield=row["Subcategory"],
    )


DATASETS = (
    Dataset(
        name="imo-answerbench",
        title="IMO-AnswerBench",
        use="test",
        rows=400,
        licence="CC BY 4.0",
        source="https://imobench.github.io",
        file="imo-answerbench/answerbench_v2.csv",
        origin=Web(
            "https://raw.githubusercontent.com/google-deepmind/superhuman/"
            "a02069ef66dbae4c5b0713ba0dc144a35375558f/imobench/answerbench_v2.csv",
            mend=('\\]\n,"$Y(x)', '\\]\n","$Y(x)'),
        ),
        convert=convert,
        checksum="882c46c19e7369f8",
        examples="olympiadbench",
        notes="The second version, with the authors' corrections.",
    ),
)
