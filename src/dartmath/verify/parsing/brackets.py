"""Brackets, set-builders, absolute values and environments of the grammar."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.vocabulary import OTHERWISE, one_of
from dartmath.verify.parsing.cursor import closes
from dartmath.verify.parsing.progressions import dotted_list
from dartmath.verify.parsing.rules import Rules
from dartmath.verify.tree.determinant import determinant
from dartmath.verify.tree.expression import Apply, Cases, Expression, Group, Matrix, Named, SetBuilder

MAX_ITEMS = 1_000
_OTHERWISE = regex(one_of(*OTHERWISE), re.IGNORECASE)
_ALIGNED = frozenset(["aligned", "align", "alignedat", "split", "gather", "gathered", "eqnarray", "equation"])
_MATRICES = frozenset(
    ["pmatrix", "bmatrix", "matrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"]
)


def bracketed(g: Rules, opening: str) -> Expression:
    """What stands between an opening bracket, already taken, and its partner."""
    if opening in "({[" and closes(opening, g.tokens[g.at + 1]) and (only := g.lone()) is not None:
        g.at += 1
        return only
    if opening == "S" and g.token.kind == "begin":
        return _braced_rows(g)
    bars, g.bars = g.bars, 0
    g.depth += 1
    if g.builds and opening in "S{" and (bar := _builder_bar(g, opening)):
        made = _set_builder(g, bar)
    else:
        made = _closed(g, opening, *_items(g, opening))
    g.bars = bars
    g.depth -= 1
    return made


def _items(g: Rules, opening: str) -> tuple[list[Expression], list[int]]:
    """What stands between the separators, and where semicolons do.

    Dots among the items become the progression that they stand for.
    """
    items: list[Expression] = []
    rows: list[int] = []
    dots = 0
    while not closes(opening, g.token) and not (opening == "<" and g.is_op(">")):
        if g.tokens[g.at].text == "ldots" and items and not dots:
            g.at += 1
            dots = len(items)
        else:
            items.append(g.union() if opening == "<" else g.statement())
            if len(items) > MAX_ITEMS:
                raise NotationError(f"more than {MAX_ITEMS} items")
        if (sign := g.accept(",", ";", "and", "or")) is None:
            break
        if sign == ";":
            rows.append(len(items))
        while g.accept(",", ";", "and", "or"):
            pass
    if not dots:
        return items, rows
    found = dotted_list(items[:dots], items[dots:])
    if found is None:
        raise NotationError("dots in no evident progression")
    return found, []


def _closed(g: Rules, opening: str, items: list[Expression], rows: list[int]) -> Expression:
    token = g.token
    if opening == "<" and token.key == ("op", ">"):
        g.take()
        return Group("<>", tuple(items))
    token = g.take()
    if not closes(opening, token):
        raise NotationError(f"a bracket {opening!r} without its partner")
    if opening in "FC":
        if len(items) != 1:
            raise NotationError("floor or ceiling of no single value")
        return Apply("floor" if opening == "F" else "ceil", tuple(items))
    if opening == "S":
        return Group("{}", tuple(items)) if items else Named("set", "empty")
    if not items:
        raise NotationError("empty brackets")
    if opening == "{":
        return items[0] if len(items) == 1 else Group("{}", tuple(items))
    if len(items) == 1 and opening != "<":
        return items[0]
    if rows and opening == "[" and (matrix := _matrix(items, rows)) is not None:
        return matrix
    return Group(opening + (">" if opening == "<" else token.text), tuple(items))


def _matrix(items: list[Expression], rows: list[int]) -> Matrix | None:
    """`[1, 2; 3, 4]` as a matrix; None unless its rows have the same length, of two entries or more."""
    cut = [items[start:end] for start, end in zip([0, *rows], [*rows, len(items)], strict=True)]
    lengths = {len(row) for row in cut if row}
    if len(lengths) != 1 or lengths == {1}:
        return None
    return Matrix(tuple(tuple(row) for row in cut if row))


def _builder_bar(g: Rules, opening: str) -> int:
    """Place of the bar of `{x | ...}` or `{x : ...}`; 0 when the braces hold a plain list."""
    depth, bars = 0, []
    for place in range(g.at, min(len(g.tokens), g.at + 300)):
        kind, text, _, _ = g.tokens[place]
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth < 0:
                break
        elif depth == 0 and kind == "op" and (text == "|" or (text == ":" and opening == "S")):
            bars.append(place)
    if not bars or (g.tokens[bars[0]].text == "|" and len(bars) % 2 == 0):
        return 0
    return bars[0] if bars[0] > g.at else 0


def _set_builder(g: Rules, bar: int) -> Expression:
    g.bars = 1
    element = g.statement()
    g.bars = 0
    if g.at != bar:
        raise NotationError("a set-builder whose element is unclear")
    g.take()
    condition = g.conditions()
    if g.take().kind != "close":
        raise NotationError("a set-builder without an end")
    return SetBuilder(element, condition)


def _determinant(rows: tuple[tuple[Expression, ...], ...]) -> Expression:
    found = determinant(rows)
    if found is None:
        raise NotationError("a determinant that is not square, or too large")
    return found


def bars(g: Rules) -> Expression:
    """An absolute value, or the determinant of a matrix between bars; the first bar is taken."""
    g.bars += 1
    g.depth += 1
    inner = g.union()
    g.depth -= 1
    g.bars -= 1
    if not g.accept("|"):
        raise NotationError("an absolute value without an end")
    return _determinant(inner.rows) if isinstance(inner, Matrix) else Apply("abs", (inner,))


def _braced_rows(g: Rules) -> Expression:
    """Cases written as an array behind a lone brace."""
    found = environment(g, "cases" if g.take().text == "array" else "aligned")
    if closes("S", g.token):
        g.take()
    return found


def environment(g: Rules, name: str) -> Expression:
    """A matrix, a case distinction, or aligned rows of statements."""
    rows: list[list[Expression]] = [[]]
    condition_next = False
    if name in _ALIGNED:
        _unalign(g)
    while True:
        token = g.token
        if token.kind == "end":
            g.take()
            break
        if token.kind == "stop":
            raise NotationError(f"\\begin{{{name}}} without its end")
        if g.accept("newline"):
            rows.append([])
        elif g.accept("&"):
            condition_next = name == "cases" and bool(rows[-1])
            if condition_next:
                _skip_to_condition(g)
        elif not g.accept(",", ";", "."):
            rows[-1].append(g.conditions() if condition_next else g.statement())
            condition_next = False
        if len(rows) > MAX_ITEMS:
            raise NotationError(f"more than {MAX_ITEMS} rows")
    return _assembled(name, [row for row in rows if row])


def _unalign(g: Rules) -> None:
    """Take out the `&` of aligned rows, and the row ends in front of a line that goes on with `=`."""
    depth, end = 1, g.at
    while depth and g.tokens[end].kind != "stop":
        depth += {"begin": 1, "end": -1}.get(g.tokens[end].kind, 0)
        end += 1
    kept = [token for token in g.tokens[g.at : end] if token.key != ("op", "&")]
    pairs = zip(kept, [*kept, g.tokens[-1]][1:], strict=True)
    g.tokens[g.at : end] = [
        token for token, after in pairs if token.key != ("op", "newline") or after.key != ("op", "=")
    ]


def _skip_to_condition(g: Rules) -> None:
    """Leave out the words in front of a case's condition, `if x > 0`, unless they are all of it."""
    while (g.token.kind == "text" or g.is_op("&")) and g.peek(1).kind not in ("end", "stop"):
        if _OTHERWISE.match(g.token.text):
            return
        g.take()


def _assembled(name: str, rows: list[list[Expression]]) -> Expression:
    if not rows:
        raise NotationError(f"an empty {name}")
    if name in _MATRICES:
        if len({len(row) for row in rows}) > 1:
            raise NotationError("matrix rows of different lengths")
        entries = tuple(tuple(row) for row in rows)
        return _determinant(entries) if name == "vmatrix" else Matrix(entries)
    if name in ("cases", "rcases", "dcases") and any(len(row) > 1 for row in rows):
        return Cases(tuple((row[0], row[1] if len(row) > 1 else None) for row in rows))
    return Group("", tuple(item for row in rows for item in row))
