"""The numbers of a run over time: what Prometheus reads while it goes on, and what TensorBoard keeps."""

from __future__ import annotations

import asyncio
import re
import socket
import urllib.request
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.engines.protocol import Completion, Request
from dartmath.sampling.config import Price, SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.metrics import exposition
from dartmath.sampling.policy import Uniform
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import SimulatedEngine, run

SECTION = SamplingSection(
    policy=Uniform(k=3, cap=30), workers=0, price=Price(per_million_tokens=1000.0), log_to=["tensorboard"]
)
LINE = re.compile(r'^(?:# TYPE \w+ (?:counter|gauge)|(\w+)(\{server="(?:[^"\\]|\\.)*"\})? (-?[\d.e+-]+))$')


def scraped(text: str) -> dict[str, float]:
    """The values of the text format, by name and label; each line is checked."""
    found = [LINE.match(line) for line in text.splitlines()]
    assert all(found), text
    return {f"{match[1]}{match[2] or ''}": float(match[3]) for match in found if match and match[1]}


class WatchedEngine(SimulatedEngine):
    """Asks the endpoint for the numbers in the middle of the run."""

    text = ""

    def __init__(self, port: int) -> None:
        super().__init__(delay=0.002)
        self.url = f"http://127.0.0.1:{port}/metrics"

    async def generate(self, request: Request) -> Completion:
        if not self.text and sum(self.launched.values()) == 30:
            self.text = await asyncio.to_thread(lambda: urllib.request.urlopen(self.url).read().decode())
        return await super().generate(request)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_run_serves_its_numbers_and_logs_them(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    port = free_port()
    engine = WatchedEngine(port)
    summary = run(tmp_path, engine, SECTION.model_copy(update={"metrics_address": str(port)}))
    during = scraped(engine.text)
    assert during["dartmath_concurrency"] == 16 and during["dartmath_queries_open"] > 0
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    last = {name: events.Tensors(f"sampling/{name}")[-1] for name in ("pass_rate", "coverage", "cost")}
    assert {event.step for event in last.values()} == {summary.samples}
    values = {name: float(event.tensor_proto.float_val[0]) for name, event in last.items()}
    assert values["pass_rate"] == pytest.approx(summary.correct / summary.samples)
    reached = {s.query_id for s in open_journal(tmp_path).samples([Outcome.CORRECT])}
    assert values["coverage"] == pytest.approx(len(reached) / 20)
    assert values["cost"] == pytest.approx(summary.tokens / 1000)


def test_every_server_has_its_rows_and_no_name_breaks_out() -> None:
    servers = [{"url": 'http://a"} evil 1\n', "limit": 3, "failed": 2}, {"url": "b", "limit": 4, "failed": 0}]
    found = scraped(exposition({"samples": 7, "pass_rate": 0.25}, servers))
    assert found["dartmath_samples_total"] == 7 and found["dartmath_pass_rate"] == 0.25
    assert found['dartmath_server_limit{server="b"}'] == 4 and len(found) == 6


@pytest.mark.parametrize("address", ["", "host", "1:2:x", ":99999", "::1:9400", "-1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is no HOST:PORT"):
        SamplingSection(metrics_address=address)


@pytest.mark.parametrize("address", ["9400", ":9400", "0.0.0.0:9400", "[::1]:9400", "gpu-box:1"])
def test_an_address_is_a_host_and_a_port_or_a_port(address: str) -> None:
    assert SamplingSection(metrics_address=address).metrics_address == address


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken, pytest.raises(ConfigError, match=r"metrics_address.*choose another port"):
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        run(tmp_path, SimulatedEngine(), SECTION.model_copy(update={"metrics_address": address}))
