"""What the environment tells PyTorch's libraries, which read it when they are loaded."""

from __future__ import annotations

import os
import sys

# Turns of a loop in which a thread of GNU OpenMP waits for the others before it sleeps. By its own default
# they are 300,000, and a step of a small model has hundreds of such meetings: beside other work each costs a
# turn of the scheduler. `benchmarks/openmp_wait.py` compares.
# https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
_SPIN = "100"
# Whoever has set one of these knows better.
_WAITING = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
# Kernels that are kept for products in 16 bits, by oneDNN and once more by PyTorch's layer above it: by their
# own default 1,024 each. There is one of 0.2 to 0.4 MB for every shape, and texts have ever new lengths. A
# micro-batch of a few documents needs about 60; to make one again takes 0.3 ms.
# https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html
_KERNELS = "64"
_CACHES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")


def prepare_pytorch() -> None:
    """Have PyTorch's threads sleep soon where they wait for each other, and keep few kernels on a CPU.

    It takes effect where PyTorch is loaded later, and in processes that are started from now on; not where
    the environment says something else.
    """
    if "torch" in sys.modules:
        return
    if not any(name in os.environ for name in _WAITING):
        os.environ["GOMP_SPINCOUNT"] = _SPIN
    for name in _CACHES:
        os.environ.setdefault(name, _KERNELS)
