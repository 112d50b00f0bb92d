"""Select: a typed subset of queries by level, domain and a seeded sample."""

from __future__ import annotations

import random
from collections.abc import Sequence

from dartmath.base.errors import DataError, nearest
from dartmath.queries.config import Selector
from dartmath.queries.mislabelled import known_mislabelled
from dartmath.queries.query import Query

FLAWS = ("flaw", "picture")
"""Keys of metadata that name a flaw of a query."""


def select(queries: Sequence[Query], selector: Selector, *, where: str) -> list[Query]:
    """The chosen queries, in the order of the set.

    The sample of a smaller `n` is part of the sample of a larger one with the same seed. Raises
    `DataError` for a level or domain that the set does not have, or when `n` exceeds the set.
    """
    if not selector.flawed:
        queries = [query for query in queries if not any(query.metadata.get(key) for key in FLAWS)]
    if not selector.mislabelled:
        wrong = known_mislabelled(where)
        # A row that stands again has the id of the first with a number.
        queries = [query for query in queries if query.id.partition("-")[0] not in wrong]
    kept = _filter(queries, "level", selector.levels, where)
    kept = _filter(kept, "domain", selector.domains, where)
    if selector.n is None or selector.n == len(kept):
        return kept
    if selector.n > len(kept):
        raise DataError(
            f"{where} has {len(kept)} queries to choose from; select.n = {selector.n} is too many"
        )
    order = list(range(len(kept)))
    random.Random(selector.seed).shuffle(order)
    return [kept[index] for index in sorted(order[: selector.n])]


def _filter(queries: Sequence[Query], key: str, wanted: Sequence[str], where: str) -> list[Query]:
    if not wanted:
        return list(queries)
    present = {str(query.metadata[key]) for query in queries if key in query.metadata}
    for value in wanted:
        if value not in present:
            raise DataError(f"{where} has no {key} {value!r}{nearest(value, present)}")
    return [query for query in queries if str(query.metadata.get(key)) in wanted]
