"""Starting the processes of a run on several devices, by torchrun or accelerate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dartmath.errors import ConfigError, DataError, TrainingError
from dartmath.manifest import write_atomic
from dartmath.model import ModelSection
from dartmath.prompts.template import Template
from dartmath.training.config import TrainingSection

_FILE = "launch.json"


def must_launch(section: TrainingSection) -> bool:
    """Whether this process is to start the others, rather than being one of them."""
    return section.gpus > 1 and "WORLD_SIZE" not in os.environ


def launch(
    section: TrainingSection,
    model: ModelSection,
    template: Template,
    datasets: Sequence[Path],
    out: Path,
    *,
    seed: int,
) -> None:
    """Run `train` with these arguments in `section.gpus` processes of this machine, to its end.

    Raises `ConfigError` when this machine has fewer devices, `TrainingError` when a process fails.
    """
    _check_devices(section)
    arguments = {
        "section": section.model_dump(mode="json"),
        "model": model.model_dump(mode="json"),
        "template": asdict(template),
        "datasets": [str(path) for path in datasets],
        "out": str(out),
        "seed": seed,
    }
    path = out / _FILE
    write_atomic(path, json.dumps(arguments, indent=2))
    code = subprocess.run([*launcher(section), "-m", "dartmath.training.worker", str(path)], check=False)
    if code.returncode:
        raise TrainingError(
            f"training on {section.gpus} processes failed with exit code {code.returncode}; "
            "its message is above, and the same command goes on from the last checkpoint"
        )
    path.unlink()


def launcher(section: TrainingSection) -> list[str]:
    """The command that starts the processes."""
    if section.launch:
        if not Path(section.launch).is_file():
            raise DataError("no such accelerate configuration", path=section.launch)
        config = ["--config_file", section.launch, "--num_processes", str(section.gpus)]
        return [sys.executable, "-m", "accelerate.commands.launch", *config]
    return [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={section.gpus}"]


def read_arguments(
    path: Path,
) -> tuple[TrainingSection, ModelSection, Template, list[Path], Path, int]:
    """What `launch` wrote for its workers."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    template = Template(**{**saved["template"], "stop": tuple(saved["template"]["stop"])})
    return (
        TrainingSection.model_validate(saved["section"]),
        ModelSection.model_validate(saved["model"]),
        template,
        [Path(name) for name in saved["datasets"]],
        Path(saved["out"]),
        saved["seed"],
    )


def _check_devices(section: TrainingSection) -> None:
    import torch

    here = torch.cuda.device_count()
    if torch.cuda.is_available() and here < section.gpus:
        raise ConfigError(
            f"the recipe says gpus: {section.gpus}, and this machine has {here}; give --gpus {here}, "
            "or start the same command on every node: accelerate launch --config_file launch/zero3.yaml "
            f"--num_machines N --machine_rank I --main_process_ip HOST --num_processes {section.gpus} "
            "-m dartmath train ..."
        )
