"""What gives away a response that was made with a hint: the step check of the hard tail.

A model that is told the answer may talk of what it was told, state it and stop, or bend a step until it ends
there. Rows with that teach a model to know what nobody tells it. So such a response is refused where

    a step does not compute      (see `dartmath.curation.arithmetic`)
    it speaks of the hint        a given answer, a hint, a reference or provided solution
    it has the answer first      in its first sentence, of a problem that does not hold it, and not as the
                                 result of a step that computes

The words are English ones.
"""

from __future__ import annotations

import re

from dartmath.curation.arithmetic import check_steps
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample

# What answers are called of which somebody else told; no pattern repeats without a bound, since the text is a
# model's.
_TOLD = r"(?:given|provided|known|supplied|stated|expected|reference|target|desired)"
_ANSWER = r"(?:final )?(?:answer|solution|result)\b"
_SPEAKS = re.compile(
    "|".join(
        [
            r"\bhint(?:s|ed)?\b",
            rf"\b{_TOLD} {_ANSWER}",
            rf"\b(?:we|i) (?:were|was|are|am) (?:told|given) (?:that )?(?:the )?(?:correct )?{_ANSWER}",
            rf"\b{_ANSWER} (?:is|was|has been) (?:already )?(?:given|provided|known|supplied)\b",
            r"\b(?:given|provided|stated) in the (?:prompt|instructions?)\b",
            rf"\b(?:match|matches|agrees? with|consistent with) the (?:correct )?{_ANSWER}",
            r"\bas if (?:we|i) (?:did(?: not|n't)|do(?: not|n't)) know\b",
        ]
    ),
    re.IGNORECASE,
)
_FIRST = re.compile(r"(?<=[.!?:])\s|\n")
_MOST = 20_000


def gives_away(query: Query, sample: Sample) -> str:
    """Why a correct response that was made with a hint must not be used; empty when it may be."""
    text = sample.response[:_MOST]
    if any(not step.right for step in check_steps(text)):
        return "hinted: a step does not compute"
    if _SPEAKS.search(text):
        return "hinted: it speaks of the hint"
    if _answer_first(query, text.strip()):
        return "hinted: it has the answer first"
    return ""


def _answer_first(query: Query, text: str) -> bool:
    first = _FIRST.split(text, maxsplit=1)[0]
    if any(step.right for step in check_steps(first)):
        return False
    return any(_holds(first, one) and not _holds(query.text, one) for one in query.references)


def _holds(text: str, answer: str) -> bool:
    """Whether a text has an answer in it, not as a part of a longer word or number."""
    return re.search(rf"(?<![\w.,]){re.escape(answer.strip())}(?![\w]|[.,]\d)", text) is not None
