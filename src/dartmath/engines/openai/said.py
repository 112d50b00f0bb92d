"""What the model said, collected from one choice of an answer, or from the pieces of a stream.

Every maker of servers has fields of its own. Nothing that the model wrote is thrown away: a field that
carries text and is not known here is an error, told once, with the way to say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

import orjson

from dartmath.base.errors import EngineError
from dartmath.engines.openai.client import BadAnswerError, HttpError
from dartmath.prompts.template import Prompt

Meaning = Literal["text", "thoughts", "ignore"]

# vLLM before and after its renaming, DeepSeek, SGLang, llama.cpp; OpenRouter, Ollama; Ollama's native name.
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
# What gateways say of a server that has too much, where they say it with a good status.
_BUSY = re.compile(
    r"rate.?limit|too.?many.?requests|over(?:loaded|capacity)|resource.?exhausted|"
    r"(?:server|service|engine|model)(?: is)? (?:busy|currently overloaded)",
    re.IGNORECASE,
)
_TEXT_KEYS = ("text", "value", "content", "summary")
# Fields of choices and messages that hold no text of the model's, or text that is also elsewhere.
_KNOWN = frozenset(
    (
        "content",
        "text",
        "delta",
        "message",
        "reasoning_content",
        "reasoning",
        "thinking",
        "reasoning_details",
        "refusal",
        "tool_calls",
        "function_call",
        "role",
        "index",
        "finish_reason",
        "native_finish_reason",
        "stop_reason",
        "matched_stop",
        "stopping_word",
        "logprobs",
        "prompt_logprobs",
        "annotations",
        "audio",
        "name",
        "error",
        "content_filter_results",
        "provider_specific_fields",
        "citations",
        "prompt",
        "raw_prompt",
    )
)


@dataclass(slots=True)
class Asked:
    """What an answer is read against.

    `meanings` says what the user takes further fields with text for; `gives_reasons` whether the server
    ever says why a response ended, so that one that does not is broken rather than silent. Of `responses`
    that were asked for at once, each may have `tokens`; `counts_first` is as in `Usage.divided`. Of the
    `prompt` the tokens are estimated where the server counts none.
    """

    server: str
    tokens: int
    stops: tuple[str, ...] = ()
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    gives_reasons: bool = True
    responses: int = 1
    counts_first: bool = False
    prompt: Prompt | None = None

    @property
    def prompt_size(self) -> int:
        """Bytes of the prompt, as text or as the messages are written; 0 where it is not known."""
        if self.prompt is None:
            return 0
        return len((self.prompt.text or str(self.prompt.messages)).encode())


@dataclass(slots=True)
class Said:
    """What the model said, collected from one message or from the pieces of a stream."""

    asked: Asked
    texts: list[str] = field(default_factory=list)
    thoughts: dict[str, list[str]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    calls: dict[int, dict[str, str]] = field(default_factory=dict)
    logprobs: list[float] = field(default_factory=list)
    reason: object = None

    def add(self, choice: Mapping[str, Any]) -> None:
        """Take one choice, whole or a piece of it."""
        if choice.get("error"):
            raise told_failure(choice["error"], "place of an answer")
        message = choice.get("message") or choice.get("delta") or {}
        if choice.get("text") is not None:
            self._content(choice["text"])
        self._content(message.get("content"))
        for name in _THOUGHTS:
            self._think(name, message.get(name) or choice.get(name))
        self._details(message.get("reasoning_details"))
        if isinstance(message.get("refusal"), str):
            self.refusals.append(message["refusal"])
        self._call(message)
        self._logprobs(choice.get("logprobs"))
        for row in (choice, message):
            self._unknown(row)
        reason = choice.get("finish_reason")
        # SGLang's own form, which gateways pass on: {"type": "stop", "matched": 2}.
        self.reason = (reason.get("type") if isinstance(reason, dict) else reason) or self.reason

    @property
    def text(self) -> str:
        """All that is no thought: content, then a refusal, then calls of tools as JSON lines."""
        parts = [self.said, *(orjson.dumps(call).decode() for call in self.called)]
        return parts[0] if not any(parts[1:]) else "\n".join(filter(None, parts))

    @property
    def said(self) -> str:
        """Content, then a refusal: the text without calls of tools."""
        return "\n".join(filter(None, ("".join(self.texts), "".join(self.refusals))))

    @property
    def called(self) -> list[dict[str, str]]:
        """The calls of tools in their order, each a name and arguments."""
        return [call for _, call in sorted(self.calls.items())]

    @property
    def thought(self) -> str | None:
        """The thoughts, once where several fields repeat them."""
        found = dict.fromkeys("".join(parts) for name, parts in self.thoughts.items() if name != "details")
        whole = "\n".join(filter(None, found)) or "".join(self.thoughts.get("details", ()))
        return whole or None

    def _content(self, content: Any) -> None:
        """A text, or a list of parts, or one alone: thoughts, texts, and references that carry none.

        `TypeError` for what cannot be read: nothing that the model wrote is dropped.
        """
        if isinstance(content, str):
            self.texts.append(content)
            return
        # A gateway that parses what it passes on makes a number of "7".
        if isinstance(content, int | float) and not isinstance(content, bool):
            self.texts.append(orjson.dumps(content).decode())
            return
        if content is not None and not isinstance(content, list | dict):
            raise TypeError(f"content that is none: {content!r}")
        for part in _parts([content] if isinstance(content, dict) else content):
            kind = str(part.get("type", "text"))
            if "think" in kind or "reason" in kind:
                self._think(
                    "parts", _plain(part.get("thinking") or part.get("text") or part.get("reasoning"))
                )
            elif kind == "refusal":
                self.refusals.append(_plain(part.get("refusal")))
            else:
                self.texts.append(_plain(part.get("text")))

    def _think(self, name: str, value: Any) -> None:
        if value:
            self.thoughts.setdefault(name, []).append(_plain(value))

    def _details(self, details: Any) -> None:
        """OpenRouter's list; an encrypted detail is text for nobody."""
        for part in _parts(details):
            self._think("details", _plain(part.get("text") or part.get("summary")))

    def _call(self, message: Mapping[str, Any]) -> None:
        old = message.get("function_call")
        for number, row in enumerate(_parts(message.get("tool_calls")) if not old else [{"function": old}]):
            call = self.calls.setdefault(int(row.get("index") or number), {"name": "", "arguments": ""})
            function = row.get("function") or {}
            call["name"] += function.get("name") or ""
            arguments = function.get("arguments") or ""
            call["arguments"] += arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()

    def _logprobs(self, logprobs: Any) -> None:
        """Log-probabilities of the tokens: `content` of chats, `token_logprobs` of completions."""
        if not isinstance(logprobs, dict):
            return
        rows = [row.get("logprob") for row in _parts(logprobs.get("content"))]
        found = rows or logprobs.get("token_logprobs") or ()
        self.logprobs += [float(value) for value in found if isinstance(value, int | float)]

    def _unknown(self, row: Mapping[str, Any]) -> None:
        for name, value in row.items():
            if name in _KNOWN or not isinstance(value, str):
                continue
            meaning = self.asked.meanings.get(name)
            if meaning == "thoughts":
                self._think(name, value)
            elif meaning == "text":
                self.texts.append(value)
            # A name or a signature is one word; what a model writes has several.
            elif meaning is None and len(value.split()) > 1:
                raise EngineError(
                    f"{self.asked.server} answers with text in a field {name!r} that dartmath does not know: "
                    f"{value[:60]!r}; say what it is with engine.text_fields: "
                    f"{{{name}: thoughts}} (or text, or ignore)"
                )


