"""Answers in whole sentences that are found with the help of the query."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.verify import GradingSettings, Question, extract_answer, grade
from dartmath.verify.contract.settings import RULES
from dartmath.verify.language.options import before_options
from dartmath.verify.language.questions import asked

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "asked.jsonl").read_text("utf-8").splitlines()
]
BY_ASKING = [case for case in CASES if case["answer"]]


def _name(case: dict[str, Any]) -> str:
    return f"{case['why']}: {case['response'][:40]}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_the_value_of_the_asked_kind_is_found(case: dict[str, Any]) -> None:
    assert extract_answer(case["response"], query=case["query"]).answer == case["answer"]


@pytest.mark.parametrize("case", BY_ASKING, ids=_name)
def test_an_explicit_statement_counts_more(case: dict[str, Any]) -> None:
    said = f"{case['response']}\n#### 987"
    assert extract_answer(said, query=case["query"]).answer == "987"


@pytest.mark.parametrize("case", BY_ASKING, ids=_name)
def test_what_is_found_does_not_depend_on_the_reference(case: dict[str, Any]) -> None:
    response, answers = case["response"], set()
    for reference in (
        case["answer"],
        "987",
        "Nobody Else",
    ):
        verdict = grade(Question(case["query"], (reference,)), response)
        answers.add(verdict.answer)
    assert len(answers) == 1


def test_a_sentence_that_mentions_the_reference_beside_the_answer_is_wrong() -> None:
    response = "The opera Glass Harbour was written by Edda Lindqvist in 1931 for Tomas Hale."
    verdicts = {
        reference: grade(Question("Who wrote the opera Glass Harbour?", (reference,)), response).correct
        for reference in ("Edda Lindqvist", "Tomas Hale", "1931", "Glass Harbour")
    }
    assert verdicts == {"Edda Lindqvist": True, "Tomas Hale": False, "1931": False, "Glass Harbour": False}


def test_the_question_settles_which_number_counts() -> None:
    response = "In 2031 both chains had 53 stores in 7 towns."
    found = {
        query: extract_answer(response, query=query).answer
        for query in (
            "How many stores did both chains have?",
            "In how many towns were stores of both chains?",
            "In which year did both chains have the same number of stores?",
            "Name the chains.",
        )
    }
    assert list(found.values()) == ["53", "7", "2031", None]


def test_a_response_that_was_cut_off_states_nothing() -> None:
    query = "On which day was the bus fullest?"
    response = "We look at the table.\nThe bus was fullest on Friday"
    assert extract_answer(response, query=query).answer is None
    assert extract_answer(f"{response}.", query=query).answer == "Friday"
    assert extract_answer(f"{response}.", query=query, strict=True).answer is None


def test_the_rule_can_be_left_out() -> None:
    query, response = "On which day was the bus fullest?", "The bus was fullest on Friday."
    rules = tuple(rule for rule in RULES if rule != "asked")
    assert extract_answer(response, query=query).method == "asked"
    assert extract_answer(response, query=query, settings=GradingSettings(rules=rules)).answer is None
    assert extract_answer(response).answer is None


def test_a_first_sentence_counts_that_nothing_later_changes() -> None:
    query = "Who wrote the opera Glass Harbour?"
    first = "Edda Lindqvist wrote the opera Glass Harbour."
    assert extract_answer(f"{first} It opened in Kagola.", query=query).answer == "Edda Lindqvist"
    for later in (
        "However, Ivo Marsh is named on the score.",
        "But Ivo Marsh wrote the opera Glass Harbour.",
        "Ivo Marsh wrote the opera Glass Harbour.",
        "It is not clear who wrote the opera.",
    ):
        assert extract_answer(f"{first} {later}", query=query).answer in (None, "Ivo Marsh"), later


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("Is it raining?", "verdict"),
        ("After the storm, was the roof still on?", "verdict"),
        ("How many red hats are there?", "count"),
        ("What is the total number of red hats?", "count"),
        ("If a hat costs $5, how much do 3 hats cost?", "amount"),
        ("In what year did it open?", "year"),
        ("when did it open", "date"),
        ("When Ann was 8, who was king?", "person"),
        ("Which British author wrote it?", "person"),
        ("A panda is the animal of which country", "place"),
        ("Where is it?", "place"),
        ("Which tool did he use?", "thing"),
        ("Who is older, Ann or Ben?", "choice"),
        ("Who is older Ann Lee or Ben Hale?", "choice"),
        ("Is it odd or even? (A) odd (B) even", "choice"),
        ("Is it so? Options: (A) Yes (B) No", "verdict"),
        ("Now Ann has the\n(A) hat (B) cap", "choice"),
    ],
)
def test_the_kind_of_thing_that_is_asked_for(query: str, kind: str) -> None:
    found = asked(query)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "query", ["Find the area of the circle.", "", "???", "Let n be the number which is odd."]
)
def test_no_question_is_understood(query: str) -> None:
    assert asked(query) is None


def test_what_stands_before_the_options() -> None:
    assert before_options("Which one?\n(A) red\n(B) tan") == "Which one?\n"
    assert before_options("Which one?") == "Which one?"


@pytest.mark.parametrize(
    "text", ["Who " * 3000, "a, " * 3000 + "or b?", "A or " * 3000, "(" * 9000, "which, " * 2000]
)
def test_hostile_queries_and_sentences_take_no_time(text: str) -> None:
    extract_answer(f"{text}.", query=f"{text}?")
    extract_answer(text[:390], query="Who wrote the opera Glass Harbour, Ann or Ben?")
