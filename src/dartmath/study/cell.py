"""Running a cell: its set, its model, its scores; and what is kept of it."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.base.files import write_text
from dartmath.base.run_lock import RunLock
from dartmath.curation.run import curate
from dartmath.curation.summary import CurationSummary
from dartmath.evaluation.rows import read_correct
from dartmath.evaluation.run import evaluate
from dartmath.model import ModelSection
from dartmath.study.design import Cell, Study
from dartmath.training.run import train

FILE = "cell.json"

Scores = dict[str, dict[str, float]]
"""The share of correct trials of every query, by benchmark and query id."""


@dataclass(frozen=True, slots=True)
class CellResult:
    """What is kept of a cell.

    Attributes:
        rows, tokens: of its set, by band of the pool's queries; tokens are those of the responses.
        policy: the policy with the k that gave the size.
        dropped: correct responses of the pool that no arm of these keys may take, by reason.
        lucky: the estimated share of rows that are right by luck, by band; None where nothing tells.
        steps, trained_tokens: optimiser steps, and tokens with loss of the whole training.
        seconds: of training, and of everything.
        scores: of its model.
    """

    arm: str
    size: str
    seed: int
    rows: dict[str, int]
    tokens: dict[str, int]
    policy: dict[str, Any]
    dropped: dict[str, int]
    lucky: dict[str, float | None]
    steps: int
    trained_tokens: int
    seconds: dict[str, float]
    scores: Scores


def read_cell(folder: Path) -> CellResult | None:
    """The result in a cell's folder; None where it is not finished, `DataError` for a damaged one."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return CellResult(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise DataError(f"damaged result of a cell ({error}); delete its folder", path=path) from error


def run_cell(cell: Cell) -> None:
    """Make the set, the model and the scores of `cell`, from where it was stopped."""
    folder, study = cell.folder, cell.study
    folder.mkdir(parents=True, exist_ok=True)
    with RunLock(folder):
        if read_cell(folder):
            return
        begun = time.monotonic()
        summary = curate(study.pool, cell.curation, folder / "dataset")
        _check_size(cell, summary)
        section = cell.arm.training.model_copy(update={"seed": cell.seed})
        trained = train(
            section, study.base, study.template, [folder / "dataset"], folder / "model", seed=cell.seed
        )
        scores = evaluate_model(
            study, ModelSection(name=str(folder / "model"), dtype=study.base.dtype), folder
        )
        result = CellResult(
            arm=cell.arm.name,
            size=cell.size.label,
            seed=cell.seed,
            rows={band.name: band.rows for band in summary.bands},
            tokens={band.name: band.tokens for band in summary.bands},
            policy=summary.policy,
            dropped=summary.dropped,
            lucky=summary.lucky_rows,
            steps=trained.steps,
            trained_tokens=round(trained.trained_tokens * trained.epochs),
            seconds={"training": trained.seconds, "all": time.monotonic() - begun},
            scores=scores,
        )
        write_text(folder / FILE, json.dumps(asdict(result)) + "\n")
    if not study.section.keep_models:
        shutil.rmtree(folder / "model", ignore_errors=True)


def _check_size(cell: Cell, summary: CurationSummary) -> None:
    """Raise `DataError` where the pool holds too little, so that no set is compared with a larger one."""
    unit, amount = cell.size.unit, cell.size.amount
    total = summary.tokens["total"]
    # Tokens are met up to a row.
    lacks = {"rows": summary.rows < amount, "tokens": total + summary.tokens["max"] < amount}
    if lacks.get(unit):
        held = summary.rows if unit == "rows" else total
        raise DataError(
            f"the pool gives {cell.arm.name} {held:,.0f} of the {amount:,} {unit} of this size; sample more "
            "trials, or lower the size",
            path=cell.study.pool,
        )


def evaluate_model(study: Study, model: ModelSection, folder: Path) -> Scores:
    """The scores of `model` on the study's benchmarks; everything is written to `folder/evaluation`."""
    out = folder / "evaluation"
    evaluate(model, study.engine, study.template, study.evaluation, out, seed=study.seed)
    scores: Scores = {}
    for (benchmark, query), trials in read_correct(out).items():
        scores.setdefault(benchmark, {})[query] = sum(trials) / study.evaluation.trials
    return scores
