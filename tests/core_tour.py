"""What the core does without torch, transformers and the like: a tour of its verbs, as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROWS = [
    {"problem": "What is 2 + 3?", "answer": "5", "text": "2 + 3 = 5, so \\boxed{5}."},
    {"problem": "What is 2 + 3?", "answer": "5", "text": "It is \\boxed{6}."},
    {"problem": "What is 20 * 30?", "answer": "600", "text": "The answer is 600."},
]
COLUMNS = ("--query", "problem", "--response", "text")


@dataclass(frozen=True)
class Tour:
    """A Python with dartmath in it, and the folder in which its verbs are tried."""

    python: str
    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def dartmath(self, *arguments: str, code: int = 0) -> str:
        """What a verb prints; its errors where another exit code than 0 is expected."""
        done = self._run("-m", "dartmath", *arguments)
        assert done.returncode == code, f"{arguments}: {done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stderr if code else done.stdout

    def verify(self) -> None:
        """The verifier as a library, in this process and in one of its own."""
        code = (
            "from dartmath.verify import GradingPool, verify\nfrom dartmath.queries import Query\n"
            "from dartmath.queries.query import make_query\n"
            "if __name__ == '__main__':\n"
            "    assert verify(r'\\frac12', '0.5').correct\n"
            "    with GradingPool(1) as pool:\n"
            "        query = make_query('own', 'One half?', ['1/2'])\n"
            "        print(pool.submit(query, 'It is \\\\boxed{0.5}', 'stop').result().outcome.value)\n"
        )
        (self.folder / "half.py").write_text(code)
        done = self._run("half.py")
        assert done.stdout.strip() == "correct", done.stderr

    def offline(self) -> None:
        """From a file of responses to a data set, its card and a report; scores of a benchmark."""
        text = "".join(json.dumps(row) + "\n" for row in ROWS)
        (self.folder / "old.jsonl").write_text(text)
        assert json.loads(self.dartmath("doctor", "--json"))["ready"] is True
        assert "gsm8k/train" in self.dartmath("datasets")
        assert "tiny" in self.dartmath("recipes")
        self.dartmath("init", "old.jsonl", "--yes", "--no-train")
        found = json.loads(self.dartmath("import", "old.yaml", "old.jsonl", *COLUMNS, "--json"))
        assert (found["responses"], found["correct"]) == (3, 2)
        self.dartmath("status", "runs/old/sample")
        self.dartmath("forecast", "old.yaml", "--run", "runs/old/sample")
        assert json.loads(self.dartmath("curate", "runs/old/sample", "--json"))["rows"] == 2
        assert "| imported responses | 3 of old.jsonl" in self.dartmath("card", "runs/old/dataset", "--print")
        self.dartmath("report", "runs/old", "--out", "report.html")
        assert (self.folder / "report.html").stat().st_size > 1_000_000
        benchmark = "[{dataset: old.jsonl, columns: {query: problem, reference: answer, repeated: true}}]"
        given = ("--responses", "old.jsonl", *COLUMNS, "--set", f"evaluation.benchmarks={benchmark}")
        self.dartmath("evaluate", "acme/elsewhere", *given, "--out", "scores")
        assert (self.folder / "scores" / "result.json").is_file()

    def sample(self, url: str) -> None:
        """Sampling from a server."""
        queries = [{"query": f"{i} + 1 =", "reference": i + 1} for i in range(3)]
        (self.folder / "sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
        flags = ("--template", "qa", "--max-tokens", "6", "--policy", "vrt", "--policy-trials", "2", "--json")
        server = ("--set", "engine.kind=openai", "--set", f"engine.base_urls=[{url}]")
        named = ("--model", "smollm2-135m-instruct", "--data", "sums.jsonl", "--out", "sampled")
        assert json.loads(self.dartmath("sample", *named, *flags, *server))["samples"] == 6
        # A recipe that trains, elsewhere, samples here.
        self.dartmath("init", "sums.jsonl", "--yes", "--model", "smollm2-135m-instruct")
        assert "training:" in (self.folder / "sums.yaml").read_text()
        few = (
            "--set",
            "template=qa",
            "--set",
            "sampling.max_tokens=6",
            "--set",
            "sampling.policy={kind: vrt, trials: 1}",
        )
        assert json.loads(self.dartmath("sample", "sums.yaml", *few, *server, "--json"))["samples"] == 3

    def refusals(self) -> None:
        """Verbs that need more name it, with its command, before they do anything."""
        for arguments, says in REFUSALS.items():
            said = self.dartmath(*arguments, code=3)
            assert all(word in said for word in says), f"{arguments}: {said}"

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )


_MODEL = ("--model", "acme/model", "--data", "old.jsonl")
REFUSALS: Mapping[Sequence[str], Sequence[str]] = {
    ("run", "tiny"): ("torch", "pip install 'dartmath[", "local"),
    ("sample", *_MODEL, "--set", "queries.0.columns={query: problem, reference: answer, repeated: true}"): (
        "engine 'transformers' needs torch, transformers, which are not installed",
        "pip install 'dartmath[local]'",
    ),
    ("train", *_MODEL): ("training needs torch", "trl", "pip install 'dartmath[local,train,hub]'"),
    ("push", "runs/old/dataset", "--to", "me/rows", "--dry-run"): (
        "pushing to the Hub needs huggingface_hub",
        "pip install 'dartmath[hub]'",
    ),
    ("preview", "old.yaml"): ("engine 'transformers'", "pip install 'dartmath[local]'"),
    ("regrade", "scores", "--verifier", "math-verify"): ("pip install 'dartmath[math-verify]'",),
    ("datasets", "reasoning-gym/chain_sum"): (
        "reasoning-gym/chain_sum needs reasoning_gym",
        "pip install 'dartmath[generators]'",
    ),
}
"""Command line -> what its error says."""
