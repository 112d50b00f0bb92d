"""Multiple-choice questions in the shapes that files have: the options are shown, the right one is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, DataError
from dartmath.queries import Query, QuerySource, load

OPTIONS = [
    ["red", "blue", "green", "gray"],
    ["cat", "dog", "hen", "cow"],
    ["Oslo", "Rome", "Bonn", "Lima"],
    ["iron", "gold", "zinc", "lead"],
    ["Monday", "Friday", "Sunday", "Tuesday"],
    ["north", "south", "east", "west"],
]
RIGHT = [2, 0, 3, 1, 3, 0]
L, SMALL = "ABCD", "abcd"
NUMBERED = ["option1", "option2", "option3", "option4"]

Row = Callable[[str, list[str], int], dict[str, Any]]


def listed(said: Callable[[list[str], int], object]) -> Row:
    """Plain options in a list, and a reference that says one of them."""
    return lambda q, t, g: {"question": q, "options": t, "answer": said(t, g)}


def keyed(keys: str | list[str], said: Callable[[int], object], **names: str) -> Row:
    """Options by the names that the file gives them."""
    column = names.get("answer", "answer")
    return lambda q, t, g: {
        names.get("question", "question"): q,
        "options": dict(zip(keys, t, strict=True)),
        column: said(g),
    }


def beside(
    names: list[str], said: Callable[[int], object], question: str = "question", answer: str = "answer"
) -> Row:
    """An option in a column each."""
    return lambda q, t, g: {question: q, **dict(zip(names, t, strict=True)), answer: said(g)}


def shown(mark: Callable[[int], str], said: Callable[[list[str], int], object]) -> Row:
    """Options in the problem itself."""
    return lambda q, t, g: {
        "question": "\n".join([q, *(f"{mark(k)} {x}" for k, x in enumerate(t))]),
        "answer": said(t, g),
    }


def wrong(t: list[str], g: int) -> list[str]:
    return [x for k, x in enumerate(t) if k != g]


SHAPES: dict[str, Row] = {
    "texts and labels from 1": lambda q, t, g: {
        "question": q, "choices": {"text": t, "label": list("1234")}, "answerKey": str(g + 1)},
    "objects with labels from 1": lambda q, t, g: {
        "question": {"stem": q, "choices": [{"text": x, "label": str(k + 1)} for k, x in enumerate(t)]},
        "answerKey": str(g + 1)},
    "labels of two kinds": lambda q, t, g: {
        "question": q, "choices": {"text": t, "label": list("1234" if g % 2 else L)},
        "answerKey": str(g + 1) if g % 2 else L[g]},
    "labels of another school": lambda q, t, g: {
        "question": q, "choices": {"text": t, "label": list("FGHJ")}, "answerKey": "FGHJ"[g]},
    "an object from 1": keyed("1234", lambda g: str(g + 1)),
    "an object from 0": keyed("0123", str),
    "an object of small letters": keyed("abcd", lambda g: SMALL[g]),
    "an object of names": keyed([f"option{k}" for k in range(1, 5)], lambda g: f"option{g + 1}"),
    "an object of Russian letters": keyed("АБВГ", lambda g: "АБВГ"[g], question="вопрос", answer="ответ"),
    "numbers from 1": listed(lambda t, g: g + 1),
    "numbers from 0": listed(lambda t, g: g),
    "numbers with a word, from 1": listed(lambda t, g: f"Option {g + 1}"),
    "columns, numbers from 1": beside(NUMBERED, lambda g: g + 1),
    "columns, their names": beside(NUMBERED, lambda g: f"option{g + 1}"),
    "columns of letters, their names": beside([f"option_{k}" for k in SMALL], lambda g: f"option_{SMALL[g]}"),
    "columns of letters, numbers from 0": beside([f"op{k}" for k in SMALL], int, "question", "cop"),
    "columns in Chinese": beside([f"選項{k}" for k in L], lambda g: L[g], "題目內容", "正確答案"),
    "columns in German": beside([f"Antwort {k}" for k in L], lambda g: L[g], "Frage", "Richtig"),
    "columns in Russian": beside(
        [f"Вариант {k}" for k in range(1, 5)], lambda g: g + 1, "Вопрос", "Правильный ответ"),
    "a word, a letter, a text": listed(lambda t, g: f"Option {SMALL[g]}: {t[g]}"),
    "a word and a letter": listed(lambda t, g: f"Option {L[g]}"),
    "a letter in parentheses, a text": listed(lambda t, g: f"({L[g]}) {t[g]}"),
    "a small letter, a text": listed(lambda t, g: f"{SMALL[g]}) {t[g]}"),
    "a letter, a dash, a text": listed(lambda t, g: f"{L[g]} - {t[g]}"),
    "a sentence": listed(lambda t, g: f"The answer is {L[g]}"),
    "a sentence with parentheses": listed(lambda t, g: f"The correct answer is ({L[g]})."),
    "a field": listed(lambda t, g: f"Answer: {L[g]}"),
    "a sentence in Spanish": listed(lambda t, g: f"La respuesta correcta es {L[g]}"),
    "a field in Chinese": listed(lambda t, g: f"答案：{L[g]}"),
    "a number and a text": listed(lambda t, g: f"{g + 1}. {t[g]}"),
    "a solution": listed(lambda t, g: f"We look at each of them.\nSo it is $\\boxed{{{L[g]}}}$."),
    "the text in other letters": listed(lambda t, g: f"{t[g].upper()} "),
    "one letter in a list": listed(lambda t, g: [L[g]]),
    "a ring": listed(lambda t, g: "①②③④"[g]),
    "numbered texts": lambda q, t, g: {
        "question": q, "options": [f"{k}. {x}" for k, x in enumerate(t, 1)], "answer": g + 1},
    "texts with rings": lambda q, t, g: {
        "question": q, "options": [f"{r} {x}" for r, x in zip("①②③④", t, strict=True)], "answer": "①②③④"[g]},
    "texts with syllables": lambda q, t, g: {
        "question": q, "options": [f"{'アイウエ'[k]} {x}" for k, x in enumerate(t)], "answer": "アイウエ"[g]},
    "one text, numbered": lambda q, t, g: {
        "question": q, "options": "  ".join(f"{k}) {x}" for k, x in enumerate(t, 1)), "answer": g + 1},
    "one text, commas": lambda q, t, g: {"question": q, "options": ",".join(t), "answer": t[g]},
    "one text, lines": lambda q, t, g: {"question": q, "options": "\n".join(t), "answer": t[g]},
    "the right one says so": lambda q, t, g: {
        "question": q,
        "choices": [{"txt": x, **({"correct": True} if k == g else {})} for k, x in enumerate(t)]},
    "each says so": lambda q, t, g: {
        "question": q, "answers": [{"text": x, "isCorrect": k == g} for k, x in enumerate(t)]},
    "the right one and a list of others": lambda q, t, g: {
        "question": q, "ideal": t[g], "distractors": wrong(t, g)},
    "the right one and others beside it": lambda q, t, g: {
        "question": q, "correct_answer": t[g], **{f"distractor{k}": x for k, x in enumerate(wrong(t, g), 1)}},
    "shown, a letter": shown(lambda k: f"{L[k]})", lambda t, g: L[g]),
    "shown, a word and a letter": shown(lambda k: f"{SMALL[k]})", lambda t, g: f"Option {SMALL[g]}"),
    "shown, a letter and its text": shown(lambda k: f"({SMALL[k]})", lambda t, g: f"({SMALL[g]}) {t[g]}"),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_right_option_is_the_reference(tmp_path: Path, shape: str) -> None:
    rows = [
        SHAPES[shape](f"Question {i}: which of them is it?", texts, right)
        for i, (texts, right) in enumerate(zip(OPTIONS, RIGHT, strict=True))
    ]
    queries = read(tmp_path, rows)
    for query, texts, right in zip(queries, OPTIONS, RIGHT, strict=True):
        asked = dict(re.findall(r"^\(?([A-Da-d])\) (.*)$", query.text, re.MULTILINE))
        asked = {letter.upper(): text for letter, text in asked.items()}
        assert sorted(asked.values()) == sorted(texts), query.text
        letter = query.references[0].strip("()").upper()
        assert asked[letter] == texts[right], query.references


def read(folder: Path, rows: list[dict[str, Any]], **columns: Any) -> list[Query]:
    path = folder / "own.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    given = {"columns": columns} if columns else {}
    return load(QuerySource.model_validate({"dataset": str(path), **given}))


def test_a_right_one_beside_the_others_does_not_come_first(tmp_path: Path) -> None:
    rows = [
        {"question": f"Which is {t[g]}?", "correct_answer": t[g], "incorrect_answers": wrong(t, g)}
        for t, g in zip(OPTIONS, RIGHT, strict=True)
    ]
    assert len({query.references for query in read(tmp_path, rows)}) > 1


def test_where_numbers_begin_is_told_by_the_whole_set_or_asked_for(tmp_path: Path) -> None:
    rows = [{"q": f"Which is {i}?", "options": OPTIONS[i], "answer": 1 + i % 2} for i in range(4)]
    rows[0]["q"] = "Which?"
    rows = [{"question": row.pop("q"), **row} for row in rows]
    with pytest.raises(ConfigError, match="nothing tells whether they begin with 0 or with 1"):
        read(tmp_path, rows)
    mapping = {"query": "question", "reference": "answer", "choices": ["options"]}
    told = [read(tmp_path, rows, **mapping, first_choice=first)[0].references for first in (0, 1)]
    assert told == [("B",), ("A",)]


def test_numbers_win_over_equal_texts_where_all_references_are_numbers(tmp_path: Path) -> None:
    rows = [
        {"question": "Which is odd?", "options": ["2", "1", "0"], "answer": 1},
        {"question": "Which is it?", "options": ["cat", "dog", "hen"], "answer": 0},
    ]
    assert [query.references for query in read(tmp_path, rows)] == [("B",), ("A",)]
    rows[0]["options"] = ["1", "2", "0"]
    assert read(tmp_path, rows)[0].references == ("B",)


@pytest.mark.parametrize("said", ["Option c: blue", "Vitamin C", "A cat", "E", "4", "(b) red", "Answer: 7"])
def test_what_names_no_option_or_another_one_is_an_error(tmp_path: Path, said: str) -> None:
    row = {"question": "Which is it?", "options": ["red", "blue", "green"], "answer": said}
    with pytest.raises((DataError, ConfigError), match=r"names none of the 3 options|begin with 0 or with 1"):
        read(tmp_path, [row, {**row, "question": "And now?", "answer": "B"}])
