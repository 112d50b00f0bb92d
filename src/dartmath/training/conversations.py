"""Conversations of several turns: what the model was given before each answer, and what it wrote then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.prompts.thoughts import with_thoughts

ROLES = ("system", "developer", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class Conversation:
    """Chat messages, and the `tools` that the chat template tells the model of; None without any."""

    messages: tuple[Mapping[str, Any], ...]
    tools: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer: the `prompt` that a server gives the model, and what it wrote.

    `laid_out` by the chat template, an answer has the template's own tokens in it, and the turn's end.
    """

    prompt: str
    answer: str
    laid_out: bool


def turns(tokenizer: Any, conversation: Conversation) -> Iterator[Turn]:
    """The answers that are learnt: all of the assistant's but those of `weight` 0.

    An answer is what the chat template makes of it behind the prompt: with its channel, with its calls of
    tools. Where the template goes on in another way than it opened the turn (it leaves thoughts out), the
    message is what was written.

    Raises what a chat template raises (`jinja2.TemplateError`, and Python's own errors in its expressions),
    and `ValueError` where a call of tools is not laid out behind the prompt.
    """
    messages = conversation.messages
    for index, message in enumerate(messages):
        if message["role"] != "assistant" or message.get("weight") == 0:
            continue
        prompt = _text(tokenizer, conversation, index, opened=True)
        whole = _text(tokenizer, conversation, index + 1, opened=False)
        if whole.startswith(prompt):
            yield Turn(prompt, whole.removeprefix(prompt), laid_out=True)
        elif message.get("tool_calls"):
            raise ValueError("a call of tools does not begin as the prompt ends")
        else:
            yield Turn(prompt, answer_of(message), laid_out=False)


def answer_of(message: Mapping[str, Any]) -> str:
    """What the model wrote in a message, its thoughts before it."""
    return with_thoughts(message.get("content") or "", message.get("reasoning_content") or None)


def written(message: Mapping[str, Any]) -> Iterator[str]:
    """All texts of a message that somebody wrote, and not the template."""
    for value in message.values():
        yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _text(tokenizer: Any, conversation: Conversation, count: int, *, opened: bool) -> str:
    """The first messages as text; `opened` for the assistant to go on."""
    # `weight` is of OpenAI's format for fine-tuning, and no template knows it.
    messages = [{k: v for k, v in m.items() if k != "weight"} for m in conversation.messages[:count]]
    return str(
        tokenizer.apply_chat_template(
            messages, tools=conversation.tools, tokenize=False, add_generation_prompt=opened
        )
    )
