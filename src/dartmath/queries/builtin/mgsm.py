r"""MGSM: 250 problems of GSM8K's test set, translated by people into ten languages, and in English.

Shi et al. 2022, https://arxiv.org/abs/2210.03057

A row (made up), of a table parted by tabs without a header:

    Anna pflückt 1.200 Pflaumen und isst 5. Wie viele bleiben?	1195

Reference: the second column, without thousands commas. Not covered: the worked examples of the paper, which
are translated too; with `--shots` the examples are the English ones of GSM8K. A few translations are known
to be wrong, as are the labels that `gsm8k/test` has wrong.
"""

from __future__ import annotations

from dartmath.queries.dataset import Dataset, Web
from dartmath.queries.query import Query, make_query
from dartmath.queries.rows import Row

_FILES = (
    "https://raw.githubusercontent.com/google-research/url-nlp/452a21ad3dae5668c06ceeac21ff073e1e40f9be/mgsm"
)
_CHECKSUMS = {
    "bn": "3d3cf05c3f90d32b",
    "de": "d016c571dcc4f841",
    "en": "4a5353a17928e585",
    "es": "cd6d0548696beb52",
    "fr": "d699b95266ed34a0",
    "ja": "7d7b99670bc2c5f6",
    "ru": "dae3dfe15b9ac1a6",
    "sw": "3e53e185f6a63cd5",
    "te": "43dae72a4bab79c1",
    "th": "6e10749d8f4c1d74",
    "zh": "c4c2def5e61137b5",
}


def convert(name: str, row: Row) -> Query:
    """The query of one row."""
    return make_query(name, row["column1"], row["column2"].strip().replace(",", ""))


DATASETS = tuple(
    Dataset(
        name=f"mgsm/{language}",
        title=f"MGSM ({language})",
        use="test",
        rows=250,
        licence="CC BY 4.0",
        source="https://github.com/google-research/url-nlp/tree/main/mgsm",
        file=f"mgsm/mgsm_{language}.tsv",
        origin=Web(f"{_FILES}/mgsm_{language}.tsv"),
        convert=convert,
        checksum=checksum,
        examples="gsm8k",
    )
    for language, checksum in _CHECKSUMS.items()
)
