"""Grade many responses at once, in order, with as many processes as asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sized
from concurrent.futures import Future
from typing import TYPE_CHECKING

from dartmath.verify.outcome import Verdict
from dartmath.verify.question import Gradable
from dartmath.verify.serve.pool import GradingPool

if TYPE_CHECKING:
    from dartmath.verify.settings import GradingSettings

_AHEAD = 2048


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
    verdicts = _stream(pairs, GradingPool(workers, timeout, settings), workers)
    return _with_progress(verdicts, pairs) if progress else verdicts


def _stream(pairs: Iterable[tuple[Gradable, str]], pool: GradingPool, workers: int) -> Iterator[Verdict]:
    pending: deque[Future[Verdict]] = deque()
    with pool:
        for query, response in pairs:
            pending.append(pool.submit(query, response))
            if len(pending) >= _AHEAD * max(workers, 1) or workers == 0:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _with_progress(verdicts: Iterator[Verdict], pairs: Iterable[tuple[Gradable, str]]) -> Iterator[Verdict]:
    from dartmath.base.terminal import progress_bar

    total = len(pairs) if isinstance(pairs, Sized) else None
    with progress_bar("grading", total) as bar:
        for done, verdict in enumerate(verdicts, 1):
            bar.update(done)
            yield verdict
