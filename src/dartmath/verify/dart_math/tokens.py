"""Words of the LaTeX that the paper's symbolic step reads (SymPy's grammar `LaTeX.g4`, release 1.12)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dartmath.verify.language.errors import NotationError

_SKIPPED = re.compile(
    r"\s+|\\[,:;!*\-./\"(=]"
    r"|\\(?:thinspace|medspace|thickspace|quad|qquad|negthinspace|negmedspace|negthickspace|left|right"
    r"|vrule|vcenter|vbox|vskip|vspace|hfil)(?![a-zA-Z|])"
)
_TOKEN = re.compile(
    r"(?P<command>\\[a-zA-Z]+)|(?P<differential>d\s*(?:\\[a-zA-Z]+|[a-zA-Z]))|(?P<letter>[a-zA-Z])"
    r"|(?P<digit>[0-9])|(?P<brace>\\[{}])|(?P<equal>&?\s*=\s*&?)|(?P<quotes>'+)|(?P<sign>[+\-*/(){}\[\]|_^:<>!,.])"
)
_SAME = {
    **dict.fromkeys(("\\times", "\\cdot", "*"), "*"),
    **dict.fromkeys(("\\div", "/", ":"), "/"),
    **dict.fromkeys(("\\le", "\\leq", "\\leqq", "\\leqslant"), "<="),
    **dict.fromkeys(("\\ge", "\\geq", "\\geqq", "\\geqslant"), ">="),
    **dict.fromkeys(("\\frac", "\\dfrac", "\\tfrac"), "\\frac"),
    **dict.fromkeys(("\\binom", "\\dbinom", "\\tbinom"), "\\binom"),
    "\\neq": "!=",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `kind` is command, differential, letter, digit, quotes, sign, bad or stop."""

    kind: str
    text: str


STOP = Word("stop", "")


def tokens_of(text: str) -> list[Word]:
    """The words of a text, ended by `STOP`; a character that the grammar lacks is a word of kind "bad"."""
    found, place = [], 0
    while place < len(text):
        if skipped := _SKIPPED.match(text, place):
            place = skipped.end()
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            found.append(Word("bad", text[place]))
            break
        found.append(_token(match))
        place = match.end()
    return [*found, STOP]


def _token(match: re.Match[str]) -> Word:
    kind, text = str(match.lastgroup), match[0]
    if kind == "equal":
        return Word("sign", "=")
    same = _SAME.get(text, text)
    if same is not text and not same.startswith("\\"):
        return Word("sign", same)
    return Word("sign" if kind == "brace" else kind, same)


class Words:
    """The words of a text, one after the other; one that the grammar lacks is an error when it is reached."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._place = 0

    @property
    def next(self) -> Word:
        """The word that comes now. Raises `NotationError` for one that the grammar lacks."""
        token = self._tokens[self._place]
        if token.kind == "bad":
            raise NotationError(f"{token.text!r} is no part of a formula")
        return token

    @property
    def after(self) -> Word:
        """The word behind the next one. Raises `NotationError` for one that the grammar lacks."""
        token = self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        if token.kind == "bad":
            raise NotationError(f"{token.text!r} is no part of a formula")
        return token

    def take(self) -> Word:
        """The word that comes now, which is read with it."""
        token = self.next
        if token is not STOP:
            self._place += 1
        return token

    def back(self) -> None:
        """The word before comes again."""
        self._place -= 1

    def takes(self, text: str) -> bool:
        """Read the word if it is this sign or command."""
        found = self.next.kind in ("sign", "command") and self.next.text == text
        if found:
            self._place += 1
        return found

    def demand(self, text: str) -> None:
        """Read this sign. Raises `NotationError` for anything else."""
        if not self.takes(text):
            raise NotationError(f"{self.next.text!r} where {text!r} is needed")

    def thousands(self) -> str:
        """Three digits behind a comma, read as a group of a number; "" where others follow."""
        match self._tokens[self._place : self._place + 4]:
            case [comma, *digits] if comma.text == "," and [one.kind for one in digits] == ["digit"] * 3:
                self._place += 4
                return "".join(one.text for one in digits)
        return ""

    def decimals(self) -> str:
        """A decimal point with its digits; "" without a point. Raises `NotationError` for a point alone."""
        if not self.takes("."):
            return ""
        if self.next.kind != "digit":
            raise NotationError("a point without digits")
        return f".{self.digits()}"

    def digits(self) -> str:
        """All digits that come now."""
        found = ""
        while self.next.kind == "digit":
            found += self.take().text
        return found
