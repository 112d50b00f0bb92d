"""The budget of a run: used up, hardly exceeded, and what becomes of requests that fail at its end."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from dartmath.base.errors import Interrupted
from dartmath.engines.protocol import Completion, Request
from dartmath.sampling.config import Budget, Price, SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Budgeted, PolicySection, Prop2Diff
from dartmath.sampling.sample import Sample
from dartmath.sampling.status import run_status
from dartmath.sampling.summary import SamplingSummary
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import SimulatedEngine, assert_sound, dataset, run

LONGEST = 100
SECTION = SamplingSection(policy=VRT(trials=50), workers=0, max_tokens=LONGEST)
PRICE = Price(per_million_prompt_tokens=1e6, per_million_tokens=2e6)


def limited(budget: Budget, price: Price = PRICE) -> SamplingSection:
    return SECTION.model_copy(update={"budget": budget, "price": price})


class Misleading(SimulatedEngine):
    """The first `short` responses take one token, all others the most there may be."""

    def __init__(self, short: int, *, concurrency: int) -> None:
        super().__init__(concurrency=concurrency)
        self._short = short

    async def _generate(self, request: Request) -> Completion:
        length = 1 if sum(self.launched.values()) <= self._short else LONGEST
        await asyncio.sleep(length * 1e-5)
        return Completion("\\boxed{1}", "length", 10, length)


@pytest.mark.parametrize("concurrency", [1, 8, 200])
@pytest.mark.parametrize("tokens", [30, 400, 3000, 20_000])
@pytest.mark.parametrize("short", [0, 5, 150], ids=lambda n: f"{n} short ones first")
def test_tokens_are_used_up_and_hardly_exceeded(
    tmp_path: Path, concurrency: int, tokens: int, short: int
) -> None:
    engine = Misleading(short, concurrency=concurrency)
    summary = run(tmp_path, engine, limited(Budget(tokens=tokens)))
    assert summary.stopped == f"the budget of {tokens} tokens is used up"
    assert tokens <= summary.tokens <= max(1.1 * tokens, tokens + LONGEST - 1)


@pytest.mark.parametrize("money", [50.0, 1000.0, 20_000.0])
def test_money_counts_prompts_and_what_is_in_flight(tmp_path: Path, money: float) -> None:
    summary = run(tmp_path, SimulatedEngine(concurrency=200, delay=0.0005), limited(Budget(money=money)))
    spent = summary.prompt_tokens + 2 * summary.tokens
    assert money <= spent <= max(1.1 * money, money + 2 * LONGEST + 10)
    assert run_status(tmp_path).cost == pytest.approx(spent)


def test_a_generous_budget_leaves_the_slots_full(tmp_path: Path) -> None:
    busy: list[int] = []
    engine = SimulatedEngine(concurrency=8, delay=0.001, before=lambda _: busy.append(engine.busy))
    run(tmp_path, engine, limited(Budget(tokens=10_000)))
    # Requests take 50 tokens on the average; of the last ones, not all slots may be needed.
    assert max(busy[-20:-8]) == 8


def test_what_an_interrupted_run_has_spent_counts(tmp_path: Path) -> None:
    first = run(tmp_path, SimulatedEngine(), limited(Budget(tokens=2000)))
    again = SimulatedEngine()
    assert run(tmp_path, again, limited(Budget(tokens=2000))).samples == first.samples
    assert not again.launched
    assert 5000 <= run(tmp_path, again, limited(Budget(tokens=5000))).tokens <= 5500


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartmath.sampling.controller._RETRY_SECONDS", (0.0, 0.0))


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("concurrency", [1, 16])
def test_requests_that_fail_at_the_end_of_the_budget_are_recorded(tmp_path: Path, concurrency: int) -> None:
    def fails_later(request: Request) -> Completion | None:
        return Completion("", "error", error="no memory") if len(engine.launched) > 40 else None

    engine = SimulatedEngine(concurrency=concurrency, before=fails_later)
    summary = run(tmp_path, engine, limited(Budget(samples=60)))
    assert summary.samples == 60 == len(engine.launched)
    assert summary.outcomes["error"] == 20 == run_status(tmp_path).outcomes["error"]
    assert {engine.launched[f"{s.query_id}/{s.trial}"] for s in _failed(tmp_path)} == {3}
    assert_sound(tmp_path)


@pytest.mark.usefixtures("quick_retries")
def test_a_request_that_ctrl_c_keeps_from_being_tried_again_stays_owed(tmp_path: Path) -> None:
    pressed: list[int] = []

    def fails_once(request: Request) -> Completion | None:
        if len(engine.launched) == 40 and not pressed:
            pressed.append(len(engine.launched))
            os.kill(os.getpid(), signal.SIGINT)
        ill = len(engine.launched) > 30 and engine.launched[request.id] == 1 and request.seed % 2
        return Completion("", "error", error="no memory") if ill else None

    engine = SimulatedEngine(concurrency=8, delay=0.002, before=fails_once)
    with pytest.raises(Interrupted):
        run(tmp_path, engine, SECTION)
    assert not _failed(tmp_path)
    assert run(tmp_path, SimulatedEngine(), SECTION).complete
    assert_sound(tmp_path)


def _failed(folder: Path) -> list[Sample]:
    return list(open_journal(folder).samples([Outcome.ERROR]))


TARGETS = {"k": 24, "pilot": 8, "cap": 400}


def spend(folder: Path, policy: PolicySection, tokens: int, *, concurrency: int = 1) -> SamplingSummary:
    """The stage with a policy and a budget, on 40 queries."""
    section = SECTION.model_copy(update={"policy": policy, "budget": Budget(tokens=tokens)})
    return run(folder, SimulatedEngine(concurrency=concurrency), section, count=40)


@pytest.mark.parametrize("concurrency", [1, 32])
@pytest.mark.parametrize("tokens", [25_000, 50_000])
def test_what_is_spent_by_gain_brings_more_queries_to_their_target(
    tmp_path: Path, tokens: int, concurrency: int
) -> None:
    hard_first = spend(tmp_path / "a", Prop2Diff(**TARGETS), tokens, concurrency=concurrency)
    by_gain = spend(tmp_path / "b", Budgeted(**TARGETS), tokens, concurrency=concurrency)
    for summary in (hard_first, by_gain):
        assert tokens <= summary.tokens <= max(1.1 * tokens, tokens + LONGEST - 1)
    assert by_gain.states["reached"] > 1.1 * hard_first.states["reached"]


def test_a_budget_that_is_spent_in_parts_buys_as_much(tmp_path: Path) -> None:
    """Which of two queries alike comes first may differ, since less is in flight at the end of a part."""
    for tokens in (3_000, 20_000, 41_000, 60_000):
        parts = spend(tmp_path / "parts", Budgeted(**TARGETS), tokens)
    whole = spend(tmp_path / "whole", Budgeted(**TARGETS), 60_000)
    assert parts.stopped and abs(parts.states["reached"] - whole.states["reached"]) <= 1
    assert_sound(tmp_path / "parts")
    # What a query is given in both are the same responses, as many as the one that has fewer of them.
    given = [sorted(dataset(tmp_path / name)) for name in ("parts", "whole")]
    rows = [{query: [one for one in found if one[0] == query] for query, *_ in found} for found in given]
    shared = rows[0].keys() & rows[1].keys()
    assert len(shared) >= 30
    for query in shared:
        both = list(zip(rows[0][query], rows[1][query], strict=False))
        assert both and all(first == second for first, second in both)
