"""One replica of an engine in a Ray actor, as the driver sees it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import DartmathError, EngineError, MissingDependencyError, UsageError
from dartmath.base.terminal import warn
from dartmath.engines import create_engine
from dartmath.engines.protocol import Completion, Engine, Request

if TYPE_CHECKING:
    from dartmath.engines.config import RayEngine
    from dartmath.model import ModelSection
    from dartmath.prompts.template import Template

_STARTS = 3
_PAUSE = 2.0


class ReplicaLostError(Exception):
    """The actor, its node or its engine is gone; the request may be sent to another.

    `final` says that a replacement would fail in the same way.
    """

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class ReplicaWorker:
    """What runs in the actor: an engine. Errors travel as text, since not all can be unpickled."""

    def __init__(self, section: RayEngine, model: ModelSection, template: Template) -> None:
        self.engine: Engine = create_engine(section.engine, model, template)

    async def start(self) -> dict[str, Any]:
        """Start the engine; its concurrency and description, or what went wrong."""
        try:
            await self.engine.__aenter__()
        except DartmathError as error:
            return {"error": str(error), "final": isinstance(error, UsageError | MissingDependencyError)}
        return {"concurrency": self.engine.concurrency, "describe": self.engine.describe()}

    async def generate(self, request: Request) -> dict[str, Any]:
        """Fields of a Completion, or {"dead": why} when the engine cannot go on."""
        try:
            return asdict(await self.engine.generate(request))
        except EngineError as error:
            return {"dead": str(error)}


class Replica:
    """An actor that is kept alive: lost ones are replaced, until three in a row cannot start."""

    def __init__(self, section: RayEngine, model: ModelSection, template: Template) -> None:
        self.section, self._parts = section, (section, model, template)
        self.actor: Any = None
        self.in_flight = self.limit = self.answered = self.replaced = 0
        self.description: dict[str, Any] = {}
        self.error: EngineError | None = None
        self._lost = asyncio.Event()

    @property
    def room(self) -> int:
        """How many more requests it takes now."""
        return self.limit - self.in_flight

    async def live(self, changed: asyncio.Condition) -> None:
        """Create the actor, and another whenever it is lost; tells `changed` of every change."""
        failures = 0
        while self.error is None:
            try:
                await self._create()
                failures = 0
            except ReplicaLostError as error:
                failures += 1
                if failures == _STARTS or error.final:
                    self.error = EngineError(f"a Ray replica cannot start: {error}")
                else:
                    await asyncio.sleep(_PAUSE * failures)
            async with changed:
                changed.notify_all()
            if self.limit:
                await self._lost.wait()
                self.replaced += 1
                warn("a Ray replica is lost; it is replaced and its requests are sent again")

    async def generate(self, request: Request) -> Completion:
        """Generate on the actor; raises `ReplicaLostError`. Cancelling aborts the request there."""
        import ray

        actor = self.actor
        reference = actor.generate.remote(request)
        try:
            fields = await reference
        except asyncio.CancelledError:
            ray.cancel(reference)
            raise
        except ray.exceptions.RayError as error:
            self._lose(actor)
            raise ReplicaLostError(_first_line(error)) from error
        if "dead" in fields:
            self._lose(actor)
            raise ReplicaLostError(str(fields["dead"]))
        self.answered += 1
        return Completion(**fields)

    def snapshot(self, number: int) -> dict[str, Any]:
        """What a status line shows; the same keys as of a server of the openai engine."""
        return {
            "url": f"replica {number}",
            "state": "refused" if self.error else "up" if self.limit else "starting",
            "in_flight": self.in_flight,
            "limit": self.limit,
            "tokens_per_second": None,
            "answered": self.answered,
            "failed": self.replaced,
            "last_error": str(self.error or ""),
        }

    def kill(self) -> None:
        """End the actor at once."""
        import ray

        if self.actor is not None:
            ray.kill(self.actor)
            self.actor = None

    def _lose(self, actor: Any) -> None:
        """Have `actor` replaced, unless a request that was lost with it has seen to that before."""
        if actor is self.actor:
            self.limit = 0
            self._lost.set()

    async def _create(self) -> None:
        import ray

        self.kill()
        self._lost.clear()
        options = {"num_cpus": self.section.cpus, "num_gpus": self.section.gpus}
        self.actor = ray.remote(ReplicaWorker).options(**options, max_concurrency=10_000).remote(*self._parts)
        try:
            started = await self.actor.start.remote()
        except ray.exceptions.RayError as error:
            raise ReplicaLostError(_first_line(error)) from error
        if "error" in started:
            raise ReplicaLostError(started["error"], final=started["final"])
        self.description, self.limit = started["describe"], started["concurrency"]


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
