"""The nodes of a Slurm job step, as srun tells its tasks."""

from __future__ import annotations

import sys

import pytest

from dartmath.base.errors import ConfigError
from dartmath.training.config import TrainingSection
from dartmath.training.launch import launch_file, launcher
from dartmath.training.nodes import Nodes, find_nodes, first_host

STEP = {
    "SLURM_JOB_ID": "7",
    "SLURM_NODEID": "1",
    "SLURM_STEP_NUM_NODES": "2",
    "SLURM_STEP_NUM_TASKS": "2",
    "SLURM_STEP_NODELIST": "gpu[03-04]",
}


@pytest.fixture(autouse=True)
def _no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in STEP:
        monkeypatch.delenv(name, raising=False)


def _step(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    for name, value in {**STEP, **changes}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("nodelist", "first"),
    [
        ("gpu1", "gpu1"),
        ("gpu1,gpu2", "gpu1"),
        ("gpu[03-07,11],login1", "gpu03"),
        ("gpu[7,9]", "gpu7"),
        ("rack[2-3]n[01-04]", "rack2n01"),
        ("a[1-2]-ib,b1", "a1-ib"),
    ],
)
def test_first_host_of_a_list(nodelist: str, first: str) -> None:
    assert first_host(nodelist) == first


def test_this_machine_alone_without_slurm_or_on_one_node(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_nodes() == Nodes()
    _step(monkeypatch, SLURM_STEP_NUM_NODES="1", SLURM_STEP_NUM_TASKS="1", SLURM_NODEID="0")
    assert find_nodes() == Nodes()


def test_a_task_on_each_node(monkeypatch: pytest.MonkeyPatch) -> None:
    _step(monkeypatch)
    found = find_nodes()
    assert (found.count, found.rank, found.head, found.share(16)) == (2, 1, "gpu03", 8)
    with pytest.raises(ConfigError, match="multiple of 2"):
        found.share(9)


def test_every_job_has_a_port_that_no_outgoing_connection_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = set()
    for job in range(1000):
        _step(monkeypatch, SLURM_JOB_ID=str(job))
        ports.add(find_nodes().port)
    assert len(ports) == 1000
    assert min(ports) > 1024 and max(ports) < 32_768


def test_several_tasks_on_a_node_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _step(monkeypatch, SLURM_STEP_NUM_TASKS="16")
    with pytest.raises(ConfigError, match="--ntasks-per-node=1"):
        find_nodes()


@pytest.mark.parametrize("launch", [None, "zero3", "fsdp2"])
def test_the_command_of_a_node_is_one_that_its_tool_takes(launch: str | None) -> None:
    section = TrainingSection(gpus=16, launch=launch)
    command = launcher(section, Nodes(2, 1, "gpu03", 10_127))
    assert command[:3] == [sys.executable, "-m", "dartmath.training.launcher"]
    tool, *arguments = [*command[3:], "train.py"]
    if launch:
        from accelerate.commands.launch import launch_command_parser

        taken = launch_command_parser().parse_args(arguments)
        assert (tool, taken.config_file) == ("accelerate", str(launch_file(launch)))
        assert (taken.num_processes, taken.num_machines, taken.machine_rank) == (16, 2, 1)
        assert (taken.main_process_ip, taken.main_process_port) == ("gpu03", 10_127)
    else:
        from torch.distributed.run import get_args_parser

        taken = get_args_parser().parse_args(arguments)
        assert (tool, taken.nproc_per_node, taken.nnodes, taken.node_rank) == ("torchrun", "8", "2", 1)
        assert (taken.master_addr, taken.master_port) == ("gpu03", 10_127)
