"""Teachers: the models and settings that answer the queries of one pool, ready to be asked.

The recipe's own is the first; `sampling.teachers` names what the others have of their own. Those with the
same engine, model and template share one engine, so that another temperature or a hint loads no model again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dartmath.engines import create_engine
from dartmath.engines.config import EngineSection
from dartmath.engines.protocol import Engine, Generation
from dartmath.model import ModelSection, describe_model
from dartmath.prompts.template import Template, load_template
from dartmath.sampling.config import MAIN, HintSection, SamplingSection, TeacherSection


@dataclass(frozen=True)
class Teacher:
    """One of several teachers; `engine` is its place among the engines, `model` what is recorded of its
    model.

    `shots` is the most worked examples of its prompts, all that there are when None.
    """

    name: str
    engine: int
    template: Template
    generation: Generation
    model: Mapping[str, Any]
    shots: int | None = None
    hint: HintSection | None = None


@dataclass(frozen=True)
class Staff:
    """The teachers of a run, the recipe's own first, and the engines that they answer through."""

    teachers: Sequence[Teacher]
    engines: Sequence[Engine]


def own_teacher(section: SamplingSection, template: Template, model: Mapping[str, Any]) -> Teacher:
    """The teacher that the recipe itself describes."""
    return Teacher(MAIN, 0, template, _generation(section, None, template), model)


Source = tuple[EngineSection, ModelSection, Template]
"""What an engine is made from. Teachers whose sources are equal share one."""


def teachers_of(
    section: SamplingSection, own: EngineSection, model: ModelSection, template: Template
) -> tuple[list[Teacher], list[Source]]:
    """The recipe's own teacher and those of `section`, and the source of each engine that they need.

    `own`, `model` and `template` are the recipe's. Raises what `load_template` and `describe_model` raise for
    those of the others.
    """
    teachers = [own_teacher(section, template, describe_model(model))]
    keys, sources = [(own, model, template.hash)], [(own, model, template)]
    for one in section.teachers:
        source = (
            one.engine or own,
            one.model or model,
            load_template(one.template) if one.template else template,
        )
        key = (source[0], source[1], source[2].hash)
        if key not in keys:
            keys.append(key)
            sources.append(source)
        generation, described = _generation(section, one, source[2]), describe_model(source[1])
        place = keys.index(key)
        teachers.append(Teacher(one.name, place, source[2], generation, described, one.shots, one.hint))
    return teachers, sources


def hire(
    section: SamplingSection, engine: Engine, own: EngineSection, model: ModelSection, template: Template
) -> Staff:
    """The recipe's own teacher, which answers through `engine`, and those of `section`.

    The rest is as of `teachers_of`, which also says what is raised, besides what `create_engine` raises.
    """
    teachers, sources = teachers_of(section, own, model, template)
    return Staff(teachers, [engine, *(create_engine(*source) for source in sources[1:])])


def _generation(section: SamplingSection, one: TeacherSection | None, template: Template) -> Generation:
    def of(key: str) -> Any:
        own = getattr(one, key, None)
        return getattr(section, key) if own is None else own

    return Generation(
        temperature=of("temperature"),
        top_p=of("top_p"),
        top_k=of("top_k"),
        max_tokens=of("max_tokens"),
        stop=(*template.stops, *section.stop),
    )


def teachers_record(section: SamplingSection, teachers: Sequence[Teacher]) -> dict[str, dict[str, Any]]:
    """What decides whether samples of the further teachers may share a run directory, by name."""
    by_name = {one.name: one for one in teachers}
    turns = [one.name for one in section.teachers if one.after is None]
    return {
        one.name: {
            **_described(by_name[one.name]),
            # Who is next of those that take turns depends on their order.
            "turn": turns.index(one.name) if one.after is None else None,
            "share": one.share or (1.0 if one.after is None else None),
            "after": one.after,
            "trials": one.trials,
        }
        for one in section.teachers
    }


def _described(one: Teacher) -> dict[str, Any]:
    generation = {key: value for key, value in asdict(one.generation).items() if key != "stop"}
    return {
        "model": dict(one.model),
        "template": {"name": one.template.name, "hash": one.template.hash},
        **generation,
        "stop": list(one.generation.stop),
        "shots": one.shots,
        "hint": one.hint.model_dump(mode="json") if one.hint else None,
    }


def known_teachers(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of a sampling manifest, what is recorded of each teacher by name, the recipe's own first.

    Each has at least `model`, `template`, `temperature`, `after` and `hint`; the further ones what
    `teachers_record` says.
    """
    own = {
        "model": manifest.get("model") or {},
        "template": manifest.get("template") or {},
        "temperature": (manifest.get("config") or {}).get("temperature"),
        "after": None,
        "hint": None,
    }
    return {MAIN: own, **(manifest.get("teachers") or {})}


def hinted_teachers(manifest: Mapping[str, Any]) -> frozenset[str]:
    """The names of those whose prompts told of the reference."""
    return frozenset(name for name, one in known_teachers(manifest).items() if one["hint"])
