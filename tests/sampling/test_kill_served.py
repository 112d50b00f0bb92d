"""kill -9 over the engine for servers: the same data set, sixty times in minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sampling.kills import kill_over_a_server


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_sixty_kills_change_nothing_over_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_over_a_server(tmp_path, monkeypatch, 60)
