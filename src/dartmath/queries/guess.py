"""Which columns of a user's rows hold what, told by their names and by what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.section import validate
from dartmath.queries.cells import are_texts, at, is_given, is_text, share, tokens
from dartmath.queries.config import Columns
from dartmath.queries.formats.row import Row
from dartmath.queries.guess_options import (
    choices_of,
    headless_options,
    index_of_right,
    is_several,
    lettered,
    numbered,
    right_of,
    with_first_choice,
)
from dartmath.queries.kinds import UNCHECKABLE, kind_of
from dartmath.queries.options import best_scored
from dartmath.queries.paths import leaves, value_at
from dartmath.verify.golds import read_reference

SAMPLE = 200
"""So many of the first rows are looked at."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The likeliest first; in the languages of most public sets of problems. Plurals are known by their `s`.
_QUERY = _words(
    "query question problem prompt instruction exercise task stem riddle input text content statement q "
    "frage aufgabe aufgabentext pregunta enunciado problema domanda quesito pergunta questao enonce "
    "fraga sporgsmal sporsmal vraag opgave kysymys pytanie zadanie soru otazka kerdes intrebare pertanyaan "
    "питання вопрос задача условие 问题 題目 题目 題目內容 题目内容 問題 問題文 질문 문제 سؤال प्रश्न"
)
_REFERENCE = _words(
    "reference truth answer ans gold gt target ideal expected correct solution decision label result output "
    "antwort losung ergebnis respuesta solucion resultado reponse risposta soluzione risultato resposta "
    "svar antwoord vastaus odpowiedz cevap odpoved valasz raspuns jawaban dap відповідь "
    "solucao ответ решение 答案 正确答案 正確答案 参考答案 標準答案 标准答案 正解 解答 解 答 정답 답 उत्तर "
    "richtig correcta correta cop key a"
)
_CONTEXT = _words("passage context table background body paragraph scenario story premise")
# How several passages were made one.
_JOINED = frozenset(_words("combined full whole merged joined"))
# What a question of multiple choice is asked about; beside other problems these may hold anything.
_READ = _words("article document text")
_SCORED = frozenset(_words("target answer label choice option"))
_UNIT = _words("unit einheit unidad unite")
# A name with one of these tells about a column, or of another text than the one that is asked.
_ABOUT = frozenset(
    _words(
        "id idx index no nr num count length len type kind format source date time url uri model pred "
        "predicted prediction wrong incorrect candidate lang language title hash image picture is has "
        "metadata meta info concept topic category group polarity start end offset position"
    )
)
_SECOND = frozenset(
    _words("old raw segmented tokenized normalized translated cleaned rewritten backward latex short system")
)
_ENOUGH = 0.5
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
        return validate(Columns, named | told | known, where="columns")


def guess(rows: Sequence[Row]) -> Guess:
    """What the names and contents of the first rows tell of their columns."""
    columns = numbered(rows)
    paths = [path for path in _paths(rows) if path not in {*columns, *lettered(rows)}]
    query = _default(rows, "query") or _query(rows, paths)
    reference = _default(rows, "reference") or _reference(rows, [path for path in paths if path != query])
    reference = reference or index_of_right(rows)
    if not query and (headless := headless_options(rows)):
        return Guess(headless[0], headless[2], None, headless[1])
    if reference and (right := right_of(rows, reference)):
        told = share(rows, right, is_several) == 0
        context = _context(rows, query, of_choices=True)
        return Guess(query, right if told else None, context, (reference,) if told else ())
    choices = choices_of(rows, query, reference)
    if columns and reference and not choices:
        choices = columns
    context = _context(rows, query, of_choices=bool(choices))
    return Guess(query, reference, context, choices, _unit(rows, reference))


def guess_columns(rows: Sequence[Row], where: str) -> Columns:
    """The mapping that the first rows tell; `ConfigError` with the columns and a row where they do not."""
    found = guess(rows)
    if not rows:
        return Columns(repeated=True)
    absent = [what for what in ("query", "reference") if getattr(found, what) is None]
    if absent:
        raise ConfigError(f"{where}: {cannot_tell(absent, rows[0])}")
    return with_first_choice(rows, found.columns(repeated=True), where)


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
    return [path for path in found if not _is_one_of_many(rows[0], path)]


def _is_one_of_many(row: Row, path: str) -> bool:
    """Whether a path leads to one of several elements of a list, which others have none or more of."""
    steps = path.split(".")
    lists = [".".join(steps[:i]) for i, step in enumerate(steps) if i and step.isdecimal()]
    return any(isinstance(value := at(row, name), list) and len(value) > 1 for name in lists)


