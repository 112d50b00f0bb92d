"""The lucky share against pools in which the truth is known, since they are made here."""

from __future__ import annotations

import random

import pytest

from curation.memory import MemoryJournal, query, sample
from dartmath.curation.trust import LuckyShare, lucky_shares
from dartmath.sampling.sample import Sample

TRIALS = 3000


def made(
    flawed: float, luck: float, seen: float, answers: int = 50, *, texts: bool = True
) -> tuple[MemoryJournal, float]:
    """A pool of one band: a share of responses is flawed, of these some are right by luck, and some show it.

    Returns it with the true share of lucky ones among the correct.
    """
    rng = random.Random(f"{flawed}{luck}{seen}")
    trials: list[Sample] = []
    correct = lucky = 0
    for trial in range(TRIALS):
        is_flawed = rng.random() < flawed
        right = not is_flawed or rng.random() < luck
        text = "2 + 2 = 5" if is_flawed and rng.random() < seen else "2 + 2 = 4"
        correct += right
        lucky += right and is_flawed
        one = sample("q", trial, right, text if texts or right else "")
        trials.append(one if right else replaced(one, str(rng.randrange(answers))))
    return MemoryJournal({}, [query("q")], trials), lucky / correct


def replaced(one: Sample, answer: str) -> Sample:
    from dataclasses import replace

    return replace(one, answer=answer)


def estimate(journal: MemoryJournal) -> LuckyShare:
    (found,) = lucky_shares(journal, {"q": "band"})
    return found


@pytest.mark.parametrize("seen", [0.3, 0.6, 0.9, 1.0])
@pytest.mark.parametrize("luck", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("flawed", [0.1, 0.5, 0.9])
def test_the_share_is_within_five_points_of_the_truth(flawed: float, luck: float, seen: float) -> None:
    journal, truth = made(flawed, luck, seen)
    found = estimate(journal)
    assert found.share is not None
    assert found.share == pytest.approx(truth, abs=0.05)
    assert not found.bound
    assert found.left is not None and found.left <= found.share + 1e-9


def test_what_the_check_lets_pass_is_estimated_too() -> None:
    journal, _ = made(0.8, 0.2, 0.5)
    found = estimate(journal)
    kept = [s for s in journal.samples() if s.outcome.value == "correct" and s.text == "2 + 2 = 4"]
    # Of 3000: 600 are sound, 480 lucky, of which half are seen.
    assert found.left == pytest.approx(240 / len(kept), abs=0.05)
    assert found.of_set(checked=True) == found.left
    assert found.of_set(checked=False) == found.share


def test_a_check_that_sees_nothing_gives_way_to_chance_agreement() -> None:
    journal, truth = made(0.8, 1 / 50, 0.0)
    found = estimate(journal)
    assert found.bound, "chance agreement bounds"
    assert found.share == pytest.approx(truth, abs=0.03), "where luck is as likely as any other answer"


def test_shared_mistakes_make_the_bound_wide_and_not_narrow() -> None:
    journal, truth = made(0.8, 0.01, 0.0, answers=2)
    found = estimate(journal)
    assert found.bound and found.share is not None and found.share > truth


def test_a_journal_without_texts_of_wrong_responses_is_bounded_by_chance() -> None:
    journal, truth = made(0.8, 1 / 50, 0.9, texts=False)
    found = estimate(journal)
    assert found.bound
    assert found.share == pytest.approx(truth, abs=0.05)


def test_nothing_wrong_means_no_luck() -> None:
    journal = MemoryJournal(
        {}, [query("q")], [sample("q", i, correct=True, text="2 + 2 = 4") for i in range(50)]
    )
    found = estimate(journal)
    assert (found.share, found.left) == (0.0, 0.0)


def test_nothing_correct_tells_nothing() -> None:
    journal = MemoryJournal({}, [query("q")], [sample("q", i, correct=False) for i in range(50)])
    assert estimate(journal).share is None
