"""Marks and addresses of sources that a response ends with, and that are no part of what it says."""

from __future__ import annotations

import re

from dartmath.base.regex import regex

_CITED = regex(
    r"(?<=[\w%.!?*)])(?:(?:(?<=[\d%.!?)]) ?\[\d{1,2}(?:, ?\d{1,2})*\])+"
    r"|(?:[ \n]{0,2}\[(?:c|\^|ref\.? ?|source ?|doc ?)\d{1,3}(?:, ?c?\d{1,2})*\])+)[\s.*]*\Z",
    re.IGNORECASE,
)
"""Marks of sources behind the last words of a response: "London [c1]", "It was $100 [1]."."""

_MOST_CITED = 400
"""Characters at the end of a response in which such marks are looked for."""

_ADDRESSES = regex(
    r"(?:\n[ \t]*(?:#{1,6} )?\**(?:sources?|references?|citations?)\**:?\**[ \t]*)?"
    r"(?:\n[ \t]*(?:[-*•][ \t]+"
    r"|\d{1,2}\.[ \t]+)?(?:\[\d{1,2}\]:?[ \t]*)?<?https?://[^\s]{1,300}[ \t]*)+\s*\Z",
    re.IGNORECASE,
)
"""Lines at the end of a response that are addresses of sources, with a heading or without."""


def without_sources(text: str) -> str:
    """A text without the marks of sources at its end; none of them ends as a formula does, in `\\]`."""
    if "://" in text[-_MOST_CITED:] and (
        listed := _ADDRESSES.search(text, max(0, len(text) - 4 * _MOST_CITED))
    ):
        text = text[: listed.start()]
    ending = text.rstrip(" \n.*")
    if not ending.endswith("]") or not ending[-2:-1].isdigit():
        return text
    cited = _CITED.search(text, max(0, len(text) - _MOST_CITED))
    return text[: cited.start()] if cited else text
