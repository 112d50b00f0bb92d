"""The error tree: messages name the way out, exit codes mean something."""

from __future__ import annotations

import pytest

from dartmath.base import errors
from dartmath.base.errors import DataError, UnknownNameError, nearest


def test_the_tree_is_drawn_whole() -> None:
    drawn = errors.__doc__ or ""
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.DartmathError):
            assert f"{name} " in drawn or f"{name}\n" in drawn, f"{name} is missing from the drawing"


@pytest.mark.parametrize(
    ("name", "tail"),
    [("alpaka", '; did you mean "alpaca"?'), ("zzz", "; valid: alpaca, qa")],
)
def test_nearest(name: str, tail: str) -> None:
    assert nearest(name, ["alpaca", "qa"]) == tail


def test_places_are_named() -> None:
    assert str(DataError("bad", path="a.jsonl", line=3)) == "a.jsonl:3: bad"
    assert str(UnknownNameError("engine", "vlm", ["vllm"])) == "unknown engine 'vlm'; did you mean \"vllm\"?"
