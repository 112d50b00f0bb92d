"""Thoughts: what a reasoning model writes to itself before its answer, between its family's delimiters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from dartmath.base.regex import regex

THOUGHT_IN_SQUARES = "THINK"
"""The one name of a delimiter in square brackets."""

CHANNELS = "analysis"
"""What a response begins with whose channels have lost their special tokens."""

# Openings and closings by family; names of tags are in `_TAGS`. Source: the models' chat templates.
_PAIRS = (
    (rf"\[{THOUGHT_IN_SQUARES}\]", rf"\[/{THOUGHT_IN_SQUARES}\]"),  # Magistral
    ("◁think▷", "◁/think▷"),  # Kimi
    (r"<\|channel>thought", r"<channel\|>"),  # Gemma 4
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),  # Command A
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),  # Sky-T1, OpenThoughts
    (r"<\|channel\|>(?:analysis|commentary)\b[^<]{0,80}<\|message\|>", r"<\|end\|>"),  # gpt-oss
)
_TAGS = (
    r"(?:\w{1,10}:)?"
    r"(?:think(?:ing)?|thoughts?|reason(?:ing)?|scratch_?pad|analysis|reflection|inner_monologue)"
)
_OPEN = rf"<\|?{_TAGS}(?:\s[^<>]{{0,80}})?\|?>|&lt;{_TAGS}&gt;"
_CLOSE = rf"(?:</\|?|<\|/){_TAGS}\|?>|&lt;/{_TAGS}&gt;"
_NAMES = "think|thought|reason|scratch|analysis|commentary|reflection|monologue|channel\\|>"
_NAMED = rf"[^<]{{0,24}}?(?=[trsacmTRSACMſ])(?i:{_NAMES})"
"""What every delimiter in angle brackets contains, close behind the bracket: first a look for its initial."""

_NAMED_TAG, _ESCAPED_TAG = regex(rf"<(?={_NAMED})"), regex(rf"&[lL][tT];(?={_NAMED})")
_SQUARE = regex(rf"\[/?{THOUGHT_IN_SQUARES}\]", re.IGNORECASE)
_END_OF_MESSAGE = "<|end|>"

_STRIPPED_CHANNELS = regex(rf"{CHANNELS}(?=[A-Z\"'])(?:.*assistantfinal(?=\S)|.*\Z)", re.DOTALL)
"""gpt-oss' channels without their special tokens, which many servers and tokenizers leave out."""


def thoughts(text: str, more: Sequence[tuple[str, str]] = ()) -> list[tuple[int, int]]:
    """The spans of all thoughts in `text`, delimiters included; one that is not closed ends with the text.

    What stands before a closing without an opening is a thought that the prompt opened. `more` are pairs
    of delimiters beside the known ones.
    """
    if text.startswith(CHANNELS) and (channels := _STRIPPED_CHANNELS.match(text)):
        return [channels.span()]
    if not more and not _may_hold(text):
        return []
    found: list[tuple[int, int]] = []
    opened: int | None = None
    either, opening = _delimiters(tuple(more))
    for mark in either.finditer(text):
        if mark.group() == _END_OF_MESSAGE and opened is None:
            continue  # it ends messages of every kind
        if opening.fullmatch(mark.group()):
            opened = mark.start() if opened is None else opened
        elif opened is None:
            found = [(0, mark.end())]
        else:
            found.append((opened, mark.end()))
            opened = None
    return found if opened is None else [*found, (opened, len(text))]


def _may_hold(text: str) -> bool:
    """Whether a delimiter can stand in `text`: most texts have none of the signs that begin one."""
    return bool(
        ("<" in text and _NAMED_TAG.search(text))
        or ("[" in text and _SQUARE.search(text))
        or ("&" in text and _ESCAPED_TAG.search(text))
        or "◁" in text
    )


def opens_thought(prompt: str, more: Sequence[tuple[str, str]] = ()) -> bool:
    """Whether a prompt ends in an opening that the response is to close, as R1's chat template does.

    >>> opens_thought("<|assistant|><think>\\n")
    True
    """
    tail = prompt[-200:]
    spans = thoughts(tail.rstrip(), more)
    return bool(spans) and spans[-1][1] == len(tail.rstrip()) and _ends_in_opening(tail.rstrip(), more)


def _ends_in_opening(text: str, more: Sequence[tuple[str, str]]) -> bool:
    either, opening = _delimiters(tuple(more))
    marks = list(either.finditer(text))
    return bool(marks) and opening.fullmatch(marks[-1].group()) is not None and marks[-1].end() == len(text)


@lru_cache(maxsize=32)
def _delimiters(more: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """All delimiters, and those that open a thought.

    The first is one flat list of alternatives, of which `re` knows the signs that they begin with: groups
    in it would have every place of a text tried.
    """
    escaped = [(re.escape(opening), re.escape(closing)) for opening, closing in more]
    openings = "|".join([*(opening for opening, _ in (*_PAIRS, *escaped)), _OPEN])
    closings = "|".join([*(closing for _, closing in (*_PAIRS, *escaped)), _CLOSE])
    return re.compile(f"{openings}|{closings}", re.IGNORECASE), re.compile(openings, re.IGNORECASE)
