"""How PyTorch's threads wait for each other, where processors are shared with other work."""

from __future__ import annotations

import os
import sys

# Turns of a loop in which a thread of GNU OpenMP waits for the others before it sleeps. By its own default
# they are 300,000, and a step of a small model has hundreds of such meetings: beside other work each costs a
# turn of the scheduler. `benchmarks/openmp_wait.py` compares.
# https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
_SPIN = "100"
# Whoever has set one of these knows better.
_SETTINGS = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")


def wait_briefly() -> None:
    """Have the threads of PyTorch sleep soon where they wait for each other.

    It takes effect where PyTorch is loaded later, and in processes that are started from now on; not where
    the environment says how threads wait.
    """
    if "torch" not in sys.modules and not any(name in os.environ for name in _SETTINGS):
        os.environ["GOMP_SPINCOUNT"] = _SPIN
