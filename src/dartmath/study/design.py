"""Design: a study with everything resolved, and the cells it is made of.

A cell is one arm at one size with one seed. Its result is a function of the pool, the base model, the
template, the arm's keys, the benchmarks and the seed alone; its folder is named by a hash of them. So an
arm or a seed that is added later costs only itself, and two arms that come to the same cell share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dartmath.curation.config import CurationSection
from dartmath.curation.run import checksums_of
from dartmath.engines.config import EngineSection
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.run import load_benchmarks
from dartmath.model import ModelSection
from dartmath.prompts.template import Template
from dartmath.queries.download import content_checksum
from dartmath.sampling.journal_manifest import content_hash
from dartmath.sampling.policy import PolicySection
from dartmath.study.config import StudySection, StudySize
from dartmath.training.config import TrainingSection

# What changes neither what is learnt nor what is scored.
_FREE_TRAINING = {"save_steps", "log_to", "keep_checkpoints", "datasets"}
_FREE_EVALUATION = {"workers", "verify_seconds", "before", "engine"}
_FREE_CURATION = {"check_workers", "format"}


@dataclass(frozen=True)
class Arm:
    """One way to make and to use a training set.

    `differs` is what the recipe says of it: dotted keys and their values.
    """

    name: str
    curation: CurationSection
    training: TrainingSection
    differs: dict[str, Any]


@dataclass(frozen=True)
class Study:
    """Everything that a study needs.

    Attributes:
        name: of the recipe.
        folder: where it writes.
        pool: folder of the journal.
        sampled: the policy that sampled it, which selects where an arm names none.
        arms, section: what is compared, and over what.
        base, base_identity: the model that is trained, and its fingerprint or revision.
        template: prompt template of training and evaluation.
        engine, evaluation: how every cell is evaluated.
        seed: of the evaluation.
    """

    name: str
    folder: Path
    pool: Path
    sampled: PolicySection
    arms: tuple[Arm, ...]
    section: StudySection
    base: ModelSection
    base_identity: dict[str, Any]
    template: Template
    engine: EngineSection
    evaluation: EvaluationSection
    seed: int

    @cached_property
    def benchmarks(self) -> dict[str, str]:
        """Checksums of what is asked, by benchmark."""
        return {one.name: content_checksum(one.queries) for one in load_benchmarks(self.evaluation)}

    def cells(self, pool: str) -> list[Cell]:
        """Every cell of the study on the pool of that identity, seed by seed.

        All arms of one seed come before the next, so that a study that is stopped compares fairly.
        """
        return [
            Cell(self, arm, size, seed, pool)
            for seed in self.section.seeds
            for size in self.section.sizes
            for arm in self.arms
            if size == self.section.sizes[0] or arm.name not in self.section.controls
        ]


@dataclass(frozen=True)
class Cell:
    """One arm at one size with one seed; `pool` is the identity of the pool's content."""

    study: Study
    arm: Arm
    size: StudySize
    seed: int
    pool: str

    @property
    def label(self) -> str:
        """For messages, such as "uniform, 2,000 rows, seed 3"."""
        return f"{self.arm.name}, {self.size.label}, seed {self.seed}"

    @property
    def curation(self) -> CurationSection:
        """How its set is made."""
        own = {"policy": self.arm.curation.policy or self.study.sampled}
        sized = {"size": self.size.amount, "unit": self.size.unit, "seed": self.seed}
        return self.arm.curation.model_copy(update={**own, **sized})

    @cached_property
    def key(self) -> str:
        """Hash of all that shapes its result."""
        study, curation = self.study, self.curation
        assert curation.policy is not None
        return content_hash(
            {
                "pool": self.pool,
                "curation": curation.model_dump(mode="json", exclude=_FREE_CURATION),
                "checksums": checksums_of(curation, curation.policy),
                "base": study.base_identity,
                "training": self.arm.training.model_dump(mode="json", exclude=_FREE_TRAINING),
                "template": study.template.hash,
                "evaluation": study.evaluation.model_dump(mode="json", exclude=_FREE_EVALUATION),
                "benchmarks": study.benchmarks,
                "seeds": [self.seed, study.seed],
            }
        )

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.study.folder / "cells" / self.key
