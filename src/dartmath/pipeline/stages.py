"""The whole run of a recipe: sample, curate, evaluate, train, evaluate again, report.

    queries ─> sample/ ─> dataset/ ─> model/ ─> evaluation/after/ ─┐
                 │                     ▲                            ├─> report.html, cards
                 └── (same journal) ───┴── evaluation/before/ ──────┘

Every stage writes a folder with a manifest, reads only the folders before it, goes on where it
stopped, and does nothing when it is finished. So the same command again is always right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dartmath.base.errors import ConfigError
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.base.ownership import write_owned
from dartmath.base.paths import expand_home
from dartmath.base.terminal import info, warn
from dartmath.engines.config import BatchEngine, OpenAIEngine, RayEngine
from dartmath.model import ModelSection, describe_model, token_counter
from dartmath.pipeline.training import write_preferences
from dartmath.planning.memory import forecast_memory
from dartmath.planning.preflight import check_recipe
from dartmath.prompts.template import Template, load_template
from dartmath.recipe import Recipe, base_model, evaluation_engine, single

if TYPE_CHECKING:
    from dartmath.sampling.imported import Imported
    from dartmath.sampling.responses import StoredResponses


@dataclass(frozen=True, slots=True)
class RunFolders:
    """Where the stages of a run write."""

    root: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.root / "recipe.yaml"

    @property
    def sample(self) -> Path:
        """The journal of sampling."""
        return self.root / "sample"

    @property
    def dataset(self) -> Path:
        """The curated training set and its card."""
        return self.root / "dataset"

    @property
    def model(self) -> Path:
        """The fine-tuned model and its card."""
        return self.root / "model"

    @property
    def before(self) -> Path:
        """The evaluation of the model before fine-tuning."""
        return self.root / "evaluation" / "before"

    @property
    def after(self) -> Path:
        """The evaluation of the fine-tuned model."""
        return self.root / "evaluation" / "after"

    @property
    def report(self) -> Path:
        """The HTML report."""
        return self.root / "report.html"


def run_recipe(recipe: Recipe, *, amend: bool = False) -> RunFolders:
    """Run every stage of `recipe` that is not finished yet; returns where the results lie.

    `amend` lets sampling go on with another policy or more queries than before. Raises the errors
    of the stages, those of wrong names and settings before anything runs, and `JournalError` while
    another process runs into the same folder; whatever was finished before stays. A recipe with `rounds:` is
    for `dartmath.pipeline.rounds`.
    """
    from dartmath.base.run_lock import RunLock

    check_recipe(single(recipe))
    folders = RunFolders(recipe.folder)
    template = load_template(recipe.template)
    folders.root.mkdir(parents=True, exist_ok=True)
    with RunLock(folders.root):
        recorded = _is_recorded(recipe, folders)
        _announce(recipe, template)
        work = _work(recipe, template, folders, amend=amend)
        for name, folder in stage_folders(recipe, folders).items():
            info(f"\n── {name} ── {folder}")
            work[name]()
            # Not before sampling has accepted it: what is refused has made nothing here.
            if not recorded:
                write_owned(folders.recipe, recipe.to_yaml(), of="the run")
                recorded = True
        run_report(recipe, folders)
    return folders


def stage_folders(recipe: Recipe, folders: RunFolders) -> dict[str, Path]:
    """The stages that the recipe has, in their order, with the folder of each."""
    before = recipe.evaluation is not None and recipe.evaluation.before
    training = recipe.training is not None
    known = {
        "sample": (True, folders.sample),
        "curate": (True, folders.dataset),
        "evaluate before": (before, folders.before),
        "train": (training, folders.model),
        "evaluate after": (training and recipe.evaluation is not None, folders.after),
    }
    return {name: folder for name, (there, folder) in known.items() if there}


def _work(
    recipe: Recipe, template: Template, folders: RunFolders, *, amend: bool
) -> dict[str, Callable[[], None]]:
    """What every stage does."""
    tuned = ModelSection(name=str(folders.model), dtype=recipe.model.dtype)
    return {
        "sample": lambda: run_sample(recipe, template, folders.sample, amend=amend),
        "curate": lambda: run_curate(recipe, folders),
        "evaluate before": lambda: run_evaluate(recipe, base_model(recipe), folders.before),
        "train": lambda: run_train(recipe, template, folders),
        "evaluate after": lambda: run_evaluate(recipe, tuned, folders.after),
    }


def run_sample(recipe: Recipe, template: Template, folder: Path, *, amend: bool = False) -> None:
    """Sample the queries of `recipe` into the journal in `folder`."""
    from dartmath.engines import create_engine
    from dartmath.prompts.examples import shots_for
    from dartmath.queries.load import load_sets
    from dartmath.queries.survey import survey
    from dartmath.sampling.run import sample
    from dartmath.sampling.teachers import hire

    loaded = load_sets(recipe.queries)
    if not (folder / "manifest.json").is_file():
        # Once, before anything is paid for.
        for text in survey(loaded.queries).warnings():
            warn(text)
        for stage in forecast_memory(recipe, loaded.queries):
            if not stage.fits:
                warn(stage.warning)
    engine = create_engine(recipe.engine, recipe.model, template)
    try:
        sample(
            loaded.queries,
            engine,
            template,
            recipe.sampling,
            folder,
            seed=recipe.seed,
            model=describe_model(recipe.model),
            amend=amend,
            shots=shots_for(recipe.queries, recipe.sampling.shots),
            staff=hire(recipe.sampling, engine, recipe.engine, recipe.model, template),
        )
    finally:
        _record_left_out(folder, loaded.left_out)


def run_import(recipe: Recipe, template: Template, stored: StoredResponses, folder: Path) -> Imported:
    """Make the journal in `folder` of responses that are there already, for sampling to go on from."""
    from dartmath.prompts.examples import shots_for
    from dartmath.queries.load import load_sets
    from dartmath.sampling.imported import import_responses
    from dartmath.sampling.teachers import teachers_of

    loaded = load_sets(recipe.queries)
    imported = import_responses(
        loaded.queries,
        stored,
        template,
        recipe.sampling,
        folder,
        seed=recipe.seed,
        model=describe_model(recipe.model),
        shots=shots_for(recipe.queries, recipe.sampling.shots),
        count_tokens=token_counter(recipe.model),
        teachers=teachers_of(recipe.sampling, recipe.engine, recipe.model, template)[0],
    )
    _record_left_out(folder, loaded.left_out)
    return imported


def _record_left_out(folder: Path, left_out: Mapping[str, Mapping[str, int]]) -> None:
    """Note in the manifest of a run how many rows of its data sets were left out, and why."""
    if not (folder / "manifest.json").is_file():
        return
    manifest = read_manifest(folder)
    if manifest.get("stage") == "sample" and manifest.get("left_out", {}) != left_out:
        write_manifest(folder, {**manifest, "left_out": left_out})


def run_curate(recipe: Recipe, folders: RunFolders) -> None:
    """Curate the training set of `recipe` from its journal."""
    from dartmath.curation.run import curate

    curate(folders.sample, recipe.curation, folders.dataset)


def run_train(recipe: Recipe, template: Template, folders: RunFolders) -> None:
    """Fine-tune the model of `recipe` on its curated set."""
    from dartmath.training.run import train

    section = recipe.training
    if section is None:
        raise ConfigError("the recipe has no `training:` section; add one, or use `dartmath sample`")
    own = load_template(section.template) if section.template else template
    data = folders.dataset if section.objective == "sft" else write_preferences(recipe)
    train(section, base_model(recipe), own, [data], folders.model, seed=recipe.seed)


def run_evaluate(recipe: Recipe, model: ModelSection, folder: Path) -> None:
    """Evaluate `model` on the benchmarks of `recipe`."""
    from dartmath.evaluation.run import evaluate

    section = recipe.evaluation
    if section is None:
        raise ConfigError("the recipe has no `evaluation:` section; add one with `suite:` or `benchmarks:`")
    # What the fine-tuned model was trained with, where that differs from what samples.
    trained = recipe.training.template if recipe.training else None
    template = load_template(trained or recipe.template)
    evaluate(model, evaluation_engine(recipe), template, section, folder, seed=recipe.seed)


def run_report(recipe: Recipe, folders: RunFolders) -> None:
    """Write the report and the cards of a run."""
    from dartmath.report import write_cards, write_report

    write_cards(recipe.report, folders.root)
    title = recipe.report.title or recipe.name
    write_report([folders.root], folders.report, title=title, published=recipe.report.published)


def _is_recorded(recipe: Recipe, folders: RunFolders) -> bool:
    """Whether the resolved recipe lies beside its results: written if none is, warned of if another is."""
    if not folders.recipe.is_file():
        write_owned(folders.recipe, recipe.to_yaml(), of="the run")
    elif not folders.recipe.read_text(encoding="utf-8").startswith(recipe.to_yaml()):
        warn(f"{folders.recipe} differs from the recipe given; every stage checks what it may go on with")
        return False
    return True


def _announce(recipe: Recipe, template: Template) -> None:
    info(f"run {recipe.name}: model {recipe.model.name}, template {template.name} ({template.hash})")
    warning = template_warning(recipe.model.name, template)
    if warning:
        warn(warning)
    if isinstance(recipe.engine, RayEngine | OpenAIEngine | BatchEngine):
        info(f"engine: {recipe.engine.kind}")


def trained_template(model: str) -> dict[str, str]:
    """Name and hash of the template that a fine-tuned model's folder names; empty for any other model."""
    folder = expand_home(model)
    if not (folder / "manifest.json").is_file():
        return {}
    manifest = read_manifest(folder)
    # Other programs, too, call a file manifest.json.
    return dict(manifest["template"]) if manifest.get("stage") == "train" else {}


def template_warning(model: str, template: Template) -> str | None:
    """What to tell a user whose template is not the one the checkpoint was trained with."""
    trained = trained_template(model)
    if trained.get("hash") in (None, template.hash):
        return None
    if trained.get("name") == template.name:
        return f"{model} was trained with another {template.name!r} ({trained['hash']}) than is used now"
    return (
        f"{model} was trained with template {trained.get('name')!r}, this run uses {template.name!r}; "
        f"to match: --set template={trained.get('name')}"
    )
