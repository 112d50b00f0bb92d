"""How many altered copies of benchmark queries are found, and how many other problems are taken for copies.

    DARTMATH_DATA=DATA python benchmarks/similar_queries.py --each 20

Copies are made by rule from random queries of GSM8K test and MATH test, in ten ways. Other problems are those
of data sets that nobody made from these benchmarks; of MATH train, which has many problems of MATH test with
other numbers, some are real copies. The rival is the rule of open-r1 and s1: any word 8-gram in common.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence

from dartmath.base.terminal import print_table
from dartmath.curation.decontaminate import SIMILAR_SHARE, find_overlaps, find_similar
from dartmath.queries import Query, QuerySource, load
from dartmath.queries.query import make_query

NAMES = ("Priya", "Kofi", "Lena", "Mateo", "Yuki", "Amara", "Olaf", "Ines", "Tariq", "Svetlana")
WORDS = {
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
}
SYNONYMS = {
    "buys": "purchases", "bought": "purchased", "gives": "hands", "gave": "handed", "sells": "vends",
    "sold": "got rid of", "each": "every", "total": "altogether", "makes": "produces", "money": "cash",
    "find": "determine", "what is": "state", "how much": "what amount", "also": "in addition",
    "if": "supposing", "then": "afterwards", "needs": "requires", "wants": "would like",
}  # fmt: skip
OTHERS = (
    ("gsm8k/train", "gsm8k/test"),
    ("svamp", "gsm8k/test"),
    ("asdiv", "gsm8k/test"),
    ("math/train", "gsm8k/test"),
    ("gsm8k/train", "math/test"),
    ("mwpbench/college-math/test", "math/test"),
    ("math/train", "math/test"),
)


def numbers(text: str, draw: random.Random) -> str:
    """Every number another."""
    return re.sub(r"\d+", lambda m: str(draw.randint(2, max(9, 2 * int(m[0][:6])))), text)


def names(text: str, draw: random.Random) -> str:
    """Every name another."""
    for place, name in enumerate(sorted(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", text)))):
        text = re.sub(rf"\b{name}\b", NAMES[(draw.randrange(10) + place) % 10], text)
    return text


def typos(text: str, draw: random.Random) -> str:
    """Two letters of every tenth word exchanged."""
    words = text.split(" ")
    for place in draw.sample(range(len(words)), max(1, len(words) // 10)):
        word = words[place]
        if len(word) > 4:
            at = draw.randrange(1, len(word) - 2)
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def lookalikes(text: str, draw: random.Random) -> str:
    """Some Latin letters as Cyrillic ones."""
    return re.sub("[aeo]", lambda m: draw.choice([m[0], {"a": "а", "e": "е", "o": "о"}[m[0]]]), text)


def plain_text(text: str, draw: random.Random) -> str:
    """TeX as people type it."""
    text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", text)
    return re.sub(r"[$\\]", "", text).replace("{", "(").replace("}", ")")


def paraphrase(text: str, draw: random.Random) -> str:
    """Other words, and the first two sentences exchanged."""
    for word, other in SYNONYMS.items():
        text = re.sub(rf"\b{word}\b", other, text, flags=re.IGNORECASE)
    sentences = re.split(r"(?<=[.]) ", text)
    if len(sentences) > 2:
        sentences[:2] = sentences[1::-1]
    return " ".join(sentences)


RULES: dict[str, Callable[[str, random.Random], str]] = {
    "other numbers": numbers,
    "other names": names,
    "other numbers and names": lambda text, draw: numbers(names(text, draw), draw),
    "typos": typos,
    "number words": lambda text, draw: re.sub(r"(?<![\d.$])[2-9](?![\d.,%/])", lambda m: WORDS[m[0]], text),
    "lookalike letters": lookalikes,
    "plain text for TeX": plain_text,
    "other words": paraphrase,
    "a heading": lambda text, draw: f"Problem: {text} Show your work.",
    "another variable": lambda text, draw: re.sub(r"(?<![a-zA-Z\\])x(?![a-zA-Z])", "t", text),
}


def copies(rule: str, sources: Sequence[Query], count: int) -> list[tuple[Query, Query]]:
    """`count` (copy, source) that a rule changes."""
    draw, found = random.Random(rule), []
    while len(found) < count:
        source = draw.choice(sources)
        text = RULES[rule](source.text, draw)
        if text != source.text:
            found.append((make_query("copy", text, "1"), source))
    return found


def eight_grams(queries: Sequence[Query], benchmark: Sequence[Query]) -> list[Query]:
    """Queries that share any word 8-gram with the benchmark."""

    def grams(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return set(zip(*(words[start:] for start in range(8)), strict=False))

    known = {gram for query in benchmark for gram in grams(query.text)}
    return [query for query in queries if not known.isdisjoint(grams(query.text))]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="copies of each kind")
    parser.add_argument("--others", type=int, default=1000, help="other problems of each data set")
    parser.add_argument("--share", type=float, default=SIMILAR_SHARE)
    given = parser.parse_args()
    tests = {name: load(QuerySource(dataset=name)) for name in ("gsm8k/test", "math/test")}
    both = [query for benchmark in tests.values() for query in benchmark]
    made = {rule: copies(rule, both, given.each) for rule in RULES}
    rows = []
    for rule, pairs in made.items():
        own, source = [copy for copy, _ in pairs], {copy.id: text.id for copy, text in pairs}
        found = find_similar(own, both, given.share)
        right = sum(source[one.query_id] == one.benchmark_id for one in found)
        rows.append(
            (rule, len(own), len(eight_grams(own, both)), len(find_overlaps(own, both)), len(found), right)
        )
    rows.append(("all", *(sum(row[place] for row in rows) for place in range(1, 6))))
    columns = ("copies with", "made", "any 8-gram", "n-grams", "similar", "of their source")
    print_table(f"Copies found at a share of {given.share}", columns, rows)
    table = []
    for name, benchmark in OTHERS:
        own = load(QuerySource(dataset=name))[: given.others]
        start = time.process_time()
        found = find_similar(own, tests[benchmark], given.share)
        seconds = time.process_time() - start
        grams = len(find_overlaps(own, tests[benchmark]))
        table.append(
            (
                name,
                benchmark,
                len(own),
                len(eight_grams(own, tests[benchmark])),
                grams,
                len(found),
                f"{seconds:.1f}",
            )
        )
    columns = ("other problems", "benchmark", "asked", "any 8-gram", "n-grams", "similar", "CPU s")
    print_table("Other problems taken for copies", columns, table)


if __name__ == "__main__":
    main()
