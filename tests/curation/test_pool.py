from __future__ import annotations

from dataclasses import replace

from curation.memory import MemoryJournal, pools, query, sample
from dartmath.curation.pool import digest, read_pool
from dartmath.verify.contract.outcome import Outcome


def test_ranks_count_finished_trials_whatever_order_the_journal_has() -> None:
    trials = [sample("a", 7, True), sample("a", 2, False), sample("a", 3, True)]
    (pool,) = read_pool(MemoryJournal({}, [query("a")], trials))
    assert [(c.trial, c.rank) for c in pool.candidates] == [(3, 1), (7, 2)]
    assert (pool.trials, pool.correct, pool.tokens) == (3, 2, 30)
    assert pool.head(2) == (2, 1) and pool.head(None) == (3, 2)


def test_a_refused_response_still_counts_as_a_correct_trial() -> None:
    journal = MemoryJournal({}, [query("a")], [sample("a", 0, True, "bad"), sample("a", 1, True)])
    (pool,) = read_pool(journal, lambda s: "arithmetic" if s.text == "bad" else "")
    assert (pool.correct, len(pool.candidates), pool.dropped) == (2, 1, {"arithmetic": 1})
    assert pool.candidates[0].rank == 1


def test_duplicates_differ_in_white_space_alone_and_the_first_stays() -> None:
    trials = [sample("a", i, True, text) for i, text in enumerate(["1 + 1", "1  +\n1", "1+1", "1 + 1"])]
    (pool,) = read_pool(MemoryJournal({}, [query("a")], trials))
    pool.deduplicate()
    assert [c.trial for c in pool.candidates] == [0, 2]
    assert pool.dropped == {"duplicate": 2}


def test_a_lost_trial_says_nothing_about_the_difficulty() -> None:
    lost = replace(sample("a", 1, False), outcome=Outcome.ERROR)
    journal = MemoryJournal({}, [query("a")], [sample("a", 0, False), lost, sample("a", 2, True)])
    (pool,) = read_pool(journal)
    assert (pool.trials, pool.head(2), pool.head(None)) == (3, (1, 0), (2, 1))


def test_a_query_without_trials_has_an_empty_pool() -> None:
    (pool,) = pools({"a": []})
    assert (pool.trials, pool.correct, pool.candidates) == (0, 0, [])


def test_digest_takes_any_text() -> None:
    assert digest("\ud800") != digest("")
