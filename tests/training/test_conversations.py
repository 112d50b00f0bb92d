"""Conversations of several turns: what of them is trained, against TRL's masks by chat templates."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trl
from tokenizers import AddedToken

from dartmath.base.errors import DataError
from dartmath.model import resolve_model
from dartmath.prompts.template import load_template
from dartmath.training.conversations import Conversation
from dartmath.training.exported_rows import row_reader
from dartmath.training.mixture import mix
from dartmath.training.pack import pack
from dartmath.training.rows import COLUMNS, read_rows
from dartmath.training.sequences import sequence
from dartmath.training.store import tokenise
from dartmath.training.tokens import IGNORED, Dropped, Encoder, Tokens
from training.material import byte_level_tokenizer

TOOL = {"name": "multiply", "description": "Multiplies.", "parameters": {"type": "object", "properties": {}}}
CALL = {"type": "function", "function": {"name": "multiply", "arguments": {"a": 2, "b": 3}}}


def _said(role: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


TURNS = [_said("user", "What is 2 + 2?"), _said("assistant", "It is 4.")]
TURNS += [_said("user", "And 3 + 3?"), _said("assistant", "It is 6.")]
CALLS = [_said("user", "What is 2 * 3?"), _said("assistant", "", tool_calls=[CALL])]
CALLS += [_said("tool", "6", name="multiply"), _said("assistant", "It is 6.")]
CONVERSATIONS = {
    "turns": Conversation(tuple(TURNS)),
    "system": Conversation((_said("system", "Be short."), *TURNS)),
    "tools": Conversation(tuple(CALLS), [{"type": "function", "function": TOOL}]),
}
FOLDER = Path(trl.__file__).parent / "chat_templates"
# TRL's published chat templates of models of text, each with one that marks what it trains.
FAMILIES = sorted(
    path.name.removesuffix("_training.jinja")
    for path in FOLDER.glob("*_training.jinja")
    if not re.search("_vl|idefics|llava|smolvlm", path.name)
)
# Where TRL trains something else, and why ours stands: a turn is what follows the prompt of a server, to the
# token at which the model stops.
_OPENED = "the prompt opens the thoughts, so that an answer without any closes them"
OTHERWISE = {
    "cohere2": "a response ends at its first special token, <|END_RESPONSE|>",
    "deepseek_r1_distill": _OPENED,
    "deepseekv3": "the template opens a turn with a call of tools in another way than its prompt does",
    "diffusion_gemma": "a call of tools ends with the <|tool_response> that is written behind it",
    "glm4moe": "a turn ends with the opening of the next one; ours with end-of-text",
    "gptoss": "a turn ends with <|return|> when it is written, with <|end|> when it is told again",
    "phi3": "the template writes end-of-text behind the last turn's end",
    "phi3_5": "the template writes end-of-text behind the last turn's end",
    **{f"nemotron_3_{kind}": _OPENED for kind in ("5_lightning", "nano", "super", "ultra")},
}


@cache
def _tokenizer() -> Any:
    """SmolLM2's tokenizer, with the special tokens of all these templates."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(resolve_model("smollm2-135m-instruct"))
    written = "".join(path.read_text() for path in FOLDER.glob("*.jinja"))
    found = set(
        re.findall(r"<\|[^|<>\s{}']+\|>|<｜[^｜<>{}]+｜>|<(?:start|end)_of_turn>|<\|?turn\|?>", written)
    )
    tokenizer.add_tokens([AddedToken(token, special=True) for token in sorted(found)])
    return tokenizer


def _pieces(tokenizer: Any, ids: list[int], flags: list[bool]) -> list[tuple[str, str]]:
    """What is trained, piece by piece, each with what stands before it."""
    edges = [i for i, flag in enumerate([*flags, False]) if flag != ([False, *flags])[i]]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(tokenizer.decode(ids[:begin]), tokenizer.decode(ids[begin:end])) for begin, end in pairs]


def _ours(tokenizer: Any, kind: str) -> list[tuple[str, str]] | Dropped:
    found = Encoder(tokenizer, load_template("chat")).encode_conversation(CONVERSATIONS[kind])
    if isinstance(found, Dropped):
        return found
    each = [_pieces(tokenizer, one.ids, [label != IGNORED for label in one.labels]) for one in found]
    return [piece for pieces in each for piece in pieces]


