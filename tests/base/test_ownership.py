"""What somebody wrote or changed is kept; what is dartmath's is replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import DataError
from dartmath.base.ownership import check_folder, owner_of, write_owned


def test_a_new_file_is_written_and_replaced_until_somebody_edits_it(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    assert write_owned(card, "first", of="runs/a") == "written"
    before = card.stat().st_mtime_ns
    assert write_owned(card, "first", of="runs/a") == "same"
    assert card.stat().st_mtime_ns == before
    assert write_owned(card, "second", of="runs/a") == "written"
    assert owner_of(card) == ("dartmath", "runs/a")
    card.write_text(card.read_text().replace("second", "second, with a note"))
    assert write_owned(card, "third", of="runs/a") == "kept"
    assert "with a note" in card.read_text()
    assert write_owned(card, "third", of="runs/a", overwrite=True) == "written"


def test_a_note_at_the_end_makes_it_theirs(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    write_owned(card, "text", of="x")
    with card.open("a") as file:
        file.write("My note\n")
    assert owner_of(card)[0] == "somebody"


@pytest.mark.parametrize("content", [b"", b"mine", b"\xff\xfe\x00", b"<!-- written by dartmath -->"])
def test_a_foreign_file_is_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(content)
    assert write_owned(path, "new", of="x") == "kept"
    assert path.read_bytes() == content


def test_the_report_of_another_run_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_owned(path, "<p>a</p>", of="runs/a")
    with pytest.raises(DataError, match=r"is of runs/a, not of runs/b; .*--out, or .*--overwrite"):
        write_owned(path, "<p>b</p>", of="runs/b")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r")), st.text())
@pytest.mark.parametrize("name", ["a.md", "a.html", "a.yaml"])
def test_any_text_is_known_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str, of: str
) -> None:
    path = tmp_path_factory.mktemp("owned") / name
    write_owned(path, text, of=of)
    assert owner_of(path)[0] == "dartmath"


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    check_folder(tmp_path / "absent")
    check_folder(tmp_path)
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "lock").write_text("")
    check_folder(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"did not write \(notes.txt\); give a new or empty folder"):
        check_folder(tmp_path)
    with pytest.raises(DataError, match="is a file"):
        check_folder(tmp_path / "notes.txt")
    (tmp_path / "manifest.json").write_text("{}")
    check_folder(tmp_path)
