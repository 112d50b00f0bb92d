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
import gc
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
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper, partial
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest
import yaml

CHECKOUT = Path(__file__).parents[1]
EQUIVALENT = Path(__file__).with_name("mutation_equivalent.yaml")
PARTS: dict[str, tuple[str, str]] = {
    "policy": ("sampling/policy", "sampling/test_policy sampling/test_schedule"),
    "schedule": ("sampling/schedule", "sampling/test_schedule sampling/test_teachers"),
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
        "verify/test_extract verify/test_judge verify/test_golds verify/test_settings",
    ),
    "equality": (
        "verify/numeric/equality verify/numeric/agreement verify/compare/dispatch verify/compare/collections",
        "verify/test_judge verify/test_equivalence verify/test_agreement verify/test_domains "
        "verify/test_exact verify/test_comparison verify/test_effort",
    ),
    "units": (
        "verify/language/units verify/language/dimensions verify/compare/conversion",
        "verify/test_units verify/test_unit_factors verify/test_quantities verify/test_judge "
        "verify/test_equivalence",
    ),
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

    `statement` is the first and last line of the statement that holds it, without the block below; `function`
    the line on which the outermost function around it begins, 0 for none.
    """

    module: str
    number: int
    line: int
    statement: tuple[int, int]
    function: int
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
    """The mutation of one place, in words: a number with the line around it, as `count = [0 -> 1]`."""
    source = _path(module).read_text(encoding="utf-8")
    tree = ast.parse(source)
    node = next(node for place, node in enumerate(ast.walk(tree)) if place == number)
    before, line = _shown(node), getattr(node, "lineno", 0)
    statement = _statement(tree, line)
    _mutate(node)
    what = f"{before} -> {_shown(node)}"
    if isinstance(node, ast.Constant):
        around = source.split("\n")[line - 1].encode()
        ends = around[: node.col_offset].decode(), around[node.end_col_offset :].decode()
        what = f"{ends[0].lstrip()}[{what}]{ends[1].rstrip()}"
    return Mutation(module, number, line, statement, _function(tree, node), what)


def _shown(node: ast.AST) -> str:
    """A node in one line; of one with a block, what stands above the block."""
    return f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)


def _function(tree: ast.Module, node: ast.AST) -> int:
    """The first line of the outermost function whose body holds a node, with its decorators; 0 for none."""
    for one in ast.walk(tree):  # outer ones first
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            node is inner for statement in one.body for inner in ast.walk(statement)
        ):
            return min([one.lineno, *(decorator.lineno for decorator in one.decorator_list)])
    return 0


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


@dataclass(frozen=True)
class Run:
    """What the tests of a part did without a mutation."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    @classmethod
    def of(cls, lines: dict[str, dict[str, list[str]]], seconds: dict[str, float]) -> Run:
        """From JSON, whose keys are texts."""
        by_number = {
            name: {int(line): tests for line, tests in found.items()} for name, found in lines.items()
        }
        return cls(by_number, seconds)

    def tests(self, mutated: Mutation) -> list[str]:
        """The tests that may notice a mutation, the quickest first; all of them for a line of an import."""
        found = self._of(mutated)
        return sorted(self.seconds if "" in found else found, key=lambda name: self.seconds.get(name, 0.0))

    def at_import(self, mutated: Mutation) -> bool:
        """Whether its line is run while modules are imported."""
        return "" in self._of(mutated)

    def limit(self, tests: Sequence[str]) -> float:
        """Processor seconds after which these tests hang."""
        return _LEAST + _PATIENCE * sum(self.seconds[name] for name in tests)

    def _of(self, mutated: Mutation) -> list[str]:
        known, (first, last) = self.lines[mutated.module], mutated.statement
        around = {name for line in range(first, last + 1) for name in known.get(line, ())}
        return known.get(mutated.line) or sorted(around)


