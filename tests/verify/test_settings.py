"""`GradingSettings`: one object, the same verdict by every way to one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.base.section import validate
from dartmath.verify import GradingPool, GradingSettings, Tolerance, extract_answer, grade, grade_many, verify
from dartmath.verify.contract.question import Question
from dartmath.verify.contract.settings import recorded_settings, settings_from_json, settings_record
from dartmath.verify.extract.thoughts import opens_thought
from dartmath.verify.golds import settled
from dartmath.verify.rewards import trl_reward, verifiers_reward, verl_reward

LENIENT = GradingSettings(last_number=True)
ASKED = Question("How many?", ("34",))
RESPONSE = "We add the parts 30 and 4 and look at them for\na while: 34 it came to, or so it\nseems here"


def test_every_way_to_a_verdict_takes_the_same_settings() -> None:
    for settings, right in ((None, False), (LENIENT, True)):
        assert grade(ASKED, RESPONSE, settings=settings).correct is right
        assert [v.correct for v in grade_many([(ASKED, RESPONSE)], settings=settings)] == [right]
        for workers in (0, 1):
            with GradingPool(workers, 20.0, settings) as pool:
                assert pool.submit(ASKED, RESPONSE).result().correct is right
        rewarded = partial(trl_reward, settings=settings)
        assert rewarded([ASKED.text], [RESPONSE], answer=["34"]) == [float(right)]
        assert verl_reward("math", RESPONSE, "34", settings=settings)["score"] == float(right)
        assert verifiers_reward(RESPONSE, "34", settings=settings) == float(right)


def test_a_tolerance_of_the_settings_is_that_of_the_argument() -> None:
    near = GradingSettings(tolerance=Tolerance(absolute=0.1))
    assert not verify("1.5", "1.55").correct
    assert verify("1.5", "1.55", settings=near).correct
    assert not verify("1.5", "1.55", tolerance=0.01, settings=near).correct
    assert grade(Question("", ("1.5",)), r"\boxed{1.55}", settings=near).correct


def test_what_is_recorded_gives_the_same_settings() -> None:
    every = GradingSettings(
        rules=("boxed", "hash"),
        box="first",
        last_number=True,
        thoughts=(("<plan>", "</plan>"),),
        answers=(("[[", "]]"),),
        languages=("fr",),
        decimal_comma=True,
        tolerance=Tolerance(relative=0.01, digits=3),
    )
    record = json.dumps(settings_record(every))
    assert settings_from_json(record) == every == recorded_settings(json.loads(record))
    assert settings_record(GradingSettings()) is None
    assert settings_record(None) is None
    assert recorded_settings(None) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"last_numbers": True}, "last_number"),
        ({"rules": ["boxes"]}, "boxed"),
        ({"rules": []}, "empty list"),
        ({"languages": ["xx"]}, "'fr'"),
        ({"thoughts": [["<a>", " "]]}, "blank"),
        ({"tolerance": {"relative": 2}}, "less than 1"),
    ],
)
def test_a_key_that_is_none_says_so(given: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(GradingSettings, given, where=str(Path("recipe.yaml")))


def test_the_rules_that_are_off_find_nothing() -> None:
    response = "The answer is 5.\n\nSo we have \\boxed{7}."
    assert extract_answer(response, settings=GradingSettings(rules=("announced",))).answer == "5"
    assert extract_answer(response, settings=GradingSettings(rules=("hash",))).answer is None
    assert extract_answer("\\boxed{1} or rather\n\n\\boxed{2}").answer == "2"
    assert (
        extract_answer("\\boxed{1} or rather\n\n\\boxed{2}", settings=GradingSettings(box="first")).answer
        == "1"
    )


def test_delimiters_of_ones_own() -> None:
    own = GradingSettings(thoughts=(("<plan>", "</plan>"),), answers=(("[[", "]]"),))
    assert extract_answer("<plan>\\boxed{4}</plan>It is [[7]].", settings=own).answer == "7"
    assert extract_answer("<plan>\\boxed{4}", settings=own).answer is None


def test_languages_that_are_off_are_not_read() -> None:
    assert extract_answer("答案是8，对吧").answer == "8"
    assert (
        extract_answer(
            "9 - 1\n\nLa réponse est 8.\nVoilà tout.", settings=GradingSettings(languages=("en",))
        ).answer
        is None
    )


def test_a_decimal_comma_is_a_setting() -> None:
    comma = GradingSettings(decimal_comma=True)
    assert verify("18,75", "75,18").correct
    assert not verify("18,75", "75,18", settings=comma).correct
    assert verify("18,75", "18.75", settings=comma).correct
    assert verify("1.234,5", "1234,5", settings=comma).correct
    assert not verify("2.5", "2,5", settings=GradingSettings(decimal_comma=False)).correct


@pytest.mark.parametrize(
    ("references", "comma"),
    [
        (["0,5", "12,75", "3,2", "7"], True),
        (["0,5", "12,75"], None),
        (["0,5", "12,75", "3,2", "7.5"], None),
        (["1,2", "3,4", "5,6"], None),
        (["0,5", "1,200", "3, 4"], None),
        (["1,200", "3,400", "5,600"], None),
    ],
)
def test_references_tell_whether_a_set_uses_decimal_commas(references: list[str], comma: bool | None) -> None:
    assert settled(GradingSettings(), references).decimal_comma is comma
    assert settled(GradingSettings(decimal_comma=False), references).decimal_comma is False


def test_a_prompt_that_opens_a_thought_is_known() -> None:
    cut = "Okay, first \\boxed{34}, then the rest"
    assert opens_thought("<|User|>How many?<|Assistant|><think>\n")
    assert not opens_thought("<|User|>How many?<|Assistant|>")
    assert not opens_thought("<think></think>")
    assert grade(ASKED, cut, finish_reason="length").correct
    for finish_reason, outcome in (("length", "truncated"), ("stop", "no_answer")):
        assert grade(ASKED, cut, finish_reason=finish_reason, in_thought=True).outcome == outcome
    assert grade(ASKED, cut + "</think>It is \\boxed{34}.", in_thought=True).correct
    with GradingPool(1, 20.0) as pool:
        assert pool.submit(ASKED, cut, "length", in_thought=True).result().outcome == "truncated"
