"""Names with a mathematical meaning, and how a run of letters splits into them."""

from __future__ import annotations

from functools import lru_cache


def listed(text: str, separator: str = " ") -> list[str]:
    """The words or phrases of a constant that is easier to read as one text."""
    return text.split(separator)


CIRCULAR = ("sin", "cos", "tan", "cot", "sec", "csc")
HYPERBOLIC = ("sinh", "cosh", "tanh", "coth", "sech", "csch")

FUNCTIONS: dict[str, str] = {
    **{name: name for name in (*CIRCULAR, *HYPERBOLIC)},
    **{f"arc{name}": f"arc{name}" for name in CIRCULAR},
    **{f"a{name}": f"arc{name}" for name in CIRCULAR},
    **{f"{prefix}{name}": f"ar{name}" for name in HYPERBOLIC for prefix in ("ar", "arc", "a")},
    "cosec": "csc", "arccosec": "arccsc", "tg": "tan", "ctg": "cot", "arctg": "arctan", "arcctg": "arccot",
    "cis": "cis", "log": "log", "ln": "ln", "lg": "lg", "exp": "exp", "abs": "abs",
    "sgn": "sgn", "sign": "sgn", "signum": "sgn", "binomial": "binom", "nCr": "binom",
    "nthroot": "root", "nthRoot": "root",
    "floor": "floor", "ceil": "ceil", "max": "max", "min": "min", "gcd": "gcd", "lcm": "lcm", "det": "det",
    "re": "re", "im": "im", "arg": "arg", "Arg": "arg", "Re": "re", "Im": "im", "Gamma": "gamma",
}  # fmt: skip
"""Spelling -> canonical name of the functions whose argument may stand without parentheses."""

INVERSES = {name: f"arc{name}" for name in CIRCULAR} | {name: f"ar{name}" for name in HYPERBOLIC}

CONSTANTS = {
    "pi": "pi", "e": "e", "i": "i", "infinity": "infinity", "Infinity": "infinity", "infty": "infinity",
    "inf": "infinity", "oo": "infinity", "Pi": "pi", "imath": "i", "I": "I",
}  # fmt: skip

GREEK = frozenset(
    listed(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
        "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega Pi ell "
        "hbar mho partial nabla aleph jmath triangle angle top intercal"
    )
)

UNKNOWN_FUNCTIONS = frozenset(listed("f g h F G H phi psi Phi Psi varphi"))
"""Symbols that are applied, not multiplied, when a parenthesis follows."""

ENGLISH = frozenset(
    listed(
        "is the it of to an are as at be by if on no yes odd for all and or not any so we per day one "
        "two six ten has its was but can may who how why his her she you they than then that this since "
        "single too out off our him had did get got low old new"
    )
)

_KNOWN = sorted(
    {
        *FUNCTIONS,
        "pi",
        "sqrt",
        "cbrt",
        "infinity",
        "infty",
        "theta",
        "alpha",
        "beta",
        "gamma",
        "lambda",
        "phi",
    }
    - {"cis", "re", "im", "tg", "lb", "abs", "arg", "sec", "sign", "Re", "Im", "Arg", "det", "min", "max"},
    key=len,
    reverse=True,
)

OF_CHEMISTRY = frozenset(listed("pH pOH pK pKa pKb pKw"))
"""Quantities of two letters or more, which are no products."""

KNOWN_NAMES = frozenset((*FUNCTIONS, *CONSTANTS, *GREEK, *OF_CHEMISTRY, "sqrt", "cbrt"))
"""Words that are one name in mathematics."""

MAX_LETTERS = 3
"""Letters in one run that are a product, as in `abc`: of four, far more are words than products."""

MAX_PRODUCT = 2
"""Letters of a run that is no word yet: one of three or more says something by itself."""

MAX_WORD = 24


def _is_capitalised(word: str) -> bool:
    """Whether a run of letters is written as a sentence begins: `The`; of two, `It` may be a product."""
    return len(word) > MAX_PRODUCT and word[0].isupper() and word[1:].islower()


@lru_cache(maxsize=4096)
def split_word(word: str) -> tuple[str, ...] | None:
    """The names and letters that a run of letters stands for; None when it is an ordinary word.

    >>> split_word("xsin")
    ('x', 'sin')
    >>> split_word("knots") is None
    True
    """
    if len(word) == 1 or word in KNOWN_NAMES:
        return (word,)
    if word in ENGLISH or len(word) > MAX_WORD or (_is_capitalised(word) and word.lower() in ENGLISH):
        return None
    if word[:-1] == "d":
        return (word,)
    parts: list[str] = []
    position, letters = 0, 0
    while position < len(word):
        name = next((name for name in _KNOWN if word.startswith(name, position)), word[position])
        letters += len(name) == 1
        parts.append(name)
        position += len(name)
    return tuple(parts) if letters <= MAX_LETTERS else None
