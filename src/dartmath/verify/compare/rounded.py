"""Results that are rounded because of what the query is about: statistics, finance, numerical methods.

Whoever computes a mean, a yield or an integral by a rule gives as many digits as he likes. There one side may
be the other, rounded, in either direction; physics, where constants differ too, has a share of its own
(`dartmath.verify.compare.approximate`).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from dartmath.base.regex import by_initials, regex, whole_words
from dartmath.verify.compare.rounding import MIN_DIGITS, Literal, distance, shown
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.tree.expression import Expression

_SUBJECTS = regex(
    whole_words(
        r"standard deviations?|variance|normal(?:ly)? distribut\w+|gaussian|poisson|correlat\w+"
        r"|regression|binomial(?:ly)? distribut\w+|exponential(?:ly)? distribut\w+|confidence|z-scores?"
        r"|t-tests?|chi-squared?|p-values?|sample (?:mean|size|proportion)|hypothes[ie]s|markov|bits"
        r"|likelihood|entropy|probabilit\w+|interest rates?|rates? of (?:interest|return)|compounded"
        r"|annuit\w+|present values?|future values?|discount(?:ed)? (?:rate|factor)s?|bonds?|coupons?"
        r"|dividends?|volatility|put options?|call options?|black-scholes|portfolios?|wacc|capm|sharpe"
        r"|risk-free|inflation|g[dn]p|price index|elasticity|exchange rates?|depreciat\w+|money supply"
        r"|income velocity|demand (?:function|curve)|amortiz\w+|consumer surplus|monthly payments?"
        r"|random sample|order statistics|percentiles?|point estimate|brownian|initial[- ]value problem"
        r"|stretches a spring|elastic collision|inelastic collision|newton(?:'s method|-raphson)"
        r"|trapezoid(?:al)? rule|simpson's|euler's method|runge-kutta|linear approximation|linearization"
    )
    + "|"
    + by_initials(
        *(rf"\b{about} \\?[$£€]?\d" for about in ("about", "approximately", "roughly", "nearly", "around"))
    )
)
"""Words of these subjects, and data that are said to be rounded, for a query in small letters."""

_FEWEST = 2
"""Digits of a rounded reference, and of a small answer; of other answers `MIN_DIGITS`."""

_SMALL = Fraction(1, 1000)
"""The last digit of an answer that says something with two digits too: 0.0059, but not 0.64."""

_FARTHEST = 50
"""The share of a reference, its reciprocal, that a rounding of it may be away: 1.5 is none of 1.46."""


@lru_cache(maxsize=64)
def rounds_results(query: str) -> bool:
    """Whether a query is of a subject whose results are rounded, or gives data that are."""
    return _SUBJECTS.search(query.lower()) is not None


def same_result(reference: Expression, answer: Expression) -> Decision | None:
    """`3.627` for 3.6, `4.01` for 4.0129: one of two values is the other, rounded to its own digits."""
    apart, ours, theirs = distance(reference, answer), shown(reference), _significant(shown(answer))
    if apart is None or ours is None or apart * _FARTHEST > abs(ours.value):
        return None
    is_rounded = ours.digits >= _FEWEST and ours.step < 1 and ours.value.denominator != 1
    rounded = [ours] if is_rounded else []
    if theirs is not None and ours.step < 1 < theirs.step:
        theirs = None  # 37000 is no rounding of 36983.35, but 26700 mg are of 26730 mg
    if theirs is not None and (theirs.digits >= MIN_DIGITS or theirs.step < _SMALL):
        rounded += [theirs] if theirs.digits >= _FEWEST else []
    if not any(apart * 2 <= side.step for side in rounded):
        return None
    return Decision(True, "approximate", "the same value, one side rounded")


def _significant(literal: Literal | None) -> Literal | None:
    """A number with the step of its last digit that is not a zero of a whole number: 100 for 26700."""
    if literal is None or literal.step < 1 or not literal.value:
        return literal
    digits, step, whole = literal.digits, literal.step, abs(literal.value) / literal.step
    while whole % 10 == 0:
        digits, step, whole = digits - 1, step * 10, whole / 10
    return replace(literal, digits=digits, step=step)
