"""A check of the user's own: which correct responses it refuses, and what it is refused for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.base.functions import load_function
from dartmath.curation.config import CurationSection
from dartmath.curation.run import curate
from dartmath.sampling.config import SamplingSection
from dartmath.sampling.journal import open_journal
from dartmath.sampling.policy import Prop2Diff, Uniform
from dartmath.training.rows import read_rows
from dartmath.verify.contract.outcome import Outcome
from sampling.simulated import SimulatedEngine, run

CHECKS = """
import time

def even(query, response):
    return int(response.split()[1].rstrip(".")) % 2 == 0 if response else False

def sometimes(query, response):
    if response.startswith("Thought 1"):
        raise KeyError("x")
    if response.startswith("Thought 2"):
        time.sleep(60)
    return True

def broken(query, response):
    raise KeyError("empty")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("check")
    (made / "checks.py").write_text(CHECKS)
    policy = Uniform(k=6, cap=40)
    run(made / "sample", SimulatedEngine(), SamplingSection(policy=policy, workers=0), count=8)
    return made


def section(folder: Path, name: str, **keys: object) -> CurationSection:
    return CurationSection.model_validate({"check": f"{folder}/checks.py:{name}", **keys})


def responses(folder: Path) -> list[str]:
    return [row.response for batch in read_rows(str(folder)) for row in batch]


@pytest.mark.parametrize("workers", [0, 1])
def test_what_it_refuses_is_counted_and_the_next_takes_its_place(
    folder: Path, tmp_path: Path, workers: int
) -> None:
    wanted = Uniform(k=2, cap=40)
    summary = curate(
        folder / "sample", section(folder, "even", policy=wanted, check_workers=workers), tmp_path
    )
    pool = [s for s in open_journal(folder / "sample").samples() if s.outcome is Outcome.CORRECT]
    even = [s for s in pool if int(s.text.split()[1].rstrip(".")) % 2 == 0]
    assert summary.dropped == {"checks.py:even": len(pool) - len(even)}
    first = {
        s.text
        for query in {s.query_id for s in even}
        for s in sorted((s for s in even if s.query_id == query), key=lambda s: s.trial)[:2]
    }
    assert set(responses(tmp_path)) == first


def test_pass_rates_are_those_of_the_verifier(folder: Path, tmp_path: Path) -> None:
    policy = Prop2Diff(k=4, pilot=5, cap=40)
    with_it = curate(folder / "sample", section(folder, "even", policy=policy), tmp_path / "a")
    without = curate(folder / "sample", CurationSection(policy=policy), tmp_path / "b")
    assert [(b.fail_rate, b.wanted) for b in with_it.bands] == [
        (b.fail_rate, b.wanted) for b in without.bands
    ]


def test_a_response_that_it_fails_on_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = curate(folder / "sample", section(folder, "sometimes", check_seconds=1.5), tmp_path)
    texts = responses(tmp_path)
    assert texts and not any(text.startswith(("Thought 1", "Thought 2")) for text in texts)
    assert set(summary.dropped) == {"checks.py:sometimes (error)", "checks.py:sometimes (timeout)"}
    said = " ".join(capsys.readouterr().err.split())
    assert "curation.check: checks.py:sometimes could not judge every response" in said


def test_a_changed_check_makes_another_set(folder: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "checks.py", tmp_path / "set"
    found = []
    for answer in ("True", "True", "not response or '1' in response.split()[1]"):
        file.write_text(f"def one(query, response):\n    return {answer}\n")
        load_function.cache_clear()
        summary = curate(folder / "sample", section(tmp_path, "one", check_workers=0), out)
        found.append((summary.rows, (out / "manifest.json").read_bytes()))
    assert found[0] == found[1]
    assert found[2][0] < found[0][0]


def test_mistakes_are_found_before_anything_is_checked(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"curation.check: tried on an empty response: .*KeyError"):
        curate(folder / "sample", section(folder, "broken"), tmp_path)
    with pytest.raises(ConfigError, match=r"curation.check: cannot load .*absent"):
        curate(folder / "sample", section(folder, "absent"), tmp_path)
    with pytest.raises(ValueError, match=r"file\.py:name"):
        CurationSection(check="math")
    assert not list(tmp_path.iterdir())
