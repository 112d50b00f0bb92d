"""What an evaluation of a run does beside the loss. Import only where training starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dartmath.base.terminal import info
from dartmath.prompts.template import Template
from dartmath.queries.query import Query
from dartmath.training.answers import pass_at_1
from dartmath.training.config import Validation
from dartmath.training.validation import HeldOutScore, read_evaluations, should_stop, write_evaluations


class Validator:
    """Answers queries, records evaluations in the run's folder, and says when to stop.

    Attributes:
        stopped: whether the evaluations so far ask to stop.
    """

    def __init__(
        self, folder: Path, section: Validation, template: Template, tokenizer: Any, queries: Sequence[Query]
    ) -> None:
        self._folder, self._section = folder, section
        self._template, self._tokenizer, self._queries = template, tokenizer, queries
        self.stopped = should_stop(read_evaluations(folder), section)

    def evaluate(self, trainer: Any, loss: float) -> dict[str, float]:
        """Record an evaluation with the held-out `loss`; the metrics by which transformers knows the best."""
        from accelerate.utils import broadcast_object_list

        found: list[Any] = [None, False]
        if trainer.is_world_process_zero():
            found = self._record(trainer, loss)
        broadcast_object_list(found)
        rate, self.stopped = found
        return {"eval_loss": loss, **({} if rate is None else {"eval_pass_at_1": rate})}

    def _record(self, trainer: Any, loss: float) -> list[Any]:
        step, rate = trainer.state.global_step, None
        if self._queries:
            model = trainer.accelerator.unwrap_model(trainer.model)
            rate = pass_at_1(
                model, self._tokenizer, self._template, self._queries, max_tokens=self._section.max_tokens
            )
        rows = [row for row in read_evaluations(self._folder) if row.step < step]
        rows.append(HeldOutScore(step, loss, rate))
        write_evaluations(self._folder, rows)
        answered = "" if rate is None else f" · Pass@1 {rate:.1%} of {len(self._queries)} queries"
        info(f"step {step}: held-out loss {loss:.4f}{answered}")
        stop = should_stop(rows, self._section)
        if stop:
            info(f"no better evaluation in {self._section.patience}: the training stops")
        return [rate, stop]
