"""Lists, sets and tuples: in order or in any order, with labels and side conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dartmath.verify.compare.closeness import are_blurred
from dartmath.verify.compare.matrices import combined, components, mentions_matrix
from dartmath.verify.compare.names import by_name, value_of
from dartmath.verify.compare.realset import INEQUALITIES, is_set
from dartmath.verify.compare.relations import assigned, is_equation, label
from dartmath.verify.language.vocabulary import OPPOSITES
from dartmath.verify.numeric.equality import Decision
from dartmath.verify.numeric.exact import Inexact, rational
from dartmath.verify.parsing.progressions import DOTS, written_out
from dartmath.verify.tree.expression import Expression, Group, Matrix, Named, Relation, Symbol, Text

if TYPE_CHECKING:
    from dartmath.verify.compare.comparison import Comparison

WHOLE_NUMBERS = frozenset(["\\mathbb{Z}", "\\mathbb{N}", "Z", "N"])

_SHOWN = 40
"""Characters of an item in a reason, so that three of them still fit a line."""

MAX_UNMATCHED = 40
"""Items compared pairwise, after those that are exactly the same; more are different lists."""


def same_collection(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """Compare when at least one side is a group of items."""
    reference, answer = (
        written_out(side) if isinstance(side, Group) else side for side in (reference, answer)
    )
    if isinstance(reference, Group) and isinstance(answer, Group):
        return _same_groups(reference, answer, comparison)
    group, other = (reference, answer) if isinstance(reference, Group) else (answer, reference)
    assert isinstance(group, Group)
    if (found := _as_vectors(group, other, comparison, swapped=group is not reference)) is not None:
        return found
    if isinstance(other, Named) and other.kind == "boolean" and isinstance(group.items[0], Named):
        return _explained(group, other)
    main = _without_conditions(group)
    if group.joiner == "or" and all(comparison.same(main[0], item) for item in main[1:]):
        main = main[:1]
    if len(main) == 1:
        if isinstance(reference, Group):
            return comparison.same(main[0], answer)
        return comparison.same(reference, main[0])
    return Decision(False, "collection", f"{len(main)} items against one")


def _as_vectors(group: Group, other: Expression, comparison: Comparison, *, swapped: bool) -> Decision | None:
    """A tuple against a matrix, or against a sum of unit vectors."""
    if mentions_matrix(other) and (matrix := combined(other)) is not None:
        return _vector(matrix, group, comparison) if swapped else _vector(group, matrix, comparison)
    parts = components(other, len(group.items)) if _is_tuple(group.brackets) else None
    if parts is None:
        return None
    return same_tuple(*((parts, group.items) if swapped else (group.items, parts)), comparison)


def _explained(group: Group, verdict: Named) -> Decision:
    """`Yes, because it converges`: a yes or no, and behind it nothing but words."""
    equal = group.items[0] == verdict and all(isinstance(item, Text) for item in group.items[1:])
    return Decision(equal, "boolean", f"{group.items[0]} with an explanation, against {verdict.value}")


def _without_conditions(group: Group) -> tuple[Expression, ...]:
    """The items of a bare list without the side conditions behind the first: `1/x, x != 0`."""
    if group.brackets or not group.items or _is_condition(group.items[0]):
        return group.items
    if is_set(group.items[0]) or (isinstance(group.items[0], Group) and group.items[0].brackets):
        return tuple(item for item in group.items if not _is_condition(item) or _keeps_whole(item))
    return tuple(item for item in group.items if not _is_condition(item))


def _keeps_whole(condition: Expression) -> bool:
    """Whether a condition leaves only whole numbers, which is more than a remark beside an interval."""
    match condition:
        case Relation(operators=("in",), sides=(_, Symbol(name=name))):
            return name in WHOLE_NUMBERS
    return False


def _is_condition(item: Expression) -> bool:
    return isinstance(item, Relation) and all(
        sign in INEQUALITIES or sign in ("in", "notin", "subset") for sign in item.operators
    )


def _same_groups(reference: Group, answer: Group, comparison: Comparison) -> Decision:
    found = _by_brackets(reference, answer, comparison)
    if found and comparison.query and are_blurred(reference.items, answer.items):
        return Decision(False, "list", "values further away than they are from each other")
    return found


def _by_brackets(reference: Group, answer: Group, comparison: Comparison) -> Decision:
    ours, theirs = reference.brackets, answer.brackets
    if _is_tuple(ours) and _is_tuple(theirs):
        if _may_be_interval(reference) and not _same_ends(ours, theirs, comparison):
            return Decision(False, "interval", "ends open on one side and closed on the other")
        return same_tuple(reference.items, answer.items, comparison)
    if _is_tuple(ours) != _is_tuple(theirs):
        return _tuple_against_list(reference, answer, comparison)
    return _same_lists(reference, answer, comparison)


def _is_tuple(brackets: str) -> bool:
    return brackets not in ("", "{}")


def _may_be_interval(group: Group) -> bool:
    """Whether it holds the two items that an interval has as its ends."""
    match group.items:
        case (_, _):
            return True
    return False


def _same_ends(ours: str, theirs: str, comparison: Comparison) -> bool:
    return ours == theirs or "<>" in (ours, theirs) or comparison.ignore_ends


def _tuple_against_list(reference: Group, answer: Group, comparison: Comparison) -> Decision:
    """`(1, 2)` is `1, 2` or `x = 1, y = 2` in this order; a set in braces is no tuple."""
    if "{}" in (reference.brackets, answer.brackets):
        return Decision(False, "collection", "a set against a tuple")
    if all(isinstance(item, Group) for item in (*reference.items, *answer.items)):
        return _same_lists(reference, answer, comparison)
    if "[]" in (reference.brackets, answer.brackets) and not _may_be_interval(reference):
        return _same_lists(reference, answer, comparison)
    ours, theirs = (_in_order_of_names(group.items) for group in (reference, answer))
    return same_tuple(ours, theirs, comparison)


def _in_order_of_names(items: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The values of `y = 2, x = 1` in the order that a tuple gives to x and y."""
    names = [label(item) or "" for item in items]
    if all(len(name) == 1 for name in names) and len(set(names)) == len(names):
        items = tuple(item for _, item in sorted(zip(names, items, strict=True), key=lambda pair: pair[0]))
    return tuple(value_of(item) for item in items)


