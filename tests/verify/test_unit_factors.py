"""Every factor of the unit table against pint, which is independent of it."""

from __future__ import annotations

from math import pi

import pint
import pytest

from dartmath.verify.language.dimensions import PREFIXES, Unit, spellings, unit_of
from dartmath.verify.language.money import CODES
from dartmath.verify.language.units import parse_unit

REGISTRY: pint.UnitRegistry[float] = pint.UnitRegistry()
PINT = {
    "sec": "s", "amp": "A", "gramme": "g", "henries": "H", "mho": "S", "ltr": "L", "electron-volt": "eV",
    "watthour": "W h", "watt-hour": "W h", "Wh": "W h", "amphour": "A h", "ampere-hour": "A h",
    "ampere": "A", "Ah": "A h", "volt-ampere": "V A", "VA": "V A", "Torr": "torr", "stoke": "stokes",
    "St": "stokes", "P": "poise", "G": "1e-4 T", "gauss": "1e-4 T", "mx": "1e-8 Wb",
    "maxwell": "1e-8 Wb", "Mx": "1e-8 Wb", "u": "dalton", "atomic-mass-unit": "dalton", "mins": "min",
    "hrs": "hr", "wk": "week", "wks": "week", "yr": "12 month", "yrs": "12 month", "year": "12 month",
    "decade": "120 month", "century": "1200 month", "centuries": "1200 month",
    "millennium": "12000 month", "millennia": "12000 month", "kyr": "1000 year", "kiloyear": "1000 year",
    "Myr": "1e6 year", "Ma": "1e6 year", "megayear": "1e6 year", "Gyr": "1e9 year", "Ga": "1e9 year",
    "gigayear": "1e9 year", "yds": "yard", "nautical-mile": "nautical_mile", "mil": "1e-3 inch",
    "ly": "light_year", "light-year": "light_year", "lightyear": "light_year", "AU": "astronomical_unit",
    "au": "astronomical_unit", "astronomical-unit": "astronomical_unit", "Å": "angstrom",
    "ångström": "angstrom", "gals": "gallon", "gal": "gallon", "fl-oz": "fluid_ounce",
    "floz": "fluid_ounce", "fluid-ounce": "fluid_ounce", "tbsp": "tablespoon", "tsp": "teaspoon",
    "bbl": "oil_barrel", "barrel": "oil_barrel", "ton": "metric_ton", "t": "metric_ton",
    "tonne": "metric_ton", "metric-ton": "metric_ton", "kt": "1000 metric_ton",
    "kilotonne": "1000 metric_ton", "kiloton": "1000 metric_ton", "Mt": "1e6 metric_ton",
    "megatonne": "1e6 metric_ton", "megaton": "1e6 metric_ton", "lbs": "lb", "lbm": "lb",
    "pound-mass": "lb", "ct": "carat", "pound-force": "lbf", "pounds-force": "lbf",
    "kilogram-force": "kgf", "ft-lb": "ft lbf", "ft-lbf": "ft lbf", "foot-pound": "ft lbf",
    "Btu": "british_thermal_unit", "british-thermal-unit": "british_thermal_unit", "Cal": "kcal",
    "food-calorie": "kcal", "therm": "1e5 british_thermal_unit", "mmhg": "mmHg", "cmhg": "cmHg",
    "inhg": "inHg", "psia": "psi", "psf": "lbf/ft^2", "kph": "km/h", "kmph": "km/h", "fps": "ft/s",
    "cfs": "ft^3/s", "cfm": "ft^3/min", "gpm": "gallon/min", "kn": "knot", "kts": "knot", "°": "degree",
    "arcmin": "arcminute", "arcsec": "arcsecond", "rev": "revolution", "rps": "revolution/s",
    "cps": "1/s", "Hz": "1/s", "hertz": "1/s", "Bq": "1/s", "becquerel": "1/s", "Ci": "3.7e10/s",
    "curie": "3.7e10/s", "dpt": "1/m", "diopter": "1/m", "dioptre": "1/m", "D": "debye",
    "molal": "mol/kg", "einstein": "mol", "celsius": "delta_degC", "centigrade": "delta_degC",
    "°C": "delta_degC", "°c": "delta_degC", "degC": "delta_degC", "degc": "delta_degC",
    "fahrenheit": "delta_degF", "°F": "delta_degF", "°f": "delta_degF", "degF": "delta_degF",
    "degf": "delta_degF", "M": "mol/L", "molar": "mol/L", "h": "hour", "d": "day", "B": "byte",
    "bit": "bit", "b": "barn", "C": "coulomb", "F": "farad", "l": "liter", "L": "liter", "pt": "pint",
    "qt": "quart", "cd": "candela", "cc": "cm^3", "deg": "degree", "turn": "revolution", "min": "minute",
    "rem": "rem", "rad": "radian", "in": "inch", "lm": "cd", "lumen": "cd", "lx": "cd/m^2",
    "lux": "cd/m^2", "sr": "radian^2", "steradian": "radian^2", "fermi": "1e-15 m", "thou": "1e-3 inch",
    "amu": "dalton", "micron": "1e-6 m", "month": "month", "kip": "1000 lbf", "ksi": "1000 lbf/inch^2",
    "psi": "lbf/inch^2", "Gs": "1e-4 T", "gs": "1e-4 T", "c": "299792458 m/s",
    "speed-of-light": "299792458 m/s", "gm": "g", "gms": "g", "mo": "month", "mos": "month",
    "impgal": "imperial_gallon", "impqt": "imperial_quart", "imppt": "imperial_pint",
    "impfloz": "imperial_fluid_ounce", "shortton": "2000 lb", "longton": "2240 lb", "st": "14 lb",
    "Jy": "1e-26 W/m^2/Hz", "jy": "1e-26 W/m^2/Hz", "jansky": "1e-26 W/m^2/Hz", "bps": "bit/s",
    "troy-ounce": "troy_ounce", "°r": "degR", "degr": "degR",
}  # fmt: skip
"""What a spelling is in pint where pint spells it otherwise, or means something else by it."""

