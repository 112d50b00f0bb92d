"""Fuzz the verifier: mutated answers and responses must neither raise, hang, nor break a law.

    python benchmarks/fuzz_verify.py --inputs 1000000 --seed 0
    python benchmarks/fuzz_verify.py --inputs 1000000 --guided     (needs: pip install atheris)

Seeds are the labelled and hostile cases in tests/cases/verify and expressions drawn from a grammar.
Every input is judged in four ways: as an answer against a seed, the same with a query, mutated too,
against itself (which must be correct, or unparsable when it is empty), and as a whole response to the
query. Printed are the counts, the slowest inputs, and every input that broke a rule. The exit code is 1
when one did. With --guided, libFuzzer (by way of atheris) chooses the mutations by the code they reach,
and stops at the first input that breaks a rule or takes more than five seconds.
"""

from __future__ import annotations

import argparse
import heapq
import json
import pkgutil
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

CASES = Path(__file__).parents[1] / "tests" / "cases" / "verify"
LONG_SHARE = 0.02
"""Part of the inputs that may have up to 6,000 characters; the rest has at most 300."""

_LATEX = r"""
\frac \sqrt \left \right \pi \infty \cup \cap \in \le \ge \ne \pm \mp \cdot \times \text{ \mathrm{ \\
\begin{pmatrix} \end{pmatrix} \begin{cases} \end{cases} \sin \log_ \sum_{k=1}^{9} \binom \overline{ \boxed{
^\circ \% \$ and or for x= f(x)= 1e9 #### the answer is √ ² ½ ∞ ≤ π × ÷ − !! ** 1,234
"""
PIECES = (*"0123456789+-*/^_=<>(){}[]|,.;:!%$&~'\\ xyzabein", "\u200b", "\0", "\n", *_LATEX.split())


def seeds() -> list[str]:
    """Answers of the case files, hostile ones cut to a size that still fits a mutation."""
    found: list[str] = []
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "repeat" in row:
                found.append((row["prefix"] + row["repeat"] * row["count"] + row["suffix"])[:400])
            else:
                found += row.get("members", row.get("answers", []))
                found += [text for key in ("reference", "answer", "response") if (text := row.get(key))]
    return found


def queries() -> list[str]:
    """The queries of the case files, and none."""
    rows = (
        json.loads(line)
        for path in sorted(CASES.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return ["", *dict.fromkeys(row["query"] for row in rows if row.get("query"))]


def expression(rng: random.Random, depth: int = 4) -> str:
    """A random expression of the grammar, in LaTeX."""
    if depth == 0 or rng.random() < 0.25:
        return rng.choice(["x", "y", "n", "2", "-3", "0", "1.5", "10", "\\pi", "e", "i", "7!", "\\infty"])
    one, two = expression(rng, depth - 1), expression(rng, depth - 1)
    forms = (
        f"{one}+{two}",
        f"{one}-{two}", f"{one}\\cdot {two}", f"\\frac{{{one}}}{{{two}}}", f"({one})^{{{two}}}",
        f"\\sqrt{{{one}}}",
        f"\\sin({one})", f"\\ln|{one}|", f"\\log_{{{one}}}({two})", f"|{one}|", f"({one},{two}]",
        f"\\{{{one},{two}\\}}", f"{one}<{two}", f"{one}={two}", f"({one})!", f"\\binom{{{one}}}{{{two}}}",
        f"{one},{two}", f"\\begin{{pmatrix}}{one}\\\\{two}\\end{{pmatrix}}", f"\\lfloor {one}\\rfloor",
        f"{one}\\cup {two}", f"f({one})", f"{one} \\text{{ or }} {two}", f"{one}\\pm {two}",
    )  # fmt: skip
    return rng.choice(forms)


def mutated(text: str, rng: random.Random, others: list[str]) -> str:
    """The text after a few insertions, deletions, repetitions and splices."""
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randint(0, len(text))
        to = min(len(text), at + rng.randint(0, 12))
        kind = rng.randrange(6)
        if kind == 0:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[to:]
        elif kind == 2:
            text = text[:to] + text[at:to] * rng.choice((1, 2, 5, 40)) + text[to:]
        elif kind == 3:
            other = rng.choice(others)
            text = text[:at] + other[: rng.randint(0, 40)] + text[to:]
        elif kind == 4:
            text = (
                text[:at]
                + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x11000))))
                + text[at:]
            )
        else:
            text = text[:at] + str(rng.randrange(10 ** rng.choice((1, 3, 12)))) + text[to:]
    return text[: 6000 if rng.random() < LONG_SHARE else 300]


