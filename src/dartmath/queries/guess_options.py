"""Which columns of rows hold the options of multiple-choice questions, and where their numbers begin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.queries.cells import at, is_list, share, tokens
from dartmath.queries.config import Columns
from dartmath.queries.convert import options_in
from dartmath.queries.formats.row import Row
from dartmath.queries.options import (
    LETTERS,
    Options,
    best_scored,
    cell_text,
    letter_of,
    options_of,
    parted,
    possible_firsts,
    split_options,
)

_ENOUGH = 0.5
_CHOICES = frozenset(
    [
        *(
            "choice",
            "option",
            "alternative",
            "opcion",
            "opcao",
            "alternativa",
            "alternativ",
            "scelta",
            "вариант",
        ),
        *("选项", "選項", "選択肢", "선택지", "보기", "الخيار"),
    ]
)
_ONE_OPTION = (
    "(?:op(?:tion|t|cion|ción|zione|ção|cao)?|choice|alternativ[ea]|ans(?:wer)?|antwort|respuesta|resposta|"
    "risposta|r[eé]ponse|ответ|вариант(?: ответа)?|选项|選項|選択肢|선택지|보기|خيار|الخيار)"
)
_OPTION_COLUMN = re.compile(rf"(?:{_ONE_OPTION}[ _.-]?)?\(?([a-j])[).:]?", re.IGNORECASE)
# Options in columns of their own, by number: `ans0`, `ending1`, `option 2`.
_NUMBERED = re.compile(rf"(?:{_ONE_OPTION}|ending|sol(?:ution)?)[ _.-]?([0-9])", re.IGNORECASE)
# Columns that name one of several answers.
_RIGHT = frozenset(["correct", "right", "key", "label", "solution", "richtig", "correcta", "correta"])
_WRONG = frozenset(["incorrect", "wrong", "distractor", "falsch", "incorrecta", "errada"])
# So many rows at least tell that no answer is one of the options.
_SEVERAL, _FEW = 5, 0.1
_ANSWERS = frozenset(["a", "answer", "ans", "response", "item", "svar", "antwort", "respuesta", "答案"])
_INDEX = frozenset(["index", "idx", "no", "number", "position"])
_PLACE = re.compile(r"[A-Ja-j]|\d")
_STOPS = (".", "!", "?", "。", "！", "？")
# A table without a header: the problem, at least two options, and the letter of one.
_LEAST_HEADLESS = 4


def choices_of(rows: Sequence[Row], query: str | None, reference: str | None) -> tuple[str, ...]:
    """The column of the options, or their columns, unless the problem shows them already."""
    if not rows or query is None or reference is None:
        return ()
    named = _named_column(rows, reference)
    scored = [value for row in rows if best_scored(value := at(row, reference))]
    if named is None and scored and max(map(len, scored)) <= len(LETTERS):
        named = reference
    if named is not None:
        with_options = [row for row in rows if _lists_options(at(row, named)) or _by_commas(at(row, named))]
        shown = sum(_shows_options(row, query, named) for row in with_options)
        return () if shown > _ENOUGH * len(with_options) else (named,)
    found = lettered(rows)
    if found:
        return with_right_one(rows, found, reference)
    return _wrong_ones(rows, reference) or _pointed_into(rows, query, reference)


def with_right_one(rows: Sequence[Row], choices: tuple[str, ...], reference: str) -> tuple[str, ...]:
    """The columns of options, and the reference's own where it is a further option: it names none of them."""
    asked = [
        (options, answer)
        for row in rows
        if (options := _of(row, choices)) and (answer := _cell(row, reference))
    ]
    named = sum(_names(answer, options) for options, answer in asked)
    return choices if len(asked) < _SEVERAL or named > _FEW * len(asked) else (*choices, reference)


def _of(row: Row, choices: tuple[str, ...]) -> Options | None:
    try:
        return options_of([at(row, name) for name in choices], choices)
    except DataError:
        return None


