"""Files as people have them: every shape is read without a word about how it is written."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError, DataError
from dartmath.queries import QuerySource, load
from dartmath.queries.load import load_set
from dartmath.queries.rows import describe_file, read_rows

ROWS = [
    {"Frage": "Ein Bäcker verkauft 3 Brötchen zu 0,85 €. Wie viel kostet das?", "Antwort": "2,55"},
    {"Frage": "Wie viele Ecken hat ein Würfel; zähle genau!", "Antwort": "8"},
]
TEXTS = [row["Frage"] for row in ROWS]


def table(delimiter: str, end: str = "\r\n") -> str:
    """The rows as a table in text, quoted where it must be."""
    lines = [delimiter.join(ROWS[0])]
    lines += [
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row.values()) for row in ROWS
    ]
    return end.join(lines) + end


def json_lines() -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)


def columns_of() -> dict[str, list[str]]:
    return {name: [row[name] for row in ROWS] for name in ROWS[0]}


FILES: dict[str, Callable[[], bytes]] = {
    "comma.csv": lambda: table(",").encode(),
    "semicolon.csv": lambda: table(";").encode("utf-8-sig"),
    "cp1252.csv": lambda: table(";").encode("cp1252"),
    "tabs.csv": lambda: table("\t").encode("utf-16"),
    "big_endian.txt": lambda: ("\ufeff" + table("\t")).encode("utf-16-be"),
    "no_mark.csv": lambda: table(";").encode("utf-16-le"),
    "bars.txt": lambda: table("|").encode(),
    "plain.tsv": lambda: table("\t", "\n").encode(),
    "told.csv": lambda: ("sep=;\r\n" + table(";")).encode("cp1252"),
    "UPPER.CSV": lambda: table(",").encode(),
    "lines.jsonl": lambda: json_lines().encode("utf-8-sig"),
    "lines.ndjson": lambda: json_lines().encode(),
    "lines.json": lambda: json_lines().encode(),
    "latin.jsonl": lambda: json_lines().encode("cp1252"),
    "array.json": lambda: json.dumps(ROWS, indent=2).encode(),
    "array.jsonl": lambda: json.dumps(ROWS).encode(),
    "inside.json": lambda: json.dumps({"version": 2, "data": ROWS}).encode(),
    "pretty.json": lambda: "\n".join(json.dumps(row, indent=2) for row in ROWS).encode(),
    "by_name.json": lambda: json.dumps({"a": ROWS[0], "b": ROWS[1]}).encode(),
    "columns.json": lambda: json.dumps(columns_of()).encode(),
    "pandas.json": lambda: json.dumps(
        {name: {str(i): v for i, v in enumerate(values)} for name, values in columns_of().items()}
    ).encode(),
    "lines.jsonl.gz": lambda: gzip.compress(json_lines().encode()),
    "table.csv.bz2": lambda: bz2.compress(table(";").encode("cp1252")),
    "array.json.xz": lambda: lzma.compress(json.dumps(ROWS).encode()),
    # The name does not say that it is compressed.
    "hidden.jsonl": lambda: gzip.compress(json_lines().encode()),
}


@pytest.mark.parametrize("name", FILES)
def test_every_shape_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    found = load(QuerySource(dataset=str(path)))
    assert [query.text for query in found] == TEXTS
    assert [query.references for query in found] == [("2,55",), ("8",)]


def test_tables_of_other_programs_are_read(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.feather

    rows = pyarrow.Table.from_pylist(ROWS)
    pyarrow.feather.write_feather(rows, tmp_path / "own.feather")
    with pyarrow.ipc.new_stream(tmp_path / "own.arrow", rows.schema) as stream:
        stream.write_table(rows)
    with pyarrow.CompressedOutputStream(tmp_path / "own.jsonl.zst", "zstd") as packed:
        packed.write(json_lines().encode())
    with zipfile.ZipFile(tmp_path / "own.csv.zip", "w") as archive:
        archive.writestr("inner.csv", table(";"))
    for name in ("own.feather", "own.arrow", "own.jsonl.zst", "own.csv.zip"):
        assert [query.text for query in load(QuerySource(dataset=str(tmp_path / name)))] == TEXTS, name


def write_sheet(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    """A spreadsheet by hand: no library that writes them is needed for the product."""
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    xml = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w") as archive:
        parts = "".join(
            f'<Override PartName="/xl/worksheets/s{i}.xml" ContentType="{xml}.worksheet+xml"/>'
            for i in range(len(sheets))
        )
        book = f'<Override PartName="/xl/workbook.xml" ContentType="{xml}.sheet.main+xml"/>'
        rels_type = "application/vnd.openxmlformats-package.relationships+xml"
        rels = f'<Default Extension="rels" ContentType="{rels_type}"/>'
        archive.writestr("[Content_Types].xml", f"{types}{rels}{book}{parts}</Types>")
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        named = "".join(f'<sheet name="{n}" sheetId="{i + 1}" r:id="r{i}"/>' for i, n in enumerate(sheets))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{named}</sheets></workbook>',
        )
        links = "".join(
            f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/s{i}.xml"/>'
            for i in range(len(sheets))
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{links}</Relationships>'
        )
        for i, rows in enumerate(sheets.values()):
            archive.writestr(
                f"xl/worksheets/s{i}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{_sheet(rows)}</sheetData></worksheet>',
            )


def _sheet(rows: list[list[Any]]) -> str:
    def cell(place: str, value: Any) -> str:
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        return "" if value is None else f'<c r="{place}"><v>{value}</v></c>'

    return "".join(
        f'<row r="{r}">{"".join(cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row))}</row>'
        for r, row in enumerate(rows, start=1)
    )


def test_the_first_sheet_with_rows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    sheet: list[list[Any]] = [
        ["Übungen 7b"],
        ["Nr", "Aufgabe", "Ergebnis"],
        [1, "Was ist 6 mal 7?", 42],
        [2, "Was ist 1/4?", 0.25],
    ]
    write_sheet(path, {"Deckblatt": [["nur ein Titel"]], "Aufgaben": sheet})
    found = load(QuerySource(dataset=str(path)))
    assert [query.references for query in found] == [("42",), ("0.25",)]
    path.write_bytes(b"PK\x03\x04 is no spreadsheet")
    with pytest.raises(DataError, match="not a readable spreadsheet"):
        load(QuerySource(dataset=str(path)))


def test_what_had_to_be_found_out_is_said(tmp_path: Path) -> None:
    for name, said in (
        ("cp1252.csv", "encoding cp1252; cells parted by semicolons"),
        ("tabs.csv", "encoding utf-16; cells parted by tabs"),
        ("comma.csv", ""),
        ("plain.tsv", ""),
        ("lines.jsonl", ""),
    ):
        (tmp_path / name).write_bytes(FILES[name]())
        assert describe_file(tmp_path / name) == said
    (tmp_path / "bare.tsv").write_text('How much is 2 + 2?\t4\nHow long is a 3" nail and a 2" nail?\t5\n')
    assert "no header" in describe_file(tmp_path / "bare.tsv")
    assert [q.references for q in load(QuerySource(dataset=str(tmp_path / "bare.tsv")))] == [("4",), ("5",)]


def test_an_encoding_that_bytes_do_not_tell_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("问题,答案\n三加四等于多少？,7\n".encode("gb18030"))
    with pytest.raises(DataError, match=r"its bytes do not tell.*--encoding.*gb18030"):
        load(QuerySource(dataset=str(path)))
    (query,) = load(QuerySource(dataset=str(path), encoding="gb18030"))
    assert (query.text, query.references) == ("三加四等于多少？", ("7",))
    with pytest.raises(ConfigError, match="there is no encoding 'gb18031'"):
        load(QuerySource(dataset=str(path), encoding="gb18031"))


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.integers()),
        min_size=1,
    )
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_lines_say_the_same_in_every_encoding(
    tmp_path_factory: pytest.TempPathFactory, encoding: str, rows: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "own.jsonl"
    written = [{"query": text, "reference": number} for text, number in rows]
    path.write_bytes("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in written).encode(encoding))
    assert [dict(row) for _, row in read_rows(path)] == written


def test_a_folder_of_shards_is_one_set(tmp_path: Path) -> None:
    for split, number in (("train", 0), ("train", 1), ("test", 0)):
        row = {"query": f"What is {number} + 1 ({split})?", "reference": number + 1}
        (tmp_path / f"{split}-0000{number}.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "dataset_info.json").write_text("{}")
    (tmp_path / ".cache.jsonl").write_text("damaged")
    assert [q.references for q in load(QuerySource(dataset=str(tmp_path)))] == [("1",), ("2",)]
    assert len(load(QuerySource(dataset=str(tmp_path), split="test"))) == 1
    assert len(load(QuerySource(dataset=str(tmp_path / "train-*.jsonl")))) == 2
    with pytest.raises(DataError, match="no files of the split 'dev'; it has test, train"):
        load(QuerySource(dataset=str(tmp_path), split="dev"))
    (tmp_path / "train-00001.jsonl").write_text("{\n")
    with pytest.raises(DataError, match=r"train-00001\.jsonl:1: not valid JSON"):
        load(QuerySource(dataset=str(tmp_path)))


def test_rows_elsewhere_are_read_by_their_address() -> None:
    import fsspec

    with fsspec.open("memory://bucket/own.csv.gz", "wb") as file:
        file.write(gzip.compress(table(";").encode()))
    assert [q.text for q in load(QuerySource(dataset="memory://bucket/own.csv.gz"))] == TEXTS
    with pytest.raises(DataError, match="cannot be read"):
        load(QuerySource(dataset="memory://bucket/none.jsonl"))


def test_all_bad_rows_are_named_at_once_and_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    good = '{"prompt_text": "What is 1 + 1?", "final_ans": 2}\n'
    bad = [
        '{"prompt_text": "", "final_ans": 1}',
        '{"prompt_text": "a"}',
        '{"prompt_text": "b", "final_ans": null}',
    ]
    path.write_text(good * 9 + "\n".join([*bad, '{"prompt_text": "c", "final_ans": ""}', "{broken"]) + "\n")
    with pytest.raises(DataError) as caught:
        load(QuerySource(dataset=str(path)))
    said = str(caught.value)
    assert [f"{path}:{line}: " in said for line in range(10, 15)] == [True] * 5
    assert "5 of 14 rows cannot be used; repair them, or leave them out with `skip: [bad]`" in said
    loaded = load_set(QuerySource(dataset=str(path), skip=["bad"]))
    assert (len(loaded.queries), loaded.left_out) == (1, {"export.jsonl": {"bad": 5}})


def test_a_fault_of_all_rows_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"a": 1, "b": "x"}\n' * 50)
    with pytest.raises(ConfigError, match=r"cannot guess the column of the query and of the reference"):
        load(QuerySource(dataset=str(path)))
    with pytest.raises(DataError) as caught:
        load(QuerySource(dataset=str(path), columns={"query": "b", "reference": "c"}))
    assert str(caught.value).count("no column 'c'") == 1
    assert "all 50 rows have this fault" in str(caught.value)


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(json_lines().encode() * 50)
    for name, content in (
        ("cut.jsonl.gz", whole[:-20]),
        ("cut.csv", whole[:40]),
        ("z.csv.zip", b"PK\x03\x04"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match="damaged compressed file"):
            load(QuerySource(dataset=str(tmp_path / name)))


def test_the_arrays_of_an_object_are_one_set_where_their_rows_are_alike(tmp_path: Path) -> None:
    path = tmp_path / "parts.json"
    sums = [{"question": f"What is {i} + 1?", "answer": i + 1} for i in range(3)]
    other = [{"question": "What is 2 * 3?", "answer": 6, "hint": "count"}]
    about = [{"name": "sums", "author": "me"}]
    path.write_text(json.dumps({"sums": sums, "about": about, "products": other}))
    rows = [row for _, row in read_rows(path)]
    assert [row["key"] for row in rows] == ["sums"] * 3 + ["products"]
    assert [row["answer"] for row in rows] == [1, 2, 3, 6]
    path.write_text(json.dumps({"about": about, "rows": sums}))
    assert [row for _, row in read_rows(path)] == sums


def test_of_splits_in_one_object_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    rows = {
        split: [{"question": f"What is {i} in {split}?", "answer": i} for i in range(size)]
        for split, size in {"train": 2, "val": 4}.items()
    }
    path.write_text(json.dumps(rows))
    for split, size in (("train", 2), ("validation", 4)):
        queries = load(QuerySource(dataset=str(path), split=split))
        assert [query.text.split()[-1] for query in queries] == [f"{'val' if size > 2 else split}?"] * size
    with pytest.raises(DataError, match="no rows of the split 'test'; it has train, val"):
        load(QuerySource(dataset=str(path), split="test"))


def test_a_file_under_a_wrong_name_is_read_as_what_it_is(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "own.csv"
    pyarrow.parquet.write_table(pyarrow.table(columns_of()), path)
    assert [row["Frage"] for _, row in read_rows(path)] == TEXTS
    assert describe_file(path) == "it is in fact a .parquet file"
    write_sheet(path, {"Aufgaben": [list(ROWS[0]), *(list(row.values()) for row in ROWS)]})
    assert [row["Frage"] for _, row in read_rows(path)] == TEXTS


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_what_people_have_in_place_of_a_file_is_named(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"own.{ending}"
    for content, says in (
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull"),
        ("\n<!DOCTYPE HTML>\n<title>Sign in</title>\n", "a web page and no rows"),
    ):
        path.write_text(content)
        with pytest.raises(DataError, match=says):
            list(read_rows(path))


def test_spaces_that_do_not_break_hide_no_encoding(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    gap = "\N{NO-BREAK SPACE}" * 40
    path.write_bytes(f"question,answer\nOne driver\u2019s car{gap}and one bus?,2\n".encode("cp1252"))
    assert describe_file(path) == "encoding cp1252"


def test_a_dict_of_python_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(str({"question": "What is 1?", "answer": 1}) + "\n")
    with pytest.raises(DataError, match=r"own\.jsonl:1: .*a Python dict, which json\.dumps writes"):
        list(read_rows(path))


def test_questions_that_stand_in_groups_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    rooms = [
        {
            "title": "sums",
            "questions": [
                {"question": "What is 1 + 1?", "answer": 2},
                {"question": "What is 2 + 1?", "answer": 3},
            ],
        },
        {"title": "none", "questions": []},
        {"title": "products", "size": 1, "questions": [{"question": "What is 2 * 2?", "answer": 4}]},
    ]
    path.write_text(json.dumps(rooms))
    assert [row for _, row in read_rows(path)] == [
        {"title": "sums", "question": "What is 1 + 1?", "answer": 2},
        {"title": "sums", "question": "What is 2 + 1?", "answer": 3},
        {"title": "products", "size": 1, "question": "What is 2 * 2?", "answer": 4},
    ]
    # As SQuAD does, with several answers of each question.
    asked = [
        {
            "id": "a",
            "question": "How many pens has Ann?",
            "answers": [{"text": "3", "answer_start": 8}, {"text": "three", "answer_start": 8}],
        },
        {"id": "b", "question": "How many has Ben?", "answers": [{"text": "4", "answer_start": 24}]},
    ]
    path.write_text(
        json.dumps(
            {
                "data": [
                    {"title": "T", "paragraphs": [{"context": "Ann has 3 pens. Ben has 4.", "qas": asked}]}
                ]
            }
        )
    )
    found = load(QuerySource(dataset=str(path)))
    assert [query.references for query in found] == [("3", "three"), ("4",)]
    assert found[0].text == "Ann has 3 pens. Ben has 4.\n\nHow many pens has Ann?"


@pytest.mark.parametrize("row", [
    {"prompt": "What is 2?", "parts": [{"question": "Which?"}]},
    {"messages": [{"role": "user", "content": "What is 2 + 2?"}, {"role": "assistant", "content": "4"}]},
    {"prompt": [{"role": "user", "content": "What is 2 + 2?"}], "reward_model": {"ground_truth": "4"}},
    {"instruction": "Add them: 3, 4.", "demos": [{"question": "1, 2", "answer": "3"}]},
    {"task": "What is 2 + 2?", "tests": [{"input": "1", "output": "2"}]},
])  # fmt: skip
def test_rows_that_hold_lists_are_rows_as_they_are(tmp_path: Path, row: dict[str, Any]) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps([row, row]))
    assert [found for _, found in read_rows(path)] == [row, row]