def _rank(path: str, likely: Sequence[str]) -> float | None:
    """How likely a column is by its name: smaller is likelier; None where the name says something else."""
    *parents, last = path.split(".")
    words = tokens(last)
    # One letter is a name by itself alone: `q`, but not `Q3 sales`.
    whole = len(words) == 1
    places = [
        likely.index(word) for word in words if word in likely and (whole or len(word) > 1 or word > "z")
    ]
    if not places or _ABOUT.intersection(words):
        return None
    second = 30 * len(_SECOND.intersection(words)) + 20 * ("original" in words)
    return min(places) + 0.5 * (len(words) - 1) + second + 40 * len(parents)


def _best(paths: Sequence[str], likely: Sequence[str], fits: Callable[[str], bool]) -> str | None:
    ranked = sorted((rank, i) for i, path in enumerate(paths) if (rank := _rank(path, likely)) is not None)
    return next((paths[i] for _, i in ranked if fits(paths[i])), None)


def _default(rows: Sequence[Row], name: str) -> str | None:
    """The column that has the very name of a key, whatever it holds."""
    given = sum(row.get(name) is not None for row in rows)
    return name if rows and given > _ENOUGH * len(rows) else None


def _query(rows: Sequence[Row], paths: Sequence[str]) -> str | None:
    said = _turn(rows, _USER, last=False)
    named = _best(paths, _QUERY, lambda path: share(rows, path, is_text) >= _ENOUGH)
    if named and not named.startswith(("messages.", "conversations.", "conversation.")):
        return named if "." not in named or said is None else said
    return said or _headless(rows, 0) or named


def _reference(rows: Sequence[Row], paths: Sequence[str]) -> str | None:
    """The likeliest column that mostly holds answers; else the likeliest at all, which is then refused.

    Before all others one that scores options: what stands beside it explains.
    """
    named = [name for name in (rows[0] if rows else ()) if _SCORED.intersection(tokens(name))]
    scored = next((name for name in named if share(rows, name, best_scored) >= _ENOUGH), None)
    if scored:
        return scored
    # A `key` is one to answers where it has letters, and else the name or the number of a row.
    paths = [one for one in paths if one.lower() != "key" or share(rows, one, _is_letter) >= _ENOUGH]
    checkable = _best(paths, _REFERENCE, lambda path: share(rows, path, is_checkable) >= _ENOUGH)
    if checkable:
        return checkable
    # As SQuAD holds them: each of several answers is one.
    texts = next(
        (f"{name}.*.text" for name in (rows[0] if rows else ()) if _rank(name, _REFERENCE) is not None), None
    )
    if texts and share(rows, texts, is_checkable) >= _ENOUGH:
        return texts
    said = _turn(rows, _ASSISTANT, last=True)
    if said and share(rows, said, is_checkable) >= _ENOUGH:
        return said
    return _headless(rows, 1) or _best(paths, _REFERENCE, lambda path: share(rows, path, is_given) > 0)


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


def _context(rows: Sequence[Row], query: str | None, *, of_choices: bool) -> str | None:
    """A passage or a table that problems stand on."""
    if query is None or not rows:
        return None
    likely = {*_CONTEXT, *(_READ if of_choices else ())}
    inner = [
        f"{name}.{key}" for name, value in rows[0].items() if isinstance(value, Mapping) for key in value
    ]
    names = [name for name in (*rows[0], *inner) if name != query and _is_called(name, likely)]
    return next((name for name in names if _adds(rows, name, query)), None)


def _is_called(name: str, likely: set[str]) -> bool:
    """Whether all words of a name, and of the object that it stands in, are likely ones."""
    words = {*tokens(name)}
    return bool(words & likely) and words <= likely | _JOINED


def _adds(rows: Sequence[Row], name: str, query: str) -> bool:
    """Whether a column holds texts that most problems do not repeat, and that do not repeat them."""
    given = [row for row in rows if is_text(at(row, name)) or are_texts(at(row, name))]
    pairs = [(str(at(row, name)).strip(" ."), str(at(row, query)).strip(" .")) for row in given]
    repeated = sum(passage in problem or problem in passage for passage, problem in pairs)
    return bool(given) and repeated <= _ENOUGH * len(given)


def _unit(rows: Sequence[Row], reference: str | None) -> str | None:
    """A column of units, where references are bare numbers."""
    if reference is None or not rows or not any(tokens(name) in [(u,) for u in _UNIT] for name in rows[0]):
        return None
    name = next(name for name in rows[0] if tokens(name) in [(u,) for u in _UNIT])
    bare = [row for row in rows if is_text(at(row, name))]
    numbers = sum(kind_of(str(at(row, reference))) == "number" for row in bare)
    return name if bare and numbers > 0.8 * len(bare) else None


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and kind_of(value) == "choice"


def is_checkable(value: Any) -> bool:
    """Whether a cell holds an answer that a rule can compare: no long text, and not nothing."""
    try:
        answers = read_reference(value)
    except DataError:
        return False
    return bool(answers) and all(kind_of(answer) not in UNCHECKABLE for answer in answers[:8])
