"""How many one-place mutations of a part's modules its tests notice.

    python benchmarks/mutation.py                           # 60 of each part, as CONTRIBUTING.md shows them
    python benchmarks/mutation.py --only policy,metrics --sample 1000
    python benchmarks/mutation.py --only extract --skip 40 --sample 60

A mutation changes one place of a module's syntax tree: a comparison (`<` to `<=`, `==` to `!=`), an
operation (`+` to `-`), a number (`n` to `n + 1`), `and` to `or`, a condition to its opposite, or an early
`return` to nothing. `--seed` says in which order places are drawn, which other lines do not change; `--skip`
passes over the first of them, for a score of places that nobody has looked at. The tests that ran the line,
the quickest first, run against the mutated module in a process of their own; one that all of them pass has
survived. A line that importing runs is tested by all tests of the part.

A survivor may be equivalent: no input tells it from the original. Those that were read and found so stand in
mutation_equivalent.yaml, each with the reason; they are drawn, named, and not counted.
"""

from __future__ import annotations

import argparse
import ast
import copy
import ctypes
import gc
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper, cache, partial
from itertools import chain, product, zip_longest
from operator import itemgetter
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest
import yaml

CHECKOUT = Path(__file__).parents[1]
EQUIVALENT = Path(__file__).with_name("mutation_equivalent.yaml")
# The modules of a part, and the tests that guard them: a file, or one of its functions.
PARTS: dict[str, tuple[str, str]] = {
    "policy": ("sampling/policy", "sampling/test_policy sampling/test_schedule"),
    "schedule": ("sampling/schedule", "sampling/test_schedule sampling/test_teachers"),
    "tally": ("sampling/tally", "sampling/test_tally sampling/test_journal"),
    "journal": (
        "sampling/journal sampling/journal_manifest sampling/journal_segments sampling/journal_writer",
        "sampling/test_journal sampling/test_journal_manifest sampling/test_journal_segments "
        "sampling/test_journal_writer sampling/test_run",
    ),
    "metrics": ("evaluation/metrics", "evaluation/test_metrics evaluation/test_score"),
    "intervals": ("evaluation/intervals", "evaluation/test_intervals evaluation/test_compare"),
    "select": ("curation/select", "curation/test_select curation/test_run"),
    "sets": (
        "curation/pool curation/limits curation/size curation/bands",
        "curation/test_pool curation/test_limits curation/test_size curation/test_bands curation/test_select",
    ),
    "report": ("report/statistics report/summary", "report/test_statistics report/test_summary"),
    "decontaminate": ("curation/decontaminate", "curation/test_decontaminate"),
    "pack": ("training/pack", "training/test_pack"),
    "mask": (
        "training/tokens training/sequences",
        "training/test_tokens training/test_sequences training/test_conversations "
        "training/test_chat_template training/test_rows",
    ),
    "extract": (
        "verify/extract/answer verify/extract/boxes verify/extract/conclusions verify/extract/structured",
        "verify/test_extract verify/test_settings verify/test_judge::test_labelled_response",
    ),
    "equality": (
        "verify/numeric/equality verify/numeric/agreement verify/compare/dispatch verify/compare/collections",
        "verify/test_judge::test_labelled_case verify/test_equivalence verify/test_agreement "
        "verify/test_domains verify/test_exact verify/test_comparison verify/test_effort "
        "verify/test_laws verify/test_laws_of_structures verify/test_names verify/test_words "
        "verify/test_readings verify/test_own",
    ),
    "units": (
        "verify/language/units verify/language/dimensions verify/compare/conversion",
        "verify/test_units verify/test_unit_factors verify/test_quantities "
        "verify/test_judge::test_labelled_case",
    ),
}
_PAIRS: list[tuple[type[ast.AST], type[ast.AST]]] = [
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot)),
    *((ast.Add, ast.Sub), (ast.Mult, ast.FloorDiv), (ast.Div, ast.Mult), (ast.And, ast.Or)),
]
_SWAPS = {**{b: a for a, b in _PAIRS}, **dict(_PAIRS)}
# A mutation may make a test slower without hanging it; beyond so many times its processor seconds, and a few
# for what is imported or filled once, it hangs.
_PATIENCE, _LEAST = 10, 10
# PR_SET_PDEATHSIG of prctl(2).
_PDEATHSIG = 1
# The exit status of a process that came to no result.
_BROKEN = 70
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

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.what[:200]}"

    def code(self) -> CodeType:
        """The mutated module."""
        path = _path(self.module)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        _mutate(next(node for place, node in enumerate(ast.walk(tree)) if place == self.number))
        return compile(tree, path, "exec")


