"""Rows as `dartmath export` writes them: conversations, prompts with completions, pairs, labelled responses.

Their prompts are laid out for other trainers. Here a prompt is taken apart again by the template that it was
made with, so that tokens, masks and ends are those of the rows of `dartmath curate`, and of sampling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from dartmath.base.errors import DataError
from dartmath.prompts.template import Template
from dartmath.training.conversations import ROLES, Conversation, answer_of
from dartmath.training.rows import COLUMNS, ReadRow, Row, example

# What an answer has in conversations alone.
_OF_TURNS = {"tool_calls", "weight"}


def row_reader(
    objective: str, template: Template, columns: Sequence[str] = COLUMNS, weight: str | None = None
) -> ReadRow:
    """What reads the rows of an objective.

    Responses to learn stand in `columns`, in `messages` (of several turns with a chat template), or in
    `prompt` and `completion`. Pairs have `prompt` (or `query`), `chosen` and `rejected`; labelled responses
    `prompt` (or `query`), `completion` (or `response`) and `label`. Prompts and responses are texts or chat
    messages.
    `weight` is the column of a row's weight.
    """
    readers: dict[str, ReadRow] = {
        "sft": partial(_response, template, columns),
        "dpo": partial(_pair, template),
        "kto": partial(_labelled, template),
    }
    return partial(_weighed, readers[objective], weight) if weight else readers[objective]


def _weighed(read: ReadRow, name: str, row: Any, path: str, number: int) -> Row:
    made = read(row, path, number)
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise DataError(
            f"`{name}` must be a weight, a number of at least 0, got {value!r:.60}", path=path, line=number
        )
    return replace(made, weight=float(value))


def _response(template: Template, columns: Sequence[str], row: Any, path: str, number: int) -> Row:
    plain = not isinstance(row, dict) or set(columns) <= row.keys()
    if plain or not ("messages" in row or {"prompt", "completion"} <= row.keys()):
        return example(row, path, number, columns)
    place = _Place(template, row, path, number)
    if "messages" not in row:
        return Row(place.query(), place.response("completion"), path, number)
    return place.conversation()


def _pair(template: Template, row: Any, path: str, number: int) -> Row:
    place = _Place(template, _mapping(row, path, number), path, number)
    query = place.query()
    return Row(query, place.response("chosen"), path, number, rejected=place.response("rejected"))


def _labelled(template: Template, row: Any, path: str, number: int) -> Row:
    place = _Place(template, _mapping(row, path, number), path, number)
    label = place.value("label")
    if not isinstance(label, bool):
        raise place.error(f"`label` must be true or false, got {label!r:.60}")
    name = "completion" if "completion" in place.row else "response"
    return Row(place.query(), place.response(name), path, number, label=label)


def _mapping(row: Any, path: str, number: int) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise DataError("a row of preferences is a JSON object", path=path, line=number)
    return row


class _Place:
    """A row with its place in a file and the template of its prompt."""

    def __init__(self, template: Template, row: Mapping[str, Any], path: str, number: int) -> None:
        self.template, self.row, self._path, self._number = template, row, path, number

    def error(self, message: str) -> DataError:
        return DataError(message, path=self._path, line=self._number)

    def value(self, name: str) -> Any:
        if name not in self.row:
            found = ", ".join(sorted(self.row)) or "nothing"
            raise self.error(f"no column `{name}`; the row has: {found}")
        return self.row[name]

    def query(self) -> str:
        """The bare query of the row's prompt."""
        if isinstance(self.row.get("query"), str):
            return str(self.row["query"])
        prompt = self.value("prompt")
        found = self._of_text(prompt) if isinstance(prompt, str) else self._of_messages(prompt)
        if found is None:
            raise self.error(
                f"the prompt is not laid out by template {self.template.name!r}; name the one that it was "
                "exported with: --template"
            )
        return found

    def _of_text(self, prompt: str) -> str | None:
        template = self.template
        before = template.system + template.before_query
        after = (template.after_query + template.before_response).rstrip(" ")
        fits = prompt.startswith(before) and prompt.endswith(after) and len(prompt) >= len(before + after)
        return prompt[len(before) : len(prompt) - len(after)] if fits and not template.chat else None

    def _of_messages(self, prompt: Any) -> str | None:
        messages = self._messages("prompt", prompt)
        asked, template = messages[-1]["content"], self.template
        if template.chat:
            before, after = template.before_query, template.after_query
            if not (asked.startswith(before) and asked.endswith(after)):
                return None
            asked = asked[len(before) : len(asked) - len(after)]
        return asked if messages == [dict(m) for m in template.messages(asked)] else None

    def response(self, name: str) -> str:
        """The bare response in column `name`, with its thoughts, without the template's end."""
        value = self.value(name)
        if isinstance(value, str):
            text = value.removesuffix(self.template.end) if self.template.end else value
            return text.removeprefix(self.template.lead)
        messages = self._messages(name, value)
        if len(messages) != 1 or messages[0]["role"] != "assistant":
            raise self.error(f"`{name}` must be one message of the assistant, got {value!r:.60}")
        return answer_of(value[0])

    def conversation(self) -> Row:
        """The example of a conversation: one question and its answer, or several turns of a chat template."""
        if not self._plain_chat():
            return self._question_and_answer()
        given = self.value("messages")
        if not isinstance(given, list) or not given or not all(isinstance(m, dict) for m in given):
            raise self.error(f"`messages` must be chat messages, got {given!r:.60}")
        # A Parquet file has every field in every message.
        messages = tuple({k: v for k, v in m.items() if v is not None} for m in given)
        for message in messages:
            self._check_message(message)
        if [m["role"] for m in messages] == ["user", "assistant"] and not messages[1].keys() & _OF_TURNS:
            return self._question_and_answer()
        if not any(m["role"] == "assistant" and m.get("weight") != 0 for m in messages):
            raise self.error("`messages` holds no answer of the assistant to learn")
        found = Conversation(messages, self.row.get("tools"))
        return Row("", "", self._path, self._number, conversation=found)

    def _plain_chat(self) -> bool:
        """Whether conversations are laid out by the tokenizer's chat template alone."""
        template = self.template
        return template.chat and not (template.system or template.before_query or template.after_query)

    def _check_message(self, message: Mapping[str, Any]) -> None:
        role, content, weight = message.get("role"), message.get("content", ""), message.get("weight", 1)
        if role not in ROLES:
            raise self.error(f"a message's role is one of {', '.join(ROLES)}, got {role!r:.60}")
        if not isinstance(content, str) or not (content or message.get("tool_calls") or role == "tool"):
            raise self.error(f"a message needs `content`, a text (or `tool_calls`), got {content!r:.60}")
        if weight not in (0, 1):
            raise self.error(f"the `weight` of a message is 0 (not learnt) or 1, got {weight!r:.60}")

    def _question_and_answer(self) -> Row:
        messages = self._messages("messages", self.value("messages"))
        roles = [message["role"] for message in messages]
        if roles[-2:] != ["user", "assistant"] or roles.count("assistant") != 1:
            raise self.error(
                f"template {self.template.name!r} lays out one question and its answer, got the roles "
                f"{', '.join(roles)}; conversations of several turns need the tokenizer's own chat template: "
                "--template chat"
            )
        parts = {**self.row, "prompt": self.row["messages"][:-1], "completion": self.row["messages"][-1:]}
        place = _Place(self.template, parts, self._path, self._number)
        return Row(place.query(), place.response("completion"), self._path, self._number)

    def _messages(self, name: str, value: Any) -> list[dict[str, str]]:
        whole = isinstance(value, list) and value and all(isinstance(m, dict) for m in value)
        if not whole or not all(isinstance(m.get("content"), str) and m.get("role") for m in value):
            raise self.error(f"`{name}` must be a text or chat messages, got {value!r:.60}")
        return [{"role": m["role"], "content": m["content"]} for m in value]
