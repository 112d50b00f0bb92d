"""A training request: what a person asked for, from a recipe or flags, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from dartmath.base.errors import ConfigError
from dartmath.model import ModelSection, load_tokenizer, resolve_model
from dartmath.prompts.template import Template, load_template
from dartmath.recipe import Recipe, load_recipe, single
from dartmath.training.config import DatasetWeight, TrainingSection
from dartmath.training.job import Job, resolve_job
from dartmath.training.pace import StepPace, measure_pace
from dartmath.training.plan import (
    PROMPT_TOKENS,
    PUBLISHED_DATA,
    DataSize,
    Plan,
    assumed_size,
    measured_size,
    plan,
)
from dartmath.training.run import TrainingSummary, train


class _Resolve(Protocol):
    def __call__(
        self, section: type[TrainingSection], overrides: Mapping[str, Any], /
    ) -> TrainingSection: ...


@dataclass(frozen=True)
class TrainingRequest:
    """All arguments of `train`, and the recipe's policy, which tells the paper's data size.

    Attributes:
        section, model, template, datasets, out, seed: the arguments of `train`.
        policy: kind of the recipe's sampling policy; None without a recipe.
    """

    section: TrainingSection
    model: ModelSection
    template: Template
    datasets: list[Path]
    out: Path
    seed: int
    policy: str | None

    def at(self, section: TrainingSection, out: Path) -> TrainingRequest:
        """The same request with another section and folder."""
        return replace(self, section=section, out=out)

    def train(self) -> TrainingSummary:
        """Do it."""
        return train(self.section, self.model, self.template, self.datasets, self.out, seed=self.seed)

    def plan(
        self,
        *,
        device: str,
        mfu: float,
        rows: int | None = None,
        tokens_per_row: float | None = None,
        probe: bool = False,
    ) -> Plan:
        """What it would do; no weights are loaded, but for a `probe`, whose few steps measure the pace."""
        from dartmath.training.shape import model_shape

        name = self.section.model or self.model.name
        shape = model_shape(name, resolve_model(name), self.section.revision)
        pace = self._pace() if probe else None
        size = self._size(rows, tokens_per_row)
        return plan(self.section, shape, size, device=device, mfu=mfu, pace=pace)

    def _pace(self) -> StepPace:
        if not self._has_data():
            raise ConfigError("--probe makes a few steps of the run, and there is no data: give --data")
        return measure_pace(self._job())

    def _has_data(self) -> bool:
        return all(path.exists() for path in self.datasets) and bool(self.datasets or self.section.datasets)

    def _size(self, rows: int | None, tokens_per_row: float | None) -> DataSize:
        if (rows is None) != (tokens_per_row is None):
            raise ConfigError("--rows and --tokens-per-row go together")
        if rows is not None and tokens_per_row is not None:
            return assumed_size(rows, tokens_per_row, self.section, "as given")
        if self._has_data():
            return self._measure()
        if self.policy in PUBLISHED_DATA:
            count, response = PUBLISHED_DATA[self.policy]
            source = f"the paper's {self.policy} set; {PROMPT_TOKENS} prompt tokens assumed"
            return assumed_size(count, response + PROMPT_TOKENS, self.section, source)
        missing = ", ".join(str(path) for path in self.datasets if not path.exists())
        raise ConfigError(f"no data to plan with ({missing}); give --data, or --rows and --tokens-per-row")

    def _measure(self) -> DataSize:
        from dartmath.training.prepared import layout_of, prepare_data

        job = self._job()
        mixture, _ = prepare_data(job, load_tokenizer(job.base))
        return measured_size(layout_of(mixture, self.section), len(mixture), "tokenised")

    def _job(self) -> Job:
        return resolve_job(
            self.section, self.model, self.template, self.datasets, self.out, seed=self.seed, check=False
        )


def training_request(
    recipe: str | None,
    flags: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    data: Sequence[str] | None,
    out: Path | None,
    resolve: _Resolve,
) -> TrainingRequest:
    """The request of a recipe (or none) with `flags` of the training section and other `settings`.

    `data` replaces all data sets of the recipe. Raises `ConfigError` where something is missing.
    """
    if recipe is None:
        section = _with_data(resolve(TrainingSection, flags), data)
        return _without_recipe(section, settings, out)
    given = {f"training.{key}": value for key, value in flags.items()}
    loaded = load_recipe(recipe, {**given, **settings})
    if loaded.training is None:
        raise ConfigError(f"recipe {loaded.name!r} has no `training:` section")
    section = _with_data(loaded.training, data)
    return TrainingRequest(
        section=section,
        model=loaded.model,
        template=load_template(section.template or loaded.template),
        datasets=[] if data else _curated(single(loaded)),
        out=out or single(loaded).folder / "model",
        seed=loaded.seed,
        policy=loaded.sampling.policy.kind,
    )


def _without_recipe(
    section: TrainingSection, settings: Mapping[str, Any], out: Path | None
) -> TrainingRequest:
    if settings:
        raise ConfigError("--set sets keys of a recipe; without one, use the flags")
    if not section.model or not section.datasets:
        raise ConfigError("without a recipe, give --model and --data; `dartmath recipes` lists recipes")
    return TrainingRequest(
        section=section,
        model=ModelSection(name=section.model),
        template=load_template(section.template or "chat"),
        datasets=[],
        out=out or Path("runs") / "train",
        seed=section.seed or 0,
        policy=None,
    )


def _with_data(section: TrainingSection, data: Sequence[str] | None) -> TrainingSection:
    if not data:
        return section
    return section.model_copy(update={"datasets": [DatasetWeight(path=path, weight=1.0) for path in data]})


def write_preferences(recipe: Recipe) -> Path:
    """Write the pairs (dpo) or labelled responses (kto) of the recipe's own samples; returns the file.

    Raises `JournalError` where nothing was sampled, `DataError` where nothing can be paired.
    """
    from dartmath.export.run import export

    assert recipe.training is not None  # who asks for preferences trains on them
    form = {"dpo": "preference", "kto": "kto"}[recipe.training.objective]
    path = recipe.folder / "preferences" / f"{form}.jsonl"
    template = recipe.training.template or recipe.template
    export(recipe.folder / "sample", form, path, curation=recipe.curation, template=template)
    return path


def _curated(recipe: Recipe) -> list[Path]:
    """What the recipe's own samples give to train on, or none where it names other data alone."""
    assert recipe.training is not None
    if recipe.training.objective != "sft":
        sampled = (recipe.folder / "sample" / "manifest.json").is_file()
        return [write_preferences(recipe)] if sampled or not recipe.training.datasets else []
    folder = recipe.folder / "dataset"
    return [] if recipe.training.datasets and not folder.exists() else [folder]
