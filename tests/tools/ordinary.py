"""Sandboxes of an ordinary user, for tests that run as root: a process that has become `nobody`.

That user can read neither root's home nor a virtual environment there: it gets the system's Python
and a copy of what `dartmath.tools` needs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dartmath.tools import isolation
from dartmath.tools.sandbox import BlockResult

NOBODY = 65534
CANARY = "DARTMATH_CANARY_TOKEN"
SECRET = "swordfish-71d2"

# Answers each line (limits and blocks) with a line (what came of the blocks).
_PROGRAM = """
import dataclasses, json, sys
sys.path.insert(0, sys.argv[1])
from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import Isolation
from dartmath.tools.walls import self_test
from dartmath.tools.sandbox import Sandbox
found = Isolation("user")
print(json.dumps(self_test(found)), flush=True)
for line in sys.stdin:
    limits, blocks = json.loads(line)
    with Sandbox(found, ToolsSection(**limits)) as sandbox:
        results = [dataclasses.asdict(sandbox.run(block)) for block in blocks]
    print(json.dumps(results), flush=True)
"""
_PACKAGES = ("pydantic", "annotated_types", "typing_inspection", "typing_extensions.py", "pydantic_core")


class OrdinaryUser:
    """Runs blocks in sandboxes that belong to an ordinary user.

    `refusal` says which wall did not hold in the self-test; empty when all did.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self.refusal: str = json.loads(self._line())

    def run(self, blocks: Sequence[str], **limits: Any) -> list[BlockResult]:
        """What comes of `blocks`, run one after the other in one sandbox."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([limits, list(blocks)]) + "\n")
        self._process.stdin.flush()
        return [BlockResult(**result) for result in json.loads(self._line())]

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the ordinary user's process died"
        return line


@contextmanager
def ordinary_user() -> Iterator[OrdinaryUser]:
    """A process of an ordinary user; skips where there is no Python that it can run."""
    python = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    if not python.exists():
        pytest.skip(f"no {python} that an ordinary user can run")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        _copy(Path(folder))
        process = subprocess.Popen(
            [python, "-c", _PROGRAM, folder],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", CANARY: SECRET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield OrdinaryUser(process)
        finally:
            process.kill()
            process.communicate()


def _copy(target: Path) -> None:
    """dartmath.tools and what it imports, where everybody can read it."""
    source = Path(isolation.__file__).parents[1]
    shutil.copytree(source / "tools", target / "dartmath" / "tools")
    shutil.copytree(source / "base", target / "dartmath" / "base")
    (target / "dartmath" / "__init__.py").touch()
    site = Path(pytest.__file__).parents[1]
    for name in _PACKAGES:
        path = site / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, target / name)
