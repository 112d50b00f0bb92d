"""`regex`: a regular expression that is compiled when it is first used.

Compiling the few hundred patterns of the verifier takes longer than everything else that its first verdict
waits for, and one verdict needs a few dozen of them.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")


class _Uncompiled:
    """Stands for a pattern; has the methods of the compiled one as attributes from the first use on."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Only asked for what the instance does not have yet: every method is looked up here once.
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)

    def __repr__(self) -> str:
        return f"regex({self._source!r})"


def by_initials(*alternatives: str) -> str:
    r"""Alternatives of a pattern, put so that `re` looks for their initials: for texts in small letters.

    `\b(?:not|no|if)\b` is tried at every place of a text, and so is every pattern that ignores case. What
    this makes of them is tried where one of the initials stands only, which is several times as fast.
    Each alternative begins with a letter or sign, or with `\b` and a letter.

    >>> by_initials(r"\bnot\b", r"\bno\b", "n't", r"\?")
    "n(?<=\\bn)(?:ot\\b|o\\b)|n(?:'t)|\\?(?:)"
    """
    groups: dict[str, list[str]] = {}
    for alternative in alternatives:
        plain = alternative.removeprefix(r"\b")
        initial = plain[: 1 + plain.startswith("\\")]
        head = initial if plain == alternative else rf"{initial}(?<=\b{initial})"
        groups.setdefault(head, []).append(plain[len(initial) :])
    return "|".join(f"{head}(?:{'|'.join(rest)})" for head, rest in groups.items())


def whole_words(words: str) -> str:
    r"""The words of `a|b(?:c|d)|e`, each as a whole word, put as by `by_initials`.

    >>> whole_words("gold|g[ao]t(?:e|s)?")
    'g(?<=\\bg)(?:old\\b|[ao]t(?:e|s)?\\b)'
    """
    found, depth = [""], 0
    for sign in words:
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return by_initials(*(rf"\b{word}\b" for word in found))


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern `source`, as `re.compile` makes it, but when one of its methods is called first.

    For patterns at the top of a module; a mistake in one shows in its first use, and in the test of all.
    """
    return cast("re.Pattern[str]", _Uncompiled(source, flags))
