"""Built-in data sets: each trap of the releases, and the real files' row counts and checksums."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from dartmath.base.errors import DataError
from dartmath.queries.config import QuerySource, Selector
from dartmath.queries.dataset import Web
from dartmath.queries.download import content_checksum, load_builtin
from dartmath.queries.load import load
from dartmath.queries.mislabelled import known_mislabelled, mislabelled
from dartmath.queries.query import Query, make_query
from dartmath.queries.registry import SUITES, datasets, find_dataset, find_suite
from dartmath.queries.select import select
from dartmath.tools.isolation import Isolation
from dartmath.verify import grade
from tools.conftest import isolation

__all__ = ["isolation"]

TRAPS = yaml.safe_load((Path(__file__).parent / "cases" / "traps.yaml").read_text(encoding="utf-8"))
PUBLISHED = yaml.safe_load(
    Path(__file__).parents[2].joinpath("src/dartmath/queries/mislabelled.yaml").read_text(encoding="utf-8")
)
FLAWED: list[dict[str, Any]] = [{}, {"flaw": "needs another problem"}, {"picture": True}]
# On the Hub alone, so that no checksum of them is known.
REMOTE = {"gsm8k-fix/train", "gsm8k-platinum", "aime26", "hmmt25", "hmmt26"}
# On the web, pinned to a commit, and not among the files that the tests are given.
PINNED = [
    n
    for n in datasets()
    if n.startswith(("math-perturb", "imo-answerbench", "mgsm/", "scibench/", "humaneval", "mbpp"))
]
LOCAL = [name for name in datasets() if name not in {*REMOTE, *PINNED}]


def test_queries_with_a_known_flaw_can_be_left_out() -> None:
    queries = [make_query("own", f"Q{n}", "1", **known) for n, known in enumerate(FLAWED)]
    kept = select(queries, Selector(flawed=False), where="own")
    assert [query.text for query in kept] == ["Q0"]
    assert select(queries, Selector(), where="own") == queries


def test_queries_whose_reference_is_known_to_be_wrong_can_be_left_out() -> None:
    wrong = next(iter(known_mislabelled("gsm8k/test")))
    ids = [wrong, f"{wrong}-2", "0" * 16]
    queries = [Query(one, "gsm8k/test", "How many?", ("3",)) for one in ids]
    kept = select(queries, Selector(mislabelled=False), where="gsm8k/test")
    assert [query.id for query in kept] == ids[2:]
    assert select(queries, Selector(), where="gsm8k/test") == queries
    # What is wrong in one set is not looked for in another.
    assert select(queries, Selector(mislabelled=False), where="gsm8k-platinum") == queries


def test_wrong_references_of_all_publications_are_known() -> None:
    """gsm8k/test is in two of them."""
    said: dict[str, set[str]] = {}
    for part in PUBLISHED:
        for name, rows in part["queries"].items():
            said.setdefault(name, set()).update(row["id"] for row in rows)
    assert mislabelled() == said
    assert sum("gsm8k/test" in part["queries"] for part in PUBLISHED) > 1


@pytest.mark.parametrize("name", sorted(set(mislabelled()) - set(PINNED)))
def test_wrong_references_are_those_of_the_rows_they_are_said_of(
    name: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    queries, _ = load_builtin(find_dataset(name))
    said = [row for part in PUBLISHED for row in part["queries"].get(name, [])]
    assert {row["id"] for row in said} == known_mislabelled(name)
    for row in said:
        query = queries[row["row"] - 1]
        assert (query.id, query.references) == (row["id"], (row["reference"],))
        assert not ("right" in row and grade(query, f"\\boxed{{{row['right']}}}").correct)
    kept = load(QuerySource(dataset=name, select=Selector(mislabelled=False)))
    assert len(kept) == len(queries) - len(said)


@pytest.mark.parametrize("case", TRAPS, ids=[f"{c['dataset']}: {c['why']}" for c in TRAPS])
def test_trap(case: dict[str, Any]) -> None:
    dataset = find_dataset(case["dataset"])
    query = dataset.convert(dataset.name, case["row"])
    if case["references"] is None:
        assert query is None
        return
    assert query is not None
    assert list(query.references) == case["references"]
    assert query.verifier == case.get("verifier", "math")
    if "metadata" in case:
        assert dict(query.metadata) == case["metadata"]
    if "text" in case:
        assert query.text == case["text"]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("gsm8k/test", {"question": "How many?", "answer": "18"}),
        ("math/test", {"problem": "Find x.", "level": "Level 1", "type": "Algebra", "solution": "x = 2"}),
        ("math/test", {"problem": "Find x.", "level": "Level 1", "type": "Algebra", "solution": "\\boxed{}"}),
        ("minerva-math", {"problem": "How far?", "solution": "2", "type": "Relativity"}),
    ],
)
def test_a_row_without_an_answer_is_an_error(name: str, row: dict[str, Any]) -> None:
    dataset = find_dataset(name)
    with pytest.raises(DataError):
        dataset.convert(dataset.name, row)


@pytest.mark.parametrize("name", LOCAL)
def test_real_files_have_the_known_rows(
    name: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    dataset = find_dataset(name)
    queries, origin = load_builtin(dataset)
    assert origin.startswith(str(shared_data))
    assert len(queries) == dataset.rows
    assert content_checksum(queries) == dataset.checksum
    assert len({query.id for query in queries}) == dataset.rows


def test_files_on_the_web_are_of_one_commit_and_have_a_checksum() -> None:
    on_the_web = [dataset for dataset in datasets().values() if isinstance(dataset.origin, Web)]
    assert {dataset.name for dataset in on_the_web} >= set(PINNED)
    for dataset in on_the_web:
        assert isinstance(dataset.origin, Web) and re.search(r"/[0-9a-f]{40}/", dataset.origin.url)
        assert len(dataset.checksum) == 16
    assert {name for name, dataset in datasets().items() if not dataset.checksum} == REMOTE


def test_tables_in_text_are_read_as_they_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(tmp_path))
    for name, text in {
        "mgsm/mgsm_de.tsv": 'Anna sagt: "Zwei!" Wie viele?\t1,003\nUnd jetzt?\t4\nUnd, am Ende?\t5\n',
        "imo-answerbench/answerbench_v2.csv": "Problem ID,Problem,Short Answer,Category,Subcategory,Source\n"
        'a-1,"Find all $x$, $y$.\n\n","$x=2, y=3$",Algebra,Equation,made up\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    german, _ = load_builtin(find_dataset("mgsm/de"))
    assert [query.references for query in german] == [("1003",), ("4",), ("5",)]
    (olympiad,), origin = load_builtin(find_dataset("imo-answerbench"))
    assert (olympiad.text, olympiad.references) == ("Find all $x$, $y$.", ("x=2, y=3",))
    assert origin == str(tmp_path / "imo-answerbench" / "answerbench_v2.csv")


@pytest.mark.parametrize("book", find_suite("science"))
def test_quantities_are_right_within_five_percent(book: str) -> None:
    dataset = find_dataset(book)
    row = {"problem_text": "How far?", "answer_number": "-6.0", "unit": "$10^{-8} \\mathrm{~m}$"}
    query = dataset.convert(book, row)
    assert query is not None
    for answer, right in (
        ("-5.8e-8", True),
        ("-6.25\\times 10^{-8}", True),
        ("-5.6e-8", False),
        ("6e-8", False),
    ):
        assert grade(query, f"The answer is $\\boxed{{{answer}}}$.").correct is right, answer


def test_functions_are_judged_by_their_tests(isolation: Isolation) -> None:
    prompt = 'import math\n\n\ndef up(x):\n    """Round up."""\n'
    tests = "def check(candidate):\n    assert candidate(1.2) == 2\n    assert candidate(-1.2) == -1\n"
    row = {"task_id": "made/1", "prompt": prompt, "entry_point": "up", "test": tests}
    query = find_dataset("humaneval").convert("humaneval", row)
    assert query is not None and query.text.endswith('"""Round up."""\n```')
    for body, right in (("math.ceil(x)", True), ("round(x)", False), ("int(x) + 1", False)):
        # Without its import, which stands in the prompt.
        said = f"So:\n```python\ndef up(x):\n    return {body}\n```\n"
        assert grade(query, said).correct is right, body
    with pytest.raises(DataError, match="does not define 'down'"):
        find_dataset("humaneval").convert("humaneval", {**row, "entry_point": "down"})


def test_functions_that_only_their_tests_name(isolation: Isolation) -> None:
    row = {
        "task_id": 11,
        "prompt": "Add up.",
        "test_imports": ["import math"],
        "test_list": ["assert sum(2, 3) == 5"],
    }
    mbpp = find_dataset("mbpp")
    query = mbpp.convert("mbpp", row)
    assert query is not None and query.text.endswith("```python\nimport math\nassert sum(2, 3) == 5\n```")
    for body, right in (("a + b", True), ("a - b", False)):
        said = f"```python\ndef sum(a, b):\n    return {body}\n```"
        assert grade(query, said).correct is right, body
    assert mbpp.convert("mbpp", {**row, "task_id": 511}) is None  # of another split


def test_real_rows_with_special_characters(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    gsm8k = load(QuerySource(dataset="gsm8k/train"))
    assert any("\u2028" in query.text for query in gsm8k)
    for name in ("theoremqa", "mwpbench/gaokaobench", "math/train"):
        for query in load(QuerySource(dataset=name)):
            assert not set(query.text) & {"\x07", "\x08", "\x0c"}, query.text


def test_pictures_and_flaws_are_marked(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    theoremqa = load(QuerySource(dataset="theoremqa"))
    assert sum("picture" in query.metadata for query in theoremqa) == 53
    olympiad = load(QuerySource(dataset="olympiadbench/OE_TO_maths_en_COMP"))
    assert sum("flaw" in query.metadata for query in olympiad) == 15
    assert sum(not query.metadata["ordered"] for query in olympiad) == 94
    assert [q.metadata["tolerance"] for q in olympiad if "tolerance" in q.metadata] == [0.1]


def test_suites_name_known_benchmarks_once() -> None:
    for name in SUITES:
        benchmarks = find_suite(name)
        assert len(set(benchmarks)) == len(benchmarks)
        assert {find_dataset(benchmark).use for benchmark in benchmarks} == {"test"}


def test_every_dataset_says_what_it_does_not_cover() -> None:
    import importlib
    import inspect

    for dataset in datasets().values():
        module = inspect.getmodule(dataset.convert)
        assert module is not None
        text = importlib.import_module(module.__name__).__doc__ or ""
        assert "Not covered" in text, dataset.name
        assert "A row" in text, dataset.name
