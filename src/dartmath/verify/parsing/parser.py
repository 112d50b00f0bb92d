"""`parse`: the text of an answer -> its expression tree."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.language.plain_numbers import IS_PLAIN, PLAIN_NUMBER
from dartmath.verify.language.units import is_unit_word
from dartmath.verify.language.vocabulary import NEGATION
from dartmath.verify.parsing.brackets import MAX_ITEMS
from dartmath.verify.parsing.cursor import NESTING, letter
from dartmath.verify.parsing.dressing import rewritten, undressed
from dartmath.verify.parsing.grammar import Grammar
from dartmath.verify.parsing.progressions import DOTS, dotted_list
from dartmath.verify.parsing.quantities import collapsed, may_name_unit, upright
from dartmath.verify.parsing.scripts import plain_scripts
from dartmath.verify.parsing.statements import JOINERS
from dartmath.verify.parsing.tokens import Token, tokenize
from dartmath.verify.parsing.wholes import whole_answer
from dartmath.verify.parsing.words import named
from dartmath.verify.tree.expression import Expression, Group, Quantity, Relation, Text, children
from dartmath.verify.tree.literals import literal
from dartmath.verify.tree.signs import expanded
from dartmath.verify.tree.terms import negated, quotient

MAX_LENGTH = 4_000
"""A longer answer is compared as text."""

_FEW_WORDS = 6
"""Words of an answer whose "and" joins two items, as in `red and blue`; more are a sentence."""

MAX_REMEMBERED = 300
"""Trees of texts up to this length are kept, the last 2048 of them: references come again and again."""

MAX_LEVELS = 100
"""A deeper tree, such as that of 400 minus signs, is no mathematics: the rules of comparison recurse."""

_PLAIN_LIST = regex(
    rf"(?P<open>[\[(]?)(?P<items>{PLAIN_NUMBER}(?:, {PLAIN_NUMBER}){{0,99}})(?P<close>[\])]?)", re.ASCII
)
_CLOSING = {"": "", "[": "]", "(": ")"}
_OPENING = frozenset("[(-0123456789")
"""How a list of plain numbers begins."""

_EQUALITIES = frozenset("= \\≈")
"""What stands behind the letter of a plain equation."""

_PLAIN_FRACTION = regex(
    r"(?P<sign>-?)(?:\\[dt]?frac\{(?P<top>-?(?:0|[1-9]\d{0,17}))\}\{(?P<bottom>0|[1-9]\d{0,17})\}"
    r"|(?P<over>0|[1-9]\d{0,17})/(?P<under>0|[1-9]\d{0,17}))",
    re.ASCII,
)
_PLAIN_EQUATION = regex(
    r"(?:(?P<letter>[A-Za-z]) ?=|(?P<name>[A-Za-df-hj-z]) ?(?:\\approx(?![a-z])|≈)) ?"
    r"(?P<value>[-\\0-9][^ ]*)",
    re.ASCII,
)
"""A letter and what may be a plain value of it, or about its value: not about that of e and i."""

_PREDICATE = regex(r"(?:is|are|was|were|has|have|will|which|holds)\b.*\s.*\s", re.IGNORECASE)
_CONDITION = regex(r"(?:for|where|when|if|with|since|because)\b", re.IGNORECASE)
_EXPLANATION = regex(r"(?:since|because)\b", re.IGNORECASE)
_JOINING_WORDS = frozenset(["and", "or"])
_PARTING = frozenset(["text", *JOINERS, *_JOINING_WORDS])
"""Kinds and texts of tokens, one of which an answer of more than one item, or with a predicate, has."""


_TRACEBACK = "Traceback (most recent call last)"
"""What Python prints where a program failed: no mathematics, and a thousand tokens to find that out."""


def parse(text: str, *, comma_groups: bool = True, units: bool = False) -> Expression:
    """The expression tree of an answer; text that is no mathematics becomes `Text`.

    Args:
        text: an answer in LaTeX, plain text, Python notation or unicode, with or without `$`.
        comma_groups: read `1,234` as the number 1234; otherwise as the list 1, 234.
        units: read letters behind a number as a unit, `5 m` as five metres.
    """
    if len(text) > MAX_LENGTH:
        return Text(text)
    if len(text) > MAX_REMEMBERED and _TRACEBACK in text:
        return Text(text)
    read = _remembered if len(text) <= MAX_REMEMBERED else _parsed
    return read(text, comma_groups, units and may_name_unit(text))


def is_plain_number(text: str) -> bool:
    """Whether a text is a whole number, a decimal or a fraction of whole numbers, and nothing more.

    >>> is_plain_number("-0.5"), is_plain_number(r"\\frac{1}{2}"), is_plain_number("1/2 m")
    (True, True, False)
    """
    return (IS_PLAIN.fullmatch(text) or _PLAIN_FRACTION.fullmatch(text)) is not None


def is_plain_equation(text: str) -> bool:
    """Whether a text gives a letter such a number, exactly or about, and says no more.

    >>> is_plain_equation("x = -3"), is_plain_equation(r"a \\approx 1/2"), is_plain_equation("x + 1 = 2")
    (True, True, False)
    """
    equation = _PLAIN_EQUATION.fullmatch(text)
    return equation is not None and is_plain_number(equation["value"])


def _parsed(text: str, comma_groups: bool, units: bool) -> Expression:
    tree = _plain_value(text)
    if tree is not None:
        return tree
    if text[:1] in _OPENING and (listed := _plain_list(text)) is not None:
        return listed
    if text[1:2] in _EQUALITIES and (equations := _plain_equations(text)) is not None:
        return equations
    return _read(text, comma_groups, units)


def _plain_value(text: str) -> Expression | None:
    """The tree of a number that is written in the plainest way, for which there is no need of the grammar."""
    if IS_PLAIN.fullmatch(text):
        return literal(text)
    if fraction := _PLAIN_FRACTION.fullmatch(text):
        top, bottom = fraction["top"] or fraction["over"], fraction["bottom"] or fraction["under"]
        over = negated(literal(top[1:])) if top[0] == "-" else literal(top)
        tree = quotient(over, literal(bottom))
        return negated(tree) if fraction["sign"] else tree
    return None


def _plain_list(text: str) -> Expression | None:
    """The tree of plain numbers with commas and blanks between them, in brackets or in none."""
    found = _PLAIN_LIST.fullmatch(text)
    if found is None or _CLOSING[found["open"]] != found["close"]:
        return None
    items = tuple(map(literal, found["items"].split(", ")))
    return items[0] if len(items) == 1 else Group(found["open"] + found["close"], items)


def _plain_equations(text: str) -> Expression | None:
    """The tree of plain equations with commas and blanks between them; of one that equation."""
    if len(text) > MAX_REMEMBERED:
        return None  # of the longest ones the grammar makes words
    found: list[Expression] = []
    for part in text.split(", "):
        equation = _PLAIN_EQUATION.fullmatch(part)
        value = None if equation is None else _plain_value(equation["value"])
        if equation is None or value is None:
            return None
        found.append(Relation((letter(equation["letter"] or equation["name"]), value), ("=",)))
    return found[0] if len(found) == 1 else Group("", tuple(found))


def _read(text: str, comma_groups: bool, units: bool) -> Expression:
    plain, whole = _as_a_whole(text)
    if whole is not None:
        return whole
    try:
        spelled = upright(plain) if units else plain
        source, tokens = _tokens(spelled, comma_groups)
        parts, joiners = _split(tokens)
        if units:
            plain_parts, parts = parts, [collapsed(part) for part in parts]
            if spelled == plain and parts == plain_parts:  # there is no unit in it
                return parse(text, comma_groups=comma_groups)
        return _answer(parts, joiners, source)
    except (NotationError, RecursionError):
        return Text(plain)


@lru_cache(maxsize=2048)
def _remembered(text: str, comma_groups: bool, units: bool) -> Expression:
    return _parsed(text, comma_groups, units)


_AGAIN = 16
"""Texts that are kept for their reading with units, which soon follows the plain one."""


@lru_cache(maxsize=_AGAIN)
def _as_a_whole(text: str) -> tuple[str, Expression | None]:
    """A text without what stands around an answer, and what it is as a whole."""
    plain = undressed(plain_latex(text))
    return plain, whole_answer(plain, parse)


@lru_cache(maxsize=_AGAIN)
def _tokens(spelled: str, comma_groups: bool) -> tuple[str, list[Token]]:
    """A text as it is read, and its tokens; nobody changes the list."""
    source = rewritten(spelled)
    return source, plain_scripts(tokenize(source, comma_groups=comma_groups))


def _answer(parts: list[list[Token]], joiners: set[str], source: str) -> Expression:
    """The tree of a whole answer: its items parsed one by one, so that one can be words."""
    if len(parts) > MAX_ITEMS:
        raise NotationError(f"more than {MAX_ITEMS} items")
    items = [item for part in parts for item in _item(part, source)]
    if parts[2:] and DOTS in items:
        place = items.index(DOTS)
        items = dotted_list(items[:place], items[place + 1 :]) or items
    if not items:
        raise NotationError("nothing but separators")
    if len(items) == 1:
        return items[0]
    if (
        all(isinstance(item, Text) for item in items)
        and "," not in joiners
        and len(source.split()) > _FEW_WORDS
    ):
        return Text(source)
    joiner = "or" if "or" in joiners else "and" if "and" in joiners else ","
    return Group("", tuple(items), joiner)


def _split(tokens: list[Token]) -> tuple[list[list[Token]], set[str]]:
    """Items between the separators that stand in no bracket, and the separators."""
    parts: list[list[Token]] = []
    joiners: set[str] = set()
    if tokens and _PARTING.isdisjoint([part for token in tokens for part in token[:2]]):
        return [tokens], joiners
    depth, start, end = 0, 0, len(tokens)
    for place, (kind, text, _, _) in enumerate(tokens):
        if kind == "text" and depth == 0 and place > start and _is_predicate(text):
            end = place
            break
        if kind in NESTING:
            depth += NESTING[kind]
        elif depth <= 0 and kind in ("op", "word") and text in (JOINERS if kind == "op" else _JOINING_WORDS):
            joiners.add(text if text in _JOINING_WORDS else ",")
            parts.append(tokens[start:place])
            start = place + 1
    parts.append(tokens[start:end])
    return [part for part in parts if part], joiners


def _is_predicate(text: str) -> bool:
    """Whether words say something of the value before them: `is the smallest of all`."""
    return _PREDICATE.match(text) is not None and not NEGATION.search(text)


def _item(tokens: list[Token], source: str) -> list[Expression]:
    """One item as a tree, expanded where it holds ±; as words where it is no mathematics."""
    if tokens[0].text == "ldots" and len(tokens) == 1:
        return [DOTS]
    tokens = _bare_units(tokens)
    while len(tokens) > 1 and _ends_idly(tokens):
        tokens = tokens[:-1]
    if tokens[0].kind == "op" and tokens[0].text in ("to", "=", "approx", "sim") and len(tokens) > 1:
        tokens = tokens[1:]
    tokens = _behind_quantifier(tokens)
    if _is_condition(tokens):
        return []
    is_word = len(tokens) == 1 and tokens[0].kind in ("word", "text") and len(tokens[0].text) > 1
    if is_word and (known := named(tokens[0].text)) is not None:
        return [known]
    grammar = Grammar(tokens)
    try:
        tree = grammar.statement()
        if grammar.token.kind != "stop":
            raise NotationError(f"{grammar.token.text!r} left over")
        if len(tokens) > MAX_LEVELS and _is_deeper(tree, MAX_LEVELS):
            raise NotationError(f"a tree of more than {MAX_LEVELS} levels")
    except (NotationError, RecursionError):
        return [Text(source[tokens[0].start : tokens[-1].end])]
    if isinstance(tree, Quantity) and isinstance(tree.value, Relation):
        return [tree.value]
    return expanded(tree) if "pm" in grammar.signs or "mp" in grammar.signs else [tree]


def _behind_quantifier(tokens: list[Token]) -> list[Token]:
    """`\\forall x: f(x) = 2x` without what stands in front of the colon."""
    if tokens[0].text != "forall" or tokens[0].kind != "cmd":
        return tokens
    colon = next((place for place, token in enumerate(tokens) if token.key == ("op", ":")), -1)
    return tokens[colon + 1 :] if 0 < colon < len(tokens) - 1 else tokens


def _ends_idly(tokens: list[Token]) -> bool:
    """Whether a full stop, or the dots of a decimal expansion, end the tokens."""
    if tokens[-1].text not in (".", "ldots"):
        return False
    last, before = tokens[-1].key, tokens[-2]
    return last == ("op", ".") or (last == ("op", "ldots") and before.kind == "num" and "." in before.text)


def _is_deeper(tree: Expression, levels: int) -> bool:
    level: tuple[Expression, ...] = (tree,)
    for _ in range(levels):
        level = tuple(part for node in level for part in children(node))
    return bool(level)


def _bare_units(tokens: list[Token]) -> list[Token]:
    """`4{cm}` as `4 cm`."""
    for place in range(len(tokens) - 3, 0, -1):
        if tokens[place].text == "{" and tokens[place + 2].text == "}":
            word = tokens[place + 1].text
            if tokens[place - 1].kind == "num" and (is_unit_word(word) or word in ("m", "g", "s")):
                tokens = list(tokens)
                tokens[place + 1] = tokens[place + 1]._replace(kind="text")
                return [*tokens[:place], tokens[place + 1], *tokens[place + 3 :]]
    return tokens


def _is_condition(tokens: list[Token]) -> bool:
    kind, text, _, _ = tokens[0]
    if (kind, text) == ("cmd", "forall"):
        return True
    if len(tokens) <= 1 or kind not in ("text", "word"):
        return False
    return bool((_CONDITION if kind == "text" else _EXPLANATION).match(text))
