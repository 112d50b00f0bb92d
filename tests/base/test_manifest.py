"""Manifests: atomic, complete, and checked when read."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.base.errors import DataError
from dartmath.base.manifest import new_manifest, read_manifest, write_manifest


def test_a_manifest_round_trips(tmp_path: Path) -> None:
    manifest = new_manifest("curate", summary={"rows": 3})
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path, stage="curate") == manifest
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.json"], "no temporary file is left"
    assert "python" in manifest["versions"] and "dartmath" in manifest["versions"]


def test_the_wrong_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a sample output folder"):
        read_manifest(tmp_path, stage="sample")
    write_manifest(tmp_path, new_manifest("train"))
    with pytest.raises(DataError, match="expected the output of `dartmath sample`, found 'train'"):
        read_manifest(tmp_path, stage="sample")


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"stage": "sam')
    with pytest.raises(DataError, match="damaged manifest"):
        read_manifest(tmp_path)
