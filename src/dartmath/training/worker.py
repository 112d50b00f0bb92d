"""One of several training processes: `python -m dartmath.training.worker launch.json`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dartmath.base.errors import DartmathError, Interrupted, TrainingError
from dartmath.training.launch import read_arguments
from dartmath.training.run import train


def main(path: str) -> None:
    """Train with the arguments in `path`; an expected error is one message.

    Errors of the settings are every process's, and the first says them. Those of training, such as
    a NaN in its own batch, may be of one process alone. A stopped run is the launching process's to tell.
    """
    section, model, template, datasets, out, seed = read_arguments(Path(path))
    try:
        train(section, model, template, datasets, out, seed=seed)
    except Interrupted:
        return
    except DartmathError as error:
        rank = os.environ.get("RANK", "0")
        if rank == "0" or isinstance(error, TrainingError):
            print(f"error in process {rank}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main(sys.argv[1])
