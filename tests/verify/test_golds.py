"""`read_reference`: reference answers in the forms in which data sets keep them."""

from __future__ import annotations

from typing import Any

import pytest

from dartmath.base.errors import DataError
from dartmath.verify import read_reference
from dartmath.verify.rewards import trl_reward, verifiers_reward, verl_reward

FORMS: list[tuple[Any, tuple[str, ...]]] = [
    ("4", ("4",)),
    (4, ("4",)),
    (0.5, ("0.5",)),
    (True, ("True",)),
    ("She has 2 + 2 = <<2+2=4>>4 apples.\n#### 4", ("4",)),
    ("x #### 4", ("4",)),
    ("We add to get $2+2=4$. The answer is $\\boxed{4}$.", ("4",)),
    ("so $\\boxed{4}$", ("4",)),
    ("<answer> 4 </answer>", ("4",)),
    ("First 2, then 2 more.\n\nThe answer is 4.", ("4",)),
    ({"value": "4"}, ("4",)),
    ({"style": "rule", "ground_truth": "4"}, ("4",)),
    ([{"value": "4"}], ("4",)),
    (["3", "4"], ("3", "4")),
    ('["3", "4"]', ("3", "4")),
    ("[3, 4]", ("[3, 4]",)),
    ("\\begin{pmatrix} 1 \\\\\n 2 \\end{pmatrix}", ("\\begin{pmatrix} 1 \\\\\n 2 \\end{pmatrix}",)),
    ("The function is odd.", ("The function is odd.",)),
    (None, ()),
    (float("nan"), ()),
    ("  ", ()),
    ([], ()),
]
UNREADABLE: list[Any] = [
    {"style": "rule"},
    object(),
    float("inf"),
    "First we add the two numbers.\nThen we look at what came out, and that is all there is to say.",
]


@pytest.mark.parametrize(("cell", "answers"), FORMS)
def test_a_cell_is_read(cell: Any, answers: tuple[str, ...]) -> None:
    assert read_reference(cell) == answers


@pytest.mark.parametrize("cell", UNREADABLE)
def test_a_cell_that_cannot_be_read_names_its_column(cell: Any) -> None:
    with pytest.raises(DataError, match="column 'gold'"):
        read_reference(cell, "gold")


@pytest.mark.parametrize(("cell", "answers"), [form for form in FORMS if form[1] == ("4",)])
def test_every_reward_reads_every_form(cell: Any, answers: tuple[str, ...]) -> None:
    for right, response in ((1.0, r"It is \boxed{4}."), (0.0, r"It is \boxed{5}.")):
        assert trl_reward(["2+2?"], [response], solution=[cell]) == [right]
        assert verl_reward("math", response, cell)["score"] == right
        assert verifiers_reward(completion=response, answer=cell) == right


@pytest.mark.parametrize("cell", UNREADABLE)
def test_no_reward_is_a_silent_zero(cell: Any) -> None:
    with pytest.raises(DataError, match="column 'solution'"):
        trl_reward(["2+2?"], ["4"], solution=[cell])
    with pytest.raises(DataError, match="column 'ground_truth'"):
        verl_reward("math", "4", cell)
    with pytest.raises(DataError, match="column 'answer'"):
        verifiers_reward(completion="4", answer=cell)
