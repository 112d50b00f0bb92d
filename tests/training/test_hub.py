"""Data sets of the Hub: streamed through the real client libraries, by commit."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from queries.hub import Hub, Repository, serving
from training.material import examples

NAME = "someone/worked-sums"
ROWS = examples(3000)
OLD, NEW = "a" * 40, "b" * 40

READ = """
import json, sys
from dartmath.training.rows import data_fingerprint, read_rows

source, columns = sys.argv[1], tuple(sys.argv[2:4]) or ("query", "response")
rows = [(row.query, row.response, row.number) for batch in read_rows(source, columns) for row in batch]
print(json.dumps([data_fingerprint(source), rows]))
"""


def _parquet(rows: list[tuple[str, str]], columns: tuple[str, str] = ("query", "response")) -> bytes:
    sink = io.BytesIO()
    table = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
    pq.write_table(pa.table({**table, "fail_rate": [0.5] * len(rows)}), sink, row_group_size=500)
    return sink.getvalue()


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {
        "README.md": b"# Worked sums\n",
        "data/train-00000-of-00002.parquet": _parquet(ROWS[:1500]),
        "data/train-00001-of-00002.parquet": _parquet(ROWS[1500:]),
    }
    with serving(Hub({NAME: Repository({OLD: files})})) as served:
        yield served


def _python(hub: Hub, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `hub` as the Hub: the libraries read its address when they are imported."""
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_OFFLINE": "0",
        "DARTMATH_CACHE": str(tmp_path / "cache"),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)


def test_a_data_set_is_streamed_row_by_row(hub: Hub, tmp_path: Path) -> None:
    done = _python(hub, tmp_path, "-c", READ, f"hub:{NAME}")
    assert done.returncode == 0, done.stderr
    before, rows = json.loads(done.stdout)
    assert [(q, r) for q, r, _ in rows] == ROWS
    assert [number for *_, number in rows] == list(range(1, len(ROWS) + 1))
    assert not list((tmp_path / "hf").rglob("*.parquet")), "the data set was downloaded, not streamed"
    revisions = hub.repositories[NAME].revisions
    revisions[NEW] = {**revisions[OLD], "README.md": b"# Changed\n"}
    after, _ = json.loads(_python(hub, tmp_path, "-c", READ, f"hub:{NAME}").stdout)
    assert before != after


def test_a_revision_is_read_whatever_is_newest(hub: Hub, tmp_path: Path) -> None:
    hub.repositories[NAME].revisions[NEW] = {"train.parquet": _parquet(ROWS[:7])}
    for revision, rows in ((OLD, len(ROWS)), (NEW, 7)):
        done = _python(hub, tmp_path, "-c", READ, f"hub:{NAME}@{revision}")
        assert len(json.loads(done.stdout)[1]) == rows, done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_changed_data_set_does_not_end_a_run_that_began_with_it(
    hub: Hub, tiny_llama: str, tmp_path: Path
) -> None:
    flags = ["--model", tiny_llama, "--template", "qa", "--max-length", "256", "--max-steps", "1"]
    train = ["-m", "dartmath.cli", "train", "--data", f"hub:{NAME}", "--out", str(tmp_path / "out"), *flags]
    assert _python(hub, tmp_path, *train).returncode == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"] == [f"hub:{NAME}@{OLD}"]
    revisions = hub.repositories[NAME].revisions
    revisions[NEW] = {**revisions[OLD], "README.md": b"# Changed\n"}
    again = _python(hub, tmp_path, *train)
    assert again.returncode == 0, again.stderr
    assert "already trained" in again.stderr


def test_a_downloaded_data_set_is_read_offline(hub: Hub, tmp_path: Path) -> None:
    hub.repositories[NAME].revisions[OLD]["data/test-00000.parquet"] = _parquet(ROWS[:3])
    load = (
        "import sys; from huggingface_hub import snapshot_download as s; s(sys.argv[1], repo_type='dataset')"
    )
    assert _python(hub, tmp_path, "-c", load, NAME).returncode == 0
    offline = READ.replace("import json, sys", "import json, os, sys; os.environ['HF_HUB_OFFLINE'] = '1'")
    done = _python(hub, tmp_path, "-c", offline, f"hub:{NAME}")
    assert [(q, r) for q, r, _ in json.loads(done.stdout)[1]] == ROWS, done.stderr


def test_columns_of_other_names_are_chosen(hub: Hub, tmp_path: Path) -> None:
    names = ("instruction", "output")
    hub.repositories[NAME] = Repository({OLD: {"train.parquet": _parquet(ROWS[:5], names)}})
    done = _python(hub, tmp_path, "-c", READ, f"hub:{NAME}", *names)
    assert [(q, r) for q, r, _ in json.loads(done.stdout)[1]] == ROWS[:5], done.stderr
    wrong = _python(hub, tmp_path, "-c", READ, f"hub:{NAME}")
    assert "no column `query`; the row has: fail_rate, instruction, output" in wrong.stderr


def test_a_data_set_that_is_not_there_is_named_with_the_way_out(hub: Hub, tmp_path: Path) -> None:
    done = _python(hub, tmp_path, "-c", READ, "hub:someone/else")
    assert done.returncode
    assert "cannot read data set 'someone/else'" in done.stderr
    assert "hf download --repo-type dataset someone/else" in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_verb_trains_on_a_data_set_of_the_hub(hub: Hub, tiny_llama: str, tmp_path: Path) -> None:
    flags = ["--model", tiny_llama, "--template", "qa", "--max-length", "256", "--max-steps", "1"]
    train = ["-m", "dartmath.cli", "train", "--data", f"hub:{NAME}", "--out", str(tmp_path / "out"), "--json"]
    done = _python(hub, tmp_path, *train, *flags)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["examples"] == len(ROWS)
