"""Liger kernels in a training run, executed by Triton's interpreter: the losses are those without them."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from training.material import examples, write_jsonl

# Two things that the interpreter (Triton 3.9) lacks: plain numbers as arguments, and functions of libdevice.
PROGRAM = """
import importlib
import json
import sys
from pathlib import Path

import numpy as np
import triton.language as tl
import triton.runtime.interpreter as interpreter

convert = interpreter._implicit_cvt


def with_numbers(value):
    if isinstance(value, float):
        handle = interpreter.TensorHandle(np.array([value], dtype=np.float32), tl.float32)
        return tl.tensor(handle, tl.float32)
    return convert(value)


interpreter._implicit_cvt = with_numbers
norm = importlib.import_module("liger_kernel.ops.rms_norm")
norm.rsqrt = lambda value: tl.rsqrt(value)
forward, calls = norm.rms_norm_forward, []


def counted(*args, **kwargs):
    calls.append(1)
    return forward(*args, **kwargs)


norm.rms_norm_forward = counted

from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training import job
from dartmath.training.config import TrainingSection
from dartmath.training.log import read_log
from dartmath.training.run import train

job.check_options = lambda section: None
model, data, out = sys.argv[1:]
losses = []
for liger in (False, True):
    section = TrainingSection(
        batch_size=2, max_length=128, max_steps=3, learning_rate=1e-2, dtype="float32", liger=liger
    )
    folder = Path(out) / str(liger)
    train(section, ModelSection(name=model), load_template("qa"), [Path(data)], folder, seed=1)
    losses.append([row["loss"] for row in read_log(folder)])
print(json.dumps([*losses, calls]))
"""


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(importlib.util.find_spec("liger_kernel") is None, reason="pip install liger-kernel")
def test_liger_kernels_change_no_loss(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(8))
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, str(program), tiny_llama, str(data), str(tmp_path / "out")],
        env={**os.environ, "TRITON_INTERPRET": "1", "DARTMATH_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=1100,
        check=True,
    )
    plain, liger, calls = json.loads(done.stdout.splitlines()[-1])
    assert calls
    assert liger == pytest.approx(plain, rel=1e-5)
    assert "FutureWarning" not in done.stderr
