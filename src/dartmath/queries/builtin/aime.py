r"""AIME 2024, 2025 and 2026: competition problems whose answers are integers from 0 to 999.

https://artofproblemsolving.com/wiki/index.php/American_Invitational_Mathematics_Examination

A row of 2024 (made up); 2025 has `question` and `answer` alone, 2026 `problem_idx`, `problem` and `answer`:

    {"id": 1, "problem": "Find $2+3$.", "solution": "...", "answer": "005", "url": "https://..."}

Reference: an integer without leading zeros or degree sign. Not covered: 30 problems make wide
intervals, so use several trials; diagrams are asymptote code or absent.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset, Hub, Web
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import format_number


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    text = row["problem"] if "problem" in row else row["question"]
    return make_query(name, text, format_number(str(row["answer"]).removesuffix("^\\circ")))


_SOURCE = "https://artofproblemsolving.com/wiki"
_LICENCE = "not stated"

DATASETS = (
    Dataset(
        name="aime24",
        title="AIME 2024",
        use="test",
        rows=30,
        licence=_LICENCE,
        source=_SOURCE,
        file="extra/aime24.jsonl",
        origin=qwen_math("aime24"),
        convert=convert,
        checksum="84219608669b3cbe",
        examples="math",
    ),
    Dataset(
        name="aime25",
        title="AIME 2025",
        use="test",
        rows=30,
        licence=_LICENCE,
        source=_SOURCE,
        file="extra/aime25.jsonl",
        origin=Web(
            "https://raw.githubusercontent.com/donglinkang2021/cs336-assignment5-alignment/"
            "0e488217de77e760d19e188cfc714b9a4b35f2e8/data/eval/aime25/test.jsonl"
        ),
        convert=convert,
        checksum="f20d085323e71931",
        examples="math",
    ),
    Dataset(
        name="aime26",
        title="AIME 2026",
        use="test",
        rows=30,
        licence="CC BY-NC-SA 4.0",
        source="https://matharena.ai",
        file="extra/aime26.jsonl",
        origin=Hub("MathArena/aime_2026", "train"),
        convert=convert,
        checksum="",
        examples="math",
        notes="No checksum is known: the set is on the Hub alone.",
    ),
)
