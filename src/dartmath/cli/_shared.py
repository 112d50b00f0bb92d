"""Options that several verbs have."""

from __future__ import annotations

from typing import Annotated

import typer

SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set any key, such as sampling.policy.k=8."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
AmendOption = Annotated[
    bool, typer.Option("--amend", help="Go on with another policy or more queries than before.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace what is there, even if somebody wrote or changed it.")
]
SeedOption = Annotated[int | None, typer.Option(help="Seed of the run.")]
TrainingDataOption = Annotated[
    list[str] | None,
    typer.Option(help="Training set instead of the recipe's: folder, file or hub:OWNER/NAME. Repeatable."),
]
