"""The forecast agrees with the real controller on a simulated engine, and with exact results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize, special

from dartmath.base.errors import DataError
from dartmath.planning.pilot import measure_run
from dartmath.sampling.budget import Tariff, spent_by
from dartmath.sampling.config import Price, SamplingSection
from dartmath.sampling.forecast import (
    BandData,
    Beta,
    Expected,
    TakeoverData,
    bootstrap_fits,
    fit_beta,
    forecast,
    play,
    play_takeovers,
)
from dartmath.sampling.forecast_pilot import choose_pilot, matched_policies, measured_bands
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Band, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.schedule import Schedule, State
from sampling.simulated import SimulatedEngine, make_queries, run
from sampling.test_teachers import section, teach


def band(mean: float, concentration: float, size: int = 400) -> BandData:
    return BandData("b", size, (Beta.of_mean(mean, concentration),), tokens=100.0, prompt_tokens=50.0)


@pytest.mark.parametrize(
    "policy",
    [VRT(trials=9), Uniform(k=6, cap=50), Prop2Diff(k=12, pilot=8, cap=80), Band(k=3, pilot=6, cap=50)],
    ids=lambda p: p.kind,
)
def test_play_agrees_with_the_controller(tmp_path: Path, policy: PolicySection) -> None:
    queries = make_queries(200)
    engine = SimulatedEngine(concurrency=1)
    run(tmp_path, engine, SamplingSection(policy=policy, workers=0), queries=queries)
    counts = open_journal(tmp_path).counts()
    rates = np.array([(int(q.id[1:]) % 20 + 0.5) / 20 for q in queries])
    rng = np.random.default_rng(0)
    played = [play(policy, rates, rng) for _ in range(200)]
    spread = np.std([p.trials.sum() for p in played])
    need = np.mean([p.trials.sum() for p in played])
    # One slot wastes nothing, so the run is one more draw of the same distribution.
    assert abs(sum(c.trials for c in counts.values()) - need) < 4 * spread + 1
    rows = [min(c.correct, policy.target(c.pilot_trials, c.pilot_correct)) for c in counts.values()]
    spread = np.std([p.rows.sum() for p in played])
    assert abs(sum(rows) - np.mean([p.rows.sum() for p in played])) < 4 * spread + 1


TAUGHT: dict[str, Any] = {
    "policy": {"kind": "prop2diff", "k": 6, "pilot": 4, "cap": 60},
    "workers": 0,
    "price": {"per_million_tokens": 1.0},
    "teachers": [
        {"name": "big", "after": 8, "trials": 20, "price": {"per_million_tokens": 50.0}},
        {"name": "last", "after": 20},
    ],
}


def taught_run(folder: Path, count: int, policy: dict[str, Any] = TAUGHT["policy"]) -> SamplingSection:
    """A run whose first teacher solves little, the second half of what is left, and the third all of it."""
    found = section(
        *TAUGHT["teachers"], **{**{k: v for k, v in TAUGHT.items() if k != "teachers"}, "policy": policy}
    )
    weak = SimulatedEngine(concurrency=1, rates={q.id: 0.1 for q in make_queries(count)})
    big = SimulatedEngine(concurrency=1, rates={q.id: 0.15 for q in make_queries(count)})
    last = SimulatedEngine(concurrency=1, rates={q.id: 0.9 for q in make_queries(count)})
    teach(folder, found, weak, big, last, count=count)
    return found


@pytest.mark.parametrize("policy", [TAUGHT["policy"], {"kind": "uniform", "k": 1, "cap": 60}])
def test_play_of_several_teachers_agrees_with_the_controller(tmp_path: Path, policy: dict[str, Any]) -> None:
    found = taught_run(tmp_path, 200, policy)
    tally = open_journal(tmp_path).tally()
    takeovers = [
        TakeoverData("big", 8, 20, (Beta(0.15e6, 0.85e6),), 50.0, 10.0),
        TakeoverData("last", 20, None, (Beta(0.9e6, 0.1e6),), 50.0, 10.0),
    ]
    rng = np.random.default_rng(0)
    played = [play_takeovers(found.policy, np.full(200, 0.1), takeovers, rng) for _ in range(200)]
    ran = (tally.teachers["big"].trials, tally.teachers["last"].trials)
    for place, trials in enumerate((tally.total - sum(ran), *ran)):
        drawn = np.array([by[place] for _, by in played])
        # One slot of an engine wastes nothing.
        assert abs(trials - drawn.mean()) < 4 * drawn.std() + 1
    schedule = Schedule.of(found, tally)
    reached = sum(schedule.state(index) is State.REACHED for index in range(200))
    drawn = np.array([one.reached.sum() for one, _ in played])
    assert abs(reached - drawn.mean()) < 4 * drawn.std() + 1


def test_a_run_of_several_teachers_forecasts_its_own_cost(tmp_path: Path) -> None:
    found = taught_run(tmp_path, 200)
    tally = open_journal(tmp_path).tally()
    measured = measure_run(tmp_path, found)
    assert [one.known for one in measured.takeovers] == [True, True]
    expected = forecast(
        found.policy, measured.bands, tokens_per_second=100, price=found.price, takeovers=measured.takeovers
    )
    spent = spent_by(tally, Tariff.of(found), 0)
    assert expected.cost is not None and expected.cost.low <= spent <= expected.cost.high
    for name, asked in expected.teachers.items():
        assert asked.low <= tally.teachers[name].trials <= asked.high
    alone = forecast(found.policy, measured.bands, tokens_per_second=100, price=found.price)
    assert alone.cost is not None and alone.cost.high < spent / 5, "most of the money is the dear one's"


def test_a_teacher_that_nobody_asked_may_have_any_pass_rate(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SamplingSection(policy=Uniform(k=2, cap=9), workers=0), count=20)
    found = section({"name": "big", "after": 5}, policy={"kind": "uniform", "k": 2, "cap": 30})
    measured = measure_run(tmp_path, found)
    (one,) = measured.takeovers
    assert (one.known, one.fits) == (False, (Beta(1.0, 1.0),))
    assert forecast(VRT(trials=3), measured.bands, takeovers=measured.takeovers).teachers == {}


def test_vrt_is_exact() -> None:
    found = forecast(VRT(trials=20), [band(0.7, 2.0)])
    assert found.samples == Expected(8000, 8000, 8000)
    assert found.rows.mean == pytest.approx(5600, rel=0.03)
    assert found.rows.low < 5600 < found.rows.high


def test_certain_success_and_certain_failure() -> None:
    rng = np.random.default_rng(0)
    sure = play(Uniform(k=4, cap=10), np.ones(5), rng)
    never = play(Uniform(k=4, cap=10), np.zeros(5), rng)
    assert sure.trials.tolist() == [4] * 5 and sure.reached.all()
    assert never.trials.tolist() == [10] * 5 and not never.rows.any() and not never.reached.any()


def test_playing_on_from_a_record_counts_what_is_there() -> None:
    rng = np.random.default_rng(0)
    done = np.array([6, 6]), np.array([4, 1])
    played = play(Uniform(k=4, cap=6), np.array([0.5, 0.5]), rng, trials=done[0], correct=done[1])
    assert played.trials.tolist() == [6, 6] and played.rows.tolist() == [4, 1]


def test_more_cap_reaches_more() -> None:
    reached = [forecast(Uniform(k=8, cap=c), [band(0.3, 0.8)]).reached.mean for c in (20, 100, 1000)]
    assert reached == sorted(reached) and reached[0] < reached[-1]


def test_hours_tokens_and_cost() -> None:
    price = Price(per_hour=2.0, per_million_tokens=10.0, per_million_prompt_tokens=1.0)
    found = forecast(VRT(trials=10), [band(1 - 1e-6, 1e4, 100)], tokens_per_second=1000, price=price)
    assert found.tokens.mean == pytest.approx(1000 * 100, rel=0.01)
    assert found.hours and found.hours.mean == pytest.approx(100 / 3600, rel=0.01)
    assert found.cost and found.cost.mean == pytest.approx(2 * 100 / 3600 + 1.0 + 0.05, rel=0.01)


def test_fit_finds_the_distribution_it_was_drawn_from() -> None:
    rng = np.random.default_rng(0)
    trials = np.full(2000, 16, np.int64)
    fitted = fit_beta(trials, rng.binomial(trials, rng.beta(0.6, 1.8, 2000)))
    assert fitted.a == pytest.approx(0.6, rel=0.15)
    assert fitted.b == pytest.approx(1.8, rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (0.2, 3), (5, 5), (0.05, 0.05), (30, 2), (0.01, 2)])
def test_the_fit_is_scipys(shape: tuple[float, float]) -> None:
    """The same likelihood and prior, minimised by another method of another library."""
    rng = np.random.default_rng(2)
    trials = rng.integers(1, 65, 300)
    correct = rng.binomial(trials, rng.beta(*shape, 300))

    def loss(logs: Any) -> float:
        a, b = np.exp(logs)
        found = special.betaln(a + correct, b + trials - correct).sum() + special.betaln(a + 1, b + 1)
        return float(0.02 * np.sum(logs**2) - found + 301 * special.betaln(a, b))

    fitted = fit_beta(trials, correct)
    ours = loss(np.log([fitted.a, fitted.b]))
    assert ours - optimize.minimize(loss, np.zeros(2), method="Nelder-Mead").fun < 0.05


def test_interval_of_a_small_pilot_is_wider_than_that_of_a_big_one() -> None:
    rng = np.random.default_rng(1)

    def width(tried: int) -> float:
        trials = np.full(tried, 8, np.int64)
        correct = rng.binomial(trials, rng.beta(1, 1, tried))
        known = BandData("b", 1000, bootstrap_fits(trials, correct), trials, correct)
        rows = forecast(VRT(trials=10), [known], replicates=40).rows
        return rows.high - rows.low

    assert width(10) > 2 * width(500)


def test_pilot_takes_queries_of_every_band() -> None:
    queries = make_queries(100)
    bands = {q.id: "rare" if i < 3 else "common" for i, q in enumerate(queries)}
    chosen = choose_pilot(queries, bands, 20, seed=0)
    assert len(chosen) == len({q.id for q in chosen}) and 19 <= len(chosen) <= 22
    assert sum(bands[q.id] == "rare" for q in chosen) == 2


def test_band_without_a_trial_is_known_by_the_others(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SamplingSection(policy=VRT(trials=4), workers=0), count=10)
    counts = open_journal(tmp_path).counts()
    queries = make_queries(12)
    bands = {q.id: "tried" if q.id in counts else "new" for q in queries}
    found = {b.name: b for b in measured_bands(queries, bands, counts)}
    assert (found["new"].size, found["tried"].size) == (2, 10)
    assert not len(found["new"].trials) and found["new"].fits == found["tried"].fits
    with pytest.raises(DataError, match="nothing was measured"):
        measured_bands(queries, bands, {})


def test_matched_policies_have_about_as_many_rows() -> None:
    policies = matched_policies(Uniform(k=10, cap=500), [band(0.6, 2.0)])
    assert [p.kind for p in policies] == ["vrt", "uniform", "prop2diff"]
    rows = [forecast(p, [band(0.6, 2.0)], replicates=20).rows.mean for p in policies]
    assert max(rows) < 1.12 * min(rows)
