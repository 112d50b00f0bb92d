"""Flags made from a section of the recipe, so that a flag and a key are never two things.

A verb names the section, and gets what the user gave as dotted keys:

    @section_options(SamplingSection)
    def command(recipe: str, *, overrides: dict[str, Any]) -> None:
        section = resolve_section(SamplingSection, overrides, recipe=recipe, key="sampling")

Nested sections become prefixes (`policy.k` is `--policy-k`), a choice of sections is made by its
own name (`policy.kind` is `--policy`). Lists of sections have no flag: they are set in the recipe.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import typer
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dartmath.base.errors import ConfigError
from dartmath.base.recipe_file import Loader, OldNumberError
from dartmath.base.section import Section, validate
from dartmath.recipe import load_recipe, set_key

# The number that every verb calls `--k`, whatever policy it belongs to.
_K = "policy.k"
S = TypeVar("S", bound=Section)
Flag = tuple[str, tuple[str, Any]]  # (parameter name, (dotted key, annotation))


def section_options(
    section: type[Section], *, prefix: str = "", also: Mapping[str, type[Section]] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: replace the parameter `overrides` by one flag per key of `section`.

    `overrides` receives a dictionary of dotted keys, each beginning with `prefix`, that holds
    only what the user gave. `also` names further sections by their prefixes.
    """
    options = {
        name: (start + key, annotation)
        for start, one in {prefix: section, **(also or {})}.items()
        for name, (key, annotation) in _flags(one)
    }

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        own = [p for name, p in signature.parameters.items() if name != "overrides"]
        taken = {p.name for p in own}
        flags = {name: flag for name, flag in options.items() if name not in taken}

        @functools.wraps(function)
        def call(**given: Any) -> None:
            values = {flags[n][0]: listed(v) for n, v in given.items() if n in flags and v not in (None, [])}
            rest = {n: v for n, v in given.items() if n not in flags}
            function(**rest, overrides=values)

        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, (_, annotation) in flags.items()
        ]
        own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        call.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
        call.__annotations__ = {p.name: p.annotation for p in [*own, *added]}
        del call.__wrapped__
        return call

    return decorate


def listed(value: Any) -> Any:
    """The values of a flag that may be repeated, also where one is a list as recipes write it: `[a, b]`."""
    if not isinstance(value, list):
        return value
    found: list[Any] = []
    for one in value:
        inner = parse_set([f"flag={one}"])["flag"] if one.startswith("[") and one.endswith("]") else one
        found += inner if isinstance(inner, list) else [one]
    return found


def resolve_section(
    section: type[S], overrides: Mapping[str, Any], *, recipe: str | None = None, key: str = ""
) -> S:
    """The section with `overrides`, over the one at `key` of `recipe` if that is given."""
    data: dict[str, Any] = {}
    if recipe is not None:
        found = getattr(load_recipe(recipe), key)
        data = found.model_dump(mode="json", exclude_unset=True) if found else {}
    for name, value in overrides.items():
        set_key(data, name, value)
    return validate(section, data, where=_said_by(overrides))


def _said_by(overrides: Mapping[str, Any]) -> Callable[[Sequence[str | int]], str]:
    """The flag that said a key, where one did."""

    def where(keys: Sequence[str | int]) -> str:
        names = [".".join(map(str, keys[:end])) for end in range(len(keys), 0, -1)]
        said = next((name for name in names if name in overrides), None)
        if said == _K:
            return "--k"
        flag = (said or "").removesuffix(".kind").replace(".", "-").replace("_", "-")
        return f"--{flag}" if flag else "options"

    return where


def parse_set(pairs: list[str] | None) -> dict[str, Any]:
    """Dotted keys and YAML values of repeated `--set key=value` options."""
    found = {}
    for pair in pairs or []:
        key, sign, value = pair.partition("=")
        if not sign or not all(key.split(".")):
            raise ConfigError(f"--set takes KEY=VALUE, such as sampling.policy.k=8, got {pair!r}")
        try:
            found[key] = yaml.load(value, Loader)
        except OldNumberError as error:
            raise ConfigError(f"--set {key}: {error.problem}") from None
        # A date that no calendar has is a plain ValueError.
        except (yaml.YAMLError, ValueError, RecursionError):
            raise ConfigError(f"--set {key}: not a YAML value: {value!r}; put a text in quotes") from None
    return found


def _flags(section: type[BaseModel], path: str = "") -> Iterator[Flag]:
    """(parameter name, (dotted key, annotation)) of every flag of a section."""
    for name, field in section.model_fields.items():
        key = f"{path}{name}"
        nested = _nested(field.annotation)
        if not nested:
            yield from _leaf(key, field)
        elif get_origin(field.annotation) is list:
            continue
        elif len(nested) == 1:
            yield from _flags(nested[0], f"{key}.")
        else:
            yield from _choice(key, nested, field)


def _choice(key: str, nested: list[type[BaseModel]], field: FieldInfo) -> Iterator[Flag]:
    kinds = [get_args(s.model_fields["kind"].annotation)[0] for s in nested]
    help_text = f"{field.description or ''} One of: {', '.join(kinds)}."
    option = typer.Option(_flag_name(key), help=help_text, metavar="|".join(kinds))
    yield _parameter(key), (f"{key}.kind", Annotated[str | None, option])
    merged: dict[str, FieldInfo] = {}
    for one in nested:
        for name, inner in one.model_fields.items():
            merged.setdefault(name, inner)
    for name, inner in merged.items():
        if name != "kind" and not _nested(inner.annotation):
            yield from _leaf(f"{key}.{name}", inner, show_default=False)


def _leaf(key: str, field: FieldInfo, *, show_default: bool = True) -> Iterator[Flag]:
    kind, metavar = _flag_type(field.annotation)
    if kind is None:
        return
    plain = field.is_required() or not show_default or field.default in (None, [], "")
    default = "" if plain else f" [default: {field.default}]"
    help_text = " ".join((field.description or "").split()) + default
    names = [_flag_name(key, kind), *(["--k"] if key == _K else [])]
    option = typer.Option(*names, help=help_text, metavar=metavar, show_default=False)
    yield _parameter(key), (key, Annotated[kind | None, option])


def _flag_name(key: str, kind: Any = str) -> str:
    name = key.replace(".", "-").replace("_", "-")
    return f"--{name}/--no-{name}" if kind is bool else f"--{name}"


def _parameter(key: str) -> str:
    return key.replace(".", "_")


def _flag_type(annotation: Any) -> tuple[Any, str | None]:
    """The type a flag is parsed to, and its metavar; (None, None) when it cannot be a flag."""
    options = [a for a in _union(annotation) if a is not types.NoneType]
    first = options[0]
    words = [str(word) for a in options if get_origin(a) is Literal for word in get_args(a)]
    if len(options) > 1 and words:
        return str, "|".join(["NUMBER", *words])
    if get_origin(first) is Literal:
        return str, "|".join(map(str, get_args(first)))
    if get_origin(first) in (list, tuple) and all(_is_text(a) for a in get_args(first)):
        return list[str], None
    if first in (bool, int, float, str):
        return first, None
    return None, None


def _is_text(annotation: Any) -> bool:
    return annotation in (str, ...) or get_origin(annotation) is Literal


def _nested(annotation: Any) -> list[type[BaseModel]]:
    """The sections that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (list, Union, types.UnionType, Annotated):
        return [s for argument in get_args(annotation) for s in _nested(argument)]
    return []


def _union(annotation: Any) -> tuple[Any, ...]:
    is_union = get_origin(annotation) in (Union, types.UnionType)
    return get_args(annotation) if is_union else (annotation,)
