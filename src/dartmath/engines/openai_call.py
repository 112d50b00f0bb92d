"""One HTTP exchange with an OpenAI-compatible server, and everything that may be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.engines.protocol import Completion, Generation, Request

# What switches off the filters and penalties that a server applies unless told otherwise, by the
# `owned_by` of its models. vLLM and SGLang take defaults from the model's generation_config.
# https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#extra-parameters
# https://docs.sglang.ai/basic_usage/sampling_params.html
# https://github.com/ggml-org/llama.cpp/tree/master/tools/server#post-completion-given-a-prompt-it-returns-the-predicted-completion
PURE: dict[str, dict[str, Any]] = {
    "vllm": {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
    "sglang": {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
    "llamacpp": {"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0},
}


# No tokenizer's tokens are longer than a few hundred characters; a text beyond this is none of `max_tokens`.
_TOKEN_CHARS = 1024
_MOST_TOKENS = 2**31 - 1


class BadAnswerError(Exception):
    """Status 200, but not an answer: no JSON, half a body, no choices, no finish reason."""


@dataclass(frozen=True, slots=True)
class Call:
    """What all requests to one server have in common."""

    endpoint: str
    model: str
    kind: str
    extra: Mapping[str, Any]
    stop: tuple[str, ...] = ()
    bos: str = ""

    def body(self, request: Request) -> dict[str, Any]:
        """The JSON body of a request; `ConfigError` where the prompt has no text for `completions`."""
        generation = request.generation
        return {
            "model": self.model,
            **self._prompt(request),
            "temperature": generation.temperature,
            "top_p": generation.top_p,
            "max_tokens": generation.max_tokens,
            "seed": request.seed,
            **({"stop": list(self.stops(generation))} if self.stops(generation) else {}),
            **PURE.get(self.kind, {}),
            **({"top_k": generation.top_k} if generation.top_k else {}),
            **self.extra,
        }

    def stops(self, generation: Generation) -> tuple[str, ...]:
        """Stop strings of the request and the template, each once."""
        return tuple(dict.fromkeys((*generation.stop, *self.stop)))

    def _prompt(self, request: Request) -> dict[str, Any]:
        if self.endpoint == "chat":
            return {"messages": list(request.prompt.messages)}
        if request.prompt.text is None:
            raise ConfigError(
                "template 'chat' on the completions endpoint needs the model's tokenizer: give model.name "
                "as a folder or Hub id that can be loaded here, or set engine.endpoint to chat"
            )
        # The server adds the beginning-of-text token itself; twice would be another prompt.
        return {"prompt": request.prompt.text.removeprefix(self.bos)}


async def exchange(client: Any, call: Call, request: Request, *, stream: bool) -> Completion:
    """Send one request and read its answer.

    Raises `BadAnswerError`, or the `openai` client's own errors. Cancelling closes the connection,
    at which the server aborts the generation.
    """
    api = client.chat.completions if call.endpoint == "chat" else client.completions
    body = call.body(request)
    fields = {"model": body.pop("model"), "extra_body": body}
    fields["messages" if call.endpoint == "chat" else "prompt"] = body.pop(
        "messages" if call.endpoint == "chat" else "prompt"
    )
    if stream:
        answer = await _read_stream(api, fields)
    else:
        raw = await api.with_raw_response.create(**fields)
        answer = read_json(raw.text)
    found = _completion(answer, call.stops(request.generation))
    if len(found.text) > _TOKEN_CHARS * request.generation.max_tokens:
        raise BadAnswerError(
            f"a text of {len(found.text):,} characters for at most {request.generation.max_tokens} tokens"
        )
    return found


async def _read_stream(api: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """All chunks of a stream, joined to the form of an answer that is not streamed."""
    fields["extra_body"] |= {"stream_options": {"include_usage": True}}
    parts: list[str] = []
    finish, usage, model = None, None, None
    try:
        async with await api.create(**fields, stream=True) as chunks:
            async for chunk in chunks:
                row = chunk.to_dict()
                usage, model = row.get("usage") or usage, row.get("model") or model
                for choice in row.get("choices") or ():
                    parts.append(choice.get("text") or (choice.get("delta") or {}).get("content") or "")
                    finish = choice.get("finish_reason") or finish
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise BadAnswerError(f"a broken stream: {error}") from error
    choices = [{"text": "".join(parts), "finish_reason": finish}]
    return {"choices": choices, "usage": usage, "model": model}


def read_json(text: str) -> dict[str, Any]:
    """The JSON object that a server answered; `BadAnswerError` for anything else."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadAnswerError(f"no JSON but {text[:80]!r}") from error
    if not isinstance(answer, dict):
        raise BadAnswerError(f"no JSON object but {text[:80]!r}")
    return answer


def _completion(answer: dict[str, Any], stops: tuple[str, ...]) -> Completion:
    try:
        choice = answer["choices"][0]
        text = choice["message"].get("content") or "" if "message" in choice else choice["text"]
        finish = choice["finish_reason"]
        usage = answer.get("usage") or {}
        counts = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadAnswerError(f"no completion but {str(answer)[:80]!r}") from error
    if not isinstance(text, str) or not isinstance(finish, str) or finish in ("abort", "error"):
        raise BadAnswerError(f"an unfinished answer (finish_reason {finish!r})")
    if finish == "content_filter":
        return Completion(text, "error", *counts, error="the server's content filter stopped the response")
    places = [place for stop in stops if (place := text.find(stop)) >= 0]
    text = text[: min(places)] if places else text
    reason = "length" if finish == "length" and not places else "stop"
    return Completion(text, reason, *counts, details={"model": answer.get("model")})


def _count(tokens: Any) -> int:
    """A number of tokens, 0 where none is given; `ValueError` for what cannot be one."""
    count = int(tokens or 0)
    if not 0 <= count <= _MOST_TOKENS:
        raise ValueError(f"{count} tokens")
    return count
