"""The part of a response in which its answer can stand, everything else in it blanked out.

Blanked means replaced by spaces, so that every place in the result is a place in the response: thoughts,
special tokens and what stands behind an end-of-turn token, tags of HTML, fenced code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from dartmath.base.regex import regex
from dartmath.verify.extract.thoughts import CHANNELS, THOUGHT_IN_SQUARES, thoughts
from dartmath.verify.language.notation import with_latin_separators
from dartmath.verify.language.search import Literals, holds

_SQUARE_NAMES = "PAD|EOS|SEP|CLS|UNK|/?INST|EOT"
"""Tokens in square brackets."""

_ENDS = regex(
    r"<[|｜](?:im_end|im_start|eot_id|eom_id|endoftext|end[▁_]of[▁_]sentence|end_of_text|end|return|eot"
    r"|eos|pad|user|User"
    r"|begin_of_text|endofprompt|fim_pad|finetune_right_pad_id|call)[|｜]>"
    r"|</s>|<s>|<eos>|<end_of_turn>|<start_of_turn>|<turn\|>|<\|turn>|<pad>|<unk>|<EOD>|<eod>"
    rf"|\[(?:{_SQUARE_NAMES})\]"
)
"""What ends a turn, begins the next one, or pads a batch. Source: the special tokens of public tokenizers."""

_ANGLED = regex(r"<(?=[|｜]|s>|/s>|eos>|e[no]d|EOD>|start|pad>|unk>|turn)")
"""How every such token in angle brackets begins. The sign comes first: see `FORMULA`."""

_END_OF_PART = regex(r"<eo[ae]>")
"""Ends of an explanation and an answer, `<eoe>` and `<eoa>`; more follows behind the first."""

_SQUARE = regex(rf"\[(?:{_SQUARE_NAMES})\]")

_ROLE = regex(
    r"\s*(?:<\|im_start\|>|<\|start_header_id\|>|<\|start\|>|<start_of_turn>)?\s*(?:assistant|model)\b[:\s]*"
)
_ROLE_TOKENS = regex(r"<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>|<\|begin_of_text\|>|<s>")
_FINAL_CHANNEL = regex(r"<\|channel\|>final[^<]{0,40}<\|message\|>")
_TOKEN = regex(r"<\|(?!/?(?:final_?)?answers?\|)[^<>|]{1,40}\|>")
_HTML = regex(
    r"</?(?:b|i|u|em|strong|p|div|span|br|hr|center|h[1-6]|font|sub|sup|response|output)\b[^<>]{0,80}>", re.I
)
_CALCULATION = regex(r"<<[^<>\n]{0,200}>>")
"""GSM8K's calculator annotations."""

_QUERY_LABELS = (
    "Question", "Problem", "Query", "Instruction", "Input", "Human", "User", "Q", "New question",
    "New problem", "Next question", "Next problem", "Exercise", "Task", "题目", "问题", "問題",
)  # fmt: skip
"""How the next few-shot problem begins, which a base model goes on with. Source: the built-in templates."""

_NEXT_QUERY = regex(
    rf"\n[ \t]*(?:#{{1,4}} ?|\*\*|<\|)?(?:{'|'.join(_QUERY_LABELS)})(?: \d{{1,2}})?(?:\*\*"
    rf"|\|>)?[ \t]*[:：]",
)
_BARE_LABEL = regex(rf"{_NEXT_QUERY.pattern}\s*")
_COLONS = (":", "：")
_LABEL_ENDS = frozenset(label[-1] for label in _QUERY_LABELS) | frozenset("*> \t0123456789")
"""What stands right before the colon of such a label."""

_MOST_PARTS = 32
"""A response that goes on with more queries is read as if the last of these parts had none in it."""


def _label_endings() -> Iterator[str]:
    """What looks back from behind a colon for the last letters of a label, one pattern for each length."""
    endings = {label[-5:] for label in _QUERY_LABELS}
    for size in {len(ending) for ending in endings}:
        yield rf"(?<=(?:{'|'.join(sorted(one for one in endings if len(one) == size))}):)"


_LABEL_LETTERS = "".join(sorted({label[-1] for label in _QUERY_LABELS}))
_FULL_LABEL = regex(
    rf":(?<=[{_LABEL_LETTERS}*>\s\d]:)"
    rf"(?:(?<=[*>\s]:)|(?<=[{_LABEL_LETTERS}] \d:)|(?<=[{_LABEL_LETTERS}] \d\d:)"
    rf"|{'|'.join(_label_endings())})"
)
"""A colon behind such a label and its number, or what may stand between. It comes first: see `FORMULA`."""

