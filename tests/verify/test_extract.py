"""`extract_answer`: which text of a response is its final answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.verify import Extraction, GradingSettings, extract_answer
from dartmath.verify.contract.settings import RULES, Rule
from dartmath.verify.extract.answer import WINDOW

CASES = Path(__file__).parents[1] / "cases" / "verify" / "extraction.jsonl"
SIGNS = re.compile(r"[a-z]+|\d+|[^\W\d_]+")
MARKS = re.compile(
    r"\\?(?:boxed|(?:f|frame)?box)(?=\W)(?:\[\w+\])?|</s>|<\|\w+\|>|\\(?:begin|end)\{[a-z]+\*?\}"
)
"""Signs of a response that are part of no answer: boxes, ends of turns, environments."""


ROWS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
FOUND = [row for row in ROWS if row["answer"] is not None]


def extracted(case: dict[str, Any], rules: tuple[Rule, ...] = RULES) -> Extraction:
    settings = GradingSettings(last_number=case["last_number"], rules=rules)
    return extract_answer(case["response"], strict=case["strict"], settings=settings)


@pytest.mark.parametrize("case", ROWS)
def test_extraction_case(case: dict[str, Any]) -> None:
    found = extracted(case)
    assert (found.answer, found.method) == (case["answer"], case["method"])


@pytest.mark.parametrize("case", [row for row in FOUND if row["method"] in RULES])
def test_a_rule_finds_alone_what_it_finds_among_others_and_nothing_when_off(case: dict[str, Any]) -> None:
    alone = extracted(case, (case["method"],))
    assert (alone.answer, alone.method) == (case["answer"], case["method"])
    others = extracted(case, tuple(rule for rule in RULES if rule != case["method"]))
    assert others.method != case["method"]


@pytest.mark.parametrize("case", FOUND)
def test_the_place_of_an_answer_holds_its_signs_and_ends_with_the_last(case: dict[str, Any]) -> None:
    first, end = extracted(case).span or (0, 0)
    place = MARKS.sub("", case["response"][first:end])
    there, signs = (SIGNS.findall(text.casefold()) for text in (place, MARKS.sub("", case["answer"])))
    # Words before a box, names of letters, and the "frac" of a "dfrac", may stand elsewhere.
    assert [sign for sign in signs if sign not in there and not sign.isalpha()] == []
    if case["method"] not in ("tag", "field"):
        # Words around it belong to its place, and so does what comes to it, "3 + 5 = 8".
        assert there[-1:] == signs[-1:] or (there[-1].isalpha() and not signs[-1].isalpha())
        assert there[0] in signs or "=" in place or there[0].isalpha()


def test_the_place_of_an_answer_is_no_wider_than_its_formula() -> None:
    response = "x" * 50 + " The answer is $6$. I hope so."
    start, end = extract_answer(response).span or (0, 0)
    assert response[start:end] == "$6$"


def test_only_the_end_of_a_long_response_is_read() -> None:
    assert extract_answer(r"\boxed{1}" + "\nword" * WINDOW).answer is None
    found = extract_answer("word\n" * WINDOW + r"\boxed{1}")
    assert found.answer == "1"
    assert found.span == (5 * WINDOW, 5 * WINDOW + 9)


Bound = tuple[int, str, str, str | None]
BOUNDS: dict[str, tuple[Callable[[int], str], Bound]] = {
    "signs of a response that is its own answer": (lambda n: "1" * n, (200, "", "final_line", None)),
    "words of a response that is its own answer": (lambda n: "word " * n, (5, "", "final_line", None)),
    "signs of a box": (lambda n: f"\\boxed{{{'1' * n}}}", (4000, "", "boxed", None)),
    "signs of a box that is not closed": (lambda n: f"\\boxed{{{'1' * n}", (4000, "", "boxed", None)),
    "signs of a tag": (lambda n: f"<answer>{'1' * n}</answer>", (4000, "", "tag", None)),
    "words of a tag that is firm": (
        lambda n: f"\\boxed{{7}}\n<answer>{'word ' * n}</answer>",
        (5, "", "tag", "7"),
    ),
    "lines of a tag that is no whole solution": (
        lambda n: "\\boxed{7}\n<answer>\n" + "word word\n" * (n - 1) + "So it is $5$.\n</answer>",
        (39, "5", "tag", "7"),
    ),
    "signs between the boxes of two parts": (
        lambda n: "(a) \\boxed{2}\n" + "x" * (n - len("\n\n(b) ")) + "\n(b) \\boxed{3}",
        (400, "2, 3", "boxed", "3"),
    ),
    "signs between two boxes": (
        lambda n: "\\boxed{2}" + " " * n + "\\boxed{3}",
        (60, "2, 3", "boxed", "3"),
    ),
    "boxes of one list": (
        lambda n: "\\boxed{1}" + "\\boxed{2}" * (n - 1),
        (64, "1, 2", "boxed", "2"),
    ),
    "tags that are looked at": (
        lambda n: "\\boxed{7}<answer>5</answer>" + "<answer></answer>" * (n - 1),
        (16, "5", "tag", "7"),
    ),
    "sentences that are looked at": (
        lambda n: "So x = 5. " + "I hope so. " * (n - 2) + "I hope so",
        (10, "5", "conclusion", None),
    ),
    "signs in which a conclusion is looked for": (
        lambda n: f"So $x = 5$. I hope {'a' * (n - 20)}.",
        (1000, "x = 5", "conclusion", None),
    ),
}
"""Text of a size, and up to which size it gives an answer, which, by which rule, and what beyond.

Where the answer is all of the text, it is not named.
"""


@pytest.mark.parametrize("what", BOUNDS)
def test_bounds_of_what_is_read(what: str) -> None:
    made, (most, answer, method, otherwise) = BOUNDS[what]
    for size in (most - 1, most):
        found = extract_answer(made(size))
        assert found.method == method
        assert found.answer == answer or (not answer and str(found.answer) in made(size))
    assert extract_answer(made(most + 1)).answer == otherwise


@given(st.text(max_size=300), st.integers())
def test_the_last_box_always_wins(before: str, value: int) -> None:
    assert extract_answer(before + f"\n\nSo it is \\boxed{{{value}}}.").answer == str(value)


@given(st.text(max_size=300), st.booleans(), st.booleans())
def test_any_text_gives_an_extraction_inside_it(text: str, strict: bool, last: bool) -> None:
    found = extract_answer(text, strict=strict, settings=GradingSettings(last_number=last))
    if found.answer is None:
        assert (found.method, found.span) == ("none", None)
    else:
        assert found.span is not None
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
        assert found.answer.strip()
