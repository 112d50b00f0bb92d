"""A formula, an ion or an equation with one number, sign or atom changed is never the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

import pytest

from dartmath.verify import verify
from dartmath.verify.language.chemistry import read_chemistry
from dartmath.verify.language.compounds import formula_of_name

FORMULAS = [
    *("H2O", "K4Fe(CN)6", "KMnO4", "Fe2(SO4)3", "Ca3(PO4)2", "NH4NO3", "CuSO4*5H2O", "Na2S2O3", "CH3COOH"),
    *("C6H12O6", "C2H4", "N2O4", "SF6", "[Co(NH3)6]^3+", "Cr2O7^2-", "SO4^2-", "MnO4^-", "NH4^+", "Fe^3+"),
    *(
        "^{235}U",
        "C-14",
        "[Fe(CN)6]^4-",
        "CH3CH2OH",
        "CH3OCH3",
        "HCOOH",
        "Hg2^2+",
        "S8",
        "O3",
        "N3^-",
        "I3^-",
    ),
    *("2H2 + O2 -> 2H2O", "N2 + 3H2 <=> 2NH3", "Zn + Cu^2+ -> Zn^2+ + Cu", "CaCO3(s) -> CaO(s) + CO2(g)"),
    *("MnO4^- + 8H^+ + 5e^- -> Mn^2+ + 4H2O", "^{238}U -> ^{234}Th + ^4_2He"),
]
EXCHANGED = [
    *(("+", "-"), ("-", "+"), ("Na", "K"), ("Fe", "Cu"), ("H", "D"), ("O", "S"), ("N", "P")),
    *(("(s)", "(l)"), ("->", "<=>"), ("<=>", "->")),
]
NAMES = [
    *("nitrate", "nitrite", "nitric acid", "nitrous acid", "sulfate ion", "sulfite ion", "sulfide ion"),
    *("lead(II) oxide", "lead(IV) oxide", "barium chlorate", "barium chlorite", "dinitrogen monoxide"),
]


def changed(text: str) -> Iterator[str]:
    """The text with a number one up, one down, ten up or left out, and with one sign or atom exchanged."""
    for number in re.finditer(r"\d+", text):
        before, after, value = text[: number.start()], text[number.end() :], int(number[0])
        yield from (f"{before}{other}{after}" for other in (value + 1, value - 1, value + 10) if other > 0)
        yield before + after
    for one, other in EXCHANGED:
        if one in text:
            yield text.replace(one, other, 1)


@pytest.mark.parametrize("formula", FORMULAS)
def test_one_change_makes_another_substance(formula: str) -> None:
    others = {other for other in changed(formula) if other != formula}
    assert others
    assert not [other for other in others if verify(formula, other).correct or verify(other, formula).correct]


def test_names_name_one_substance_each() -> None:
    pairs = [(formula_of_name(name), other) for name, other in permutations(NAMES, 2)]
    assert not [pair for pair in pairs if verify(str(pair[0]), pair[1]).correct]
    assert not [name for name in NAMES if not verify(str(formula_of_name(name)), name).correct]


@pytest.mark.parametrize(
    "text",
    ["(" * 390, "[Fe" * 130, "^{14}" * 70, "H2O -> " * 50, "1/0 H2", "0H2O", "H0", "Fe" * 300, "Xx2"],
)
def test_what_is_no_formula_is_read_as_none(text: str) -> None:
    assert read_chemistry(text) is None
