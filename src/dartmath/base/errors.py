"""The error tree of dartmath.

Every error a user can meet is one of these; the message says what happened, shows the
offending value, and ends with the way out.

    DartmathError
    ├── UsageError                 the caller asked for something that cannot be (exit code 2)
    │   ├── ConfigError            a recipe key, flag or option is unknown or has a bad value
    │   ├── UnknownNameError       no template, dataset, engine, recipe ... of that name
    │   └── DataError              a row, file or folder given as input is malformed
    ├── MissingDependencyError     an optional package, tool or data folder is not here (exit code 3)
    ├── RunError                   a stage could not go on (exit code 4)
    │   ├── JournalError           the run directory cannot be read, written or continued
    │   ├── EngineError            the engine died or refuses every request
    │   ├── SandboxError           code cannot be run safely here
    │   └── TrainingError          training stopped (NaN loss, no data, bad batch layout)
    └── Interrupted                the user stopped the run; all finished work is kept (exit code 130)

A response that goes wrong (unparsable, timed out, refused by a server) is not an error: it is
recorded as an `Outcome` and the run goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "ConfigError",
    "DartmathError",
    "DataError",
    "EngineError",
    "Interrupted",
    "JournalError",
    "MissingDependencyError",
    "RunError",
    "SandboxError",
    "TrainingError",
    "UnknownNameError",
    "UsageError",
]


class DartmathError(Exception):
    """Base of all errors raised on purpose by dartmath."""

    exit_code = 1


class UsageError(DartmathError):
    """The caller asked for something that cannot be."""

    exit_code = 2


class ConfigError(UsageError):
    """A recipe key, flag or option is unknown or has a bad value."""


class UnknownNameError(UsageError):
    """No such template, dataset, engine, policy, recipe ...; names the nearest valid one."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        super().__init__(f"unknown {kind} {name!r}{nearest(name, self.known)}")


class DataError(UsageError):
    """A row, file or folder given as input is malformed.

    `path` and `line` (1-based) say where; both may be unknown.
    """

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        self.path, self.line = path, line
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(where + message)


class MissingDependencyError(DartmathError):
    """An optional package, external tool or data folder is not here."""

    exit_code = 3


class RunError(DartmathError):
    """A stage could not go on; what was finished before is kept."""

    exit_code = 4


class JournalError(RunError):
    """The run directory cannot be read, written or continued."""


class EngineError(RunError):
    """The engine died or refuses every request."""


class SandboxError(RunError):
    """Code cannot be run safely here."""


class TrainingError(RunError):
    """Training stopped: NaN loss, no data, or an impossible batch layout."""


class Interrupted(DartmathError):
    """The user stopped the run; all finished work is kept."""

    exit_code = 130


def nearest(name: str, known: Iterable[str]) -> str:
    """The tail of an unknown-name message: the nearest valid name, or all of them.

    >>> nearest("alpaka", ["alpaca", "qa"])
    '; did you mean "alpaca"?'
    """
    from difflib import get_close_matches

    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; valid: {', '.join(names)}" if names else "; none is available"
