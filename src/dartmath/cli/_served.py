"""The model that `dartmath sample` with the same arguments samples from, for a script that serves it.

python -m dartmath.cli._served RECIPE [FLAGS of `dartmath sample`]
"""

from __future__ import annotations

import sys

from dartmath.base.errors import UsageError
from dartmath.cli import load_verb, main
from dartmath.cli._options import parse_set
from dartmath.recipe import load_recipe


def print_model(
    recipe: str | None, model: str | None = None, set_: list[str] | None = None, **others: object
) -> None:
    """Print the name of the model that these parameters of `dartmath sample` come to."""
    if recipe is None:
        raise UsageError("give a recipe: sbatch launch/sample.sbatch RECIPE")
    print(model or load_recipe(recipe, parse_set(set_)).model.name)


if __name__ == "__main__":
    verb = load_verb("sample")
    verb.callback = print_model
    main(lambda: verb(sys.argv[1:], prog_name="dartmath sample"))