def _parts(value: Any) -> Iterable[Mapping[str, Any]]:
    """The mappings of a list of parts; a part that is a text stands for itself."""
    for part in value if isinstance(value, list) else ():
        if isinstance(part, dict):
            yield part
        elif isinstance(part, str):
            yield {"type": "text", "text": part}


def _plain(value: Any) -> str:
    """The text of a part, which may be a list of parts again."""
    if isinstance(value, str) or value is None:
        return value or ""
    if isinstance(value, dict):
        return _plain(next((value[key] for key in _TEXT_KEYS if value.get(key)), None))
    return "".join(_plain(part.get("text")) for part in _parts(value))


def told_failure(error: Any, where: str) -> Exception:
    """An error that comes with a good status: what its code, or its words, would have been as a status."""
    row = error if isinstance(error, dict) else {"message": error}
    code = str(row.get("code") or row.get("status") or "")
    body = orjson.dumps({"error": error}, default=str)
    if re.fullmatch("[45][0-9][0-9]", code):
        return HttpError(int(code), {}, body)
    if _BUSY.search(f"{code} {row.get('type')} {row.get('message')}"):
        return HttpError(HTTPStatus.TOO_MANY_REQUESTS, {}, body)
    return BadAnswerError(f"an error in {where}: {error}")
