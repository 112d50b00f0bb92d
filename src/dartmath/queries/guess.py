"""Which columns of a user's rows hold what, told by their names and by what stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.queries.config import Columns
from dartmath.queries.formats.row import Row
from dartmath.queries.kinds import UNCHECKABLE, kind_of
from dartmath.queries.options import split_options
from dartmath.queries.paths import leaves, value_at
from dartmath.verify.golds import read_reference

SAMPLE = 200
"""So many of the first rows are looked at."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The likeliest first; in the languages of most public sets of problems. Plurals are known by their `s`.
_QUERY = _words(
    "query question problem prompt instruction exercise task input text content "
    "frage aufgabe aufgabentext pregunta enunciado problema domanda quesito pergunta questao enonce "
    "вопрос задача условие 问题 題目 题目 問題 질문 문제 سؤال प्रश्न"
)
_REFERENCE = _words(
    "reference truth answer ans gold gt target expected correct solution label result output "
    "antwort losung ergebnis respuesta solucion resultado reponse risposta soluzione risultato resposta "
    "solucao ответ решение 答案 解答 解 答 정답 답 उत्तर"
)
_CONTEXT = _words("passage context table background body paragraph scenario story premise")
_CHOICES = _words("choice option")
_UNIT = _words("unit einheit unidad unite")
# A name with one of these tells about a column, or of another text than the one that is asked.
_ABOUT = frozenset(
    _words(
        "id idx index no nr num count length len type kind format source date time url uri model pred "
        "predicted prediction wrong incorrect candidate lang language title hash image picture is has "
        "metadata meta"
    )
)
_SECOND = frozenset(
    _words("old raw segmented tokenized normalized translated cleaned rewritten backward latex short system")
)
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_PLURAL = re.compile(r"[^isu]s$")
_ENOUGH = 0.5
_OPTION_COLUMN = re.compile(r"(?:op(?:tion|t)?[ _-]?|choice[ _-]?)?([a-jA-J])", re.ASCII)
_USER, _ASSISTANT = ("user", "human"), ("assistant", "gpt", "model")


@dataclass(frozen=True, slots=True)
class Guess:
    """What was told of the columns; None for what nothing tells."""

    query: str | None
    reference: str | None
    context: str | None = None
    choices: tuple[str, ...] = ()
    unit: str | None = None

    def columns(self, **known: Any) -> Columns:
        """The mapping, with what is `known` in place of what was told."""
        found = {"context": self.context, "choices": list(self.choices), "unit": self.unit}
        told = {key: value for key, value in found.items() if value}
        named = {"query": self.query or "", "reference": self.reference or ""}
        return Columns.model_validate(named | told | known)


def guess(rows: Sequence[Row]) -> Guess:
    """What the names and contents of the first rows tell of their columns."""
    paths = _paths(rows)
    query = _default(rows, "query") or _query(rows, paths)
    reference = _default(rows, "reference") or _reference(rows, [path for path in paths if path != query])
    choices = _choices(rows, query, reference)
    return Guess(query, reference, _context(rows, query), choices, _unit(rows, reference))


def guess_columns(rows: Sequence[Row], where: str) -> Columns:
    """The mapping that the first rows tell; `ConfigError` with the columns and a row where they do not."""
    found = guess(rows)
    if not rows:
        return Columns(repeated=True)
    absent = [what for what in ("query", "reference") if getattr(found, what) is None]
    if absent:
        raise ConfigError(f"{where}: {cannot_tell(absent, rows[0])}")
    return found.columns(repeated=True)


def cannot_tell(absent: Sequence[str], row: Row) -> str:
    """That columns cannot be told, with what there is and how to name them."""
    flags = " ".join(f"--{what}-column COLUMN" for what in absent)
    keys = ", ".join(f"columns.{what}" for what in absent)
    return (
        f"cannot guess the column of the {' and of the '.join(absent)}; name it with {flags} "
        f"(in a recipe: {keys}). The file has {', '.join(map(str, row))}; its first row:\n{shown_row(row)}"
    )


