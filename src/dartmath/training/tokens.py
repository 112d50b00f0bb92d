"""From a query and its response to token ids and a loss mask.

    prompt tokens (masked)                       | response tokens (trained) | end (trained)
    BOS ### Instruction: ... ### Response:       | The answer is 4           | EOS

The prompt is tokenised by `encode_prompt`, exactly as every engine does it, so that what the model
is trained to continue is what it is later asked to continue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

from dartmath.base.errors import ConfigError
from dartmath.prompts.template import THOUGHTS, Template, chat_text, encode_prompt

IGNORED = -100
"""Label of a token without loss (the convention of PyTorch's cross entropy)."""

_SPECIAL = re.compile(r"<\|[^|<>\s]+\|>|<｜[^｜<>]+｜>")


class Dropped(StrEnum):
    """Why an example is not trained on."""

    TOO_LONG = "too_long"
    EMPTY = "empty_response"
    SPECIAL = "special_token_in_response"
    SPECIAL_QUERY = "special_token_in_query"
    SAME = "chosen_is_rejected"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenised example: `ids`, of which the first `prompt` are masked."""

    ids: list[int]
    prompt: int

    @property
    def labels(self) -> list[int]:
        """`ids` with the masked ones replaced by -100; position i is predicted from i - 1."""
        return [IGNORED] * self.prompt + self.ids[self.prompt :]


@dataclass(frozen=True, slots=True)
class _Prompt:
    """The prompt of a query: `text` and `ids`, and what its responses need to know of it.

    `bare`: the tokenizer puts its own beginning before it; `thinks`: it opens the thoughts; `special`: the
    query writes a special token.
    """

    text: str
    ids: list[int]
    bare: bool
    thinks: bool
    special: bool


class Encoder:
    """Tokenises examples of one template with one tokenizer.

    Args:
        tokenizer: a Hugging Face tokenizer.
        template: the prompt template.
        max_length: most tokens of an example; None = no limit.
        too_long: "drop" leaves longer ones out, "truncate" cuts their end (and so the end token),
            "error" raises.

    Raises `ConfigError` when the tokenizer splits a special token of the template, has no end
    token, or ends prompts with one.
    """

    def __init__(
        self,
        tokenizer: Any,
        template: Template,
        *,
        max_length: int | None = None,
        too_long: Literal["drop", "truncate", "error"] = "drop",
    ) -> None:
        check_template(tokenizer, template)
        self.tokenizer, self.template = tokenizer, template
        self.max_length, self.too_long = max_length, too_long
        self.end = end_ids(tokenizer, template)
        self._special = special_ids(tokenizer)
        self._spellings = tuple(filter(None, tokenizer.convert_ids_to_tokens(sorted(self._special))))
        self._lead = template.lead
        self._bos = tokenizer.bos_token
        # Most rows share their query with dozens of others.
        self._prompt = lru_cache(maxsize=4096)(self._encode_prompt)

    def encode(self, query: str, response: str) -> Tokens | Dropped:
        """The tokens of one example, or why it is dropped."""
        return self.encode_many([(query, response)])[0]

    def encode_many(self, pairs: Sequence[tuple[str, str]]) -> list[Tokens | Dropped]:
        """The tokens of many (query, response) pairs, in their order."""
        prompts = [self._prompt(query) for query, _ in pairs]
        responses = [
            self._response(response, prompt) for (_, response), prompt in zip(pairs, prompts, strict=True)
        ]
        texts = [prompt.text + response for prompt, response in zip(prompts, responses, strict=True)]
        # The response is tokenised together with its prompt, as the model would write it: alone,
        # its first word may get another token (a SentencePiece tokenizer puts a space before it).
        joint = self._encode_texts(texts, [prompt.bare for prompt in prompts])
        return [
            self._finish(prompt, ids, response)
            for prompt, ids, response in zip(prompts, joint, responses, strict=True)
        ]

    def _encode_prompt(self, query: str) -> _Prompt:
        text = self.template.render(query, tokenizer=self.tokenizer).text
        assert text is not None  # render() with a tokenizer always gives the text
        return _Prompt(
            text,
            encode_prompt(self.tokenizer, text),
            bare=not (self._bos and text.startswith(self._bos)),
            thinks=text.rstrip().endswith(THOUGHTS[0].strip()),
            special=self._holds_special(query),
        )

    def _holds_special(self, text: str) -> bool:
        """Whether a text of somebody's writes a special token, with which it would leave its turn."""
        # Most texts hold none of the spellings, and need not be tokenised once more.
        if not any(spelling in text for spelling in self._spellings):
            return False
        return not self._special.isdisjoint(self.tokenizer.encode(text, add_special_tokens=False))

    def _response(self, response: str, prompt: _Prompt) -> str:
        # A chat template may open the thoughts itself.
        if prompt.thinks:
            response = response.removeprefix(THOUGHTS[0])
        return self._lead + response.lstrip(" ") if self._lead else response

    def _encode_texts(self, texts: list[str], special: list[bool]) -> list[list[int]]:
        if not texts:
            return []
        encoded: list[list[int]] = [[]] * len(texts)
        for flag in set(special):
            where = [i for i, s in enumerate(special) if s is flag]
            ids = self.tokenizer([texts[i] for i in where], add_special_tokens=flag)["input_ids"]
            for i, row in zip(where, ids, strict=True):
                encoded[i] = row
        return encoded

    def _finish(self, prompt: _Prompt, joint: list[int], response: str) -> Tokens | Dropped:
        if not response.strip():
            return Dropped.EMPTY
        if prompt.special:
            return Dropped.SPECIAL_QUERY
        masked = len(prompt.ids)
        if joint[:masked] == prompt.ids:
            answer = joint[masked:]
        else:
            # A token would span prompt and response; the prompt must stay what inference sees.
            answer = self.tokenizer.encode(response, add_special_tokens=False)
        if not self._special.isdisjoint(answer):
            return Dropped.SPECIAL
        return self._fit(Tokens([*prompt.ids, *answer, *self.end], masked))

    def _fit(self, tokens: Tokens) -> Tokens | Dropped:
        limit = self.max_length
        if limit is None or len(tokens.ids) <= limit:
            return tokens
        if self.too_long == "error":
            raise ConfigError(
                f"an example has {len(tokens.ids)} tokens, more than max_length = {limit}; "
                "raise --max-length, or choose --too-long drop"
            )
        if self.too_long == "truncate" and tokens.prompt < limit:
            return Tokens(tokens.ids[:limit], tokens.prompt)
        return Dropped.TOO_LONG


def end_ids(tokenizer: Any, template: Template) -> list[int]:
    """The token ids that close a response in training, and at which a trained model stops.

    A template's own `end`, the end of an assistant turn of a chat template, or the tokenizer's
    end-of-text. An end that is no special token is followed by end-of-text, so that a model
    always learns to emit a token that stops generation.
    """
    if template.chat:
        return _chat_end(tokenizer)
    if not template.end:
        return [_eos(tokenizer)]
    ids = list(tokenizer.encode(template.end, add_special_tokens=False))
    return ids if ids[-1] in special_ids(tokenizer) else [*ids, _eos(tokenizer)]


def check_template(tokenizer: Any, template: Template) -> None:
    """Raise `ConfigError` when `tokenizer` cannot carry `template`.

    That is when it splits a special token such as `<|eot_id|>` into pieces, or when it puts an
    end-of-text token behind a prompt.
    """
    texts = (template.system, template.before_query, template.after_query, template.before_response)
    for token in sorted(set(_SPECIAL.findall("".join((*texts, template.end))))):
        ids = tokenizer.encode(token, add_special_tokens=False)
        if len(ids) != 1:
            raise ConfigError(
                f"template {template.name!r} uses {token}, "
                f"which this tokenizer splits into {len(ids)} tokens; "
                "choose a template of this model, such as --template chat, or a plain one: --template alpaca"
            )
    if encode_prompt(tokenizer, "1")[-1] == tokenizer.eos_token_id:
        raise ConfigError(
            "this tokenizer puts its end-of-text token behind every prompt; "
            'set "add_eos_token": false in its tokenizer_config.json'
        )


def _chat_end(tokenizer: Any) -> list[int]:
    """What the chat template puts behind an assistant's turn, up to its first special token."""
    marker = "The answer is 4."
    question = {"role": "user", "content": "2 + 2?"}
    chat_text(tokenizer, [question])  # a tokenizer without a chat template is refused here
    text = tokenizer.apply_chat_template(
        [question, {"role": "assistant", "content": marker}], tokenize=False, add_generation_prompt=False
    )
    ids = tokenizer.encode(text.rpartition(marker)[2], add_special_tokens=False)
    special = special_ids(tokenizer)
    for index, token in enumerate(ids):
        if token in special:
            return list(ids[: index + 1])
    return [_eos(tokenizer)]


def special_ids(tokenizer: Any) -> frozenset[int]:
    """The ids of all special tokens: the named ones (end-of-text, padding) and those of chat turns.

    `all_special_ids` alone has only the named ones.
    """
    added = tokenizer.added_tokens_decoder.items()
    return frozenset(tokenizer.all_special_ids) | {token for token, entry in added if entry.special}


def _eos(tokenizer: Any) -> int:
    if tokenizer.eos_token_id is None:
        raise ConfigError(
            "this tokenizer has no end-of-text token, so a model cannot learn to stop; "
            "set its eos_token, or `end` in a template file of your own"
        )
    return int(tokenizer.eos_token_id)
