"""Recipe: the one strict YAML file that a run is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, field_validator

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.base.paths import expand_home
from dartmath.base.recipe_file import RecipeFile
from dartmath.base.section import Key, Section, validate
from dartmath.curation.config import CurationSection
from dartmath.engines.config import BatchEngine, EngineSection, OpenAIEngine, TransformersEngine
from dartmath.evaluation.config import EvaluationSection
from dartmath.model import ModelSection
from dartmath.queries.config import QuerySource
from dartmath.queries.rows import is_row_file
from dartmath.rounds.config import RoundsSection
from dartmath.sampling.config import SamplingSection
from dartmath.study.config import StudySection
from dartmath.training.config import TrainingSection

__all__ = [
    "Recipe",
    "ReportSection",
    "builtin_recipes",
    "find_recipe",
    "load_recipe",
    "recipes_dir",
    "run_name",
    "set_key",
]

# A folder of its own below `runs`: neither hidden nor one of its parents.
NAME_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"


class ReportSection(Section):
    """The report and the cards."""

    title: str | None = None
    """Title of the report and the cards; the recipe's name when absent."""
    published: list[str] = []
    """Published models shown beside the results, such as ["dart-math-llama3-8b-uniform"]."""
    model_id: str | None = None
    """Hub id of the model, for the card and `dartmath push`."""
    dataset_id: str | None = None
    """Hub id of the data set, for the card and `dartmath push`."""
    license: str = "other"
    """License id of the model and data set on the Hub."""


class Recipe(Section):
    """A whole run. Sections that are absent switch their stage off in `dartmath run`."""

    name: str
    """Name of the run: letters, digits, dot, dash, underscore; at most 100, no dot or dash first."""
    run: str | None = None
    """Folder of everything the run writes; `runs/NAME` when absent."""
    seed: int = 0
    """Seed of the run: every trial's own seed derives from it."""
    model: ModelSection
    """The model that samples."""
    template: str = "chat"
    """Prompt template of sampling, training and evaluation: a name or a file."""
    engine: EngineSection = TransformersEngine()
    """What generates."""
    queries: list[QuerySource] = Field([], min_length=1)
    """The queries to sample; a recipe that only trains or evaluates needs none."""
    sampling: SamplingSection = SamplingSection()
    """How responses are sampled."""
    curation: CurationSection = CurationSection()
    """How the training set is selected."""
    training: TrainingSection | None = None
    """How the model is fine-tuned."""
    evaluation: EvaluationSection | None = None
    """What the model is evaluated on."""
    rounds: RoundsSection | None = None
    """Rounds of expert iteration; one pass when absent."""
    study: StudySection | None = None
    """What `dartmath study` compares."""
    report: ReportSection = ReportSection()
    """The report and the cards."""

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if not re.fullmatch(NAME_PATTERN, name):
            raise ValueError(
                f"{name!r} is no name of a run: letters, digits, dots, dashes and underscores, at most 100, "
                f"no dot or dash first; such as {run_name(name)!r}"
            )
        return name

    @property
    def folder(self) -> Path:
        """Folder of everything the run writes."""
        return expand_home(self.run) if self.run else Path("runs") / self.name

    def to_yaml(self, *, defaults: bool = True) -> str:
        """The recipe as YAML, with or without the keys left at their defaults.

        Loading it gives an equal recipe, but for user names and passwords of servers.
        """
        data = self.model_dump(mode="json") if defaults else _without_defaults(self)
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def _without_defaults(value: Any) -> Any:
    """A section as a mapping of the keys that differ from their defaults; a `kind` is always said."""
    if isinstance(value, list):
        return [_without_defaults(one) for one in value]
    fields, dumped = type(value).model_fields, value.model_dump(mode="json")
    return {
        name: _without_defaults(found) if _holds_sections(found) else dumped[name]
        for name, found in value
        if name == "kind" or fields[name].is_required() or found != fields[name].get_default()
    }


def _holds_sections(value: Any) -> bool:
    return isinstance(value[0] if isinstance(value, list) and value else value, Section)


