r"""Structure: what of a problem stays when its numbers, names, words or language are changed.

Three views of one text:

* the **frame**: its words and signs with every number, name and variable masked; a copy with other numbers or
  names has the same frame, and one with a word changed nearly the same;
* the **words**: what it is about, by the beginnings of its words, without those that every text has; a
  paraphrase shares them in another order;
* the **numbers**: written with digits or as English words; a translation shares them, in their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

NUMBER, NAME, VARIABLE = "#", "@", "$"
_FRAME = 3  # words of an n-gram of a frame
_MOST = 20_000  # characters of a text that are looked at: comparing takes the square of them
_STEM = 5  # letters of a word that count: "running", "runner" and a typo near the end are one
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {
    **{word: str(value) for value, word in enumerate(_SMALL.split())},
    **{word: str(10 * value) for value, word in enumerate(_TENS.split(), 2)},
    **{"hundred": "100", "thousand": "1000", "million": "1000000", "dozen": "12"},
}
_SAID_EVERYWHERE = (
    "a an the and or of in on at to for from by with is are was were be been am has have had do does did if "
    "then than that this these those there it its he she they his her their him them we you your i my our as "
    "so but not no what which who how many much when where each every all any some can will would find "
    "compute value given let determine calculate express answer number total more into out up over after "
    "before also only"
)
_STOP = frozenset(_SAID_EVERYWHERE.split())
# Letters that look Latin: one of them in an English word is no other word.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0410\u0415\u041e\u0420\u0421\u0425\u0412\u041d\u041a\u041c\u0422"
    "\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7",
    "aeopcyxiAEOPCXBHKMT" + "oABEZHIKMNOPTX",
)
PICTURE = re.compile(r"(?s)\[asy\].*?\[/asy\]")
"""A drawing in Asymptote, as problems of MATH hold them."""
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SIGNS = (
    (re.compile(r"\\(?:cdot|times|ast)(?![a-zA-Z])|[\u00d7\u00b7\u2217]"), "*"),
    (re.compile(r"\\(?:div)(?![a-zA-Z])|\u00f7"), "/"),
    (re.compile(r"\\leq?(?![a-zA-Z])|\u2264|<="), "\u2264"),
    (re.compile(r"\\geq?(?![a-zA-Z])|\u2265|>="), "\u2265"),
    (
        re.compile(r"\\(?:left|right|displaystyle|text|mathrm|mathbf|quad|qquad|begin|end|dots|ldots|cdots)"),
        " ",
    ),
)
_GROUPED = re.compile(r"(?<=\d)\{?,\}?(?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[-+*/^=<>\u2264\u2265%]")
_LATIN = re.compile(r"[a-z]+")
# Of the letters of a text in another language fewer stand in words that English texts are full of.
_ENGLISH = 0.12
# Of fewer words, a share says nothing.
_WORDS = 5


@dataclass(frozen=True)
class Structure:
    """A text taken apart: its tokens in order, with `masked` for each what stands for it in the frame."""

    tokens: tuple[str, ...]
    masked: tuple[str, ...]

    @cached_property
    def frame(self) -> frozenset[int]:
        """Hashes of the n-grams of the frame."""
        grams = zip(*(self.masked[start:] for start in range(_FRAME)), strict=False)
        return frozenset(hash(gram) for gram in grams)

    @cached_property
    def words(self) -> frozenset[str]:
        """Beginnings of the words that say what the text is about."""
        masked = zip(self.tokens, self.masked, strict=True)
        return frozenset(
            token[:_STEM]
            for token, mask in masked
            if mask == token and token.isalpha() and token not in _STOP
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The names."""
        return frozenset(t for t, mask in zip(self.tokens, self.masked, strict=True) if mask == NAME)

    @cached_property
    def numbers(self) -> Counter[str]:
        """The numbers, English number words too."""
        return Counter(token for token, mask in zip(self.tokens, self.masked, strict=True) if mask == NUMBER)

    @cached_property
    def digits(self) -> tuple[str, ...]:
        """The numbers written with digits, in order."""
        return tuple(token for token in self.tokens if token[0].isdigit())

    @cached_property
    def formulas(self) -> tuple[str, ...]:
        """Masked numbers and variables and the signs between them, in order."""
        return tuple(mask for mask in self.masked if len(mask) == 1 and mask not in "a@i")

    @cached_property
    def is_english(self) -> bool:
        """Whether the usual short words of English are there, or there are hardly any words."""
        letters = [token for token in self.tokens if token[0].isalpha()]
        return len(letters) < _WORDS or sum(token in _STOP for token in letters) >= _ENGLISH * len(letters)


def structure(text: str, names: frozenset[str] = frozenset()) -> Structure:
    """The structure of a text, in which `names` (in lower case) are masked."""
    tokens = tuple(_tokens(text))
    return Structure(
        tuple(_NUMBERS.get(t, t) for t in tokens), tuple(_mask(token, names) for token in tokens)
    )


def _mask(token: str, names: frozenset[str]) -> str:
    if token[0].isdigit() or token in _NUMBERS:
        return NUMBER
    if len(token) == 1 and _LATIN.fullmatch(token) and token not in "ai":
        return VARIABLE
    return NAME if token in names else token


def _tokens(text: str) -> Iterable[str]:
    return [_trimmed(token) for token in _TOKEN.findall(plain(text[:_MOST]).lower())]


def _trimmed(token: str) -> str:
    """A number without zeros that say nothing: 3.50 is 3.5."""
    return token.rstrip("0").rstrip(".") if token[0].isdigit() and "." in token else token


def plain(text: str) -> str:
    """A text without pictures, layout and lookalikes of letters, fractions written with a slash."""
    if not text.isascii():
        text = _without_lookalikes(unicodedata.normalize("NFKC", text))
    text = PICTURE.sub(" ", text)
    if "\\" in text:
        text = _FRACTION.sub(r" \1/\2 ", text)
        for pattern, sign in _SIGNS:
            text = pattern.sub(sign, text)
    return _GROUPED.sub("", text)


def _without_lookalikes(text: str) -> str:
    """Words that mix Latin letters with others that look like them, in Latin alone."""
    return re.sub(
        r"[^\W\d_]+", lambda m: m[0].translate(_LOOKALIKES) if re.search("[a-zA-Z]", m[0]) else m[0], text
    )


def names_of(texts: Iterable[str]) -> frozenset[str]:
    """Words that `texts` write with a capital almost always, also inside sentences: names, in lower case."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        for match in re.finditer(r"(?:(?<=[a-z,] )|(?<=[a-z]\W ))[A-Z][a-z]+|\b[a-z]{2,}\b", text):
            (capital if match[0][0].isupper() else small)[match[0].lower()] += 1
    return frozenset(word for word, count in capital.items() if count > 3 * small[word] and word not in _STOP)
