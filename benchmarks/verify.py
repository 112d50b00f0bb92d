"""The verifier beside Math-Verify: errors and speed on labelled sets, cold start, hostile input.

    python benchmarks/verify.py --cases ../shared/verify --rival-rows 1000
    python benchmarks/verify.py --beside ../other/src     # two source trees, in turns
    python benchmarks/verify.py --growth                  # long responses

Both grade the same rows on one core in one run; speeds count the process's CPU time, which a busy
machine does not distort. Rivals are slow: with --rival-rows, both are compared on a fixed random part
of each set, and the errors of dartmath on the whole set stand in a column of their own.

With --beside, each tree has a process of its own, which pass over the same rows in turns; the ratio is
the median over the passes, so that a machine which others use shifts both alike.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

SETS = ("metamorphic", "hardverify", "math_responses", "deepmind_responses", "gsm8k_solutions")
HOSTILE = Path(__file__).parents[1] / "tests" / "cases" / "verify" / "hostile.jsonl"
Row = dict[str, Any]
Judge = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Result:
    """Errors and speed of one judge on some rows."""

    rows: int
    positives: int
    negatives: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """Percent of rows judged as labelled."""
        return 100 * (1 - (self.positives + self.negatives) / self.rows)

    @property
    def speed(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds

    def __str__(self) -> str:
        return f"{self.accuracy:.2f} % ({self.positives}/{self.negatives})"


def ours() -> Judge:
    """dartmath's verdict on the extracted answer of a row."""
    from dartmath.verify import verify

    return lambda row: verify(row["ref"], row["pred"], query=row["query"]).correct


def ours_response() -> Judge:
    """dartmath's verdict on the whole response of a row."""
    from dartmath.verify import grade

    return lambda row: grade(row["asked"], row["resp"]).correct


def rival() -> Judge:
    """Math-Verify's verdict on the extracted answer, with its default configuration."""
    from math_verify import parse, verify

    return lambda row: bool(verify(parse(f"${row['ref']}$"), parse(f"\\boxed{{{row['pred']}}}")))


def rival_response() -> Judge:
    """Math-Verify's verdict on the whole response."""
    from math_verify import parse, verify

    return lambda row: bool(verify(parse(f"${row['ref']}$"), parse(row["resp"])))


def asked(row: Row) -> SimpleNamespace:
    """The query of a row, as a user has it before there are responses."""
    return SimpleNamespace(text=row["query"], references=(row["ref"],), verifier="math", metadata={})


LEAST_SECONDS = 1.0
"""CPU time that rows are judged for, again and again: less would be at the mercy of what else runs."""


def measured(judge: Judge, rows: list[Row]) -> Result:
    """Judge every row, after two to warm up, as often as `LEAST_SECONDS` take."""
    for row in rows[:2]:
        judge(row)
    gc.collect()
    gc.freeze()  # the rows are no garbage of the judge, and no work of his to look through
    passes, seconds = 0, 0.0
    while seconds < LEAST_SECONDS:
        uncached()
        began = time.process_time()
        verdicts = [judge(row) for row in rows]
        seconds += time.process_time() - began
        passes += 1
    pairs = list(zip(verdicts, rows, strict=True))
    positives = sum(verdict and not row["label"] for verdict, row in pairs)
    negatives = sum(not verdict and row["label"] for verdict, row in pairs)
    return Result(len(rows), positives, negatives, seconds / passes)


SMALL_CACHE = 64
"""Entries of a cache that a pass over a set empties by itself, or that holds compiled patterns."""


_Cached = type(lru_cache(len))


def uncached() -> None:
    """Forget what earlier passes over the rows left in the caches."""
    modules = [module for name, module in sys.modules.items() if name.startswith("dartmath.verify")]
    for function in {id(one): one for module in modules for one in vars(module).values()}.values():
        # To ask a pattern for an attribute that it does not have would compile it.
        if isinstance(function, _Cached) and (function.cache_parameters()["maxsize"] or 0) > SMALL_CACHE:
            function.cache_clear()


