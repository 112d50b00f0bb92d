"""Tables for people: plain text, numbers on the right, titles and captions as wide as the terminal."""

from __future__ import annotations

import json
import math

import pytest

from dartmath.base.terminal import WIDTH, info, print_json, print_table, progress_bar, warn


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


HOSTILE = "\x1b[2Jgone\x07\u202e\x9b31m"


def test_no_text_reaches_the_terminal_with_power_over_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(HOSTILE, (HOSTILE,), [(HOSTILE,)], caption=HOSTILE)
    info(HOSTILE)
    warn(HOSTILE)
    shown = "".join(capsys.readouterr())
    assert shown.count(r"\x1b[2Jgone\x07\u202e\x9b31m") == 6
    assert not set(HOSTILE) & set(shown) - set("[2Jgone31m")


def test_a_very_long_cell_keeps_its_ends(capsys: pytest.CaptureFixture[str]) -> None:
    text = "".join(printed(capsys, "t", ("a",), [("b" * 10**6 + "end",)]))
    assert len(text) < 10_000 and "characters left out" in text and "end" in text


def test_json_is_one_ascii_line_without_numbers_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"é": [math.nan, (math.inf, 1.5)], "text": "\u202e\ud800\x9b", "n": {1: None}}
    print_json(value)
    out = capsys.readouterr().out
    assert out.isascii() and out.count("\n") == 1
    known = json.loads(out, parse_constant=pytest.fail)
    assert known == {"é": [None, [None, 1.5]], "text": "\u202e\ud800\x9b", "n": {"1": None}}


def test_a_log_gets_a_line_of_progress_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    with progress_bar("training", 5000) as bar:
        for minute in range(4):
            for _ in range(10):
                bar.update(1000 + minute * 250, note="loss 0.3")
                now += 6
    assert capsys.readouterr().err.splitlines() == [
        "training: 1,250 of 5,000, loss 0.3, about 15 min left",
        "training: 1,500 of 5,000, loss 0.3, about 14 min left",
        "training: 1,750 of 5,000, loss 0.3, about 13 min left",
    ]
    with progress_bar("short", None) as bar:
        bar.update(1)
    assert capsys.readouterr().err == ""
