"""`parse`: the text of an answer -> its expression tree."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.verify.atoms import based
from dartmath.verify.brackets import MAX_ITEMS
from dartmath.verify.expression import Apply, Expression, Group, Named, Quantity, Relation, Text
from dartmath.verify.grammar import Grammar
from dartmath.verify.names import CONSTANTS, FUNCTIONS, GREEK
from dartmath.verify.notation import plain_latex
from dartmath.verify.statements import JOINERS, statement
from dartmath.verify.tokens import NotationError, Token, tokenize
from dartmath.verify.units import is_unit_word
from dartmath.verify.words import named

MAX_LENGTH = 4_000
"""A longer answer is compared as text."""

MAX_REMEMBERED = 300
"""Trees of texts up to this length are kept, the last 2048 of them: references come again and again."""

_CHOICE = re.compile(
    r"(?:\\(?:text|mathrm|mathbf|textbf|mbox)\s*\{)?\s*(?i:option|choice|answer)?\s*"
    r"(?:\(\s*(?:\\(?:text|mathrm|mathbf|textbf)\s*\{)?([A-Z])\}?\s*\)|([A-J])(?:\}?\s*[).:]|\}?\s*$))\s*\}?\s*(.*)",
    re.DOTALL,
)
_BASED = re.compile(r"([0-9A-Za-z]{1,400})_\{?(\d{1,2})\}?")
_TEXT_BASED = re.compile(r"\\(?:text|mathrm|mbox)\{([0-9A-Za-z]{1,400})\}_\{?(\d{1,2})\}?")
_ONLY_WORDS = re.compile(r"[A-Za-z]{2,}(?:[\s'-]+[A-Za-z]+)*[.!]?")
_FORMULA = re.compile(r"[=^<>+*|]|\\(?!text|mathrm|mbox|mathbf|infty|emptyset|varnothing| |,)|\d[a-z(]")
_CHOICE_STARTS = frozenset("ABCDEFGHIJ(\\oOcCaA")
_JOINED = re.compile(r"\b(?:and|or)\b")
_RUPEES = re.compile(r"^(?:Rs|INR|USD|US)\b\.?\s*(?=[\d$\\])", re.IGNORECASE)
_BRACKETED_NOUN = re.compile(r"(?<=[\d}])\s+\(([A-Za-z]{3}[A-Za-z ]{0,40})\)$")
_NAMESPACE = re.compile(r"\b(?:np|numpy|math|sp|sympy)\.(?=[a-z])")
_TO = re.compile(r"(?<=\d)\s+to\s+(?=\d)")
_TIMES_X = re.compile(r"(?<=\d)\s*[xX]\s*(?=10\s*\^)")
_PREDICATE = re.compile(r"(?:is|are|was|were|has|have|will|which|holds)\b.*\s.*\s", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never)\b|n't", re.IGNORECASE)
_TRAILING = re.compile(r"(?:(?<!\.)\.|[\s,;:!]|\\[,;:! ]|\\\\|~)$")


def parse(text: str, *, comma_groups: bool = True) -> Expression:
    """The expression tree of an answer; text that is no mathematics becomes `Text`.

    Args:
        text: an answer in LaTeX, plain text, Python notation or unicode, with or without `$`.
        comma_groups: read `1,234` as the number 1234; otherwise as the list 1, 234.
    """
    if len(text) > MAX_LENGTH:
        return Text(text)
    return _remembered(text, comma_groups) if len(text) <= MAX_REMEMBERED else _parsed(text, comma_groups)


def _parsed(text: str, comma_groups: bool) -> Expression:
    plain = undressed(plain_latex(text))
    whole = _whole(plain)
    if whole is not None:
        return whole
    try:
        tokens = tokenize(_rewritten(plain), comma_groups=comma_groups)
        return _answer(tokens, plain)
    except (NotationError, RecursionError):
        return Text(plain)


@lru_cache(maxsize=2048)
def _remembered(text: str, comma_groups: bool) -> Expression:
    return _parsed(text, comma_groups)


def _rewritten(text: str) -> str:
    """Notation that needs its neighbours to be read: `2 x 10^5`, `3 to 4`, `Rs. 500`, `9 (apples)`."""
    if text[-1:] == ")":
        text = _BRACKETED_NOUN.sub(r" \\text{\1}", text)
    if "." in text:
        text = _NAMESPACE.sub("", text)
    if "to" in text:
        text = _TO.sub(":", text)
    if text[:2].lower() in ("rs", "in", "us"):
        text = _RUPEES.sub("", text)
    return _TIMES_X.sub("*", text) if "x" in text or "X" in text else text


def undressed(text: str) -> str:
    """The answer without math delimiters, an enclosing pair of braces and a final full stop."""
    text = text.strip()
    if text.startswith("\\boxed") and text.endswith("}") and _encloses(text[6:].strip(), commas=True):
        text = text[6:].strip()[1:-1].strip()
    if "$" in text or "\\(" in text or "\\[" in text or "**" in text:
        text = _undelimited(text)
    while (last := _TRAILING.search(text, max(0, len(text) - 3))) and not text.endswith("!"):
        text = text[: last.start()]
    while text.startswith("{") and text.endswith("}") and _encloses(text):
        text = text[1:-1].strip()
    return text


def _undelimited(text: str) -> str:
    if text.startswith("**") and text.endswith("**") and len(text) > 4:
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


def _whole(text: str) -> Expression | None:
    """Answers whose meaning is fixed as a whole: words, options, numbers in a base."""
    if not text:
        return Text("")
    if text[-1].isdigit() and text[0].isdigit() and "_" not in text:
        return named(text) if text.count("-") == 2 and len(text) < 11 else None
    if any(sign.isalpha() for sign in text):
        if not _FORMULA.search(text) and (known := named(text)) is not None:
            return known
        choice = _CHOICE.fullmatch(text) if len(text) < 300 and text[0] in _CHOICE_STARTS else None
        if choice and not re.match(r"\s*[-+=^_<>/*(]|\\(?!text|mathrm|frac|sqrt)", choice[3]):
            return Named("choice", (choice[1] or choice[2]) + (f" {choice[3]}" if choice[3] else ""))
        in_base = _BASED.fullmatch(text) or _TEXT_BASED.fullmatch(text)
        if (in_base and not in_base[1].isalpha()) or (in_base and len(in_base[1]) > 1):
            try:
                return based(in_base[1], int(in_base[2]))
            except NotationError:
                return None
        if _ONLY_WORDS.fullmatch(text) and not _is_formula(text) and not _JOINED.search(text):
            return Text(text)
    return None


def _is_formula(text: str) -> bool:
    """Whether letters are names with a meaning in mathematics: `pi`, `sin x`."""
    return all(
        len(word) == 1 or word in FUNCTIONS or word in GREEK or word in CONSTANTS for word in text.split()
    )


def _answer(tokens: list[Token], source: str) -> Expression:
    """The tree of a whole answer: its items parsed one by one, so that one can be words."""
    parts, joiners = _split(tokens)
    if len(parts) > MAX_ITEMS:
        raise NotationError(f"more than {MAX_ITEMS} items")
    items = [item for part in parts for item in _item(part, source)]
    if not items:
        raise NotationError("nothing but separators")
    if len(items) == 1:
        return items[0]
    if all(isinstance(item, Text) for item in items) and "," not in joiners and len(source.split()) > 6:
        return Text(source)
    joiner = "or" if "or" in joiners else "and" if "and" in joiners else ","
    return Group("", tuple(items), joiner)


def _split(tokens: list[Token]) -> tuple[list[list[Token]], set[str]]:
    """Items between the separators that stand in no bracket, and the separators."""
    parts: list[list[Token]] = [[]]
    joiners: set[str] = set()
    depth = 0
    for token in tokens:
        kind, text, _, _ = token
        if kind == "text" and depth == 0 and parts[-1] and _PREDICATE.match(text) and not _NOT.search(text):
            break
        if kind in ("open", "begin"):
            depth += 1
        elif kind in ("close", "end"):
            depth -= 1
        sign = text if kind == "op" else "," if kind == "word" and text in ("and", "or") else ""
        if depth <= 0 and sign in JOINERS:
            joiners.add("or" if text == "or" else "and" if text == "and" else ",")
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part], joiners


def _item(tokens: list[Token], source: str) -> list[Expression]:
    """One item as a tree, expanded where it holds ±; as words where it is no mathematics."""
    tokens = _bare_units(tokens)
    while tokens and tokens[-1][:2] in (("op", "."), ("op", "ldots")) and len(tokens) > 1:
        tokens = tokens[:-1]
    if tokens[0][:2] in (("op", "to"), ("op", "="), ("op", "approx")) and len(tokens) > 1:
        tokens = tokens[1:]
    if _is_condition(tokens):
        return []
    grammar = Grammar(tokens)
    try:
        tree = statement(grammar)
        if grammar.peek()[2] >= 0:
            raise NotationError(f"{grammar.peek()[1]!r} left over")
    except (NotationError, RecursionError):
        return [Text(source[tokens[0][2] : tokens[-1][3]])]
    if isinstance(tree, Quantity) and isinstance(tree.value, Relation):
        return [tree.value]
    if any(kind == "op" and text in ("pm", "mp") for kind, text, _, _ in tokens):
        return expanded(tree)
    return [tree]


def _bare_units(tokens: list[Token]) -> list[Token]:
    """`4{cm}` as `4 cm`."""
    for place in range(len(tokens) - 3, 0, -1):
        if tokens[place][:2] == ("open", "{") and tokens[place + 2][:2] == ("close", "}"):
            word = tokens[place + 1][1]
            if tokens[place - 1][0] == "num" and (is_unit_word(word) or word in ("m", "g", "s")):
                tokens = list(tokens)
                tokens[place + 1] = ("text", *tokens[place + 1][1:])
                return [*tokens[:place], tokens[place + 1], *tokens[place + 3 :]]
    return tokens


def _is_condition(tokens: list[Token]) -> bool:
    kind, text, _, _ = tokens[0]
    return kind == "text" and len(tokens) > 1 and bool(re.match(r"(?:for|where|when|if|with)\b", text, re.I))


def expanded(tree: Expression) -> list[Expression]:
    """The values of a tree with ± in it: every choice of signs, ∓ always opposite to ±.

    Without ∓ the signs are independent; repeated values are dropped.
    """
    places = _signs(tree)
    if not places:
        return [tree]
    if isinstance(tree, Group) and tree.brackets in ("", "{}"):
        return [
            Group(tree.brackets, tuple(value for item in tree.items for value in expanded(item)), tree.joiner)
        ]
    if len(places) > 4:
        raise NotationError("more than four ± signs")
    tied = any(place.name == "mp" for place in places)
    rounds = 2 if tied else 2 ** len(places)
    made: list[Expression] = []
    for choice in range(rounds):
        signs = iter([(choice if tied else choice >> place) & 1 for place in range(len(places))])
        value = _chosen(tree, signs)
        if value not in made:
            made.append(value)
    return made


def _signs(tree: Expression) -> list[Apply]:
    from dartmath.verify.expression import children

    found: list[Apply] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Apply) and node.name in ("pm", "mp"):
            found.append(node)
        stack.extend(children(node))
    return found


def _chosen(tree: Expression, signs: object) -> Expression:
    """The tree with every ± replaced by the next of the chosen signs."""
    from dartmath.verify.grammar import negated

    match tree:
        case Apply(name="pm" | "mp" as name, args=args):
            minus = bool(next(signs)) != (name == "mp")  # type: ignore[call-overload]
            parts = [_chosen(part, signs) for part in args]
            last = negated(parts[-1]) if minus else parts[-1]
            return last if len(parts) == 1 else Apply("add", (parts[0], last))
        case Apply(name=name, args=args):
            return Apply(name, tuple(_chosen(part, signs) for part in args))
        case Group(brackets=brackets, items=items, joiner=joiner):
            return Group(brackets, tuple(_chosen(part, signs) for part in items), joiner)
        case Relation(sides=sides, operators=operators):
            return Relation(tuple(_chosen(part, signs) for part in sides), operators)
        case Quantity(value=value, unit=unit):
            return Quantity(_chosen(value, signs), unit)
    return tree
