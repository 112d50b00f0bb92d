"""Segments of a journal: JSONL while they grow, compressed Parquet once they are closed.

segments/000007.parquet            samples of a closed segment (zstd)
segments/000007.counters.parquet   the counters of every query up to and with this segment
segments/000008.jsonl              the open segment, one sample a line
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from dartmath.base.errors import JournalError
from dartmath.base.files import replacing, sync
from dartmath.sampling.sample import Sample, is_row
from dartmath.sampling.tally import Windows
from dartmath.verify.contract.outcome import Outcome

FOLDER = "segments"
_DICTIONARY = [
    "query_id",
    "outcome",
    "finish_reason",
    "reason",
    "answer",
    "server",
    "model",
    "fingerprint",
    "teacher",
]
_NO_COLUMNS = ("islands", "teachers")
_BATCH = 2048
_SEGMENT = re.compile(r"(\d{6})\.(?:jsonl|parquet)")
_SNAPSHOT = re.compile(r"(\d{6})\.counters\.parquet")


def segment_path(folder: Path, number: int, kind: str) -> Path:
    """Path of a segment; `kind` is "jsonl", "parquet" or "counters.parquet"."""
    return folder / FOLDER / f"{number:06d}.{kind}"


def segment_numbers(folder: Path) -> list[int]:
    """Numbers of all segments, ascending."""
    return _numbers(folder, _SEGMENT)


def snapshot_numbers(folder: Path) -> list[int]:
    """Numbers of the segments that have counters beside them, ascending."""
    return _numbers(folder, _SNAPSHOT)


def _numbers(folder: Path, kind: re.Pattern[str]) -> list[int]:
    """Numbers of the files of a kind; files that are not the journal's are none of its business."""
    found = (kind.fullmatch(path.name) for path in (folder / FOLDER).glob("[0-9]*"))
    return sorted({int(match[1]) for match in found if match})


def read_samples(folder: Path, number: int, outcomes: Collection[Outcome] | None = None) -> Iterator[Sample]:
    """Samples of one segment, open or closed, of the given outcomes only."""
    wanted = None if outcomes is None else {o.value for o in outcomes}
    for row in read_rows(folder, number):
        if wanted is None or row["outcome"] in wanted:
            yield Sample.from_json(row)


