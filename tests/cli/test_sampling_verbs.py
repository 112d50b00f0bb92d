"""`dartmath sample`, `status` and `forecast`, as a user calls them."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dartmath.base.run_lock import RunLock
from dartmath.sampling.config import Budget, SamplingSection
from dartmath.sampling.policy import Uniform
from engines.servers import llama_server
from sampling.simulated import SimulatedEngine, run

SECTION = SamplingSection(policy=Uniform(k=3, cap=30), workers=0)


def dartmath(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """The real program; its exit code is checked."""
    program = [sys.executable, "-c", "from dartmath.cli import main; main()", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "sample"
    run(folder, SimulatedEngine(), SECTION)
    return folder


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    with llama_server() as url:
        yield url


def test_status_of_the_run_folder_and_of_its_journal(finished: Path) -> None:
    of_run, of_journal = dartmath("status", str(finished.parent)), dartmath("status", str(finished))
    assert of_run.stdout == of_journal.stdout
    assert "uniform k=3 cap=30" in of_run.stdout and "level 4" in of_run.stdout
    assert max(map(len, of_run.stdout.splitlines())) <= 100


def test_status_for_machines(finished: Path) -> None:
    found = json.loads(dartmath("status", str(finished), "--json").stdout)
    assert found["finished"] and found["samples"] == sum(b["trials"] for b in found["bands"])


def test_status_of_an_unfinished_run_tells_what_is_left(tmp_path: Path) -> None:
    run(tmp_path, SimulatedEngine(), SECTION.model_copy(update={"budget": Budget(samples=40)}))
    text = dartmath("status", str(tmp_path)).stdout
    assert "the budget of 40 samples is used up); raise it to go on" in text and "still to sample" in text


def test_status_of_a_folder_that_is_no_run(tmp_path: Path) -> None:
    assert "no manifest.json" in dartmath("status", str(tmp_path), code=2).stderr


def test_forecast_from_a_run(finished: Path) -> None:
    table = dartmath("forecast", "tiny", "--run", str(finished)).stdout
    assert "raw samples" in table and max(map(len, table.splitlines())) <= 100
    chosen = ("--uniform-k", "9", "--uniform-cap", "50", "--prop2diff-k", "20", "--json")
    found = json.loads(dartmath("forecast", "tiny", "--run", str(finished), *chosen).stdout)
    policies = {f["policy"]["kind"]: f for f in found["forecasts"]}
    assert policies["uniform"]["policy"]["k"] == 9 and policies["prop2diff"]["policy"]["k"] == 20
    assert policies["uniform"]["rows"]["low"] <= policies["uniform"]["rows"]["high"] <= 180


def test_sample_needs_a_recipe_or_a_model_and_data() -> None:
    assert "--model and --data" in dartmath("sample", code=2).stderr
    assert 'did you mean "tiny"' in dartmath("sample", "tini", code=2).stderr


def test_sample_by_flags_then_more_with_amend(tmp_path: Path, llama: str) -> None:
    queries = tmp_path / "sums.jsonl"
    queries.write_text(
        "".join(json.dumps({"query": f"{i} + 1 =", "reference": i + 1}) + "\n" for i in range(3))
    )
    out = tmp_path / "sample"
    common = (
        *("sample", "--model", "smollm2-135m-instruct", "--data", str(queries), "--out", str(out)),
        *("--template", "qa", "--max-tokens", "6", "--workers", "0", "--policy", "vrt", "--json"),
        *("--set", "engine.kind=openai", "--set", f"engine.base_urls=[{llama}]"),
    )
    first = json.loads(dartmath(*common, "--policy-trials", "2").stdout)
    assert first["samples"] == 6 and first["complete"]
    refused = dartmath(*common, "--policy-trials", "3", code=4)
    assert "policy.trials: 2 there, 3 asked" in refused.stderr and "--amend" in refused.stderr
    more = json.loads(dartmath(*common, "--policy-trials", "3", "--amend").stdout)
    assert more["samples"] == 9


def watching(folder: Path, output: int) -> subprocess.Popen[bytes]:
    program = [
        sys.executable,
        "-c",
        "from dartmath.cli import main; main()",
        "status",
        str(folder),
        "--watch",
    ]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    return subprocess.Popen(program, stdout=output, stderr=output, env=environment)


def test_watch_draws_until_the_run_ends_and_nothing_into_a_pipe_before(finished: Path) -> None:
    (terminal, its_end), (source, pipe) = os.openpty(), os.pipe()
    with RunLock(finished):
        watchers = [watching(finished, its_end), watching(finished, pipe)]
        os.close(its_end)
        os.close(pipe)
        seen = b""
        while seen.count(b"pass rate") < 2:  # drawn, and drawn again
            seen += os.read(terminal, 1 << 16)
        assert [watcher.poll() for watcher in watchers] == [None, None]
        assert not select.select([source], [], [], 0)[0]
    with os.fdopen(source, "rb") as rest:
        text = rest.read().decode()
    assert text.count("pass rate") == 1 and "finished" in text
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
        while os.read(terminal, 1 << 16):
            pass
    os.close(terminal)
    assert [watcher.wait(60) for watcher in watchers] == [0, 0]
