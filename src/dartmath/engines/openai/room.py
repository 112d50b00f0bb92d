"""How many tokens a context has left for a response, read from the error of a server that refused more."""

from __future__ import annotations

import re

# vLLM (three wordings), OpenAI, DeepSeek, SGLang, LiteLLM: the context, then the prompt's tokens.
# https://github.com/vllm-project/vllm/issues/20409 https://github.com/vllm-project/vllm/issues/34340
_CONTEXT = re.compile(r"(?:context length (?:is|of)(?: only)?|context length \(?|n_ctx\W+)\s*(\d{1,8})")
_PROMPT = re.compile(
    r"\((\d{1,8}) (?:tokens )?(?:in|from) the (?:messages|prompt|input)"
    r"|(?:request has|prompt contains(?: at least)?|contains) (\d{1,8}) (?:input )?tokens"
    r"|(\d{1,8}) (?:text )?tokens (?:in|from) the (?:text|messages|prompt|input)"
)
# Anthropic, and gateways to it: the prompt, what was asked for, and the context.
# https://github.com/continuedev/continue/issues/6080
_SUM = re.compile(r"context limit: (\d{1,8}) \+ \d{1,8} > (\d{1,8})")


def room_left(said: str) -> int:
    """New tokens that fit beside the prompt, by the error text `said`; 0 where it does not say, or none do.

    >>> room_left("maximum context length is 700 tokens. However, you requested 750 (494 in the messages")
    206
    >>> room_left("input length and `max_tokens` exceed context limit: 493 + 40 > 512, decrease input length")
    19
    """
    if parts := _SUM.search(said):
        return max(0, int(parts[2]) - int(parts[1]))
    context, prompt = _CONTEXT.search(said), _PROMPT.search(said)
    if not context or not prompt:
        return 0
    tokens = next(int(group) for group in prompt.groups() if group)
    return max(0, int(context[1]) - tokens)
