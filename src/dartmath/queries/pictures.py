"""Problems that speak of a picture which a text does not hold."""

from __future__ import annotations

import re

_MARKED = re.compile(r"!\[[^\]]*\]\(|<img\b|<image\b|\\includegraphics|\[image\]|\[图片\]", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\b(?:(?:in|from|see|shown|on)\s+(?:\w+\s+){0,2}(?:figure|diagram|picture|image|drawing)s?(?!\s+of\b)"
    r"|(?:figure|diagram|picture|image|graph|drawing)s?\s+(?:\w+\s+){0,2}(?:shown|below|above|at\s+right)"
    r"|(?:in der|siehe|die) Abbildung|la figura|la figure|na figura|рисунк)\b|如图|下图|右图|図の|그림",
    re.IGNORECASE,
)
# Pictures that a text does hold, as code.
_DRAWN = re.compile(r"\[asy\]|\\begin\{tikzpicture\}|<svg\b", re.IGNORECASE)


def lacks_picture(text: str) -> bool:
    """Whether a problem shows or speaks of a picture of which the text holds nothing.

    >>> lacks_picture("How large is the shaded part of the figure shown below?")
    True
    """
    if _DRAWN.search(text):
        return False
    return _MARKED.search(text) is not None or _SPOKEN.search(text) is not None
