"""A real HTTP server with the part of the Hub's API that reading a data set uses.

Endpoints as huggingface_hub and datasets call them: what a repository holds at a revision, its tree,
the details of paths, and the files themselves, whole or by ranges of bytes.
https://huggingface.co/docs/hub/api
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
class Repository:
    """A data set repository: its files by revision, the newest last; `token` opens a private one."""

    revisions: dict[str, dict[str, bytes]]
    token: str | None = None
    gated: bool = False

    def commit(self, revision: str) -> str | None:
        """The commit of a branch or of a commit; None where there is no such revision."""
        newest = next(reversed(self.revisions))
        return newest if revision == "main" else revision if revision in self.revisions else None


@dataclass
class Hub:
    """What the server holds and which requests it got; `cut` is where every file breaks off."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    cut: int | None = None
    address: str = ""


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.hub.requests.append(f"{self.command} {self.path}")
        path = unquote(urlsplit(self.path).path)
        match = re.fullmatch(r"/(api/)?datasets/([^/]+/[^/]+)(?:/([a-z-]+)/([^/]+)(?:/(.*))?)?", path)
        if not match:
            self._refuse(404, "EntryNotFound", "no such page")
            return
        repository = self.hub.repositories.get(match[2])
        if repository is None or not self._may_read(repository):
            code = "GatedRepo" if repository and repository.gated else "RepoNotFound"
            self._refuse(401, code, "Repository Not Found or access to it is restricted")
            return
        commit = repository.commit(match[4] or "main")
        if commit is None:
            self._refuse(404, "RevisionNotFound", f"Invalid rev id: {match[4]}")
            return
        files = repository.revisions[commit]
        if match[3] == "resolve":
            self._file(files.get(match[5]), commit)
        elif match[3] == "tree":
            recursive = "recursive=true" in self.path.lower()
            self._answer(list(_tree(files, f"{match[5]}/" if match[5] else "", recursive)))
        elif match[3] == "paths-info":
            text = body.decode()
            wanted = json.loads(text)["paths"] if text.startswith("{") else parse_qs(text)["paths"]
            self._answer([_entry(name, files[name]) for name in wanted if name in files])
        else:
            siblings = [{"rfilename": name} for name in files]
            self._answer({"id": match[2], "sha": commit, "siblings": siblings, "private": False, "tags": []})

    do_HEAD = do_POST = do_GET

    def _may_read(self, repository: Repository) -> bool:
        return repository.token is None or self.headers.get("Authorization") == f"Bearer {repository.token}"

    def _file(self, data: bytes | None, commit: str) -> None:
        if data is None:
            self._refuse(404, "EntryNotFound", "Entry not found")
            return
        headers = {"ETag": f'"{_oid(data)}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        headers["Content-Type"] = "application/octet-stream"
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked:
            end = min(int(asked[2] or len(data)), len(data) - 1)
            headers["Content-Range"] = f"bytes {asked[1]}-{end}/{len(data)}"
            data = data[int(asked[1]) : end + 1]
        self._send(206 if asked else 200, data, headers)

    def _answer(self, content: Any) -> None:
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _refuse(self, status: int, code: str, message: str) -> None:
        headers = {"X-Error-Code": code, "X-Error-Message": message}
        self._send(status, json.dumps({"error": message}).encode(), headers)

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: self.hub.cut])
        if self.hub.cut is not None:
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Nothing on standard error."""


def _tree(files: dict[str, bytes], folder: str, recursive: bool) -> Iterator[dict[str, Any]]:
    """The files in `folder`: all of them, or with the folders those directly in it."""
    inside = {path.removeprefix(folder): path for path in files if path.startswith(folder)}
    if not recursive:
        for name in sorted({path.split("/")[0] for path in inside if "/" in path}):
            yield {"type": "directory", "path": folder + name, "size": 0, "oid": "0" * 40}
    for name, path in inside.items():
        if recursive or "/" not in name:
            yield _entry(path, files[path])


def _entry(name: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": name, "size": len(data), "oid": _oid(data)}


def _oid(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
