"""Short ways: what is read or decided without the rules is what the rules come to."""

from __future__ import annotations

import re
import string
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dartmath.verify import judge, verify
from dartmath.verify.compare import approximate, measures, rounding
from dartmath.verify.compare.comparison import Comparison
from dartmath.verify.compare.dispatch import by_structure
from dartmath.verify.extract import announcements, own, structured
from dartmath.verify.extract.answer import extract_answer
from dartmath.verify.language import units
from dartmath.verify.language.lexicon import LANGUAGES, LEXICONS
from dartmath.verify.parsing import algebra_systems, dressing, parser
from dartmath.verify.readings import measured, table
from dartmath.verify.readings.reading import Sides
from dartmath.verify.tree.literals import literal

# fmt: off
NUMBERS = [
    "0", "5", "-3", "12", "10", "-10", "7000", "123456789012345678", "-0.5", "2.50", "0.10", "0.0", "3.14159",
    "1/2", "-7/3", "\\frac{1}{2}", "-\\frac{13}{7}", "\\dfrac{1}{10}", "0.0027", "2700",
    "\\frac{-1}{2}", "-\\frac{-12}{7}", "\\frac{0}{5}", "\\frac{-0}{5}",
    "9.81", "9.8", "9.75", "0.635", "0.6346", "10.04",
]
QUERIES = [
    "What is it?", "Find m.", "By how much did it decrease?", "What was the loss?", "Give it in thousands.",
    "How many millions?", "What is $b$ in base 8?", "Find $|x|$.", "Is it (a) 3, (b) 5 or (c) 12?",
    "What is the mass of the 5 kg body, in kg?", "Evaluate $\\int x dx$.", "What is the range of values?",
    "A circle of radius 5. What is its area?", "Solve for t.", "Let A = 3. What is the probability?",
]
# fmt: on
PLAIN = st.sampled_from(NUMBERS)


@pytest.mark.parametrize("letter", string.ascii_letters)
def test_a_plain_equation_is_read_as_the_grammar_reads_it(letter: str) -> None:
    for value, sign in product(NUMBERS, ("=", " = ", "= ", " =", "\\approx ", " \\approx ", "≈")):
        text = f"{letter}{sign}{value}"
        assert parser.is_plain_equation(text) == ("=" in sign or letter not in "ei"), text
        for ways in product((True, False), repeat=2):
            assert parser._parsed(text, *ways) == parser._read(text, *ways), text


@given(
    numbers=st.lists(
        st.sampled_from([one for one in NUMBERS if "/" not in one and "\\" not in one]), max_size=6
    ),
    brackets=st.sampled_from(["", "[]", "()", "[)", "(]", "[", ")"]),
    joiner=st.sampled_from([", ", ", ", ",", "; ", ", and "]),
)
def test_a_plain_list_is_read_as_the_grammar_reads_it(numbers: list[str], brackets: str, joiner: str) -> None:
    text = brackets[:1] + joiner.join(numbers) + brackets[1:]
    for ways in product((True, False), repeat=2):
        assert repr(parser._parsed(text, *ways)) == repr(parser._read(text, *ways)), text


EQUALITIES = [" = ", "=", " =", "= ", " \\approx ", " ≈ "]


@given(
    parts=st.lists(
        st.tuples(st.sampled_from("xyabEnie"), st.sampled_from(EQUALITIES), PLAIN).map("".join), max_size=4
    ),
    joiner=st.sampled_from([", ", ", ", ",", "; ", ", and "]),
    ways=st.tuples(st.booleans(), st.booleans()),
)
def test_plain_equations_are_read_as_the_grammar_reads_them(
    parts: list[str], joiner: str, ways: tuple[bool, bool]
) -> None:
    text = joiner.join(parts)
    assert repr(parser._parsed(text, *ways)) == repr(parser._read(text, *ways)), text


@given(
    reference=PLAIN,
    answer=PLAIN,
    letter=st.sampled_from(string.ascii_letters),
    query=st.sampled_from(QUERIES),
)
@settings(max_examples=400)
def test_other_readings_make_nothing_of_plain_values(
    reference: str, answer: str, letter: str, query: str
) -> None:
    equations = [f"{letter}={answer}"] + [f"{letter} \\approx {answer}"] * (letter not in "ei")
    for texts in ((reference, answer), *((reference, one) for one in equations), (equations[0], reference)):
        ours, theirs = map(parser.parse, texts)
        sides = Sides(texts[0], ours, texts[1], theirs, Comparison(by_structure, query))
        assert table._are_plain_values(sides)
        others = [reading for reading in table.READINGS if reading not in table._OF_PLAIN_VALUES]
        made = {reading.name for reading in others if reading.applies(sides) and [*reading.pairs(sides)]}
        assert made == set(), texts


