"""Quantities: letters as units, conversion, tolerances, and references that are measured."""

from __future__ import annotations

import pytest

from dartmath.base.errors import ConfigError
from dartmath.verify import grade, verify
from dartmath.verify.contract.question import Question
from dartmath.verify.contract.settings import GradingSettings, Tolerance

GAS = "Two moles of a gas fill 1.05 L at 300 K. Find the pressure in atm."
WORDS = "A rope is 3.5 m long and is cut into 4 pieces. How long is each?"
SAME = [
    ("264g", "264"), ("300 K", "300"), (r"5\,\Omega", "5 ohms"), (r"3857 $\mathrm{J}$", "3857"),
    ("3 T", "3 tesla"), ("10^{-16} J", "1e-16"), ("46.4 atm", "46.4"), ("180.36 g/mol", "180.36"),
    ("2.72 kcal", "2720 cal"), ("12 kPa", "12000 Pa"), ("10 kHz", "10000 Hz"),
    ("20.132 GeV", "20132 MeV"), ("1 kWh", "3.6 MJ"), ("1 atm", "101325 Pa"), ("10 angstroms", "1 nm"),
    ("0.5 M", "0.5 mol/L"), ("5 J", "5 N m"), ("60 W", "60 J/s"), ("10 N", "10 kg m/s^2"),
    ("10 knots", "18.52 km/h"), (r"2\,\mathrm{kg}", r"2000\,\mathrm{g}"),
    (r"3\ \mu\text{m}", "3000 nm"), ("1.6 x 10^-19 C", r"1.6 \times 10^{-19} \mathrm{C}"),
    ("1.6E-19", "1.6e-19"), ("7.97$10^3$", "7970"), ("2.48×10−5", "2.48e-5"),
    ("8.314 J/(mol K)", "8.314 J mol^{-1} K^{-1}"),
    ("8.314 J/(mol K)", r"8.314 \mathrm{~Jmol}^{-1} \mathrm{~K}^{-1}"),
    ("-9.81*m*s^(-2)", "-9.81*m/s^2"), ("0.4*l", "400*cm^3"), ("18*kJ", "18000.0*J"),
    ("0 °C", "273.15 K"), ("212 °F", "100 °C"), ("0 °C", "273 K"), ("60 rpm", "1 Hz"),
    ("6.28 rad/s", "6.28 s^{-1}"), ("180 degrees/s", "0.5 rev/s"), ("30 lb/in^2", "30 psi"),
    ("5 miles", "8.05 km"), ("1 eV", "1.602 x 10^-19 J"), ("1 year", "365.25 days"),
    ("26 g HCl", "26 g"), ("5 J", "5 joules of energy"), ("36 KJ/mol", "36000 J/mol"),
    ("14.7 PSI", "14.7 psi"), ("27-kilometer", "27 km"),
    ('3 mmol', '3000 micromol'),
    ('2 A', '2000 milliamps'),
    ('20 kg', '20 [kg]'),
    ('6 ft', "6'"),
    ('9 in', '9"'),
    ('5 ft 6 in', '5\'6"'),
    ('0.5 L', 'half a liter'),
    ('0.75 cup', 'three quarters of a cup'),
    ('1 lb', 'a lb'),
    ('16 feet', '4 yards and 4 feet'),
    ('2030 m', '2 km, 3 dam'),
    ('-7 °C', '7 degrees Celsius below zero'),
    ('3 gallons', 'about three gallons'),
    ('20 °C', '20 ° celsius'),
    ('20 °C', '20 deg c'),
    ('7 kg', '7 kgs'),
    ('500 ug', '500 mcg'),
    ('1 u', '1.6605390*10^{-27} kg'),
    ('9 N', '9 kilogram meter second^(-2)'),
    ('2 g', '0,002 kg'),
]  # fmt: skip
DIFFERENT = [
    ("5x", "5"), ("5m", "5"), ("2s", "2"), ("3ab", "3"), ("5 J", "5 W"), ("5 mW", "5 MW"),
    ("12 kPa", "12 Pa"), ("5 miles", "8.1 km"), ("5 miles", "8 km"), ("20 °C", "294 K"),
    ("9.81 m/s^2", "9.81 m/s"), ("1 kg", "1 lb"), ("5 N m", "5 N/m"), ("10 L", "10 m^3"),
    ("2 g HCl", "3 g HCl"), ("5 kg", "5.01 kg"), ("1 ft", "11 in"), ("5 m", "5 gazillimetre"),
    ('3 mol', '3 micromol'),
    ('2 amps', '2 milliamps'),
    ('20 kg', '20 [lb]'),
    ('6 in', "6'"),
    ('9 ft', '9"'),
    ('5 ft 8 in', '5\'6"'),
    ('0.5 L', 'a quarter of a liter'),
    ('17 feet', '4 yards and 4 feet'),
    ('7 °C', '7 degrees Celsius below zero'),
    ('3 gallons', 'about four gallons'),
    ('20 °C', '20 deg f'),
    ('1 u', '1.6606*10^{-27} kg'),
    ('5 miles', '8.0468 km'),
    ('2 g', '0,02 kg'),
    ('[0, 1]', '0 [1]'),
]  # fmt: skip
WITH_A_QUERY = [
    ("5 m", "5", "A ball falls from rest. How far, in m?", True),
    ("5m", "5", "A body of mass $m$ is pushed by five more. Find the mass of all.", False),
    ("4V", "4", "Find the electric potential at the point, in volts.", True),
    ("4V", "4", "Let $V$ be the volume of a cube. Find that of four cubes.", False),
    ("5 K", "5 °C", "What is the change in temperature?", True),
    ("5 K", "5 °C", "What is the temperature?", False),
    ("46.4 atm", "46.485", GAS, True),
    ("46.4 atm", "46.9", GAS, False),
    ("2.5", "2500 J", "Find the work in kJ.", True),
    ("2.5", "2.5 J", "Find the work in kJ.", False),
    ("2500 J", "2.5", r"Find the work in $\mathrm{kJ}$.", True),
    ("2.5", "2.5 J", "Find the work.", True),
    ("90", "25 m/s", "How fast is the car, in kilometers per hour?", True),
    ("62", "62.3", GAS, True),
    ("62", "63", GAS, False),
    (r"\frac{1}{3}", "0.33", GAS, False),
    ("46.4 atm", "46.41", GAS + " Round to the nearest hundredth.", False),
    ("$97.33", "97.31", GAS, False),
    ("$13.63", "13.625", "What does each of them pay?", True),
    ("$13.63", "13.61", "What does each of them pay?", False),
    ("$13.63", "13.625", "What does each of them pay? Round to the nearest cent.", False),
    ("14.239%", "14.24%", "What is the yield of the bond?", True),
    ("14.239%", "14.2%", "What is the yield of the bond?", True),
    ("14.239%", "14.3%", "What is the yield of the bond?", False),
    ("14.239%", "14%", "What is the yield of the bond?", False),
    ("14.239%", "14.2%", "What is the loss of the shop?", False),
    ("14.239", "14.24", "What is the sum of the numbers?", False),
    ("35.2", "35.22", "How many moles are there? Use dots as decimal separator.", True),
    ("35.2", "35.22", "How many moles are there? Answer in exactly this format: [ANSWER]", True),
    ("35.2", "35.22", "How many moles are there exactly?", False),
    ("35.2", "35.22", "How many moles are there? Give one decimal.", False),
    ("0.875 m", "0.88 m", WORDS, False),
    ("0.635", "0.6346", "Find the probability that the test is right.", True),
    ("0.635", "0.64", "Find the probability that the test is right.", False),
    ("0.63", "0.6346", "Find the probability that the test is right.", True),
    ("0.6", "0.6346", "Find the probability that the test is right.", False),
    ("0.62", "0.6346", "Find the probability that the test is right.", False),
    ("0.63", "0.6346", "Find the share of the boys.", False),
    ("0.0053", r"\left(\frac{10}{19}\right)^7 \cdot \frac{9}{19}", "Find the probability of a win.", True),
    ("0.0052", r"\left(\frac{10}{19}\right)^7 \cdot \frac{9}{19}", "Find the probability of a win.", False),
    ("0.00312", "0.0031", "Find the variance of the sample.", True),
    ("0.00312", "0.003", "Find the variance of the sample.", False),
    ("7.05", "7.0", "Find the standard deviation.", False),
    ("2.4", "2.438", "Use Newton's method to solve the equation.", True),
    ("2.4", "2.438", "Use Newton's method to solve the equation. Give one decimal.", False),
    ("26,730 mg", "26700 mg", "A coin weighs about 0.943 ounces. Give its weight in milligrams.", True),
    ("26,730 mg", "26800 mg", "A coin weighs about 0.943 ounces. Give its weight in milligrams.", False),
    ("7.25", "7.26", "A tank holds 4.5 gallons, and 2.75 gallons are added. How many are there?", False),
    ("12.34", "12.35", "How many gallons does a box of 1.65 cubic feet hold?", True),
    ("12.34", "12.45", "How many gallons does a box of 1.65 cubic feet hold?", False),
    ("187.25", "187.35", "She sold 5 CDs and 3 CD 's with films. How many dollars did she get?", False),
    ("187.25", "187.35", "A box has 15 bars of soap. How many boxes are 2808.75 bars?", False),
    ("187.25", "187.35", "The gas has 15 bars of pressure. Find its density.", True),
    ("6.5", "6.55", "They fill boxes of 6. Henry has 39 apples. How many boxes does he fill?", False),
    ("3.0", "3.03", "A sack holds around 20 logs. How many sacks do 60 logs fill?", False),
    ("26,730", "26700", "About 30 people came with coins. How many coins are there?", False),
    ("4.36", "4.39", "What is the Fermi energy, in eV?", True),
    ("4.36", "4.45", "What is the Fermi energy, in eV?", False),
    ("35.8", "35.79", "A rod of exactly 50 m at 20 °C is heated. How long is it in terms of meters?", True),
    ("35.8", "35.79", "A rod is heated to 20 °C. How long is it exactly?", False),
    ("3.4", "3.43", "A wheel makes a round trip in oil of density 850 kg/m^3. Find its speed.", True),
]


