"""The `study:` section of a recipe."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from dartmath.base.section import Section
from dartmath.curation.size import Unit


class StudySize(Section):
    """One size at which all arms are compared; exactly one of its keys is given."""

    rows: int | None = Field(None, ge=1)
    """Rows of every arm's set."""
    tokens: int | None = Field(None, ge=1)
    """Tokens of the responses of every arm's set."""
    trials: int | None = Field(None, ge=1)
    """Trials that every arm spends; its set is then as large as they make it."""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        given = [unit for unit in ("rows", "tokens", "trials") if getattr(self, unit) is not None]
        if len(given) != 1:
            raise ValueError(f"a size has one of rows, tokens and trials, not {len(given)} of them")
        return self

    @property
    def unit(self) -> Unit:
        """What is equal."""
        return "rows" if self.rows else "tokens" if self.tokens else "trials"

    @property
    def amount(self) -> int:
        """How much of it."""
        return self.rows or self.tokens or self.trials or 0

    @property
    def label(self) -> str:
        """For tables, such as "2,000 rows"."""
        return f"{self.amount:,} {self.unit}"


class StudySection(Section):
    """Arms x sizes x seeds over one pool: every arm is curated, trained and evaluated at every size."""

    arms: dict[str, dict[str, Any]] = Field(min_length=1)
    """What is compared: a name for each arm, and the keys of `curation` and `training` in which it differs
    from the recipe, such as {"curation.policy": {"kind": "uniform"}}."""
    baseline: str | None = None
    """The arm that the others are compared with; the first when absent."""
    controls: list[str] = []
    """Arms that run at the first size alone, such as those that only tell why another one wins."""
    sizes: list[StudySize] = Field(min_length=1)
    """The sizes of the sets, such as [{rows: 500}, {rows: 2000}]."""
    seeds: list[int] = Field([0, 1, 2], min_length=1)
    """Seeds; each draws the rows from the pool and shuffles the training anew."""
    headline: list[str] = []
    """Bands whose unweighted mean is the one number that decides; all when empty. Set before the run."""
    parallel: int = Field(1, ge=1)
    """Cells (an arm at a size with a seed) that run side by side, each in a process of its own."""
    devices: list[str] = []
    """CUDA devices of these processes, such as ["0", "1"] or ["0,1,2,3", "4,5,6,7"]; any when empty."""
    keep_models: bool = False
    """Keep the model of every cell; its scores are always kept."""

    @model_validator(mode="after")
    def _names_that_are_there(self) -> Self:
        if self.baseline is not None and self.baseline not in self.arms:
            raise ValueError(f"baseline {self.baseline!r} is none of the arms: {', '.join(self.arms)}")
        if unknown := [name for name in self.controls if name not in self.arms]:
            raise ValueError(f"control {unknown[0]!r} is none of the arms: {', '.join(self.arms)}")
        if self.reference in self.controls:
            raise ValueError(f"the baseline {self.reference!r} runs at every size, so it is no control")
        _refuse_twice("seeds", [str(seed) for seed in self.seeds])
        _refuse_twice("sizes", [size.label for size in self.sizes])
        _refuse_twice("headline", self.headline)
        return self

    @property
    def reference(self) -> str:
        """The arm that the others are compared with."""
        return self.baseline or next(iter(self.arms))


def _refuse_twice(name: str, values: list[str]) -> None:
    if twice := next((value for value in values if values.count(value) > 1), None):
        raise ValueError(f"{name} names {twice} twice")
