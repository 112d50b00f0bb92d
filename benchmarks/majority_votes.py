"""How long the votes of maj@k take for one query, beside comparing the answers of every block in pairs.

    python benchmarks/majority_votes.py

The trials of one query have some hundred correct answers and, among the others, so many different wrong
ones: integers, fractions, decimals, roots, polynomials and pairs, each in one or two spellings. CPU time
of all k = 2, 4 ... trials; both ways have to give the same values.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable

from dartmath.base.terminal import print_table
from dartmath.evaluation.metrics import joined, majority_at_k, powers_of_two
from dartmath.verify import parse, verify

_SPELLINGS: tuple[tuple[str, str], ...] = (
    ("{0}", "{0}.0"),
    (r"\frac{{{0}}}{{7}}", "{0}/7"),
    (r"{0}\sqrt{{2}}", r"\sqrt{{2}}*{0}"),
    ("x^2+{0}x+3", "3+x^2+{0}x"),
    ("({0}, 1)", "({0},1.0)"),
    ("{0}.25", "{0}.250"),
)


def same(first: str, second: str) -> bool:
    """Whether the verifier takes two answers for equal."""
    return verify(first, second).correct


def make_answers(trials: int, distinct: int, *, seed: int = 0) -> tuple[list[str | None], list[bool]]:
    """Answers of `trials`, a tenth of them correct, with `distinct` different wrong values."""
    rng = random.Random(seed)
    answers: list[str | None] = []
    for _ in range(trials):
        value = rng.randrange(distinct)
        answers.append(rng.choice(_SPELLINGS[value % len(_SPELLINGS)]).format(11 + value))
    correct = [rng.random() < 0.1 for _ in range(trials)]
    return answers, correct


def in_pairs(answers: list[str | None], correct: list[bool]) -> dict[int, float]:
    """Every answer of a block compared with the groups of that block, trial by trial."""
    return {k: _blocks(answers, correct, k) for k in powers_of_two(len(answers))[1:]}


def _blocks(answers: list[str | None], correct: list[bool], k: int) -> float:
    chances = []
    for start in range(0, len(answers) - k + 1, k):
        groups: Counter[str] = Counter()
        for answer, good in zip(answers[start : start + k], correct[start : start + k], strict=True):
            if answer is not None and not good:
                known = answer if answer in groups else next((a for a in groups if same(a, answer)), answer)
                groups[known] += 1
        right = sum(correct[start : start + k])
        most = max([right, *groups.values()])
        ties = sum(votes == most for votes in groups.values())
        chances.append(1 / (1 + ties) if right == most and right else 0.0)
    return sum(chances) / len(chances)


def by_groups(answers: list[str | None], correct: list[bool]) -> dict[int, float]:
    """As `dartmath evaluate` does: the different answers of all trials once."""
    wrong = [a for a, good in zip(answers, correct, strict=True) if a is not None and not good]
    spelling = joined(wrong, same, key=lambda answer: str(parse(answer)))
    alike = [None if answer is None else spelling.get(answer, answer) for answer in answers]
    return {k: majority_at_k(alike, correct, k) for k in powers_of_two(len(answers))[1:]}


def timed(function: Callable[[], dict[int, float]]) -> tuple[dict[int, float], float]:
    """The values, and CPU seconds."""
    begin = time.process_time()
    values = function()
    return values, time.process_time() - begin


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--distinct", type=int, nargs="+", default=[5, 50, 500])
    options = parser.parse_args()
    same("1/2", "0.5")  # imports the verifier
    rows = []
    for distinct in options.distinct:
        answers, correct = make_answers(options.trials, distinct)
        found, ours = timed(lambda a=answers, c=correct: by_groups(a, c))
        expected, pairs = timed(lambda a=answers, c=correct: in_pairs(a, c))
        equal = all(abs(found[k] - expected[k]) < 1e-12 for k in expected)
        rows.append(
            (distinct, f"{pairs:.2f} s", f"{ours:.3f} s", f"{pairs / ours:.0f}x", "yes" if equal else "no")
        )
    columns = ("wrong answers", "in pairs", "by groups", "ratio", "same values")
    print_table(f"votes of one query, {options.trials} trials", columns, rows)


if __name__ == "__main__":
    main()
