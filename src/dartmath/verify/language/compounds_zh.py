"""Chinese names of compounds -> their formulas: `五氧化二氮`, `硫酸亚铁`, `碳酸氢钠`, `五水合硫酸铜`.

A binary compound is `X化Y`, with the numbers of atoms where it is a molecule, else with the charge that the
metal mostly has; `亚` before a metal says the lower charge. Salts begin with the name of their acid.
"""

from __future__ import annotations

from math import gcd

from dartmath.base.regex import regex

MAX_NAME_ZH = 16
"""Characters of a name."""

_NUMBERS = {sign: value for value, sign in enumerate("一二三四五六七八九十", start=1)}
_SYMBOLS = (
    "氢H 锂Li 铍Be 硼B 碳C 氮N 氧O 氟F 钠Na 镁Mg 铝Al 硅Si 磷P 硫S 氯Cl 钾K 钙Ca 钪Sc 钛Ti 钒V 铬Cr "
    "锰Mn 铁Fe 钴Co 镍Ni 铜Cu 锌Zn 镓Ga 锗Ge 砷As 硒Se 溴Br 铷Rb 锶Sr 银Ag 镉Cd 锡Sn 锑Sb 碲Te 碘I "
    "铯Cs 钡Ba 钨W 铂Pt 金Au 汞Hg 铅Pb 铋Bi 铀U"
)
_ELEMENTS = {name[0]: name[1:] for name in _SYMBOLS.split()}
_CATIONS = {
    **dict.fromkeys("氢锂钠钾铷铯银铵", 1), **dict.fromkeys("铍镁钙锶钡锌镉铜汞铅镍钴", 2),
    **dict.fromkeys("铝铁铬镓", 3), "亚铁": 2, "亚铜": 1, "亚锡": 2, "锡": 4,
}  # fmt: skip
"""Metals, and hydrogen and ammonium, with the charge that their names mean."""

_BINARY = {
    "氧": ("O", 2), "硫": ("S", 2), "氟": ("F", 1), "氯": ("Cl", 1), "溴": ("Br", 1), "碘": ("I", 1),
    "氮": ("N", 3), "磷": ("P", 3), "氢": ("H", 1), "氢氧": ("OH", 1), "氰": ("CN", 1), "过氧": ("O2", 2),
}  # fmt: skip
_RADICALS = {
    "硫酸": ("SO4", 2), "亚硫酸": ("SO3", 2), "硫代硫酸": ("S2O3", 2), "硫酸氢": ("HSO4", 1),
    "亚硫酸氢": ("HSO3", 1), "硝酸": ("NO3", 1), "亚硝酸": ("NO2", 1), "碳酸": ("CO3", 2),
    "碳酸氢": ("HCO3", 1),
    "磷酸": ("PO4", 3), "磷酸氢": ("HPO4", 2), "磷酸一氢": ("HPO4", 2), "磷酸二氢": ("H2PO4", 1),
    "醋酸": ("CH3COO", 1), "乙酸": ("CH3COO", 1), "草酸": ("C2O4", 2), "硅酸": ("SiO3", 2),
    "高锰酸": ("MnO4", 1), "锰酸": ("MnO4", 2), "铬酸": ("CrO4", 2), "重铬酸": ("Cr2O7", 2),
    "高氯酸": ("ClO4", 1), "氯酸": ("ClO3", 1), "亚氯酸": ("ClO2", 1),
    "次氯酸": ("ClO", 1), "硫氰酸": ("SCN", 1),
}  # fmt: skip
_NAMED = {
    "水": "H2O", "重水": "D2O", "双氧水": "H2O2", "氨": "NH3", "氨气": "NH3", "盐酸": "HCl", "臭氧": "O3",
    "甲烷": "CH4", "乙烷": "C2H6", "甲醇": "CH3OH", "乙醇": "C2H5OH", "乙酸": "CH3COOH", "醋酸": "CH3COOH",
    "氢气": "H2", "氧气": "O2", "氮气": "N2", "氯气": "Cl2", "氟气": "F2",
}  # fmt: skip

_COUNT = "[一二三四五六七八九十]"
_ELEMENT = f"[{''.join(_ELEMENTS)}]"
_CATION = "|".join(sorted(_CATIONS, key=len, reverse=True))
_MOLECULE = regex(rf"(?P<many>{_COUNT})(?P<second>{_ELEMENT})化(?P<count>{_COUNT}?)(?P<first>{_ELEMENT})")
_SALT = regex(
    rf"(?:(?P<water>{_COUNT})水合?)?(?:(?P<binary>{'|'.join(sorted(_BINARY, key=len, reverse=True))})化"
    rf"|(?P<radical>{'|'.join(sorted(_RADICALS, key=len, reverse=True))}))(?P<cation>{_CATION})"
)


def formula_of_chinese_name(name: str) -> str | None:
    """The formula of a compound that is called so; None for other words.

    >>> formula_of_chinese_name("五氧化二氮"), formula_of_chinese_name("硫酸亚铁")
    ('N2O5', 'FeSO4')
    """
    name = name.strip(" .。")
    if len(name) > MAX_NAME_ZH:
        return None
    if name in _NAMED:
        return _NAMED[name]
    if (acid := _RADICALS.get(name)) is not None:
        return _neutral("H", 1, *acid)
    if (found := _MOLECULE.fullmatch(name)) is not None:
        return _several(_ELEMENTS[found["first"]], _NUMBERS.get(found["count"], 1)) + _several(
            _ELEMENTS[found["second"]], _NUMBERS[found["many"]]
        )
    found = _SALT.fullmatch(name)
    if found is None:
        return None
    cation = found["cation"]
    metal = "NH4" if cation == "铵" else _ELEMENTS[cation.removeprefix("亚")]
    anion = _BINARY[found["binary"]] if found["binary"] else _RADICALS[found["radical"]]
    formula = _neutral(metal, _CATIONS[cation], *anion)
    return f"{formula}·{_NUMBERS[found['water']]}H2O" if found["water"] else formula


def _neutral(metal: str, charge: int, anion: str, negative: int) -> str:
    """As many ions of each kind as make a compound neutral; of peroxides, whose ion has two atoms, one."""
    common = gcd(charge, negative)
    return _several(metal, negative // common) + _several(anion, charge // common)


def _several(formula: str, count: int) -> str:
    if count == 1:
        return formula
    one_atom = formula.isalpha() and sum(map(str.isupper, formula)) == 1
    return f"{formula}{count}" if one_atom else f"({formula}){count}"