BASES = {
    "length": "m", "mass": "g", "time": "s", "current": "A", "temperature": "K", "amount": "mol",
    "light": "cd", "angle": "radian", "information": "bit", "month": "month",
}  # fmt: skip
NOT_IN_PINT = {
    *CODES, "percent", "loudness", "solar-mass", "equivalent", "international-unit", "decibel-milliwatt",
    "part-per-billion",
}  # fmt: skip
CLOSE = {
    "acre": 1e-5, "fathom": 1e-5, "furlong": 1e-5, "rod": 1e-5,  # pint: the survey foot, withdrawn in 2022
    "Btu": 1e-6, "british-thermal-unit": 1e-6, "therm": 1e-6,  # pint rounds the joules of a Btu
}  # fmt: skip
"""Relative difference where the definitions differ; elsewhere only the noise of floats is allowed."""


def in_pint(word: str) -> pint.Quantity:  # type: ignore[type-arg]
    return REGISTRY.Quantity(PINT.get(word, word))


def spelled() -> list[str]:
    """A spelling with hyphens stands for those without."""
    words = spellings()
    joined = {word.replace("-", "") for word in words if "-" in word}
    return sorted(word for word in words if word not in joined and not dimensions(words[word]) & NOT_IN_PINT)


def dimensions(unit: Unit) -> set[str]:
    return {name for name, _ in unit.dimensions}


def assert_is(unit: Unit, theirs: pint.Quantity, within: float = 1e-9) -> None:  # type: ignore[type-arg]
    """The unit is of pint's dimensions and size."""
    base = REGISTRY.Quantity(1)
    for name, power in unit.dimensions:
        base = base * REGISTRY.Quantity(1, BASES[name]) ** power
    factor = float(unit.factor) * pi**unit.pi
    assert theirs.to(base.units).magnitude == pytest.approx(factor, rel=within, abs=0)


@pytest.mark.parametrize("word", spelled())
def test_factor(word: str) -> None:
    assert_is(spellings()[word], in_pint(word), CLOSE.get(word, 1e-9))


