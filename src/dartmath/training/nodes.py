"""The nodes of a run: those of the Slurm job step that this process is a task of, else this machine.

`srun --ntasks-per-node=1 dartmath train ...` starts one process on each node, which starts the
node's share of the trainers. Slurm's variables are in https://slurm.schedmd.com/srun.html,
"Output environment variables".
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from dartmath.base.errors import ConfigError

# Below the ports that Linux gives to connections going out, so that none of them is in the way.
_FIRST_PORT, _PORTS = 10_000, 20_000
_PORTS_PER_JOB = 16


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where this process stands among those that start the trainers of a run.

    Attributes:
        count: nodes of the run.
        rank: number of this node; node 0 holds the lock of the run and tells how it went.
        head: host name of node 0, where the trainers meet.
        port: port of `head` on which they do.
    """

    count: int = 1
    rank: int = 0
    head: str = "127.0.0.1"
    port: int = 0

    def share(self, gpus: int) -> int:
        """How many of `gpus` are this node's; `ConfigError` when the nodes cannot have the same number."""
        if gpus % self.count:
            raise ConfigError(
                f"gpus: {gpus} cannot be shared by the {self.count} nodes of the job; it counts the GPUs of "
                f"all nodes, so give a multiple of {self.count}"
            )
        return gpus // self.count


def find_nodes() -> Nodes:
    """The nodes of this run; `ConfigError` where Slurm has started several processes on one node."""
    count, tasks = _number("SLURM_STEP_NUM_NODES", 1), _number("SLURM_STEP_NUM_TASKS", 1)
    if tasks > count:
        raise ConfigError(
            f"srun has started {tasks} processes on {count} node(s); dartmath starts those of a node itself: "
            f"srun --ntasks={count} --ntasks-per-node=1 dartmath train ..."
        )
    if count == 1:
        return Nodes()
    # A port of its own for every job, so that jobs that share a node do not meet each other's trainers.
    port = _FIRST_PORT + (_number("SLURM_JOB_ID", 0) + 1) * _PORTS_PER_JOB % _PORTS - 1
    return Nodes(count, _number("SLURM_NODEID", 0), first_host(os.environ["SLURM_STEP_NODELIST"]), port)


def first_host(nodelist: str) -> str:
    """The first host of a list as Slurm writes it: `gpu[03-07,11],login1` is `gpu03`."""
    found = re.match(r"(?:[^,\[]|\[[^\]]*\])+", nodelist)
    return re.sub(r"\[(\d+)[^\]]*\]", r"\1", found[0]) if found else nodelist


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)
