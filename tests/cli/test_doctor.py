"""`dartmath doctor` says what is here, what is missing, and how to add it; it never hangs."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dartmath.base import hub
from dartmath.base.errors import MissingDependencyError
from dartmath.cli import _checks, app
from engines.servers import reserved_port


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def server() -> Iterator[str]:
    """A Hub that is up and wants a login."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(401)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def checks(result: Any) -> dict[str, Any]:
    """The checks of a JSON report by name."""
    return {check["name"]: check for check in json.loads(result.stdout)["checks"]}


def test_report_for_machines() -> None:
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["ready"] is True
    found = checks(result)
    assert found["transformers"]["status"] == "ok"
    assert metadata.version("torch") in found["transformers"]["found"]
    assert {c["status"] for c in found.values()} <= {"ok", "optional", "warning"}
    assert all(c["fix"] for c in found.values() if c["status"] == "warning")


def test_report_for_people() -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    for word in ("install", "engines", "tools", "data", "machine", "sandbox", "disk"):
        assert word in result.stdout


def test_a_missing_package_is_an_error_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        metadata, "requires", lambda name: ["no-such-package>=2", "numpy>=1", "x; extra == 'y'"]
    )
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert isinstance(result.exception, MissingDependencyError)
    assert result.exception.exit_code == 3
    broken = next(c for c in json.loads(result.stdout)["checks"] if c["status"] == "missing")
    assert broken["found"] == "no-such-package is absent (wanted >=2)"
    assert broken["fix"] == "pip install --upgrade dartmath"


def test_a_version_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda name: ["numpy>=99"])
    assert _checks.packages().status == "missing"
    assert f"numpy {metadata.version('numpy')} (wanted >=99)" in _checks.packages().found


def test_missing_sandbox_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from dartmath.tools import walls

    walls._isolation.cache_clear()
    walls.find_isolation.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    check = _checks.sandbox()
    walls._isolation.cache_clear()
    walls.find_isolation.cache_clear()
    assert check.status == "optional"
    assert "apt-get install bubblewrap" in check.found + check.fix


def test_hub_that_answers(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", server)
    monkeypatch.setattr(hub, "SECONDS", 60.0)
    assert _checks.hub().status == "ok"


def test_hub_that_never_answers_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen()
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub, "SECONDS", 0.3)
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
    check = _checks.hub()
    silent.close()
    assert check.status == "warning"
    assert "DARTMATH_DATA" in check.fix


def test_hub_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with reserved_port() as port:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
        monkeypatch.setattr(hub, "SECONDS", 60.0)
        assert "refused" in _checks.hub().found


@pytest.mark.parametrize(
    ("value", "status"), [(None, "optional"), ("/no/such/folder", "warning"), (".", "ok")]
)
def test_data_folder(monkeypatch: pytest.MonkeyPatch, value: str | None, status: str) -> None:
    monkeypatch.delenv("DARTMATH_DATA", raising=False)
    if value:
        monkeypatch.setenv("DARTMATH_DATA", value)
    assert _checks.data_folder().status == status


def test_little_disk_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_checks, "_LITTLE_DISK", 2**70)
    assert "DARTMATH_CACHE" in _checks.disk().fix


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "swordfish")
    assert "swordfish" not in CliRunner().invoke(app, ["doctor"]).output
