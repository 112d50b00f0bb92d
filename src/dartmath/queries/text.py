r"""Cleaning of texts and reference answers: what releases damaged or wrapped."""

from __future__ import annotations

import re

# JSON written with single backslashes turns `\frac` into a form feed and "rac", and so on.
_EATEN = (
    (re.compile(r"\x08(?=[a-z])"), r"\\b"),
    (re.compile(r"\x0c(?=[a-z])"), r"\\f"),
    (re.compile(r"\r(?=ight|floor|ceil|ho\b|angle)"), r"\\r"),
    (re.compile(r"\t(?=o\b|ext|imes|heta|frac|an\b)"), r"\\t"),
)
_WRAPPED = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))


def restore_escapes(text: str) -> str:
    r"""The text with TeX commands put back whose backslash and first letter were eaten.

    >>> restore_escapes("from 0 \to 1")
    'from 0 \\to 1'
    """
    for pattern, replacement in _EATEN:
        text = pattern.sub(replacement, text)
    return text


def unwrap(answer: str) -> str:
    r"""An answer without what surrounds it: spaces, TeX line breaks, final stop, one pair of `$`.

    >>> unwrap(r"$\frac{1}{2}$. \\")
    '\\frac{1}{2}'
    """
    text = re.sub(r"(?:\s|\\\\)+$", "", answer.strip())
    text = re.sub(r"(?<=[\w$})\]])\.$", "", text)
    for left, right in _WRAPPED:
        inner = text[len(left) : -len(right)]
        whole = len(text) > len(left) + len(right) and text.startswith(left) and text.endswith(right)
        if whole and left not in inner and right not in inner:
            return re.sub(r"\.$", "", inner.strip())
    return text


def format_number(value: float | str) -> str:
    """A number as people write it: whole ones without a decimal point.

    >>> format_number(43.0), format_number("11.5")
    ('43', '11.5')
    """
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)
