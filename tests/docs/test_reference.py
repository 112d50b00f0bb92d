"""The generated reference is that of the code as it is."""

from __future__ import annotations

import re

import pytest

from dartmath.cli import VERBS
from dartmath.cli._reference import pages
from dartmath.recipe import Recipe
from docs.pages import CHECKOUT

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_reference_is_current(name: str) -> None:
    written = (CHECKOUT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "the reference is stale; write it again with: make docs"


def test_every_verb_and_key_is_there() -> None:
    assert set(re.findall(r"^### `dartmath ([\w-]+)`", PAGES["cli.md"], re.M)) == set(VERBS)
    assert set(re.findall(r"^\| `(\w+)` \|", PAGES["recipe.md"], re.M)) >= set(Recipe.model_fields)


def test_every_option_has_a_meaning() -> None:
    for page in PAGES.values():
        assert not re.findall(r"^\|.*\|\s*\|$", page, re.M)
