"""load, load_all, select: sources of all kinds, and every bad one refused with its place."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dartmath.base.errors import ConfigError, DataError, MissingDependencyError, UnknownNameError
from dartmath.base.section import validate
from dartmath.queries import Columns, Query, QuerySource, Selector, load, load_all
from dartmath.queries.download import content_checksum
from dartmath.queries.load import load_set
from dartmath.queries.query import make_query
from dartmath.queries.select import select
from dartmath.verify import grade

ROWS = [{"query": f"What is {i} + 1?", "reference": str(i + 1), "kind": "sum"} for i in range(9)]


def write_jsonl(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_jsonl_gzip_and_parquet_give_the_same_queries(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    plain = write_jsonl(tmp_path / "own.jsonl", ROWS)
    packed = tmp_path / "own.jsonl.gz"
    packed.write_bytes(gzip.compress(Path(plain).read_bytes()))
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), tmp_path / "own.parquet")
    texts = [
        [q.text for q in load(QuerySource(dataset=str(tmp_path / name)))]
        for name in ("own.jsonl", "own.jsonl.gz", "own.parquet")
    ]
    assert texts[0] == texts[1] == texts[2] == [row["query"] for row in ROWS]


def test_columns_are_mapped(tmp_path: Path) -> None:
    rows = [{"q": "Is it so?", "a": [True, "yes"], "name": 7, "l": 3, "d": "logic"}]
    source = QuerySource(
        dataset=write_jsonl(tmp_path / "own.jsonl", rows),
        columns=Columns(query="q", reference="a", id="name", level="l", domain="d"),
        band="easy",
    )
    (query,) = load(source)
    assert (query.id, query.references) == ("7", ("True", "yes"))
    assert dict(query.metadata) == {"level": "3", "domain": "logic", "band": "easy"}


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ('{"query": "a", "reference": "1"}\n{"query": \n', 2, "not valid JSON"),
        ("[1]\n", 1, "object of named values"),
        ('{"query": "a", "reference": "1"}\n\n{"query": "b", "reference": ""}\n', 3, "missing reference"),
        ('{"query": "a", "reference": null}\n', 1, "missing reference"),
        ('{"query": "a", "reference": []}\n', 1, "missing reference"),
        ('{"query": " ", "reference": "1"}\n', 1, "empty query"),
        ('{"query": 3, "reference": "1"}\n', 1, "must be a text"),
        ('{"query": "a", "refrence": "1"}\n', 1, 'did you mean "refrence"'),
        ('{"query": "a", "reference": "1"}\n{"query": "a", "reference": "1"}\n', 2, "repeats line 1"),
        ('{"query": "\\ud800", "reference": "1"}\n', 1, "Unicode"),
        ('{"query": "a", "reference": "1", "id": "\\ud800"}\n', 1, "Unicode"),
        ('{"query": "a", "reference": "1", "level": "\\udfff"}\n', 1, "Unicode"),
        (
            '{"query": "\xc3\xa9\xc3\xa9", "reference": "1"}\n{"query": "caf\xe9", "reference": "1"}\n',
            2,
            "not valid UTF-8: byte 0xe9 after 14 others; repair it, or say what the file is in",
        ),
        ('{"query": "a", "reference": NaN}\n', 1, "column 'reference' holds nan"),
        ('{"query": "a", "reference": [1, 1e999]}\n', 1, "column 'reference' holds no answer: inf"),
        ("{\n", 1, "each line is one whole JSON object"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, content: str, line: int, says: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(content.encode("latin-1"))
    names = {key: key for key in ("id", "level") if f'"{key}"' in content}
    with pytest.raises(DataError) as caught:
        load(QuerySource(dataset=str(path), columns=Columns(**names)))
    assert caught.value.line == line
    assert f"{path}:{line}: " in str(caught.value)
    assert says in str(caught.value)


def test_numbers_of_tables_are_read_as_they_are_meant(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    # A column of whole numbers with gaps is one of floats in pandas.
    columns = {
        "query": ["a", "b"],
        "reference": [Decimal("1.50"), Decimal("2.00")],
        "id": [7.0, 8.0],
        "level": [3.0, None],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "own.parquet")
    source = QuerySource(dataset=str(tmp_path / "own.parquet"), columns=Columns(id="id", level="level"))
    found = [(query.id, query.references, dict(query.metadata)) for query in load(source)]
    assert found == [("7", ("1.50",), {"level": "3"}), ("8", ("2.00",), {})]


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "own.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    whole = path.read_bytes()
    for place in (0, 5, 20, len(whole) // 2, len(whole) - 8):
        path.write_bytes(whole[:place] + b"\xff" * 8 + whole[place + 8 :])
        with pytest.raises(DataError, match="not a readable Parquet file") as caught:
            load(QuerySource(dataset=str(path)))
        assert caught.value.path == path


def test_a_file_of_responses_holds_each_query_once(tmp_path: Path) -> None:
    rows = [{**row, "response": f"{number}"} for row in ROWS[:2] for number in range(3)]
    path = write_jsonl(tmp_path / "own.jsonl", rows)
    found = load(QuerySource(dataset=path, columns=Columns(repeated=True)))
    alone = load(QuerySource(dataset=write_jsonl(tmp_path / "alone.jsonl", ROWS[:2])))
    assert [q.text for q in found] == [q.text for q in alone]
    with pytest.raises(DataError, match=r"own.jsonl:2: .*repeats line 1.*columns.repeated"):
        load(QuerySource(dataset=path, columns=Columns()))
    assert [q.text for q in load(QuerySource(dataset=path))] == [q.text for q in alone]


def test_an_id_of_two_queries_repeats_nothing(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "own.jsonl", [{**row, "id": "same"} for row in ROWS[:2]])
    with pytest.raises(
        DataError, match=r"own\.jsonl:2: query id 'same' has another text or reference on line 1"
    ):
        load(QuerySource(dataset=path, columns=Columns(id="id", repeated=True)))


def test_own_ids_must_differ(tmp_path: Path) -> None:
    rows = [{**row, "id": "same"} for row in ROWS[:2]]
    source = QuerySource(dataset=write_jsonl(tmp_path / "own.jsonl", rows), columns=Columns(id="id"))
    with pytest.raises(DataError, match="'same' repeats line 1"):
        load(source)


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("query,reference\na,1\nb\n", 3, "1 cells under 2 columns"),
        ("query,reference\na,1,2\n", 2, "3 cells under 2 columns"),
        ('query,reference\n"a\nb",1\nb,\n', 4, "missing reference"),
        ("query,query\na,1\n", 1, "the header names 'query' twice"),
        ("question,reference\na,1\n", 2, "no column 'query'"),
        ('query,reference\n"a"b,1\n', 2, "not valid CSV"),
        ("query,reference\n\xc3\xa9\xc3\xa9,1\ncaf\xe9,1\n", 3, "not valid UTF-8: byte 0xe9 after 3 others"),
    ],
)
def test_a_bad_row_of_a_table_is_named_by_file_and_line(
    tmp_path: Path, content: str, line: int, says: str
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(DataError) as caught:
        load(QuerySource(dataset=str(path), columns=Columns()))
    assert caught.value.line == line
    assert says in str(caught.value)


def test_columns_without_a_name_are_none_of_our_business(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(",query,reference,,\n0,a,1,,\n")
    (query,) = load(QuerySource(dataset=str(path)))
    assert (query.text, query.references) == ("a", ("1",))


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    long = "x" * 200_000
    path.write_bytes(f'\ufeffquery,reference\r\n"one, ""two""\nthree",5\r\n\r\n{long},1/2\r\n'.encode())
    first, second = load(QuerySource(dataset=str(path)))
    assert (first.text, first.references) == ('one, "two"\nthree', ("5",))
    assert (second.text, second.references) == (long, ("1/2",))


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROWS[0]).encode() + b"\r\n")
    assert [query.text for query in load(QuerySource(dataset=str(path)))] == ["What is 0 + 1?"]


@pytest.mark.parametrize("name", ["own.doc", "own.toml", "own"])
def test_a_file_of_another_kind_is_no_unknown_data_set(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[]")
    with pytest.raises(DataError, match=r"convert it to one of \.jsonl, .*\.csv, .*\.parquet, .*\.xlsx"):
        load(QuerySource(dataset=str(tmp_path / name)))


def test_a_folder_and_a_relative_path_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.jsonl").mkdir()
    with pytest.raises(DataError, match="holds no file of rows"):
        load(QuerySource(dataset="own.jsonl"))
    with pytest.raises(DataError, match=f"relative paths begin at {tmp_path}"):
        load(QuerySource(dataset="absent.jsonl"))


def test_a_hub_source_without_a_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="hub:OWNER/NAME"):
        load(QuerySource(dataset="hub:"))


@pytest.mark.parametrize("name", ["own.jsonl", "own.jsonl.gz", "own.csv", "own.csv.gz", "own.parquet"])
def test_missing_empty_and_damaged_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(DataError, match="no such file"):
        load(QuerySource(dataset=str(path)))
    path.write_bytes(gzip.compress(b"") if name.endswith("gz") else b"")
    with pytest.raises(DataError, match=r"empty|not a readable"):
        load(QuerySource(dataset=str(path)))
    path.write_bytes(b"\x1f\x8bgarbage")
    with pytest.raises(DataError):
        load(QuerySource(dataset=str(path)))


@pytest.mark.parametrize(
    ("source", "error", "says"),
    [
        (QuerySource(dataset="gsm8k/tst"), UnknownNameError, 'did you mean "gsm8k/test"'),
        (QuerySource(dataset="reasoning-gym/chain_sm"), UnknownNameError, 'did you mean "chain_sum"'),
        (QuerySource(dataset="reasoning-gym/sudoku"), ConfigError, "no single right value"),
        (QuerySource(dataset="reasoning-gym/lcm", options={"min_numbrs": 2}), ConfigError, "min_numbers"),
        (QuerySource(dataset="reasoning-gym/lcm", options={"min_numbers": -2}), ConfigError, "refuses"),
        (QuerySource(dataset="reasoning-gym/lcm", options={"seed": 2}), ConfigError, "select.seed"),
        (QuerySource(dataset="reasoning-gym/lcm", select=Selector(levels=["1"])), ConfigError, "options"),
        (QuerySource(dataset="gsm8k/test", options={"size": 2}), ConfigError, "options"),
        (QuerySource(dataset="gsm8k/test", columns=Columns()), ConfigError, "columns"),
        (QuerySource(dataset="own.jsonl", mirror="a/b"), ConfigError, "mirror"),
        (QuerySource(dataset="own.jsonl", revision="main"), ConfigError, "revision"),
        (QuerySource(dataset="own.jsonl", split="test"), ConfigError, "split"),
        (QuerySource(dataset="gsm8k/test", split="test"), ConfigError, "split"),
        (QuerySource(dataset="gsm8k/test", verifier="theoremqa"), ConfigError, "verifier"),
        (QuerySource(dataset="theoremqa", revision="main"), ConfigError, "beside a `mirror`"),
    ],
)
def test_what_does_not_belong_is_refused(source: QuerySource, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        load(source)


def test_an_unknown_verifier_is_named_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match=r"there is no verifier 'maht'; did you mean .math."):
        QuerySource(dataset="own.jsonl", verifier="maht")


def test_columns_that_verifiers_read_are_kept(tmp_path: Path) -> None:
    rows = [
        {"query": "How far?", "reference": 3, "tolerance": "0.5", "ordered": "TRUE", "tests": [1, {"a": 2}]}
    ]
    columns = Columns(keep=["tolerance", "ordered", "tests"])
    (query,) = load(QuerySource(dataset=write_jsonl(tmp_path / "own.jsonl", rows), columns=columns))
    assert dict(query.metadata) == {"tolerance": 0.5, "ordered": True, "tests": [1, {"a": 2}]}
    assert grade(query, "\\boxed{3.4}").correct and not grade(query, "\\boxed{3.6}").correct


def test_kept_columns_of_any_name_and_type(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    row = {"query": "a", "reference": "1", "text": dt.date(2024, 1, 2), "band": Decimal("1.5"), "gap": None}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / "own.parquet")
    columns = Columns(keep=["text", "band", "gap"])
    (query,) = load(QuerySource(dataset=str(tmp_path / "own.parquet"), columns=columns, band="easy"))
    assert dict(query.metadata) == {"text": "2024-01-02", "band": "easy"}
    assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"tolerance": "much"}, "column 'tolerance' is a number of at least 0, found 'much'"),
        ({"tolerance": -1}, "found -1"),
        ({"tolerance": True}, "found True"),
        ({"ordered": 1}, "column 'ordered' is true or false, found 1"),
        ({}, "no column 'tolerance'"),
    ],
)
def test_kept_columns_that_the_verifier_cannot_read(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    keep = [*row] or ["tolerance"]
    path = write_jsonl(tmp_path / "own.jsonl", [{"query": "a", "reference": "1", **row}])
    with pytest.raises(DataError, match=rf"own\.jsonl:1: .*{says}"):
        load(QuerySource(dataset=path, columns=Columns(keep=keep)))


def test_a_function_may_judge_data_sets_of_every_kind(tmp_path: Path) -> None:
    mapping = [{"query": "a", "reference": {"make": 24, "numbers": [3, 8]}}]
    path = write_jsonl(tmp_path / "own.jsonl", mapping)
    with pytest.raises(DataError, match=r"a mapping without an answer: .* or a verifier of your own"):
        load(QuerySource(dataset=path))
    (own,) = load(QuerySource(dataset=path, verifier="checks.py:judge"))
    assert json.loads(own.references[0]) == mapping[0]["reference"]
    puzzle = "reasoning-gym/countdown"
    with pytest.raises(ConfigError, match=r"verifier of\s+your own"):
        load(QuerySource(dataset=puzzle))
    for query in load(QuerySource(dataset=puzzle, select=Selector(n=3), verifier="checks.py:judge")):
        assert query.verifier == "checks.py:judge"
        assert {"numbers", "target"} <= query.metadata["entry"].keys()
    with pytest.raises(UnknownNameError, match='did you mean "countdown"'):
        load(QuerySource(dataset="reasoning-gym/countdwon", verifier="checks.py:judge"))


def test_data_that_is_nowhere_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path / "cache"))
    # urllib keeps the proxies of its first request for all later ones of the process.
    monkeypatch.setattr("urllib.request._opener", None)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(MissingDependencyError, match="set DARTMATH_DATA to a folder that holds"):
        load(QuerySource(dataset="deepmind-mathematics"))


def test_a_bad_row_of_a_builtin_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    write_jsonl(
        tmp_path / "deepmind-mathematics.jsonl", [{"question": "a", "answer": "1"}, {"question": "b"}]
    )
    with pytest.raises(DataError, match=r"deepmind-mathematics.jsonl:2: .*no column 'answer'"):
        load(QuerySource(dataset="deepmind-mathematics"))


def test_a_changed_mirror_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    write_jsonl(tmp_path / "deepmind-mathematics.jsonl", [{"question": "a", "answer": "1"}])
    assert len(load(QuerySource(dataset="deepmind-mathematics"))) == 1
    assert "1 queries with checksum" in capsys.readouterr().err


def test_a_set_with_another_checksum_than_the_source_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of built-in sets and of one's own; of the whole set, whatever is selected of it."""
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    rows = [{"question": f"What is {n}?", "answer": str(n)} for n in range(5)]
    write_jsonl(tmp_path / "deepmind-mathematics.jsonl", rows)
    own = tmp_path / "own.jsonl"
    write_jsonl(own, [{"query": row["question"], "reference": row["answer"]} for row in rows])
    for name in ("deepmind-mathematics", str(own)):
        whole, part = (
            load_set(QuerySource(dataset=name, select=Selector(n=n), checksum=None)) for n in (None, 2)
        )
        assert whole.checksum == part.checksum == content_checksum(whole.queries)
        pinned = QuerySource(dataset=name, select=Selector(n=2), checksum=whole.checksum)
        assert load_set(pinned).queries == part.queries
        with pytest.raises(DataError, match=f"checksum {whole.checksum}, and `checksum` says {'0' * 16}"):
            load_set(pinned.model_copy(update={"checksum": "0" * 16}))
    write_jsonl(own, [{"query": row["question"], "reference": "7"} for row in rows])
    with pytest.raises(
        DataError, match=r"own\.jsonl.* 5 queries with checksum .* another version of the set"
    ):
        load_set(pinned)