_NEXT_TASK = regex(
    r"####[ \t]*[-$]?\d[^\n]{0,40}\n\s{0,4}"
    r"(?![^\n]*\b(?:wait|hmm+|actually|let me|let's|i|we|check|correct|mistake|sorry|this|that)\b)"
    r"(?P<task>[a-z][^\n]{40,1000}\?)[ \t]*\n",
    re.IGNORECASE,
)
"""A line behind a `####` one that asks something else, and has one of its own: the next few-shot problem."""

_IN_ANGLES = regex(r"<(?=[^\W\d]|[/|｜]|\d\w{0,9}:)")
"""How tags and tokens in angle brackets begin; not a comparison, `x < 5`, nor a calculation of GSM8K."""

_IN_SQUARES = regex(rf"\[(?=[a-zA-Z/])(?i:/?(?:{THOUGHT_IN_SQUARES}|{_SQUARE_NAMES})\])")
_ESCAPED_ANGLE = regex("&[lL][tT];")

_CASES = tuple(
    f"{one}{two}]"
    for name in (THOUGHT_IN_SQUARES, *_SQUARE_NAMES.split("|"))
    for one, two in product(*zip(name[-2:], name[-2:].lower(), strict=True))
)
"""How tokens in square brackets end, in capitals and in small letters."""

HASHES = Literals("####")
"""What stands before an answer of GSM8K."""

_BOX = "box"
_TO_BLANK = Literals(
    *(_BOX, "\x08oxed", "```", "~~~"),
    *dict.fromkeys(_CASES),
    *(label for label in _QUERY_LABELS if label.isascii() and len(label) > 1),
)
"""A box, and texts one of which stands wherever something is to be blanked that does not begin with `<` or
`&`, or the next query begins, in a text in ASCII without a Q."""

_FENCE = regex(r"^[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]{0,40})$", re.MULTILINE)
_MARKS = regex(r"[`~](?:(?<=`)`{2,}[^\n`]{0,40}|(?<=~)~{2,})")
"""The marks of fences. The set of their signs comes first: see `FORMULA`."""

_DATA = ("json", "yaml", "yml", "jsonc", "json5", "xml", "html")


class Fence(NamedTuple):
    """A fenced block: its language in lower case, and where its content stands."""

    language: str
    start: int
    end: int


class Own(NamedTuple):
    """What a response says itself.

    Attributes:
        text: the response with everything else blanked out.
        parts: ends of the parts of `text` before each marker of a next query, in order; the last is its end.
        fences: the fenced blocks, whose content is in `source`.
        source: the response without thoughts and what stands behind its end.
    """

    text: str
    parts: tuple[int, ...]
    source: str
    fences: tuple[Fence, ...] = ()


def own_text(response: str, more_thoughts: Sequence[tuple[str, str]] = ()) -> Own:
    """The own part of `response`; `more_thoughts` are delimiters beside the known ones."""
    text = _without_calculations(response) if "<" in response and holds(response, "<<") else response
    text = text if text.isascii() else with_latin_separators(text)
    if not more_thoughts and is_all_own(text):
        return Own(text, (len(text),), text)
    return _blanked(text, more_thoughts)


def boxes_of_own(text: str) -> int | None:
    """How many heads of boxes, or words such as "box", a text has; None where it is not plainly all own."""
    if not text.isascii() or "<" in text or "Q" in text or "&" in text or text.startswith(CHANNELS):
        return None
    if "?" in text and HASHES.all_in(text):
        return None
    marks = _TO_BLANK.all_in(text)
    return len(marks) if marks.count(_BOX) == len(marks) else None


def is_all_own(text: str) -> bool:
    """Whether a text plainly has nothing to blank but calculations, and no next query.

    All that `_blanked` blanks begins with one of five signs and what is looked for behind it here, or with
    the name of a channel; and before each colon of a next query stands its label. Most texts have none.
    """
    return boxes_of_own(text) is not None or not (
        ("<" in text and _IN_ANGLES.search(text))
        or ("[" in text and _IN_SQUARES.search(text))
        or ("`" in text and holds(text, "```"))
        or ("~" in text and holds(text, "~~~"))
        or ("&" in text and _ESCAPED_ANGLE.search(text))
        or (":" in text and _FULL_LABEL.search(text) and _may_have_parts(text))
        or ("?" in text and _has_next_task(text))
        or text.startswith(CHANNELS)
        or not (text.isascii() or ("◁" not in text and ("：" not in text or not _may_have_parts(text))))
    )


def _may_have_parts(text: str) -> bool:
    """Whether a next query may follow; a calculation in front of its label would hide it."""
    return holds(text, "<<") or _parts(text) != (len(text),)


def _has_next_task(text: str) -> bool:
    return next(_next_tasks(text), None) is not None


def _next_tasks(text: str) -> Iterator[int]:
    """Where questions begin that stand between two `####` lines."""
    first, last = text.find("####"), text.rfind("####")
    if 0 <= first < last:
        yield from (task.start("task") for task in _NEXT_TASK.finditer(text, first, last))


