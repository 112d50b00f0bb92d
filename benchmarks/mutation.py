"""How many one-place mutations of a module its tests notice.

    python benchmarks/mutation.py                              # a sample of 12 of each module
    python benchmarks/mutation.py --only policy,metrics --sample 1000

A mutation changes one place of the module's syntax tree: a comparison (`<` to `<=`, `==` to `!=`), an
operation (`+` to `-`), a number (`n` to `n + 1`), `and` to `or`, a condition to its opposite, or an early
`return` to nothing. The module's tests run against a copy of the package; a mutation that they pass has
survived. Which places are taken is a draw of `--seed`. A survivor may be equivalent: read it.
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

from dartmath.base.terminal import print_table

CHECKOUT = Path(__file__).parents[1]
TESTS = {
    "sampling/policy": ("sampling/test_policy.py",),
    "sampling/schedule": ("sampling/test_schedule.py",),
    "sampling/tally": ("sampling/test_tally.py",),
    "sampling/journal": ("sampling/test_journal.py", "sampling/test_journal_writer.py"),
    "evaluation/metrics": ("evaluation/test_metrics.py",),
    "evaluation/intervals": ("evaluation/test_intervals.py",),
    "curation/select": ("curation/test_select.py",),
    "curation/decontaminate": ("curation/test_decontaminate.py",),
    "training/pack": ("training/test_pack.py",),
    "training/tokens": ("training/test_tokens.py",),
    "training/sequences": ("training/test_sequences.py",),
}
_PAIRS: list[tuple[type[ast.AST], type[ast.AST]]] = [
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot)),
    *((ast.Add, ast.Sub), (ast.Mult, ast.FloorDiv), (ast.Div, ast.Mult), (ast.And, ast.Or)),
]
_SWAPS = {**{b: a for a, b in _PAIRS}, **dict(_PAIRS)}


def mutations(tree: ast.Module) -> Iterator[tuple[int, str, ast.Module]]:
    """(line, what it was and is, the mutated module), one for each place that can be mutated."""
    for number, node in enumerate(ast.walk(tree)):
        mutated = copy.deepcopy(tree)
        twin = next(one for index, one in enumerate(ast.walk(mutated)) if index == number)
        before = ast.unparse(node)
        if _mutate(twin):
            yield getattr(node, "lineno", 0), f"{before} -> {ast.unparse(twin)}", mutated


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


def survives(package: Path, module: str, code: str, tests: tuple[str, ...], seconds: float) -> bool:
    """Whether the tests pass with `code` as the module; what hangs is noticed."""
    path = package / "dartmath" / f"{module}.py"
    original = path.read_text(encoding="utf-8")
    path.write_text(code, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow and not gpu",
    ]
    try:
        done = subprocess.run(
            [*command, *(str(CHECKOUT / "tests" / name) for name in tests)],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(original, encoding="utf-8")
    return done.returncode == 0


def main() -> None:
    """Print the score of each module and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--only", default="", help="modules, by the last part of their names, with commas between"
    )
    parser.add_argument("--sample", type=int, default=12, help="mutations of each module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=600, help="until a run of tests counts as hanging")
    given = parser.parse_args()
    only = set(filter(None, given.only.split(",")))
    rows, left = [], []
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder)
        shutil.copytree(CHECKOUT / "src" / "dartmath", package / "dartmath")
        for module, tests in TESTS.items():
            if only and module.rpartition("/")[2] not in only:
                continue
            source = (package / "dartmath" / f"{module}.py").read_text(encoding="utf-8")
            if not survives(package, module, source, tests, given.seconds):
                raise SystemExit(f"the tests of {module} fail without any mutation")
            found = list(mutations(ast.parse(source)))
            drawn = random.Random(given.seed).sample(found, min(given.sample, len(found)))
            lived = [
                (module, line, what)
                for line, what, tree in sorted(drawn, key=lambda one: one[0])
                if survives(package, module, ast.unparse(tree), tests, given.seconds)
            ]
            killed = len(drawn) - len(lived)
            rows.append((module, len(found), len(drawn), killed, f"{killed / len(drawn):.0%}"))
            left += lived
            print(*rows[-1], *(f"\n  line {line}: {what[:200]}" for _, line, what in lived), flush=True)
    print_table("Mutations", ("module", "places", "drawn", "noticed", "score"), rows)
    print_table("Survivors", ("module", "line", "mutation"), left)


if __name__ == "__main__":
    main()
