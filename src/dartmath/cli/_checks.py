"""The checks of `dartmath doctor`: each looks at one thing, quickly, and never raises or hangs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from dartmath.base.cpus import available_cpus
from dartmath.base.errors import ConfigError, DartmathError
from dartmath.base.extras import install_command
from dartmath.base.hub import endpoint, is_switched_off, trouble
from dartmath.base.paths import expand_home
from dartmath.training.run import NEEDS as TRAINING

Status = Literal["ok", "optional", "warning", "missing"]

_GIB = 2**30
_LITTLE_MEMORY = 4 * _GIB
_LITTLE_DISK = 5 * _GIB


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one thing.

    Attributes:
        area: what it belongs to, such as "engines".
        name: the thing.
        status: "ok"; "optional" (not here, and not needed for most work); "warning" (works, but);
            "missing" (dartmath does not work without it).
        found: what is here.
        fix: the command or setting that adds it; empty when nothing is to be done.
    """

    area: str
    name: str
    status: Status
    found: str
    fix: str = ""


def run_checks() -> Iterator[Check]:
    """All checks, one after the other, in the order in which they matter."""
    for check in (
        python,
        packages,
        transformers_engine,
        vllm_engine,
        ray_engine,
        gpu,
        training,
        demo_model,
        sandbox,
        data_folder,
        hub,
        disk,
        memory,
        cores,
    ):
        yield check()


def python() -> Check:
    """The interpreter."""
    version = sys.version.split()[0]
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Check("install", "python", "ok", f"{version}, {sys.prefix}")
    return Check("install", "python", "warning", f"{version} is not tested", "use Python 3.11, 3.12 or 3.13")


def packages() -> Check:
    """What dartmath itself requires, in versions that fit."""
    from packaging.requirements import Requirement

    broken = []
    for line in metadata.requires("dartmath") or ():
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = _version(requirement.name)
        if not found or not requirement.specifier.contains(found, prereleases=True):
            broken.append(f"{requirement.name} {found or 'is absent'} (wanted {requirement.specifier})")
    name = f"dartmath {_version('dartmath')}"
    if broken:
        return Check("install", name, "missing", "; ".join(broken), "pip install --upgrade dartmath")
    return Check("install", name, "ok", "all required packages are here")


def transformers_engine() -> Check:
    """The embedded engine."""
    torch, transformers = _version("torch"), _version("transformers")
    if torch and transformers:
        return Check("engines", "transformers", "ok", f"torch {torch}, transformers {transformers}")
    fix = install_command(["torch", "transformers"])
    return Check("engines", "transformers", "optional", "not installed: models run on servers alone", fix)


def vllm_engine() -> Check:
    """vLLM in this process."""
    return _extra("vllm")


def ray_engine() -> Check:
    """Ray clusters."""
    return _extra("ray")


def _extra(name: str) -> Check:
    version = _version(name)
    if version:
        return Check("engines", name, "ok", version)
    return Check("engines", name, "optional", "not installed", install_command([name]))


def training() -> Check:
    """The libraries that fine-tune."""
    absent = [name for name in TRAINING if not find_spec(name)]
    if absent:
        found, fix = f"not installed: {', '.join(absent)}", install_command(absent)
        return Check("training", "libraries", "optional", found, fix)
    return Check("training", "libraries", "ok", f"trl {_version('trl')}, peft {_version('peft')}")


def gpu() -> Check:
    """CUDA or Apple devices that PyTorch can use."""
    if find_spec("torch") is None:
        return Check("engines", "GPU", "optional", "unknown without torch")
    import torch

    if torch.cuda.is_available():
        devices = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
        shown = ", ".join(f"{d.name} ({d.total_memory / _GIB:.0f} GiB)" for d in devices)
        return Check("engines", "GPU", "ok", shown)
    if torch.backends.mps.is_available():
        return Check("engines", "GPU", "ok", "Apple MPS")
    if shutil.which("nvidia-smi"):
        fix = "install a CUDA build of torch: https://pytorch.org/get-started/locally/"
        return Check(
            "engines", "GPU", "warning", f"a driver is here, but torch {torch.__version__} sees none", fix
        )
    return Check("engines", "GPU", "optional", "none: models run on the CPU")


