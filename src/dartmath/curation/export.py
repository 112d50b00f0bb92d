"""Writing a curated set: one row per response, as Parquet or JSONL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from dartmath.base.files import replacing, write_parquet
from dartmath.base.text import encodable
from dartmath.curation.kept import KeptColumns
from dartmath.curation.pool import Journal
from dartmath.curation.select import Selection
from dartmath.curation.texts import Texts
from dartmath.sampling.teachers import known_teachers
from dartmath.verify.contract.outcome import Outcome

FileFormat = Literal["parquet", "jsonl"]
COLUMNS = {
    "query_id": "id of the query: a hash of its content, or the user's own",
    "dataset": "the data set the query comes from",
    "query": "the problem, without any prompt template",
    "response": "a verified correct response of the sampling model, with its thoughts where it thinks",
    "answer": "the final answer extracted from the response",
    "reference": "the reference answer; a JSON list where several are acceptable",
    "fail_rate": "fail rate of the query: 1 - pass rate of the sampling model",
    "level": "the data set's own level of difficulty, where it has one",
    "band": "the difficulty band of the query",
    "trial": "which trial of the query produced the response, from 0",
}

TEACHERS = {
    "teacher": "which of the teachers produced the response; `main` is the recipe's own",
    "model": "its model",
    "template": "the prompt template that it was asked with",
    "temperature": "the temperature that it was sampled at",
    "hint": "what its prompt told of the reference beside the query: `answer`, `solution`, or nothing",
}


def columns_of(journal: Journal) -> dict[str, str]:
    """The columns of a set of a journal: those of several teachers where it has some."""
    return {**COLUMNS, **TEACHERS} if len(known_teachers(journal.manifest)) > 1 else COLUMNS


def rows_of(
    journal: Journal, selections: Sequence[Selection], bands: dict[str, str], spool: Path
) -> Iterator[dict[str, Any]]:
    """The rows of `selections` in the order of queries and trials, with the texts of `journal`.

    `spool` is a folder for a file of the texts (see `Texts`).
    """
    wanted = {(s.pool.query.id, c.trial) for s in selections for c in s.chosen}
    kept, columns = kept_columns(journal, selections), columns_of(journal)
    taught = {name: _teacher_fields(name, one) for name, one in known_teachers(journal.manifest).items()}
    with Texts(journal, wanted, spool, {Outcome.CORRECT}) as texts:
        for selection in selections:
            own = kept.of(selection.pool.query.metadata)
            fixed = _query_fields(selection, bands[selection.pool.query.id])
            for candidate in selection.chosen:
                response, answer = texts.of((selection.pool.query.id, candidate.trial))
                row = {**fixed, "response": response, "answer": answer, "trial": candidate.trial}
                row.update(taught[candidate.teacher])
                yield {**{name: row[name] for name in columns}, **own}


def kept_columns(journal: Journal, selections: Sequence[Selection]) -> KeptColumns:
    """The columns of the user's own that the rows of `selections` have."""
    return KeptColumns((selection.pool.query for selection in selections), columns_of(journal))


def _teacher_fields(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "teacher": name,
        "model": known["model"].get("name", ""),
        "template": known["template"].get("name", ""),
        "temperature": known["temperature"],
        "hint": (known["hint"] or {}).get("kind", ""),
    }


def _query_fields(selection: Selection, band: str) -> dict[str, Any]:
    query = selection.pool.query
    only = query.references[0] if len(query.references) == 1 else json.dumps(list(query.references))
    return {
        "query_id": query.id,
        "dataset": query.dataset,
        "query": encodable(query.text),
        "reference": encodable(only),
        "fail_rate": selection.fail_rate,
        "level": str(query.metadata.get("level") or ""),
        "band": band,
    }


def write_rows(
    rows: Iterable[dict[str, Any]],
    folder: Path,
    file_format: FileFormat,
    columns: Iterable[str],
    kept: KeptColumns,
) -> Path:
    """Write `folder/train.parquet` (or `.jsonl`); an old one, in either format, goes when all is written."""
    path = folder / f"train.{file_format}"
    if file_format == "parquet":
        write_parquet(path, _schema(columns, kept), rows)
    else:
        with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    # Training reads all data files of a folder.
    for other in {*get_args(FileFormat)} - {file_format}:
        (folder / f"train.{other}").unlink(missing_ok=True)
    return path


def _schema(columns: Iterable[str], kept: KeptColumns) -> Any:
    import pyarrow as pa

    types = {"fail_rate": pa.float64(), "trial": pa.int64(), "temperature": pa.float64()}
    return pa.schema([*((name, types.get(name, pa.string())) for name in columns), *kept.schema()])
