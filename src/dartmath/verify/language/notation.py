"""Unicode and typographic variants of one notation, mapped to plain LaTeX."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from dartmath.base.regex import regex
from dartmath.verify.language.layout import without_layout

# ruff: noqa: E501
_PLAIN = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "×": "\\times ", "✕": "\\times ", "·": "\\cdot ",
    "⋅": "\\cdot ", "∙": "\\cdot ", "•": "\\cdot ", "∗": "*", "÷": "\\div ", "∕": "/", "⁄": "/", "π": "\\pi ",
    "√": "\\sqrt ", "∛": "\\sqrt[3]", "∜": "\\sqrt[4]", "∞": "\\infty ", "≤": "\\le ", "≥": "\\ge ", "⩽": "\\le ",
    "⩾": "\\ge ", "≦": "\\le ", "≧": "\\ge ", "≠": "\\ne ", "≈": "\\approx ", "≃": "\\approx ", "≅": "\\approx ",
    "±": "\\pm ", "∓": "\\mp ", "∪": "\\cup ", "⋃": "\\cup ", "∩": "\\cap ", "⋂": "\\cap ", "∈": "\\in ",
    "∉": "\\notin ", "∅": "\\emptyset ", "⌀": "\\emptyset ", "Ø": "\\emptyset ", "°": "^\\circ ", "º": "^\\circ ",
    "˚": "^\\circ ", "′": "'", "’": "'", "‘": "'", "´": "'", "″": "''", "“": '"', "”": '"', "…": "\\ldots ",
    "⋯": "\\ldots ", "→": "\\to ", "⇒": "\\Rightarrow ", "⟹": "\\Rightarrow ", "∧": "\\wedge ", "∨": "\\vee ",
    "ℝ": "\\mathbb{R}", "ℕ": "\\mathbb{N}", "ℤ": "\\mathbb{Z}", "ℚ": "\\mathbb{Q}", "ℂ": "\\mathbb{C}",
    "⟨": "\\langle ", "⟩": "\\rangle ", "〈": "\\langle ", "〉": "\\rangle ", "⌊": "\\lfloor ", "⌋": "\\rfloor ",
    "⌈": "\\lceil ", "⌉": "\\rceil ", "∖": "\\setminus ", "∣": "|", "¬": "\\neg ", "∼": "\\sim ", "、": ",",
    "。": ".", "「": "", "」": "", "％": "\\%", "¢": "\\text{ cents}", "＄": "\\$", "ℯ": "e", "ⅈ": "i", "∑": "\\sum ", "∏": "\\prod ",
    "△": "\\triangle ", "∠": "\\angle ", "⟂": "\\perp ", "⊥": "\\perp ", "∥": "\\parallel ",
    "½": "\\frac{1}{2}", "⅓": "\\frac{1}{3}", "⅔": "\\frac{2}{3}", "¼": "\\frac{1}{4}", "¾": "\\frac{3}{4}",
    "⅕": "\\frac{1}{5}", "⅖": "\\frac{2}{5}", "⅗": "\\frac{3}{5}", "⅘": "\\frac{4}{5}", "⅙": "\\frac{1}{6}",
    "⅚": "\\frac{5}{6}", "⅐": "\\frac{1}{7}", "⅛": "\\frac{1}{8}", "⅜": "\\frac{3}{8}", "⅝": "\\frac{5}{8}",
    "⅞": "\\frac{7}{8}", "⅑": "\\frac{1}{9}", "⅒": "\\frac{1}{10}", "ℏ": "\\hbar ", "ħ": "\\hbar ", "µ": "\\mu ", "Ω": "\\Omega ", "ℓ": "l",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ϑ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "∆": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi",
}  # fmt: skip
_HIGH = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni", strict=True))
_LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙₖ", "0123456789+-=()nk", strict=True))
_HIGH_RUN = regex(f"[{''.join(_HIGH)}]+")
_LOW_RUN = regex(f"[{''.join(_LOW)}]+")
_CIRCLED_RUN = regex("[①-⑳][①-⑳,;\\s]*")
_INDEXED = regex("([α-ορ-ωϵϑϕ])([0-9])(?![0-9])")
"""A Greek letter and a digit right behind it: `μ1` is a name with an index, and no product."""

_COMBINING = regex("([0-9a-zA-Z])[\u0305\u0304\u20d7]")


@cache
def _table() -> dict[int, str]:
    """Code -> what it becomes. Made for the first text that is not plain: NFKC of a thousand signs takes its time."""
    table = {ord(sign): plain for sign, plain in _PLAIN.items()}
    table.update({ord(sign): f"\\{name} " for sign, name in _GREEK.items()})
    for code in range(0xFF01, 0xFF5F):
        table.setdefault(code, chr(code - 0xFEE0))
    for code in range(0x1D400, 0x1D800):
        letter = unicodedata.normalize("NFKC", chr(code))
        table[code] = f"\\{_GREEK[letter]} " if letter in _GREEK else _PLAIN.get(letter, letter)
    for code in (*range(32), 0x7F, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000):
        table[code] = " "
    for code in (0, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF):
        table[code] = ""
    return table


_ESCAPED = regex(
    "\t(?=ext|imes|heta|an|frac|o\\b|riangle)|\f(?=rac)|\b(?=oxed|inom|egin|eta|ar|f\\b)|\r(?=ight|ho)|\n(?=eq|u\\b)|\a(?=lpha)"
)
_ESCAPES = {"\t": "\\t", "\f": "\\f", "\b": "\\b", "\r": "\\r", "\n": "\\n", "\a": "\\a"}
_CUT = regex(r"(?<![A-Za-z\\])f?rac(?=\{)")
"""`\\frac` without its backslash, or without the f that an escape has taken with it."""
_SINGLE = regex(r"(?<!\\)\\[a-zA-Z]")
_DOUBLED = regex(r"(?<!\\)\\\\(?=[a-zA-Z])")
_DOUBLED_COMMAND = regex(
    r"(?<!\\)\\\\(?=(?:[dtc]?frac|sqrt|text|math[a-z]{2,4}|left|right|cdot|times|pi|infty|[lg]eq?|neq?|cup|cap|pm"
    r"|boxed|begin|end|log|ln|sin|cos|tan|theta|alpha|beta|circ|overline|[lc]?dots|d?binom|displaystyle|quad)"
    r"(?![a-zA-Z]))"
)


_ENTITY = regex(r"&([A-Za-z]{2,8});")
_HTML_SCRIPT = regex(r"<(su[bp])>([^<>]{1,60})</\1>")
_SCRIPT_SIGNS = {"sub": "_", "sup": "^"}


def _named_sign(found: re.Match[str]) -> str:
    """`×` for `&times;`; what is no name of a sign stays."""
    from html.entities import html5  # 6 ms, for texts that have one

    return html5.get(f"{found[1]};", found[0])


_APOSTROPHES = regex(r"\d(?<![\w.,'’°].)\d{0,2}(?:['’]\d{3}){2,}(?!['’\"”\d])")
"""`1'234'567`, as numbers are grouped in Switzerland; minutes and seconds of arc come with their degrees."""

_TWO_APOSTROPHES = regex(r"['’]\d{3}['’]\d{3}")
"""What every such number has, found by its first sign."""

_POINT_BEFORE_EXPONENT = regex(r"([-\d](?<![\d.].)(?:(?<=-)\d+|(?<=\d)\d*))\.[eE]([-+]?\d)")
"""`1.e-5`, as programs print a number without decimals."""


def repaired(text: str) -> str:
    """LaTeX whose backslashes were lost to a string escape (`<tab>ext{...}`, `rac{1}{2}`), and HTML, in LaTeX."""
    if "\\\\" in text:
        text = _undoubled(text)
    if ";" in text and "&" in text:
        text = _ENTITY.sub(_named_sign, text)
    if "</su" in text:
        text = _HTML_SCRIPT.sub(lambda found: f"{_SCRIPT_SIGNS[found[1]]}{{{found[2]}}}", text)
    if ("'" in text or "’" in text) and _TWO_APOSTROPHES.search(text):
        text = _APOSTROPHES.sub(lambda found: re.sub("['’]", "", found.group()), text)
    if ".e" in text or ".E" in text:
        text = _POINT_BEFORE_EXPONENT.sub(r"\1e\2", text)
    if not text.isprintable():
        text = _ESCAPED.sub(lambda lost: _ESCAPES[lost.group()], text)
    if not text.isascii():
        text = with_latin_separators(text)
    return _CUT.sub(r"\\frac", text) if text.count("rac{") > text.count("\\frac{") else text


_SEPARATORS = {ord("\u066b"): ".", ord("\u066c"): ","}


def with_latin_separators(text: str) -> str:
    """A text with the decimal point and the comma of Latin digits for those of Arabic ones, place by place."""
    return text.translate(_SEPARATORS) if "\u066b" in text or "\u066c" in text else text


def _undoubled(text: str) -> str:
    """`\\\\frac{1}{2}`, whose backslashes an escape has doubled, as it was.

    Where no command has a single backslash, all are doubled. Else those in front of a known command are,
    unless there are rows that `\\\\` could end.
    """
    if not _SINGLE.search(text) and _DOUBLED.search(text):
        return text.replace("\\\\", "\\")
    return text if "begin" in text or "substack" in text else _DOUBLED_COMMAND.sub(r"\\", text)


def plain_latex(text: str) -> str:
    """The text with unicode mathematics written in ASCII LaTeX and invisible characters gone.

    >>> plain_latex("2√3 ≤ x²")
    '2\\\\sqrt 3 \\\\le  x^{2}'
    """
    text = without_layout(repaired(text))
    if text.isascii():
        return text if text.isprintable() else text.translate(_table())
    text = _HIGH_RUN.sub(lambda run: "^{" + "".join(_HIGH[sign] for sign in run.group()) + "}", text)
    text = _LOW_RUN.sub(lambda run: "_{" + "".join(_LOW[sign] for sign in run.group()) + "}", text)
    text = _CIRCLED_RUN.sub(_circled, text)
    text = _INDEXED.sub(r"\1_{\2}", _COMBINING.sub(r"\1", text))
    return text.translate(_table())


def _circled(run: re.Match[str]) -> str:
    numbers = [str(ord(sign) - ord("①") + 1) for sign in run.group() if "①" <= sign <= "⑳"]
    return ", ".join(numbers)


_ZERO_FOR_CIRCLE = regex(r"(?<=\d)\s?\^\s?(?:0(?![\d.])|\{\s?0\s?\})")
_ANGLES = regex(r"(?:[^\d+*/^]{0,30}\d[\d.]{0,12}\s?\^\s?(?:0(?![\d.])|\{\s?0\s?\})){1,6}[^\d+*/^]{0,30}")
"""A text that is nothing but such numbers."""


def with_circles(reference: str, answer: str) -> tuple[str, str]:
    """Two texts with degrees for zeros above, where a reference such as `24^0` shows that they are meant.

    No reference is a number to the power of zero, which is one.
    """
    if not _ANGLES.fullmatch(reference):
        return reference, answer
    one, two = (_ZERO_FOR_CIRCLE.sub(r"^\\circ ", text) for text in (reference, answer))
    return one, two
