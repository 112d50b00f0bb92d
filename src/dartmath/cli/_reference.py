"""The reference pages of the documentation, generated from the code.

    python -m dartmath.cli._reference docs/reference

writes `cli.md` (every verb with its options), `recipe.md` (every key of a recipe) and `api.md` (every
public name of Python).
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from dartmath.cli import PANELS, VERBS, LazyGroup, app
from dartmath.cli._api import api_page
from dartmath.recipe import Recipe

_GENERATED = "<!-- Generated from the code by `make docs`; edit the code. -->"


def pages() -> dict[str, str]:
    """The generated pages: file name and text."""
    return {"cli.md": cli_page(), "recipe.md": recipe_page(), "api.md": api_page(_GENERATED)}


def cli_page() -> str:
    """Every verb: what it does, its arguments and options, its examples."""
    from typer.main import get_command

    group = get_command(app)
    assert isinstance(group, LazyGroup)
    parts = [_GENERATED, "# Command line", _CLI_INTRODUCTION]
    for panel in PANELS:
        parts.append(f"## {panel}")
        for verb in (v for v in VERBS if VERBS[v][0] == panel):
            parts.extend(_verb(f"dartmath {verb}", group.get_command(None, verb), level=3))
    return "\n\n".join(parts) + "\n"


def _verb(path: str, command: Any, *, level: int) -> Iterator[str]:
    text, examples = _split_examples(inspect.cleandoc(command.help or ""))
    yield f"{'#' * level} `{path}`"
    yield _escape(text)
    rows = [row for parameter in command.params if (row := _parameter(parameter))]
    if rows:
        yield "\n".join(["| option | meaning |", "| --- | --- |", *rows])
    if examples:
        yield "\n".join(["```text", *examples, "```"])
    for name, inner in getattr(command, "commands", {}).items():
        yield from _verb(f"{path} {name}", inner, level=level + 1)


def _split_examples(text: str) -> tuple[str, list[str]]:
    before, _, after = text.partition("Examples:")
    return before.replace("\b", "").strip(), [line.strip() for line in after.splitlines() if line.strip()]


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = f"`{(parameter.metavar or parameter.name).upper()}`"
    else:
        name = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
        if parameter.metavar and not parameter.is_flag:
            name += f" `{parameter.metavar}`"
    if name == "`--help`":
        return ""
    return f"| {_cell(name)} | {_cell(_escape(getattr(parameter, 'help', None) or ''))} |"


def recipe_page() -> str:
    """Every key of a recipe: its type, its default, what it means."""
    parts = [_GENERATED, "# Recipe", _RECIPE_INTRODUCTION, "## The file", *_section(Recipe)]
    for name, field in Recipe.model_fields.items():
        for model in _models(field.annotation):
            parts.append(f"## `{name}`{_kind_of(model)}")
            parts.extend(_section(model))
            parts.extend(_nested(model, name))
    return "\n\n".join(parts) + "\n"


def _nested(model: type[BaseModel], path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            yield f"### `{path}.{name}`{_kind_of(inner)}"
            yield from _section(inner)
            yield from _nested(inner, f"{path}.{name}")


def _section(model: type[BaseModel]) -> Iterator[str]:
    if model.__doc__:
        yield _escape(inspect.cleandoc(model.__doc__))
    rows = [_key(name, field) for name, field in model.model_fields.items() if name != "kind"]
    if rows:
        yield "\n".join(["| key | type | default | meaning |", "| --- | --- | --- | --- |", *rows])


def _key(name: str, field: FieldInfo) -> str:
    meaning = _escape(" ".join((field.description or "").split()))
    cells = (f"`{name}`", _type(field.annotation), _default(field), meaning)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = (
        field.default
        if field.default is not PydanticUndefined
        else field.get_default(call_default_factory=True)
    )
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        kind = getattr(value, "kind", None)
        return f"`{kind}`" if kind else "its defaults"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(annotation: Any) -> str:
    options = [a for a in _options(annotation) if a is not types.NoneType]
    return " or ".join(dict.fromkeys(_one_type(option) for option in options))


def _one_type(option: Any) -> str:
    if get_origin(option) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(option))
    if get_origin(option) in (list, tuple):
        return f"list of {_type(get_args(option)[0])}"
    if get_origin(option) is dict or option is dict:
        return "mapping"
    if isinstance(option, type) and issubclass(option, BaseModel):
        return "section"
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(option, "any")


def _options(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [option for argument in get_args(annotation) for option in _options(argument)]
    return [annotation]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections that a key may hold, alone or in a list."""
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            yield option
        elif get_origin(option) is list:
            yield from _models(get_args(option)[0])


def _kind_of(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("kind")
    return f" (`kind: {kind.default}`)" if kind else ""


def _escape(text: str) -> str:
    """Text as Markdown: what looks like HTML stays text."""
    return text.replace("<", "&lt;")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_CLI_INTRODUCTION = """\
Results for machines go to standard output (`--json`), everything else to standard error. What was finished
is kept, whatever the exit code:

| exit code | what it means |
| --- | --- |
| 0 | done |
| 1 | a fault of dartmath itself, with a traceback: please report it |
| 2 | wrong use: a key, flag, name or input file; of `verify --file` also some rows that cannot be read |
| 3 | something is not installed, and the message has the command |
| 4 | a run could not go on, such as with a full disk or a dead server |
| 130 | interrupted |

A flag that names a key of the [recipe](recipe.md) overrides it."""

_RECIPE_INTRODUCTION = """\
A recipe is one YAML file. Unknown keys are errors that name the line and the nearest known key, and a key
said twice is an error too. `dartmath preview FILE` shows what a recipe says and does, with `--json` all its
defaults too; `--set KEY=VALUE` overrides a key, such as `--set sampling.policy.k=8`."""


def main() -> None:
    """Write the pages into the folder given."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
