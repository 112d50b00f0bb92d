"""Joining a Ray cluster, or starting one on this machine."""

from __future__ import annotations

from dartmath.base.errors import EngineError
from dartmath.base.extras import require


def connect(address: str | None) -> bool:
    """Connect this process to the cluster at `address`, or to a new one of this machine alone.

    Returns whether it did; False where the process is connected already. Raises
    `MissingDependencyError` without Ray, `EngineError` where there is no such cluster.
    """
    require("ray", purpose="a Ray cluster")
    import ray

    if ray.is_initialized():
        return False
    try:
        ray.init(address=address, include_dashboard=None if address else False, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise EngineError(
            f"no Ray cluster at {address!r} ({error}); start one with `ray start --head`"
        ) from error
    return True
