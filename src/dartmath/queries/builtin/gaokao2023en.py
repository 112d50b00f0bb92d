r"""Gaokao-2023-En: problems of the Chinese entrance exam of 2023 and of American exams, in English.

Liao et al. 2024, https://arxiv.org/abs/2401.08190

A row (made up):

    {"source": "part1.json", "sourcename": "SAT", "question": "What is 2 + 2? (A) 3 (B) 4",
     "id": "SAT_1", "lang": "en", "answer": "B"}

Reference: the answer without `$` and thousands commas; for multiple choice the letter. Two rows carry
the answer at the end of the question; it is moved. Not covered: figures.
"""

from __future__ import annotations

import re

from dartmath.queries.dataset import Dataset
from dartmath.queries.origins import qwen_math
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row
from dartmath.queries.text import unwrap

_LEAKED = re.compile(r"(?s)(.*)[Aa]nswers?:\s*(\S+)\s*$")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    text, answer = row["question"], unwrap(row["answer"])
    if not answer and (leaked := _LEAKED.fullmatch(text)):
        text, answer = leaked[1].strip(), unwrap(leaked[2])
    if _THOUSANDS.fullmatch(answer):
        answer = answer.replace(",", "")
    return make_query(name, text, answer, domain=row.get("sourcename"))


DATASETS = (
    Dataset(
        name="gaokao2023en",
        title="Gaokao-2023-En",
        use="test",
        rows=385,
        licence="not stated",
        source="https://github.com/MARIO-Math-Reasoning/MARIO",
        file="extra/gaokao2023en.jsonl",
        origin=qwen_math("gaokao2023en"),
        convert=convert,
        checksum="fe12a45a48c29098",
        examples="math",
    ),
)
