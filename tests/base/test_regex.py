"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.regex import by_initials, regex

PACKAGE = "dartmath.verify"


def _found(value: Any) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's variable, and in the tables that it may be."""
    if type(value) is type(regex("")):
        yield value
    elif isinstance(value, dict):
        yield from _found(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _found(part)


def test_every_pattern_of_the_verifier_compiles() -> None:
    found = 0
    for module in pkgutil.walk_packages(import_module(PACKAGE).__path__, f"{PACKAGE}."):
        for value in list(vars(import_module(module.name)).values()):
            for pattern in _found(value):
                pattern.search("")
                found += 1
    assert found > 300


@pytest.mark.parametrize("method", ["search", "match", "fullmatch", "finditer", "findall", "sub", "split"])
def test_methods_are_those_of_the_compiled_pattern(method: str) -> None:
    source, text = r"(?P<digit>\d)b?", "a1b 2"
    arguments = ("<\\1>", text) if method == "sub" else (text,)
    ours, theirs = (getattr(make(source, re.IGNORECASE), method)(*arguments) for make in (regex, re.compile))
    if method == "finditer":
        ours, theirs = [one.span() for one in ours], [one.span() for one in theirs]
    assert getattr(ours, "regs", ours) == getattr(theirs, "regs", theirs)


def test_places_and_flags_are_heeded() -> None:
    pattern = regex("B", re.IGNORECASE)
    found = pattern.search("abab", 2, 4)
    assert found is not None and found.start() == 3
    assert pattern.groups == 0


def test_a_mistake_shows_when_the_pattern_is_used() -> None:
    pattern = regex("(")
    with pytest.raises(re.error, match="unterminated"):
        pattern.search("text")


ALTERNATIVES = [r"\bnot\b", r"\bno\b", "n't", r"\?", r"\bmost\b(?! likely)", "不", r"\bing[uú]n", "至[少多]"]


@given(
    text=st.lists(
        st.sampled_from(["not", "no", "n't", "?", "most", " likely", " ", "不", "ingún", "至多", "x"])
    ).map("".join)
)
def test_alternatives_by_their_initials_are_the_same(text: str) -> None:
    plain = [found.span() for found in re.finditer("|".join(ALTERNATIVES), text)]
    assert [found.span() for found in re.finditer(by_initials(*ALTERNATIVES), text)] == plain
