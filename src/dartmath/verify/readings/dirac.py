"""States of quantum mechanics in Dirac's brackets, such as `|0\\rangle + |1\\rangle`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.reading import Pair, Sides

MAX_STATE = 600
"""Characters of a state."""

_KET = regex(r"\\ket\s*\{([^{}]{1,30})\}")
_BAR = r"(?:\||\\(?:vert|lvert|mid)(?![a-z]))"
_SIZES = regex(r"\\(?:left|right|[bB]igg?[lrm]?)(?![a-zA-Z])|\\[,;:! ]|\\otimes(?![a-z])|~")
_ONE = regex(
    rf"\\langle\s*(?P<bra>[^|<>=&]{{1,30}}?)\s*{_BAR}\s*(?P<with>[^|<>=&]{{1,30}}?)\s*\\rangle"
    rf"|{_BAR}\s*(?P<ket>[^|<>=&+]{{1,30}}?)\s*\\rangle"
    rf"|\\langle\s*(?P<alone>[^|<>=&+]{{1,30}}?)\s*{_BAR}"
)
_BLANKS = regex(r"[\s{}]|\\(?:text|mathrm|uparrow|downarrow)(?![a-z])")
_ARROWS = (("\\uparrow", "u"), ("↑", "u"), ("\\downarrow", "d"), ("↓", "d"))
_RUN = regex(r"\\aleph_\{(\d+)\}(?:\s*\\aleph_\{(\d+)\}){1,9}")


def has_states(sides: Sides) -> bool:
    """Whether both sides have a bracket of Dirac's notation."""
    return _may_have_state(sides.reference) and _may_have_state(sides.answer)


def _may_have_state(text: str) -> bool:
    return "rangle" in text or "⟩" in text or "\\ket" in text


def states(sides: Sides) -> Iterator[Pair]:
    """Both sides with each state, product of states and bracket as one letter."""
    if max(len(sides.reference), len(sides.answer)) > MAX_STATE:
        return
    names: dict[str, int] = {}
    one, two = (_with_letters(text, names) for text in (sides.reference, sides.answer))
    if names and "rangle" not in one + two:
        yield parse(one), parse(two)


def _with_letters(text: str, names: dict[str, int]) -> str:
    plain = _KET.sub(r"|\1\\rangle ", plain_latex(text))
    plain = _SIZES.sub(" ", plain)
    plain = _ONE.sub(lambda found: _letter(_label(found), names), plain)
    return _RUN.sub(lambda run: _joined(run[0], names), plain)


def _label(found: re.Match[str]) -> str:
    """What tells a bracket from others: its kind and what stands in it."""
    if found["bra"] is not None:
        return f"<{_plain(found['bra'])}|{_plain(found['with'])}>"
    return f"|{_plain(found['ket'])}>" if found["ket"] is not None else f"<{_plain(found['alone'])}|"


def _plain(inside: str) -> str:
    for arrow, letter in _ARROWS:
        inside = inside.replace(arrow, letter)
    return _BLANKS.sub("", inside).replace(",", "")


def _letter(label: str, names: dict[str, int]) -> str:
    """A letter that no answer has, with an index of its own for each label."""
    return f" \\aleph_{{{names.setdefault(label, len(names) + 1)}}} "


def _joined(run: str, names: dict[str, int]) -> str:
    """States side by side as one, in their order: `|0\\rangle|1\\rangle` is `|01\\rangle`."""
    labels = {index: label for label, index in names.items()}
    parts = [labels[int(index)] for index in re.findall(r"\d+", run)]
    joined = "".join(parts).replace(">|", "").replace("|<", "")
    return _letter(joined, names)
