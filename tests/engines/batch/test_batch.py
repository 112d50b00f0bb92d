"""The sampling stage through batch APIs: a real HTTP service, the command of a user, and files by hand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError, EngineError
from dartmath.engines import BatchEngine, Completion, create_engine
from dartmath.engines.batch.line import read_line
from dartmath.engines.openai.failure import Failure
from dartmath.engines.openai.said import Asked
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import VRT, Prop2Diff
from dartmath.sampling.run import sample
from dartmath.sampling.sample import Sample
from engines.batch.batch_service import batch_service

QA = load_template("qa")
QUERIES = [Query(str(i), "made", f"What is {i}?", (str(i),)) for i in range(10)]
VRT_4 = SamplingSection(policy=VRT(trials=4), workers=0, max_tokens=64)


def run(folder: Path, url: str | None = None, section: SamplingSection = VRT_4, **keys: Any) -> list[Sample]:
    """The rows of a run that is sampled to its end."""
    made = BatchEngine(base_url=url, poll=0.05, **keys)
    engine = create_engine(made, ModelSection(name="m"), QA)
    sample(QUERIES, engine, QA, section, folder, seed=0, model={"name": "m"})
    rows = list(open_journal(folder).samples())
    assert len({(row.query_id, row.trial) for row in rows}) == len(rows)
    return rows


def outcomes(rows: list[Sample]) -> set[str]:
    return {row.outcome.value for row in rows}


def test_a_run_is_sampled_in_waves_and_each_request_is_paid_for_once(tmp_path: Path) -> None:
    section = SamplingSection(policy=Prop2Diff(k=8, pilot=4, cap=40), workers=0, max_tokens=64)
    with batch_service() as service:
        rows = run(tmp_path, service.url, section)
    assert outcomes(rows) == {"correct", "wrong"} and set(service.billed.values()) == {1}
    assert len(rows) == sum(service.billed.values())
    assert 2 <= len(service.batches) <= 12
    assert {row.server for row in rows} == {service.url} and {row.model for row in rows} == {"m"}
    assert service.requests[0]["messages"][-1]["content"].startswith("What is")


@pytest.mark.parametrize("requests", [7, 40])
def test_no_batch_is_larger_than_asked_for(tmp_path: Path, requests: int) -> None:
    with batch_service() as service:
        assert len(run(tmp_path, service.url, requests=requests)) == 40
    assert len(service.batches) >= 40 // requests


@pytest.mark.parametrize(
    "mood",
    [
        {"answered": (0.5, 0.5), "states": ("expired", "cancelled")},
        {"answered": (0.5,), "drops": True},
        {"answered": (0.0,), "states": ("completed",)},
        {"answered": (0.3,), "states": ("expired",), "job": True},
    ],
    ids=["expired and cancelled", "lines dropped", "only an error file", "a job around it, in capitals"],
)
def test_what_was_answered_is_kept_and_the_rest_asked_again(tmp_path: Path, mood: dict[str, Any]) -> None:
    with batch_service(**mood) as service:
        rows = run(tmp_path, service.url)
    assert len(rows) == 40 and outcomes(rows) == {"correct", "wrong"}
    assert set(service.billed.values()) == {1}


def test_a_request_that_keeps_expiring_becomes_an_error_and_the_others_are_kept(tmp_path: Path) -> None:
    def expires(row: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
        asked = line["body"]["messages"][-1]["content"]
        return {**row, "response": None, "error": {"code": "batch_expired"}} if " 3?" in asked else row

    with batch_service(line=expires) as service:
        rows = run(tmp_path, service.url, retries=1)
    assert {row.query_id for row in rows if row.outcome.value == "error"} == {"3"}
    assert len(rows) == 40 and "batch_expired" in next(r.reason for r in rows if r.query_id == "3")


@pytest.mark.parametrize(
    ("status", "said", "found"),
    [
        (400, "This model's maximum context length is 9 tokens", "error"),
        (400, "a field is not supported", "error"),
        (429, "rate limited", "right or wrong"),
        (500, "oops", "right or wrong"),
    ],
)
def test_a_line_that_fails_is_a_verdict_or_is_asked_again(
    tmp_path: Path, status: int, said: str, found: str
) -> None:
    seen: set[str] = set()

    def fails(row: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
        asked = line["body"]["messages"][-1]["content"]
        if " 3?" not in asked or (found != "error" and str(line["body"]) in seen):
            return row
        seen.add(str(line["body"]))
        return {**row, "response": {"status_code": status, "body": {"error": {"message": said}}}}

    with batch_service(line=fails) as service:
        rows = run(tmp_path, service.url)
    mine = {row.outcome.value for row in rows if row.query_id == "3"}
    assert len(rows) == 40 and mine == ({"error"} if found == "error" else {"correct", "wrong"})
    assert outcomes([row for row in rows if row.query_id != "3"]) == {"correct", "wrong"}


@pytest.mark.parametrize("at_once", [False, True])
def test_a_batch_that_is_too_large_for_the_account_is_cut(tmp_path: Path, at_once: bool) -> None:
    with batch_service(room=12, refuses_at_once=at_once) as service:
        rows = run(tmp_path, service.url)
    assert len(rows) == 40 and set(service.billed.values()) == {1}


@pytest.mark.parametrize("mood", [{"late_file": 2}, {"full": 3}])
def test_a_batch_that_is_refused_for_a_moment_is_made_later(tmp_path: Path, mood: dict[str, int]) -> None:
    with batch_service(**mood) as service:
        rows = run(tmp_path, service.url)
    assert len(rows) == 40 and set(service.billed.values()) == {1}
    assert len(service.batches) <= 5  # sizes grow again: 5, 10, 20 ...


def test_a_prompt_gets_the_room_that_the_context_has_beside_it(tmp_path: Path) -> None:
    def refuses(row: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
        if line["body"]["max_tokens"] <= 51:
            return row
        said = (
            "maximum context length is 60 tokens. However, you requested 73 tokens (9 in the messages, 64 in"
        )
        return {**row, "response": {"status_code": 400, "body": {"error": {"message": said}}}}

    with batch_service(line=refuses) as service:
        assert outcomes(run(tmp_path, service.url)) == {"correct", "wrong"}
    assert {body["max_tokens"] for body in service.requests} == {64, 51}


def test_an_error_beside_a_response_without_a_body_is_read() -> None:
    said = {"object": "error", "message": "The model's maximum context length is 9", "code": 400}
    row = {"custom_id": "x", "response": {"status_code": 400, "request_id": "r", "body": None}, "error": said}
    found = read_line(row, Asked("server", 8))
    assert isinstance(found, Failure) and found.hopeless and "maximum context length" in found.message


def test_lines_that_a_validation_names_fail_and_the_others_are_sent_again(tmp_path: Path) -> None:
    with batch_service(bad_lines=(0, 5)) as service:
        rows = run(tmp_path, service.url)
    errors = [row for row in rows if row.outcome.value == "error"]
    assert len(rows) == 40 and 2 <= len(errors) <= 8 and "This line is not liked" in errors[0].reason


def test_a_service_that_refuses_everything_ends_the_run_with_what_it_said(tmp_path: Path) -> None:
    with batch_service(room=0) as service, pytest.raises(EngineError, match="Enqueued token limit reached"):
        run(tmp_path, service.url, patience=0.3)
    with pytest.raises(EngineError, match=r"HTTP 404|does not know the path"), batch_service() as service:
        run(tmp_path, service.url + "/nothing/here")


def test_a_batch_that_was_made_as_the_connection_broke_is_not_made_twice(tmp_path: Path) -> None:
    with batch_service(stumbles=True) as service:
        assert len(run(tmp_path, service.url)) == 40
    assert len(service.batches) == 1 and set(service.billed.values()) == {1}


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from engines.batch.test_batch import run
run(Path(sys.argv[2]), sys.argv[3])
"""


