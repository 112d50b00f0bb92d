"""`dartmath compare`: two evaluations query by query, or one beside published numbers."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from dartmath.cli._shared import JsonOption


def command(
    first: Annotated[Path, typer.Argument(help="Folder that `dartmath evaluate` wrote (A).")],
    second: Annotated[Path | None, typer.Argument(help="Another one on the same queries (B).")] = None,
    *,
    published: Annotated[
        str | None, typer.Option(help="Compare A with the published scores of this model instead.")
    ] = None,
    difference: Annotated[
        float, typer.Option(min=0.01, max=100, help="Points for which the queries needed are told.")
    ] = 2.0,
    as_json: JsonOption = False,
) -> None:
    """Compare two evaluations on the queries that both have, or one with published numbers.

    The difference is paired by query: its 95 % interval is clustered by query, a bootstrap stands
    beside it, and p is McNemar's exact one (with several trials, the z-test's).

    Examples:
        dartmath compare runs/tiny/evaluation/before runs/tiny/evaluation/after
        dartmath compare runs/a runs/b --difference 1
        dartmath compare runs/evaluation/my-model --published dart-math-llama3-8b-uniform
    """
    from dartmath.base.errors import ConfigError

    if (second is None) == (published is None):
        raise ConfigError("give a second folder or --published NAME, for example: dartmath compare A B")
    if second is not None and second.resolve() == first.resolve():
        raise ConfigError(f"both are {first}, which is as good as itself; name two evaluations")
    if second is not None:
        _two(first, second, difference, as_json=as_json)
    elif published is not None:
        _published(first, published, as_json=as_json)


def _two(first: Path, second: Path, difference: float, *, as_json: bool) -> None:
    from dartmath.base.terminal import print_json, print_table, warn
    from dartmath.evaluation.compare import compare
    from dartmath.evaluation.tables import comparison_table, power_table

    found = compare(first, second)
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    for key, (ours, theirs) in found.differing.items():
        warn(f"{key} differs: {ours} and {theirs}")
    if found.left_out:
        warn(f"only one of the two has: {', '.join(found.left_out)}")
    columns, rows = comparison_table(found)
    print_table(f"A = {first}, B = {second}, percent", columns, rows)
    columns, rows = power_table(found, difference / 100)
    print_table("lenient scores and power, percent", columns, rows, caption=_LEGEND)


_LEGEND = (
    "lenient: the last number counts as the answer of a response that states none; sees: the smallest true "
    "difference that these queries show in four of five comparisons; queries: how many like these show one "
    "of so many points"
)


def _published(folder: Path, name: str, *, as_json: bool) -> None:
    from dartmath.base.terminal import print_json, print_table, warn
    from dartmath.evaluation.compare import against_published, unlike_published
    from dartmath.evaluation.published import find_published
    from dartmath.evaluation.result import read_result
    from dartmath.evaluation.tables import published_table

    known, result = find_published(name), read_result(folder)
    rows = against_published(result, known)
    if as_json:
        print_json([dataclasses.asdict(row) for row in rows])
        return
    if differing := unlike_published(result):
        said = ", ".join(key if key == "tools" else f"{key} {ours}" for key, ours in differing.items())
        warn(f"published scores are greedy, 0-shot and without tools; this evaluation has: {said}")
    columns, cells = published_table(rows, "published")
    print_table(
        f"{folder} beside {known.title}, percent",
        columns,
        cells,
        caption="published: arXiv 2407.13690, table 2. The second 95 % is of the difference, with both "
        "errors; unlike: why the two cannot be compared (a part of the queries, another rule of grading)",
    )
