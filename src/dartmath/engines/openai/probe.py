"""Getting to know a server before it is trusted with trials: its kind, its model's name, its manners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dartmath.base.errors import EngineError, nearest
from dartmath.base.terminal import warn
from dartmath.engines.openai.call import LIMITS, Call, exchange
from dartmath.engines.openai.client import BadAnswerError, HttpError
from dartmath.engines.openai.identity import same_model
from dartmath.engines.openai.server import Server
from dartmath.engines.protocol import Completion, Generation, Request
from dartmath.prompts.template import Prompt

_TOKENS = 12
# At this temperature two responses of a dozen tokens agree only where the temperature is ignored.
_WILD = Generation(temperature=2.0, max_tokens=_TOKENS)
# What services that refuse 2.0 take; more tokens, since there is less chance in each.
_MILD = Generation(temperature=1.0, max_tokens=2 * _TOKENS)
_PROBE = Prompt("Once upon a time", ({"role": "user", "content": "Tell me a story."},))
_MODELS_SECONDS = 20.0
# No list of models, or none for this key: the first request says what can be had.
_NO_LIST = (400, 403, 404, 405, 501)


async def probe(server: Server, wanted: str, pinned: bool, call: Call) -> Call:
    """What requests to `server` look like; notes on it which parameters it ignores, and as whom it answers.

    `wanted` is the model's name; `pinned` says that it is the server's own, not the recipe's. Raises
    `EngineError` where the server has other models, and what `exchange` raises.
    """
    models = await _models(server)
    name = _pick(models, wanted, pinned, server)
    kind = str(models.get(name, {}).get("owned_by", "")).lower()
    found, first = await _first(server, replace(call, model=name, kind=kind))
    second = await _ask(server, found, 2, _WILD if found.probed == _WILD.temperature else _MILD)
    server.ignores = _manners(server, found, first, second)
    server.answers_as = first.answered_by.model if first.answered_by else ""
    return found


async def _models(server: Server) -> Mapping[str, Mapping[str, Any]]:
    """Rows of /v1/models by id; empty where the server does not have it."""
    try:
        answer = await server.client.get("/models", _MODELS_SECONDS)
        return {str(row["id"]): {**row} for row in answer.get("data") or []}
    except HttpError as error:
        if error.status not in _NO_LIST:
            raise
        return {}
    except (BadAnswerError, KeyError, TypeError):
        return {}


def _pick(models: Mapping[str, Mapping[str, Any]], wanted: str, pinned: bool, server: Server) -> str:
    """The server's name of the model: the wanted one, or another name of the same."""
    if not models or wanted in models:
        return wanted
    for name, row in models.items():
        if same_model(wanted, name) or (row.get("root") and same_model(wanted, str(row["root"]))):
            return name
    others = ", ".join(repr(name) for name in list(models)[:3])
    if pinned or len(models) > 1:
        raise EngineError(
            f"{server.name} has no model {wanted!r}{nearest(wanted, models)}, but {others}; set engine.model"
        )
    raise EngineError(
        f"{server.name} serves {others}, and the recipe's model is {wanted!r}; serve that one, or, if they "
        f"are the same, set engine.model to {others}"
    )


async def _first(server: Server, call: Call) -> tuple[Call, Completion]:
    """The first response, and the call as the server takes it.

    What it refuses by name is changed, once each: the limit's older name, a seed, a high temperature.
    """
    generation = _WILD
    while True:
        try:
            found = await _ask(server, call, 1, generation)
            return replace(call, probed=generation.temperature), found
        except HttpError as error:
            said = error.body.decode("utf-8", "replace").lower()
            if error.status not in (400, 422):
                raise
            if LIMITS[1] in said and call.limit != LIMITS[1]:
                call = replace(call, limit=LIMITS[1])
            elif "seed" in said and call.seed:
                warn(
                    f"{server.name} takes no seed: responses cannot be had again (engine.seed: false says so)"
                )
                call = replace(call, seed=False)
            elif "temperature" in said and generation is _WILD:
                generation = _MILD
            else:
                raise
        except BadAnswerError:
            # A server that never says why a response ended is told from one that breaks off.
            if not call.gives_reasons:
                raise
            call = replace(call, gives_reasons=False)
            found = await _ask(server, call, 1, generation)
            warn(
                f"{server.name} does not say why a response ended: it counts as cut off where it has as many "
                "tokens as were asked for"
            )
            return replace(call, probed=generation.temperature), found


async def _ask(server: Server, call: Call, seed: int, generation: Generation) -> Completion:
    return await exchange(server.client, call, Request("probe", _PROBE, generation, seed), server=server.name)


def _manners(server: Server, call: Call, first: Completion, second: Completion) -> list[str]:
    """Parameters that the server silently ignores; a warning where it does not count tokens."""
    one, two = (f"{found.thoughts or ''}{found.text}" for found in (first, second))
    if one and not first.completion_tokens:
        warn(
            f"{server.name} does not say how many tokens its responses have: they count as none towards "
            "budgets and prices"
        )
    ignored = []
    if one == two and one:
        ignored.append("temperature or seed" if call.seed else "temperature")
    limit = _TOKENS if call.probed == _WILD.temperature else 2 * _TOKENS
    if max(first.completion_tokens, second.completion_tokens) > limit:
        ignored.append("max_tokens")
    return ignored
