"""Prompt templates: exact texts, hashes, files, beginning-of-text once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError, DataError, UnknownNameError
from dartmath.prompts.template import Example, Template, builtin_templates, encode_prompt, load_template

NAMES = sorted(builtin_templates())
TEXTS = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))


def test_alpaca_is_what_the_models_were_trained_with() -> None:
    text = load_template("alpaca").render("What is 1+1?").text
    assert text == (
        "Below is an instruction that describes a task. Write a response that appropriately "
        "completes the request.\n\n### Instruction:\nWhat is 1+1?\n\n### Response:\n"
    )


@pytest.mark.parametrize("name", [n for n in NAMES if not builtin_templates()[n].chat])
def test_text_templates_ask_in_exactly_these_words(name: str) -> None:
    worked = Example("What is 2 * 3?", "It is 6.")
    assert load_template(name).render("What is 1 + 1?", examples=[worked]).text == TEXTS[name]


@pytest.mark.parametrize("name", [n for n in NAMES if not builtin_templates()[n].chat])
@given(query=st.text(min_size=1).filter(lambda q: q.strip()))
def test_the_query_stands_in_the_prompt_as_it_is(name: str, query: str) -> None:
    text = load_template(name).render(query).text
    assert text is not None and query in text


@pytest.mark.parametrize("name", NAMES)
def test_every_template_names_its_source(name: str) -> None:
    assert "http" in load_template(name).source


def test_examples_come_before_the_query() -> None:
    text = load_template("qa").render("Q2", examples=[Example("Q1", "A1")]).text
    assert text == "User:\nQ1\n\nAssistant:\nA1\n\nUser:\nQ2\n\nAssistant:\n"


def test_hash_depends_on_the_text_alone() -> None:
    one, two = Template("a", before_query="x"), Template("b", before_query="x", source="elsewhere")
    assert one.hash == two.hash
    assert one.hash != Template("a", before_query="y").hash


def test_unknown_template_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match='did you mean "alpaca"'):
        load_template("alpacca")


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_users_own_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine{suffix}"
    path.write_text(json.dumps({"before_query": "Q: ", "after_query": "\nA:", "stop": ["\nQ:"]}))
    template = load_template(str(path))
    assert (template.name, template.render("hi").text, template.stop) == ("mine", "Q: hi\nA:", ("\nQ:",))


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    with pytest.raises(DataError, match="no such template file"):
        load_template(str(path))
    path.write_text("before_qury: x")
    with pytest.raises(ConfigError, match='did you mean "before_query"'):
        load_template(str(path))
    path.write_text("[")
    with pytest.raises(DataError, match=r"bad\.yaml"):
        load_template(str(path))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('stop: "###"', "'stop' is a list of texts that are not empty, found '###'"),
        ('stop: ["", "x"]', "'stop' is a list of texts"),
        ("before_query: 3", "'before_query' is a text, found 3"),
        ("system: null", "'system' is a text, found None"),
        ('chat: "yes please"', "'chat' is true or false, found 'yes please'"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(line)
    with pytest.raises(ConfigError, match=re.escape(f"own.yaml: template key {says}")):
        load_template(str(path))


@pytest.fixture(scope="module")
def tokenizer(smollm2: str) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(smollm2)


def test_chat_uses_the_tokenizers_own_template(tokenizer: Any) -> None:
    text = load_template("chat").render("What is 1+1?", tokenizer=tokenizer).text
    assert text is not None
    assert text.endswith("<|im_start|>user\nWhat is 1+1?<|im_end|>\n<|im_start|>assistant\n")


def test_chat_without_a_tokenizer_has_messages_only() -> None:
    prompt = load_template("chat").render("hi", examples=[Example("a", "b")])
    assert prompt.text is None
    assert [m["role"] for m in prompt.messages] == ["user", "assistant", "user"]


def test_chat_with_a_base_models_tokenizer_says_what_to_do(tokenizer: Any) -> None:
    from copy import deepcopy

    base = deepcopy(tokenizer)
    base.chat_template = None
    with pytest.raises(ConfigError, match="--template qa"):
        load_template("chat").render("hi", tokenizer=base)


def test_beginning_of_text_stands_once(tokenizer: Any) -> None:
    from copy import deepcopy

    from tokenizers.processors import TemplateProcessing

    llama_like = deepcopy(tokenizer)
    bos = llama_like.bos_token
    llama_like.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A", special_tokens=[(bos, llama_like.bos_token_id)]
    )
    for text in ("plain", f"{bos}already there"):
        assert encode_prompt(llama_like, text).count(llama_like.bos_token_id) == 1
