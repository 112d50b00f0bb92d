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
