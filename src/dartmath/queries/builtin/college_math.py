r"""CollegeMath: exercises of nine open college textbooks (a part of MWPBench).

Tang et al. 2024, https://arxiv.org/abs/2403.02884

A row (made up):

    {"question": "Simplify: $2(x+3)$", "answer": "$2 x+6$", "data_topic": "college_math.algebra",
     "data_source": "college_math.Some_Book", "question_number": "exercise.1.2", "license": "CC BY"}

Reference: the answer without the one pair of `$` around it; answers that mix text and several
`$...$`, or hold money as `\$`, stay as they are. Not covered: about 50 questions stand in the set
twice with different answers, some of them plainly wrong; figures that an exercise speaks of.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import dart_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import unwrap


def convert(name: str, row: Row) -> Query:
    """The query of one row of any part of MWPBench."""
    topic, book = row["data_topic"].split(".")[-1], row["data_source"].split(".")[-1]
    answer = unwrap(row["answer"])
    original = row["answer"] if row["answer"] != answer else None
    return make_query(name, row["question"].strip(), answer, domain=topic, book=book, original=original)


_LICENCE = "per book: CC BY, CC BY-NC-SA, GFDL"
_SOURCE = "https://github.com/microsoft/unilm/tree/master/mathscale/MWPBench"

DATASETS = (
    Dataset(
        name="mwpbench/college-math/test",
        title="CollegeMath",
        use="test",
        rows=2818,
        licence=_LICENCE,
        source=_SOURCE,
        file="mwpbench/college-math/test.jsonl",
        origin=dart_math("mwpbench/college-math-test.jsonl", college=True),
        convert=convert,
        checksum="0ea1341bbca104d3",
        examples="college-math",
        notes="About 50 questions occur twice with different answers; 7 also stand in its training set.",
    ),
    Dataset(
        name="mwpbench/college-math/train",
        title="CollegeMath train",
        use="train",
        rows=1281,
        licence=_LICENCE,
        source=_SOURCE,
        file="mwpbench/college-math/train.jsonl",
        origin=dart_math("mwpbench/college-math-train.jsonl", college=True),
        convert=convert,
        checksum="d9edc0a4f97fea06",
        examples="college-math",
    ),
)
