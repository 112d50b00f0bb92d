"""kill -9 at random moments: nothing lost, nothing double, the same data set."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.sampling.journal import open_journal
from sampling.kills import run_with_kills
from sampling.simulated import assert_sound, dataset


def test_kills_change_nothing(tmp_path: Path) -> None:
    assert run_with_kills(tmp_path / "killed", 20, "simulated") >= 5
    run_with_kills(tmp_path / "whole", 0, "simulated")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")


def test_kills_change_nothing_of_who_answers(tmp_path: Path) -> None:
    assert run_with_kills(tmp_path / "killed", 20, "taught") >= 5
    run_with_kills(tmp_path / "whole", 0, "taught")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")
    assert_same_teachers(tmp_path / "killed", tmp_path / "whole", {None, "hot", "big"})


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kills_change_nothing_of_two_real_engines_and_hints(tmp_path: Path, smollm2: str) -> None:
    assert run_with_kills(tmp_path / "killed", 12, "hinted") >= 5
    run_with_kills(tmp_path / "whole", 0, "hinted")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")
    assert_same_teachers(tmp_path / "killed", tmp_path / "whole", {None, "plain", "told"})


def assert_same_teachers(one: Path, other: Path, all_of: set[str | None]) -> None:
    """Every trial that is in both was made by the same teacher, and each of `all_of` made some."""
    a, b = ({(s.query_id, s.trial): s.teacher for s in open_journal(run).samples()} for run in (one, other))
    both = a.keys() & b.keys()
    assert {key: a[key] for key in both} == {key: b[key] for key in both}
    assert {a[key] for key in both} == all_of


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kills_change_nothing_with_a_real_model(tmp_path: Path, smollm2: str) -> None:
    assert run_with_kills(tmp_path / "killed", 12, "real") >= 5
    run_with_kills(tmp_path / "whole", 0, "real")
    assert dataset(tmp_path / "killed") == dataset(tmp_path / "whole")
    assert_sound(tmp_path / "killed")
