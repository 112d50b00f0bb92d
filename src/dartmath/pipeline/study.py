"""A study request: the study that a recipe describes, its pool sampled, and what it will cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.model import ModelSection, describe_model
from dartmath.pipeline.stages import run_sample
from dartmath.prompts.template import load_template
from dartmath.recipe import Recipe, evaluation_engine, load_recipe
from dartmath.study.config import StudySection
from dartmath.study.design import Arm, Study
from dartmath.study.result import StudyResult
from dartmath.study.run import FOLDER, run_study

# Everything else of a recipe shapes the pool or the evaluation, which all arms share.
_SECTIONS = ("curation", "training")
# The study sets these itself, the same for all arms.
_OWN = ("curation.size", "curation.unit", "curation.seed", "training.seed", "training.datasets")


def study_of(name: str, overrides: Mapping[str, Any] | None = None) -> Study:
    """The study that a recipe describes; nothing is sampled or loaded but the benchmarks.

    Raises `ConfigError` for a recipe without one of the sections that a study needs, and for an arm
    with a key that is wrong or that all arms have to share.
    """
    recipe = load_recipe(name, overrides)
    section = _section(recipe)
    assert recipe.training is not None and recipe.evaluation is not None
    training, template = recipe.training, load_template(recipe.training.template or recipe.template)
    revision = training.revision if training.model else recipe.model.revision
    base = ModelSection(name=training.model or recipe.model.name, revision=revision, dtype=recipe.model.dtype)
    return Study(
        name=recipe.name,
        folder=recipe.folder / FOLDER,
        pool=recipe.folder / "sample",
        sampled=recipe.sampling.policy,
        arms=tuple(_arm(name, overrides or {}, arm, keys) for arm, keys in section.arms.items()),
        section=section,
        base=base,
        base_identity=_identity(base),
        template=template,
        engine=evaluation_engine(recipe),
        evaluation=recipe.evaluation,
        seed=recipe.seed,
    )


def study(name: str, overrides: Mapping[str, Any] | None = None) -> StudyResult:
    """Sample the pool of a recipe where it is not there, and run its study on it."""
    from dartmath.planning.preflight import check_recipe

    recipe = load_recipe(name, overrides)
    check_recipe(recipe)
    made = study_of(name, overrides)
    run_sample(recipe, load_template(recipe.template), made.pool)
    return run_study(made)


def _section(recipe: Recipe) -> StudySection:
    for key in ("study", "queries", "training", "evaluation"):
        if not getattr(recipe, key):
            raise ConfigError(f"recipe {recipe.name!r} has no `{key}:` section, which a study needs")
    assert recipe.study is not None
    return recipe.study


def _arm(recipe: str, overrides: Mapping[str, Any], name: str, keys: Mapping[str, Any]) -> Arm:
    """The recipe with the keys of an arm, which are validated as if they were written there."""
    for key in keys:
        section = key.split(".")[0]
        if section not in _SECTIONS or "." not in key:
            raise ConfigError(
                f"study.arms.{name}: {key!r} cannot differ between arms; keys of curation and training can, "
                "such as curation.policy or training.epochs"
            )
        if key in _OWN:
            raise ConfigError(f"study.arms.{name}: {key!r} is set by the study, the same for all arms")
    try:
        own = load_recipe(recipe, {**overrides, **keys})
    except ConfigError as error:
        raise ConfigError(f"study.arms.{name}: {error}") from None
    assert own.training is not None
    return Arm(name, own.curation, own.training, dict(keys))


def _identity(base: ModelSection) -> dict[str, Any]:
    """What tells the base model from another, wherever it lies."""
    described = describe_model(base)
    return {"fingerprint": described["fingerprint"]} if "fingerprint" in described else described
