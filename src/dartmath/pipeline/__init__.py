"""A recipe carried out: all its stages, again in rounds, or as the pool of a study; and training alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.pipeline.rounds import round_recipe, run_rounds
    from dartmath.pipeline.stages import (
        RunFolders,
        run_curate,
        run_evaluate,
        run_import,
        run_recipe,
        run_report,
        run_sample,
        run_train,
    )

_HOMES = {
    "RunFolders": "dartmath.pipeline.stages",
    "round_recipe": "dartmath.pipeline.rounds",
    "run_curate": "dartmath.pipeline.stages",
    "run_evaluate": "dartmath.pipeline.stages",
    "run_import": "dartmath.pipeline.stages",
    "run_recipe": "dartmath.pipeline.stages",
    "run_report": "dartmath.pipeline.stages",
    "run_rounds": "dartmath.pipeline.rounds",
    "run_sample": "dartmath.pipeline.stages",
    "run_train": "dartmath.pipeline.stages",
}
__all__ = [
    "RunFolders",
    "round_recipe",
    "run_curate",
    "run_evaluate",
    "run_import",
    "run_recipe",
    "run_report",
    "run_rounds",
    "run_sample",
    "run_train",
]

__getattr__ = lazily(__name__, _HOMES)
