"""Inside: the parent's handles on a running sandbox, its init process and its scratch folder."""

from __future__ import annotations

import json
import os
import select
import signal
import threading

from dartmath.tools.isolation import SCRATCH


class Inside:
    """What the parent holds of a sandbox that bubblewrap has started.

    `info` is the reading end of the pipe on which bubblewrap names the init process, before any
    code runs inside; it is closed here. Where bubblewrap fails to start, there is nothing to hold.
    """

    def __init__(self, info: int, timeout: float) -> None:
        self._init: int | None = None
        self._scratch: int | None = None
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
