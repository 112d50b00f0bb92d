"""`dartmath datasets`: list the benchmarks and training sets, or look at one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dartmath.base.text import counted
from dartmath.cli._rows import RowFlags, refuse_flags, row_options
from dartmath.cli._shared import JsonOption


@row_options
def command(
    name: Annotated[
        str | None,
        typer.Argument(help="Data set to look at: a name, a generator, a file or folder, hub:OWNER/NAME."),
    ] = None,
    *,
    n: Annotated[int, typer.Option(min=0, help="How many of its queries to show.")] = 3,
    as_json: JsonOption = False,
    rows: RowFlags,
) -> None:
    """List the built-in data sets and generators, or show some queries of one data set, and what kinds of
    references it has.

    Built-in sets are looked for in the folder DARTMATH_DATA, then on the Hub or the web.

    Examples:
        dartmath datasets
        dartmath datasets math/test --n 2
        dartmath datasets reasoning-gym/chain_sum
        dartmath datasets my-queries.jsonl --json
        dartmath datasets my-queries.csv --query-column Frage --where 'Klasse >= 7'
    """
    if name is None:
        refuse_flags(rows, "say how to read a data set, and none is named")
        _list(as_json=as_json)
    else:
        _show(name, n, rows, as_json=as_json)


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


def _show(name: str, n: int, rows: RowFlags, *, as_json: bool) -> None:
    from dartmath.base.terminal import info, print_json, print_table
    from dartmath.cli._survey import print_survey
    from dartmath.queries.load import load_set
    from dartmath.queries.mislabelled import known_mislabelled
    from dartmath.queries.registry import datasets
    from dartmath.queries.survey import survey

    loaded = load_set(rows.source(name))
    if as_json:
        shown = [query.to_json() for query in loaded.queries[:n]]
        print_json(shown)
        return
    for query in loaded.queries[:n]:
        cells = [("id", query.id), ("text", query.text), ("reference", " or ".join(query.references))]
        cells += [(key, str(value)) for key, value in query.metadata.items()]
        print_table("", ("key", "value"), cells)
    many = counted(len(loaded.queries), "query", "queries")
    info(f"{name}: {many}, checksum {loaded.checksum}, from {loaded.origin}")
    print_survey(survey(loaded.queries, loaded.own))
    if name in datasets() and datasets()[name].notes:
        info(datasets()[name].notes)
    if wrong := known_mislabelled(name):
        info(
            f"{len(wrong)} references are known to be wrong; `select: {{mislabelled: false}}` leaves them out"
        )
