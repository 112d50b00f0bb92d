"""Sandbox worker: the process behind a sandbox, its pipes and limits, and the loop that watches a block."""

from __future__ import annotations

import json
import os
import secrets
import select
import selectors
import signal
import struct
import subprocess
import tempfile
import time
from typing import Any, Literal

from dartmath.tools import seccomp
from dartmath.tools.capture import Capture
from dartmath.tools.config import ToolsSection
from dartmath.tools.container import Container
from dartmath.tools.inside import Inside
from dartmath.tools.isolation import Isolation, environment
from dartmath.tools.starter import in_lasting_thread

BlockOutcome = Literal["ok", "error", "timeout", "refused"]
OUTCOMES: tuple[BlockOutcome, ...] = ("ok", "error", "timeout", "refused")

_MOST_OUTPUT_BYTES = 16 * 2**20
_MOST_REPLY_BYTES = 4096  # an engine of containers writes its own troubles there
_MOST_FILES = 20_000
_LOOK_SECONDS = 0.05  # from one count of the files to the next
_START_SECONDS = 30.0
_READY = "ready"  # what the runner says before the first block
_DIED_OF_CPU = 128 + signal.SIGXCPU


class SandboxWorker:
    """An interpreter in isolation; `dead` once it can run no more blocks.

    Not for several threads at once, except `kill`.
    """

    def __init__(self, isolation: Isolation, section: ToolsSection) -> None:
        self._section = section
        self._container = isolation if isinstance(isolation, Container) else None
        self._name = isolation.new_name() if isinstance(isolation, Container) else ""
        self._weak_folder = (
            tempfile.TemporaryDirectory(prefix="dartmath-") if isolation.mode == "weak" else None
        )
        self.dead = False
        self._fresh = True
        self._inside: Inside | None
        inside_requests, self._requests = os.pipe()
        self._replies, inside_replies = os.pipe()
        self._output, inside_output = os.pipe()
        info, inside_info = os.pipe()
        inside = (inside_requests, inside_replies, inside_output, inside_info)
        try:
            self._process = in_lasting_thread(lambda: self._start(isolation, *inside))
        finally:
            for descriptor in inside:
                os.close(descriptor)
        if isolation.mode in ("weak", "container"):
            os.close(info)
            self._inside = None
        else:
            self._inside = Inside(info, _START_SECONDS)
        for descriptor in (self._requests, self._replies, self._output):
            os.set_blocking(descriptor, False)

    def _start(
        self, isolation: Isolation, requests: int, replies: int, output: int, info: int
    ) -> subprocess.Popen[bytes]:
        scratch = self._section.memory_mb * 2**20 // 4
        if self._container is not None:
            # Only the standard streams reach into a container.
            own = {"streams": True, "filter": seccomp.program().hex()}
            config = json.dumps({**self._config(isolation, 0, 2, scratch), **own})
            return subprocess.Popen(
                self._container.start(config, self._name),
                stdin=requests,
                stdout=output,
                stderr=replies,
                start_new_session=True,
            )
        config = json.dumps(self._config(isolation, requests, replies, scratch))
        with tempfile.TemporaryFile() as rules:
            rules.write(seccomp.program() if isolation.mode != "weak" else b"")
            rules.seek(0)
            command = isolation.command(config, scratch_bytes=scratch, filter_fd=rules.fileno(), info_fd=info)
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment() if self._weak_folder else {},
                cwd=self._weak_folder.name if self._weak_folder else "/",
                pass_fds=(requests, replies, rules.fileno(), info),
                start_new_session=True,
            )

    def _config(self, isolation: Isolation, requests: int, replies: int, scratch: int) -> dict[str, Any]:
        per_block = self._section.seconds + 2
        return {
            "uid": isolation.new_uid,
            "requests": requests,
            "replies": replies,
            "memory": self._section.memory_mb * 2**20,
            "processes": isolation.processes(self._section.processes),
            "file_size": scratch,
            "cpu": int(per_block * (self._section.calls + 1)) + 5,
        }

    def run(self, code: str) -> tuple[BlockOutcome, str]:
        """Run one block and watch it until it ends, dies, or exceeds a limit."""
        nonce = secrets.token_hex(8)
        capture = Capture(4 * self._section.output_chars)
        if self._fresh:
            # The clock of the first block does not run while the interpreter starts.
            outcome, note = self._watch(_READY, capture, time.monotonic() + _START_SECONDS)
            if outcome != "ok":
                return outcome, _joined(capture, note)
            if self._inside is not None:
                self._inside.watch_scratch()
        self._fresh = False
        body = f"{nonce} {self._section.seconds}\n{code}".encode("utf-8", "surrogatepass")
        deadline = time.monotonic() + 3 * self._section.seconds + 2
        self._send(struct.pack(">I", len(body)) + body, deadline)
        outcome, note = self._watch(nonce, capture, deadline)
        return outcome, _joined(capture, note)

    def park(self, most: int) -> int:
        """Stop everything inside until `resume`; the bytes it holds, or `most` where nobody can tell."""
        if self._inside is None or not self._inside.stop():
            return most
        return self._inside.memory()

    def resume(self) -> None:
        """Let what `park` stopped go on."""
        if self._inside is not None:
            self._inside.go_on()

    def _send(self, data: bytes, deadline: float) -> None:
        """Write a request, or kill what does not take it in; a pipe may be smaller than the request."""
        waiting = select.poll()
        waiting.register(self._requests, select.POLLOUT)
        left = memoryview(data)
        while left:
            if not waiting.poll(1000 * max(0.0, deadline - time.monotonic())):
                self.kill()
                return
            try:
                left = left[os.write(self._requests, left) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                self.kill()
                return

    def _watch(self, nonce: str, capture: Capture, deadline: float) -> tuple[BlockOutcome, str]:
        reply = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            selector.register(self._replies, selectors.EVENT_READ)
            while True:
                wait = min(_LOOK_SECONDS, max(0.0, deadline - time.monotonic()))
                ready = {key.fd for key, _ in selector.select(wait)}
                if self._output in ready and not self._drain(capture):
                    selector.unregister(self._output)
                if capture.size > _MOST_OUTPUT_BYTES:
                    self.kill()
                    return "error", f"OutputLimit: more than {_MOST_OUTPUT_BYTES} bytes were printed"
                if self._inside is not None and self._inside.files() > _MOST_FILES:
                    self.kill()
                    return "error", f"FileLimit: more than {_MOST_FILES} files were made"
                if self._replies in ready:
                    part = _read(self._replies)
                    reply += part or b""
                    if part == b"" or len(reply) > _MOST_REPLY_BYTES:
                        self._drain(capture)
                        return self._died()
                    outcome = _outcome_of(reply, nonce)
                    if outcome is not None:
                        self._drain(capture)
                        return outcome, ""
                if time.monotonic() >= deadline:
                    self.kill()
                    return "timeout", "TimeoutError: the block took too long; variables are lost"

    def _drain(self, capture: Capture) -> bool:
        """Take what the output pipe holds now; False at its end."""
        while capture.size <= _MOST_OUTPUT_BYTES:
            part = _read(self._output)
            if part is None:
                return True
            if not part:
                return False
            capture.add(part)
        return True

    def _died(self) -> tuple[BlockOutcome, str]:
        """The interpreter is gone (or talks nonsense): say how it ended."""
        try:
            status = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        self.kill()
        if status in (_DIED_OF_CPU, -signal.SIGXCPU):
            return "timeout", "TimeoutError: the block used too much CPU time; variables are lost"
        return "error", "the interpreter ended; variables are lost"

    def kill(self) -> None:
        """Kill everything inside.

        With bubblewrap, that is its init process: bubblewrap itself, killed first, would leave a
        zombie wherever the machine's own init does not reap.
        """
        self.dead = True
        if self._container is not None:
            self._end_container(self._container)
        elif self._inside is not None and self._inside.started:
            self._inside.kill()
        elif self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def _end_container(self, container: Container) -> None:
        """End the container once, and the client; one that has ended by itself is gone already."""
        name, self._name = self._name, ""
        if name:
            container.end(name)
        if self._process.poll() is None:
            self._process.kill()

    def close(self) -> None:
        """Kill, reap, and give back every descriptor and folder."""
        self.kill()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for descriptor in (self._requests, self._replies, self._output):
            os.close(descriptor)
        if self._inside is not None:
            self._inside.close()
        if self._weak_folder is not None:
            self._weak_folder.cleanup()


def _joined(capture: Capture, note: str) -> str:
    return "\n".join(part for part in (capture.text().rstrip("\n"), note) if part)


def _read(descriptor: int) -> bytes | None:
    """The next bytes; None when there are none now, empty at the end."""
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None


def _outcome_of(reply: bytes, nonce: str) -> BlockOutcome | None:
    """The outcome in the reply to this block; None while there is none. Other lines are ignored.

    A reply is compared and never parsed, since hostile code can write one.
    """
    start = f"{nonce} ".encode()
    for line in reply.split(b"\n")[:-1]:
        if line.startswith(start):
            found = line.removeprefix(start)
            return next((name for name in OUTCOMES if name.encode() == found), "error")
    return None
