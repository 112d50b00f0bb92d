"""Notation of computer algebra systems: `%pi`, `x#1`, `oo(1,inf)` of Maxima and STACK, `Abs(x)` of SymPy."""

from __future__ import annotations

import re
from collections.abc import Callable

from dartmath.base.regex import regex

_CONSTANT = regex(r"(?<![\w\\])%(?P<name>e|pi|i|phi|gamma)(?![A-Za-z])")
_CONSTANTS = {"e": " e ", "pi": r" \pi ", "i": " i ", "phi": r" \frac{1+\sqrt{5}}{2} ", "gamma": r" \gamma "}
_UNEQUAL = regex(r"[\s#](?:(?<=[\w)}\]]\s)\s*#|(?<=[\w)}\]]#))\s*(?=[\w(\\-])")
_ARGUMENT = r"\s*([^][(){},;]{1,40}(?:\([^()]{1,40}\))?)\s*"
_INTERVAL = regex(rf"(?<![A-Za-z\\])([oc])([oc])\({_ARGUMENT},{_ARGUMENT}\)")
_UNION = regex(r"(?<![A-Za-z\\])union\(\s*([oc]{2}\([^()]{1,90}\)),\s*([oc]{2}\([^()]{1,90}\))\s*\)")
_INFINITE = regex(r"\bm?inf\b")
_MATRIX = regex(r"\s*matrix\(\s*(\[[^][]{1,200}\](?:\s*,\s*\[[^][]{1,200}\]){0,9})\s*\)\s*")
_ROOT = regex(rf"(?<![A-Za-z\\])root\({_ARGUMENT},{_ARGUMENT}\)")
_NOUN = regex(r"\bnoun(and|or|not)\b")


def _interval(found: re.Match[str]) -> str:
    """`co(0, inf)` as `[0, \\infty)`."""
    low, high = ("(" if found[1] == "o" else "["), (")" if found[2] == "o" else "]")
    ends = [
        _INFINITE.sub(lambda end: "-\\infty" if end[0] == "minf" else "\\infty", end)
        for end in found.groups()[2:]
    ]
    return f"{low}{ends[0]},{ends[1]}{high}"


_CAPITALISED = regex(r"(?<![\w\\.])(Abs|Max|Min|ceiling)(?=\()")
_CAPITALS = {"Abs": "abs", "Max": "max", "Min": "min", "ceiling": "ceil"}
_CAPITAL_FUNCTION = regex(
    r"[ASCTLE](?<![A-Za-z\\].)(?:(?<=A)rc(?:Sin|Cos|Tan|Cot|Sec|Csc)h?|(?<=S)(?:in|ec)h?|(?<=C)(?:os|ot|sc)h?"
    r"|(?<=T)anh?|(?<=L)(?:og|n)|(?<=E)xp|(?<=S)qrt)(?=\()"
)
_RATIONAL = regex(rf"(?<![\w\\])Rational\({_ARGUMENT},{_ARGUMENT}\)")
_FACTORIAL = regex(rf"(?<![\w\\])fact(?:orial)?\({_ARGUMENT}\)")
_EQUATION = regex(r"\s*Eq\(([^,]{1,100}),([^,]{1,100})\)\s*")
_PRINTED_INTERVAL = regex(
    r"(?<![\w\\])Interval(?P<kind>\.open|\.Lopen|\.Ropen)?\(\s*(?P<low>[^(),]{1,40}(?:\([^()]{1,40}\))?)"
    r"\s*,\s*(?P<high>[^(),]{1,40}(?:\([^()]{1,40}\))?)\s*\)"
)
_PRINTED_SET = regex(r"(?<![\w\\])FiniteSet\(([^{}]{1,200})\)(?=\s*\Z|\s*,|\s*\))")
_PRINTED_UNION = regex(r"\s*Union\((.{1,400})\)\s*")
_BETWEEN_SETS = regex(r"(?<=[\])}])\s*,\s*(?=[\[({\\])")


_SET = r"(?:\{[^{}|&]{1,80}\}|[\[(][^][()|&]{1,40},[^][()|&]{1,40}[\])])"
_JOINING = r"\s*(?:\|{1,2}|union|intersect(?:ion|ed with)?)\s*"
_UNITED_SETS = regex(rf"\s*{_SET}(?:{_JOINING}{_SET}){{1,9}}\s*")
_RELATION = r"\([^()&|]{1,60}[<>=][^()&|]{1,60}\)"
_JOINED_RELATIONS = regex(rf"\s*{_RELATION}(?:\s*(?P<sign>[&|])(?P=sign)?\s*{_RELATION}){{1,9}}\s*")
_JOINING_WORD = regex(rf"{_JOINING}(?=[\[({{])")
_JOINING_SIGN = regex(r"\)\s*([&|]){1,2}\s*\(")