def demo_model() -> Check:
    """The small model of the demo, which comes as a Python package."""
    from dartmath.model import PACKAGED

    name, (module, _, command) = next(iter(PACKAGED.items()))
    if find_spec(module) and find_spec("gguf"):
        return Check("models", name, "ok", "weights are installed")
    return Check("models", name, "optional", "needed by `dartmath run tiny`", command)


def sandbox() -> Check:
    """Isolation for tool-integrated reasoning, tried out."""
    from dartmath.tools.isolation import INSTALL
    from dartmath.tools.walls import find_isolation

    try:
        isolation = find_isolation()
    except DartmathError as error:
        reason = str(error).removeprefix("code of a model cannot be run safely here: ").split(". To run")[0]
        return Check("tools", "sandbox", "optional", reason, "" if "run: " in reason else INSTALL)
    return Check("tools", "sandbox", "ok", f"{isolation.tool}, as {isolation.mode}: self-test passed")


def data_folder() -> Check:
    """The folder of benchmark files that replaces the Hub."""
    name = os.environ.get("DARTMATH_DATA")
    if not name:
        fix = "export DARTMATH_DATA=FOLDER (only needed without the Hub)"
        return Check("data", "DARTMATH_DATA", "optional", "not set: data sets come from the Hub", fix)
    try:
        folder = expand_home(name)
    except ConfigError as error:
        return Check("data", "DARTMATH_DATA", "warning", str(error), "export DARTMATH_DATA=FOLDER")
    if not folder.is_dir():
        return Check(
            "data", "DARTMATH_DATA", "warning", f"no such folder: {folder}", "export DARTMATH_DATA=FOLDER"
        )
    return Check("data", "DARTMATH_DATA", "ok", str(folder))


def hub() -> Check:
    """Whether the Hub answers; at most four seconds, whatever the network does."""
    if is_switched_off():
        return Check("data", "Hub", "optional", "switched off by HF_HUB_OFFLINE", "unset HF_HUB_OFFLINE")
    if answer := trouble():
        fix = "use local files (DARTMATH_DATA, model folders), or set HF_ENDPOINT to a mirror"
        return Check("data", "Hub", "warning", f"{endpoint()}: {answer}", fix)
    return Check("data", "Hub", "ok", f"{endpoint()} answers")


def disk() -> Check:
    """Free space where runs and converted models are written."""
    from dartmath.model import cache_dir

    try:
        places = {"here": Path.cwd(), "cache": _existing(cache_dir())}
    except ConfigError as error:
        return Check("machine", "disk", "warning", str(error), "export DARTMATH_CACHE=FOLDER")
    free = {name: shutil.disk_usage(path).free for name, path in places.items()}
    shown = ", ".join(f"{free[name] / _GIB:.1f} GiB ({name}: {path})" for name, path in places.items())
    if min(free.values()) < _LITTLE_DISK:
        return Check(
            "machine", "disk", "warning", shown, "free some space, or set DARTMATH_CACHE to another disk"
        )
    return Check("machine", "disk", "ok", shown)


def _existing(path: Path) -> Path:
    return next(p for p in (path, *path.parents) if p.exists())


def memory() -> Check:
    """Memory that is available now."""
    import psutil

    state = psutil.virtual_memory()
    shown = f"{state.available / _GIB:.1f} of {state.total / _GIB:.1f} GiB available"
    if state.available < _LITTLE_MEMORY:
        fix = "lower engine.concurrency, or choose a smaller model"
        return Check("machine", "memory", "warning", shown, fix)
    return Check("machine", "memory", "ok", shown)


def cores() -> Check:
    """Processor cores that this process may use, and the threads that PyTorch would."""
    threads = os.environ.get("OMP_NUM_THREADS")
    here, mine = os.cpu_count(), available_cpus()
    shown = f"{mine if mine == here else f'{mine} of {here}'}, OMP_NUM_THREADS {threads or 'not set'}"
    return Check("machine", "cores", "ok", shown)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
