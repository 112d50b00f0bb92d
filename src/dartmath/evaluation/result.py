"""EvaluationResult: the one JSON file of an evaluation, with all that is needed to repeat it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.files import write_text
from dartmath.base.section import validate

FILE = "result.json"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Score(_Record):
    """A share with its 95 % interval; the bounds are null where there is none."""

    value: float
    """The estimate, from 0 to 1."""
    low: float | None
    """Lower bound."""
    high: float | None
    """Upper bound."""
    method: str
    """`wilson`, `clustered` (by query) or `macro`."""


class GroupScore(_Record):
    """Pass@1 of the queries of one level, domain or band."""

    queries: int
    """How many queries."""
    score: Score
    """Pass@1."""
    lenient: Score | None = None
    """The same where the last number or formula counts as the answer of a response that states none."""


class BenchmarkResult(_Record):
    """Scores of one benchmark."""

    name: str
    """Data set, with the band in brackets if the source names one."""
    dataset: str
    """Data set as the recipe names it."""
    source: dict[str, Any]
    """The recipe's source: selection, seed, options."""
    origin: str = ""
    """Where the queries were read from: a file, an address, or `hub:OWNER/NAME:CONFIG@COMMIT`."""
    checksum: str
    """Checksum of the texts and references that were asked."""
    set_checksum: str = ""
    """Checksum of the whole set that they were selected from, which a source's `checksum` pins."""
    query_ids: list[str]
    """Ids of the queries, in order."""
    queries: int
    """How many queries."""
    trials: int
    """Responses per query."""
    correct: int
    """Correct responses."""
    pass_at_1: Score
    """Pass@1; the mean over trials (avg@n) when there are several."""
    lenient: Score | None = None
    """The same where the last number or formula counts as the answer of a response that states none."""
    own_rules: Score | None = None
    """Pass@1 of the same responses by this project's own rules, where a protocol judges by others."""
    pass_at_k: dict[int, Score]
    """Unbiased pass@k for k = 2, 4 ... trials."""
    maj_at_k: dict[int, Score]
    """Majority vote of k trials, for the same k."""
    g_pass_at_k: dict[int, dict[str, Score]] = {}
    """G-Pass@k for the same k: at least the share "0.5", "0.75" or "1" of k trials is correct; "mean" is the
    mean over shares above one half."""
    outcomes: dict[str, int]
    """Responses by outcome."""
    tools: dict[str, int] = {}
    """Code blocks by outcome (ok, error, timeout, refused); empty without tool use."""
    truncated: float
    """Share of responses that ran into `max_tokens`."""
    ended: float
    """Share of responses that the model ended itself (end of text or stop string)."""
    no_answer: float
    """Share of responses without a final answer (truncated ones included)."""
    unparsable: float
    """Share of responses whose answer could not be read."""
    prompt_tokens: int
    """Tokens of all prompts."""
    completion_tokens: int
    """Tokens of all responses."""
    mean_tokens: float
    """Tokens per response."""
    request_seconds: float
    """Wall time per response, from request to verdict, when many run at once."""
    by: dict[str, dict[str, GroupScore]]
    """Pass@1 by "level", "domain" and "band", where queries have them."""


class EvaluationResult(_Record):
    """All scores of one evaluation and what is needed to repeat it."""

    format: int = 1
    """Version of this file's layout."""
    created: str
    """When it was computed (UTC)."""
    model: dict[str, Any]
    """Model name, revision, number format."""
    template: dict[str, str]
    """Prompt template: name and hash."""
    engine: dict[str, Any]
    """Engine that generated, with its settings."""
    versions: dict[str, str]
    """Versions of dartmath, Python and libraries."""
    verifier: str = "dartmath"
    """Who judged the responses: `dartmath` as they came, or the verifier of `regrade --into`."""
    seed: int
    """Seed of the run."""
    section: dict[str, Any]
    """The `evaluation:` section, resolved: decoding, shots, tools."""
    tokens: int
    """Generated tokens."""
    seconds: float
    """Wall time of generation and verification."""
    benchmarks: list[BenchmarkResult]
    """Scores per benchmark, in the order asked."""
    skipped: dict[str, str] = {}
    """Benchmarks of the suite that were not at hand, with the reason."""
    average: Score
    """Plain mean of the benchmarks' Pass@1."""

    def benchmark(self, name: str) -> BenchmarkResult | None:
        """The benchmark of that name, if it was asked."""
        return next((b for b in self.benchmarks if b.name == name), None)


def write_result(folder: Path, result: EvaluationResult) -> Path:
    """Write `folder/result.json`; returns its path."""
    path = folder / FILE
    write_text(path, result.model_dump_json(indent=2) + "\n")
    return path


def _not_here(folder: Path) -> str:
    """What to say of a folder without a result."""
    inner = sorted(path.parent for path in folder.glob(f"evaluation/*/{FILE}")) if folder.is_dir() else []
    way = "give one that `dartmath evaluate` wrote, such as runs/NAME/evaluation/after"
    if inner:
        way = f"give one of its evaluations: {', '.join(map(str, inner))}"
    if not folder.is_dir():
        return f"{'a file, not a folder' if folder.exists() else 'no such folder'}; {way}"
    return f"not an output folder of `dartmath evaluate`, or not finished: it has no {FILE}; {way}"


def read_result(folder: Path) -> EvaluationResult:
    """The result in `folder`; `DataError` when there is none or it is damaged."""
    path = folder / FILE
    try:
        data = from_json(path.read_bytes())
        if not isinstance(data, dict):
            raise ValueError("it holds no JSON object")
        return validate(EvaluationResult, data, where="scores")
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(_not_here(folder), path=folder) from None
    except (ConfigError, ValueError) as error:
        raise DataError(
            f"damaged result: {error}; run the same `dartmath evaluate` again to score anew", path=path
        ) from error
