"""Rules decide, and a judge is asked about what they refuse: with a real model, and with servers at fault."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, JournalError
from dartmath.judging.client import ask
from dartmath.judging.config import JudgeSection
from dartmath.judging.grader import SUMMARY, HybridGrader, judge_record
from dartmath.judging.prompt import PROMPT_HASH, new_nonce, read_reply
from dartmath.judging.verdicts import JUDGEMENTS
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT
from dartmath.verify import GradingPool
from dartmath.verify.contract.outcome import Outcome
from dartmath.verify.contract.question import Question
from dartmath.verify.contract.settings import GradingSettings
from dartmath.verify.rewards import trl_reward, verifiers_reward, verl_reward
from engines.servers import llama_server
from sampling.simulated import SimulatedEngine, make_queries, run

MODEL = "SmolLM2-135M-Instruct"
PARAPHRASE = Question("Is f even or odd?", ("odd",), "hybrid")
RESPONSE = r"\boxed{\text{the function is symmetric about the origin}}"


def dartmath(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dartmath", "verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with llama_server() as url:
        yield url


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives every request the same answer, and what it was asked."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}/v1", asked
        http.shutdown()


def said(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_a_real_model_gives_verdicts_that_are_kept(server: str, tmp_path: Path) -> None:
    section = JudgeSection(url=server, model=MODEL)
    with HybridGrader(GradingPool(0), section, tmp_path) as grader:
        first = grader.submit(PARAPHRASE, RESPONSE).result(120)
    assert grader.counts.asked == 1
    assert first.outcome in (Outcome.CORRECT, Outcome.WRONG)
    assert first.comparison == "judge"
    assert MODEL in first.reason and PROMPT_HASH in first.reason
    (row,) = map(json.loads, (tmp_path / JUDGEMENTS).read_text().splitlines())
    assert (row["judge"], row["prompt"], row["rules"]) == (MODEL, PROMPT_HASH, "wrong")

    with HybridGrader(GradingPool(0), section, tmp_path) as again:
        assert again.submit(PARAPHRASE, RESPONSE).result(120) == first
    assert (again.counts.asked, again.counts.cached) == (0, 1)
    assert json.loads((tmp_path / SUMMARY).read_text())["judge"] == MODEL


def test_a_real_model_without_a_constrained_reply_gives_a_verdict_or_a_failure(server: str) -> None:
    section = JudgeSection(url=server, model=MODEL, structured=False)
    nonce = new_nonce()
    reply = ask(section, None, ("How many?", ("5",), "It is 5."), nonce)
    assert read_reply(reply, nonce) in (True, False, None)


def test_only_what_the_rules_refuse_is_judged(tmp_path: Path) -> None:
    cases = [
        (Question("", ("5",), "hybrid"), r"\boxed{5}", "stop", Outcome.CORRECT, 0),
        (Question("", ("5",), "math"), r"\boxed{6}", "stop", Outcome.WRONG, 0),
        (Question("", ("5",), "hybrid"), "  ", "stop", Outcome.NO_ANSWER, 0),
        (Question("", ("5",), "hybrid"), "We think", "length", Outcome.TRUNCATED, 0),
        (Question("", ("5",), "hybrid"), r"\boxed{6}", "stop", Outcome.WRONG, 1),
    ]
    with (
        answering(200, said("no JSON")) as (url, asked),
        HybridGrader(GradingPool(0), JudgeSection(url=url, model="m"), tmp_path) as grader,
    ):
        for query, response, reason, outcome, requests in cases:
            before = len(asked)
            assert grader.submit(query, response, reason).result(30).outcome is outcome
            assert len(asked) - before == requests


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (404, b"", "status 404"),
        (200, b"<html>", "JSONDecodeError"),
        (200, b'{"choices": []}', "no choices"),
        (200, said("same"), "not of the form"),
        (200, said('{"check": "0", "verdict": "same"}'), "not of the form"),
    ],
)
def test_a_failure_leaves_the_verdict_of_the_rules(
    status: int, body: bytes, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dartmath.judging.client._PAUSES", ())
    with (
        answering(status, body) as (url, _),
        HybridGrader(GradingPool(0), JudgeSection(url=url, model="m"), tmp_path) as grader,
    ):
        verdict = grader.submit(PARAPHRASE, RESPONSE).result(30)
    assert verdict.outcome is Outcome.WRONG and verdict.comparison != "judge"
    assert "the judge gave no verdict" in verdict.reason and why in verdict.reason
    assert grader.counts.failed == 1
    assert not (tmp_path / JUDGEMENTS).exists()


def test_a_server_that_is_not_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dartmath.judging.client._PAUSES", ())
    with answering(200, b"") as (url, _):
        pass
    with HybridGrader(GradingPool(0), JudgeSection(url=url, model="m")) as grader:
        verdict = grader.submit(PARAPHRASE, RESPONSE).result(30)
    assert verdict.outcome is Outcome.WRONG
    assert "the judge gave no verdict" in verdict.reason


def test_the_budget_counts_over_sessions(tmp_path: Path) -> None:
    (tmp_path / JUDGEMENTS).write_text('{"key": "a", "same": true}\n{"key": "b", "sa')
    with answering(200, said("no JSON")) as (url, asked):
        section = JudgeSection(url=url, model="m", max_calls=2)
        with HybridGrader(GradingPool(0), section, tmp_path) as grader:
            for value in ("a", "b", "c"):
                verdict = grader.submit(PARAPHRASE, rf"\boxed{{\text{{{value} function}}}}").result(30)
    assert len(asked) == 1
    assert grader.counts.left_out == 2
    assert "budget of 2 calls" in verdict.reason


def test_an_audit_changes_no_verdict(server: str, tmp_path: Path) -> None:
    section = JudgeSection(url=server, model=MODEL, audit=1)
    with HybridGrader(GradingPool(0), section, tmp_path) as grader:
        verdict = grader.submit(Question("1+1?", ("2",), "hybrid"), r"\boxed{2}").result(120)
    assert verdict.correct and verdict.comparison == "text"
    assert grader.counts.audited == 1
    assert grader.summary()["agreement"]["on_correct"] in (0.0, 1.0)


def test_a_key_that_is_not_set_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(ConfigError, match="NO_SUCH_KEY is not set"):
        HybridGrader(GradingPool(0), JudgeSection(url="http://x/v1", model="m", key_env="NO_SUCH_KEY"))


def test_queries_that_want_a_judge_need_one() -> None:
    section = JudgeSection(url="http://x/v1/", model="m")
    assert section.url == "http://x/v1"
    assert judge_record(None, ["math"]) is None
    assert judge_record(section, ["math", "hybrid"]) == {"model": "m", "prompt": PROMPT_HASH}
    with pytest.raises(ConfigError, match=r"no judge is given; name one with judge\.url"):
        judge_record(None, ["math", "hybrid"])


def test_a_file_is_judged_and_its_second_time_costs_nothing(server: str, tmp_path: Path) -> None:
    file = tmp_path / "responses.jsonl"
    rows = [(PARAPHRASE, RESPONSE), (Question("1+1?", ("2",)), r"\boxed{2}")]
    file.write_text(
        "".join(
            json.dumps({"query": query.text, "reference": query.references[0], "response": response}) + "\n"
            for query, response in rows
        )
    )
    judge = ["--judge-url", server, "--judge-model", MODEL]
    for asked, cached in ((1, 0), (0, 1)):
        done = dartmath("--file", str(file), *judge, "--json")
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)["judge"]
        assert (summary["asked"], summary["cached"]) == (asked, cached)
    first, second = map(json.loads, file.with_suffix(".graded.jsonl").read_text().splitlines())
    assert (first["comparison"], second["comparison"]) == ("judge", "text")
    assert MODEL in first["reason"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--judge-url", "http://x/v1"], "--judge-url and --judge-model go together"),
        (["--judge-url", "x", "--judge-model", "m"], "no base URL"),
    ],
)
def test_options_of_the_judge(options: list[str], message: str, tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text('{"reference": "5", "response": "5"}\n')
    done = dartmath("--file", str(file), *options)
    assert done.returncode == 2
    assert message in done.stderr


def test_sampling_asks_the_judge_about_hybrid_queries(server: str, tmp_path: Path) -> None:
    queries = [replace(query, verifier="hybrid") for query in make_queries(4)]
    section = SamplingSection(policy=VRT(trials=2), workers=0, judge=JudgeSection(url=server, model=MODEL))
    run(tmp_path, SimulatedEngine(), section, queries=queries)
    samples = list(open_journal(tmp_path).samples())
    judged = [sample for sample in samples if PROMPT_HASH in sample.reason]
    summary = json.loads((tmp_path / SUMMARY).read_text())
    assert len(samples) == 8
    assert 0 < len(judged) == summary["correct"] + summary["wrong"]
    with pytest.raises(JournalError, match="judge"):
        run(tmp_path, SimulatedEngine(), section.model_copy(update={"judge": None}), queries=make_queries(4))


def test_rewards_ask_the_judge_about_what_the_rules_refuse(server: str, tmp_path: Path) -> None:
    section = JudgeSection(url=server, model=MODEL)
    with HybridGrader(GradingPool(0), section, tmp_path) as grader:
        first, second = trl_reward(
            [PARAPHRASE.text, "1+1?"], [RESPONSE, r"\boxed{2}"], answer=["odd", "2"], grader=grader
        )
        again = grader.submit(PARAPHRASE, RESPONSE).result(120)
        score = verl_reward("own", RESPONSE, "odd", extra_info={"question": PARAPHRASE.text}, grader=grader)
        alone = verifiers_reward(RESPONSE, "odd", prompt=PARAPHRASE.text, grader=grader)
    assert (grader.counts.asked, grader.counts.cached) == (1, 3)
    assert (first, second) == (float(again.correct), 1.0)
    assert (score["score"], alone) == (first, first)


def test_rewards_refuse_settings_beside_a_grader() -> None:
    with GradingPool(0) as grader, pytest.raises(ConfigError, match="give them to the grader"):
        verl_reward("own", "#### 4", "4", settings=GradingSettings(), grader=grader)