def _blanked(text: str, more_thoughts: Sequence[tuple[str, str]]) -> Own:
    """The own part of a text whose calculations are blanked."""
    angled = "<" in text
    if angled and holds(text, "<|channel|>final") and (final := _last(_FINAL_CHANNEL, text)):
        text = " " * final.end() + text[final.end() :]
    for start, end in thoughts(text, more_thoughts):
        text = _blank(text, start, end)
    if (angled and _ANGLED.search(text)) or ("[" in text and _SQUARE.search(text)):
        text = _without_tokens(text)
    source = text
    fences: tuple[Fence, ...] = ()
    if ("`" in text and holds(text, "```")) or ("~" in text and holds(text, "~~~")):
        text, fences = _without_fences(text)
    if angled:
        text = _without_marks(text)
    return Own(text, _parts(text), source, fences)


def _without_calculations(text: str) -> str:
    return _CALCULATION.sub(lambda note: " " * len(note.group()), text)


def _without_marks(text: str) -> str:
    """The text with tags of HTML and ends of its parts blanked."""
    if holds(text, "<eo"):
        text = _END_OF_PART.sub(lambda mark: " " * len(mark.group()), text)
    if holds(text, "</", "<br"):
        text = _HTML.sub(lambda tag: " " * len(tag.group()), text)
    return text


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _without_tokens(text: str) -> str:
    """Blank tokens that begin a response, and what stands from the first one on that ends it."""
    head = len(text) - len(text.lstrip())
    begins = text.startswith(("<|", "<s>", "<start"), head)
    if begins and (token := _ROLE_TOKENS.match(text, head) or _ROLE.match(text, head)):
        text = _blank(text, head, token.end())
    if (ending := _ENDS.search(text)) and text[: ending.start()].strip():
        text = text[: ending.start()].ljust(len(text))
    return _TOKEN.sub(lambda token: " " * len(token.group()), text) if "<|" in text else text


def _without_fences(text: str) -> tuple[str, tuple[Fence, ...]]:
    """The text with all fenced blocks blanked but those of data, and the blocks."""
    fences: list[Fence] = []
    opened: re.Match[str] | None = None
    for mark in _FENCE.finditer(text):
        if opened is None:
            opened = mark
        elif mark["mark"].startswith(opened["mark"]) and not mark["info"].strip():
            fences.append(Fence(opened["info"].strip(" \t\r{}.").lower(), opened.end() + 1, mark.start()))
            opened = None
    if opened is not None:
        fences.append(
            Fence(opened["info"].strip(" \t\r{}.").lower(), min(opened.end() + 1, len(text)), len(text))
        )
    pieces, place = [], 0
    for fence in fences:
        if not _is_data(fence, text):
            pieces += [text[place : fence.start], " " * (fence.end - fence.start)]
            place = fence.end
    return _MARKS.sub(lambda mark: " " * len(mark.group()), "".join([*pieces, text[place:]])), tuple(fences)


def _is_data(fence: Fence, text: str) -> bool:
    return fence.language in _DATA or (
        not fence.language and text[fence.start : fence.end].lstrip().startswith("{")
    )


def _parts(text: str) -> tuple[int, ...]:
    first = len(text) - len(text.lstrip())
    places: list[int] = []
    for colon in _COLONS:
        if (place := text.find(colon, first)) >= 0:
            places += islice(_next_queries(text, colon, first, place), _MOST_PARTS)
    if "?" in text:
        places += islice(_next_tasks(text), _MOST_PARTS)
    if not places:
        return (len(text),)
    places = sorted(places)[:_MOST_PARTS]
    # A label with nothing behind it is where the response was stopped, and no part of it.
    return (*places,) if _BARE_LABEL.fullmatch(text, places[-1]) else (*places, len(text))


def _next_queries(text: str, colon: str, first: int, place: int) -> Iterator[int]:
    """Where the lines of a next query begin, from `first` on: the places of `_NEXT_QUERY`.

    Searched from their colons, of which a text has far fewer than line breaks; the first is at `place`.
    """
    line = first
    for end in _ends_of_labels(text, colon, place):
        # No further back than to the last colon seen, so that a line of colons is passed over once.
        begin = text.rfind("\n", line, end)
        if begin >= 0 and (query := _NEXT_QUERY.match(text, begin)) and query.end() == end + 1:
            yield begin
        line = end


def _ends_of_labels(text: str, colon: str, place: int) -> Iterator[int]:
    """The colons, from the one at `place` on, that may stand behind a label."""
    if colon == ":":
        yield from (found.start() for found in _FULL_LABEL.finditer(text, place))
        return
    while place >= 0:
        if text[place - 1] in _LABEL_ENDS:
            yield place
        place = text.find(colon, place + 1)
