"""The units of measure: SI prefixes, base units, and every other unit as a multiple of earlier ones.

Exact factors are from the SI brochure (9th edition, 2019), NIST Handbook 44, appendix C, and NIST SP 811,
appendix B. The dalton, the one unit that is measured and not defined, is from CODATA 2022.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from dartmath.verify.language.money import CURRENCIES
from dartmath.verify.language.names import listed

MAX_POWER = 12
"""A unit to a higher power than this is none."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of base dimensions with a factor to their base units.

    The factor is `factor * pi**pi`: angles in degrees are the only reason for pi. `offset` is the size,
    in kelvins, of the zero of a temperature scale. `known` is False for a mere noun; `noun` is what a known
    unit measures: the water of "3 g of water".
    """

    dimensions: tuple[tuple[str, int], ...] = ()
    factor: Fraction = Fraction(1)
    known: bool = True
    pi: int = 0
    offset: Fraction = Fraction(0)
    noun: str = field(default="", compare=False)

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.dimensions)
        for name, power in other.dimensions:
            powers[name] = powers.get(name, 0) + power
        left = tuple(sorted((name, power) for name, power in powers.items() if power))
        return Unit(left, self.factor * other.factor, pi=self.pi + other.pi)

    def __pow__(self, power: int) -> Unit:
        if power == 1 and not self.offset:
            return self
        left = tuple((name, exponent * power) for name, exponent in self.dimensions if power)
        return Unit(left, self.factor**power, pi=self.pi * power)

    @property
    def highest(self) -> int:
        """The largest power of a dimension, in absolute value."""
        return max((abs(power) for _, power in self.dimensions), default=0)


NOUN = Unit(known=False)
"""What counts things, and is not converted."""

PREFIXES = {
    "quecto q": -30, "ronto r": -27, "yocto y": -24, "zepto z": -21, "atto a": -18, "femto f": -15,
    "pico p": -12, "nano n": -9, "micro u": -6, "milli m": -3, "centi c": -2, "deci d": -1, "deca da": 1,
    "deka da": 1, "hecto h": 2, "kilo k": 3, "mega M": 6, "giga G": 9, "tera T": 12, "peta P": 15,
    "exa E": 18, "zetta Z": 21, "yotta Y": 24, "ronna R": 27, "quetta Q": 30,
}  # fmt: skip
"""Name and symbol of an SI prefix, and its power of ten."""

_BINARY_PREFIXES = {"kibi Ki": 10, "mebi Mi": 20, "gibi Gi": 30, "tebi Ti": 40}
"""Prefixes of bits and bytes, and their power of two (IEC 80000-13)."""

_BASE = """
m            | meter metre                    | length
g            | gram gramme                    | mass
s sec secs   | second                         | time
A amp        | ampere                         | current
K            | kelvin                         | temperature
mol          | mole                           | amount
cd           | candela                        | light
rad          | radian                         | angle
dB           | decibel                        | loudness
bit          | bit                            | information
eq Eq        | equivalent                     | equivalent
"""
_PREFIXED = """
Hz           | hertz                          | 1 s^-1
N            | newton                         | 1000 g m s^-2
Pa           | pascal                         | 1 N m^-2
J            | joule                          | 1 N m
W            | watt                           | 1 J s^-1
C            | coulomb                        | 1 A s
V            | volt                           | 1 W A^-1
F            | farad                          | 1 C V^-1
ohm          | ohm                            | 1 V A^-1
S            | siemens mho                    | 1 A V^-1
Wb           | weber                          | 1 V s
T            | tesla                          | 1 Wb m^-2
H            | henry henries                  | 1 Wb A^-1
lm           | lumen                          | 1 cd
lx           | lux                            | 1 lm m^-2
Bq           | becquerel                      | 1 s^-1
Gy           | gray                           | 1/1000 J g^-1
Sv           | sievert                        | 1/1000 J g^-1
kat          | katal                          | 1 mol s^-1
l L ltr      | liter litre                    | 1/1000 m^3
M            | molar                          | 1000 mol m^-3
eV           | electronvolt electron-volt     | 1.602176634e-19 J
cal          | calorie                        | 4.184 J
Wh           | watthour watt-hour             | 3600 J
Ah           | amphour ampere-hour            | 3600 C
VA           | volt-ampere                    | 1 W
bar          | bar                            | 100000 Pa
torr Torr    | torr                           | 101325/760 Pa
pc           | parsec                         | 96939420213600000 m pi^-1
Da           | dalton                         | 1.66053906892e-24 g
dyn          | dyne                           | 1/100000 N
erg          | erg                            | 1/10000000 J
P            | poise                          | 1/10 Pa s
St           | stokes stoke                   | 1/10000 m^2 s^-1
G Gs         | gauss                          | 1/10000 T
Ci           | curie                          | 37000000000 Bq
B            | byte                           | 8 bit
b barn       | barn                           | 1e-28 m^2
Jy           | jansky                         | 1e-26 W s m^-2
bps          | bps                            | 1 bit s^-1
"""
_PLAIN = """
u amu        | atomic-mass-unit               | 1 Da
min mins     | minute                         | 60 s
h hr hrs     | hour                           | 3600 s
d            | day                            | 86400 s
wk wks       | week                           | 604800 s
fortnight    | fortnight                      | 1209600 s
month mo mos | month                          | month
yr yrs       | year                           | 12 month
decade       | decade                         | 120 month
century      | century centuries              | 1200 month
millennium   | millennium millennia           | 12000 month
kyr          | kiloyear                       | 12000 month
Myr Ma       | megayear                       | 12000000 month
Gyr Ga       | gigayear                       | 12000000000 month
in           | inch inches                    | 0.0254 m
ft           | foot feet                      | 0.3048 m
yd yds       | yard                           | 0.9144 m
mi           | mile                           | 1609.344 m
nmi          | nautical-mile                  | 1852 m
mil          | thou                           | 0.0000254 m
fathom       | fathom                         | 1.8288 m
rod          | rod                            | 5.0292 m
furlong      | furlong                        | 201.168 m
ly           | light-year lightyear           | 9460730472580800 m
c            | speed-of-light                 | 299792458 m s^-1
Msun         | solar-mass                     | solar-mass
AU au        | astronomical-unit              | 149597870700 m
angstrom Å   | angstrom ångström              | 1e-10 m
micron       | micron                         | 1/1000000 m
fermi        | fermi                          | 1e-15 m
ha           | hectare                        | 10000 m^2
acre         | acre                           | 4046.8564224 m^2
cc           | cc                             | 1/1000000 m^3
gal gals     | gallon                         | 0.003785411784 m^3
qt           | quart                          | 0.000946352946 m^3
pt           | pint                           | 0.000473176473 m^3
cup          | cup                            | 0.0002365882365 m^3
mcg          | mcg                            | 1/1000000 g
fl-oz floz   | fluid-ounce                    | 0.0000295735295625 m^3
tbsp         | tablespoon                     | 0.00001478676478125 m^3
tsp          | teaspoon                       | 0.00000492892159375 m^3
impgal       | impgal                         | 0.00454609 m^3
impqt        | impqt                          | 0.0011365225 m^3
imppt        | imppt                          | 0.00056826125 m^3
impfloz      | impfloz                        | 0.0000284130625 m^3
bbl          | barrel                         | 42 gal
bushel       | bushel                         | 0.03523907016688 m^3
peck         | peck                           | 0.00880976754172 m^3
t            | tonne ton metric-ton           | 1000000 g
kt           | kilotonne kiloton              | 1000 t
Mt           | megatonne megaton              | 1000000 t
lb lbs lbm   | pound pound-mass               | 453.59237 g
shortton     | shortton                       | 2000 lb
longton      | longton                        | 2240 lb
oz           | ounce                          | 28.349523125 g
gm gms       | gm                             | 1 g
cwt          | hundredweight                  | 100 lb
ozt          | troy-ounce                     | 31.1034768 g
dwt          | pennyweight                    | 1.55517384 g
stone st     | stone                          | 14 lb
grain        | grain                          | 1/7000 lb
carat ct     | carat                          | 1/5 g
lbf          | pound-force pounds-force       | 4.4482216152605 N
kgf          | kilogram-force                 | 9.80665 N
kip          | kip                            | 1000 lbf
poundal      | poundal                        | 0.138254954376 N
slug         | slug                           | 1 lbf s^2 ft^-1
ft-lb ft-lbf | foot-pound                     | 1 ft lbf
hp           | horsepower                     | 550 ft lbf s^-1
Btu          | british-thermal-unit           | 1055.05585262 J
Cal          | food-calorie                   | 4184 J
therm        | therm                          | 100000 Btu
atm          | atmosphere                     | 101325 Pa
mmHg         | mmHg                           | 133.322387415 Pa
cmHg         | cmHg                           | 1333.22387415 Pa
inHg         | inHg                           | 3386.388640341 Pa
psi psia     | psi                            | 1 lbf in^-2
ksi          | ksi                            | 1000 psi
psf          | psf                            | 1 lbf ft^-2
mph          | mph                            | 1 mi h^-1
kph kmph     | kph                            | 1000 m h^-1
fps          | fps                            | 1 ft s^-1
cfs          | cfs                            | 1 ft^3 s^-1
cfm          | cfm                            | 1 ft^3 min^-1
gpm          | gpm                            | 1 gal min^-1
knot kn kts  | knot                           | 1852 m h^-1
deg degree ° | degree                         | 1/180 rad pi
arcminute    | arcmin                         | 1/60 deg
arcsecond    | arcsec                         | 1/3600 deg
rev          | revolution turn                | 2 rad pi
rpm          | rpm                            | 1 rev min^-1
rps          | rps                            | 1 rev s^-1
cps          | cps                            | 1 s^-1
sr           | steradian                      | 1 rad^2
dpt diopter  | diopter dioptre                | 1 m^-1
D            | debye                          | 1/299792458e21 C m
Mx           | maxwell                        | 1/100000000 Wb
rem          | rem                            | 1/100 Sv
molal        | molal                          | 1/1000 mol g^-1
einstein     | einstein                       | 1 mol
IU           | international-unit             | international-unit
dBm          | decibel-milliwatt              | decibel-milliwatt
ppb          | part-per-billion               | part-per-billion
ppm          | part-per-million               | 1000 ppb
percent % pct| percent                        | percent
"""

_SCALES = (
    (["celsius", "centigrade", "°C", "degC"], "1", "273.15"),
    (["fahrenheit", "°F", "degF"], "5/9", "45967/180"),
    (["rankine", "°R", "degR"], "5/9", "0"),
)
"""Names of a scale of temperature, its degree and its zero in kelvins."""

_SYMBOLS = {
    **{words.split()[1]: Fraction(10) ** power for words, power in PREFIXES.items()},
    **{words.split()[1]: Fraction(2) ** power for words, power in _BINARY_PREFIXES.items()},
}
_NAMES = {
    **{words.split()[0]: Fraction(10) ** power for words, power in PREFIXES.items()},
    **{words.split()[0]: Fraction(2) ** power for words, power in _BINARY_PREFIXES.items()},
}
_START = 3
"""Letters of the shortest name of a prefix."""

_NAMES_BY_START = {
    start: [(name, factor) for name, factor in _NAMES.items() if name[:_START] == start]
    for start in {name[:_START] for name in _NAMES}
}
MAX_WORD = 24
"""No unit has a longer name."""

_ENGLISH = frozenset(["as", "am", "pH", "PM", "EM"])
"""What would be a unit with a prefix, and is never meant as one."""


@dataclass(slots=True)
class _Table:
    """The rows above: symbols as written, names in small letters, and which of both take a prefix."""

    symbols: dict[str, Unit] = field(default_factory=dict)
    names: dict[str, Unit] = field(default_factory=dict)
    folded: dict[str, Unit | None] = field(default_factory=dict)
    prefixed: set[str] = field(default_factory=set)


@lru_cache(maxsize=1)
def _table() -> _Table:
    table = _Table()
    for rows, prefixed in ((_BASE, True), (_PREFIXED, True), (_PLAIN, False)):
        for row in rows.strip().splitlines():
            symbols, names, definition = (listed(part.strip()) for part in row.split("|"))
            _add(table, symbols, names, _defined(definition, table))
            if prefixed:
                table.prefixed.update(symbols, names)
    for symbols, unit in _money():
        _add(table, symbols, symbols, unit)
    for names, step, zero in _SCALES:
        unit = Unit((("temperature", 1),), Fraction(step), offset=Fraction(zero))
        _add(table, names, names, unit)
    return table


def _money() -> list[tuple[list[str], Unit]]:
    """All currencies and their hundredths, each a dimension of its own."""
    rows = []
    for one in CURRENCIES:
        unit = Unit(((one.code, 1),))
        rows.append(([*filter(None, [one.sign]), *one.names, one.code], unit))
        rows.append(([*one.hundredths], _scaled(unit, Fraction(1, 100))))
    return rows


def _defined(definition: list[str], table: _Table) -> Unit:
    """`1000 g m s^-2`: a factor and symbols with their powers; one word is a dimension of its own."""
    first, *rest = definition
    if not rest:
        return Unit(((first, 1),))
    unit = Unit((), _fraction(first))
    for part in rest:
        symbol, _, power = part.partition("^")
        factor = Unit(pi=1) if symbol == "pi" else table.symbols[symbol]
        unit = unit * factor ** int(power or 1)
    return unit


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom or 1)


def _add(table: _Table, symbols: list[str], names: list[str], unit: Unit) -> None:
    for symbol in symbols:
        table.symbols[symbol] = unit
        if len(symbol) > 1:
            low = symbol.lower()
            table.folded[low] = unit if table.folded.get(low, unit) == unit else None
    for name in names:
        for spelling in (name.lower(), name.lower().replace("-", "")):
            table.names[spelling] = unit


def unit_of(word: str) -> Unit | None:
    """The unit that one word or symbol names, with its prefix; None where there is none.

    A symbol is read as it is written ("mW" is no "MW"), else as a name in any case, else in another case
    where only one unit can be meant ("KJ", "PSI").
    """
    return _found(word) if len(word) <= MAX_WORD else None


@lru_cache(maxsize=1024)
def _found(word: str) -> Unit | None:
    if word in _ENGLISH:
        return None
    return _symbol(word) or _name(word.lower()) or _named_prefix(word) or _folded(word)


def spellings() -> dict[str, Unit]:
    """Every symbol and name of the table, without prefixes."""
    return {**_table().names, **_table().symbols}


def _symbol(word: str) -> Unit | None:
    table = _table()
    if word in table.symbols:
        return table.symbols[word]
    for length in (1, 2):
        rest = word[length:]
        if word[0] == "a" and rest.islower():
            continue  # `ab` and `ag` are products: atto stands before capitals alone
        if word[:length] in _SYMBOLS and rest in table.prefixed and rest in table.symbols:
            return _scaled(table.symbols[rest], _SYMBOLS[word[:length]])
    return None


def _name(word: str) -> Unit | None:
    table = _table()
    for name in (word, word.removesuffix("s")):
        if name in table.names:
            return table.names[name]
        for prefix, factor in _NAMES_BY_START.get(name[:_START], ()):
            rest = name.removeprefix(prefix)
            if rest != name and rest in table.prefixed and rest in table.names:
                return _scaled(table.names[rest], factor)
    return None


def _named_prefix(word: str) -> Unit | None:
    """`micromol`, `milliamp`, `microA`: the name of a prefix before a symbol."""
    table = _table()
    for prefix, factor in _NAMES_BY_START.get(word[:_START], ()):
        rest = word.removeprefix(prefix)
        symbol = rest if rest in table.symbols else rest.removesuffix("s")
        if rest != word and symbol in table.prefixed and (len(symbol) > 1 or symbol.isupper()):
            return _scaled(table.symbols[symbol], factor) if symbol in table.symbols else None
    return None


def _folded(word: str) -> Unit | None:
    """`PSI`, `KJ`, `Kg`, `CM`: kilo and centi have no double in the other case, as mega and milli have."""
    table, low = _table(), word.lower()
    if found := table.folded.get(low):
        return found
    if word[0] in "kK" or (word[0] == "C" and word.isupper()):
        rest = low[1:]
        symbols = [symbol for symbol in table.prefixed & set(table.symbols) if symbol.lower() == rest]
        if symbols:
            return _symbol(low[0] + (rest if rest in symbols and rest != "b" else min(symbols)))
    return None


def _scaled(unit: Unit, factor: Fraction) -> Unit:
    return Unit(unit.dimensions, unit.factor * factor, pi=unit.pi)
