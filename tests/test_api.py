"""The public names: few, documented, and all that the documentation uses."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from dartmath.cli._api import PUBLIC

CHECKOUT = Path(__file__).parents[1]
PAGES = [*sorted((CHECKOUT / "docs").rglob("*.md")), CHECKOUT / "README.md"]
IMPORTS = [
    (page.relative_to(CHECKOUT).as_posix(), module, name.strip())
    for page in PAGES
    for module, names in re.findall(
        r"^(?:>>> )?from (dartmath[\w.]*) import ([\w, ]+)$",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    for name in names.split(",")
]


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_there_and_documented(module: str) -> None:
    loaded = import_module(module)
    assert len(set(loaded.__all__)) == len(loaded.__all__) < 25
    for name in loaded.__all__:
        found = getattr(loaded, name)
        if inspect.isclass(found) or inspect.isfunction(found):
            assert len(found.__doc__ or "") > 10, f"{module}.{name} has no docstring"
    with pytest.raises(AttributeError):
        _ = loaded.no_such_name


@pytest.mark.parametrize("module", PUBLIC)
def test_names_for_type_checkers_are_those_at_run_time(module: str) -> None:
    """A lazy package says its names three times: to type checkers, in `_HOMES` and in `__all__`."""
    loaded = import_module(module)
    homes = vars(loaded).get("_HOMES")
    if homes is None:
        pytest.skip("imports its names at once")
    assert sorted(homes) == sorted(loaded.__all__)
    tree = ast.parse(Path(str(loaded.__file__)).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(typed) == set(homes)
    assert all(str(typed[name]).endswith(home) for name, home in homes.items())


def test_the_documentation_uses_public_names_alone() -> None:
    assert len(IMPORTS) > 10
    internal = [
        f"{page}: from {module} import {name}" for page, module, name in IMPORTS if not _public(module, name)
    ]
    assert not internal, "import them from a module of dartmath.cli._api.PUBLIC, or make them public there"


def _public(module: str, name: str) -> bool:
    return module in PUBLIC and name in import_module(module).__all__
