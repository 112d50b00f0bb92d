"""How sandboxed code is kept away from everything: the bubblewrap command line.

Inside, there is a read-only root with the system libraries and the running Python, and one
writable scratch folder in memory; no network, no other processes, no /proc, no home, an empty
environment. As root, the code runs under an otherwise unused user id; as an ordinary user,
inside a user namespace. Where bubblewrap is not here or does not work, nothing runs, unless the
caller allows the weak mode: resource limits alone.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dartmath.base.errors import SandboxError

SCRATCH = "/sandbox"
INSTALL = "apt-get install bubblewrap (Debian, Ubuntu), or dnf install bubblewrap (Fedora, RHEL)"
_RUNNER = Path(__file__).with_name("runner.py")
_INSIDE = "/runner.py"
_PYTHON = (sys.executable, "-I", "-B", "-X", "utf8")
# What Python and its libraries read, where it is there.
_OPTIONAL = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/nix/store")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# The range that systemd gives to services without a user of their own: unused by people.
_FREE_IDS = range(61184, 65520)
_free_ids = itertools.cycle(random.sample(_FREE_IDS, len(_FREE_IDS)))

Mode = Literal["root", "user", "weak", "container"]


@dataclass(frozen=True, slots=True)
class Isolation:
    """A way to run code here that has passed its self-test (the weak mode has none).

    Attributes:
        mode: "root" (bubblewrap, an unused user id), "user" (bubblewrap, a user namespace), "weak"
            (resource limits alone) or "container" (see `Container`).
        tool: name and version of the isolation tool; empty in the weak mode.
    """

    mode: Mode
    tool: str = ""

    def describe(self) -> dict[str, Any]:
        """What manifests record."""
        return {"mode": self.mode, "tool": self.tool, "python": sys.version.split()[0]}

    @property
    def new_uid(self) -> int | None:
        """The user id to become inside, or None to stay who bubblewrap made us."""
        return next(_free_ids) if self.mode == "root" else None

    def processes(self, wanted: int) -> int | None:
        """The process limit that leaves `wanted` to the code; None where it cannot be set.

        In a user namespace the init process of bubblewrap counts, too. In the weak mode all
        processes of the user count, so that no sensible number is known; an engine of containers has a
        limit of its own.
        """
        return {"root": wanted, "user": wanted + 1}.get(self.mode)

    def command(self, config: str, *, scratch_bytes: int, filter_fd: int, info_fd: int) -> list[str]:
        """The command line that starts the runner inside, in this interpreter.

        bubblewrap reads the system-call filter from `filter_fd` and writes to `info_fd` which
        process is the init of the sandbox.
        """
        if self.mode == "weak":
            return [*_PYTHON, str(_RUNNER), config]
        wrap = [bubblewrap(), "--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid"]
        wrap += ["--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"]
        wrap += ["--cap-drop", "ALL", *self._identity()]
        wrap += ["--seccomp", str(filter_fd), "--info-fd", str(info_fd)]
        wrap += [*_read_only_files(), "--ro-bind", str(_RUNNER), _INSIDE]
        wrap += [*(part for d in _DEVICES for part in ("--dev-bind", d, d))]
        wrap += ["--perms", "1777", "--size", str(scratch_bytes), "--tmpfs", SCRATCH]
        if not any(folder.is_relative_to("/tmp") for folder in _python_folders()):
            wrap += ["--symlink", SCRATCH.lstrip("/"), "/tmp"]
        wrap += ["--remount-ro", "/", "--chdir", SCRATCH]
        return [*wrap, "--clearenv", *_environment(), "--", *_PYTHON, _INSIDE, config]

    def _identity(self) -> list[str]:
        if self.mode == "user":
            return ["--unshare-user", "--uid", "65534", "--gid", "65534"]
        # Just enough to become somebody else; gone for good with that.
        return ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def _environment() -> Iterator[str]:
    for name, value in environment().items():
        yield from ("--setenv", name, value)


def environment() -> dict[str, str]:
    """The whole environment of sandboxed code."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": SCRATCH,
        "TMPDIR": SCRATCH,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": SCRATCH,
    }


def _read_only_files() -> Iterator[str]:
    """The system's libraries and the running Python, and nothing else."""
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for optional in _OPTIONAL:
        yield from ("--ro-bind-try", optional, optional)
    for prefix in sorted(_python_folders()):
        if not prefix.is_relative_to("/usr"):
            # Parents that bubblewrap makes by itself are closed to the user the code becomes.
            for parent in (*reversed(prefix.parents[:-1]), prefix):
                yield from ("--perms", "0755", "--dir", str(parent))
            yield from _python_files(prefix)


def _python_files(prefix: Path) -> Iterator[str]:
    """Of a folder in which Python is installed: the interpreter and its libraries, and nothing beside them.

    A virtual environment may be the project's own folder (`python -m venv .`), with its keys and data in it,
    so that of its `bin` and `lib` only what is Python's counts as well.
    """
    for path in _python_parts(prefix):
        for parent in reversed(path.relative_to(prefix).parents[:-1]):
            yield from ("--perms", "0755", "--dir", str(prefix / parent))
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        else:
            yield from ("--ro-bind", str(path), str(path))


def _python_parts(prefix: Path) -> list[Path]:
    """The files and folders of an installation that the sandbox shows."""
    if (prefix / "pyvenv.cfg").is_file():
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        wanted = [prefix / "pyvenv.cfg", *(prefix / "bin").glob("python*")]
        wanted += [prefix / "lib" / version, prefix / "lib64"]
        if not (prefix / "lib64").is_symlink():
            wanted[-1] = prefix / "lib64" / version
    else:
        wanted = [prefix / name for name in ("bin", "lib", "lib32", "lib64")]
    return [path for path in wanted if path.exists()]


def _python_folders() -> set[Path]:
    """Where the running Python lives, with every folder that its symbolic links go through."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix)}
    folders |= {Path(os.path.realpath(folder)) for folder in folders}
    program = Path(sys.executable)
    while program.is_symlink():
        program = program.parent / program.readlink()
        folders.add(Path(os.path.normpath(program)).parents[1])
    return {f for f in folders if f != Path("/")}


def bubblewrap() -> str:
    """The path of the tool; `SandboxError` with the command that installs it where it is not here."""
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxError(refusal(f"bubblewrap is not installed; run: {INSTALL}"))
    return found


def refusal(reason: str) -> str:
    """Why no code runs here, and the way out."""
    return (
        f"code of a model cannot be run safely here: {reason}. "
        "To run it with resource limits alone (unsafe), set allow_weak: true in the tools section"
    )


def hidden_paths() -> list[str]:
    """Some paths that the code must not see: what lies in the working folder, and beside Python."""
    system = ("bin", "sbin", "lib", "lib32", "lib64", "usr", "dev", "tmp", *(p[1:] for p in _OPTIONAL))
    shown = [
        *(Path("/", name) for name in system),
        *(part for prefix in _python_folders() for part in _python_parts(prefix)),
    ]
    beside = [path for folder in (Path.cwd(), *_python_folders()) for path in folder.iterdir()]
    apart = (p for p in beside if not any(p.is_relative_to(s) or s.is_relative_to(p) for s in shown))
    return [str(path) for path in itertools.islice(apart, 100)]
