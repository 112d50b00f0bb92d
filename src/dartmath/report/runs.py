"""Run: the stage outputs that lie in a folder, whichever of them are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.base.manifest import read_manifest
from dartmath.base.round_folders import round_folders
from dartmath.evaluation.result import FILE, read_result

_DEPTH = 2
_KINDS = ("sample", "curate", "train", "evaluate")


@dataclass(frozen=True, slots=True)
class Stage:
    """The output folder of one stage and its manifest; `label` is its path below the run."""

    folder: Path
    label: str
    manifest: dict[str, Any]

    @property
    def summary(self) -> dict[str, Any]:
        """The numbers of the stage; empty while it has not finished."""
        return dict(self.manifest.get("summary") or {})


@dataclass(frozen=True, slots=True)
class Run:
    """All stages found in a folder, by kind, each list in the order of labels."""

    name: str
    folder: Path
    samples: list[Stage] = field(default_factory=list)
    datasets: list[Stage] = field(default_factory=list)
    models: list[Stage] = field(default_factory=list)
    evaluations: list[Stage] = field(default_factory=list)

    @property
    def rows(self) -> int | None:
        """Rows of the first finished data set: the size at which policies are compared."""
        return next((int(s.summary["rows"]) for s in self.datasets if s.summary.get("rows")), None)

    @property
    def deduplicated(self) -> bool:
        """Whether the first data set has equal responses once only."""
        return next((bool(s.manifest["config"]["deduplicate"]) for s in self.datasets), True)

    @property
    def stages(self) -> list[Stage]:
        """All of them, in the order of the pipeline."""
        return [*self.samples, *self.datasets, *self.models, *self.evaluations]


def find_runs(folders: Sequence[Path]) -> list[Run]:
    """A run for each folder, which may be a whole run's or one stage's output; one for each of its rounds.

    Raises `DataError` for a folder without any stage output.
    """
    runs = [_find(one) for folder in folders for one in _rounds(folder) or [folder]]
    names = _apart([run.folder for run in runs])
    return [replace(run, name=name) for run, name in zip(runs, names, strict=True)]


def evaluation_result(stage: Stage) -> dict[str, Any]:
    """The scores of an evaluation, as JSON; empty while it has not finished."""
    if not (stage.folder / FILE).is_file():
        return {}
    return read_result(stage.folder).model_dump(mode="json")


def _apart(folders: Sequence[Path]) -> list[str]:
    """A name for each folder: as many of the last parts of its path as tell them apart."""
    paths = [folder.resolve().parts for folder in folders]
    longest = max(map(len, paths), default=1)
    for count in range(1, longest + 1):
        names = ["/".join(parts[-count:]) for parts in paths]
        if len(set(names)) == len(set(paths)):
            break
    return names


def _rounds(folder: Path) -> list[Path]:
    """The rounds in a folder that have an output yet."""
    return [one for one in round_folders(folder) if _stages(one, one, 0)]


def _find(folder: Path) -> Run:
    if not folder.is_dir():
        found = "a file, not a folder" if folder.exists() else "no such folder"
        raise DataError(f"{found}; name one that `dartmath run` or a stage has written", path=folder)
    stages = _stages(folder, folder, 0)
    if not stages:
        raise DataError(
            "no output of dartmath in it (a manifest.json of sample, curate, train or evaluate); "
            "make one with: dartmath run tiny",
            path=folder,
        )
    kinds: dict[str, list[Stage]] = {kind: [] for kind in _KINDS}
    for stage in stages:
        kinds[stage.manifest["stage"]].append(stage)
    name = folder.resolve().name
    return Run(name, folder, kinds["sample"], kinds["curate"], kinds["train"], kinds["evaluate"])


def _stages(folder: Path, root: Path, depth: int) -> list[Stage]:
    """Stage outputs in a folder; what lies inside a stage's own output is part of it."""
    manifest = read_manifest(folder) if (folder / "manifest.json").is_file() else {}
    # Other programs, too, call a file manifest.json.
    if manifest.get("stage") in _KINDS:
        label = folder.relative_to(root).as_posix()
        return [Stage(folder, folder.name if label == "." else label, manifest)]
    if depth == _DEPTH:
        return []
    below = sorted((child for child in folder.iterdir() if child.is_dir()), key=_place)
    return [stage for child in below for stage in _stages(child, root, depth + 1)]


def _place(folder: Path) -> tuple[bool, str]:
    """Alphabetical, but the evaluation after training behind the one before it."""
    return folder.name == "after", folder.name