_FLAT = r"[^()]{0,60}(?:\([^()]{1,60}\)[^()]{0,60}){0,4}"
_NESTED = rf"[^()]{{0,60}}(?:\({_FLAT}\)[^()]{{0,60}}){{0,4}}"
_PRINTED_SUM = regex(
    rf"(?<![\w\\])(?P<kind>Sum|Product|Integral)\((?P<of>{_NESTED}),\s*\(\s*(?P<letter>[A-Za-z]\w{{0,5}})\s*,"
    rf"(?P<low>{_NESTED}),(?P<high>{_NESTED})\)\s*\)"
)
_PRINTED_VALUES = regex(
    r"\s*\\?\{(?P<values>\s*'?[A-Za-z]\w{0,5}'?\s*:\s*[-+*/^.\w\s()]{1,60}"
    r"(?:,\s*'?[A-Za-z]\w{0,5}'?\s*:\s*[-+*/^.\w\s()]{1,60}){1,5})\\?\}\s*"
)


def _printed_sum(found: re.Match[str]) -> str:
    """`Sum(1/k, (k, 1, n))`, `Product` and `Integral` of SymPy."""
    of, letter, low, high = (found[name].strip() for name in ("of", "letter", "low", "high"))
    if found["kind"] == "Integral":
        return rf"\int_{{{low}}}^{{{high}}} ({of}) d{letter}"
    sign = r"\sum" if found["kind"] == "Sum" else r"\prod"
    return rf"{sign}_{{{letter}={low}}}^{{{high}}} ({of})"


def _united(found: re.Match[str]) -> str:
    """`{1} | {2}` of a program and `(0, 1) union (2, 3)` in words, with the signs and brackets of LaTeX."""
    joined = _JOINING_WORD.sub(lambda word: r" \cap " if "inter" in word[0] else r" \cup ", found[0])
    return joined.replace("{", "\\{").replace("}", "\\}")


def _joined(found: re.Match[str]) -> str:
    """`(x >= 2) & (x <= 3)` and `(x < 1) | (x > 2)` with the signs of logic."""
    inside = found[0].strip()[1:-1]
    if len({sign[1] for sign in _JOINING_SIGN.finditer(inside)}) > 1:
        return found[0]
    return _JOINING_SIGN.sub(lambda sign: r" \land " if sign[1] == "&" else r" \lor ", inside)


def _printed_interval(found: re.Match[str]) -> str:
    """`Interval.Ropen(0, 1)` as `[0, 1)`; infinite ends are open."""
    low, high = found["low"].strip(), found["high"].strip()
    left = "(" if found["kind"] in (".open", ".Lopen") or low == "-oo" else "["
    right = ")" if found["kind"] in (".open", ".Ropen") or high == "oo" else "]"
    return f"{left}{low},{high}{right}"


REWRITINGS: tuple[tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (("%",), _CONSTANT, lambda found: _CONSTANTS[found["name"]]),
    (("#",), _UNEQUAL, r" \\ne "),
    (("union(",), _UNION, r"\1 \\cup \2"),
    (("oo(", "oc(", "co(", "cc("), _INTERVAL, _interval),
    (("matrix(",), _MATRIX, r"[\1]"),
    (("root(",), _ROOT, r"\\sqrt[\2]{\1}"),
    (("noun",), _NOUN, r"\1"),
    (("|", "union", "intersect"), _UNITED_SETS, _united),
    (("&", "|"), _JOINED_RELATIONS, _joined),
    (("Abs(", "Max(", "Min(", "ceiling("), _CAPITALISED, lambda found: _CAPITALS[found[1]]),
    (
        ("n(", "s(", "t(", "c(", "h(", "g(", "p("),
        _CAPITAL_FUNCTION,
        lambda found: found[0].lower(),
    ),
    (("Rational(",), _RATIONAL, r"(\1)/(\2)"),
    (("factorial(", "fact("), _FACTORIAL, r"(\1)!"),
    (("Eq(",), _EQUATION, r"\1=\2"),
    (("Interval",), _PRINTED_INTERVAL, _printed_interval),
    (("FiniteSet(",), _PRINTED_SET, r"\\{\1\\}"),
    (("Sum(", "Product(", "Integral("), _PRINTED_SUM, _printed_sum),
    ((":",), _PRINTED_VALUES, lambda found: found["values"].replace(":", "=").replace("'", "")),
    (("Union(",), _PRINTED_UNION, lambda found: _BETWEEN_SETS.sub(r" \\cup ", found[1])),
)
"""Signs without which a pattern cannot match, the pattern, and what it becomes."""
