"""Verifiers of the user's own: what they see, what they may return, and what they cannot break."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.queries.query import Query, make_query
from dartmath.verify import GradingPool, Outcome, Verdict, grade
from dartmath.verify.custom import own_verifiers

SEVERAL = """
import os, signal, sys, time
from dartmath.verify import Outcome, Verdict

def ends(query, response):
    return response.endswith(query.references[0])

def seen(query, response):
    shown = f"{query.text}|{query.references}|{query.metadata}|{len(response)}"
    return Verdict(Outcome.CORRECT, shown, "own", "")

def raises(query, response):
    return {}[response]

def number(query, response):
    return 1

def prints(query, response):
    print("noise on standard output", flush=True)
    sys.stdout.buffer.write(b"\\x00\\xff" * 100)
    sys.stdin.read()
    return True

def by_word(query, response):
    if response == "hang":
        time.sleep(60)
    if response == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.06)
    return response == "right"
"""


@pytest.fixture
def named(tmp_path: Path) -> Callable[..., Query]:
    """Queries judged by a function of the file above."""
    (tmp_path / "checks.py").write_text(SEVERAL)

    def query(function: str, **metadata: object) -> Query:
        return make_query("own", "Say 4.", "4", verifier=f"{tmp_path / 'checks.py'}:{function}", **metadata)

    return query


@pytest.mark.parametrize("workers", [0, 1])
def test_the_function_decides(named: Callable[..., Query], workers: int) -> None:
    with GradingPool(workers) as pool:
        futures = [pool.submit(named("ends"), text) for text in ("so 4", "5")]
        verdicts = [future.result() for future in futures]
    assert [verdict.outcome for verdict in verdicts] == [Outcome.CORRECT, Outcome.WRONG]
    assert "checks.py:ends says no" in verdicts[1].reason


def test_it_sees_the_query_and_the_whole_response(named: Callable[..., Query]) -> None:
    query = named("seen", level="5", tests=["a", {"b": 1}])
    with GradingPool(1) as pool:
        found = pool.submit(query, "x" * 300_000).result()
    assert found.answer == f"Say 4.|('4',)|{dict(query.metadata)}|300000"


@pytest.mark.parametrize(("text", "outcome"), [("4", Outcome.CORRECT), ("5", Outcome.TRUNCATED)])
def test_a_response_that_was_cut_off(named: Callable[..., Query], text: str, outcome: Outcome) -> None:
    assert grade(named("ends"), text, finish_reason="length").outcome is outcome


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(
    ("function", "reason"),
    [("raises", "KeyError: 'x'"), ("number", "returned 1, not True, False or a Verdict")],
)
def test_what_goes_wrong_is_recorded(
    named: Callable[..., Query], function: str, reason: str, workers: int
) -> None:
    with GradingPool(workers) as pool:
        found = pool.submit(named(function), "x").result()
    assert found.outcome is Outcome.ERROR and reason in found.reason


def test_what_it_prints_and_reads_disturbs_nothing(named: Callable[..., Query]) -> None:
    with GradingPool(1) as pool:
        futures = [pool.submit(named("prints"), "x") for _ in range(20)]
        assert all(future.result().correct for future in futures)


def test_the_time_limit_is_that_of_one_response(named: Callable[..., Query]) -> None:
    """Sixty responses of a sixteenth of a second are no slow one; and a slow or deadly one ends alone."""
    query = named("by_word")
    texts = ["right"] * 60 + ["hang", "wrong", "die", "right"]
    with GradingPool(1, timeout=2.5) as pool:
        futures = [pool.submit(query, text) for text in texts]
        outcomes = [future.result().outcome for future in futures]
    assert outcomes[:60] == [Outcome.CORRECT] * 60
    assert outcomes[60:] == [Outcome.TIMEOUT, Outcome.WRONG, Outcome.ERROR, Outcome.CORRECT]


def test_a_mistake_is_found_before_anything_is_sampled(named: Callable[..., Query]) -> None:
    with pytest.raises(ConfigError, match=r"tried on an empty response: .*raises: KeyError"):
        own_verifiers([named("ends"), named("raises")])
    with pytest.raises(ConfigError, match="has no attribute 'absent'"):
        own_verifiers([named("absent")])


def test_the_verifiers_of_some_queries_with_their_sources(named: Callable[..., Query]) -> None:
    builtin = make_query("own", "What is 4?", "4")
    found = own_verifiers([builtin, named("ends"), named("seen"), named("ends", level="2")])
    assert [name.rpartition(":")[2] for name in found] == ["ends", "seen"]
    assert len(set(found.values())) == 1
    assert own_verifiers([builtin]) == {}


def test_a_verdict_says_more(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text(
        "import json\nfrom dartmath.verify import Outcome, Verdict\n\n"
        "def judge(query, response):\n"
        "    try:\n        answer = json.loads(response)['answer']\n"
        "    except (ValueError, KeyError, TypeError):\n"
        "        return Verdict(Outcome.NO_ANSWER, None, 'json', 'no JSON object with an answer')\n"
        "    right = str(answer) in query.references\n"
        "    return Verdict(Outcome.CORRECT if right else Outcome.WRONG, str(answer), 'json', 'compared')\n"
    )
    query = make_query("own", "Answer in JSON: 2 + 2?", "4", verifier=f"{tmp_path / 'checks.py'}:judge")
    verdicts = [grade(query, text) for text in (json.dumps({"answer": 4}), "four")]
    assert verdicts[0] == Verdict(Outcome.CORRECT, "4", "json", "compared")
    assert verdicts[1].outcome is Outcome.NO_ANSWER
