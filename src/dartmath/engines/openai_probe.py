"""Getting to know a server before it is trusted with trials: its kind, its model's name, its manners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dartmath.base.errors import EngineError, nearest
from dartmath.base.terminal import warn
from dartmath.engines.openai_call import BadAnswerError, Call, exchange, read_json
from dartmath.engines.openai_server import Server
from dartmath.engines.protocol import Generation, Request
from dartmath.prompts.template import Prompt

_TOKENS = 12
# At this temperature two responses of a dozen tokens agree only where the temperature is ignored.
_WILD = Generation(temperature=2.0, max_tokens=_TOKENS)
_PROBE = Prompt("Once upon a time", ({"role": "user", "content": "Tell me a story."},))


async def probe(server: Server, wanted: str, pinned: bool, call: Call) -> Call:
    """What requests to `server` look like; notes in `server.ignores` which parameters it ignores.

    `wanted` is the model's name; unless `pinned`, the only model of a server is taken whatever its
    name. Raises `EngineError` where the server has other models, and what `exchange` raises.
    """
    models = await _models(server)
    name = _pick(models, wanted, pinned, server)
    kind = str(models.get(name, {}).get("owned_by", "")).lower()
    found = replace(call, model=name, kind=kind)
    server.ignores = await _manners(server, found)
    return found


async def _models(server: Server) -> Mapping[str, Mapping[str, Any]]:
    """Rows of /v1/models by id; empty where the server does not have it."""
    import openai

    try:
        raw = await server.client.models.with_raw_response.list(timeout=20)
        return {str(row["id"]): {**row} for row in read_json(raw.text).get("data") or []}
    except (openai.NotFoundError, BadAnswerError, KeyError, TypeError):
        return {}


def _pick(models: Mapping[str, object], wanted: str, pinned: bool, server: Server) -> str:
    if not models or wanted in models:
        return wanted
    if len(models) == 1 and not pinned:
        return next(iter(models))
    raise EngineError(f"{server.name} has no model {wanted!r}{nearest(wanted, models)}; set engine.model")


async def _manners(server: Server, call: Call) -> list[str]:
    """Parameters that the server silently ignores; a warning where it does not count tokens."""
    first = await exchange(server.client, call, Request("probe", _PROBE, _WILD, 1), stream=False)
    second = await exchange(server.client, call, Request("probe", _PROBE, _WILD, 2), stream=False)
    if first.text and not first.completion_tokens:
        warn(
            f"{server.name} does not say how many tokens its responses have: they count as none towards "
            "budgets and prices, and its concurrency is not found by itself (set engine.concurrency)"
        )
    ignored = []
    if first.text == second.text and first.text:
        ignored.append("temperature or seed")
    if max(first.completion_tokens, second.completion_tokens) > _TOKENS:
        ignored.append("max_tokens")
    if await _choices(server, call) < 2:
        ignored.append("n")
    return ignored


async def _choices(server: Server, call: Call) -> int:
    """How many choices come back when two are asked for; 2 where the server refuses aloud."""
    import httpx2
    import openai

    body = call.body(Request("probe", _PROBE, replace(_WILD, max_tokens=1), 1))
    path = "/chat/completions" if call.endpoint == "chat" else "/completions"
    try:
        raw = await server.client.post(path, body={**body, "n": 2}, cast_to=httpx2.Response)
    except openai.BadRequestError:
        return 2
    choices = read_json(raw.text).get("choices")
    return len(choices) if isinstance(choices, list) else 0
