"""How prompts, responses and thoughts are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.export.prompting import Prompting, split_thoughts
from dartmath.prompts.template import Template, builtin_templates, load_template
from dartmath.prompts.thoughts import with_thoughts

QUERY, THOUGHT, REST = "What is 3 + 4?", "3 and 4 make 7", "It is 7."


@given(st.text("abc =\n", min_size=1), st.text("xyz .", min_size=1))
def test_thoughts_come_apart_as_they_were_joined(thought: str, rest: str) -> None:
    assert split_thoughts(with_thoughts(rest, thought)) == (thought.strip(), rest.strip())


def test_thoughts_stay_go_or_become_a_field() -> None:
    response = with_thoughts(REST, THOUGHT)
    chat = load_template("chat")
    kept = Prompting(chat).assistant(response)
    field = Prompting(chat, thoughts="field").assistant(response)
    dropped = Prompting(chat, thoughts="drop").assistant(response)
    assert kept == {"role": "assistant", "content": response}
    assert field == {"role": "assistant", "reasoning_content": THOUGHT, "content": REST}
    assert dropped == {"role": "assistant", "content": REST}


@pytest.mark.parametrize(
    "template", [t for t in builtin_templates().values() if not t.chat], ids=lambda t: t.name
)
def test_a_text_is_that_of_training(template: Template) -> None:
    prompting = Prompting(template, as_messages=False)
    whole = f"{prompting.prompt(QUERY)}{prompting.completion(REST)}"
    turn = template.before_query + QUERY + template.after_query + template.before_response
    assert whole == template.system + turn + REST + template.end


def test_a_system_message_takes_the_place_of_the_templates() -> None:
    messages = Prompting(load_template("alpaca"), system="Be brief.").messages(QUERY)
    assert messages == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUERY}]
