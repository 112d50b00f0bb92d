"""What stands around an answer: delimiters, announcements, and notation that needs its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable

from dartmath.base.regex import regex
from dartmath.verify.language.asides import without_aside
from dartmath.verify.language.dimensions import PREFIXES as PREFIXES_OF_UNITS
from dartmath.verify.language.latex import OPEN_TEXT, TEXT
from dartmath.verify.language.money import PREFIXES, SIGN, SIGNS, currency_of
from dartmath.verify.language.search import Literals
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import CONCLUDING
from dartmath.verify.parsing.algebra_systems import REWRITINGS as ALGEBRA
from dartmath.verify.parsing.derivatives import DERIVATIVES
from dartmath.verify.parsing.words import SCALES

_CURRENCY = regex(rf"^(?P<letters>{'|'.join(PREFIXES)})\b\.?\s*(?=[\d$\\])", re.IGNORECASE)
_BARE_AMOUNT = regex(r"\d[\d,. ]*(?:\s?[a-z]+illion|\s?thousand|/-)?")
_CURRENCY_STARTS = frozenset(sign for word in PREFIXES for sign in (word[0].upper(), word[0].lower()))
_NAMESPACE = regex(r"\b(?:np|numpy|math|sp|sympy)\.(?=[a-z])")
_CELSIUS = regex(
    rf"(?<=[\d}}])\s*\^?\s*\{{?\s*\\circ\s*\}}?\s*(?:{OPEN_TEXT})?(C|F|(?i:celsius|fahrenheit)|[cf](?=\Z))\}}?(?![A-Za-z])"
)
_DEGREES = {"C": "\\text{ celsius}", "F": "\\text{ fahrenheit}"}
_FEET_AND_INCHES = regex(
    r"^(?P<feet>\d+(?:\.\d+)?)\s*['′](?:\s*(?P<rest>\d+(?:\.\d+)?)\s*(?:\"|''|″))?$"
    r"|^(?P<inches>\d+(?:\.\d+)?)\s*(?:\"|''|″)$"
)
_SIUNITX = regex(r"\\(?:SI|qty)\s*\{([^{}]{1,60})\}\s*\{([^{}]{1,60})\}")
_PHYSICAL = regex(
    r"\\pu\s*\{\s*(?P<value>[-+−]?\.?\d[\d.,]*(?:[eE][-+]?\d+)?)?\s*(?P<unit>(?:[^{}]|\{[^{}]*\}){0,60})\}"
)
"""`\\pu{...}` of mhchem, with a number or a unit alone."""

_NUM = regex(r"\\num\s*\{([^{}]{1,60})\}")
_LETTER = r"(?:[A-Za-z]|\\[A-Za-z]+)"
_INDEX = r"(?:\{[^{}]*\}|[A-Za-z0-9])"
_FONTS = ("mathbf", "mathrm", "mathit", "mathsf", "boldsymbol")
_UPRIGHT_INDEX = regex(rf"\\(?:{'|'.join(_FONTS)})\s*\{{\s*({_LETTER})\s*_\s*({_INDEX})\s*\}}")
_DRESSED_INDEX = regex(
    rf"\\(dot|ddot|hat|vec|bar|tilde)\s*(?:\{{\s*({_LETTER})\s*\}}|(?<=\s)([A-Za-z])|(\\[A-Za-z]+))\s*_\s*({_INDEX})"
)
_PRIMED_INDEX = regex(rf"({_LETTER})\s*('+)\s*_\s*({_INDEX})")
_UNIT_BEHIND = regex(r"(?<=[\w)}])\s*(?:\\[,;:! ]|\\q?quad|\s)+\[\s*([A-Za-z][^\d\[\]<>,;]{0,19})\]$")
_BRACKETED_UNIT = regex(r"(?<=\d)\s*(?:\[([^\d\[\]<>]{1,20})\]|<([^\d\[\]<>]{1,20})>)$")
_CONSTRUCTOR = regex(r"(?:Matrix|array|list|tuple|set)\((.*)\)", re.DOTALL)
_CONCLUDING = regex(rf"{CONCLUDING}[,:]?\s+(?=\S)", re.IGNORECASE)
_ANNOUNCED = regex(
    r"(?:the )?(?:final |correct )?(?:answers?|solutions?|result|value)(?: set| of \$?\w{1,3}\$?)?"
    r"(?:\s*(?:is|are)\b\s*:?|\s*:)\s*(?=\S)",
    re.IGNORECASE,
)
_SAME_ENDS = regex(r"^(-?\d+(?:\.\d+)?)\s+(?:to|:)\s+\1$", re.IGNORECASE)
"""`210 to 210`, an answer key of one value: no ratio is written so."""

_TO = regex(r"(?<=\d)\s+to\s+(?=\d)")
_TIMES_X = regex(r"(?<=\d)\s*[xX]\s*(?=10\s*(?:\^|\*\*))")
_ALIGNED = regex(r"^(?:&|\s)+|(?:\\\\|[&\s])+$")
"""What a line of `align` begins and ends with."""

_ASIDE_IN_TEXT = regex(rf"\\q?quad\s*{OPEN_TEXT}\([^(){{}}$]{{1,80}}\)\s*\}}\s*$")
"""`\\quad \\text{ (Answer) }` behind a value."""

_TRAILING = regex(r"(?:(?<!\.)\.|[\s,;:!]|\\[,;:! ]|\\\\|~)$")
_TRAILING_SIGNS = ".,;:!~\\ "


_NESTED_TEXT = regex(rf"{OPEN_TEXT}(?P<inner>{TEXT}\s*\{{[^{{}}]*\}})\s*\}}")
"""A command for text in another, `\\text{\\textbf{18}}`, of which one is enough."""

_TEXT_LIST = regex(r"\\text\{[^{}\\$]{1,200}(?:,| and | or )[^{}\\$]{1,200}\}")
"""Several words in one \\text{...}: `\\text{red, blue}`."""

_BRACED_COLON = regex(r"(?<![a-zA-Z])\{:\}")
_UNION = regex(r"(?<=[)\]}])\s*U\s*(?=\\left|\\?[(\[{])")
_END = (
    r"(?:(?!\\cup|\\cap|\\setminus)"
    r"(?:\\[a-zA-Z,;:! ]|[^][(){};,\\]|\{[^][;,{}\\]{0,40}\}|\([^][;,()\\]{0,40}\))){1,80}"
)
_OUTWARD = regex(rf"([\[\]])({_END}[;,]{_END})([\[\]])")
_SQUARE = regex(r"\b(sq|cu)\.")
_UNIT_FRACTION = regex(
    rf"\\[dt]?frac\s*\{{\s*{OPEN_TEXT}([a-zA-Z ]{{1,20}})\}}\s*\}}"
    rf"\s*\{{\s*{OPEN_TEXT}([a-zA-Z ]{{1,20}})\}}\s*\}}"
)
_CHOOSE = regex(
    rf"(?:\{{\}})?[_^]\{{?(\w{{1,9}})\}}?\s*(?:{OPEN_TEXT})?([CP])\}}?\s*_\{{?(\w{{1,9}})\}}?(?![\w^])"
)
_RATE = regex(
    rf"^(-?{SIGN} ?[\d.,]+)(?: ?/ ?| an? )(?=(?:[a-z]{{3,12}}|kg|lb|oz|hr|km|mi|ft|yd|ml|mL|L|kWh|MWh)$)"
)
_OVER = regex(r"(?<=\d)\s+over\s+(?=\d+\s*(?:$|,|;|\)|and\b|or\b))", re.IGNORECASE)
"""`1 over 8`, in a list too."""

_OBLIQUE = regex(rf"^({SIGN} ?\d[\d,]*(?:\.\d+)?)\s?/[-=]$")
"""`₹500/-`, as prices in India end where no coins follow."""

_MONEY_SCALES = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "t": 12, "tn": 12}
_MONEY_SCALE = regex(rf"^(-?{SIGN} ?[\d.,]+) ?({'|'.join(_MONEY_SCALES)})$", re.IGNORECASE)
"""`$2.5M`: letters behind an amount of money that stand for its thousands, millions and more."""

_NEGATED = regex(r"\\not\s*(?:=|\\in(?![a-z]))")
_MAPPING = regex(r"^(?:([a-zA-Z])\s*:\s*)?([a-zA-Z])\s*\\mapsto(?![a-z])\s*")
_ORDINAL = regex(rf"(?<=\d)\s*\^\s*\{{\s*(?:{OPEN_TEXT})?(st|nd|rd|th)\s*\}}{{1,2}}")
_MODULO = regex(
    rf"\(?\s*(?:{OPEN_TEXT}\(?\s*mod\s*\}}?|\\[bp]?mod(?![a-z])|(?<![\\a-z])mod(?![a-z]))"
    r"(?:\\[ ,;:]|[\s~])*\{?(\d{1,9}|[a-z])\}?\s*\)?\}?$"
)
_SCALED = regex(
    rf"(?<=[\d}}])[\s~]*((?:{OPEN_TEXT})?)({'|'.join(SCALES)})s?(?![A-Za-z])",
    re.IGNORECASE,
)
_COMMA_FIRST = regex(r"^(?P<sign>-?),(?=\d+(?![\d,]))")
"""`,25 ml`: no list begins with a comma, so that it is a decimal one."""

_MONEY_AND = regex(r"^(-?\d+) (dollars|euros|pounds) and (\d\d)(?: cents| pence| p)?$", re.IGNORECASE)
"""`15 dollars and 50`, of which the hundredths are the smaller coin."""

_PROGRAM_NAME = regex(r"^[a-z]{3,20}(?:_[a-z0-9]{1,20}){1,4}\s*=\s*(?=[-\d\[({\\])")
"""`total_cost = 42`: the name that a program gives its result; an index stands behind one or two letters."""

_BUILDER = regex(
    r"\{\s*[a-zA-Z]\s*(?:(?:∈|\\in\b)\s*[^|:{}]{1,12})?\s*(?:[|:]|\\mid)\s*[^{}|:]*(?:[<>≤≥=∈]|\\(?:[lg]eq?|in|neq?)\b)[^{}|:]*\}"
)
"""`{x | x > 1}`, a set with the braces of plain text."""

_FUNCTION_LABEL = regex(r"^([a-z]\([^:=]{1,20}\)): +(?=-?[\d\\][^:]*$)")
"""`f(2): 5`, a function's value behind a colon."""

