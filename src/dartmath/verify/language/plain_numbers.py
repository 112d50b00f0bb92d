"""Numbers that are written in the plainest way, `-12` and `0.25`, which need no grammar to be read."""

from __future__ import annotations

import re

from dartmath.base.regex import regex

PLAIN_NUMBER = r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?"
"""Source of a pattern for ASCII: a whole number or a decimal, with up to 18 digits on either side."""

LEAST_SCALE = 900
"""A number that is more than this many times another may be the same in thousands, to measured accuracy."""

SAME = "the same expression"
EQUAL, DIFFERENT = "equal as exact rational numbers", "different as exact rational numbers"
"""What verdicts say of two rational numbers, the first of all texts that are read alike."""

IS_PLAIN = regex(PLAIN_NUMBER, re.ASCII)


def same_plain_numbers(reference: str, answer: str, *, asked: bool) -> bool | None:
    """Whether two plain numbers, written otherwise, are equal; None for other texts and where more decides.

    Numbers that differ by no more than half of the reference may be the same to measured accuracy. Where
    the answer was `asked` for, the query can have said the sign, or a scale. Zeros can have a sign.

    >>> [same_plain_numbers("12", answer, asked=True) for answer in ("12.0", "40", "-40", "13", "12 m")]
    [True, False, None, None, None]
    """
    if not (IS_PLAIN.fullmatch(reference) and IS_PLAIN.fullmatch(answer)):
        return None
    (whole, _, decimals), (other, _, more) = reference.partition("."), answer.partition(".")
    ours, theirs = int(whole + decimals) * 10 ** len(more), int(other + more) * 10 ** len(decimals)
    if ours == theirs:
        return True if ours else None
    if 2 * abs(ours - theirs) <= abs(ours):
        return None
    if asked and ours and theirs and ((ours < 0) != (theirs < 0) or abs(ours) * LEAST_SCALE < abs(theirs)):
        return None
    return False
