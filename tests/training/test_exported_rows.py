"""Conversations and completions as exports write them are the examples that they were made of."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dartmath.base.errors import DataError
from dartmath.export.config import ExportSection
from dartmath.export.format import RowSource
from dartmath.export.formats import FORMATS
from dartmath.export.prompting import prompting_of
from dartmath.model import ModelSection, load_tokenizer
from dartmath.prompts.template import load_template
from dartmath.queries.query import Query
from dartmath.training.exported_rows import row_reader
from dartmath.training.rows import COLUMNS, read_rows
from dartmath.training.store import tokenise
from dartmath.training.tokens import Encoder
from training.material import examples, write_jsonl

ROWS = examples(12)
THOUGHT = ("What is 1 + 1?", "<think>\nOne and one.\n</think>\n\nThe answer is 2.")


def _exported(name: str, template: str, rows: list[tuple[str, str]], **keys: Any) -> list[dict[str, Any]]:
    form = FORMATS[name]
    prompting = prompting_of(load_template(template), ExportSection(**keys), holds=form.prompts, name=name)
    known: dict[str, Any] = {"trial": 0, "trials": 1, "correct": 1, "fail_rate": 0.0}
    known |= {"margin": 0.0, "own": {}}
    found = []
    for number, (text, response) in enumerate(rows):
        query = Query(id=str(number), text=text, references=("1",), dataset="own")
        found.append(form.row(RowSource(query, response, "", True, **known), prompting))
    return found


def _read(path: Path, template: str) -> list[tuple[str, str]]:
    reader = row_reader("sft", load_template(template))
    return [(r.query, r.response) for batch in read_rows(str(path), COLUMNS, reader) for r in batch]


@pytest.mark.parametrize("template", ["qa", "alpaca", "deepseekmath", "llama3", "chat", "chat-boxed"])
@pytest.mark.parametrize("name", ["messages", "prompt-completion"])
@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_what_was_exported_is_read_again(name: str, template: str, suffix: str, tmp_path: Path) -> None:
    rows, path = _exported(name, template, [*ROWS, THOUGHT]), tmp_path / f"rows.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist([{k: v for k, v in row.items() if v} for row in rows]), path)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert _read(path, template) == [*ROWS, THOUGHT]


def test_thoughts_in_a_field_of_their_own_come_back_into_the_response(tmp_path: Path) -> None:
    rows, path = _exported("messages", "chat", [THOUGHT], thoughts="field"), tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert _read(path, "chat") == [THOUGHT]


def test_the_tokens_are_those_of_queries_and_responses(tiny_llama: str, tmp_path: Path) -> None:
    path = tmp_path / "exported.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in _exported("prompt-completion", "alpaca", ROWS)))
    encoder = Encoder(load_tokenizer(ModelSection(name=tiny_llama)), load_template("alpaca"))
    one, other = (tokenise(str(p), encoder) for p in (path, write_jsonl(tmp_path / "plain.jsonl", ROWS)))
    assert len(one) == len(ROWS)
    assert [one[i] for i in range(len(one))] == [other[i] for i in range(len(other))]


def _turns(*roles: str) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": "1"} for role in roles]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (_turns("user", "assistant", "user", "assistant"), "need the tokenizer's own chat template"),
        (_turns("user"), "one question and its answer, got the roles user"),
        (_turns("system", "user", "assistant"), "not laid out by template 'qa'"),
        ({"messages": "text"}, "`messages` must be a text or chat messages"),
        ({"prompt": "1?", "completion": "1"}, "not laid out by template 'qa'"),
        ({"question": "1?"}, "no column `query`; the row has: question"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_line(row: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    with pytest.raises(DataError, match=rf"rows\.jsonl:1: .*{message}"):
        _read(path, "qa")
