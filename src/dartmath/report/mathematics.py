r"""Text with LaTeX mathematics as segments: plain text, and MathML that a browser draws by itself.

Nothing of the text reaches a page as markup: plain segments stay text, and MathML is built from
elements and attributes of an allowed list, every character data escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Longer formulas stay text: conversion time grows faster than length.
_MAX_FORMULA = 1000
_MAX_DEPTH = 60

_FORMULA = re.compile(
    r"\$\$(?P<display>[^$]{1,1000})\$\$"
    r"|\\\[(?P<bracket>.{1,1000}?)\\\]"
    r"|\\\((?P<paren>.{1,1000}?)\\\)"
    r"|(?P<environment>\\begin\{(?P<name>align|equation|gather|cases|[bpv]?matrix|aligned)(?P<star>\*?)\}"
    r".{1,1000}?\\end\{(?P=name)(?P=star)\})"
    # As in Pandoc: no space inside the dollars, and no digit after, so that "$5 and $6" is money.
    r"|(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$\n]{0,1000}?[^\s$\\])?)\$(?!\d)"
    r"|(?P<boxed>\\boxed\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})",
    re.DOTALL,
)
_TAGS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "ms",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
        "mpadded",
        "mphantom",
        "menclose",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "display",
        "stretchy",
        "mathvariant",
        "linethickness",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "displaystyle",
        "scriptlevel",
        "accent",
        "fence",
        "form",
        "separator",
        "minsize",
        "maxsize",
        "lspace",
        "rspace",
        "width",
    ]
)
_VALUE = re.compile(r"[\w .%+-]{1,40}")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text: `source` as written, and its MathML when it is a formula."""

    source: str
    mathml: str = ""
    display: bool = False

    def to_json(self) -> str | list[str | bool]:
        """Compact form for the page: a string, or [source, MathML, display]."""
        return [self.source, self.mathml, self.display] if self.mathml else self.source


def segments(text: str) -> list[Segment]:
    """`text` cut into plain and formula segments; joined, their sources are `text` again.

    A formula that cannot be converted stays plain text.
    """
    found: list[Segment] = []
    for piece in _cut(text):
        if found and not piece.mathml and not found[-1].mathml:
            found[-1] = Segment(found[-1].source + piece.source)
        elif piece.source:
            found.append(piece)
    return found


def without_dollars(text: str) -> str:
    r"""The text with formulas that say the same without their delimiters, for places that draw none.

    >>> without_dollars(r"What is $3 + 4$, and what $\frac12$?")
    'What is 3 + 4, and what $\\frac12$?'
    """

    def bare(match: re.Match[str]) -> str:
        inline = match["inline"] or match["paren"]
        return inline.strip() if inline and "\\" not in inline else match[0]

    return _FORMULA.sub(bare, text)


def _cut(text: str) -> Iterator[Segment]:
    place = 0
    for match in _FORMULA.finditer(text):
        yield Segment(text[place : match.start()])
        inline = match["inline"] or match["paren"] or match["boxed"]
        formula = inline or match["display"] or match["bracket"] or match["environment"]
        yield Segment(match[0], to_mathml(formula.strip(), display=not inline), not inline)
        place = match.end()
    yield Segment(text[place:])


@lru_cache(maxsize=4096)
def to_mathml(latex: str, *, display: bool = False) -> str:
    """Safe MathML of a formula; empty when it is too long or not understood."""
    if not latex or len(latex) > _MAX_FORMULA or _depth(latex) > _MAX_DEPTH:
        return ""
    from latex2mathml.converter import convert_to_element

    try:
        root = convert_to_element(latex, display="block" if display else "inline")
    except _not_latex():
        return ""
    return _serialise(root)


def _not_latex() -> tuple[type[Exception], ...]:
    """What the converter raises for a text that is no LaTeX: its own errors have no common base."""
    from latex2mathml import exceptions

    own = [e for e in vars(exceptions).values() if isinstance(e, type) and issubclass(e, Exception)]
    return (*own, ValueError, LookupError, StopIteration, RuntimeError, TypeError)


def _depth(latex: str) -> int:
    deepest = depth = 0
    for character in latex:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest


def _serialise(element: Element) -> str:
    """The element as markup, with nothing but allowed names and escaped text."""
    inside = escape(unescape(element.text or "")) + "".join(
        _serialise(child) + escape(unescape(child.tail or "")) for child in element
    )
    if element.tag not in _TAGS:
        return inside
    if element.tag == "menclose":
        # Browsers draw no menclose any more; the page's style does.
        kind = "box" if "box" in element.get("notation", "") else "strike"
        return f'<mrow class="{kind}">{inside}</mrow>'
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"
