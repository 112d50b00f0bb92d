"""The core works, and says what is missing, where no library of an extra can be imported."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from core_tour import Tour
from dartmath.base import extras
from dartmath.base.errors import MissingDependencyError
from engines.servers import llama_server

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
# What extras bring along, and what only the developers have.
BROUGHT = {"tokenizers", "safetensors", "pandas", "scipy", "sympy", "networkx", "matplotlib", "regex"}
# `sitecustomize.py` of a Python that finds none of these.
BLOCK = """
from importlib.machinery import PathFinder

blocked, find = {names!r}, PathFinder.find_spec


def find_spec(name, path=None, target=None):
    return None if name in blocked else find(name, path, target)


PathFinder.find_spec = find_spec
"""


def distributions(*names: str) -> set[str]:
    """Distributions that the extras list themselves."""
    found = {Requirement(line).name for name in names for line in EXTRAS[name]}
    return found - {"dartmath"}


@pytest.fixture
def tour(tmp_path: Path) -> Tour:
    """A Python in which the libraries of the extras are as good as not installed."""
    listed = {name.replace("-", "_") for name in distributions(*set(EXTRAS) - {"dev"})}
    # Not plotly, whose script a checkout has from the package alone.
    names = (listed | BROUGHT) - {"plotly"}
    (tmp_path / "sitecustomize.py").write_text(BLOCK.format(names=names))
    (tmp_path / "work").mkdir()
    source = str(Path(extras.__file__).parents[2])
    path = os.pathsep.join([str(tmp_path), source])
    environment = {**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", "DARTMATH_DATA": str(tmp_path)}
    return Tour(sys.executable, tmp_path / "work", environment)


def test_the_verifier(tour: Tour) -> None:
    tour.verify()


@pytest.mark.slow
def test_every_verb_of_the_core_and_what_the_others_say(tour: Tour) -> None:
    tour.offline()
    tour.refusals()


@pytest.fixture
def llama() -> Iterator[str]:
    """A real server."""
    with llama_server() as url:
        yield url


@pytest.mark.slow
def test_sampling_from_a_server(tour: Tour, llama: str) -> None:
    tour.sample(llama)


def test_every_library_of_an_extra_stands_in_one() -> None:
    """So that one command adds it; `dev` and `all` name other extras."""
    listed = [(name, one) for name in set(EXTRAS) - {"dev"} for one in distributions(name)]
    assert len({one for _, one in listed}) == len(listed)
    assert distributions("all") == set()


def test_the_command_names_the_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'{line}; extra == "{name}"' for name in EXTRAS for line in EXTRAS[name]]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: lines)
    extras.extras.cache_clear()
    assert extras.install_command(["torch"]) == "pip install 'dartmath[local]'"
    assert extras.install_command(["torch", "trl", "torch"]) == "pip install 'dartmath[local,train]'"
    assert extras.install_command(["reasoning_gym"]) == "pip install 'dartmath[generators]'"
    assert extras.install_command(["ray", "frobnicate"]) == "pip install 'dartmath[ray]' frobnicate"
    error = extras.missing_package(ModuleNotFoundError("no", name="transformers.cache_utils"))
    assert error is not None and "'dartmath[local]'" in str(error)
    assert extras.missing_package(ModuleNotFoundError("no", name="dartmath.nothing")) is None
    extras.extras.cache_clear()


def test_what_is_missing_is_named_at_once() -> None:
    with pytest.raises(MissingDependencyError, match="flying needs no_wings, no_engine, which are not"):
        extras.require("sys", "no_wings", "no_engine", purpose="flying")
    extras.require("sys", "json", purpose="this")
