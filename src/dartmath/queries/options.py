"""The options of a multiple-choice question, as files hold them, and the letter that a reference names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dartmath.base.errors import DataError
from dartmath.queries.ordinals import LETTERS, NUMBERS, SIGN, marked, place_of, plain_sign

__all__ = [
    "LETTERS", "Options", "best_scored", "cell_text", "letter_of", "named_option", "options_of", "parted",
    "possible_firsts", "split_options",
]  # fmt: skip

_SHOWN = 80
_SEVERAL = re.compile(r"[A-J](?:[\s,;]*[A-J])+")
_LETTER = re.compile("[A-J]")
# A sign that opens an option in a running text: at the beginning or behind a space, so that the argument
# of `f(b)` is none.
_MARK = re.compile(
    r"(?:^|(?<=[\s,;]))(?:[(\[]?\s*(?P<letter>[A-Ja-j])\s*[)\].:]|[(\[]?(?P<number>10|[1-9])[)\].]|(?P<ring>[①-⑩]))"
    r"(?=\s|[^\w\s]|(?<=[①-⑩]))"
)
_TEXT_KEYS = ("text", "txt", "content", "value", "option", "answer", "title", "body", "choice")
_LABEL_KEYS = ("label", "id", "key", "letter", "name")
_FLAG = re.compile(r"(?:is[ _-]?)?(?:correct|right|true)", re.IGNORECASE)
# What stands before the sign of an option, in the languages of most public sets.
_ANNOUNCED = (
    r"(?:(?:the\s+)?(?:correct|right|final|best)?\s*(?:answer|ans|option|choice|opt)\s*(?:choice|option)?\s*(?:is)?"
    r"|(?:die\s+)?(?:richtige\s+)?antwort\s*(?:ist)?|(?:la\s+)?(?:opci[oó]n|respuesta|r[eé]ponse|risposta|resposta|"
    r"op[cç][aã]o|alternativa)\s*(?:correcta|correta|corretta|correcte)?\s*(?:es|est|è|é)?"
    r"|(?:правильный\s+)?(?:ответ|вариант)|(?:正确|正確)?(?:答案|选项|選項|選択肢|正解)(?:是|は|为|為)?)"
)
_NAMED = re.compile(
    rf"(?:{_ANNOUNCED}[\s:：=_.-]*)?[(（\[]?\s*(?P<sign>{SIGN})\s*(?P<close>[)）\]]?\s*[.．:：、–—-]?)"
    r"(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one question.

    Attributes:
        texts: what they say, without signs of their own.
        labels: what the file calls them, such as ("1", "2", "3") or ("option_a", "option_b"); none where it
            gives them no names.
    """

    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def by_letter(self) -> dict[str, str]:
        """Their texts by the letters that the problem shows."""
        return dict(zip(LETTERS, self.texts, strict=False))


def cell_text(value: Any) -> str:
    """What a cell says, as text: a whole number without a decimal point."""
    # A column of whole numbers with gaps is one of floats in most tables.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def options_of(cells: Sequence[Any], names: Sequence[str] = (), *, sort: bool = False) -> Options:
    """The options of a question, with the names that the file gives them.

    `cells` are a column for each option, called `names`, or the one that holds all: a list, an object, or a
    text such as `A) 5 B) 6`. `sort` puts them in the order of the alphabet, where the first one would always
    be right. Raises `DataError` for another text, and for more options than there are letters.
    """
    labels, found = _listed(cells[0]) if len(cells) == 1 else _beside(cells, names)
    kept = [
        (label, cell_text(one)) for label, one in zip(labels, found, strict=True) if one not in (None, "")
    ]
    if sort:
        kept = sorted((("", text) for _, text in kept), key=lambda one: one[1])
    if len(kept) > len(LETTERS):
        raise DataError(f"{len(kept)} options; at most {len(LETTERS)} can be told by letters")
    signs, texts = marked([text for _, text in kept])
    own = signs or tuple(label for label, _ in kept)
    return Options(texts, own if all(own) else ())


def _beside(cells: Sequence[Any], names: Sequence[str]) -> tuple[Sequence[str], list[Any]]:
    """Options in a column each, of which one may hold several, such as all wrong ones."""
    found: list[Any] = []
    labels: list[str] = []
    for name, cell in zip(names or [""] * len(cells), cells, strict=True):
        several = cell if isinstance(cell, list | tuple) else [cell]
        found += several
        labels += [name if len(several) == 1 else ""] * len(several)
    return labels, found


