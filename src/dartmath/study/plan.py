"""What a study will cost, before anything runs: cells, rows, tokens, steps, hours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from dartmath.base.errors import ConfigError, DartmathError
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.curation.size import measure
from dartmath.evaluation.run import load_benchmarks
from dartmath.model import resolve_model
from dartmath.sampling.journal import open_journal
from dartmath.study.cell import read_cell
from dartmath.study.design import Cell, Study
from dartmath.study.run import pool_identity
from dartmath.training.plan import PROMPT_TOKENS, PUBLISHED_DATA, assumed_size
from dartmath.training.plan import plan as plan_training
from dartmath.training.shape import model_shape


@dataclass(frozen=True, slots=True)
class PlannedArm:
    """An arm at a size: `steps` and `hours` are those of one cell; `left` counts cells that are to run."""

    arm: str
    size: str
    cells: int
    left: int
    rows: int
    tokens: int
    steps: int
    hours: float
    source: str


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What a study will do.

    Attributes:
        arms: by arm and size.
        responses: of one evaluation, of which each cell makes one, and the base model; None where a benchmark
            cannot be read here.
        parallel: cells that run side by side.
        device, mfu: what the hours of training are for.
        measured: seconds of a whole cell, mean of those that are finished; None without any.
    """

    name: str
    arms: list[PlannedArm]
    responses: int | None
    parallel: int
    device: str
    mfu: float
    measured: float | None

    COLUMNS: ClassVar = ("arm", "size", "cells", "left", "rows", "tokens", "steps", "hours", "from")

    @property
    def title(self) -> str:
        """Of the table."""
        return f"{self.name}: {sum(arm.left for arm in self.arms)} cells to run"

    @property
    def training_hours(self) -> float:
        """Hours of training that are left, on one device after the other."""
        return sum(arm.left * arm.hours for arm in self.arms)

    def table(self) -> list[tuple[object, ...]]:
        """A row for each arm at each size."""
        return [
            (a.arm, a.size, a.cells, a.left, a.rows, a.tokens, a.steps, _hours(a.hours), a.source)
            for a in self.arms
        ]

    def caption(self) -> str:
        """The totals."""
        left = sum(arm.left for arm in self.arms)
        said = [
            f"Training: {_hours(self.training_hours)} hours at {self.mfu:.0%} of {self.device}'s peak, "
            f"{_hours(self.training_hours / self.parallel)} with {self.parallel} side by side."
        ]
        if self.responses:
            said.append(f"Evaluation: {left} times {self.responses:,} responses.")
        if self.measured is not None:
            hours = left * self.measured / self.parallel / 3600
            said.append(f"At the {self.measured:.0f} s that finished cells took: {_hours(hours)} hours.")
        elif left:
            said.append("No cell is finished yet: when the first are, this tells what they took here.")
        return " ".join(said)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "training_hours": self.training_hours}


_HUNDRED = 99.5  # what is rounded to it


def _hours(value: float) -> str:
    """Two digits of what is small; from 100 hours on two would be a power of ten."""
    return f"{value:.2g}" if value < _HUNDRED else f"{value:,.0f}"


def plan_study(study: Study, *, device: str, mfu: float) -> StudyPlan:
    """The plan of `study`: sets are measured on its pool where that is there, and assumed otherwise.

    Raises `ConfigError` where there is no pool and nothing published to assume.
    """
    sampled = (study.pool / "manifest.json").is_file()
    cells = study.cells(pool_identity(study.pool) if sampled else "none")
    # Nothing can be finished without a pool, and benchmarks are not needed to know that.
    finished = {cell.key: found for cell in cells if sampled and (found := read_cell(cell.folder))}
    times = [one.seconds["all"] for one in finished.values()]
    return StudyPlan(
        name=study.name,
        arms=[
            _planned([c for c in cells if (c.arm.name, c.size) == (arm, size)], finished, device, mfu)
            for arm, size in dict.fromkeys((cell.arm.name, cell.size) for cell in cells)
        ],
        responses=_responses(study),
        parallel=study.section.parallel,
        device=device,
        mfu=mfu,
        measured=sum(times) / len(times) if times else None,
    )


def _responses(study: Study) -> int | None:
    try:
        return study.evaluation.trials * sum(len(one.queries) for one in load_benchmarks(study.evaluation))
    except DartmathError:
        # Data that a planning machine lacks; a wrong name is refused when the study runs.
        return None


def _planned(cells: Sequence[Cell], finished: Collection[str], device: str, mfu: float) -> PlannedArm:
    """The cells of one arm at one size, which differ by their seeds."""
    study, arm, size = cells[0].study, cells[0].arm, cells[0].size
    rows, tokens, source = _size(study, cells[0])
    name = arm.training.model or study.base.name
    shape = model_shape(name, resolve_model(name), study.base.revision)
    data = assumed_size(rows, tokens / rows + PROMPT_TOKENS, arm.training, source)
    made = plan_training(arm.training, shape, data, device=device, mfu=mfu)
    left = sum(cell.key not in finished for cell in cells) if finished else len(cells)
    return PlannedArm(arm.name, size.label, len(cells), left, rows, tokens, made.steps, made.hours, source)


def _size(study: Study, cell: Cell) -> tuple[int, int, str]:
    """(rows, tokens of the responses, where they are from) of the set of a cell."""
    section = cell.curation
    assert section.policy is not None
    if (study.pool / "manifest.json").is_file():
        pools, _ = prepared_pools(open_journal(study.pool), section)
        policy, selections = select_sized(pools, section.policy, section)
        return measure(selections, policy, "rows"), measure(selections, policy, "tokens"), "pool"
    published = PUBLISHED_DATA.get(section.policy.kind)
    if published is None or cell.size.unit == "trials":
        raise ConfigError(
            f"nothing is published of {section.policy.kind!r} at {cell.size.label}, and there is no pool to "
            "plan with; sample it: dartmath sample"
        )
    mean = published[1]
    if cell.size.unit == "tokens":
        return max(1, round(cell.size.amount / mean)), cell.size.amount, "paper"
    return cell.size.amount, round(cell.size.amount * mean), "paper"