_ACIDITY = regex(r"^(pH|pOH)\s+(?:of\s+|is\s+)?(?=\d)")
_PLUS_MINUS = regex(r"\s*\+/-\s*(?=[\d.(\\])")
_DOT_BEFORE_BRACKET = regex(r"(?<=[A-Za-z)}])\s?\.(?=\()")
"""`K.(q/r)`: a dot between a letter and a bracket is a sign of multiplication."""

_SPACED_EXPONENT = regex(r"^(-?\d+(?:\.\d+)?)(?:\s+[eE]\s*|[eE]\s+)\+?(\d{1,3})$")
"""`1.23 e 4` with blanks, whose letter no product would have between two numbers."""

_SPACED_DECIMALS = regex(
    r"^(-?\d{1,3}(?: \d{3})*)(?:\.(\d{3}(?: \d{3})*(?: \d{2,3}))|,(\d{3}(?: \d{3})*(?: \d{1,2})))$"
    r"|^(-?\d{1,3}(?: \d{3})+),(\d{1,2}|\d{4,})$"
)
"""`43 279.168 29`: blanks part the digits behind a decimal point too, as the SI has it."""

_REPEATING = regex(r"(?<![\w.])(\d*\.)(\d+)[ ~]+(?:repeating|recurring)\b", re.IGNORECASE)