def _listed(value: Any) -> tuple[Sequence[str], list[Any]]:
    """(their names, the options) of a cell that holds all of them."""
    if isinstance(value, str):
        if marks := _signed(value):
            return [sign for sign, _ in marks], [text for _, text in marks]
        if told := parted(value):
            return [""] * len(told), told
        try:
            value = json.loads(value)
        except ValueError:
            if told := parted(value, ","):
                return [""] * len(told), told
            raise DataError(
                f"choices are a list, or a text such as 'A) 5 B) 6', found {value[:_SHOWN]!r}"
            ) from None
    if isinstance(value, Mapping):
        # {"text": [...], "label": [...]}, or {"A": "...", "B": "..."}, or {"yes": 1, "no": 0}.
        if best_scored(value):
            return [""] * len(value), list(value)
        texts, labels = value.get("text"), value.get("label", value.get("labels"))
        if not isinstance(texts, list):
            return [str(key) for key in value], list(value.values())
        named = isinstance(labels, list) and len(labels) == len(texts)
        return [cell_text(one) for one in labels] if named else [""] * len(texts), list(texts)
    if isinstance(value, list | tuple):
        return [_label_of(one) for one in value], [_said(one) for one in value]
    if value is None:
        return [], []
    raise DataError(f"choices are a list, or a text such as 'A) 5 B) 6', found {value!r:.80}")


def _said(option: Any) -> Any:
    """What one of a list of options says: [{"label": "A", "text": "..."}, ...]."""
    if not isinstance(option, Mapping):
        return option
    return next((option[key] for key in _TEXT_KEYS if key in option), option)


def _label_of(option: Any) -> str:
    if not isinstance(option, Mapping):
        return ""
    return cell_text(next((option[key] for key in _LABEL_KEYS if key in option), ""))


def best_scored(value: Any) -> list[str]:
    """Of an object that scores options, or a list that says which is right, those; else nothing.

    >>> best_scored({"yes": 0, "no": 1})
    ['no']
    >>> best_scored([{"text": "4", "correct": False}, {"text": "5", "correct": True}])
    ['5']
    """
    scores = _flags(value) if isinstance(value, list) else value
    if not isinstance(scores, Mapping) or not scores:
        return []
    given = {name: score for name, score in scores.items() if score is not None}
    if not all(isinstance(score, int | float) and 0 <= score <= 1 for score in given.values()):
        return []
    best = max(given.values(), default=0)
    # Names of other things have numbers too, of which none is 1, or all are.
    several = len(given) > 1 and 0 < sum(score == best for score in given.values()) < len(given)
    return [name for name, score in given.items() if score == best] if best == 1 and several else []


def _flags(options: Sequence[Any]) -> dict[str, bool]:
    """Which of a list of options are said to be right; one without a word is not."""
    if not all(isinstance(one, Mapping) for one in options):
        return {}
    found = {}
    for one in options:
        flag = next((value for key, value in one.items() if _FLAG.fullmatch(str(key))), False)
        if not isinstance(flag, bool | int) or not isinstance(_said(one), str):
            return {}
        found[_said(one)] = bool(flag)
    return found


def possible_firsts(asked: Iterable[tuple[Options, str]]) -> set[int]:
    """With which of 0 and 1 the numbers of options may begin, where all references of a set are such numbers.

    None of both where some reference is no number, or where all are the texts or labels of options.
    """
    firsts, texts, labelled = {0, 1}, True, True
    for options, answer in asked:
        said = _number_said(answer)
        if not said:
            return set()
        texts &= any(said == text.strip() for text in options.texts)
        labelled &= said in options.labels
        firsts = {first for first in firsts if first <= int(said) < len(options) + first}
    return set() if texts or labelled else firsts


def _number_said(answer: str) -> str:
    """The number that a reference says, such as "Option 3" or "3."; empty where it says more, or none."""
    named = _NAMED.fullmatch(answer.strip())
    said = plain_sign(named["sign"] if named and not named["text"].strip(" .") else answer)
    return said if said.isdecimal() else ""


def letter_of(answer: str, options: Options, column: str, first: int | None = None) -> str:
    """The letter of an option that a reference names: by its label, its letter, its text, or its number.

    `first` is the number of the first option, where all references of a set are numbers; else a number
    that is no text of an option counts from 0. Several letters, such as `AC` or `A, C`, stay several.
    """
    said, by_letter = plain_sign(answer), options.by_letter()
    labels = [plain_sign(label) for label in options.labels]
    if labels.count(said) == 1:
        return LETTERS[labels.index(said)]
    if first is not None and (number := _number_said(answer)):
        return _numbered(int(number) - first, answer, options, column)
    if said in by_letter:
        return said
    if _SEVERAL.fullmatch(said) and all(letter in by_letter for letter in _LETTER.findall(said)):
        return ", ".join(_LETTER.findall(said))
    if (place := _with_text(answer, options)) is not None:
        return LETTERS[place]
    if (place := _named_place(answer, options, labels)) is not None:
        return LETTERS[place]
    if said.isdecimal() and not any(label.isdecimal() for label in labels):
        return _numbered(int(said), answer, options, column)
    raise _none_of(answer, options, column)


