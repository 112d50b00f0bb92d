"""Indices and exponents as the grammar reads them: the index first, and no braces around a lone base."""

from __future__ import annotations

from dartmath.verify.language.names import FUNCTIONS, GREEK
from dartmath.verify.parsing.cursor import NESTING
from dartmath.verify.parsing.tokens import Token

_SCRIPTS = frozenset("_^")


def plain_scripts(tokens: list[Token]) -> list[Token]:
    """`x^2_1` as `x_1^2`, `{x}_{1}` as `x_1` and `{\\sin}^2` as `\\sin^2`.

    `2^3_5` keeps its order: it is a number in a base.
    """
    signs = {text for _, text, _, _ in tokens}
    if "_" not in signs and "^" not in signs:
        return tokens
    if "{" in signs:
        tokens = _without_idle_braces(tokens)
    return _index_first(tokens) if "_" in signs and "^" in signs else tokens


def _without_idle_braces(tokens: list[Token]) -> list[Token]:
    made: list[Token] = []
    place = 0
    while place < len(tokens):
        if tokens[place].text == "{" and _is_idle(tokens, place):
            made.append(tokens[place + 1])
            place += 3
        else:
            made.append(tokens[place])
            place += 1
    return made


def _is_idle(tokens: list[Token], place: int) -> bool:
    """Whether braces that begin here hold one name and have a script behind them."""
    if tokens[place].kind != "open" or place + 3 >= len(tokens):
        return False
    (kind, name, _, _), closing, script = tokens[place + 1 : place + 4]
    if closing.key != ("close", "}") or script.kind != "op" or script.text not in _SCRIPTS:
        return False
    before = tokens[place - 1] if place else None
    if before is not None and (before.kind == "cmd" or before.key in (("op", "_"), ("op", "^"))):
        return False
    return len(name) == 1 if kind == "word" else kind == "cmd" and (name in FUNCTIONS or name in GREEK)


def _index_first(tokens: list[Token]) -> list[Token]:
    for place in range(len(tokens) - 3, 0, -1):
        if tokens[place].key != ("op", "^") or tokens[place - 1].kind not in ("word", "cmd"):
            continue
        middle = _script_end(tokens, place + 1)
        if middle and middle < len(tokens) and tokens[middle].key == ("op", "_"):
            end = _script_end(tokens, middle + 1)
            if end:
                swapped = [*tokens[middle:end], *tokens[place:middle]]
                tokens = [*tokens[:place], *swapped, *tokens[end:]]
    return tokens


def _script_end(tokens: list[Token], start: int) -> int:
    """Where the script ends that begins here: a braced group or one token; 0 where there is none."""
    if start >= len(tokens):
        return 0
    if tokens[start].key != ("open", "{"):
        return start + 1
    depth = 0
    for place in range(start, len(tokens)):
        depth += NESTING.get(tokens[place].kind, 0)
        if depth == 0:
            return place + 1
    return 0
