"""Starting the processes of a run on several devices, by torchrun or accelerate."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from dartmath.errors import (
    ConfigError,
    DataError,
    MissingDependencyError,
    TrainingError,
    UnknownNameError,
)
from dartmath.manifest import write_atomic
from dartmath.model import ModelSection
from dartmath.prompts.template import Template
from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint, step_of
from dartmath.training.config import TrainingSection
from dartmath.training.interrupt import StopRequest, interrupted, is_launched, on_interrupt
from dartmath.training.job import is_finished

_FILE = "launch.json"


def must_launch(section: TrainingSection) -> bool:
    """Whether this process is to start the others, rather than being one of them."""
    return section.gpus > 1 and not is_launched()


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

    Raises `ConfigError` or `MissingDependencyError` when this machine lacks devices or libraries,
    `TrainingError` when a process fails, `Interrupted` when the run was asked to stop.
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
    stop = StopRequest(out)
    stop.clear()
    code = _wait([*launcher(section), "-m", "dartmath.training.worker", str(path)], stop)
    if code:
        raise TrainingError(
            f"training on {section.gpus} processes failed with exit code {code}; "
            "its message is above, and the same command goes on from the last checkpoint"
        )
    path.unlink()
    checkpoint = newest_checkpoint(checkpoint_folder(out))
    if stop and checkpoint and not is_finished(out):
        raise interrupted(step_of(checkpoint))


def _wait(command: list[str], stop: StopRequest) -> int:
    """Run `command` to its end, with signals kept from it; its exit code."""
    process = subprocess.Popen(command, start_new_session=True)
    try:
        with on_interrupt(stop.ask_all):
            return process.wait()
    except KeyboardInterrupt:
        _kill(process.pid)
        process.wait()
        raise


def _kill(pid: int) -> None:
    """Kill a launcher and the processes it started."""
    import psutil

    launcher = psutil.Process(pid)
    for process in (*launcher.children(recursive=True), launcher):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def launcher(section: TrainingSection) -> list[str]:
    """The command that starts the processes."""
    if section.launch:
        config = ["--config_file", str(launch_file(section.launch)), "--num_processes", str(section.gpus)]
        return [sys.executable, "-m", "accelerate.commands.launch", *config]
    return [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={section.gpus}"]


def launch_file(name: str) -> Path:
    """The accelerate configuration of a built-in name or path; `UnknownNameError` for neither."""
    path = Path(name).expanduser()
    if path.is_file():
        return path
    folder = _launch_folder()
    known = {file.stem: file for file in sorted(folder.glob("*.yaml"))}
    if name in known:
        return known[name]
    if path.suffix in (".yaml", ".yml", ".json"):
        raise DataError(f"no such file; built in: {', '.join(known)}", path=name)
    raise UnknownNameError("launch configuration", name, known)


def _launch_folder() -> Path:
    """The built-in configurations, in a checkout and in an installed wheel."""
    package = Path(__file__).parents[1]
    installed = package / "launch"
    return installed if installed.is_dir() else package.parents[1] / "launch"


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
        config = launch_file(section.launch or "zero3")
        raise ConfigError(
            f"the recipe says gpus: {section.gpus}, and this machine has {here}; give --gpus {here}, "
            f"or start the same command on every node: accelerate launch --config_file {config} "
            f"--num_machines N --machine_rank I --main_process_ip HOST --num_processes {section.gpus} "
            "-m dartmath train ..."
        )
    if section.launch:
        _check_sharding(section.launch)


def _check_sharding(name: str) -> None:
    """Raise where the configuration asks for a library or devices that are not here."""
    import torch
    import yaml

    kind = yaml.safe_load(launch_file(name).read_text(encoding="utf-8")).get("distributed_type")
    if kind == "DEEPSPEED" and not find_spec("deepspeed"):
        raise MissingDependencyError("DeepSpeed is not installed; run: pip install 'dartmath[deepspeed]'")
    if kind in ("DEEPSPEED", "FSDP") and not torch.cuda.is_available():
        raise ConfigError(
            f"launch: {name} shards a model over GPUs, and this machine has none; over CPU processes train "
            "without it: --set training.launch=null"
        )