def read_rows(folder: Path, number: int, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Rows of one segment as dictionaries; of a closed one only `columns` are read."""
    path = segment_path(folder, number, "parquet")
    if not path.is_file():
        try:
            rows, _ = read_lines(segment_path(folder, number, "jsonl"))
        except FileNotFoundError:
            # Closed between the two looks.
            if not path.is_file():
                raise
        else:
            yield from rows
            return
    yield from _parquet_rows(path, columns)


def correct_hashes(folder: Path, number: int) -> Iterator[tuple[str, bytes]]:
    """(query id, its correct responses' hashes as int64 bytes) of a closed segment."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = segment_path(folder, number, "parquet")
    columns = ["query_id", "outcome", "text_hash"]
    with _readable(path), pq.ParquetFile(path, read_dictionary=["query_id"]) as file:
        table = file.read(columns=columns, use_threads=False)
    table = table.filter(pc.equal(table["outcome"], Outcome.CORRECT.value)).drop_null().combine_chunks()
    if not len(table):
        return
    queries = table["query_id"].chunk(0)
    codes, hashes = queries.indices.to_numpy(), table["text_hash"].to_numpy()
    order = np.argsort(codes, kind="stable")
    codes, data = codes[order], hashes[order].tobytes()
    starts = [*np.flatnonzero(np.diff(codes, prepend=-1)).tolist(), len(codes)]
    names = queries.dictionary.to_pylist()
    for start, end in pairwise(starts):
        yield names[codes[start]], data[8 * start : 8 * end]


def read_lines(path: Path) -> tuple[list[dict[str, Any]], int]:
    """(rows, bytes that hold them) of an open segment; a torn tail is left out.

    A crash can leave half a line, or zeros after a power failure, at the very end. Anything
    unreadable before a readable line is damage, and a `JournalError`.
    """
    rows: list[dict[str, Any]] = []
    good = position = 0
    bad: int | None = None
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            position += len(line)
            row = _parse(line)
            if row is None:
                bad = bad or number
            elif bad:
                raise JournalError(
                    f"{path}:{bad}: damaged line before good ones; remove that line to go on "
                    "(its trial will be sampled again)"
                )
            else:
                rows.append(row)
                good = position
    return rows, good


def _parse(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and is_row(row) else None


def _parquet_rows(path: Path, columns: list[str] | None) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with _readable(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=columns, use_threads=False):
            yield from batch.to_pylist()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while reading a closed segment into a `JournalError`."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise JournalError(f"{path}: cannot be read ({error}); restore it from a copy") from error


def close_segment(folder: Path, number: int) -> None:
    """Turn the JSONL of a segment into Parquet; a crash leaves one of the two whole."""
    import pyarrow as pa
    import pyarrow.json as pj
    import pyarrow.parquet as pq

    source = segment_path(folder, number, "jsonl")
    # One block: a long line may not straddle two.
    read = pj.ReadOptions(use_threads=False, block_size=max(1, source.stat().st_size))
    parse = pj.ParseOptions(explicit_schema=_schema(pa), unexpected_field_behavior="error")
    table = pj.read_json(source, read_options=read, parse_options=parse)
    _write_parquet(pq, table, segment_path(folder, number, "parquet"), use_dictionary=_DICTIONARY)
    sync(source.parent)  # the new name is durable before what it replaces is removed
    source.unlink()


def count_rows(folder: Path, number: int) -> int:
    """How many samples a segment holds, from its footer if it is closed."""
    import pyarrow.parquet as pq

    path = segment_path(folder, number, "parquet")
    if not path.is_file():
        return len(read_lines(segment_path(folder, number, "jsonl"))[0])
    with _readable(path), pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def write_counters(folder: Path, number: int, columns: Mapping[str, Any], windows: Windows) -> None:
    """Write a tally's snapshot beside segment `number`, and drop all but the newest two."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    size = len(columns["trials"])
    arrays = {
        k: pa.array(np.frombuffer(v, dtype=v.typecode)) for k, v in columns.items() if k not in _NO_COLUMNS
    }
    islands = columns["islands"]
    arrays["islands"] = pa.array([islands.get(i) for i in range(size)], type=pa.list_(pa.int32()))
    known = {"pilot": windows.pilot, "bounds": windows.bounds, "teachers": columns["teachers"]}
    table = pa.table(arrays).replace_schema_metadata({k: orjson.dumps(v) for k, v in known.items()})
    _write_parquet(pq, table, segment_path(folder, number, "counters.parquet"))
    for old in snapshot_numbers(folder)[:-2]:
        segment_path(folder, old, "counters.parquet").unlink(missing_ok=True)


def read_counters(folder: Path, number: int) -> tuple[dict[str, Any], Windows] | None:
    """(snapshot, its windows) beside segment `number`; None when damaged: they can be recounted."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(segment_path(folder, number, "counters.parquet")) as file:
            table = file.read(use_threads=False)
        columns = {
            name: _to_array(table[name].to_numpy()) for name in table.column_names if name != "islands"
        }
        metadata = table.schema.metadata
        # Snapshots of before there were teachers know neither.
        bounds, teachers = (
            orjson.loads(metadata.get(k, e)) for k, e in ((b"bounds", "[]"), (b"teachers", "{}"))
        )
        windows = Windows(int(metadata[b"pilot"]), tuple(bounds))
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
    indices = pc.indices_nonzero(pc.is_valid(table["islands"])).to_pylist()
    columns["islands"] = {i: table["islands"][i].as_py() for i in indices}
    return {**columns, "teachers": teachers}, windows


def _to_array(values: Any) -> Any:
    column = array({4: "i", 8: "q"}[values.dtype.itemsize])
    column.frombytes(values.tobytes())
    return column


def _write_parquet(pq: Any, table: Any, path: Path, **options: Any) -> None:
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", **{"use_dictionary": False, **options})
        sync(temporary)


def _schema(pa: Any) -> Any:
    fields = [
        ("query_id", pa.string()),
        ("trial", pa.int32()),
        ("text", pa.string()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int32()),
        ("completion_tokens", pa.int32()),
        ("seed", pa.int64()),
        ("outcome", pa.string()),
        ("answer", pa.string()),
        ("reason", pa.string()),
        ("seconds", pa.float64()),
        ("text_hash", pa.int64()),
        ("thoughts", pa.string()),
        ("server", pa.string()),
        ("model", pa.string()),
        ("fingerprint", pa.string()),
        ("logprob", pa.float64()),
        ("cached_tokens", pa.int32()),
        ("reasoning_tokens", pa.int32()),
        ("teacher", pa.string()),
        ("tools", pa.struct([(outcome, pa.int32()) for outcome in ("ok", "error", "timeout", "refused")])),
    ]
    return pa.schema(fields)
