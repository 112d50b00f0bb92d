"""From a query and its response to token ids and a loss mask.

    prompt tokens (masked)                       | response tokens (trained) | end (trained)
    BOS ### Instruction: ... ### Response:       | The answer is 4           | EOS

Behind the prompt, what the model did not write is masked too: later turns of others, output of tools.

The prompt is tokenised by `encode_prompt`, exactly as every engine does it, so that what the model
is trained to continue is what it is later asked to continue.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal

from dartmath.base.errors import ConfigError
from dartmath.prompts.template import Template, chat_text, encode_prompt
from dartmath.prompts.thoughts import delimiters_of, in_delimiters
from dartmath.tools.blocks import OUTPUT_FENCE
from dartmath.training.conversations import Conversation, Turn, turns, written

IGNORED = -100
"""Label of a token without loss (the convention of PyTorch's cross entropy)."""

Span = tuple[int, int]
"""Where a piece begins, and its end."""

# What an interpreter printed, in the format of `dartmath.tools`: from its fence to the next one.
_OUTPUT = re.compile(rf"^{OUTPUT_FENCE}\n.*?(?:^```[ \t]*(?:\n|\Z)|\Z)", re.MULTILINE | re.DOTALL)
_PROBE = 64  # texts by which two ways to tokenise are compared: some of every kind, and soon done
_SPECIAL = re.compile(r"<\|[^|<>\s]+\|>|<｜[^｜<>]+｜>")


class Dropped(StrEnum):
    """Why an example is not trained on."""

    TOO_LONG = "too_long"
    EMPTY = "empty_response"
    SPECIAL = "special_token_in_response"
    SPECIAL_QUERY = "special_token_in_query"
    SAME = "chosen_is_rejected"
    NOT_LAID_OUT = "refused_by_chat_template"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenised example: `ids`, of which the first `prompt` and the spans `masked` have no loss."""

    ids: list[int]
    prompt: int
    masked: tuple[Span, ...] = ()

    @property
    def labels(self) -> list[int]:
        """`ids` with the masked ones replaced by -100; position i is predicted from i - 1."""
        found = [IGNORED] * self.prompt + self.ids[self.prompt :]
        for start, end in self.masked:
            found[start:end] = [IGNORED] * (end - start)
        return found


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
        mask_outputs: whether the output of tools inside a response is masked.

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
        mask_outputs: bool = False,
    ) -> None:
        check_template(tokenizer, template)
        self.tokenizer, self.template = tokenizer, template
        self.max_length, self.too_long, self.mask_outputs = max_length, too_long, mask_outputs
        self.end = end_ids(tokenizer, template)
        self._special = special_ids(tokenizer)
        self.thoughts = delimiters_of(template, tokenizer)
        # Those of delimiters, which stand in every response with thoughts, and nowhere else.
        self._of_thoughts = [
            self._specials_in(tokenizer.encode(one, add_special_tokens=False)) for one in self.thoughts
        ]
        self._spellings = tuple(filter(None, tokenizer.convert_ids_to_tokens(sorted(self._special))))
        self._lead = template.lead
        self._bos = tokenizer.bos_token
        self._rapid: bool | None = None
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

    def encode_conversation(self, conversation: Conversation) -> list[Tokens] | Dropped:
        """The tokens of a conversation, or why it is dropped.

        It is one example, in which all but the answers is masked, where the tokens of each prompt go on
        from those of the answer before it. Where a chat template rewrites earlier turns (it leaves thoughts
        out), a new example begins with the prompt that the model was given there.
        """
        from jinja2 import TemplateError

        for message in conversation.messages:
            if any(self._holds_special(text) for text in written(message)):
                return Dropped.SPECIAL if message["role"] == "assistant" else Dropped.SPECIAL_QUERY
        try:
            found = [self._turn(turn) for turn in turns(self.tokenizer, conversation)]
        except (TemplateError, ValueError, TypeError, KeyError):
            return Dropped.NOT_LAID_OUT
        whole = [tokens for tokens in found if tokens is not None]
        if len(whole) < len(found) or not whole:
            return Dropped.EMPTY
        fitted = [self._fit(tokens) for tokens in _joined(whole)]
        reason = next((one for one in fitted if isinstance(one, Dropped)), None)
        return reason or [one for one in fitted if isinstance(one, Tokens)]

    def _turn(self, turn: Turn) -> Tokens | None:
        """The tokens of one answer behind its prompt; None of an empty one."""
        prompt = self._prompt_of(turn.prompt, special=False)
        response = turn.answer if turn.laid_out else self._opened(turn.answer, prompt)
        if not response.strip():
            return None
        answer = self._answer(
            prompt, self._encode_texts([prompt.text + response], [prompt.bare])[0], response
        )
        closed = self._closed(answer) if turn.laid_out else [*answer, *self.end]
        return Tokens([*prompt.ids, *closed], len(prompt.ids))

    def _opened(self, answer: str, prompt: _Prompt) -> str:
        """An answer behind a prompt that may have opened its thoughts: where it has none, they are closed."""
        response = self._response(answer, prompt)
        closing = self.thoughts[1]
        return closing + response if prompt.thinks and closing.strip() not in response else response

    def _closed(self, answer: list[int]) -> list[int]:
        """A laid-out answer up to the end of its turn, without what the template puts behind that.

        A call of tools may end with another special token than an answer does.
        """
        size = len(self.end)
        for start in range(len(answer) - size + 1):
            if answer[start : start + size] == self.end:
                return answer[: start + size]
        last = max((i for i, token in enumerate(answer) if token in self._special), default=None)
        if last is None or self.tokenizer.decode(answer[last + 1 :]).strip():
            return [*answer, *self.end]
        return answer[: last + 1]

    def _encode_prompt(self, query: str) -> _Prompt:
        text = self.template.render(query, tokenizer=self.tokenizer).text
        assert text is not None  # render() with a tokenizer always gives the text
        return self._prompt_of(text, special=self._holds_special(query))

    def _prompt_of(self, text: str, *, special: bool) -> _Prompt:
        return _Prompt(
            text,
            encode_prompt(self.tokenizer, text),
            bare=not (self._bos and text.startswith(self._bos)),
            thinks=text.rstrip().endswith(self.thoughts[0].strip()),
            special=special,
        )

    def _holds_special(self, text: str) -> bool:
        """Whether a text of somebody's writes a special token, with which it would leave its turn."""
        # Most texts hold none of the spellings, and need not be tokenised once more.
        if not any(spelling in text for spelling in self._spellings):
            return False
        return not self._special.isdisjoint(self.tokenizer.encode(text, add_special_tokens=False))

    def _response(self, response: str, prompt: _Prompt) -> str:
        response = in_delimiters(response, self.thoughts)
        # A chat template may open the thoughts itself.
        if prompt.thinks:
            response = response.removeprefix(self.thoughts[0])
        return self._lead + response.lstrip(" ") if self._lead else response

    def _encode_texts(self, texts: list[str], special: list[bool]) -> list[list[int]]:
        if not texts:
            return []
        encoded: list[list[int]] = [[]] * len(texts)
        for flag in set(special):
            where = [i for i, s in enumerate(special) if s is flag]
            ids = self._encode_batch([texts[i] for i in where], special=flag)
            for i, row in zip(where, ids, strict=True):
                encoded[i] = row
        return encoded

    def _encode_batch(self, texts: list[str], *, special: bool) -> list[list[int]]:
        """As the tokenizer's own call, but without the places of tokens: a quarter of its time.

        Once it is seen that both give the same; a tokenizer may do more than its backend.
        """

        def plainly(some: list[str]) -> list[list[int]]:
            return list(self.tokenizer(some, add_special_tokens=special)["input_ids"])

        def rapidly(some: list[str]) -> list[list[int]]:
            backend = self.tokenizer.backend_tokenizer
            return [one.ids for one in backend.encode_batch_fast(some, add_special_tokens=special)]

        if self._rapid is None:
            probe = texts[:_PROBE]
            self._rapid = bool(self.tokenizer.is_fast) and plainly(probe) == rapidly(probe)
        return (rapidly if self._rapid else plainly)(texts)

    def _finish(self, prompt: _Prompt, joint: list[int], response: str) -> Tokens | Dropped:
        if not response.strip():
            return Dropped.EMPTY
        if prompt.special:
            return Dropped.SPECIAL_QUERY
        answer = self._answer(prompt, joint, response)
        if self._specials_in(answer) not in self._allowed(prompt, response):
            return Dropped.SPECIAL
        outputs = self._outputs(prompt, answer, response) if self.mask_outputs else ()
        return self._fit(Tokens([*prompt.ids, *answer, *self.end], len(prompt.ids), outputs))

    def _answer(self, prompt: _Prompt, joint: list[int], response: str) -> list[int]:
        """The tokens of a response, of those of prompt and response `joint`."""
        masked = len(prompt.ids)
        if joint[:masked] == prompt.ids:
            return joint[masked:]
        # A token would span prompt and response; the prompt must stay what inference sees.
        return list(self.tokenizer.encode(response, add_special_tokens=False))

    def _outputs(self, prompt: _Prompt, answer: list[int], response: str) -> tuple[Span, ...]:
        """Where tokens of a response begin inside what tools printed: spans of the whole example.

        Raises `ConfigError` for a tokenizer that does not know where its tokens stand in a text.
        """
        spans = [match.span() for match in _OUTPUT.finditer(response)]
        if not spans:
            return ()
        if not self.tokenizer.is_fast:
            raise ConfigError(
                "this tokenizer cannot tell where its tokens stand, which masks of tools' outputs need; "
                "give --no-mask-tool-output to train on them"
            )
        joined = self.tokenizer(
            prompt.text + response, add_special_tokens=prompt.bare, return_offsets_mapping=True
        )
        places, base = joined["offset_mapping"][len(prompt.ids) :], len(prompt.text)
        if joined["input_ids"][len(prompt.ids) :] != answer:
            alone = self.tokenizer(response, add_special_tokens=False, return_offsets_mapping=True)
            places, base = alone["offset_mapping"], 0
        starts = [start - base for start, _ in places]
        edges = [(bisect_left(starts, begin), bisect_left(starts, end)) for begin, end in spans]
        return tuple((len(prompt.ids) + begin, len(prompt.ids) + end) for begin, end in edges)

    def _specials_in(self, ids: Sequence[int]) -> list[int]:
        if self._special.isdisjoint(ids):  # nearly always, and told in a fifth of the time
            return []
        return [token for token in ids if token in self._special]

    def _allowed(self, prompt: _Prompt, response: str) -> tuple[list[int], list[int]]:
        """The special tokens that a response may have: none, or those of the delimiters of its thoughts."""
        opening, closing = self._of_thoughts
        opens = response.lstrip().startswith(self.thoughts[0].strip())
        return [], closing if prompt.thinks else [*opening, *closing] if opens else []

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
            spans = [(start, min(end, limit)) for start, end in tokens.masked if start < limit]
            return Tokens(tokens.ids[:limit], tokens.prompt, tuple(spans))
        return Dropped.TOO_LONG


def _joined(turns: Sequence[Tokens]) -> list[Tokens]:
    """Turns of one conversation as few examples: each goes on from the one before where its prompt does."""
    found = [turns[0]]
    for turn in turns[1:]:
        before = found[-1]
        end = len(before.ids)
        if turn.ids[:end] == before.ids and end <= turn.prompt:
            found[-1] = Tokens(turn.ids, before.prompt, (*before.masked, (end, turn.prompt)))
        else:
            found.append(turn)
    return found


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
    prompt = encode_prompt(tokenizer, "1")
    if not prompt:
        raise ConfigError(
            f"this tokenizer makes no tokens of a text: as {type(tokenizer).__name__}, it does not know its "
            "characters; look at tokenizer_class in its tokenizer_config.json, and model_type in config.json"
        )
    if prompt[-1] == tokenizer.eos_token_id:
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
