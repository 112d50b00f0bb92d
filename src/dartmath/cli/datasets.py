"""`dartmath datasets`: list the benchmarks and training sets, or look at one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dartmath.cli._shared import JsonOption


def command(
    name: Annotated[
        str | None, typer.Argument(help="Data set to look at: a name, a generator or a file.")
    ] = None,
    *,
    n: Annotated[int, typer.Option(min=0, help="How many of its queries to show.")] = 3,
    as_json: JsonOption = False,
) -> None:
    """List the built-in data sets and generators, or show some queries of one data set.

    Files are looked for in the folder DARTMATH_DATA, then on the Hub or the web.

    Examples:
        dartmath datasets
        dartmath datasets math/test --n 2
        dartmath datasets reasoning-gym/chain_sum
        dartmath datasets my-queries.jsonl --json
    """
    if name is None:
        _list(as_json=as_json)
    else:
        _show(name, n, as_json=as_json)


def _list(*, as_json: bool) -> None:
    from dartmath.base.terminal import info, print_json, print_table
    from dartmath.queries.download import data_file
    from dartmath.queries.generators import GENERATORS, PREFIX
    from dartmath.queries.registry import SUITES, datasets

    known = list(datasets().values())
    if as_json:
        keys = ("name", "title", "use", "rows", "licence", "source", "notes")
        rows: list[dict[str, Any]] = [{key: getattr(one, key) for key in keys} for one in known]
        print_json({"datasets": rows, "generators": GENERATORS, "suites": SUITES})
        return
    here = {one.name for one in known if data_file(one)}
    cells = [
        (one.name, one.use, f"{one.rows:,}", "here" if one.name in here else "download", one.licence)
        for one in known
    ]
    print_table("Data sets", ("name", "use", "rows", "where", "licence"), cells)
    print_table("Suites", ("name", "benchmarks"), [(key, ", ".join(value)) for key, value in SUITES.items()])
    info(f"Generators ({PREFIX}NAME): {', '.join(GENERATORS)}")


def _show(name: str, n: int, *, as_json: bool) -> None:
    from dartmath.base.terminal import info, print_json, print_table
    from dartmath.queries import QuerySource, load
    from dartmath.queries.registry import datasets

    queries = load(QuerySource(dataset=name))
    if as_json:
        print_json([query.to_json() for query in queries[:n]])
        return
    for query in queries[:n]:
        rows = [("id", query.id), ("text", query.text), ("reference", " or ".join(query.references))]
        rows += [(key, str(value)) for key, value in query.metadata.items()]
        print_table("", ("key", "value"), rows)
    info(f"{name}: {len(queries)} queries")
    if name in datasets() and datasets()[name].notes:
        info(datasets()[name].notes)
