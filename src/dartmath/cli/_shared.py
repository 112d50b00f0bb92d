"""Options that several verbs have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dartmath.base.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from dartmath.judging.config import JudgeSection

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
BenchmarkOption = Annotated[
    list[str] | None, typer.Option(help="Benchmark: a data set or file. May be repeated.")
]
SampleOption = Annotated[
    int | None, typer.Option(min=1, help="How many queries of each benchmark (a seeded sample).")
]
SeedOption = Annotated[int | None, typer.Option(help="Seed of the run.")]
TrainingDataOption = Annotated[
    list[str] | None,
    typer.Option(help="Training set instead of the recipe's: folder, file or hub:OWNER/NAME. Repeatable."),
]
JudgeKeyOption = Annotated[
    str | None, typer.Option(help="Environment variable that holds the key of the judge's server.")
]


def check_out_file(out: Path | None) -> None:
    """Refuse a folder where a file is to be written, before anything is computed."""
    if out is not None and out.is_dir():
        raise ConfigError(f"--out {out} is a folder; name the file to write, such as {out / 'out.jsonl'}")


def judge_section(url: str | None, model: str | None, key_env: str | None) -> JudgeSection | None:
    """The judge that `--judge-url`, `--judge-model` and `--judge-key-env` name; None without them."""
    from dartmath.base.section import validate
    from dartmath.judging.config import JudgeSection

    if (url is None) != (model is None):
        raise UsageError("--judge-url and --judge-model go together")
    if url is None:
        return None
    return validate(JudgeSection, {"url": url, "model": model, "key_env": key_env}, where="--judge-...")