def test_a_checksum_is_that_of_the_rows_in_any_order() -> None:
    queries = [make_query("a", f"What is {n}?", str(n)) for n in range(4)]
    assert content_checksum(queries[::-1]) == content_checksum(queries) != content_checksum(queries[1:])


@pytest.mark.parametrize("checksum", ["", "0" * 15, "0" * 17, "0" * 15 + "G", "sha256:" + "0" * 16])
def test_what_is_no_checksum_is_refused(checksum: str) -> None:
    with pytest.raises(ConfigError, match="checksum"):
        validate(QuerySource, {"dataset": "gsm8k/test", "checksum": checksum}, where="queries")


def test_keys_that_do_not_belong_to_a_kind_of_set_are_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    write_jsonl(own, [{"query": "What is 1?", "reference": "1"}])
    with pytest.raises(ConfigError, match=r"select\.mislabelled` belongs to built-in data sets"):
        load(QuerySource(dataset=str(own), select=Selector(mislabelled=False)))
    with pytest.raises(ConfigError, match="`checksum` belongs to sets that are read"):
        load(QuerySource(dataset="reasoning-gym/chain_sum", select=Selector(n=1), checksum="0" * 16))


def test_a_mirror_and_an_own_set_are_read_by_the_datasets_library(tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    folder.mkdir()
    rows = [{"question": f"What is {i}?", "answer": f"It is {i}.\n#### {i},000"} for i in range(1, 4)]
    write_jsonl(folder / "test.jsonl", rows)
    mirrored = load(QuerySource(dataset="gsm8k/test", mirror=str(folder)))
    assert [query.references for query in mirrored] == [("1000",), ("2000",), ("3000",)]
    columns = Columns(query="question", reference="answer")
    own = load(QuerySource(dataset=f"hub:{folder}", split="test", columns=columns, select=Selector(n=2)))
    assert len(own) == 2
    with pytest.raises(MissingDependencyError, match="cannot be read"):
        load(QuerySource(dataset=f"hub:{tmp_path / 'absent'}", columns=columns))


def test_repeated_rows_of_a_benchmark_all_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    write_jsonl(tmp_path / "deepmind-mathematics.jsonl", [{"question": "a", "answer": "1"}] * 3)
    ids = [query.id for query in load(QuerySource(dataset="deepmind-mathematics"))]
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]


