"""The reference page of the Python interface, made of the docstrings of the names that are public."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from typing import Any

from pydantic import BaseModel

PUBLIC = {
    "dartmath": "what most programs need",
    "dartmath.verify": "the verifier",
    "dartmath.verify.rewards": "the verifier as a reward",
    "dartmath.queries": "queries and where they come from",
    "dartmath.prompts": "templates",
    "dartmath.engines": "what generates",
    "dartmath.tools": "the sandbox",
    "dartmath.sampling": "policies, and what a run of sampling wrote",
    "dartmath.curation": "from a pool to a training set",
    "dartmath.export": "files for other programs",
    "dartmath.training": "fine-tuning",
    "dartmath.evaluation": "scores",
    "dartmath.recipe": "recipes",
    "dartmath.pipeline": "a recipe carried out: its stages, and its rounds",
    "dartmath.report": "reports and cards",
    "dartmath.model": "which model",
    "dartmath.base.errors": "the error tree",
}
"""Modules whose `__all__` is public, with what they are about; everything else may change without notice."""

_INTRODUCTION = """\
What stands here is public: it changes with a line in the changelog alone. Every other module and name is
internal. Sections are strict pydantic models whose fields are the keys of a [recipe](recipe.md)."""


def api_page(generated: str) -> str:
    """Every public name: how it is called, and what its docstring says."""
    parts = [generated, "# Python interface", _INTRODUCTION]
    for module, about in PUBLIC.items():
        names = import_module(module).__all__
        parts.append(f"## `{module}`: {about}")
        for name in sorted(names):
            parts.extend(_entry(module, name))
    return "\n\n".join(parts) + "\n"


def _entry(module: str, name: str) -> Iterator[str]:
    found: Any = getattr(import_module(module), name)
    yield f"### `{name}{_signature(found)}`"
    home = next((other for other in PUBLIC if other != module and _exports(other, name, found)), None)
    if home and list(PUBLIC).index(home) < list(PUBLIC).index(module):
        yield f"The same as `{home}.{name}`."
        return
    yield _text(found)
    if inspect.isclass(found) and not issubclass(found, BaseModel | Exception):
        members = [_member(key, one) for key, one in vars(found).items() if _is_public(key, one)]
        if members:
            yield "\n".join(members)


def _exports(module: str, name: str, found: Any) -> bool:
    loaded = import_module(module)
    return name in loaded.__all__ and getattr(loaded, name) is found


def _signature(found: Any) -> str:
    if (inspect.isclass(found) and issubclass(found, BaseModel | Exception | Enum)) or not callable(found):
        return ""
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return ""
    empty = inspect.Parameter.empty
    plain = [one.replace(annotation=empty) for one in signature.parameters.values()]
    shown = str(signature.replace(parameters=plain, return_annotation=empty))
    # Values that have no literal, such as `<function <lambda> at 0x7f...>`.
    return re.sub(r"<(?:[^<>]|<[^<>]*>)*>", "...", shown)


def _text(found: Any) -> str:
    """The docstring as Markdown: its sections and doctests as blocks."""
    text = inspect.cleandoc(found.__doc__ or "")
    text = text.replace("<", "&lt;")
    text = re.sub(r"(?m)^(Args|Attributes|Raises|Returns):\n((?:    .*\n?|\n)+)", _block, text + "\n")
    return re.sub(r"(?ms)(^>>> .*?)(?=\n\n|\Z)", r"```python\n\1\n```", text.strip())


def _block(match: re.Match[str]) -> str:
    lines = inspect.cleandoc(match[2]).splitlines()
    items = [f"* {line}" if line and not line.startswith(" ") else line for line in lines]
    return f"{match[1]}:\n\n" + "\n".join(items) + "\n"


def _is_public(name: str, found: Any) -> bool:
    return (
        not name.startswith("_")
        and bool(getattr(found, "__doc__", None))
        and (inspect.isfunction(found) or isinstance(found, property | classmethod | staticmethod))
    )


def _member(name: str, found: Any) -> str:
    first = inspect.cleandoc(found.__doc__ or "").partition("\n\n")[0].replace("\n", " ").replace("<", "&lt;")
    shown = "" if isinstance(found, property) else _signature(getattr(found, "__func__", found))
    return f"* `{name}{shown}`: {first}"
