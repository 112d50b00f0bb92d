"""The `curation:` section of a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dartmath.config import Section
from dartmath.sampling.config import PolicySection


class CurationSection(Section):
    """How the training set is selected from the pool of samples."""

    policy: PolicySection | None = None
    """Which policy selects; the sampling policy when absent."""
    size: int | None = Field(None, ge=1)
    """Choose the policy's k (or trials) so that the set has about this many rows."""
    deduplicate: bool = True
    """Keep one of several equal responses to a query."""
    check_arithmetic: bool = False
    """Drop responses with a step `a op b = c` that does not compute."""
    decontaminate: list[str] = []
    """Benchmarks whose queries must not be in the set, such as ["math/test"]."""
    ngram: int = Field(13, ge=2)
    """Words of an n-gram that counts as overlap."""
    seed: int = 0
    """Seed of the choice where the pool holds more than the policy wants."""
    format: Literal["parquet", "jsonl"] = "parquet"
    """File format of the set."""
