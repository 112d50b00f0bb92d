"""What the references of a set look like, before anything is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, DataError
from dartmath.queries import QuerySource
from dartmath.queries.kinds import has_decimal_comma, kind_of
from dartmath.queries.load import load_set
from dartmath.queries.pictures import lacks_picture
from dartmath.queries.survey import Survey, survey


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("42", "number"), ("-3/4", "number"), (r"\frac{1}{2}", "number"), ("12.5%", "number"),
        ("$5", "number"),
        ("3 km", "number"), (r"2\sqrt{3}", "number"), (r"\pi", "number"), ("1e-5", "number"),
        ("x + 1", "expression"), ("x = 3", "expression"), ("[1, 2)", "list"), ("{1, 2}", "list"),
        ("(1, 2)", "list"),
        ("1, 2", "list"), ("2,5", "list"), ("B", "choice"), ("(C)", "choice"), (r"\text{D}", "choice"),
        ("yes", "words"), ("a red ball", "words"), ("", "no answer"), ("proof", "no answer"),
        ("Not Found.", "no answer"), ("N/A", "no answer"),
        ("We first see that the train\nleaves at noon, and then\nwe are done.", "long text"),
        ("def f(x):\n    return sorted(x)", "long text"),
        ("Ask which of the two files they want moved before moving anything.", "long text"),
        ("No. They say that they have come and want you out.", "long text"),
        ("Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune, Pluto", "words"),
        ("the United States of America", "words"),
        (r"x^{2}+" * 40 + "1", "expression"),
    ],
)  # fmt: skip
def test_kinds(answer: str, kind: str) -> None:
    assert kind_of(answer) == kind


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("How large is the shaded region in the figure?", True),
        ("The diagram below shows a circle.", True),
        ("![](img/3.png) Find x.", True),
        ("如图，求阴影部分的面积。", True),
        ("Siehe Abbildung 3: Wie groß ist x?", True),
        ("[asy] draw((0,0)--(1,1)); [/asy] See the figure above.", False),
        ("Find the image of f on [0, 1].", False),
        ("A picture costs 5 dollars. How much are 3 pictures?", False),
        ("Draw the graph of y = x.", False),
    ],
)
def test_pictures(text: str, lacks: bool) -> None:
    assert lacks_picture(text) is lacks


@pytest.mark.parametrize("answer", ["18,75", "2,5 kg", "1.234,50", "0,5 %", "100,00 €", "-3,1415"])
def test_decimal_commas(answer: str) -> None:
    assert has_decimal_comma(answer)


@pytest.mark.parametrize("answer", ["1,234", "12,345,678", "1, 2", "18.75", "3", "(1,5)", "a,5"])
def test_other_commas(answer: str) -> None:
    assert not has_decimal_comma(answer)


def look(path: Path, rows: list[dict[str, object]], **keys: object) -> Survey:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    loaded = load_set(QuerySource.model_validate({"dataset": str(path), **keys}))
    return survey(loaded.queries, loaded.own)


def test_solutions_are_read_and_it_is_said(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"question": f"What is {i} + 1?", "answer": f"Add one.\n#### {i + 1}"} for i in range(30)
    ]
    found = look(tmp_path / "own.jsonl", rows)
    assert found.kinds == {"number": 30}
    assert list(found.notes()) == ["30 references: the answer is what follows ####"]
    assert not list(found.warnings())


def test_everything_doubtful_is_named_with_its_way_out(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"question": f"Is {i} prime?", "answer": ("yes", "no")[i % 2]} for i in range(40)
    ]
    rows += [{"question": "Show it.", "answer": "proof"}, {"question": "Show more.", "answer": "notfound"}]
    rows += [{"question": "As shown in the figure, what is x?", "answer": "3"}]
    rows += [
        {"question": "What is 3 + 4?", "answer": "\\boxed{7}"},
        {"question": "What is 3 + 4?", "answer": "999"},
    ]
    found = look(tmp_path / "own.jsonl", rows)
    said = "\n".join(found.warnings())
    assert "2 references say that there is no answer, such as 'proof'" in said
    assert "--skip no-answer" in said
    assert "2 queries have the same problem and different references" in said
    assert "1 problem speaks of a picture or comes with one" in said
    assert "there are only 7 different references" in said
    skip = ["no-answer", "conflict", "picture", "words"]
    left = load_set(
        QuerySource(dataset=str(tmp_path / "own.jsonl"), skip=["no-answer", "conflict", "picture"])
    )
    assert left.left_out == {"own.jsonl": {"no-answer": 2, "conflict": 2, "picture": 1}}
    assert len(left.queries) == 40
    with pytest.raises(DataError, match=r"all 45 rows were left out: .*40 for 'words'"):
        load_set(QuerySource.model_validate({"dataset": str(tmp_path / "own.jsonl"), "skip": skip}))


def test_letters_of_options_that_are_not_shown_are_named(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"question": f"Which of them is {i}?", "answer": "ABCD"[i % 4]} for i in range(12)
    ]
    said = "\n".join(look(tmp_path / "own.jsonl", rows).warnings())
    assert "12 references are letters of options that the problems do not show" in said
    assert "--choices-column" in said
    for row in rows:
        row["question"] = f"{row['question']} A) one B) two C) three D) four"
    assert "do not show" not in "\n".join(look(tmp_path / "own.jsonl", rows).warnings())


def test_answers_that_their_problems_give_away_are_named(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"question": f"Make {i + 20} of {i}, 7 and 20.", "answer": i + 20} for i in range(30)
    ]
    found = look(tmp_path / "own.jsonl", rows)
    assert found.given_away == 30
    assert "in 30 of 30 problems the reference stands already" in "\n".join(found.warnings())
    # A number of one digit, a part of a longer one, and words in a passage tell nothing.
    for text, answer in (("Add 3 and 4 to 5.", "5"), ("It is 1236.5.", "36"), ("Ann came.", "Ann")):
        rows = [{"question": f"{text} ({i})", "answer": answer} for i in range(30)]
        assert look(tmp_path / "own.jsonl", rows).given_away == 0, text


def test_signs_of_a_chat_template_and_one_answer_for_all_are_named(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"question": f"<|im_start|>user\nIs it {i}?<|im_end|>", "answer": "yes"} for i in range(5)
    ]
    said = "\n".join(look(tmp_path / "own.jsonl", rows).warnings())
    assert "5 problems hold signs of a chat template, such as <|im_start|>" in said
    assert "every reference is the same" in said
    alpaca = [
        {"question": f"Do it.\n\n### Instruction:\nWhat is {i}?\n\n### Response:", "answer": i}
        for i in range(5)
    ]
    assert "such as ### Instruction:" in " ".join(look(tmp_path / "own.jsonl", alpaca).warnings())
    four = "\n".join(look(tmp_path / "own.jsonl", rows[:4]).warnings())
    assert "every reference is the same" not in four


def test_equal_references_are_no_conflict(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"question": "What is 1/2?", "answer": "0.5"},
        {"question": "What  is 1/2?", "answer": r"\frac12"},
    ]
    assert look(tmp_path / "own.jsonl", rows).conflicts == 0


def test_a_set_that_can_never_be_judged_is_refused(tmp_path: Path) -> None:
    essay = "First one looks at the sentence. Then one writes down what one thinks of it.\n" * 3
    rows: list[dict[str, object]] = [{"question": f"What about {i}?", "answer": essay} for i in range(9)]
    with pytest.raises(DataError, match=r"no final answer is marked"):
        look(tmp_path / "own.jsonl", rows)
    assert look(tmp_path / "own.jsonl", rows, verifier="checks.py:judge").kinds == {}


def test_rows_are_filtered_and_counted(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"question": f"What is {i}?", "answer": i, "level": i} for i in range(9)]
    found = look(tmp_path / "own.jsonl", rows, where="level >= 5")
    assert (found.looked_at, found.left_out) == (4, {"where": 5})
    with pytest.raises(ConfigError, match="where: "):
        look(tmp_path / "own.jsonl", rows, where="level >=")
    with pytest.raises(ConfigError, match="`where` belong"):
        load_set(QuerySource(dataset="gsm8k/test", where="level >= 5"))


def test_problems_that_come_with_a_picture_are_named_and_can_be_left_out(tmp_path: Path) -> None:
    cells = [["a.png"], [], None, "b.jpg", "none", True, False, {"path": None}]
    rows = [
        {
            "question": f"How long is AB of {i}?",
            "answer": i,
            "figures": cell,
            "figure_caption": "AB",
            "has_image": 0,
        }
        for i, cell in enumerate(cells)
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    loaded = load_set(QuerySource(dataset=str(path)))
    assert "3 problems speak of a picture or come with one" in " ".join(
        survey(loaded.queries, loaded.own).warnings()
    )
    kept = load_set(QuerySource(dataset=str(path), skip=["picture"])).queries
    assert [query.references for query in kept] == [("1",), ("2",), ("4",), ("6",), ("7",)]


def test_unknown_is_an_answer_between_true_and_false(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    for answers, left in ((["True", "False", "Unknown"], 3), (["12", "7", "Unknown"], 2)):
        rows = [{"question": f"Is it so in {i}?", "answer": answer} for i, answer in enumerate(answers)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        loaded = load_set(QuerySource(dataset=str(path), skip=["no-answer"]))
        assert len(loaded.queries) == left
        assert ("no answer" in survey(loaded.queries, loaded.own).kinds) is False
        whole = load_set(QuerySource(dataset=str(path)))
        assert survey(whole.queries, whole.own).kinds.get("no answer", 0) == 3 - left
