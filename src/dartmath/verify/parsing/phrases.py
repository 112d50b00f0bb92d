"""Whole answers in words that mean a set of real numbers or a quantity of several units."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from dartmath.base.regex import regex
from dartmath.verify.language.units import parse_unit
from dartmath.verify.parsing.words import unadorned
from dartmath.verify.tree.expression import (
    ANY,
    Apply,
    Constant,
    Expression,
    Group,
    Named,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    number,
    replace,
)

Parse = Callable[[str], Expression]
"""Reads mathematics inside words: `parser.parse`, which itself asks here first."""

_ALL = r"(?:the set of )?(?:all|any|every|the)?\s*(?:the )?"
_SIGNED = regex(
    _ALL + r"(positive|negative|non-?negative|non-?positive) (?:real (?:numbers?|values?)|reals)",
    re.IGNORECASE,
)
_EXCEPT = regex(
    _ALL + r"(?:real (?:numbers?|values?)|reals)(?: (?:of )?[a-z])?,? "
    r"(?:except|other than|but|excluding|not equal to)(?: for)? (?:[a-z] ?= ?)?(?P<rest>.+)",
    re.IGNORECASE,
)
_SUCH_THAT = regex(
    _ALL + r"(?:real (?:numbers?|values?)|reals)(?: (?:of )?(?P<name>[a-z])(?![a-z]))?,? ?"
    r"(?:such that|where|with|for which|satisfying|that are|which are)? ?(?P<rest>.+)",
    re.IGNORECASE,
)
_IS = r"(?:(?:is|are|be) )?"
_SIGNS = (
    (
        regex(r"(?:(?:is|are|be) )?(?:greater|larger|more) than or equal to|(?:(?:is|are) )?at least"),
        ">=",
    ),
    (regex(r"(?:(?:is|are|be) )?(?:less|smaller|fewer) than or equal to|(?:(?:is|are) )?at most"), "<="),
    (regex(r"(?:(?:is|are|be) )?(?:strictly )?(?:greater|larger|more) than"), ">"),
    (regex(r"(?:(?:is|are|be) )?(?:strictly )?(?:less|smaller|fewer) than"), "<"),
)
MAX_PHRASE = 200
"""Characters of an answer in words with mathematics in it."""

_COMPARISON = regex(r"(?P<name>[a-zA-Z])? ?(?P<sign>>=|<=|>|<) ?(?P<bound>[^<>=]+)")
_MATHEMATICAL = regex(r"[-+*/=^_(<>|]")
_PART = r"(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]{1,12})\.?"
_RELATIONS = regex(r"\\(neq?|leq?|geq?)(?![a-zA-Z])")
_RELATION_SIGNS = {"n": " != ", "l": " <= ", "g": " >= "}
_SEVERAL_UNITS = regex(rf"{_PART}(?:(?:,| and|, and|\s)\s*{_PART})(?:(?:,| and|, and|\s)\s*{_PART})?")


def phrase(text: str, parse: Parse) -> Expression | None:
    """The set or quantity that a whole answer in words means; None when it is neither.

    `parse` reads the mathematics in it.
    """
    if len(text) > MAX_PHRASE or " " not in text.strip():
        return None
    if "real" in text or " than" in text or " at " in text or text.startswith("at "):
        if "\\" in text and (found := _of_formula(text, parse)) is not None:
            return found
        return _set(unadorned(_RELATIONS.sub(lambda sign: _RELATION_SIGNS[sign[1][0]], text)), parse)
    if not text[0].isdigit() or _MATHEMATICAL.search(text):
        return None
    return _several_units(unadorned(text))


def _set(words: str, parse: Parse) -> Expression | None:
    if signed := _SIGNED.fullmatch(words):
        return _half_line(signed[1].lower())
    if removed := _EXCEPT.fullmatch(words):
        return _without(removed["rest"], parse)
    if condition := _SUCH_THAT.fullmatch(words):
        name = condition["name"] or ANY
        return _compared(condition["rest"], name, parse) or _stated(condition["rest"], name, parse)
    return _compared(words, ANY, parse)


def _of_formula(text: str, parse: Parse) -> Expression | None:
    """`all real x such that \\frac12 \\le x \\le 4`, whose formula must keep its commands."""
    condition = _SUCH_THAT.fullmatch(text.replace("$", "").strip(" ."))
    tree = parse(condition["rest"]) if condition else None
    return tree if isinstance(tree, Relation) else None


def _half_line(sign: str) -> Expression:
    closed, infinity = sign.startswith("non"), Constant("infinity")
    if sign.endswith("positive") == closed:
        return Group("(]" if closed else "()", (Apply("neg", (infinity,)), number(0)))
    return Group("[)" if closed else "()", (number(0), infinity))


def _without(rest: str, parse: Parse) -> Expression | None:
    removed = parse(rest)
    if isinstance(removed, Group) and not removed.brackets:
        removed = Group("{}", removed.items)
    elif isinstance(removed, Number | Apply | Constant):
        removed = Group("{}", (removed,))
    if not isinstance(removed, Group) or any(isinstance(item, Text | Quantity) for item in removed.items):
        return None
    return Apply("difference", (Named("set", "reals"), removed))


def _compared(words: str, name: str, parse: Parse) -> Expression | None:
    """`greater than 2` or `x is at least 0` as a condition on one variable."""
    for pattern, sign in _SIGNS:
        if pattern.search(words):
            words = pattern.sub(sign, words, count=1)
            found = _COMPARISON.fullmatch(words)
            if found is None:
                return None
            return _condition(found["name"] or name, f"{found['sign']} {found['bound']}", parse)
    return None


def _stated(words: str, name: str, parse: Parse) -> Expression | None:
    """`x != 1`, or `!= 1` behind the name, as a condition."""
    if not any(sign in words for sign in ("<", ">", "!=")):
        return None
    return _condition(name if words[0] in "<>!" else "", words, parse)


def _condition(name: str, rest: str, parse: Parse) -> Expression | None:
    """A condition on a variable; on `ANY` where the words name none."""
    tree = parse(f"{'x' if name == ANY else name} {rest}")
    if not isinstance(tree, Relation):
        return None
    return replace(tree, {"x": Symbol(ANY)}) if name == ANY else tree


def _several_units(words: str) -> Expression | None:
    """`1 hour 30 minutes` as 3/2 hours: known units of one dimension, each smaller than the one before."""
    match = _SEVERAL_UNITS.fullmatch(words)
    if match is None:
        return None
    pairs = [(match[place], match[place + 1]) for place in (1, 3, 5) if match[place]]
    units = [parse_unit(name) for _, name in pairs]
    if not all(unit.known and unit.dimensions == units[0].dimensions for unit in units):
        return None
    if any(one.factor <= next_one.factor for one, next_one in pairwise(units)):
        return None
    amounts = [Fraction(amount) * unit.factor for (amount, _), unit in zip(pairs, units, strict=True)]
    return Quantity(Number(sum(amounts, Fraction(0)) / units[0].factor), pairs[0][1])
