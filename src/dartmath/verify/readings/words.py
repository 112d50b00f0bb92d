"""Words for a number or a time, sentences that state a value, and approximations beside exact values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dartmath.base.regex import regex
from dartmath.verify.compare.notations import BETWEEN_NAMES
from dartmath.verify.language.foreign_terms import COUNTERS
from dartmath.verify.language.numerals import LETTER, numeral
from dartmath.verify.language.sentences import stated
from dartmath.verify.language.vocabulary import EITHER, NEGATION
from dartmath.verify.parsing.parser import parse
from dartmath.verify.parsing.statements import are_apart
from dartmath.verify.parsing.words import HOURS, clock, fold, named
from dartmath.verify.readings.quantities import quantities
from dartmath.verify.readings.reading import Pair, Sides
from dartmath.verify.tree.expression import Apply, Expression, Group, Named, Number, Text, number

MAX_COUNTED = 80
"""Characters of a number of things in words."""

_PARTS = r"half|halves|thirds?|quarters?|(?:four|fif|six|seven|eigh|nin|ten|hundred|thousand)ths?"
_COUNTED = regex(
    r"([a-z]+(?: [a-z]+){0,2}?)"
    rf"(?: (?!(?:{_PARTS}|and|or|of|point|to|times|dozen|pairs?)\b)[a-z]+){{1,2}}"
)
_COUNTED_ELSEWHERE = regex(rf"(-?\d+(?:[.,]\d+)*) ?({LETTER}+(?: {LETTER}+)?)[.。]?")
_WORD = regex(rf"{LETTER}+")
_EASTERN = regex(
    rf"(?P<counter>{COUNTERS})?\s?[の의]?\s?(?P<noun>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+?)(?:です)?"
)
"""What is counted where words have no blanks between them, behind a counter or without one."""

_MORE_OR_LESS = regex(
    r"[的以超未不多少倍]|более|менее|больше|меньше|más|menos|mehr|weniger|plus|moins|più|meno|mais|이상|이하|미만|초과"
)
"""What says that a number is a bound or is only part of what is meant."""

_STEM = 4
"""Letters of a noun that the query must have too; its ending follows the number in many languages."""

_APPROXIMATELY = regex(r"\\approx(?![a-zA-Z])|≈")


def times_of_day(sides: Sides) -> Iterator[Pair]:
    """`4:30` as a time, when the other side is one."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Named) and ours.kind == "clock" and (time := clock(sides.answer)):
        yield ours, time
    elif isinstance(ours, Named) and ours.kind == "clock" and _is_hour(theirs):
        yield ours, Named("clock", f"{theirs!s:0>2}:00:00 ?")
    if isinstance(theirs, Named) and theirs.kind == "clock" and (time := clock(sides.reference)):
        yield time, theirs
    elif isinstance(theirs, Named) and theirs.kind == "clock" and _is_hour(ours):
        yield Named("clock", f"{ours!s:0>2}:00:00 ?"), theirs


def times_with_seconds(sides: Sides) -> Iterator[Pair]:
    """`20:34` for `20:34:00`, which both read as ratios."""
    match sides.ours, sides.theirs:
        case (Apply(name="ratio", args=one), Apply(name="ratio", args=two)) if {len(one), len(two)} == {2, 3}:
            left, right = clock(sides.reference), clock(sides.answer)
            if left is not None and right is not None:
                yield left, right


def _is_hour(node: Expression) -> bool:
    return isinstance(node, Number) and node.value.denominator == 1 and 1 <= node.value <= HOURS


def counted_things(sides: Sides) -> Iterator[Pair]:
    """`seven people` for 7, and `7 яблок` where the query speaks of them."""
    ours, theirs = sides.ours, sides.theirs
    if isinstance(ours, Text) and isinstance(theirs, Number):
        count = _count(ours.words, sides.query)
        if count is not None:
            yield count, theirs
    if isinstance(theirs, Text) and isinstance(ours, Number):
        count = _count(theirs.words, sides.query)
        if count is not None:
            yield ours, count
    if not isinstance(ours, Number) and isinstance(theirs, Text):
        yield from _of_the_same(sides.reference, theirs.words)


