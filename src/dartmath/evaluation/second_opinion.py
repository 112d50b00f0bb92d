"""Math-Verify as a second opinion, in a process that is killed when it takes too long.

https://github.com/huggingface/Math-Verify simplifies with SymPy and may run for minutes on one
answer; its own time-out needs signals, which the parent here does not rely on.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

from dartmath.base.errors import RunError
from dartmath.base.extras import require
from dartmath.verify.contract.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from dartmath.queries.query import Query
    from dartmath.sampling.sample import Sample

_START = 120.0


class MathVerify:
    """Judges responses with Math-Verify, one after another, in one child process."""

    def __init__(self, timeout: float) -> None:
        require("math_verify", purpose="a second opinion")
        self._timeout = timeout
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> MathVerify:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop()

    def many(self, queries: Mapping[str, Query], samples: Sequence[Sample]) -> list[Verdict]:
        """The verdict on each sample; `Outcome.TIMEOUT` where it took too long."""
        return [self.judge(queries[sample.query_id].references, sample.text) for sample in samples]

    def judge(self, references: Sequence[str], response: str) -> Verdict:
        """The verdict on one response: any of `references` is acceptable."""
        pipe = self._ready()
        try:
            pipe.send_bytes(json.dumps([list(references), response]).encode())
            if not pipe.poll(self._timeout):
                self._stop()
                return Verdict(Outcome.TIMEOUT, None, "math-verify", f"more than {self._timeout:g} s")
            outcome, answer, reason = json.loads(pipe.recv_bytes())
        except (EOFError, OSError, ValueError) as error:
            self._stop()
            return Verdict(Outcome.ERROR, None, "math-verify", f"its process died: {error!r}")
        return Verdict(Outcome(outcome), answer, "math-verify", reason)

    def _ready(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        try:
            # A process that dies closes its end, which counts as something to read.
            ready = ours.poll(_START) and ours.recv_bytes()
        except (EOFError, OSError):
            ready = b""
        if not ready:
            self._process.kill()
            raise RunError(
                f"Math-Verify did not start within {_START:g} s, or died; `python -c 'import math_verify'` "
                "may show why. Try the same command again, or --verifier dartmath"
            )
        self._pipe = ours
        return ours

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _serve(pipe: Connection) -> None:
    """Answer requests until the pipe closes."""
    from math_verify import parse, verify

    # It warns that its own time-outs are off: the parent's are on.
    logging.disable(logging.WARNING)
    pipe.send_bytes(b"ready")
    while True:
        try:
            references, response = json.loads(pipe.recv_bytes())
        except EOFError:
            return
        try:
            found = parse(response, parsing_timeout=None)
            right = any(
                verify(parse(f"${reference}$", parsing_timeout=None), found, timeout_seconds=None)
                for reference in references
            )
        # Whatever SymPy raises on a model's answer is a judgement that could not be made.
        except Exception as error:
            _answer(pipe, Outcome.ERROR, None, repr(error)[:200])
            continue
        answer = str(found[-1]) if found else None
        outcome = Outcome.CORRECT if right else Outcome.WRONG if found else Outcome.NO_ANSWER
        _answer(pipe, outcome, answer, "by Math-Verify")


def _answer(pipe: Connection, outcome: Outcome, answer: str | None, reason: str) -> None:
    # JSON and not pickle: what comes back was computed from a model's output.
    pipe.send_bytes(json.dumps([outcome.value, answer, reason]).encode())
