"""How a sentence begins that states a conclusion, or a condition."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import by_initials, regex
from dartmath.verify.language.lexicon import LANGUAGES, LEXICONS
from dartmath.verify.language.search import small_letters
from dartmath.verify.language.vocabulary import CONCLUDING

CONDITIONS = (
    *("wenn ", "falls ", "si ", "se ", "als ", "om ", "hvis ", "jos ", "jeśli ", "jeżeli ", "pokud ", "ak "),
    *("če ", "ako ", "ако ", "якщо ", "если ", "dacă ", "ha ", "αν ", "eğer ", "ถ้า", "หาก", "যদি ", "यदि "),
    *(
        "अगर ",
        "जर ",
        "اگر ",
        "إذا ",
        "אם ",
        "jika ",
        "kung ",
        "kama ",
        "ikiwa ",
        "如果",
        "もし",
        "만약",
        "nếu ",
    ),
)
"""How a sentence of another language than English begins that says what would be."""

ENGLISH = regex(rf"[\s*#_>-]*(?:{LEXICONS['en'].concluding}|{CONCLUDING})", re.IGNORECASE)
"""How a concluding sentence in English begins."""


@lru_cache(maxsize=32)
def opening(languages: tuple[str, ...]) -> re.Pattern[str]:
    """How a sentence begins that says what a response arrives at, in small letters."""
    openings = [words for language in languages for words in LEXICONS[language].openings()]
    plain = by_initials(*(words for words in openings if words[0].isalpha()))
    words = "|".join([plain, *(words for words in openings if not words[0].isalpha())])
    ours = rf"{CONCLUDING}|(?:now )?we (?:get|have|find|obtain|conclude|see|arrive at)\b"
    agreed = r"(?:(?:ok(?:ay)?|right|alright|yes|great|good|well)[,.!]? +)?"
    return re.compile(rf"[\s*#_>-]*{agreed}(?:{ours}|{words})(?: that)?[,:，：*_]*\s*")


def opened(sentence: str, languages: tuple[str, ...]) -> re.Match[str] | None:
    """How a sentence begins as a conclusion does, found in small letters: six times as fast as in both."""
    return opening(languages).match(small_letters(sentence))


def opens(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> bool:
    """Whether a sentence begins as a conclusion does in one of the languages."""
    return opened(sentence, languages) is not None
