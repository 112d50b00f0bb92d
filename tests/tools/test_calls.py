"""What models write where they call a tool, and how a response shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dartmath.tools.blocks import ending
from dartmath.tools.calls import MOST_CALLS, NAME, ToolCall, calls_of, messages_of

CASES = yaml.safe_load(Path(__file__).with_name("calls.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_call_runs_or_says_what_is_wrong_with_it(case: dict[str, Any]) -> None:
    rows = [{"name": NAME, "arguments": case["given"]}] if "given" in case else []
    said, calls = calls_of(case.get("text", ""), rows)
    assert "<tool_call>" not in said and "arguments" not in said
    if "told" in case:
        (call,) = calls
        assert case["told"] in call.wrong and not call.code
    else:
        assert [call.code for call in calls] == (
            [case["code"]] if isinstance(case["code"], str) else case["code"]
        )
        assert not any(call.wrong for call in calls)


HOSTILE = [
    "<tool_call>" * 50_000,
    "<tool_call>" + "[" * 200_000,
    "<tool_call>" + '{"a":' * 200_000,
    "<tool_call>" + "9" * 50_000,
    "<tool_call>" + "1 " * 50_000,
    '<tool_call>{"name": ' + '"x' * 50_000,
    '<tool_call>{"name": {"$ref": "python"}, "arguments": NaN}',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_calls_are_bounded_and_run_nothing(text: str) -> None:
    _, calls = calls_of(text, [{"name": NAME, "arguments": text}, {"name": None, "arguments": None}])
    assert 0 < len(calls) <= MOST_CALLS
    assert all(call.wrong and not call.code for call in calls)
    assert all(len(call.shown(call.wrong)) < 10_000 for call in calls)


@given(st.text(), st.text())
def test_whatever_is_called_is_valid_json_in_the_next_request(code: str, output: str) -> None:
    said, calls = calls_of("", [{"name": NAME, "arguments": json.dumps({"code": code})}])
    turn, answer = messages_of(said, calls, [output], 3)
    (row,) = turn["tool_calls"]
    sent = json.loads(row["function"]["arguments"])["code"]
    assert sent == calls[0].code.encode("utf-8", "replace").decode()
    assert (answer["tool_call_id"], answer["content"]) == (row["id"], output) == ("call00003", output)


@pytest.mark.parametrize("code", ["print(1)", "x = '''\n```\n'''", "```python\nprint(1)\n```", ""])
def test_a_call_is_shown_as_a_block_that_ends_where_its_code_does(code: str) -> None:
    shown = ToolCall("", code).shown("1\n```\n\\boxed{7}")
    assert shown.count("```") == 4 and shown.endswith("```\n")
    assert ending(shown.partition("```output")[0]).kind == "python"
