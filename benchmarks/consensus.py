"""How often what the responses of a pool agree on is right, on published generations with references.

    python benchmarks/consensus.py letters.jsonl math.jsonl --query question --reference answer \\
        --responses generated_answer

Each file holds one query a row, its reference and the responses that somebody sampled. They are imported as
`dartmath import` does, judged by their references, and the vote of each query is compared with them.
Intervals are Wilson's, 95 %. `--first` takes so many of each query.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from dartmath.base.terminal import print_table
from dartmath.evaluation.consensus import Threshold, calibrate
from dartmath.prompts.template import load_template
from dartmath.queries.files import own_rows
from dartmath.queries.query import Query, make_query
from dartmath.sampling.config import ResponseColumns, SamplingSection
from dartmath.sampling.imported import import_responses
from dartmath.sampling.policy import VRT
from dartmath.sampling.responses import StoredResponses

SHOWN = (0.6, 0.8, 0.95)


def pool_of(path: str, options: argparse.Namespace, folder: Path) -> tuple[int, int]:
    """Make a run of the file in `folder`; (queries, responses)."""
    queries: list[Query] = []
    lines: list[str] = []
    for _, row in own_rows(path):
        query = make_query(Path(path).stem, str(row[options.query]), str(row[options.reference]))
        queries.append(query)
        responses = list(row[options.responses])[: options.first]
        lines.append(json.dumps({"id": query.id, "response": responses}))
    source = folder / "responses.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    found = import_responses(
        queries,
        StoredResponses((str(source),), ResponseColumns(id="id", response="response")),
        load_template("chat"),
        SamplingSection(policy=VRT(trials=64), workers=0),
        folder / "sample",
        seed=0,
        model={"name": "published", "revision": None, "dtype": "auto"},
        shots={},
        count_tokens=lambda texts: [0 for _ in texts],
    )
    return len(queries), found.responses


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--query", default="query")
    parser.add_argument("--reference", default="reference")
    parser.add_argument("--responses", default="responses")
    parser.add_argument("--first", type=int)
    parser.add_argument("--margin", type=float, default=0.2)
    options = parser.parse_args()
    rows = []
    for path in options.files:
        with tempfile.TemporaryDirectory() as folder:
            queries, responses = pool_of(path, options, Path(folder))
            steps = calibrate(Path(folder) / "sample", Threshold(0.0, options.margin, 4))
        for step in steps:
            if step.agreement in SHOWN:
                right = step.right if step.queries else None
                said = f"{right.value:.1%} ({right.low:.1%}-{right.high:.1%})" if right else ""
                name = f"{Path(path).stem}, {queries} queries, {responses / queries:.0f} responses each"
                rows.append((name, f"{step.agreement:.0%}", step.queries, f"{step.share:.1%}", said))
    print_table("Consensus", ("set", "agreement of", "queries", "of all", "right (95 % interval)"), rows)


if __name__ == "__main__":
    main()
