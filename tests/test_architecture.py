"""The rules of docs/architecture.md, read from its tables and held against the imports of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

# What `dartmath --help`, `verify` and the start of every verb must not wait for.
SLOW = {
    *("accelerate", "datasets", "deepspeed", "huggingface_hub", "jinja2", "math_verify", "numpy", "openai"),
    *("peft", "plotly", "psutil", "pyarrow", "ray", "reasoning_gym", "safetensors", "scipy", "sympy"),
    *("torch", "transformers", "trl", "vllm"),
}


def rows(heading: str) -> list[str]:
    """The rooms in the first column of the table below a heading, from the top down."""
    _, _, text = PAGE.partition(f"\n{heading}\n")
    table = text.split("\n#", 1)[0]
    return re.findall(r"^\| `([a-z_]+)` \|", table, flags=re.MULTILINE)


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    paths = sorted((SOURCE / "dartmath").rglob("*.py"))
    return {".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in paths}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, *, top: bool = False) -> Iterator[tuple[str, int]]:
    """Modules that a file imports, with the line; `top` leaves out those in functions and for types only."""
    nodes = _at_top(_tree(path).body) if top else ast.walk(_tree(path))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            # `from dartmath.sampling import policy` may name a module or what a package exports.
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def _at_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.If | ast.Try):
            yield from _at_top([*node.body, *node.orelse])
        else:
            yield node


def room(module: str, package: str) -> str | None:
    """The part of `package` that a module belongs to; None outside of it, "" for the package itself."""
    if module != package and not module.startswith(f"{package}."):
        return None
    name = module.removeprefix(package).removeprefix(".").split(".")[0]
    here = SOURCE / Path(*package.split("."))
    return name if (here / name).is_dir() or (here / f"{name}.py").is_file() else ""


def arrows(package: str) -> Iterator[tuple[str, str, str]]:
    """(room, room that it imports, where) within a package; its `__init__` and `__main__` have no room."""
    for name, path in modules().items():
        mine = room(name, package)
        if not mine or mine.startswith("__"):
            continue
        for module, line in imports(path):
            theirs = room(module, package)
            if theirs and theirs != mine:
                yield mine, theirs, f"{path.relative_to(ROOT)}:{line}"


LAYERS = [("dartmath", "## Layers"), ("dartmath.verify", "### Inside `verify/`")]


@pytest.mark.parametrize(("package", "heading"), LAYERS)
def test_every_room_stands_in_the_table(package: str, heading: str) -> None:
    here = SOURCE / Path(*package.split("."))
    found = {p.stem for p in here.iterdir() if p.suffix == ".py" or any(p.glob("*.py"))}
    rooms = {name for name in found if not name.startswith("__")}
    assert sorted(rooms) == sorted(rows(heading)), f"docs/architecture.md, {heading}: a row per room"


@pytest.mark.parametrize(("package", "heading"), LAYERS)
def test_arrows_point_down(package: str, heading: str) -> None:
    height = {name: -row for row, name in enumerate(rows(heading))}
    up = [f"{where}: {a} -> {b}" for a, b, where in arrows(package) if height[b] >= height[a]]
    assert not up, "arrows that point up or sideways in docs/architecture.md"


def test_verify_stands_on_base_alone() -> None:
    assert {b for a, b, _ in arrows("dartmath") if a == "verify"} == {"base"}


def test_no_module_imports_one_that_imports_it() -> None:
    """Imports in functions and for types count too: a circle hidden in a function is a circle."""
    known = modules()
    graph = {
        name: {home for module, _ in imports(path) if (home := _home(module, known)) and home != name}
        for name, path in known.items()
        if not name.endswith(".__init__")
    }
    while free := {name for name, needed in graph.items() if not needed & graph.keys()}:
        graph = {name: needed for name, needed in graph.items() if name not in free}
    circles = {name: sorted(needed & graph.keys()) for name, needed in graph.items()}
    assert not circles, "modules in a circle, or above one"


def test_nothing_imports_the_command_line() -> None:
    importers = [
        f"{path.relative_to(ROOT)}:{line}"
        for name, path in modules().items()
        for module, line in imports(path)
        if room(module, "dartmath") == "cli" and not name.startswith("dartmath.cli.")
    ]
    assert [where.split(":")[0] for where in importers] == ["src/dartmath/__main__.py"]


def test_a_name_of_a_class_means_one_thing() -> None:
    # A search finds both, and a reader takes one for the other. Names with an underscore stay home.
    homes: dict[str, list[str]] = {}
    for module, path in modules().items():
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(module)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def _home(module: str, known: dict[str, Path]) -> str | None:
    """The module of the project that an import runs: the name itself, its package, or its parent."""
    parent = module.rpartition(".")[0]
    names = (module, f"{module}.__init__", parent, f"{parent}.__init__")
    return next((name for name in names if name in known), None)


def test_no_verb_waits_for_a_slow_library() -> None:
    """What is imported at the top, from the verbs and the verifier down, names no slow library."""
    known = modules()
    starts = [name for name in known if name.startswith("dartmath.cli.")]
    waiting = [*starts, "dartmath.__init__", "dartmath.verify.judge", "dartmath.verify.rewards"]
    seen: set[str] = set()
    slow: list[str] = []
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for module, line in imports(known[name], top=True):
            if module.split(".")[0] in SLOW:
                slow.append(f"{known[name].relative_to(ROOT)}:{line}: {module}")
            elif home := _home(module, known):
                waiting.append(home)
    assert len(seen) > len(starts)
    assert not slow
