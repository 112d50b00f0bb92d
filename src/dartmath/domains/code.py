r"""`verifier: code`: the last block of Python in a response, tried by unit tests in the sandbox.

A reference is JSON in one of these forms:

* `["add(1, 2) == 3", "assert add(0, 0) == 0"]`: assertions;
* `{"tests": [...], "setup": "import math"}`: the same after some code; `tests` may be a text, and with
  `entry_point` one that has a `def check(candidate)`;
* `[{"input": "1 2\n", "output": "3\n"}]`, or `{"inputs": [...], "outputs": [...]}`: what a program prints.

Of an assertion only the calls go into the sandbox. What comes out is text that is read as a literal, and the
rest of the assertion is computed outside (see `dartmath.domains.outside`). Objects that are equal to
everything, `sys.exit(0)`, overwritten built-ins and forged messages are then just wrong. Tests with
statements of their own (loops, exceptions) run beside the code, and code that was written to cheat them may.
"""

from __future__ import annotations

import ast
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.domains.outside import Stopped, value_of
from dartmath.domains.reference import fenced, nothing, only, reference_of, verdict
from dartmath.tools.config import ToolsSection
from dartmath.tools.sandbox import BlockResult, Sandbox
from dartmath.tools.walls import find_isolation
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import Gradable

_KEYS = {"tests", "setup", "entry_point", "inputs", "outputs", "seconds"}
_SECONDS = 2.0
_OUTPUT_CHARS = 60_000
# Makes plain values of what a call returns, so that their text is a literal wherever that is possible.
_PLAIN = """
def _plain_(x, depth=0):
    if depth > 50:
        raise RecursionError("nested too deeply to be compared")
    if isinstance(x, dict):
        return {_plain_(k, depth + 1): _plain_(v, depth + 1) for k, v in dict(x).items()}
    for kind in (list, tuple, set, frozenset):
        if isinstance(x, kind):
            made = [_plain_(one, depth + 1) for one in x]
            return set(made) if kind is frozenset else kind(made)
    for kind in (bool, int, float, complex, str, bytes):
        if isinstance(x, kind):
            return kind(x)
    if type(x).__module__ == "__main__":
        raise TypeError("an object of a class of its own")
    return x
"""


@dataclass(frozen=True, slots=True)
class Tests:
    """What a reference asks for: assertions after `setup`, or (input, output) of a program."""

    assertions: tuple[str, ...] = ()
    setup: str = ""
    programs: tuple[tuple[str, str], ...] = ()
    seconds: float = _SECONDS


def judge(query: Gradable, response: str) -> Verdict:
    """Whether the last block of Python passes all tests; the reason names the first one that it fails.

    Raises `ValueError` for a reference without tests, `SandboxError` where code cannot be isolated.
    """
    isolation, tests = find_isolation(), read_tests(reference_of(query))
    code = code_of(response)
    if code is None:
        return nothing("tests", "block of Python")
    section = ToolsSection(seconds=tests.seconds, output_chars=_OUTPUT_CHARS)
    if tests.programs:
        for number, (given, wanted) in enumerate(tests.programs, start=1):
            with Sandbox(isolation, section) as sandbox:
                found = sandbox.run(f"{_with_input(given)}\n{code}\npass")
            if (why := _program_fails(found, wanted)) is not None:
                return _failed(found, f"input {number} of {len(tests.programs)}: {why}", code)
        return verdict(True, "tests", f"passes all {len(tests.programs)} inputs", code)
    with Sandbox(isolation, section) as sandbox:
        return _asserted(sandbox, code, tests)


def code_of(response: str) -> str | None:
    """The last fenced block of Python, or the whole response where it is nothing but Python."""
    blocks = [block for block in fenced(response, {"python", "py", "python3"}) if block.strip()]
    if blocks:
        return blocks[-1]
    try:
        tree = ast.parse(response)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # A number, or a word, is Python too, and no program.
    return response if any(not isinstance(node, ast.Expr) for node in tree.body) else None


def read_tests(reference: Any) -> Tests:
    """The tests of a reference; `ValueError` where it holds none."""
    if isinstance(reference, str):
        reference = {"tests": reference}
    if isinstance(reference, list) and reference and all(isinstance(one, dict) for one in reference):
        reference = {
            "inputs": [r.get("input") for r in reference],
            "outputs": [r.get("output") for r in reference],
        }
    if isinstance(reference, list):
        reference = {"tests": reference}
    if not isinstance(reference, dict):
        raise ValueError(f"a reference of `code` is a list or a mapping, not {str(reference)[:60]}")
    only(reference, _KEYS, "a reference of `code`")
    seconds = float(reference.get("seconds", _SECONDS))
    if "inputs" in reference:
        pairs = zip(reference["inputs"], reference.get("outputs", ()), strict=True)
        programs = tuple((_text(given), _text(wanted)) for given, wanted in pairs)
        return Tests(programs=programs, seconds=seconds)
    tests, setup = reference.get("tests"), reference.get("setup", "")
    lines = (
        tuple(_assertions(tests, reference.get("entry_point")))
        if isinstance(tests, str)
        else tuple(tests or ())
    )
    if not lines or not all(isinstance(one, str) for one in lines):
        raise ValueError("a reference of `code` has no tests")
    return Tests(lines, "\n".join([setup] if isinstance(setup, str) else setup), seconds=seconds)


