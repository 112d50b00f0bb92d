"""rows.parquet: one row per response of an evaluation, to look at and to compare runs by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError
from dartmath.base.files import write_parquet
from dartmath.evaluation.score import Benchmark
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

FILE = "rows.parquet"


def write_rows(
    folder: Path, benchmarks: Sequence[Benchmark], samples: Mapping[str, Sequence[Sample]]
) -> Path:
    """Write `folder/rows.parquet` atomically; returns its path."""
    path = folder / FILE
    write_parquet(path, _schema(), _rows(benchmarks, samples))
    return path


def read_correct(folder: Path) -> dict[tuple[str, str], list[bool]]:
    """Whether each response was correct, in the order of trials, by (benchmark, query id).

    Raises `DataError` when the file is missing or damaged.
    """
    import pyarrow
    import pyarrow.parquet

    path, columns = folder / FILE, ["benchmark", "query_id", "trial", "outcome"]
    found: dict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
    try:
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(columns=columns):
            for row in batch.to_pylist():
                right = row["outcome"] == Outcome.CORRECT.value
                found[row["benchmark"], row["query_id"]][row["trial"]] = right
    except (OSError, pyarrow.ArrowException, KeyError) as error:
        raise DataError(
            f"cannot be read ({error}); run the same `dartmath evaluate` again to score anew", path=path
        ) from error
    return {key: [right for _, right in sorted(trials.items())] for key, trials in found.items()}


def _schema() -> Any:
    import pyarrow

    text, number = pyarrow.string(), pyarrow.int32()
    return pyarrow.schema(
        [
            ("benchmark", text),
            ("query_id", text),
            ("trial", number),
            ("level", text),
            ("domain", text),
            ("query", text),
            ("references", pyarrow.list_(text)),
            ("response", text),
            ("answer", text),
            ("outcome", text),
            ("reason", text),
            ("finish_reason", text),
            ("prompt_tokens", number),
            ("completion_tokens", number),
            ("seconds", pyarrow.float32()),
        ]
    )


def _rows(
    benchmarks: Sequence[Benchmark], samples: Mapping[str, Sequence[Sample]]
) -> Iterator[dict[str, Any]]:
    for benchmark in benchmarks:
        for query in benchmark.queries:
            for sample in samples.get(query.id, ()):
                yield _row(benchmark.name, query, sample)


def _row(benchmark: str, query: Query, sample: Sample) -> dict[str, Any]:
    return {
        "benchmark": benchmark,
        "query_id": query.id,
        "trial": sample.trial,
        "level": _text(query, "level"),
        "domain": _text(query, "domain"),
        "query": query.text,
        "references": list(query.references),
        "response": sample.text,
        "answer": sample.answer,
        "outcome": sample.outcome.value,
        "reason": sample.reason,
        "finish_reason": sample.finish_reason,
        "prompt_tokens": sample.prompt_tokens,
        "completion_tokens": sample.completion_tokens,
        "seconds": sample.seconds,
    }


def _text(query: Query, key: str) -> str | None:
    value = query.metadata.get(key)
    return None if value is None else str(value)
