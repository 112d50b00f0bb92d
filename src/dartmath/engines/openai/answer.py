"""What a server's answer says: text, thoughts apart from it, why it ended, who answered, what it cost.

Every maker of servers has fields of its own. Nothing that the model wrote is thrown away: a field that
carries text and is not known here is an error, told once, with the way to say what it is.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from dartmath.base.errors import EngineError
from dartmath.base.terminal import warn
from dartmath.engines.finish import Ended, ended
from dartmath.engines.openai.client import BadAnswerError, HttpError
from dartmath.engines.protocol import Answerer, Completion

Meaning = Literal["text", "thoughts", "ignore"]

# vLLM before and after its renaming, DeepSeek, SGLang, llama.cpp; OpenRouter, Ollama; Ollama's native name.
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
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
# No tokenizer's tokens are longer than a few hundred characters; a text beyond this is none of `max_tokens`.
_TOKEN_CHARS = 1024
_MOST_TOKENS = 2**31 - 1


@dataclass(slots=True)
class Asked:
    """What an answer is read against.

    `meanings` says what the user takes further fields with text for; `gives_reasons` whether the server
    ever says why a response ended, so that one that does not is broken rather than silent.
    """

    server: str
    tokens: int
    stops: tuple[str, ...] = ()
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    gives_reasons: bool = True


@dataclass(slots=True)
class _Said:
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
            raise _failure(choice["error"], "place of an answer")
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
        self.reason = choice.get("finish_reason") or self.reason

    @property
    def text(self) -> str:
        """All that is no thought: content, then a refusal, then calls of tools as JSON lines."""
        calls = [orjson.dumps(call).decode() for _, call in sorted(self.calls.items())]
        parts = ["".join(self.texts), "".join(self.refusals), *calls]
        return parts[0] if not any(parts[1:]) else "\n".join(filter(None, parts))

    @property
    def thought(self) -> str | None:
        """The thoughts, once where several fields repeat them."""
        found = dict.fromkeys("".join(parts) for name, parts in self.thoughts.items() if name != "details")
        whole = "\n".join(filter(None, found)) or "".join(self.thoughts.get("details", ()))
        return whole or None

    def _content(self, content: Any) -> None:
        """A text, or a list of parts: thoughts, texts, and references that carry none."""
        if isinstance(content, str):
            self.texts.append(content)
            return
        for part in _parts(content):
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


def read_answer(answer: Mapping[str, Any], asked: Asked) -> Completion:
    """The response in one whole answer.

    Raises `BadAnswerError` where there is none, and `HttpError` for an error that has a code.
    """
    if answer.get("error"):
        raise _failure(answer["error"], "place of an answer")
    said = _Said(asked)
    try:
        choices = answer["choices"]
        for choice in choices[:1]:
            if "text" not in choice and not isinstance(choice["message"], dict):
                raise TypeError("no message")
            said.add(choice)
        usage = _Usage.of(answer.get("usage"))
        # A thinker that spent all its tokens before it said anything: some gateways leave the choice out.
        if not choices and usage.completion >= asked.tokens:
            said.reason = "length"
        elif not choices:
            raise IndexError("no choices")
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadAnswerError(f"no completion but {str(answer)[:80]!r}") from error
    return _completion(said, usage, answer)


async def read_stream(events: AsyncIterator[Mapping[str, Any]], asked: Asked) -> Completion:
    """The response in the events of a stream; `BadAnswerError` where it ends before the response does.

    As `read_answer` with an error among the events.
    """
    said, about, usage = _Said(asked), dict[str, Any](), None
    async for event in events:
        choices = event.get("choices") or []
        if not isinstance(choices, list):
            raise BadAnswerError(f"a broken stream: choices {choices!r}")
        if any(isinstance(choice, dict) and "message" in choice for choice in choices):
            return read_answer(event, asked)
        if event.get("error"):
            raise _failure(event["error"], "a stream")
        try:
            for choice in choices:
                said.add(choice)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadAnswerError(f"a broken stream: {error}") from error
        usage = event.get("usage") or usage
        about |= {name: event[name] for name in ("model", "system_fingerprint") if event.get(name)}
    if said.reason is None:
        raise BadAnswerError("a stream that ends before the response does")
    try:
        return _completion(said, _Usage.of(usage), about)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadAnswerError(f"a broken stream: {error}") from error


def _completion(said: _Said, usage: _Usage, about: Mapping[str, Any]) -> Completion:
    asked, text, thoughts = said.asked, said.text, said.thought
    if len(text) + len(thoughts or "") > _TOKEN_CHARS * asked.tokens:
        raise BadAnswerError(f"a text of {len(text):,} characters for at most {asked.tokens} tokens")
    reason = _reason(said, usage)
    if not text and not thoughts and not usage.completion:
        # A response that ends at once has its end-of-text token, and one that a gateway gave up has none.
        raise BadAnswerError("an empty answer for which no token was written")
    places = [place for stop in asked.stops if (place := text.find(stop)) >= 0]
    text = text[: min(places)] if places else text
    return Completion(
        text,
        "stop" if places else reason,
        usage.prompt,
        usage.completion,
        cached_tokens=usage.cached,
        reasoning_tokens=usage.reasoning,
        thoughts=thoughts,
        logprob=sum(said.logprobs) / len(said.logprobs) if said.logprobs else None,
        answered_by=Answerer(
            asked.server, str(about.get("model") or ""), _word(about.get("system_fingerprint"))
        ),
    )


def _reason(said: _Said, usage: _Usage) -> str:
    """ "stop" or "length"; `BadAnswerError` for a response that did not end by itself or at its limit."""
    reason, asked = said.reason, said.asked
    if reason is not None and not isinstance(reason, str):
        raise BadAnswerError(f"a finish reason that is none: {reason!r}")
    meaning = ended(reason)
    cut = "length" if usage.completion >= asked.tokens else "stop"
    if meaning is Ended.WHOLE:
        return "stop"
    if meaning is Ended.CUT:
        return "length"
    if meaning is Ended.FILTERED:
        raise BadAnswerError(f"the server's filter withheld the response ({reason})", filtered=True)
    if reason is None and not asked.gives_reasons:
        return cut
    if meaning is Ended.BROKEN:
        raise BadAnswerError(f"an unfinished answer (finish_reason {reason!r})")
    _tell(asked.server, str(reason))
    return cut


# A server that makes up a reason for every answer shall fill neither the memory nor the terminal.
_MOST_TOLD = 100
_told: set[tuple[str, str]] = set()


def _tell(server: str, reason: str) -> None:
    """Say once that a finish reason is not known."""
    if (server, reason) not in _told and len(_told) < _MOST_TOLD:
        _told.add((server, reason))
        warn(
            f"{server} ends responses with a reason that dartmath does not know, {reason[:40]!r}; they count "
            "as whole, or as cut off where they have as many tokens as were asked for"
        )


@dataclass(frozen=True, slots=True)
class _Usage:
    """Tokens of the prompt, with those that the server had cached, and of all that the model wrote.

    `completion` has the thoughts in it, which are `reasoning` where the server counts them.
    """

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    reasoning: int = 0
    given: bool = False

    @classmethod
    def of(cls, usage: Any) -> _Usage:
        if not usage:
            return cls()
        prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
        thought = _count((usage.get("completion_tokens_details") or {}).get("reasoning_tokens"))
        # xAI and Gemini count thoughts beside the answer; OpenAI and vLLM count them in it.
        if thought and _count(usage.get("total_tokens")) == prompt + completion + thought:
            completion += thought
        details = usage.get("prompt_tokens_details") or {}
        # DeepSeek has a field of its own beside the count.
        cached = _count(details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens"))
        return cls(prompt, completion, min(cached, prompt), min(thought, completion), given=True)


def _count(tokens: Any) -> int:
    """A number of tokens, 0 where none is given; `ValueError` for what cannot be one."""
    count = int(tokens or 0)
    if not 0 <= count <= _MOST_TOKENS:
        raise ValueError(f"{count} tokens")
    return count


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
        return _plain(value.get("text") or value.get("value"))
    return "".join(_plain(part.get("text")) for part in _parts(value))


def _word(value: Any) -> str | None:
    return value[:100] if isinstance(value, str) and value else None


def _failure(error: Any, where: str) -> Exception:
    """An error that comes with a good status: what its code would have been as a status, where it has one."""
    code = str(error.get("code") or error.get("status") or "") if isinstance(error, dict) else ""
    if re.fullmatch("[45][0-9][0-9]", code):
        return HttpError(int(code), {}, orjson.dumps({"error": error}, default=str))
    return BadAnswerError(f"an error in {where}: {error}")
