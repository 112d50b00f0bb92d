r"""OlympiadBench: the open-ended English mathematics problems without pictures.

He et al. 2024, https://arxiv.org/abs/2402.14008; subset OE_TO_maths_en_COMP.

A row (made up):

    {"id": 1, "subfield": "Algebra", "context": null, "question": "Find all $x$ with $x^2=4$.",
     "solution": ["..."], "final_answer": ["$2$,$-2$"], "is_multiple_answer": true, "unit": null,
     "answer_type": "Numerical", "error": null}

The text begins with the benchmark's own instruction, which depends on the type and number of
answers and on the unit. Reference: the final answer without `$`; several answers in any order.
`error` is an absolute tolerance. Not covered: 15 rows say `Let $T=TNYWR$` (the number you will
receive) and cannot be answered without the problem before; they are marked by "flaw" in the metadata
and count like the others, as in published scores.
"""

from __future__ import annotations

from dartmath.base.errors import DataError
from dartmath.queries.dataset import Dataset, Hub
from dartmath.queries.origins import dart_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_KINDS = {
    "Numerical": "a numerical value",
    "Expression": "an expression",
    "Equation": "an equation",
    "Interval": "an interval",
}
# A lost sign of membership: t in (0, 4].
_CORRECTED = {"t(0,4]": "(0,4]"}


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    if len(row["final_answer"]) != 1:
        raise DataError(f"final_answer of row {row['id']} is a list of one text: {row['final_answer']!r}")
    answer = row["final_answer"][0].replace("$", "").strip().rstrip(".")
    question = row["question"]
    return make_query(
        name,
        f"{instruction(row)}\n{question}",
        _CORRECTED.get(answer, answer),
        domain=row["subfield"],
        answer_type=row["answer_type"],
        ordered=not row["is_multiple_answer"],
        tolerance=float(row["error"]) if row["error"] else None,
        unit=row["unit"] or None,
        flaw="needs the answer of another problem" if "T=T N Y W R" in question else None,
        original=row["final_answer"][0] if row["final_answer"][0] != answer else None,
        judged_as="olympiad",
    )


def instruction(row: Row) -> str:
    """The benchmark's instruction for one row (its own wording, https://github.com/OpenBMB/OlympiadBench)."""
    box = (
        "\\boxed{multiple answers connected with commas}" if row["is_multiple_answer"] else "\\boxed{answer}"
    )
    unit = ""
    if row["unit"]:
        box += "(unit)"
        unit = ", note that the unit of the answer should not be included in \\boxed{}"
    return (
        "The following is an open-ended problem from an International Math competition. "
        f"{_answer_sentence(row)}"
        "Please calculate the answer according to the given requirements and the information provided. "
        "Please use LaTeX format to represent the variables and formulas used in the solution process "
        f'and results. Please end your solution with "So the final answer is {box}." '
        f"and give the result explicitly{unit}."
    )


def _answer_sentence(row: Row) -> str:
    kind = row["answer_type"]
    # The benchmark says nothing about tuples, since the word has several meanings.
    if kind == "Tuple":
        return ""
    if kind not in _KINDS:
        raise DataError(f"unknown answer_type {kind!r} of row {row['id']}; known: {', '.join(_KINDS)}, Tuple")
    if row["is_multiple_answer"]:
        return f"The problem has multiple answers, each of them should be {_KINDS[kind]}. "
    return f"The answer of The problem should be {_KINDS[kind]}. "


DATASETS = (
    Dataset(
        name="olympiadbench/OE_TO_maths_en_COMP",
        title="OlympiadBench-Math",
        use="test",
        rows=675,
        licence="MIT",
        source="https://github.com/OpenBMB/OlympiadBench",
        file="olympiadbench/OE_TO_maths_en_COMP.jsonl",
        origin=dart_math("olympiadbench/OE_TO_maths_en_COMP.json"),
        convert=convert,
        checksum="a4b4d2e747830242",
        examples="olympiadbench",
        # The id, configuration and split that the cards of the DART-Math models name.
        hub=Hub("Hothan/OlympiadBench", "train", "OE_TO_maths_en_COMP"),
        notes="15 rows cannot be answered without another problem; 3 also stand in MATH train.",
    ),
)
