"""The training log: one JSON line per optimiser step, and the line a person watches."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from dartmath.base.files import write_text

LOG_FILE = "training_log.jsonl"


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The log of a training folder: step, loss, learning_rate, grad_norm, tokens, seconds ...

    A last line cut off by a kill is left out.
    """
    path = folder / LOG_FILE
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return rows


def rewind_log(folder: Path, step: int) -> list[dict[str, Any]]:
    """Drop the lines after `step`, whose work a kill has undone; returns the ones kept."""
    rows = [row for row in read_log(folder) if row["step"] <= step]
    write_text(folder / LOG_FILE, "".join(json.dumps(row) + "\n" for row in rows))
    return rows


class StepMeter:
    """Counts tokens, time and arithmetic of a run, over kills and restarts.

    Args:
        done: log lines of earlier sessions of this run.
        flops_per_token: forward and backward arithmetic of one token.
        peak: FLOP/s of all devices together; None when unknown.
    """

    def __init__(self, done: list[dict[str, Any]], *, flops_per_token: float, peak: float | None) -> None:
        self.tokens = done[-1]["tokens"] if done else 0
        self.seconds = done[-1]["seconds"] if done else 0.0
        self._flops, self._peak = flops_per_token, peak
        self._last = time.perf_counter()

    def start(self) -> None:
        """Begin the time of the first step."""
        self._last = time.perf_counter()

    def step(self, tokens: int) -> dict[str, Any]:
        """Record a step of `tokens` tokens; totals, speed and utilisation as a log line's fields."""
        now = time.perf_counter()
        took, self._last = now - self._last, now
        self.tokens += tokens
        self.seconds += took
        speed = tokens / took
        fields = {
            "tokens": self.tokens,
            "seconds": round(self.seconds, 3),
            "tokens_per_second": round(speed, 1),
        }
        if self._peak:
            fields["mfu"] = round(speed * self._flops / self._peak, 4)
        return fields


def note(fields: dict[str, Any]) -> str:
    """The text at the end of the progress line."""
    mfu = f" · MFU {fields['mfu']:.0%}" if "mfu" in fields else ""
    return f"loss {fields['loss']:.4f} · {fields['tokens_per_second']:,.0f} tok/s{mfu}"
