"""Functions of the user's own: found by file or module, and what is said where they cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.base.functions import load_function, source_hash


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.py:f", "no such file: none.py"),
        ("math:nothing", "has no attribute 'nothing'"),
        ("no_such_module:f", "No module named 'no_such_module'"),
        ("plain", "write it as file.py:name"),
        ("math:pi", "'math:pi' is not a function"),
    ],
)
def test_what_cannot_be_loaded_names_the_key_and_the_way_out(name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"^a\.key: .*{message}"):
        load_function(name, "a.key")


@pytest.mark.parametrize("content", ["def f(:\n", "raise RuntimeError('at import')\n", "import absent_one\n"])
def test_a_file_that_fails_is_an_error_of_the_recipe(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.py").write_text(content)
    with pytest.raises(ConfigError, match=r"a\.key: cannot load .*mine\.py:f"):
        load_function(f"{tmp_path / 'mine.py'}:f", "a.key")


def test_modules_and_files_with_data_classes(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n"
        "@dataclass\nclass Pair:\n    a: int\n\ndef f(a):\n    return Pair(a).a\n"
    )
    assert load_function(f"{tmp_path / 'mine.py'}:f", "key")(3) == 3
    assert load_function("os.path:join", "key")("a", "b") == "a/b"


def test_files_of_one_name_are_two_modules(tmp_path: Path) -> None:
    for name, value in (("a", 1), ("b", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "checks.py").write_text(f"def f():\n    return {value}\n")
    functions = [load_function(f"{tmp_path / name / 'checks.py'}:f", "key") for name in "ab"]
    assert [function() for function in functions] == [1, 2]


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    for name, content in (("a", "def f(): ...\n"), ("b", "def f(): ...\n"), ("c", "def f(): pass\n")):
        (tmp_path / f"{name}.py").write_text(content)
    a, b, c = (source_hash(f"{tmp_path / name}.py:f", "key") for name in "abc")
    assert a == b != c
