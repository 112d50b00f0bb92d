"""What other installed packages add, by entry points of the groups `dartmath.GROUP`.

    [project.entry-points."dartmath.engines"]      # pyproject.toml of the other package
    acme = "acme_engine:create"

A package's code runs when what it adds is used or listed, never before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUPS = {
    "engines": "makes an `Engine` of (section, model, template); `engine: {kind: package, name: NAME}`",
    "datasets": "a `Dataset`, or several; its name wherever a data set or benchmark is named",
    "verifiers": "a function of (query, response); `verifier: package:NAME`",
    "policies": "what a custom policy calls; `policy: {kind: custom, function: package:NAME}`",
    "log_formats": "a function of an `Evaluation` that gives files; `dartmath evaluate --export NAME`",
    "sandboxes": "a function of a `ToolsSection` that gives an `Interpreter`; `tools: {backend: NAME}`",
    "exporters": "a `dartmath.export.Format`; `dartmath export RUN --format NAME`",
}
"""What an entry point of each group is, and how a user names it."""


def plugins(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name; none of them is loaded."""
    from importlib.metadata import entry_points  # reads the format of e-mail, which takes its time

    return {point.name: point for point in entry_points(group=f"dartmath.{group}")}


def load_plugin(group: str, name: str) -> Any:
    """What the entry point `name` of a group stands for.

    Raises `UnknownNameError` where no installed package has it, `ConfigError` where it cannot be loaded.
    """
    known = plugins(group)
    if name not in known:
        raise UnknownNameError(f"entry point of dartmath.{group}", name, known)
    point = known[name]
    try:
        return point.load()
    except Exception as error:  # another package may raise whatever it likes
        owner = point.dist.name if point.dist else "an installed package"
        raise ConfigError(
            f"dartmath.{group}: {name!r} of {owner} cannot be loaded ({type(error).__name__}: {error}); "
            "mend that package or uninstall it"
        ) from error
