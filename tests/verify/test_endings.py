"""Endings that are read at once: the long way comes to the same statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dartmath.verify.contract.settings import GradingSettings
from dartmath.verify.extract import answer, boxes, own, polarity
from dartmath.verify.extract.endings import plain_ending
from dartmath.verify.language.lexicon import LANGUAGES

CASES = Path(__file__).parents[1] / "cases" / "verify"
READER = answer._DEFAULT

# fmt: off
CONTENTS = [
    "5", "-3", "", "x", "...", "\\frac{1}{2}", "\\left[0, 1\\right)", "[answer]", "<b>", "4:30",
    "\\text{east}", "½",
    "\\text{The answer is 5}", "{5", "\\{1, 2\\}", "\\boxed{2}", "5\\\\", "\\text{B}", "B", "so B",
    "#### 5", "\\<answer>5", '"answer":5',
]
BEFORE = [
    "", "So ", "at least ", "x = ", "-", "2", "not ", "If it were ", "It is ", "The answer is ", "maybe ",
    "write it in ",
    "\\[ y = 3 \\] and ", "\\[ y = ", "\\( y ", "$$ y ", "$5 and ", "<<if 3=3>>", "\\", "box ",
    "\\boxed{3} or ", "at most\n",
    "\\boxed{5} " + "and so on" * 8, "\\boxed{5}" + " more" * 90, "\\boxed{x}. " + "So it is " * 50,
    "\\boxed{\n",
    "\\boxed{5}, then" + " " * 50,
]
FORMULAS = [
    ("", ""), ("$", "$"), ("$$", "$$"), ("\\(", "\\)"), ("\\[\n", "\n\\]"), ("$", ""), ("\\(", "$"),
    ("\\[ ", " \\]"),
]
BEHIND = [
    "", ".", "\n", " square units.", " million.", " is not right.", " is wrong", " and 7",
    ". I hope it is correct.", "?",
    " answers it", " correct.", "!", " because it is so", "%", "^2", " .\n", "**", " resultado", "\t;",
    " isn't it", " dozen",
]
TEXTS = [
    "", "First.\n", "A: 3\n", "<answer>4</answer>\n", "<answer>", '{"answer": 4', "Question: x\n",
    "\nProblem: y\n", "#### 9\n",
    "<think>a</think>\n", "<think>", "```\n3\n```\n", "<|im_end|>", "boxes of 5\n", "&lt;think&gt;",
    "[PAD]", "[/think]",
    "The answer is 8.\n", "final_answer(4)\n", "analysis", "**Q**: no\n", "<<2+3=5>>5\n", "a < b\n",
    "答案：3\n", "\\boxed{2\n",
]
LINES = [
    "#### 5", "A: 5", "The answer is 5.", "Final answer: 1,234", "#### -0.5", "Answer: 1/2", "##### 5",
    "The answer is 5",
    "#### 5 ", "So A: 5", "The answer is $5$.", "A: 5 apples", "A: -7.", "#### 1,2", "The answer: 07",
    "The answer is 5.\n",
]
# fmt: on


def parts(texts: list[str], most: int = 2) -> st.SearchStrategy[str]:
    """A few of the texts, joined."""
    return st.lists(st.sampled_from(texts), max_size=most).map("".join)


@st.composite
def boxed(draw: st.DrawFn) -> str:
    """A response that ends near a box."""
    opening, closing = draw(st.sampled_from(FORMULAS))
    content = draw(st.sampled_from(CONTENTS))
    before = draw(parts(TEXTS)) + draw(parts(BEFORE))
    return f"{before}{opening}\\boxed{{{content}}}{closing}{draw(parts(BEHIND))}"


lines = st.tuples(parts(TEXTS, 3), st.sampled_from(LINES), st.sampled_from(["", "\n", " \n"])).map("".join)


def check(text: str) -> None:
    """The ending of a text, and of a whole response, is what the long way finds."""
    short = plain_ending(text, READER.rules, LANGUAGES)
    assert short is None or short == answer._by_all_rules(text, READER, cut=False), text
    at_end = answer._at_end(text, READER)
    if at_end is not None:
        whole = own._blanked(own._without_calculations(text), ())
        assert answer._find(whole, READER, strict=False, query=None) == at_end, text


@settings(max_examples=1500)
@given(text=boxed())
@example("at least\n\\[\n\\boxed{5}\n\\]")
@example("\\boxed{5}" + " so" * 30 + " \\(\\boxed{5}\\)")
@example("(a) \\boxed{5}" + " so" * 30 + "\n(b) \\(\\boxed{6}\\)")
@example("\\boxed{3" + " so" * 150 + " \\(\\boxed{5}\\)")
@example("\\boxed{5}" + " so" * 30 + " \\boxed{5}" + " so" * 30 + " \\(\\boxed{5}\\)")
@example("\\boxed{\\frac12}" + " so" * 60 + " \\(\\boxed{5}\\)")
@example("\\boxed{\\frac{1}{2}}" + " so" * 20 + " \\(\\boxed{\\frac{1}{2}}\\)")
@example("\\boxed{1 + \\boxed{2}}" + " so" * 60 + " \\(\\boxed{5}\\)")
@example("\\\\boxed{\\frac12}" + " so" * 60 + " \\(\\boxed{5}\\)")
@example("\\boxed{\\boxed{5}" + " + 1" * 25 + "}, \\boxed{5}")
@example("\\boxed{\\{1" + " so" * 60 + " \\(\\boxed{5}\\)")
@example("\\[ x = 3 \\text{ or \\(\\boxed{5}\\)")
@example("$\\boxed{5}. , .$")
def test_a_box_at_the_end_is_what_the_long_way_finds(text: str) -> None:
    check(text)


@settings(max_examples=800)
@given(text=lines)
@example("<answer>\nA: 5")
@example('{"answer":\nA: 5')
@example("\\boxed{\nA: 5")
def test_a_line_at_the_end_is_what_the_long_way_finds(text: str) -> None:
    check(text)


@settings(max_examples=800)
@given(text=parts(TEXTS, 4))
def test_a_text_that_is_all_its_own_has_nothing_to_blank(text: str) -> None:
    if own.is_all_own(text):
        plain = own._without_calculations(text)
        assert own._blanked(plain, ()) == (plain, (len(plain),), plain, ())


@pytest.mark.parametrize(
    "response", ["So \\(\\boxed{5}\\) m.", "It is\n#### 5", "A < b.\nA: 5", "Hence $$\\boxed{5}$$."]
)
def test_the_commonest_responses_are_read_at_once(response: str) -> None:
    assert answer._at_end(response, READER) is not None


@pytest.mark.parametrize(
    "behind", ["is not", "isn't", "that can't be right", "wait, that is wrong", "?", "but it is not so"]
)
@pytest.mark.parametrize("between", [" ", "$ ", "\\), ", ". "])
def test_what_denies_a_value_opens_as_denials_do(behind: str, between: str) -> None:
    denied = polarity._denied_behind(f"{between}{behind} right")
    assert not denied or polarity._OPENS_DENIAL.match(f"{between}{behind} right")


def strings(value: object) -> Iterator[str]:
    """All texts in a row of cases."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