_POWER_BEHIND = regex(r"\)[eE]([-+]?\d{1,3})(?![\w.(])")
_ARC_SECONDS = regex(r"(circ[\s}]{0,3}\d{1,3}\s*'\s*\d{1,9}(?:\.\d{1,9})?)\s*\"")
_OWED = regex(r"^\$\((\d[\d,]*(?:\.\d+)?)\)$")
"""`$(1,034)`, as bookkeepers write what is below zero; a formula would end with its dollar sign."""

_BLANK = regex(r"^(?:\\(?:square|Box)(?![a-zA-Z])|_{2,}|\?|□)\s*=\s*(?=\S)")
"""A blank to fill in, as the name of an answer: `\\square = 3`."""
_PERCENT_OF_FRACTION = regex(r"^(-?\d+/\d+)\s*\\?%$")
_PLAIN = r"(?:[-+]?\d+(?:\.\d+)?(?:/\d+)?|[-+]?\\[dt]?frac\s*(?:\{-?\d+\}|\d)\s*(?:\{\d+\}|\d))"
_AND = r"\s*(?:,(?!\d{3}(?!\d))|,?\s*(?:and|or)\b|,?\s*\\text\s*\{\s*(?:and|or)\s*\})\s*"
_EXCEPTED = regex(
    rf"(?<![a-zA-Z\\])(?P<name>[a-zA-Z])\s*(?:\\neq?(?![a-zA-Z])|!=)\s*(?P<values>{_PLAIN}(?:{_AND}{_PLAIN})+)"
    r"(?=\s*(?:$|\\?\}|,|\\right))"
)
_BETWEEN = regex(_AND)


