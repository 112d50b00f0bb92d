"""Power: which difference of two runs a number of queries shows, and how many show a given one.

Miller 2024 (arXiv 2411.00640, section 5): with standard error s of the paired difference, a true difference
of (z_0.975 + z_power) s is found by a 5 % test with that power. The error shrinks with the square root of the
number of queries.
"""

from __future__ import annotations

import math

from dartmath.evaluation.intervals import Z95, Paired

Z80 = 0.8416212335729143
"""Quantile of the normal distribution for a power of 80 %."""

NOTHING = 1e-12


def visible_difference(found: Paired) -> float:
    """The smallest true difference that queries like these show in four of five comparisons, or NaN."""
    return (found.high - found.low) / 2 * (Z95 + Z80) / Z95


def queries_to_see(found: Paired, difference: float) -> int | None:
    """How many queries like these show a true difference, a share from 0 to 1, with 80 % power.

    None where nothing is known of the spread.

    >>> alike = Paired(100, 0.5, 0.5, 0.0, -0.098, 0.098, 0, 0, 0, 0, 1.0, "z")
    >>> queries_to_see(alike, 0.14)
    101
    """
    visible = visible_difference(found)
    if math.isnan(visible) or difference < NOTHING:
        return None
    return math.ceil(found.queries * (visible / difference) ** 2)
