"""Paths as users write them."""

from __future__ import annotations

from pathlib import Path

from dartmath.base.errors import ConfigError


def expand_home(path: str | Path) -> Path:
    """The path with a home folder for a leading `~` or `~user`.

    Raises `ConfigError` where there is no such user, or the home folder of this one is not known, as in
    a container without `HOME`.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        user = Path(path).parts[0][1:]
    if user:
        raise ConfigError(f"{str(path)!r}: there is no user {user!r}; write the path in full")
    raise ConfigError(f"{str(path)!r}: the home folder is not known; set HOME, or write the path in full")
