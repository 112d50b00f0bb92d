"""Pass@1 of a model while it trains, by the embedded engine's decoder. Import only where training starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dartmath.engines.protocol import Completion, Generation, Request
from dartmath.engines.stops import context_length, ends
from dartmath.engines.transformers_cache import check_supported
from dartmath.engines.transformers_decoder import Decoder, DecodingRow
from dartmath.engines.transformers_memory import CacheBudget
from dartmath.prompts.template import Template, encode_prompt
from dartmath.queries.query import Query
from dartmath.training.export_check import plain_attention
from dartmath.verify.extract.thoughts import opens_thought
from dartmath.verify.judge import grade

_SLOTS = 16  # answers that are decoded together: few, since weights, gradients and optimiser lie beside them
_PROMPT_CACHE = 64 * 2**20


def pass_at_1(
    model: Any, tokenizer: Any, template: Template, queries: Sequence[Query], *, max_tokens: int
) -> float:
    """The share of `queries` that `model` answers right, one greedy response each.

    The model is in evaluation mode and lies on one device. Raises `EngineError` for an architecture that
    the embedded engine cannot decode.
    """
    check_supported(model)
    right = 0
    with plain_attention(model):
        answers = _answers(model, tokenizer, template, queries, max_tokens)
    for query, answer in zip(queries, answers, strict=True):
        prompt = template.render(query.text, tokenizer=tokenizer).text or ""
        thinks = opens_thought(prompt)
        verdict = grade(query, answer.text, finish_reason=answer.finish_reason, in_thought=thinks)
        right += verdict.correct
    return right / len(queries)


def _answers(
    model: Any, tokenizer: Any, template: Template, queries: Sequence[Query], max_tokens: int
) -> list[Completion]:
    """One greedy response to each query."""
    budget = CacheBudget(_SLOTS, model.device, None, tell=lambda said: None)
    decoder = Decoder(model, tokenizer, _SLOTS, _PROMPT_CACHE, budget)
    context = context_length(model.config, tokenizer)
    stops = ends(tokenizer, model.generation_config, template)
    found: dict[int, Completion] = {}
    for number, query in enumerate(queries):
        prompt = template.render(query.text, tokenizer=tokenizer)
        ids = tuple(encode_prompt(tokenizer, prompt.text or ""))
        request = Request(query.id, prompt, Generation(temperature=0.0, max_tokens=max_tokens), seed=0)
        room = context - len(ids)
        if room <= 0:
            found[number] = Completion("", "error", prompt_tokens=len(ids), error="the prompt is too long")
            continue
        done = _Keep(found, number)
        decoder.waiting.append(DecodingRow(request, ids, min(max_tokens, room), stops, done))
    while decoder.busy:
        decoder.step()
    return [found[number] for number in range(len(queries))]


class _Keep:
    """Keeps the completion of one query."""

    def __init__(self, found: dict[int, Completion], number: int) -> None:
        self._found, self._number = found, number

    def __call__(self, completion: Completion) -> None:
        self._found[self._number] = completion
