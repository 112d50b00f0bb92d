"""Whether a query is about measured quantities: physics, chemistry, engineering."""

from __future__ import annotations

from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.dimensions import Unit
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.units import parse_unit

DENSITY = 3
"""Lengths by which a mass is divided in a density."""

_DIMENSIONS = frozenset(["temperature", "current", "amount", "light"])
"""Dimensions that no word problem has."""

_WORDS = regex(
    r"\b(?:wave-?lengths?|photons?|electrons?|protons?|neutrons?|nucle(?:us|i)|ions?|isotopes?"
    r"|molecular (?:weights?|mass)|molar|molecules?|enthalpy|entropy|adiabatic\w*|isotherm\w*|reversibl\w+"
    r"|half-?life|radioactive|refracti\w+|lens(?:es)?|voltage|capacitors?|resistors?|inductors?"
    r"|transistors?|magnetic|electric(?:al)? (?:field|charge|motor)|friction|torque"
    r"|coefficient of (?:expansion|restitution)|angular (?:velocity|momentum|acceleration|frequency)"
    r"|horsepower|compressib\w+|viscosity|heat capacity|specific heat|vapou?r|aqueous|stoichiometr\w+"
    r"|equilibrium constant|pH|titrat\w+|orbital|galax(?:y|ies)|telescopes?|(?:kinetic|potential) energy"
    r"|density of (?:air|water|oil|mercury|steel)|specific gravity|gravitational|escape velocity"
    r"|thermodynamic\w*|turbine|compressor|refrigerant|steam|combust\w+|sound level|resonan\w+"
    r"|semiconductor\w*|amplifier|Fermi (?:energy|level|surface|velocity|temperature)|band ?gap"
    r"|dielectric|(?:concave|convex|spherical|curved) mirrors?|focal (?:length|point)s?"
    r"|(?:image|object) (?:distance|height)|cent(?:er|re) of (?:gravity|mass)|normal forces?"
    r"|moments? of inertia|incompressible|laminar|turbulent|flow (?:speed|rate)|spring constant|Doppler"
    r"|sonar|pendulums?|projectile|buoyan\w+|hydrostatic|Planck|Boltzmann|Avogadro|Rydberg|Reynolds"
    r"|Nusselt|Prandtl|Mach|Gibbs|Nernst|Young's modulus|heat (?:transfer|flux|loss|of)"
    r"|shear (?:stress|strain|modulus)|tensile|yield strength|black ?body|luminosity|red-?shift"
    r"|diffract\w+|interference|decay constant|solubility|molarity|molality|precipitates?|oxidation"
    r"|mass (?:percent(?:age)?|fraction)|molar mass|electrodes?|ideal gas|synchronous|armature"
    r"|transformers?|power factor)\b"
    r"|\b[A-Z][a-z]?_?\d?(?:Cl|Br|OH|SO_?4|NO_?3|CO_?3|H_\d|O_\d)"
)
"""Words, and formulas of compounds, of which one suffices."""

_UPRIGHT = regex(rf"{OPEN_TEXT}([^{{}}]{{0,60}})\}}")
_UNIT = regex(
    r"[\d)](?:[\s~$}.]{1,9}|\\[,;: ]|(?=[A-Za-z]{2}|\^?\s?\\circ|°))(?:[\s~$]|\\[,;: ]){0,9}"
    r"(?P<unit>(?:\^?\s?\\circ\s?[CFK]?|°\s?[CFK]?|[A-Za-z]{1,20})(?:[\s/*~·{}-]{1,5}[A-Za-z]{1,20}|\^[-{}0-9]{1,5}){0,6})"
)
_EVERYDAY = regex(
    r"\W{1,9}(?:(?:bars(?! of pressure| gauge| absolute)|CD|PC|TV|GB|MB|Mb)(?![A-Za-z/])|M&)|\.\W{1,8}[A-Z]"
)
"""What is no unit behind a number although its letters are one's: bars of chocolate, "6. Henry has 42"."""

_DEGREES = regex(r"(?:circ|°)\s*[CFK](?![A-Za-z])")
_COMMANDS = regex(r"[\\~^]+")


@lru_cache(maxsize=64)
def is_physical(query: str) -> bool:
    """Whether a query has a unit of physics or chemistry behind a number, or a word of these subjects.

    Lengths, areas, masses, times, speeds, money, angles and the calories of food are those of word problems,
    whose numbers are exact: they show nothing.
    """
    if _WORDS.search(query):
        return True
    text = _UPRIGHT.sub(r" \1 ", query)
    units = (one for one in _UNIT.finditer(text) if not _EVERYDAY.match(text, one.start() + 1))
    return any(_is_physical_unit(one["unit"]) for one in units)


_QUANTITIES = regex(
    r"\b(?:temperatures?|heat|pressures?|mass(?:es)?|charges?|currents?|forces?|velocit(?:y|ies)|energ(?:y|ies)"
    r"|momentum|densit(?:y|ies)|frequenc(?:y|ies)|particles?|gas(?:es)?|capacit\w+|conduct\w+|oscillat\w+|potential)\b"
)


@lru_cache(maxsize=64)
def names_quantities(query: str) -> bool:
    """Whether a query speaks of quantities of physics, for which its letters stand then."""
    return _QUANTITIES.search(query) is not None or is_physical(query)


def _is_physical_unit(words: str) -> bool:
    if "circ" in words or "°" in words:
        return _DEGREES.search(words) is not None
    return "calorie" not in words.lower() and is_physical_unit(parse_unit(_COMMANDS.sub(" ", words)))


def is_physical_unit(unit: Unit) -> bool:
    """Whether a unit is none of word problems: of another dimension, with time as in forces, a density."""
    if not unit.known:
        return False
    powers = dict(unit.dimensions)
    if powers.get("mass") == 1 and powers.get("length") == -DENSITY:
        return True
    return any(name in _DIMENSIONS or (name == "time" and power < -1) for name, power in powers.items())
