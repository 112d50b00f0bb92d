"""read_reference: the acceptable answers in a cell of a data set, in the forms in which people keep them.

A number, an answer as text, a whole solution whose answer is marked (`#### 4`, `\\\\boxed{4}`,
`<answer>4</answer>`, "The answer is 4."), a list of acceptable answers, or a mapping such as
`{"value": "4"}`. Every column of answers is read by this one function: of files, benchmarks and rewards.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import DataError
from dartmath.base.regex import regex
from dartmath.verify.extract.answer import extract_answer
from dartmath.verify.language.decimal_commas import uses_decimal_comma

if TYPE_CHECKING:
    from dartmath.verify.contract.settings import GradingSettings

KEYS = ("value", "answer", "answers", "final_answer", "ground_truth", "reference", "references", "target")
"""Keys of a mapping that may hold its answer, in this order."""

MAX_PLAIN = 200
"""A text of one line of at most this many characters is an answer as it stands."""

_MARKED = ("tag", "boxed", "hash", "field")
_SHOWN = 80
_PROSE = regex(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}|[^\W\d_]{2,}[.:;。]\s", re.IGNORECASE)
_FORMULA_WORDS = regex(r"\\[a-zA-Z]+|\\(?:text|mathrm)\{[^{}]*\}")


def read_reference(cell: Any, column: str = "answer") -> tuple[str, ...]:
    """The acceptable answers that `cell` holds; none where it is empty (None, NaN, blank text).

    Raises `DataError`, naming the `column`, for a solution in which no final answer is marked, a mapping
    without a known key, and anything that is no answer at all: a response can never be right by it.

    >>> read_reference("2 + 2 = <<2+2=4>>4\\n#### 4")
    ('4',)
    >>> read_reference([{"value": "4"}, 4.0])
    ('4', '4.0')
    """
    plain = getattr(cell, "tolist", lambda: cell)()
    if isinstance(plain, Mapping):
        return _of_mapping(plain, column)
    if isinstance(plain, Sequence) and not isinstance(plain, str | bytes):
        return tuple(answer for one in plain for answer in read_reference(one, column))
    if plain is None or (isinstance(plain, float) and math.isnan(plain)):
        return ()
    if isinstance(plain, str):
        return _of_text(plain.strip(), column)
    # A bool is an int in Python, and a legitimate answer of a true/false question.
    if isinstance(plain, int | float | Decimal) and math.isfinite(plain):
        return (str(plain),)
    raise DataError(f"column {column!r} holds no answer: {_shown(cell)}")


def _of_mapping(cell: Mapping[str, Any], column: str) -> tuple[str, ...]:
    key = next((key for key in KEYS if key in cell), None)
    if key is None:
        raise DataError(
            f"column {column!r} holds a mapping without an answer: {_shown(dict(cell))}; "
            f"its answer is looked for under {', '.join(KEYS)}"
        )
    return read_reference(cell[key], f"{column}.{key}")


def _of_text(text: str, column: str) -> tuple[str, ...]:
    if not text:
        return ()
    if text.startswith(('["', "['")) and (listed := _listed(text)) is not None:
        return read_reference(listed, column)
    is_short = len(text) <= MAX_PLAIN and "\n" not in text
    found = extract_answer(text, strict=True)
    if found.answer is not None and (found.method in _MARKED or not is_short):
        return (found.answer,)
    if is_short or not _PROSE.search(_FORMULA_WORDS.sub(" ", text)):
        return (text,)
    raise DataError(
        f"column {column!r} holds a text in which no final answer is marked: {_shown(text)}; mark it "
        "(\\boxed{...}, #### ..., <answer>...</answer>), or name a column that holds the answer alone"
    )


def _listed(text: str) -> list[Any] | None:
    """A list of texts as JSON or Python writes it."""
    try:
        found = json.loads(text if text.startswith('["') else text.replace("'", '"'))
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _shown(cell: object) -> str:
    shown = repr(cell)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} ..."


def settled(settings: GradingSettings, references: Iterable[str]) -> GradingSettings:
    """The settings for queries with these references: whether they use a decimal comma is known then."""
    if settings.decimal_comma is None and uses_decimal_comma(references):
        return settings.model_copy(update={"decimal_comma": True})
    return settings
