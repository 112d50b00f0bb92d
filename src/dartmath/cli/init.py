"""`dartmath init`: a commented recipe for one's own queries."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.cli._ask import Asker
from dartmath.cli._recipe_text import DEFAULT_K, DEFAULT_URL, ENGINES, Answers, EngineKind, recipe_text
from dartmath.model import PACKAGED, resolve_model

_QUERY_COLUMNS = ("query", "question", "problem", "prompt", "instruction", "input")
_REFERENCE_COLUMNS = ("reference", "answer", "final_answer", "target", "label", "output", "solution")
_DEMO_MODEL = "smollm2-135m-instruct"


def command(
    queries: Annotated[
        str | None, typer.Argument(help="JSONL, CSV or Parquet file with queries and reference answers.")
    ] = None,
    *,
    name: Annotated[str | None, typer.Option(help="Name of the run [default: the file's name].")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write [default: NAME.yaml].")] = None,
    query_column: Annotated[
        str | None, typer.Option(help="Column of the query; guessed when absent.")
    ] = None,
    reference_column: Annotated[
        str | None, typer.Option(help="Column of the reference answer; guessed when absent.")
    ] = None,
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
) -> None:
    """Write a commented recipe for your own queries, after asking the few things that matter.

    Reads the whole file first, so that a bad row is found now and not in the middle of a run. Asks
    only in a terminal; an existing recipe is never overwritten.

    Examples:
        dartmath init queries.jsonl
        dartmath init queries.jsonl --model Qwen/Qwen2.5-1.5B-Instruct --engine vllm --k 32 --yes
    """
    from dartmath.recipe import run_name

    ask = Asker(active=sys.stdin.isatty() and not yes)
    path = queries or ask.text("File with your queries (JSONL, CSV or Parquet)", "queries.jsonl", _check_file)
    row = _first_row(Path(path))
    query_column = query_column or _column(ask, "query", row, _QUERY_COLUMNS)
    reference_column = reference_column or _column(ask, "reference", row, _REFERENCE_COLUMNS)
    count, repeats = _load_all(path, query_column, reference_column)
    name = name or ask.text(
        "Name of the run", run_name(Path(path).stem), lambda given: _check_new(out, given)
    )
    target = _check_new(out, name)
    # Asked in this order.
    answers = Answers(
        name=name,
        queries=path,
        query_column=query_column,
        reference_column=reference_column,
        repeated=repeats > 0,
        model=model or ask.text("Model (Hub id or folder)", _DEMO_MODEL, _check_model),
        engine=(kind := _engine(engine or ask.text(f"Engine ({', '.join(ENGINES)})", ENGINES[0], _engine))),
        url=url or (ask.text("Address of the server", DEFAULT_URL) if kind == "server" else DEFAULT_URL),
        k=ask.number("Correct responses of the hardest queries", DEFAULT_K) if k is None else k,
        train=ask.yes("Fine-tune the model on the result", default=True) if train is None else train,
        held_out=_held_out(ask) if held_out is None else _check_benchmark(held_out),
    )
    _write(target, recipe_text(answers, str(target)))
    _say(target, answers, count, repeats)


def _say(target: Path, answers: Answers, count: int, repeats: int) -> None:
    columns = f"columns {answers.query_column!r} and {answers.reference_column!r}"
    print(f"wrote {target}: {count} queries, {columns}")
    if repeats:
        command = f"dartmath import {_shell(target)} {shlex.quote(answers.queries)}"
        print(f"repeated:    {repeats} rows repeat a query (columns.repeated); to import their responses:")
        print(f"             {command} --query {shlex.quote(answers.query_column)} --response COLUMN")
    print(f"look first:  dartmath preview {_shell(target)}")
    print(f"then:        dartmath run {_shell(target)}")


def _held_out(ask: Asker) -> str:
    return ask.text("Benchmark or file to evaluate on (empty: none)", "", _check_benchmark)


def _check_file(path: str) -> None:
    if not Path(path).is_file():
        raise DataError("no such file; give one with queries and reference answers", path=path)


def _column(ask: Asker, what: str, row: dict[str, Any], likely: Iterable[str]) -> str:
    """A column of the file: the first likely one, or what the user says."""
    guess = next((name for name in likely if name in row), None)
    if guess is None and not ask.active:
        raise ConfigError(
            f"cannot guess the column of the {what}: the file has {', '.join(row)}; use --{what}-column"
        )

    def check(given: str) -> None:
        if given not in row:
            raise UnknownNameError("column", given, row)

    return ask.text(f"Column of the {what}", guess or next(iter(row)), check)


def _check_model(name: str) -> None:
    """A Hub id is not looked up, and a packaged model not unpacked."""
    if name not in PACKAGED:
        resolve_model(name)


def _check_benchmark(name: str) -> str:
    """The name itself, when it is empty, a file that is there, or a data set that is known."""
    from dartmath.queries.files import HUB_PREFIX
    from dartmath.queries.registry import find_dataset
    from dartmath.queries.rows import is_row_file

    if is_row_file(name):
        _check_file(name)
    elif name and not name.startswith(HUB_PREFIX):
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


def _first_row(path: Path) -> dict[str, Any]:
    from dartmath.queries.rows import read_rows

    _check_file(str(path))
    for _, row in read_rows(path):
        return dict(row)
    raise DataError("the file is empty", path=path)


def _load_all(path: str, query: str, reference: str) -> tuple[int, int]:
    """How many queries the file has, and how many further rows repeat one of them."""
    from dartmath.queries import load
    from dartmath.queries.config import Columns, QuerySource
    from dartmath.queries.files import own_rows

    columns = Columns(query=query, reference=reference, repeated=True)
    found = len(load(QuerySource(dataset=path, columns=columns)))
    return found, sum(1 for _ in own_rows(path)) - found


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
