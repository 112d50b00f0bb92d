"""The batch engine: requests gather into waves, and each wave is answered as one file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from dartmath.base.errors import EngineError
from dartmath.base.terminal import info
from dartmath.engines.batch.crowd import Crowd
from dartmath.engines.batch.line import read_line
from dartmath.engines.batch.local import ByHand, Command
from dartmath.engines.batch.service import Refused, Service
from dartmath.engines.batch.wave import Wave
from dartmath.engines.openai.call import LIMITS, Call
from dartmath.engines.openai.failure import Failure
from dartmath.engines.openai.rendering import added_bos, prompt_tokenizer
from dartmath.engines.openai.room import room_left
from dartmath.engines.openai.said import Asked
from dartmath.engines.protocol import Completion, Request
from dartmath.prompts.template import Template

if TYPE_CHECKING:
    from dartmath.engines.config import BatchEngine
    from dartmath.model import ModelSection

# Seconds without a new request after which what has gathered is sent.
_QUIET = 1.0
# Services take files of 200 MB, older ones of 100 MB.
_MOST_BYTES = 100 << 20
_LOST = Failure("the batch ended without a line for this request")


class Desk(Protocol):
    """Gets waves answered: a service, a command, or somebody."""

    name: str

    async def answer(self, wave: Wave, told: Callable[[str], None]) -> None:
        """Return once the wave's file of answers is there; `told` hears how it stands."""
        ...

    async def close(self) -> None:
        """Free what is held."""
        ...


@dataclass(eq=False)
class _Wanted:
    """A request that somebody waits for, after so many tries, sent for at most so many tokens."""

    request: Request
    future: asyncio.Future[Completion]
    tokens: int
    tries: int = 0


