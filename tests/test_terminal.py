"""Tables for people: plain text, numbers on the right, titles and captions as wide as the terminal."""

from __future__ import annotations

import pytest

from dartmath.terminal import WIDTH, print_table


def printed(capsys: pytest.CaptureFixture[str], *arguments: object, caption: str = "") -> list[str]:
    print_table(*arguments, caption=caption)  # type: ignore[arg-type]
    return capsys.readouterr().out.splitlines()


def test_a_long_caption_of_a_narrow_table_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    title, caption = "A title that is longer than its table", "And a caption that is longer still, too"
    lines = printed(capsys, title, ("a",), [(1,)], caption=caption)
    assert lines[0] == title and lines[-1] == caption


def test_words_stand_left_and_numbers_right(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("x", "long word", 1234567), ("y", "short", 5)]
    *_, first, second, _ = printed(capsys, "t", ("name", "words", "numbers"), rows)
    assert first == "│ x    │ long word │ 1,234,567 │"
    assert second == "│ y    │ short     │         5 │"


def test_nothing_is_markup(capsys: pytest.CaptureFixture[str]) -> None:
    text = "[bold]x[/bold] [link=http://a]b"
    lines = printed(capsys, text, (text,), [(text,)], caption=text)
    assert sum(text in line for line in lines) == 4


def test_wide_tables_fit(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "t", ("a", "b"), [("word " * 40, "path/" * 60)])
    assert max(map(len, lines)) <= WIDTH
