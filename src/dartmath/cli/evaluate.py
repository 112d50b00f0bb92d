"""`dartmath evaluate`: Pass@1 on benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.cli._options import parse_set, resolve_section, section_options
from dartmath.cli._rows import RowFlags, refuse_flags, row_options
from dartmath.cli._shared import BenchmarkOption, JsonOption, SampleOption, SeedOption, SetOption
from dartmath.evaluation.config import EvaluationSection
from dartmath.sampling.config import ResponseColumns

if TYPE_CHECKING:
    from dartmath.engines.config import EngineSection
    from dartmath.evaluation.result import EvaluationResult
    from dartmath.recipe import Recipe
    from dartmath.sampling.responses import StoredResponses

# Where `overrides` holds the flags that name columns.
_COLUMNS = "columns."


@section_options(EvaluationSection, prefix="evaluation.", also={_COLUMNS: ResponseColumns})
@row_options
def command(
    model: Annotated[
        str | None, typer.Argument(help="Model: Hub id, folder or name; the recipe's when absent.")
    ] = None,
    *,
    recipe: Annotated[
        str | None, typer.Option(help="Recipe whose model, template, engine and `evaluation:` are used.")
    ] = None,
    benchmark: BenchmarkOption = None,
    n: SampleOption = None,
    tools: Annotated[
        bool, typer.Option("--tools", help="Tool-integrated reasoning with default limits.")
    ] = False,
    template: Annotated[
        str | None, typer.Option(help="Prompt template; the one the model was trained with, or `chat`.")
    ] = None,
    seed: SeedOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Output folder; `runs/evaluation/MODEL` when absent.")
    ] = None,
    responses: Annotated[
        list[str] | None,
        typer.Option(
            help="Score these responses of the model, and generate none: a file or folder of rows, or "
            "hub:OWNER/NAME. May be repeated."
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Show Pass@1 by `level`, `domain` or `band` too. May be repeated."),
    ] = None,
    export: Annotated[
        list[str] | None,
        typer.Option(help="Write logs for other tools too: `lm-eval`, `inspect`. May be repeated."),
    ] = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
    rows: RowFlags,
    overrides: dict[str, Any],
) -> None:
    """Measure Pass@1, greedy and 0-shot unless told otherwise, with 95 % intervals.

    The same command again goes on where it stopped. The output folder holds result.json (all
    that is needed to repeat it), rows.parquet (every response) and the journal.

    Examples:
        dartmath evaluate --suite dart-math hkust-nlp/dart-math-llama3-8b-prop2diff --template alpaca
        dartmath evaluate --protocol dart-math hkust-nlp/dart-math-llama3-8b-prop2diff
        dartmath evaluate --protocol dart-math mistralai/Mistral-7B-v0.1
        dartmath evaluate smollm2-135m-instruct --benchmark gsm8k/test --n 100 --max-tokens 256
        dartmath evaluate smollm2-135m-instruct --benchmark gsm8k/test --n 100 --shots 4
        dartmath evaluate my-model --suite competition --trials 8 --temperature 0.8 --by level
        dartmath evaluate my-model --benchmark gsm8k/test --tools --template deepseekmath-tool
        dartmath evaluate my-model --suite dart-math --export lm-eval --export inspect
        dartmath evaluate my-model --suite dart-math --responses outputs.jsonl --query problem
    """
    from dartmath.recipe import load_recipe, run_name

    _check_names(by or [], export or [])
    stored = _stored(responses, overrides)
    named = {"model.name": model, "template": template, "seed": seed, "evaluation.select.n": n}
    given = {**overrides, **{key: value for key, value in named.items() if value is not None}}
    if tools and not any(key.startswith("evaluation.tools.") for key in given):
        given["evaluation.tools"] = {}
    found = recipe_of(recipe, benchmark or [], rows, {**given, **parse_set(set_)})
    folder = out or Path("runs") / "evaluation" / run_name(found.model.name)
    sampler = None if recipe is None else load_recipe(recipe).model.name
    result = _evaluate(found, folder, stored, sampler)
    _export(folder, export or [])
    show(result, folder, by or [], as_json=as_json)


def _stored(sources: list[str] | None, overrides: dict[str, Any]) -> StoredResponses | None:
    """The responses to score, with the columns that the flags name, which leave `overrides`."""
    from dartmath.base.errors import ConfigError
    from dartmath.sampling.responses import StoredResponses

    names = [key for key in overrides if key.startswith(_COLUMNS)]
    columns = {key.removeprefix(_COLUMNS): overrides.pop(key) for key in names}
    if sources:
        return StoredResponses(tuple(sources), resolve_section(ResponseColumns, columns))
    if columns:
        raise ConfigError(f"--{next(iter(columns))} names a column of --responses, and none are given")
    return None


def _evaluate(
    recipe: Recipe, folder: Path, stored: StoredResponses | None, sampler: str | None
) -> EvaluationResult:
    from dartmath.base.terminal import info, warn
    from dartmath.evaluation.run import evaluate
    from dartmath.evaluation.stored import score_responses
    from dartmath.pipeline.stages import template_warning
    from dartmath.prompts.template import load_template

    section, template = recipe.evaluation or EvaluationSection(), load_template(recipe.template)
    info(f"model {recipe.model.name}, template {template.name} ({template.hash})")
    if warning := template_warning(recipe.model.name, template):
        warn(warning)
    if stored is not None:
        return score_responses(stored, recipe.model, template, section, folder, seed=recipe.seed)
    return evaluate(recipe.model, engine_for(recipe, sampler), template, section, folder, seed=recipe.seed)


def engine_for(recipe: Recipe, sampler: str | None) -> EngineSection:
    """The engine that evaluates: the recipe's own server where it serves the very model that is asked.

    `sampler` is the model that the recipe names. Another one is loaded here, which is said.
    """
    from dartmath.base.terminal import info
    from dartmath.recipe import evaluation_engine

    engine = evaluation_engine(recipe)
    own = recipe.evaluation is not None and recipe.evaluation.engine is not None
    if own or engine.kind == recipe.engine.kind:
        return engine
    if recipe.model.name == sampler:
        return recipe.engine
    info(
        f"the recipe's servers serve {sampler}, so {recipe.model.name} is loaded here ({engine.kind}); for "
        "other servers: --set evaluation.engine.kind=openai --set evaluation.engine.base_urls=[URL]"
    )
    return engine


def show(result: EvaluationResult, folder: Path, by: list[str], *, as_json: bool) -> None:
    """Print a result as tables, or as JSON."""
    from dartmath.base.terminal import info, print_json, print_table
    from dartmath.evaluation.tables import group_table, result_table, tools_table, trials_table
    from dartmath.prompts.examples import shots_in_words

    if as_json:
        print_json(result.model_dump(mode="json"))
        return
    shots = shots_in_words(result.section["shots"]) + (", tools" if result.section["tools"] else "")
    columns, rows = result_table(result)
    title = f"{result.model['name']}: {shots}, {result.section['trials']} trial(s), percent"
    print_table(title, columns, rows, caption=_LEGEND)
    for name, (columns, rows) in {
        "by trials": trials_table(result),
        "tools": tools_table(result),
        **{f"by {key}": group_table(result, key) for key in by},
    }.items():
        if rows:
            print_table(name, columns, rows)
    info(f"written: {folder / 'result.json'}, {folder / 'rows.parquet'}")


_LEGEND = (
    "lenient: the last number counts where no answer is stated; own rules: the same responses by this "
    "project's verifier (differences.jsonl lists them); cut: ran into max_tokens; "
    "no ans.: no final answer; unread: answer not parsable; tokens: mean per response"
)


def _check_names(by: list[str], export: list[str]) -> None:
    """Refuse an unknown name before hours of generation, not after."""
    from dartmath.base.errors import UnknownNameError
    from dartmath.evaluation.interop import log_formats

    for key in by:
        if key not in ("level", "domain", "band"):
            raise UnknownNameError("grouping", key, ("level", "domain", "band"))
    for form in export:
        if form not in log_formats():
            raise UnknownNameError("log format", form, log_formats())


def _export(folder: Path, forms: list[str]) -> None:
    from dartmath.base.terminal import info
    from dartmath.evaluation.interop import export

    for form in forms:
        written = export(folder, form, folder / "logs" / form)
        info(f"written: {len(written)} {form} logs in {folder / 'logs' / form}")


def named_benchmarks(
    benchmarks: list[str], rows: RowFlags, given: Mapping[str, Any], prefix: str
) -> list[dict[str, Any]]:
    """The sources of `--benchmark`: flags of rows and of what is selected (`prefix`) belong to them."""
    if not benchmarks:
        refuse_flags(rows, "say how to read the files of --benchmark, and none is given")
    select = {key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)}
    return [rows.data(one, select=select) for one in benchmarks]


def recipe_of(name: str | None, benchmarks: list[str], rows: RowFlags, given: dict[str, Any]) -> Recipe:
    """The recipe named, or one made of the flags alone, with the flags over it."""
    from dartmath.base.errors import ConfigError
    from dartmath.base.section import validate
    from dartmath.evaluation.protocol import asked_as, default_template
    from dartmath.pipeline.stages import trained_template
    from dartmath.recipe import Recipe, load_recipe, set_key

    if sources := named_benchmarks(benchmarks, rows, given, "evaluation.select."):
        given = {"evaluation.benchmarks": sources, **given}
    if name is not None:
        return load_recipe(name, given)
    if "model.name" not in given:
        raise ConfigError(
            "name a model or a --recipe, for example: dartmath evaluate --suite dart-math MODEL"
        )
    if Path(given["model.name"]).suffix in (".yaml", ".yml"):
        raise ConfigError(
            f"{given['model.name']} is a recipe and no model; give it as dartmath evaluate --recipe "
            f"{given['model.name']}"
        )
    data: dict[str, Any] = {"name": "evaluation", "evaluation": {}}
    protocol, model = given.get("evaluation.protocol"), given["model.name"]
    default = default_template(protocol, model)
    if protocol:
        given = {"evaluation.shots": asked_as(model)[1], **given}
    data["template"] = trained_template(given["model.name"]).get("name", default)
    for key, value in given.items():
        set_key(data, key, value)
    return validate(Recipe, data, where="options")