def same_tuple(ours: Sequence[Expression], theirs: Sequence[Expression], comparison: Comparison) -> Decision:
    """Items one by one, in order."""
    if len(ours) != len(theirs):
        return Decision(False, "tuple", f"{len(theirs)} items, not {len(ours)}")
    precision = None
    for place, (one, two) in enumerate(zip(ours, theirs, strict=True), 1):
        found = comparison.same(one, two)
        if not found:
            return Decision(found.equal, "tuple", f"item {place}: {found.reason}", found.precision)
        precision = found.precision or precision
    return Decision(True, "tuple", f"all {len(ours)} items equal in order", precision)


def _same_lists(reference: Group, answer: Group, comparison: Comparison) -> Decision:
    ours, theirs = list(reference.items), list(answer.items)
    if len(ours) != len(theirs) and "{}" not in (reference.brackets, answer.brackets):
        ours, theirs = list(_without_conditions(reference)), list(_without_conditions(answer))
    if DOTS in ours or DOTS in theirs or _is_series(ours, comparison):
        return same_tuple(ours, theirs, comparison)
    if comparison.ordered and not _have_same_names(ours, theirs):
        return same_tuple(ours, theirs, comparison)
    as_set = "{}" in (reference.brackets, answer.brackets)
    if not as_set and (pairs := by_name(ours, theirs)) is not None:
        found = same_tuple([one for one, _ in pairs], [two for _, two in pairs], comparison)
        return replace(found, comparison="names")
    labels = [label(item) for item in ours], [label(item) for item in theirs]
    if all(labels[0]) and all(labels[1]) and set(labels[0]) == set(labels[1]) and not as_set:
        return _unordered(ours, theirs, False, comparison)
    if not as_set and any(map(_unlike, labels)) and not all(map(all, labels)):
        return _unlabelled_in_order(ours, theirs, comparison)
    found = _unordered(ours, theirs, as_set, comparison)
    if found or not (_all_assigned(ours) or _all_assigned(theirs)):
        return found
    both_named = all(labels[0]) and all(labels[1]) and not _words_against_symbols(ours, theirs)
    if both_named and _bases(labels[0]) != _bases(labels[1]):
        return found
    return _unordered(
        [value_of(item) for item in ours], [value_of(item) for item in theirs], as_set, comparison
    )


