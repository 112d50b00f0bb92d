"""The tokens and loss mask of an example, with published tokenizers."""

from typing import Any

import pytest

from dartmath.base.errors import ConfigError
from dartmath.prompts.template import Template, encode_prompt, load_template
from dartmath.training.tokens import IGNORED, Dropped, Encoder, Tokens, end_ids
from training.material import TOKENIZERS, byte_level_tokenizer

QUERY = "What is 12 + 30?"
RESPONSE = "We add: 12 + 30 = 42. The answer is $\\boxed{42}$."
TEXT_TEMPLATES = ["alpaca", "qa", "deepseekmath", "mammoth2", "wizardmath", "xwin"]


def _example(tokenizer: Any, template: Template, response: str = RESPONSE) -> Tokens:
    tokens = Encoder(tokenizer, template).encode(QUERY, response)
    assert isinstance(tokens, Tokens)
    return tokens


def _template(tokenizer: Any, name: str) -> Template:
    template = load_template(name)
    if template.chat and not tokenizer.chat_template:
        pytest.skip("this tokenizer has no chat template")
    return template


@pytest.mark.parametrize("name", [*TEXT_TEMPLATES, "chat"])
def test_the_prompt_is_what_an_engine_is_given(real_tokenizer: Any, name: str) -> None:
    template = _template(real_tokenizer, name)
    tokens = _example(real_tokenizer, template)
    text = template.render(QUERY, tokenizer=real_tokenizer).text
    assert text is not None
    assert tokens.ids[: tokens.prompt] == encode_prompt(real_tokenizer, text)


def test_a_tokenizer_that_does_more_than_its_backend_is_heeded() -> None:
    from transformers import PreTrainedTokenizerFast

    class Lowering(PreTrainedTokenizerFast):  # type: ignore[misc]
        def __call__(self, text: Any, *args: Any, **keys: Any) -> Any:
            lower = text.lower() if isinstance(text, str) else [one.lower() for one in text]
            return super().__call__(lower, *args, **keys)

    plain = byte_level_tokenizer()
    tokenizer = Lowering(
        tokenizer_object=plain.backend_tokenizer,
        bos_token=plain.bos_token,
        eos_token=plain.eos_token,
        pad_token=plain.pad_token,
    )
    template = Template("mine", before_query="q: ", before_response="\na:")
    tokens = Encoder(tokenizer, template).encode("what is it?", "It Is")
    assert isinstance(tokens, Tokens)
    assert tokenizer.decode(tokens.ids[tokens.prompt :]) == "it is</s>"


def test_the_label_without_loss_is_the_one_that_torch_leaves_out(byte_tokenizer: Any) -> None:
    from torch.nn import CrossEntropyLoss

    tokens = _example(byte_tokenizer, load_template("qa"))
    assert set(tokens.labels[: tokens.prompt]) == {CrossEntropyLoss().ignore_index}


@pytest.mark.parametrize("name", TEXT_TEMPLATES)
def test_bos_is_there_at_most_once(real_tokenizer: Any, name: str) -> None:
    tokens = _example(real_tokenizer, _template(real_tokenizer, name))
    expected = encode_prompt(real_tokenizer, "1")[0] == real_tokenizer.bos_token_id
    assert tokens.ids.count(real_tokenizer.bos_token_id) == int(expected)


@pytest.mark.parametrize("name", [*TEXT_TEMPLATES, "chat"])
def test_the_response_is_trained_and_ends_with_one_end_token(real_tokenizer: Any, name: str) -> None:
    tokens = _example(real_tokenizer, _template(real_tokenizer, name))
    trained = [label for label in tokens.labels if label != IGNORED]
    assert trained[-1] == real_tokenizer.eos_token_id
    assert trained.count(real_tokenizer.eos_token_id) == 1
    assert real_tokenizer.decode(trained[:-1]).strip() == RESPONSE


def test_the_end_token_is_trained_although_it_pads_too(real_tokenizer: Any) -> None:
    if real_tokenizer.pad_token_id != real_tokenizer.eos_token_id:
        pytest.skip("this tokenizer pads with a token of its own")
    assert _example(real_tokenizer, load_template("alpaca")).labels[-1] == real_tokenizer.pad_token_id


def test_the_response_has_the_tokens_a_model_would_write(real_tokenizer: Any) -> None:
    template = load_template("alpaca")
    text = template.render(QUERY).text
    assert text is not None
    joint = real_tokenizer.encode(text + RESPONSE, add_special_tokens=True)
    assert _example(real_tokenizer, template).ids[:-1] == joint


def test_a_space_cut_from_the_prompt_begins_the_response(real_tokenizer: Any) -> None:
    tokens = _example(real_tokenizer, load_template("deepseekmath"))
    assert real_tokenizer.decode(tokens.ids, skip_special_tokens=True).endswith("Assistant: " + RESPONSE)


def test_a_tokenizer_that_knows_no_character_is_refused() -> None:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    nothing = Tokenizer(models.BPE({"</s>": 0}, []))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=nothing, eos_token="</s>")
    with pytest.raises(ConfigError, match="makes no tokens of a text"):
        Encoder(tokenizer, load_template("alpaca"))


