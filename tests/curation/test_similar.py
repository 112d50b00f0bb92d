"""Queries that are like a benchmark's up to numbers, names, words or language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dartmath.curation.config import CurationSection
from dartmath.curation.decontaminate import decontaminate, find_similar
from dartmath.curation.run import curate
from dartmath.curation.structure import names_of, structure
from dartmath.queries.query import Query, make_query
from dartmath.sampling.policy import VRT
from report.made_run import KnowingEngine, make_sample

BAKER = (
    "Every morning Rosalind bakes 46 loaves of rye bread and 18 trays of cinnamon buns. She sells a loaf for "
    "$7 and a tray for $29 at the harbour market. How much money does Rosalind earn on a morning "
    "when she sells "
    "all?"
)
LADDER = (
    "A ladder of length $13$ leans against a vertical wall so that its foot stands $5$ meters from the wall. "
    "The foot slides away until the top has dropped by $\\frac{7}{2}$ meters. Find the new distance "
    "of the foot."
)
ROOTS = "Let $p$ and $q$ be the roots of $3x^2 - 17x + 5 = 0$. Find the value of $p^3 + q^3$ as a fraction."
INSTRUCTION = (
    "Suppose that $x$ is a real number and that the equation {} holds for it. "
    "How many such numbers are there, and what is the largest of them written as a decimal?"
)
OTHERS = (
    INSTRUCTION.format("$x^2 - 5x + 6 = 0$"),
    "A train with 12 wagons leaves the station with 36 people in each wagon, and 57 people get off at the "
    "first stop. How many people are still on the train after the stop?",
    "A rectangle has sides of length $8$ and $15$. Find the radius of the circle through its four corners.",
    "How many positive integers less than $500$ leave a remainder of $3$ when they are divided by $11$?",
    "Find the largest root of the polynomial $x^3 - 6x^2 + 11x - 6$ and write it as an integer.",
    "Toni reads 24 pages on each day of the week and twice as many on a day of the weekend. How many days "
    "does she need for a book of 912 pages when she begins on a Monday?",
    "The sum of three consecutive even numbers is 114. What is the product of the smallest and the largest?",
    "Marco and Elena share 96 stickers so that Marco gets 12 more than Elena. How many does Elena get?",
    "A bag holds 5 red and 7 blue marbles. Two are drawn without putting one back. What is the probability "
    "that both are blue?",
)
# The same problem with something changed, and what finds it.
COPIES = {
    "other numbers": (BAKER.replace("46", "52").replace("18", "23").replace("$7", "$9"), "template"),
    "other names": (BAKER.replace("Rosalind", "Tobias").replace("She", "He").replace(" she", " he"), None),
    "numbers and names": (BAKER.replace("Rosalind", "Tobias").replace("46", "52").replace("29", "31"), None),
    "number words": (LADDER.replace("$13$", "thirteen").replace("$5$", "five"), None),
    "a typo": (BAKER.replace("loaves", "laoves").replace("market", "markte"), None),
    "a lookalike letter": (BAKER.replace("a", "\u0430"), None),
    "another variable": (ROOTS.replace("x", "t").replace("$p$", "$a$").replace("p^3", "a^3"), None),
    "plain text": (ROOTS.replace("$", ""), None),
    "a heading": (f"Question 12 (5 points). {ROOTS} Show your steps.", None),
    "a clause more": (BAKER.replace("How much", "On Sundays the market is closed. How much"), None),
    "a paraphrase": (
        "At the harbour market, a loaf of rye bread costs $7 and a tray of cinnamon buns $29. If "
        "Rosalind has "
        "baked 46 loaves and 18 trays and nothing is left over, what are her earnings that morning?",
        "paraphrase",
    ),
    "a translation": (
        "Jeden Morgen backt Rosalind 46 Roggenbrote und 18 Bleche mit Zimtschnecken. Auf dem Markt am Hafen "
        "verkauft sie ein Brot f\u00fcr 7 $ und ein Blech f\u00fcr 29 $. Wie viel Geld verdient sie an einem "
        "Morgen, an dem sie alles verkauft?",
        "translation",
    ),
}  # fmt: skip
# Other problems that look alike.
UNLIKE = {
    "another story with its numbers": (
        "A school orders 46 desks and 18 shelves. A desk weighs 7 kilograms and a shelf 29 kilograms. "
        "What do "
        "they weigh together?"
    ),
    "the same trade": "Jonas sells 12 loaves of bread for $3 each at the market. How much does he earn?",
    "another formula": "Let $a$ and $b$ be the roots of $x^2 - 8x + 11 = 0$. Find $\\frac{1}{a} + "
    "\\frac{1}{b}$.",
    "the same instruction": "Find the value of $\\frac{5}{9} + \\frac{7}{6}$ as a fraction.",
    "another ladder": "A ladder has 13 steps that are 30 centimeters apart. How high is its top step?",
    "the same instruction over another formula": INSTRUCTION.format(
        "$x^5 y - (x - y)(x + z) \\ge x z^8 - 6$"
    ),
    "a short one": "What is $13 + 5$?",
    "another language": "Wie viele Primzahlen liegen zwischen 46 und 118, und wie gro\u00df ist ihre Summe?",
}


def queries(*texts: str, name: str = "own") -> list[Query]:
    return [make_query(name, text, "1") for text in texts]


BENCHMARK = queries(BAKER, LADDER, ROOTS, *OTHERS, name="bench")


@pytest.mark.parametrize("change", COPIES)
def test_a_copy_is_found_with_its_source(change: str) -> None:
    text, kind = COPIES[change]
    (found,) = find_similar(queries(text, *OTHERS[::-1])[:1], BENCHMARK)
    source = next(one for one in (BAKER, LADDER, ROOTS) if one[:1] == found.benchmark_text[:1])
    assert found.benchmark_text == source and found.share >= 0.65
    assert kind is None or found.kind == kind


@pytest.mark.parametrize("case", UNLIKE)
def test_another_problem_is_not(case: str) -> None:
    assert find_similar(queries(UNLIKE[case]), BENCHMARK) == []


def test_a_lower_share_finds_more() -> None:
    texts = queries(*UNLIKE.values())
    counts = [len(find_similar(texts, BENCHMARK, share)) for share in (0.65, 0.4, 0.2, 0.01)]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_similar_pairs_are_listed_or_removed_or_not_looked_for(tmp_path: Path) -> None:
    bench = tmp_path / "bench.jsonl"
    bench.write_text("".join(json.dumps({"query": q.text, "reference": "1"}) + "\n" for q in BENCHMARK))
    copy, exact, other = COPIES["other numbers"][0], ROOTS, UNLIKE["the same trade"]
    own = queries(copy, exact, other)
    listed = decontaminate(own, [str(bench)])
    assert listed["removed"] == [own[1].id] and [p["text"] for p in listed["review"]] == [copy]
    removed = decontaminate(own, [str(bench)], similar="remove")
    assert removed["removed"] == sorted([own[0].id, own[1].id]) and not removed["review"]
    assert sum(removed["counts"][str(bench)].values()) == 2
    assert decontaminate(own, [str(bench)], similar="ignore")["review"] == []


@pytest.mark.parametrize("mode", ["list", "remove"])
def test_curation_says_what_it_found(tmp_path: Path, mode: str) -> None:
    bench = tmp_path / "bench.jsonl"
    bench.write_text("".join(json.dumps({"query": q.text, "reference": "1"}) + "\n" for q in BENCHMARK))
    asked = queries(COPIES["other numbers"][0], UNLIKE["the same trade"])
    engine = KnowingEngine({q.text: "1" for q in asked})
    journal = make_sample(tmp_path / "sample", engine=engine, queries=asked, policy=VRT(trials=1))
    section = CurationSection(decontaminate=[str(bench)], similar=mode)
    summary = curate(journal, section, tmp_path / "dataset")
    assert summary.rows == (2 if mode == "list" else 1)
    assert ("1 queries are similar" in summary.caption()) is (mode == "list")


def test_names_are_words_with_a_capital_inside_sentences() -> None:
    texts = ["When Ada and Bob met, Ada said so.", "The Bank closed. A bank is shut.", "Find all of it, Ada."]
    assert names_of(texts) == {"ada", "bob"}


def test_a_hostile_text_takes_no_longer_than_a_long_one() -> None:
    made = structure("$x$ + 1 = 2 " * 100_000)
    assert len(made.tokens) < 20_000
    assert find_similar(queries("x+1=2 " * 100_000), queries("1+y=2 " * 100_000)) is not None
