"""The published table: complete, and its averages are the means of its scores."""

from __future__ import annotations

import pytest
import yaml

from dartmath.base.errors import UnknownNameError
from dartmath.evaluation import published
from dartmath.evaluation.published import find_published, published_models
from dartmath.queries.registry import find_suite


def test_all_models_of_the_card_are_there() -> None:
    names = list(published_models())
    assert len(names) == 14
    assert sum(name.startswith("dart-math-") for name in names) == 8
    assert sum(name.startswith("metamath-") for name in names) == 4
    assert {"gpt-4-0314", "dsmath-7b-rl"} <= set(names)


@pytest.mark.parametrize("name", published_models())
def test_averages_are_the_means(name: str) -> None:
    model = find_published(name)
    if model.average is None:
        assert len(model.scores) < 6
        return
    assert tuple(model.scores) == find_suite("dart-math")
    # Scores are printed to one decimal of a percent, so their mean is known to half of one.
    assert model.mean() == pytest.approx(model.average, abs=0.0005 + 1e-9)


def test_the_misprinted_average_is_no_mean() -> None:
    file = published.__file__.replace("published.py", "published.yaml")
    with open(file, encoding="utf-8") as text:  # noqa: PTH123
        row = yaml.safe_load(text)["models"]["dart-math-mistral-7b-uniform"]
    assert row["printed_average"] == 27.4
    assert sum(row["scores"]) / 6 == pytest.approx(37.4, abs=0.05)


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match='did you mean "dart-math-llama3-8b-uniform"'):
        find_published("dart-math-llama-3-8b-uniform")
