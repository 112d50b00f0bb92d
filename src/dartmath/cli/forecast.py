"""`dartmath forecast`: what a policy will cost and give, before it is run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dartmath.base.text import counted
from dartmath.cli._options import parse_set
from dartmath.cli._shared import JsonOption, SetOption

if TYPE_CHECKING:
    from dartmath.planning.pilot import Measurements
    from dartmath.recipe import Recipe
    from dartmath.sampling.forecast import Expected, Forecast
    from dartmath.sampling.policy import PolicySection


def command(
    recipe: Annotated[str, typer.Argument(help="Recipe whose queries, model and policy are forecast.")],
    *,
    run: Annotated[
        Path | None, typer.Option(help="Forecast from this run's samples instead of a pilot.")
    ] = None,
    queries: Annotated[int, typer.Option(min=2, help="Queries of the pilot.")] = 100,
    trials: Annotated[int, typer.Option(min=1, help="Trials of each query of the pilot.")] = 8,
    vrt_trials: Annotated[int | None, typer.Option(min=1, help="Trials of VRT.")] = None,
    uniform_k: Annotated[int | None, typer.Option(min=1, help="k of Uniform.")] = None,
    uniform_cap: Annotated[int | None, typer.Option(min=1, help="Trial cap of Uniform.")] = None,
    prop2diff_k: Annotated[int | None, typer.Option(min=1, help="k of Prop2Diff.")] = None,
    prop2diff_cap: Annotated[int | None, typer.Option(min=1, help="Trial cap of Prop2Diff.")] = None,
    tokens_per_second: Annotated[
        float | None,
        typer.Option(min=0.01, help="Throughput to count hours with; the measured one when absent."),
    ] = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forecast rows, samples, tokens, hours, cost and coverage of VRT, Uniform and Prop2Diff.

    A small pilot measures pass rates, lengths and speed; it is kept in the recipe's folder, and
    the same command again goes on with it. Policies that no flag sizes get about as many rows as
    the recipe's own. Intervals are 90 %.

    Examples:
        dartmath forecast tiny --queries 40 --trials 4
        dartmath forecast tiny --run runs/tiny
        dartmath forecast tiny --run runs/tiny --uniform-k 40 --prop2diff-k 192 --json
    """
    from dartmath.planning.pilot import measure_run, run_pilot
    from dartmath.recipe import load_recipe
    from dartmath.sampling.forecast_pilot import matched_policies

    found = load_recipe(recipe, parse_set(set_))
    measured = measure_run(run, found.sampling) if run else run_pilot(found, queries, trials)
    sizes = {
        "vrt": {"trials": vrt_trials},
        "uniform": {"k": uniform_k, "cap": uniform_cap},
        "prop2diff": {"k": prop2diff_k, "cap": prop2diff_cap},
    }
    policies = matched_policies(found.sampling.policy, measured.bands, sizes)
    _print(found, measured, policies, tokens_per_second or measured.tokens_per_second, as_json)


def _print(
    recipe: Recipe, measured: Measurements, policies: list[PolicySection], speed: float | None, as_json: bool
) -> None:
    from dartmath.base.terminal import print_json, print_table
    from dartmath.sampling.forecast import forecast

    price, bands, takeovers = recipe.sampling.price, measured.bands, measured.takeovers
    paid = any(any(one.model_dump().values()) for one in (price, *(t.price for t in takeovers if t.price)))
    found = [
        forecast(
            p,
            bands,
            tokens_per_second=speed,
            price=price if paid else None,
            takeovers=takeovers,
            seed=recipe.seed,
        )
        for p in policies
    ]
    if as_json:
        rows = [{**asdict(f), "policy": f.policy.model_dump(mode="json")} for f in found]
        print_json({"tokens_per_second": speed, "forecasts": rows})
        return
    queries, tried = sum(b.size for b in bands), sum(len(b.trials) for b in bands)
    columns = ("", *(f.policy.kind for f in found))
    print_table(
        f"Forecast for {counted(queries, 'query', 'queries')}, from {tried:,} that were tried",
        columns,
        _rows(found),
        caption=_caption(found, speed, [one.name for one in takeovers if not one.known]),
    )
    names = [b.name for b in bands]
    per_band = [(name, *(f"{f.bands[name]:.2f}" for f in found)) for name in names]
    print_table("Rows per query", ("band", *columns[1:]), per_band)


def _caption(found: list[Forecast], speed: float | None, unknown: list[str]) -> str:
    said = "90 % intervals in brackets" + (f"; hours at {speed:,.0f} tokens/s" if speed else "")
    if any(one.policy.kind == "budget" for one in found):
        said += "; of policy budget, what all its targets would take without one"
    if unknown:
        said += f"; nothing is known of {', '.join(unknown)} yet: its pass rates may be any"
    return said


def _rows(found: list[Forecast]) -> list[tuple[str, ...]]:

    parts: list[tuple[str, ...]] = [
        ("policy", *(f.policy.describe().partition(" ")[2] for f in found)),
        ("rows", *(_number(f.rows) for f in found)),
        ("raw samples", *(_number(f.samples) for f in found)),
        *(
            (f"of them {name}", *(_number(f.teachers.get(name)) for f in found))
            for name in dict.fromkeys(name for f in found for name in f.teachers)
        ),
        ("tokens", *(_number(f.tokens) for f in found)),
        ("hours", *(_number(f.hours, "{:,.2f}") for f in found)),
        ("cost", *(_number(f.cost, "{:,.2f}") for f in found)),
        ("target reached", *(_number(f.reached, "{:.1%}") for f in found)),
        ("at least one row", *(_number(f.coverage, "{:.1%}") for f in found)),
    ]
    return [row for row in parts if any(cell != "-" for cell in row[1:])]


def _number(estimate: Expected | None, form: str = "{:,.0f}") -> str:
    if estimate is None:
        return "-"
    mean, low, high = (form.format(x) for x in (estimate.mean, estimate.low, estimate.high))
    return mean if low == high else f"{mean} ({low} to {high})"
