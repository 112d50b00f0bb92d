"""Readings of an answer that the query's wording settles: what it asks for, its options, its letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import permutations

from dartmath.base.regex import regex
from dartmath.verify.compare.relations import assigned, label
from dartmath.verify.compare.substances import are_other_molecules
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.latex import OPEN_TEXT, TEXT
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.language.options import options
from dartmath.verify.parsing.dressing import SCALE_NAMES, SCALE_STEMS, undressed, unscaled
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.words import SCALES, fold
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Group, Named, Relation, Symbol, symbols
from dartmath.verify.tree.expression import replace as substitute

MAX_OPTION = 300
"""Characters of an answer that names an option and repeats its text."""

MAX_SELECTED = 80
"""Characters of two answers that are letters of options: ten with commas, spaces and commands."""

MAX_HEAD = 80
"""Characters of an expression that is looked for in the query."""

MAX_NAMED = MAX_HEAD + 40
"""Characters in which the equality sign behind an expression or a name stands."""

_BRACKET = regex(r"[()\[\]{}]")

_SOLVED = regex(r"\bfor \$?([a-zA-Z])\$?\s*[.?]?\s*$|\bfor \$?([a-zA-Z])\$?[.?]")
_IN_SCALES = regex(
    rf"\b(?:{'|'.join(SCALES)})s\b|\b(?:how many|in) (?:US )?\\?\$?(?:{'|'.join(SCALES)})\b", re.IGNORECASE
)
_IN_DOZENS, _DOZEN = regex(r"\bhow many dozens?\b", re.IGNORECASE), regex(r"\s+dozens?\b(?: of\b)?")
_OPTION = regex(rf"(?:{OPEN_TEXT})?\s*\(?([a-jA-J])\)\s*\}}?\s*(.+?)", re.DOTALL)
_NAMED_OPTION = regex(
    rf"(?:{OPEN_TEXT})?\s*(?:the )?(?:option|choice|alternative|answer|part)?"
    r"\s*[({]?\s*([a-j])\s*[)}.]?\s*\}?",
    re.IGNORECASE,
)
_CALLED_OPTION = regex(rf"(?:{OPEN_TEXT})?\s*(?:the )?(?:option|choice|alternative)\b", re.IGNORECASE)
_LETTER_OF_OPTION = regex(r"[a-jA-J]\)")
_DIGIT = regex(r"\d")
_LETTERS = regex(rf"(?:[A-J\s,;&.(){{}}$]|and\b|{TEXT})+")
_LETTER_STARTS = frozenset("ABCDEFGHIJ(\\$")
_SIGN = regex(r"\\[a-zA-Z]+|\S")
_IDLE = r"(?:\s|\\[,;!: ]|\\left|\\right)*"
_IDLE_COMMAND = regex(r"\\left|\\right|\\[,;!: ]")
MAX_CONSTANTS = 4
"""Constants of one answer, whose names are tried in every order: 24 of them."""

_INDEXED = regex(r"[cC]_\d")
_PARAMETER = regex(r"[a-ckA-DK]")
_COMMAND = regex(r"\\[a-zA-Z]+")


_BOUND = regex(
    r"\s*(?:at (?:least|most)|no (?:more|less|fewer) than|up to)\s+(?P<value>.+)", re.IGNORECASE | re.DOTALL
)
_EXTREMUM = regex(
    r"\b(?:minimum|maximum|minimal|maximal|least|most|fewest|greatest|largest|smallest|lowest|highest|longest|shortest)\b",
    re.IGNORECASE,
)


def bound_asked_for(sides: Sides) -> Iterator[Pair]:
    """`at most 12` for 12, when the query asks for the largest or the least."""
    found = _BOUND.fullmatch(sides.answer) if " " in sides.answer else None
    if found is not None and _EXTREMUM.search(sides.query) and not _BOUND.match(sides.reference):
        yield sides.ours, parse(found["value"])


def numbers_of_scale(sides: Sides) -> Iterator[Pair]:
    """`5 million` for 5, when the query asks for a number of millions."""
    reference, answer = sides.reference, sides.answer
    if "dozen" in answer and _IN_DOZENS.search(sides.query):
        yield sides.ours, parse(_DOZEN.sub("", answer))
    if not (any(map(reference.__contains__, SCALE_STEMS)) or any(map(answer.__contains__, SCALE_STEMS))):
        return
    bare = unscaled(reference), unscaled(answer)
    if bare == (reference, answer) or not _IN_SCALES.search(sides.query):
        return
    scales = [{stem for stem in SCALE_NAMES if stem in side.lower()} for side in (reference, answer)]
    if scales[0] == scales[1] or not all(scales):  # no thousands for millions
        yield parse(bare[0]), parse(bare[1])


def text_of_option(sides: Sides) -> Iterator[Pair]:
    """`(b) 5` for 5, when the query has such options; and `\\text{Option (c)}` for c."""
    may = _may_name_option(sides.reference) or _may_name_option(sides.answer)
    if not may or not options(sides.query):
        return
    letters = [_chosen_letter(text, sides.query) for text in (sides.reference, sides.answer)]
    if letters[0] and letters[1]:
        yield Named("choice", letters[0]), Named("choice", letters[1])
        return
    # A capital is an option already; a small letter alone may be a name, and is none of a value.
    if letters[1] and not symbols(sides.ours) and _CALLED_OPTION.match(undressed(sides.answer)):
        yield sides.ours, parse(options(sides.query)[letters[1]])
    elif letters[0] and not symbols(sides.theirs):
        yield parse(options(sides.query)[letters[0]]), sides.theirs
    reference, answer = (_behind_letter(text, sides.query) for text in (sides.reference, sides.answer))
    if answer is not None:
        yield sides.ours, parse(answer)
    if reference is not None:
        yield parse(reference), sides.theirs


def _may_name_option(text: str) -> bool:
    """Whether a text can be an option, or its letter: most answers hold digits and no letter before `)`."""
    return _LETTER_OF_OPTION.search(text) is not None or _DIGIT.search(text) is None


def _behind_letter(text: str, query: str) -> str | None:
    """What stands behind the letter of an option of the query; None where there is no such letter."""
    if ")" not in text or len(text) > MAX_OPTION:
        return None
    match = _OPTION.fullmatch(undressed(text))
    if match is None or match[1].upper() not in options(query) or _LETTER_OF_OPTION.search(match[2]):
        return None
    return match[2].removesuffix("}") if match[2].count("}") > match[2].count("{") else match[2]


def _chosen_letter(text: str, query: str) -> str:
    """The letter of an answer that only names an option of the query, or repeats it, in capitals; else ""."""
    if len(text) > MAX_OPTION:
        return ""
    plain = undressed(text)
    match = _NAMED_OPTION.fullmatch(plain) or _OPTION.fullmatch(plain)
    if match is None or _LETTER_OF_OPTION.search(plain, match.end(1) + 1):
        return ""  # `(A) and (F)` are two options
    option = options(query).get(match[1].upper())
    if option is None:
        return ""
    says_other = len(match.groups()) > 1 and fold(match[2]) != fold(option)
    return "" if says_other else match[1].upper()


def selected_options(sides: Sides) -> Iterator[Pair]:
    """`AC` for A, C, when both are options of the query."""
    reference, answer = sides.reference, sides.answer
    if answer[:1] not in _LETTER_STARTS or len(reference) + len(answer) > MAX_SELECTED:
        return
    if not (_LETTERS.fullmatch(reference) and _LETTERS.fullmatch(answer)):
        return
    chosen = [sorted(set(re.findall("[A-J]", text))) for text in (reference, answer)]
    if set(chosen[0] + chosen[1]) <= set(options(sides.query)):
        one, two = (Group("{}", tuple(Named("choice", letter) for letter in letters)) for letters in chosen)
        yield one, two


def solved_variable(sides: Sides) -> Iterator[Pair]:
    """`x = 3, y = 4` for 3, when the query asks "solve ... for x"."""
    ours, theirs = sides.ours, sides.theirs
    if not isinstance(theirs, Group) or isinstance(ours, Group | Relation):
        return
    names = [one or two for one, two in _SOLVED.findall(sides.query)]
    if len(names) != 1:
        return
    for item in theirs.items:
        if label(item) == names[0] and (value := assigned(item)) is not None:
            yield ours, value


def expression_of_query(sides: Sides) -> Iterator[Pair]:
    """`m + n = 7` for 7, when `m + n` occurs in the query and is not given there."""
    ours, theirs, query = sides.ours, sides.theirs, sides.query
    if not isinstance(ours, Group | Relation) and (value := _value_of(sides.answer, query)) is not None:
        yield ours, value
    if not isinstance(theirs, Group | Relation) and (value := _value_of(sides.reference, query)) is not None:
        yield value, theirs


def _value_of(text: str, query: str) -> Expression | None:
    """What an equation says of an expression of the query; None where it is no such equation."""
    if "=" not in text:
        return None
    head = _IDLE_COMMAND.sub("", plain_latex(text[: equality(text)])).strip().lstrip("$").strip()
    if not 1 < len(head) <= MAX_HEAD or head[-1] in "<>!:":
        return None
    head, query = _unbraced(head), _unbraced(query)
    signs = _SIGN.findall(head)
    if not all(map(query.__contains__, signs)):
        return None
    places = re.finditer(_IDLE.join(map(re.escape, signs)), query)
    is_asked = any(_stands_alone(query, *place.span()) for place in places)
    return parse(text.rpartition("=")[2]) if is_asked else None


_BRACED = regex(r"\{\s*(\w)\s*\}")


@lru_cache(maxsize=128)
def _unbraced(text: str) -> str:
    """`V_0 a^2` for `V_{0} a^{2}`: no braces around one letter or digit."""
    return _BRACED.sub(r"\1", text) if "{" in text else text


def equality(text: str) -> int:
    """Where the first equality sign stands that is in no bracket; 0 where there is none."""
    first = text.find("=", 0, MAX_NAMED)
    if first < 0 or not _BRACKET.search(text, 0, first):
        return max(first, 0)
    depth = 0
    for place, sign in enumerate(text[:MAX_NAMED]):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "=" and depth == 0:
            return place
    return 0


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a part of a text is neither a part of a longer expression nor one side of an equation."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if text[start - 1 : start].isalpha() or text[end : end + 1].isalnum() or before[-1:].isdigit():
        return False
    return before[-1:] not in tuple("+-*/^_=<>({[") and after[:1] not in tuple("+-*/^_=<>({[!'")


def constants(sides: Sides) -> Iterator[Pair]:
    """`y = A e^x + B` for `y = C_1 e^x + C_2`: arbitrary constants, whose names are free.

    A constant is C with an index, or a letter that only one side has and the query has not.
    """
    if isinstance(sides.ours, Symbol) or isinstance(sides.theirs, Symbol):
        return  # a letter that is all of an answer is what was asked for
    sides = _with_plain_heads(sides)
    one, two = arbitrary_constants(sides)
    if one and are_other_molecules(sides.reference, sides.answer):
        return
    for names in permutations(one) if one else ():
        mapping: dict[str, Expression] = dict(zip(two, map(Symbol, names), strict=True))
        if names != tuple(two):
            yield sides.ours, substitute(sides.theirs, mapping)


def _with_plain_heads(sides: Sides) -> Sides:
    """`y(x) = ...` as `y = ...`, where one side alone writes the argument of the function that it gives."""
    ours, theirs = sides.ours, sides.theirs
    if not (isinstance(ours, Relation) and isinstance(theirs, Relation)):
        return sides
    heads = ours.sides[0], theirs.sides[0]
    plain = [_without_argument(head) for head in heads]
    if heads[0] == heads[1] or plain[0] != plain[1]:
        return sides
    one, two = (
        Relation((head, *side.sides[1:]), side.operators)
        for head, side in zip(plain, (ours, theirs), strict=True)
    )
    return replace(sides, ours=one, theirs=two)


def _without_argument(head: Expression) -> Expression:
    match head:
        case Apply(name=name, args=(Symbol(),)) if name.startswith("@"):
            return Symbol(name[1:])
    return head


def arbitrary_constants(sides: Sides) -> tuple[list[str], list[str]]:
    """The names of the arbitrary constants of the sides; none where their numbers or other symbols differ."""
    ours, theirs, query = sides.ours, sides.theirs, sides.query
    left, right = symbols(ours), symbols(theirs)
    free = {name for name in left | right if _INDEXED.fullmatch(name)}
    if query:
        free |= {name for name in left ^ right if _PARAMETER.fullmatch(name) and not occurs(name, query)}
    free -= _labels(ours) | _labels(theirs)
    one, two = sorted(left & free), sorted(right & free)
    if not 0 < len(one) == len(two) <= MAX_CONSTANTS or left - free != right - free:
        return [], []
    return one, two


def _labels(node: Expression) -> set[str | None]:
    """Names to which an answer gives values, and those in them; none of them is an arbitrary constant."""
    items = node.items if isinstance(node, Group) else (node,)
    heads = [item.sides[0] for item in items if isinstance(item, Relation) and label(item) is not None]
    return {label(item) for item in items} | {name for head in heads for name in symbols(head)}


def occurs(letter: str, query: str) -> bool:
    """Whether a letter occurs in the formulas of a query, or by itself in one that has no formula."""
    formulas = [_COMMAND.sub(" ", body(formula)) for formula in FORMULA.finditer(query)]
    if formulas:
        return any(letter in formula for formula in formulas)
    return re.search(rf"(?<![a-zA-Z]){re.escape(letter)}(?![a-zA-Z])", query) is not None
