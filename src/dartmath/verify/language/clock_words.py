"""Times of day in the words of other languages: `15 Uhr 30`, `15h30`, `下午3点半`."""

from __future__ import annotations

import re

from dartmath.base.regex import regex

_AT = r"(?:um|gegen|à|a las|a la|às|alle|alle ore|ore|kl\.?|klo|в|lúc|pukul|jam|saat)"
_WORDS = regex(
    rf"(?P<at>{_AT}\s+)?(?P<hour>[01]?\d|2[0-4])"
    r"(?:\s*(?:(?P<uhr>uhr)|heures?|horas|h|часов|часа|giờ)\s*(?P<minute>[0-5]\d)"
    r"(?P<minutes>\s*(?:min|minuten|minutes|minutos|минут|phút))?"
    r"|(?:[.:](?P<beside>[0-5]\d)\s*uhr|:(?P<colon>[0-5]\d)\s*h)|\s*(?P<full>uhr))",
    re.IGNORECASE,
)
"""Hours with minutes behind them, or a word of the clock alone.

`3 horas` is how long something takes, and so is `1 h 30 min`, but for `um 1 h 30 min` and `1 Uhr 30 Minuten`.
"""

_EASTERN = regex(
    r"(?P<half>上午|下午|早上|晚上|凌晨|中午|午前|午後|오전|오후)?\s*(?P<hour>[01]?\d|2[0-4])\s*(?:[点點]|(?P<long>[時时시]))"
    r"(?:\s*(?P<minute>[0-5]?\d)\s*分?|\s*(?P<and_half>半|반))?(?:整|钟|鐘)?"
)
"""Behind an hour up to noon, `2时30分` is how long something takes, as `2시간` is."""

_AFTERNOON = ("下午", "晚上", "午後", "오후")
_MORNING = ("上午", "早上", "凌晨", "午前", "오전")
_NOON = 12


def clock_in_digits(text: str) -> str | None:
    """A time of day as `15:30`, `3:30 p.m.`; None where a text is no time in these words.

    >>> clock_in_digits("15 Uhr 30"), clock_in_digits("下午3点半"), clock_in_digits("3 horas")
    ('15:30', '3:30 p.m.', None)
    """
    found = _WORDS.fullmatch(text)
    if found and (found["at"] or found["uhr"] or not found["minutes"]):
        return f"{found['hour']}:{found['minute'] or found['beside'] or found['colon'] or '00'}"
    found = _EASTERN.fullmatch(text)
    if found is None or (found["long"] and not found["half"] and int(found["hour"]) <= _NOON):
        return None
    if not (
        found["half"] or found["minute"] or found["and_half"] or text.endswith(("整", "钟", "鐘", "点", "點"))
    ):
        return None
    minute = "30" if found["and_half"] else found["minute"] or "0"
    clock = f"{found['hour']}:{minute:0>2}"
    if int(found["hour"]) > _NOON:
        return clock
    half = " p.m." if found["half"] in _AFTERNOON else " a.m." if found["half"] in _MORNING else ""
    return f"{clock}{half}"
