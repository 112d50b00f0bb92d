"""Starting is fast because nothing heavy is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "datasets", "sympy", "plotly", "pyarrow", "ray", "vllm", "trl", "numpy")


@pytest.mark.parametrize(
    "code",
    [
        "import dartmath",
        "from dartmath import verify; assert verify('1/2', '0.5').correct",
        "import sys; sys.argv = ['dartmath', '--help']; from dartmath.cli import main\n"
        "try: main()\nexcept SystemExit: pass",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    check = f"{code}\nimport sys\nprint([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
