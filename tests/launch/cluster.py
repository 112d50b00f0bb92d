"""A Slurm cluster of two nodes on this machine, of its own daemons, for tests of the batch scripts."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

DAEMONS = ("munged", "slurmctld", "slurmd")
# Loopback addresses, so that a node's name leads to it without a name service.
NODES = ("127.0.0.1", "127.0.0.2")
_CONFIG = """
ClusterName=test
FirstJobId={first_job}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ReturnToService=2
NodeName={nodes[0]} NodeHostname={host} NodeAddr={nodes[0]} Port={ports[1]} CPUs=4
NodeName={nodes[1]} NodeHostname={host} NodeAddr={nodes[1]} Port={ports[2]} CPUs=4
PartitionName=all Nodes=ALL Default=YES State=UP
"""


@dataclass(frozen=True)
class Cluster:
    """A running cluster; `environment` is for every command that speaks to it."""

    folder: Path
    environment: dict[str, str]

    def call(self, *command: str, **environment: str) -> str:
        """What a command of Slurm prints."""
        done = subprocess.run(
            command,
            env={**self.environment, **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def submit(self, script: Path, *arguments: str, options: tuple[str, ...] = (), **environment: str) -> str:
        """Submit a batch script; the number of the job."""
        return self.call("sbatch", "--parsable", *options, str(script), *arguments, **environment)

    def state(self, job: str) -> str:
        """Its state, such as RUNNING."""
        shown = self.call("scontrol", "show", "job", job)
        return dict(word.split("=", 1) for word in shown.split() if "=" in word)["JobState"]

    def log(self) -> str:
        """What all jobs have said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def wait(self, job: str, condition: Callable[[], bool], seconds: float = 600) -> None:
        """Wait until `condition`; fails where the job ends badly before, or it takes too long."""
        end = time.monotonic() + seconds
        while not condition():
            state = self.state(job)
            assert state not in ("FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT"), f"{state}\n{self.log()}"
            assert time.monotonic() < end, f"{state}\n{self.log()}"
            time.sleep(0.2)

    def start_again(self, job: str) -> None:
        """Let a job that was queued again start soon, not in two minutes.

        At once would be too soon: a node refuses a start in the second in which it ended the last.
        """
        self.wait(job, lambda: self.state(job) == "PENDING")
        self.call("scontrol", "update", f"job={job}", "StartTime=now+10seconds")


@contextmanager
def slurm_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster whose state is in `folder`; skips where Slurm is not installed."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    missing = [name for name in DAEMONS if not shutil.which(name, path=path)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: apt-get install slurm-wlm munge")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SLURM")}
    cluster = Cluster(folder, {**environment, "PATH": path, "SLURM_CONF": str(folder / "slurm.conf")})
    _configure(folder)
    with ExitStack() as stack:
        munge = ["munged", "--foreground", "--force", f"--key-file={folder}/munge.key"]
        munge += [f"--{what}-file={folder}/munge.{what}" for what in ("pid", "log", "seed")]
        daemons = [[*munge, f"--socket={folder}/munge.socket"], ["slurmctld", "-D"]]
        daemons += [["slurmd", "-D", "-N", node] for node in NODES]
        for command in daemons:
            stack.enter_context(_daemon(command, cluster))
            if command[0] == "munged":
                _until((folder / "munge.socket").exists, cluster)
        _until(lambda: _idle(cluster) == len(NODES), cluster)
        yield cluster
        subprocess.run(["scancel", "--user", getpass.getuser()], env=cluster.environment, check=False)
        _until(lambda: not cluster.call("squeue", "--noheader"), cluster)


def _configure(folder: Path) -> None:
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    (folder / "state").mkdir()
    for node in NODES:
        (folder / f"spool-{node}").mkdir()
    config = _CONFIG.format(
        folder=folder,
        host=socket.gethostname().partition(".")[0],
        user=getpass.getuser(),
        nodes=NODES,
        ports=_free_ports(3),
        # Ports of servers follow from the job's number: other ones than those of a cluster beside this one.
        first_job=1 + secrets.randbelow(60_000),
    )
    (folder / "slurm.conf").write_text(config)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def _daemon(command: list[str], cluster: Cluster) -> Iterator[None]:
    log = cluster.folder / f"daemon-{'-'.join(command[::3])}.out".replace("/", "_")
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=cluster.environment, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _idle(cluster: Cluster) -> int:
    done = subprocess.run(
        ["sinfo", "--noheader", "--Node", "--format=%T"],
        env=cluster.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split().count("idle")


def _until(condition: Callable[[], object], cluster: Cluster, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            said = [path.read_text(errors="replace") for path in cluster.folder.glob("daemon-*.out")]
            raise AssertionError("Slurm does not come up:\n" + "\n".join(said))
        time.sleep(0.2)
