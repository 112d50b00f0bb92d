"""Electron configurations: `1s^2 2s^2 2p^6`, `[Ne] 3s1` -> how many electrons each subshell has."""

from __future__ import annotations

from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex

MAX_CONFIGURATION = 300
"""Characters of a configuration."""

_CORES = {
    "He": "1s2", "Ne": "1s2 2s2 2p6", "Ar": "1s2 2s2 2p6 3s2 3p6",
    "Kr": "1s2 2s2 2p6 3s2 3p6 3d10 4s2 4p6", "Xe": "1s2 2s2 2p6 3s2 3p6 3d10 4s2 4p6 4d10 5s2 5p6",
    "Rn": "1s2 2s2 2p6 3s2 3p6 3d10 4s2 4p6 4d10 5s2 5p6 4f14 5d10 6s2 6p6",
}  # fmt: skip
"""Noble gases in brackets, and what they stand for."""

_LEAST_SHELL = {"s": 1, "p": 2, "d": 3, "f": 4}
"""Number of the first shell that has such a subshell."""

_DRESS = regex(r"\\(?:mathrm|text|rm|left|right|cdot)(?![a-zA-Z])|[\s{}$^~,.]|\\[,;:! ]")
_CORE = regex(r"\[(He|Ne|Ar|Kr|Xe|Rn)\]")
_SUBSHELL = regex(r"([1-7])([spdf])(1[0-4]|[0-9])?(?=[1-7][spdf]|\Z)")
MAY_BE_CONFIGURATION = regex(r"[1-7][spdf](?:\s|\^|\{)*[0-9⁰¹²³⁴-⁹]")
"""What every configuration has."""


@lru_cache(maxsize=128)
def configuration(text: str) -> tuple[tuple[str, int], ...] | None:
    """The subshells of a text that is an electron configuration, sorted; None for any other text.

    >>> configuration("[He] 2s^2 2p^1")
    (('1s', 2), ('2p', 1), ('2s', 2))
    """
    if len(text) > MAX_CONFIGURATION or not MAY_BE_CONFIGURATION.search(text):
        return None
    plain = _DRESS.sub("", plain_latex(text)).rstrip(".")
    electrons: dict[str, int] = {}
    core = _CORE.match(plain)
    rest = plain[core.end() :] if core else plain
    if core is not None:
        electrons = {part[:2]: int(part[2:]) for part in _CORES[core[1]].split()}
    end, count = 0, 0
    while found := _SUBSHELL.match(rest, end):
        shell, kind, filled = int(found[1]), found[2], int(found[3] or 1)
        if shell < _LEAST_SHELL[kind] or f"{shell}{kind}" in electrons or filled > 4 * _LEAST_SHELL[kind] - 2:
            return None
        electrons[f"{shell}{kind}"] = filled
        end, count = found.end(), count + 1
    whole = end == len(rest) and (core is not None or count > 1)
    return tuple(sorted((name, size) for name, size in electrons.items() if size)) if whole else None
