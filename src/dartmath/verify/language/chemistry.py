"""Formulas, ions, isotopes and equations of chemistry: the text of one -> what it is made of.

Notations of one thing come to one value: `SO_4^{2-}`, `SO₄²⁻`, `SO4^2-`, `SO42-` and `\\ce{SO4^2-}`. Atoms
stay in the order in which they are written, because isomers differ in nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.compounds import formula_of_name
from dartmath.verify.language.elements import ATOMIC_NUMBERS, ELEMENT_NAMES
from dartmath.verify.language.notation import plain_latex

MAX_CHEMISTRY = 400
"""Characters of a text that can be a formula or an equation."""

MAX_BRACKETS = 8
"""Levels of brackets in one formula."""

Atoms = tuple[tuple[object, int], ...]
"""What a formula is made of, in its order: a symbol, or a group in brackets, and how often."""


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of particle of an equation; `state` is "" where the text does not say it."""

    atoms: Atoms
    charge: int
    state: str

    @property
    def substance(self) -> tuple[Atoms, int]:
        """The species in whatever state."""
        return self.atoms, self.charge


@dataclass(frozen=True, slots=True)
class Reaction:
    """The two sides of an equation with their coefficients; `right` is None for a formula or a sum alone."""

    arrow: str
    left: tuple[tuple[Species, Fraction], ...]
    right: tuple[tuple[Species, Fraction], ...] | None


_WRAPPERS = regex(
    r"\\(?:ce|cf|pu|mathrm|mathbf|mathsf|text|textrm|textbf|rm|left|right|displaystyle)(?![a-zA-Z])"
)
_CONDITIONS = regex(
    r"\\x(?:right|leftrightharpoons|rightleftharpoons)?arrow(?:\[[^]]*\])?\{[^{}]*\}"
    r"|\\(?:over|under)set\{[^{}]*\}\{\\(?:long)?rightarrow\}|\\stackrel\{[^{}]*\}\{\\(?:long)?rightarrow\}"
    r"|-+>(?:\[[^]]*\]){1,2}"
    r"|=+\s*(?:[A-Z][A-Za-z0-9]{0,9}\s*[,，、/]?\s*)?(?:△|Δ|\\(?:big)?triangle(?:up)?|\\Delta|点燃|高温|加热|通电|电解"
    r"|催化剂|光照|浓硫酸|heat|light|MnO2)\s*[^=+]{0,12}=+>?"
)
"""An arrow with what is written above and below it, which says how the reaction is made to run."""

_ARROWS = (
    (
        regex(
            r"<[-=]+>>?|⇌|⇄|↔|⇔|⟷|\\(?:rightleftharpoons|leftrightharpoons|rightleftarrows|leftrightarrows"
            r"|(?:long)?leftrightarrow)(?![a-zA-Z])"
        ),
        "⇌",
    ),
    (regex(r"[-=]+>|→|(?<=\s)>(?=\s)|⟶|➝|➔|\\(?:to|(?:long)?[rR]ightarrow)(?![a-zA-Z])"), "→"),
    (regex(r"={1,2}"), "="),
)
_SCRIPT = regex(r"([_^])\s*(?:\{\s*\{*([^{}]*)\}+|([0-9]+[+-]?|[+-]))")
_NOTHING = regex(r"[{}$↓↑⬇⬆]|\\[,;!: ]|\\(?:downarrow|uparrow|q?quad)(?![a-zA-Z])|~")
_STRENGTH = regex(r"\s*\((?:conc|dil|concentrated|dilute|浓|稀|热|excess|过量)\.?\)")
"""How strong an acid is, which says nothing of what it is."""

_PRECIPITATE = regex(r"(?<=\S)\s+(?:v|\^)(?=\s*(?:\s\+|\}|\Z))")
"""How `\\ce{...}` marks what falls out as a solid or goes off as a gas."""

