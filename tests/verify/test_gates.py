"""Gates: cheap tests before costly patterns let everything through that their patterns find."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dartmath.verify import judge, parse, verify
from dartmath.verify.compare import approximate, physics, rounded, wording
from dartmath.verify.compare.comparison import Comparison
from dartmath.verify.compare.dispatch import by_structure
from dartmath.verify.extract import (
    announcements,
    boxes,
    claims,
    concluding,
    conclusions,
    openings,
    own,
    polarity,
    sentence,
    thoughts,
)
from dartmath.verify.extract import asked as inquiries
from dartmath.verify.extract.answer import extract_answer
from dartmath.verify.language import options, translation, vocabulary, word_amounts
from dartmath.verify.language.formulas import FORMULA
from dartmath.verify.language.search import Literals, holds
from dartmath.verify.parsing import parser
from dartmath.verify.readings import decide, directions, labelled, measured, quantities
from dartmath.verify.readings.reading import Sides

_BREAKS = (conclusions._BREAK_IN_ASCII, conclusions._BREAK)
_SIGNS = ("\n", "\n", " ", "\t", ":", "：", "**", "#", "|>", ".", "5", "x")


def texts(*words: str) -> st.SearchStrategy[str]:
    """Texts of some words and the signs around them."""
    return st.lists(st.sampled_from([*words, *_SIGNS]), max_size=12).map("".join)


@given(text=texts("answer", "ans"), parts=st.lists(st.sampled_from(["ans", "er", "#", "5x", "q"])))
def test_holds_is_in(text: str, parts: list[str]) -> None:
    assert holds(text, *parts) == any(part in text for part in parts)


_OVERLAPPING = ["ans", "sposta", "answer", "s", "nse", "an", "\u7b54", "aa", "aaa"]


@example(["ans", "posta"], _OVERLAPPING)
@example(["answe", "s\ud800", "ans"], _OVERLAPPING)
@given(
    pieces=st.lists(st.sampled_from([*_OVERLAPPING, "a", "posta", "\ud800", "n", " "]), max_size=6),
    looked_for=st.lists(st.sampled_from(_OVERLAPPING), min_size=1, unique=True),
)
def test_literals_are_found_wherever_they_stand(pieces: list[str], looked_for: list[str]) -> None:
    text = "".join(pieces)
    assert Literals(*looked_for).found(text) == {one for one in looked_for if one in text}


@pytest.mark.parametrize("label", own._QUERY_LABELS)
@pytest.mark.parametrize("colon", own._COLONS)
def test_every_label_of_a_next_query_ends_a_part(label: str, colon: str) -> None:
    for opening, closing in product(("", "# ", "**"), ("", "**", "|>", " ", "** \t")):
        text = f"a: b\nIt is 4.\n{opening}{label}{closing}{colon} How many?"
        assert own.own_text(text).parts == (len("a: b\nIt is 4."), len(text)), text


_DELIMITERS = [
    "<think>", "</THINKING>", "<|thought|>", "<reasoning effort='high'>", "&lt;think&gt;", "◁think▷",
    "[/Think]",
    "<|channel>thought", "<channel|>", "<|START_THINKING|>", "<|begin_of_thought|>", "</|inner_monologue|>",
    "<|channel|>analysis to=me<|message|>", "<scratch_pad>", "&LT;/reflection&GT;",
]  # fmt: skip


@pytest.mark.parametrize("delimiter", _DELIMITERS)
def test_every_delimiter_of_thoughts_is_heeded(delimiter: str) -> None:
    assert thoughts._delimiters(())[0].fullmatch(delimiter), delimiter
    for text in (delimiter, f"a < b &\n{delimiter} so", f"[5]<{delimiter}"):
        assert thoughts._may_hold(text), text
        assert not own.is_all_own(text), text


_TOKENS = [
    "<|im_end|>", "<｜end▁of▁sentence｜>", "</s>", "<s>", "<eos>", "<end_of_turn>", "<start_of_turn>",
    "<turn|>",
    "<|turn>", "<pad>", "<unk>", "<EOD>", "<eod>", "[PAD]", "[/INST]", "[EOT]",
]  # fmt: skip


@pytest.mark.parametrize("token", _TOKENS)
def test_every_token_that_ends_a_turn_is_heeded(token: str) -> None:
    assert own._ENDS.fullmatch(token), token
    assert not own.is_all_own(f"5 < 6 {token}")
    assert own.own_text(f"5 < 6 {token} 7").text.strip() == "5 < 6"


_TO_BLANK = [
    "[PAD]", "[eos]", "[Sep]", "[CLS]", "[unk]", "[INST]", "[/inst]", "[eoT]", "[THINK]", "[/thinK]",
    "```", "~~~", "&lt;", "<|", "\u25c1", "\x08oxed{5}", "box", "[nk]", "k]", "Q", "analysis",
]  # fmt: skip


@example("a\n**Question**: b")
@example("a [//inst] b")
@given(texts(*_TO_BLANK, *own._QUERY_LABELS, "\n# "))
def test_what_is_plainly_all_own_has_nothing_to_blank(text: str) -> None:
    boxes_in_it = own.boxes_of_own(text)
    if boxes_in_it is not None:
        assert text.count("box") == boxes_in_it
        assert boxes.last_head(text.replace("box", ""), len(text)) < 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(own, "boxes_of_own", lambda _: None)
            assert own.is_all_own(text), text
        assert own._blanked(text, ()).text == text


@pytest.mark.parametrize("label", own._QUERY_LABELS)
def test_no_text_with_a_label_is_plainly_all_own(label: str) -> None:
    assert own.boxes_of_own(f"So 5.\n{label}: and 6?") is None


@pytest.mark.parametrize("mark", ["\\boxed{5}", "box it", "4. #### 5"])
def test_most_texts_are_plainly_all_own(mark: str) -> None:
    assert own.boxes_of_own(f"So [1, 2] is it: \\[ x \\] {mark}") == mark.count("box")


@given(text=texts("Q", "Question", "问题"))
def test_next_queries_are_those_of_their_pattern(text: str) -> None:
    first = len(text) - len(text.lstrip())
    expected = [found.start() for found in own._NEXT_QUERY.finditer(text, first)]
    assert own.own_text(text).parts == (*expected[: own._MOST_PARTS], len(text))


@pytest.mark.parametrize("label", ["A:", "**A**:", "**A:**", "_A_:", "  A: "])
@pytest.mark.parametrize("before", ["", "x: 3\n", "A: 4\n", "\n \n"])
def test_labels_are_those_of_their_pattern(label: str, before: str) -> None:
    text = f"{before}{label} 5\nb: 7\nc A: 8: A: 9"
    for after in range(len(before) + 2):
        found = announcements._A_LABEL.finditer(text, after)
        expected = [(one.start(), one.end(), True) for one in found]
        assert list(announcements._a_labels(text, after)) == expected[::-1]


@pytest.mark.parametrize("word", [*polarity._DENYING_WORDS, *polarity._DENYING_SIGNS])
@pytest.mark.parametrize("softening", ["", *polarity._SOFTENING])
def test_every_denial_denies(word: str, softening: str) -> None:
    for written, between in product((word, word.capitalize()), (" ", " $", ": ", " \\(", "\u2009")):
        before = f"It is {written} {softening}".rstrip() + between
        assert not polarity.asserted(f"{before}5", len(before), len(before) + 1), before


@pytest.mark.parametrize("word", polarity._INSTRUCTED)
def test_every_instruction_is_none(word: str) -> None:
    for written, between in product((word, word.upper()), (" ", " $", ": ", " \\(", " `")):
        before = f"Put the answer {written}{between}"
        assert not polarity.asserted(f"{before}5", len(before), len(before) + 1), before


_SUPPOSING = (
    "If it were", "Unless it is", "Suppose it is", "Supposing it is", "Assume it is", "Assuming it is",
    "Imagine it is", "Whether it is", "Maybe", "Perhaps", "Possibly", "It could be", "It might also equal",
    "It may well be", "First, I thought it is", "Initially we got", "Originally guessed",
    "I originally tried", "There are no solutions with",
    "Without a solution with", "How about", "What about", "Let's try",
    "Let us suppose it is", "Let's say", "Is it", "Was it", "Are it", "Is the answer", "Was the final answer",
    "Are the final answer", "Are the answer",
)  # fmt: skip


@pytest.mark.parametrize("words", _SUPPOSING)
def test_every_supposition_supposes(words: str) -> None:
    assert polarity._SUPPOSED_BEFORE.search(words.lower())
    for before in (f"{words} ", f"So: {words.lower()} $", f"{words.upper()} "):
        assert not polarity.asserted(f"{before}5", len(before), len(before) + 1), before


@pytest.mark.parametrize(
    "sentence", ["So", "THEREFORE we get", "Also ist", "综上所述", "İtibarla so", "* Thus,", "OK. Hence"]
)
def test_a_conclusion_opens_in_both_cases(sentence: str) -> None:
    words = concluding.opening(("en", "de", "zh")).pattern
    assert concluding.opens(f"{sentence} 5") == (re.match(words, f"{sentence} 5", re.IGNORECASE) is not None)


@pytest.mark.parametrize("word", vocabulary.COUNT_WORDS[1:])
def test_a_number_in_words_is_claimed(word: str) -> None:
    for written in (word, word.capitalize()):
        assert claims.claimed(f"There are {written} such values.") == word


@pytest.mark.parametrize(
    "words", ["I could not solve it", "I'm unable to tell", "we failed to find x", "We didn't answer"]
)
def test_who_gives_up_is_heard(words: str) -> None:
    assert conclusions._GAVE_UP.search(words.lower())
    assert conclusions._gave_up(words.lower())


@pytest.mark.parametrize("word", ["correct", "Right"])
@pytest.mark.parametrize("noun", ["option", "choice", "letter", "value", "result", "solution"])
def test_every_noun_of_a_choice_announces(word: str, noun: str) -> None:
    assert extract_answer(f"We weigh them all.\nThe {word} {noun} is 5. Fine.").answer == "5"


@example(['"', "$", "x", "$"])
@example(["**", "$", "x", "$", "**"])
@given(
    st.lists(st.sampled_from(["**", "*", "$", "$$", "\\(", "\\)", "\\[", "\\]", "`", "x", '"', "5 ", "\n"]))
)
def test_a_formula_is_found_wherever_its_delimiters_are(parts: list[str]) -> None:
    text = "".join(parts)
    delimited = (
        r"(?:\*\*)?(?:\$\$(?:\\[\s\S]|[^$\\]){1,4000}\$\$|\\\[.{1,4000}?\\\]|\\\(.{1,4000}?\\\)"
        r"|(?<!\")\$(?! ?\.?\d[^$\n\\]{0,200}[^$\n\\\w)]\$ ?\.?\d)(?:\\.|[^$\n\\]){1,4000}\$|`[^`\n]{1,200}`)"
    )
    expected = [found.span() for found in re.finditer(delimited, text, re.DOTALL)]
    assert [found.span() for found in FORMULA.finditer(text)] == expected


@given(texts("e.g. ", "! ", "Mr. ", "3. ", "? ", "B. So ", ": so ", "\n"))
def test_sentences_of_ascii_end_where_all_do(text: str) -> None:
    spans = [[mark.span() for mark in pattern.finditer(text)] for pattern in _BREAKS]
    assert spans[0] == spans[1] or not text.isascii()


@pytest.mark.parametrize("words", boxes.PREFIXES)
@pytest.mark.parametrize("between", [" ", " $", ": ", " \\(", "\n\n", "\u2009"])
def test_words_before_a_box_belong_to_it(words: str, between: str) -> None:
    closing = {" $": "$", " \\(": "\\)"}.get(between, "")
    for written in (words, words.capitalize()):
        response = f"It is {written}{between}\\boxed{{5}}{closing} then."
        assert extract_answer(response).answer == f"{written} 5"


@settings(max_examples=300)
@given(
    reference=st.lists(st.sampled_from(["3", "m", "s", " ", "/", "^2", "x", "+", "(", ")", "m/s", "5 "])),
    answer=st.lists(st.sampled_from(["3", "m", "g", " ", "*", "-", "x^2", "+", "mg", "{m}", "7"])),
)
def test_answers_in_variables_of_the_query_have_no_units(reference: list[str], answer: list[str]) -> None:
    """Where different sides are taken for algebra, the reading with units would not make them equal."""
    query = "Let $m$, $s$ and $g$ be numbers. What is $x$?"
    texts_of = "".join(reference), "".join(answer)
    comparison = Comparison(by_structure, query)
    sides = Sides(texts_of[0], parse(texts_of[0]), texts_of[1], parse(texts_of[1]), comparison)
    if quantities._is_algebra(sides) and not comparison.same(sides.ours, sides.theirs):
        assert not any(comparison.same(*pair) for pair in quantities._measured(sides))


@pytest.mark.parametrize("letter", ["C", "\\text{C}", "\\mathrm{C}", "C "])
@pytest.mark.parametrize("whole", ["{}_{10}", "^{10}", "_{10}"])
def test_every_form_of_a_choice_is_read(letter: str, whole: str) -> None:
    for part in ("_3", "_{3}"):
        assert verify("120", f"{whole}{letter}{part}").correct


@pytest.mark.parametrize("answer", ["20 [kg]", "20 <kg>", "20 \\; [kg]", "20 [kg].", "\\frac{40}{2}\\ [kg]"])
def test_units_in_brackets_at_the_end_are_read(answer: str) -> None:
    assert verify("20 kg", answer).correct


@pytest.mark.parametrize(
    "words", [*decide._POSITIVE, "Natural numbers", "logarithms", "x > 0", "x\\gt 0", "X >0"]
)
def test_every_word_for_positive_numbers_is_heeded(words: str) -> None:
    assert decide._speaks_of_positive(f"Let it be {words}, and solve.")


@pytest.mark.parametrize("word", measured._LESSENINGS)
def test_every_word_for_a_lessening_is_heeded(word: str) -> None:
    for written in (word, f"{word}s", word.upper()):
        assert measured._asks_for_decrease(f"What was the total {written}?")


@given(
    text=st.lists(
        st.sampled_from(
            ["3", "5", " ", "-", "–", "to", " to ", " and ", "AND", "between ", "from ", "m", "."]
        )
    ).map("".join)
)
@settings(max_examples=300)
def test_what_is_a_range_may_be_one(text: str) -> None:
    assert measured._range(text) is None or measured.may_be_range(text)


@pytest.mark.parametrize("sign", ["-", "–", "to", "TO", "--"])
def test_every_sign_of_a_range_may_stand_in_one(sign: str) -> None:
    assert measured._range(f"3 {sign} 5 m") is not None
    assert measured.may_be_range(f"3 {sign} 5 m")


@pytest.mark.parametrize("answer", ["(b) 5", "b) 5", "\\text{(B) }5"])
def test_every_form_of_an_option_is_read(answer: str) -> None:
    assert verify("5", answer, query="What is it? (a) 3 (b) 5 (c) 7").correct


@pytest.mark.parametrize("answer", ["option b", "\\text{Option (b)}", "b) 5", "the answer (B)", "$b$", "b."])
def test_every_form_of_the_letter_of_an_option_is_read(answer: str) -> None:
    assert verify("(b)", answer, query="What is it? (a) 3 (b) 5 (c) 7").correct


@pytest.mark.parametrize(
    "first", ["(A) ", "(a) ", "( a ) ", "A. ", "A) ", "A: ", "[A] ", "a) ", "\\text{(A) }"]
)
def test_every_form_of_the_first_option_opens_the_list(first: str) -> None:
    query = f"Which is it?\n{first}x\n{first.replace('A', 'B').replace('a', 'b')}y"
    if "text" in first:
        query = query.replace("\\text{(b)", "\\text{(B)").replace("bext", "text")
    assert list(options.options(query)) == ["A", "B"]


_SAID = (
    "to the left", "rightwards", "up", "upward", "down", "north", "due south", "east", "west", "northeast",
    "inward", "into the page", "out of the plane", "outwards", "clockwise", "anticlockwise", "forward",
    "backwards", "30 degrees S of E", "N 30^\\circ E", "in the positive x-direction", "along the -y axis",
)  # fmt: skip


@pytest.mark.parametrize("words", _SAID)
def test_every_direction_is_said(words: str) -> None:
    for said in (words, words.upper()):
        assert directions.says_direction(f"5 N {said}")


@pytest.mark.parametrize("text", ["\\left(3\\right)", "x = 5", "3x^2 + 4x", "[2, 3]"])
def test_a_formula_says_no_direction(text: str) -> None:
    assert not directions.says_direction(text)


_PARTS_OF_TEXTS = [
    "noventa",
    "saa 3",
    " ",
    "~",
    "%75",
    "15h30",
    "15H30",
    "\\text",
    "\\TEXT",
    "-",
    "5",
    "x",
    "mil",
    "}",
]


@given(text=st.lists(st.sampled_from(_PARTS_OF_TEXTS), max_size=5).map("".join))
def test_words_of_other_languages_have_their_signs(text: str) -> None:
    found = (
        translation._IN_WORDS.fullmatch(text),
        translation._WORD_BEHIND.search(text),
        translation._LEADING_WORD.match(text),
    )
    assert translation._has_words(text) == any(found)


_PIECES = [" ", "  ", "1", "a", "$", "\\left", "\\right", "(", ")", "\\$", "-", "\t"]


@given(
    one=st.lists(st.sampled_from(_PIECES), max_size=6).map("".join),
    place=st.integers(0, 6),
    change=st.sampled_from(["", " ", "$", "\\left"]),
)
def test_texts_are_alike_but_for_what_separates_nothing(one: str, place: int, change: str) -> None:
    def compact(text: str) -> str:
        return judge._IDLE_SPACE.sub("", judge._SIZES.sub("", text))

    two = one[:place] + change + one[place:]
    for other in (two, two.replace(" ", "", 1)):
        assert judge._are_alike(one, other) == (compact(one) == compact(other))


@pytest.mark.parametrize("verb", ["is", "are", "was", "were", "would be", "must be"])
@pytest.mark.parametrize(
    "between", ["", "thus ", "the ", "therefore our final ", "indeed the only ", "\nthe "]
)
@pytest.mark.parametrize(
    "noun", ["answer", "correct", "right", "right answer", "correct choice", "best option"]
)
def test_a_value_is_called_right_in_every_form(verb: str, between: str, noun: str) -> None:
    text = f"We sum them up, which is correct, and turn right.\nSo 12 {verb} {between}{noun}."
    found = list(announcements.announced(text, ("en",)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(announcements, "_may_announce", lambda *_: True)
        assert list(announcements.announced(text, ("en",))) == found


@pytest.mark.parametrize("opening", ["The best choice is:", "So it must be:", "The most likely are:**"])
@pytest.mark.parametrize("option", ["B. A bird", "**(B): A bird", " B) A bird"])
def test_every_introduced_option_is_looked_for(opening: str, option: str) -> None:
    text = f"We weigh them.\n{opening}\n{option}\nIt can fly.\n"
    assert openings._INTRODUCED_OPTION.search(text)
    assert openings._INTRODUCES_OPTION.search(text)
    assert extract_answer(text).answer == "B"


@pytest.mark.parametrize("verb", ["is", "be", "are", "is:", "are:"])
def test_every_option_in_bold_is_found(verb: str) -> None:
    text = f"It should {verb} **B. A bird**, for it can fly. Others cannot."
    assert openings._BOLD_OPTION.search(text)
    assert not openings._BOLD_OPTION.search(text.replace(verb, f"x{verb}"))


@pytest.mark.parametrize("word", sentence._WORDS_OF_CONCLUSIONS)
def test_every_conclusion_in_words_is_looked_for(word: str) -> None:
    assert sentence.concluded_words(f"They all glow. {word}, all of them are red.") == "all of them are red"


@example("It is B.)))))))) \n")
@given(
    st.lists(st.sampled_from([".", "!", "a", " ", "\n", "*", ")", "B", "<", "abc"]), max_size=14).map("".join)
)
def test_the_end_of_a_sentence_is_one_of_the_last_signs(text: str) -> None:
    assert inquiries._is_ended(text) == (inquiries._ENDS.search(text) is not None)


def test_no_word_before_a_noun_is_longer_than_what_is_looked_at() -> None:
    words = announcements._BE | announcements._FILLING
    assert max(map(len, words)) < announcements._LONGEST


@pytest.mark.parametrize("noun", ["option", "choice"])
def test_a_choice_is_found_by_a_word_near_it(noun: str) -> None:
    text = f"We weigh them.\nB is the best {noun} for us. Right then"
    assert [found.answer for found in announcements.announced(text, ("en",))] == ["B"]


@given(
    text=texts(
        "I'll correct it", "the right side", "is correct", "12 is right", "answer", "option", "so that"
    )
)
def test_what_announces_nothing_is_not_looked_at(text: str) -> None:
    folded = text.lower()
    for stem in ("ans", "correct", "right"):
        for place in announcements._places(folded, stem, whole=True):
            if not announcements._may_announce(folded, place):
                own = [
                    one for one in announcements._around(text, "en", place, 0) if _ends_at(text, one, place)
                ]
                assert own == [], (text, stem, place)


def _ends_at(text: str, found: tuple[int, int, bool], place: int) -> bool:
    """Whether an announcement is that of the word at `place`, and not of another one near it."""
    match = announcements._REVERSED.match(text, found[0])
    return match is None or match.start("noun") == place


@pytest.mark.parametrize(
    "words",
    ["Exact value", "IN TERMS OF a", "nearest cent", "Rounded", "two decimals", "Simplest", "simplify"],
)
def test_every_word_for_an_exact_value_is_heeded(words: str) -> None:
    assert approximate._asks_exactly(f"Give it so: {words}.")


@pytest.mark.parametrize(
    "words", ["Standard deviation", "GDP", "z-score", "Newton's method", "inelastic collision", "about $5"]
)
def test_every_subject_whose_results_are_rounded_is_heeded(words: str) -> None:
    assert rounded.rounds_results(f"What is the {words} here?")


@pytest.mark.parametrize(
    "words",
    [
        "wavelength",
        "Young's modulus",
        "kinetic energy",
        "convex mirror",
        "pH",
        "NaCl",
        "5 K",
        "object distance",
    ],
)
def test_every_word_of_physics_is_heeded(words: str) -> None:
    assert physics.is_physical(f"What follows from the {words} here?")


_OF_AMOUNTS = [
    "8", "3.5", "30", "hours", "kilometers", "dolares", "centavos", "y", "diez", "cinco", "zehn", "Minuten",
    "Stunden", "und", "et", "deux", "minutes", "\\text{", "}", "euros", "e", "dois", "doce", "venti", "in",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(_OF_AMOUNTS), max_size=6).map(" ".join))
@example("8 Stunden zehn Minuten")
@example("doce euros y cinco centavos")
def test_an_amount_of_several_units_has_several_numbers(text: str) -> None:
    found = word_amounts.compound_amount(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_amounts, "_may_be_compound", lambda _: True)
        assert word_amounts.compound_amount(text) == found


@pytest.mark.parametrize("reference", ["5", "x = 5", "-\\frac{1}{2}", "0.5"])
@pytest.mark.parametrize("answer", ["5", "y = 5", "-1/2", "0.50", "a = -\\frac{1}{2}"])
def test_nothing_contradicts_plain_numbers(reference: str, answer: str) -> None:
    assert wording.says_otherwise(reference, answer, "What is the size of the matrix?") == ""


_VIEWS = (
    "if", "different", "solution", "solutions", "no", "with", "is", "the", "final", "answer", "a", "rough",
    "through", "guess", "let's", "let us", "complete", "try", "trap", "trapezoid", "to", "that", "quickly",
    "claims", "say", "said", "argues", "thought", "states", "error", "premature", "cannot", "sum", "was",
    "it", "people", "students", "many", "most", "someone", "everybody", "others", "would", "you", "we",
    "were", "had", "they", "guess", "conclude", "choice", "$",
)  # fmt: skip


@example(["error", "is", "the", "that"])
@example(["solutions", "quickly", "claims"])
@example(["the", "final", "solution", "said"])
@example(["many", "people"])
@example(["most", "students", "estimate", "was"])
@example(["others", "solution", "is"])
@example(["were", "they", "through", "it", "would"])
@example(["you", "would", "guess"])
@given(st.lists(st.sampled_from(_VIEWS), min_size=1, max_size=9))
def test_frequent_words_suppose_where_a_pattern_finds_them(words: list[str]) -> None:
    text = " ".join(words) + " "
    found = polarity._SUPPOSED_BEFORE.search(text) or polarity._OTHERS_BEFORE.search(text)
    if found and polarity._SUPPOSES.all_in(text):
        assert polarity._supposes(text)


@pytest.mark.parametrize(
    "words",
    [
        "if it is",
        "a rough guess is",
        "it is a trap that",
        "let us try",
        "this solution argues that",
        "most people",
        "many people said",
        "others estimate",
        "you would argue",
        "had we tried it would be",
        "someone thought",
        "everybody guessed",
    ],
)
def test_each_frequent_word_can_suppose(words: str) -> None:
    assert polarity._SUPPOSES.found(words) <= polarity._FREQUENT | {"e the ", "s the ", "e it", "s it"}
    assert not polarity.asserted(f"{words} 5", len(words) + 1, len(words) + 2)


@pytest.mark.parametrize(
    "value",
    [*"cJ7\u0665", "7%", "$x$", "(B)", "(b)", "YES", "ye\u017f", "no", "True", "false", "5 ) !.", "5\u3000."],
)
@pytest.mark.parametrize("words", ["Actually", "no, wait,", "it was corrected to", "Sorry, not 4: it is"])
def test_every_correction_may_correct(words: str, value: str) -> None:
    ending = f"So it is 4. {words} {value}"
    assert announcements._CORRECTED.search(ending)
    assert announcements._may_correct(ending)


@given(
    st.lists(st.sampled_from(["\n", "\n", " ", "\u2009", "$x$", "\\(y\\)", "so", "is,", "."]), max_size=14)
)
def test_line_breaks_before_formulas_are_all_that_lead_to_one(parts: list[str]) -> None:
    text = "".join(parts)
    formulas = list(FORMULA.finditer(text))
    found = conclusions._line_breaks_before(text, formulas)
    starts = {one.start() for one in formulas}
    for place, sign in enumerate(text, start=1):
        if sign == "\n":
            assert (place in found) == (place + len(text[place:]) - len(text[place:].lstrip()) in starts), (
                place
            )


@given(
    st.from_regex(
        r"-?[0-9]{1,4}(\.[0-9]{1,3})?|-?\\[dt]?frac\{-?[0-9]{1,3}\}\{[0-9]{1,3}\}|-?[0-9]{1,2}/[0-9]{1,2}"
    )
)
def test_a_plain_number_has_no_labels(text: str) -> None:
    if parser.is_plain_number(text):
        assert not labelled._values(text)
        assert not any(labelled._is_list(parse(text), count) for count in range(4))


@pytest.mark.parametrize("answer", ["mean 5, variance 2", "5, 2", "5", "\\frac{1}{2}"])
def test_values_behind_labels_are_those_of_labels(answer: str) -> None:
    reference = "variance = 2, mean = 5"
    sides = Sides(reference, parse(reference), answer, parse(answer), Comparison(by_structure, ""))
    assert bool(list(labelled.labelled_values(sides))) == ("," in answer)
