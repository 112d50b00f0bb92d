"""Verifiers of other domains: what is right, what is wrong, and what only wants to look right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError, SandboxError
from dartmath.domains.instructions import CONSTRAINTS
from dartmath.domains.json_schema import check_schema, errors
from dartmath.tools.walls import find_isolation
from dartmath.verify import GradingPool, grade
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import DOMAINS, Question
from dartmath.verify.custom import own_verifiers

CASES = Path(__file__).parent / "cases"
SETUP = """
CREATE TABLE person (name TEXT, age INTEGER);
CREATE TABLE pet (owner TEXT, kind TEXT);
INSERT INTO person VALUES ('Ann', 31), ('Bo', 8), ('Cy', 44);
INSERT INTO pet VALUES ('Ann', 'cat'), ('Ann', 'dog'), ('Bo', 'fish');
"""


def cases(name: str) -> list[Any]:
    return list(yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")))


def named(case: dict[str, Any]) -> str:
    shown = case.get("code") or case.get("says") or case.get("response") or str(case.get("ask"))
    return shown.replace("\n", " ")[:60]


def judged(verifier: str, reference: Any, response: str) -> Verdict:
    return grade(Question("asked", (json.dumps(reference),), verifier), response)


def agrees(verdict: Verdict, case: dict[str, Any]) -> bool:
    wanted = case.get("outcome") or ("correct" if case["right"] else "wrong")
    return verdict.outcome.value == wanted


@pytest.fixture(scope="module", autouse=True)
def _isolated() -> None:
    try:
        find_isolation()
    except SandboxError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("case", cases("code"), ids=named)
def test_code(case: dict[str, Any]) -> None:
    response = case.get("response", f"Like this:\n```python\n{case.get('code', '')}\n```\nDone.")
    found = judged("code", case["tests"], response)
    assert agrees(found, case), found


@pytest.mark.parametrize("case", cases("sql"), ids=named)
def test_sql(case: dict[str, Any]) -> None:
    reference = {key: case[key] for key in ("query", "rows", "check", "seconds") if key in case}
    response = case.get("response", f"So:\n```sql\n{case.get('says', '')}\n```")
    found = judged("sql", {"setup": SETUP, **reference}, response)
    assert agrees(found, case), found


@pytest.mark.parametrize("case", cases("json"), ids=named)
def test_json(case: dict[str, Any]) -> None:
    kind, reference = ("json-schema", case["schema"]) if "schema" in case else ("json", case["wanted"])
    found = judged(kind, reference, case["response"])
    assert agrees(found, case), found


@pytest.mark.parametrize("case", cases("instructions"), ids=named)
def test_instructions(case: dict[str, Any]) -> None:
    for text in case["keeps"]:
        assert judged("instructions", [case["ask"]], text).correct, text
    for text in case["breaks"]:
        assert judged("instructions", [case["ask"]], text).outcome is Outcome.WRONG, text


def test_every_constraint_has_a_case() -> None:
    assert {case["ask"]["id"] for case in cases("instructions")} == {*CONSTRAINTS}


def test_all_constraints_must_hold_and_rows_of_ifeval_are_read() -> None:
    row = {
        "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
        "kwargs": [{"num_words": None}, {"num_words": 2, "relation": "at least", "keywords": None}],
    }
    assert judged("instructions", row, "two words").correct
    found = judged("instructions", row, "one")
    assert found.outcome is Outcome.WRONG
    assert found.reason == "keeps to 1 of 2, not to length_constraints:number_words"


@pytest.mark.parametrize(
    ("verifier", "reference", "why"),
    [
        ("code", {}, "no tests"),
        ("code", {"test": ["f() == 1"]}, "no 'test'; its keys are"),
        ("code", {"inputs": ["1"], "outputs": []}, "zip"),
        ("sql", {"setup": "x"}, "either a query or rows"),
        ("json-schema", {"minimun": 1}, "keyword 'minimun' is not checked here"),
        ("json-schema", {"pattern": "("}, "no regular expression"),
        ("instructions", [{"id": "no_comma"}], "there is no constraint 'no_comma'"),
        ("instructions", [{"id": "keywords:existence"}], "lacks 'keywords'"),
        ("instructions", [{"id": "startend:quotation", "end": "x"}], "has no 'end'"),
    ],
)
def test_references_that_mean_nothing_cost_no_sampling(verifier: str, reference: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        own_verifiers([Question("asked", (json.dumps(reference),), verifier)])
    own_verifiers([Question("asked", (json.dumps(reference),), "math")])


def test_they_are_recorded_with_their_source_and_run_in_workers() -> None:
    query = Question("asked", ('["f() == 1"]',), "code")
    assert list(own_verifiers([query])) == ["code"]
    with GradingPool(workers=1, timeout=60) as pool:
        right = pool.submit(query, "```python\ndef f():\n    return 1\n```")
        wrong = pool.submit(query, "```python\ndef f():\n    return 2\n```")
        assert right.result().correct and wrong.result().outcome is Outcome.WRONG
    assert {*DOMAINS} == {"code", "sql", "json", "json-schema", "instructions"}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0]) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=3),
    max_leaves=6,
)
schemas = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"]),
            "enum": st.lists(values, min_size=1, max_size=3),
            "minimum": st.integers(-2, 2),
            "multipleOf": st.sampled_from([0.5, 1, 2]),
            "maxLength": st.integers(0, 2),
            "pattern": st.sampled_from(["^a", "b$", "ab"]),
            "minItems": st.integers(0, 2),
            "uniqueItems": st.booleans(),
            "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
        },
    )
    | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "else": inner,
            "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
            "additionalProperties": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "items": inner,
            "contains": inner,
        },
    ),
    max_leaves=5,
)


@given(schemas, values)
def test_validity_is_that_of_another_implementation(schema: Any, value: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    check_schema(schema)
    valid = next(errors(value, schema), None) is None
    assert valid == jsonschema.Draft202012Validator(schema).is_valid(value)
