"""The `evaluation:` section of a recipe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from dartmath.base.section import Section
from dartmath.engines.config import EngineSection
from dartmath.evaluation.protocol import FIXED, Protocol
from dartmath.judging.config import JudgeSection
from dartmath.queries.config import QuerySource, Selector
from dartmath.tools.config import ToolsSection
from dartmath.verify.contract.settings import GradingSettings


class EvaluationSection(Section):
    """Pass@1 on benchmarks: VRT with one greedy trial (or n sampled ones) on their queries."""

    protocol: Protocol | None = None
    """Ask and judge as a paper did, to stand beside its scores: `dart-math` is greedy, 2,048 tokens, the
    paper's stop strings and grader, on its six benchmarks where none are named."""
    suite: str | None = None
    """A named list of benchmarks, such as `dart-math` (the six of the paper)."""
    select: Selector = Selector()
    """Which queries of each benchmark of the suite."""
    benchmarks: list[QuerySource] = []
    """Benchmarks beside those of the suite."""
    trials: int = Field(1, ge=1)
    """Responses per query."""
    temperature: float = Field(0.0, ge=0)
    """0 is greedy."""
    top_p: float = Field(1.0, gt=0, le=1)
    """Nucleus mass."""
    max_tokens: int = Field(2048, ge=1)
    """Most new tokens of a response."""
    stop: list[str] = []
    """Stop strings beside the template's own."""
    shots: Annotated[int, Field(ge=0)] | Literal["paper"] = 0
    """Worked examples before each query (few-shot), for base models; with Python blocks where
    `tools` are used. `paper` is as many as the paper showed: 5 for TheoremQA, 4 for the others."""
    tools: ToolsSection | None = None
    """Tool-integrated reasoning; none when absent."""
    engine: EngineSection | None = None
    """Engine of evaluation; the recipe's own when absent."""
    before: bool = True
    """In `dartmath run`: evaluate the model before fine-tuning too."""
    grading: GradingSettings = GradingSettings()
    """How answers are found and compared."""
    judge: JudgeSection | None = None
    """Model that judges what the rules refuse of queries with `verifier: hybrid`; none when absent."""
    workers: int = Field(1, ge=0)
    """Verification processes."""
    verify_seconds: float = Field(5.0, gt=0)
    """Seconds until the verification of one response is given up."""

    @field_validator("shots", mode="before")
    @classmethod
    def _number_or_paper(cls, shots: object) -> object:
        if isinstance(shots, str) and shots != "paper" and not shots.isdecimal():
            raise ValueError(f"a number of worked examples or `paper`, not {shots!r}")
        return int(shots) if isinstance(shots, str) and shots.isdecimal() else shots

    @model_validator(mode="after")
    def _as_in_the_paper(self) -> EvaluationSection:
        wrong = [key for key, value in FIXED.items() if getattr(self, key) != value] if self.protocol else []
        if wrong:
            raise ValueError(
                f"protocol {self.protocol} is greedy, with one response of at most {FIXED['max_tokens']:,} "
                f"tokens and no tools; leave out {', '.join(wrong)}"
            )
        return self
