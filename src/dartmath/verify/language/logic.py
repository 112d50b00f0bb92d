"""Statements of logic in one notation: `\\neg p \\lor q`, `~p ∨ q` and `¬p || q` are the same signs."""

from __future__ import annotations

from dartmath.base.regex import regex

_COMMANDS = {
    "neg": "~", "lnot": "~", "sim": "~", "lor": "∨", "vee": "∨", "land": "∧", "wedge": "∧", "to": "⊃",
    "rightarrow": "⊃", "Rightarrow": "⊃", "implies": "⊃", "supset": "⊃", "leftrightarrow": "≡",
    "Leftrightarrow": "≡", "iff": "≡", "equiv": "≡", "forall": "∀", "exists": "∃", "left": "", "right": "",
    "quad": "", "oplus": "⊕",
}  # fmt: skip
"""Commands of LaTeX, and the sign that each of them is."""

_COMMAND = regex(r"\\([A-Za-z]+)\s*")
_IDLE = regex(r"\\[,;:! ]|[\s$]")
_ARROWS = (("<->", "≡"), ("<=>", "≡"), ("->", "⊃"), ("=>", "⊃"), ("&&", "∧"), ("||", "∨"))
SYNONYMS = str.maketrans("¬∼!•&∙→⇒⟹↔⇔⟺", "~~~∧∧∧⊃⊃⊃≡≡≡")
"""Other signs of the same connectives."""

OF_LOGIC = frozenset("⊃≡∨∧¬∀∃")
"""Signs that only statements of logic have."""

_NEGATED = regex(r"(?:^|[\sA-Za-z(∨∧⊃≡])~(?=[A-Za-z(])")
MAX_STATEMENT = 200
"""Characters of a statement of logic."""


def statement_of_logic(text: str) -> str | None:
    """A statement in the signs `~ ∨ ∧ ⊃ ≡ ∀ ∃`, without blanks; None where it has none of them.

    >>> statement_of_logic(r"\\neg p \\lor q"), statement_of_logic("~p ∨ q"), statement_of_logic("2x")
    ('~p∨q', '~p∨q', None)
    """
    if len(text) > MAX_STATEMENT:
        return None
    plain = _COMMAND.sub(lambda found: _COMMANDS.get(found[1], found[0]), text)
    for arrow, sign in _ARROWS:
        plain = plain.replace(arrow, sign)
    plain = _IDLE.sub("", plain).translate(SYNONYMS)
    return plain if not _CONNECTIVES.isdisjoint(plain) else None


_CONNECTIVES = frozenset("~∨∧⊃∀∃")


def is_logic(text: str) -> bool:
    """Whether a text in plain signs is a statement of logic; a `~` of LaTeX parts words."""
    if "\\" in text:
        return False
    return not OF_LOGIC.isdisjoint(text) or ("~" in text and _NEGATED.search(text) is not None)


def denies_alone(reference: str, answer: str) -> bool:
    """Whether one of two texts is the other behind the sign of negation: `A` and `~A`."""
    one, two = reference.strip(" $"), answer.strip(" $")
    plain = one.lstrip("~ ")
    return one.startswith("~") != two.startswith("~") and plain == two.lstrip("~ ") and plain[:1].isalpha()