@pytest.mark.parametrize("lost", ["nothing", "what the service called it"])
def test_a_run_that_is_killed_collects_what_it_has_paid_for(tmp_path: Path, lost: str) -> None:
    tests = str(Path(__file__).parents[2])
    with batch_service(polls=10**9) as service:
        command = [sys.executable, "-c", SCRIPT, tests, str(tmp_path), service.url]
        with subprocess.Popen(command, env={**os.environ}) as child:
            while not service.looks and child.poll() is None:
                time.sleep(0.02)
            child.send_signal(signal.SIGKILL)
        (state,) = (tmp_path / "batches").glob("*.json")
        if lost != "nothing":
            state.write_text(json.dumps({**json.loads(state.read_text()), "batch": ""}))
        service.polls = 1
        rows = run(tmp_path, service.url)
    assert len(rows) == 40 and set(service.billed.values()) == {1} and len(service.batches) == 1


def test_answers_are_collected_even_where_nothing_is_owed_any_more(tmp_path: Path) -> None:
    """A run was stopped between the download and the journal, and its policy then asks for less."""
    with batch_service() as service:
        run(tmp_path, service.url)
    rows = (tmp_path / "segments").glob("*.parquet")
    next(rows).unlink()
    for counters in (tmp_path / "segments").glob("*.counters.parquet"):
        counters.unlink()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, "finished": False}))
    with batch_service() as other:
        assert len(run(tmp_path, other.url)) == 40
    assert not other.batches


