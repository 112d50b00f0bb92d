"""Sharded training gives the loss curve of one process, resumes, and exports whole weights.

accelerate offers FSDP for accelerators alone. The program below lets it shard over CPU processes;
everything behind that choice (sharding, gathering, clipping, checkpoints, export) is what runs on GPUs.
DeepSpeed has a CPU backend of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

from dartmath.training.launch import launch_file
from dartmath.training.log import read_log
from training.material import examples, write_jsonl

PROGRAM = """
import os

import torch
from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import DistributedType

original = AcceleratorState.__init__


def initialise(self, *args, fsdp_plugin=None, **kwargs):
    original(self, *args, fsdp_plugin=fsdp_plugin, **kwargs)
    if fsdp_plugin is not None and self.distributed_type == DistributedType.MULTI_CPU:
        self.distributed_type = PartialState._shared_state["distributed_type"] = DistributedType.FSDP
        self.fsdp_plugin = fsdp_plugin


AcceleratorState.__init__ = initialise

if step := os.environ.get("DIE_AFTER_CHECKPOINT"):
    from dartmath.training import callbacks

    on_save = callbacks.CheckpointCallback.on_save

    def die(self, args, state, *rest, **given):
        on_save(self, args, state, *rest, **given)
        torch.distributed.barrier()
        if state.global_step == int(step):
            os._exit(9)

    callbacks.CheckpointCallback.on_save = die

if __name__ == "__main__":
    from dartmath.cli import main

    main()
"""


def _flags(model: str, data: Path, out: Path, *more: str) -> list[str]:
    flags = ["train", "--model", model, "--data", str(data), "--template", "qa", "--max-length", "256"]
    flags += ["--epochs", "4", "--batch-size", "4", "--learning-rate", "1e-2", "--dtype", "float32"]
    return [*flags, "--save-steps", "5", "--seed", "1", "--out", str(out), *more]


def _environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "DARTMATH_CACHE": str(tmp_path / "cache")}


def _one(tmp_path: Path, flags: list[str]) -> None:
    command = [sys.executable, "-m", "dartmath.cli", *flags]
    subprocess.run(command, check=True, env=_environment(tmp_path), timeout=900)


def _two(
    tmp_path: Path, config: str, flags: list[str], *, die_after: str = ""
) -> subprocess.CompletedProcess[str]:
    """Train in two processes with a built-in launch configuration, in float32; killed after a checkpoint."""
    program, path = tmp_path / "program.py", tmp_path / "launch.yaml"
    program.write_text(PROGRAM)
    settings = yaml.safe_load(launch_file(config).read_text())
    settings.update(mixed_precision="no", num_processes=2, main_process_port=0)
    path.write_text(yaml.safe_dump(settings))
    launcher = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(path)]
    return subprocess.run(
        [*launcher, str(program), *flags, "--gpus", "2"],
        env={**_environment(tmp_path), "DIE_AFTER_CHECKPOINT": die_after},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.timeout(2400)  # DeepSpeed compiles its CPU backend at its first start
@pytest.mark.parametrize("launch", ["fsdp2", "zero3"])
@pytest.mark.parametrize("lora", [False, True])
def test_sharding_gives_the_curve_and_weights_of_one_process(
    launch: str, lora: bool, tiny_llama: str, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    if launch == "zero3":
        pytest.importorskip("deepspeed", reason="pip install deepspeed; on CPUs it needs a C++ compiler")
    more = ["--lora-rank", "4"] if lora else []
    data = write_jsonl(tmp_path / "rows.jsonl", examples(40))
    _one(tmp_path, _flags(tiny_llama, data, tmp_path / "one", *more))
    flags = _flags(tiny_llama, data, tmp_path / "two", *more)
    assert _two(tmp_path, launch, flags, die_after="5").returncode != 0
    checkpoint = tmp_path / "two" / "checkpoints" / "checkpoint-5"
    assert (checkpoint / "whole.json").is_file()
    if launch == "fsdp2":  # each process has written its part of weights and states
        parts = [path.name for path in checkpoint.rglob("*.distcp")]
        assert sorted(parts) == sorted(2 * ["__0_0.distcp", "__1_0.distcp"])
        assert not list(checkpoint.glob("*.safetensors"))
    done = _two(tmp_path, launch, flags)
    assert done.returncode == 0, done.stderr
    assert "going on after step 5" in done.stdout + done.stderr
    expected, found = read_log(tmp_path / "one"), read_log(tmp_path / "two")
    assert [row["loss"] for row in found] == pytest.approx([row["loss"] for row in expected], rel=2e-4)
    norms = [row["grad_norm"] for row in expected]
    assert [row["grad_norm"] for row in found] == pytest.approx(norms, rel=2e-3)
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    assert all(torch.allclose(one[name], two[name], atol=2e-3) for name in one)
