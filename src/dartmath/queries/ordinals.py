"""Signs that number options: letters and numbers, and those of other scripts and of other schools."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

MOST = 10
"""More options than this are told by no system here."""

SYSTEMS: tuple[tuple[str, ...], ...] = (
    tuple("ABCDEFGHIJ"),
    tuple(str(number) for number in range(1, MOST + 1)),
    tuple("①②③④⑤⑥⑦⑧⑨⑩"),
    tuple("АБВГДЕЖЗИК"),  # Russian lists leave out Ё and Й
    tuple("ΑΒΓΔΕΖΗΘΙΚ"),
    tuple("アイウエオカキクケコ"),
    tuple("가나다라마바사아자차"),
    tuple("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ"),
    tuple("甲乙丙丁戊己庚辛壬癸"),
    tuple("أبجدهوزحطي"),
)
LETTERS = "".join(SYSTEMS[0])
"""What options are called where the problem is asked."""

NUMBERS = SYSTEMS[1]
SIGN = rf"[A-Ja-j]|(?<!\d)(?:10|[1-9])(?!\d)|[{''.join(''.join(one) for one in SYSTEMS[2:])}а-к]"
"""A pattern of one such sign."""

# Signs that stand alone: what follows needs no bracket or point to part it from them.
_ALONE = (SYSTEMS[2], *SYSTEMS[5:])
_OPEN, _CLOSE = r"[(（\[【]?", r"[)）\]】.．:：、]"
_MARKED = re.compile(
    rf"\s*{_OPEN}\s*(?P<sign>{SIGN})\s*(?P<close>{_CLOSE}|(?=\s|$))\s*(?P<text>.*)", re.DOTALL
)
_CIRCLED = re.compile(rf"\s*(?P<sign>[{''.join(SYSTEMS[2])}])(?P<close>)\s*(?P<text>.*)", re.DOTALL)


@lru_cache(maxsize=1024)
def plain_sign(sign: str) -> str:
    """A sign as the systems write it: capital, of full width none, without brackets and a point.

    >>> plain_sign("（ｂ）"), plain_sign(" 3. "), plain_sign("②")
    ('B', '3', '②')
    """
    if sign in SYSTEMS[2]:
        return sign
    return unicodedata.normalize("NFKC", sign).strip("()[]【】.:、 \n\t").upper()


def place_of(sign: str, of: int = MOST) -> int | None:
    """The place, from 0, that a sign says by itself, among `of` options; None for numbers and other texts.

    A number may be counted from 0 or from 1.

    >>> place_of("c"), place_of("③"), place_of("В"), place_of("3"), place_of("c", 2)
    (2, 2, 2, None, None)
    """
    plain = plain_sign(sign)
    places = (system.index(plain) for system in SYSTEMS if system is not NUMBERS and plain in system)
    return next((place for place in places if place < of), None)


def marked(texts: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(signs, texts without them) of texts that are numbered in order by one system; else none and `texts`.

    >>> marked(["1. red", "2. blue"])
    (('1', '2'), ('red', 'blue'))
    >>> marked(["1.5", "2.5"])
    ((), ('1.5', '2.5'))
    """
    found = [_CIRCLED.fullmatch(text) or _MARKED.fullmatch(text) for text in texts]
    signs = tuple(plain_sign(match["sign"]) for match in found if match)
    system = next((one for one in SYSTEMS if signs and one[: len(signs)] == signs), None)
    matches = [match for match in found if match]
    if system is None or len(matches) < len(texts):
        return (), tuple(texts)
    closed = all(match["close"] for match in matches) or system in _ALONE
    # "1.5" begins with a number and a point as "1. red" does.
    decimal = system is NUMBERS and any(match["text"][:1].isdecimal() for match in matches)
    spaced = all(re.search(rf"{_CLOSE}\s", text) for text in texts)
    if not closed or (decimal and not spaced):
        return (), tuple(texts)
    return signs, tuple(match["text"] for match in matches)
