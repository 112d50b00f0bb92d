"""Signatures: how alike two responses are, from 256 bytes of each.

A response is taken for the set of its features: word n-grams, or the equations of its steps. Its sketch is
one-permutation MinHash (Li, Owen and Zhang 2012, "One Permutation Hashing", eq. 4): the hashes of
the features fall into bins, and of each bin the smallest is kept. The share of bins in which two agree,
among those that either fills, estimates the Jaccard index of two sets.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from dartmath.base.workers import map_in_order
from dartmath.curation.decontaminate import loosen

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Sketches = npt.NDArray[np.uint16]

Item = TypeVar("Item")
Features = Literal["words", "equations"]

_BINS = 128  # the estimate's standard error is at most 1 / sqrt(128) / 2 = 0.044
_EMPTY = 0xFFFF
_BIN_BITS, _VALUE_BITS = 7, 16
_NGRAM = 3
# Signs are words of their own, and so is each letter of a script without spaces; `$` and points say little.
_TOKEN = re.compile(r"[a-z0-9]+|[^\sa-z0-9$.,;:!?]")
_CLAUSE = re.compile(r"[\n,;:$]|\.(?!\d)|\\[()\[\]]")
_WORD = re.compile(r"[a-z]{2,}[.!?]?", re.IGNORECASE)
_SIDE = 60  # characters of a side of an equation that count
# Odd constants of SplitMix64 and xxHash: any that mix well would do, and these are known to.
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_REMEMBERED = 1 << 20


class _TokenHashes(dict[str, int]):
    """The hash of each token; emptied when a hostile pool has filled it."""

    def __missing__(self, token: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = value = zlib.crc32(token.encode("utf-8", "surrogatepass"))
        return value


_HASHES = _TokenHashes()


def signature(text: str, features: Features = "words") -> bytes:
    """The sketch of a response; one without equations is taken by its words."""
    import numpy as np

    found = _equations(text) if features == "equations" else ()
    tokens = found or _TOKEN.findall(text.lower())
    hashes = np.fromiter(map(_HASHES.__getitem__, tokens), np.uint64, len(tokens))
    if not found and len(tokens) >= _NGRAM:
        first, second, third = (np.uint64(factor) for factor in _MIX)
        hashes = hashes[:-2] * first + hashes[1:-1] * second + hashes[2:] * third
    return _sketch(hashes)


def signatures(
    items: Iterable[Item],
    text: Callable[[Item], str | None],
    features: Features,
    *,
    workers: int | None = None,
) -> Iterator[tuple[Item, bytes]]:
    """Each of `items` with the sketch of its text, empty where that is None, in their order.

    Of many, worker processes make the sketches (see `map_in_order`).
    """

    def argument(item: Item) -> list[str] | None:
        found = text(item)
        return None if found is None else [found, features]

    for item, encoded in map_in_order(f"{__name__}:encoded", items, argument, workers=workers):
        yield item, b64decode(encoded or "")


def encoded(pair: tuple[str, Features]) -> str:
    """The `signature` of a text as a JSON text, for worker processes."""
    return b64encode(signature(*pair)).decode("ascii")


def _sketch(hashes: Any) -> bytes:
    """The smallest hash of each bin, the bins in order."""
    import numpy as np

    mixed = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(_MIX[0])
    keys = np.sort(mixed >> np.uint64(64 - _BIN_BITS - _VALUE_BITS))
    bins = keys >> np.uint64(_VALUE_BITS)
    first = np.ones(len(keys), dtype=bool)
    first[1:] = bins[1:] != bins[:-1]
    sketch = np.full(_BINS, _EMPTY, dtype=np.uint16)
    # The largest value stands for an empty bin, so no hash may have it.
    sketch[bins[first]] = np.minimum(keys[first] & np.uint64(_EMPTY), np.uint64(_EMPTY - 1))
    return sketch.tobytes()


def unpacked(sketches: Sequence[bytes]) -> Sketches:
    """Sketches as the rows of a matrix, for `likenesses`."""
    import numpy as np

    return np.frombuffer(b"".join(sketches), dtype=np.uint16).reshape(len(sketches), _BINS)


def likenesses(one: Any, others: Any) -> Any:
    """The likeness of a row of `unpacked` with each row of others: an array of floats from 0 to 1."""
    import numpy as np

    filled = (others != _EMPTY) | (one != _EMPTY)
    agree = (others == one) & filled
    counts = filled.sum(axis=1)
    return np.where(counts > 0, agree.sum(axis=1) / np.maximum(counts, 1), 1.0)


def likeness(one: bytes, other: bytes) -> float:
    """The Jaccard index of two responses' features, from 0 to 1, estimated from their sketches."""
    if not one or not other:
        return float(one == other)
    first, second = unpacked([one, other])
    return float(likenesses(first, second[None, :])[0])


def _equations(text: str) -> list[str]:
    """Both sides of each equals sign, up to the next word, in one notation."""
    found = []
    for clause in _CLAUSE.split(text):
        if "=" in clause:
            sides = [side.split() for side in clause.split("=")]
            found += [f"{_end(left)}={_beginning(right)}" for left, right in pairwise(sides)]
    return found


def _end(side: Sequence[str]) -> str:
    return loosen("".join(list(takewhile(_is_formula, reversed(side)))[::-1]))[-_SIDE:]


def _beginning(side: Sequence[str]) -> str:
    return loosen("".join(takewhile(_is_formula, side)))[:_SIDE]


def _is_formula(token: str) -> bool:
    return not _WORD.fullmatch(token)