def shown_row(row: Row, width: int = 60) -> str:
    """The columns and paths of a row, one a line, with what they hold."""
    names = leaves(row)
    widest = min(max((len(name) for name in names), default=0), 32)
    return "\n".join(f"  {name.ljust(widest)}  {_short(value_at(row, name), width)}" for name in names)


def _short(value: Any, width: int) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _paths(rows: Sequence[Row]) -> list[str]:
    """All columns, and the paths into those that hold objects."""
    found: dict[str, None] = {}
    for row in rows[:20]:
        found.update(dict.fromkeys(leaves(row)))
    return [*found]


_SHORT = 3  # letters of a word whose last s is its own: `ans`, `gas`


@lru_cache(maxsize=1024)
def _tokens(name: str) -> tuple[str, ...]:
    """The words of a name, small, without accents, in the singular."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = [word.lower() for word in _TOKEN.findall(plain)]
    return tuple(word[:-1] if len(word) > _SHORT and _PLURAL.search(word) else word for word in words)


def _rank(path: str, likely: Sequence[str]) -> float | None:
    """How likely a column is by its name: smaller is likelier; None where the name says something else."""
    *parents, last = path.split(".")
    tokens = _tokens(last)
    places = [likely.index(token) for token in tokens if token in likely]
    if not places or _ABOUT.intersection(tokens):
        return None
    second = 30 * len(_SECOND.intersection(tokens)) + 20 * ("original" in tokens)
    return min(places) + 0.5 * (len(tokens) - 1) + second + 40 * len(parents)


def _best(paths: Sequence[str], likely: Sequence[str], fits: Callable[[str], bool]) -> str | None:
    ranked = sorted((rank, i) for i, path in enumerate(paths) if (rank := _rank(path, likely)) is not None)
    return next((paths[i] for _, i in ranked if fits(paths[i])), None)


def _default(rows: Sequence[Row], name: str) -> str | None:
    """The column that has the very name of a key, whatever it holds."""
    given = sum(row.get(name) is not None for row in rows)
    return name if rows and given > _ENOUGH * len(rows) else None


def _query(rows: Sequence[Row], paths: Sequence[str]) -> str | None:
    said = _turn(rows, _USER, last=False)
    named = _best(paths, _QUERY, lambda path: _share(rows, path, _is_text) >= _ENOUGH)
    if named and not named.startswith(("messages.", "conversations.", "conversation.")):
        return named if "." not in named or said is None else said
    return said or _headless(rows, 0) or named


def _reference(rows: Sequence[Row], paths: Sequence[str]) -> str | None:
    """The likeliest column that mostly holds answers; else the likeliest at all, which is then refused."""
    checkable = _best(paths, _REFERENCE, lambda path: _share(rows, path, is_checkable) >= _ENOUGH)
    if checkable:
        return checkable
    said = _turn(rows, _ASSISTANT, last=True)
    if said and _share(rows, said, is_checkable) >= _ENOUGH:
        return said
    return _headless(rows, 1) or _best(paths, _REFERENCE, lambda path: _share(rows, path, _is_given) > 0)


def _headless(rows: Sequence[Row], place: int) -> str | None:
    """Of a table of two columns without names: the problem, then the answer."""
    return f"column{place + 1}" if rows and list(rows[0]) == ["column1", "column2"] else None


def _turn(rows: Sequence[Row], roles: Sequence[str], *, last: bool) -> str | None:
    """The path of the first or last message of a role, in a column that holds a conversation."""
    for name, value in rows[0].items() if rows else ():
        messages = value if isinstance(value, list) else []
        for place in reversed(range(len(messages))) if last else range(len(messages)):
            message = messages[place]
            if not isinstance(message, Mapping):
                break
            role = message.get("role", message.get("from"))
            key = next((key for key in ("content", "value", "text") if key in message), None)
            if role in roles and key:
                return f"{name}.{place}.{key}"
    return None


def _choices(rows: Sequence[Row], query: str | None, reference: str | None) -> tuple[str, ...]:
    """The column of the options, or their columns, unless the problem shows them already."""
    if not rows or query is None or reference is None:
        return ()
    named = next((name for name in rows[0] if _holds_options(rows, name)), None)
    if named is not None:
        with_options = [row for row in rows if _lists_options(_at(row, named))]
        shown = sum(_shows_options(row, query, named) for row in with_options)
        return () if shown > _ENOUGH * len(with_options) else (named,)
    matched = {n: match[1].upper() for n in rows[0] if (match := _OPTION_COLUMN.fullmatch(n))}
    letters_found = "".join(matched.values())
    return tuple(matched) if len(matched) > 1 and "ABCDEFGHIJ".startswith(letters_found) else ()


def _holds_options(rows: Sequence[Row], name: str) -> bool:
    """Whether a column is one of options; questions without any have none there."""
    if not set(_tokens(name)) & {*_CHOICES}:
        return False
    values = [_at(row, name) for row in rows]
    return any(map(_lists_options, values)) and all(_lists_options(value) or not value for value in values)


def _lists_options(value: Any) -> bool:
    return bool(split_options(value)) if isinstance(value, str) else _is_list(value)


def _shows_options(row: Row, query: str, choices: str) -> bool:
    options, text = _at(row, choices), str(_at(row, query))
    if isinstance(options, Mapping):
        options = options.get("text") or list(options.values())
    if isinstance(options, str):
        options = split_options(options)
    texts = [str(one).strip() for one in options or ()]
    return bool(texts) and all(one in text for one in texts)


def _context(rows: Sequence[Row], query: str | None) -> str | None:
    """A passage or a table that problems stand on."""
    if query is None or not rows:
        return None
    names = [
        name for name in rows[0] if set(_tokens(name)) == set(_tokens(name)) & {*_CONTEXT} and name != query
    ]
    return next((name for name in names if _adds(rows, name, query)), None)


def _adds(rows: Sequence[Row], name: str, query: str) -> bool:
    """Whether a column holds texts that most problems do not repeat."""
    given = [row for row in rows if _is_text(_at(row, name))]
    repeated = sum(str(_at(row, name)).strip(" .") in str(_at(row, query)) for row in given)
    return bool(given) and repeated <= _ENOUGH * len(given)


def _unit(rows: Sequence[Row], reference: str | None) -> str | None:
    """A column of units, where references are bare numbers."""
    if reference is None or not rows or not any(_tokens(name) in [(u,) for u in _UNIT] for name in rows[0]):
        return None
    name = next(name for name in rows[0] if _tokens(name) in [(u,) for u in _UNIT])
    bare = [row for row in rows if _is_text(_at(row, name))]
    numbers = sum(kind_of(str(_at(row, reference))) == "number" for row in bare)
    return name if bare and numbers > 0.8 * len(bare) else None


def _at(row: Row, path: str) -> Any:
    try:
        return value_at(row, path)
    except LookupError:
        return None


def _share(rows: Sequence[Row], path: str, test: Callable[[Any], bool]) -> float:
    return sum(test(_at(row, path)) for row in rows) / max(1, len(rows))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list(value: Any) -> bool:
    return isinstance(value, list | Mapping) and len(value) > 1


def _is_given(value: Any) -> bool:
    return value is not None and value not in ("", [], {}) and not isinstance(value, Mapping)


def is_checkable(value: Any) -> bool:
    """Whether a cell holds an answer that a rule can compare: no long text, and not nothing."""
    try:
        answers = read_reference(value)
    except DataError:
        return False
    return bool(answers) and all(kind_of(answer) not in UNCHECKABLE for answer in answers[:8])
