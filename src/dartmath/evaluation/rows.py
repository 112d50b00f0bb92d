"""rows.parquet: one row per response of an evaluation, for people and notebooks to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dartmath.evaluation.score import Benchmark
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample

FILE = "rows.parquet"
_BATCH = 8192


def write_rows(
    folder: Path, benchmarks: Sequence[Benchmark], samples: Mapping[str, Sequence[Sample]]
) -> Path:
    """Write `folder/rows.parquet` atomically; returns its path."""
    import pyarrow
    import pyarrow.parquet

    path = folder / FILE
    temporary = path.with_name(f".{FILE}.tmp")
    with pyarrow.parquet.ParquetWriter(temporary, _schema()) as writer:
        for batch in _batches(_rows(benchmarks, samples)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=_schema()))
    temporary.replace(path)
    return path


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


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
