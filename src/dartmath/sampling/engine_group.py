"""EngineGroup: the engines of several teachers behind the face of one, each with room of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from dartmath.engines.protocol import Completion, Request
from dartmath.sampling.teachers import Staff


class EngineGroup:
    """Sends each request to the engine of its teacher.

    What one engine alone can do, such as bring workers that verify, the first one does.
    """

    def __init__(self, staff: Staff) -> None:
        self.engines = list(staff.engines)
        self.of_teacher = tuple(one.engine for one in staff.teachers)
        self._first = [
            staff.teachers[self.of_teacher.index(place)].name for place in range(len(self.engines))
        ]
        self._open = AsyncExitStack()

    @property
    def concurrency(self) -> int:
        """Requests that all engines together can use."""
        return sum(self.rooms)

    @property
    def rooms(self) -> list[int]:
        """Requests that each engine can use. One even when it has none now: it waits for a server."""
        return [max(1, engine.concurrency) for engine in self.engines]

    @property
    def finish_seconds(self) -> float | None:
        """The longest time that an engine says its requests take to end; None where none says it."""
        said = [s for e in self.engines if (s := getattr(e, "finish_seconds", None)) is not None]
        return max(said, default=None)

    async def __aenter__(self) -> EngineGroup:
        async with AsyncExitStack() as stack:
            for engine in self.engines:
                await stack.enter_async_context(engine)
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._open.aclose()

    async def generate(self, request: Request) -> Completion:
        """Have the engine of the request's teacher generate."""
        return await self.engines[self.of_teacher[request.teacher]].generate(request)

    def describe(self) -> dict[str, Any]:
        """The first engine's, with those of the others under `others`."""
        first, *others = [engine.describe() for engine in self.engines]
        return {**first, "others": others} if others else first

    def servers(self) -> list[dict[str, Any]] | None:
        """What the engines say about their servers; None where none has any."""
        found = [asked() for e in self.engines if callable(asked := getattr(e, "servers", None))]
        return [row for rows in found for row in rows] if found else None

    def resume(self, folder: Path, known: Callable[[str], bool]) -> list[str]:
        """Requests that the engines hold from an earlier session, each in a folder of its own."""
        found: list[str] = []
        for place, engine in enumerate(self.engines):
            own = folder if place == 0 else folder.with_name(f"{folder.name}-{self._first[place]}")
            if (resume := getattr(engine, "resume", None)) is not None:
                found += resume(own, known)
        return found

    def grading_pool(self, *arguments: Any) -> Any:
        """The verification workers that the first engine brings, if it does."""
        bring = getattr(self.engines[0], "grading_pool", None)
        return bring(*arguments) if bring else None