_BOND = regex(r"(?<=[A-Za-z0-9)\]›])-(?=[A-Z][A-Za-z0-9(_])")
_DOT = regex(r"\\(?:cdot|bullet|times)(?![a-zA-Z])|\*")
_COEFFICIENT = regex(
    r"\s*(?:\\[dt]?frac‹?\s*([0-9]+)\s*/\s*([0-9]+)›?|\(?([0-9]+)/([0-9]+)\)?|([0-9]+(?:\.[0-9]+)?))\s*·?"
)
_FRACTION = regex(r"\\[dt]?frac\s*(?:\{\s*([0-9]+)\s*\}\s*\{\s*([0-9]+)\s*\}|([0-9])([0-9]))")
_STATE = regex(r"\s*(?:_‹)?\(\s*(s|l|g|aq|cr?)\s*\)›?\s*\Z")
_NO_SUMMAND = regex(r"\s*(?:\+|\((?:s|l|g|aq|cr?)\))|[1-9](?=\s*(?:\Z|\+|\((?:s|l|g|aq|cr?)\)))")
"""What stands behind the plus sign of a charge: another sign, a state, or its size."""

_PRESCRIPTS = regex(r"\s*(?:\^‹([0-9]+)›\s*(?:_‹([+-]?[0-9]+)›)?|_‹([+-]?[0-9]+)›\s*\^‹([0-9]+)›)\s*")
_ATOM = regex(r"[A-Z][a-z]?")
_COUNT = regex(r"(?:_‹([0-9]+)›|([0-9]+))")
_CHARGE = regex(r"\^‹([0-9]*)([+-])›\Z|\^‹([+-])([0-9]+)›\Z")
_SIZED_CHARGE = regex(r"([+-])([1-9])\Z|/([1-9]?)([+-])\Z")
"""`Fe+3` and `Fe/3+`, as programs write it."""

_BRACED_CHARGE = regex(
    r"(?<=[A-Za-z0-9)\]])(?:\{([0-9]?)([+-])([0-9]?)\}|\[([0-9]?)([+-])([0-9]?)\]|\(([0-9])([+-])\)|\(([+-])([0-9])\))"
)
_REPEATED_CHARGE = regex(r"(?<=[A-Za-z0-9)\]])(?:[(\[]([+]{2,4}|-{2,4})[)\]]|([+]{2,4}|-{2,4})(?=\s|\Z))")
"""`Ca[2+]`, `Fe(3+)` and `Mn++`: charges in brackets, and as many signs as there are charges."""

_LATER_SUBSCRIPT = regex(r"(?<=[0-9)\]])_([1-9])([+-])(?=\s|\Z)")
"""`SO4_2-`, where the number of atoms stands before."""

_BRACKETED_ISOTOPE = regex(r"\[([0-9]{1,3})([A-Z][a-z]?)\]")
"""`[13C]`, as programs write an isotope."""

_BARE_CHARGE = regex(r"(?<![‹^])(_‹[0-9]+›|[0-9]*)([+-])\Z")
_ISOTOPE = regex(r"([A-Za-z]+)-([0-9]{1,3})")
_CLOSING = {"(": ")", "[": "]"}
_PARTICLES = {
    "e": ("e", 0), "β": ("e", 0), "\\beta": ("e", 0), "n": ("n", 1), "p": ("H", 1),
    "\\alpha": ("He", 4), "\\gamma": ("γ", 0), "\\nu": ("ν", 0), "\\nu_e": ("ν", 0), "\\nu_‹e›": ("ν", 0),
    "\\bar\\nu": ("ν̄", 0), "\\bar\\nu_‹e›": ("ν̄", 0), "\\bar\\nu_e": ("ν̄", 0), "\\overline\\nu": ("ν̄", 0),
    "energy": ("energy", 0), "heat": ("energy", 0), "hv": ("photon", 0), "hν": ("photon", 0),
    "h\\nu": ("photon", 0), "M": ("M", 0),
}  # fmt: skip
"""What is no atom in an equation, with its mass number."""


_HEAVY_HYDROGEN = {"D": "2H", "T": "3H"}
"""Isotopes with symbols of their own."""


