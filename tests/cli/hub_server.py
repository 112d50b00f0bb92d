"""A real HTTP server with the part of the Hub's API that a push uses, keeping what it is sent.

Endpoints as huggingface_hub calls them: create a repository, ask how each file goes (small ones
inside the commit, others through Git LFS), upload the large ones, commit.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SMALL = 1000


@dataclass
class Hub:
    """What the server holds and how it behaves."""

    token: str
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: dict[str, bool] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    refuse_commits: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    address: str = ""

    def start(self) -> ThreadingHTTPServer:
        """Serve in a thread until `shutdown`."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def commit(self, repository: str, lines: list[dict[str, Any]]) -> None:
        """Apply the lines of a commit."""
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.messages.append(value["summary"])
            elif line["key"] == "file":
                self.files[repository][value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[repository][value["path"]] = self.objects[value["oid"]]


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self._body()
        if self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            self._answer({"error": "Invalid username or password."}, 401)
        elif self.path == "/api/repos/create":
            self._create(json.loads(body))
        elif "/preupload/" in self.path:
            self._answer({"files": [_mode(f) for f in json.loads(body)["files"]]})
        elif self.path.endswith("/info/lfs/objects/batch"):
            self._answer({"objects": [self._upload_of(o) for o in json.loads(body)["objects"]]})
        elif match := re.fullmatch(r"/api/(\w+s)/(.+)/commit/main", self.path.split("?")[0]):
            self._commit(f"{match[1]}/{match[2]}", body)
        else:
            self._answer({"valid": True, "warnings": [], "errors": []})

    def do_PUT(self) -> None:
        body = self._body()
        name = self.path.rsplit("/", 1)[-1]
        if hashlib.sha256(body).hexdigest() == name:
            self.hub.objects[name] = body
            self._answer({})
        else:
            self._answer({"error": "wrong checksum"}, 400)

    def do_GET(self) -> None:
        self._body()
        match = re.match(r"/api/(\w+s)/([^/]+/[^/?]+)", self.path)
        if match and f"{match[1]}/{match[2]}" in self.hub.files:
            self._answer({"id": match[2], "sha": "0" * 40, "siblings": []})
        else:
            self._answer({"error": "not found"}, 404)

    do_HEAD = do_GET

    def _create(self, wanted: dict[str, Any]) -> None:
        kind = wanted.get("type") or "model"
        name = f"{wanted['organization']}/{wanted['name']}"
        if f"{kind}s/{name}" in self.hub.files:
            url = f"{self.hub.address}/{name}"
            self._answer({"error": f"You already created this {kind} repo", "url": url}, 409)
            return
        self.hub.files[f"{kind}s/{name}"] = {}
        self.hub.private[f"{kind}s/{name}"] = (
            bool(wanted.get("private")) or wanted.get("visibility") == "private"
        )
        prefix = "datasets/" if kind == "dataset" else ""
        self._answer({"url": f"{self.hub.address}/{prefix}{name}", "name": name})

    def _upload_of(self, wanted: dict[str, Any]) -> dict[str, Any]:
        href = f"{self.hub.address}/objects/{wanted['oid']}"
        return {**wanted, "authenticated": True, "actions": {"upload": {"href": href}}}

    def _commit(self, repository: str, body: bytes) -> None:
        if self.hub.refuse_commits:
            self._answer(
                {"error": f"no write access for {self.headers['Authorization']}"}, self.hub.refuse_commits
            )
            return
        self.hub.commit(repository, [json.loads(line) for line in body.splitlines() if line.strip()])
        url = f"{self.hub.address}/{repository}/commit/{'1' * 40}"
        self._answer({"success": True, "commitUrl": url, "commitOid": "1" * 40})

    def _body(self) -> bytes:
        self.hub.requests.append(f"{self.command} {self.path}")
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().strip(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if "error" in content:  # the client shows this, and the body only without it
            self.send_header("X-Error-Message", content["error"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        """Nothing on standard error."""


def _mode(file: dict[str, Any]) -> dict[str, Any]:
    mode = "regular" if file["size"] < SMALL else "lfs"
    return {"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": None}
