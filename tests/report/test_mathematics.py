from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.report.mathematics import segments, to_mathml

ALPHABET = st.sampled_from(
    [*"\\{}$^_&<>\"'[]() ab12=+", "\\frac", "\\text", "\\href", "\\(", "\\)", "<script>"]
)


class Names(HTMLParser):
    """Elements and attributes of a piece of markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs)}


def formulas(text: str) -> list[str]:
    return [s.source for s in segments(text) if s.mathml]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs $5 and then $6.", []),
        ("It costs $5, so $x = 6$.", ["$x = 6$"]),
        (r"\(x\) and \[y\] and $$z$$", [r"\(x\)", r"\[y\]", "$$z$$"]),
        (r"The answer is \boxed{\frac{1}{2}}.", [r"\boxed{\frac{1}{2}}"]),
        (r"\begin{align*}a&=b\\c&=d\end{align*}", [r"\begin{align*}a&=b\\c&=d\end{align*}"]),
        (r"$\frac{1}{$", []),
        ("plain", []),
        ("", []),
    ],
)
def test_formulas_are_found(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_nothing_is_lost_and_nothing_gets_in(text: str) -> None:
    parts = segments(text)
    assert "".join(part.source for part in parts) == text
    for part in parts:
        names = Names(part.mathml).found
        assert not names & {"script", "img", "a", "href", "style", "b"}
        assert not any(name.startswith("on") for name in names)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\class{x\" onclick=\"alert(1)}{y}",
        r"\text{&lt;img onerror=alert(1)&gt;}",
        r"\style{background:url(x)}{y}",
    ],
)
def test_hostile_formulas_are_text(latex: str) -> None:
    names = Names(to_mathml(latex)).found
    assert names <= {"math", "mrow", "mtext", "mi", "mo", "mn", "mstyle", "display", "stretchy"}


@pytest.mark.parametrize("latex", ["x^{" * 5000 + "}" * 5000, "(" * 10_000, "\\frac{1}{" * 300, "{" * 500])
def test_formulas_that_are_too_large_stay_text(latex: str) -> None:
    assert to_mathml(latex) == ""
