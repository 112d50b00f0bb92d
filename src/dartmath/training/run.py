"""`train`: fine-tune a model on training sets, resumably, and export it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

from dartmath.base.extras import require
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.base.memory import give_back_freed, return_large_blocks
from dartmath.base.pytorch import prepare_pytorch
from dartmath.base.run_lock import RunLock
from dartmath.base.slurm import check_progress
from dartmath.base.terminal import info
from dartmath.model import ModelSection, load_tokenizer
from dartmath.prompts.template import Template
from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint, remove_checkpoints, step_of
from dartmath.training.config import TrainingSection
from dartmath.training.gguf_file import NAME, write_gguf
from dartmath.training.interrupt import is_launched
from dartmath.training.job import Job, is_finished, is_main, open_run, resolve_job
from dartmath.training.launch import launch, launch_file, must_launch
from dartmath.training.layout import check_world
from dartmath.training.nodes import find_nodes
from dartmath.training.summary import TrainingSummary

NEEDS = ("torch", "transformers", "trl", "peft", "accelerate", "datasets")
"""Libraries that training needs and the core goes without."""

__all__ = ["TrainingSummary", "train"]


def train(
    section: TrainingSection,
    model: ModelSection,
    template: Template,
    datasets: Sequence[Path],
    out: Path,
    *,
    seed: int = 0,
) -> TrainingSummary:
    """Fine-tune on `datasets` (weight 1 each) and the section's own, and export to `out`.

    `model` and `template` are used where the section names none. The same call goes on from the
    newest whole checkpoint; after a finished run it does nothing and returns its summary. With
    several `gpus`, it starts that many processes, unless a launcher already has; as one task a node
    of a Slurm job step, its node's share of them.

    Raises:
        MissingDependencyError: a library of training is not installed.
        JournalError: another process trains into `out`.
        ConfigError: the batch does not divide, or `out` holds a run of other settings.
        UnknownNameError: there is no such launch configuration.
        DataError: a data set or model cannot be read.
        TrainingError: NaN or infinite loss, or packing that is not exact on this model.
        Interrupted: Ctrl-C; the step at hand was finished and its checkpoint saved.
    """
    require(*NEEDS, purpose="training")
    prepare_pytorch()
    return_large_blocks()
    if section.launch:
        launch_file(section.launch)  # a wrong name is one on a single device too
    if must_launch(section) and not is_finished(out):
        job = resolve_job(section, model, template, datasets, out, seed=seed)
        nodes = find_nodes()
        with _alone(out) if is_main() else nullcontext():
            _prepare(job)
            launch(section, model, template, datasets, out, seed=seed, nodes=nodes)
        return TrainingSummary(**read_manifest(out, stage="train")["summary"])
    job = resolve_job(section, model, template, datasets, out, seed=seed)
    check_world(section)
    manifest = open_run(job)
    if manifest["finished"]:
        if section.gguf and is_main():
            _write_gguf(out)
        if is_main() and not (section.keep_checkpoints or manifest["config"].get("keep_checkpoints")):
            remove_checkpoints(checkpoint_folder(out))  # as far as a kill has left them
        info(f"already trained: {out} (delete the folder to train again)")
        return TrainingSummary(**manifest["summary"])
    from dartmath.training.session import run_session

    with _alone(out):
        summary = run_session(job)
        give_back_freed()
        if section.gguf and is_main():
            _write_gguf(out)
        if is_main():
            write_manifest(out, {**manifest, "finished": True, "summary": asdict(summary)})
            # Not before: without them, what is not known to be finished would be trained anew.
            if not section.keep_checkpoints:
                remove_checkpoints(checkpoint_folder(out))
    _meet()
    return summary


def _write_gguf(out: Path) -> None:
    """Write the GGUF file of a trained model, unless it is there."""
    if not (out / NAME).is_file():
        info(f"writing {out / NAME}")
        write_gguf(out)


def _prepare(job: Job) -> None:
    """What takes long, done before there are trainers that would wait for it, and time out.

    The manifest comes first: it pins what is taken from the Hub, for every process.
    """
    from dartmath.training.prepared import tokenise_all

    open_run(job)
    tokenise_all(job, load_tokenizer(job.base))


def _meet() -> None:
    """Wait for the other trainers: what starts those of another node ends when the run is written."""
    from accelerate import PartialState

    PartialState().wait_for_everyone()


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Refuse a second run in `out`; of a launched run, the process that started it holds the lock."""
    if is_launched():
        yield
        return
    folder = checkpoint_folder(out)
    folder.mkdir(parents=True, exist_ok=True)
    with RunLock(folder):
        newest = newest_checkpoint(folder)
        check_progress(folder, step_of(newest) if newest else 0, "saved step")
        yield
