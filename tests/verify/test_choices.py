"""Options of a multiple-choice query."""

from __future__ import annotations

import pytest

from dartmath.verify.language.options import options


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Which is least? (a) 3 (b) 5/2", {"A": "3", "B": "5/2"}),
        ("Find it.\n(A) $10$\n(B) $12$\n(C) 14", {"A": "10", "B": "12", "C": "14"}),
        (
            r"$\textbf{(A)}\ 1\qquad\textbf{(B)}\ 2\qquad\textbf{(C)}\ 3$",
            {"A": "1", "B": "2", "C": "3"},
        ),
        ("Pick one:\nA. red\nB. blue", {"A": "red", "B": "blue"}),
        ("Let f(a) = 3 and g(b) = 4.", {}),
        ("No options at all", {}),
        ("(B) only", {}),
    ],
)
def test_options(query: str, expected: dict[str, str]) -> None:
    assert options(query) == expected
