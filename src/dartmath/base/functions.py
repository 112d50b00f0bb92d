"""Functions of the user's own, named in a recipe as `file.py:name` or `package.module:name`; `package:NAME`
is the entry point NAME of an installed package (see `dartmath.base.plugins`).

Loading one runs its file, so names come from recipes and command lines alone, never from data.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.paths import expand_home
from dartmath.base.plugins import load_plugin


@cache
def load_function(name: str, key: str) -> Callable[..., Any]:
    """The function called `name`; `ConfigError`, with the `key` of the recipe, if there is none."""
    where, _, attribute = name.rpartition(":")
    if where == "package":
        return _of_package(attribute, key)
    file = expand_home(where) if where.endswith(".py") else None
    try:
        module = _load_file(file) if file else import_module(where)
        found: Any = getattr(module, attribute)
    except Exception as error:  # the user's file may raise whatever it likes
        raise ConfigError(
            f"{key}: cannot load {name!r} ({type(error).__name__}: {error}); "
            "write it as file.py:name or package.module:name"
        ) from error
    if not callable(found):
        raise ConfigError(f"{key}: {name!r} is not a function")
    return found  # type: ignore[no-any-return]


def _of_package(name: str, key: str) -> Callable[..., Any]:
    found = load_plugin("policies" if key.endswith("policy.function") else "verifiers", name)
    if not callable(found):
        raise ConfigError(f"{key}: the entry point {name!r} is not a function")
    return found  # type: ignore[no-any-return]


@cache
def parameters(function: Callable[..., Any]) -> frozenset[str]:
    """The names of a function's parameters; none of what cannot be told."""
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return frozenset()


def source_hash(name: str, key: str) -> str:
    """12 hexadecimal digits of the file in which the function stands; "unknown" where there is none.

    Raises `ConfigError` as `load_function`.
    """
    try:
        path = inspect.getsourcefile(inspect.unwrap(load_function(name, key)))
    except TypeError:  # not written in Python, or an object that can be called
        path = None
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else "unknown"


def _load_file(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"_dartmath_{path.stem}_{abs(hash(path.resolve()))}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"no such file: {path}")
    module = module_from_spec(spec)
    # Data classes look their module up by its name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