def _names(answer: str, options: Options) -> bool:
    try:
        return bool(letter_of(answer, options, ""))
    except DataError:
        # A letter or a number of an option that this row lacks.
        return answer.upper() in LETTERS or (answer.isdecimal() and int(answer) <= len(options))


def _named_column(rows: Sequence[Row], reference: str) -> str | None:
    """The column that is called one of options, and holds them; questions without any have none there."""
    places = [
        *rows[0],
        *(f"{name}.{key}" for name, value in rows[0].items() if isinstance(value, Mapping) for key in value),
    ]
    likely = [name for name in places if set(tokens(name)) & _CHOICES]
    for holds in (_lists_options, _by_commas):
        for name in likely:
            values = [at(row, name) for row in rows]
            given = [value for value in values if value]
            if not given or not all(map(holds, given)):
                continue
            # A sentence has commas, too: only what names the answers is a list of options.
            if holds is _lists_options or all(
                at(row, reference) in _by_commas(at(row, name)) for row in rows
            ):
                return name
    return None


def _by_commas(value: Any) -> list[str]:
    return parted(value, ",") if isinstance(value, str) else []


def headless_options(rows: Sequence[Row]) -> tuple[str, tuple[str, ...], str] | None:
    """(problem, options, reference) of a table without names whose last column names one of the others."""
    names = list(rows[0]) if rows else []
    if len(names) < _LEAST_HEADLESS or names != [f"column{place + 1}" for place in range(len(names))]:
        return None
    query, *options, reference = names
    letters = {str(at(row, reference) or "").strip() for row in rows}
    told = letters <= {*LETTERS[: len(options)]} and all(at(row, options[1]) is not None for row in rows)
    return (query, tuple(options), reference) if told else None


def index_of_right(rows: Sequence[Row]) -> str | None:
    """A column such as `answerIndex` that says the number of the right one of the options beside it."""
    names = list(rows[0]) if rows else []
    options = [name for name in names if share(rows, name, _parts) > _ENOUGH]
    for name in names:
        words = {*tokens(name)}
        if (
            words & _INDEX
            and words & (_RIGHT | _ANSWERS)
            and any(_point_into(rows, name, one) for one in options)
        ):
            return name
    return None


def right_of(rows: Sequence[Row], reference: str) -> str | None:
    """The column that says which is right of the several answers that the likeliest column lists."""
    if share(rows, reference, _parts) <= _ENOUGH:
        return None
    named = [name for name in rows[0] if name != reference and _RIGHT.intersection(tokens(name))]
    return next((name for name in named if _point_into(rows, name, reference)), None)


def _parts(value: Any) -> list[str]:
    """The several answers that a cell lists."""
    if isinstance(value, str):
        return parted(value)
    return [cell_text(one) for one in value] if isinstance(value, list) and len(value) > 1 else []


def _point_into(rows: Sequence[Row], name: str, answers: str) -> bool:
    return all(_points(at(row, name), _parts(at(row, answers))) for row in rows)


def _points(value: Any, answers: Sequence[str]) -> bool:
    """Whether a cell names answers of a list: by number, by letter, or by what they say."""
    named = [cell_text(one).strip() for one in (value if isinstance(value, list) else [value])]
    known = {*answers, *LETTERS[: len(answers)], *map(str, range(len(answers) + 1))}
    return bool(named) and all(one in known or one.upper() in known for one in named)


def is_several(value: Any) -> bool:
    """Whether a cell lists more than one thing."""
    return isinstance(value, list) and len(value) > 1


def lettered(rows: Sequence[Row]) -> tuple[str, ...]:
    """Columns that have the letters of options, from the first one on."""
    names = rows[0] if rows else ()
    matched = {name: match[1].upper() for name in names if (match := _OPTION_COLUMN.fullmatch(name))}
    return tuple(matched) if len(matched) > 1 and LETTERS.startswith("".join(matched.values())) else ()


