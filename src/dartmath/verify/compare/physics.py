"""Whether a query is about measured quantities: physics, chemistry, engineering."""

from __future__ import annotations

from functools import lru_cache

from dartmath.base.regex import regex, whole_words
from dartmath.verify.language.dimensions import Unit
from dartmath.verify.language.latex import OPEN_TEXT
from dartmath.verify.language.units import parse_unit

DENSITY = 3
"""Lengths by which a mass is divided in a density."""

_DIMENSIONS = frozenset(["temperature", "current", "amount", "light"])
"""Dimensions that no word problem has."""

_WORDS = regex(
    whole_words(
        r"wave-?lengths?|photons?|electrons?|protons?|neutrons?|nucle(?:us|i)|ions?|isotopes?"
        r"|molecular (?:weights?|mass)|molar|molecules?|enthalpy|entropy|adiabatic\w*|isotherm\w*"
        r"|reversibl\w+|half-?life|radioactive|refracti\w+|lens(?:es)?|voltage|capacitors?|resistors?"
        r"|inductors?|transistors?|magnetic|electric(?:al)? (?:field|charge|motor)|friction|torque"
        r"|coefficient of (?:expansion|restitution)|angular (?:velocity|momentum|acceleration|frequency)"
        r"|horsepower|compressib\w+|viscosity|heat capacity|specific heat|vapou?r|aqueous|stoichiometr\w+"
        r"|equilibrium constant|pH|titrat\w+|orbital|galax(?:y|ies)|telescopes?|kinetic energy"
        r"|potential energy|density of (?:air|water|oil|mercury|steel)|specific gravity|gravitational"
        r"|escape velocity|thermodynamic\w*|turbine|compressor|refrigerant|steam|combust\w+|sound level"
        r"|resonan\w+|semiconductor\w*|amplifier|Fermi (?:energy|level|surface|velocity|temperature)"
        r"|band ?gap|dielectric|concave mirrors?|convex mirrors?|spherical mirrors?|curved mirrors?"
        r"|focal (?:length|point)s?|image (?:distance|height)|object (?:distance|height)"
        r"|cent(?:er|re) of (?:gravity|mass)|normal forces?|moments? of inertia|incompressible|laminar"
        r"|turbulent|flow (?:speed|rate)|spring constant|Doppler|sonar|pendulums?|projectile|buoyan\w+"
        r"|hydrostatic|Planck|Boltzmann|Avogadro|Rydberg|Reynolds|Nusselt|Prandtl|Mach|Gibbs|Nernst"
        r"|Young's modulus|heat (?:transfer|flux|loss|of)|shear (?:stress|strain|modulus)|tensile"
        r"|yield strength|black ?body|luminosity|red-?shift|diffract\w+|interference|decay constant"
        r"|solubility|molarity|molality|precipitates?|oxidation|mass (?:percent(?:age)?|fraction)"
        r"|molar mass|electrodes?|ideal gas|synchronous|armature|transformers?|power factor|lasers?"
        r"|microwaves?|infrared|ultraviolet|spectr(?:um|a|al|ometer|oscop\w+)|NMR|EPR|X-rays?"
        r"|wave-?(?:numbers?|guides?|functions?)|unit cells?|crystal lattice|orthorhombic"
        r"|bond (?:lengths?|angles?|energ(?:y|ies)|order|strength)|van der Waals|partition function"
        r"|de Broglie|relativistic|rest (?:mass|energy)|pions?|muons?|mesons?|bosons?|fermions?|moles of"
        r"|empirical formula|atomic (?:weights?|mass(?:es)?|number)|electronegativity"
        r"|diffusion coefficients?|dipole|point charges?|absorbance|dissociation|rate constant"
        r"|amino acids?|DNA|nucleotides?|proteins? (?:mass|chain|molecule)|daltons?|faradays?|STP"
        r"|Heisenberg|Hamiltonian|eigenfunctions?|harmonic oscillators?|anharmonic oscillators?"
        r"|frictionless|polymers?|isobars?|antennas?|capacitance|inductance|resistivity|conductivity"
        r"|standard potential|cell potential|perfect gas|mean free path|perigee|apogee"
        r"|satellites?'? orbit\w*|hydrogen(?! balloons?)|helium(?! balloons?)|nitrogen|chlorine|argon|xenon"
        r"|neon|ammonia|methane|propane|carbon (?:di|mon)oxide"
    )
)
_COMPOUND = regex(
    r"[A-Z\\](?:(?<=\\)(?:ce|pu)\{|(?<=\b[A-Z])[a-z]?_?\d?(?:Cl|Br|OH|SO_?4|NO_?3|CO_?3|H_\d|O_\d))"
)
"""Words, and formulas of compounds, of which one suffices."""

