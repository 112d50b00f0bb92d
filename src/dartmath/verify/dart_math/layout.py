"""Texts that the paper's grader deletes from an answer or replaces, and the order in which it does."""

from __future__ import annotations

import re

from dartmath.verify.dart_math.brackets import without_first_pair

_DELETED = (
    *("\n", "\t", "approximately", "'", '"', "\\$", "$", "￥", "£", "€", "{,}"),
    *("\\!", "\\,", "\\:", "\\;", "\\quad", "\\qquad", "\\space"),
    *("\\thinspace", "\\medspace", "\\thickspace", "~,", "\\ "),
    *("\\\\%", "\\%", "%", "\\left", "\\right", "^{\\circ}", "^\\circ"),
)
"""What means nothing, in order: `\\left` also takes the beginning of `\\leftarrow`."""

_REPLACED = (
    *zip("∪π∞∈∩−", ("\\cup", "\\pi", "\\infty", "\\in", "\\cap", "-"), strict=True),
    *((word, ",") for word in ("\\item", "and", ";")),
    ("infinity", "\\infty"),
    ("+\\infty", "\\infty"),
    ("tfrac", "frac"),
    ("dfrac", "frac"),
    ("\\approx", "="),
    ("\\times", "*"),
    ("\\cdot", "*"),
    ("{.", "{0."),
    (" .", " 0."),
    (":", "/"),
)

_COMMANDS = (
    *(f"\\text{style}" for style in ("bf", "it", "sl", "tt", "sc", "sf", "rm")),
    *(f"\\math{style}" for style in ("rm", "bf", "it", "sf", "tt", "bb", "cal", "scr", "frak")),
    *("\\bm", "\\em", "\\emph", "\\underline", "\\overline"),
    *("\\tiny", "\\scriptsize", "\\footnotesize", "\\small", "\\normalsize"),
    *("\\large", "\\Large", "\\LARGE", "\\huge", "\\Huge"),
    *("\\newline", "\\par", "\\noindent", "\\indent", "\\footnote", "\\cite", "\\ref", "\\label"),
    *("\\textsuperscript", "\\textsubscript", "\\text", "\\mbox", "\\renewcommand{\\arraystretch}"),
)
"""Commands of which the first occurrence goes, with one pair of braces around what it applies to."""

_ENVIRONMENTS = (
    "align",
    "align*",
    "center",
    "flushleft",
    "flushright",
    "itemize",
    "enumerate",
    "description",
)

_UNITS = (
    *("hour", "minute", "min", "sec", "second", "day", "week", "month", "year", "meter", "mile"),
    *("kg", "mg", "g", "t", "ton", "nm", "pm", "um", "μm", "m", "cm", "mm", "dm", "km", "kilometer"),
    *(
        "inch",
        "feet",
        "piece",
        "bit",
        "hz",
        "Hz",
        "m/s",
        "km/s",
        r"m/(min^2)",
        "billion",
        "eV",
        "V",
        "C",
        "s",
    ),
    *(r"a\.?m\.?", r"(?<!\\)p\.?m\.?"),
)
"""In the order in which they are taken off the end of an answer. The thirty-eighth is a pattern that matches
nothing anybody writes; it is here because the paper's list has it."""

_UNIT_ENDS = tuple(re.compile(rf"(?<=[-\d.*^{{}}]){unit}e?s?$") for unit in _UNITS)


def without_layout(text: str) -> str:
    """The text without spaces, signs of money and percent, commands of layout and environments."""
    for idle in _DELETED:
        text = text.replace(idle, "")
    for written, meant in _REPLACED:
        text = text.replace(written, meant)
    if "\\infty" not in text:
        text = text.replace("inf", "\\infty")
    text = text.replace(" ", "")
    for command in _COMMANDS:
        text = _without_command(text, command)
    for name in _ENVIRONMENTS:
        text = text.replace(f"\\begin{{{name}}}", "").replace(f"\\end{{{name}}}", "")
    return text


def without_units(text: str) -> str:
    """The text without units behind a number at its end, one after the other."""
    for unit in _UNIT_ENDS:
        text = unit.sub("", text)
    return text


def _without_command(text: str, command: str) -> str:
    before, found, behind = text.partition(command)
    if not found:
        return text
    if behind.startswith("{"):
        behind = without_first_pair(behind, "{")
    elif before.endswith("{") and "}" in behind:
        before, behind = before[:-1], behind.replace("}", "", 1)
    return before + behind
