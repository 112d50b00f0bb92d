"""English names of ions and compounds -> their formulas, by the rules of nomenclature.

An ionic compound has as many ions of each kind as make it neutral; of a metal with several charges the name
says which in Roman numerals. A compound of nonmetals says how many atoms with a prefix.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

from dartmath.base.regex import regex
from dartmath.verify.language.elements import ATOMIC_NUMBERS, ELEMENT_NAMES

MAX_NAME = 60
"""Characters of a name."""

_FIXED_CHARGES = {
    1: "lithium sodium potassium rubidium caesium cesium silver",
    2: "beryllium magnesium calcium strontium barium zinc cadmium",
    3: "aluminium aluminum gallium scandium yttrium lanthanum",
}
"""Metals whose ions have one charge, which names leave out."""

_CHARGES = {name: charge for charge, names in _FIXED_CHARGES.items() for name in names.split()}
_ANIONS = {
    "hydride": ("H", 1), "fluoride": ("F", 1), "chloride": ("Cl", 1),
    "bromide": ("Br", 1), "iodide": ("I", 1),
    "oxide": ("O", 2), "sulfide": ("S", 2), "selenide": ("Se", 2), "nitride": ("N", 3), "phosphide": ("P", 3),
    "hydroxide": ("OH", 1), "cyanide": ("CN", 1), "thiocyanate": ("SCN", 1), "peroxide": ("O2", 2),
    "nitrate": ("NO3", 1), "nitrite": ("NO2", 1), "sulfate": ("SO4", 2), "sulfite": ("SO3", 2),
    "thiosulfate": ("S2O3", 2), "hydrogen sulfate": ("HSO4", 1), "bisulfate": ("HSO4", 1),
    "carbonate": ("CO3", 2), "hydrogen carbonate": ("HCO3", 1), "bicarbonate": ("HCO3", 1),
    "phosphate": ("PO4", 3), "hydrogen phosphate": ("HPO4", 2), "dihydrogen phosphate": ("H2PO4", 1),
    "perchlorate": ("ClO4", 1), "chlorate": ("ClO3", 1), "chlorite": ("ClO2", 1), "hypochlorite": ("ClO", 1),
    "permanganate": ("MnO4", 1), "manganate": ("MnO4", 2), "chromate": ("CrO4", 2),
    "dichromate": ("Cr2O7", 2),
    "acetate": ("CH3COO", 1), "ethanoate": ("CH3COO", 1), "formate": ("HCOO", 1), "oxalate": ("C2O4", 2),
    "azide": ("N3", 1), "silicate": ("SiO3", 2), "iodate": ("IO3", 1), "bromate": ("BrO3", 1),
}  # fmt: skip
"""Name of an anion -> its formula, and how many negative charges it has."""

_NAMED = {
    "water": "H2O", "ammonia": "NH3", "methane": "CH4", "ethane": "C2H6", "propane": "C3H8", "ozone": "O3",
    "hydrogen peroxide": "H2O2", "hydrochloric acid": "HCl", "hydrobromic acid": "HBr",
    "hydrofluoric acid": "HF",
    "hydroiodic acid": "HI", "sulfuric acid": "H2SO4", "sulfurous acid": "H2SO3", "nitric acid": "HNO3",
    "nitrous acid": "HNO2", "phosphoric acid": "H3PO4", "carbonic acid": "H2CO3", "acetic acid": "CH3COOH",
    "ethanoic acid": "CH3COOH", "formic acid": "HCOOH", "perchloric acid": "HClO4",
    "hydrogen chloride": "HCl",
    "hydrogen sulfide": "H2S", "hydrogen fluoride": "HF", "hydrogen bromide": "HBr", "hydrogen iodide": "HI",
    "hydrogen cyanide": "HCN", "nitric oxide": "NO", "nitrous oxide": "N2O", "methanol": "CH3OH",
    "ethanol": "C2H5OH", "glucose": "C6H12O6", "ammonium": "NH4^+", "ammonium ion": "NH4^+",
    "neutron": "^1_0n", "proton": "^1_1p", "alpha particle": "^4_2He", "α particle": "^4_2He",
    "electron": "e^-", "beta particle": "e^-", "β particle": "e^-", "positron": "e^+",
    "hydronium": "H3O^+", "hydronium ion": "H3O^+",
}  # fmt: skip
"""Names that no rule here makes, and acids."""

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
"""Numerals of oxidation states, in small letters."""

_PREFIXES = {
    "mono": 1, "mon": 1, "di": 2, "tri": 3, "tetra": 4, "tetr": 4, "penta": 5, "pent": 5, "hexa": 6, "hex": 6,
    "hepta": 7, "hept": 7, "octa": 8, "oct": 8, "nona": 9, "deca": 10, "dec": 10,
}  # fmt: skip
_NONMETALS = (
    "hydrogen|boron|carbon|nitrogen|silicon|phosphorus|sulfur|selenium|arsenic|chlorine|bromine|iodine|xenon"
)
_COUNT = "|".join(sorted(_PREFIXES, key=len, reverse=True))
_MOLECULE = regex(
    rf"(?P<many>{_COUNT})?(?P<first>{_NONMETALS}) (?P<count>{_COUNT})"
    r"(?P<second>oxide|fluoride|chloride|bromide|iodide|sulfide|hydride|nitride)"
)
_STATED = regex(r"([A-Z][a-z]?) ?\(([IV]{1,3})\)(?: ion)?")
"""A symbol with its oxidation state: `Fe(III)`."""

_IONS = regex(r"(?P<metal>[a-z]+) ?(?:\((?P<charge>[iv]{1,3})\))?(?: (?P<anion>[a-z ]+))?")


@lru_cache(maxsize=256)
def formula_of_name(words: str) -> str | None:
    """The formula of an ion or a compound that is called so; None for other words.

    >>> formula_of_name("iron(III) sulfate"), formula_of_name("dinitrogen tetroxide")
    ('Fe2(SO4)3', 'N2O4')
    """
    if len(words) > MAX_NAME:
        return None
    if (found := _STATED.fullmatch(words.strip(" ."))) is not None and found[1] in ATOMIC_NUMBERS:
        return f"{found[1]}^{{{ROMAN[found[2].lower()]}+}}" if found[2].lower() in ROMAN else None
    name = " ".join(words.lower().replace("sulph", "sulf").replace(" (", "(").split()).rstrip(".")
    if name in _NAMED:
        return _NAMED[name]
    anion = _ANIONS.get(name.removesuffix(" ion"))
    if anion is not None:
        return f"{anion[0]}^{{{anion[1]}-}}"
    return _molecule(name) or _ionic(name)


def _molecule(name: str) -> str | None:
    found = _MOLECULE.fullmatch(name)
    if found is None:
        return None
    second = _ANIONS[found["second"]][0]
    first = ELEMENT_NAMES[found["first"]]
    return _times(first, _PREFIXES[found["many"]] if found["many"] else 1) + _times(
        second, _PREFIXES[found["count"]]
    )


def _ionic(name: str) -> str | None:
    ion = name.endswith(" ion")
    found = _IONS.fullmatch(name.removesuffix(" ion"))
    if found is None:
        return None
    metal, charge = _cation(found["metal"], found["charge"])
    if not metal:
        return None
    if found["anion"] is None:
        return f"{metal}^{{{charge}+}}" if ion or found["charge"] else None
    anion = _ANIONS.get(found["anion"])
    if anion is None or ion:
        return None
    formula, negative = anion
    common = gcd(charge, negative)
    return _times(metal, negative // common) + _times(formula, charge // common)


def _cation(name: str, roman: str | None) -> tuple[str, int]:
    """The symbol of a cation and its charge; "" where the name does not settle it."""
    if name == "ammonium":
        return "NH4", 1
    if name == "mercury" and roman == "i":  # two atoms in one ion, `Hg_2^{2+}`
        return "", 0
    if roman is not None:
        return (ELEMENT_NAMES.get(name, ""), ROMAN.get(roman, 0)) if roman in ROMAN else ("", 0)
    return (ELEMENT_NAMES[name], _CHARGES[name]) if name in _CHARGES else ("", 0)


def _times(formula: str, count: int) -> str:
    if count == 1:
        return formula
    atoms = sum(map(str.isupper, formula))
    return f"({formula}){count}" if atoms > 1 or formula[-1].isdigit() else f"{formula}{count}"
