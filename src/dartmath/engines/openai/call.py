"""What requests to a server look like, and one exchange with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.engines.openai.answer import Asked, Meaning, read_answer, read_stream
from dartmath.engines.openai.client import Client
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
# Both names of the limit of new tokens: OpenAI's newer models refuse the older one.
LIMITS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True, slots=True)
class Call:
    """What all requests to one server have in common.

    `extra` are the user's fields, which come last; one that is None leaves the field out. `limit` is the
    server's name for the most new tokens. `gives_reasons` and `meanings` are as in `Asked`; `probed` is the
    temperature at which the server was got to know.
    """

    endpoint: str
    model: str
    kind: str
    extra: Mapping[str, Any]
    stop: tuple[str, ...] = ()
    bos: str = ""
    seed: bool = True
    limit: str = LIMITS[0]
    gives_reasons: bool = True
    meanings: Mapping[str, Meaning] | None = None
    probed: float = 0.0

    @property
    def path(self) -> str:
        """Where requests go, after the server's URL."""
        return "/chat/completions" if self.endpoint == "chat" else "/completions"

    def body(self, request: Request, room: int | None = None) -> dict[str, Any]:
        """The JSON body of a request, for at most `room` new tokens where the context has no more.

        `ConfigError` where the prompt has no text for `completions`.
        """
        generation = request.generation
        tokens = generation.max_tokens if room is None else min(room, generation.max_tokens)
        stops = self.stops(generation)
        body = {
            "model": self.model,
            **self._prompt(request),
            "temperature": generation.temperature,
            "top_p": generation.top_p,
            self.limit: tokens,
            "seed": request.seed if self.seed else None,
            "stop": list(stops) or None,
            **PURE.get(self.kind, {}),
            **({"top_k": generation.top_k} if generation.top_k else {}),
            **self.extra,
        }
        return {name: value for name, value in body.items() if value is not None}

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


async def exchange(
    client: Client,
    call: Call,
    request: Request,
    *,
    server: str,
    stream: bool = False,
    room: int | None = None,
    heard: Callable[[], None] = lambda: None,
) -> Completion:
    """Send one request and read its answer; `heard` is called for every event of a stream.

    Raises what `Client.post` and `read_answer` raise. Cancelling closes the connection, at which the
    server aborts the generation.
    """
    body = call.body(request, room)
    tokens = next((body[name] for name in LIMITS if name in body), request.generation.max_tokens)
    asked = Asked(server, tokens, call.stops(request.generation), call.meanings or {}, call.gives_reasons)
    if not stream:
        return read_answer(await client.post(call.path, body, tokens), asked)
    body = {"stream": True, "stream_options": {"include_usage": True}, **body}
    async with aclosing(_heard(client.stream(call.path, body, tokens), heard)) as events:
        return await read_stream(events, asked)


async def _heard(
    events: AsyncGenerator[dict[str, Any]], heard: Callable[[], None]
) -> AsyncGenerator[dict[str, Any]]:
    async with aclosing(events) as source:
        async for event in source:
            heard()
            yield event
