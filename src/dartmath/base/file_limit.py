"""How many files and connections this process may have open."""

from __future__ import annotations

import resource

_FILES = 65_536


def raise_file_limit() -> None:
    """Let this process have as many as the system allows; the usual 1024 are too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
