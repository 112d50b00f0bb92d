"""Evaluations of a run while it trains: `validation.jsonl`, and what it says of the best step.

The file is the only state: which evaluation was the best, and whether to stop, are functions of its rows,
so a run that goes on decides as one that was never interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dartmath.base.files import write_text
from dartmath.training.config import Validation

VALIDATION_FILE = "validation.jsonl"


@dataclass(frozen=True, slots=True)
class HeldOutScore:
    """One evaluation of a run.

    Attributes:
        step: the optimiser step after which it was made.
        loss: on what is held out: the mean over trained tokens, or over pairs.
        pass_at_1: share of the benchmark's queries that were answered right; None without one.
    """

    step: int
    loss: float
    pass_at_1: float | None = None


def read_evaluations(folder: Path) -> list[HeldOutScore]:
    """The evaluations of the run in `folder`; a last line cut off by a kill is left out."""
    path, found = folder / VALIDATION_FILE, []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            found.append(HeldOutScore(**json.loads(line)))
        except (json.JSONDecodeError, TypeError):
            break
    return found


def write_evaluations(folder: Path, rows: Sequence[HeldOutScore]) -> None:
    """Replace the evaluations of the run in `folder`."""
    lines = [json.dumps({k: v for k, v in asdict(row).items() if v is not None}) for row in rows]
    write_text(folder / VALIDATION_FILE, "".join(f"{line}\n" for line in lines))


def rewind_evaluations(folder: Path, step: int) -> None:
    """Drop the evaluations after `step`, whose work a kill has undone."""
    if rows := read_evaluations(folder):
        write_evaluations(folder, [row for row in rows if row.step <= step])


def best_evaluation(rows: Sequence[HeldOutScore], by: str | None) -> HeldOutScore | None:
    """The best by `by` ("loss", which is also what None says, or "pass_at_1"); of equal ones the first."""
    if by == "pass_at_1":
        return max(rows, key=lambda row: (row.pass_at_1 or 0.0, -row.step), default=None)
    return min(rows, key=lambda row: (row.loss, row.step), default=None)


def should_stop(rows: Sequence[HeldOutScore], section: Validation) -> bool:
    """Whether the last `section.patience` evaluations were no better than one before them."""
    best = best_evaluation(rows, section.best)
    if section.patience is None or best is None:
        return False
    return sum(row.step > best.step for row in rows) >= section.patience