def _path(module: str) -> Path:
    return CHECKOUT / "src" / "dartmath" / f"{module}.py"


@cache
def places(module: str) -> list[Mutation]:
    """All mutations of a module, in the order of its lines."""
    source = _path(module).read_text(encoding="utf-8")
    tree = ast.parse(source)
    # How much a cache remembers changes no answer.
    caches = {id(inner) for node in ast.walk(tree) if _is_cache(node) for inner in ast.walk(node)}
    nodes = ((number, node) for number, node in enumerate(ast.walk(tree)) if id(node) not in caches)
    found = [_place(module, source, tree, *one) for one in nodes]
    return sorted(filter(None, found), key=lambda one: (one.line, one.number))


def _is_cache(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lru_cache"


def draw(modules: Sequence[str], seed: int) -> list[Mutation]:
    """All mutations of some modules in a random order that other lines do not change."""
    found: list[tuple[bytes, Mutation]] = []
    same: Counter[tuple[str, str]] = Counter()
    for one in chain.from_iterable(map(places, modules)):
        same[one.module, one.what] += 1
        key = f"{seed} {one.module} {one.what} {same[one.module, one.what]}"
        found.append((hashlib.sha256(key.encode()).digest(), one))
    return [one for _, one in sorted(found, key=itemgetter(0))]


def _place(module: str, source: str, tree: ast.Module, number: int, original: ast.AST) -> Mutation | None:
    """The mutation of one node, in words: a number with the line around it, as `count = [0 -> 1]`."""
    node = copy.deepcopy(original)
    if not _mutate(node):
        return None
    line = getattr(node, "lineno", 0)
    what = f"{_shown(original)} -> {_shown(node)}"
    if isinstance(node, ast.Constant):
        around = source.split("\n")[line - 1].encode()
        ends = around[: node.col_offset].decode(), around[node.end_col_offset :].decode()
        what = f"{ends[0].lstrip()}[{what}]{ends[1].rstrip()}"
    return Mutation(module, number, line, _statement(tree, line), _function(tree, original), what)


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
    def read(cls, told: Path) -> tuple[Run, list[str]]:
        """What a run has told, and the modules that it imported."""
        lines, seconds, imported = json.loads(told.read_text(encoding="utf-8"))
        by_number = {
            name: {int(line): tests for line, tests in found.items()} for name, found in lines.items()
        }
        return cls(by_number, seconds), imported

    def tests(self, mutated: Mutation) -> list[str]:
        """The tests that may notice a mutation, the quickest first; all of them for a line of an import."""
        found = self.seconds if self.at_import(mutated) else self._of(mutated)
        return sorted(found, key=lambda name: self.seconds.get(name, 0.0))

    def at_import(self, mutated: Mutation) -> bool:
        """Whether its line is run while modules are imported, which a test may be the first to do."""
        return mutated.function == 0 or "" in self._of(mutated)

    def limit(self, tests: Sequence[str]) -> float:
        """Processor seconds after which these tests hang."""
        return _LEAST + _PATIENCE * sum(self.seconds.get(name, 0.0) for name in tests)

    def _of(self, mutated: Mutation) -> list[str]:
        known, (first, last) = self.lines[mutated.module], mutated.statement
        around = {name for line in range(first, last + 1) for name in known.get(line, ())}
        return known.get(mutated.line) or sorted(around)


@dataclass(frozen=True)
class Verdicts:
    """What became of each mutation of a part: "noticed", "survived", or "left" to a process of its own.

    They are kept in `folder` with what the tests did without a mutation, and good as long as code and tests
    are the same; so the same command goes on where it was stopped.
    """

    folder: Path

    @classmethod
    def kept(cls, folder: Path) -> Verdicts:
        """Those in `folder`; none where they are of other code or tests."""
        paths = sorted(path for name in ("src", "tests") for path in (CHECKOUT / name).rglob("*.*"))
        whole = hashlib.sha256()
        for path in paths:
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(path.read_bytes())
        stamp = folder / "content.txt"
        if not stamp.is_file() or stamp.read_text() != whole.hexdigest():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            stamp.write_text(whole.hexdigest())
        return cls(folder)

    def add(self, one: Mutation, verdict: str) -> None:
        """Keep a verdict."""
        with (self.folder / "verdicts.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps([one.module, one.number, verdict]) + "\n")

    def of(self, one: Mutation) -> str | None:
        """What became of a mutation; None while nothing has."""
        path = self.folder / "verdicts.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = {(module, number): verdict for module, number, verdict in map(json.loads, lines)}
        return found.get((one.module, one.number))


@dataclass
class _Session:
    """A pytest plugin: collects the tests once, and runs them for every mutation, in forked processes.

    A mutation of a function that no import calls is made by giving the function other code, one of a constant
    by giving its name another value. What is not noticed then, and may be where the mutated module is
    imported, as a default of a class is, is left to a process of its own each.
    """

    mutations: Sequence[Mutation]
    modules: Sequence[str]
    verdicts: Verdicts
    _remembering: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        files = [str(_path(module)) for module in self.modules]
        self._coverage = coverage.Coverage(data_file=None, include=files, config_file=False)
        # The tracer in C, which knows contexts, on whatever Python.
        self._coverage.set_option("run:core", "ctrace")
        self._coverage.start()  # what runs before the first test is run by importing

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        told, output = self.verdicts.folder / "run.json", str(self.verdicts.folder / "output.txt")
        if not told.is_file() and _forked(lambda: self._watch(session, told), 3600, output):
            session.testsfailed = 1
            return True
        self._coverage.stop()
        run, imported = Run.read(told)
        _import_all(imported)
        items, functions = {item.nodeid: item for item in session.items}, _functions(self.modules)
        self._remembering = _remembering()
        for one in self.mutations:
            tests = run.tests(one)
            places = functions.get((one.module, one.function), [])
            chosen = [items[name] for name in tests]
            work = partial(self._noticed, session, run, chosen, one, places)
            status = _forked(work, run.limit(tests)) if tests else 0
            if status == _BROKEN:
                raise RuntimeError(f"{one} could not be tried")
            left = tests and (run.at_import(one) or not places)
            self.verdicts.add(one, "noticed" if status else "left" if left else "survived")
        return True

    def _watch(self, session: pytest.Session, told: Path) -> int:
        """Run all tests; which lines each ran, how long it took, and what was imported go into `told`."""
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
        lines = {module: data.contexts_by_lineno(str(_path(module))) for module in self.modules}
        whole = told.with_suffix(".new")
        whole.write_text(json.dumps([lines, seconds, list(sys.modules)]), encoding="utf-8")
        whole.rename(told)
        return 0

    def _noticed(
        self,
        session: pytest.Session,
        run: Run,
        items: list[pytest.Item],
        mutated: Mutation,
        functions: list[FunctionType],
    ) -> int:
        """1 as soon as one test fails with the mutation."""
        for one in self._remembering:
            one.cache_clear()
        for function in functions:
            function.__code__ = _code_of(mutated.code(), function.__code__)
        if not mutated.function:
            try:
                _rebind(mutated)
            except Exception:  # whatever: the mutated module cannot be imported
                return 1
        for item, following in zip_longest(items, items[1:]):
            signal.setitimer(signal.ITIMER_PROF, run.limit([item.nodeid]))  # its signal ends the process
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


def _rebind(mutated: Mutation) -> None:
    """Give the constants of a module, wherever they were imported to, the values that they have mutated."""
    module = sys.modules.get(f"dartmath.{mutated.module.replace('/', '.')}")
    if module is None:
        return
    before = dict(vars(module))
    exec(mutated.code(), vars(module))  # noqa: S102  # the code of this repository, with one place changed
    for name, value in before.items():
        if isinstance(value, FunctionType | _lru_cache_wrapper | type):
            setattr(module, name, value)  # the same class for everybody
    mutable = [one for name, one in sys.modules.items() if name.startswith(("dartmath", "test"))]
    for other, (name, value) in product(mutable, before.items()):
        if vars(other).get(name) is value:
            setattr(other, name, getattr(module, name))


def _import_all(names: Sequence[str]) -> None:
    """Import once, before processes are forked, what tests import."""
    for name in names:
        if name not in sys.modules:
            with suppress(Exception):  # some names are no modules that can be imported by themselves
                importlib.import_module(name)


def _remembering() -> list[Any]:
    """The functions of dartmath that remember what they gave."""
    found = (one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper))
    return [one for one in found if str(one.__module__).startswith("dartmath")]


def _forked(work: Callable[[], int], cpu_seconds: float, told: str = os.devnull) -> int:
    """The exit status of `work()` in a process of its own; -1 for one that hangs."""
    child = os.fork()
    if child == 0:
        os.setsid()
        if sys.platform == "linux":  # it ends with its parent
            ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(file, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds) + 1, int(cpu_seconds) + 5))
        status = _BROKEN
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


