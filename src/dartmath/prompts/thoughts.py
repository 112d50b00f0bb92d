"""Where thoughts stand in a response: between which texts a model writes them, and putting them there.

Responses hold thoughts between `THOUGHTS`, whoever wrote them; training turns these into what the template,
or the chat template of the model that is trained, has in their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dartmath.verify.extract.thoughts import opens_thought, thoughts

if TYPE_CHECKING:
    from dartmath.prompts.template import Template

Delimiters = tuple[str, str]
"""What stands before thoughts, and between them and the answer."""

THOUGHTS: Delimiters = ("<think>\n", "\n</think>\n\n")
"""Those of Qwen, DeepSeek, GLM and their kin, and of responses that are stored."""

# Texts that no template writes, in a conversation that ends with thoughts and an answer.
_ASKED, _THOUGHT, _ANSWERED = "Name a number.", "Zwei ist eine Zahl.", "Siebzehn."
# Names under which chat templates take thoughts beside the content of a message.
_FIELDS = ("reasoning_content", "reasoning", "thinking", "thought", "thoughts")
# Pairs that chat templates name without taking thoughts, as those do that only cut them off: the white space
# around them is that of the model's own words.
_NAMED: tuple[Delimiters, ...] = (
    THOUGHTS,
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel>thought\n", "\n<channel|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
# Where two delimiters meet that have nothing but white space between them.
_EMPTY = re.compile(r"(?<=[>\]▷])(\s*)(?=[<\[◁])")


def with_thoughts(text: str, thoughts: str | None, delimiters: Delimiters = THOUGHTS) -> str:
    """A response whole again, the thoughts that a server gave apart in their place before the text.

    >>> with_thoughts("It is 7.", "3 and 4 make 7")
    '<think>\\n3 and 4 make 7\\n</think>\\n\\nIt is 7.'
    """
    return text if thoughts is None else f"{delimiters[0]}{thoughts.strip()}{delimiters[1]}{text.lstrip()}"


def in_delimiters(response: str, delimiters: Delimiters) -> str:
    """A response whose thoughts stand between `THOUGHTS` with other delimiters; any other as it is.

    >>> in_delimiters("<think>\\n3 and 4\\n</think>\\n\\nIt is 7.", ("[THINK]", "[/THINK]"))
    '[THINK]3 and 4[/THINK]It is 7.'
    """
    opening, closing = (one.strip() for one in THOUGHTS)
    inner, end, text = response.lstrip().partition(closing)
    if delimiters == THOUGHTS or not inner.startswith(opening) or not end:
        return response
    return with_thoughts(text, inner.removeprefix(opening), delimiters)


def delimiters_of(template: Template, tokenizer: Any = None) -> Delimiters:
    """Between which texts responses under `template` have their thoughts.

    The template's own where it names some; under a chat template what the tokenizer's has; else `THOUGHTS`.
    """
    if template.thoughts:
        opening, closing = template.thoughts
        return opening, closing
    found = _of_chat_template(tokenizer) if template.chat and tokenizer is not None else None
    return found or THOUGHTS


def _of_chat_template(tokenizer: Any) -> Delimiters | None:
    """The delimiters that a chat template writes, or else names; None where it does neither."""
    ask = {"role": "user", "content": _ASKED}
    prompt = _rendered(tokenizer, [ask], add_generation_prompt=True)
    bare = _rendered(tokenizer, [ask, {"role": "assistant", "content": _ANSWERED}])
    if prompt is None or bare is None:
        return None
    for answer in _answers():
        whole = _rendered(tokenizer, [ask, answer])
        if whole is not None and (found := _between(whole, prompt)):
            return found
    if found := _around_none(bare.partition(_ASKED)[2]):
        return found
    source = str(tokenizer.chat_template)
    return next((pair for pair in _NAMED if pair[0].strip() in source or pair[1].strip() in source), None)


def _answers() -> list[dict[str, Any]]:
    """A message with thoughts, in all forms that chat templates know."""
    parts = [{"type": "thinking", "thinking": _THOUGHT}, {"type": "text", "text": _ANSWERED}]
    nested = [{"type": "thinking", "thinking": [{"type": "text", "text": _THOUGHT}]}, parts[1]]
    fields: list[dict[str, Any]] = [{"content": _ANSWERED, name: _THOUGHT} for name in _FIELDS]
    return [{"role": "assistant", **one} for one in (*fields, {"content": parts}, {"content": nested})]


def _rendered(tokenizer: Any, messages: Sequence[dict[str, Any]], **options: Any) -> str | None:
    """The conversation as text; None where the chat template refuses it."""
    try:
        return str(tokenizer.apply_chat_template(list(messages), tokenize=False, **options))
    except Exception:  # whatever the template's author, and Jinja, may raise
        return None


def _between(whole: str, prompt: str) -> Delimiters | None:
    """What stands around the thoughts in `whole`, given the prompt alone."""
    head, thought, tail = whole.partition(_THOUGHT)
    closing, answer, _ = tail.partition(_ANSWERED)
    if not thought or not answer or _ASKED not in head:
        return None
    opening = head[len(_shared(head, prompt)) :]
    if not opening.strip():
        # The prompt opens the thoughts itself, as R1's does.
        opening = head[thoughts(head.rstrip())[-1][0] :] if opens_thought(head) else ""
    # Some print the parts of a message that they do not know as they come.
    return (opening, closing) if opening and "thinking" not in opening else None


def _around_none(turn: str) -> Delimiters | None:
    """The delimiters around the thoughts of a turn that has none, where they are there nevertheless."""
    head, answer, _ = turn.partition(_ANSWERED)
    spans = thoughts(head) if answer else []
    if not spans:
        return None
    start, end = spans[-1]
    opening, *rest = _EMPTY.split(head[start:end], maxsplit=1)
    if not rest:
        return None
    space, closing = rest
    middle = len(space) // 2
    return opening + space[:middle], space[middle:] + closing + head[end:]


def _shared(one: str, other: str) -> str:
    """The longest common beginning."""
    length = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    return one[: min(len(one), len(other)) if length is None else length]
