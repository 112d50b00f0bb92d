"""Preference pairs: a right and a wrong response to one query, for TRL's DPOTrainer and RewardTrainer."""

from __future__ import annotations

from typing import Any

from dartmath.export.format import ABOUT, BOTH, Example, Format
from dartmath.export.prompting import Prompting


def _row(example: Example, prompting: Prompting) -> dict[str, Any]:
    return {
        "prompt": prompting.prompt(example.query.text),
        "chosen": prompting.completion(example.response),
        "rejected": prompting.completion(example.rejected),
        "margin": example.margin,
        **example.about(),
    }


PREFERENCE = Format(
    "pairs",
    "TRL's DPOTrainer and others: `prompt`, `chosen`, `rejected`",
    ("prompt", "chosen", "rejected", "margin", *ABOUT),
    _row,
    prompts=BOTH,
)
