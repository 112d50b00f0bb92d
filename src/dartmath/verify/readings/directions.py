"""Quantities with a direction: `5 N to the left`, `20 km/h due north`, `30° north of east`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides

_WORDS = {
    "left": "left|leftwards?",
    "right": "right|rightwards?",
    "up": "up|upwards?",
    "down": "down|downwards?",
    "north": "north|northwards?",
    "south": "south|southwards?",
    "east": "east|eastwards?",
    "west": "west|westwards?",
    "northeast": "north-?east",
    "northwest": "north-?west",
    "southeast": "south-?east",
    "southwest": "south-?west",
    "in": "inwards?|into the (?:page|paper|plane|screen)",
    "out": "outwards?|out of the (?:page|paper|plane|screen)",
    "clockwise": "clockwise",
    "counterclockwise": "(?:counter|anti)-?clockwise",
    "forward": "forwards?",
    "backward": "backwards?",
    **{
        f"{name}_{axis}": rf"(?:along\s+(?:the\s+)?)?(?:{sign})\s*{axis}[-\s](?:axis|direction)"
        for name, sign in (("plus", r"\+|positive\s"), ("minus", r"-|negative\s"))
        for axis in "xyz"
    },
}
"""Direction -> how it is said."""

_SAID = "|".join(f"(?P<{name}>{said})" for name, said in _WORDS.items())
_DIRECTION = regex(
    r"(?P<amount>.*?\d.*?)[\s,;]+"
    r"(?:(?:directed|acting|pointing|moving|in the direction|toward|towards|to|in)\s+)?(?:the\s+)?"
    rf"(?:due\s+|vertically\s+|horizontally\s+|straight\s+)?(?:{_SAID})(?:\s+direction)?",
    re.IGNORECASE,
)
_POINTS = {"n": 0, "north": 0, "e": 90, "east": 90, "s": 180, "south": 180, "w": 270, "west": 270}
_POINT = "|".join(sorted(_POINTS, key=len, reverse=True))
_OFF = regex(
    rf"(?:(?P<amount>.*?\d.*?)(?:\s*,\s*|\s+)(?:at\s+|in the direction\s+|directed\s+)?(?:an angle of\s+)?)?"
    rf"(?P<angle>\d+(?:\.\d+)?)\s*(?:\^\s*\{{?\s*\\circ\s*\}}?|degrees?)\s*(?P<to>{_POINT})\s+of\s+(?P<of>{_POINT})",
    re.IGNORECASE,
)
_COMPASS = regex(
    r"(?:(?P<amount>.*?\d.*?)[\s,]+)?(?P<of>[NS])\s*(?P<angle>\d+(?:\.\d+)?)\s*(?:\^\s*\{?\s*\\circ\s*\}?)\s*"
    r"(?P<to>[EW])"
)
QUARTER = 90
"""Degrees between two points of the compass that stand in one direction."""

_MARKUP = regex(r"\\(?:text|mathrm|textbf)\s*\{([^{}]*)\}|\\[,;:! ]|\\q?quad(?![a-z])|[$~]")
MAX_DIRECTED = 160
"""Characters of a quantity with its direction."""


def says_direction(text: str) -> bool:
    """Whether a text has the letters of a direction, and no command `\\left` alone."""
    return len(text) <= MAX_DIRECTED and _MAY_SAY.search(text.lower()) is not None


def may_have_direction(sides: Sides) -> bool:
    """Whether the answer has the letters of a direction."""
    return says_direction(sides.answer)


_SAYING = (
    r"left|right|up\b|upward|down|north|south|east|west|into the|out of the|inward|outward|clockwise|forward"
    r"|backward|of(?<=\bof) [nesw]\b|n\s*\d|s\s*\d"
    r"|x[-\s](?:axis|direction)|y[-\s](?:axis|direction)|z[-\s](?:axis|direction)"
)
"""Every alternative begins with a letter: `re` looks for those, unless case is ignored."""

_SAYS = regex(_SAYING, re.IGNORECASE)
_MAY_SAY = regex(_SAYING.replace("left|right", r"left(?<!\\left)|right(?<!\\right)"))
"""For a text in small letters."""


def directed(sides: Sides) -> Iterator[Pair | Decision]:
    """Amounts in one direction, whatever words say it."""
    ours, theirs = _split(sides.reference), _split(sides.answer)
    if ours is None or theirs is None or ours[1] != theirs[1]:
        return
    if ours[0] is None and theirs[0] is None:
        yield Decision(True, "direction", "the same direction")
    elif ours[0] is not None and theirs[0] is not None:
        yield parse(ours[0], units=True), parse(theirs[0], units=True)


def other_directions(reference: str, answer: str) -> bool:
    """Whether two texts say directions, and not the same one."""
    ours, theirs = _split(reference), _split(answer)
    return ours is not None and theirs is not None and ours[1] != theirs[1]


def _split(text: str) -> tuple[str | None, str | Fraction] | None:
    """An amount and its direction: a word, or the degrees from north to east; None for what has none."""
    if len(text) > MAX_DIRECTED:
        return None
    found = _said(text)
    amount = found[0] if found is not None else None
    return None if amount is not None and (_SAYS.search(amount) or _SEVERAL.search(amount)) else found


_SEVERAL = regex(r"[,;]\s|\band\b|\bor\b")
"""What parts several amounts."""


def _said(text: str) -> tuple[str | None, str | Fraction] | None:
    plain = " ".join(_MARKUP.sub(r" \1 ", plain_latex(text)).split()).rstrip(".")
    if (off := _OFF.fullmatch(plain) or _COMPASS.fullmatch(plain)) is not None:
        start, towards = _POINTS[off["of"].lower()], _POINTS[off["to"].lower()]
        turn = (towards - start) % 360
        if turn not in (QUARTER, 3 * QUARTER):
            return None
        angle = Fraction(off["angle"]) * (1 if turn == QUARTER else -1)
        return off["amount"], (start + angle) % 360
    found = _DIRECTION.fullmatch(plain)
    if found is None:
        return None
    return found["amount"], next(name for name in _WORDS if found[name] is not None)
