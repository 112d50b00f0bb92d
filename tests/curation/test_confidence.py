"""Confidence in the responses of a query, on pools in which the truth is known since they are made here."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from curation.memory import MemoryJournal, query, sample
from dartmath.curation.confidence import Confidences
from dartmath.curation.pool import QueryPool, read_pool
from dartmath.curation.trust import LuckyShare, lucky_shares
from dartmath.sampling.sample import Sample

TRIALS = 64
LUCK = 0.03
SOUND = {"easy": 0.9, "medium": 0.4, "hard": 0.05, "hopeless": 0.0}
QUERIES = 150


def made(rng: random.Random, *, seen: float = 0.7) -> tuple[MemoryJournal, set[tuple[str, int]]]:
    """A pool of one band: flawed trials are right at the rate LUCK, and show their mistake at `seen`."""
    trials: list[Sample] = []
    lucky = set()
    for kind, sound in SOUND.items():
        for place in range(QUERIES):
            for trial in range(TRIALS):
                is_sound = rng.random() < sound
                right = is_sound or rng.random() < LUCK
                text = "2 + 2 = 5" if not is_sound and rng.random() < seen else f"2 + 2 = 4, {trial}"
                name = f"{kind}{place}"
                trials.append(sample(name, trial, right, text))
                if right and not is_sound:
                    lucky.add((name, trial))
    names = [f"{kind}{place}" for kind in SOUND for place in range(QUERIES)]
    return MemoryJournal({}, [query(name) for name in names], trials), lucky


def judged(journal: MemoryJournal) -> tuple[list[QueryPool], Confidences]:
    pools = read_pool(journal)
    bands = {pool.query.id: "band" for pool in pools}
    return pools, Confidences(pools, bands, lucky_shares(journal, bands), checked=False)


def kind_of(pool: QueryPool) -> str:
    return pool.query.id.rstrip("0123456789")


def test_confidence_is_how_many_are_sound() -> None:
    """Of each kind of query, the mean confidence is within eight points of the share that is sound."""
    journal, lucky = made(random.Random(1))
    pools, confidences = judged(journal)
    rows, sound, said = Counter[str](), Counter[str](), Counter[str]()
    for pool in pools:
        confidence = confidences.of(pool)
        for candidate in pool.candidates:
            assert confidence is not None
            rows[kind_of(pool)] += 1
            sound[kind_of(pool)] += (pool.query.id, candidate.trial) not in lucky
            said[kind_of(pool)] += confidence  # type: ignore[assignment]
    for kind in ("easy", "medium", "hard"):
        assert said[kind] / rows[kind] == pytest.approx(sound[kind] / rows[kind], abs=0.08), kind
    assert said["hopeless"] / rows["hopeless"] < 0.5 and not sound["hopeless"]


def test_more_failures_never_raise_it_and_more_successes_never_lower_it() -> None:
    shares = [LuckyShare("band", 100, 1000, 10, 500, 100, share=0.2, left=0.1, bound=False)]

    def confidence(correct: int, failed: int) -> float:
        verdicts = [True] * correct + [False] * failed
        one, other = (
            [sample(name, i, right) for i, right in enumerate(row)]
            for name, row in (("one", verdicts), ("other", [True] * 50 + [False] * 500))
        )
        pools = read_pool(MemoryJournal({}, [query("one"), query("other")], [*one, *other]))
        found = Confidences(pools, dict.fromkeys(("one", "other"), "band"), shares, checked=False)
        value = found.of(pools[0])
        assert value is not None and 0 <= value <= 1
        return value

    for correct in (1, 2, 5, 20):
        falling = [confidence(correct, failed) for failed in (0, 1, 5, 20, 60)]
        assert falling == sorted(falling, reverse=True)
    for failed in (1, 5, 20, 60):
        rising = [confidence(correct, failed) for correct in (1, 2, 5, 20)]
        assert rising == sorted(rising)


@pytest.mark.parametrize("share", [None, 0.4])
def test_what_only_bounds_luck_gives_no_confidence(share: float | None) -> None:
    pools = read_pool(MemoryJournal({}, [query("q")], [sample("q", i, i < 2) for i in range(8)]))
    bound = LuckyShare("band", 2, 6, 0, 0, 0, share=share, left=share, bound=True)
    confidences = Confidences(pools, {"q": "band"}, [bound], checked=False)
    assert confidences.of(pools[0]) is None
