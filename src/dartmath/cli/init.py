"""`dartmath init`: a commented recipe for one's own queries."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from dartmath.cli._recipe_text import DEFAULT_K, DEFAULT_URL, ENGINES, Answers, EngineKind, recipe_text
from dartmath.errors import ConfigError, DataError, UnknownNameError

_QUERY_COLUMNS = ("query", "question", "problem", "prompt", "instruction", "input")
_REFERENCE_COLUMNS = ("reference", "answer", "final_answer", "target", "label", "output", "solution")
_DEMO_MODEL = "smollm2-135m-instruct"


def command(
    queries: Annotated[
        str | None, typer.Argument(help="JSONL or Parquet file with queries and reference answers.")
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
    ask = _Asker(active=sys.stdin.isatty() and not yes)
    path = queries or ask.text("File with your queries (JSONL or Parquet)", "queries.jsonl")
    row = _first_row(Path(path))
    query_column = query_column or ask.column("Column of the query", row, _QUERY_COLUMNS)
    reference_column = reference_column or ask.column("Column of the answer", row, _REFERENCE_COLUMNS)
    count = _load_all(path, query_column, reference_column)
    engine = engine or ask.text(f"Engine ({', '.join(ENGINES)})", ENGINES[0])
    if engine == "server" and url is None:
        url = ask.text("Address of the server", DEFAULT_URL)
    if k is None:
        k = ask.number("Correct responses of the hardest queries", DEFAULT_K)
    if train is None:
        train = ask.yes("Fine-tune the model on the result", default=True)
    if held_out is None:
        held_out = ask.text("Benchmark or file to evaluate on", "")
    answers = Answers(
        name=name or ask.text("Name of the run", _name_of(path)),
        queries=path,
        query_column=query_column,
        reference_column=reference_column,
        model=model or ask.text("Model (Hub id or folder)", _DEMO_MODEL),
        engine=_engine(engine),
        url=url or DEFAULT_URL,
        k=k,
        train=train,
        held_out=held_out,
    )
    target = out or Path(f"{answers.name}.yaml")
    _write(target, recipe_text(answers))
    print(f"wrote {target}: {count} queries, columns {query_column!r} and {reference_column!r}")
    print(f"look first:  dartmath preview {target}")
    print(f"then:        dartmath run {target}")


class _Asker:
    """Asks in a terminal, and takes the default everywhere else."""

    def __init__(self, *, active: bool) -> None:
        self.active = active

    def text(self, question: str, default: str) -> str:
        return str(typer.prompt(question, default=default, err=True)) if self.active else default

    def number(self, question: str, default: int) -> int:
        return int(typer.prompt(question, default=default, err=True)) if self.active else default

    def yes(self, question: str, *, default: bool) -> bool:
        return typer.confirm(question, default=default, err=True) if self.active else default

    def column(self, question: str, row: dict[str, Any], likely: Iterable[str]) -> str:
        """A column of the file: the first likely one, or what the user says."""
        guess = next((name for name in likely if name in row), None)
        if guess is None and not self.active:
            flag = question.removeprefix("Column of the ").replace("answer", "reference")
            raise ConfigError(
                f"cannot guess the {question.lower()}: the file has {', '.join(row)}; use --{flag}-column"
            )
        return self.text(question, guess or next(iter(row)))


def _first_row(path: Path) -> dict[str, Any]:
    from dartmath.queries.rows import read_rows

    if not path.is_file():
        raise DataError("no such file; give a JSONL or Parquet file with queries and answers", path=path)
    for _, row in read_rows(path):
        return dict(row)
    raise DataError("the file is empty", path=path)


def _load_all(path: str, query: str, reference: str) -> int:
    from dartmath.queries import load
    from dartmath.queries.config import Columns, QuerySource

    return len(load(QuerySource(dataset=path, columns=Columns(query=query, reference=reference))))


def _engine(name: str) -> EngineKind:
    for known in ENGINES:
        if name == known:
            return known
    raise UnknownNameError("engine", name, ENGINES)


def _name_of(path: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(path).stem)


def _write(path: Path, text: str) -> None:
    """Write a new file that is a valid recipe."""
    import yaml

    from dartmath.config import validate
    from dartmath.recipe import Recipe

    validate(Recipe, yaml.safe_load(text), where=str(path))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} exists; remove it, or write another with --out FILE") from None