def test_load_all_refuses_the_same_query_twice(tmp_path: Path) -> None:
    source = QuerySource(dataset=write_jsonl(tmp_path / "own.jsonl", ROWS))
    assert len(load_all([source])) == len(ROWS)
    with pytest.raises(DataError, match="list every data set once"):
        load_all([source, source])


def test_a_generator_is_deterministic_and_distinct() -> None:
    source = QuerySource(
        dataset="reasoning-gym/chain_sum",
        options={"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1},
        select=Selector(n=40, seed=3),
        band="two terms",
    )
    queries = load(source)
    assert queries == load(source)
    assert len({query.text for query in queries}) == 40
    assert {query.metadata["band"] for query in queries} == {"two terms"}
    other = load(source.model_copy(update={"select": Selector(n=40, seed=4)}))
    assert [q.text for q in other] != [q.text for q in queries]
    longer = load(source.model_copy(update={"select": Selector(n=60, seed=3)}))
    assert longer[:40] == queries


def test_a_generator_with_too_few_questions_says_so() -> None:
    options = {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}
    with pytest.raises(DataError, match="different queries of 300"):
        load(QuerySource(dataset="reasoning-gym/chain_sum", options=options, select=Selector(n=300)))


QUERIES = [
    make_query("d", f"query {i}", str(i), level=str(i % 3), domain="even" if i % 2 == 0 else "odd")
    for i in range(60)
]


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 5))
def test_a_smaller_sample_is_part_of_a_larger_one(few: int, many: int, seed: int) -> None:
    few, many = sorted((few, many))
    small = select(QUERIES, Selector(n=few, seed=seed), where="d")
    large = select(QUERIES, Selector(n=many, seed=seed), where="d")
    assert len(small) == few
    assert {q.id for q in small} <= {q.id for q in large}
    assert small == sorted(small, key=QUERIES.index)


def test_filters_come_before_the_sample() -> None:
    chosen = select(QUERIES, Selector(n=5, levels=["1"], domains=["odd"]), where="d")
    assert {(q.metadata["level"], q.metadata["domain"]) for q in chosen} == {("1", "odd")}
    with pytest.raises(DataError, match="no level '9'; valid: 0, 1, 2"):
        select(QUERIES, Selector(levels=["9"]), where="d")
    with pytest.raises(DataError, match=r"60 queries to choose from; select\.n = 61"):
        select(QUERIES, Selector(n=61), where="d")


def test_a_query_survives_json() -> None:
    query = QUERIES[0]
    assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query


def test_no_source_at_all_is_named() -> None:
    with pytest.raises(ConfigError, match="no queries to sample; name them under `queries:`"):
        load_all([])
