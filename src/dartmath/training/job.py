"""A training job: the section with everything resolved, and the run folder it belongs to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.base.manifest import new_manifest, read_manifest, write_manifest
from dartmath.base.ownership import check_folder
from dartmath.model import ModelSection, content_id, resolve_model
from dartmath.prompts.template import Template, load_template
from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint
from dartmath.training.config import DatasetWeight, Lora, TrainingSection
from dartmath.training.hardware import check_options
from dartmath.training.layout import batch_layout
from dartmath.training.log import read_log
from dartmath.training.nodes import find_nodes
from dartmath.training.rows import data_fingerprint, hub_name, is_hub, pinned

# Keys that runs of earlier versions did not record; such a run goes on without them.
_NEW_KEYS = {"base"}
# What may differ when a run is continued: none of it changes what is learnt.
_FREE_KEYS = {
    "save_steps",
    "log_to",
    "keep_checkpoints",
    "gguf",
    "gradient_checkpointing",
    "liger",
    "compile",
    "launch",
}
# Where the batch is trained, not what it is: a later stage may run on fewer GPUs, and so may the rest of a
# run, unless its states are cut up among processes.
_LAYOUT_KEYS = {"gpus", "micro_batch"}
# What is done with the model when it is trained.
_EXPORT_KEYS = {"export_dtype"}
# How what was asked for can be had, by the key that a run cannot change.
_LENGTH = "learning rates follow from the length of a run; to train on, give its finished model as --model"
_PLACES = "the states of a sharded run, and the pairs of kto, belong to processes; leave it as it was"
_WAYS = {
    "epochs": _LENGTH,
    "max_steps": _LENGTH,
    "gpus": _PLACES,
    "micro_batch": _PLACES,
    "export_dtype": "the model is written; transformers loads it in any format, and writes it again",
    "mask_tool_output": "earlier versions trained on what tools printed; --no-mask-tool-output goes on",
}


@dataclass(frozen=True)
class Job:
    """A run with everything resolved.

    Attributes:
        section: the training section, `model` and `revision` filled in.
        path: folder or Hub id that loads the base model.
        base_id: what the base model is, by content: the commit on the Hub, or the folder's fingerprint.
        template: the prompt template.
        sources: all data sets, with weights; those of the Hub at a commit.
        out: the run folder.
        seed: of shuffling, dropout and adapters.
    """

    section: TrainingSection
    path: str
    base_id: str
    template: Template
    sources: list[DatasetWeight]
    out: Path
    seed: int

    @property
    def base(self) -> ModelSection:
        """The base model as it was when the run began, for its weights, configuration and tokenizer."""
        return ModelSection(name=self.path, revision=self.revision)

    @property
    def revision(self) -> str | None:
        """The commit of a base model on the Hub; None of a folder."""
        return None if Path(self.path).is_dir() else self.base_id


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

    What comes from the Hub is taken at the commit with which the run in `out` began, or else at the
    newest, so that a run goes on with the data and the weights that it had. Raises `ConfigError`,
    `MissingDependencyError` or `DataError`.
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
    begun = read_manifest(out, stage="train") if (out / "manifest.json").is_file() else {}
    path = resolve_model(name)
    before = begun.get("model", {})
    same = (before.get("name"), before.get("revision")) == (name, revision)
    pin = before.get("commit") if same else None
    base_id = content_id(ModelSection(name=path, revision=pin or revision))
    return Job(section, path, base_id, chosen, _pinned(sources, begun.get("inputs", [])), out, seed)


def _pinned(sources: Sequence[DatasetWeight], begun: Sequence[str]) -> list[DatasetWeight]:
    """The data sets, those of the Hub at the commit of `begun`, the inputs of the run that goes on."""
    commits = {hub_name(source): source for source in begun if is_hub(source) and "@" in source}
    return [
        source.model_copy(update={"path": pinned(_begun(source.path, commits))})
        if is_hub(source.path)
        else source
        for source in sources
    ]


def _begun(source: str, commits: dict[str, str]) -> str:
    return source if "@" in source else commits.get(hub_name(source), source)


def open_run(job: Job) -> dict[str, Any]:
    """The manifest of the run at `out`: the one there, or a new one.

    A run that was refused before its first step has nothing to go on with, so its settings may change.
    Raises `DataError` where `out` holds somebody else's files or another stage's output.
    """
    settings = _settings(job)
    if is_main():
        check_folder(job.out, besides=[checkpoint_folder(job.out).name])
    if (job.out / "manifest.json").is_file() and _has_steps(job.out):
        manifest = read_manifest(job.out, stage="train")
        _refuse_changes(manifest["settings"], settings, job.out, _free_now(manifest, job.section))
        return manifest
    manifest = new_manifest(
        "train",
        model={"name": job.section.model, "revision": job.section.revision, **_identity(job)},
        template={"name": job.template.name, "hash": job.template.hash},
        config=job.section.model_dump(mode="json"),
        inputs=[source.path for source in job.sources],
        seed=job.seed,
        settings=settings,
    )
    if is_main():
        write_manifest(job.out, manifest)
    return manifest


def _free_now(manifest: dict[str, Any], section: TrainingSection) -> set[str]:
    """The settings that the run of a manifest may change from here on."""
    if manifest["finished"]:
        # What a run of an earlier version could not know does not make it another one.
        return _LAYOUT_KEYS | ({"mask_tool_output"} - set(manifest["settings"]))
    return _EXPORT_KEYS | (_LAYOUT_KEYS if _is_movable(manifest, section) else set())


def _is_movable(manifest: dict[str, Any], section: TrainingSection) -> bool:
    """Whether other processes can take a run over: each of them has all states, but those of dropout.

    KTO compares the responses of a micro-batch with one another, so that is a part of what is learnt.
    """
    sharded = manifest["config"].get("launch") or section.launch
    return not sharded and section.objective != "kto"


def _has_steps(out: Path) -> bool:
    """Whether the run in `out` has made a step."""
    return is_finished(out) or bool(read_log(out)) or newest_checkpoint(checkpoint_folder(out)) is not None


def _identity(job: Job) -> dict[str, str]:
    """What the base model is, by content, in the terms of `dartmath.model.describe_model`."""
    return {"commit": job.base_id} if job.revision else {"fingerprint": job.base_id}


def _settings(job: Job) -> dict[str, Any]:
    """Everything that shapes what is learnt; a run is only continued with the same."""
    config = job.section.model_dump(mode="json", exclude=_FREE_KEYS | {"datasets", "seed", "template"})
    data = [
        [data_fingerprint(s.path), s.weight, s.query, s.response, *([s.row_weight] if s.row_weight else [])]
        for s in job.sources
    ]
    own = {"thoughts": list(job.template.thoughts)} if job.template.thoughts else {}
    return {
        **config,
        "base": job.base_id,
        "template": job.template.hash,
        **own,
        "datasets": data,
        "seed": job.seed,
    }


def _refuse_changes(before: dict[str, Any], now: dict[str, Any], out: Path, free: set[str]) -> None:
    before = _completed(before, now)
    known = {*before, *(now.keys() - _NEW_KEYS)} - free
    changed = [key for key in sorted(known) if before.get(key) != now.get(key)]
    if changed:
        lines = [f"  {key}: {before.get(key)!r} -> {now.get(key)!r}" for key in changed]
        raise ConfigError(
            f"{out} holds a run with other settings:\n"
            + "\n".join(lines)
            + "".join(f"\n({key}: {_WAYS[key]})" for key in changed if key in _WAYS)
            + "\nGive another --out, or delete it."
        )


def _completed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Settings of a run of an earlier version, with the keys that have come since: they do as it did."""
    defaults = TrainingSection().model_dump(mode="json")
    defaults["mask_tool_output"] = False  # they trained on what tools printed
    missing = {key: value for key, value in defaults.items() if key in now and key not in before}
    if before.get("lora"):
        missing["lora"] = {**Lora().model_dump(mode="json"), **before["lora"]}
    return {**before, **missing}