def _have_same_names(ours: Sequence[Expression], theirs: Sequence[Expression]) -> bool:
    """Whether both sides give values to the same names, each once, so that their order says nothing."""
    one, two = ([label(item) for item in side] for side in (ours, theirs))
    return all(one) and len(set(one)) == len(one) and sorted(map(str, one)) == sorted(map(str, two))


def _is_series(items: Sequence[Expression], comparison: Comparison) -> bool:
    """Whether items answer one question each: true or false, high and low, as many as are asked.

    Nobody says "true, false" of two statements in any order, nor a word twice for a set.
    """
    if all(isinstance(item, Named) and item.kind == "boolean" for item in items):
        return True
    if any(label(item) for item in items) or any(_is_option(item) for item in items):
        return False
    words = [item.words for item in items if isinstance(item, Text)]
    if len(set(words)) < len(words) or comparison.asks_for(len(items)):
        return True
    said = {word.lower() for word in words}
    return any(one in said and two in said for one, two in OPPOSITES)


def _is_option(item: Expression) -> bool:
    return isinstance(item, Named) and item.kind == "choice"


def _bases(labels: list[str | None]) -> set[str]:
    """Names without their subscripts: x of `x_1` and `x_2`."""
    return {name if "(" in name else name.partition("_")[0] for name in labels if name}


def _unlike(labels: list[str | None]) -> bool:
    """Whether a list gives values to different variables, so that their order says which is which."""
    return (
        len(labels) > 1
        and all(name and len(name) == 1 for name in labels)
        and len(set(labels)) == len(labels)
    )


def _unlabelled_in_order(
    ours: list[Expression], theirs: list[Expression], comparison: Comparison
) -> Decision:
    """Values of named variables against bare values: as written, or in the order of the names."""
    plain = [value_of(item) for item in ours], [value_of(item) for item in theirs]
    return same_tuple(*plain, comparison) or same_tuple(
        _in_order_of_names(tuple(ours)), _in_order_of_names(tuple(theirs)), comparison
    )


def _all_assigned(items: list[Expression]) -> bool:
    return all(is_equation(item) and assigned(item) is not None for item in items)


def _words_against_symbols(ours: list[Expression], theirs: list[Expression]) -> bool:
    return _symbol_heads(ours) != _symbol_heads(theirs)


def _symbol_heads(items: list[Expression]) -> bool:
    return all(isinstance(item, Relation) and isinstance(item.sides[0], Symbol) for item in items)


def _unordered(
    ours: list[Expression], theirs: list[Expression], as_set: bool, comparison: Comparison
) -> Decision:
    """The same items in any order: as often on both sides, or as sets at least once."""
    if as_set:
        ours, theirs = _distinct(ours), _distinct(theirs)
    elif len(ours) != len(theirs):
        return Decision(False, "list", f"{len(theirs)} items, not {len(ours)}")
    left, right = _unmatched(ours, theirs)
    if len(left) > MAX_UNMATCHED or len(right) > MAX_UNMATCHED:
        return Decision(False, "list", f"more than {MAX_UNMATCHED} items have no equal")
    if as_set:
        return _same_elements(left, right, ours, theirs, comparison)
    precision = None
    for item in left:
        for place, other in enumerate(right):
            if found := comparison.same(item, other):
                precision = found.precision or precision
                del right[place]
                break
        else:
            return Decision(False, "list", f"no item equal to {_short(item)}")
    return Decision(True, "list", f"all {len(ours)} items equal in some order", precision)


