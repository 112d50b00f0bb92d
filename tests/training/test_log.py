"""The training log survives kills, and its totals go on where they stopped."""

import json
from pathlib import Path
from typing import Any

from dartmath.training.log import LOG_FILE, StepMeter, note, read_log, rewind_log


def _line(step: int) -> dict[str, Any]:
    return {"step": step, "loss": 1.0 / step, "tokens": 100 * step, "seconds": 2.0 * step}


def _write(folder: Path, steps: int, tail: str = "") -> None:
    lines = "".join(json.dumps(_line(step)) + "\n" for step in range(1, steps + 1))
    (folder / LOG_FILE).write_text(lines + tail)


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    _write(tmp_path, 3, tail='{"step": 4, "lo')
    assert [row["step"] for row in read_log(tmp_path)] == [1, 2, 3]


def test_steps_after_the_checkpoint_are_forgotten(tmp_path: Path) -> None:
    _write(tmp_path, 5, tail="{")
    assert [row["step"] for row in rewind_log(tmp_path, 3)] == [1, 2, 3]
    assert [row["step"] for row in read_log(tmp_path)] == [1, 2, 3]
    assert rewind_log(tmp_path, 0) == []


def test_a_run_that_never_began_has_no_log(tmp_path: Path) -> None:
    assert read_log(tmp_path) == []
    assert rewind_log(tmp_path, 0) == []


def test_totals_go_on_and_utilisation_is_a_share_of_the_peak() -> None:
    meter = StepMeter([_line(1), _line(2)], flops_per_token=6.0, peak=1e9)
    fields = meter.step(50)
    assert fields["tokens"] == 250
    assert fields["seconds"] >= 4.0
    assert fields["mfu"] * 1e9 / 6.0 > 0
    assert "mfu" not in StepMeter([], flops_per_token=6.0, peak=None).step(50)


def test_the_progress_note_shows_what_a_person_wants() -> None:
    fields = {"loss": 0.51234, "tokens_per_second": 1234.5, "mfu": 0.456}
    assert note(fields) == "loss 0.5123 · 1,234 tok/s · MFU 46%"
