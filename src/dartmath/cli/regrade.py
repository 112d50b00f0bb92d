"""`dartmath regrade`: verify stored responses again, and list the disagreements."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.cli._shared import JsonOption, JudgeKeyOption, check_out_file, judge_section

if TYPE_CHECKING:
    from dartmath.evaluation.regrade import Regrade
    from dartmath.queries.config import QuerySource


def command(
    run: Annotated[Path, typer.Argument(help="Folder that `dartmath evaluate`, `sample` or `run` wrote.")],
    *,
    verifier: Annotated[
        str,
        typer.Option(
            help="`dartmath` (this version), `dart-math` (the rules of the paper's grader) or `math-verify` "
            "(a second opinion)."
        ),
    ] = "dartmath",
    recipe: Annotated[
        str | None,
        typer.Option(help="Recipe whose queries judge: corrected references, a verifier of your own."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write all disagreements to this JSONL file.")] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="New folder for the pool of samples, or the scores, judged again."),
    ] = None,
    judge_url: Annotated[
        str | None, typer.Option(help="Server of the model that judges again what was judged by one.")
    ] = None,
    judge_model: Annotated[str | None, typer.Option(help="Model to ask there.")] = None,
    judge_key_env: JudgeKeyOption = None,
    show: Annotated[int, typer.Option(min=0, help="How many disagreements to print.")] = 20,
    workers: Annotated[int, typer.Option(min=0, help="Verification processes.")] = 1,
    timeout: Annotated[float, typer.Option(min=0.01, help="Seconds until one judgement is given up.")] = 5.0,
    as_json: JsonOption = False,
) -> None:
    """Judge stored responses again and list where the judgement differs; nothing stored changes.

    Examples:
        dartmath regrade runs/tiny/evaluation/after
        dartmath regrade runs/tiny/evaluation/after --verifier math-verify --out disagreements.jsonl
        dartmath regrade runs/evaluation/my-model --verifier dart-math --out disagreements.jsonl
        dartmath regrade runs/evaluation/my-model --into runs/evaluation/my-model-regraded
        dartmath regrade runs/mine/sample --recipe mine.yaml --into runs/mine-2/sample
    """
    from dartmath.base.terminal import print_json
    from dartmath.evaluation.regrade import regrade

    check_out_file(out)
    sources = None if recipe is None else _sources(recipe, run)
    judge = judge_section(judge_url, judge_model, judge_key_env)
    found = regrade(
        run, verifier=verifier, sources=sources, workers=workers, timeout=timeout, into=into, judge=judge
    )
    if out is not None:
        from dartmath.base.files import write_text

        write_text(
            out, "".join(json.dumps(asdict(d), ensure_ascii=False) + "\n" for d in found.disagreements)
        )
    if as_json:
        print_json(_json(found))
    else:
        _print(found, run, show, out)


def _sources(name: str, run: Path) -> list[QuerySource]:
    """The queries of a recipe, or its benchmarks where the run is an evaluation."""
    from dartmath.base.errors import ConfigError
    from dartmath.evaluation.regraded import is_evaluation
    from dartmath.evaluation.run import load_benchmarks
    from dartmath.recipe import load_recipe

    found = load_recipe(name)
    if not is_evaluation(run):
        return found.queries
    if found.evaluation is None:
        raise ConfigError(
            f"{name} has no evaluation section, and {run} is an evaluation; name its own recipe"
        )
    return [benchmark.source for benchmark in load_benchmarks(found.evaluation)]


def _json(found: Regrade) -> dict[str, Any]:
    table = [{"stored": old, "now": new, "responses": count} for (old, new), count in found.table.items()]
    return {
        "verifier": found.verifier,
        "responses": found.responses,
        "skipped": found.skipped,
        "left_out": found.left_out,
        "agreement": found.agreement,
        "table": table,
        "disagreements": [asdict(d) for d in found.disagreements],
    }


def _print(found: Regrade, run: Path, show: int, out: Path | None) -> None:
    from dartmath.base.terminal import info, print_table, warn

    rows = [(old, new, str(count)) for (old, new), count in sorted(found.table.items())]
    title = f"{run} judged by {found.verifier}: {100 * found.agreement:.2f} % agree on correct or not"
    print_table(title, ("stored", "now", "responses"), rows)
    if found.skipped:
        warn(f"{found.skipped} responses are stored without their text and were not judged")
    if found.left_out:
        warn(f"{found.left_out} responses are to queries that the recipe does not ask, and were left out")
    shown = found.disagreements[:show]
    if shown:
        columns = ("query", "trial", "reference", "answer", "stored", "now")
        cells = [
            (d.query_id, str(d.trial), _short(d.references[0]), _short(d.answer), d.stored, d.now)
            for d in shown
        ]
        print_table(f"{len(found.disagreements)} disagreements", columns, cells)
    if len(found.disagreements) > len(shown) and out is None:
        info(f"{len(found.disagreements) - len(shown)} more; write all of them with: --out FILE.jsonl")


_CELL = 24  # characters of an answer in the table: two of them beside a name fit a line


def _short(text: str | None) -> str:
    line = " ".join((text or "").split())
    return line if len(line) <= _CELL else f"{line[: _CELL - 1]}…"