class BatchedEngine:
    """Gathers requests into waves of at most `requests`; see `Wave` for what is kept on disk.

    A wave is sent when no request has come for a second, or when it is full. What a wave holds survives this
    process: `resume` names the requests of earlier ones, and their answers wait for whoever asks for them.
    """

    finish_seconds = float("inf")
    """A stopped run does not wait for batches: they are collected when it goes on."""

    def __init__(self, section: BatchEngine, model: ModelSection, template: Template) -> None:
        self.section, self.model_section, self.template = section, model, template
        self._model = section.model or model.name
        self._most = section.requests
        self._crowd = Crowd(section.poll, section.patience)
        self._rooms: dict[str, int] = {}
        self._folder: Path | None = None
        self._answers_as = ""
        self._error: EngineError | None = None
        self._waves: dict[int, Wave] = {}
        self._states: dict[int, str] = {}
        self._wanted: dict[str, _Wanted] = {}
        self._pending: dict[str, _Wanted] = {}
        self._sent: set[str] = set()
        self._answers: dict[str, dict[str, Any] | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._desk = self._find_desk()

    @property
    def concurrency(self) -> int:
        """Requests of a full wave."""
        return self.section.requests

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer where it is needed and can be loaded, else None."""
        return prompt_tokenizer(self.section.endpoint, self.template, self.model_section)

    @cached_property
    def _call(self) -> Call:
        section = self.section
        # Whoever is not a service with its own rules is vLLM's own tool, which takes the model's defaults.
        kind = "" if section.base_url else "vllm"
        return Call(
            section.endpoint,
            self._model,
            kind,
            section.extra_body,
            self.template.stops,
            added_bos(self.tokenizer),
            seed=section.seed,
            meanings=section.text_fields,
        )

    def resume(self, folder: Path, recorded: Callable[[str], bool]) -> list[str]:
        """Keep waves in `folder` from now on; ids of requests in earlier ones that are not `recorded` yet.

        Waves that are recorded whole are removed.
        """
        self._folder = folder
        for wave in Wave.load_all(folder):
            left = [id for id in wave.ids if not recorded(id)]
            if left:
                self._waves[wave.number] = wave
                self._sent.update(left)
            else:
                wave.remove()
        return sorted(self._sent)

    async def __aenter__(self) -> BatchedEngine:
        if self._folder is None:
            raise EngineError(
                "batches are for whole runs, whose folder keeps them; responses with "
                "tools, which go on from one another, need another kind"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        for wave in self._waves.values():
            self._spawn(self._collect(wave))
        self._spawn(self._send())
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._desk.close()
        self._error = self._error or EngineError("the engine has been closed")

    async def generate(self, request: Request) -> Completion:
        """The response to one request, hours later; cancelling leaves it in its batch."""
        if self._error:
            raise self._error
        future: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        wanted = _Wanted(request, future, _limit(self._call.body(request), request))
        self._wanted[request.id] = wanted
        try:
            if request.id in self._answers:
                self._settle(wanted, self._answers.pop(request.id))
            elif request.id not in self._sent:
                self._queue(wanted)
            return await wanted.future
        finally:
            self._wanted.pop(request.id, None)
            self._pending.pop(request.id, None)

    def describe(self) -> dict[str, Any]:
        """Kind, model, endpoint and who answers; no hours are counted, and `served` is known after a wave."""
        return {
            "kind": "batch",
            "model": self._model,
            "endpoint": self.section.endpoint,
            "replicas": 0,
            "service": self._desk.name,
            "served": self._answers_as or None,
        }

    def servers(self) -> list[dict[str, Any]]:
        """The batches that are out, for a status display."""
        return [
            {
                "url": self._desk.name,
                "batch": wave.batch or wave.name,
                "state": self._states.get(number, "waiting to be sent"),
                "requests": len(wave.ids),
            }
            for number, wave in sorted(self._waves.items())
        ]

    def _find_desk(self) -> Desk:
        section = self.section
        path = f"/v1{Call(section.endpoint, '', '', {}).path}"
        if section.base_url is not None:
            return Service(section, path)
        return Command(section.command, self._model) if section.command is not None else ByHand()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let all who wait know of an error that ends the engine."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        self._error = self._error or (error if isinstance(error, EngineError) else EngineError(str(error)))
        for wanted in self._wanted.values():
            if not wanted.future.done():
                wanted.future.set_exception(error)

    def _queue(self, wanted: _Wanted) -> None:
        self._pending[wanted.request.id] = wanted
        self._news.set()

    async def _send(self) -> None:
        """Send what has gathered, wave after wave."""
        while True:
            await self._news.wait()
            seen = -1
            while seen != len(self._pending) < self._most:
                seen = len(self._pending)
                await asyncio.sleep(min(_QUIET, self.section.poll))
            self._news.clear()
            if self._crowd.known and self._waves:
                continue  # the end of a wave tells the news
            if self._pending:
                wave = self._wave()
                self._waves[wave.number] = wave
                self._spawn(self._collect(wave))
            if self._pending:
                self._news.set()

    def _wave(self) -> Wave:
        """A wave of those that have waited longest."""
        assert self._folder is not None
        ids: list[str] = []
        bodies, size, tokens = [], 0, 0
        for id, wanted in list(self._pending.items())[: self._most]:
            body = self._call.body(wanted.request, self._rooms.get(wanted.request.prompt_key))
            size += len(str(body))
            if ids and size > _MOST_BYTES:
                break
            ids.append(id)
            bodies.append(body)
            wanted.tokens = _limit(body, wanted.request)
            tokens = max(tokens, wanted.tokens)
            del self._pending[id]
        self._sent.update(ids)
        return Wave.write(self._folder, ids, bodies, f"/v1{self._call.path}", tokens)

    async def _collect(self, wave: Wave) -> None:
        """Have a wave answered, unless it is, and give the answers to those who wait."""
        try:
            if not wave.answers.is_file():
                await self._desk.answer(wave, lambda state: self._states.update({wave.number: state}))
                self._most = self._crowd.grown(len(wave.ids), self._most, self.section.requests)
        except Refused as refused:
            await self._put_back(wave, refused)
            return
        rows: dict[str, dict[str, Any] | None] = dict.fromkeys(wave.ids)
        rows.update(wave.read())
        self._close(wave)
        for id, row in rows.items():
            self._give(id, row)
        info(f"{wave.name}: {sum(row is not None for row in rows.values()):,} lines have come back")

    def _give(self, id: str, row: dict[str, Any] | None) -> None:
        """Hand over what came back for a request, to whoever waits or will."""
        if id not in self._sent:
            return  # recorded by an earlier session
        self._sent.discard(id)
        if id in self._wanted:
            self._settle(self._wanted[id], row)
        else:
            self._answers[id] = row

    def _settle(self, wanted: _Wanted, row: dict[str, Any] | None) -> None:
        """Turn a line into the outcome of a request, or into another try."""
        outcome = _LOST if row is None else read_line(row, self._asked(wanted))
        if isinstance(outcome, Completion):
            self._check_model(outcome)
        elif outcome.final or outcome.refusal:
            raise EngineError(f"{outcome.message}; mend it and run the same command again")
        elif self._has_room(wanted, outcome):
            self._queue(wanted)
            return
        elif outcome.retry and wanted.tries < self.section.retries:
            wanted.tries += 1
            self._queue(wanted)
            return
        else:
            # A verdict on the request would be the same in the next wave, a day later.
            hopeless = not (outcome.retry or outcome.withheld)
            outcome = Completion("", "error", error=outcome.message, hopeless=hopeless, final=True)
        if not wanted.future.done():
            wanted.future.set_result(outcome)

    def _has_room(self, wanted: _Wanted, failure: Failure) -> bool:
        """Whether a prompt that was too long with its response fits with a shorter one."""
        left = room_left(failure.said) if failure.hopeless else 0
        if not left or left >= wanted.tokens:
            return False
        self._rooms[wanted.request.prompt_key] = left
        return True

    def _asked(self, wanted: _Wanted) -> Asked:
        request = wanted.request
        stops = self._call.stops(request.generation)
        return Asked(self._desk.name, wanted.tokens, stops, self.section.text_fields, prompt=request.prompt)

    def _check_model(self, completion: Completion) -> None:
        by = completion.answered_by
        name = by.model if by else ""
        self._answers_as = self._answers_as or name
        if name and name != self._answers_as:
            raise EngineError(
                f"{self._desk.name} answers as {name!r}, and before as {self._answers_as!r}: the samples of "
                "two models may not be mixed"
            )

    async def _put_back(self, wave: Wave, refused: Refused) -> None:
        """Take a refused batch apart: lines that the service names fail, the others are sent again."""
        if not refused.lines and (not refused.crowded or self._crowd.lasts):
            raise EngineError(f"{refused}; nothing of it is paid for: mend it and run the same command again")
        if not refused.lines:
            self._most = self._crowd.cut(len(wave.ids))
            info(f"{refused}; batches of {self._most:,} requests, one after the other, from now on")
            await asyncio.sleep(self._crowd.pause)
        self._close(wave)
        wave.remove()
        for index, id in enumerate(wave.ids):
            said = refused.lines.get(index)
            if said is not None:
                self._give(id, {"response": {"status_code": 400, "body": {"error": said}}})
                continue
            self._sent.discard(id)
            if id in self._wanted:
                self._queue(self._wanted[id])

    def _close(self, wave: Wave) -> None:
        """A wave is no longer out."""
        self._waves.pop(wave.number, None)
        self._states.pop(wave.number, None)
        self._news.set()


def _limit(body: dict[str, Any], request: Request) -> int:
    return next((body[name] for name in LIMITS if name in body), request.generation.max_tokens)