def _theirs(tokenizer: Any, family: str, kind: str) -> list[str] | None:
    """What TRL trains; None where its template refuses the conversation."""
    conversation = CONVERSATIONS[kind]
    try:
        found = tokenizer.apply_chat_template(
            list(conversation.messages), tools=conversation.tools, return_dict=True,
            return_assistant_tokens_mask=True,
            chat_template=(FOLDER / f"{family}_training.jinja").read_text(),
        )  # fmt: skip
    except Exception:  # a template raises what it likes
        return None
    flags = [bool(flag) for flag in found["assistant_masks"]]
    return [text for _, text in _pieces(tokenizer, found["input_ids"], flags)]


@pytest.mark.parametrize("kind", CONVERSATIONS)
@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in OTHERWISE])
def test_what_is_trained_is_what_trl_trains_but_for_what_servers_write(family: str, kind: str) -> None:
    tokenizer = _tokenizer()
    tokenizer.chat_template = (FOLDER / f"{family}.jinja").read_text()
    theirs, ours = _theirs(tokenizer, family, kind), _ours(tokenizer, kind)
    if theirs is None:
        return
    assert not isinstance(ours, Dropped)
    assert len(ours) == len(theirs)
    for (before, mine), yours in zip(ours, theirs, strict=True):
        # TRL trains the line behind a turn, and the beginning of it that a server puts into the prompt.
        lead, found, rest = yours.partition(mine)
        assert found
        assert before.endswith(lead)
        assert not rest.strip()
        assert mine == mine.rstrip()


@pytest.mark.parametrize("kind", CONVERSATIONS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_answer_stands_behind_the_prompt_of_a_server(family: str, kind: str) -> None:
    tokenizer, conversation = _tokenizer(), CONVERSATIONS[kind]
    tokenizer.chat_template = (FOLDER / f"{family}.jinja").read_text()
    ours = _ours(tokenizer, kind)
    if isinstance(ours, Dropped):
        return
    places = [i for i, message in enumerate(conversation.messages) if message["role"] == "assistant"]
    prompts = [
        tokenizer.apply_chat_template(
            list(conversation.messages[:place]), tools=conversation.tools, add_generation_prompt=True
        )["input_ids"]
        for place in places
    ]
    found = Encoder(tokenizer, load_template("chat")).encode_conversation(conversation)
    assert not isinstance(found, Dropped)
    begun = [(one, begin) for one in found for begin in (one.prompt, *(end for _, end in one.masked))]
    assert [one.ids[:begin] for one, begin in begun] == prompts


@pytest.fixture
def chat_tokenizer(byte_tokenizer: Any) -> Any:
    tokenizer = byte_level_tokenizer()
    tokenizer.chat_template = (
        "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}"
        "{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}[assistant]{% endif %}"
    )
    return tokenizer


def _stored(path: Path, rows: list[dict[str, Any]], encoder: Encoder) -> Any:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tokenise(str(path), encoder)


def test_labels_come_through_cache_and_packing(tmp_path: Path, chat_tokenizer: Any) -> None:
    quiet = [*TURNS[:1], {**TURNS[1], "weight": 0}, *TURNS[2:]]
    rows = [{"messages": TURNS}, {"messages": quiet}, {"messages": TURNS[:2]}]
    store = _stored(tmp_path / "rows.jsonl", rows, Encoder(chat_tokenizer, load_template("chat")))
    said = [
        [text for _, text in _pieces(chat_tokenizer, one.ids, [label != IGNORED for label in one.labels])]
        for one in (store[i] for i in range(len(store)))
    ]
    assert said == [["It is 4.</s>", "It is 6.</s>"], ["It is 6.</s>"], ["It is 4.</s>"]]
    mixture = mix([store], [1.0], seed=0)
    packing = pack(mixture.lengths, 4096)
    labels = sequence(mixture, packing, 0, 0)["labels"]
    assert sum(label != IGNORED for label in labels) == mixture.trained_tokens
    assert [store[i] for i in range(3)] == [mixture[i] for i in range(3)]


def test_a_special_token_that_somebody_wrote_leaves_the_conversation_out(chat_tokenizer: Any) -> None:
    encoder = Encoder(chat_tokenizer, load_template("chat"))
    for place, reason in ((1, Dropped.SPECIAL), (2, Dropped.SPECIAL_QUERY)):
        messages = [dict(message) for message in TURNS]
        messages[place]["content"] += "</s>"
        assert encoder.encode_conversation(Conversation(tuple(messages))) is reason


# What the template of `_ended` writes behind a call and behind an answer, and what of both is trained.
ENDS = [
    ("<|call|>", "<|end|>", ["CALL<|call|>", "It is 6.<|end|>"]),
    # The next turn's opening is not of this one, nor what a template writes behind every end.
    ("<|call|>\n", "<|end|>\n<|call|>", ["CALL<|call|>", "It is 6.<|end|>"]),
    ("", "<|end|>", ["CALL<|end|>", "It is 6.<|end|>"]),
    ("<|call|> of a tool", "<|end|>", ["CALL<|call|> of a tool<|end|>", "It is 6.<|end|>"]),
]


@pytest.mark.parametrize(("call", "end", "trained"), ENDS)
def test_a_turn_ends_where_a_server_stops(call: str, end: str, trained: list[str]) -> None:
    tokenizer = byte_level_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|call|>", "<|end|>"]})
    tokenizer.chat_template = (
        "{% for m in messages %}[{{ m.role }}]{% if m.tool_calls %}CALL" + call + "{% else %}{{ m.content }}"
        "{% if m.role == 'assistant' %}" + end + "{% endif %}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}[assistant]{% endif %}"
    )
    found = _ours(tokenizer, "tools")
    assert not isinstance(found, Dropped)
    assert [text for _, text in found] == trained


@pytest.mark.parametrize(
    ("answer", "trained"),
    [
        ({"content": "It is 4."}, "</think>It is 4.</s>"),
        ({"content": "It is 4.", "reasoning_content": "2 and 2"}, "2 and 2</think>It is 4.</s>"),
    ],
)
def test_an_answer_behind_opened_thoughts_closes_them(answer: dict[str, str], trained: str) -> None:
    tokenizer = byte_level_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages %}[{{ m.role }}]{{ m.content.split('</think>')[-1] }}{% endfor %}"
        "{% if add_generation_prompt %}[assistant]<think>{% endif %}"
    )
    conversation = Conversation((_said("user", "What is 2 + 2?"), {"role": "assistant", **answer}))
    found = Encoder(tokenizer, load_template("chat")).encode_conversation(conversation)
    assert not isinstance(found, Dropped)
    text = tokenizer.decode(found[0].ids[found[0].prompt :])
    assert re.sub(r"\s*(</?think>)\s*", r"\1", text) == trained