FORMS = (
    "{}", "We get\n\\[\n\\boxed{{{}}}\n\\]", "It is \\(\\boxed{{{}}}\\).", "So $\\boxed{{{}}}$ m.",
    "#### {}", "The answer is {}",
    "A: {}",
)  # fmt: skip


@pytest.mark.parametrize("file", sorted(path.name for path in CASES.glob("*.jsonl")))
def test_every_case_ends_as_the_long_way_finds(file: str) -> None:
    for line in (CASES / file).read_text("utf-8").splitlines():
        for text in strings(json.loads(line)):
            for form in FORMS:
                check(form.format(text))


@pytest.mark.parametrize("words", boxes.PREFIXES)
def test_words_before_a_box_are_left_to_their_rule(words: str) -> None:
    check(f"It is {words} \\(\\boxed{{5}}\\).")
    check(f"It is {words}\n\\[\n\\boxed{{5}}\n\\]")


@pytest.mark.parametrize("ending", ["", "<|im_end|>"])
def test_where_the_first_box_counts_the_last_one_is_no_ending(ending: str) -> None:
    text = f"It is \\(\\boxed{{4}}\\){' more' * 90} \\(\\boxed{{5}}\\).{ending}"
    assert answer.extract_answer(text).answer == "5"
    assert answer.extract_answer(text, settings=GradingSettings(box="first")).answer == "4"
