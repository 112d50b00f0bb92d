"""The built-in data sets by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.base.plugins import load_plugin, plugins
from dartmath.queries.dataset import Dataset

# One module per benchmark or family; each has a tuple DATASETS.
_MODULES = (
    "math",
    "gsm8k",
    "college_math",
    "deepmind",
    "olympiadbench",
    "theoremqa",
    "math500",
    "aime",
    "hmmt",
    "amc",
    "minerva",
    "gaokaobench",
    "gaokao2023en",
    "odyssey",
    "svamp",
    "asdiv",
    "mawps",
    "math_perturb",
    "imo_answerbench",
    "mgsm",
    "scibench",
    "humaneval",
    "mbpp",
)


@cache
def datasets() -> dict[str, Dataset]:
    """All data sets by name, in the order in which they are listed: the built-in ones, then other packages'.

    Raises `ConfigError` for a package whose sets cannot be loaded, or have the name of another.
    """
    modules = [import_module(f"dartmath.queries.builtin.{name}") for name in _MODULES]
    known = {dataset.name: dataset for module in modules for dataset in module.DATASETS}
    for name in plugins("datasets"):
        found = load_plugin("datasets", name)
        for dataset in [found] if isinstance(found, Dataset) else found:
            if dataset.name in known:
                raise ConfigError(f"dartmath.datasets: {name!r} has {dataset.name!r}, which is known already")
            known[dataset.name] = dataset
    return known


def find_dataset(name: str) -> Dataset:
    """The built-in data set `name`; `UnknownNameError` with the nearest name when there is none."""
    if name not in datasets():
        raise UnknownNameError("dataset", name, datasets())
    return datasets()[name]


# Named lists of benchmarks, in the order of their published tables.
SUITES: dict[str, tuple[str, ...]] = {
    "dart-math": (
        "math/test",
        "gsm8k/test",
        "mwpbench/college-math/test",
        "deepmind-mathematics",
        "olympiadbench/OE_TO_maths_en_COMP",
        "theoremqa",
    ),
    "competition": ("aime24", "aime25", "amc23", "math-500", "olympiadbench/OE_TO_maths_en_COMP"),
    "recent": ("aime25", "aime26", "hmmt25", "hmmt26", "gsm8k-platinum", "imo-answerbench"),
    "code": ("humaneval", "mbpp"),
    "perturbed": ("math-perturb-simple", "math-perturb-hard"),
    "multilingual": tuple(
        f"mgsm/{language}" for language in ("en", "es", "fr", "de", "ru", "zh", "ja", "th", "sw", "bn", "te")
    ),
    "science": tuple(
        f"scibench/{book}"
        for book in (
            *("atkins", "chemmc", "quan", "matter", "fund", "class", "thermo"),
            *("diff", "stat", "calculus"),
        )
    ),
    "word-problems": ("gsm8k/test", "svamp", "asdiv", "mawps"),
}


def find_suite(name: str) -> tuple[str, ...]:
    """The benchmarks of a suite; `UnknownNameError` with the nearest name when there is none."""
    if name not in SUITES:
        raise UnknownNameError("suite", name, SUITES)
    return SUITES[name]
