"""`dartmath preview`: what a recipe will do, before it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dartmath.base.text import counted
from dartmath.cli._options import parse_set
from dartmath.cli._shared import JsonOption, SetOption

if TYPE_CHECKING:
    from rich.text import Text

    from dartmath.planning.memory import StageMemory
    from dartmath.planning.preview import TokenView

_SHADES = ("on grey15", "on grey27")


def command(
    recipe: Annotated[str, typer.Argument(help="Name or path of a recipe.")],
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what kinds of references the queries have, the first prompts token by token, a training example
    with its loss mask, the counts, and what memory the stages will take of this machine. Loads the queries
    and the tokenizer; runs nothing.

    Examples:
        dartmath preview tiny
        dartmath preview recipes/gsm8k-tiny.yaml --set template=alpaca
    """
    from dartmath.base.terminal import console, print_json, print_table
    from dartmath.base.text import printable
    from dartmath.cli._survey import print_survey
    from dartmath.planning.preview import preview
    from dartmath.recipe import load_recipe

    found = preview(load_recipe(recipe, parse_set(set_)))
    if as_json:
        print_json(found.to_json())
        return
    out = console(stderr=False)
    out.rule("recipe, without its defaults", align="left")
    out.print(printable(found.recipe.to_yaml(defaults=False)), markup=False)
    for name, references in found.surveys.items():
        out.rule(printable(name), align="left")
        print_survey(references)
    for index, tokens in enumerate(found.prompts, 1):
        out.rule(
            f"prompt {index} of {sum(found.counts.values())}: {counted(count(tokens), 'token')}", align="left"
        )
        out.print(marked(tokens, out.is_terminal))
    for index, messages in enumerate(found.messages, 1):
        title = f"prompt {index} of {sum(found.counts.values())}: messages; the server renders them"
        out.rule(title, align="left")
        for message in messages:
            out.print(f"{message['role']}: {printable(message['content'])}", markup=False, highlight=False)
    if found.example:
        trained = count([token for token in found.example if token.trained])
        which = "green ones" if out.is_terminal else "ones in angle quotes"
        out.rule(f"training example: {counted(count(found.example), 'token')}", align="left")
        out.print(f"the loss counts the {trained} {which}", highlight=False)
        out.print(marked(found.example, out.is_terminal))
    fewest, most = found.trials
    total = sum(found.counts.values())
    caption = (
        f"{counted(total, 'query', 'queries')}; {fewest:,} to {counted(most, 'raw sample')}; "
        f"template hash {found.template_hash}"
    )
    print_table("Queries", ("band", "queries"), list(found.counts.items()), caption=caption)
    if found.teachers:
        columns = ("teacher", "model and template", "trials of a query", "price of a million tokens")
        print_table("Teachers", columns, found.teachers)
    print_memory(found.memory)


def count(views: list[TokenView]) -> int:
    """How many tokens these are."""
    return sum(view.tokens for view in views)


def print_memory(stages: list[StageMemory]) -> None:
    """Print what stages take of this machine; a warning with the way out for each that does not fit."""
    from dartmath.base.terminal import print_table, warn

    if not stages:
        return
    rows = [
        (
            one.stage,
            f"{one.total:.1f}",
            f"{one.free:.1f}",
            "yes" if one.fits else "no",
            ", ".join(f"{what} {gib:.1f}" for what, gib in one.parts.items()),
        )
        for one in stages
    ]
    columns = ("stage", "takes", "free", "fits", "of which")
    print_table("Memory here, GiB at the most", columns, rows)
    for one in stages:
        if not one.fits:
            warn(one.warning)


def marked(tokens: list[TokenView], in_colour: bool) -> Text:
    """Tokens on alternating shades, trained ones in green; line breaks are shown and kept.

    Without colours, tokens are parted by bars, and trained ones stand in angle quotes.
    """
    from rich.text import Text

    from dartmath.base.text import printable

    text = Text()
    for index, token in enumerate(tokens):
        shown = printable(token.text).replace("\n", "⏎\n")
        if in_colour:
            text.append(shown, style=f"{'green' if token.trained else 'white'} {_SHADES[index % 2]}")
        else:
            text.append(f"‹{shown}›" if token.trained else f"{shown}│")
    return text
