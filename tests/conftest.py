"""Fixtures that several packages' tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from dartmath.base.errors import MissingDependencyError
from dartmath.model import resolve_model

# Examples take as long as the machine is busy. They are the same every time, so that a test that was green
# fails for what has changed and not by chance; EXPLORE=1 draws new ones.
settings.register_profile("untimed", deadline=None, derandomize="EXPLORE" not in os.environ)
settings.load_profile("untimed")

_SHARED = Path(__file__).parents[2] / "shared"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a GPU where there is none; torch is imported for such tests alone."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs a CUDA device")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real benchmark and training sets; skips where it is absent."""
    folder = Path(os.environ.get("DARTMATH_DATA") or _SHARED / "data")
    if not folder.is_dir():
        pytest.skip("no data folder: set DARTMATH_DATA to a folder of the benchmark files")
    return folder


@pytest.fixture(scope="session")
def shared_verify() -> Path:
    """The folder of labelled verification cases; skips where it is absent."""
    folder = Path(os.environ.get("DARTMATH_VERIFY_CASES") or _SHARED / "verify")
    if not folder.is_dir():
        pytest.skip("no labelled cases: set DARTMATH_VERIFY_CASES to a folder of them")
    return folder


@pytest.fixture(scope="session")
def smollm2() -> str:
    """The folder of a real small chat model (SmolLM2-135M-Instruct); skips where it is not installed."""
    try:
        return resolve_model("smollm2-135m-instruct")
    except MissingDependencyError as error:
        pytest.skip(str(error))