def sets(
    folder: Path, names: list[str]
) -> Iterator[tuple[str, list[Row], Callable[[], Judge], Callable[[], Judge]]]:
    """Name, rows and what makes both judges of labelled sets, for answers and for whole responses."""
    for name in names:
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        yield name, rows, ours, rival
        responses = [{**row, "asked": asked(row)} for row in rows if row.get("resp")]
        if responses:
            yield f"{name}, full text", responses, ours_response, rival_response


def serve(folder: Path) -> None:
    """The other end of `beside`: for each name of a set, the CPU time of one pass over its rows."""
    known: dict[str, tuple[list[Row], Judge]] = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in known:
            known.update(
                {found: (rows, make()) for found, rows, make, _ in sets(folder, [name.split(",")[0]])}
            )
            list(map(known[name][1], known[name][0][:300]))  # to warm up
            gc.collect()
            gc.freeze()
        rows, judge = known[name]
        uncached()
        began = time.process_time()
        for row in rows:
            judge(row)
        print(time.process_time() - began, flush=True)


class Tree:
    """A process with one source tree."""

    def __init__(self, source: Path, folder: Path) -> None:
        command = [sys.executable, __file__, "--serve", "--cases", str(folder)]
        environment = {**os.environ, "PYTHONPATH": str(source.resolve())}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def seconds(self, name: str) -> float:
        """CPU time of one pass over a set."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def beside(other: Path, folder: Path, names: list[str], passes: int) -> None:
    """Print the speed of this tree and of another on every set, and their ratio."""
    import dartmath

    trees = [Tree(source, folder) for source in (Path(dartmath.__file__).parents[1], other)]
    print(f"{'set':<30}{'rows':>7}{'here /s':>10}{'there /s':>10}{'ratio':>8}")
    for name, rows, _, _ in sets(folder, names):
        times = [[tree.seconds(name) for tree in trees] for _ in range(passes + 1)][1:]  # the first warms up
        here, there = (len(rows) / min(column) for column in zip(*times, strict=True))
        ratio = median(theirs / ours for ours, theirs in times)
        print(f"{name:<30}{len(rows):>7}{here:>10.0f}{there:>10.0f}{ratio:>8.2f}", flush=True)
    for tree in trees:
        tree.process.terminate()


LENGTHS = (1_000, 10_000, 100_000)
STEPS = (
    "First we write the sum as $S = \\frac{n(n+1)}{2}$, so for $n = 12$ we get $S = 78$.",
    "Wait, that is not right: the problem says that every third term is left out.",
    "Let me check: if $x = 4$ then $3x + 2 = 14$, and 14 is not a multiple of 4.",
    "So the remaining terms are 1, 2, 4, 5, 7, 8, 10 and 11, and their sum is 48.",
    "Therefore we need to find the value of $k$ for which $k^2 - 5k + 6 = 0$.",
    "- The second case gives \\(a = 3\\), which the condition rules out.",
)
"""Sentences of a made-up train of thought."""

LONG = {
    "a thought, then a box": ("<think>\n", STEPS, "\n</think>\nThe answer is $\\boxed{12}$."),
    "reasoning, then a box": ("", STEPS, "\nSo the answer is $\\boxed{12}$."),
    "reasoning, then an announcement": ("", STEPS, "\nThe final answer is 12."),
    "reasoning, then a conclusion": ("", STEPS, "\nSo she has 12 apples."),
    "reasoning that ends nowhere": ("", STEPS, ""),
    "a box in every step": ("", (*STEPS, "So $\\boxed{7}$ it is."), "\nWe go on."),
    "an announcement in every step": ("", (*STEPS, "The answer is right there."), ""),
    "a label in every line": ("", ("Q: x", "A: b, c", "**Problem**: d"), ""),
    "colons": ("", ("n:n:",), ""),
    "thoughts never closed": ("", ("<think> so ",), ""),
    "opened braces": ("", ("\\boxed{",), ""),
}
"""Beginning, what is repeated, end."""


def growth() -> None:
    """Print the CPU time of a verdict on responses of several lengths."""
    query = asked({"query": "How many?", "ref": "12"})
    print(f"{'ms of CPU time, at characters':<34}" + "".join(f"{length:>10,}" for length in LENGTHS))
    from dartmath.verify import grade

    for name, (opening, steps, ending) in LONG.items():
        cells = []
        for length in LENGTHS:
            filling = "\n".join(steps) + "\n"
            text = opening + (filling * (length // len(filling) + 1))[:length] + ending
            grade(query, text)
            times = []
            for _ in range(5):
                uncached()
                began = time.process_time()
                grade(query, text)
                times.append(time.process_time() - began)
            cells.append(f"{1000 * min(times):>10.2f}")
        print(f"{name:<34}" + "".join(cells), flush=True)


def cold_start() -> tuple[float, float]:
    """Milliseconds until a process has its first verdict, and of a bare interpreter, best of five."""
    best = []
    for program in ("from dartmath.verify import verify; verify('1/2', '0.5')", "pass"):
        times = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            times.append(time.perf_counter() - began)
        best.append(1000 * min(times))
    return best[0], best[1]


def hostile() -> tuple[int, float, str, float]:
    """Number of hostile inputs, CPU time of the slowest in ms, its name, growth of peak memory in MB."""
    from dartmath.verify import grade, verify

    verify("(1,2]", "1 < x \\le \\sqrt{4}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, name = 0.0, ""
    rows = [json.loads(line) for line in HOSTILE.read_text("utf-8").splitlines()]
    for row in rows:
        text = row["prefix"] + row["repeat"] * row["count"] + row["suffix"]
        query = asked({"query": text, "ref": "12"})
        for judge, arguments in ((verify, ("x+1", text)), (verify, (text, "x+1")), (grade, (query, text))):
            began = time.process_time()
            judge(*arguments)
            slowest, name = max((slowest, name), (1000 * (time.process_time() - began), row["name"]))
    return len(rows), slowest, name, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = os.environ.get("DARTMATH_VERIFY_CASES", "../shared/verify")
    options.add_argument("--cases", type=Path, default=Path(default), help="folder of labelled cases")
    options.add_argument("--rival-rows", type=int, default=1000, help="rows per set for both; 0 is all")
    options.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), help="sets to measure")
    options.add_argument("--beside", type=Path, help="folder of another dartmath, the one with its package")
    options.add_argument(
        "--passes", type=int, default=5, help="passes of each tree over a set, with --beside"
    )
    options.add_argument("--growth", action="store_true", help="time long responses, and nothing else")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        return serve(chosen.cases)
    if chosen.growth:
        return growth()
    if chosen.beside is not None:
        return beside(chosen.beside, chosen.cases, chosen.sets, chosen.passes)
    return besides_rivals(chosen)


def besides_rivals(chosen: argparse.Namespace) -> None:
    """Print errors and speed beside Math-Verify, cold start and hostile input."""
    total_rows, total_seconds = 0, 0.0
    print("Accuracy (false positives/false negatives) and verdicts per CPU second on the same rows")
    heads = (
        ("whole set", 20),
        ("rows", 6),
        ("dartmath", 18),
        ("Math-Verify", 18),
        ("/s", 8),
        ("/s", 6),
        ("ratio", 7),
    )
    print(f"{'set':<30}" + "".join(f"{head:>{width}}" for head, width in heads))
    for name, rows, ours_on, theirs_on in sets(chosen.cases, chosen.sets):
        judge, other = ours_on(), theirs_on()
        whole = measured(judge, rows)
        total_rows, total_seconds = total_rows + whole.rows, total_seconds + whole.seconds
        part = random.Random(name).sample(rows, min(chosen.rival_rows or len(rows), len(rows)))
        us, them = measured(judge, part), measured(other, part)
        print(
            f"{name:<30}{whole!s:>20}{us.rows:>6}{us!s:>18}{them!s:>18}"
            f"{us.speed:>8.0f}{them.speed:>6.0f}{us.speed / them.speed:>6.0f}x",
            flush=True,
        )
    print(f"the mix of these sets: {total_rows / total_seconds:.0f} verdicts a second")
    with_import, bare = cold_start()
    print(f"cold start: {with_import:.0f} ms, of which the interpreter {bare:.0f} ms")
    count, slowest, culprit, memory = hostile()
    found = f"slowest {slowest:.0f} ms of CPU time ({culprit}), {memory:.0f} MB of memory"
    print(f"hostile: {count} inputs, {found}")


if __name__ == "__main__":
    main()
