"""How a run goes, as numbers over time: for Prometheus, TensorBoard, W&B and trackio."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from dartmath.base.errors import ConfigError
from dartmath.base.terminal import info, warn
from dartmath.sampling.budget import Meter, Tariff, spent_by
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.tally import Tally

if TYPE_CHECKING:
    from aiohttp import web

Tracker = Literal["tensorboard", "wandb", "trackio"]

PROJECT = "dartmath"
_LOG_SECONDS = 15.0
_ROW = ("in_flight", "limit", "tokens_per_second", "answered", "failed")
_COUNTERS = ("samples", "correct", "tokens", "prompt_tokens", "seconds", "cost", "answered", "failed")
_BEAT = (
    "samples_per_second",
    "tokens_per_second",
    "expected_remaining",
    "generating",
    "grading",
    "concurrency",
)


def measure(
    beat: Mapping[str, Any], tally: Tally, schedule: Schedule, tariff: Tariff, meter: Meter
) -> dict[str, float]:
    """The numbers of a run now, `beat` being its heartbeat.

    `coverage` is the share of queries with a correct response, `pass_rate` that of correct responses.
    """
    covered = np.count_nonzero(np.frombuffer(tally.correct, dtype=tally.correct.typecode))
    found = {
        "samples": tally.total,
        "correct": tally.total_correct,
        "tokens": tally.total_tokens,
        "prompt_tokens": tally.total_prompt_tokens,
        "pass_rate": tally.total_correct / max(1, tally.total),
        "coverage": float(covered) / max(1, tally.size),
        "queries_open": schedule.open,
        "seconds": meter.seconds,
        "cost": spent_by(tally, tariff, meter.hours),
    }
    return {**found, **{name: float(beat[name]) for name in _BEAT if beat.get(name) is not None}}


def exposition(values: Mapping[str, float], servers: Sequence[Mapping[str, Any]]) -> str:
    """The numbers in Prometheus' text format 0.0.4.

    https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    """
    lines: list[str] = []
    for name, value in values.items():
        lines += [*_head(name), f"{_metric(name)} {value:.10g}"]
    for name in _ROW:
        rows = [row for row in servers if isinstance(row.get(name), int | float)]
        if rows:
            lines += _head(f"server_{name}")
        lines += [
            f'{_metric(f"server_{name}")}{{server="{_label(row["url"])}"}} {row[name]:.10g}' for row in rows
        ]
    return "\n".join(lines) + "\n"


def _metric(name: str) -> str:
    counts = name.removeprefix("server_") in _COUNTERS
    return f"{PROJECT}_{name}{'_total' if counts else ''}"


def _head(name: str) -> Iterator[str]:
    yield f"# TYPE {_metric(name)} {'counter' if _metric(name).endswith('_total') else 'gauge'}"


def _label(text: str) -> str:
    return str(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@asynccontextmanager
async def endpoint(address: str | None, text: Callable[[], str]) -> AsyncIterator[None]:
    """Serve `text()` at http://HOST:PORT/metrics; nothing where there is no address.

    Raises `ConfigError` where nothing can listen there.
    """
    if address is None:
        yield
        return
    from aiohttp import web

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(text=text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application()
    app.add_routes([web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    host, port = _host_and_port(address)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigError(
                f"sampling.metrics_address {address}: {error.strerror or error}; choose another port"
            ) from error
        info(f"metrics at http://{host}:{runner.addresses[0][1]}/metrics")
        yield
    finally:
        await runner.cleanup()


def _host_and_port(address: str) -> tuple[str, int]:
    """A port alone is for this machine: what a run does is nobody else's business unless it is said so."""
    host, _, port = address.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


class _Sink(Protocol):
    def write(self, values: Mapping[str, float], step: int) -> None: ...

    def close(self) -> None: ...


class Trackers:
    """Writes numbers to the trackers of a run every 15 seconds; one that fails is told of, and left out."""

    def __init__(self, sinks: dict[str, _Sink]) -> None:
        self._sinks = sinks
        self._written = float("-inf")

    def write(self, values: Mapping[str, float], *, last: bool = False) -> None:
        """Take the numbers of now."""
        if not last and time.monotonic() - self._written < _LOG_SECONDS:
            return
        self._written = time.monotonic()
        for name in list(self._sinks):
            try:
                self._sinks[name].write(values, int(values["samples"]))
            except Exception as error:  # whatever another library raises is no reason to end a run
                del self._sinks[name]
                warn(f"{name} takes no more of the run's numbers: {error}")

    def close(self) -> None:
        """Finish all of them."""
        for name, sink in self._sinks.items():
            try:
                sink.close()
            except Exception as error:  # as in `write`
                warn(f"{name}: {error}")


@contextmanager
def trackers(names: Sequence[Tracker], folder: Path) -> Iterator[Trackers]:
    """The trackers of a run directory, whose libraries are installed."""
    made = Trackers({name: _MAKERS[name](folder) for name in names})
    try:
        yield made
    finally:
        made.close()


class _TensorBoard:
    def __init__(self, folder: Path) -> None:
        from tensorboard.summary import Writer

        self._writer = Writer(str(folder / "tensorboard"))

    def write(self, values: Mapping[str, float], step: int) -> None:
        for name, value in values.items():
            self._writer.add_scalar(f"sampling/{name}", value, step)
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class _Wandb:
    def __init__(self, folder: Path) -> None:
        import wandb

        # The same folder is the same run, in whatever session.
        key = hashlib.blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()
        self._run = wandb.init(project=PROJECT, name=_name(folder), id=key, resume="allow", dir=str(folder))

    def write(self, values: Mapping[str, float], step: int) -> None:
        self._run.log({f"sampling/{name}": value for name, value in values.items()}, step=step)

    def close(self) -> None:
        self._run.finish()


class _Trackio:
    def __init__(self, folder: Path) -> None:
        import trackio

        self._run = trackio.init(project=PROJECT, name=_name(folder), resume="allow")

    def write(self, values: Mapping[str, float], step: int) -> None:
        self._run.log({f"sampling/{name}": value for name, value in values.items()}, step=step)

    def close(self) -> None:
        self._run.finish()


_MAKERS: dict[str, Callable[[Path], _Sink]] = {
    "tensorboard": _TensorBoard,
    "wandb": _Wandb,
    "trackio": _Trackio,
}


def _name(folder: Path) -> str:
    """`runs/tiny/sample` is the sampling of `tiny`."""
    found = folder.resolve()
    return f"{found.parent.name if found.name == 'sample' else found.name}-sampling"
