"""What happens around the steps of a run. Import only where training starts."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from dartmath.base.terminal import progress_bar
from dartmath.training.checkpoints import mark_whole, remove_older
from dartmath.training.interrupt import StopRequest
from dartmath.training.log import LOG_FILE, StepMeter, note

# What TRL's trainers of preferences log, and what the journal calls it: the share of pairs whose right side
# has the higher reward, and how much higher it is.
_PREFERENCE = {"rewards/accuracies": "reward_accuracy", "rewards/margins": "reward_margin"}


class JournalCallback(TrainerCallback):  # type: ignore[misc]
    """Writes a log line per step, and moves the progress bar with loss, tokens/s, MFU and ETA."""

    def __init__(self, folder: Path, meter: StepMeter) -> None:
        self._folder, self._meter = folder, meter
        self._seen: int | None = None
        self._stack = ExitStack()
        self._bar: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Open the bar."""
        self._meter.start()
        if state.is_world_process_zero:
            self._bar = self._stack.enter_context(progress_bar("training", state.max_steps))

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        """Add the line of a step."""
        if not state.is_world_process_zero or "loss" not in logs:
            return
        total = int(logs["num_tokens"])
        fields = {
            "step": state.global_step,
            "epoch": round(state.epoch, 4),
            "loss": logs["loss"],
            "grad_norm": logs.get("grad_norm"),
            "learning_rate": logs["learning_rate"],
            **{name: logs[key] for key, name in _PREFERENCE.items() if key in logs},
            **self._meter.step(total - (self._seen or 0)),
        }
        self._seen = total
        with (self._folder / LOG_FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")
        self._bar.update(state.global_step, note=note(fields))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Have the last step evaluated too, where steps are."""
        if args.eval_strategy != "no" and state.global_step >= state.max_steps:
            control.should_evaluate = True

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Begin the time of the next step anew: an evaluation is no part of it."""
        self._meter.start()

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Close the bar."""
        self.close()

    def close(self) -> None:
        """Close the bar, also after an error."""
        self._stack.close()


class CheckpointCallback(TrainerCallback):  # type: ignore[misc]
    """Marks a checkpoint whole once every process has saved its part, and only then removes older ones."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Wait for the other processes, mark, then remove."""
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.barrier()
        if state.is_world_process_zero:
            folder, best = Path(args.output_dir), state.best_model_checkpoint
            mark_whole(folder, state.global_step)
            remove_older(folder, best and Path(best).name)


class StopCallback(TrainerCallback):  # type: ignore[misc]
    """Saves a checkpoint and ends the training after the step in which a stop is requested.

    Attributes:
        stopped_after: the step after which the run was stopped; None when it ran to its end.
    """

    def __init__(self, request: StopRequest) -> None:
        self._request = request
        self.stopped_after: int | None = None

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop, when any process was asked to and steps are left."""
        if not _any(bool(self._request), args.device) or state.global_step >= state.max_steps:
            return
        control.should_save = control.should_training_stop = True
        self.stopped_after = state.global_step


def _any(asked: bool, device: Any) -> bool:
    """Whether any process was asked: all have to stop after the same step."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return asked
    flag = torch.tensor(int(asked), device=device)
    torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
    return bool(flag.item())


def tensorboard(folder: Path) -> Any:
    """TensorBoard events in `folder/tensorboard`, which stay when checkpoints are deleted."""
    from torch.utils.tensorboard import SummaryWriter
    from transformers.integrations import TensorBoardCallback

    return TensorBoardCallback(SummaryWriter(log_dir=str(folder / "tensorboard")))
