"""A service with OpenAI's batch API over HTTP that expires, drops, refuses and stumbles as it is told."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class BatchService:
    """What the service does, and what it has done.

    Of the batches in turn a share `answered` is answered (all, of further ones) before they end as `states`
    say; the rest expires in the error file, or is dropped where `drops`. `line` may change a line of answers.
    `room` is the most requests of a batch, `bad_lines` are those (from 0) of the first batch that its
    validation names. Every batch takes `polls` looks. So many batches are refused since the file is not there
    yet (`late_file`), or since others' batches fill the account (`full`).
    """

    answered: tuple[float, ...] = ()
    states: tuple[str, ...] = ()
    drops: bool = False
    room: int = 10**9
    bad_lines: tuple[int, ...] = ()
    refuses_at_once: bool = False
    stumbles: bool = False
    late_file: int = 0
    full: int = 0
    job: bool = False
    polls: int = 2
    line: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]] = lambda row, request: row
    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    looks: Counter[str] = field(default_factory=Counter)
    billed: Counter[str] = field(default_factory=Counter)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30)
        app.add_routes(
            [
                web.post("/v1/files", self.upload),
                web.get("/v1/files/{id}/content", self.content),
                web.post("/v1/batches", self.create),
                web.get("/v1/batches", self.list),
                web.get("/v1/batches/{id}", self.look),
            ]
        )
        return app

    async def upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["purpose"] == "batch"
        name = f"file-{len(self.files)}"
        self.files[name] = form["file"].file.read()  # type: ignore[union-attr]
        return web.json_response({"id": name, "status": "processed"})

    async def content(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])

    async def create(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert {line["url"] for line in lines} == {asked["endpoint"]}
        errors = [
            {"code": "invalid_line", "message": "This line is not liked.", "line": n + 1}
            for n in self.bad_lines
            if not self.batches
        ]
        if len(lines) > self.room:
            errors = [
                {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "line": None}
            ]
        if self.late_file:
            self.late_file -= 1
            return web.json_response(
                {"error": {"message": "Cannot find file file-x, or no access"}}, status=400
            )
        if self.full:
            self.full -= 1
            return web.json_response({"error": {"message": "Batch rate limit exceeded"}}, status=429)
        if errors and self.refuses_at_once:
            return web.json_response({"error": errors[0]}, status=400)
        number = len(self.batches)
        name = f"batch_{number}"
        row: dict[str, Any] = {"id": name, "status": "validating", "metadata": asked["metadata"]}
        row |= {
            "output_file_id": None,
            "error_file_id": "",
            "errors": None,
            "end": _nth(self.states, number, "completed"),
        }
        self.batches[name] = row
        if errors:
            row |= {"end": "failed", "errors": {"data": errors}}
        else:
            self.answer(row, lines, _nth(self.answered, number, 1.0))
        if self.stumbles:
            self.stumbles = False
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"job": row} if self.job else row)

    def answer(self, row: dict[str, Any], lines: list[dict[str, Any]], share: float) -> None:
        """Make the files of a batch, as if it had run."""
        good = round(share * len(lines))
        out = [self.line(self.respond(line), line) for line in lines[:good]]
        expired = {"code": "batch_expired", "message": "This request could not be executed in time."}
        bad = [{"custom_id": line["custom_id"], "response": None, "error": expired} for line in lines[good:]]
        row["files"] = (out, [] if self.drops else bad)

    def respond(self, line: dict[str, Any]) -> dict[str, Any]:
        body = line["body"]
        self.requests.append(body)
        prompt = body.get("prompt") or body["messages"][-1]["content"]
        number, seed = re.findall(r"(\d+)\?", prompt)[-1], body["seed"]
        self.billed[f"{number}/{seed}"] += 1
        text = f"It is {seed}. The answer is \\boxed{{{number if seed % 2 else -1}}}."
        choice = {"text": text, "message": {"content": text}, "finish_reason": "stop"}
        answer = {"model": "m", "choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 12}}
        return {
            "custom_id": line["custom_id"],
            "response": {"status_code": 200, "body": answer},
            "error": None,
        }

    async def list(self, request: web.Request) -> web.Response:
        return web.json_response({"data": list(reversed(self.batches.values()))})

    async def look(self, request: web.Request) -> web.Response:
        row = self.batches[request.match_info["id"]]
        self.looks[row["id"]] += 1
        if self.looks[row["id"]] >= self.polls:
            row["status"] = row["end"].upper() if self.job else row["end"]
            for key, rows in zip(("output_file_id", "error_file_id"), row.get("files", ()), strict=False):
                if rows:
                    row[key] = f"{row['id']}-{key}"
                    self.files[row[key]] = b"\n".join(json.dumps(one).encode() for one in rows)
        return web.json_response({"job": row} if self.job else row)


def _nth(values: tuple[Any, ...], number: int, last: Any) -> Any:
    return values[number] if number < len(values) else last


@contextmanager
def batch_service(**mood: Any) -> Iterator[BatchService]:
    """A running service in that mood."""
    service, loop, ready = BatchService(**mood), asyncio.new_event_loop(), threading.Event()
    runner = web.AppRunner(service.app())

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        ready.set()

    def serve() -> None:
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ready.wait(30)
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
