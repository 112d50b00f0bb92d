"""Signatures: how alike two responses are, from a few hundred bytes of each.

A response is taken for the set of its features: word n-grams, or the equations of its steps. Of the hashes of
the features the smallest are kept (a bottom-k sketch; Broder 1997, "On the resemblance and containment of
documents"), which estimates the Jaccard index of two sets, and gives it exactly where the sets are small.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable
from typing import Literal

from dartmath.curation.decontaminate import loosen

Features = Literal["words", "equations"]

_KEPT = 64  # the estimate's standard error is at most 1 / sqrt(64) / 2 = 0.06
_NGRAM = 3
_TOKEN = re.compile(r"\\[a-zA-Z]+|[^\W\d_]+|\d+(?:\.\d+)?|[=+*/^<>-]")
_EQUATION = re.compile(r"[^\s=,;:.$]?[^=\n,;:$]{0,60}=[^=\n,;:$]{1,60}")
_MIX = 2654435761  # Knuth's multiplicative hash: crc32 alone orders alike texts alike


def signature(text: str, features: Features = "words") -> bytes:
    """The sketch of a response; one without equations is taken by its words."""
    found = _equations(text) if features == "equations" else ()
    hashes = {
        zlib.crc32(one.encode("utf-8", "surrogatepass")) * _MIX & 0xFFFFFFFF for one in found or _words(text)
    }
    return array("I", sorted(hashes)[:_KEPT]).tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """The Jaccard index of two responses' features, from 0 to 1, estimated from their sketches."""
    a, b = _unpacked(one), _unpacked(other)
    if not a or not b:
        return float(a == b)
    smallest = sorted(a | b)[:_KEPT] if len(a) == _KEPT or len(b) == _KEPT else a | b
    both = a & b
    return sum(1 for value in smallest if value in both) / len(smallest)


def _unpacked(sketch: bytes) -> set[int]:
    numbers = array("I")
    numbers.frombytes(sketch)
    return set(numbers)


def _words(text: str) -> Iterable[str]:
    words = _TOKEN.findall(text.lower())
    grams = [" ".join(gram) for gram in zip(*(words[i:] for i in range(_NGRAM)), strict=False)]
    return grams or words


def _equations(text: str) -> list[str]:
    return [loosen(match.group()) for match in _EQUATION.finditer(text)]