@given(reference=PLAIN, answer=PLAIN, query=st.sampled_from(QUERIES), science=st.booleans())
@settings(max_examples=400)
def test_numbers_that_are_far_apart_approximate_nothing(
    reference: str, answer: str, query: str, science: bool
) -> None:
    ours, theirs = parser.parse(reference), parser.parse(answer)
    comparison = Comparison(by_structure, query, science=science)
    short = approximate.approximately(ours, theirs, comparison)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(approximate, "_are_far", lambda *_: False)
        assert approximate.approximately(ours, theirs, comparison) == short


@pytest.mark.parametrize(("reference", "answer"), [("-0.5", "0.5"), ("2.7", "2700"), ("5", "m = 5")])
def test_the_query_settles_sign_and_scale_of_plain_values(reference: str, answer: str) -> None:
    assert verify(reference, answer, query="Find the loss of energy in thousands.").correct


@given(
    reference=PLAIN,
    answer=PLAIN,
    letter=st.sampled_from(["", "", *string.ascii_letters]),
    between=st.sampled_from(["=", " = ", "= ", " =", " \\approx "]),
    query=st.sampled_from(["", *QUERIES]),
)
@settings(max_examples=600)
def test_verdicts_on_plain_values_are_those_of_all_rules(
    reference: str, answer: str, letter: str, between: str, query: str
) -> None:
    answer = f"{letter}{between}{answer}" if letter else answer
    terms = judge._Terms(query, None, None, False)
    short = judge._compared(reference, answer, terms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "_of_plain_values", lambda *_: None)
        assert judge._compared(reference, answer, terms) == short


@pytest.mark.parametrize("asked", [True, False])
def test_most_plain_values_are_compared_at_once(asked: bool) -> None:
    pairs = [("12", "12.0"), ("-0.5", "-2"), ("0", "0.25"), ("7", "x = 7"), ("2.50", "b=2.50")]
    assert all(judge._of_plain_values(*pair, pair[1], asked) for pair in pairs)
    assert bool(judge._of_plain_values("5", "-5", "-5", asked)) != asked
    for pair in (("12", "13"), ("12", "x = 13"), ("0", "-0.0"), ("1/2", "3/4"), ("5 m", "6 m")):
        assert judge._of_plain_values(*pair, pair[1], asked) is None


@pytest.mark.parametrize("number", ["1'234'567", "12’345’678", "-1'000'000"])
def test_digits_between_apostrophes_are_one_number(number: str) -> None:
    assert verify(number.replace("'", "").replace("’", ""), number).correct


@pytest.mark.parametrize("dressing_of", ["{}", "${}$", "\\( {} \\)", "\\left({}\\right)"])
def test_an_uncertainty_is_found_in_its_dressing(dressing_of: str) -> None:
    found = measured._concise(dressing_of.format("1.234(3)"))
    assert (found is not None) == ("left" not in dressing_of)
    assert measured._concise("1.234（3）") == measured._concise("1.234(3)")


@given(value=st.sampled_from(NUMBERS[:12]), least=st.integers(1, 20))
def test_digits_are_counted_without_writing_them(value: str, least: int) -> None:
    number = literal(value.lstrip("-"))
    assert not number.value or rounding.has_digits(number, least) == (rounding.digits(number) >= least)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stem_is_looked_for(language: str) -> None:
    for in_ascii in (True, False):
        literals, groups = announcements._stems(LANGUAGES, in_ascii)
        for stem in LEXICONS[language].stems:
            holding = {text for text, group in groups.items() if (language, stem) in group}
            assert len(holding) == (not in_ascii or stem.isascii())
            assert holding <= literals.found(stem)


