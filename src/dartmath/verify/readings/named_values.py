"""Values with the name of what is measured: `\\dim V = 3`, `\\lVert v \\rVert = 5`, `[OH^-] = 0.01`."""

from __future__ import annotations

from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.language.notation import plain_latex
from dartmath.verify.parsing.parser import parse
from dartmath.verify.readings.asked import equality
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Group, Relation, Text

MAX_NAME = 80
"""Characters of what stands before the equality sign."""

_SIZES = regex(r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle)(?![a-zA-Z])|\\[,;:! ]|[\s$~]")
_SCRIPTS = r"(?:[_^](?:\{[^{}]{0,30}\}|\\?\w))*"
_LETTER = rf"(?:\\[a-zA-Z]+)?\{{?\\?[A-Za-z]{{1,8}}'*{_SCRIPTS}\}}?"
_BRACKETS = r"(?:\([^=]{1,60}\)|\[[^=]{1,60}\]|\\\{[^=]{1,60}\\\})"
_BRACKETS_OF_EVENT = r"(?:\(.{1,60}\)|\[.{1,60}\]|\\\{.{1,60}\\\})"
_UPRIGHT = r"\\(?:operatorname\*?|math(?:rm|bb|bf|sf|cal)|text(?:rm|bf)?)\{"
_DOUBLE = regex(r"\\[lr]?Vert(?![a-zA-Z])|\\\|")
_SINGLE = regex(r"\\(?:mid|vert|lvert|rvert)(?![a-zA-Z])")
_NAMED = regex(
    rf"(?:\\?(?:Pr|P|E)|{_UPRIGHT}(?:E|P|Pr)\}}){_SCRIPTS}{_BRACKETS_OF_EVENT}"
    rf"|(?:\\(?:dim|deg|det)|dim|deg|rank|rk|[tT]r|Var|Cov|ord|{_UPRIGHT}[A-Za-z]{{2,12}}\}})"
    rf"{_SCRIPTS}(?:{_BRACKETS}|{_LETTER})"
    rf"|(?:\\?\#|{_UPRIGHT}\\?\#\}})(?:{_BRACKETS}|{_LETTER})"
    r"|\|\|[^=|]{1,60}\|\|(?:_(?:\\?\w+|\{[^{}]{1,20}\}))?"
    r"|\|\\(?:vec|overrightarrow|mathbf|boldsymbol)[^=|]{1,60}\|"
    r"|\\vec\{?\w\}?\\cdot\\vec\{?\w\}?"
    r"|\\(?:lim|max|min|sup|inf|sum|prod|i{0,2}int|oint)(?![a-zA-Z])[^=]*(?:\{[^{}]*=[^{}]*\}[^=]*)?"
    r"|(?:[a-zA-Z]|\\[a-zA-Z]+)(?:_(?:\w|\{\w+\}))\(\d{1,9}\)"
    r"|\\text\{[A-Z]?[a-z]{3,}(?: [a-z]+){0,4}\}[^=\d+]{0,40}"
    r"|\[(?:\\(?:ce|mathrm|text)\{)?[A-Z][A-Za-z0-9_^{}()+-]{0,30}\]"
    r"|\[[^=:]{1,60}:[^=:]{1,60}\]"
    rf"|(?:\\Delta)?[A-Z]\^?\{{?\\circ\}}?_?\{{?(?:\\(?:text|mathrm)\{{)?[A-Za-z]{{0,12}}\}}{{0,2}}"
)
"""What is no unknown of an equation, but the name of a number: an expectation, a norm, a limit, an index."""

_SEVERAL = regex(r"[,;]|\band\b")

_ANGLED = regex(r"\\?(?P<name>sin|cos|tan|cot|sec|csc)(?:\\?angle)?[\\{(]*[A-Za-z].{0,30}")
_ABSOLUTE = regex(r"\|[^=|]{1,40}\|")
_OF_SIZE = regex(
    r"\||\b(?:modulus|magnitude|length|norm|absolute value|distance|order|cardinality)\b|\\left\\?\|"
)


def named_values(sides: Sides) -> Iterator[Pair]:
    """`\\dim V = 3` for 3, where one side alone has such a name; two of the same name by their values."""
    one, two = _split(sides.reference, sides.query), _split(sides.answer, sides.query)
    if one is not None and two is not None:
        if one[0] == two[0]:
            yield parse(one[1]), parse(two[1])
    elif one is not None and not isinstance(sides.theirs, Group | Relation | Text):
        yield parse(one[1]), sides.theirs
    elif two is not None and not isinstance(sides.ours, Group | Relation | Text):
        yield sides.ours, parse(two[1])


def _split(text: str, query: str) -> tuple[str, str] | None:
    """The name, without spaces, and the value behind the last equality sign; None without such a name."""
    place = equality(text)
    if not 0 < place <= MAX_NAME:
        return None
    name = _SIZES.sub("", _SINGLE.sub("|", _DOUBLE.sub("||", plain_latex(text[:place]))))
    if name[-1:] in "<>!:" or not _is_named(name, query):
        return None
    chain, sign, value = text[place + 1 :].rpartition("=")
    if sign and _SEVERAL.search(chain):
        return None  # `P(A) = 0.5, P(B) = 0.2` gives a value to each of two names
    return name, value


def _is_named(name: str, query: str) -> bool:
    if _NAMED.fullmatch(name):
        return True
    if angled := _ANGLED.fullmatch(name):
        return angled["name"] in query and f"{angled['name']}^" not in query
    return _ABSOLUTE.fullmatch(name) is not None and _OF_SIZE.search(query) is not None
