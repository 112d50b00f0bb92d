"""Where the rounds of a run lie: folders `round-1`, `round-2` ..., each of them a run of its own."""

from __future__ import annotations

import re
from pathlib import Path

_NAME = re.compile(r"round-([1-9]\d*)")


def round_folder(root: Path, number: int) -> Path:
    """Where the run of a round lies."""
    return root / f"round-{number}"


def round_folders(root: Path) -> list[Path]:
    """The rounds below `root` that have begun, in their order; none below any other run."""
    if not root.is_dir():
        return []
    found = {int(m[1]): path for path in root.iterdir() if (m := _NAME.fullmatch(path.name))}
    return [path for _, path in sorted(found.items()) if path.is_dir()]
