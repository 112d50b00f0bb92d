"""Every example of docs/verify.md does what the page says."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dartmath.verify import verify

PAGE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `(?P<reference>.+?)` \| (?P<sign>[=≠]) \| `(?P<answer>.+?)` \| (?P<note>.*) \|$", re.MULTILINE
)
ROWS = [row.groupdict() for row in ROW.finditer(PAGE)]


@pytest.mark.parametrize("row", ROWS, ids=[row["reference"] for row in ROWS])
def test_row_of_a_table(row: dict[str, str]) -> None:
    reference, answer = (row[side].replace("\\|", "|") for side in ("reference", "answer"))
    verdict = verify(reference, answer, query=row["note"])
    assert verdict.correct == (row["sign"] == "="), verdict


def test_the_tables_were_found() -> None:
    assert len(ROWS) > 60


def test_python_examples() -> None:
    examples = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/verify.md", None, 0)
    runner = doctest.DocTestRunner(verbose=False)
    assert test.examples
    assert runner.run(test).failed == 0


def console_examples() -> list[tuple[str, str]]:
    blocks = "".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL))
    parts = re.split(r"^\$ dartmath ", blocks, flags=re.MULTILINE)[1:]
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in parts]


@pytest.mark.parametrize(("command", "output"), console_examples())
def test_console_example(command: str, output: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dartmath", *shlex.split(command)], capture_output=True, text=True, check=False
    )
    assert done.stdout == output
