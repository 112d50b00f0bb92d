"""A training job: the section with everything resolved, and the run folder it belongs to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.manifest import new_manifest, read_manifest, write_manifest
from dartmath.model import ModelSection, resolve_model
from dartmath.prompts.template import Template, load_template
from dartmath.training.config import DatasetWeight, TrainingSection
from dartmath.training.hardware import check_options
from dartmath.training.layout import batch_layout
from dartmath.training.nodes import find_nodes
from dartmath.training.rows import fingerprint

# What may differ when a run is continued: none of it changes what is learnt.
_FREE_KEYS = {
    "save_steps",
    "log_to",
    "keep_checkpoints",
    "gradient_checkpointing",
    "liger",
    "compile",
    "launch",
}
# Where the batch was trained, not what it was: a later stage may run on fewer GPUs. A run that goes on
# may not change it, since the states of optimiser and random numbers belong to processes.
_LAYOUT_KEYS = {"gpus", "micro_batch"}


@dataclass(frozen=True)
class Job:
    """A run with everything resolved.

    Attributes:
        section: the training section, `model` and `revision` filled in.
        path: folder or Hub id that loads the base model.
        template: the prompt template.
        sources: all data sets, with weights.
        out: the run folder.
        seed: of shuffling, dropout and adapters.
    """

    section: TrainingSection
    path: str
    template: Template
    sources: list[DatasetWeight]
    out: Path
    seed: int

    @property
    def base(self) -> ModelSection:
        """The base model, for its tokenizer."""
        return ModelSection(name=self.path, revision=self.section.revision)


def is_main() -> bool:
    """Whether this process is the one that writes: trainer 0, or what starts it and the others of node 0."""
    if "RANK" in os.environ:
        return os.environ["RANK"] == "0"
    return find_nodes().rank == 0


def is_finished(out: Path) -> bool:
    """Whether `out` holds a finished run."""
    return (out / "manifest.json").is_file() and bool(read_manifest(out, stage="train")["finished"])


def resolve_job(
    section: TrainingSection,
    model: ModelSection,
    template: Template,
    datasets: Sequence[Path],
    out: Path,
    *,
    seed: int,
    check: bool = True,
) -> Job:
    """Fill in what `section` leaves open, and refuse what cannot run here (unless not `check`).

    Raises `ConfigError`, `MissingDependencyError` or `DataError`.
    """
    batch_layout(section)
    if check:
        check_options(section)
    name = section.model or model.name
    revision = section.revision if section.model else section.revision or model.revision
    section = section.model_copy(update={"model": name, "revision": revision})
    chosen = load_template(section.template) if section.template else template
    sources = [DatasetWeight(path=str(path), weight=1.0) for path in datasets] + section.datasets
    if not sources:
        raise ConfigError("nothing to train on; give the output folder of `dartmath curate`, or a file")
    seed = seed if section.seed is None else section.seed
    return Job(section, resolve_model(name), chosen, sources, out, seed)


def open_run(job: Job) -> dict[str, Any]:
    """The manifest of the run at `out`: the one there, or a new one."""
    settings = _settings(job)
    if (job.out / "manifest.json").is_file():
        manifest = read_manifest(job.out, stage="train")
        free = _LAYOUT_KEYS if manifest["finished"] else set()
        _refuse_changes(manifest["settings"], settings, job.out, free)
        return manifest
    manifest = new_manifest(
        "train",
        model={"name": job.section.model, "revision": job.section.revision},
        template={"name": job.template.name, "hash": job.template.hash},
        config=job.section.model_dump(mode="json"),
        inputs=[source.path for source in job.sources],
        seed=job.seed,
        settings=settings,
    )
    if is_main():
        write_manifest(job.out, manifest)
    return manifest


def _settings(job: Job) -> dict[str, Any]:
    """Everything that shapes what is learnt; a run is only continued with the same."""
    config = job.section.model_dump(mode="json", exclude=_FREE_KEYS | {"datasets", "seed", "template"})
    data = [[fingerprint(s.path), s.weight, s.query, s.response] for s in job.sources]
    return {**config, "template": job.template.hash, "datasets": data, "seed": job.seed}


def _refuse_changes(before: dict[str, Any], now: dict[str, Any], out: Path, free: set[str]) -> None:
    changed = [key for key in sorted({*before, *now} - free) if before.get(key) != now.get(key)]
    if changed:
        lines = [f"  {key}: {before.get(key)!r} -> {now.get(key)!r}" for key in changed]
        raise ConfigError(
            f"{out} holds a run with other settings:\n"
            + "\n".join(lines)
            + "\nGive another --out, or delete it."
        )
