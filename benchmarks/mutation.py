"""How many one-place mutations of a part's modules its tests notice.

    python benchmarks/mutation.py                           # 40 of each part, as CONTRIBUTING.md shows them
    python benchmarks/mutation.py --only policy,metrics --sample 1000

A mutation changes one place of a module's syntax tree: a comparison (`<` to `<=`, `==` to `!=`), an
operation (`+` to `-`), a number (`n` to `n + 1`), `and` to `or`, a condition to its opposite, or an early
`return` to nothing. Which places are taken is a draw of `--seed`. The tests that ran the line, the quickest
first, run against the mutated module in a process of their own; one that all of them pass has survived.
A line that importing runs is tested by all tests of the part.

A survivor may be equivalent: no input tells it from the original. Those that were read and found so stand in
mutation_equivalent.yaml, each with the reason; they are drawn, named, and not counted.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import coverage
import pytest
import yaml

CHECKOUT = Path(__file__).parents[1]
EQUIVALENT = Path(__file__).with_name("mutation_equivalent.yaml")
PARTS: dict[str, tuple[str, str]] = {
    "policy": ("sampling/policy", "sampling/test_policy sampling/test_schedule"),
    "schedule": ("sampling/schedule", "sampling/test_schedule"),
    "tally": ("sampling/tally", "sampling/test_tally sampling/test_journal"),
    "journal": (
        "sampling/journal sampling/journal_manifest sampling/journal_segments sampling/journal_writer",
        "sampling/test_journal sampling/test_journal_writer sampling/test_run",
    ),
    "metrics": ("evaluation/metrics", "evaluation/test_metrics evaluation/test_score"),
    "intervals": ("evaluation/intervals", "evaluation/test_intervals evaluation/test_compare"),
    "select": ("curation/select", "curation/test_select curation/test_run"),
    "decontaminate": ("curation/decontaminate", "curation/test_decontaminate"),
    "pack": ("training/pack", "training/test_pack"),
    "mask": ("training/tokens training/sequences", "training/test_tokens training/test_sequences"),
    "extract": (
        "verify/extract/answer verify/extract/boxes verify/extract/conclusions verify/extract/structured",
        "verify",
    ),
    "equality": (
        "verify/numeric/equality verify/numeric/agreement verify/compare/dispatch verify/compare/collections",
        "verify",
    ),
    "units": ("verify/language/units verify/language/dimensions verify/compare/conversion", "verify"),
}
_PAIRS: list[tuple[type[ast.AST], type[ast.AST]]] = [
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot)),
    *((ast.Add, ast.Sub), (ast.Mult, ast.FloorDiv), (ast.Div, ast.Mult), (ast.And, ast.Or)),
]
_SWAPS = {**{b: a for a, b in _PAIRS}, **dict(_PAIRS)}
# A mutation may make a test slower without hanging it; beyond this many times the seconds of all, it hangs.
_PATIENCE, _LEAST = 5, 30
# Seconds that pass while a test waits for another process, in which no processor time is used.
_WAIT = 300


@dataclass(frozen=True)
class Mutation:
    """One place of a module that can be changed: `number` is its place among the nodes of the tree.

    `statement` is the first and last line of the statement that holds it, without the block below.
    """

    module: str
    number: int
    line: int
    statement: tuple[int, int]
    what: str

    def code(self) -> CodeType:
        """The mutated module."""
        path = _path(self.module)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        _mutate(next(node for place, node in enumerate(ast.walk(tree)) if place == self.number))
        return compile(tree, path, "exec")


def _path(module: str) -> Path:
    return CHECKOUT / "src" / "dartmath" / f"{module}.py"


def places(module: str) -> list[tuple[str, int]]:
    """All places of a module that can be mutated."""
    tree = ast.parse(_path(module).read_text(encoding="utf-8"))
    return [(module, number) for number, node in enumerate(ast.walk(tree)) if _mutate(node)]


def mutation(module: str, number: int) -> Mutation:
    """The mutation of one place, in words."""
    tree = ast.parse(_path(module).read_text(encoding="utf-8"))
    node = next(node for place, node in enumerate(ast.walk(tree)) if place == number)
    before, line = _shown(node), getattr(node, "lineno", 0)
    statement = _statement(tree, line)
    _mutate(node)
    return Mutation(module, number, line, statement, f"{before} -> {_shown(node)}")


def _shown(node: ast.AST) -> str:
    """A node in one line; of one with a block, what stands above the block."""
    return f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)


def _statement(tree: ast.Module, line: int) -> tuple[int, int]:
    """The lines of the innermost statement around a line."""
    found = (line, line)
    for node in ast.walk(tree):  # outer ones first
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno
            found = (node.lineno, max(node.lineno, last or 0))
    return found


def _mutate(node: ast.AST) -> bool:
    """Change the node in place; whether there is something to change."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPS:
        node.ops[0] = _SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in _SWAPS:
        node.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value += 1
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        node.value = ast.Constant(None)
    else:
        return False
    ast.fix_missing_locations(node)
    return True


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from its mutated code, in place of its file."""

    def __init__(self, mutated: Mutation) -> None:
        self._name = f"dartmath.{mutated.module.replace('/', '.')}"
        self._path, self._code = _path(mutated.module), mutated.code()

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102  # the code of this repository, with one place changed


@dataclass
class _Watch:
    """A pytest plugin: which tests ran which lines of some modules, and how long each took."""

    modules: Sequence[str]
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        files = [str(_path(module)) for module in self.modules]
        # The tracer in C, which sees contexts, on whatever Python.
        self._coverage = coverage.Coverage(data_file=None, include=files, config_file=False)
        self._coverage.set_option("run:core", "ctrace")

    def start(self) -> None:
        """From here on; what runs before the first test is run by importing."""
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Each test is a context of its own."""
        self._coverage.switch_context(item.nodeid)
        began = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - began
            self._coverage.switch_context("")

    def lines(self) -> dict[str, dict[int, list[str]]]:
        """The tests of each line of each module; "" for a line that is run without a test too."""
        self._coverage.stop()
        data = self._coverage.get_data()
        return {module: data.contexts_by_lineno(str(_path(module))) for module in self.modules}


