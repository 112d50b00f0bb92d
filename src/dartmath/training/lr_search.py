"""Learning-rate search: a short run for each rate of a grid, scored by a benchmark; resumable.

The paper searched 1e-6, 5e-6, 1e-5, 2e-5, 5e-5 and 1e-4 by MATH accuracy after one epoch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dartmath.base.errors import ConfigError, DataError, TrainingError
from dartmath.base.extras import require
from dartmath.base.files import write_text
from dartmath.base.terminal import info
from dartmath.training.config import TrainingSection
from dartmath.training.summary import TrainingSummary

_RESULTS = "lr_search.jsonl"
_PLOT = "lr_search.html"

TrainAt = Callable[[TrainingSection, Path], TrainingSummary]
"""Trains a section into a folder, resumably."""
Score = Callable[[Path], float]
"""The score of a trained model's folder, higher is better."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One rate of the search: `score` is None, and `failure` says why, when training failed."""

    learning_rate: float
    score: float | None
    first_loss: float | None = None
    last_loss: float | None = None
    failure: str = ""


def search(
    section: TrainingSection,
    train_at: TrainAt,
    score: Score,
    out: Path,
    *,
    grid: Sequence[float],
    metric: str = "score",
) -> list[Trial]:
    """Train and score every rate of `grid`; writes `lr_search.jsonl` and a plot into `out`.

    A rate that is already scored is not run again, and an interrupted one goes on. A rate at which
    the loss becomes NaN is recorded as failed. Raises `ConfigError` for an empty or bad grid, and
    `TrainingError` when no rate could be scored.
    """
    rates = sorted(set(grid))
    if not rates or rates[0] <= 0 or not math.isfinite(rates[-1]):
        raise ConfigError(f"the grid must be positive learning rates, got {list(grid)}")
    done = {trial.learning_rate: trial for trial in read_trials(out)}
    for number, rate in enumerate(rates, 1):
        if rate in done:
            continue
        info(f"\n── learning rate {rate:g} ({number} of {len(rates)}) ──")
        done[rate] = _trial(section.model_copy(update={"learning_rate": rate}), train_at, score, out)
        _write(out, done, metric)
    trials = [done[rate] for rate in rates]
    best_trial(trials)
    _write(out, done, metric)
    return trials


def best_trial(trials: Sequence[Trial]) -> Trial:
    """The trial with the highest score; of equal ones, the lowest rate."""
    scored = [trial for trial in trials if trial.score is not None]
    if not scored:
        raise TrainingError("no learning rate of the grid could be scored: " + trials[0].failure)
    return max(scored, key=lambda trial: (trial.score or 0.0, -trial.learning_rate))


def read_trials(out: Path) -> list[Trial]:
    """The trials recorded in `out`; `DataError` for a damaged line."""
    path = out / _RESULTS
    if not path.is_file():
        return []
    trials = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            trials.append(Trial(**json.loads(line)))
        except (json.JSONDecodeError, TypeError) as error:
            raise DataError(f"not a trial of a search: {error}", path=path, line=number) from error
    return trials


def rate_folder(out: Path, rate: float) -> Path:
    """Where the model of one rate is."""
    return out / f"lr-{rate:g}"


def _trial(section: TrainingSection, train_at: TrainAt, score: Score, out: Path) -> Trial:
    folder = rate_folder(out, section.learning_rate)
    try:
        summary = train_at(section, folder)
    except TrainingError as error:
        return Trial(section.learning_rate, None, failure=str(error))
    return Trial(section.learning_rate, score(folder), summary.first_loss, summary.last_loss)


def _write(out: Path, done: dict[float, Trial], metric: str) -> None:
    trials = [done[rate] for rate in sorted(done)]
    write_text(out / _RESULTS, "".join(json.dumps(asdict(trial)) + "\n" for trial in trials))
    write_text(out / _PLOT, plot(trials, metric))


def plot(trials: Sequence[Trial], metric: str) -> str:
    """One offline HTML page: score and final loss over the learning rate, the best and the failed marked."""
    require("plotly", purpose="the plot of a search")
    import plotly.graph_objects as go

    scored = [trial for trial in trials if trial.score is not None]
    failed = [trial for trial in trials if trial.score is None]
    rates, scores = [trial.learning_rate for trial in scored], [trial.score for trial in scored]
    figure = go.Figure()
    figure.add_scatter(x=rates, y=scores, name=metric, mode="lines+markers")
    losses = [trial.last_loss for trial in scored]
    figure.add_scatter(x=rates, y=losses, name="final loss", mode="lines+markers", yaxis="y2")
    if scored:
        best = best_trial(trials)
        star = {"symbol": "star", "size": 14}
        figure.add_scatter(x=[best.learning_rate], y=[best.score], name="best", mode="markers", marker=star)
    if failed:
        bottom = min((trial.score or 0.0 for trial in scored), default=0.0)
        figure.add_scatter(
            x=[trial.learning_rate for trial in failed],
            y=[bottom] * len(failed),
            hovertext=[trial.failure for trial in failed],
            name="failed",
            mode="markers",
            marker={"symbol": "x", "size": 10},
        )
    every = [trial.learning_rate for trial in trials]
    ticks = {"type": "log", "tickvals": every, "ticktext": [f"{rate:g}" for rate in every]}
    figure.update_layout(
        title="Learning-rate search",
        template="plotly_white",
        xaxis={"title": "learning rate", **ticks},
        yaxis={"title": metric},
        yaxis2={"title": "final loss", "overlaying": "y", "side": "right", "showgrid": False},
        legend={"orientation": "h", "y": 1.1},
    )
    return str(figure.to_html(include_plotlyjs=True, full_html=True))
