from __future__ import annotations

import pytest

from dartmath.study.plan import PlannedArm, StudyPlan


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.0123, "0.037 hours"), (4.2, "13 hours"), (33.1, "99 hours"), (451.0, "1,353 hours")],
)
def test_hours_are_written_as_people_do(hours: float, said: str) -> None:
    arm = PlannedArm("vrt", "10 rows", 3, 3, 10, 100, 5, hours, "paper")
    plan = StudyPlan("made", [arm], None, 1, "A100", 0.4, None)
    assert f"Training: {said} at 40% of A100's peak" in plan.caption()
    assert "e+" not in plan.caption() + str(plan.table())


@pytest.mark.parametrize(
    ("left", "measured", "said", "unsaid"),
    [
        (3, None, "No cell is finished yet", "finished cells took"),
        (3, 72.0, "At the 72 s that finished cells took: 0.06 hours", "No cell"),
        (0, None, "Training", "No cell"),
    ],
    ids=["nothing measured", "measured", "nothing left"],
)
def test_what_this_machine_takes_is_told_once_a_cell_is_finished(
    left: int, measured: float | None, said: str, unsaid: str
) -> None:
    arm = PlannedArm("vrt", "10 rows", 3, left, 10, 100, 5, 0.1, "pool")
    caption = StudyPlan("made", [arm], None, 1, "A100", 0.4, measured).caption()
    assert said in caption
    assert unsaid not in caption