@lru_cache(maxsize=256)
def read_chemistry(text: str) -> Reaction | None:
    """The formula, the sum of formulas or the equation that a text is, with all atoms known; else None.

    >>> read_chemistry("Fe3+") == read_chemistry("\\\\mathrm{Fe^{3+}}")
    True
    """
    if len(text) > MAX_CHEMISTRY:
        return None
    text = formula_of_name(text) or text
    arrow, sides = _sides(_plain(text))
    try:
        left, *others = [tuple(_term(part) for part in _summands(side)) for side in sides]
    except (ValueError, ZeroDivisionError):
        return None
    return None if others[1:] else Reaction(arrow, left, others[0] if others else None)


def same_element(symbol: str, name: str) -> bool:
    """Whether a symbol is that of an element that goes by a name: `Au` and gold."""
    return ELEMENT_NAMES.get(name.strip(" .").lower()) == symbol.strip(" .")


def is_evident(reaction: Reaction) -> bool:
    """Whether a text is evidently chemistry: an equation, an ion, several atoms, a symbol of two letters."""
    if reaction.right is not None:
        return True
    return any(
        species.charge
        or len(species.atoms) > 1
        or species.atoms[0][1] > 1
        or len(str(species.atoms[0][0])) > 1
        for species, _ in reaction.left
    )


def _plain(text: str) -> str:
    """The text without commands for looks, and with scripts between marks of their own."""
    plain = _CONDITIONS.sub(" → ", plain_latex(text).strip().rstrip("."))
    plain = _STRENGTH.sub("", plain)
    plain = _LATER_SUBSCRIPT.sub(r"^{\1\2}", plain)
    plain = _BRACKETED_ISOTOPE.sub(r"^{\1}\2", plain)
    plain = _BRACED_CHARGE.sub(lambda found: f"^{{{''.join(filter(None, found.groups()))}}}", plain)
    plain = _REPEATED_CHARGE.sub(lambda found: _signs(found[1] or found[2]), plain)
    plain = _FRACTION.sub(lambda found: f" {found[1] or found[3]}/{found[2] or found[4]} ", plain)
    plain = _PRECIPITATE.sub(" ", _DOT.sub("·", _WRAPPERS.sub(" ", plain)))
    plain = _SCRIPT.sub(lambda found: f"{found[1]}‹{''.join((found[2] or found[3] or '').split())}›", plain)
    return _BOND.sub("", _NOTHING.sub(" ", plain))


def _signs(signs: str) -> str:
    return f"^{{{len(signs)}{signs[0]}}}"


def _sides(text: str) -> tuple[str, list[str]]:
    """The kind of arrow, and what stands on its sides."""
    for pattern, arrow in _ARROWS:
        parts: list[str] = pattern.split(text)
        if len(parts) > 1:
            return arrow, parts
    return "", [text]


def _summands(side: str) -> list[str]:
    """What is added: a plus sign behind a formula is its charge where no formula follows."""
    parts, start = [], 0
    for place, sign in enumerate(side):
        if sign != "+" or side[start:place].rfind("‹") > side[start:place].rfind("›"):
            continue
        before, after = side[start:place], side[place + 1 :]
        if not before.strip() or not after.strip():
            continue
        if before[-1] != " " and _NO_SUMMAND.match(after):
            continue
        parts.append(before)
        start = place + 1
    return [*parts, side[start:]]


def _term(text: str) -> tuple[Species, Fraction]:
    """A species with its coefficient; raises ValueError for anything else."""
    text = text.strip()
    coefficient = Fraction(1)
    if (found := _COEFFICIENT.match(text)) is not None:
        above, below = found[1] or found[3], found[2] or found[4]
        coefficient = Fraction(int(above), int(below)) if above else Fraction(found[5])
        if not coefficient:
            raise ValueError(text)
        text = text[found.end() :]
    state = ""
    if (ending := _STATE.search(text)) is not None:
        state, text = ending[1], text[: ending.start()]
    body = "".join(text.split())
    charge, body = _charge(body)
    particle = _particle(body, charge)
    return particle or Species(_parts(body), charge, state), coefficient