@dataclass(frozen=True)
class Run:
    """What the tests of a part did without a mutation."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests(self, mutated: Mutation) -> list[str]:
        """The tests that may notice a mutation, the quickest first; all of them for a line of an import."""
        known, (first, last) = self.lines[mutated.module], mutated.statement
        found = known.get(mutated.line) or sorted(
            {name for line in range(first, last + 1) for name in known.get(line, ())}
        )
        names = [*self.seconds] if "" in found else found
        return sorted(names, key=lambda name: self.seconds.get(name, 0.0))


def _forked(work: Any, cpu_seconds: float, told: str = os.devnull) -> int:
    """The exit status of `work()` in a process of its own; -1 for one that hangs."""
    child = os.fork()
    if child == 0:
        os.setsid()
        file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(file, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds) + 1, int(cpu_seconds) + 5))
        status = 70
        try:
            status = int(work())
        finally:
            os._exit(status)
    until = time.monotonic() + max(_WAIT, _PATIENCE * cpu_seconds)
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end(child)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    _end(child)
    os.waitpid(child, 0)
    return -1


def _end(group: int) -> None:
    """End what a child has left running."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


_ARGUMENTS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0")
_QUICK = ("-m", "not slow and not gpu")


def watched(modules: Sequence[str], tests: Sequence[str], scratch: Path) -> Run:
    """Run all tests of a part without a mutation. Raises `SystemExit` when one fails."""
    told = scratch / "run.json"

    def work() -> int:
        watch = _Watch(modules)
        watch.start()
        status = pytest.main([*_ARGUMENTS, *_QUICK, *tests], plugins=[watch])
        told.write_text(json.dumps([watch.lines(), watch.seconds]), encoding="utf-8")
        return int(status)

    output = scratch / "output.txt"
    if status := _forked(work, 3600, str(output)):
        print(output.read_text(encoding="utf-8", errors="replace")[-3000:], file=sys.stderr)
        raise SystemExit(f"the tests of {', '.join(modules)} fail without any mutation (status {status})")
    lines, seconds = json.loads(told.read_text(encoding="utf-8"))
    by_number = {
        module: {int(line): names for line, names in found.items()} for module, found in lines.items()
    }
    return Run(by_number, seconds)