PHRASES = {
    "km/h": "km/h", "m s^{-1}": "m/s", "ms^{-1}": "m/s", "m/s/s": "m/s^2",
    "metres per second squared": "m/s^2", "kg m^2 s^{-2}": "J", "kg*m^2/s^2": "J", "kg·m/s": "kg m/s",
    "kg / (m s^2)": "Pa", "J/(mol K)": "J/mol/K", "J mol^{-1} K^{-1}": "J/mol/K", "Jmol^{-1}": "J/mol",
    "calmol^{-1}": "cal/mol", "Nm": "N m", "kNm": "kN m", "As": "A s", "Pa s": "Pa s", "molL^{-1}": "mol/L",
    "atmL": "atm L", "Wm^{-2}": "W/m^2", "square feet": "ft^2", "sq. in.": "inch^2", "cubic metres": "m^3",
    "cu. ft": "ft^3", "metres cubed": "m^3", "feet squared": "ft^2", "square (km)": "km^2",
    "cubic centimetres per minute": "cm^3/min", "square metres squared": "m^4", "square": None,
    "per second": "1/s", "/s": "1/s", "per m^3": "1/m^3", "km per h per s": "km/h/s",
    "feet a second": "ft/s", "miles every hour": "mile/h", "m^(-1)": "1/m", "s^{+2}": "s^2", "m^12": "m^12",
    "m^13": None, "m^6 m^7": None, "m^-12": "1/m^12", "m^-13": None, "s^2 s^-1": "s",
    "micromol per litre": "umol/L", "milliamps": "mA", "kilovolts": "kV", "KJ": "kJ", "Kg": "kg", "CM": "cm",
    "PSI": "psi", "mW": "mW", "MW": "MW", "MHZ": None, "Kpa": "kPa", "gas": None, "ohms": "ohm",
    "CATS": None, "CO_2": None, "kilos": None, "micros": None, "ccs": "cm^3",
    "Henrys": "henry", "degrees": "degree", "rev/min": "revolution/minute", "rad/s": "radian/s",
    "pounds per square inch": "lb/inch^2", "lbs/in^2": "lb/inch^2", "foot-pounds": "ft lbf",
    "lb-ft": "ft lbf", "nautical miles": "nautical_mile", "light-years": "light_year",
    "fluid ounces": "fluid_ounce", "mm of mercury": "mmHg", "inches of Hg": "inHg", "electron volts": "eV",
    "minutes of arc": "arcminute", "kilograms-force": "kgf", "metric tons": "metric_ton",
    "degrees Celsius": "delta_degC", "°K": "K", "kmph": "km/h", "cms": "cm", "kgs": "kg", "µm": "um",
    "C/kg": "C/kg", "half": None, "x" * 25: None,
}  # fmt: skip
"""What phrases are in pint; None for what is no unit."""


@pytest.mark.parametrize("phrase", PHRASES)
def test_phrase(phrase: str) -> None:
    unit, theirs = parse_unit(phrase), PHRASES[phrase]
    assert unit.known is (theirs is not None)
    if theirs is not None:
        assert unit.noun == ""
        assert_is(unit, REGISTRY.Quantity(theirs))


@pytest.mark.parametrize("words", PREFIXES)
def test_prefix(words: str) -> None:
    name, symbol = words.split()
    exponent = PREFIXES[words]
    assert REGISTRY.Quantity(1, f"{name}meter").to("m").magnitude == pytest.approx(10.0**exponent, abs=0)
    for word in (f"{symbol}Hz", f"{name}hertz", f"{name}joules"):
        unit = unit_of(word)
        assert unit is not None, word
        rest = unit_of(word.removeprefix(symbol) if word == f"{symbol}Hz" else word.removeprefix(name))
        assert rest is not None
        assert float(unit.factor / rest.factor) == pytest.approx(10.0**exponent, abs=0)


@pytest.mark.parametrize(("word", "power"), [("KiB", 10), ("MiB", 20), ("GiB", 30), ("tebibytes", 40)])
def test_binary_prefix(word: str, power: int) -> None:
    unit = unit_of(word)
    assert unit is not None
    assert unit.factor == 8 * 2**power


@pytest.mark.parametrize(("word", "temperature"), [("celsius", "degC"), ("fahrenheit", "degF")])
def test_zero_of_a_scale(word: str, temperature: str) -> None:
    unit = unit_of(word)
    assert unit is not None
    assert float(unit.offset) == pytest.approx(REGISTRY.Quantity(0, temperature).to("K").magnitude)
