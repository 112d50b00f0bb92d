"""Tokenizer for answers in LaTeX, plain text and Python notation.

The kinds of tokens are

    num      digits as canonical text: "1234", "0.5", "1.5e3", "0.1~6" (repeating 6 after ~)
    word     a run of Latin letters
    cmd      a LaTeX command without its backslash; synonyms are already mapped to one name
    text     the content of \\text{...} that is not mathematics
    open / close   ( [ { \\{ < and their partners, as the one sign of `(`, `[`, `{`, `S`, `<`, `F`, `C`
    begin / end    an environment, by its name
    op       everything else, one sign or a relation such as "<=", "!=", ":="
    stop     behind the last token; the tokenizer makes none
"""

from __future__ import annotations

import re
import string
from typing import NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.language.braces import closing_brace
from dartmath.verify.language.errors import NotationError
from dartmath.verify.language.latex import TEXT
from dartmath.verify.language.money import SIGNS
from dartmath.verify.language.names import FUNCTIONS, MAX_PRODUCT, listed


class Token(NamedTuple):
    """What the grammar reads at once: its kind and text, and where it stands in the source."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str]:
        """Kind and text: what a token is, wherever it stands."""
        return self[:2]


_new = tuple.__new__
"""`_new(Token, (...))` makes a token in a third of the time of `Token(...)`; long answers have hundreds."""

_SHORT = 100
"""Characters of a decimal with its period in brackets."""

MAX_TOKENS = 2_000
MAX_DIGITS = 10_000

_MASTER = regex(
    r"""
    (?P<num>(?:\d+(?:\.\d+|\.(?=\s*[/*+^)-]))?|\.\d+|\.(?=\\(?:overline|bar|dot)\s*\{?\d))
      (?:[eE][+-]?\d{1,9}(?![\d.a-zA-Z]))?)
  | (?P<word>[A-Za-z]+)
  | (?P<skip>(?:\s|~|\\[,;:!\ ])+)
  | (?P<null>\\(?:left|right)\s*\.(?!\d))
  | (?P<ignore>\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|scriptstyle|limits|nolimits|middle
      |hspace\s*\{[^{}]*\}
      |mathstrut|strut|allowbreak|nobreak|normalsize|large|Large|boldmath|rm|bf|it|mathord|mathop
      |mathcal|mathscr|boldsymbol|bm|underline|hline|boxed|phantom\s*(?:\{[^{}]*\}|-)|label\s*\{[^{}]*\})(?![a-zA-Z]))
  | (?P<textcmd>"""
    + TEXT
    + r"""\s*\{)
  | (?P<env>\\(?:begin|end)\s*\{\s*[a-zA-Z]+\*?\s*\}(?:\s*\{[|lcr\s]*\})?)
  | (?P<newline>\\\\(?:\s*\[[^\]]{0,9}\])?|\\newline|\\cr(?![a-zA-Z]))
  | (?P<cmd>\\[a-zA-Z]+)
  | (?P<brace>\\[{}])
  | (?P<escaped>\\[$%&\#_|])
  | (?P<relation><=|>=|=<|!=|==|:=|\*\*|->|=>|\.\.\.+|<>|~=)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMA = r"(?:\{,\}|\\text\{,\}|,)"
_SPACE = r"(?:\\[,!;:\ ]|\{\\,\}|~)"
_SEPARATORS = rf"{_COMMA}(?:\\!\ ?){{0,2}}|{_SPACE}{{1,3}}|\ "
_THOUSANDS = regex(rf"(?<![\d.],)\d{{1,3}}(?:(?:{_SEPARATORS})\d{{3}})+(?!,?\d)(?:\.\d+)?")
_SEPARATOR = regex(_SEPARATORS)
_OTHER_THOUSANDS = regex(r"\d{1,3}(?:(?:'\d{3})+|(?:_\d{3})+|(?:\.\d{3}){2,})(?![\d.'_])")
"""`1'234'567`, `1_234_567` and `1.234.567`, which can be nothing else: no angle has 234 minutes."""

_DECIMAL_COMMA = regex(r"\d{1,15}\{,\}(?!\d{3}(?!\d))\d{1,15}")
"""`3{,}14`: a comma with the space of a decimal point, and no group of three digits behind it."""

_REPEATING = regex(
    r"(\d*)\.(\d*)(?:\\(?:overline|bar)\s*\{(\d+)\}|\\(?:overline|bar)\s*(\d)"
    r"|\\dot\s*\{?(\d)\}?(?:(\d*)\\dot\s*\{?(\d)\}?)?)"
)
_PLAIN_REPEATING = regex(r"\s*(-?)\s*(\d*)\.(\d*)\((\d+)\)\s*(?:\.\.\.)?\s*")
_DOTS = regex(r"(\d*)\.(\d+)(?:\\(?:ldots|dots|cdots)(?![a-zA-Z])|\.\.\.+)")

_SYNONYMS = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "leq": "le", "geq": "ge", "leqslant": "le",
    "geqslant": "ge",
    "leqq": "le", "geqq": "ge", "bullet": "*", "cdotp": "*", "neq": "ne",
    "lt": "<", "gt": ">", "times": "*", "cdot": "*", "ast": "*", "star": "*",
    "div": "/", "plusmn": "pm", "infin": "infty", "lbrack": "[", "rbrack": "]", "varnothing": "emptyset",
    "oslash": "emptyset",
    "Vert": "|", "lVert": "|", "rVert": "|",
    "land": "wedge", "lor": "vee", "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "dbinom": "binom",
    "tbinom": "binom", "tg": "tan", "ctg": "cot", "arctg": "arctan", "arcctg": "arccot", "tgh": "tanh",
    "sh": "sinh", "ch": "cosh", "th": "tanh", "dots": "ldots", "cdots": "ldots", "rightarrow": "to",
    "longrightarrow": "to", "implies": "Rightarrow", "iff": "Rightarrow", "Longrightarrow": "Rightarrow",
    "Leftrightarrow": "Rightarrow", "simeq": "approx", "cong": "approx", "doteq": "approx",
    "bigcup": "cup", "bigcap": "cap", "backslash": "setminus", "smallsetminus": "setminus",
    "lang": "langle", "rang": "rangle", "equiv": "=", "colon": ":", "degree": "circ", "lparen": "(",
    "rparen": ")", "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "over": "over",
    "textdegree": "circ", "percent": "%", "pounds": "pound", "prime": "'", "Re": "re", "Im": "im",
}  # fmt: skip
_SIGNS = {
    "(": "open", "[": "open", "{": "open", ")": "close", "]": "close", "}": "close",
}  # fmt: skip
_FENCES = {
    "lbrace": ("open", "S"), "rbrace": ("close", "S"), "langle": ("open", "<"), "rangle": ("close", "<"),
    "lfloor": ("open", "F"), "rfloor": ("close", "F"), "lceil": ("open", "C"), "rceil": ("close", "C"),
}  # fmt: skip
_RELATIONS = {
    "<=": "<=", "=<": "<=", ">=": ">=", "!=": "!=", "<>": "!=", "==": "=", ":=": "=", "**": "^", "->": "to",
    "=>": "to", "~=": "approx",
}  # fmt: skip
_COMMAND_OPS = {
    "le": "<=", "ge": ">=", "ne": "!=", "<": "<", ">": ">", "*": "*", "/": "/", "=": "=", ":": ":", "|": "|",
    "pm": "pm", "mp": "mp", "cup": "cup", "cap": "cap", "setminus": "setminus", "in": "in", "notin": "notin",
    "approx": "approx", "to": "to", "Rightarrow": "to", "wedge": "and", "vee": "or", "%": "%", "'": "'",
    "sim": "sim", "ldots": "ldots", "subset": "subset", "subseteq": "subset", "quad": "quad", "qquad": "quad",
}  # fmt: skip
_SINGLE = {
    **dict.fromkeys("([", ("open", 1, "")), **dict.fromkeys(")]", ("close", -1, "")),
    "{": ("open", 0, ""), "}": ("close", 0, ""), **dict.fromkeys("+/^_,;|&'\"?@#`$%", ("op", 0, "")),
    "-": ("op", 0, ">"), "=": ("op", 0, "=<>"), "*": ("op", 0, "*"), ":": ("op", 0, "="),
    "<": ("op", 0, "=>"), ">": ("op", 0, "="), "!": ("op", 0, "="),
}  # fmt: skip
"""Signs that are tokens of their own: their kind, what they add to the depth of brackets, and what goes on
a longer token where it follows."""


def _known_command(name: str) -> tuple[str, str]:
    name = _SYNONYMS.get(name, name)
    if name in _COMMAND_OPS:
        return ("op", _COMMAND_OPS[name])
    return _FENCES.get(name) or (_SIGNS.get(name, "cmd"), name)


_COMMANDS = {name: _known_command(name) for name in (*_SYNONYMS, *_COMMAND_OPS, *_FENCES)}
"""Kind and text of every command that is not simply named by itself."""

_COMMANDS["jmath"] = ("word", "j")

_UNSEEN = frozenset(["skip", "ignore", "null"])
_JOINERS = {"and": "and", "or": "or", "&": "and", "或": "or", "和": "and"}
_SIGNS_AS_TEXT = {"to": ":", ":": ":", **{sign: sign for sign in SIGNS}, "\\$": "\\$", "$": "\\$"}
"""What stands for a sign when it is the whole of a \\text{...}: the ratio `3\\text{ to }4`, currencies."""
_UNIT_LETTERS = frozenset(listed("m g s h L l t A N J W V K C F"))
_LEADING_JOINER = regex(r"[\s,]*(and|or)\s+", re.IGNORECASE)
_FINAL_JOINER = regex(r"(?<=[\s,])(and|or)[\s,]*$", re.IGNORECASE)
_APART = f"{string.whitespace},"
_MATH_ONLY = regex(r"[-+*/=^_().,:\s\d\\{}$%]*|[(\s]*[a-zA-Z][)\s]*|[A-Z](?:\s*,\s*[A-Z])+")
_LETTERS_AND_SIGNS = regex(r"(?:[-+*/^_().,\s\d=<>]|(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z]))+")


def tokenize(text: str, *, comma_groups: bool = True) -> list[Token]:
    """The tokens of an answer in plain LaTeX. `comma_groups` reads `1,234` as one number.

    Raises `NotationError` when there are more than `MAX_TOKENS` tokens or a number of more than
    `MAX_DIGITS` digits.
    """
    if len(text) < _SHORT and "(" in text and (whole := _PLAIN_REPEATING.fullmatch(text)):
        return _repeating_tokens(whole)
    tokens: list[Token] = []
    append, single_of, master = tokens.append, _SINGLE.get, _MASTER.match
    position, end, depth = 0, len(text), 0
    while position < end:
        sign = text[position]
        if sign == " ":
            position += 1
            continue
        single = single_of(sign)
        if single is not None and not (single[2] and text[position + 1 : position + 2] in single[2]):
            append(_new(Token, (single[0], sign, position, position + 1)))
            position += 1
            depth += single[1]
            continue
        match = master(text, position)
        assert match is not None  # the last alternative takes any character
        kind, start = match.lastgroup or "sign", position
        position = match.end()
        if kind == "num":
            position = _number(text, start, position, comma_groups and depth == 0, tokens)
        elif kind == "word":
            append(_new(Token, (kind, text[start:position], start, position)))
        elif kind == "sign":
            append(_new(Token, ("op", sign, start, position)))
        elif kind == "textcmd":
            position = _text_command(text, match, tokens, comma_groups)
        elif kind not in _UNSEEN:
            kind, sign = _plain(kind, text[start:position])
            append(_new(Token, (kind, sign, start, position)))
            if kind in ("open", "close") and sign in "([S)]":
                depth += 1 if kind == "open" else -1
    if len(tokens) > MAX_TOKENS:
        raise NotationError(f"more than {MAX_TOKENS} tokens")
    return tokens


def _repeating_tokens(match: re.Match[str]) -> list[Token]:
    sign, whole, fixed, period = match.groups()
    made = Token("num", f"{whole or '0'}.{fixed}~{period}", 0, match.end())
    return [Token("op", "-", 0, 1), made] if sign else [made]


def _plain(kind: str, text: str) -> tuple[str, str]:
    """Kind and text of a token that needs no look at its neighbours."""
    if kind == "cmd":
        return _COMMANDS.get(text[1:]) or ("cmd", text[1:])
    if kind == "relation":
        return ("op", _RELATIONS.get(text, "ldots"))
    if kind == "brace":
        return ("open" if text == "\\{" else "close", "S")
    if kind == "escaped":
        return ("op", text[1] if text[1] in "%|" else text)
    if kind == "env":
        name = text[text.index("{") + 1 : text.index("}")].strip().rstrip("*")
        return ("begin" if text.startswith("\\begin") else "end", name)
    return ("op", "newline")


_GOES_ON = ",{ ~\\'_."
"""Signs behind digits with which a longer number may go on."""


def _number(text: str, start: int, end: int, comma_groups: bool, tokens: list[Token]) -> int:
    """Append the number that begins at `start`; returns where it ends."""
    follow = text[end : end + 2]
    if (not follow or follow[0] not in _GOES_ON) and start < end <= start + MAX_DIGITS:
        tokens.append(_new(Token, ("num", text[start:end], start, end)))
        return end
    if follow and (follow[0] in ",{ ~\\") and not (tokens and tokens[-1].text in ("_", "^")):
        grouped = _THOUSANDS.match(text, start)
        if grouped and _groups_allowed(grouped.group(), text, grouped.end(), comma_groups):
            tokens.append(Token("num", _SEPARATOR.sub("", grouped.group()), start, grouped.end()))
            return grouped.end()
    if follow and follow[0] in "'_.{" and (other := _other_number(text, start)):
        digits, end = other
        tokens.append(Token("num", digits, start, end))
        return end
    if follow and follow[0] in "\\." and "." in text[start : end + 1]:
        periodic = _REPEATING.match(text, start)
        if periodic:
            whole, fixed, *rest = periodic.groups("")
            tokens.append(Token("num", f"{whole or '0'}.{fixed}~{''.join(rest)}", start, periodic.end()))
            return periodic.end()
        dotted = _DOTS.match(text, start)
        if dotted and (period := _period(dotted.group(2))):
            tokens.append(Token("num", f"{dotted.group(1) or '0'}.{period}", start, dotted.end()))
            return dotted.end()
    if text[start:end] == ".":
        raise NotationError("a point without digits")
    if end - start > MAX_DIGITS:
        raise NotationError(f"a number of more than {MAX_DIGITS} digits")
    tokens.append(Token("num", text[start:end], start, end))
    return end


def _other_number(text: str, start: int) -> tuple[str, int] | None:
    """A number with thousands or decimals parted in ways that mean nothing else, and where it ends."""
    if grouped := _OTHER_THOUSANDS.match(text, start):
        return re.sub(r"[._']", "", grouped[0]), grouped.end()
    if decimal := _DECIMAL_COMMA.match(text, start):
        return decimal[0].replace("{,}", "."), decimal.end()
    return None


def _groups_allowed(group: str, text: str, end: int, comma_groups: bool) -> bool:
    """Thousands need one kind of separator; bare spaces must not be a list or a mixed number."""
    found = _SEPARATOR.findall(group)
    kinds = {_kind(separator) for separator in found}
    if len(kinds) != 1 or group[0] == "0":
        return False
    if kinds == {","}:
        return comma_groups or "," not in found
    return found[0] != " " or text[end : end + 1] != "/"


def _kind(separator: str) -> str:
    return "," if (separator[:1] in (",", "{") and "\\," not in separator) or "text" in separator else " "


def _period(digits: str) -> str | None:
    """`fixed~period` when the written digits end in the same block twice, or one digit 3 times."""
    for length in range(1, len(digits) // 2 + 1):
        block = digits[-length:]
        repeats = 1
        while digits.endswith(block * (repeats + 1)):
            repeats += 1
        if repeats >= (3 if length == 1 else 2):
            return f"{digits[: len(digits) - length * repeats]}~{block}"
    return None


def _text_command(text: str, match: re.Match[str], tokens: list[Token], comma_groups: bool) -> int:
    """Append what stands inside \\text{...}: a joiner, mathematics, or words."""
    start = match.end()
    closing = closing_brace(text, start, len(text))
    end = len(text) if closing is None else closing
    content = text[start:end].replace("~", " ").replace("\\ ", " ").strip()
    joiner = _JOINERS.get(content.lower().strip(" ,.:")) or _SIGNS_AS_TEXT.get(content)
    if joiner:
        tokens.append(Token("op", joiner, match.start(), end + 1))
    elif _is_mathematics(content) and not (
        content in _UNIT_LETTERS
        and tokens
        and tokens[-1].kind in ("num", "close")
        and text[start : start + 1] in " ~m"
    ):
        inner = tokenize(content, comma_groups=comma_groups)
        tokens.extend(Token(kind, value, match.start(), end + 1) for kind, value, _, _ in inner)
    elif content:
        _append_words(content, match.start(), end + 1, tokens)
    return min(end + 1, len(text))


def _is_mathematics(content: str) -> bool:
    """Whether a text holds no words: digits and signs, one letter, or a relation between such."""
    if _MATH_ONLY.fullmatch(content):
        return True
    return any(sign in content for sign in "=<>") and _LETTERS_AND_SIGNS.fullmatch(content) is not None


def _append_words(content: str, start: int, end: int, tokens: list[Token]) -> None:
    """Words, with a joiner at either end as a token of its own; names of functions as commands."""
    is_unit = (
        content in ("min", "sec")
        and tokens
        and (tokens[-1].kind in ("num", "close", "text") or tokens[-1].key == ("op", "/"))
    )
    if (content in FUNCTIONS or content in ("lim", "infinity")) and not is_unit:
        tokens.append(Token("cmd", content, start, end))
        return
    first = _LEADING_JOINER.match(content)
    if first:
        tokens.append(Token("op", first[1].lower(), start, end))
        content = content[first.end() :]
    if content.endswith(":") and len(content[:-1]) > MAX_PRODUCT:
        tokens += [Token("text", content[:-1].strip(), start, end), Token("op", ":", start, end)]
        return
    last = _FINAL_JOINER.search(content)
    before = content[: last.start()].rstrip(_APART).lstrip() if last else content.strip()
    if before:
        tokens.append(Token("text", before, start, end))
    if last:
        tokens.append(Token("op", last[1].lower(), start, end))
