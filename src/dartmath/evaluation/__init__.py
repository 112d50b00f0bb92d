"""Evaluation: VRT on benchmark queries, then metrics with honest intervals, and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.evaluation.config import EvaluationSection
    from dartmath.evaluation.result import BenchmarkResult, EvaluationResult, Score, read_result
    from dartmath.evaluation.run import evaluate, rescore
    from dartmath.evaluation.stored import score_responses

_HOMES = {
    "BenchmarkResult": "dartmath.evaluation.result",
    "EvaluationResult": "dartmath.evaluation.result",
    "EvaluationSection": "dartmath.evaluation.config",
    "Score": "dartmath.evaluation.result",
    "evaluate": "dartmath.evaluation.run",
    "read_result": "dartmath.evaluation.result",
    "rescore": "dartmath.evaluation.run",
    "score_responses": "dartmath.evaluation.stored",
}
__all__ = [
    "BenchmarkResult",
    "EvaluationResult",
    "EvaluationSection",
    "Score",
    "evaluate",
    "read_result",
    "rescore",
    "score_responses",
]

__getattr__ = lazily(__name__, _HOMES)
