"""What requests to a server look like, and one exchange with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from dartmath.base.errors import ConfigError
from dartmath.engines.openai.answer import only, read_answers, read_stream
from dartmath.engines.openai.client import BadAnswerError, Client
from dartmath.engines.openai.said import Asked, Meaning
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
    server's name for the most new tokens. `gives_reasons`, `counts_first` and `meanings` are as in `Asked`;
    `probed` is the temperature at which the server was got to know. With `in_series` the seeds are those that
    several responses to one request have (see `Request.series_seed`).
    """

    endpoint: str
    model: str
    kind: str
    extra: Mapping[str, Any]
    stop: tuple[str, ...] = ()
    bos: str = ""
    seed: bool = True
    limit: str = LIMITS[0]
    in_series: bool = False
    gives_reasons: bool = True
    counts_first: bool = False
    meanings: Mapping[str, Meaning] | None = None
    probed: float = 0.0

    @property
    def path(self) -> str:
        """Where requests go, after the server's URL."""
        return "/chat/completions" if self.endpoint == "chat" else "/completions"

    def body(self, request: Request, room: int | None = None, responses: int = 1) -> dict[str, Any]:
        """The JSON body of a request for so many `responses`, of at most `room` new tokens each where the
        context has no more.

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
            "seed": self.seed_of(request) if self.seed else None,
            "n": responses if responses > 1 else None,
            "stop": list(stops) or None,
            **PURE.get(self.kind, {}),
            **({"top_k": generation.top_k} if generation.top_k else {}),
            **self.extra,
        }
        return {name: value for name, value in body.items() if value is not None}

    def seed_of(self, request: Request) -> int:
        """The seed that is sent for a request."""
        return request.series_seed if self.in_series and request.series_seed is not None else request.seed

    def stops(self, generation: Generation) -> tuple[str, ...]:
        """Stop strings of the request and the template, each once."""
        return tuple(dict.fromkeys((*generation.stop, *self.stop)))

    def _prompt(self, request: Request) -> dict[str, Any]:
        if self.endpoint == "chat":
            return {"messages": list(request.prompt.messages), "tools": list(request.tools) or None}
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
    """As `exchange_several` for one request."""
    several = exchange_several(client, call, [request], server=server, stream=stream, room=room, heard=heard)
    return only(await several)


async def exchange_several(
    client: Client,
    call: Call,
    requests: Sequence[Request],
    *,
    server: str,
    stream: bool = False,
    room: int | None = None,
    heard: Callable[[], None] = lambda: None,
) -> Sequence[Completion | BadAnswerError]:
    """Send requests that differ in their seeds alone as one, and read as many responses to it, or fewer.

    `heard` is called for every event of a stream. Raises what `Client.post` and `read_answers` raise.
    Cancelling closes the connection, at which the server aborts the generation.
    """
    first = requests[0]
    body = call.body(first, room, len(requests))
    tokens = next((body[name] for name in LIMITS if name in body), first.generation.max_tokens)
    asked = Asked(
        server,
        tokens,
        call.stops(first.generation),
        call.meanings or {},
        call.gives_reasons,
        len(requests),
        call.counts_first,
        first.prompt,
    )
    most = tokens * len(requests)
    if not stream:
        return read_answers(await client.post(call.path, body, most), asked)
    body = {"stream": True, "stream_options": {"include_usage": True}, **body}
    async with aclosing(_heard(client.stream(call.path, body, most), heard)) as events:
        return await read_stream(events, asked)


async def _heard(
    events: AsyncGenerator[dict[str, Any]], heard: Callable[[], None]
) -> AsyncGenerator[dict[str, Any]]:
    async with aclosing(events) as source:
        async for event in source:
            heard()
            yield event
