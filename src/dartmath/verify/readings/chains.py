"""Chains of equalities, and denominators written behind a stroke, as physics writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.names import FUNCTIONS
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Group, Relation, Symbol, Text, heads

MAX_CHAIN = 400
"""Characters of a chain; longer ones are solutions."""

_ENDS = 2
"""Sides of an equation that is no chain."""

_OTHER_SIGNS = regex(
    r"[,;<>≤≥≠]|\b(?:and|or)\b|\\(?:[lg]e(?:q|qslant)?|neq?|quad|text|begin|pm|sum|prod|lim)(?![a-zA-Z])|[∑∏]"
)


def has_chain(sides: Sides) -> bool:
    """Whether a side has two equality signs or more."""
    return sides.answer.count("=") >= _ENDS or sides.reference.count("=") >= _ENDS


def ends_of_chains(sides: Sides) -> Iterator[Pair]:
    """`p = -(\\partial F/\\partial V)_T = nkT` as `p = nkT`: what stands between the ends says it otherwise.

    A chain may name its value more than once, as `E = T_m = 5` does.
    """
    one, two = _ends(sides.reference), _ends(sides.answer)
    for ours in one or [sides.ours]:
        for theirs in two or [sides.theirs]:
            yield ours, theirs


def _ends(text: str) -> list[Expression]:
    """The equations of the names in a chain with its last side; [] where it is none."""
    if text.count("=") < _ENDS or len(text) > MAX_CHAIN or _OTHER_SIGNS.search(text):
        return []
    parts = _parted(plain_latex(text))
    if not parts:
        return []
    first, *middle, last = parts
    names = [first, *(side for side in middle if isinstance(parse(side), Symbol))]
    found = [parse(f"{name} = {last}") for name in names]
    return [one for one in found if isinstance(one, Relation) and not isinstance(one.sides[-1], Text)]


def _parted(text: str) -> list[str]:
    """A text cut at the equality signs that stand in no bracket; [] where there are not two of them."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "=" and not depth:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]] if len(parts) >= _ENDS else []


_ARCTANGENTS = {"arctan": "tan", "arccot": "cot", "artanh": "tanh"}


def tangents(sides: Sides) -> Iterator[Pair]:
    """`\\tan\\theta = x` for `\\theta = \\arctan x`: an angle by its tangent."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Relation) and isinstance(theirs, Relation):
        one, two = _by_tangent(ours), _by_tangent(theirs)
        if (one is None) != (two is None):
            yield one or ours, two or theirs


def _by_tangent(relation: Relation) -> Relation | None:
    match relation:
        case Relation(sides=(Symbol() as angle, Apply(name=name, args=(inner,))), operators=("=",)):
            if name in _ARCTANGENTS:
                return Relation((Apply(_ARCTANGENTS[name], (angle,)), inner), ("=",))
    return None


def equal_names(sides: Sides) -> Iterator[Pair]:
    """`a = b = c = 5` for `a = 5, b = 5, c = 5`."""
    if isinstance(sides.ours, Group) and (theirs := _for_each_name(sides.answer)):
        yield sides.ours, parse(theirs, units=True)
    elif isinstance(sides.theirs, Group) and (ours := _for_each_name(sides.reference)):
        yield parse(ours, units=True), sides.theirs


def _for_each_name(text: str) -> str:
    if text.count("=") < _ENDS or len(text) > MAX_CHAIN or _OTHER_SIGNS.search(text):
        return ""
    *names, value = _parted(plain_latex(text)) or ["", ""]
    if len(names) < _ENDS or not all(isinstance(parse(name), Symbol) for name in names):
        return ""
    return ", ".join(f"{name} = {value}" for name in names)


_SCRIPT = r"(?:\{[^{}]{0,20}\}|\w)"
_COMMAND = (
    r"\\(?!(?:times|cdot|div|pm|mp|left|right|quad|text|[lg]eq?|neq?|in|to|frac|[dt]frac|sqrt|log|ln|exp"
    r"|sin|cos|tan|sum|int|cup|cap|math\w+|begin|end|approx|sim|partial|d)(?![a-zA-Z]))[a-zA-Z]+\s?"
)
_LETTER = rf"(?:{_COMMAND}|[A-Za-z])(?:_{_SCRIPT}){{0,1}}(?:\^{_SCRIPT}){{0,1}}"
_UNDER = regex(
    rf"(?<=[A-Za-z)\]}}])\s?/\s?(?P<under>\d{{0,4}}{_LETTER}(?:\s?{_LETTER}){{0,5}})(?![A-Za-z0-9({{^_\\])"
    rf"|(?<=\d)\s?/\s?(?P<letters>{_LETTER}(?:\s?{_LETTER}){{1,5}})(?![A-Za-z0-9({{^_\\])"
)
"""What stands behind a stroke: letters side by side, and a number right before them under letters."""

_NAMES = regex(rf"(?:{'|'.join(sorted((name for name in FUNCTIONS if len(name) > 2), key=len))})")  # noqa: PLR2004


def has_stroke(sides: Sides) -> bool:
    """Whether a side has a stroke and both are formulas with letters."""
    return ("/" in sides.reference or "/" in sides.answer) and not (
        isinstance(sides.ours, Text) or isinstance(sides.theirs, Text)
    )


def letters_under_stroke(sides: Sides) -> Iterator[Pair]:
    """`Mg/RT` for `\\frac{Mg}{RT}`: all letters behind a stroke under it, as physics means it; not `1/2x`."""
    one, two = _with_brackets(sides.reference), _with_brackets(sides.answer)
    if two is not None:
        yield sides.ours, two
    if one is not None:
        yield one, sides.theirs
        if two is not None:
            yield one, two


def _with_brackets(text: str) -> Expression | None:
    if "/" not in text or len(text) > MAX_CHAIN:
        return None
    plain = plain_latex(text)
    changed = _UNDER.sub(_bracketed, plain)
    if changed == plain:
        return None
    found = parse(changed)
    return found if "div" in heads(found) else None


def _bracketed(found: re.Match[str]) -> str:
    under = (found["under"] or found["letters"]).strip()
    return found[0] if _NAMES.search(under) else f"/({under})"


_PROPORTIONAL = regex(r"\\(?:propto|varpropto)(?![a-zA-Z])|∝")


def says_proportional(sides: Sides) -> bool:
    """Whether a side says that it is proportional to something."""
    return "propto" in sides.reference or "∝" in sides.reference


def proportionalities(sides: Sides) -> Iterator[Pair]:
    """`I \\propto \\cos^2 x`, on both sides or with its right side alone, as an equation."""
    one, two = (_PROPORTIONAL.sub(" = ", text) for text in (sides.reference, sides.answer))
    if two != sides.answer or "=" not in two:
        yield parse(one), parse(two)
