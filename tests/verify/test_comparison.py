"""What one comparison carries reaches every part of it: the query to one depth, the tolerance, the budget."""

from __future__ import annotations

import pytest

from dartmath.verify import Outcome, verify
from dartmath.verify.compare.collections import MAX_UNMATCHED
from dartmath.verify.compare.comparison import MAX_COMPARISONS
from dartmath.verify.language.questions import MAX_QUERY

_LONG = "Note. " * (MAX_QUERY // 6 - 100)
"""Remarks behind a question that leave it within the part of the query that is read."""


@pytest.mark.parametrize(
    ("reference", "answer", "question", "correct"),
    [
        ("1, 2", "2, 1", "Give a and b, respectively.", False),
        ("[1, 2]", "(1, 2)", "On which interval is f increasing?", True),
        ("4210_5", "4210", "Write the number in base 5.", True),
        ("3", "x = 3, y = 4", "Solve for x.", True),
        ("50", "50\\%", "What percentage is that?", True),
        ("Petya", "Petya will get the last one.", "Who will get the last candy?", True),
        ("785.12", "784", "A circle has the same area.", True),
        ("165.47", "165.5", "A cake weighs 3 kg.", True),
        ("165.47", "165.5", "A cake weighs 3 kg. Round to the nearest hundredth.", False),
        ("B", "12", "Which is it? (A) 10 (B) 12 (C) 14 ", True),
        ("7", "m + n = 7", "Find $m + n$.", True),
    ],
)
def test_every_rule_reads_the_query_to_the_same_depth(
    reference: str, answer: str, question: str, correct: bool
) -> None:
    for query in (question, f"{_LONG}\n\n{question}", f"{question}\n\n{_LONG}"):
        assert verify(reference, answer, query=query).correct is correct


def test_what_stands_before_the_part_that_is_read_says_nothing() -> None:
    far = "Give a and b, respectively." + "x" * MAX_QUERY
    assert verify("1, 2", "2, 1", query=far).correct


@pytest.mark.parametrize(
    ("reference", "answer", "tolerance", "correct"),
    [
        ("36 in", "36.001 in", 0.01, True),
        ("3 ft", "36.001 in", 0.01, True),
        ("3 ft", "36.2 in", 0.01, False),
        ("5 km", "5000.001 m", 0.01, True),
        ("5 km", "5020 m", 0.01, False),
        ("5000 m", "5.02 km", 0.01, False),
        (r"\pi/2", r"90.01^\circ", 0.001, True),
        (r"\pi/2", r"90.1^\circ", 0.001, False),
        (r"90^\circ", "1.57 rad", 0.1, True),
        (r"90^\circ", "1.5 rad", 0.1, False),
        ("1, 2, 3", "3.001, 2, 1", 0.01, True),
        ("x = 5", "5.001", 0.01, True),
        ("x + y = 5", "5.001", 0.01, False),
        ("(1, 2)", "(1.001, 2)", 0.01, True),
    ],
)
def test_a_tolerance_reaches_every_part_in_the_unit_of_the_reference(
    reference: str, answer: str, tolerance: float, correct: bool
) -> None:
    assert verify(reference, answer, tolerance=tolerance).correct is correct


def _tuples(root: str, count: int) -> list[str]:
    """Tuples that differ in their last item alone, written with a root that has two spellings."""
    return [f"({'0, ' * 9}{root} + {place})" for place in range(count)]


@pytest.mark.parametrize(("count", "outcome"), [(20, Outcome.CORRECT), (40, Outcome.UNPARSABLE)])
def test_too_many_comparisons_are_undecided_and_not_wrong(count: int, outcome: Outcome) -> None:
    ours, theirs = _tuples(r"\sqrt{12}", count), _tuples(r"2\sqrt{3}", count)
    assert verify(", ".join(ours), ", ".join(reversed(theirs))).outcome is outcome


def test_the_bound_leaves_room_for_the_longest_flat_lists() -> None:
    ours, theirs = (", ".join(map(str, range(start, start + MAX_UNMATCHED))) for start in (0, 100))
    assert verify(ours, theirs).outcome is Outcome.WRONG
    assert MAX_UNMATCHED**2 < MAX_COMPARISONS <= 10 * MAX_UNMATCHED**2


@pytest.mark.parametrize(
    ("reference", "answer", "reason"),
    [
        (r"\{1, 2\}", "(1, 2)", "a set against a tuple"),
        ("(1, 2)", r"\{1, 2\}", "a set against a tuple"),
        (r"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}", "(1, 2, 3, 4)", "a matrix against a list"),
        ("[1, 3], [5, 6], x \\in \\mathbb{Z}", "[1, 3], [5, 6]", "2 items, not 3"),
        ("a^9+a^8+a^7+a^6, 7", "8, 7", "no item equal to add(pow(a, 9), pow(a, 8), pow(a, 7), ..."),
        ("3a + 1", "green", "words against mathematics"),
        (
            r"\begin{cases} (1,2) & n=1 \\ (3,4) & n=2 \end{cases}",
            r"\begin{cases} (3,5) & n=2 \\ (1,2) & n=1 \end{cases}",
            "no case equal to (3, 4)",
        ),
        (r"\sin(a+b+c+d)", r"\cos(a+b+c+d)", "different at a = 0.4688, b = 0.8011, c = 0.6332"),
        (r"10^{5000}\sqrt2", r"10^{5000} \cdot 2^{1/2}", "the balls overlap but stay wide"),
    ],
)
def test_a_refusal_says_what_it_met(reference: str, answer: str, reason: str) -> None:
    found = verify(reference, answer)
    assert (found.correct, found.reason) == (False, reason)
