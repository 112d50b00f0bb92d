"""LaTeX that changes how a formula looks, not what it says: colours, boxes, spaces, tags, sizes."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed

_ARGUMENT = r"\s*\{[^{}]{0,200}\}"
_LENGTH = r"\s*\{?-?\s*[\d.]{1,9}\s*(?:pt|em|ex|cm|mm|in|mu)\}?"
_LAYOUT = regex(
    rf"""\\(?:
        (?:textcolor|colorbox|color)\s*(?:\[[^\]]{{0,20}}\])?{_ARGUMENT}
      | fcolorbox{_ARGUMENT}{_ARGUMENT}
      | (?:overset|stackrel|underset){_ARGUMENT}(?=\s*(?:\{{|\\[a-z]))
      | (?:square|Box)\s*$
      | (?:tag|hspace|vspace)\*?{_ARGUMENT}
      | (?:label|[hv]phantom){_ARGUMENT}
      | (?:hskip|kern|mkern|mskip|vskip){_LENGTH}
      | (?:hfill|hfil|vfill|smallskip|medskip|bigskip|noindent|centering|par|qed|qedhere|blacksquare|null
          |tiny|scriptsize|footnotesize|small|huge|Huge|LARGE|fbox|framebox|ensuremath|mathnormal|mathstrut
          |mathrel|mathbin|mathpunct|mathopen|mathclose|mathinner|smash|relax|protect|notag|nonumber
          |upright|unboldmath|thinspace|medspace|thickspace|negthinspace|enspace|enskip)(?![a-zA-Z])
    )""",
    re.VERBOSE,
)
_UNDERBRACE = regex(r"\\(?:underbrace|overbrace)(?=\s*\{)")
_CAPTION = regex(rf"(?<=\}})\s*[_^]{_ARGUMENT}")
_BRACED_SIGN = regex(r"\{\s*(=|<|>|\+|-|\\(?:le|ge|ne|leq|geq|neq|approx|cdot|times|in|to))\s*\}")
_GLUED = regex(r"(\\q?quad)(?=[a-zA-Z])")
_GLUED_RELATION = regex(r"(\\(?:[lg]eq?|cdot|times))([a-zA-Z])(?![a-zA-Z])(?<![eq]q)(?<!cdot[sp])")
"""`\\lex`: a relation to which a letter was glued when the spaces were taken out."""

_GLUABLE = frozenset(["le", "leq", "ge", "geq", "cdot", "times"])

_DIFFERENTIAL = regex(r"\\(?:mathrm|text|rm|operatorname)\s*\{\s*d\s*\}\s*(?=[a-zA-Z\\])")
_COMMAND = regex(r"\\([a-zA-Z]+)")
_COMMANDS = frozenset(
    listed(
        "textcolor colorbox color fcolorbox overset stackrel underset square Box tag hspace vspace label "
        "hphantom vphantom hskip kern mkern mskip vskip hfill hfil vfill smallskip medskip bigskip "
        "noindent centering par qed qedhere blacksquare null tiny scriptsize footnotesize small huge Huge "
        "LARGE fbox framebox ensuremath mathnormal mathstrut mathrel mathbin mathpunct mathopen mathclose "
        "mathinner smash relax protect notag nonumber upright unboldmath thinspace medspace thickspace "
        "negthinspace enspace enskip underbrace overbrace"
    )
)
"""The commands of the patterns above: most texts hold none of them, and are not searched further."""


def without_layout(text: str) -> str:
    """The text without commands of layout; what they are applied to stays, in its braces.

    >>> without_layout(r"\\textcolor{red}{7} \\tag{1}")
    ' {7}  '
    """
    if "\\" not in text:
        return text
    if "quad" in text:
        text = _GLUED.sub(r"\1 ", text)
    found = _COMMAND.findall(text)
    if not _GLUABLE.isdisjoint([name[:-1] for name in found]):
        text = _GLUED_RELATION.sub(r"\1 \2", text)
    if _COMMANDS.isdisjoint(found):
        return _DIFFERENTIAL.sub("d", text) if "d}" in text else text
    text = _BRACED_SIGN.sub(r" \1 ", _LAYOUT.sub(" ", text)) if _LAYOUT.search(text) else text
    if "brace" in text and _UNDERBRACE.search(text):
        text = _CAPTION.sub("", _UNDERBRACE.sub("", text))
    return _DIFFERENTIAL.sub("d", text) if "d}" in text else text
