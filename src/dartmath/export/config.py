"""How rows are written for other programs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from dartmath.base.section import Section


class ExportSection(Section):
    """How the prompts and responses of an export look, and which wrong responses it takes."""

    prompt: Literal["auto", "messages", "text"] = "auto"
    """Prompts as chat messages, or as the text that was sampled with; auto: messages where the template of
    sampling is a chat template, or where the format holds nothing else."""
    system: str | None = None
    """The system message, instead of the template's."""
    thoughts: Literal["text", "field", "drop"] = "text"
    """What becomes of a response's thoughts: they stay in its text, become `reasoning_content` of its
    message, or are left out."""
    rejected: Literal["frequent", "near", "longest", "random"] = "frequent"
    """Which wrong responses are taken: of the most frequent wrong answer, most like the chosen one,
    the longest, or at random."""
    pairs: int = Field(1, ge=1)
    """Most pairs (of KTO: most wrong rows) of a query."""
    min_pass_rate: float = Field(0.0, ge=0, le=1)
    """Queries for RL that are solved less often are left out."""
    max_pass_rate: float = Field(1.0, ge=0, le=1)
    """Queries for RL that are solved more often are left out."""

    @model_validator(mode="after")
    def _some_rates(self) -> Self:
        if self.min_pass_rate > self.max_pass_rate:
            raise ValueError(
                f"min_pass_rate {self.min_pass_rate} is above max_pass_rate {self.max_pass_rate}: "
                "no query would be left"
            )
        return self