def survivors(
    mutations: Sequence[Mutation], modules: Sequence[str], tests: Sequence[str], verdicts: Verdicts
) -> list[Mutation]:
    """The mutations that no test notices. Raises `SystemExit` when a test fails without any."""
    open_ones = [one for one in mutations if verdicts.of(one) is None]

    def work() -> int:
        session = _Session(open_ones, modules, verdicts)
        return int(pytest.main([*_ARGUMENTS, *tests], plugins=[session]))

    if open_ones and (status := _forked(work, 24 * 3600, str(verdicts.folder / "session.txt"))):
        for path in filter(Path.is_file, (verdicts.folder / "session.txt", verdicts.folder / "output.txt")):
            print(path.read_text(encoding="utf-8", errors="replace")[-3000:], file=sys.stderr)
        raise SystemExit(f"{' '.join(tests)}: the tests fail without any mutation (status {status})")
    for one in mutations:
        if verdicts.of(one) == "left":
            run, _ = Run.read(verdicts.folder / "run.json")
            verdicts.add(one, "noticed" if _fails(one, run) else "survived")
    return [one for one in mutations if verdicts.of(one) == "survived"]


def _fails(mutated: Mutation, run: Run) -> bool:
    """Whether a test fails where the mutated module is imported in place of the original."""
    tests = run.tests(mutated)

    def work() -> int:
        sys.meta_path.insert(0, _Mutated(mutated))
        files = sorted({name.partition("::")[0] for name in tests})
        return int(pytest.main([*_ARGUMENTS, *files], plugins=[_Chosen(tests)]))

    status = _forked(work, run.limit(tests))
    if status == _BROKEN:
        raise RuntimeError(f"{mutated} could not be tried")
    return status != 0


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
        here = {(module, place.what) for place in places(module)}
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


