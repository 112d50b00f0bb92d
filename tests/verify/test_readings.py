"""Every row of the table of second readings: what needs it, by name, and what it must not accept."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dartmath.verify import GradingPool, judge, verify
from dartmath.verify.contract.question import Question
from dartmath.verify.readings.table import READINGS

_PARTS = "The answer is m/n in lowest terms. Find $m + n$."

# (name of the reading, reference, answer that needs it, answer that it must not accept, query)
CASES = [
    ("commas between items", r"\{1, 234\}", "1,234", "1,235", None),
    ("bookkeeper's brackets", "-2750", "(2,750)", "(2,751)", None),
    ("question repeated", "yes", "The dot is red", "The dot is not red", "Is the dot red?"),
    ("part of a whole", "14", "14 out of 25 apples", "15 out of 25 apples", "How many apples are red?"),
    ("time of day", "4:30 p.m.", "4:30", "4:31", None),
    ("time with seconds", "10:15", "10:15:00", "10:15:01", None),
    ("letters as factors", r"x \cdot y", "xy", "xz", None),
    ("counted things", "7", "seven hungry people", "six hungry people", None),
    ("digits in the base asked for", "4210_5", "4210", "4211", "Write it in base 5."),
    ("letters as digits", "11", "B_{16}", "C_{16}", None),
    ("formulas of chemistry", r"\mathrm{SO_3^{2-}}", "SO32-", "SO42-", None),
    ("direction of an amount", "9 N to the left", "9 N leftward", "9 N rightward", None),
    ("duration", "3723 s", "1h2m3s", "1h3m2s", None),
    ("uncertainty of the last digits", r"1.20 \pm 0.03", "1.20(3)", "1.20(4)", None),
    ("percentage points", "4 percentage points", "4 pp", "5 pp", None),
    ("states of chemistry", "+5", "V", "IV", "What is the oxidation state of nitrogen?"),
    ("names of parameters", r"k\pi", r"n\pi", r"2n\pi", None),
    ("j as the imaginary unit", "3-4i", "3-4j", "3+4j", None),
    ("polar coordinates", r"x^2+y^2=2x", r"r=2\cos\theta", r"r=2\sin\theta", None),
    ("letters as units", "5 m", "5 meters", "6 meters", None),
    ("names of constants", "f(x) = cx", "f(x) = kx", "f(x) = kx^2", "Find all f with $f(x+y)=f(x)+f(y)$."),
    ("bound asked for", "12", "at most 12", "at most 13", "What is the largest number of apples?"),
    ("value of a computation", "3", r"\frac{3x}{x} = 3", r"\frac{3x}{x} = 4", None),
    ("number of millions asked for", "5", "5 million", "6 million", "How many millions of people?"),
    ("scale that the query asks for", "2.307", "£2,307,000", "£2,307", "What is its cost (in millions)?"),
    ("decrease asked for", "-0.0136", "0.0136", "0.0146", "Find the decrease in volume of the oil."),
    ("label of a part", r"(c) \, Q = 5.8 \times 10^2 \, \text{J}", "580 J", "590 J", None),
    ("uncertainty beside a value", r"50.3 \pm 0.2", "50.3", "51.5", "Find the half-life of the isotope."),
    ("uncertainty of the answer", "50.3", r"50.3 \pm 0.2", r"51.5 \pm 0.2", None),
    ("items in quotes", "5%, 7%", "['5%', '7%']", "['5%', '8%']", None),
    ("ends of a range", "between 3 and 5 eV", "3-5 eV", "3-6 eV", None),
    (
        "names that the query leaves open",
        "E = 1.23 V",
        r"\varepsilon = 1.23 \text{ V}",
        r"\varepsilon = 1.34 \text{ V}",
        "What potential does the cell show?",
    ),
    (
        "index left out",
        r"\frac{3}{2} kT",
        r"\frac{3}{2} k_B T",
        r"\frac{1}{2} k_B T",
        "Find the mean energy at $T$.",
    ),
    ("range of an answer key", "0.85 to 0.89", "0.87", "0.9", "What is the wavelength in micrometres?"),
    (
        "constants combined otherwise",
        r"A\cosh x + B\sinh x",
        "c_1 e^x + c_2 e^{-x}",
        "c_1 e^x + c_2 e^{-2x}",
        "Solve the differential equation.",
    ),
    ("solutions of an inequality", "x^2 < 4", "(-2, 2)", "(-2, 2]", None),
    (
        "text of an option",
        r"\sqrt{12}",
        r"(b) 2\sqrt3",
        r"(b) 3\sqrt2",
        "Which is it? (a) 10 (b) $2\\sqrt3$ (c) 14",
    ),
    ("x as a sign", "2880", "5! x 4!", "5! x 3!", None),
    ("family in words", r"2n+1, n \in \mathbb{Z}", "all odd integers", "all even integers", None),
    ("options selected", "A, C", "AC", "AB", "Which are primes? (A) 2 (B) 4 (C) 5"),
    ("variable asked for", "3", "x = 3, y = 4", "x = 4, y = 3", "Solve 2x + y = 10 and x + y = 7 for x."),
    ("expression asked for", "7", "m + n = 7", "m + n = 8", _PARTS),
    ("absolute value solved", "(-1, 1)", "|x| < 1", "|x| < 2", "For which real numbers does it converge?"),
    ("absolute value solved", "|x| < 1", "(-1, 1)", "(-2, 2)", None),
    ("spaces between items", "(3, 1, -4)", "3 1 -4", "3 -4 1", None),
    ("residue or its class", r"x \equiv 3 \pmod 7", "3", "4", None),
    (
        "family of numbers",
        r"2k+1, k \in \mathbb{Z}",
        r"2n-1, n \in \mathbb{Z}",
        r"2n, n \in \mathbb{Z}",
        None,
    ),
    ("groups of digits", "1234567", "12,34,567", "12,34,568", None),
    ("solutions of an equation", "xy=1", r"y=\frac1x", r"y=\frac2x", None),
    ("antiderivative", r"\frac12\sin^2x+C", r"-\frac14\cos 2x+C", r"\frac14\cos 2x+C", None),
    ("solutions as tuples", "x=1,y=2;x=3,y=4", "(1,2),(3,4)", "(1,4),(3,2)", None),
    ("line in a parameter", "(1,2)+t(3,4)", "(4,6)+s(3,4)", "(4,7)+s(3,4)", None),
    ("points with names", "(1, 2)", "P(1, 2)", "P(2, 1)", None),
    ("value of a figure", "5", "AB = 5", "AB = 6", None),
    ("name of what is measured", "3", r"\dim V = 3", r"\dim V = 4", None),
    ("notation of derivatives", "y''=2x", r"\frac{d^2y}{dx^2}=2x", r"\frac{dy}{dx}=2x", None),
    (
        "number of what is asked for",
        "12",
        "40 painters need 12 weeks",
        "40 painters need 13 weeks",
        "How many weeks do they need?",
    ),
    ("none of what is asked for", "0", "no solution", "no solution or one", "How many solutions are there?"),
    ("a count and its list", "2", "2 roots: x = 3 and x = 7", "3 roots: x = 2, x = 3 and x = 7", None),
    ("a count and its list", "3, 7", "2 roots: 3 and 7", "2 roots: 3 and 2", None),
    ("yes or no with an explanation", "yes", "Yes. The limit exists.", "No. The limit is infinite.", None),
    ("combinations", "120", "C_{10}^{3}", "C_{10}^{2}", None),
    ("value that a sentence states", "9", "The sum of the digits is 9.", "The sum is 8.", None),
    ("rows without brackets", "[[1,2],[3,4]]", "1,2;3,4", "1,3;2,4", None),
    ("rounded coefficients", "0.333333+0.166667*x", r"\frac{x+2}{6}", r"\frac{x+3}{6}", None),
    ("constants in capitals", "1+2i", "1+2*I", "1-2*I", None),
    ("letter of a scale", "1250000", "1.25M", "1.25K", None),
    ("approximation beside an exact value", r"\frac23 \approx 0.667", "0.667", "0.668", None),
    ("statement of logic", r"\neg r \lor (p \land q)", "~r ∨ (p & q)", "r ∨ (p & q)", None),
    (
        "what a sentence says of its subject",
        "dark, narrow",
        "The bright fringes are narrow and dark.",
        "The bright fringes are narrow and bright.",
        None,
    ),
    ("ordinals in words", "third floor", "3rd floor", "4th floor", None),
    (
        "ends of a chain",
        "E = 3kT",
        r"E = \left(\frac{\partial A}{\partial b}\right)_V = 3kT",
        r"E = \left(\frac{\partial A}{\partial b}\right)_V = 2kT",
        None,
    ),
    (
        "angle by its tangent",
        r"\phi = \arctan\frac{p}{q}",
        r"\tan\phi = \frac{p}{q}",
        r"\tan\phi = \frac{q}{p}",
        None,
    ),
    ("several names of one value", "n_4 = 2, n_5 = 2", "n_4 = n_5 = 2", "n_4 = n_5 = 3", None),
    ("index of one letter", "p_{B} h^2", "p_Bh^2", "p_Bh", None),
    ("units as factors", r"\sin(3 f t)", r"\sin 3 ft", r"\sin 2 ft", None),
    ("letters under a stroke", r"\frac{pV}{nR}", "pV/nR", "pR/nV", None),
    (
        "what an inequality bounds",
        r"\left[\frac{1}{q}, \infty\right)",
        r"\frac{d}{D} \ge \frac1q",
        r"\frac{d}{D} > \frac1q",
        None,
    ),
    (
        "cases in words",
        r"\begin{cases} 3x & x<2 \\ 6 & x \ge 2 \end{cases}",
        "g(x) = 3x if x < 2, and 6 otherwise",
        "g(x) = 3x if x < 3, and 6 otherwise",
        None,
    ),
    (
        "values behind labels",
        r"\text{period } 4, \text{ phase } \frac{\pi}{2}",
        "Phase: π/2; Period: 4",
        "Phase: 4; Period: π/2",
        None,
    ),
    (
        "remark beside a value",
        "7",
        "The maximum value is 7, attained at p = q = 2.",
        "The maximum value is 8, attained at p = q = 2.",
        None,
    ),
    ("percentage of a weight or volume", "9.3%", "9.3% by weight", "9.5% by weight", None),
    (
        "interval around a value",
        "(18, 22)",
        r"20 \pm 2",
        r"20 \pm 3",
        "Find a 90% confidence interval for the mean.",
    ),
    ("roots in any order", "[2, 7]", "[7, 2]", "[7, 3]", "What are the eigenvalues of the matrix?"),
    (
        "variable of a polynomial",
        "x^2-3x+2",
        r"(\lambda-1)(\lambda-2)",
        r"(\lambda-1)(\lambda+2)",
        "Find the characteristic polynomial of the matrix.",
    ),
    ("another constant of nature", r"3\hbar\omega", r"\frac{3h\omega}{2\pi}", r"\frac{3h\omega}{\pi}", None),
    ("unit vectors", r"cB\mathbf{e}_z", r"cB\hat{\mathbf{z}}", r"cB\hat{\mathbf{y}}", None),
    (
        "states in Dirac's notation",
        r"\frac{1}{\sqrt2}(|01\rangle - |10\rangle)",
        r"\frac{|0\rangle|1\rangle - |1\rangle|0\rangle}{\sqrt2}",
        r"\frac{|0\rangle|1\rangle + |1\rangle|0\rangle}{\sqrt2}",
        None,
    ),
    (
        "multiple of the identity",
        r"\begin{pmatrix} 2k & 0 \\ 0 & 2k \end{pmatrix}",
        "2kI",
        "3kI",
        None,
    ),
    ("proportionality", r"P \propto T^4", r"P \propto T^2 T^2", r"P \propto T^3", None),
    (
        "product of cyclic groups",
        r"\mathbb{Z}_3 \times \mathbb{Z}_9",
        r"\mathbb{Z}/9\mathbb{Z} \oplus \mathbb{Z}/3\mathbb{Z}",
        r"\mathbb{Z}/27\mathbb{Z}",
        None,
    ),
    (
        "space that vectors span",
        r"\operatorname{span}\{(1,0,2),(0,1,1)\}",
        "span{(1, 1, 3), (0, 2, 2)}",
        "span{(1, 1, 3), (0, 2, 1)}",
        None,
    ),
]


@pytest.mark.parametrize(("name", "reference", "answer", "other", "query"), CASES)
def test_a_verdict_names_the_reading_that_decided(
    name: str, reference: str, answer: str, other: str, query: str | None
) -> None:
    assert verify(reference, answer, query=query).reading == name
    wrong = verify(reference, other, query=query)
    assert (wrong.correct, wrong.reading) == (False, "")


def test_every_row_has_an_example() -> None:
    assert [row.name for row in READINGS if row.name not in {case[0] for case in CASES}] == []


def test_a_plain_reading_has_no_name() -> None:
    assert verify("1/2", "0.5").reading == ""


def test_the_name_comes_back_from_another_process() -> None:
    with GradingPool(workers=1) as pool:
        assert pool.submit(Question("", ("7",)), r"\boxed{\text{seven hungry people}}").result().reading == (
            "counted things"
        )


def test_nothing_cuts_the_query_a_second_time() -> None:
    """The one place is `end_of`; a second one would let two rules disagree about what was asked."""
    folder = Path(judge.__file__).parent
    cuts = [
        f"{path.relative_to(folder)}:{node.lineno}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and ast.unparse(node.value).rpartition(".")[2] == "query"
        and isinstance(node.slice.lower, ast.UnaryOp)
    ]
    assert [cut.partition(":")[0] for cut in cuts] == ["language/questions.py"]
