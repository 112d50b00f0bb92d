"""One made run, and one browser, for all tests of the report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dartmath.report import write_report
from report.made_run import make_run
from report.webdriver import Browser, chromium


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run."""
    return make_run(tmp_path_factory.mktemp("runs") / "made")


@pytest.fixture(scope="session")
def page(run_folder: Path) -> Path:
    """The report of that run."""
    published = ["dart-math-llama3-8b-uniform"]
    return write_report([run_folder], run_folder / "report.html", published=published)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; skips where it is not installed, unless DARTMATH_BROWSER is "required"."""
    try:
        with chromium() as made:
            yield made
    except FileNotFoundError:
        message = "no chromedriver; install it with: apt-get install chromium chromium-driver"
        if os.environ.get("DARTMATH_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