def _particle(body: str, charge: int) -> Species | None:
    """What is no atom: an electron, a neutron, a photon; an `e` without charge or number is none of them."""
    scripts = _PRESCRIPTS.match(body)
    name = body[scripts.end() :] if scripts else body
    if name not in _PARTICLES or (name == "e" and not charge and not scripts):
        return None
    symbol, mass = _PARTICLES[name]
    if scripts is not None:
        if int(scripts[1] or scripts[4]) != mass:
            raise ValueError(body)
        charge = int(scripts[2] or scripts[3] or charge) if symbol == "e" else 0
    return Species(((f"{mass or ''}{symbol}", 1),), charge, "")


def _charge(body: str) -> tuple[int, str]:
    """The charge at the end of a formula, and the rest.

    Of plain digits before the sign the last one belongs to it where there are two (`SO42-`), where one
    atom stands alone (`Fe3+`) or behind a complex (`[Fe(CN)6]4-`); else they count atoms (`NH4+`).
    """
    if (found := _CHARGE.search(body)) is not None:
        sign, size = (found[2], found[1]) if found[2] else (found[3], found[4])
        return int(f"{sign}{size or 1}"), body[: found.start()]
    if (found := _SIZED_CHARGE.search(body)) is not None and not _is_isotope(body):
        sign, size = (found[1], found[2]) if found[1] else (found[4], found[3])
        return int(f"{sign}{size or 1}"), body[: found.start()]
    found = _BARE_CHARGE.search(body)
    if found is None or body in ("+", "-"):
        return 0, body
    digits, rest = found[1], body[: found.start()]
    if digits.startswith("_") or not digits:
        return int(f"{found[2]}1"), rest + digits
    alone = rest.endswith("]") or (_ATOM.fullmatch(rest) is not None and f"{rest}{digits}" != "I3")
    if len(digits) > 1 or alone:
        return int(f"{found[2]}{digits[-1]}"), rest + digits[:-1]
    return int(f"{found[2]}1"), rest + digits


def _element(word: str) -> str:
    """The symbol of an element that is named by its symbol or its name; "" for any other word."""
    return word if word in ATOMIC_NUMBERS else ELEMENT_NAMES.get(word.lower(), "")


def _is_isotope(body: str) -> bool:
    """Whether the number behind a hyphen is one of nucleons, as in `C-14`, and no charge, as in `S-2`."""
    found = _ISOTOPE.fullmatch(body)
    symbol = _element(found[1]) if found is not None else ""
    return found is not None and symbol != "" and int(found[2]) >= ATOMIC_NUMBERS[symbol]


def _parts(body: str) -> Atoms:
    """The atoms of a formula; of a hydrate with each further part as a group of its own."""
    if (found := _ISOTOPE.fullmatch(body)) is not None and (symbol := _element(found[1])):
        return ((f"{int(found[2])}{symbol}", 1),)
    first, *others = re.split(r"·|(?<=[A-Za-z0-9)\]›])\.{1,2}(?=[0-9A-Z])", body)
    atoms = _atoms(first)
    for part in others:
        found = _COEFFICIENT.match(part)
        count = Fraction(found[5] or 0) if found else Fraction(1)
        if count.denominator != 1 or not count:
            raise ValueError(body)
        atoms = (*atoms, (("·", _atoms(part[found.end() if found else 0 :])), int(count)))
    return atoms


def _atoms(body: str) -> Atoms:
    found, place = _group(body, 0, "", 0)
    if place != len(body) or not found:
        raise ValueError(body)
    return _carboxyl(found)


def _group(body: str, place: int, closing: str, depth: int) -> tuple[Atoms, int]:
    """Atoms from `place` on up to a closing bracket, and the place behind them."""
    atoms: list[tuple[object, int]] = []
    while place < len(body) and body[place] != closing:
        opening = body[place]
        if opening in _CLOSING:
            if depth == MAX_BRACKETS:
                raise ValueError(body)
            inner, place = _group(body, place + 1, _CLOSING[opening], depth + 1)
            if not inner or body[place : place + 1] != _CLOSING[opening]:
                raise ValueError(body)
            count, place = _counted(body, place + 1)
            inner = _carboxyl(inner)
            atoms.extend(inner if count == 1 else [(inner, count)])
            continue
        symbol, place = _symbol(body, place)
        count, place = _counted(body, place)
        atoms.append((symbol, count))
    return tuple(atoms), place


