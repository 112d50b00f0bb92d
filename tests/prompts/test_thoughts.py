"""Where models have their thoughts, by the chat templates that libraries publish of them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError
from dartmath.prompts.template import Template, load_template
from dartmath.prompts.thoughts import THOUGHTS, delimiters_of, in_delimiters, with_thoughts
from dartmath.verify.extract.thoughts import thoughts

CHAT = load_template("chat")
# By the model cards and parsers of the servers: what each model writes before and behind its thoughts. A name
# is that of a chat template which TRL has of a model.
WRITTEN = {
    "deepseek_r1_distill": THOUGHTS,
    "deepseekv3": THOUGHTS,
    "gemma4": ("<|channel>thought\n", "\n<channel|>"),
    "gemma4_v5": ("<|channel>thought\n", "\n<channel|>"),
    "glm4moe": ("\n<think>", "</think>\n"),
    "gptoss": ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "lfm2_2_5": ("<think>", "</think>"),
    "nemotron_3_nano": ("<think>\n", "\n</think>\n"),
    "nemotron_3_ultra": ("<think>\n", "</think>"),
    "qwen3": THOUGHTS,
    "qwen3_5_think": THOUGHTS,
    "qwen3_8": THOUGHTS,
    # Models that do not think.
    "cohere": THOUGHTS,
    "gemma": THOUGHTS,
    "gemma3": THOUGHTS,
    "llama3": THOUGHTS,
    "llama3_1": THOUGHTS,
    "phi3": THOUGHTS,
    "qwen2_5": THOUGHTS,
    "qwen3_instruct_2507": THOUGHTS,
}


def tokenizer_with(chat_template: str) -> Any:
    """A tokenizer of no words with a chat template, which is all that is asked of it."""
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    empty = tokenizers.Tokenizer(tokenizers.models.BPE())
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=empty, bos_token="<s>", eos_token="</s>")
    made.chat_template = chat_template
    return made


@pytest.mark.parametrize("name", WRITTEN)
def test_thoughts_stand_where_the_models_own_chat_template_has_them(name: str) -> None:
    found = find_spec("trl")
    if found is None:
        pytest.skip("needs the chat templates that TRL comes with")
    file = Path(next(iter(found.submodule_search_locations or ()))) / "chat_templates" / f"{name}.jinja"
    if not file.is_file():
        pytest.skip(f"this TRL has no {name}")
    tokenizer = tokenizer_with(file.read_text(encoding="utf-8"))
    assert delimiters_of(CHAT, tokenizer) == WRITTEN[name]


TURNS = (
    "{% for m in messages %}{% if m.role == 'user' %}<u>{{ m.content }}{% else %}<a>ANSWER</s>{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<a>PROMPT{% endif %}"
)
PARTS = (
    "{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}"
    "{{ '[THINK]' + p.thinking + '[/THINK]' if p.type == 'thinking' else p.text }}{% endfor %}{% endif %}"
)
SEED = "{% if m.reasoning_content %}<seed:think>{{ m.reasoning_content | trim }}</seed:think>\n{% endif %}"


@pytest.mark.parametrize(
    ("answer", "prompt", "found"),
    [
        (SEED + "{{ m.content }}", "", ("<seed:think>", "</seed:think>\n")),
        (PARTS, "", ("[THINK]", "[/THINK]")),
        # Kimi: the last answer is written without its thoughts, whose delimiters are there.
        ("<think></think>{{ m.content }}", "", ("<think>", "</think>")),
        # R1 cuts them off, and opens them in the prompt.
        ("{{ m.content.split('</think>')[-1] }}", "<think>\n", THOUGHTS),
        ("{{ m.content.split('◁/think▷')[-1] }}", "", ("◁think▷", "◁/think▷")),
        # Prints parts as they come.
        ("{{ m.content }}", "", THOUGHTS),
        ("{{ raise_exception('no') }}", "", THOUGHTS),
    ],
)
def test_thoughts_of_other_forms_of_chat_templates(answer: str, prompt: str, found: Any) -> None:
    source = TURNS.replace("ANSWER", answer).replace("PROMPT", prompt)
    assert delimiters_of(CHAT, tokenizer_with(source)) == found


def test_a_template_of_ones_own_says_where_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text('before_query: "Q: "\nbefore_response: "A: "\nthoughts: ["(thinks) ", " (says) "]\n')
    template = load_template(str(file))
    assert delimiters_of(template) == ("(thinks) ", " (says) ")
    # What a run has sampled does not depend on it.
    assert template.hash == Template("mine", before_query="Q: ", before_response="A: ").hash
    file.write_text('before_query: "Q: "\nthoughts: ["one"]\n')
    with pytest.raises(ConfigError, match="'thoughts' is a list of two texts that are not empty"):
        load_template(str(file))


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="<>[]◁▷|&"), min_size=1)


@given(PLAIN, PLAIN, st.sampled_from([*WRITTEN.values(), ("[THINK]", "[/THINK]")]))
def test_only_the_delimiters_change(thought: str, text: str, delimiters: tuple[str, str]) -> None:
    stored = with_thoughts(text, thought)
    written = in_delimiters(stored, delimiters)
    assert written == f"{delimiters[0]}{thought.strip()}{delimiters[1]}{text.lstrip()}"
    assert in_delimiters(text, delimiters) == text
    assert thoughts(written)[0][0] <= len(delimiters[0])