def inputs(rng: random.Random, count: int) -> Iterator[tuple[str, str, str]]:
    """A reference, a fuzzed answer and a query, which is fuzzed as often as not."""
    known, asked = seeds(), queries()
    for _ in range(count):
        base = expression(rng) if rng.random() < 0.3 else rng.choice(known)
        answer = mutated(base, rng, known) if rng.random() < 0.9 else base
        query = rng.choice(asked)
        if rng.random() < 0.5:
            query = mutated(query, rng, known)
        yield (base if rng.random() < 0.5 else rng.choice(known)), answer, query


def broken(reference: str, answer: str, query: str) -> str | None:
    """Judge one input in all ways; what rule it broke, if any."""
    from dartmath.verify import Outcome, grade, verify

    if not isinstance(verify(reference, answer).outcome, Outcome):
        return "no outcome"
    if not isinstance(verify(reference, answer, query=query).outcome, Outcome):
        return "no outcome with a query"
    itself = verify(answer, answer)
    if not itself.correct and answer.strip():
        return f"not equal to itself: {itself.reason}"
    spaced = verify(answer, answer + " ")
    if not spaced.correct and answer.strip():
        return f"not equal to itself with a space: {spaced.reason}"
    grade(SimpleNamespace(text=query, references=(reference,), verifier="math", metadata={}), answer)
    return None


def guided(count: int, seed: int) -> None:
    """Let libFuzzer mutate the seeds; it ends the process when it is done, or at the first failure."""
    try:
        import atheris
    except ImportError:
        sys.exit("coverage-guided fuzzing needs atheris, which is not installed: pip install atheris")
    with atheris.instrument_imports(include=["dartmath.verify"]):
        package = import_module("dartmath.verify")
        for module in pkgutil.iter_modules(package.__path__, "dartmath.verify."):
            import_module(module.name)
    known, asked = seeds(), queries()

    def judge(data: bytes) -> None:
        """The first byte chooses the reference, the rest is the answer."""
        reference = known[data[0] * 7 % len(known)] if data else "1"
        query = asked[data[0] * 7 % len(asked)] if data else ""
        rule = broken(reference, data[1:].decode("utf-8", "ignore"), query)
        if rule is not None:
            raise AssertionError(f"{rule}: reference {reference!r}")

    with tempfile.TemporaryDirectory() as folder:
        for place, text in enumerate(dict.fromkeys(known)):
            (Path(folder) / str(place)).write_bytes(b"\x01" + text.encode("utf-8", "ignore"))
        arguments = [f"-atheris_runs={count}", f"-seed={seed + 1}", "-max_len=400", "-timeout=5", folder]
        atheris.Setup([sys.argv[0], *arguments], judge)
        try:
            atheris.Fuzz()
        finally:  # libFuzzer's watch over the last input goes on while the folder is removed
            signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> int:
    """Run the fuzzer and print what it found."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--guided", action="store_true", help="choose mutations by coverage (atheris)")
    chosen = options.parse_args()
    if chosen.guided:
        guided(chosen.inputs, chosen.seed)
    rng = random.Random(chosen.seed)
    broken("\\sqrt2", "1.41", "What is x?")
    failures: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    began = time.perf_counter()
    for reference, answer, query in inputs(rng, chosen.inputs):
        started = time.process_time()
        try:
            rule = broken(reference, answer, query)
        except Exception as error:  # the point of the fuzzer is to report whatever is raised
            rule = f"{type(error).__name__}: {error}"
        spent = (time.process_time() - started) * 1000
        if rule is not None:
            failures[rule[:60]] += 1
            if failures[rule[:60]] <= 3:
                shown = {"reference": reference, "answer": answer, "query": query}
                print(
                    f"BROKEN {rule}",
                    *(f"  {name:9} {text[:300]!r}" for name, text in shown.items()),
                    sep="\n",
                )
        entry = (spent, answer[:120])
        if len(slowest) < 5:
            heapq.heappush(slowest, entry)
        elif entry > slowest[0]:
            heapq.heapreplace(slowest, entry)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    count = sum(failures.values())
    print(f"{chosen.inputs} inputs in {seconds:.0f} s, {count} broke a rule, peak {memory:.0f} MB")
    for spent, answer in sorted(slowest, reverse=True):
        print(f"  {spent:6.1f} ms of CPU time for four verdicts  {answer!r}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