def load_recipe(name: str, overrides: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of a file path or a built-in name.

    `overrides` maps dotted keys to values, such as {"sampling.policy.k": 8}. Raises
    `ConfigError` naming each bad key with the nearest valid one, `DataError` for a bad file.
    """
    file = RecipeFile(find_recipe(name))
    for key, value in (overrides or {}).items():
        set_key(file.data, key, value)
    _name_policy(file.data, overrides or {})

    def where(keys: Sequence[Key]) -> str:
        dotted = ".".join(map(str, keys))
        override = next((key for key in overrides or {} if f"{dotted}.".startswith(f"{key}.")), None)
        return f"--set {override}" if override else file.where(keys)

    return validate(Recipe, file.data, where=where)


def with_keys(recipe: Recipe, keys: Mapping[str, Any], *, where: str) -> Recipe:
    """`recipe` with other values at dotted keys, checked as if they were written there.

    `where` says what the keys come from, for the `ConfigError` of a wrong one.
    """
    data = _plain(recipe)
    for key, value in keys.items():
        set_key(data, key, _plain(value))
    return validate(Recipe, data, where=where)


def _plain(value: Any) -> Any:
    """Sections as mappings of the keys that were given; unlike a dump, with the passwords of servers.

    Some keys mean something else when they are given with their default, such as a tolerance.
    """
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, Section):
        return value
    said = {*value.model_fields_set, "kind"}
    return {name: _plain(one) for name, one in value if name in said or isinstance(one, Section)}


def single(recipe: Recipe) -> Recipe:
    """`recipe`, for a verb that makes one pass; `ConfigError` for one with several rounds."""
    if recipe.rounds is not None:
        first = recipe.folder / "round-1" / "recipe.yaml"
        raise ConfigError(
            f"recipe {recipe.name!r} has `rounds:`, which `dartmath run` alone makes; each of them then lies "
            f"in a folder with a recipe of its own, such as {first}, that every verb takes; for one pass: "
            "--set rounds=null"
        )
    return recipe


def evaluation_engine(recipe: Recipe) -> EngineSection:
    """The engine that evaluates: the recipe's own where it can load a fine-tuned model.

    A server serves the model it was started with, so a recipe that samples from servers is
    evaluated with the embedded engine unless `evaluation.engine` names another.
    """
    if recipe.evaluation and recipe.evaluation.engine:
        return recipe.evaluation.engine
    remote = isinstance(recipe.engine, OpenAIEngine | BatchEngine)
    return TransformersEngine() if remote else recipe.engine


def base_model(recipe: Recipe) -> ModelSection:
    """The model that the training of `recipe` starts from."""
    section = recipe.training
    if section and section.model:
        return ModelSection(name=section.model, revision=section.revision, dtype=recipe.model.dtype)
    return recipe.model


def _name_policy(data: Any, overrides: Mapping[str, Any]) -> None:
    """`sampling.policy.k=8` alone means the default policy with another k."""
    if not any(key.startswith("sampling.policy.") for key in overrides):
        return
    policy = data["sampling"]["policy"]
    if isinstance(policy, dict):
        policy.setdefault("kind", SamplingSection().policy.kind)


def recipes_dir() -> Path:
    """The folder of the built-in recipes, in a checkout and in an installed wheel."""
    installed = Path(__file__).with_name("recipes")
    return installed if installed.is_dir() else Path(__file__).parents[2] / "recipes"


def builtin_recipes() -> dict[str, Path]:
    """Built-in recipes by name, those outside of subfolders first."""
    folder = recipes_dir()
    paths = sorted(folder.rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in paths}


def find_recipe(name: str) -> Path:
    """The path of a recipe file or built-in name.

    Raises `DataError` for a file that is not there, `UnknownNameError` for a name that is none.
    """
    path, known = Path(name), builtin_recipes()
    if path.is_file():
        if is_row_file(name) and not name.endswith((".yaml", ".yml")):
            raise DataError(f"a file of rows, not a recipe; make one with: dartmath init {name}", path=path)
        return path
    if name in known:
        return known[name]
    if path.is_dir():
        raise DataError("a folder, not a recipe; give a YAML file or a name of `dartmath recipes`", path=path)
    for beside in (Path(f"{name}.yaml"), Path(f"{name}.yml")):
        if beside.is_file():
            raise DataError(f"no such recipe, but {beside} is here; give its whole name", path=path)
    if path.suffix in (".yaml", ".yml"):
        raise DataError("no such file; `dartmath recipes` lists the built-in recipes", path=path)
    raise UnknownNameError("recipe", name, [*known])


def run_name(text: str) -> str:
    """A name for a run, made of any text, such as a path or a Hub id.

    >>> run_name("data/my problems.jsonl")
    'data-my-problems.jsonl'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:100] or "run"


def set_key(data: dict[str, Any], dotted: str, value: Any) -> None:
    """Set a dotted key in nested mappings; list elements go by index (`queries.0.dataset`)."""
    *parents, last = dotted.split(".")
    here: Any = data
    for part in parents:
        if isinstance(here, list):
            here = _element(here, part, dotted)
        else:
            if here.get(part) is None:
                here[part] = {}
            here = here[part]
        if not isinstance(here, dict | list):
            raise ConfigError(f"cannot set {dotted!r}: {part!r} is not a section")
    if isinstance(here, list):
        _element(here, last, dotted)
        here[int(last)] = value
    elif last == "kind" and here.get("kind") not in (None, value):
        # Another kind has other keys: what was set for the old one means nothing to it.
        here.clear()
        here["kind"] = value
    else:
        here[last] = value


def _element(items: list[Any], part: str, dotted: str) -> Any:
    if not part.isdecimal() or int(part) >= len(items):
        raise ConfigError(f"cannot set {dotted!r}: {part!r} is not an index below {len(items)}")
    return items[int(part)]
