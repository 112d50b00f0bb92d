"""The likeness of responses, against the Jaccard index of whole sets."""

from __future__ import annotations

import random

import pytest

from dartmath.curation.signature import likeness, signature

WORDS = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]


@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_near_the_jaccard_index(seed: int) -> None:
    draw = random.Random(seed)
    one = draw.choices(WORDS, k=600)
    other = one[: draw.randrange(100, 500)] + draw.choices(WORDS, k=200)
    a, b = ({tuple(x[i : i + 3]) for i in range(len(x) - 2)} for x in (one, other))
    exact = len(a & b) / len(a | b)
    found = likeness(signature(" ".join(one)), signature(" ".join(other)))
    assert found == pytest.approx(exact, abs=4 * 0.0625), "four standard errors of 64 hashes"


def test_short_texts_are_compared_exactly() -> None:
    assert likeness(signature("we add three and four"), signature("we add three and five")) == 0.5
    assert likeness(signature("a b c"), signature("a b c")) == 1.0
    assert likeness(signature(""), signature("a b c")) == 0.0


def test_equations_ignore_the_words_around_them() -> None:
    a = "We add first: 3 + 4 = 7, and then 7 * 2 = 14."
    b = "By adding, $3+4=7$. Doubling, $7*2=14$."
    c = "We add first: 3 * 2 = 6, and then 6 + 8 = 14."
    as_equations = [signature(text, "equations") for text in (a, b, c)]
    assert likeness(as_equations[0], as_equations[2]) < likeness(as_equations[0], as_equations[1])