def scored(part: str, drawing: slice, seed: int, folder: Path) -> Score:
    """Draw mutations of a part and run its tests against each."""
    modules, names = (words.split() for words in PARTS[part])
    found = draw(modules, seed)
    drawn = found[drawing]
    known = equivalents(modules)
    counted = [one for one in drawn if (one.module, one.what) not in known]
    files = [name.partition("::") for name in names]
    tests = [f"{CHECKOUT / 'tests' / file}.py{sign}{function}" for file, sign, function in files]
    left = survivors(counted, modules, tests, Verdicts.kept(folder / part))
    left.sort(key=lambda one: (one.module, one.line))
    for one in left:
        print(f"  {one}", flush=True)
    print(f"{part}: {len(counted) - len(left)} of {len(counted)} noticed", flush=True)
    return Score(part, len(found), len(drawn), len(counted) - len(left), len(drawn) - len(counted), left)


def main() -> None:
    """Print the score of each part and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--sample", type=int, default=60, help="mutations of each part")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skip", type=int, default=0, help="drawn mutations of each part to pass over")
    parser.add_argument("--keep", type=Path, help="folder for what was found, to go on with the same command")
    given = parser.parse_args()
    if unknown := {*given.only.split(",")} - {*PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    # This folder has a verify.py, and the tests a package of that name.
    sys.path.remove(str(Path(__file__).parent))
    with tempfile.TemporaryDirectory() as scratch:
        # What breaks a mutated module is no example to keep.
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = scratch
        for name in _SLOW_TO_IMPORT:
            importlib.import_module(name)
        drawing = slice(given.skip, given.skip + given.sample)
        scores = [
            scored(part, drawing, given.seed, given.keep or Path(scratch)) for part in given.only.split(",")
        ]
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
