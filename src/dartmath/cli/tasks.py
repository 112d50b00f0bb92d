"""`dartmath tasks`: benchmarks as tasks of other harnesses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dartmath.cli._options import parse_set, resolve_section, section_options
from dartmath.cli._rows import RowFlags, row_options
from dartmath.cli._shared import BenchmarkOption, JsonOption, SampleOption, SetOption
from dartmath.evaluation.config import EvaluationSection


@section_options(EvaluationSection)
@row_options
def command(
    *,
    out: Annotated[Path, typer.Option(help="Folder to write the tasks to.")],
    benchmark: BenchmarkOption = None,
    n: SampleOption = None,
    template: Annotated[
        str | None, typer.Option(help="Prompt template; `chat`, and that of the protocol where one is named.")
    ] = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
    rows: RowFlags,
    overrides: dict[str, Any],
) -> None:
    """Write benchmarks as tasks of Inspect and of lighteval, with the prompts, stop strings and grader of
    `dartmath evaluate`: the same responses get the same score there.

    Examples:
        dartmath tasks --suite dart-math --out tasks
        dartmath tasks --protocol dart-math --template alpaca --out tasks
        dartmath tasks --benchmark gsm8k/test --n 100 --template qa --shots 4 --out tasks
    """
    from dartmath.base.terminal import info, print_json, print_table
    from dartmath.cli.evaluate import named_benchmarks
    from dartmath.evaluation.protocol import default_template
    from dartmath.evaluation.tasks import write_tasks
    from dartmath.prompts.template import load_template

    given = {**overrides, **({} if n is None else {"select.n": n}), **parse_set(set_)}
    if sources := named_benchmarks(benchmark or [], rows, given, "select."):
        given = {"benchmarks": sources, **given}
    section = resolve_section(EvaluationSection, given)
    tasks = write_tasks(section, load_template(template or default_template(section.protocol)), out)
    counts = {task.name: sum(1 for _ in task.queries()) for task in tasks}
    if as_json:
        print_json([{"task": t.name, "benchmark": t.benchmark, "queries": counts[t.name]} for t in tasks])
        return
    shown = [(task.name, task.benchmark, str(counts[task.name])) for task in tasks]
    print_table(f"tasks in {out}", ("task", "benchmark", "queries"), shown)
    info(f"Inspect: inspect eval {out / 'inspect_tasks.py'}@{tasks[0].name} --model MODEL")
    info(f"lighteval: --custom-tasks {out / 'lighteval_tasks.py'}, and the name of a task")
