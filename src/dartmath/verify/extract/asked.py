"""The value that a sentence states of what the query asks for: "The bus was full on Friday." for "which day".

A sentence counts that shares its words with the question. Of what it adds to them, the one value counts that
is of the kind that is asked for: a number of the things that are counted, a year, a name, one of several that
are listed, a yes or no. Two of them state none. Nothing here knows the reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dartmath.base.regex import regex
from dartmath.verify.extract.concluding import opens
from dartmath.verify.extract.conclusions import REMARK, TAIL, Span, sentences
from dartmath.verify.extract.counts import amount, count
from dartmath.verify.extract.found import Statement
from dartmath.verify.extract.listed import mentioned, one_listed
from dartmath.verify.extract.named import name
from dartmath.verify.extract.polarity import asserted
from dartmath.verify.extract.said import DENIAL, Found, Sentence, relates, said
from dartmath.verify.extract.times import time
from dartmath.verify.extract.verdicts import yes_or_no
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.questions import Inquiry, Kind, asked

MAX_SENTENCE = 400
"""Characters of a sentence that is read."""

_MOST_BEHIND = 4
"""Sentences at the end of which one may be the answer, and those behind it remarks."""

_READERS: dict[Kind, Callable[[Sentence, Inquiry], Found | None]] = {
    "verdict": yes_or_no,
    "choice": one_listed,
    "count": count,
    "amount": amount,
    **dict.fromkeys(("year", "date", "day", "month"), time),
    **dict.fromkeys(("place", "person", "thing"), name),
}
_OPEN = regex(
    r"\b(?:perhaps|maybe|unclear|unknown|unless|if|whether|depends?|suppose|assum\w+|either|unable"
    r"|impossible to (?:say|tell|know|determine)"
    r"|not (?:sure|certain|clear|know\w*|specified|provided|enough))\b|\?"
)
"""Words with which a sentence leaves open what it speaks of."""

_MODAL = regex(r"\b(?:might|could|possibly|may (?!\d))")
"""Words with which it does so, but where the question has one too."""

_LABEL = regex(
    r"[\s*#>_-]*(?:(?:rationale|explanation|conclusion|solution|answer|result|final step|step \d+|\d+[.)])"
    r"\s*:?[\s*_]*)*",
    re.IGNORECASE,
)
_ENDS = regex(r"[.!][\s*\"'”’)\]}<>/a-z]{0,8}\s*\Z")
"""How a text ends that was not cut inside its last sentence."""

_TURNS = regex(
    r"[.!?]\s+(?:However|But|Although|Actually|Wait|No|Yet|Still|Instead|Therefore|So|Thus|Hence)\b"
)
"""How a later sentence begins that takes an earlier one back, or concludes otherwise."""

_CONTRASTS = regex(r"\s*(?:However|But|Although|While|Yet|Still|Nevertheless|On the other hand)\b")


def answered(text: str, query: str) -> Statement | None:
    """What the last sentence of a response states of what the query asks for; of a paragraph, also its first.

    A first sentence counts where the last one says nothing else of it, denies nothing and concludes nothing.

    >>> answered("The bus was fullest on Friday.", "On which day was the bus fullest?").answer
    'Friday'
    >>> answered("It was fullest on Friday or on Monday.", "On which day was the bus fullest?") is None
    True
    """
    question = asked(query)
    tail = max(0, len(text.rstrip()) - TAIL)
    spans = _spans(text[tail:].rstrip(), tail) if question is not None else []
    if question is None or not spans:
        return None
    is_alone = len(spans) == 1 and not tail
    last = _at_end(text, spans, question) if is_alone or _is_ended(text) else None
    if is_alone or question.kind in ("count", "amount") or "\n\n" in text.strip():
        return last
    first = _spans(text[:TAIL], 0)[0]
    ending = text[slice(*spans[-1])]
    if (
        opens(ending, LANGUAGES)
        or _TURNS.search(text, first[1] - 1)
        or (last is None and _takes_back(ending, question))
    ):
        return last
    opening = _read(text, first, question)
    if last is not None and opening is not None and opening.answer.lower() != last.answer.lower():
        return None
    return last or opening


def _is_ended(text: str) -> bool:
    """Whether the last sentence has its end, which is one of the last ten signs."""
    return _ENDS.search(text, max(0, len(text.rstrip()) - 10)) is not None


def _spans(text: str, shift: int) -> list[Span]:
    """The sentences of a text up to the remarks at its end."""
    found = [span for span in sentences(text)[1] if any(map(str.isalnum, text[slice(*span)]))]
    while len(found) > 1 and REMARK.match(text[slice(*found[-1])]):
        found.pop()
    return [(first + shift, stop + shift) for first, stop in found]


def _at_end(text: str, spans: list[Span], question: Inquiry) -> Statement | None:
    """What the last sentence states; of a choice or a yes, one before it where those behind it are silent."""
    goes_back = question.kind in ("verdict", "choice")
    for span in reversed(spans[-_MOST_BEHIND:] if goes_back else spans[-1:]):
        sentence, is_last = text[slice(*span)], span == spans[-1]
        concludes = opens(sentence, LANGUAGES)
        if is_last or concludes or question.kind == "verdict":
            found = _read(text, span, question)
            if found is not None or concludes:
                return found
        if _CONTRASTS.match(sentence) or _OPEN.search(sentence) or _takes_back(sentence, question):
            return None
        if question.kind == "choice" and mentioned(sentence, question):
            return None
    return None


def _takes_back(sentence: str, question: Inquiry) -> bool:
    """Whether a sentence speaks of what is asked, and denies something or leaves it open."""
    hedges = (one.search(sentence) for one in (_OPEN, _MODAL))
    return relates(sentence, question) and (DENIAL.search(sentence.lower()) is not None or any(hedges))


def _read(text: str, span: Span, question: Inquiry) -> Statement | None:
    """What one sentence states, where it leaves nothing open and asserts it."""
    sentence = text[slice(*span)].rstrip()
    label = _LABEL.match(sentence)
    skipped = label.end() if label is not None and label.end() < len(sentence) else 0
    body = sentence[skipped:]
    if len(body) > MAX_SENTENCE or _OPEN.search(body) or (_MODAL.search(body) and not question.modal):
        return None
    found = _READERS[question.kind](said(body), question)
    if found is None:
        return None
    answer, start, end = found[0], found[1] + span[0] + skipped, found[2] + span[0] + skipped
    # A verdict is of its whole sentence, whose denials it has counted.
    is_said = question.kind == "verdict" or asserted(text, start, end)
    return Statement(answer, "asked", start, end) if is_said else None
