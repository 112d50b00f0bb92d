"""Inside: the parent's handles on a running sandbox, its init process and its scratch folder."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from dartmath.tools.isolation import SCRATCH

_ROUNDS = 20  # of stopping what was started meanwhile: each halts what was found, which starts no more


class Inside:
    """What the parent holds of a sandbox that bubblewrap has started.

    `info` is the reading end of the pipe on which bubblewrap names the init process, before any
    code runs inside; it is closed here. Where bubblewrap fails to start, there is nothing to hold.
    """

    def __init__(self, info: int, timeout: float) -> None:
        self._init: int | None = None
        self._scratch: int | None = None
        self._stopped: set[int] = set()
        # Killing may come from another thread while this one closes.
        self._lock = threading.Lock()
        try:
            self._pid = _read_pid(info, timeout)
            if self._pid is not None:
                self._init = os.pidfd_open(self._pid)
        except ProcessLookupError:
            pass
        finally:
            os.close(info)

    @property
    def started(self) -> bool:
        """Whether there is an init process to kill."""
        return self._init is not None

    def kill(self) -> None:
        """End everything inside, by its init process: bubblewrap itself then ends and reaps it."""
        with self._lock:
            try:
                if self._init is not None:
                    signal.pidfd_send_signal(self._init, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def watch_scratch(self) -> None:
        """Get hold of the scratch folder; to be called once the interpreter inside is ready."""
        try:
            self._scratch = os.open(f"/proc/{self._pid}/root{SCRATCH}", os.O_PATH | os.O_DIRECTORY)
        except OSError:
            # Already dead, or a system that shows us no other process: the size limit still holds.
            self._scratch = None

    def stop(self) -> bool:
        """Stop all processes inside, so that nothing grows between blocks; False where they are not known."""
        for _ in range(_ROUNDS):
            found = self._processes()
            new = found - set(self._stopped)
            if not new:
                break
            for pid in new:
                self._signal(pid, signal.SIGSTOP)
        return bool(self._stopped)

    def go_on(self) -> None:
        """Let stopped processes go on."""
        for pid in self._stopped:
            self._signal(pid, signal.SIGCONT)
        self._stopped.clear()

    def memory(self) -> int:
        """Bytes of the processes inside (what several share is counted once) and of the scratch folder."""
        own = {self._pid} if self._pid is not None else set()
        held = sum(_proportional(pid) for pid in self._stopped | own)
        if self._scratch is not None:
            known = os.fstatvfs(self._scratch)
            held += (known.f_blocks - known.f_bfree) * known.f_frsize
        return held

    def _signal(self, pid: int, number: int) -> None:
        """Signal a process that is inside, and no other that has got its number since."""
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            return
        try:
            if pid in self._processes():
                signal.pidfd_send_signal(handle, number)
                self._stopped.add(pid)
        except OSError:
            pass
        finally:
            os.close(handle)

    def _processes(self) -> set[int]:
        """The processes below the init of the sandbox."""
        found: set[int] = set()
        waiting = [self._pid] if self._pid is not None else []
        while waiting:
            for task in _tasks(waiting.pop()):
                new = set(task) - found
                found |= new
                waiting += new
        return found

    def files(self) -> int:
        """How many files and folders there are in the scratch folder, deleted open ones included.

        Their content is bounded by the size of the file system, but not the kernel's memory for
        their names.
        """
        if self._scratch is None:
            return 0
        known = os.fstatvfs(self._scratch)
        return known.f_files - known.f_ffree

    def close(self) -> None:
        """Give the handles back."""
        with self._lock:
            for descriptor in (self._init, self._scratch):
                if descriptor is not None:
                    os.close(descriptor)
            self._init = self._scratch = None


def _tasks(pid: int) -> Iterator[list[int]]:
    """The children of each thread of a process; none where it is gone or the kernel does not tell."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for thread in threads:
        try:
            text = (thread / "children").read_text(encoding="ascii")
        except OSError:
            continue
        yield [int(child) for child in text.split()]


def _proportional(pid: int) -> int:
    """Proportional set size of a process in bytes; 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _read_pid(info: int, timeout: float) -> int | None:
    written = b""
    # Not select(), which knows no descriptor above 1023.
    waiting = select.poll()
    waiting.register(info, select.POLLIN)
    # It writes in pieces, and a pipe closed too early would kill it.
    while not written.rstrip().endswith(b"}"):
        ready = waiting.poll(1000 * timeout)
        part = os.read(info, 4096) if ready else b""
        if not part:
            return None
        written += part
    try:
        return int(json.loads(written)["child-pid"])
    except ValueError:
        return None