@dataclass
class _Session:
    """A pytest plugin: collects the tests once, and runs them for every mutation, in forked processes.

    A mutation of a function that no import calls is made by giving the function other code. The rest is left
    to a process of its own each, in which the mutated module is imported.
    """

    mutations: Sequence[Mutation]
    scratch: Path
    run: Run | None = None
    survived: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._modules = sorted({one.module for one in self.mutations})
        files = [str(_path(module)) for module in self._modules]
        self._coverage = coverage.Coverage(data_file=None, include=files, config_file=False)
        # The tracer in C, which knows contexts, on whatever Python.
        self._coverage.set_option("run:core", "ctrace")
        self._coverage.start()  # what runs before the first test is run by importing

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        told = self.scratch / "run.json"
        if _forked(lambda: self._watch(session, told), 3600, str(self.scratch / "output.txt")):
            session.testsfailed = 1
            return True
        self._coverage.stop()
        self.run = Run.of(*json.loads(told.read_text(encoding="utf-8")))
        items, functions = {item.nodeid: item for item in session.items}, _functions(self._modules)
        for number, one in enumerate(self.mutations):
            tests = self.run.tests(one)
            places = functions.get((one.module, one.function), [])
            if not tests:
                self.survived.append(number)
            elif self.run.at_import(one) or not places:
                self.left.append(number)
            else:
                chosen = [items[name] for name in tests]
                work = partial(self._noticed, session, chosen, one, places)
                if _forked(work, self.run.limit(tests)) == 0:
                    self.survived.append(number)
        return True

    def _watch(self, session: pytest.Session, told: Path) -> int:
        """Run all tests; which ran which lines, and how long each took, goes into `told`."""
        seconds: dict[str, float] = {}
        for item, following in zip_longest(session.items, session.items[1:]):
            began = time.process_time()
            self._coverage.switch_context(item.nodeid)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._coverage.switch_context("")
            seconds[item.nodeid] = time.process_time() - began
            if session.testsfailed:
                _show_failure(session)
                return 1
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {module: data.contexts_by_lineno(str(_path(module))) for module in self._modules}
        told.write_text(json.dumps([lines, seconds]), encoding="utf-8")
        return 0

    @staticmethod
    def _noticed(
        session: pytest.Session, items: list[pytest.Item], mutated: Mutation, functions: list[FunctionType]
    ) -> int:
        """1 as soon as one test fails with the mutation."""
        _forget()
        for function in functions:
            function.__code__ = _code_of(mutated.code(), function.__code__)
        for item, following in zip_longest(items, items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return 1
        return 0


def _show_failure(session: pytest.Session) -> None:
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    for report in reporter.stats.get("failed", []) + reporter.stats.get("error", []):
        os.write(1, f"{report.nodeid}\n{report.longreprtext}\n".encode())


def _functions(modules: Sequence[str]) -> dict[tuple[str, int], list[FunctionType]]:
    """All functions of some modules by the line on which each begins, with its decorators."""
    files = {str(_path(module)): module for module in modules}
    found: dict[tuple[str, int], list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            found[files[one.__code__.co_filename], one.__code__.co_firstlineno].append(one)
    return found


def _code_of(code: CodeType, like: CodeType) -> CodeType:
    """The code in a module's that begins where `like` does."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    for one in inner:
        if (one.co_firstlineno, one.co_name) == (like.co_firstlineno, like.co_name):
            return one
    return next(found for one in inner if (found := _code_of_or_none(one, like)) is not None)


def _code_of_or_none(code: CodeType, like: CodeType) -> CodeType | None:
    try:
        return _code_of(code, like)
    except StopIteration:
        return None


def _forget() -> None:
    """Empty what functions of dartmath remember."""
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper) and str(one.__module__).startswith("dartmath"):
            one.cache_clear()


def _forked(work: Callable[[], int], cpu_seconds: float, told: str = os.devnull) -> int:
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
        time.sleep(0.01)
    _end(child)
    os.waitpid(child, 0)
    return -1


def _end(group: int) -> None:
    """End what a child has left running."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


_ARGUMENTS = ("-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", "-m", "not slow and not gpu")


def survivors(mutations: Sequence[Mutation], tests: Sequence[str], scratch: Path) -> list[Mutation]:
    """The mutations that no test notices. Raises `SystemExit` when a test fails without any."""
    told = scratch / "session.json"

    def work() -> int:
        session = _Session(mutations, scratch)
        status = pytest.main([*_ARGUMENTS, *tests], plugins=[session])
        if session.run is not None:
            found = [session.survived, session.left, session.run.lines, session.run.seconds]
            told.write_text(json.dumps(found), encoding="utf-8")
        return int(status)

    if status := _forked(work, 24 * 3600, str(scratch / "session.txt")):
        for name in ("session.txt", "output.txt"):
            print((scratch / name).read_text(encoding="utf-8", errors="replace")[-3000:], file=sys.stderr)
        raise SystemExit(f"{' '.join(tests)}: the tests fail without any mutation (status {status})")
    survived, left, lines, seconds = json.loads(told.read_text(encoding="utf-8"))
    run = Run.of(lines, seconds)
    survived += [number for number in left if not _fails(mutations[number], run)]
    return [mutations[number] for number in sorted(survived)]


def _fails(mutated: Mutation, run: Run) -> bool:
    """Whether a test fails where the mutated module is imported in place of the original."""
    tests = run.tests(mutated)

    def work() -> int:
        sys.meta_path.insert(0, _Mutated(mutated))
        files = sorted({name.partition("::")[0] for name in tests})
        return int(pytest.main([*_ARGUMENTS, *files], plugins=[_Chosen(tests)]))

    return _forked(work, run.limit(tests)) != 0


@dataclass
class _Chosen:
    """A pytest plugin: of what is collected, these tests in this order."""

    names: Sequence[str]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Named on a command line, thousands of tests take longer to be found than to be run."""
        known = {item.nodeid: item for item in items}
        items[:] = [known[name] for name in self.names if name in known]


def equivalents(modules: Sequence[str]) -> dict[tuple[str, str], str]:
    """(module, mutation) -> why no input tells it from the original. Exits for one whose line is no more."""
    found = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8"))
    known = {(module, one["mutation"]): one["why"] for module in modules for one in found.get(module, ())}
    for module in {module for module, _ in known}:
        here = {(module, mutation(*place).what) for place in places(module)}
        gone = [what for name, what in known if name == module and (name, what) not in here]
        if gone:
            raise SystemExit(f"{EQUIVALENT.name}: {module} has no such place any more: {gone}")
    return known


@dataclass
class Score:
    """What came of the mutations of a part."""

    part: str
    places: int
    drawn: int
    killed: int
    equivalent: int
    survivors: list[Mutation]


def scored(part: str, sample: int, seed: int, scratch: Path) -> Score:
    """Draw mutations of a part and run its tests against each."""
    modules, names = (words.split() for words in PARTS[part])
    found = [place for module in modules for place in places(module)]
    drawn = [mutation(*place) for place in sorted(random.Random(seed).sample(found, min(sample, len(found))))]
    known = equivalents(modules)
    counted = [one for one in drawn if (one.module, one.what) not in known]
    tests = [str(CHECKOUT / "tests" / f"{name}.py") for name in names]
    left = survivors(counted, tests, scratch)
    for one in left:
        print(f"  {one.module}:{one.line}: {one.what[:200]}", flush=True)
    print(f"{part}: {len(counted) - len(left)} of {len(counted)} noticed", flush=True)
    return Score(part, len(found), len(drawn), len(counted) - len(left), len(drawn) - len(counted), left)


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