def numbered(rows: Sequence[Row]) -> tuple[str, ...]:
    """Columns that are numbered without a gap, and hold an option each."""
    found = {
        name: int(match[1]) for name in (rows[0] if rows else ()) if (match := _NUMBERED.fullmatch(name))
    }
    numbers = sorted(found.values())
    consecutive = (
        len(numbers) > 1 and numbers[0] in (0, 1) and numbers == [*range(numbers[0], numbers[-1] + 1)]
    )
    return tuple(sorted(found, key=lambda name: found[name])) if consecutive else ()


def _pointed_into(rows: Sequence[Row], query: str, reference: str) -> tuple[str, ...]:
    """A column that lists answers, of which every reference says the number or the letter."""
    named = [
        name for name in rows[0] if name not in (query, reference) and _ANSWERS.intersection(tokens(name))
    ]
    if len(rows) < _SEVERAL or any(not _PLACE.fullmatch(_cell(row, reference)) for row in rows):
        return ()
    return next(((name,) for name in named if _point_into(rows, reference, name)), ())


def _wrong_ones(rows: Sequence[Row], reference: str) -> tuple[str, ...]:
    """The reference and the columns of several wrong answers beside it, such as `distractor1`."""
    names = [name for name in rows[0] if _WRONG.intersection(tokens(name)) and name != reference]
    several = len(names) > 1 or (len(names) == 1 and share(rows, names[0], is_several) > _ENOUGH)
    short = all(isinstance(at(row, reference), str) for row in rows)
    columns = (reference, *names)
    fit = names and several and short and _all_fit(rows, columns)
    return columns if fit and not _are_passages(rows, names, reference) else ()


def _are_passages(rows: Sequence[Row], names: Sequence[str], reference: str) -> bool:
    """Whether wrong answers are sentences to mislead a reader, beside which a right one is none."""
    wrong = max(share(rows, name, _are_sentences) for name in names)
    return wrong > _ENOUGH >= share(rows, reference, _are_sentences)


def _are_sentences(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return bool(texts) and all(isinstance(one, str) and one.rstrip().endswith(_STOPS) for one in texts)


def _all_fit(rows: Sequence[Row], columns: tuple[str, ...]) -> bool:
    """Whether every row has at least two options in these columns, and no more than there are letters."""
    try:
        return all(len(options_of([at(row, name) for name in columns], columns)) > 1 for row in rows)
    except DataError:
        return False


def _lists_options(value: Any) -> bool:
    return bool(split_options(value) or parted(value)) if isinstance(value, str) else is_list(value)


def _shows_options(row: Row, query: str, choices: str) -> bool:
    text = str(at(row, query))
    try:
        texts = options_of([at(row, choices)]).texts
    except DataError:
        return False
    return bool(texts) and all(one.strip() in text for one in texts)


def with_first_choice(rows: Sequence[Row], columns: Columns, where: str) -> Columns:
    """The mapping with the number of the first option, where references are numbers of options.

    Raises `ConfigError` where nothing tells whether they begin with 0 or with 1.
    """
    if not columns.choices or columns.first_choice is not None:
        return columns
    asked = [
        (options, answer)
        for row in rows
        if (options := _options(row, columns))
        for answer in _answers(row, columns)
        if answer
    ]
    firsts = possible_firsts(asked)
    if firsts == {0, 1}:
        raise ConfigError(
            f"{where}: the references (column {columns.reference!r}) are numbers of options, such as "
            f"{asked[0][1]!r}, and nothing tells whether they begin with 0 or with 1: say --first-choice 0 "
            "or --first-choice 1 (in a recipe: columns.first_choice)"
        )
    return columns.model_copy(update={"first_choice": next(iter(firsts))}) if firsts else columns


def _options(row: Row, columns: Columns) -> Options | None:
    try:
        return options_in(row, columns)
    except DataError:
        return None


def _answers(row: Row, columns: Columns) -> list[str]:
    cell = at(row, columns.reference)
    return [_said(one) for one in cell] if isinstance(cell, list | tuple) else [_said(cell)]


def _cell(row: Row, name: str) -> str:
    return _said(at(row, name))


def _said(cell: Any) -> str:
    plain = isinstance(cell, str | int | float) and not isinstance(cell, bool)
    return cell_text(cell).strip() if plain else ""
