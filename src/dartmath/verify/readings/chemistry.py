"""Formulas and equations of chemistry, which the grammar of algebra reads as words or as products."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.chemistry import is_evident, read_chemistry, same_chemistry, same_element
from dartmath.verify.language.compounds import ROMAN
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.language.vocabulary import NEGATION
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.readings.reading import Sides

_ATOM = regex(
    r"[A-Z\\-](?:(?<=[A-Z])(?:(?<![A-Za-z\\].)[a-z]?(?![a-z])|[a-z]?(?=[\d_^(\[A-Z]))"
    r"|(?<=\\)ce(?![a-z])|(?<=[a-z]-)[0-9])"
)
_ELECTRON = regex(r"\$?e\s?\^?\{?[-+]")
_NAME = regex(
    r"(?:ide|ate|ite|ion|ium|acid|ine|on|er|en|us|ia|ol|um|particle)\b|\b(?:gold|lead|zinc)\b"
    r"|[A-Za-z] ?\([IV]+\)|[\u4e00-\u9fff](?:化|酸|气|水|氨|烷|醇|氧|\Z)",
    re.IGNORECASE,
)
"""What a formula has, a symbol of an element or the number of an isotope; how an electron begins, and how a
name ends."""


MAX_PARTICLE = 24
"""Characters of a particle with its mass and charge, such as `^{0}_{-1}\\beta`."""

_PARTICLE = regex(r"\W*[-+0-9{}_^\s]{0,14}(?:e|n|p|β|α|γ|\\(?:beta|alpha|gamma))\s?\^?\{?[-+⁻⁺]?\}?\$?")


def may_be_chemistry(sides: Sides) -> bool:
    """Whether one text has a symbol that can be that of an element, and the other too or a name."""
    ours, theirs = sides.reference, sides.answer
    if len(ours) <= MAX_PARTICLE and _PARTICLE.fullmatch(ours) is not None:
        return True
    if _has_atom(ours):
        return _has_atom(theirs) or _NAME.search(theirs) is not None
    return _has_atom(theirs) and _NAME.search(ours) is not None


def _has_atom(text: str) -> bool:
    """Whether a text has a symbol of an element, or is an electron."""
    return _ATOM.search(text) is not None or _ELECTRON.match(text) is not None


_WITH_FORMULA = regex(r"(?P<name>[A-Za-z][A-Za-z0-9 -]{2,40})\s*[(:,]\s*(?P<formula>[^()].*?)\s*\)?\.?")
"""`Thorium-234 ($^{234}Th$)`: a name, and what it stands for."""


def species(sides: Sides) -> Iterator[Decision]:
    """Both texts as formulas, names or equations, where the reference is evidently one."""
    if same_element(sides.reference, sides.answer) or same_element(sides.answer, sides.reference):
        yield Decision(True, "chemistry", "the symbol and the name of an element")
    ours = read_chemistry(sides.reference)
    if ours is None or not is_evident(ours):
        return
    both = _WITH_FORMULA.fullmatch(sides.answer)
    texts = (sides.answer, both["formula"] if both and not NEGATION.search(both["name"]) else "")
    for text in filter(None, texts):
        theirs = read_chemistry(text)
        if theirs is not None and same_chemistry(ours, theirs):
            yield Decision(True, "chemistry", "the same formulas, atom by atom")


_ASKS_CHARGE = regex(r"\b(?:oxidation (?:state|number)s?|valenc\w+|charges?)\b", re.IGNORECASE)
_CHARGE = regex(r"[$(\s]*([+-]?)\s*(\d|VI{0,2}|IV|I{1,3})\s*([+-]?)[$)\s.]*")
_ASKS_HYBRID = regex(r"\bhybridi[sz]\w*", re.IGNORECASE)
_HYBRID = regex(r"sp([23]?)(d[23]?)?")
_SCRIPTS = regex(r"[\s^{}$]|\\(?:mathrm|text)")


def states(sides: Sides) -> Iterator[Decision]:
    """`3+` and `III` for `+3`, and `sp3` for `sp^3`, where the query asks for such a thing."""
    # Answers are short, and queries are not: few pairs of answers are such that the query is looked at.
    charge = _charge(sides.reference)
    if charge is not None and charge == _charge(sides.answer) and _ASKS_CHARGE.search(sides.query):
        yield Decision(True, "chemistry", "the same oxidation state or charge")
    orbitals = _orbitals(sides.reference)
    if orbitals and orbitals == _orbitals(sides.answer) and _ASKS_HYBRID.search(sides.query):
        yield Decision(True, "chemistry", "the same orbitals")


def _orbitals(text: str) -> str:
    """The name of hybrid orbitals, `sp3`, without marks of scripts; "" for any other text."""
    if text.isascii() and ("s" not in text or "p" not in text):
        return ""
    plain = _SCRIPTS.sub("", plain_latex(text))
    return plain if _HYBRID.fullmatch(plain) else ""


def _charge(text: str) -> int | None:
    found = _CHARGE.fullmatch(text)
    if found is None or (found[1] and found[3]):
        return None
    size = int(found[2]) if found[2].isdigit() else ROMAN[found[2].lower()]
    return -size if "-" in (found[1], found[3]) else size
