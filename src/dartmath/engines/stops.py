"""Where a response ends: end-of-text tokens, stop strings, and the model's context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dartmath.prompts.template import Template

# Tokenizers without a known length report a huge number.
_UNKNOWN_LENGTH = 10**9


@dataclass(frozen=True, slots=True)
class Ends:
    """What ends a response: token ids (not part of its text) and strings (cut off)."""

    ids: frozenset[int]
    strings: tuple[str, ...]


def ends(
    tokenizer: Any, generation_config: Any, template: Template | None, strings: Iterable[str] = ()
) -> Ends:
    """All ends of a response: the model's own, the template's and the request's.

    A stop string that is a single special token, such as "<|im_end|>", ends a response by its id,
    since special tokens do not show in the text.
    """
    listed = getattr(generation_config, "eos_token_id", None)
    ids = {tokenizer.eos_token_id, *(listed if isinstance(listed, list) else [listed])}
    texts = dict.fromkeys(strings)
    if template is not None:
        texts |= dict.fromkeys(text for text in (*template.stops, template.end) if text.strip())
    special = {t.content: token for token, t in tokenizer.added_tokens_decoder.items() if t.special}
    ids |= {special.get(text) for text in texts}
    return Ends(frozenset(ids - {None}), tuple(text for text in texts if text not in special))


def context_length(config: Any, tokenizer: Any) -> int:
    """Most tokens of prompt and response together; unbounded where nothing says."""
    text_config = config.get_text_config() if hasattr(config, "get_text_config") else config
    length = getattr(text_config, "max_position_embeddings", None)
    if isinstance(length, int) and length > 0:
        return length
    known = tokenizer.model_max_length
    return int(known) if known and known < _UNKNOWN_LENGTH else _UNKNOWN_LENGTH


def prompt_error(length: int, context: int) -> str:
    """What is wrong with a prompt of `length` tokens; empty when it leaves room for a response."""
    if not length:
        return "the prompt is empty"
    if length < context:
        return ""
    too_long = f"the prompt has {length} tokens, more than the model's context of {context} has room for"
    return f"{too_long}; drop the query or use fewer shots"