def _text(lines: Any) -> str:
    """An input or output of a program: a text, or a list of its lines."""
    if isinstance(lines, str):
        return lines
    if isinstance(lines, list):
        return "\n".join(map(str, lines))
    raise ValueError(f"an input or output is a text or a list of lines, not {str(lines)[:60]}")


def _assertions(text: str, entry: str | None) -> Iterator[str]:
    """The assertions of a text: its own, or those of its `check(candidate)`; else the text as a whole."""
    body = ast.parse(text).body
    checks = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    inner = checks[0].body if len(checks) == 1 and entry else body
    if all(isinstance(node, ast.Assert) for node in inner):
        name = checks[0].args.args[0].arg if checks and inner is not body else ""
        yield from (ast.unparse(_Renamed(name, entry or "").visit(node)) for node in inner)
        return
    # What it checks returns plain values: an object of a class of its own may say that it is equal to all.
    yield f"{text}\ncheck(lambda *a, **k: _plain_({entry}(*a, **k)))" if checks and entry else text


class _Renamed(ast.NodeTransformer):
    """Calls a function by its name where a test calls it otherwise."""

    def __init__(self, before: str, after: str) -> None:
        self._before, self._after = before, after

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._after, node.ctx) if node.id == self._before else node


def _asserted(sandbox: Sandbox, code: str, tests: Tests) -> Verdict:
    for block, what in ((_PLAIN, "the sandbox"), (tests.setup, "the setup"), (code, "the code")):
        found = sandbox.run(f"{block}\npass")
        if found.outcome != "ok":
            return _failed(found, f"{what} fails: {_last_line(found)}", code)
    for number, test in enumerate(tests.assertions, start=1):
        why, found = _fails(sandbox, test)
        if why is not None:
            return _failed(found, f"test {number} of {len(tests.assertions)}: {why}", code)
    return verdict(True, "tests", f"passes all {len(tests.assertions)} tests", code)


def _fails(sandbox: Sandbox, test: str) -> tuple[str | None, BlockResult]:
    """Why a test fails, None where it does not; and what the sandbox said last."""
    asserted = _asserted_expression(test)
    if asserted is not None:
        asked = _Asked(sandbox)
        try:
            passed = bool(value_of(asserted, asked))
        except Stopped:
            return f"{asked.call[:80]}: {_last_line(asked.found)}", asked.found
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return f"{test[:80]}: {type(error).__name__}: {error}", asked.found
        return (None if passed else f"not {test[:60]}: {asked.call[:40]} is {asked.text[:60]}"), asked.found
    mark = secrets.token_hex(16)
    statement = test if _is_statement(test) else f"assert {test}"
    found = sandbox.run(f"{statement}\nprint({mark!r})\npass")
    passed = found.outcome == "ok" and mark in found.output
    return (None if passed else f"{test[:80]}: {_last_line(found)}"), found


def _asserted_expression(test: str) -> ast.expr | None:
    """The one expression that a test asserts; None where it is several statements."""
    try:
        (node,) = ast.parse(test.strip()).body
    except (SyntaxError, ValueError):
        return None
    if isinstance(node, ast.Assert):
        return node.test
    return node.value if isinstance(node, ast.Expr) else None


class _Asked:
    """Asks the sandbox for the values of calls; keeps what was asked and said last."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.call = self.text = ""
        self.found = BlockResult("ok", "")

    def __call__(self, node: ast.expr) -> Any:
        """The value of an expression; one that no literal says is text of a kind that equals nothing."""
        mark = secrets.token_hex(16)
        self.call = ast.unparse(node)
        self.found = self._sandbox.run(f"print({mark!r} + repr(_plain_({self.call})))\npass")
        if self.found.outcome != "ok":
            raise Stopped
        self.text = self.found.output.rpartition(mark)[2].strip()
        try:
            return ast.literal_eval(self.text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return float(self.text) if self.text in ("inf", "-inf", "nan") else object()


def _is_statement(test: str) -> bool:
    try:
        return any(not isinstance(node, ast.Expr) for node in ast.parse(test).body)
    except SyntaxError:
        return True


def _with_input(text: str) -> str:
    """What gives a program its standard input, through whichever door it reads it."""
    return (
        "import io as _io, sys as _sys\n"
        f"_sys.stdin = _io.TextIOWrapper(_io.BytesIO({text.encode()!r}), encoding='utf-8')"
    )


def _program_fails(found: BlockResult, wanted: str) -> str | None:
    if found.outcome != "ok":
        return _last_line(found)
    printed, expected = _lines(found.output), _lines(wanted)
    if printed == expected:
        return None
    differing = next(
        (p for p in range(len(expected)) if printed[p : p + 1] != expected[p : p + 1]), len(expected)
    )
    said = (printed[differing : differing + 1] or ["nothing"])[0]
    should = (expected[differing : differing + 1] or ["nothing"])[0]
    return f"line {differing + 1} is {said[:60]!r}, not {should[:60]!r}"


def _lines(text: str) -> list[str]:
    """Lines without spaces at their ends, and without empty ones at the end of all."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _failed(found: BlockResult, reason: str, code: str) -> Verdict:
    if found.outcome == "timeout":
        return Verdict(Outcome.TIMEOUT, code[:200], "tests", reason[:200])
    return verdict(False, "tests", reason, code)


def _last_line(found: BlockResult) -> str:
    lines: Sequence[str] = found.output.strip().splitlines() or [found.outcome]
    return lines[-1][:120]
