"""Whether two texts are formulas of different substances, where words or algebra see the same."""

from __future__ import annotations

import re
from typing import TypeGuard

from dartmath.base.regex import regex
from dartmath.verify.language.chemistry import Reaction, read_chemistry, same_chemistry

_SUBJECT = regex(
    r"\b(?:chemi\w+|compounds?|elements?|formulas?|formulae|molecules?|ions?|gas(?:es)?|oxides?|acids?|metals?"
    r"|reactions?|reactants?|react\w*|catalysts?|ligands?)\b",
    re.IGNORECASE,
)
"""Words of a query that is about substances."""


def are_other_formulas(reference: str, answer: str, query: str) -> bool:
    """Whether texts that differ in case alone are two formulas, `CO` and `Co`, where a query asks for one."""
    if not _SUBJECT.search(query):
        return False
    ours, theirs = read_chemistry(reference), read_chemistry(answer)
    return ours is not None and theirs is not None and not same_chemistry(ours, theirs)


_ELEMENTS = 2
"""Kinds of atoms that make letters with numbers a molecule, and no product of constants `C_1`."""


def are_other_molecules(reference: str, answer: str) -> bool:
    """Whether texts are formulas of two compounds: `C_6H_6` and `C_7H_6`, `CH_3COOH` and `CH_3CSOH`."""
    if not all(any(map(str.isalpha, text)) for text in (reference, answer)):
        return False  # atoms are letters
    ours, theirs = read_chemistry(reference), read_chemistry(answer)
    return _is_molecule(ours) and _is_molecule(theirs) and not same_chemistry(ours, theirs)


def _is_molecule(read: Reaction | None) -> TypeGuard[Reaction]:
    if read is None or read.right is not None or len(read.left) > 1:
        return False
    return len({part for part, _ in read.left[0][0].atoms}) >= _ELEMENTS