_UPRIGHT = regex(rf"{OPEN_TEXT}([^{{}}]{{0,60}})\}}")
_UNIT = regex(
    r"[\d)^](?:(?<!\^)|\{-?\d{1,2}\})"
    r"(?:[\s~$}.]{1,9}|\\[,;: ]|(?=[A-Za-z]{2}|\^?\s?\{?\\circ|°))(?:[\s~$]|\\[,;: ]){0,9}"
    r"(?P<unit>(?:\^?\s?\{?\\circ\s?\}?\s{0,3}[CFK]?|°\s?[CFK]?|[A-Za-z]{1,20})(?:[\s/*~·{}-]{1,5}[A-Za-z]{1,20}|\^[-{}0-9]{1,5}){0,6})"
)
_EVERYDAY = regex(
    r"\W{1,9}(?:(?:bars(?! of pressure| gauge| absolute)|CD|PC|TV|GB|MB|Mb|d[ASV])(?![A-Za-z/])|M&)"
    r"|\.\W{1,8}[A-Z]"
)
"""What is no unit behind a number although its letters are one's: bars of chocolate, `dA`, "6. Henry has"."""

_DEGREES = regex(r"(?:circ\s*\}?|°)\s*[CFK](?![A-Za-z])")
_COMMANDS = regex(r"[\\~^]+")


_CHINESE = regex(
    r"电场|磁场|电流|电压|电阻|电荷|电容|电势|压强|比热|内能|动能|势能|波长|光速|光强|折射|衍射|焦距|电子|质子|中子|光子|介子|核子"
    r"|原子|分子|离子|摩尔|万有引力|弹簧|摩擦|角速度|角动量|转动惯量|简谐|量子|能级|半衰期|绝热|等温|黑体|晶体|半导体|惯性系|洛伦兹"
)
_CHINESE_QUANTITIES = regex(r"质量|速度|粒子|温度|密度|能量|气体|振动|受力|加速度")


@lru_cache(maxsize=64)
def is_physical(query: str) -> bool:
    """Whether a query has a unit of physics or chemistry behind a number, or a word of these subjects.

    Lengths, areas, masses, times, speeds, money, angles and the calories of food are those of word problems,
    whose numbers are exact: they show nothing.
    """
    if _WORDS.search(query) or _COMPOUND.search(query):
        return True
    if not query.isascii() and _CHINESE.search(query):
        return True
    text = _UPRIGHT.sub(r" \1 ", query)
    units = (one for one in _UNIT.finditer(text) if not _EVERYDAY.match(text, one.start() + 1))
    return any(_is_physical_unit(one["unit"]) for one in units)


_QUANTITIES = regex(
    whole_words(
        r"temperatures?|heat|pressures?|mass(?:es)?|charges?|currents?|forces?|velocit(?:y|ies)|energ(?:y|ies)"
        r"|momentum|densit(?:y|ies)|frequenc(?:y|ies)|particles?|gas(?:es)?|capacit\w+|conduct\w+|oscillat\w+"
        r"|potential"
    )
)


@lru_cache(maxsize=64)
def names_quantities(query: str) -> bool:
    """Whether a query speaks of quantities of physics, for which its letters stand then."""
    if _QUANTITIES.search(query) or is_physical(query):
        return True
    return not query.isascii() and _CHINESE_QUANTITIES.search(query) is not None


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
