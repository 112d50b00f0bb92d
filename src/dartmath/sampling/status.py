"""Status of a run directory: progress per band, rate, time left, outcomes; also while it runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dartmath.base.run_lock import is_locked
from dartmath.queries.query import Query
from dartmath.sampling.budget import Tariff, counts_by_teacher, spent_by
from dartmath.sampling.config import MAIN, SamplingSection
from dartmath.sampling.forecast import Expected, fit_beta, play
from dartmath.sampling.journal import JournalReader
from dartmath.sampling.policy import PolicySection
from dartmath.sampling.progress import read_progress
from dartmath.sampling.schedule import Schedule, State
from dartmath.sampling.tally import Tally, TeacherCounts

_REPLICATES = 40


@dataclass(frozen=True, slots=True)
class BandStatus:
    """Progress of one band; `wanted` is the sum of targets known or expected so far."""

    name: str
    queries: int
    trials: int
    correct: int
    wanted: int
    open: int
    reached: int
    capped: int
    gave_up: int
    refused: int

    @property
    def pass_rate(self) -> float | None:
        """Correct responses per trial."""
        return self.correct / self.trials if self.trials else None


@dataclass(frozen=True, slots=True)
class TeacherStatus:
    """What one of several teachers has done; `cost` is that of its tokens."""

    name: str
    trials: int
    correct: int
    tokens: int
    cost: float


@dataclass(frozen=True)
class RunStatus:
    """How a run stands. `remaining` is samples still to come, `eta` seconds, each with an interval.

    `rate` is samples per second of the running process's last two minutes, `servers` what the
    engine says about its servers or replicas, `teachers` what each has done, where there are several.
    """

    folder: Path
    policy: str
    finished: bool
    running: bool
    stopped: str | None
    samples: int
    correct: int
    duplicates: int
    prompt_tokens: int
    tokens: int
    seconds: float
    cost: float
    outcomes: Mapping[str, int]
    bands: Sequence[BandStatus]
    remaining: Expected
    rate: float | None
    tokens_rate: float | None
    eta: Expected | None
    generating: int
    grading: int
    concurrency: int
    servers: Any
    seconds_since_heartbeat: float | None
    suspects: Sequence[str]
    teachers: Sequence[TeacherStatus]

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable dictionary."""
        return {**asdict(self), "folder": str(self.folder)}


def run_status(folder: Path, bands: Mapping[str, str] | None = None) -> RunStatus:
    """The status of the run in `folder`; `bands` names the band of each query id.

    Reads counters, the open segment and the heartbeat; takes no lock and changes nothing.
    """
    journal = JournalReader(folder)
    queries, section = journal.queries(), journal.section
    tally = journal.tally()
    schedule = Schedule.of(section, tally)
    beat, running = read_progress(folder), is_locked(folder)
    remaining = _remaining(section.policy, tally, schedule)
    seconds = float(beat.get("seconds", 0.0))
    hours = float(beat.get("engine_seconds", seconds)) / 3600
    return RunStatus(
        folder=folder,
        policy=section.policy.describe(),
        finished=journal.finished,
        running=running,
        stopped=journal.manifest.get("summary", {}).get("stopped"),
        samples=tally.total,
        correct=tally.total_correct,
        duplicates=tally.total_correct - sum(tally.distinct),
        prompt_tokens=tally.total_prompt_tokens,
        tokens=tally.total_tokens,
        seconds=seconds,
        cost=spent_by(tally, Tariff.of(section), hours),
        outcomes={outcome.value: count for outcome, count in tally.totals().items()},
        bands=band_status(queries, tally, schedule, bands),
        remaining=remaining,
        concurrency=int(beat.get("concurrency", 0)),
        servers=beat.get("servers"),
        # A clock that was set back since tells nothing.
        seconds_since_heartbeat=round(max(0.0, time.time() - beat["updated"]), 1)
        if "updated" in beat
        else None,
        suspects=[queries[index].id for index in schedule.suspects()],
        teachers=_teachers(section, tally),
        **_pace(beat if running else {}, remaining),
    )


def _teachers(section: SamplingSection, tally: Tally) -> list[TeacherStatus]:
    if not section.teachers:
        return []
    tariff, counts = Tariff.of(section), counts_by_teacher(tally)
    names = [MAIN, *(one.name for one in section.teachers)]
    found = [(name, counts.get(name, TeacherCounts())) for name in names]
    return [
        TeacherStatus(name, one.trials, one.correct, one.tokens, tariff.tokens({name: one}))
        for name, one in found
    ]


def _pace(beat: Mapping[str, Any], remaining: Expected) -> dict[str, Any]:
    """How the process that runs is doing, by its heartbeat; an empty one where none runs."""
    rate = beat.get("samples_per_second")
    return {
        "rate": rate,
        "tokens_rate": beat.get("tokens_per_second"),
        "eta": _scaled(remaining, 1 / rate) if rate else None,
        "generating": int(beat.get("generating", 0)),
        "grading": int(beat.get("grading", 0)),
    }


def band_status(
    queries: Sequence[Query], tally: Tally, schedule: Schedule, bands: Mapping[str, str] | None
) -> list[BandStatus]:
    """Progress of each band, in the order of `bands`; of the data sets when None."""
    members: dict[str, list[int]] = {name: [] for name in (bands or {}).values()}
    for index, query in enumerate(queries):
        name = bands.get(query.id, query.dataset) if bands else query.dataset
        members.setdefault(name, []).append(index)
    return [_band(name, found, tally, schedule) for name, found in members.items() if found]


def _band(name: str, members: Sequence[int], tally: Tally, schedule: Schedule) -> BandStatus:
    states = [schedule.state(i) for i in members]
    return BandStatus(
        name=name,
        queries=len(members),
        trials=sum(tally.trials[i] for i in members),
        correct=sum(tally.correct[i] for i in members),
        wanted=sum(schedule.expected_target(i) for i in members),
        open=states.count(State.OPEN),
        reached=states.count(State.REACHED),
        capped=states.count(State.CAPPED),
        gave_up=states.count(State.GAVE_UP),
        refused=states.count(State.REFUSED),
    )


def _remaining(policy: PolicySection, tally: Tally, schedule: Schedule) -> Expected:
    """Samples still to come: the open queries played out from where they stand."""
    states = schedule.states()
    is_open = [i for i, state in enumerate(states) if state is State.OPEN]
    if not is_open:
        return Expected(0.0, 0.0, 0.0)
    all_trials, all_correct = np.array(tally.trials, np.int64), np.array(tally.correct, np.int64)
    some = np.random.default_rng(0).permutation(len(all_trials))[:2000]
    prior = fit_beta(all_trials[some], all_correct[some])
    trials, correct = all_trials[is_open], all_correct[is_open]
    rng = np.random.default_rng(1)
    left = []
    for _ in range(_REPLICATES):
        rates = rng.beta(prior.a + correct, prior.b + trials - correct)
        left.append(float((play(policy, rates, rng, trials=trials, correct=correct).trials - trials).sum()))
    return Expected.of(left)


def _scaled(estimate: Expected, factor: float) -> Expected:
    return Expected(estimate.mean * factor, estimate.low * factor, estimate.high * factor)
