"""`dartmath push` against a local server that speaks the Hub's API."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.hub_server import SMALL, Hub
from dartmath.base.manifest import new_manifest, write_manifest
from dartmath.report.cards import RESULTS
from engines.servers import reserved_port

TOKEN = "hf_swordfishswordfishswordfish"
WEIGHTS = bytes(range(256)) * 40
LISTED = {"README.md", "config [1].json", "manifest.json", "model.safetensors", RESULTS}


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub(TOKEN)
    server = made.start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "checkpoints" / "checkpoint-5").mkdir(parents=True)
    write_manifest(folder, new_manifest("train", finished=True))
    (folder / "README.md").write_text("---\nlicense: other\n---\n# A model\n")
    (folder / "model.safetensors").write_bytes(WEIGHTS)
    (folder / "config [1].json").write_text("{}")
    (folder / "checkpoints" / "checkpoint-5" / "optimizer.pt").write_bytes(b"x" * 9)
    (folder / "checkpoint-12").mkdir()
    (folder / "checkpoint-12" / "scheduler.pt").write_bytes(b"x" * 9)
    (folder / RESULTS).parent.mkdir()
    (folder / RESULTS).write_text("- value: 1.0\n")
    (folder / RESULTS).with_name("other.yaml").write_text("mine")
    (folder / ".secret").write_text(TOKEN)
    (folder / "half.tmp").write_text("x")
    return folder


def push(hub: Hub, *arguments: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """Run the real program against the local server."""
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": token,
        # The server speaks Git LFS; the content-addressed store behind xet has no stand-in.
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_OFFLINE": "0",
    }
    return subprocess.run(
        [sys.executable, "-m", "dartmath", "push", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_dry_run_lists_files_sizes_and_total_and_sends_nothing(hub: Hub, model: Path) -> None:
    done = push(hub, str(model), "--to", "me/m", "--dry-run")
    assert done.returncode == 0, done.stderr
    for text in (
        "model.safetensors",
        "10.2 kB",
        "README.md",
        "config [1].json",
        "5 files",
        RESULTS,
        "nothing was pushed",
    ):
        assert text in done.stdout
    for text in (".secret", "optimizer.pt", "half.tmp", "scheduler.pt", "other.yaml"):
        assert text not in done.stdout
    size = sum((model / name).stat().st_size for name in LISTED)
    assert re.search(rf"5 files\W+{size / 1000:.1f} kB", done.stdout)
    assert hub.requests == []


def test_dry_run_for_machines(hub: Hub, model: Path) -> None:
    found = json.loads(push(hub, str(model), "--to", "me/m", "--dry-run", "--json").stdout)
    sizes = {f["path"]: f["size"] for f in found["files"]}
    assert sizes["model.safetensors"] == len(WEIGHTS)
    assert found["size"] == sum(sizes.values())
    assert found["type"] == "model"


def test_model_arrives_as_listed(hub: Hub, model: Path) -> None:
    done = push(hub, str(model), "--to", "me/m", "--message", "First")
    assert done.returncode == 0, done.stderr
    assert f"pushed: {hub.address}/me/m" in done.stdout
    arrived = hub.files["models/me/m"]
    assert set(arrived) == LISTED
    assert arrived["model.safetensors"] == WEIGHTS
    assert len(WEIGHTS) > SMALL  # it went through Git LFS
    assert arrived["README.md"] == (model / "README.md").read_bytes()
    assert hub.private["models/me/m"] is True
    assert hub.messages == ["First"]


def test_a_repository_that_is_there_gets_another_commit(hub: Hub, model: Path) -> None:
    assert push(hub, str(model), "--to", "me/m").returncode == 0
    (model / "README.md").write_text("# Better\n")
    done = push(hub, str(model), "--to", "me/m")
    assert done.returncode == 0, done.stderr
    assert hub.files["models/me/m"]["README.md"] == b"# Better\n"


def test_data_set_can_be_public(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    write_manifest(folder, new_manifest("curate", finished=True))
    (folder / "README.md").write_text("# Data\n")
    (folder / "train.parquet").write_bytes(WEIGHTS)
    done = push(hub, str(folder), "--to", "me/d", "--public")
    assert done.returncode == 0, done.stderr
    assert hub.files["datasets/me/d"]["train.parquet"] == WEIGHTS
    assert hub.private["datasets/me/d"] is False


@pytest.mark.parametrize(
    ("status", "way"),
    [(403, "make one with write access"), (500, "sends what is missing"), (404, "check the owner")],
)
def test_refusal_is_explained_without_the_token(hub: Hub, model: Path, status: int, way: str) -> None:
    hub.refuse_commits = status
    done = push(hub, str(model), "--to", "me/m")
    assert done.returncode == 4
    assert way in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_token_names_the_login(hub: Hub, model: Path) -> None:
    done = push(hub, str(model), "--to", "me/m", token="hf_wrong")
    assert done.returncode == 4
    assert "hf auth login" in done.stderr
    assert "hf auth login" in push(hub, str(model), "--to", "me/m", token="").stderr
    assert "hf_wrong" not in done.stdout + done.stderr


def test_hub_that_is_not_there(hub: Hub, model: Path) -> None:
    with reserved_port() as port:
        hub.address = f"http://127.0.0.1:{port}"
        done = push(hub, str(model), "--to", "me/m")
    assert done.returncode == 4
    assert "the push to me/m failed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("repository", "message"),
    [
        ("just-a-name", "--to takes OWNER/NAME"),
        ("a/b/c", "--to takes OWNER/NAME, got 'a/b/c'"),
        ("me/bad name", "letters, digits, dots, dashes and underscores, got 'me/bad name'"),
    ],
)
def test_bad_names(hub: Hub, model: Path, repository: str, message: str) -> None:
    done = push(hub, str(model), "--to", repository, "--dry-run")
    assert done.returncode == 2
    assert message in done.stderr


def test_folders_that_cannot_be_pushed(hub: Hub, model: Path, tmp_path: Path) -> None:
    (model / "README.md").unlink()
    done = push(hub, str(model), "--to", "me/m", "--dry-run")
    assert done.returncode == 2
    assert f"dartmath card {model}" in done.stderr
    write_manifest(tmp_path / "pool", new_manifest("sample"))
    assert "not of sample" in push(hub, str(tmp_path / "pool"), "--to", "me/m").stderr
    assert f"a whole run; push one of its results: dartmath push {model}" in (
        push(hub, str(tmp_path), "--to", "me/m").stderr
    )
    (tmp_path / "nothing").mkdir()
    assert "no manifest.json" in push(hub, str(tmp_path / "nothing"), "--to", "me/m").stderr
