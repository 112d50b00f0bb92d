"""The built-in data sets by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from dartmath.errors import UnknownNameError
from dartmath.queries.dataset import Dataset

# One module per benchmark or family; each has a tuple DATASETS.
_MODULES = (
    "math",
    "gsm8k",
)


@cache
def datasets() -> dict[str, Dataset]:
    """All built-in data sets by name, in the order in which they are listed."""
    modules = [import_module(f"dartmath.queries.builtin.{name}") for name in _MODULES]
    return {dataset.name: dataset for module in modules for dataset in module.DATASETS}


def find_dataset(name: str) -> Dataset:
    """The built-in data set `name`; `UnknownNameError` with the nearest name when there is none."""
    if name not in datasets():
        raise UnknownNameError("dataset", name, datasets())
    return datasets()[name]
