"""Thirty-five copies of benchmark queries, thirty problems that are none: what decontamination finds.

    DARTMATH_DATA=DATA python benchmarks/altered_queries.py

Copies are made by rule from queries of five benchmarks, drawn once, as people and programs change them: 21
change the writing alone, 14 the problem's numbers, names, words or language. What is told anew by hand, and
the problems that are none, are texts of our own in `altered_queries.yaml`. Found is what `decontaminate`
removes or lists for review with default settings; the rival is the rule of open-r1 and s1, any word 8-gram in
common. Last come 400 problems of fewer than 13 words, with something before and behind them.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from similar_queries import NAMES, RULES, SYNONYMS, eight_grams

from dartmath.base.terminal import print_table
from dartmath.curation.decontaminate import decontaminate
from dartmath.queries import Query, QuerySource, load
from dartmath.queries.query import make_query

BENCHMARKS = (
    "gsm8k/test",
    "math/test",
    "olympiadbench/OE_TO_maths_en_COMP",
    "aime24",
    "mwpbench/college-math/test",
)
WRITTEN = 21  # copies of which the writing alone is another
SHORT = range(10, 19)  # words of a short problem
QUOTES = str.maketrans({"'": "\u2019", '"': "\u201d", "-": "\u2013"})
WIDE = str.maketrans({str(digit): chr(0xFF10 + digit) for digit in range(10)})
Rule = Callable[[str, random.Random], str]


def another_word(text: str, draw: random.Random) -> str:
    """One word another, where there is one with a known synonym; else the first word left out."""
    for word, other in SYNONYMS.items():
        changed = re.sub(rf"\b{word}\b", other, text, count=1, flags=re.IGNORECASE)
        if changed != text:
            return changed
    return text.partition(" ")[2]


def with_layout(text: str, draw: random.Random) -> str:
    """TeX with other commands for the same."""
    text = text.replace("\\frac", "\\dfrac").replace("\\le ", "\\leq ")
    return re.sub(r"\^(\w)", r"^{\1}", text).replace("(", "\\left(").replace(")", "\\right)")


WRITING: dict[str, Rule] = {
    "nothing": lambda text, draw: text,
    "white space": lambda text, draw: "\n ".join(text.split(" ")),
    "dollars as parentheses": lambda text, draw: re.sub(r"\$([^$]+)\$", r"\\(\1\\)", text),
    "capitals": lambda text, draw: text.upper() if "\\" not in text else text.lower(),
    "punctuation left out": lambda text, draw: re.sub(r"[.,;:?!](?=\s|$)", "", text),
    "layout of TeX": with_layout,
    "typographic signs": lambda text, draw: text.translate(QUOTES),
    "digits of full width": lambda text, draw: text.translate(WIDE),
    "an instruction before": lambda text, draw: f"Solve the following problem carefully. {text}",
    "an instruction behind": lambda text, draw: f"{text} Think step by step and put the answer in a box.",
    "a heading": lambda text, draw: f"### Problem {draw.randint(2, 40)}\n\n{text}",
    "a sentence more": lambda text, draw: f"{NAMES[draw.randrange(10)]} found this in an old book. {text}",
    "a sentence less": lambda text, draw: " ".join(re.split(r"(?<=[.?]) ", text)[-3:]),
}
PROBLEM: dict[str, tuple[Rule, bool]] = {  # and whether of a short problem
    "other numbers": (RULES["other numbers"], False),
    "other names": (RULES["other names"], False),
    "other numbers and names": (RULES["other numbers and names"], False),
    "typos": (RULES["typos"], False),
    "number words": (RULES["number words"], False),
    "lookalike letters": (RULES["lookalike letters"], False),
    "plain text for TeX, short": (RULES["plain text for TeX"], True),
    "a heading, short": (lambda text, draw: f"Problem: {text}", True),
    "one word, short": (another_word, True),
    "another variable, short": (RULES["another variable"], True),
}


def cases(tests: dict[str, Sequence[Query]]) -> Iterator[tuple[str, Query]]:
    """(what was changed, copy) of 31 queries, benchmark after benchmark in turn."""
    draw = random.Random("altered")
    plain = [(name, rule, False) for name, rule in WRITING.items()]
    # Some of the changes of another benchmark too.
    every = [*plain, *plain[: WRITTEN - len(plain)], *((name, *how) for name, how in PROBLEM.items())]
    for place, (name, rule, short) in enumerate(every):
        yield name, copied(rule, short, tests, place, draw, unchanged=name == "nothing")


def short_ones(tests: dict[str, Sequence[Query]]) -> Iterator[tuple[str, Query]]:
    """200 copies of short problems with numbers, of two benchmarks each."""
    draw = random.Random("short")
    for name in ("math/test", "mwpbench/college-math/test"):
        words = {query.text: re.findall(r"[a-z]+|\d+", query.text.lower()) for query in tests[name]}
        short = [text for text, w in words.items() if len(w) < 13 and sum(one.isdigit() for one in w) > 1]
        for text in draw.sample(short, 200):
            around = f"Problem {draw.randint(2, 40)}. {text} Show your work."
            yield f"something around, short, {name}", make_query("copy", around, "1")


def copied(
    rule: Rule,
    short: bool,
    tests: dict[str, Sequence[Query]],
    place: int,
    draw: random.Random,
    *,
    unchanged: bool,
) -> Query:
    """A copy by `rule` of a query that it changes, of the benchmark whose turn it is, or else of the next."""
    for turn in range(place, place + len(BENCHMARKS)):
        sources = list(tests[BENCHMARKS[turn % len(BENCHMARKS)]])
        for source in draw.sample(sources, len(sources)):
            text = rule(source.text, draw)
            fits = not short or len(source.text.split()) in SHORT
            if fits and (unchanged or text != source.text):
                return make_query("copy", text, "1")
    raise ValueError(f"no query is changed by rule {place}")


def found_by(queries: Sequence[Query], benchmarks: Sequence[str]) -> list[set[str]]:
    """Ids of the queries that are removed, and of those that are listed for review, by default."""
    result: dict[str, Any] = decontaminate(queries, benchmarks)
    return [set(result["removed"]), {pair["query_id"] for pair in result["review"]}]


def main() -> None:
    """Print the table."""
    own = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    tests = {name: load(QuerySource(dataset=name)) for name in BENCHMARKS}
    told = [make_query("retold", pair["problem"], "1") for pair in own["retold"]]
    every = [query for benchmark in tests.values() for query in benchmark] + told
    copies = [*cases(tests), *(("told anew", make_query("copy", p["copy"], "1")) for p in own["retold"])]
    unlike = [("none of a benchmark", make_query("unlike", text, "1")) for text in own["unlike"]]
    short = list(short_ones(tests))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "retold.jsonl"
        path.write_text(
            "".join(json.dumps({"query": query.text, "reference": "1"}) + "\n" for query in told),
            encoding="utf-8",
        )
        asked = [query for _, query in (*copies, *unlike, *short)]
        found = [
            {query.id for query in eight_grams(asked, every)},
            *found_by(asked, [*BENCHMARKS, str(path)]),
        ]
    rows = [
        row for group in (copies[:WRITTEN], copies[WRITTEN:], unlike, short) for row in table(group, found)
    ]
    columns = ("changed", "queries", "any 8-gram", "removed", "listed for review", "found")
    print_table("What decontamination finds, by default", columns, rows)


def table(group: Sequence[tuple[str, Query]], found: Sequence[set[str]]) -> list[tuple[object, ...]]:
    """A row for each change, and one for all of the group."""
    rows: list[tuple[object, ...]] = []
    for name in (*dict.fromkeys(name for name, _ in group), "all of these"):
        mine = [query.id for other, query in group if name in (other, "all of these")]
        grams, removed, listed = (sum(id in ids for id in mine) for ids in found)
        rows.append((name, len(mine), grams, removed, listed, removed + listed))
    return rows


if __name__ == "__main__":
    main()
