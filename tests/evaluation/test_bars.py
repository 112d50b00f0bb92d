"""Every benchmark's references graded: against themselves, and against another row's."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dartmath.base.errors import MissingDependencyError
from dartmath.queries import Query, QuerySource, load
from dartmath.queries.registry import datasets
from dartmath.verify import GradingPool, verify

LOCAL = [name for name in datasets() if not name.startswith("gsm8k-fix/")]
# Different rows whose references are spelled differently and mean the same: at most so many per set
# (a number with and without unit or name of the variable, a list of one).
EQUAL = 5


def _grade(pairs: list[tuple[Query, str]]) -> list[bool]:
    with GradingPool(workers=1) as pool:
        futures = [pool.submit(query, f"So the answer is $\\boxed{{{answer}}}$.") for query, answer in pairs]
        return [future.result().correct for future in futures]


@pytest.fixture
def queries(
    request: pytest.FixtureRequest, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Query]:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    try:
        return load(QuerySource(dataset=request.param))
    except MissingDependencyError as error:
        pytest.skip(f"not in the data folder: {error}")


@pytest.mark.parametrize("queries", LOCAL, indirect=True)
def test_every_reference_is_correct_against_itself(queries: list[Query]) -> None:
    pairs = [(query, reference) for query in queries for reference in query.references]
    wrong = [pair for pair, right in zip(pairs, _grade(pairs), strict=True) if not right]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("queries", LOCAL, indirect=True)
def test_another_reference_is_correct_only_where_it_is_equal(queries: list[Query]) -> None:
    others = [query.references[0] for query in queries]
    random.Random(0).shuffle(others)
    pairs = list(zip(queries, others, strict=True))
    equal = [
        (query.references, other)
        for (query, other), right in zip(pairs, _grade(pairs), strict=True)
        if right and other not in query.references
    ]
    if queries[0].verifier == "theoremqa":
        # The benchmark's own rule rounds answers to whole numbers and allows a relative error.
        assert all(_near(_number(references[0]), _number(other)) for references, other in equal), equal
        return
    assert len(equal) <= EQUAL + len(queries) // 500, equal
    for references, other in equal:
        assert any(verify(other, reference).correct for reference in references), (references, other)


def _near(reference: float, other: float) -> bool:
    return abs(reference - other) <= max(0.5, 0.05 * abs(reference))


def _number(reference: str) -> float:
    return float(reference.strip("[]"))
