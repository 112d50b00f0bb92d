"""What in the text of a problem makes its answers worthless: options that are not shown, answers that are."""

from __future__ import annotations

import re

from dartmath.queries.query import Query

_LETTER = re.compile(r"\(?([A-J])\)?")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LEAST_DIGITS = 2
"""A number of one digit stands in most problems by chance."""

_MARKUP = re.compile(
    r"<\|(?:im_start|im_end|start_header_id|eot_id|user|assistant|system|endoftext)\|>|\[/?INST\]|<start_of_turn>|"
    r"<<SYS>>|<｜(?:User|Assistant)｜>|^### (?:Instruction|Response|Input):|"
    r"Below is an instruction that describes a task",
    re.MULTILINE,
)


def hides_options(query: Query) -> bool:
    """Whether the answer is the letter of an option, and the problem shows no options.

    >>> hides_options(Query("1", "own", "Which flies?", ("B",)))
    True
    """
    letter = _LETTER.fullmatch(query.references[0].strip())
    if letter is None:
        return False
    wanted = {"A", "B", letter[1]}
    return not all(re.search(rf"(?<![A-Za-z]){one}(?![A-Za-z])", query.text, re.IGNORECASE) for one in wanted)


def gives_away(query: Query) -> bool:
    """Whether the answer is a number that stands in the problem, as in "make 36 of 79, 17 and 60".

    >>> gives_away(Query("1", "own", "Make 36 of 79, 17 and 60.", ("36",)))
    True
    """
    answer = query.references[0].strip()
    if _NUMBER.fullmatch(answer) is None or sum(map(str.isdecimal, answer)) < _LEAST_DIGITS:
        return False
    return re.search(rf"(?<![\d.,]){re.escape(answer)}(?![\d]|[.,]\d)", query.text) is not None


def markup_of(text: str) -> str:
    """The first sign of a chat template in a problem; empty where it is a plain text.

    >>> markup_of("<|im_start|>user\\nWhy?")
    '<|im_start|>'
    """
    found = _MARKUP.search(text)
    return found[0] if found else ""