def _of_the_same(reference: str, words: str) -> Iterator[Pair]:
    """`seis manzanas` for `6 manzanas`: two numbers of what both texts name with one word."""
    digits, told = _COUNTED_ELSEWHERE.fullmatch(reference), numeral(words)
    if digits and told and told[1] and digits[2].lower() == told[1].lower():
        yield parse(digits[1]), number(told[0])


_PART = regex(r"(-?\d[\d,]*) out of (?:the )?\d[\d,]*(?: [a-z]+){1,3}")


def speaks_of_part(sides: Sides) -> bool:
    """Whether a side may say how many of a number of things are meant."""
    return "out of" in sides.answer or "out of" in sides.reference


def part_of_whole(sides: Sides) -> Iterator[Pair]:
    """`14 out of 25 apples` for 14: how many they are, when the other side is a whole number."""
    if isinstance(sides.ours, Number) and (found := _PART.fullmatch(sides.answer)):
        yield sides.ours, parse(found[1])
    if isinstance(sides.theirs, Number) and (found := _PART.fullmatch(sides.reference)):
        yield parse(found[1]), sides.theirs


def _count(words: str, query: str | None) -> Expression | None:
    if len(words) >= MAX_COUNTED:
        return None
    counted = _COUNTED.fullmatch(fold(words))
    found = named(counted[1]) if counted else None
    if found is None and query:
        told, digits = numeral(words), _COUNTED_ELSEWHERE.fullmatch(words)
        if told and _spoken_of(told[1], query):
            found = number(told[0])
        elif digits and _spoken_of(digits[2], query):
            found = parse(digits[1])
    return found if isinstance(found, Number) else None


def _spoken_of(noun: str, query: str) -> bool:
    """Whether the query has a word that begins as a noun does; one of fewer letters must be there whole."""
    if _MORE_OR_LESS.match(noun.lower()):
        return False
    if eastern := _EASTERN.fullmatch(noun):
        return eastern["noun"] in query and (len(eastern["noun"]) > 1 or bool(eastern["counter"]))
    first = noun.lower().split()[:1]
    stem, words = "".join(first)[:_STEM], _WORD.findall(query.lower())
    return stem in words if len(stem) < _STEM else any(word.startswith(stem) for word in words)


_NAMED_VALUE = regex(
    r"\$?(?P<name>[A-Za-z])\$? (?:is|equals|is equal to|must be|has to be|should be) "
    r"(?P<value>\$[^$=]{1,60}\$|-?\d[\d.,/]{0,30})\.?"
)
"""`x must be 4`, which gives a letter its value in words."""


def _stated(text: str) -> str | None:
    found = _NAMED_VALUE.fullmatch(text.strip()) if len(text) <= MAX_COUNTED else None
    return f"{found['name']} = {found['value'].strip('$')}" if found else stated(text)


def stated_values(sides: Sides) -> Iterator[Pair]:
    """`The sum of the digits is 9.` for 9."""
    left, right = _stated(sides.reference), _stated(sides.answer)
    if left is None and right is None:
        return
    one, two = parse(left) if left else sides.ours, parse(right) if right else sides.theirs
    yield one, two
    yield from quantities(
        replace(sides, reference=left or sides.reference, ours=one, answer=right or sides.answer, theirs=two)
    )


_OF_SUBJECT = regex(r"(?:it|they|(?:the|its) [a-z]{2,20}(?: [a-z]{2,20})?) (?:is|are|will be) (?P<said>.+)")


def has_list_of_words(sides: Sides) -> bool:
    """Whether the reference is a list of nothing but words."""
    ours = sides.ours
    return (
        isinstance(ours, Group) and not ours.brackets and all(isinstance(item, Text) for item in ours.items)
    )