def _numbered(place: int, answer: str, options: Options, column: str) -> str:
    if 0 <= place < len(options):
        return LETTERS[place]
    raise _none_of(answer, options, column)


def _none_of(answer: str, options: Options, column: str) -> DataError:
    known = ", ".join(options.labels) if options.labels else ""
    shown = f" ({known})" if known and len(known) <= _SHOWN else ""
    hint = ""
    if answer.strip().isdecimal() and int(answer) == len(options) and not options.labels:
        hint = "; where numbers of options begin with 1, say it: columns.first_choice: 1 (--first-choice 1)"
    return DataError(
        f"column {column!r} names none of the {len(options)} options{shown}: {answer[:_SHOWN]!r}{hint}"
    )


def _with_text(answer: str, options: Options) -> int | None:
    """The place of the one option that says what a reference says, if need be but for case and spaces."""
    for form in (str.strip, lambda text: " ".join(text.casefold().split()).rstrip(".")):
        found = [place for place, text in enumerate(options.texts) if form(text) == form(answer)]
        if len(found) == 1 or (found and form is str.strip):
            return found[0]
    return None


def _named_place(answer: str, options: Options, labels: Sequence[str]) -> int | None:
    """The place that a reference such as "Option d: text", "(D) text" or "The answer is D." names.

    What stands behind the sign must be what that option says.
    """
    found = _NAMED.fullmatch(answer.strip())
    if not found:
        return None
    sign, text = plain_sign(found["sign"]), found["text"].strip(" .")
    if text:
        place = _with_text(text, options)
        return place if place is not None and _agrees(sign, place, labels) else None
    if sign in labels:
        return labels.index(sign)
    return place_of(sign, len(options))


def _agrees(sign: str, place: int, labels: Sequence[str]) -> bool:
    """Whether a sign may stand for the option at this place; numbers are counted from 0 or from 1."""
    if sign in labels:
        return labels.index(sign) == place
    return place_of(sign) == place or (sign in NUMBERS and int(sign) - place in (0, 1))


def named_option(answer: str, problem: str) -> str | None:
    """The letter of an option that the problem itself shows, where a reference names it in other words.

    >>> named_option("Option c: a hen", "Which flies? a) a cat b) a cow c) a hen")
    'C'
    """
    found = _NAMED.fullmatch(answer.strip())
    if not found or not found["sign"].isascii() or found["sign"].isdecimal():
        return None
    letter, text = found["sign"].upper(), found["text"].strip(" .")
    if not text and found["close"].strip() == "" and len(answer.strip()) == 1:
        return None
    shown = {mark["letter"].upper(): mark.end() for mark in _MARK.finditer(problem) if mark["letter"]}
    if not {"A", "B", letter} <= shown.keys():
        return None
    says = " ".join(problem[shown[letter] :].split())
    return letter if says.startswith(" ".join(text.split())) else None


def split_options(text: str) -> list[str]:
    """The options that a running text numbers, from the first sign on; none where it does not.

    >>> split_options("a ) 12 , b ) f(b) , c ) 18")
    ['12', 'f(b)', '18']
    """
    return [option for _, option in _signed(text)]


def _signed(text: str) -> list[tuple[str, str]]:
    """(sign, option) of a running text that numbers them."""
    marks = list(_marks(text))
    if not marks or text[: marks[0].start()].strip():
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    options = [text[mark.end() : end].strip(" \t\n,;") for mark, end in zip(marks, ends, strict=True)]
    signs = [plain_sign(_sign(mark)) for mark in marks]
    return list(zip(signs, options, strict=True)) if len(options) > 1 and all(options) else []


def parted(text: str, by: str = ";|\n") -> list[str]:
    """The options of a text that parts them by semicolons, bars or lines; none where it does not.

    >>> parted("Jupiter; Mars;Venus")
    ['Jupiter', 'Mars', 'Venus']
    """
    options = [part.strip() for part in re.split(f"[{by}]", text.strip(f" {by}"))]
    return options if len(options) > 1 and all(options) else []


def _sign(mark: re.Match[str]) -> str:
    return str(mark["letter"] or mark["number"] or mark["ring"])


def _marks(text: str) -> Iterator[re.Match[str]]:
    """The marks of options in the order of their signs, all of one kind."""
    wanted: str | None = None
    for mark in _MARK.finditer(text):
        sign = _sign(mark)
        if sign == wanted or (wanted is None and sign in ("A", "a", "1", "①")):
            yield mark
            wanted = str(int(sign) + 1) if sign in NUMBERS else chr(ord(sign) + 1)
