"""Loading from the Hub by its own client libraries: cache, revisions, and each way in which it fails.

The client reads its address and cache folder when it is imported, so it runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dartmath.queries.dataset import Hub as Place
from dartmath.queries.registry import find_dataset
from queries.hub import Hub, Repository, serving


def pinned(name: str) -> str:
    """The commit of a built-in set that is read unless another is named."""
    origin = find_dataset(name).origin
    assert isinstance(origin, Place) and origin.revision is not None
    return origin.revision


OLD, NEW, TOKEN = "a" * 40, pinned("gsm8k/test"), "hf_secret"
README = (
    b"---\nconfigs:\n- config_name: main\n  data_files:\n  - split: test\n    path: main/test.jsonl\n---\n"
)
LOADER = """
import json, sys
from dartmath.base.errors import DartmathError
from dartmath.queries import QuerySource
from dartmath.queries.load import load_set
for line in sys.stdin:
    try:
        found = load_set(QuerySource.model_validate_json(line))
        references = [list(query.references) for query in found.queries]
        print(json.dumps({"references": references, "origin": found.origin}))
    except DartmathError as error:
        print(json.dumps({"error": type(error).__name__, "message": str(error)}))
"""


@dataclass
class Loaded:
    """What came of each source, and what was said on the standard error."""

    results: list[dict[str, Any]]
    said: str

    def message(self, place: int) -> str:
        """The refusal of a source that cannot be read."""
        assert self.results[place]["error"] == "MissingDependencyError", self.results[place]
        return str(self.results[place]["message"])


def load(hub: Hub, home: Path, *sources: dict[str, Any], **environment: str) -> Loaded:
    """Load `sources`, one after another, with `home` as the cache of the client libraries."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "DARTMATH_DATA"))}
    done = subprocess.run(
        [sys.executable, "-c", LOADER],
        input="".join(json.dumps(source) + "\n" for source in sources),
        env={**inherited, "HF_ENDPOINT": hub.address, "HF_HOME": str(home), **environment},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Loaded([json.loads(line) for line in done.stdout.splitlines()], done.stderr)


def repository(*answers: int, **access: Any) -> Repository:
    """A mirror of GSM8K's test set; the first answer is that of the newest revision."""
    revisions = {}
    for commit, answer in zip([OLD, NEW][-len(answers) :], reversed(answers), strict=True):
        rows = [{"question": f"What is {i}?", "answer": f"So.\n#### {answer},00{i}"} for i in range(3)]
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        revisions[commit] = {"README.md": README, "main/test.jsonl": data}
    return Repository(revisions, **access)


@pytest.fixture
def hub() -> Iterator[Hub]:
    repositories = {
        "openai/gsm8k": repository(2, 1),
        "some/private": repository(3, token=TOKEN),
        "some/gated": repository(3, token=TOKEN, gated=True),
        "some/damaged": Repository({NEW: {"README.md": README, "main/test.jsonl": b'{"question": "x'}}),
    }
    with serving(Hub(repositories)) as found:
        yield found


def test_rows_come_from_the_hub_and_then_from_its_cache(hub: Hub, tmp_path: Path) -> None:
    source = {"dataset": "gsm8k/test"}
    found = load(hub, tmp_path, source, source)
    read = {"references": [["2000"], ["2001"], ["2002"]], "origin": f"hub:openai/gsm8k:main@{NEW}"}
    assert found.results == [read] * 2
    assert "3 queries with checksum" in found.said
    assert "checked with 1319 and 87c678207baf3b2c" in found.said
    file = f"GET /datasets/openai/gsm8k/resolve/{NEW}/main/test.jsonl"
    assert hub.requests.count(file) == 1
    hub.requests.clear()
    assert load(hub, tmp_path, source, HF_HUB_OFFLINE="1").results == found.results[:1]
    assert hub.requests == []


def test_a_revision_is_read_and_never_another(hub: Hub, tmp_path: Path) -> None:
    own = {
        "dataset": "hub:openai/gsm8k",
        "split": "test",
        "columns": {"query": "question", "reference": "answer"},
    }
    found = load(
        hub,
        tmp_path,
        {"dataset": "gsm8k/test", "revision": OLD},
        {"dataset": "gsm8k/test", "revision": "c" * 40},
        {"dataset": "gsm8k/test", "mirror": "openai/gsm8k:main", "revision": NEW},
        {**own, "revision": OLD},
    )
    assert found.results[0]["references"][0] == ["1000"]
    assert [found.results[n]["origin"][-40:] for n in (0, 2)] == [OLD, NEW]
    assert "openai/gsm8k cannot be read" in found.message(1)
    assert found.results[2]["references"][0] == ["2000"]
    assert found.results[3]["references"][0] == ["1,000"]
    assert found.results[3]["origin"] == f"hub:openai/gsm8k@{OLD}"


def test_a_configuration_of_several_is_read(hub: Hub, tmp_path: Path) -> None:
    configs = "".join(
        f"- config_name: {name}\n  data_files:\n  - split: train\n    path: {name}.jsonl\n" for name in "ab"
    )
    files = {f"{name}.jsonl": f'{{"query": "In {name}?", "reference": "{name}"}}\n'.encode() for name in "ab"}
    readme = f"---\nconfigs:\n{configs}---\n".encode()
    hub.repositories["own/several"] = Repository({NEW: {"README.md": readme, **files}})
    names = ("hub:own/several:b", "hub:own/several:c", "hub:own/several")
    found = load(hub, tmp_path, *({"dataset": name} for name in names))
    assert found.results[0]["references"] == [["b"]]
    assert "'c' not found. Available: ['a', 'b']" in found.message(1)
    assert "'a', 'b'" in found.message(2) and "hub:own/several:CONFIG" in found.message(2)


def test_what_cannot_be_read_is_named_with_the_way_out(hub: Hub, tmp_path: Path) -> None:
    mirrors = ("some/private", "some/gated", "some/missing", "openai/gsm8k:mian", "some/damaged")
    found = load(hub, tmp_path, *({"dataset": "gsm8k/test", "mirror": name} for name in mirrors))
    for place, name in enumerate(mirrors):
        assert f"gsm8k/test: {name.split(':')[0]} cannot be read from the Hub" in found.message(place)
        assert "set DARTMATH_DATA to a folder that holds gsm8k/test.jsonl" in found.message(place)
    for place in range(3):
        assert "hf auth login" in found.message(place)
    assert "gated" in found.message(1)
    assert "'mian' not found. Available: ['main']" in found.message(3)
    assert TOKEN not in json.dumps(found.results)


def test_a_token_opens_a_private_set(hub: Hub, tmp_path: Path) -> None:
    source = {"dataset": "gsm8k/test", "mirror": "some/private:main"}
    assert load(hub, tmp_path, source, HF_TOKEN=TOKEN).results[0]["references"][0] == ["3000"]


def test_a_broken_connection_and_an_offline_machine_are_refused(hub: Hub, tmp_path: Path) -> None:
    hub.cut = 100
    assert "cannot be read from the Hub" in load(hub, tmp_path, {"dataset": "gsm8k/test"}).message(0)
    offline = load(hub, tmp_path, {"dataset": "math/test"}, HF_HUB_OFFLINE="1")
    assert "cannot be read from the Hub" in offline.message(0)
    gone = Hub(address="http://127.0.0.1:9")
    absent = load(gone, tmp_path, {"dataset": "gsm8k/test"}, {"dataset": "math/test"})
    for place in range(2):
        assert "the Hub: it is out of reach" in absent.message(place)
    # Asked once, and not tried again for each file of each set.
    assert absent.said.count("the Hub is out of reach") == 1
    assert "Retry" not in absent.said


def test_a_set_without_a_known_checksum_says_so(hub: Hub, tmp_path: Path) -> None:
    readme = README.replace(b"split: test", b"split: train").replace(b"main/test", b"train")
    rows = b'{"query": "What is 1?", "gt_ans": "1,000"}\n'
    hub.repositories["hkust-nlp/gsm8k-fix"] = Repository({NEW: {"README.md": readme, "train.jsonl": rows}})
    found = load(hub, tmp_path, {"dataset": "gsm8k-fix/train"})
    assert found.results == [{"references": [["1000"]], "origin": f"hub:hkust-nlp/gsm8k-fix@{NEW}"}]
    assert "knows no checksum of it; it has 1 queries (7473 expected)" in found.said
