"""Worked examples: right, extractable, as many as the paper's, and in no benchmark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, SandboxError, UnknownNameError
from dartmath.curation.arithmetic import wrong_steps
from dartmath.curation.decontaminate import find_overlaps
from dartmath.prompts.examples import (
    AnsweredExample,
    examples_for,
    families,
    family_of,
    shots_for,
    worked_examples,
)
from dartmath.prompts.template import builtin_templates
from dartmath.queries import QuerySource, load
from dartmath.queries.query import make_query
from dartmath.queries.registry import SUITES, datasets
from dartmath.tools import Sandbox, ToolsSection, find_isolation
from dartmath.verify import grade

ALL = [(family, worked) for family in families() for worked in worked_examples(family)]
IDS = [f"{family}-{worked.example.query[:30]}" for family, worked in ALL]
TOOLS = [(family, worked) for family, worked in ALL if family.endswith("-tool")]


@pytest.mark.parametrize(("family", "worked"), ALL, ids=IDS)
def test_the_response_gives_the_answer(family: str, worked: AnsweredExample) -> None:
    query = make_query(
        family,
        worked.example.query,
        worked.answer,
        verifier="theoremqa" if family == "theoremqa" else "math",
        answer_type=worked.answer_type,
    )
    assert grade(query, worked.example.response).correct


@pytest.mark.parametrize(("family", "worked"), ALL, ids=IDS)
def test_every_step_computes(family: str, worked: AnsweredExample) -> None:
    assert wrong_steps(worked.example.response) == []


@pytest.mark.parametrize(("family", "worked"), TOOLS, ids=[i for i in IDS if "-tool-" in i])
def test_blocks_print_what_the_example_says(family: str, worked: AnsweredExample) -> None:
    try:
        sandbox = Sandbox(find_isolation(), ToolsSection(seconds=30, memory_mb=1024))
    except SandboxError as error:
        pytest.skip(str(error))
    blocks = re.findall(
        r"^```python\n(.*?)\n```\n```output\n(.*?)\n```$", worked.example.response, re.S | re.M
    )
    assert len(blocks) == worked.example.response.count("```python") >= 1
    with sandbox:
        for code, output in blocks:
            assert sandbox.run(code).output == output


def test_tools_have_examples_for_every_dataset() -> None:
    for dataset in datasets():
        shown = examples_for(dataset, 4, tools=True)
        assert all("```output" in example.response for example in shown)
    assert examples_for("gsm8k/test", 1, tools=True) != examples_for("math/test", 1, tools=True)
    assert family_of("own.jsonl", tools=True) == "math-tool"


@pytest.mark.parametrize("dataset", SUITES["dart-math"])
def test_the_six_benchmarks_have_the_papers_number(dataset: str) -> None:
    assert len(worked_examples(family_of(dataset))) == (5 if dataset == "theoremqa" else 4)


def test_every_dataset_has_a_family() -> None:
    assert {dataset.examples for dataset in datasets().values()} <= set(families())
    assert family_of("own.jsonl") == "math"
    with pytest.raises(UnknownNameError):
        worked_examples("maths")


def test_more_shots_than_examples_is_an_error() -> None:
    assert examples_for("gsm8k/test", 0) == []
    assert len(examples_for("gsm8k/test", 2)) == 2
    with pytest.raises(ConfigError, match="4 worked examples for gsm8k/test, not 5"):
        examples_for("gsm8k/test", 5)


def test_every_template_places_the_examples_before_the_query() -> None:
    examples = examples_for("math/test", 2)
    for template in builtin_templates().values():
        prompt = template.render("What is 1+1?", examples=examples)
        text = prompt.text or "".join(message["content"] for message in prompt.messages)
        places = [text.index(part) for e in examples for part in (e.query, e.response)]
        assert places == sorted(places)
        assert places[-1] < text.index("What is 1+1?")


@pytest.mark.parametrize("dataset", SUITES["dart-math"])
def test_no_example_stands_in_a_benchmark(
    dataset: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTMATH_DATA", str(shared_data))
    shown = {family_of(dataset), family_of(dataset, tools=True)}
    own = [make_query(f, w.example.query.split("\n")[-1], w.answer) for f, w in ALL if f in shown]
    assert find_overlaps(own, load(QuerySource(dataset=dataset)), ngram=10) == []


OWN_EXAMPLES = [{"query": "What is 1 + 1?", "response": r"So \boxed{2}."}]


@pytest.mark.parametrize(
    ("name", "examples"),
    [("own.jsonl", []), ("folder/own.jsonl", []), ("folder/own.jsonl", OWN_EXAMPLES)],
)
def test_own_queries_find_the_worked_examples_of_their_source(
    tmp_path: Path, name: str, examples: list[dict[str, str]]
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"query": "What is 2 + 3?", "reference": "5"}\n', encoding="utf-8")
    source = QuerySource.model_validate({"dataset": str(path), "examples": examples})
    (query,) = load(source)
    assert len(shots_for([source], 1)[query.dataset]) == 1


def test_two_files_of_one_name_have_the_same_examples() -> None:
    sources = [
        QuerySource.model_validate({"dataset": f"{folder}/own.jsonl", "examples": examples})
        for folder, examples in (("a", OWN_EXAMPLES), ("b", []))
    ]
    with pytest.raises(ConfigError, match="different worked examples"):
        shots_for(sources, 1)
