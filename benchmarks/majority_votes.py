"""How long the votes of maj@k take for one query, exactly, beside random choices of k trials.

    python benchmarks/majority_votes.py

The trials of one query have some hundred correct answers and, among the others, so many different wrong
ones: integers, fractions, decimals, roots, polynomials and pairs, each in one or two spellings. CPU time
of all k = 2, 4 ... trials; the error of the random choices is the largest difference between the two.
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

CHOICES = 500
"""Random choices for one k, which leave an error of 2 points."""

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


def by_sampling(answers: list[str | None], correct: list[bool]) -> dict[int, float]:
    """The usual way: every answer compared with the groups before it, then random choices of k trials."""
    groups: list[str] = []
    alike: list[str | None] = []
    for answer, good in zip(answers, correct, strict=True):
        if answer is None or good:
            alike.append(answer)
            continue
        known = next((one for one in groups if one == answer or same(one, answer)), None)
        groups += [answer] if known is None else []
        alike.append(known or answer)
    rng, trials = random.Random(1), list(zip(alike, correct, strict=True))
    return {
        k: sum(_won(rng.sample(trials, k)) for _ in range(CHOICES)) / CHOICES
        for k in powers_of_two(len(answers))[1:]
    }


def _won(chosen: list[tuple[str | None, bool]]) -> float:
    votes = Counter("" if good else answer for answer, good in chosen if good or answer is not None)
    right, most = votes.pop("", 0), max(votes.values(), default=0)
    if not right or right < most:
        return 0.0
    return 1 / (1 + sum(count == right for count in votes.values()))


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
        expected, sampled = timed(lambda a=answers, c=correct: by_sampling(a, c))
        error = max(abs(found[k] - expected[k]) for k in expected)
        shown = f"{sampled:.2f} s", f"{ours:.3f} s", f"{sampled / ours:.1f}x", f"{100 * error:.1f}"
        rows.append((str(distinct), *shown))
    columns = ("wrong answers", f"{CHOICES} choices", "exactly", "ratio", "their error, points")
    print_table(f"votes of one query, {options.trials} trials", columns, rows)


if __name__ == "__main__":
    main()
