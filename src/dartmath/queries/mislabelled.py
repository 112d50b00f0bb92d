"""Queries of built-in data sets whose reference is known to be wrong, by `mislabelled.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("mislabelled.yaml")


@cache
def mislabelled() -> dict[str, frozenset[str]]:
    """By data set the ids of the queries whose reference is known to be wrong.

    An id is a hash of data set, text and references: where a row was corrected, it is not meant.
    """
    import yaml

    found: dict[str, set[str]] = {}
    for published in yaml.safe_load(_FILE.read_text(encoding="utf-8")):
        for dataset, queries in published["queries"].items():
            found.setdefault(dataset, set()).update(str(query["id"]) for query in queries)
    return {dataset: frozenset(ids) for dataset, ids in found.items()}


def known_mislabelled(dataset: str) -> frozenset[str]:
    """The ids of `mislabelled` of one data set; none for one of which nothing is known."""
    return mislabelled().get(dataset, frozenset())
