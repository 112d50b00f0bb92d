"""Fixtures of the sandbox tests."""

from __future__ import annotations

import pytest

from dartmath.errors import SandboxError
from dartmath.tools.isolation import Isolation, find_isolation


@pytest.fixture(scope="session")
def isolation() -> Isolation:
    """The isolation that works on this machine; skips where there is none."""
    try:
        return find_isolation()
    except SandboxError as error:
        pytest.skip(str(error))
