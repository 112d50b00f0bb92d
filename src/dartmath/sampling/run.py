"""`sample`: the whole sampling stage, new, continued or amended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError, EngineError, Interrupted, JournalError
from dartmath.base.extras import require
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.base.run_lock import RunLock
from dartmath.base.slurm import check_progress
from dartmath.base.terminal import info, progress_bar
from dartmath.base.text import counted
from dartmath.engines.protocol import Engine
from dartmath.judging.grader import HybridGrader, judge_record
from dartmath.prompts.template import Example, Prompt, Template
from dartmath.queries.query import Query
from dartmath.sampling.assignment import Assignment
from dartmath.sampling.budget import BudgetGuard, Meter, Tariff
from dartmath.sampling.config import MAIN, SamplingSection
from dartmath.sampling.controller import Controller
from dartmath.sampling.engine_group import EngineGroup
from dartmath.sampling.hints import hinted_text
from dartmath.sampling.interrupt import INTERRUPTED, Stopper, interruptible, run_to_end
from dartmath.sampling.journal import load_tally
from dartmath.sampling.journal_manifest import content_hash, open_run, read_queries, served_model
from dartmath.sampling.journal_writer import JournalWriter
from dartmath.sampling.metrics import endpoint, trackers
from dartmath.sampling.progress import Heartbeat, read_progress, replicas_of
from dartmath.sampling.schedule import Schedule
from dartmath.sampling.summary import SamplingSummary, conclude
from dartmath.sampling.tally import Tally
from dartmath.sampling.teachers import Staff, Teacher, own_teacher, teachers_record
from dartmath.sampling.trials import Trials, Voice
from dartmath.verify.contract.settings import GradingSettings, settings_record
from dartmath.verify.custom import own_verifiers
from dartmath.verify.golds import settled
from dartmath.verify.serve.batch import Grader

_PROMPTS = 16_384
BATCHES = "batches"
"""Folder in a run directory for what an engine keeps between sessions."""


def sample(
    queries: Sequence[Query],
    engine: Engine,
    template: Template,
    section: SamplingSection,
    folder: Path | str,
    *,
    seed: int,
    model: Mapping[str, Any],
    amend: bool = False,
    shots: Mapping[str, Sequence[Example]] | None = None,
    staff: Staff | None = None,
) -> SamplingSummary:
    """Sample `queries` into the run directory `folder` until the policy is owed nothing.

    The same call again goes on where the last one stopped; on a finished run it does nothing.
    `amend` allows another policy or more queries than the run was started with. `model` is what
    the manifest records about the model; `shots` are the worked examples of each data set. `staff` are the
    teachers of `section`, where it names some (see `hire`); `engine` is then the first one's.

    Returns normally when all is done or the budget is used up (`SamplingSummary.stopped`).
    Raises `ConfigError` for a verifier of the user's own that fails, `MissingDependencyError` for a tracker
    that is not installed, `JournalError`, `EngineError`, or `Interrupted` after Ctrl-C: what was finished is
    kept.
    """
    folder = Path(folder)
    _check_queries(queries)
    require(*section.log_to, purpose="sampling.log_to")
    if shots is None:
        shots = _examples(queries, section.shots)
    staff = staff or Staff([own_teacher(section, template, model)], [engine])
    if len(staff.engines) > 1:
        engine = EngineGroup(staff)
    identity = run_identity(
        queries, section, template, model=model, seed=seed, shots=shots, teachers=staff.teachers
    )
    folder.mkdir(parents=True, exist_ok=True)
    with RunLock(folder):
        _check_joining(folder, section)
        known = open_run(folder, queries, identity, amend=amend)
        run = _Run(folder, known, section, staff, seed, shots)
        run.reclaim(engine)
        if not run.schedule.done:
            check_progress(folder, run.tally.total, "response")
            run.stream(engine)
        return run.conclude()


def _check_joining(folder: Path, section: SamplingSection) -> None:
    """Raise `JournalError` where a teacher is new to a run that has trials which it would have made."""
    if not (folder / "manifest.json").is_file():
        return
    manifest = read_manifest(folder, stage="sample")
    new = [one for one in section.takeovers if one.name not in (manifest.get("teachers") or {})]
    if not new:
        return
    queries = list(read_queries(folder))
    tally = load_tally(folder, queries, section)
    teachers = Assignment(section, cap=section.policy.most_trials)
    for one in new:
        late = [i for i in range(tally.size) if tally.following(i) > (one.after or 0)]
        place = section.takeovers.index(one) + 1
        taken = [i for i in late if (teachers.tier(tally, i, one.after or 0) or 0) >= place]
        if taken:
            needed = max(tally.following(i) for i in taken)
            raise JournalError(
                f"teacher {one.name!r} would take over after {one.after} trials, and {len(taken)} queries "
                f"without a correct response have more in {folder}; say after: {needed}, or sample into "
                "another folder"
            )


def _check_queries(queries: Sequence[Query]) -> None:
    if not queries:
        raise DataError("there are no queries to sample; check the queries section and its limit")
    seen: set[str] = set()
    for query in queries:
        if query.id in seen:
            raise DataError(f"two queries have the id {query.id!r}; ids must be unique in a run")
        seen.add(query.id)


def _examples(queries: Sequence[Query], shots: int) -> dict[str, Sequence[Example]]:
    """The built-in worked examples of each data set among the queries."""
    if not shots:
        return {}
    from dartmath.prompts.examples import examples_for

    return {name: examples_for(name, shots) for name in sorted({query.dataset for query in queries})}


def run_identity(
    queries: Sequence[Query],
    section: SamplingSection,
    template: Template,
    *,
    model: Mapping[str, Any],
    seed: int,
    shots: Mapping[str, Sequence[Example]],
    teachers: Sequence[Teacher] = (),
) -> dict[str, Any]:
    """What decides whether samples may share a run directory.

    Raises `ConfigError` for a verifier of the user's own that fails, and for queries that want a judge
    where there is none.
    """
    examples = {name: [asdict(e) for e in found] for name, found in shots.items()}
    verifiers = own_verifiers(queries)
    return {
        "seed": seed,
        "config": section.model_dump(mode="json", exclude={"grading", "judge", "log_to", "metrics_address"}),
        "teachers": teachers_record(section, teachers) if teachers else {},
        "grading": settings_record(section.grading),
        "judge": judge_record(section.judge, (query.verifier for query in queries)),
        "model": dict(model),
        "template": {"name": template.name, "hash": template.hash},
        "shots": content_hash(examples) if any(examples.values()) else None,
        **({"verifiers": verifiers} if verifiers else {}),
    }


@dataclass
class _Run:
    """One session on a run directory whose lock is held."""

    folder: Path
    queries: list[Query]
    section: SamplingSection
    staff: Staff
    seed: int
    shots: Mapping[str, Sequence[Example]]

    def __post_init__(self) -> None:
        section = self.section
        self.tally: Tally = load_tally(self.folder, self.queries, section, texts=True)
        self.schedule = Schedule.of(self.section, self.tally)
        self.seconds = float(read_progress(self.folder).get("seconds", 0.0))
        self.stopped: str | None = None
        self.recorded_engine: dict[str, Any] | None = None
        self.stopper = Stopper()

    def reclaim(self, engine: Engine) -> None:
        """Have trials launched again that an engine still holds from an earlier session, as batches do."""
        resume = getattr(engine, "resume", None)
        if resume is None:
            return
        places = {query.id: index for index, query in enumerate(self.queries)}

        def place(id: str) -> tuple[int, int]:
            query, _, trial = id.rpartition("/")
            return places[query], int(trial)

        sent: dict[int, list[int]] = {}
        for index, trial in map(place, resume(self.folder / BATCHES, lambda id: self.tally.has(*place(id)))):
            sent.setdefault(index, []).append(trial)
        for index, trials in sent.items():
            self.schedule.relaunch(index, trials)

    @property
    def _many(self) -> str:
        return counted(self.tally.total, "sample is", "samples are")

    def stream(self, engine: Engine) -> None:
        """Sample until done, stopped or failed; everything finished is in the journal after it."""
        if self.tally.total:
            info(f"going on with {self.folder}: {self._many} there")
        try:
            with JournalWriter(self.folder, self.tally) as journal:
                run_to_end(self._stream(engine, journal), self.stopper)
                if self.stopped is None:
                    journal.finish()
        except EngineError as error:
            self.stopped = str(error).splitlines()[0]
            self.conclude()
            raise
        if self.stopped == INTERRUPTED:
            self.conclude()
            raise Interrupted(
                f"stopped by the user; {self._many} kept in {self.folder}. "
                "Run the same command again to go on"
            )

    def conclude(self) -> SamplingSummary:
        """Record in the manifest where the run stands."""
        return conclude(
            self.folder, self.queries, self.tally, self.schedule, seconds=self.seconds, stopped=self.stopped
        )

    def _record_engine(self, description: dict[str, Any]) -> None:
        """Note the engine of this session in the manifest; a run may be continued on another one."""
        if description == self.recorded_engine:
            return
        manifest = read_manifest(self.folder, stage="sample")
        manifest.update(self._served(manifest, description))
        others = [e for e in manifest.get("engines", ()) if e not in (description, self.recorded_engine)]
        manifest.update(engine=description, engines=[*others, description])
        write_manifest(self.folder, manifest)
        self.recorded_engine = description

    def _served(self, manifest: Mapping[str, Any], description: Mapping[str, Any]) -> dict[str, Any]:
        """As which models the engines answer: `served` the first one, `served_others` the others by name."""
        found: dict[str, Any] = {"served": served_model(self.folder, manifest, description)}
        known = dict(manifest.get("served_others") or {})
        for place, one in enumerate(description.get("others", ()), start=1):
            name = next(teacher.name for teacher in self.staff.teachers if teacher.engine == place)
            known[name] = served_model(self.folder, {"served": known.get(name)}, one)
        return {**found, "served_others": known} if known else found

    async def _stream(self, engine: Engine, journal: JournalWriter) -> None:
        async with engine:
            self._record_engine(engine.describe())
            before = read_progress(self.folder)
            engine_seconds = float(before.get("engine_seconds", self.seconds))
            meter = Meter(self.seconds, engine_seconds, count=lambda: replicas_of(engine))
            try:
                with self._grader(engine) as grader:
                    await self._control(engine, journal, grader, meter)
                # Once more: servers may have joined.
                self._record_engine(engine.describe())
            except EngineError as error:
                raise EngineError(
                    f"{error}\n{self._many} kept in {self.folder}; run the same command again to go on"
                ) from error
            finally:
                # As the heartbeat wrote it, which is where the next session reads it.
                self.seconds = float(read_progress(self.folder).get("seconds", meter.seconds))

    def _grader(self, engine: Engine) -> AbstractContextManager[Grader]:
        """Grading by rules, and by a judge behind them where there is one."""
        rules = self._rules(engine)
        judge = self.section.judge
        return rules if judge is None else HybridGrader(rules, judge, self.folder)

    def _rules(self, engine: Engine) -> AbstractContextManager[Grader]:
        """The engine's own verification workers where it brings some, else local processes."""
        from dartmath.verify import GradingPool

        bring: Callable[[float, GradingSettings], AbstractContextManager[Grader] | None] | None
        bring = getattr(engine, "grading_pool", None)
        seconds = self.section.verify_seconds
        references = (reference for query in self.queries for reference in query.references)
        settings = settled(self.section.grading, references)
        return (bring and bring(seconds, settings)) or GradingPool(self.section.workers, seconds, settings)

    async def _control(self, engine: Engine, journal: JournalWriter, grader: Grader, meter: Meter) -> None:
        section, trials = self.section, self._trials()
        tariff = Tariff.of(section)
        own = {one.name: one.budget for one in section.teachers}
        guard = BudgetGuard(section.budget, tariff, self.tally, meter, largest=trials.largest(), own=own)
        controller = Controller(
            trials,
            engine,
            grader=grader,
            schedule=self.schedule,
            tally=self.tally,
            sink=journal,
            budget=guard,
        )
        with trackers(section.log_to, self.folder) as logs:
            heartbeat = Heartbeat(
                self.folder, self.tally, self.schedule, meter, engine, tariff=tariff, logs=logs
            )
            async with endpoint(section.metrics_address, heartbeat.exposition):
                with progress_bar("sampling", None) as bar, interruptible(controller, self.stopper):
                    beating = asyncio.create_task(heartbeat.beat(controller, bar))
                    try:
                        await controller.run()
                    finally:
                        beating.cancel()
                        heartbeat.write()
        if not self.schedule.done:
            self.stopped = controller.stopped or "the stream ended early"

    def _trials(self) -> Trials:
        voices = [self._voice(teacher) for teacher in self.staff.teachers]
        return Trials(self.queries, voices, self.seed, self.section.keep_wrong)

    def _voice(self, teacher: Teacher) -> Voice:
        """How a teacher is asked."""
        tokenizer = getattr(self.staff.engines[teacher.engine], "tokenizer", None)
        hint = teacher.hint

        @lru_cache(_PROMPTS)
        def render(dataset: str, text: str) -> Prompt:
            examples = self.shots.get(dataset, ())[: teacher.shots]
            return teacher.template.render(text, examples=examples, tokenizer=tokenizer)

        def prompt(query: Query) -> Prompt:
            return render(query.dataset, hinted_text(query, hint) if hint else query.text)

        return Voice(prompt, teacher.generation, None if teacher.name == MAIN else teacher.name)
