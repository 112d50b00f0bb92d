"""Mutation testing: small faults put into a module one at a time, and the tests that see them.

    python benchmarks/mutation.py                       # a sample of every module of the table below
    python benchmarks/mutation.py --sample 40 verify/numeric/equality.py

A mutant changes one operator, comparison, constant or return value in a copy of the package, and the tests of
its module run against the copy until one fails. The score is the share of mutants that some test failed for;
those that none did are listed with their line. The sample is drawn with a fixed seed, so that a run repeats.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "dartmath"

# Module -> the test files that stand for it: those that a change of it should make fail.
TESTS = {
    "verify/extract/answer.py": ("verify/test_extract.py",),
    "verify/numeric/equality.py": ("verify/test_domains.py", "verify/test_equivalence.py"),
    "verify/language/units.py": ("verify/test_unit_factors.py", "verify/test_units.py"),
    "verify/compare/names.py": ("verify/test_names.py",),
    "verify/compare/comparison.py": ("verify/test_comparison.py",),
    "verify/parsing/parts.py": ("verify/test_names.py",),
}
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
}  # fmt: skip


def mutants(tree: ast.Module) -> Iterator[tuple[int, str, ast.Module]]:
    """Every mutant of a module: its line, what was changed, and the changed tree."""
    for place, node in enumerate(ast.walk(tree)):
        for number, change in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            target = next(found for at, found in enumerate(ast.walk(changed)) if at == place)
            before = ast.unparse(target)
            list(_changes(target, apply=number))
            yield getattr(target, "lineno", 0), f"{before}  ->  {ast.unparse(target)}  ({change})", changed


def _changes(node: ast.AST, apply: int | None = None) -> Iterator[str]:
    """The names of the changes that a node allows; the one numbered `apply` is made."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        if apply == 0:
            node.ops[0] = SWAPS[type(node.ops[0])]()  # type: ignore[assignment]
        yield "comparison"
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        if apply == 0:
            node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]
        yield "operator"
    elif isinstance(node, ast.Constant) and type(node.value) in (int, bool):
        if apply == 0:
            node.value = not node.value if isinstance(node.value, bool) else 2 * node.value + 1
        yield "constant"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        if apply == 0:
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        yield "negation"


def survives(module: str, changed: ast.Module, folder: Path, timeout: float) -> bool:
    """Whether the tests of a module pass with the changed tree in its place; a hanging test has seen it."""
    target = folder / "dartmath" / module
    original = target.read_bytes()
    target.write_text(ast.unparse(changed), encoding="utf-8")
    tests = [str(ROOT / "tests" / name) for name in TESTS[module]]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, timeout=timeout, check=False
        )
        return run.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        target.write_bytes(original)


def main() -> None:
    """Print a table of scores, and the survivors below it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", default=list(TESTS), help="paths below src/dartmath")
    parser.add_argument("--sample", type=int, default=20, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for the tests of one mutant")
    options = parser.parse_args()
    left: list[str] = []
    print("| module | mutants | tried | seen | score |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(PACKAGE, Path(name) / "dartmath", ignore=shutil.ignore_patterns("__pycache__"))
        for module in options.modules:
            found = list(mutants(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))))
            tried = random.Random(options.seed).sample(found, min(options.sample, len(found)))
            alive = [one for one in tried if survives(module, one[2], Path(name), options.timeout)]
            seen = len(tried) - len(alive)
            print(
                f"| {module} | {len(found)} | {len(tried)} | {seen} | {100 * seen / len(tried):.0f} % |",
                flush=True,
            )
            left += [f"{module}:{line}: {what}" for line, what, _ in alive]
    print("", *left, sep="\n")


if __name__ == "__main__":
    main()