def _excepted(found: re.Match[str]) -> str:
    """`x \\ne 1, 2` with the letter before each value."""
    return ", ".join(f"{found['name']} \\ne {value}" for value in _BETWEEN.split(found["values"]))


_NOT_EQUAL = regex(r"^(\$?[a-zA-Z]\$?)\s+(?:is |must |can |does )?(?:not |cannot )(?:be )?equal(?: to)?\s+")
_BLANKS = frozenset("\\_?□")

SCALE_STEMS = ("illion", "housand")
SCALE_NAMES = ("thousand", "million", "billion", "trillion")
"""Without one of these no scale word stands in a text."""


def rewritten(text: str) -> str:
    """Notation that needs its neighbours to be read: `2 x 10^5`, `3 to 4`, `Rs. 500`, `2.5 million`."""
    if text[:1] in _BLANKS:
        text = _BLANK.sub("", text)
    if "," in text[:2]:
        text = _COMMA_FIRST.sub(r"\g<sign>0.", text)
    if text[:1] in _CURRENCY_STARTS:
        text = _with_currency(text)
    if _SIGNS.all_in(text):
        text = _replaced(_replaced(text, ALGEBRA), _REWRITINGS)
    if text[-1:] in ("]", ">") and not text[-2:-1].isdigit():  # as lists of numbers end, and no unit does
        text = _replaced(text, _BRACKETS_AT_END)
    if _LATER_SIGNS.all_in(text):
        text = _replaced(text, _LATER_REWRITINGS)
    if text[-1:].isdigit() and " " in text:
        text = _SPACED_DECIMALS.sub(_unspaced, text)
    if text[-1:].isdigit() and any(sign in text for sign in ("e ", " e", "E ", " E")):
        text = _SPACED_EXPONENT.sub(r"\1 \\times 10^{\2}", text)
    if text[:1] == "<" and text[-1:] == ">":
        text = f"\\langle {text[1:-1]}\\rangle "
    if text[-1:] == ")":
        constructed = _CONSTRUCTOR.fullmatch(text)
        text = constructed[1] if constructed else without_aside(text)
    return text


def _with_currency(text: str) -> str:
    """`USD 500` with the sign of the currency, `CHF 500` with its letters behind the amount."""
    found = _CURRENCY.match(text)
    if found is None:
        return text
    amount, currency = text[found.end() :], currency_of(found["letters"])
    if currency is None or _BARE_AMOUNT.fullmatch(amount) is None:
        return amount
    sign = f"\\{currency.sign}" if currency.sign == "$" else currency.sign
    return f"{sign}{amount}" if sign else f"{amount} \\text{{ {currency.code}}}"


