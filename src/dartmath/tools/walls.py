"""Which walls hold on this machine: each is tried from inside before any code of a model runs behind it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from dartmath.base.errors import SandboxError
from dartmath.base.text import printable
from dartmath.tools import seccomp
from dartmath.tools.config import ToolsSection
from dartmath.tools.container import Container, ask_engine
from dartmath.tools.isolation import Isolation, Mode, bubblewrap, hidden_paths, refusal
from dartmath.tools.worker import SandboxWorker

CLIENTS = ("podman", "docker")
_OLDEST = (0, 7)  # the first bubblewrap with --size, which bounds the scratch folder


@cache
def find_isolation(*, allow_weak: bool = False) -> Isolation:
    """The strongest isolation that works here, by trying it.

    Raises `SandboxError` with the reason and the way out when there is none and `allow_weak`
    is false.
    """
    try:
        return _isolation()
    except SandboxError:
        if allow_weak:
            return Isolation("weak")
        raise


@cache
def _isolation() -> Isolation:
    tool = _checked_version()
    reasons = []
    for mode in _modes():
        candidate = Isolation(mode, tool)
        reason = self_test(candidate)
        if not reason:
            return candidate
        reasons.append(f"as {mode}: {reason}")
    raise SandboxError(refusal(f"{tool} does not work here ({'; '.join(reasons)})"))


def _modes() -> tuple[Mode, ...]:
    # As a user namespace of root, the limit on processes would not hold: root is exempt.
    return ("root",) if os.geteuid() == 0 else ("user",)


def _checked_version() -> str:
    if not sys.platform.startswith("linux"):
        raise SandboxError(refusal("isolation needs Linux; use a Linux container or machine"))
    if not seccomp.supported():
        raise SandboxError(refusal("there is no system-call filter for this kind of processor"))
    shown = subprocess.run(
        [bubblewrap(), "--version"], capture_output=True, text=True, check=False, timeout=10
    )
    version = shown.stdout.strip()
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < _OLDEST:
        raise SandboxError(refusal(f"{version or 'bubblewrap'} is too old, 0.7 or later is needed"))
    return version


# Tries the walls from inside and prints the first that does not hold, or "held".
_TRY_THE_WALLS = """
import os, resource, socket
def walls():
    if os.getuid() == 0:
        yield "it runs as root"
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    for _ in range(min(limit, MOST) if limit > 0 else MOST):
        try:
            if os.fork() == 0:
                os.read(os.pipe()[0], 1)
        except OSError:
            break
    else:
        yield "processes are not limited"
    if seen := [path for path in HIDDEN if os.path.exists(path)]:
        yield f"files of the project are visible: {seen[0]}"
    try:
        socket.socket()
        yield "network sockets are allowed"
    except PermissionError:
        pass
    if os.access("/", os.W_OK) or not os.access(".", os.W_OK):
        yield "the scratch folder is wrong"
print(next(walls(), "held"))
"""


_MOST_PROCESSES = 100  # more than any section allows
_TOP_PARTS = 3  # of /usr/lib, for one


def self_test(candidate: Isolation, section: ToolsSection | None = None) -> str:
    """Why the candidate does not isolate; empty when it does."""
    container = candidate.mode == "container"
    # An image has folders and accounts of its own, at the top under the names of ours.
    hidden = [path for path in hidden_paths() if not container or len(Path(path).parts) > _TOP_PARTS]
    hidden += [] if container else ["/etc/passwd"]
    known = f"MOST, HIDDEN = {_MOST_PROCESSES}, {hidden!r}"
    worker = SandboxWorker(candidate, (section or ToolsSection()).model_copy(update={"seconds": 10}))
    try:
        said = printable(worker.run(f"{known}\n{_TRY_THE_WALLS}")[1]).strip()
    finally:
        worker.close()
    return "" if said == "held" else said or "the interpreter did not start"


@cache
def _tried(client: str, image: str, limits: str) -> Container:
    section = ToolsSection.model_validate_json(limits)
    version = ask_engine(client, "version", "--format", "{{.Client.Version}}")
    # Without the server, a Docker client has a version and can do nothing.
    engine = ask_engine(client, "info", "--format", "{{.ID}}" if client == "docker" else "{{.Host.OS}}")
    if engine.returncode:
        raise SandboxError(f"{client} cannot start containers here: {_last(engine.stderr)}")
    if ask_engine(client, "image", "inspect", image).returncode:
        raise SandboxError(f"the image {image!r} is not on this machine; get it with: {client} pull {image}")
    made = Container("container", f"{client} {version.stdout.strip()}", client, image, section)
    reason = self_test(made, section)
    if reason:
        raise SandboxError(f"containers of {made.tool} do not isolate here: {reason}")
    return made


def find_container(section: ToolsSection) -> Container:
    """The walls of a container engine that is here, having tried them from inside.

    Raises `SandboxError` with what is missing: the client, its engine, the image, or a wall.
    """
    found = next((client for client in CLIENTS if shutil.which(client)), None)
    if found is None:
        raise SandboxError(
            "there is no container engine here; install podman or docker, or set backend: bubblewrap in the "
            "tools section"
        )
    if not section.image:
        raise SandboxError(
            "containers need an image with Python; set image in the tools section, such as python:3.12-slim"
        )
    return _tried(found, section.image, section.model_dump_json())


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line]
    return lines[-1] if lines else "it says nothing"
