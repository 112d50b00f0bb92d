"""`dartmath preview`: what a recipe will do, before it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dartmath.cli._options import parse_set
from dartmath.cli._shared import JsonOption, SetOption

if TYPE_CHECKING:
    from rich.text import Text

    from dartmath.planning.preview import TokenView

_SHADES = ("on grey15", "on grey27")


def command(
    recipe: Annotated[str, typer.Argument(help="Name or path of a recipe.")],
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what kinds of references the queries have, the first prompts token by token, a training example
    with its loss mask, and the counts. Loads the queries and the tokenizer; runs nothing.

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
        out.rule(f"prompt {index} of {sum(found.counts.values())}: {len(tokens)} tokens", align="left")
        out.print(marked(tokens, out.is_terminal))
    for index, messages in enumerate(found.messages, 1):
        title = f"prompt {index} of {sum(found.counts.values())}: messages; the server renders them"
        out.rule(title, align="left")
        for message in messages:
            out.print(f"{message['role']}: {printable(message['content'])}", markup=False, highlight=False)
    if found.example:
        trained = sum(t.trained for t in found.example)
        which = "green ones" if out.is_terminal else "ones in angle quotes"
        title = f"training example: {len(found.example)} tokens, the loss counts the {trained} {which}"
        out.rule(title, align="left")
        out.print(marked(found.example, out.is_terminal))
    fewest, most = found.trials
    total = sum(found.counts.values())
    caption = f"{total:,} queries; {fewest:,} to {most:,} raw samples; template hash {found.template_hash}"
    print_table("Queries", ("band", "queries"), list(found.counts.items()), caption=caption)


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