def _replaced(text: str, rewritings: tuple[_Rewriting, ...]) -> str:
    for signs, pattern, replacement in rewritings:
        for sign in signs:
            if sign in text:
                text = pattern.sub(replacement, text)
                break
    return text


def unscaled(text: str) -> str:
    """`2.5 million` as the bare number, for a query that asks how many millions."""
    return _SCALED.sub(r" \1 ", text)


def _inward(match: re.Match[str]) -> str:
    """`[2, 7[` and `]2, 7]` with the brackets that the rest of the world writes."""
    low, inside, high = match.groups()
    return f"{'(' if low == ']' else '['}{inside}{')' if high == '[' else ']'}"


def _chosen(match: re.Match[str]) -> str:
    """`{}_{10}C_3` and `^{10}P_3` in words of this grammar."""
    whole, kind, part = match.groups()
    chosen = f"\\binom{{{whole}}}{{{part}}}"
    return chosen if kind == "C" else f"{chosen}({part})!"


def _power_of_ten(match: re.Match[str]) -> str:
    """`million` behind a number as a factor; what follows the word stays."""
    return f" \\cdot 10^{{{SCALES[match[2].lower()]}}} {match[1]} "


def _unspaced(found: re.Match[str]) -> str:
    whole, decimals = (part.replace(" ", "") for part in found.groups() if part is not None)
    return f"{whole}.{decimals}"


def _repeating(found: re.Match[str]) -> str:
    """`0.1666 repeating` with a line above what goes on: the only decimal, or digits that stand twice."""
    whole, decimals = found.groups()
    sizes = (1, 2, 3) if len(decimals) > 1 else ()
    period = next((one for one in sizes if decimals[-one:] == decimals[-2 * one : -one]), 0)
    if not period and len(decimals) > 1:
        return found[0]
    period = period or 1
    return f"{whole}{decimals[:-period]}\\overline{{{decimals[-period:]}}}"


def _feet_and_inches(found: re.Match[str]) -> str:
    """`5'`, `5'10"` and `10"` in words."""
    if found["inches"]:
        return f"{found['inches']} \\text{{ inches}}"
    if found["rest"]:
        return f"({found['feet']} + {found['rest']}/12) \\text{{ feet}}"
    return f"{found['feet']} \\text{{ feet}}"


def _bracketed_unit(found: re.Match[str]) -> str:
    """`20 [kg]` without the brackets; any other bracket behind a number stays."""
    words = (found[1] or found[2]).strip()
    return f" \\text{{ {words}}}" if parse_unit(words).known else found[0]


_MACRO = regex(r"\\([A-Za-z]+)\s*")
_PREFIX_NAMES = frozenset(words.split()[0] for words in PREFIXES_OF_UNITS)


def _siunitx(found: re.Match[str]) -> str:
    """`\\SI{5}{\\kilo\\metre\\per\\second}` and `\\qty{0.5}{\\mu m}` with the unit in words."""
    unit = found[2].replace("\\mu", "u").replace("u m", "um")
    unit = _MACRO.sub(lambda macro: macro[1] if macro[1] in _PREFIX_NAMES else f"{macro[1]} ", unit)
    return f"{found[1]}\\text{{ {unit.strip()}}}"


def _mhchem(found: re.Match[str]) -> str:
    """`\\pu{5 kJ mol-1}` with the unit in words."""
    unit = _POWER_OF_UNIT.sub(r"^{\1}", found["unit"].strip())
    return f"{found['value'] or ''} \\text{{ {unit}}}" if unit else found["value"] or ""


_POWER_OF_UNIT = regex(r"(?<=[A-Za-z])(-?\d)(?![\d}])")
"""`mol-1` and `cm3`, as mhchem has the powers of units."""


def _dressed(found: re.Match[str]) -> str:
    """`\\dot{x}_1` and `\\dot x_1` with the index below the letter, inside what the mark stands above."""
    mark, braced, bare, command, index = found.groups()
    return f"\\{mark}{{{braced or bare or command}_{index}}}"


