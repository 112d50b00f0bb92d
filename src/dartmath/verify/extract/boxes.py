"""Boxed answers: `\\\\boxed{...}`, the boxes that belong to it, and what stands beside it in its formula."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dartmath.base.regex import regex
from dartmath.verify.extract.found import MAX_ANSWER, Statement
from dartmath.verify.extract.polarity import BETWEEN, asserted
from dartmath.verify.language.braces import closing_brace
from dartmath.verify.language.search import Literals

MAX_BOXES = 64
MAX_GAP = 60
"""Characters between two boxes that are still side by side."""
MAX_PART = 400
"""Characters between boxes that are the answers of two parts."""

_BOX = regex(
    r"\\{0,2}(?:boxed|fbox|framebox|boxed\*|box(?=\{))(?![a-zA-Z])(?:\[[^\]]{0,20}\])?[ \t\n]*|\x08oxed(?=\{)"
)
_HEADS = (("boxed", 0), ("\\box{", 1), ("\\fbox", 2), ("\\framebox", 6))
"""How a box begins, and how many characters before the word "box" in it."""

_ESCAPED = "\x08oxed"
"""`\\boxed` whose backslash and b a string escape has made a backspace."""

_BEGINNINGS = Literals("box", _ESCAPED)
_NEAR = regex(
    r"(?:[\s$,;:&*]|(?<!\.)\.(?!\.)|\\[()\[\],;: ]|\\\\|\\q?quad\b|\([a-z0-9]{1,3}\)"
    r"|[a-zA-Z](?:_\{?\w{1,3}\}?)? *="
    r"|\\(?:text|mathrm|mbox) ?\{\s*(?:and|or),?\s*\}|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\bou\b"
    r"|和|或|、|，"
    r"|\(double\)|\(twice\)|\(multiplicity \d\))*"
)
_PLACEHOLDER = regex(
    r"[\s.…?_-]*|(?:\\(?:text|mathrm|dots|ldots|cdots)\s*\{?)?\s*(?:your |the |my |put |insert "
    r"|correct )*(?:final |numerical )?"
    r"(?:answer|result|solution|ans|number|value|letter|expression|x)?(?: here"
    r"| letter)?\s*\}?[\s.…]*(?:\\(?:ldots|dots))?\s*",
    re.IGNORECASE,
)
_OF_ANSWERS = regex(r"[0-9=+,^()]")
"""Signs that stand in most answers, and in nothing that `_PLACEHOLDER` finds."""

_LATER_BOX = regex(r"\\f?box")
_BARE = regex(r"[^\s$\\{}]{1,100}")
_PROSE = regex(r"(?:to|for|as|in|with|and|is|the|my|your|around|because)\s")
"""What a sentence goes on with that speaks of boxes: "I used \\boxed to format it"."""

_PART_MARK = regex(
    r"(?:^|\n)[ \t>]*(?:[-*•+]\s|[*_]{0,3}\(?(?:[a-hivx]{1,4}|\d{1,2})[.)][*_]{0,3}"
    r"|#{0,4}\s*[*_]{0,3}(?:part|case|question|problem)\s+\(?[\w]{1,4}\)?"
    r"|[*_]{0,3}(?:first|second|third|1st|2nd|3rd)\b|Q\d)[^\n]*\Z",
    re.IGNORECASE,
)
_FRACTION = regex(r"\\(?P<name>[dt]?frac|sqrt)\s*\{\s*\Z")
_REST = regex(r"\s{0,9}\}(?:\s{0,9}\{([^{}]{1,40})\})?")
"""What closes a fraction or root behind a box, with the denominator."""

_NAME = regex(r"(?P<name>\\?[a-zA-Z]+(?:_\{?\w{1,3}\}?)?)\s*=\s*(?:\$|\\\()?\s*\Z")
_SUPERSEDES = regex(
    r"\b(?:so|therefore|thus|hence|wait|actually|final(?:ly)?|answer|total|recheck|correct\w*|check"
    r"|verif\w*|instead)\b",
    re.I,
)
_DOLLAR = regex(r"(?<!\\)\$")
_CLOSING = regex(r"(?<!\\)\$|\n")
_RELATIONS = (
    r"=|\\approx|\\simeq|\\cong|\\Rightarrow|\\implies|\\iff|\\to\b|\\rightarrow|\\therefore|\\Longrightarrow"
    r"|:|&|\\colon|\\quad|\\qquad|\\;"
)
_AFTER_RELATION = regex(rf".*(?:{_RELATIONS})", re.DOTALL)
_INEQUALITY = regex(r"(?:[<>≤≥≠∈]|\\(?:leq?|geq?|lt|gt|neq?|in|leqslant|geqslant)(?![a-zA-Z]))\s*\Z")
_STOPS = regex(
    r"=|\\approx|\\Rightarrow|\\implies|\\iff|\\to\b|(?<!\\)[,;.:?](?:\s|\Z|\\)|\\q?quad"
    r"|\\\\|\\text\s*\{\s*(?:\(|,|where|for|since|because|as|if|and|or|\.)"
    r"|\\(?:checkmark|blacksquare|square|Box|qed|tag|end|label)\b|&|\Z|\\(?:leq?|geq?|lt|gt|in"
    r"|neq?)(?![a-zA-Z])|[<>]|✓|✔|\\hfill|\\,\s*\Z"
)
_WORDS_OF_UNIT = regex(
    r"\\(?:text|mathrm|pu)\s*\{(?!\s*(?:\(|,|where|for|since|because|as|if|and|or|\.))[^{}]*\}"
)


def _masked(words: re.Match[str]) -> str:
    """A unit in words without the points of its abbreviations, which end nothing: `\\text{ E. coli}`."""
    return words.group().replace(".", "x").replace(",", "x")


_LEFT_SPACE = regex(r"\A(?:\\(?:displaystyle|boldsymbol|,|;|!|\s)|\s)+")
_RIGHT_SPACE = regex(r"\A(?:\\[,;:! ]|~|\s|\})+")
_COMMAND = regex(r"\\[a-zA-Z]+")
_WORDS_BEFORE = regex(r"\\text|\\mbox|[a-zA-Z]{3,}")
_SCALE = regex(
    r"\s*(?P<word>(?:hundred|thousand|million|billion|trillion|dozen)s?\b|\^\{?\\circ\}?|°|\\?%|percent\b)"
)
_POWER = regex(r"\s*(?:\^\s*(?:\{[^{}]{1,20}\}|\w)|!)")
PREFIXES = (
    "at least", "at most", "more than", "less than", "fewer than", "greater than", "no more than",
    "no less than", "negative", "minus", "half of", "half", "twice", "double", "triple",
    "the square root of", "the square of",
)  # fmt: skip
"""Words in front of a box that belong to its answer."""

_PREFIX_WORDS = regex(rf"\b(?P<words>{'|'.join(PREFIXES)})[\s$*:]*(?:\\[(\[])?\s*\Z", re.IGNORECASE)
_OPEN_BRACE = regex(r"(?<!\\)\{+\Z")
_PLAIN = regex(r"[\w.]+|\\[a-z]+|[\w.]*\\(?:d|t)?frac\{\w+\}\{\w+\}")


def boxed(text: str, *, cut: bool = False) -> Iterator[Statement]:
    """The boxes of `text`, the last one first, each with the boxes before it that it is listed with.

    Under `cut` a text that ends inside a box has none; else an open box at the end holds what is left.
    """
    boxes = _all_boxes(text)
    if cut and boxes and boxes[-1][2] is None:
        return
    if len(boxes) > 1 and boxes[-1][2] is None and _checks(text, boxes[-2], boxes[-1]):
        del boxes[-1]
    place = len(boxes) - 1
    while place >= 0:
        if place and _approximates(text, boxes[place - 1], boxes[place]):
            place -= 1
        statement, used = _group(text, boxes, place)
        if statement is not None:
            yield statement
        place -= max(1, used)


_CHECK = regex(r"\b(?:re-?|double[- ])?(?:check|verif(?:y|ies)|confirm)(?:ing|s)?\b", re.IGNORECASE)


def _checks(text: str, earlier: Box, open_one: Box) -> bool:
    """Whether a response was cut inside the box of a check of what an earlier box holds."""
    return bool(earlier[2]) and _CHECK.search(text[earlier[1] : open_one[0]]) is not None


_APPROXIMATION = regex(
    r"(?:[\s$,;:(*]|\\[()\[\],; ])*"
    r"(?:\\(?:approx|simeq)(?![a-z])|≈|(?:or|and|which is|that is|i\.e\.)?,?\s*"
    r"(?:approximately|numerically|about|roughly|approx\.?)(?: equal to)?)(?:[\s$,;:(*]|\\[()\[\],; ])*",
    re.IGNORECASE,
)
_IS_APPROXIMATE = regex(r"\s*(?:\\approx(?![a-z])|≈|~|\\sim(?![a-z]))")


def _approximates(text: str, earlier: Box, later: Box) -> bool:
    """Whether a box repeats the one before it as a decimal: `\\boxed{\\frac13} \\approx \\boxed{0.333}`."""
    gap = text[earlier[1] : later[0]]
    if not earlier[2] or len(gap) > MAX_GAP or is_placeholder(earlier[2]):
        return False
    if not asserted(text, earlier[0], earlier[1]):
        return False
    in_sentence = "\n\n" not in gap and not _SUPERSEDES.search(gap)
    return _APPROXIMATION.fullmatch(gap) is not None or (
        in_sentence and _IS_APPROXIMATE.match(later[2] or "") is not None
    )


Box = tuple[int, int, str | None]
"""Start, end and content of a box; no content where it is not closed."""


def _all_boxes(text: str) -> list[Box]:
    """The last boxes of the text, outer ones only, in order."""
    found: list[Box] = []
    if not _BEGINNINGS.all_in(text):
        return found
    before = len(text)
    for _ in range(4 * MAX_BOXES):  # nested boxes that are not closed make none of them an answer
        if len(found) >= MAX_BOXES:
            break
        start = last_head(text, before)
        if start < 0:
            break
        while start > 0 and text[start - 1] == "\\" and text[start] in "bf":
            start -= 1
        before = start
        box = _BOX.match(text, start)
        if box is None or not (text[start] in "\\\x08" or text.startswith("{", box.end())):
            continue
        if (
            text[start - 1 : start].isalpha()
            and text[start] == "b"
            and not text.endswith("\\begin", 0, start)
        ):
            continue  # a word such as "unboxed"
        content, end = content_of(text, box.end())
        while found and found[-1][0] < end:  # an inner box
            found.pop()
        found.append((start, end, content))
    found.reverse()
    return found


def last_head(text: str, before: int) -> int:
    """Where the last command for a box begins that ends before `before`; -1 where there is none."""
    found = text.rfind(_ESCAPED, 0, before) if "\x08" in text else -1
    place = text.rfind("box", 0, before)
    while place > found:
        for head, shift in _HEADS:
            if place >= shift and text.startswith(head, place - shift, before):
                return place - shift
        place = text.rfind("box", 0, place)
    return found


def content_of(text: str, start: int) -> tuple[str | None, int]:
    """What is in a box whose head ends at `start`, None where it is not closed; and where it ends."""
    if start >= len(text):
        return "", len(text)
    if text[start] != "{":
        bare = None if _PROSE.match(text, start) else _BARE.match(text, start)
        return (bare.group().rstrip(".,;"), bare.end()) if bare else ("", start)
    end = closing_brace(text, start + 1, min(len(text), start + 2 + MAX_ANSWER))
    return (None, len(text)) if end is None else (text[start + 1 : end], end + 1)


def _group(text: str, boxes: list[Box], place: int) -> tuple[Statement | None, int]:
    """The statement of the box at `place` with those before it, and how many boxes that are."""
    start, end, content = boxes[place]
    if content is None:
        content, end = _unclosed(text, start)
    if content is None or is_placeholder(content) or not asserted(text, start, end):
        return None, 1
    fraction = _shared_formula(text, boxes, place)
    if fraction is not None:
        return fraction
    answer, first, last = with_neighbours(text, start, end, content)
    count, answers, starts = 1, [answer], [start]
    while count <= place and _belongs(text, boxes[place - count], boxes[place - count + 1]):
        earlier_start, earlier_end, earlier = boxes[place - count]
        value, first, _ = with_neighbours(text, earlier_start, earlier_end, earlier or "")
        same_box = (earlier or "").strip() == (content or "").strip()
        if value not in answers and not same_box:
            answers.insert(0, value)
            starts.insert(0, earlier_start)
        count += 1
    listed = _listed(text, starts, answers) if len(answers) > 1 else answer
    return Statement(listed, "boxed", first, last), count


def _listed(text: str, starts: list[int], answers: list[str]) -> str:
    """Several boxes as one answer: with their names, where each has its own."""
    named = ", ".join(_named(text, *box) for box in zip(starts, answers, strict=True))
    parts = named.split(", ")
    names = {part.split("=")[0].strip() for part in parts}
    return named if len(names) == len(answers) and all("=" in part for part in parts) else ", ".join(answers)


def is_placeholder(content: str) -> bool:
    """Whether a box shows its form alone: `\\\\boxed{}`, `\\\\boxed{answer}`, `\\\\boxed{...}`."""
    return (
        len(content) <= MAX_GAP
        and _OF_ANSWERS.search(content) is None
        and _PLACEHOLDER.fullmatch(content) is not None
    )


def _unclosed(text: str, start: int) -> tuple[str | None, int]:
    """What is left in a box that the response does not close, on its line."""
    opening = text.find("{", start)
    line = text[opening + 1 :].split("\n", 1)[0] if opening >= 0 else ""
    inside = line.split("$")[0].strip().rstrip(".").strip()
    return (
        (inside, opening + 1 + len(line))
        if inside and len(inside) <= MAX_ANSWER and not text[opening + 1 + len(line) :].strip()
        else (None, start)
    )


def _belongs(text: str, earlier: Box, later: Box) -> bool:
    """Whether two boxes are items of one list: side by side, or the answers of two parts."""
    if earlier[2] is None or is_placeholder(earlier[2]) or not asserted(text, earlier[0], earlier[1]):
        return False
    gap = text[earlier[1] : later[0]]
    if len(gap) <= MAX_GAP and _NEAR.fullmatch(gap):
        return True
    if len(gap) > MAX_PART or earlier[2].strip() == (later[2] or "").strip():
        return earlier[2].strip() == (later[2] or "").strip() and len(gap) <= MAX_GAP
    here, there = (text[max(0, box[0] - 300) : box[0]] for box in (later, earlier))
    if _PART_MARK.search(here) and _PART_MARK.search("\n" + there) and "\n" in gap:
        return True
    if (
        "\n" not in gap
        and len(gap) <= MAX_GAP
        and re.search(r"\band\b(?! then\b)", gap)
        and not _SUPERSEDES.search(gap)
        and not re.search(r"\d", gap)
    ):
        return True
    names = [_NAME.search(part[-40:]) for part in (there, here)]
    return all(names) and names[0]["name"] != names[1]["name"] and not _SUPERSEDES.search(gap)  # type: ignore[index]


def _named(text: str, start: int, answer: str) -> str:
    name = _NAME.search(text[max(0, start - 40) : start])
    return f"{name['name']} = {answer}" if name and "=" not in answer else answer


def _formula_bounds(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the formula begins and ends that a box stands in; None in running text."""
    line = max(text.rfind("\n\n", 0, start), start - 1000, 0)
    before = text[line:start]
    for opening, closing in (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$")):
        place = before.rfind(opening)
        if place >= 0 and closing not in before[place + 2 :] and (opening != "$$" or before.count("$$") % 2):
            stop = text.find(closing, end, end + 1000)
            return line + place + 2, stop if stop >= 0 else end
    first = max(text.rfind("\n", 0, start) + 1, start - MAX_ANSWER)
    dollars = [sign.start() for sign in _DOLLAR.finditer(text, first, start)]
    if len(dollars) % 2 and text[start - 2 : start] != "$$":
        ending = _CLOSING.search(text, end)
        closed = ending is not None and ending.group() == "$"
        if not _PRICE.match(text, dollars[-1], start) or (
            closed and not _PRICE_IN_WORDS.match(text, dollars[-1], start)
        ):
            return dollars[-1] + 1, ending.start() if ending else end
    return None


_AMOUNT = r"\$\d[\d,]*(?:\.\d+)?"
_PRICE = regex(rf"{_AMOUNT}(?:[.,;:!?)]+\s|[.,;:!?)]* [a-z]{{2,}}\b)")
_PRICE_IN_WORDS = regex(rf"{_AMOUNT}[.,;:!?)]* (?:[a-z]+ )+\Z")
"""An amount of money in a sentence, whose dollar opens no formula: "he spent $30. \\boxed{30}"."""


def with_neighbours(text: str, start: int, end: int, content: str) -> tuple[str, int, int]:
    """A box with the sign, factor, power or scale that stands beside it, and its place."""
    answer = _without_boxes(content.strip())
    bounds = _formula_bounds(text, start, end)
    if bounds is None:
        return _in_text(text, start, end, answer)
    before, after = _own_part(text, start, end, bounds)
    if not before.strip() and not after.strip(" \n.,;"):
        return _alone(text, start, end, answer, bounds)
    before = before[match.end() :] if (match := _AFTER_RELATION.match(before)) else before
    after = after[: stop.start()] if (stop := _STOPS.search(_WORDS_OF_UNIT.sub(_masked, after))) else after
    if "{" in before and (inside := _in_argument(before, answer, after)) is not None:
        return inside, bounds[0], end + len(after)
    left, right = (
        _OPEN_BRACE.sub("", before.strip().lstrip("{")).strip(),
        after.strip().strip(".,;!").strip() if not after.strip().startswith("!") else after.strip(),
    )
    if left:
        left = _LEFT_SPACE.sub("", left)
        left = "" if _WORDS_BEFORE.search(_COMMAND.sub("", left)) else left
    if right and not right.startswith("!"):
        right = _RIGHT_SPACE.sub("", right)
    words = _words_before(text, bounds[0]) if not left else None
    if words:
        return f"{words} {answer}", start, end
    if _INEQUALITY.search(before) or (
        left and not _INEQUALITY.search(left) and "\\begin" not in left and "}" not in left[-1:]
    ):
        return f"{left} {_grouped(answer, left, right)} {right}".strip(), bounds[0], end + len(after)
    if left and "\\begin" not in left:
        closed = left.count("{") > left.count("}")
        return (f"{left}{{{answer}}}" if closed else answer) + right, bounds[0], end + len(after)
    if right and (scale := re.match(r"\s*(?:\\(?:text|pu|si|unit)\s*\{|\\mathrm|\^\{?\\circ|\\?%|°)", right)):
        return f"{answer} {right}" if scale else answer, start, end + len(after)
    if right and not right.startswith(("(", "\\text", "}")):
        return f"{_grouped(answer, '', right)}{right}", start, end + len(after)
    return (answer, start, end) if right else _alone(text, start, end, answer, bounds)


_ARGUMENT = regex(r"(?:\\sqrt(?:\[[^\]]{0,9}\])?|\\[dt]?frac(?:\{[^{}]{0,40}\})?|\^)\s*\{[^{}]*\Z")


def _in_argument(before: str, answer: str, after: str) -> str | None:
    """A formula with a box in an argument of a command, `\\sqrt{\\boxed{5}+1}`, without the box."""
    whole = f"{before}{_grouped(answer, before, after)}{after}".strip().rstrip(".,;")
    is_whole = _ARGUMENT.search(before) and whole.count("{") == whole.count("}")
    return whole if is_whole and not _WORDS_BEFORE.search(_COMMAND.sub("", before)) else None


def _own_part(text: str, start: int, end: int, bounds: tuple[int, int]) -> tuple[str, str]:
    """What stands before and behind a box in its formula, without the boxes that are listed beside it."""
    before, after = text[bounds[0] : start], text[end : bounds[1]]
    if (earlier := before.rfind("box")) >= 0:
        opening = text.find("{", bounds[0] + earlier, start)
        content, close = content_of(text, opening) if opening >= 0 else (None, start)
        before = "" if content is not None and _NEAR.fullmatch(text[close:start]) else before
    if "box" in after and (later := _LATER_BOX.search(after)) and _NEAR.fullmatch(after[: later.start()]):
        after = ""
    return before, after


def _alone(text: str, start: int, end: int, answer: str, bounds: tuple[int, int]) -> tuple[str, int, int]:
    """A box that is all of its formula, with words in front of the formula or a scale behind it."""
    if words := _words_before(text, bounds[0]):
        return f"{words} {answer}", start, end
    scale = _SCALE.match(text, bounds[1] + 1) if text[bounds[1] : bounds[1] + 1] == "$" else None
    return (f"{answer} {scale['word']}", start, scale.end()) if scale else (answer, start, end)


def _words_before(text: str, place: int) -> str | None:
    """The words right before a place that belong to the answer there."""
    before = text[max(0, place - 40) : place]
    if not before.rstrip(BETWEEN).lower().endswith(PREFIXES):  # before most boxes stands none of them
        return None
    found = _PREFIX_WORDS.search(before)
    return found["words"] if found else None


def _in_text(text: str, start: int, end: int, answer: str) -> tuple[str, int, int]:
    words = _words_before(text, start)
    sign = (
        "-"
        if text[max(0, start - 1) : start] == "-"
        and not re.search(r"[\w)\-]\s*-\Z", text[max(0, start - 4) : start])
        else ""
    )
    power = _POWER.match(text, end)
    if power and not re.match(r"!\s*(?:\n|[A-Z]|\Z)", text[end : end + 4]):
        return f"{sign}{_grouped(answer, '', '^')}{power.group().strip()}", start, power.end()
    if (scale := _SCALE.match(text, end)) and not answer.endswith(("%", "million")):
        return f"{sign}{answer} {scale['word']}", start, scale.end()
    return (f"{words} {answer}" if words else f"{sign}{answer}"), start, end


def _grouped(answer: str, left: str, right: str) -> str:
    """The content of a box as a factor of what stands beside it."""
    alone = not left or left[-1] in "+<>=≤≥" or _INEQUALITY.search(left)
    if _PLAIN.fullmatch(answer) and (alone or left[-1] == "-"):
        return answer
    return f"({answer})"


def _shared_formula(text: str, boxes: list[Box], place: int) -> tuple[Statement, int] | None:
    """Boxes that are the parts of one fraction: `\\\\frac{\\\\boxed{5}}{\\\\boxed{7}}`."""
    end = boxes[place][1]
    rest = _REST.match(text, end)
    if rest is None:
        return None
    first = boxes[place - 1][0] if place else 0
    opening = _FRACTION.search(text, max(0, first - 20), first)
    between = text[boxes[place - 1][1] : boxes[place][0]] if place else ""
    if opening and re.fullmatch(r"\s*\}\s*\{\s*", between) and text[end : end + 1] == "}":
        answer = f"\\frac{{{boxes[place - 1][2]}}}{{{boxes[place][2]}}}"
        return Statement(answer, "boxed", opening.start(), end + 1), 2
    alone = _FRACTION.search(text, max(0, boxes[place][0] - 20), boxes[place][0])
    if alone:
        tail = f"{{{rest[1]}}}" if rest[1] else ""
        answer = f"\\{alone['name']}{{{boxes[place][2]}}}{tail}"
        return Statement(answer, "boxed", alone.start(), end + rest.end()), 1
    return None


def _without_boxes(answer: str) -> str:
    """`x = \\\\boxed{5}`, the content of an outer box, with the inner box as a plain group."""
    if "box" not in answer:
        return answer
    plain = re.sub(r"\\?(?:boxed|fbox)\s*(?=\{)", "", answer)
    if plain != answer and plain.startswith("{"):
        inner, end = content_of(plain, 0)
        return inner.strip() if inner is not None and end == len(plain) else plain
    return plain
