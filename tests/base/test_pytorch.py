"""What PyTorch's libraries are told is set before they are loaded, and never against the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

pytestmark = pytest.mark.skipif(not find_spec("torch"), reason="torch is not installed")

NAMES = ("GOMP_SPINCOUNT", "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
MAKE = f"""
import os, sys
from dartmath.engines import TransformersEngine, create_engine
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
create_engine(TransformersEngine(), ModelSection(name="m"), load_template("qa"))
print(*(os.environ.get(name) for name in {NAMES}), "torch" in sys.modules)
"""
# Products of 40 new lengths, with their gradients, as texts bring them: MB that this process holds more.
LENGTHS = """
import ctypes, re
from pathlib import Path
from dartmath.base.pytorch import prepare_pytorch
prepare_pytorch()
import torch


def held():
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def multiply(tokens):
    rows = torch.ones(tokens, 128, dtype=torch.bfloat16, requires_grad=True)
    torch.nn.functional.linear(rows, weight).sum().backward()


weight = torch.ones(256, 128, dtype=torch.bfloat16, requires_grad=True)
for tokens in range(33, 73):
    multiply(tokens)
before = held()
for tokens in range(73, 233):
    multiply(tokens)
print(held() - before)
"""


def printed(code: str, **environment: str) -> str:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("OMP_") and key not in NAMES
    }
    command = [sys.executable, "-c", code]
    return subprocess.check_output(command, text=True, env={**kept, **environment})


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, "100 64 64"),
        ({"OMP_WAIT_POLICY": "active"}, "None 64 64"),
        ({"GOMP_SPINCOUNT": "7", "LRU_CACHE_CAPACITY": "1024"}, "7 64 1024"),
    ],
)
def test_pytorch_is_told_unless_the_environment_says_otherwise(
    environment: dict[str, str], found: str
) -> None:
    assert printed(MAKE, **environment) == f"{found} False\n"


def test_every_verb_says_it_to_the_processes_that_it_starts() -> None:
    code = """
import os
from dartmath.cli import main
main(lambda: print(os.environ.get("GOMP_SPINCOUNT")))
"""
    assert printed(code) == "100\n"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_ever_new_lengths_do_not_take_ever_more_memory() -> None:
    assert float(printed(LENGTHS, OMP_NUM_THREADS="1")) < 25  # 260 MB with the libraries' own defaults
