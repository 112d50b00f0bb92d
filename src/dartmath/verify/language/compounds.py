"""English names of ions and compounds -> their formulas, by the rules of nomenclature.

An ionic compound has as many ions of each kind as make it neutral; of a metal with several charges the name
says which in Roman numerals. A compound of nonmetals says how many atoms with a prefix.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

from dartmath.base.regex import regex
from dartmath.verify.language.compounds_zh import formula_of_chinese_name
from dartmath.verify.language.elements import ATOMIC_NUMBERS, ELEMENT_NAMES

MAX_NAME = 60
"""Characters of a name."""

_FIXED_CHARGES = {
    1: "lithium sodium potassium rubidium caesium cesium silver",
    2: "beryllium magnesium calcium strontium barium radium zinc cadmium",
    3: "aluminium aluminum gallium indium scandium yttrium lanthanum praseodymium neodymium gadolinium "
    "terbium dysprosium holmium erbium thulium lutetium bismuth",
}
"""Metals whose ions have one charge, which names leave out."""

_CHARGES = {name: charge for charge, names in _FIXED_CHARGES.items() for name in names.split()}
_OLDER = {
    "ferrous": ("iron", "ii"), "ferric": ("iron", "iii"), "cuprous": ("copper", "i"),
    "cupric": ("copper", "ii"),
    "mercurous": ("mercury", "i"), "mercuric": ("mercury", "ii"), "stannous": ("tin", "ii"),
    "stannic": ("tin", "iv"), "plumbous": ("lead", "ii"), "plumbic": ("lead", "iv"),
    "cobaltous": ("cobalt", "ii"), "cobaltic": ("cobalt", "iii"), "chromous": ("chromium", "ii"),
    "chromic": ("chromium", "iii"), "manganous": ("manganese", "ii"), "manganic": ("manganese", "iii"),
    "aurous": ("gold", "i"), "auric": ("gold", "iii"),
}  # fmt: skip
"""Older names of cations, which say their charge by an ending."""

_ANIONS = {
    "hydride": ("H", 1), "fluoride": ("F", 1), "chloride": ("Cl", 1),
    "bromide": ("Br", 1), "iodide": ("I", 1),
    "oxide": ("O", 2), "sulfide": ("S", 2), "selenide": ("Se", 2), "nitride": ("N", 3), "phosphide": ("P", 3),
    "carbide": ("C", 4),
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
    "hydronium": "H3O^+", "hydronium ion": "H3O^+", "calcium carbide": "CaC2", "silicon carbide": "SiC",
    "hydrazine": "N2H4", "phosphine": "PH3", "arsine": "AsH3", "silane": "SiH4", "chlorous acid": "HClO2",
    "hypochlorous acid": "HClO", "chloric acid": "HClO3", "bromic acid": "HBrO3", "iodic acid": "HIO3",
    "chromic acid": "H2CrO4", "permanganic acid": "HMnO4", "oxalic acid": "H2C2O4", "boric acid": "H3BO3",
    "phosphorous acid": "H3PO3", "lithium aluminum hydride": "LiAlH4", "lithium aluminium hydride": "LiAlH4",
    "sodium borohydride": "NaBH4", "deuterium": "^2H", "tritium": "^3H", "heavy water": "D2O",
}  # fmt: skip
"""Names that no rule here makes, and acids."""

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
"""Numerals of oxidation states, in small letters."""

_PREFIXES = {
    "mono": 1, "mon": 1, "di": 2, "tri": 3, "tetra": 4, "tetr": 4, "penta": 5, "pent": 5, "hexa": 6, "hex": 6,
    "hepta": 7, "hept": 7, "octa": 8, "oct": 8, "nona": 9, "deca": 10, "dec": 10,
}  # fmt: skip
_NONMETALS = (
    "hydrogen|boron|carbon|nitrogen|silicon|phosphorus|sulfur|selenium|arsenic|chlorine|bromine|iodine|xenon|krypton"
    "|antimony|tellurium|germanium|oxygen"
)
_COUNT = "|".join(sorted(_PREFIXES, key=len, reverse=True))
_MOLECULE = regex(
    rf"(?P<many>{_COUNT})?(?P<first>{_NONMETALS}) (?P<count>{_COUNT})"
    r"(?P<second>oxide|fluoride|chloride|bromide|iodide|sulfide|hydride|nitride)"
)
_HYDRATE = regex(rf"(?P<salt>.+) (?P<count>{_COUNT})hydrate")
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
    if not words.isascii() and (chinese := formula_of_chinese_name(words)) is not None:
        return chinese
    if (found := _STATED.fullmatch(words.strip(" ."))) is not None and found[1] in ATOMIC_NUMBERS:
        return f"{found[1]}^{{{ROMAN[found[2].lower()]}+}}" if found[2].lower() in ROMAN else None
    name = " ".join(words.lower().replace("sulph", "sulf").replace(" (", "(").split()).rstrip(".")
    if (hydrate := _HYDRATE.fullmatch(name)) is not None and (salt := _ionic(hydrate["salt"])) is not None:
        count = _PREFIXES[hydrate["count"]]
        return f"{salt}·{count if count > 1 else ''}H2O"
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
        return f"{metal}^{{{charge}+}}" if ion or found["charge"] or found["metal"] in _OLDER else None
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
    name, roman = _OLDER.get(name, (name, roman)) if roman is None else (name, roman)
    if name == "mercury" and roman == "i":  # two atoms in one ion
        return "Hg2", 2
    if roman is not None:
        return (ELEMENT_NAMES.get(name, ""), ROMAN.get(roman, 0)) if roman in ROMAN else ("", 0)
    return (ELEMENT_NAMES[name], _CHARGES[name]) if name in _CHARGES else ("", 0)


def _times(formula: str, count: int) -> str:
    if count == 1:
        return formula
    atoms = sum(map(str.isupper, formula))
    return f"({formula}){count}" if atoms > 1 or formula[-1].isdigit() else f"{formula}{count}"
