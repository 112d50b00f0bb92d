"""Names belong to an answer: what is counted, and of which part, event or extremum it is the value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.verify import parse, verify

# (reference, answer, query, whether they are the same)
CASES = [
    ("12 adults, 8 children", "8 children, 12 adults", None, True),
    ("12 adults, 8 children", "12 adults and 8 kids", None, True),
    ("12 adults, 8 children", "12, 8", None, True),
    (r"8\text{ boys}, 3\text{ girls}", "3 girls and 8 boys", None, True),
    ("(a) 3 (b) 4", "(a) 3, (b) 4", None, True),
    ("(a) 3 (b) 4", "3, 4", None, True),
    ("(a) 3, (b) 4", "(a) 3; (b) 4", None, True),
    ("(a) 3 (b) 4", "a) 3 b) 4", None, True),
    ("(i) 2 (ii) 5", "(a) 2 (b) 5", None, True),
    ("(a) 3 (b) 4", "(b) 4 (a) 3", None, True),
    (r"\text{max }5,\text{ min }-3", "min -3, max 5", None, True),
    (r"\text{domain: }[0,2],\text{ range: }[1,3]", r"\text{range: }[1,3],\text{ domain: }[0,2]", None, True),
    ("2 and 3, respectively", "2, 3", None, True),
    (r"5\text{ meters}", r"5\text{ meters long}", None, True),
    ("12 square units", "12", None, True),
    ("12 square units", "12 units^2", None, True),
    ("12 square units", r"12\text{ cm}^2", None, True),
    ("P(A)=0.5", "0.5", None, True),
    ("P(A)=0.5", "P(A)=1/2", None, True),
    ("f(x)=3", "f(t)=3", None, True),
    (r"\{1\}", "1", None, True),
    (r"\{\{1\},\{2\}\}", r"\{\{2\},\{1\}\}", None, True),
    ("x=1,y=2;x=3,y=4", "(1,2),(3,4)", None, True),
    ("(1,2),(3,4)", "x=1,y=2 or x=3,y=4", None, True),
    ("AB=4,CD=5", "4,5", None, True),
    ("x=y=z=0", "(0,0,0)", None, True),
    ("5 R 3", "5 remainder 3", None, True),
    ("2n-1", r"2n-1, n\in\mathbb{N}", None, True),
    ("x < 3", "less than 3", None, True),
    ("y < 3", "less than 3", None, True),
    ("7 apples", "7 fruits", None, True),
    ("(a) .15, (b) .148, (c) .1", "(a) .15 (b) .148 (c) .1", None, True),
    ("$5", "5 dollars each", None, True),
    ("5 hours", "5 more hours", None, True),
    ("5 cm", "5 units", None, True),
    ("5", "5 dogs", None, True),
    ("(-1,3)", "-1<y<3", None, True),
    (
        "12 adults, 8 children",
        "8 adults, 12 children",
        "How many adults and children?",
        False,
    ),
    (r"8\text{ boys}, 3\text{ girls}", r"3\text{ boys}, 8\text{ girls}", None, False),
    ("20 chickens, 15 cows", "15 chickens, 20 cows", None, False),
    ("5 dimes and 7 nickels", "7 dimes and 5 nickels", None, False),
    ("3 heads, 2 tails", "2 heads, 3 tails", None, False),
    ("2 wins, 3 losses", "3 wins, 2 losses", None, False),
    ("4 km north and 3 km east", "3 km north and 4 km east", None, False),
    ("P(A)=0.5, P(B)=0.3", "P(A)=0.3, P(B)=0.5", None, False),
    ("(a) 3 (b) 4", "(a) 4 (b) 3", None, False),
    ("(a) 3 (b) 4", "(a) 6 (b) 2", None, False),
    ("(a) 3 (b) 4", "(a) 12 (b) 1", None, False),
    (r"\text{(a) }3\text{ (b) }4", r"\text{(a) }4\text{ (b) }3", None, False),
    ("(i) 2 (ii) 5", "(i) 5 (ii) 2", None, False),
    ("(1) 3 (2) 4", "(1) 4 (2) 3", None, False),
    ("(A) 3 (B) 4", "(A) 4 (B) 3", None, False),
    ("5 R 3", "3 R 5", None, False),
    ("(a) 3 (b) 4", "4, 3", None, False),
    ("12 adults, 8 children", "8, 12", None, False),
    (r"\text{max }5,\text{ min }-3", r"\text{max }-3,\text{ min }5", None, False),
    (r"\text{domain: }[0,2],\text{ range: }[1,3]", r"\text{domain: }[1,3],\text{ range: }[0,2]", None, False),
    ("2 and 3, respectively", "3 and 2, respectively", None, False),
    (r"5\text{ meters}", r"5\text{ dogs}", None, False),
    (r"12\text{ square units}", r"12\text{ cubic units}", None, False),
    (r"12\text{ units}^2", r"12\text{ units}", None, False),
    (r"\$5", "5 dogs", None, False),
    ("5 hours ago", "5 hours later", None, False),
    (r"-1\le x\le 3", r"-1\le x\le 3, x\in\mathbb{Z}", None, False),
    ("[-1,3]", r"[-1,3], x\in\mathbb{Z}", None, False),
    ("x<3", "y<3", None, False),
    (r"x\in[1,2]", r"y\in[1,2]", None, False),
    ("P(A)=0.5", "P(B)=0.5", None, False),
    (r"\{\{1\},\{2\}\}", r"\{1,2\}", None, False),
    (r"\{1,\{2\}\}", r"\{1,2\}", None, False),
    ("x=1,y=2;x=3,y=4", "(2,1),(4,3)", None, False),
    ("AB=4,CD=5", "5,4", None, False),
    ("x=1,y=2;x=3,y=4", "(1,4),(3,2)", None, False),
]

_NOUNS = ("adults", "children", "red balls", "hot dogs", "nickels", "km north", "people", "boxes")
_LABELS = (("(a)", "(b)", "(c)"), ("(i)", "(ii)", "(iii)"), ("(1)", "(2)", "(3)"), ("a)", "b)", "c)"))
_VALUES = st.lists(st.integers(2, 99), min_size=3, max_size=3, unique=True)


@pytest.mark.parametrize(("reference", "answer", "query", "correct"), CASES)
def test_a_value_belongs_to_its_name(reference: str, answer: str, query: str | None, correct: bool) -> None:
    assert verify(reference, answer, query=query).correct is correct


@given(_VALUES, st.permutations(_NOUNS), st.permutations(range(3)))
def test_what_is_counted_may_come_in_any_order_and_swapped_values_are_wrong(
    values: list[int], nouns: list[str], order: list[int]
) -> None:
    other = [values[1], values[0], values[2]]
    things = [f"{value} {noun}" for value, noun in zip(values, nouns, strict=False)]
    swapped = [f"{value} {noun}" for value, noun in zip(other, nouns, strict=False)]
    reference = ", ".join(things)
    assert verify(reference, " and ".join(things[place] for place in order)).correct
    assert not verify(reference, ", ".join(swapped[place] for place in order)).correct
    assert verify(reference, ", ".join(map(str, values))).correct
    assert not verify(reference, ", ".join(map(str, other))).correct


@given(_VALUES, st.sampled_from(_LABELS), st.sampled_from(_LABELS), st.sampled_from([" ", ", ", "; ", "\n"]))
def test_parts_are_compared_one_by_one_whatever_marks_them(
    values: list[int], labels: tuple[str, ...], others: tuple[str, ...], joiner: str
) -> None:
    def parts(marks: tuple[str, ...], numbers: list[int]) -> str:
        return joiner.join(f"{mark} {value}" for mark, value in zip(marks, numbers, strict=True))

    reference = parts(labels, values)
    assert verify(reference, parts(others, values)).correct
    assert not verify(reference, parts(others, [values[1], values[0], values[2]])).correct
    assert not verify(reference, parts(others, [values[0] * values[1], 1, values[2]])).correct
    assert verify(reference, ", ".join(map(str, values))).correct


_NO_LABELS = ["(a)(b)", "(1)(2)", "(2) + (3)", "(a) 12", "(a) x + (b) y", "(1, 2)", "f(1) 2 (2) 3"]


@pytest.mark.parametrize("text", _NO_LABELS)
def test_brackets_of_mathematics_are_no_labels(text: str) -> None:
    assert "part 1" not in str(parse(text))
