"""Containers of Podman or Docker as sandboxes: the runner of our own in an image of the user's.

For machines where bubblewrap may not make namespaces but a container engine does, or for an image with other
libraries. The limits are the engine's: memory, processes, no network, a root that cannot be written to. The
client must be able to start a container: nothing is downloaded, and nothing falls back to weaker walls.
"""

from __future__ import annotations

import secrets
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dartmath.base.errors import SandboxError
from dartmath.tools.config import ToolsSection
from dartmath.tools.isolation import SCRATCH, Isolation, environment

_RUNNER = Path(__file__).with_name("runner.py")
_NOBODY = "65534:65534"
# Of the whole machine, per user: the bound on one sandbox is `--pids-limit`.
_PROCESSES = 1024
_SECONDS = 60.0  # for what the client does without running code
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Container(Isolation):
    """Walls made by a container engine (`mode` is "container", `tool` the client with its version).

    Attributes:
        client: the program that starts containers.
        image: with Python 3.11 or later as `python3`.
        section: whose limits the engine sets.
    """

    client: str = ""
    image: str = ""
    section: ToolsSection = field(default_factory=ToolsSection)

    def new_name(self) -> str:
        """A name for one container, by which it can be ended."""
        return f"dartmath-{secrets.token_hex(8)}"

    def start(self, config: str, name: str) -> list[str]:
        """The command line of one container, whose standard streams are requests, output and replies."""
        memory = f"{self.section.most_memory_mb}m"
        scratch = self.section.memory_mb * 2**20 // 4
        walls = ["--network", "none", "--ipc", "none", "--read-only", "--cap-drop", "ALL"]
        walls += ["--security-opt", "no-new-privileges", "--user", _NOBODY, "--hostname", "sandbox"]
        walls += ["--pids-limit", str(self.section.processes), "--memory", memory, "--memory-swap", memory]
        walls += ["--ulimit", "core=0:0", "--ulimit", "nofile=64:64"]
        walls += ["--ulimit", f"nproc={_PROCESSES}:{_PROCESSES}"]
        walls += ["--tmpfs", f"{SCRATCH}:rw,nosuid,nodev,size={scratch},mode=1777", "--workdir", SCRATCH]
        # Engines hand a proxy of the user's on, with its password; empty ones take its place.
        set_ones = {**environment(), **dict.fromkeys((*_PROXIES, *(name.upper() for name in _PROXIES)), "")}
        walls += [part for name, value in set_ones.items() for part in ("--env", f"{name}={value}")]
        # Podman copies this machine's names into the container, and lets it write to some folders.
        walls += ["--no-hosts", "--read-only-tmpfs=false"] if self.client == "podman" else []
        wrap = [self.client, "run", "--rm", "--interactive", "--name", name, "--pull", "never"]
        wrap += ["--log-driver", "none", *walls, "--entrypoint", "python3", self.image]
        # The runner as an argument: an engine on another machine has no folder of ours.
        return [*wrap, "-I", "-B", "-X", "utf8", "-c", _RUNNER.read_text(encoding="utf-8"), config]

    def end(self, name: str) -> None:
        """End a container, whatever runs in it; it removes itself. Nothing where there is none any more."""
        ask_engine(self.client, "kill", name)

    def describe(self) -> dict[str, Any]:
        """What manifests record."""
        return {"mode": self.mode, "tool": self.tool, "image": self.image}


def ask_engine(client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the client says; a client that hangs, as one does whose engine does, is an error."""
    try:
        return subprocess.run(
            [client, *arguments], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise SandboxError(f"{client} {arguments[0]} has not answered for {_SECONDS:g} seconds") from error
