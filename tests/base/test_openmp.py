"""How threads wait is set before PyTorch is loaded, and never against the environment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

MAKE = """
import os, sys
from dartmath.engines import TransformersEngine, create_engine
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
create_engine(TransformersEngine(), ModelSection(name="m"), load_template("qa"))
print(os.environ.get("GOMP_SPINCOUNT"), "torch" in sys.modules)
"""


def printed(code: str, **environment: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GOMP_", "OMP_"))}
    command = [sys.executable, "-c", code]
    return subprocess.check_output(command, text=True, env={**kept, **environment})


@pytest.mark.parametrize(
    ("environment", "found"),
    [({}, "100"), ({"OMP_WAIT_POLICY": "active"}, "None"), ({"GOMP_SPINCOUNT": "7"}, "7")],
)
def test_threads_wait_briefly_unless_told_otherwise(environment: dict[str, str], found: str) -> None:
    assert printed(MAKE, **environment) == f"{found} False\n"


def test_every_verb_sets_it_for_the_processes_that_it_starts() -> None:
    code = """
import os
from dartmath.cli import main
main(lambda: print(os.environ.get("GOMP_SPINCOUNT")))
"""
    assert printed(code) == "100\n"
