"""What an installation takes: disk and time of dartmath's core and of Math-Verify, in fresh environments.

    python benchmarks/install.py
    python benchmarks/install.py --python python3.12 --extras local

Installs from the package index, without pip's cache, into an empty environment and into one that
trains already (torch, pyarrow and numpy). Megabytes are of the files on disk (10^6 bytes), compiled
Python included; `start` is the time until a first verdict is given, of the second start.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dartmath.base.terminal import print_table

CHECKOUT = Path(__file__).parents[1]
# Without it, so that neither pip nor Python takes this checkout for an installed package.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
TRAINS = ("torch==2.13.0", "pyarrow", "numpy")
VERDICTS = {
    "dartmath": "from dartmath import verify; verify('1/2', '0.5')",
    "math-verify": "from math_verify import parse, verify; verify(parse('$1/2$'), parse('$0.5$'))",
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="interpreter of the environments")
    parser.add_argument("--extras", default="", help="extras of dartmath, with commas between")
    given = parser.parse_args()
    extras = f"[{given.extras}]" if given.extras else ""
    packages = {"dartmath": f"{CHECKOUT}{extras}", "math-verify": "math-verify[antlr4_13_2]"}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, before in {"empty": (), " ".join(TRAINS): TRAINS}.items():
            for name, what in packages.items():
                found = measure(given.python, Path(folder) / f"{len(rows)}", before, name, what)
                rows.append((kind, name + (extras if name == "dartmath" else ""), *found))
    columns = ("environment", "package", "MB before", "MB added", "seconds", "start")
    print_table("Installation", columns, rows)


def measure(python: str, place: Path, before: tuple[str, ...], name: str, what: str) -> tuple[str, ...]:
    """MB of an environment with `before`, MB that `what` adds, seconds of that, time to a first verdict."""
    subprocess.run([python, "-m", "venv", place], check=True)
    if before:
        _install(place, *before)
    size, start = megabytes(place), time.perf_counter()
    _install(place, what)
    seconds = time.perf_counter() - start
    command = [place / "bin" / "python", "-c", VERDICTS[name]]
    for _ in range(2):
        start = time.perf_counter()
        subprocess.run(command, check=True, env=ENVIRONMENT)
        first = time.perf_counter() - start
    added = megabytes(place) - size
    return f"{size:,.0f}", f"{added:,.0f}", f"{seconds:.0f}", f"{first:.2f} s"


def megabytes(folder: Path) -> float:
    """Size of all files of a folder, in MB; a file under two names counts once."""
    sizes = {(s.st_dev, s.st_ino): s.st_size for p in folder.rglob("*") if p.is_file() for s in [p.stat()]}
    return sum(sizes.values()) / 1e6


def _install(place: Path, *packages: str) -> None:
    command = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-cache-dir", *packages]
    subprocess.run(command, check=True, env=ENVIRONMENT)


if __name__ == "__main__":
    main()
