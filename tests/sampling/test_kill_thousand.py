"""kill -9 over the engine for servers, a thousand times."""

from __future__ import annotations

from pathlib import Path

import pytest

from sampling.kills import kill_over_a_server


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_thousand_kills_change_nothing_over_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_over_a_server(tmp_path, monkeypatch, 1000)
