"""Formulas between their delimiters in running text: `$x$`, `\\\\(x\\\\)`, `\\\\[x\\\\]`, `` `x` ``."""

from __future__ import annotations

import re

from dartmath.base.regex import regex

FORMULA = regex(
    r"[*$\\`](?:(?<=\*)\*[$\\`])?"
    r"(?:(?<=\$)\$(?P<a>(?:\\[\s\S]|[^$\\]){1,4000})\$\$"
    r"|(?<=\\)\[(?P<b>.{1,4000}?)\\\]|(?<=\\)\((?P<c>.{1,4000}?)\\\)"
    r"|(?<=\$)(?<!\"\$)(?! ?\.?\d[^$\n\\]{0,200}[^$\n\\\w)]\$ {0,80}\.?\d)"
    r"(?P<d>(?:\\.|[^$\n\\]|\n(?=[ \t]*\\[a-z])){1,4000})\$"
    r"|(?<=`)(?P<e>[^`\n]{1,200})`"
    r"|(?<=\\)begin\{(?:align|equation|gather)\*?\}(?P<f>.{1,4000}?)\\end\{(?:align|equation|gather)\*?\})",
    re.DOTALL,
)
"""One formula. Two dollar signs before digits, as in `$5 x 50 = $250`, are amounts of money.

It begins with the set of signs that open one (`**` may stand in front), and says which it was when that is
behind: a pattern whose first part is a set is looked for several times as fast as one of alternatives.
"""


def body(formula: re.Match[str]) -> str:
    """What stands between the delimiters, which may be nothing but spaces."""
    return next(group for group in formula.groups() if group is not None).strip()
