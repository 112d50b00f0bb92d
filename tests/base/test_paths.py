"""Home folders in paths: those of this user, of others, and of nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.base.paths import expand_home


def test_a_tilde_is_a_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert expand_home("~/runs") == Path("/home/me/runs")
    assert expand_home(Path("~root")) == Path(os.path.expanduser("~root"))  # noqa: PTH111
    for kept in ("runs/~x", "/~nosuchuser"):
        assert expand_home(kept) == Path(kept)


def test_a_user_that_is_not_here_is_named() -> None:
    with pytest.raises(
        ConfigError, match="'~nosuchuser/x': there is no user 'nosuchuser'; write the path in full"
    ):
        expand_home("~nosuchuser/x")