def _symbol(body: str, place: int) -> tuple[str, int]:
    """An atom with its mass number, where it has one; an atomic number beside it has to be its own."""
    mass = number = ""
    if (found := _PRESCRIPTS.match(body, place)) is not None:
        mass, number = found[1] or found[4], found[2] or found[3] or ""
        place = found.end()
    letters = _ATOM.match(body, place)
    symbol = letters.group() if letters else ""
    if symbol not in ATOMIC_NUMBERS:
        symbol = symbol[:1]
    if symbol in _HEAVY_HYDROGEN and not mass:
        return _HEAVY_HYDROGEN[symbol], place + 1
    if symbol not in ATOMIC_NUMBERS or (number and int(number) != ATOMIC_NUMBERS[symbol]):
        raise ValueError(body)
    return f"{mass}{symbol}", place + len(symbol)


def _counted(body: str, place: int) -> tuple[int, int]:
    found = _COUNT.match(body, place)
    if found is None:
        return 1, place
    count = int(found[1] or found[2])
    if not count:
        raise ValueError(body)
    return count, found.end()


def _carboxyl(atoms: Atoms) -> Atoms:
    """`CH3COOH` and `HC2H3O2` as `CH3CO2H`, `CH3CH2OH` as `C2H5OH`: other ways to write one group."""
    found = list(atoms)
    if found[:3] == [("C", 2), ("H", 3), ("O", 2)]:
        found[:3] = [("C", 1), ("H", 3), ("C", 1), ("O", 2)]
    if found[:4] == [("C", 1), ("H", 3), ("C", 1), ("H", 2)]:
        found[:4] = [("C", 2), ("H", 5)]
    for place in range(len(found) - 2):
        if found[place : place + 3] == [("C", 1), ("O", 1), ("O", 1)]:
            found[place : place + 3] = [("C", 1), ("O", 2)]
            break
    return tuple(found)


def same_chemistry(reference: Reaction, answer: Reaction) -> bool:
    """Whether two texts are one formula or one equation.

    An equation may be a multiple of the other, with its terms in any order on their side; `=` stands for
    any arrow. States count where both give them.
    """
    arrows = {reference.arrow, answer.arrow} - {"="}
    if (reference.right is None) != (answer.right is None) or len(arrows) > 1:
        return False
    if reference.right is None or answer.right is None:
        return _ratio(reference.left, answer.left) == 1
    factor = _ratio(reference.left, answer.left)
    return factor is not None and factor == _ratio(reference.right, answer.right)


def _ratio(
    ours: tuple[tuple[Species, Fraction], ...], theirs: tuple[tuple[Species, Fraction], ...]
) -> Fraction | None:
    """How many times the one side the other is; None where it is no multiple."""
    stated = all(species.state for species, _ in (*ours, *theirs))
    mine, other = (_amounts(side, stated=stated) for side in (ours, theirs))
    if mine.keys() != other.keys() or (not stated and _states_conflict(ours, theirs)):
        return None
    factors = {other[key] / mine[key] for key in mine}
    return factors.pop() if len(factors) == 1 else None


def _amounts(side: tuple[tuple[Species, Fraction], ...], *, stated: bool) -> dict[object, Fraction]:
    amounts: dict[object, Fraction] = Counter()  # type: ignore[assignment]
    for species, coefficient in side:
        amounts[species if stated else species.substance] += coefficient
    return amounts


def _states_conflict(
    ours: tuple[tuple[Species, Fraction], ...], theirs: tuple[tuple[Species, Fraction], ...]
) -> bool:
    """Whether both say a state of one substance, and not the same one."""
    for species, _ in ours:
        states = {other.state for other, _ in theirs if other.substance == species.substance}
        if species.state and "" not in states and species.state not in states:
            return True
    return False
