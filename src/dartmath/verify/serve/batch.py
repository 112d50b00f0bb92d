"""Grade many responses at once, in order, with as many processes as asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sized
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from dartmath.verify.contract.outcome import Verdict
from dartmath.verify.contract.question import Gradable
from dartmath.verify.serve.grading_pool import GradingPool

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

AHEAD = 2048
"""Pairs that are submitted before the first verdict is waited for, per worker."""


def grade_many(
    pairs: Iterable[tuple[Gradable, str]],
    workers: int = 0,
    *,
    timeout: float = 5.0,
    progress: bool = False,
    settings: GradingSettings | None = None,
) -> Iterator[Verdict]:
    """Verdicts of (query, response) pairs, streamed in the order of the pairs.

    Args:
        pairs: any iterable; it is read only a little ahead of the verdicts.
        workers: grading processes; 0 grades in this one.
        timeout: seconds after which one response is given up as `Outcome.TIMEOUT`.
        progress: draw a progress bar on standard error when that is a terminal.
        settings: how answers are found and compared; None is `GradingSettings()`.
    """
    ahead = AHEAD * workers if workers else 1
    return grade_with(GradingPool(workers, timeout, settings), pairs, ahead=ahead, progress=progress)


class Grader(Protocol):
    """What gives verdicts as futures: a `GradingPool`, or a grader around one."""

    def submit(
        self, query: Gradable, response: str, finish_reason: str = "stop", *, in_thought: bool = False
    ) -> Future[Verdict]:
        """Grade one response."""
        ...


def grade_with(
    grader: AbstractContextManager[Grader],
    pairs: Iterable[tuple[Gradable, str] | tuple[Gradable, str, str]],
    *,
    ahead: int = AHEAD,
    progress: bool = False,
) -> Iterator[Verdict]:
    """`grade_many` by a grader of any kind, which is closed at the end; at most `ahead` pairs wait.

    A pair may have the response's finish reason as a third part.
    """
    verdicts = _stream(pairs, grader, ahead)
    return _with_progress(verdicts, pairs) if progress else verdicts


def _stream(
    pairs: Iterable[tuple[Gradable, str] | tuple[Gradable, str, str]],
    opened: AbstractContextManager[Grader],
    ahead: int,
) -> Iterator[Verdict]:
    pending: deque[Future[Verdict]] = deque()
    with opened as grader:
        for pair in pairs:
            pending.append(grader.submit(*pair))
            if len(pending) >= ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _with_progress(verdicts: Iterator[Verdict], pairs: Iterable[object]) -> Iterator[Verdict]:
    from dartmath.base.terminal import progress_bar

    total = len(pairs) if isinstance(pairs, Sized) else None
    with progress_bar("grading", total) as bar:
        for done, verdict in enumerate(verdicts, 1):
            bar.update(done)
            yield verdict
