"""What a response states before it explains: a yes or no, an option or a value on its first line."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.found import Statement
from dartmath.verify.extract.polarity import asserted

DENIES = regex(r"\b(?:not|no|never|cannot|false)\b|n't", re.IGNORECASE)
SETS_OUT = (
    r"(?!(?i:(?:we|I|you) can (?:solve|do|use|find|start|try|help|compute|answer)|let|here|of course|sure"
    r"|problem|thanks?|(?:we|I|you) (?:need|have to|should|must|first))\b)"
)
"""Not how a response agrees to a task: "Yes, we can solve this.", "Yes. We need to check ..."."""

_SECOND_THOUGHT = regex(
    r"\b(?:wait|actually|mistake|however|(?:is|was) (?:wrong|incorrect)|correction|instead|rather)\b",
    re.IGNORECASE,
)
_OPENING = regex(
    r"\s*[*_\"]{0,2}(?P<verdict>Yes|No|True|False)(?P<bold>[.,:;]?\*\*)?[*_\"]{0,2}[,.:;]?(?: [—–-])? "
    rf"{SETS_OUT}(?P<said>[^.!?\n]{{3,200}})[.!](?=\s|\Z)"
)
_NO_OTHER = regex(r"\bno [a-z]+ (?:other than|but|except|besides|apart from)\b", re.IGNORECASE)
_SUBJECT_FIRST = regex(r"\$?-?\d[\d,.]*\$? (?:is|are|was|were|has|have|can|does)\b")


def sole_verdict(text: str) -> Statement | None:
    """The yes or no of one sentence that speaks of a number, and is the response: "No, 91 is not prime."."""
    sentence = text.strip()
    found = _OPENING.fullmatch(sentence) if sentence[:1] in tuple('YNTF*"') and "\n" not in sentence else None
    if found is None:
        return None
    said = found["said"]
    if not _SUBJECT_FIRST.match(said) or _denying(said) != (found["verdict"] in ("No", "False")):
        return None
    start = len(text) - len(text.lstrip())
    return Statement(
        found["verdict"], "final_line", start + found.start("verdict"), start + found.end("verdict")
    )


def _denying(said: str) -> bool:
    return DENIES.search(_NO_OTHER.sub("", said)) is not None


def opened_with(text: str) -> Statement | None:
    """The yes or no that a response begins with, where its first sentence says as much: "No, it is not."."""
    # Behind its leading blanks: every way to part a long run of them would be tried.
    found = _OPENING.match(text, len(text) - len(text.lstrip()))
    if found is None:
        return None
    agrees = _denying(found["said"]) == (found["verdict"] in ("No", "False"))
    if not agrees and (not found["bold"] or _SECOND_THOUGHT.search(text, found.end("verdict"))):
        return None
    return Statement(found["verdict"], "announced", *found.span("verdict"), firm=False)


_FIRST_LINE = regex(
    r"\s{0,9}(?P<mark>[*_`#> ]{0,6})(?P<value>\(?(?P<letter>[A-J])(?:[).:]{1,2}(?: [^\n]{1,80}?)?)?"
    r"|-?\\?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?)"
    r"[*_`.]{0,4}[ \t]*\n[ \t]*\n(?=[*_#]{0,4}[ \t]*[A-Z][a-z])"
)
"""The first line of a response, before a blank one: an option, with its text or without, or a number."""

_OTHER_OPTION = regex(r"\n[ \t>*_#-]{0,8}\(?[A-J][).:]")


def on_first_line(text: str) -> Statement | None:
    """The answer that a response gives on its first line, and then explains without stating another."""
    found = _FIRST_LINE.match(text)
    if found is None or _SECOND_THOUGHT.search(text, found.end()):
        return None
    if found["letter"] is not None and _OTHER_OPTION.search(text, found.end()):
        return None
    answer = found["letter"] or found["value"]
    start = found.start("letter") if found["letter"] else found.start("value")
    end = start + len(answer)
    return Statement(answer, "final_line", start, end) if asserted(text, start, end) else None


_BOLD_OPTION = regex(
    r" \*\*(?:(?<=\b(?:is|be) \*\*)|(?<=\b(?:are|is:) \*\*)|(?<=\bare: \*\*))"
    r"\(?(?P<letter>[A-J])(?:[).:]{1,2}(?: [^*\n]{1,150})?|\))?[.:]?\*\*"
)
_INTRODUCED_OPTION = regex(
    r"(?i:\b(?:most|best|correct|right|answer|likely|appropriate|choice|so|therefore|thus)\b)[^.!?\n]{0,120}"
    r"\b(?:is|be|are):[*_ \t]*\n\s{0,4}[*_]{0,3}\(?(?P<letter>[A-J])[).:]{1,2} [^\n]{1,150}\n"
    r"(?!\s{0,9}[*_-]{0,3} ?\(?[A-J][).:])"
)
_INTRODUCES_OPTION = regex(r":(?:(?<=\b(?:is|be):)|(?<=\bare:))[*_ \t]*\n\s{0,4}[*_]{0,3}\(?[A-J][).:]{1,2} ")
"""What stands in whatever `_INTRODUCED_OPTION` finds, looked for by its colon."""


def only_bold_option(text: str) -> Statement | None:
    """The option that a response says it is, once, in bold or on its own line, and then explains."""
    found = list(_BOLD_OPTION.finditer(text)) if " **" in text else []
    if (":\n" in text or ":*" in text) and _INTRODUCES_OPTION.search(text):
        found += _INTRODUCED_OPTION.finditer(text)
    if len(found) != 1 or _SECOND_THOUGHT.search(text, found[0].end()):
        return None
    start, end = found[0].span("letter")
    return Statement(found[0]["letter"], "final_line", start, end) if asserted(text, start, end) else None
