"""kill -9 at any moment costs the steps since the last whole checkpoint, and changes nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from dartmath.training.checkpoints import mark_whole, newest_checkpoint, remove_broken
from dartmath.training.log import read_log
from training.material import examples, write_jsonl

SCRIPT = """
import sys
from pathlib import Path
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.run import train

section = TrainingSection(epochs=12, batch_size=2, max_length=256, learning_rate=1e-2, save_steps=4,
                          dtype="float32", gpus=int(sys.argv[4]) if len(sys.argv) > 4 else 1)
model, data, out = sys.argv[1:4]
train(section, ModelSection(name=model), load_template("qa"), [Path(data)], Path(out), seed=1)
"""


def _command(tmp_path: Path, model: str, data: Path, out: Path) -> list[str]:
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    return [sys.executable, str(script), model, str(data), str(out)]


def _environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "DARTMATH_CACHE": str(tmp_path / "cache")}


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_killed_run_ends_as_one_that_was_not(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(40))
    whole = _command(tmp_path, tiny_llama, data, tmp_path / "whole")
    subprocess.run(whole, check=True, env=_environment(tmp_path), timeout=900)
    killed = _command(tmp_path, tiny_llama, data, tmp_path / "killed")
    process = subprocess.Popen(killed, env=_environment(tmp_path), start_new_session=True)
    while len(read_log(tmp_path / "killed")) < 10:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(read_log(tmp_path / "killed"))
    assert done < len(read_log(tmp_path / "whole"))
    second = subprocess.run(
        killed, check=True, env=_environment(tmp_path), timeout=900, capture_output=True, text=True
    )
    assert "going on after step" in second.stderr
    expected, found = read_log(tmp_path / "whole"), read_log(tmp_path / "killed")
    assert [row["step"] for row in found] == [row["step"] for row in expected]
    assert [row["loss"] for row in found] == pytest.approx([row["loss"] for row in expected], rel=1e-4)
    expected_weights, found_weights = (
        load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed")
    )
    assert expected_weights.keys() == found_weights.keys()
    for name, tensor in expected_weights.items():
        torch.testing.assert_close(found_weights[name], tensor, rtol=1e-4, atol=1e-6)


def test_only_whole_checkpoints_count(tmp_path: Path) -> None:
    for step in (4, 8, 12):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"weights")
    mark_whole(tmp_path, 4)
    mark_whole(tmp_path, 8)
    (tmp_path / "checkpoint-notes").mkdir()
    assert newest_checkpoint(tmp_path) == tmp_path / "checkpoint-8"
    assert remove_broken(tmp_path) == [tmp_path / "checkpoint-12"]
    assert not (tmp_path / "checkpoint-12").exists()
    assert newest_checkpoint(tmp_path / "nowhere") is None


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_two_processes_give_the_loss_curve_of_one(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(40))
    one = _command(tmp_path, tiny_llama, data, tmp_path / "one")
    subprocess.run([*one, "1"], check=True, env=_environment(tmp_path), timeout=900)
    two = _command(tmp_path, tiny_llama, data, tmp_path / "two")
    subprocess.run([*two, "2"], check=True, env=_environment(tmp_path), timeout=900)
    expected, found = read_log(tmp_path / "one"), read_log(tmp_path / "two")
    assert len(found) == len(expected)
    assert [row["loss"] for row in found] == pytest.approx([row["loss"] for row in expected], rel=2e-4)
    assert [row["tokens"] for row in found] == [row["tokens"] for row in expected]
