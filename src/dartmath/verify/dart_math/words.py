"""Words that the paper's grader takes for a value: booleans, weekdays, small numbers."""

from __future__ import annotations

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ABBREVIATION = 3

_TO_TWENTY = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)

NUMBERS = {word: str(value) for value, word in enumerate(_TO_TWENTY, start=1)}
"""Whole numbers from one to twenty by their names; `zero` stays a word."""


def boolean(text: str) -> str | None:
    """ "True" for a text with `yes` or `true` anywhere in it, "False" for one with `no` or `false`."""
    lowered = text.lower().strip().replace("noindent", "")
    if "yes" in lowered or "true" in lowered:
        return "True"
    return "False" if "no" in lowered or "false" in lowered else None


def weekday(text: str) -> str | None:
    """The day whose first three letters a single word begins with: `sunflower` is Sunday."""
    word = text.lower().strip()
    if " " in word:
        return None
    return next((day for day in _DAYS if word.startswith(day[:_ABBREVIATION].lower())), None)