def _same_elements(
    left: list[Expression],
    right: list[Expression],
    ours: list[Expression],
    theirs: list[Expression],
    comparison: Comparison,
) -> Decision:
    """Whether the items `left` and `right` without an exact twin are equal to one of the other set."""
    pairs = (
        *((item, [(item, other) for other in (*right, *theirs)]) for item in left),
        *((item, [(other, item) for other in ours]) for item in right),
    )
    precision = None
    for item, candidates in pairs:
        alike = (pair for pair in candidates if _is_set_in_set(pair[0]) == _is_set_in_set(pair[1]))
        found = next(filter(None, (comparison.same(*pair) for pair in alike)), None)
        if found is None:
            return Decision(False, "list", f"no item equal to {_short(item)}")
        precision = found.precision or precision
    return Decision(True, "list", f"all {len(ours)} items equal in some order", precision)


def _is_set_in_set(item: Expression) -> bool:
    """Whether an item of a set is itself a set, which even with one element is not that element."""
    return isinstance(item, Group) and item.brackets == "{}"


def _unmatched(ours: list[Expression], theirs: list[Expression]) -> tuple[list[Expression], list[Expression]]:
    """Items without an exact twin on the other side."""
    left, right = [(_key(item), item) for item in ours], [(_key(item), item) for item in theirs]
    common = Counter(key for key, _ in left) & Counter(key for key, _ in right)
    return _rest(left, common.copy()), _rest(right, common.copy())


def _rest(items: list[tuple[str, Expression]], common: Counter[str]) -> list[Expression]:
    rest = []
    for key, item in items:
        if common[key] > 0:
            common[key] -= 1
        else:
            rest.append(item)
    return rest


def _distinct(items: list[Expression]) -> list[Expression]:
    return list({_key(item): item for item in items}.values())


def _key(item: Expression) -> str:
    """Equal for items that are plainly the same: the exact rational value, or the printed tree."""
    try:
        value = rational(item)
        return f"={value.numerator:x}/{value.denominator:x}"
    except (Inexact, ArithmeticError):
        return str(item)[:4000]


def _short(item: Expression) -> str:
    text = str(item)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _rows(group: Group) -> tuple[tuple[Expression, ...], ...] | None:
    """`[[1, 2], [3, 4]]` as matrix rows; None when it is no list of equally long lists."""
    rows = [item.items for item in group.items if isinstance(item, Group)]
    if len(rows) != len(group.items) or len({len(row) for row in rows}) != 1:
        return None
    return tuple(rows)


def _vector(reference: Expression, answer: Expression, comparison: Comparison) -> Decision:
    """A tuple in parentheses or angle brackets has no orientation: it is any row or column."""
    matrix, group = (reference, answer) if isinstance(reference, Matrix) else (answer, reference)
    assert isinstance(matrix, Matrix) and isinstance(group, Group)
    if (nested := _rows(group)) is not None:
        pair = (matrix, Matrix(nested)) if matrix is reference else (Matrix(nested), matrix)
        return comparison.same(*pair)
    if not _is_tuple(group.brackets) or (len(matrix.rows) > 1 and len(matrix.rows[0]) > 1):
        return Decision(False, "matrix", "a matrix against a list")
    entries = tuple(entry for row in matrix.rows for entry in row)
    if isinstance(reference, Matrix):
        return same_tuple(entries, group.items, comparison)
    return same_tuple(group.items, entries, comparison)
