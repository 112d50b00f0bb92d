"""Recipe: the one strict YAML file that a run is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, Field, ValidationError

from dartmath.config import Section
from dartmath.curation.config import CurationSection
from dartmath.engines.config import EngineSection, TransformersEngine
from dartmath.errors import ConfigError, DataError, UnknownNameError, nearest
from dartmath.evaluation.config import EvaluationSection
from dartmath.model import ModelSection
from dartmath.queries.config import QuerySource
from dartmath.sampling.config import SamplingSection
from dartmath.training.config import TrainingSection

S = TypeVar("S", bound=BaseModel)


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

    name: str = Field(pattern=r"^[A-Za-z0-9._-]+$")
    """Name of the run: letters, digits, dot, dash, underscore."""
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
    queries: list[QuerySource] = Field(min_length=1)
    """The queries to sample."""
    sampling: SamplingSection = SamplingSection()
    """How responses are sampled."""
    curation: CurationSection = CurationSection()
    """How the training set is selected."""
    training: TrainingSection | None = None
    """How the model is fine-tuned."""
    evaluation: EvaluationSection | None = None
    """What the model is evaluated on."""
    report: ReportSection = ReportSection()
    """The report and the cards."""

    @property
    def folder(self) -> Path:
        """Folder of everything the run writes."""
        return Path(self.run) if self.run else Path("runs") / self.name

    def to_yaml(self) -> str:
        """The resolved recipe as YAML; loading it gives an equal recipe."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def load_recipe(name: str, overrides: Mapping[str, Any] | None = None) -> Recipe:
    """The recipe of a file path or a built-in name.

    `overrides` maps dotted keys to values, such as {"sampling.policy.k": 8}. Raises
    `ConfigError` naming each bad key with the nearest valid one, `DataError` for a bad file.
    """
    path = find_recipe(name)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"not valid YAML: {error}", path=path) from error
    if not isinstance(data, dict):
        raise DataError("a recipe is a mapping of sections", path=path)
    for key, value in (overrides or {}).items():
        set_key(data, key, value)
    return validate(Recipe, data, where=str(path))


def recipes_dir() -> Path:
    """The folder of the built-in recipes, in a checkout and in an installed wheel."""
    installed = Path(__file__).with_name("recipes")
    return installed if installed.is_dir() else Path(__file__).parents[2] / "recipes"


def builtin_recipes() -> dict[str, Path]:
    """Built-in recipes by name."""
    folder = recipes_dir()
    return {p.relative_to(folder).with_suffix("").as_posix(): p for p in sorted(folder.rglob("*.yaml"))}


def find_recipe(name: str) -> Path:
    """The path of a recipe file or built-in name; `UnknownNameError` when there is none."""
    path = Path(name)
    if path.is_file():
        return path
    known = builtin_recipes()
    if name in known:
        return known[name]
    raise UnknownNameError("recipe", name, [*known])


def set_key(data: dict[str, Any], dotted: str, value: Any) -> None:
    """Set a dotted key in nested mappings; list elements go by index (`queries.0.dataset`)."""
    *parents, last = dotted.split(".")
    here: Any = data
    for part in parents:
        if isinstance(here, list):
            here = _element(here, part, dotted)
            continue
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
    if not part.isdigit() or int(part) >= len(items):
        raise ConfigError(f"cannot set {dotted!r}: {part!r} is not an index below {len(items)}")
    return items[int(part)]


def validate(model: type[S], data: Mapping[str, Any], *, where: str) -> S:
    """`data` as a `model`; `ConfigError` lists every bad key with the nearest valid name."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(model, e, where) for e in error.errors())) from None


def _explain(model: type[BaseModel], error: Any, where: str) -> str:
    location = [part for part in error["loc"] if not _is_tag(part, error)]
    key = ".".join(map(str, location))
    if error["type"] == "extra_forbidden":
        siblings = _fields_at(model, location[:-1])
        return f"{where}: unknown key {key!r}{nearest(str(location[-1]), siblings)}"
    if error["type"] == "union_tag_invalid":
        kinds = [tag.strip(" '") for tag in error["ctx"]["expected_tags"].split(",")]
        found = error["ctx"]["tag"]
        return f"{where}: {key}.kind: there is no {found!r}{nearest(str(found), kinds)}"
    return f"{where}: {key}: {error['msg']} (got {error.get('input')!r})"


def _is_tag(part: Any, error: Any) -> bool:
    """Whether a location part is the tag of a union, which is no key of the file."""
    return part in {"vrt", "uniform", "prop2diff", "band", "custom", "transformers", "vllm", "openai", "ray"}


def _fields_at(model: type[BaseModel], location: Iterable[Any]) -> list[str]:
    """Names of the fields of the sections that `location` may lead to."""
    models: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, int):
            continue
        annotations = [m.model_fields[part].annotation for m in models if part in m.model_fields]
        models = [s for a in annotations for s in _sections(a)]
    return sorted({name for m in models for name in m.model_fields})


def _sections(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [s for argument in get_args(annotation) for s in _sections(argument)]