@pytest.mark.parametrize("template", ["alpaca", "chat"])
@pytest.mark.parametrize("closed", [True, False])
def test_what_tools_printed_is_masked(template: str, closed: bool, chat_tokenizer: Any) -> None:
    code, output, rest = "So:\n```python\nprint(6)\n```\n", "```output\n6\n```\n", "It is 6."
    output, rest = (output, rest) if closed else ("```output\n6", "")
    response = code + output + rest
    encoder = Encoder(chat_tokenizer, load_template(template), mask_outputs=True)
    found = encoder.encode("What is 3 + 3?", response)
    plain = Encoder(chat_tokenizer, load_template(template)).encode("What is 3 + 3?", response)
    assert isinstance(found, Tokens)
    assert isinstance(plain, Tokens)
    assert found.ids == plain.ids
    trained = _pieces(chat_tokenizer, found.ids, [label != IGNORED for label in found.labels])
    assert [text.strip() for _, text in trained] == [code.strip(), f"{rest}</s>"]


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([_said("user", "1"), _said("robot", "2")], "a message's role is one of system"),
        ([_said("user", "1"), {"role": "assistant"}], "a message needs `content`"),
        ([_said("user", "1"), _said("assistant", "2", weight=0.5)], "`weight` of a message is 0"),
        ([_said("user", "1"), _said("user", "2")], "no answer of the assistant"),
        ("text", "must be chat messages"),
    ],
)
def test_what_is_no_conversation_is_named_by_file_and_line(
    messages: Any, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"messages": messages}) + "\n")
    reader = row_reader("sft", load_template("chat"))
    with pytest.raises(DataError, match=rf"rows\.jsonl:1: .*{message}"):
        list(read_rows(str(path), COLUMNS, reader))
