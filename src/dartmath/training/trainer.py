"""TRL's trainers with the checks that keep a run honest. Import only where training starts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from accelerate.utils import AutocastKwargs
from trl import SFTTrainer

from dartmath.base.errors import ConfigError, TrainingError
from dartmath.training.collator import WeighedCollator
from dartmath.training.config import TrainingSection
from dartmath.training.head import STATISTICS, complete_head, take_few_tokens, use_labelled_loss
from dartmath.training.optimizer import MuonAdamW, forget
from dartmath.training.probe import check_packing
from dartmath.training.tokens import IGNORED
from dartmath.training.validator import Validator

NameBatch = Callable[[list[torch.Tensor]], str]
"""From the token ids of batches to the source rows in them, for messages."""


class Checked:
    """What every trainer of ours adds to one of TRL's: it stands before it among the bases.

    A run stops at the first NaN or infinity; transformers would replace a NaN loss by the mean of the
    earlier ones in the log and train on. Evaluations change nothing that is learnt.

    Args:
        section: the settings of the run.
        name_batch: names the rows of a batch.
        validator: what is done beside the loss at an evaluation; None without evaluations.
    """

    model: Any
    args: Any
    state: Any
    control: Any
    accelerator: Any
    optimizer: Any
    is_deepspeed_enabled: bool
    data_collator: Any

    def __init__(
        self,
        *args: Any,
        section: TrainingSection,
        name_batch: NameBatch,
        validator: Validator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._section, self._name_batch, self._validator = section, name_batch, validator
        self._batches: list[tuple[torch.Tensor, torch.Tensor]] = []
        complete_head(self._base_model())
        if self.args.device.type == "cpu":
            take_few_tokens()

    def _base_model(self) -> Any:
        return self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model

    def create_optimizer(self, model: Any = None) -> Any:
        """The optimiser: transformers' own, but for Muon, which it does not know."""
        if self._section.optimizer == "muon" and self.optimizer is None:
            self.optimizer = MuonAdamW(
                self.model if model is None else model,
                learning_rate=self._section.learning_rate,
                weight_decay=self._section.weight_decay,
            )
        return super().create_optimizer(model)  # type: ignore[misc]

    def forget_optimizer(self) -> None:
        """Make room for the look at what is written: the optimiser has made its last step."""
        if not self.is_deepspeed_enabled:  # which keeps its state in buffers of its own
            forget(self.optimizer.optimizer)

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The loss of a batch; NaN and infinity are found before the step is made."""
        result = super().compute_loss(model, inputs, *args, **kwargs)  # type: ignore[misc]
        loss = result[0] if isinstance(result, tuple) else result
        self._batches.append((inputs["input_ids"], loss.detach()))
        # To look at a loss is to wait for the GPU: the gradient's norm is waited for anyway, once a step.
        if self.is_deepspeed_enabled or not self.model.training:
            self._check_losses()
            if not self.model.training:
                self._batches.pop()
        return result

    def _check_losses(self) -> None:
        """Raise `TrainingError` for the first NaN or infinite loss of the step so far."""
        for ids, loss in self._batches:
            if not torch.isfinite(loss):
                raise TrainingError(self._explain("loss", loss, [ids]))

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Held-out loss, and Pass@1 where queries are answered; random streams stay as they were."""
        assert self._validator is not None  # without one, evaluations are off
        with _same_randomness():
            metrics: dict[str, float] = super().evaluate(*args, **kwargs)  # type: ignore[misc]
            metrics |= self._validator.evaluate(self, self._held_out_loss(metrics))
        self.control.should_training_stop |= self._validator.stopped
        self.model.train()
        return metrics

    def _held_out_loss(self, metrics: dict[str, float]) -> float:
        return metrics["eval_loss"]

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        # A run whose last step was saved, and which a kill ended before it was exported, has no step left;
        # transformers would go on in the epoch, and train one more.
        ended = self.state.global_step >= self.state.max_steps
        if ended or (self._validator is not None and self._validator.stopped):
            self.control.should_training_stop = True
            return
        super()._run_epoch(*args, **kwargs)  # type: ignore[misc]

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> Any:
        norm = super()._get_grad_norm(model, grad_norm=grad_norm)  # type: ignore[misc]
        self._check_losses()
        if norm is not None and not torch.isfinite(torch.as_tensor(norm)):
            raise TrainingError(self._explain("gradient norm", norm, [ids for ids, _ in self._batches]))
        self._batches.clear()
        return norm

    def _explain(self, what: str, value: Any, batches: list[torch.Tensor]) -> str:
        step, shown = self.state.global_step + 1, float(torch.as_tensor(value).detach())
        return (
            f"the {what} became {shown} at step {step}, before the weights were changed by it. "
            f"The batch: {self._name_batch(batches)}. Look at these rows; else lower --learning-rate "
            "or train with --dtype float32. The same command goes on from the last checkpoint."
        )


