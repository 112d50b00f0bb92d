"""Getting to know a server before it is trusted with trials: its kind, its model's name, its manners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dartmath.base.errors import EngineError, nearest
from dartmath.base.terminal import info, warn
from dartmath.base.text import printable
from dartmath.engines.openai.call import LIMITS, Call, exchange, exchange_several
from dartmath.engines.openai.client import BadAnswerError, HttpError
from dartmath.engines.openai.failure import OVERLOAD, error_text
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
# The share of what several responses wrote above which a server has counted them all.
_COUNTED = 0.75
# Characters of a refusal that are shown.
_SHOWN = 120
# No list of models, or none for this key: the first request says what can be had.
_NO_LIST = (400, 403, 404, 405, 501)


async def probe(server: Server, wanted: str, pinned: bool, call: Call, together: int = 1) -> Call:
    """What requests to `server` look like.

    Notes on it which parameters it ignores, as whom it answers, and how many of `together` responses it gives
    at once.

    `wanted` is the model's name; `pinned` says that it is the server's own, not the recipe's. Raises
    `EngineError` where the server has other models, and what `exchange` raises.
    """
    models = await _models(server)
    name = _pick(models, wanted, pinned, server)
    kind = str(models.get(name, {}).get("owned_by", "")).lower()
    found, first = await _first(server, replace(call, model=name, kind=kind))
    second = await _ask(server, found, 2, _generation(found))
    server.ignores = _manners(server, found, first, second)
    server.answers_as = first.answered_by.model if first.answered_by else ""
    return await _together(server, found, together, (first, second)) if together > 1 else found


async def _together(server: Server, call: Call, most: int, singles: Sequence[Completion]) -> Call:
    """The call as it is for several responses at once; notes on `server` how many of `most` it gives.

    Half as many are tried where it refuses. Copies of one response are none. `singles` are responses to the
    seeds 1 and 2.
    """
    asked = server.together = most
    refusal = ""
    while asked > 1:
        try:
            several = await _ask_together(server, call, asked)
        except (HttpError, BadAnswerError) as error:
            # It has just answered requests for one response: only too much work may be over in a moment.
            if isinstance(error, HttpError) and error.status in OVERLOAD:
                raise
            why = error_text(error.body) if isinstance(error, HttpError) else str(error)
            refusal = f"refuses {asked} responses at once ({printable(why[:_SHOWN])})"
            asked //= 2
            continue
        found = [one for one in several if isinstance(one, Completion)]
        if len(found) < asked:
            refusal, asked = f"answers {len(found)} of {asked} responses asked for at once", len(found)
        elif len(set(map(_said, found))) < asked:
            refusal, asked = "answers with copies of one response where several are asked for", 1
        else:
            await _compare(server, call, found, singles)
            call = replace(call, counts_first=_counts_first(server, call, found, singles))
            break
    server.ask_for(max(1, asked), refusal)
    return call


async def _ask_together(server: Server, call: Call, count: int) -> Sequence[Completion | BadAnswerError]:
    requests = [_request(seed, _generation(call)) for seed in range(1, count + 1)]
    return await exchange_several(server.client, call, requests, server=server.name)


async def _compare(
    server: Server, call: Call, found: Sequence[Completion], singles: Sequence[Completion]
) -> None:
    """Tell of a server that has a seed say something else where several responses are asked for at once."""
    if not call.seed or [*map(_said, found[:2])] == [*map(_said, singles)]:
        return
    if _said(await _ask(server, call, 1, _generation(call))) == _said(singles[0]):
        warn(
            f"{server.name} gives other responses to the same seeds where several are asked for at once: a "
            "run that is killed gets others for those that were in flight (engine.n: 1 keeps them)"
        )


def _counts_first(
    server: Server, call: Call, found: Sequence[Completion], singles: Sequence[Completion]
) -> bool:
    """Whether it counts the tokens of the first response alone; a word where it does."""
    if any("estimated" in one.details for one in found):
        return False
    counted = sum(one.completion_tokens for one in found)
    if all(one.finish_reason == "length" for one in found):
        written = float(len(found) * _generation(call).max_tokens)
    else:
        tokens = sum(one.completion_tokens for one in singles)
        written = tokens * sum(len(_said(one)) for one in found) / max(1, sum(map(len, map(_said, singles))))
    if counted > _COUNTED * written:
        return False
    info(
        f"{server.name} counts the tokens of the first of several responses alone: those of the others are "
        "estimated from their length"
    )
    return True


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
    return await exchange(server.client, call, _request(seed, generation), server=server.name)


def _request(seed: int, generation: Generation) -> Request:
    return Request("probe", _PROBE, generation, seed)


def _said(found: Completion) -> str:
    return f"{found.thoughts or ''}{found.text}"


def _generation(call: Call) -> Generation:
    """How a server is asked that was got to know so."""
    return _WILD if call.probed == _WILD.temperature else _MILD


def _manners(server: Server, call: Call, first: Completion, second: Completion) -> list[str]:
    """Parameters that the server silently ignores; a warning where it does not count tokens."""
    one, two = _said(first), _said(second)
    if one and "estimated" in first.details:
        warn(
            f"{server.name} does not say how many tokens its responses have: for budgets and prices they are "
            "estimated from the length of the texts"
        )
    ignored = []
    if one == two and one:
        ignored.append("temperature or seed" if call.seed else "temperature")
    limit = _TOKENS if call.probed == _WILD.temperature else 2 * _TOKENS
    if max(first.completion_tokens, second.completion_tokens) > limit:
        ignored.append("max_tokens")
    return ignored
