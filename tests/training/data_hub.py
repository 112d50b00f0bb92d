"""A real HTTP server with the part of the Hub's API that reading a data set uses.

Endpoints as huggingface_hub and datasets call them: information of a repository, its tree, the
details of paths, and the files themselves, by ranges of bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class DataHub:
    """The data sets of the server: repository -> path -> content. Changing one makes a new commit."""

    files: dict[str, dict[str, bytes]]
    address: str = ""
    requests: list[str] = field(default_factory=list)
    sent: int = 0

    def commit(self, name: str) -> str:
        """The commit of a repository: a hash of its content."""
        digest = hashlib.sha1(usedforsecurity=False)
        for path, content in sorted(self.files[name].items()):
            digest.update(path.encode() + content)
        return digest.hexdigest()


@contextmanager
def serve(hub: DataHub) -> Iterator[DataHub]:
    """Serve `hub` on this machine; its address is filled in."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: DataHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._route(b"")

    def do_HEAD(self) -> None:
        self._route(b"")

    def do_POST(self) -> None:
        self._route(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _route(self, body: bytes) -> None:
        self.hub.requests.append(f"{self.command} {self.path}")
        path = unquote(urlsplit(self.path).path)
        match = re.fullmatch(r"(?:/api)?/datasets/([^/]+/[^/]+)(?:/(\w[\w-]*)/([^/]+)(?:/(.*))?)?", path)
        if not match or match[1] not in self.hub.files:
            self._error("RepoNotFound")
            return
        name, kind, revision, rest = match.groups()
        files = self.hub.files[name]
        if revision not in (None, "main", self.hub.commit(name)):
            self._error("RevisionNotFound")
        elif kind == "resolve":
            self._file(name, rest)
        elif kind == "tree":
            self._json(list(_tree(files, f"{rest}/" if rest else "")))
        elif kind == "paths-info":
            asked = _paths(body)
            self._json([_entry(p, c) for p, c in files.items() if p in asked])
        else:
            siblings = [{"rfilename": p} for p in files]
            self._json({"id": name, "sha": self.hub.commit(name), "siblings": siblings})

    def _file(self, name: str, path: str) -> None:
        content = self.hub.files[name].get(path)
        if content is None:
            self._error("EntryNotFound")
            return
        headers = {
            "X-Repo-Commit": self.hub.commit(name),
            "ETag": f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"',
            "Accept-Ranges": "bytes",
        }
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked:
            end = min(int(asked[2]) if asked[2] else len(content) - 1, len(content) - 1)
            headers["Content-Range"] = f"bytes {asked[1]}-{end}/{len(content)}"
            content = content[int(asked[1]) : end + 1]
        self._send(206 if asked else 200, content, headers)

    def _json(self, answer: Any) -> None:
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _error(self, code: str) -> None:
        self._send(404, b"{}", {"X-Error-Code": code, "Content-Type": "application/json"})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.hub.sent += len(content)
            self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Nothing on standard error."""


def _tree(files: dict[str, bytes], folder: str) -> Iterator[dict[str, Any]]:
    """The files and folders directly in `folder`."""
    inside = {path.removeprefix(folder): path for path in files if path.startswith(folder)}
    for name in sorted({path.split("/")[0] for path in inside if "/" in path}):
        yield {"type": "directory", "path": folder + name, "size": 0, "oid": "0" * 40}
    for name, path in inside.items():
        if "/" not in name:
            yield _entry(path, files[path])


def _entry(path: str, content: bytes) -> dict[str, Any]:
    oid = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return {"type": "file", "path": path, "size": len(content), "oid": oid}


def _paths(body: bytes) -> list[str]:
    text = body.decode()
    asked = json.loads(text)["paths"] if text.startswith("{") else parse_qs(text)["paths"]
    return list(asked)
