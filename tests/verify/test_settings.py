"""`GradingSettings`: one object, the same verdict by every way to one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError
from dartmath.base.section import validate
from dartmath.verify import GradingPool, GradingSettings, Tolerance, grade, grade_many, verify
from dartmath.verify.question import Question
from dartmath.verify.rewards import trl_reward, verifiers_reward, verl_reward
from dartmath.verify.settings import recorded_settings, settings_from_json, settings_record

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
    assert settings_record(GradingSettings()) is settings_record(None) is recorded_settings(None) is None


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
