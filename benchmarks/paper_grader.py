"""Verifier `dart-math` beside the paper's own grader, on the same responses.

The paper's grader executes what models write, so it is run apart, in a jail, and is not part of this project.
This script reads what it said:

    python benchmarks/paper_grader.py CASES.jsonl VERDICTS.jsonl

CASES has rows of `id, set, query, ref, resp` and, where they apply, `finish_reason`, `abs_tol` and `dataset`;
VERDICTS has rows of `id, ans, correct`: what `EvaluatorMath().eval` of hkust-nlp/dart-math said of each. It
prints a row per set (agreement on correct or not; the same normalised answer; rows whose verdict took more
than a second here), and with `--differences` every row that is judged otherwise.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from dartmath.base.terminal import print_table
from dartmath.verify import grade
from dartmath.verify.contract.question import Question

SLOW = 1.0


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def question(case: dict[str, Any]) -> Question:
    """A case as what is graded."""
    metadata: dict[str, Any] = {}
    if "olympiad" in case.get("dataset", ""):
        metadata["judged_as"] = "olympiad"
    if case.get("abs_tol") is not None:
        metadata["tolerance"] = float(case["abs_tol"])
    reference = case["ref"][0] if isinstance(case["ref"], list) else case["ref"]
    return Question(case["query"] or "", (reference or "",), "dart-math", metadata)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("verdicts", type=Path)
    parser.add_argument("--differences", action="store_true", help="print what is judged otherwise")
    options = parser.parse_args()
    said = {row["id"]: row for row in rows(options.verdicts)}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    differences = []
    for case in rows(options.cases):
        if case["id"] not in said:
            continue
        start = time.process_time()
        found = grade(question(case), case["resp"], finish_reason=case.get("finish_reason") or "stop")
        slow = time.process_time() - start > SLOW
        theirs = said[case["id"]]
        same = found.correct == theirs["correct"]
        for name in (case["set"], "all"):
            for place, one in enumerate((1, same, (found.answer or "") == theirs["ans"], slow)):
                counts[name][place] += one
        if not same:
            differences.append(
                (case["id"], str(case["ref"])[:40], theirs["ans"][:40], str(theirs["correct"]))
            )
    ordered = [*(name for name in counts if name != "all"), "all"]
    cells = [
        (name, f"{n:,}", f"{100 * same / n:.2f} %", f"{100 * text / n:.2f} %", str(slow))
        for name in ordered
        for n, same, text, slow in [counts[name]]
    ]
    print_table(
        "verifier dart-math and the paper's grader", ("set", "rows", "agree", "same answer", "slow"), cells
    )
    if options.differences:
        print_table("judged otherwise", ("id", "reference", "answer", "paper: correct"), differences)


if __name__ == "__main__":
    main()
