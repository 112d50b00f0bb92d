"""The `curation:` section of a recipe."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from dartmath.base.section import Section
from dartmath.curation.choose import Choice, ChoiceSection, Drawn, First
from dartmath.curation.decontaminate import NGRAM_SHARE, SIMILAR_SHARE, Similarity
from dartmath.curation.limits import LimitSection
from dartmath.sampling.policy import PolicySection
from dartmath.verify.custom import is_own

_NEAR = 0.9


class CurationSection(Section):
    """How the training set is selected from the pool of samples."""

    policy: PolicySection | None = None
    """Which policy selects; the sampling policy when absent."""
    size: int | None = Field(None, ge=1)
    """Choose the policy's k (or trials) so that the set has exactly this many rows, where the pool holds
    as many; some queries get what k - 1 would give, evenly over the difficulties."""
    unit: Literal["rows", "tokens", "trials"] = "rows"
    """What `size` counts: rows, tokens of the responses, or trials that sampling by the policy spends."""
    cut: Literal["k", "random"] = "k"
    """How `size` is reached: by the policy's k, or by a random draw (`seed`) from all it selects."""
    difficulty: Literal["pilot", "all"] = "pilot"
    """What measures the fail rate: the policy's pilot trials (paper), or all trials of the pool."""
    choose: ChoiceSection | None = None
    """Which right responses are taken where the pool holds more than the policy wants: `first` when absent,
    and `random` where there is a `seed`."""
    deduplicate: bool = True
    """Keep one of several equal responses to a query."""
    duplicates: Literal["text", "notation", "near"] = "text"
    """Which responses are equal: those whose text is, up to white space; also those that differ in case,
    LaTeX, notation or punctuation alone; also those that are `near_likeness` alike."""
    near_likeness: float = Field(_NEAR, gt=0, le=1)
    """Share of word 3-grams in common from which two responses are near duplicates; of equations, where
    `choose` compares those."""
    across_queries: bool = False
    """Keep one of several equal responses to different queries too; near ones are told within a query."""
    check_arithmetic: bool = False
    """Drop responses with a step `a op b = c` that does not compute."""
    check_hinted: bool = True
    """Drop responses made with a hint that give it away: a wrong step, talk of the hint, the answer first."""
    hinted_share: float = Field(0.25, ge=0, lt=1)
    """Most of the rows that may have been made with a hint."""
    limits: list[LimitSection] = []
    """How much of the set single teachers may make up."""
    min_confidence: float = Field(0.0, ge=0, lt=1)
    """Drop the correct responses of queries whose estimated share of lucky ones is above 1 - this; 0 keeps
    all. Acts where the steps of wrong responses can be recomputed."""
    check: str | None = None
    """A function of your own, `file.py:name`, that may refuse correct responses; it is like a verifier."""
    check_workers: int = Field(1, ge=0)
    """Processes in which it runs; 0 = in this one."""
    check_seconds: float = Field(5.0, gt=0)
    """A response that it takes longer for is refused."""
    decontaminate: list[str] = []
    """Benchmarks whose queries must not be in the set, such as ["math/test", "mine.jsonl"]."""
    ngram: int = Field(13, ge=2)
    """Words of an n-gram that counts as overlap."""
    ngram_share: float = Field(NGRAM_SHARE, gt=0, le=1)
    """Share of the n-grams of the shorter text from which two queries overlap."""
    similar: Similarity = "list"
    """What becomes of queries that are like a benchmark's up to numbers, names, words or language: the
    manifest and the report list them for review, or they are removed too, or nobody looks."""
    similar_share: float = Field(SIMILAR_SHARE, gt=0, le=1)
    """How similar, from 0 to 1: lower finds more paraphrases, and more pairs that only look alike."""
    seed: int | None = None
    """Where the pool holds more than the policy wants, a seed draws; with `choose` it decides where nothing
    else does."""
    format: Literal["parquet", "jsonl"] = "parquet"
    """File format of the set."""

    @property
    def choice(self) -> Choice:
        """How rows are chosen, where the recipe does not say it too."""
        return self.choose or (First() if self.seed is None else Drawn())

    @model_validator(mode="after")
    def _duplicates_that_can_be_told(self) -> Self:
        if not self.deduplicate and (self.duplicates != "text" or self.across_queries):
            raise ValueError("duplicates and across_queries say nothing without deduplicate")
        # By value: a section that is read from a manifest has every field set.
        if self.duplicates != "near" and self.near_likeness != _NEAR:
            raise ValueError("near_likeness is of `duplicates: near`")
        return self

    @field_validator("check")
    @classmethod
    def _a_function(cls, name: str | None) -> str | None:
        if name is not None and not is_own(name):
            raise ValueError(f"names a function, as file.py:name or package.module:name, not {name!r}")
        return name