@pytest.mark.parametrize(("name", "tokenizer_name"), [("llama3", "llama3"), ("qwen2.5-math", "smollm2")])
def test_special_tokens_of_a_template_are_one_token_each(
    name: str, tokenizer_name: str, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    tokenizer = TOKENIZERS[tokenizer_name](tmp_path)
    tokens = _example(tokenizer, load_template(name))
    assert tokenizer.convert_ids_to_tokens(tokens.ids[-1]) == load_template(name).end
    assert tokens.ids.count(tokenizer.bos_token_id) <= (1 if name == "llama3" else 3)


@pytest.mark.parametrize("name", ["llama3", "qwen2.5-math"])
def test_a_template_whose_special_tokens_would_be_split_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="splits into"):
        Encoder(byte_level_tokenizer(), load_template(name))


def test_an_end_that_does_not_stop_generation_is_followed_by_end_of_text(byte_tokenizer: Any) -> None:
    ids = end_ids(byte_tokenizer, Template("own", end="\n###"))
    assert ids[-1] == byte_tokenizer.eos_token_id
    assert byte_tokenizer.decode(ids[:-1]) == "\n###"


def test_a_response_with_a_special_token_is_dropped(byte_tokenizer: Any) -> None:
    encoder = Encoder(byte_tokenizer, load_template("qa"))
    assert encoder.encode(QUERY, "four</s> five") is Dropped.SPECIAL


def test_a_special_token_of_any_kind_is_found_in_responses_and_queries(real_tokenizer: Any) -> None:
    encoder = Encoder(real_tokenizer, load_template("qa"))
    added = [str(token) for token in real_tokenizer.added_tokens_decoder.values() if token.special]
    kept = [token for token in added if encoder.encode(QUERY, f"It is 2.{token}user") is not Dropped.SPECIAL]
    assert not kept
    asked = {encoder.encode(f"{QUERY}{token}", RESPONSE) for token in added[:20]}
    assert asked <= {Dropped.SPECIAL_QUERY}


def test_an_empty_response_is_dropped(byte_tokenizer: Any) -> None:
    assert Encoder(byte_tokenizer, load_template("qa")).encode(QUERY, " \n") is Dropped.EMPTY


def test_too_long_examples_are_dropped_or_cut_or_refused_as_asked(byte_tokenizer: Any) -> None:
    template = load_template("qa")
    whole = _example(byte_tokenizer, template)
    limit = len(whole.ids) - 1
    assert Encoder(byte_tokenizer, template, max_length=limit + 1).encode(QUERY, RESPONSE) == whole
    assert Encoder(byte_tokenizer, template, max_length=limit).encode(QUERY, RESPONSE) is Dropped.TOO_LONG
    cut = Encoder(byte_tokenizer, template, max_length=limit, too_long="truncate").encode(QUERY, RESPONSE)
    assert isinstance(cut, Tokens)
    assert cut.ids == whole.ids[:-1]
    with pytest.raises(ConfigError, match=f"max_length = {limit}"):
        Encoder(byte_tokenizer, template, max_length=limit, too_long="error").encode(QUERY, RESPONSE)


def test_a_tokenizer_that_ends_prompts_is_refused() -> None:
    from tokenizers import processors

    tokenizer = byte_level_tokenizer()
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A $B </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    with pytest.raises(ConfigError, match="behind every prompt"):
        Encoder(tokenizer, load_template("qa"))


@pytest.mark.parametrize("special", [False, True])
def test_thoughts_are_trained_on_between_the_templates_own_delimiters(special: bool) -> None:
    """Also where these are special tokens, which no response may write elsewhere."""
    tokenizer = byte_level_tokenizer()
    if special:
        tokenizer.add_special_tokens({"additional_special_tokens": ["[THINK]", "[/THINK]"]})
    template = Template("mine", before_query="Q: ", before_response="\nA:", thoughts=("[THINK]", "[/THINK]"))
    stored = "<think>\n3 and 4 make 7.\n</think>\n\nIt is 7."
    tokens = _example(tokenizer, template, stored)
    answer = tokenizer.decode(tokens.ids[tokens.prompt :])
    assert answer == "[THINK]3 and 4 make 7.[/THINK]It is 7.</s>"
    assert (
        _example(tokenizer, template, "It is 7.").ids[tokens.prompt :] == tokenizer.encode("It is 7.</s>")[1:]
    )
    twice = Encoder(tokenizer, template).encode(QUERY, stored + " [THINK]more[/THINK]")
    assert isinstance(twice, Tokens) is not special


def test_a_prompt_that_opens_the_thoughts_is_not_followed_by_another_opening() -> None:
    tokenizer = byte_level_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m.content.split('</think>')[-1] }}\n{% endfor %}"
        "{% if add_generation_prompt %}<think>\n{% endif %}"
    )
    tokens = _example(tokenizer, load_template("chat"), "<think>\n3 and 4.\n</think>\n\n7")
    assert tokenizer.decode(tokens.ids[tokens.prompt :]).startswith("3 and 4.\n</think>\n\n7")
