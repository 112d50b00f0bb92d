"""Conventions of physics: one constant of nature for another, and the notation of unit vectors."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Constant, Expression, Symbol, number, replace, symbols

_PI = Constant("pi")
_FOUR_PI_EPSILON = Apply("mul", (number(4), _PI, Symbol("epsilon_0")))

_CONSTANTS: tuple[tuple[str, str, Expression], ...] = (
    ("h", "hbar", Apply("mul", (number(2), _PI, Symbol("hbar")))),
    *((name, "epsilon_0", Apply("div", (number(1), _FOUR_PI_EPSILON))) for name in ("k", "k_e", "K")),
)
"""A constant, the one that it is expressed by, and how: Planck's, and Coulomb's."""


def other_constants(sides: Sides) -> Iterator[Pair]:
    """`h/2\\pi` for `\\hbar`, `kq/r` for `q/4\\pi\\epsilon_0 r`, where each side has one of both alone."""
    left, right = symbols(sides.ours), symbols(sides.theirs)
    for name, other, value in _CONSTANTS:
        if name in left and other in right and not (name in right or other in left):
            yield replace(sides.ours, {name: value}), sides.theirs
        elif name in right and other in left and not (name in left or other in right):
            yield sides.ours, replace(sides.theirs, {name: value})


_FONT = r"\\(?:mathbf|boldsymbol|vec|bm|mathrm|hat|mathit)"
_NAME = r"(?:[xyzr]|\\(?:theta|phi|varphi|rho)(?![a-z]))"
_B = r"\s{0,2}"
"""Blanks of which more than two would be tried in every way to part them."""

_UNIT_VECTOR = regex(
    rf"(?:(?:{_FONT}{_B}\{{{{0,1}}{_B}|\{{){{0,3}}[eau]{_B}\}}{{0,3}}{_B}_{_B}\{{?{_B}(?P<of>{_NAME}){_B}\}}?"
    rf"|\\hat{_B}\{{?{_B}(?:{_FONT}{_B}\{{?{_B})?(?P<axis>{_NAME}){_B}\}}{{0,2}}"
    rf"|\\(?:mathbf|boldsymbol|bm){_B}\{{{_B}\\hat{_B}\{{?{_B}(?P<inner>{_NAME}){_B}\}}{{1,2}}"
    rf"|\\hat{_B}\{{?{_B}(?:\\(?:mathbf|boldsymbol){_B}\{{?{_B})?(?P<cartesian>[ijk]|\\[ij]math){_B}\}}{{0,2}})"
)
_AXES = {"i": "x", "j": "y", "k": "z", "\\imath": "x", "\\jmath": "y", "\\varphi": "\\phi"}


def has_unit_vectors(sides: Sides) -> bool:
    """Whether both sides have a letter with a hat, or an e with an index."""
    return _may_have_axis(sides.reference) and _may_have_axis(sides.answer)


def _may_have_axis(text: str) -> bool:
    return "\\hat" in text or "e_" in text or "e}_" in text


def unit_vectors(sides: Sides) -> Iterator[Pair]:
    """`\\hat{z}`, `\\mathbf{e}_z` and `\\hat{\\mathbf k}` as the same vector."""
    one, two = _with_axes(sides.reference), _with_axes(sides.answer)
    if one is not None and two is not None:
        yield parse(one), parse(two)


def _with_axes(text: str) -> str | None:
    plain = plain_latex(text)
    changed = _UNIT_VECTOR.sub(
        lambda found: (
            f" e_{{{_axis(found['of'] or found['axis'] or found['inner'] or found['cartesian'])}}} "
        ),
        plain,
    )
    return changed if changed != plain else None


def _axis(name: str) -> str:
    return _AXES.get(name, name)