def said_of_subject(sides: Sides) -> Iterator[Pair]:
    """`The image is virtual and upright.` for `virtual, upright`."""
    plain = sides.answer.strip().rstrip(".").lower()
    found = _OF_SUBJECT.fullmatch(plain) if len(plain) <= MAX_COUNTED else None
    if found is not None and not NEGATION.search(plain):
        words = BETWEEN_NAMES.split(found["said"])
        yield sides.ours, Group("", tuple(Text(word) for word in words))


_ORDINAL = regex(r"([1-9])(?<=\b.)(?:st|nd|rd|th)(?= [a-z]{3})")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def has_ordinal(sides: Sides) -> bool:
    """Whether a side has an ordinal in digits and the other may have it in words."""
    return _ORDINAL.search(sides.reference) is not None or _ORDINAL.search(sides.answer) is not None


def ordinals(sides: Sides) -> Iterator[Pair]:
    """`2nd order` for `second order`."""
    one, two = (
        _ORDINAL.sub(lambda found: _ORDINALS[int(found[1]) - 1], text)
        for text in (sides.reference, sides.answer)
    )
    yield parse(one), parse(two)


_VERDICT = regex(
    r"(?P<verdict>yes|no|true|false)\s*[.;:,–—-]+\s+(?P<why>[A-Za-z].{2,400})", re.IGNORECASE | re.DOTALL
)
_TAKEN_BACK = regex(
    r"\b(?:but|however|except|unless|although|though|only if|yes|no|true|false|if|wait|actually|either)\b",
    re.IGNORECASE,
)


def explained_verdicts(sides: Sides) -> Iterator[Pair]:
    """`Yes. The series converges.` for yes: what stands behind explains it, and takes nothing back."""
    found = _VERDICT.fullmatch(sides.answer.strip()) if _is_verdict(sides.ours) else None
    if found is not None and not _TAKEN_BACK.search(found["why"]):
        yield sides.ours, parse(found["verdict"])


_QUESTION = regex(r"\b(?P<copula>Is|Are|Was|Were|Does|Do|Did|Can|Will|Has|Have) (?P<words>[^.?!\n]{3,120})\?")


_OF_TIME = frozenset(("still", "now", "currently"))
_OPPOSITES = {one: other for pair in EITHER for one, other in (pair, pair[::-1])}


def repeated_questions(sides: Sides) -> Iterator[Pair]:
    """`The coin is still heads up.` for yes where that is asked, with "not" or the opposite for no."""
    if not _is_verdict(sides.ours) or " " not in sides.answer.strip():
        return
    said = re.findall(r"[a-z0-9']+", sides.answer.lower())
    for question in _QUESTION.finditer(sides.query):
        copula, words = question["copula"].lower(), re.findall(r"[a-z0-9']+", question["words"].lower())
        if copula not in said:
            continue
        rest = list(said)
        rest.remove(copula)
        rest, words = ([word for word in one if word not in _OF_TIME] for one in (rest, words))
        if rest == words:
            yield sides.ours, parse("yes")
        elif [word for word in rest if word != "not"] == words or [
            _OPPOSITES.get(word, word) for word in rest
        ] == words:
            yield sides.ours, parse("no")


def _is_verdict(node: Expression) -> bool:
    return isinstance(node, Named) and node.kind == "boolean"


def approximations_beside(sides: Sides) -> Iterator[Pair]:
    """0.667 for `\\frac23 \\approx 0.667`, which says both."""
    one, two = _approximation(sides.reference), _approximation(sides.answer)
    if one is not None:
        yield one, sides.theirs
    if two is not None:
        yield sides.ours, two


def _approximation(text: str) -> Expression | None:
    """What stands behind the last approximation sign, under the name of `x = \\frac23 \\approx 0.667`."""
    if "approx" not in text and "≈" not in text:
        return None
    exact, *values = _APPROXIMATELY.split(stated(text) or text)
    value = values[-1] if values else ""
    name, sign, _ = exact.rpartition("=")
    if not value or "," in text or not (sign or any(mark.isdigit() for mark in exact)):
        return None
    if are_apart(parse(exact.rpartition("=")[2]), parse(value)):
        return None
    return parse(f"{name.partition('=')[0]}={value}" if sign else value)
