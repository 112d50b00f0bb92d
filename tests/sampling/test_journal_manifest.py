"""What a run directory is a run of: which changes are free, which need --amend, and which are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from dartmath.base.errors import JournalError
from dartmath.base.manifest import read_manifest, write_manifest
from dartmath.sampling.journal_manifest import (
    VERSION,
    content_hash,
    migrate,
    open_run,
    other_settings,
    read_queries,
    served_model,
)
from sampling.simulated import make_queries

IDENTITY: dict[str, Any] = {
    "seed": 1,
    "config": {"temperature": 1.0, "policy": {"kind": "uniform", "k": 4}, "workers": 2, "price": None},
    "model": {"name": "m", "fingerprint": "abc"},
    "template": {"name": "qa", "hash": "1"},
    "shots": None,
    "teachers": {},
}


def changed(**changes: Any) -> dict[str, Any]:
    """The identity with sections changed in some keys, or replaced."""
    both = {
        key: {**IDENTITY[key], **value} if isinstance(value, dict) and IDENTITY.get(key) else value
        for key, value in changes.items()
    }
    return {**IDENTITY, **both}


FREE = [
    changed(config={"workers": 7}),
    changed(config={"price": {"input": 1.0}}),
    changed(config={"teachers": [{"name": "big"}]}),
    changed(config={"keep_wrong": "hash", "verify_seconds": 3, "budget": {"samples": 9}}),
    changed(model={"name": "moved/there"}),
    changed(verifiers={"mine.py:judge": "1"}),
]
AMENDABLE = [
    changed(config={"policy": {"kind": "uniform", "k": 5}}),
    changed(config={"give_up": 0.1}),
    changed(config={"distinct": True}),
    changed(teachers={"big": {"after": 4, "model": "x"}}),
]
REFUSED = [
    (changed(seed=2), "seed: 1 there, 2 asked"),
    (changed(config={"temperature": 0.5}), "temperature: 1.0 there, 0.5 asked"),
    (changed(model={"fingerprint": "xyz"}), "model.fingerprint: 'abc' there, 'xyz' asked"),
    (changed(model={"name": "n", "fingerprint": None}), "model.name: 'm' there, 'n' asked"),
    (changed(template={"hash": "2"}), "template.hash: '1' there, '2' asked"),
    (changed(shots={"n": 2}), "shots: None there"),
    (changed(teachers={"big": {"after": None, "model": "x"}}), "teachers.big: None there"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    open_run(tmp_path, make_queries(3), IDENTITY, amend=False)
    write_manifest(tmp_path, {**read_manifest(tmp_path), "finished": True, "summary": {"stopped": "full"}})
    return tmp_path


@pytest.mark.parametrize("asked", [IDENTITY, *FREE])
def test_what_shapes_no_sample_is_free_to_change(folder: Path, asked: dict[str, Any]) -> None:
    assert open_run(folder, make_queries(3), asked, amend=False) == make_queries(3)
    manifest = read_manifest(folder)
    assert (manifest["finished"], manifest["summary"]) == (True, {"stopped": None})
    assert (manifest["config"], manifest["queries"]) == (asked["config"], 3)
    assert manifest.get("verifiers") == asked.get("verifiers")


@pytest.mark.parametrize("asked", AMENDABLE)
def test_what_is_wanted_changes_with_amend_alone(folder: Path, asked: dict[str, Any]) -> None:
    before = read_manifest(folder)
    with pytest.raises(JournalError, match=r"another goal:\n.* there, .* asked\nadd --amend"):
        open_run(folder, make_queries(3), asked, amend=False)
    assert read_manifest(folder) == before
    open_run(folder, make_queries(3), asked, amend=True)
    assert not read_manifest(folder)["finished"]
    assert open_run(folder, make_queries(3), asked, amend=False) == make_queries(3)


@pytest.mark.parametrize("amend", [False, True])
@pytest.mark.parametrize(("asked", "says"), REFUSED)
def test_what_shapes_samples_never_changes(
    folder: Path, asked: dict[str, Any], says: str, amend: bool
) -> None:
    with pytest.raises(JournalError, match="sampled with other settings") as refused:
        open_run(folder, make_queries(3), asked, amend=amend)
    assert f"\n  {says}" in str(refused.value)


def test_another_version_of_a_verifier_is_judged_anew(folder: Path) -> None:
    open_run(folder, make_queries(3), changed(verifiers={"a.py:f": "1"}), amend=False)
    both = changed(verifiers={"a.py:f": "1", "b.py:g": "1"})
    assert len(open_run(folder, make_queries(3), both, amend=False)) == 3
    with pytest.raises(JournalError, match=r"judged by another version.*\n.*a\.py:f: '1' there.*\n.*regrade"):
        open_run(folder, make_queries(3), changed(verifiers={"a.py:f": "2", "b.py:g": "1"}), amend=True)


def test_queries_join_with_amend_and_none_leaves_or_changes(folder: Path) -> None:
    four, three = make_queries(4), make_queries(3)
    with pytest.raises(JournalError, match=r"1 queries are not yet part .* \(first: 'q00003'\); add --amend"):
        open_run(folder, four, IDENTITY, amend=False)
    assert list(read_queries(folder)) == three
    assert open_run(folder, list(reversed(four)), IDENTITY, amend=True) == four
    assert list(read_queries(folder)) == four
    assert (read_manifest(folder)["queries"], read_manifest(folder)["finished"]) == (4, False)
    with pytest.raises(JournalError, match=r"2 of the 4 queries .* \(first: 'q00001'\)"):
        open_run(folder, [four[0], four[3]], IDENTITY, amend=True)
    for change in ({"text": "other"}, {"references": ("9",)}, {"verifier": "dart-math"}):
        with pytest.raises(JournalError, match=r"query 'q00002' .* has changed"):
            open_run(folder, [*four[:2], replace(four[2], **change), four[3]], IDENTITY, amend=True)
    assert open_run(folder, [replace(one, metadata={}) for one in four], IDENTITY, amend=False)


def test_a_model_without_a_fingerprint_is_known_by_its_name(tmp_path: Path) -> None:
    without = changed(model={"fingerprint": None})
    open_run(tmp_path, make_queries(1), without, amend=False)
    with pytest.raises(JournalError, match=r"model\.name"):
        open_run(tmp_path, make_queries(1), changed(model={"name": "n"}), amend=False)
    open_run(tmp_path, make_queries(1), IDENTITY, amend=False)
    open_run(tmp_path, make_queries(1), changed(model={"name": "n"}), amend=False)


def test_what_differs_of_another_run_is_told_without_what_shapes_nothing() -> None:
    asked = changed(seed=3, config={"temperature": 0.5, "workers": 9, "policy": {"kind": "vrt"}})
    assert other_settings(IDENTITY, asked) == ["temperature: 1.0 there, 0.5 asked"]


@pytest.mark.parametrize("version", [1, 2])
def test_older_versions_are_brought_to_this_one(folder: Path, version: int) -> None:
    write_manifest(folder, {**read_manifest(folder), "journal": {"version": version, "more": 1}})
    migrate(folder)
    assert read_manifest(folder)["journal"] == {"version": VERSION, "more": 1}


@pytest.mark.parametrize(
    ("before", "now", "model"),
    [
        ({}, {}, None),
        ({"served": "a"}, {}, "a"),
        ({}, {"served": "a"}, "a"),
        ({"served": "a"}, {"served": "a"}, "a"),
        ({"engines": [{"servers": [{"model": None}, {"model": "a"}]}]}, {}, "a"),
        ({"engines": [{"servers": [{"model": "a"}]}]}, {"served": "a"}, "a"),
        ({"engines": [{}, {"servers": []}]}, {"served": "b"}, "b"),
        # A run of before the answer was recorded knows its model by the name that was asked for.
        ({"engines": [{"servers": [{"model": "Owner/A"}]}]}, {"served": "/models/a.gguf"}, "/models/a.gguf"),
    ],
)
def test_the_model_that_servers_answer_as(
    before: dict[str, Any], now: dict[str, Any], model: str | None
) -> None:
    assert served_model(Path("run"), before, now) == model


@pytest.mark.parametrize("before", [{"served": "a"}, {"engines": [{"servers": [{"model": "a"}]}]}])
def test_samples_of_two_served_models_are_not_mixed(before: dict[str, Any]) -> None:
    with pytest.raises(JournalError, match="answers as 'a', and the servers now answer as 'b'"):
        served_model(Path("run"), before, {"served": "b"})


def test_of_a_recorded_answer_another_file_is_another_model() -> None:
    with pytest.raises(JournalError, match=r"answers as 'a', and the servers now answer as 'a\.gguf'"):
        served_model(Path("run"), {"served": "a"}, {"served": "a.gguf"})


def test_a_hash_of_content_does_not_depend_on_the_order_of_keys() -> None:
    one, other = {"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}
    assert content_hash(one) == content_hash(other) != content_hash({"a": 1, "b": [2, 1]})
    assert len(content_hash(one)) == 12 and int(content_hash(one), 16) >= 0


def test_a_damaged_list_of_queries_is_named(folder: Path) -> None:
    (folder / "queries.jsonl").write_bytes(orjson.dumps({"id": "q"}) + b"\n")
    with pytest.raises(JournalError, match=r"queries\.jsonl: cannot be read"):
        open_run(folder, make_queries(3), IDENTITY, amend=False)