ANSWERER = """
import json, sys
source, target = sys.argv[1:3]
with open(source) as lines, open(target, "w") as out:
    for line in map(json.loads, lines):
        body = line["body"]
        asked = body["messages"][-1]["content"].split("?")[0].split()[-1]
        message = {"content": f"{body['seed']} it is. The answer is {asked}."}
        answer = {"model": "m", "choices": [{"message": message, "finish_reason": "stop"}]}
        row = {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": answer}}
        print(json.dumps(row), file=out)
"""


def test_a_command_answers_files_where_there_is_no_service(tmp_path: Path) -> None:
    script = tmp_path / "answer it.py"
    script.write_text(ANSWERER)
    command = f"{sys.executable} '{script}' {{input}} {{output}}"
    rows = run(tmp_path / "run", command=command)
    assert len(rows) == 40 and outcomes(rows) == {"correct"}
    with pytest.raises(EngineError, match=r"engine\.command ended with 3.*\nno room"):
        run(tmp_path / "bad", command="sh -c 'echo no room; exit 3' {input} {output}")
    with pytest.raises(ConfigError, match=r"engine\.command.*needs \{input\} and \{output\}"):
        run(tmp_path / "worse", command="vllm run-batch")


def test_files_are_left_to_be_answered_by_hand(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"40 requests are in .*000000\.jsonl"):
        run(tmp_path / "run")
    requests = tmp_path / "run" / "batches" / "000000.jsonl"
    row = json.loads(requests.read_text().splitlines()[0])
    # What `vllm run-batch` reads, and what switches off the defaults of the model's generation configuration.
    assert row.keys() == {"custom_id", "method", "url", "body"} and row["url"] == "/v1/chat/completions"
    assert row["body"]["repetition_penalty"] == 1.0 and row["body"]["max_tokens"] == 64
    answers = requests.with_name("000000.answers.jsonl")
    subprocess.run([sys.executable, "-c", ANSWERER, str(requests), str(answers)], check=True)
    assert outcomes(run(tmp_path / "run")) == {"correct"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
PARTS = st.dictionaries(
    st.sampled_from(
        ["custom_id", "response", "error", "status_code", "body", "choices", "message", "content"]
    ),
    JSON,
)


@settings(max_examples=60)
@given(PARTS | st.dictionaries(st.sampled_from(["response", "error"]), PARTS))
def test_every_line_is_a_response_or_a_failure(row: dict[str, Any]) -> None:
    found = read_line(row, Asked("server", 8))
    assert isinstance(found, Completion | Failure)


def test_two_ways_to_have_a_batch_answered_are_refused() -> None:
    with pytest.raises(ValueError, match="two ways"):
        BatchEngine(base_url="http://host/v1", command="x {input} {output}")
