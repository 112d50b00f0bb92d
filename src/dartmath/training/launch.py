"""Starting the processes of a run on several devices, by torchrun or accelerate."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from dartmath.base.errors import (
    ConfigError,
    DataError,
    MissingDependencyError,
    TrainingError,
    UnknownNameError,
)
from dartmath.base.files import write_text
from dartmath.base.paths import expand_home
from dartmath.model import ModelSection
from dartmath.prompts.template import Template
from dartmath.training.checkpoints import checkpoint_folder, newest_checkpoint, step_of
from dartmath.training.config import TrainingSection
from dartmath.training.interrupt import StopRequest, interrupted, is_launched, on_interrupt
from dartmath.training.job import is_finished
from dartmath.training.nodes import Nodes

# As long as an NFS client may believe what it knows of a folder (`acdirmax` in nfs(5)).
_STALE_SECONDS = 60.0


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
    nodes: Nodes,
) -> None:
    """Run `train` with these arguments in this node's share of `section.gpus` processes, to its end.

    Raises `ConfigError` or `MissingDependencyError` when this machine lacks devices or libraries,
    `TrainingError` when a process fails, `Interrupted` when the run was asked to stop.
    """
    _check_devices(section, nodes)
    arguments = {
        "section": section.model_dump(mode="json"),
        "model": model.model_dump(mode="json"),
        "template": asdict(template),
        "datasets": [str(path) for path in datasets],
        "out": str(out),
        "seed": seed,
    }
    path = out / f"launch-{nodes.rank}.json"
    write_text(path, json.dumps(arguments, indent=2))
    stop = StopRequest(out)
    stop.clear()
    code = _wait([*launcher(section, nodes), "-m", "dartmath.training.worker", str(path)], stop)
    if code:
        raise TrainingError(
            f"training on {section.gpus} processes failed with exit code {code}; "
            "its message is above, and the same command goes on from the last checkpoint"
        )
    path.unlink()
    if not _finished(out, nodes, stop):
        checkpoint = newest_checkpoint(checkpoint_folder(out))
        raise interrupted(step_of(checkpoint) if checkpoint else 0)


def _finished(out: Path, nodes: Nodes, stop: StopRequest) -> bool:
    """Whether the trainers, which have all ended well, have come to the end of the run.

    What node 0 wrote may be seen late on the others.
    """
    end = time.monotonic() + (_STALE_SECONDS if nodes.rank and not stop else 0)
    while not is_finished(out):
        if time.monotonic() >= end:
            return False
        time.sleep(0.5)
    return True


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
    """Kill a launcher and the processes it started, as far as they still run."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        launcher = psutil.Process(pid)
        for process in (*launcher.children(recursive=True), launcher):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def launcher(section: TrainingSection, nodes: Nodes) -> list[str]:
    """The command that starts this node's processes."""
    command = [sys.executable, "-m", "dartmath.training.launcher"]
    share = nodes.share(section.gpus)
    head, port, rank = nodes.head, str(nodes.port), str(nodes.rank)
    if section.launch:
        command += ["accelerate", "--config_file", str(launch_file(section.launch))]
        command += ["--num_processes", str(section.gpus)]
        if nodes.count == 1:
            return command
        command += ["--num_machines", str(nodes.count), "--machine_rank", rank]
        return [*command, "--main_process_ip", head, "--main_process_port", port]
    command += ["torchrun", f"--nproc-per-node={share}"]
    if nodes.count == 1:
        # Without an address torchrun looks for itself by the machine's own name, and waits for ever where
        # that name leads nowhere, as on many a laptop.
        return [*command, "--standalone", "--local-addr=127.0.0.1"]
    command += [f"--nnodes={nodes.count}", f"--node-rank={rank}"]
    return [*command, f"--master-addr={head}", f"--master-port={port}"]


def launch_file(name: str) -> Path:
    """The accelerate configuration of a built-in name or path; `UnknownNameError` for neither."""
    path = expand_home(name)
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
    template = Template.of(saved["template"])
    return (
        TrainingSection.model_validate(saved["section"]),
        ModelSection.model_validate(saved["model"]),
        template,
        [Path(name) for name in saved["datasets"]],
        Path(saved["out"]),
        saved["seed"],
    )


def _check_devices(section: TrainingSection, nodes: Nodes) -> None:
    import torch

    here, share = torch.cuda.device_count(), nodes.share(section.gpus)
    if torch.cuda.is_available() and here < share:
        config = launch_file(section.launch or "zero3")
        raise ConfigError(
            f"the recipe says gpus: {section.gpus}, {share} of them here, and this machine has {here}; give "
            f"--gpus {here * nodes.count}, or start the same command on every node: in a Slurm job by "
            "srun --ntasks-per-node=1 dartmath train ..., elsewhere by "
            f"accelerate launch --config_file {config} --num_machines N --machine_rank I "
            f"--main_process_ip HOST --num_processes {section.gpus} -m dartmath train ..."
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