@pytest.mark.parametrize(("reference", "answer"), SAME)
def test_same_quantity(reference: str, answer: str) -> None:
    assert verify(reference, answer).correct


@pytest.mark.parametrize(("reference", "answer"), DIFFERENT)
def test_different_quantity(reference: str, answer: str) -> None:
    assert not verify(reference, answer).correct


@pytest.mark.parametrize(("reference", "answer", "query", "correct"), WITH_A_QUERY)
def test_the_query_decides(reference: str, answer: str, query: str, *, correct: bool) -> None:
    assert verify(reference, answer, query=query).correct == correct


@pytest.mark.parametrize("mark", ["~", r"\approx ", "about ", "approximately ", "≈", "roughly "])
def test_a_reference_that_calls_itself_approximate(mark: str) -> None:
    assert verify(f"{mark}0.83", "0.829").correct
    assert verify(f"{mark}4.5", "e^{1.5}").correct
    assert not verify(f"{mark}0.83", "0.85").correct
    assert not verify("0.83", "0.829").correct


@pytest.mark.parametrize(
    ("tolerance", "near", "far"),
    [
        ({"absolute": 0.5}, "100.5", "100.6"),
        ({"relative": 0.01}, "101", "101.1"),
        ({"digits": 3}, "100.4", "101"),
        ({"absolute": 0.1, "relative": 0.02}, "102", "102.1"),
        ({"relative": 0.01}, "0.101 km", "0.102 km"),
    ],
)
def test_tolerances(tolerance: dict[str, float], near: str, far: str) -> None:
    settings = GradingSettings(tolerance=Tolerance.model_validate(tolerance))
    asked = Question("", ("100 m",), metadata={"tolerance": tolerance})
    for answer, correct in ((near, True), (far, False)):
        assert verify("100 m", answer, tolerance=tolerance).correct == correct
        assert verify("100 m", answer, settings=settings).correct == correct
        assert grade(asked, rf"\boxed{{{answer}}}").correct == correct


def test_a_tolerance_with_another_key_is_an_error() -> None:
    with pytest.raises(ConfigError, match="relativ"):
        verify("5.0", "5.1", tolerance={"relativ": 0.1})


@pytest.mark.parametrize(
    ("reference", "answer", "correct"),
    [
        ("3.6", "3.627", True),
        ("0.00587", "0.0059", True),
        ("4.0129 times", "4.01", True),
        ("1.0 x 10^-10", "1.004e-10", True),
        ("1.0 x 10^-10", "1.1e-10", False),
        ("5", "5.1", False),
        ("5", "6", False),
        (r"\frac13", "0.333", False),
        (r"\sqrt2", "1.41", False),
        ("$97.33", "97.31", False),
        ("5.7", r"5.70\%", True),
        ("0.37", r"0.37\%", False),
        ("0.672 c", "0.67c", True),
        ("0.672 c", "0.67", False),
        ("10", "10.05", True),
        ("10", "10.30", False),
        ("x^2", "1.001x^2", False),
    ],
)
def test_the_science_mode(reference: str, answer: str, *, correct: bool) -> None:
    assert verify(reference, answer, science=True).correct == correct
    assert grade(Question("", (reference,), "science"), rf"\boxed{{{answer}}}").correct == correct
