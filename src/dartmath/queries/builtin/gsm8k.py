r"""GSM8K: grade-school word problems whose answers are integers.

Cobbe et al. 2021, https://arxiv.org/abs/2110.14168

A row (made up):

    {"question": "Ann picks 1,200 plums and eats 5. How many are left?",
     "answer": "There are 1200 - 5 = <<1200-5=1195>>1195 plums.\n#### 1,195"}

Reference: what follows the last `#### `, without thousands commas. `gsm8k-fix/train` is DART-Math's
correction of wrong labels in the training set; it is on the Hub alone, in columns `query` and
`gt_ans`. `gsm8k-platinum` is the test set without badly written questions and with wrong labels corrected
(Vendrow et al. 2025, https://arxiv.org/abs/2502.03461); `cleaning_status` says what was done to a row.
Not covered: the annotations `<<...>>` are not used.
"""

from __future__ import annotations

from dataclasses import replace

from dartmath.base.errors import DataError
from dartmath.queries.dataset import Dataset, Hub
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_SOURCE = "https://github.com/openai/grade-school-math"
# The commits that others pin or name as what they have read.
_COMMIT = "740312add88f781978c0658806c59bc2815b9866"
_PLATINUM = "e762492455a1cf7967de89f05b6bef72fc713b66"


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    before, mark, answer = str(row["answer"]).rpartition("#### ")
    if not mark:
        raise DataError(f"no '#### ' before the answer: {before[-60:]!r}")
    return make_query(
        name, row["question"], answer.strip().replace(",", ""), original=answer if "," in answer else None
    )


def convert_platinum(name: str, row: Row) -> Query:
    """The query of one row of the cleaned test set."""
    query = convert(name, row)
    return replace(query, metadata={**query.metadata, "cleaning": row["cleaning_status"]})


def convert_fixed(name: str, row: Row) -> Query:
    """The query of one row of the corrected training set."""
    return make_query(name, row["query"], str(row["gt_ans"]).replace(",", ""))


DATASETS = (
    Dataset(
        name="gsm8k/test",
        title="GSM8K",
        use="test",
        rows=1319,
        licence="MIT",
        source=_SOURCE,
        file="gsm8k/test.jsonl",
        origin=Hub("openai/gsm8k", "test", "main", revision=_COMMIT),
        convert=convert,
        checksum="87c678207baf3b2c",
        examples="gsm8k",
    ),
    Dataset(
        name="gsm8k-platinum",
        title="GSM8K-Platinum",
        use="test",
        rows=1209,
        licence="MIT",
        source="https://huggingface.co/datasets/madrylab/gsm8k-platinum",
        file="gsm8k-platinum/test.jsonl",
        origin=Hub("madrylab/gsm8k-platinum", "test", "main", revision=_PLATINUM),
        convert=convert_platinum,
        checksum="",
        examples="gsm8k",
        notes="gsm8k/test without its wrong labels. No checksum is known: the set is on the Hub alone.",
    ),
    Dataset(
        name="gsm8k/train",
        title="GSM8K train",
        use="train",
        rows=7473,
        licence="MIT",
        source=_SOURCE,
        file="gsm8k/train.jsonl",
        origin=Hub("openai/gsm8k", "train", "main", revision=_COMMIT),
        convert=convert,
        checksum="30af8383bfd024c7",
        examples="gsm8k",
        notes="Some labels are wrong; gsm8k-fix/train corrects them.",
    ),
    Dataset(
        name="gsm8k-fix/train",
        title="GSM8K-fix train",
        use="train",
        rows=7473,
        licence="MIT",
        source="https://huggingface.co/datasets/hkust-nlp/gsm8k-fix",
        file="gsm8k-fix/train.jsonl",
        origin=Hub("hkust-nlp/gsm8k-fix", "train"),
        convert=convert_fixed,
        checksum="",
        examples="gsm8k",
        notes="Used by the paper for sampling. No checksum is known: the set is on the Hub alone.",
    ),
)