@contextmanager
def _same_randomness() -> Iterator[None]:
    """Leave all random streams as they were before."""
    python, numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        yield
    random.setstate(python)
    np.random.set_state(numpy)


class CheckedTrainer(Checked, SFTTrainer):  # type: ignore[misc]
    """SFTTrainer that refuses contaminated batches.

    `packed_attention` is the kernel that has to keep packed examples apart; None without packing. `weighed`
    says whether losses of rows have weights.
    """

    def __init__(
        self, *args: Any, packed_attention: str | None, weighed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._unchecked = packed_attention
        # Sums over what is held out: the loss of its trained tokens, and their number.
        self._sums = torch.zeros(2, dtype=torch.float64)
        sharded = self.is_fsdp_enabled or self.is_deepspeed_enabled
        own = not (sharded or self.args.torch_compile) and self._section.loss == "nll"
        self._labelled_loss = own and use_labelled_loss(self._base_model(), anywhere=weighed)
        if self._labelled_loss:
            # The head is in float32 then, and every other weight is used once in a forward pass: autocast's
            # cache would hold a copy of all of them in 16 bits to its end, and be asked for none.
            self.accelerator.autocast_handler = AutocastKwargs(cache_enabled=False)
        if weighed:
            self._weigh()

    def _weigh(self) -> None:
        """Hand the weights of tokens to the loss, which alone knows them."""
        if not self._labelled_loss:
            raise ConfigError(
                "rows have weights, and the loss of this model cannot take them: its logits are capped or "
                "scaled, or it is a mixture of experts; leave row_weight out, and put rows that weigh more "
                "into a data set with a `weight` of its own"
            )
        self.data_collator = WeighedCollator(self.data_collator)

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
        labels = inputs["labels"]
        result = super().compute_loss(model, inputs, *args, **kwargs)
        if not self.model.training:
            labelled = int((labels[..., 1:] != IGNORED).sum())
            loss = float(result[0] if isinstance(result, tuple) else result)
            self._sums += torch.tensor([loss * labelled, labelled], dtype=torch.float64)
        return result

    def _held_out_loss(self, metrics: dict[str, float]) -> float:
        # Transformers takes the mean over batches, whose numbers of trained tokens differ.
        total, tokens = self.accelerator.reduce(self._sums.to(torch.float32).to(self.args.device)).tolist()
        self._sums.zero_()
        return float(total / max(tokens, 1))

    def _check_packing(self, model: Any, attention: str) -> None:
        """Once, and not before the first batch: only then is the model on its device, and sharded."""
        plain = self.accelerator.unwrap_model(model, keep_torch_compile=False)
        dtype = "bfloat16" if self.args.bf16 else "float32"
        # Compilation may drop boundaries too, so a compiled model is called as training calls it.
        score = model if self.args.torch_compile else plain
        check_packing(plain, self.args.device, attention=attention, dtype=dtype, score=score)
        self._unchecked = None
