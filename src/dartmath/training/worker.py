"""One of several training processes: `python -m dartmath.training.worker launch.json`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dartmath.errors import DartmathError
from dartmath.training.launch import read_arguments
from dartmath.training.run import train


def main(path: str) -> None:
    """Train with the arguments in `path`; an expected error is one message of the first process."""
    section, model, template, datasets, out, seed = read_arguments(Path(path))
    try:
        train(section, model, template, datasets, out, seed=seed)
    except DartmathError as error:
        if os.environ.get("RANK", "0") == "0":
            print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main(sys.argv[1])
