"""What came out of each round, which is the best, and whether another is worth it.

FOLDER/round-1/, round-2/ ...   a whole run each
FOLDER/rounds.json              all of this, for reports and `--json`

Everything is read off the manifests of the rounds, so that it does not matter how often they were stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.files import write_text
from dartmath.base.manifest import read_manifest
from dartmath.base.round_folders import round_folder
from dartmath.base.section import validate
from dartmath.evaluation.compare import compare
from dartmath.evaluation.intervals import macro_paired
from dartmath.evaluation.result import EvaluationResult, Score, read_result
from dartmath.evaluation.run import average
from dartmath.rounds.config import RoundsSection

FILE = "rounds.json"
# Differences below are the rounding of floating point.
_ROUNDING = 1e-12


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Change(_Record):
    """How the held-out score changed against the evaluation before, paired by query, with a 95 % interval."""

    difference: float
    """As a share."""
    low: float
    """Lower bound."""
    high: float
    """Upper bound."""


class Measured(_Record):
    """The evaluation of a model."""

    scores: dict[str, Score]
    """Pass@1 on each benchmark."""
    held_out: Score
    """The mean of those that decide."""


class Round(_Record):
    """One round."""

    number: int
    """From 1."""
    sampler: str
    """The model that sampled, by its content: a folder's fingerprint, or a commit on the Hub."""
    base: str
    """The model that was trained, likewise."""
    model: str
    """What the training made of it, likewise."""
    samples: int
    """Trials of the round's pool."""
    correct: int
    """Correct ones among them."""
    pass_rate: float | None
    """Of the sampling model: the mean over training queries, as curation measures their difficulty."""
    queries: int
    """Training queries."""
    covered: int
    """Those with a row in the round's set."""
    rows: int
    """Rows of the round's set."""
    measured: Measured
    """The evaluation of the round's model."""
    change: Change | None
    """Of the mean, against the round before; None where nothing was evaluated before."""


class RoundsResult(_Record):
    """All rounds so far."""

    format: int = 1
    """Version of this file's layout."""
    name: str
    """Of the recipe."""
    held_out: list[str]
    """The benchmarks that decide."""
    before: Measured | None
    """The evaluation of the model before any training; None where there is none."""
    rounds: list[Round]
    """In their order."""
    best: int
    """The last round that rose above all before it; 0 where none rose above the model before any training."""
    stopped: str | None
    """Why no other round follows; None while one does."""


def read_rounds(root: Path) -> RoundsResult | None:
    """The result in `root`; None where there is none, `DataError` where it is damaged."""
    path = root / FILE
    if not path.is_file():
        return None
    try:
        return validate(RoundsResult, from_json(path.read_bytes()), where=FILE)
    except (ConfigError, ValueError) as error:
        raise DataError(f"damaged ({error}); the same `dartmath run` writes it anew", path=path) from error


def write_rounds(root: Path, result: RoundsResult) -> None:
    """Write it."""
    write_text(root / FILE, result.model_dump_json(indent=1) + "\n")


def sum_up(root: Path, count: int, section: RoundsSection, *, name: str) -> RoundsResult:
    """The result of the first `count` rounds in `root`, all of which are finished."""
    folders = [round_folder(root, number) for number in range(1, count + 1)]
    before = folders[0] / "evaluation" / "before"
    evaluations = [before, *(folder / "evaluation" / "after" for folder in folders)]
    results = [read_result(path) if (path / "manifest.json").is_file() else None for path in evaluations]
    names = section.held_out or _names(results[-1])
    rounds = [
        _round(number, folders[number - 1], results[number], evaluations[number - 1], names)
        for number in range(1, count + 1)
    ]
    first = None if results[0] is None else _measured(results[0], names)
    scores = [one.measured.held_out.value for one in rounds]
    best, stopped = decide(scores, None if first is None else first.held_out.value, section)
    return RoundsResult(name=name, held_out=names, before=first, rounds=rounds, best=best, stopped=stopped)


def decide(scores: Sequence[float], before: float | None, section: RoundsSection) -> tuple[int, str | None]:
    """(the best round, why no other follows) after rounds of these held-out scores.

    `before` is the score of the model before any training. The best is the last round that rose above all
    before it by more than `least_rise`; 0 is that model.
    """
    best, highest, without = 0, before, 0
    for number, score in enumerate(scores, start=1):
        if highest is None or score > highest + section.least_rise + _ROUNDING:
            best, highest, without = number, score, 0
        else:
            without += 1
    if without >= section.patience:
        which = "round" if without == 1 else f"{without} rounds"
        return best, f"the held-out score has not risen in the last {which}"
    return best, f"all {len(scores)} rounds are done" if len(scores) >= section.count else None


def _names(result: EvaluationResult | None) -> list[str]:
    return [one.name for one in result.benchmarks] if result else []


def _measured(result: EvaluationResult, names: Sequence[str]) -> Measured:
    scores = {one.name: one.pass_at_1 for one in result.benchmarks}
    return Measured(scores=scores, held_out=average([scores[name] for name in names]))


def _round(
    number: int, folder: Path, result: EvaluationResult | None, previous: Path, names: Sequence[str]
) -> Round:
    if result is None:
        raise DataError(
            "the evaluation of this round is not finished; run the same command again", path=folder
        )
    sampled, trained = (read_manifest(folder / part) for part in ("sample", "model"))
    curated = read_manifest(folder / "dataset", stage="curate")["summary"]
    pool = sampled["summary"]
    return Round(
        number=number,
        sampler=_content(sampled["model"]),
        base=_content(trained["model"]),
        model=_content(result.model),
        samples=pool["samples"],
        correct=pool["correct"],
        pass_rate=_pass_rate(curated["datasets"]),
        queries=curated["queries"],
        covered=curated["covered"],
        rows=curated["rows"],
        measured=_measured(result, names),
        change=_change(previous, folder / "evaluation" / "after", names),
    )


def _change(first: Path, second: Path, names: Sequence[str]) -> Change | None:
    if not (first / "manifest.json").is_file():
        return None
    found = compare(first, second).benchmarks
    paired = macro_paired([found[name] for name in names if name in found])
    return Change(difference=paired.difference, low=paired.low, high=paired.high)


def _content(model: Mapping[str, Any]) -> str:
    """What tells a recorded model from another one; of the Hub, where no commit is recorded, its name."""
    known = model.get("fingerprint") or model.get("commit")
    return str(known or "@".join(filter(None, (model.get("name"), model.get("revision")))))


def _pass_rate(groups: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean pass rate over the queries of all data sets; those that were never tried are left out."""
    known = [(group["fail_rate"], group["queries"]) for group in groups if group["fail_rate"] is not None]
    queries = sum(count for _, count in known)
    return 1 - sum(rate * count for rate, count in known) / queries if queries else None
