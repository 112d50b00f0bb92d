"""`dartmath verify`: judge an answer against a reference, or a file of responses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dartmath.errors import DataError, UsageError

if TYPE_CHECKING:
    from dartmath.verify import Verdict

_TEXT = ("query", "question", "problem", "prompt")
_RESPONSES = ("response", "completion", "output", "resp", "text")
_REFERENCES = ("references", "reference", "answer", "ref", "ground_truth", "solution")


def command(  # noqa: PLR0917
    reference: Annotated[str | None, typer.Argument(help="The acceptable answer.")] = None,
    answer: Annotated[str | None, typer.Argument(help="The answer to judge.")] = None,
    query: Annotated[str | None, typer.Option(help="The problem; its wording can matter.")] = None,
    tolerance: Annotated[float | None, typer.Option(help="Absolute difference that is allowed.")] = None,
    ordered: Annotated[bool, typer.Option("--ordered", help="Lists must come in this order.")] = False,
    file: Annotated[Path | None, typer.Option(help="JSON lines of queries and responses.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the rows with their outcomes.")] = None,
    workers: Annotated[int, typer.Option(help="Grading processes for --file.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge an answer against a reference and say why; or judge every response of a file.

    A file has one JSON object a line with a reference (references, reference, answer, ref ...),
    a response (response, completion, output ...) and, if known, the query. The rows come back with
    the columns outcome, extracted, comparison and reason, in --out or in FILE.graded.jsonl.
    An answer that begins with a minus sign stands behind `--`.

    Examples:
        dartmath verify '\\frac12' '0.5'
        dartmath verify '(-\\infty, 3]' 'x \\le 3'
        dartmath verify -- '-5' '-5.0'
        dartmath verify --file responses.jsonl --workers 2
    """
    if file is not None:
        _file(file, out or file.with_suffix(".graded.jsonl"), workers, as_json)
        return
    if reference is None or answer is None:
        raise UsageError("give a reference and an answer, or --file; see `dartmath verify --help`")
    from dartmath.verify import verify

    verdict = verify(reference, answer, query=query, tolerance=tolerance, ordered=ordered or None)
    _explain(reference, answer, verdict, as_json)


def _explain(reference: str, answer: str, verdict: Verdict, as_json: bool) -> None:
    from dartmath.verify import parse

    if as_json:
        print(json.dumps(_row(verdict)))
        return
    precision = f", {verdict.precision} bits" if verdict.precision else ""
    print(f"{verdict.outcome}: {verdict.reason} ({verdict.comparison}{precision})")
    print(f"  reference  {parse(reference)}"[:300])
    print(f"  answer     {parse(answer)}"[:300])


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": str(verdict.outcome),
        "extracted": verdict.answer,
        "comparison": verdict.comparison,
        "reason": verdict.reason,
        "precision": verdict.precision,
    }


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    references: tuple[str, ...]
    verifier: str = "math"
    metadata: Mapping[str, Any] = field(default_factory=dict)


def _file(path: Path, out: Path, workers: int, as_json: bool) -> None:
    from dartmath.verify import grade_many

    rows = list(_rows(path))
    pairs = [_query_and_response(row, path, line) for line, row in enumerate(rows, 1)]
    counts: Counter[str] = Counter()
    with out.open("w", encoding="utf-8") as sink:
        for row, verdict in zip(rows, grade_many(pairs, workers, progress=not as_json), strict=True):
            counts[str(verdict.outcome)] += 1
            sink.write(json.dumps({**row, **_row(verdict)}) + "\n")
    _report(counts, out, as_json)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise DataError(f"not a JSON object: {line.strip()[:60]}", path=path, line=number)
                yield row
    except FileNotFoundError as error:
        raise DataError("there is no such file", path=path) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"not JSON lines: {error}", path=path) from error


def _query_and_response(row: dict[str, Any], path: Path, line: int) -> tuple[_Query, str]:
    references = _first(row, _REFERENCES)
    response = _first(row, _RESPONSES)
    if references is None or not isinstance(response, str):
        missing = "reference" if references is None else "response"
        names = ", ".join(_REFERENCES if references is None else _RESPONSES)
        raise DataError(f"no {missing}; its key must be one of {names}", path=path, line=line)
    accepted = tuple(map(str, references)) if isinstance(references, list) else (str(references),)
    metadata = row.get("metadata")
    return (
        _Query(
            str(_first(row, _TEXT) or ""),
            accepted,
            str(row.get("verifier", "math")),
            metadata if isinstance(metadata, dict) else {},
        ),
        response,
    )


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _report(counts: Counter[str], out: Path, as_json: bool) -> None:
    from dartmath.terminal import print_table

    total = sum(counts.values())
    if as_json:
        print(json.dumps({"total": total, "outcomes": dict(counts), "out": str(out)}))
        return
    rows = [(name, count, f"{100 * count / total:.1f} %") for name, count in counts.most_common()]
    print_table(f"{total} responses, graded into {out}", ("outcome", "responses", "share"), rows)