def survives(mutated: Mutation, run: Run) -> bool:
    """Whether the tests that ran its line pass with it; what hangs is noticed."""
    tests = run.tests(mutated)
    if not tests:
        return True

    def work() -> int:
        sys.meta_path.insert(0, _Mutated(mutated))
        files = sorted({name.partition("::")[0] for name in tests})
        return int(pytest.main([*_ARGUMENTS, *_QUICK, *files], plugins=[_Chosen(tests)]))

    limit = _LEAST + _PATIENCE * sum(run.seconds[name] for name in tests)
    return _forked(work, limit) == 0


@dataclass
class _Chosen:
    """A pytest plugin: of what is collected, these tests in this order."""

    names: Sequence[str]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Named on a command line, thousands of tests take longer to be found than to be run."""
        known = {item.nodeid: item for item in items}
        items[:] = [known[name] for name in self.names if name in known]


def equivalents() -> dict[tuple[str, str], str]:
    """(module, mutation) -> why no input tells it from the original."""
    found = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}
    return {(module, what): why for module, known in found.items() for what, why in known.items()}


@dataclass
class Score:
    """What came of the mutations of a part."""

    part: str
    places: int
    drawn: int = 0
    killed: int = 0
    equivalent: int = 0
    survivors: list[Mutation] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """Mutations that a test could notice."""
        return self.drawn - self.equivalent


def scored(part: str, sample: int, seed: int, scratch: Path) -> Score:
    """Draw mutations of a part and run its tests against each."""
    modules, tests = (words.split() for words in PARTS[part])
    found = [place for module in modules for place in places(module)]
    drawn = sorted(random.Random(seed).sample(found, min(sample, len(found))))
    run = watched(
        modules,
        [str(CHECKOUT / "tests" / (name if name == "verify" else f"{name}.py")) for name in tests],
        scratch,
    )
    known, score = equivalents(), Score(part, len(found))
    for number, one in enumerate((mutation(*place) for place in drawn), 1):
        score.drawn += 1
        if (one.module, one.what) in known:
            score.equivalent += 1
        elif survives(one, run):
            score.survivors.append(one)
            print(f"  {one.module}:{one.line}: {one.what[:200]}", flush=True)
        else:
            score.killed += 1
        if number % 10 == 0:
            print(f"{part}: {score.killed} of {score.counted}", file=sys.stderr, flush=True)
    return score


def main() -> None:
    """Print the score of each part and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--sample", type=int, default=40, help="mutations of each part")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if unknown := {*given.only.split(",")} - {*PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = (
            folder  # what breaks a mutated module is no example to keep
        )
        for name in _SLOW_TO_IMPORT:
            importlib.import_module(name)
        scores = [scored(part, given.sample, given.seed, Path(folder)) for part in given.only.split(",")]
    _print(scores)


# Imported once for all mutations. Nothing of dartmath: a process must not find its module imported already.
_SLOW_TO_IMPORT = (
    "hypothesis",
    "hypothesis.strategies",
    "numpy",
    "pyarrow.parquet",
    "pydantic",
    "flint",
    "orjson",
    "rich.table",
)


def _print(scores: Sequence[Score]) -> None:
    from dartmath.base.terminal import print_table
    from dartmath.evaluation.intervals import wilson

    def row(name: str, *numbers: int) -> tuple[object, ...]:
        found = wilson(numbers[-1], numbers[1] - numbers[2])
        return (name, *numbers, f"{found.value:.0%} ({found.low:.0%}-{found.high:.0%})")

    rows = [row(one.part, one.places, one.drawn, one.equivalent, one.killed) for one in scores]
    total = [sum(column) for column in zip(*(one[1:-1] for one in rows), strict=True)]
    columns = ("part", "places", "drawn", "equivalent", "noticed", "score (95 %)")
    print_table("Mutations", columns, [*rows, row("all", *total)])
    lived = [(f"{one.module}:{one.line}", one.what) for score in scores for one in score.survivors]
    print_table("Survivors", ("place", "mutation"), lived)


if __name__ == "__main__":
    main()
