"""Finite unions of intervals with real balls as ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """One interval: ends as real balls (infinite ones too) and whether they belong to it."""

    low: Any
    low_closed: bool
    high: Any
    high_closed: bool


Pieces = tuple[Piece, ...]


def compare_ends(left: Any, right: Any) -> int:
    """-1, 0 or 1; balls that overlap are the same number."""
    if left == right or left.overlaps(right):
        return 0
    return -1 if left < right else 1


def union(pieces: list[Piece]) -> Pieces:
    """Disjoint pieces in order, merged where they overlap or touch."""
    found: list[Piece] = []
    kept = [piece for piece in pieces if _is_nonempty(piece)]
    for piece in sorted(kept, key=cmp_to_key(_by_low)):
        if found and _touch(found[-1], piece):
            found[-1] = _merged(found[-1], piece)
        else:
            found.append(piece)
    return tuple(found)


def _is_nonempty(piece: Piece) -> bool:
    order = compare_ends(piece.low, piece.high)
    return order < 0 or (order == 0 and piece.low_closed and piece.high_closed)


def _by_low(left: Piece, right: Piece) -> int:
    order = compare_ends(left.low, right.low)
    return order or int(right.low_closed) - int(left.low_closed)


def _touch(left: Piece, right: Piece) -> bool:
    order = compare_ends(left.high, right.low)
    return order > 0 or (order == 0 and (left.high_closed or right.low_closed))


def _merged(left: Piece, right: Piece) -> Piece:
    order = compare_ends(left.high, right.high)
    if order > 0:
        return left
    closed = right.high_closed or (order == 0 and left.high_closed)
    return Piece(left.low, left.low_closed, right.high, closed)


def intersection(left: Pieces, right: Pieces) -> Pieces:
    """What two sets have in common."""
    return union([_common(one, two) for one in left for two in right])


def _common(one: Piece, two: Piece) -> Piece:
    order = compare_ends(one.low, two.low)
    low, low_closed = (one.low, one.low_closed) if order > 0 else (two.low, two.low_closed)
    if order == 0:
        low_closed = one.low_closed and two.low_closed
    order = compare_ends(one.high, two.high)
    high, high_closed = (one.high, one.high_closed) if order < 0 else (two.high, two.high_closed)
    if order == 0:
        high_closed = one.high_closed and two.high_closed
    return Piece(low, low_closed, high, high_closed)


def same_pieces(left: Pieces, right: Pieces, *, ignore_ends: bool) -> bool:
    """Whether two canonical unions are the same set; ends may be open on one side if `ignore_ends`."""
    return len(left) == len(right) and all(
        compare_ends(one.low, two.low) == 0
        and compare_ends(one.high, two.high) == 0
        and (ignore_ends or (one.low_closed == two.low_closed and one.high_closed == two.high_closed))
        for one, two in zip(left, right, strict=True)
    )
