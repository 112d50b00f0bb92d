"""`dartmath lr-search`: find the learning rate by short runs scored on a benchmark."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dartmath.cli._options import parse_set, resolve_section
from dartmath.cli._shared import JsonOption, SetOption, TrainingDataOption

if TYPE_CHECKING:
    from dartmath.pipeline.training import TrainingRequest
    from dartmath.training.lr_search import Score, Trial

# The paper's grid.
_GRID = "1e-6,5e-6,1e-5,2e-5,5e-5,1e-4"


def command(
    recipe: Annotated[str, typer.Argument(help="Recipe whose model and training section are searched.")],
    *,
    data: TrainingDataOption = None,
    benchmark: Annotated[
        str, typer.Option(help="Benchmark that scores a rate by Pass@1; the paper's choice is math/test.")
    ] = "math/test",
    n: Annotated[int | None, typer.Option(help="Queries of the benchmark; all when absent.")] = None,
    grid: Annotated[str, typer.Option(help="Learning rates, separated by commas.")] = _GRID,
    max_steps: Annotated[int | None, typer.Option(help="Optimiser steps of each run.")] = None,
    epochs: Annotated[float, typer.Option(help="Passes over the data of each run.")] = 1.0,
    max_tokens: Annotated[int, typer.Option(help="Most new tokens of a benchmark response.")] = 2048,
    out: Annotated[
        Path | None, typer.Option(help="Output folder; `lr-search` in the recipe's folder.")
    ] = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a short run at each learning rate of a grid, and score each on a benchmark.

    The same command again goes on where it stopped. Writes lr_search.jsonl and a plot,
    lr_search.html; the models stay beside them.

    Examples:
        dartmath lr-search tiny --benchmark gsm8k/test --n 50 --max-tokens 200 --max-steps 10
        dartmath lr-search dart-math/mistral-7b-uniform --n 500 \\
          --set 'training.datasets=[{path: hub:Vivacem/MMIQC, query: instruction, response: output}]'
    """
    from dartmath.pipeline.training import training_request
    from dartmath.training.lr_search import search

    settings = {**parse_set(set_), "training.epochs": epochs}
    if max_steps:
        settings["training.max_steps"] = max_steps
    request = training_request(recipe, {}, settings, data=data, out=None, resolve=resolve_section)
    folder = out or request.out.parent / "lr-search"
    trials = search(
        request.section,
        lambda section, target: request.at(section, target).train(),
        _benchmark_score(request, recipe, benchmark, n, max_tokens),
        folder,
        grid=_rates(grid),
        metric=f"Pass@1 on {benchmark}",
    )
    _show(trials, folder, as_json)


def _rates(grid: str) -> list[float]:
    from dartmath.base.errors import ConfigError

    try:
        return [float(part) for part in grid.split(",")]
    except ValueError:
        raise ConfigError(
            f"--grid takes learning rates separated by commas, such as 1e-5,5e-5, got {grid!r}"
        ) from None


def _benchmark_score(
    request: TrainingRequest, recipe: str, benchmark: str, n: int | None, max_tokens: int
) -> Score:
    from dartmath.evaluation.config import EvaluationSection
    from dartmath.evaluation.run import evaluate
    from dartmath.model import ModelSection
    from dartmath.queries.config import QuerySource, Selector
    from dartmath.recipe import evaluation_engine, load_recipe

    source = QuerySource(dataset=benchmark, select=Selector(n=n))
    section = EvaluationSection(benchmarks=[source], max_tokens=max_tokens)
    engine = evaluation_engine(load_recipe(recipe))

    def score(folder: Path) -> float:
        model = ModelSection(name=str(folder), dtype=request.model.dtype)
        result = evaluate(model, engine, request.template, section, folder / "evaluation", seed=request.seed)
        return float(result.benchmarks[0].pass_at_1.value)

    return score


def _show(trials: list[Trial], folder: Path, as_json: bool) -> None:
    from dartmath.base.terminal import print_json, print_table
    from dartmath.training.lr_search import best_trial

    best = best_trial(trials)
    if as_json:
        print_json({"best": best.learning_rate, "trials": [asdict(trial) for trial in trials]})
        return
    rows = [
        (
            f"{t.learning_rate:g}" + (" <- best" if t is best else ""),
            "failed" if t.score is None else f"{t.score:.3f}",
            "" if t.last_loss is None else f"{t.last_loss:.4f}",
        )
        for t in trials
    ]
    caption = f"plot: {folder / 'lr_search.html'}"
    print_table("learning-rate search", ("learning rate", "Pass@1", "final loss"), rows, caption=caption)