@pytest.mark.parametrize(
    "name", ["answer", "Final answer", "FINAL_ANSWERS", "ans", "solution", "\u017folution", "final"]
)
@pytest.mark.parametrize("form", ["<{}>4</{}>", "<|{}|>4<|/{}|>", "[{}]4[/{}]"])
def test_every_answer_tag_is_found(name: str, form: str) -> None:
    assert [tag.answer for tag in structured.tagged(f"x[i] < 3 {form.format(name, name)}")] == ["4"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [('{"answer": 4}', "4"), ("{'option': 'B'}", "B"), ('{"FINAL ANSWER": 4}', "4"), ("final_answer: 4", "4")]
    + [(f"{call}(4)", "4") for call in ("answer", "submit", "submit_answer", "finish", "FINAL")],
)
def test_fields_and_calls_are_found_with_and_without_what_most_have_in_common(text: str, answer: str) -> None:
    for before in ("So it is.\n", "My answer follows.\n"):
        assert extract_answer(f"{before}{text}").answer == answer


@given(st.lists(st.sampled_from(["`", "~", "py", "\n", " ", "x" * 41]), max_size=14).map("".join))
def test_marks_of_fences_are_runs_of_their_signs(text: str) -> None:
    expected = [found.span() for found in re.finditer(r"`{3,}[^\n`]{0,40}|~{3,}", text)]
    assert [found.span() for found in own._MARKS.finditer(text)] == expected


@given(reference=PLAIN, answer=PLAIN)
def test_what_is_remembered_of_an_answer_is_its_own(reference: str, answer: str) -> None:
    assume(reference != answer)
    verify(reference, reference)
    assert verify(answer, answer).answer == answer


PARTS_OF_UNITS = [
    "lb", "pounds", "force", "mass", "kg", "kilograms", "f", "m", "mm", "of", "Hg", "mercury", "in",
    "inches", "ft", "foot", "celcius", "Fahrenheit", "farenheit", "fareneit", "cm", "degrees", "deg.", "°",
    "C", "F", "K", "kelvin", "minutes", "seconds", "arc", "U.S.", "us", "dollars", "sterling", "fl.",
    "fluid", "oz", "ounces", "nautical", "light", "years", "miles", "astronomical", "atomic", "units",
    "metric", "tons", "electron", "volts", "ms", "^{-1}", "sq.", "cu.", "^(-2)", "\\cdot", "\\times", "µm",
    "μ", "solar", "masses", "M_\\odot", "M_sun", "M⊙", "kms", "ccs", "ozs", "meter", "millimetres", "-",
]  # fmt: skip


@given(words=st.lists(st.sampled_from(PARTS_OF_UNITS), max_size=6), between=st.sampled_from(["", " "]))
@settings(max_examples=600)
def test_every_name_of_several_words_is_heeded(words: list[str], between: str) -> None:
    for text in (between.join(words), between.join(words).upper()):
        expected = text
        for _, pattern, name in units._SEVERAL_WORDS:
            expected = pattern.sub(name, expected)
        assert units._in_one_word(text) == expected


PERCENTAGES = [
    "what percent", "Which percentage", "give it in %", "as a \\%", "por ciento", "por cieto", "pourcent",
    "Prozent", "процент", "퍼센트", "パーセント", "प्रतिशत", "phần trăm", "yüzde", "百分之几", "PERCENT",
]  # fmt: skip


@pytest.mark.parametrize("asked", PERCENTAGES)
def test_every_word_for_a_percentage_is_heeded(asked: str) -> None:
    assert measures._PERCENT.search(f"Now {asked} is it?")
    assert verify("25\\%", "25", query=f"Now {asked} is it?").correct
    assert measures._speaks_of_percent(f"Now {asked} is it?")


@pytest.mark.parametrize(
    "text", ["3 m", "p. 4", "2 x 10^5", "3 to 4", "2.5 million", "50%", "5 sq. ft", "{:}"]
)
def test_notation_is_rewritten_where_a_sign_of_it_stands(text: str) -> None:
    rewritings = [
        one
        for some in (algebra_systems.REWRITINGS, dressing._REWRITINGS, dressing._LATER_REWRITINGS)
        for one in some
    ]
    signs = {sign for some, _, _ in rewritings for sign in some}
    found = dressing._SIGNS.all_in(text) or dressing._LATER_SIGNS.all_in(text)
    assert bool(found) == any(sign in text for sign in signs)


@given(st.text("abc \\{}()[]0123+-=,.", max_size=12), st.sampled_from(NUMBERS))
def test_a_reference_that_is_no_range_ends_the_reading_of_ranges(text: str, number: str) -> None:
    one, two = parser.parse(text), parser.parse(number)
    comparison = Comparison(by_structure, "")
    for sides in (Sides(text, one, number, two, comparison), Sides(number, two, text, one, comparison)):
        assert list(measured.ranges(sides)) == []
