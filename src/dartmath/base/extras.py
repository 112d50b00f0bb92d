"""Optional libraries: the core goes without them, and what is missing is named with its command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from importlib.util import find_spec

from dartmath.base.errors import MissingDependencyError


def require(*modules: str, purpose: str) -> None:
    """Nothing where all `modules` are installed; imports none of them.

    Raises `MissingDependencyError`, which says what they are wanted for and how they are added.
    """
    absent = [module for module in modules if find_spec(module) is None]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        raise MissingDependencyError(
            f"{purpose} needs {', '.join(absent)}, which {verb} not installed; run: {install_command(absent)}"
        )


def missing_package(error: ModuleNotFoundError) -> MissingDependencyError | None:
    """The error for people where an import failed for want of an optional library, else None."""
    module = (error.name or "").split(".")[0]
    if _normal(module) not in extras():
        return None
    command = install_command([module])
    return MissingDependencyError(f"this needs {module}, which is not installed; run: {command}")


def install_command(modules: Iterable[str]) -> str:
    """The command that adds `modules`: by dartmath's extras, and by name what belongs to none.

    >>> install_command(["no_such_library"])
    'pip install no_such_library'
    """
    names = dict.fromkeys(extras().get(_normal(module)) for module in modules)
    others = [module for module in modules if _normal(module) not in extras()]
    chosen = ",".join(name for name in names if name)
    return " ".join(["pip install", *([f"'dartmath[{chosen}]'"] if chosen else []), *others])


@cache
def extras() -> dict[str, str]:
    """Distributions that the package's extras add, each with its first extra but `dev`."""
    try:
        lines = metadata.requires("dartmath") or []
    except metadata.PackageNotFoundError:  # run from sources that nobody installed
        return {}
    found: dict[str, str] = {}
    for line in lines:
        if match := re.match(r"([\w.-]+).*;.*extra *== *['\"]([\w-]+)", line):
            name, extra = match.groups()
            if extra != "dev" and _normal(name) != "dartmath":
                found.setdefault(_normal(name), extra)
    return found


def _normal(name: str) -> str:
    """Modules and distributions alike: `reasoning_gym` is of `reasoning-gym`."""
    return re.sub(r"[-_.]+", "-", name).lower()
