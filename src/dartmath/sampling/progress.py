"""Heartbeat of a running sampling: `progress.json` for other terminals, and the progress bar."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections import deque
from pathlib import Path
from typing import Any

from dartmath.base.files import write_text
from dartmath.base.terminal import Progress
from dartmath.sampling.budget import Meter, Tariff
from dartmath.sampling.controller import Controller
from dartmath.sampling.engine_group import EngineGroup
from dartmath.sampling.metrics import Trackers, exposition, measure
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.tally import Tally

PROGRESS = "progress.json"
_SECONDS = 2.0
_WINDOW = 60
# What a heartbeat holds beside numbers.
_KINDS = {"host": str, "servers": list}


class Heartbeat:
    """Writes how the run goes every two seconds, and draws it; the rate is that of two minutes."""

    def __init__(
        self,
        folder: Path,
        tally: Tally,
        schedule: Schedule,
        meter: Meter,
        engine: Any,
        *,
        tariff: Tariff,
        logs: Trackers,
    ) -> None:
        self._folder, self._tally, self._schedule, self._meter = folder, tally, schedule, meter
        self._engine, self._tariff, self._logs = engine, tariff, logs
        self._beat: dict[str, Any] = {}
        self._marks: deque[tuple[float, int, int]] = deque(maxlen=_WINDOW)

    async def beat(self, controller: Controller, bar: Progress) -> None:
        """Beat until cancelled."""
        while True:
            self.write(controller)
            done, correct = self._tally.total, self._tally.total_correct
            bar.update(done, total=round(done + self._schedule.remaining), note=f"{correct:,} correct")
            await asyncio.sleep(_SECONDS)

    def write(self, controller: Controller | None = None) -> None:
        """Write the heartbeat once, the last time without a controller.

        A full disk is left to the journal to report.
        """
        self._meter.tick()
        self._marks.append((time.monotonic(), self._tally.total, self._tally.total_tokens))
        self._beat = self._state(controller)
        self._logs.write(self._values(), last=controller is None)
        try:
            write_text(
                self._folder / PROGRESS, json.dumps(self._beat, default=str), durable=False
            )  # it is stale after two seconds anyway
        except OSError:
            return

    def exposition(self) -> str:
        """The numbers of the last beat for Prometheus."""
        return exposition(self._values(), self._beat.get("servers") or ())

    def _values(self) -> dict[str, float]:
        return measure(self._beat, self._tally, self._schedule, self._tariff, self._meter)

    def _state(self, controller: Controller | None) -> dict[str, Any]:
        (start, samples, tokens), (now, *latest) = self._marks[0], self._marks[-1]
        elapsed = max(now - start, 1e-9)
        return {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "updated": time.time(),
            "seconds": round(self._meter.seconds, 3),
            "engine_seconds": round(self._meter.engine_seconds, 3),
            "replicas": self._meter.replicas,
            "samples": self._tally.total,
            "expected_remaining": round(self._schedule.remaining),
            "samples_per_second": round((latest[0] - samples) / elapsed, 3) if now > start else None,
            "tokens_per_second": round((latest[1] - tokens) / elapsed, 1) if now > start else None,
            "generating": controller.generating if controller else 0,
            "grading": controller.grading if controller else 0,
            "concurrency": self._engine.concurrency,
            "servers": servers_of(self._engine),
        }


def read_progress(folder: Path) -> dict[str, Any]:
    """The last heartbeat of a run, without what is damaged; empty when there was none."""
    try:
        found = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in rows if isinstance(value, _KINDS.get(key, int | float))}


def servers_of(engine: Any) -> list[dict[str, Any]] | None:
    """What the engine says about its servers or replicas; None where it has none."""
    servers = getattr(engine, "servers", None)
    return servers() if callable(servers) else None


def replicas_of(engine: Any) -> int:
    """How many replicas of the models are at work now, and cost money."""
    if isinstance(engine, EngineGroup):
        return sum(map(replicas_of, engine.engines))
    servers = servers_of(engine)
    if servers is not None:
        return sum(server["state"] in ("up", "trying", "waiting") for server in servers)
    return int(engine.describe().get("replicas", 1))
