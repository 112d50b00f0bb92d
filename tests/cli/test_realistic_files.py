"""The files that a newcomer has: `init` makes a right recipe of them, or says the flag with which it does."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dartmath.cli import app
from dartmath.queries import load_all
from dartmath.recipe import load_recipe
from dartmath.verify import verify

SUMS = [(f"Ann has {i} pens and buys {i + 1}. How many pens has she?", str(2 * i + 1)) for i in range(1, 31)]
GERMAN = [[str(i), q.replace("How many", "Wie viele"), f"{a},5"] for i, (q, a) in enumerate(SUMS)]
HEAD = ["Nr", "Aufgabe", "Lösung"]
PROOFS = [{"problem": f"Show that {i} is even.", "answer": "proof", "solution": "Halve it."} for i in (2, 4)]
BAD = b'{"prompt_text": "", "final_ans": "1"}\n{"prompt_text": "a"}\n{"prompt_text": "b"}\n{\n[]\n'


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def parquet(row: Callable[[str, str], dict[str, Any]], *before: dict[str, Any]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    file = io.BytesIO()
    table = pyarrow.Table.from_pylist([*before, *(row(q, a) for q, a in SUMS)])
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()


def cells(delimiter: str, header: list[str], rows: list[list[str]], end: str = "\r\n") -> str:
    def quoted(cell: str) -> str:
        return f'"{cell}"' if delimiter in cell or "\n" in cell else cell

    return end.join(delimiter.join(map(quoted, row)) for row in [header, *rows]) + end


def chat(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def solved(answer: str) -> str:
    return f"Add the pens that she has to those that she buys.\nSo there are $\\boxed{{{answer}}}$."


def gsm8k_style() -> bytes:
    return parquet(lambda q, a: {"question": q, "answer": f"Add them.\n#### {a}"})


def numina() -> bytes:
    return parquet(lambda q, a: {"problem": q, "solution": solved(a), "messages": chat(q, solved(a))})


def numina15() -> bytes:
    return parquet(lambda q, a: {"problem": q, "answer": a, "solution": solved(a)}, *PROOFS)


def openr1() -> bytes:
    return parquet(lambda q, a: {"problem": q, "answer": a, "generations": [solved(a), "no"]})


def three_columns() -> bytes:
    return cells(",", ["problem", "solution", "answer"], [[q, "Add.", a] for q, a in SUMS]).encode()


def multi() -> bytes:
    return parquet(lambda q, a: {"problem": q, "answers": [a, f"{a}.0"], "level": 2})


def excel_us() -> bytes:
    rows = [["1", q, a, "3"] for q, a in SUMS]
    return cells(",", ["ID", "Question", "Correct Answer", "Grade"], rows).encode("utf-8-sig")


def messages() -> bytes:
    return parquet(lambda q, a: {"messages": chat(q, solved(a))})


def reward_model() -> bytes:
    return parquet(
        lambda q, a: {
            "prompt": [{"role": "user", "content": q}],
            "reward_model": {"style": "rule", "ground_truth": a},
        }
    )


def conflict() -> bytes:
    return lines(
        [*({"answer": a, "question": q} for q, a in SUMS), {"question": SUMS[0][0], "answer": "999"}]
    )


def body_first() -> bytes:
    rows = [q.split(". ") for q, _ in SUMS]
    made = [
        {"ID": i, "Body": f"{first}.", "Question": asked, "Equation": "( 1 + 2 )", "Answer": float(answer)}
        for i, ((first, asked), (_, answer)) in enumerate(zip(rows, SUMS, strict=True))
    ]
    return json.dumps(made).encode()


def body_repeated() -> bytes:
    rows = [[q, a, q.partition(". ")[0] + "."] for q, a in SUMS]
    return cells(",", ["Question", "Answer", "Body"], rows).encode()


def options_in_a_text() -> bytes:
    rows = [
        {"problem": q, "options": f"a ) {a} , b ) f(b) , c ) {a}.5 , d ) none", "correct": "bacd"[i % 4]}
        for i, (q, a) in enumerate(SUMS)
    ]
    return lines(rows)


def named_rows() -> bytes:
    return lines([{f"Problem_{i}": {"question": q, "answer": a}} for i, (q, a) in enumerate(SUMS)])


# Name -> content, the flags that the first answer names, and the first references.
FILES: dict[str, tuple[Callable[[], bytes], list[str], list[str]]] = {
    "gsm8k_style.parquet": (gsm8k_style, [], ["3", "5"]),
    "numina.parquet": (numina, [], ["3", "5"]),
    "numina15.parquet": (numina15, [], ["3", "5"]),
    "openr1_gen.parquet": (openr1, [], ["3", "5"]),
    "psa.csv": (three_columns, [], ["3", "5"]),
    "multi.parquet": (multi, [], ["3", "5"]),
    "excel_us.csv": (excel_us, [], ["3", "5"]),
    "messages.parquet": (messages, [], ["3", "5"]),
    "reward_model.parquet": (reward_model, [], ["3", "5"]),
    "aufgaben.csv": (lambda: cells(";", HEAD, GERMAN).encode("utf-8-sig"), [], ["3,5", "5,5"]),
    "nodec.csv": (lambda: cells(";", ["question", "answer"], [*map(list, SUMS)]).encode(), [], ["3", "5"]),
    "cp1252.csv": (lambda: cells(";", HEAD, GERMAN).encode("cp1252"), [], ["3,5", "5,5"]),
    "excel_tab.csv": (lambda: cells("\t", HEAD, GERMAN).encode("utf-16"), [], ["3,5", "5,5"]),
    "arr.json": (lambda: json.dumps([{"question": q, "answer": a} for q, a in SUMS]).encode(), [], ["3"]),
    "x.tsv": (lambda: cells("\t", ["question", "answer"], [*map(list, SUMS)], "\n").encode(), [], ["3"]),
    "teacher_export.jsonl": (
        lambda: lines([{"prompt_text": q, "final_ans": a} for q, a in SUMS]) + BAD,
        ["--skip", "bad"],
        ["3", "5"],
    ),
    "body_first.json": (body_first, [], ["3", "5"]),
    "body_repeated.csv": (body_repeated, [], ["3", "5"]),
    "options.jsonl": (options_in_a_text, [], ["B", "A", "C", "D"]),
    "named_rows.jsonl": (named_rows, [], ["3", "5"]),
    "one_bad.jsonl": (lambda: named_rows() + b"{}\n", ["--skip", "bad"], ["3", "5"]),
    "conflict.jsonl": (conflict, ["--skip", "conflict"], ["5", "7"]),
}


def init(name: str, *flags: str) -> str:
    result = CliRunner().invoke(app, ["init", name, "--name", "made", "--yes", "--no-train", *flags])
    return f"{result.output}{result.stderr}{result.exception or ''}"


@pytest.mark.parametrize("name", FILES)
def test_a_file_becomes_a_right_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    content, flags, first = FILES[name]
    Path(name).write_bytes(content())
    said = init(name)
    if flags:
        assert " ".join(flags) in said, said
        Path("made.yaml").unlink(missing_ok=True)
        said = init(name, *flags)
    queries = load_all(load_recipe("made.yaml").queries)
    assert [query.references[0] for query in queries[: len(first)]] == first, said
    assert len(queries) == (29 if name == "conflict.jsonl" else 30)
    assert all(query.text.startswith("Ann has") for query in queries)
    assert all(re.search("How many|Wie viele", query.text) for query in queries)
    assert all(query.text.count("Ann has") == 1 for query in queries)


def test_what_was_left_out_of_itself_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("numina15.parquet").write_bytes(numina15())
    assert "2 rows left out (no-answer)" in init("numina15.parquet")
    assert 'skip: ["no-answer"]' in Path("made.yaml").read_text()
    Path("made.yaml").unlink()
    Path("aufgaben.csv").write_bytes(FILES["aufgaben.csv"][0]())
    assert "sampling.grading.decimal_comma: true" in init("aufgaben.csv")
    assert load_recipe("made.yaml").sampling.grading.decimal_comma is True


def test_numbers_that_are_not_there_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [[q.replace(str(i), "number0", 1), a] for i, (q, a) in enumerate(SUMS, start=1)]
    Path("masked.csv").write_text(cells(",", ["Question", "Answer"], rows))
    assert "30 problems hold a name such as 'number0' in place of a number" in init("masked.csv")


def test_letters_of_options_are_one_answer_or_several_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = "Which are even? A. 2 B. 3 C. 4"
    Path("several.jsonl").write_bytes(lines([{"question": shown, "answer": ["A", "C"]}]))
    init("several.jsonl")
    (query,) = load_all(load_recipe("made.yaml").queries)
    judged = {
        said: verify(query.references[0], said, query=query.text).correct for said in ("A", "AC", "C, A")
    }
    assert judged == {"A": False, "AC": True, "C, A": True}
    Path("reading.jsonl").write_bytes(lines([{"question": f"1. {shown} 2. {shown}", "answer": ["B", "A"]}]))
    Path("made.yaml").unlink()
    assert "answers several questions: B, A" in init("reading.jsonl")


def test_a_quote_in_a_wrong_place_is_one_bad_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = cells(",", ["question", "answer"], [list(row) for row in SUMS])
    Path("quote.csv").write_text(
        rows.replace("7 pens and buys", '"7 pens" and buys').replace('Ann has "7', '"Ann has "7')
    )
    assert "quote.csv:8: not valid CSV" in (said := init("quote.csv")) and "--skip bad" in said
    assert "29 queries" in init("quote.csv", "--skip", "bad")


def test_the_path_of_a_file_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"question": q, "solution": f"solutions/{i}.png"} for i, (q, _) in enumerate(SUMS)]
    Path("paths.jsonl").write_bytes(lines(rows))
    said = init("paths.jsonl")
    assert not Path("made.yaml").exists(), said