def _unit_behind(found: re.Match[str]) -> str:
    """`\\sqrt{ab} \\; [m]` without the brackets of its unit; any other bracket stays."""
    return f" \\text{{ {found[1].strip()}}}" if parse_unit(found[1]).known else found[0]


_Rewriting = tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]]
"""Signs without which a pattern cannot match, the pattern, and what it becomes."""

_REWRITINGS: tuple[_Rewriting, ...] = (
    *DERIVATIVES,
    (SCALE_STEMS, _SCALED, _power_of_ten),
    (("[", "]"), _OUTWARD, _inward),
    (tuple(SIGNS), _RATE, r"\1 per "),
    (tuple(SIGNS), _OBLIQUE, r"\1"),
    ((" over ",), _OVER, "/"),
    (("\\not",), _NEGATED, lambda sign: "\\notin " if "in" in sign[0] else "\\ne "),
    (("st}", "nd}", "rd}", "th}"), _ORDINAL, r"\\text{\1}"),
    (("mod",), _MODULO, r"\\pmod{\1}"),
    (("mapsto",), _MAPPING, lambda found: f"{found[1] or 'f'}({found[2]})="),
    (("U",), _UNION, r"\\cup "),
    (("C_", "C}", "C ", "P_", "P}", "P "), _CHOOSE, _chosen),
    (("{:}",), _BRACED_COLON, ":"),
    (("sq.", "cu."), _SQUARE, r"\1"),
    (("text", "mathrm"), _UNIT_FRACTION, r"\\text{\1/\2}"),
    (("circ",), _CELSIUS, lambda sign: _DEGREES[sign[1][0].upper()]),
    (("'", '"'), _FEET_AND_INCHES, _feet_and_inches),
)
_BRACKETS_AT_END: tuple[_Rewriting, ...] = (
    (("]", ">"), _BRACKETED_UNIT, _bracketed_unit),
    (("]",), _UNIT_BEHIND, _unit_behind),
)
_LATER_REWRITINGS: tuple[_Rewriting, ...] = (
    (("\\SI", "\\qty"), _SIUNITX, _siunitx),
    (("\\pu",), _PHYSICAL, _mhchem),
    (("\\num",), _NUM, r"\1"),
    (_FONTS, _UPRIGHT_INDEX, r"\1_\2 "),
    (("dot", "hat", "vec", "bar", "tilde"), _DRESSED_INDEX, _dressed),
    (("'_", "' _"), _PRIMED_INDEX, r"\1_\3\2"),
    (("p.", "h.", "y."), _NAMESPACE, ""),
    (tuple(SIGNS), _MONEY_SCALE, lambda money: f"{money[1]} \\cdot 10^{{{_MONEY_SCALES[money[2].lower()]}}}"),
    ((" to ", " TO ", " : "), _SAME_ENDS, r"\1"),
    ((" to ",), _TO, ":"),
    (("pH ", "pOH "), _ACIDITY, r"\1 = "),
    (("+/-",), _PLUS_MINUS, r" \\pm "),
    ((")e", ")E"), _POWER_BEHIND, r") \\times 10^{\1}"),
    (('"',), _ARC_SECONDS, r"\1''"),
    ((" and ",), _MONEY_AND, r"\1.\3 \2"),
    (("10",), _TIMES_X, "*"),
    (("%",), _PERCENT_OF_FRACTION, r"(\1)\\%"),
    (("repeating", "recurring"), _REPEATING, _repeating),
    ((".(",), _DOT_BEFORE_BRACKET, r" \\cdot "),
    (("equal",), _NOT_EQUAL, r"\1 \\ne "),
    (("\\ne", "!="), _EXCEPTED, _excepted),
)


def _any_sign(*rewritings: tuple[_Rewriting, ...]) -> Literals:
    """The signs of some rewritings, of which most texts have none."""
    return Literals(*dict.fromkeys(sign for some in rewritings for signs, _, _ in some for sign in signs))


