"""Manifest: what every stage writes beside its output, and all that later stages know of it."""

from __future__ import annotations

import datetime as dt
import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.base.files import write_text

FORMAT = 1
_FILE = "manifest.json"
_STAGES = ("sample", "curate", "train", "evaluate")
_VERSIONED = (
    "torch",
    "transformers",
    "trl",
    "peft",
    "accelerate",
    "vllm",
    "aiohttp",
    "python-flint",
    "pyarrow",
)


def new_manifest(stage: str, **content: Any) -> dict[str, Any]:
    """A manifest with the fields that every stage records.

    `stage` is one of "sample", "curate", "train", "evaluate". The usual further fields: `config`
    (the resolved section), `inputs` (folders read), `model`, `template` ({"name", "hash"}),
    `finished` (bool) and `summary` (the numbers that reports and cards show).
    """
    return {
        "format": FORMAT,
        "stage": stage,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "finished": False,
        **content,
    }


def versions() -> dict[str, str]:
    """Versions of dartmath, Python and the libraries that shape a result, where installed."""
    found = {"python": platform.python_version()}
    for name in ("dartmath", *_VERSIONED):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write `folder/manifest.json` atomically and durably; returns its path."""
    path = folder / _FILE
    write_text(path, json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n")
    return path


def read_manifest(folder: Path, *, stage: str | None = None) -> dict[str, Any]:
    """The manifest of `folder`.

    Raises `DataError` when there is none, when it is damaged, or when it is not of `stage`.
    """
    path = folder / _FILE
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(_not_here(folder, stage), path=folder) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"damaged manifest: {error}; restore it from a copy", path=path) from error
    if not isinstance(manifest, dict):
        raise DataError("damaged manifest: not a JSON object; restore it from a copy", path=path)
    if stage and manifest.get("stage") != stage:
        found = manifest.get("stage")
        way = (
            f"give the run, {folder.parent}, or that stage's folder in it"
            if found in _STAGES
            else "another program wrote it"
        )
        raise DataError(f"expected the output of `dartmath {stage}`, found {found!r}; {way}", path=path)
    return manifest


def _not_here(folder: Path, stage: str | None) -> str:
    """What to say of a folder without a manifest."""
    what = f"a {stage} output folder" if stage else "an output folder of dartmath"
    wrote = f"`dartmath {stage}` or " if stage else ""
    there = f"there is no such folder, and no {_FILE} in it"
    if folder.exists():
        there = f"it has no {_FILE}" if folder.is_dir() else "it is a file"
    return f"not {what}: {there}; give one that {wrote}`dartmath run` wrote, such as runs/NAME"
