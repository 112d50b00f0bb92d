"""A trained model's chat template is its training template, token for token."""

from typing import Any

import pytest

from dartmath.prompts.template import Example, Template, encode_prompt, load_template
from dartmath.training.chat_template import jinja_template

ODD = Template(
    "odd",
    system="{{ not jinja }} {% if %} 'quote' \"double\" \\boxed{} 日本 😀\n\n",
    before_query="Q: ",
    after_query=" ",
    separator="\n---\n",
)
QUERIES = ["What is 2 + 2?", "{{ query }} with {% raw %} 'quotes' \\frac{1}{2} 日本", "trailing spaces  "]


@pytest.mark.parametrize("name", ["alpaca", "qa", "deepseekmath", "mammoth2", "wizardmath", "xwin", "odd"])
@pytest.mark.parametrize("query", QUERIES)
def test_rendered_and_tokenised_chats_equal_the_prompt(real_tokenizer: Any, name: str, query: str) -> None:
    template = ODD if name == "odd" else load_template(name)
    chat = jinja_template(template, real_tokenizer)
    messages = [{"role": "user", "content": query}]
    served = real_tokenizer.apply_chat_template(
        messages, chat_template=chat, add_generation_prompt=True, tokenize=False
    )
    prompt = template.render(query).text
    assert prompt is not None
    assert real_tokenizer.encode(served, add_special_tokens=False) == encode_prompt(real_tokenizer, prompt)


@pytest.mark.parametrize("name", ["alpaca", "qa", "deepseekmath"])
def test_answered_turns_are_worked_examples(byte_tokenizer: Any, name: str) -> None:
    template = load_template(name)
    shots = [Example("1 + 1?", "2."), Example("1 + 2?", "3.")]
    served = byte_tokenizer.apply_chat_template(
        list(template.messages("1 + 3?", shots)),
        chat_template=jinja_template(template, byte_tokenizer),
        add_generation_prompt=True,
        tokenize=False,
    )
    assert served == "<s>" + (template.render("1 + 3?", examples=shots).text or "")


def test_a_system_message_takes_the_place_of_the_templates_own(byte_tokenizer: Any) -> None:
    served = byte_tokenizer.apply_chat_template(
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2 + 2?"}],
        chat_template=jinja_template(load_template("alpaca"), byte_tokenizer),
        add_generation_prompt=True,
        tokenize=False,
    )
    assert served == "<s>Be brief.\n\n### Instruction:\n2 + 2?\n\n### Response:\n"


def test_an_unknown_role_is_refused(byte_tokenizer: Any) -> None:
    with pytest.raises(Exception, match="roles user and assistant"):
        byte_tokenizer.apply_chat_template(
            [{"role": "tool", "content": "4"}],
            chat_template=jinja_template(load_template("qa"), byte_tokenizer),
            tokenize=False,
        )