_SIGNS, _LATER_SIGNS = _any_sign(ALGEBRA, _REWRITINGS), _any_sign(_LATER_REWRITINGS)


def undressed(text: str) -> str:
    """The answer without math delimiters, an enclosing pair of braces and a final full stop."""
    text = text.strip()
    if "&" in text[:1] + text[-1:]:
        text = _ALIGNED.sub("", text)
    if "quad" in text:
        text = _ASIDE_IN_TEXT.sub("", text)
    text = _unboxed(text)
    if text[:1] in "tTaAsShHrRfFcCvViIoO" and " " in text:
        if concluding := _CONCLUDING.match(text):
            text = text[concluding.end() :]
        if announced := _ANNOUNCED.match(text):
            text = text[announced.end() :]
    text = _bookkept(text)
    if "$" in text or "\\(" in text or "\\[" in text or "**" in text:
        text = _unboxed(_undelimited(text))
    while text[-1:] in _TRAILING_SIGNS and (last := _TRAILING.search(text, max(0, len(text) - 3))):
        if text.endswith("!"):
            break
        text = text[: last.start()]
    if text.startswith("\\text{") and _TEXT_LIST.fullmatch(text):
        text = text[6:-1].strip()
    if text.startswith("{") and text.endswith("}") and _BUILDER.fullmatch(text):
        return f"\\{text[:-1]}\\}}"
    while text.startswith("{") and text.endswith("}") and _encloses(text):
        text = text[1:-1].strip()
    return _without_strays(text) if text[-1:] == "}" or text[-1:] in _QUOTES else text


def _bookkept(text: str) -> str:
    """The answer without the name of a program's variable, and with a minus for a bookkeeper's brackets."""
    if "_" in text and "=" in text:
        text = _PROGRAM_NAME.sub("", text)
    if "): " in text:
        text = _FUNCTION_LABEL.sub(r"\1 = ", text)
    return _OWED.sub(r"-$\1", text) if text[:2] == "$(" and text[-1:] == ")" else text


_QUOTED = regex(r"""`[^`]+`|"[^"]+"|'[^']+'|“[^“”]+”|‘[^‘’]+’""")
_QUOTES = ("`", '"', "'", "”", "’")


def _without_strays(text: str) -> str:
    """The answer without quotes or a second command for text around it, and without a stray last brace."""
    if _QUOTED.fullmatch(text):
        return text[1:-1].strip()
    if text.endswith("}}") and (nested := _NESTED_TEXT.fullmatch(text)):
        return nested["inner"]
    return text[:-1] if text.endswith("}}") and text.count("}") == text.count("{") + 1 else text


def _unboxed(text: str) -> str:
    while text.startswith("\\boxed") and text.endswith("}") and _encloses(text[6:].strip(), commas=True):
        text = text[6:].strip()[1:-1].strip()
    return text


def _undelimited(text: str) -> str:
    if text.startswith("**") and text.endswith("**") and len(text) > len("****"):
        text = text[2:-2]
    text = text.replace("$$", " ").replace("\\(", " ").replace("\\)", " ")
    text = re.sub(r"(?<!\\)\\\[|(?<!\\)\\\]", " ", text)
    if re.search(r"(?<!\\)\$", text):
        parts = re.split(r"(?<!\\)\$", text)
        amounts = (
            one[-1:].isspace() and two[:1].isdigit()
            for one, two in zip(parts[1::2], parts[2::2], strict=False)
        )
        paired = len(parts) % 2 == 1 and not any(amounts)
        money = not paired and re.match(r"\s*-?\$\s?-?[\d.]", text)
        text = re.sub(r"(?<!\\)\$", r"\\$" if money else " ", text)
    return text.strip()


def _encloses(text: str, *, commas: bool = False) -> bool:
    """Whether the first brace closes at the very end; by default only around what is no list."""
    depth = 0
    for place, sign in enumerate(text):
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return place == len(text) - 1 and (commas or "," not in text)
    return False
