"""Section: the strict base of every configuration model, and errors that name the key at fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from dartmath.base.errors import ConfigError, nearest

S = TypeVar("S", bound=BaseModel)
Key = str | int
Where = Callable[[Sequence[Key]], str]

_SHOWN = 80
_NUMBERS = (int, float, int | None, float | None)


class Section(BaseModel):
    """One section of a recipe: frozen, unknown keys are errors, every field documented."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _no_switch_for_a_number(cls, data: object) -> object:
        # YAML reads on, off, yes and no as true and false, and Python takes true for 1.
        for key, value in data.items() if isinstance(data, dict) else ():
            field = cls.model_fields.get(key) if isinstance(value, bool) else None
            if field is not None and field.annotation in _NUMBERS:
                raise ValueError(f"{key} is a number, not {str(value).lower()}")
        return data


def validate(model: type[S], data: Mapping[str, Any], *, where: str | Where) -> S:
    """`data` as a `model`; `ConfigError` lists every bad key with the nearest valid name.

    `where` says what the data come from, as a text or as a function of the key at fault.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        place = where if callable(where) else lambda keys: str(where)
        raise ConfigError("\n".join(_explain(model, e, place) for e in error.errors())) from None


def _explain(model: type[BaseModel], error: Any, where: Where) -> str:
    keys, parents, sections = _walk(model, error["loc"])
    key, given = ".".join(map(str, keys)), error.get("input")
    place = f"{where(keys)}: "
    match error["type"]:
        case "extra_forbidden":
            siblings = sorted({name for parent in parents for name in parent.model_fields})
            return f"{place}unknown key {key!r}{nearest(str(keys[-1]), siblings)}"
        case "missing":
            return f"{place}the key {key!r} is missing"
        case "union_tag_not_found":
            return f"{place}{key}.kind is missing; one of: {', '.join(map(_kind, sections))}"
        case "union_tag_invalid":
            found = error["ctx"]["tag"]
            return f"{place}{key}.kind: there is no {found!r}{nearest(str(found), map(_kind, sections))}"
        case "value_error":
            # What no single key is to blame for has none.
            return f"{place}{key}: {error['ctx']['error']}" if key else f"{place}{error['ctx']['error']}"
        case "string_type" if isinstance(given, int | float | dt.date):
            return f"{place}{key}: not a text: {given!s}; put it in quotes"
        case "list_type":
            return f"{place}{key}: not a list: {_short(given)}; put it in brackets: [...]"
        case "dict_type":
            return f"{place}{key}: not an object: {_short(given)}; give every part a name: {{NAME: ...}}"
        case "model_type" | "model_attributes_type" if given is None:
            return f"{place}{key}: the section is empty; {_how(str(keys[-1]), given, sections)}"
        case "model_type" | "model_attributes_type":
            return f"{place}{key}: not a section: {_short(given)}; {_how(str(keys[-1]), given, sections)}"
    return f"{place}{key}: {error['msg']} (got {_short(given)})"


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} ..."


def _how(key: str, given: object, sections: Sequence[type[BaseModel]]) -> str:
    """How to write a section, for somebody who gave one value instead."""
    if given in [_kind(section) for section in sections]:
        return f"write {key}: {{kind: {given}}}"
    names = {name for section in sections for name in section.model_fields}
    return f"its keys are {', '.join(sorted(names))}"


def _walk(
    model: type[BaseModel], location: Sequence[Key]
) -> tuple[list[Key], list[type[BaseModel]], list[type[BaseModel]]]:
    """A location without the tags of unions, which are no keys of the file.

    With it, the sections that its last key may belong to, and those that the key may hold.
    """
    keys: list[Key] = []
    parents, here = [model], [model]
    for part in location:
        if tagged := [section for section in here if _kind(section) == part]:
            here = tagged
            continue
        keys.append(part)
        if isinstance(part, str):
            parents = here
            fields = [s.model_fields[part] for s in parents if part in s.model_fields]
            here = [section for field in fields for section in _sections(field.annotation)]
    return keys, parents, here


def _kind(section: type[BaseModel]) -> str:
    """The `kind` that tells a section from its alternatives; empty where it has none."""
    field = section.model_fields.get("kind")
    return str(field.default) if field else ""


def _sections(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [s for argument in get_args(annotation) for s in _sections(argument)]
