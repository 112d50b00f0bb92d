r"""TheoremQA: university questions that need a theorem; numbers, lists, true/false, options.

Chen et al. 2023, https://arxiv.org/abs/2305.12524

A row (made up):

    {"Question": "How many edges has a tree of 5 vertices?", "Answer": 4, "Answer_type": "integer",
     "Picture": null, "source": "self", "id": "a/b.json", "explanation": "NONE",
     "theorem": "trees", "subfield": "Graph theory", "field": "Math"}

References follow `Answer_type` (integer, float, list, bool, option), and so does the verifier.
53 questions speak of a picture that no text model sees; `theoremqa/text` leaves them out. One answer
is wrong in the copy that the paper used and was corrected by the authors; the correction is used.
TeX commands whose first letters were eaten by JSON are put back. Not covered: the pictures.
"""

from __future__ import annotations

from typing import Any

from dartmath.queries.dataset import Dataset, Hub
from dartmath.queries.origins import dart_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import restore_escapes

# https://github.com/TIGER-AI-Lab/TheoremQA at commit acfc9686
_CORRECTED: dict[str, tuple[Any, str]] = {"elainewan/math_real_analysis_additional_4.json": (1.5, "float")}


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    answer, kind = _CORRECTED.get(row["id"], (row["Answer"], row["Answer_type"]))
    return make_query(
        name,
        restore_escapes(row["Question"]).strip(),
        str(answer),
        verifier="theoremqa",
        answer_type=kind,
        original=str(row["Answer"]) if row["id"] in _CORRECTED else None,
        domain=row["field"],
        picture=True if row["Picture"] else None,
    )


def convert_text(name: str, row: Row) -> Query | None:
    """The query of one row, or None when it needs a picture."""
    return None if row["Picture"] else convert(name, row)


_SOURCE = "https://github.com/TIGER-AI-Lab/TheoremQA"

DATASETS = (
    Dataset(
        name="theoremqa",
        title="TheoremQA",
        use="test",
        rows=800,
        licence="MIT",
        source=_SOURCE,
        file="theoremqa.jsonl",
        origin=dart_math("theoremqa.json"),
        convert=convert,
        checksum="1754491a7c6a6be5",
        examples="theoremqa",
        hub=Hub("TIGER-Lab/TheoremQA", "test"),
        notes="53 questions need a picture that is not shown.",
    ),
    Dataset(
        name="theoremqa/text",
        title="TheoremQA without pictures",
        use="test",
        rows=747,
        licence="MIT",
        source=_SOURCE,
        file="theoremqa.jsonl",
        origin=dart_math("theoremqa.json"),
        convert=convert_text,
        checksum="aeb17c2ffbaa040b",
        examples="theoremqa",
        notes="The questions of theoremqa that need no picture.",
    ),
)
