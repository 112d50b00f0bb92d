"""`dartmath init`: a commented recipe for one's own queries."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.cli._ask import Asker
from dartmath.cli._recipe_text import DEFAULT_K, DEFAULT_URL, ENGINES, Answers, EngineKind, recipe_text
from dartmath.cli._rows import RowFlags, cannot_tell, first_rows, row_options
from dartmath.cli._shared import JsonOption
from dartmath.model import PACKAGED, resolve_model

if TYPE_CHECKING:
    from dartmath.queries.config import QuerySource
    from dartmath.queries.load import Loaded
    from dartmath.queries.survey import Survey

_DEMO_MODEL = "smollm2-135m-instruct"
# Columns of what a model answered, whose file may be imported as well.
_RESPONSES = ("response", "generation", "completion", "prediction", "output")
# What is left out without asking: nothing could ever be correct.
_HOPELESS = "no-answer"


@row_options
def command(
    queries: Annotated[
        str | None,
        typer.Argument(
            help="Queries and reference answers: a file (JSONL, JSON, CSV, TSV, Excel, Parquet, also "
            "compressed), a folder of them, an address, or hub:OWNER/NAME."
        ),
    ] = None,
    *,
    name: Annotated[str | None, typer.Option(help="Name of the run [default: the file's name].")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write [default: NAME.yaml].")] = None,
    model: Annotated[str | None, typer.Option(help="Hub id or folder of the model.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="What generates.", metavar="|".join(ENGINES), show_default=False)
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the server (with --engine server).")] = None,
    k: Annotated[int | None, typer.Option(min=1, help="Correct responses of the hardest queries.")] = None,
    train: Annotated[
        bool | None, typer.Option("--train/--no-train", help="Fine-tune the model on the result.")
    ] = None,
    held_out: Annotated[
        str | None, typer.Option(help="Benchmark, or file with the same columns, to evaluate on.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: defaults for what no flag says.")] = False,
    as_json: JsonOption = False,
    rows: RowFlags,
) -> None:
    """Write a commented recipe for your own queries, after asking the few things that matter.

    Reads all rows first, so that bad ones, and references that are no answers, are found now and not in
    the middle of a run. Asks only in a terminal; an existing recipe is never overwritten.

    Examples:
        dartmath init queries.jsonl
        dartmath init aufgaben.csv --where 'Klasse >= 7' --skip picture
        dartmath init queries.jsonl --model Qwen/Qwen2.5-1.5B-Instruct --engine vllm --k 32 --yes
    """
    from dartmath.recipe import run_name

    ask = Asker(active=sys.stdin.isatty() and not yes)
    path = queries or ask.text("File with your queries", "queries.jsonl", _check_source)
    _check_source(path)
    if url is not None and engine not in (None, "server"):
        raise ConfigError(f"--url is the address of a server; it says nothing with --engine {engine}")
    if engine is not None:
        _engine(engine)
    if url is not None:
        _check_url(url)
    if model is not None and "server" not in (engine, url and "server"):
        _check_model(model)
    source, loaded, found = _read(path, rows, ask)
    name = name or ask.text("Name of the run", run_name(_stem(path)), lambda given: _check_new(out, given))
    target = _check_new(out, name)
    # Asked in this order.
    answers = Answers(
        name=name,
        source=source,
        model=model or ask.text("Model (Hub id or folder)", _DEMO_MODEL, _check_model),
        engine=(kind := _engine(engine or _asked_engine(ask, url))),
        url=url
        or (ask.text("Address of the server", DEFAULT_URL, _check_url) if kind == "server" else DEFAULT_URL),
        k=ask.number("Correct responses of the hardest queries", DEFAULT_K) if k is None else k,
        train=ask.yes("Fine-tune the model on the result", default=True) if train is None else train,
        held_out=_held_out(ask) if held_out is None else _check_benchmark(held_out),
        decimal_comma=found.has_decimal_commas,
    )
    _write(target, recipe_text(answers, str(target)))
    if as_json:
        _print_json(target, answers, loaded, found)
    else:
        _say(target, answers, loaded, found)


def _read(path: str, rows: RowFlags, ask: Asker) -> tuple[dict[str, Any], Loaded, Survey]:
    """The source as the recipe writes it, its queries, and what their references look like."""
    from dartmath.queries.load import load_set
    from dartmath.queries.survey import survey

    plain = RowFlags({}, rows.others).source(path)
    first = first_rows(plain)
    if not first:
        # Names what is wrong with all of its rows, if it has any.
        load_set(plain)
    columns = _columns(plain, rows, first, ask)
    source = RowFlags(columns, rows.others).source(path)
    loaded = load_set(source)
    found = survey(loaded.queries, loaded.own)
    if found.kinds.get("no answer"):
        others = {**rows.others, "skip": [*rows.others.get("skip", ()), _HOPELESS]}
        source = RowFlags(columns, others).source(path)
        loaded = load_set(source)
        found = survey(loaded.queries, loaded.own)
    data = source.model_dump(mode="json", exclude_defaults=True)
    assert loaded.own is not None
    mapping = loaded.own.columns
    written = mapping.model_dump(
        mode="json", exclude_defaults=True, exclude={"query", "reference", "repeated"}
    )
    repeated = {"repeated": True} if loaded.own.repeats else {}
    data["columns"] = {"query": mapping.query, "reference": mapping.reference, **written, **repeated}
    return data, loaded, found


def _columns(
    source: QuerySource, rows: RowFlags, first: list[Mapping[str, Any]], ask: Asker
) -> Mapping[str, Any]:
    """The columns that flags name, and those that are asked for in a terminal."""
    from dartmath.queries.guess import guess, shown_row

    _check_named(source, rows.columns, first)
    if not ask.active:
        cannot_tell(source, rows.columns)
        return rows.columns
    found, named = guess(first), dict(rows.columns)
    asked = [what for what in ("query", "reference") if what not in named]
    if asked:
        print(f"The first row of {source.dataset}:\n{shown_row(first[0])}", file=sys.stderr)
    for what in asked:
        named[what] = ask.text(f"Column of the {what}", getattr(found, what) or "", _is_column(first))
    return named


def _check_named(source: QuerySource, named: Mapping[str, Any], first: list[Mapping[str, Any]]) -> None:
    """Refuse all columns at once that no row has."""
    check, errors = _is_column(first), []
    for key, value in named.items():
        if key == "first_choice":  # a number, and no column
            continue
        for column in value if isinstance(value, list) else [value]:
            try:
                check(column)
            except UnknownNameError as error:
                errors.append(f"{source.dataset}: {key}: {error}")
    if errors and first:
        raise ConfigError("\n".join(errors))


def _is_column(first: list[Mapping[str, Any]]) -> Any:
    from dartmath.queries.paths import leaves, value_at

    def check(given: str) -> None:
        for row in first:
            try:
                value_at(row, given)
            except LookupError:
                continue
            return
        raise UnknownNameError("column", given, {*first[0], *leaves(first[0])} if first else ())

    return check


def _print_json(target: Path, answers: Answers, loaded: Loaded, found: Survey) -> None:
    from dartmath.base.terminal import print_json

    print_json(
        {
            "recipe": str(target),
            "name": answers.name,
            "queries": len(loaded.queries),
            "columns": answers.source["columns"],
            "references": found.kinds,
            "notes": list(found.notes()),
            "warnings": list(found.warnings()),
        }
    )


def _say(target: Path, answers: Answers, loaded: Loaded, found: Survey) -> None:
    from dartmath.base.text import counted
    from dartmath.cli._survey import print_survey
    from dartmath.queries.rows import describe_file

    path, columns = str(answers.source["dataset"]), answers.source["columns"]
    mapped = f"columns {columns['query']!r} and {columns['reference']!r}"
    more = ", ".join(f"{key} {columns[key]!r}" for key in ("context", "choices", "unit") if columns.get(key))
    print(
        f"wrote {target}: {counted(len(loaded.queries), 'query', 'queries')}, {mapped}"
        + (f", {more}" if more else "")
    )
    if Path(path).is_file() and (form := describe_file(path, answers.source.get("encoding"))):
        print(f"read as:     {form}")
    print_survey(found)
    if found.repeats and (column := _response_column(path, columns)):
        command = f"dartmath import {_shell(target)} {shlex.quote(path)}"
        print(f"column {column!r} may hold responses; to verify and keep them:")
        print(
            f"             {command} --query {shlex.quote(columns['query'])} --response {shlex.quote(column)}"
        )
    print(f"look first:  dartmath preview {_shell(target)}")
    print(f"then:        dartmath run {_shell(target)}")


def _response_column(path: str, columns: Mapping[str, Any]) -> str | None:
    from dartmath.queries.config import QuerySource

    (first, *_) = first_rows(QuerySource(dataset=path))
    free = [name for name in first if name not in (columns["query"], columns["reference"])]
    return next((name for name in free if any(word in name.lower() for word in _RESPONSES)), None)


def _held_out(ask: Asker) -> str:
    return ask.text("Benchmark or file to evaluate on (empty: none)", "", _check_benchmark)


def _check_source(path: str) -> None:
    from dartmath.queries.files import HUB_PREFIX
    from dartmath.queries.formats.opened import check_there, is_remote
    from dartmath.queries.rows import row_files

    if not path.startswith(HUB_PREFIX) and not is_remote(path):
        for file in row_files(path):
            check_there(file)


def _stem(path: str) -> str:
    """The name of a file without its endings, of a folder, or of a Hub data set."""
    name = path.rstrip("/").rpartition("/")[2]
    return name.partition(":")[0] if path.startswith("hub:") else re.sub(r"(\.[A-Za-z]\w{1,8})+$", "", name)


def _check_model(name: str) -> None:
    """A Hub id is not looked up, and a packaged model not unpacked."""
    if name not in PACKAGED:
        resolve_model(name)


def _check_url(url: str) -> None:
    from dartmath.engines.openai.server_pool import check_server

    check_server(url)


def _check_benchmark(name: str) -> str:
    """The name itself, when it is empty, a file that is there, or a data set that is known."""
    from dartmath.queries.load import is_own_set
    from dartmath.queries.registry import find_dataset

    if name and is_own_set(name):
        _check_source(name)
    elif name:
        find_dataset(name)
    return name


def _check_new(out: Path | None, name: str) -> Path:
    """The recipe file of a run of that name, which must not be there yet."""
    from dartmath.recipe import NAME_PATTERN

    if not re.fullmatch(NAME_PATTERN, name):
        raise ConfigError(
            "a run's name has at most 100 letters, digits, dots, dashes and underscores, "
            f"and no dot or dash first, not {name!r}"
        )
    path = out or Path(f"{name}.yaml")
    if path.exists():
        raise ConfigError(f"{path} exists; remove it, or write another with --out FILE")
    return path


def _shell(path: Path) -> str:
    return shlex.quote(str(path))


def _asked_engine(ask: Asker, url: str | None) -> str:
    return ask.text(f"Engine ({', '.join(ENGINES)})", "server" if url else ENGINES[0], _engine)


def _engine(name: str) -> EngineKind:
    for known in ENGINES:
        if name == known:
            return known
    raise UnknownNameError("engine", name, ENGINES)


def _write(path: Path, text: str) -> None:
    """Write a new file that is a valid recipe."""
    import yaml

    from dartmath.base.files import write_text
    from dartmath.base.section import validate
    from dartmath.recipe import Recipe

    validate(Recipe, yaml.safe_load(text), where=str(path))
    write_text(path, text)
