"""Whether the Hub answers is asked once, quickly, and told in words."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from dartmath.base import hub


@contextmanager
def answering(status: int) -> Iterator[str]:
    """The address of a server that answers everything with that status."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the standard error for what is tested."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "said"), [(200, ""), (401, ""), (404, ""), (503, "status 503")])
def test_whatever_a_server_answers_is_an_answer_but_for_its_failures(
    status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(status) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        assert hub.trouble() == said


def test_nobody_there_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
        assert "refused" in hub.trouble()


def test_a_server_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert hub.trouble() in ("no answer within 0 s", "timed out")


@pytest.mark.parametrize(("value", "off"), [("1", True), ("ON", True), ("0", False), ("", False)])
def test_it_can_be_switched_off(value: str, off: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    assert hub.is_switched_off() is off
