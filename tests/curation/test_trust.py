"""The lucky share against pools in which the truth is known, since they are made here."""

from __future__ import annotations

import random
from collections.abc import Container, Sequence
from dataclasses import replace

import pytest

from curation.memory import MemoryJournal, query, sample
from dartmath.curation.pool import QueryPool, read_pool
from dartmath.curation.select import Selection
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


SOUND, SWAPPED, WRONG_STEP = "31 + 47 = 78", "41 + 37 = 78", "31 + 47 = 68"


def pool_of(ids: Sequence[str], texts: dict[str, tuple[int, int]], text: str = "31 + 47") -> MemoryJournal:
    """To every query so many (correct, wrong) responses of each text."""
    trials = []
    for id in ids:
        said = [
            (t, right) for t, counts in texts.items() for right in (1, 0) for _ in range(counts[1 - right])
        ]
        trials += [sample(id, trial, bool(right), t) for trial, (t, right) in enumerate(said)]
    return MemoryJournal({}, [replace(query(id), text=text) for id in ids], trials)


def taken(pool: QueryPool, trials: Container[int]) -> Selection:
    """What a policy takes that takes these trials."""
    chosen = tuple(one for one in pool.candidates if one.trial in trials)
    return Selection(pool, 0.5, len(chosen), len(chosen), chosen)


def test_numbers_from_nowhere_count_where_sound_responses_have_none() -> None:
    """Half of the luck shows in numbers alone, so the step check by itself would miss it."""
    easy = pool_of(["easy"], {SOUND: (100, 0), WRONG_STEP: (0, 25)})
    hard = pool_of(["hard"], {SOUND: (60, 0), SWAPPED: (20, 10), WRONG_STEP: (20, 90)})
    both = MemoryJournal({}, [*easy.queries(), *hard.queries()], [*easy.samples(), *hard.samples()])
    shares = {one.band: one for one in lucky_shares(both, {"easy": "easy", "hard": "hard"})}
    assert shares["hard"].share == pytest.approx(40 / 100, abs=0.01)
    assert shares["hard"].left is not None and 0.15 < shares["hard"].left < 0.35, "20 of 80"
    assert shares["easy"].share == 0


def test_numbers_that_are_known_without_being_said_do_not_count() -> None:
    """A year's months are in sound responses too: then what shows is the wrong step alone."""
    journal = pool_of(["q"], {"3 * 12 = 36": (80, 20), "3 * 12 = 38": (10, 80)}, text="3 years, in months")
    (found,) = lucky_shares(journal, {"q": "band"})
    assert found.share == pytest.approx((10 / 90) / 0.8, abs=0.001)


def test_the_share_is_that_of_the_rows_that_a_policy_takes() -> None:
    """One query has all of the luck; a set of the other has none, whatever the pool has."""
    lucky = pool_of(["lucky"], {SOUND: (20, 0), WRONG_STEP: (20, 100)})
    sound = pool_of(["sound"], {SOUND: (40, 0)})
    both = MemoryJournal({}, [*lucky.queries(), *sound.queries()], [*lucky.samples(), *sound.samples()])
    bands = {"lucky": "band", "sound": "band"}

    def share(*takes: str) -> float | None:
        chosen = [taken(pool, range(40) if pool.query.id in takes else ()) for pool in read_pool(both)]
        return lucky_shares(both, bands, chosen=chosen)[0].share

    assert share("sound") == 0
    assert share("lucky") == pytest.approx(0.5)
    assert share("lucky", "sound") == pytest.approx(20 / 80) == lucky_shares(both, bands)[0].share


def test_after_the_check_it_is_asked_of_the_rows_that_are_left() -> None:
    journal = pool_of(["q"], {SOUND: (96, 0), SWAPPED: (4, 30), WRONG_STEP: (20, 70), "no step": (0, 10)})
    chosen = [taken(pool, range(96, 100)) for pool in read_pool(journal)]
    (found,) = lucky_shares(journal, {"q": "band"}, chosen=chosen, checked=True)
    assert found.left == 1.0, "the four swapped ones alone"
    assert found.share == pytest.approx(24 / 120 / (100 / 110), abs=0.01), "of the pool"
