"""`dartmath recipes`: list the built-in recipes, or show one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from dartmath.cli._shared import JsonOption

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def list_recipes(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the built-in recipes; `dartmath recipes show NAME` prints one.

    Examples:
        dartmath recipes
        dartmath recipes show tiny > mine.yaml
    """
    if context.invoked_subcommand:
        return
    print_recipes(as_json=as_json)


@app.command("list")
def list_verb(*, as_json: JsonOption = False) -> None:
    """List the built-in recipes."""
    print_recipes(as_json=as_json)


@app.command()
def show(name: Annotated[str, typer.Argument(help="Name or path of a recipe.")]) -> None:
    """Print a recipe as it is written, comments and all.

    Examples:
        dartmath recipes show tiny
    """
    from dartmath.recipe import find_recipe

    # Its bytes, whatever they are: a recipe that cannot be loaded may be looked at.
    sys.stdout.buffer.write(find_recipe(name).read_bytes())


def print_recipes(*, as_json: bool) -> None:
    """Print the built-in recipes as a table, or as JSON."""
    from dartmath.base.terminal import print_json, print_table
    from dartmath.recipe import builtin_recipes

    rows = [(name, headline(path)) for name, path in builtin_recipes().items()]
    if as_json:
        print_json([{"name": name, "what": what} for name, what in rows])
        return
    print_table("Recipes", ("name", "what it does"), rows)


def headline(path: Path) -> str:
    """The first comment line of a recipe file, without addresses."""
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return re.sub(r" \(https?://[^)]*\)", "", first.lstrip("# ").strip()) if first.startswith("#") else ""
