"""GradingSettings: how answers are looked for and compared, in one object that every way to a verdict takes.

The same object is the section `grading` of `sampling:` and `evaluation:`, the flags of `dartmath verify`,
and the argument `settings` of `verify`, `grade`, `grade_many`, `GradingPool` and the rewards. A run
records it. Without it, every one of them reads as `GradingSettings()` does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, get_args

from pydantic import Field, field_validator

from dartmath.base.section import Section, validate

Rule = Literal["tag", "boxed", "hash", "announced", "field", "conclusion", "final_line", "asked"]
"""How an answer can be found; see docs/verify.md, "Where the answer is looked for"."""

RULES: tuple[Rule, ...] = get_args(Rule)

Language = Literal[
    "en", "zh", "fr", "es", "de", "pt", "it", "ru", "ja", "ko", "vi", "ar", "hi",
    "nl", "af", "sv", "da", "no", "fi", "pl", "cs", "sk", "sl", "hr", "sr", "bg", "uk", "ro", "hu", "el",
    "ca", "gl", "eu", "tr",
    "th", "bn", "te", "ta", "mr", "ur", "fa", "he", "id", "ms", "tl", "sw", "am", "ha", "yo", "zu",
]  # fmt: skip
"""ISO 639-1 codes of the languages whose words are known (see `dartmath.verify.language`)."""

LANGUAGES: tuple[Language, ...] = get_args(Language)

Delimiters = tuple[str, str]
"""What opens and what closes a part of a response, such as `("<plan>", "</plan>")`."""


class Tolerance(Section):
    """When two numbers that differ count as equal. Absent keys allow nothing."""

    absolute: float | None = Field(None, ge=0)
    """Absolute difference that is allowed."""
    relative: float | None = Field(None, ge=0, lt=1)
    """Difference that is allowed, as a share of the reference: 0.01 is one percent."""
    digits: int | None = Field(None, ge=1, le=15)
    """Significant digits that must agree; 0 differences beyond them count."""


class GradingSettings(Section):
    """How the final answer of a response is found and compared."""

    rules: tuple[Rule, ...] = RULES
    """Which kinds of statements are looked for."""
    box: Literal["last", "first"] = "last"
    """Which box counts where there are several."""
    last_number: bool = False
    """Where no answer is stated, the last number or formula of the response counts (the lenient metric)."""
    thoughts: tuple[Delimiters, ...] = ()
    """Delimiters of thoughts beside those of the known model families, as pairs of texts."""
    answers: tuple[Delimiters, ...] = ()
    """Delimiters of answers beside `<answer>` and its kind, as pairs of texts."""
    languages: tuple[Language, ...] = LANGUAGES
    """Languages whose announcements and conclusions are read."""
    decimal_comma: bool | None = None
    """Whether `2,5` is two and a half; when absent, where all references of a query set say so."""
    tolerance: Tolerance = Tolerance()
    """When two numbers that differ count as equal."""

    @field_validator("rules", "languages", mode="after")
    @classmethod
    def _some(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise ValueError("an empty list leaves nothing to read; leave the key out to use all")
        return names

    @field_validator("thoughts", "answers", mode="after")
    @classmethod
    def _not_blank(cls, pairs: tuple[Delimiters, ...]) -> tuple[Delimiters, ...]:
        for pair in pairs:
            if not all(part.strip() for part in pair):
                raise ValueError(f"a delimiter is blank in {list(pair)!r}")
        return pairs


def settings_record(settings: GradingSettings | None) -> dict[str, Any] | None:
    """What a run keeps of its settings: the keys that are not at their defaults; None where all are."""
    return (settings and settings.model_dump(mode="json", exclude_defaults=True)) or None


def recorded_settings(record: Mapping[str, Any] | None) -> GradingSettings | None:
    """The settings of a record that `settings_record` made. Raises `ConfigError` for any other."""
    return None if not record else validate(GradingSettings, record, where="recorded grading settings")


@lru_cache(maxsize=64)
def settings_from_json(text: str) -> GradingSettings | None:
    """`recorded_settings` of a record as JSON, which is how settings travel to other processes."""
    return recorded_settings(json.loads(text))
