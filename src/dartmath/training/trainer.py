"""TRL's SFTTrainer with the checks that keep a run honest. Import only where training starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from trl import SFTTrainer

from dartmath.base.errors import TrainingError
from dartmath.training.head import STATISTICS, use_labelled_loss
from dartmath.training.probe import check_packing

NameBatch = Callable[[list[int]], str]
"""From the flat token ids of a batch to the source rows in it, for messages."""


class CheckedTrainer(SFTTrainer):  # type: ignore[misc]
    """SFTTrainer that refuses contaminated batches and stops at the first NaN or infinity.

    Transformers would replace a NaN loss by the mean of the earlier ones in the log and train on.

    `packed_attention` is the kernel that has to keep packed examples apart; None without packing.
    """

    def __init__(
        self, *args: Any, name_batch: NameBatch, packed_attention: str | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._name_batch = name_batch
        self._unchecked = packed_attention
        self._batches: list[torch.Tensor] = []
        sharded = self.is_fsdp_enabled or self.is_deepspeed_enabled
        self._labelled_loss = not (sharded or self.args.torch_compile) and use_labelled_loss(
            self._base_model()
        )

    def _base_model(self) -> Any:
        return self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log, without the metrics that were not computed."""
        if self._labelled_loss:
            for metrics in self._metrics.values():
                for name in STATISTICS:
                    metrics.pop(name, None)
        super().log(logs, *args, **kwargs)

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The loss of a batch; `TrainingError` for a batch that would contaminate, NaN or infinity."""
        if "position_ids" in inputs and "attention_mask" in inputs:
            raise TrainingError(
                "a packed batch came with an attention mask, with which examples see one another; "
                "this is a bug of dartmath or trl: please report the versions in manifest.json"
            )
        if self._unchecked:
            self._check_packing(model, self._unchecked)
        if self.model.training:
            self._batches.append(inputs["input_ids"])
        result = super().compute_loss(model, inputs, *args, **kwargs)
        loss = result[0] if isinstance(result, tuple) else result
        if not torch.isfinite(loss):
            raise TrainingError(self._explain("loss", loss, self._batches[-1:] or [inputs["input_ids"]]))
        return result

    def _check_packing(self, model: Any, attention: str) -> None:
        """Once, and not before the first batch: only then is the model on its device, and sharded."""
        plain = self.accelerator.unwrap_model(model, keep_torch_compile=False)
        dtype = "bfloat16" if self.args.bf16 else "float32"
        check_packing(plain, self.args.device, attention=attention, dtype=dtype)
        self._unchecked = None

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> Any:
        norm = super()._get_grad_norm(model, grad_norm=grad_norm)
        if norm is not None and not torch.isfinite(torch.as_tensor(norm)):
            raise TrainingError(self._explain("gradient norm", norm, self._batches))
        self._batches.clear()
        return norm

    def _explain(self, what: str, value: Any, batches: list[torch.Tensor]) -> str:
        ids = [token for batch in batches for token in batch.flatten().tolist()]
        step, shown = self.state.global_step + 1, float(torch.as_tensor(value).detach())
        return (
            f"the {what} became {shown} at step {step}, before the weights were changed by it. "
            f"The batch: {self._name_batch(ids)}. Look at these rows; else lower --learning-rate "
            "or train with --dtype float32. The same command goes on from the last checkpoint."
        )
