"""What the writers of other tools' logs are given, and what they share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from dartmath.evaluation.prompting import AskedPrompts
from dartmath.evaluation.result import BenchmarkResult, EvaluationResult
from dartmath.evaluation.score import Benchmark
from dartmath.sampling.sample import Sample

Logs = Iterator[tuple[str, str]]
"""(path below the folder of the logs, content) of each file."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished evaluation: `responses` by query id, `started` in ISO 8601 with its time zone."""

    result: EvaluationResult
    benchmarks: tuple[tuple[Benchmark, BenchmarkResult], ...]
    responses: Mapping[str, Sequence[Sample]]
    started: str
    prompting: AskedPrompts
    """How the queries were put to the model."""

    @property
    def model(self) -> str:
        """Name of the model."""
        return str(self.result.model["name"])

    @property
    def stamp(self) -> str:
        """`started` as it stands in file names."""
        return self.started.replace(":", "-")


def slug(name: str) -> str:
    """A name as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-")


def words(names: Sequence[str]) -> list[str]:
    """The names as words of letters, digits and underscores; numbered where two would be the same."""
    found: list[str] = []
    for name in names:
        word = re.sub(r"\W+", "_", name).strip("_")
        tries = (f"{word}_{number}" if number > 1 else word for number in count(1))
        found.append(next(one for one in tries if one not in found))
    return found


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text, lone surrogates included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
