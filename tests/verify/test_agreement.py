"""What two functions must share before they count as equal: enough points, and values that are known."""

from __future__ import annotations

import pytest

from dartmath.verify import verify
from dartmath.verify.numeric.points import sample_places

PLACES = [place["x"] for place in sample_places(frozenset("x"))]


@pytest.mark.parametrize("count", range(1, 4))
def test_functions_that_meet_at_the_first_places_differ(count: int) -> None:
    zero_there = "".join(f"(x-({place}))" for place in PLACES[:count])
    assert not verify(r"\sin x", rf"\sin x+{zero_there}").correct


@pytest.mark.parametrize("place", PLACES[:3])
def test_one_common_real_value_makes_no_two_functions_equal(place: object) -> None:
    """Where both are complex and differ, the only real value of both is no proof."""
    inside = rf"-(x-({place}))^2"
    assert not verify(rf"\sqrt{{{inside}}}", rf"2\sqrt{{{inside}}}").correct


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"10^{40}\sin x", r"10^{40}\sin x+1"),
        (r"10^{26}+\sin x-10^{26}", r"\sin x+10^{-15}"),
        (r"\sqrt2", r"\sqrt2+10^{-39}"),
        (r"10^{110}\pi", r"10^{110}\pi+10^{-7}"),
        (r"10^{70}+\pi-10^{70}", r"\pi+10^{-47}"),
        (r"\sqrt{10^{80}+1}", r"10^{40}"),
    ],
)
def test_what_hides_in_a_wide_ball_is_found_at_more_bits(left: str, right: str) -> None:
    assert not verify(left, right).correct
    assert verify(left, left.replace("x", "(x+1-1)").replace(r"\pi", r"2\pi/2")).correct


def test_the_reason_says_to_how_many_bits_constants_agree() -> None:
    assert verify(r"\sqrt2\sqrt3", r"\sqrt6").reason == "equal to 192 bits or more"
