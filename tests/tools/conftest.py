"""Fixtures of the sandbox tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dartmath.base.errors import SandboxError
from dartmath.tools.isolation import Isolation
from dartmath.tools.walls import find_isolation
from tools.ordinary import OrdinaryUser, ordinary_user


@pytest.fixture(scope="session")
def isolation() -> Isolation:
    """The isolation that works on this machine; skips where there is none."""
    try:
        return find_isolation()
    except SandboxError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def ordinary(isolation: Isolation) -> Iterator[OrdinaryUser]:
    """Sandboxes of an ordinary user, in a process of their own; skips where the tests cannot become one."""
    if isolation.mode != "root":
        pytest.skip("the tests run as an ordinary user already")
    with ordinary_user() as user:
        yield user
