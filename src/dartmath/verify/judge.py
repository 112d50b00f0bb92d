"""`verify` one answer against its reference, and `grade` one response against its query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from dartmath.base.errors import UnknownNameError, UsageError
from dartmath.base.regex import regex
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import DART_MATH, DOMAINS, VERIFIERS, Gradable
from dartmath.verify.extract.found import MAX_ANSWER, Statement
from dartmath.verify.language.decimal_commas import (
    read_with_decimal_comma,
    with_decimal_point,
    with_evident_commas,
)
from dartmath.verify.language.money import with_money_in_digits
from dartmath.verify.language.notation import repaired, with_circles
from dartmath.verify.language.plain_numbers import DIFFERENT, EQUAL, PLAIN_NUMBER, SAME, same_plain_numbers
from dartmath.verify.language.point_groups import with_points_as_groups
from dartmath.verify.language.translation import in_english

if TYPE_CHECKING:
    from dartmath.verify.compare.rounding import Margin
    from dartmath.verify.contract.settings import GradingSettings
    from dartmath.verify.numeric.equality import Decision

_SIZES = regex(r"\\(?:left|right)(?![a-zA-Z])(?!\s*\.)|(?<!\\)\$")
_IDLE_SPACE = regex(r"(?<![0-9A-Za-z]) +(?!(?<=\d, )\d{3}(?!\d))| +(?![0-9A-Za-z])")
"""Spaces that separate nothing; behind a comma one tells the items 1, 234 from the number 1,234."""

_CODE = regex(r"(?:\+\d{1,3}|[A-Z]{2}\d{2})(?: [A-Z0-9]{1,4}){2,9}")
"""A number of an account or a telephone in groups, which separate nothing: `DE89 3704 0044`."""

_INTEGER = regex(r"-?[0-9]{1,18}")

_CORRECT, _WRONG = Outcome.CORRECT, Outcome.WRONG  # a look into the class would take a tenth of a verdict
_NO_REFERENCE = Verdict(Outcome.ERROR, None, "none", "the query has no reference answer")


def verify(
    reference: str,
    answer: str,
    *,
    query: str | None = None,
    tolerance: float | Mapping[str, float] | None = None,
    ordered: bool | None = None,
    settings: GradingSettings | None = None,
    science: bool = False,
) -> Verdict:
    """Whether `answer` means the same as `reference`, and which comparison decided it.

    Args:
        reference: the acceptable answer, in LaTeX, plain text or Python notation.
        answer: the final answer of a response (see `extract_answer`).
        query: the problem; its wording settles what the answers leave open (options, "respectively").
        tolerance: absolute difference, in the reference's unit, at which numbers are equal, or a mapping
            with the keys of `settings.tolerance`; None is what `settings` say.
        ordered: whether a bare list `1, 2` must come in this order; None asks the query.
        settings: how answers are compared; None is `GradingSettings()`.
        science: whether every decimal reference is a measured one, whatever the query is about.

    Raises:
        ConfigError: for a mapping with another key, or a value that is no tolerance.
        UsageError: for a reference or an answer that is no text.
    """
    if not (isinstance(reference, str) and isinstance(answer, str)):
        raise _no_text(reference, answer)
    margin = _margin(tolerance, settings)
    return _at_once(reference, answer, exact=margin is None) or _judged(
        reference, answer, _Terms(query or "", margin, ordered, science), settings
    )


def _no_text(reference: object, answer: object) -> UsageError:
    name, value = ("answer", answer) if isinstance(reference, str) else ("reference", reference)
    return UsageError(
        f"the {name} is a text, and no {type(value).__name__}: {value!r:.60}; write a number as str(number); "
        "`read_reference` makes texts of what a data set holds"
    )


def _at_once(reference: str, answer: str, *, exact: bool) -> Verdict | None:
    """The verdict on what most answers are: the reference as it is written, or an integer beside another."""
    if answer == reference and answer and not answer.isspace():
        return _same_text(answer) if len(answer) <= MAX_REMEMBERED else _same(answer)
    if exact and _INTEGER.fullmatch(reference) and _INTEGER.fullmatch(answer):
        return _of_integers(reference, answer)
    return None


def _same(answer: str) -> Verdict:
    """The verdict on the reference, word by word."""
    return Verdict(_CORRECT, answer, "text", "the same text")


_same_text = lru_cache(maxsize=2048)(_same)
"""Making a verdict takes ten times as long as finding it: most responses to a query give the same answer."""


class _Terms(NamedTuple):
    """What a comparison depends on beside its two texts."""

    query: str
    margin: Margin | None
    ordered: bool | None
    science: bool


MAX_REMEMBERED = 300
MAX_REMEMBERED_QUERY = 2_000
"""Verdicts on answers and queries of up to these lengths are kept, the last 2048 of them: of many responses
to one query, most of those that are not the reference word by word give one of a few answers."""


def _judged(reference: str, answer: str, terms: _Terms, settings: GradingSettings | None) -> Verdict:
    """The verdict on all other answers, which is kept where it may be asked for again."""
    if settings is None and len(answer) <= MAX_REMEMBERED and len(terms.query) <= MAX_REMEMBERED_QUERY:
        return _remembered(reference, answer, terms)
    return _compared(reference, answer, terms, settings)


def _compared(reference: str, answer: str, terms: _Terms, settings: GradingSettings | None = None) -> Verdict:
    """The verdict on texts that are not the same, and not both integers."""
    if len(reference) > MAX_ANSWER or len(answer) > MAX_ANSWER:
        return _long(reference, answer)
    ours = _spelled(reference, settings)
    theirs = ours if answer == reference else _spelled(answer, settings)
    if ours == theirs:
        if not ours:
            return Verdict(Outcome.UNPARSABLE, answer, "none", "an empty answer")
        return _same(answer)
    if not theirs:
        return Verdict(Outcome.NO_ANSWER, answer, "none", "an empty answer")
    if "^" in ours:
        ours, theirs = with_circles(ours, theirs)
    if _are_alike(ours, theirs):
        return Verdict(_CORRECT, answer, "text", "the same text but for spaces and brackets' sizes")
    theirs = with_points_as_groups(ours, theirs, terms.query)
    if terms.margin is None and _INTEGER.fullmatch(ours) and _INTEGER.fullmatch(theirs):
        return replace(_of_integers(ours, theirs), answer=answer)
    if terms.margin is None and (found := _of_plain_values(ours, theirs, answer, bool(terms.query))):
        return found
    query, margin, ordered, science = terms
    if query and ours in _LETTERS:
        ours, theirs = _as_options(ours, theirs, query)
    decide = _decider()
    decision = decide(ours, theirs, query, margin, ordered, science=science)
    if not decision and (settings is None or settings.decimal_comma is None):
        pairs = _with_decimal_commas(ours, theirs)
        if any(decide(*pair, query, margin, ordered, science=science) for pair in pairs):
            return Verdict(
                Outcome.CORRECT, answer, "decimal", "equal with a decimal comma", None, "decimal comma"
            )
    return _verdict(decision, answer)


def _of_plain_values(ours: str, theirs: str, answer: str, asked: bool) -> Verdict | None:
    """The verdict on plain numbers and `x = 5`, where no reading of them could come to another one."""
    if theirs[:1].isalpha() and (value := _EQUATION.fullmatch(theirs)) and value[1] == ours:
        return Verdict(_CORRECT, answer, "structure", SAME)
    equal = same_plain_numbers(ours, theirs, asked=asked)
    if equal is None:
        return None
    return Verdict(_CORRECT if equal else _WRONG, answer, "rational", EQUAL if equal else DIFFERENT)


_EQUATION = regex(rf"[A-Za-z] ?= ?({PLAIN_NUMBER})", re.ASCII)


def _as_options(ours: str, theirs: str, query: str) -> tuple[str, str]:
    """Letters of options of the query in capitals, where the reference is one."""
    from dartmath.verify.compare.choices import in_capitals

    ours = in_capitals(ours, query)
    return (ours, in_capitals(theirs, query)) if ours.isupper() else (ours, theirs)


def _with_decimal_commas(ours: str, theirs: str) -> list[tuple[str, str]]:
    """Both texts with decimal points, in each way in which a comma can be meant as one; [] for none."""
    decimal = read_with_decimal_comma(ours, theirs)
    pairs = [(ours, decimal) if decimal is not None else None, with_money_in_digits(ours, theirs)]
    if "," in ours:
        decimal = read_with_decimal_comma(theirs, ours, measured=True)
        priced = with_money_in_digits(theirs, ours)
        pairs += [(decimal, theirs) if decimal is not None else None, priced[::-1] if priced else None]
    found = [pair for pair in pairs if pair is not None]
    if not found and (evident := with_evident_commas(ours, theirs)) is not None:
        found = [evident]
    return found


_BOXED_WORD = regex(r"\$?\\boxed\s*\{([^{}]*)\}\$?")
"""A word of another language in a box, which is translated as the word alone is."""

_LETTERS = frozenset(map("".join, product(("", "("), "ABCDEFGHIJabcdefghij", ("", ")"))))
"""References that are the letter of an option."""

_remembered = lru_cache(maxsize=2048)(_compared)


def _of_integers(reference: str, answer: str) -> Verdict:
    if int(reference) == int(answer):
        return Verdict(_CORRECT, answer, "integer", "the same integer")
    return _other_integer(answer)


@lru_cache(maxsize=2048)
def _other_integer(answer: str) -> Verdict:
    return Verdict(_WRONG, answer, "integer", "different integers")


@cache
def _decider() -> Callable[..., Decision]:
    """`decide`, imported by the first verdict that needs it; an `import` in every verdict takes 2 µs."""
    from dartmath.verify.readings.decide import decide

    return decide


@cache
def _finder() -> Callable[..., Statement | None]:
    """`find_answer`, of which `verify` has no need."""
    from dartmath.verify.extract.answer import find_answer

    return find_answer


def _spelled(text: str, settings: GradingSettings | None) -> str:
    """A text as it is compared: lost backslashes restored, in English, with decimal points."""
    plain = text.strip()
    if plain.isdigit() and plain.isascii():
        return plain
    plain = repaired(text).strip()
    if not plain.isascii() and (box := _BOXED_WORD.fullmatch(plain)):
        plain = box[1]
    plain = in_english(plain)
    return with_decimal_point(plain) if settings is not None and settings.decimal_comma else plain


def _margin(tolerance: float | Mapping[str, float] | None, settings: GradingSettings | None) -> Margin | None:
    """What `verify` is given, else what the settings say; None where no difference is allowed."""
    if tolerance is None and (settings is None or not settings.tolerance.model_fields_set):
        return None
    from dartmath.verify.compare.rounding import Margin

    if isinstance(tolerance, int | float):
        return Margin(absolute=tolerance)
    from dartmath.base.section import validate
    from dartmath.verify.contract.settings import Tolerance

    given = settings.tolerance if settings is not None else Tolerance()
    if tolerance is not None:
        given = validate(Tolerance, tolerance, where="the tolerance of a query")
    margin = Margin(given.absolute, given.relative, given.digits)
    return None if margin == Margin() else margin


def _are_alike(ours: str, theirs: str) -> bool:
    """Whether texts are the same without dollar signs, \\left, \\right and spaces that separate nothing."""
    ours, theirs = _without_sizes(ours), _without_sizes(theirs)
    if ours.replace(" ", "") != theirs.replace(" ", ""):  # most differ, and long texts are seen to at once
        return False
    if _IDLE_SPACE.sub("", ours) == _IDLE_SPACE.sub("", theirs):
        return True
    return _CODE.fullmatch(ours) is not None or _CODE.fullmatch(theirs) is not None


def _without_sizes(text: str) -> str:
    return _SIZES.sub("", text) if "$" in text or "\\left" in text or "\\right" in text else text


def _long(reference: str, answer: str) -> Verdict:
    """An answer too long to be read is right only if it is its reference, character by character."""
    if reference.strip() == answer.strip():
        return _same(answer)
    return Verdict(_WRONG, answer, "text", f"a text of more than {MAX_ANSWER} characters")


def _verdict(decision: Decision, answer: str) -> Verdict:
    judged = _CORRECT if decision.equal else _WRONG
    outcome = Outcome.UNPARSABLE if decision.equal is None else judged
    return Verdict(
        outcome, answer, decision.comparison, decision.reason, decision.precision, decision.reading
    )


def grade(
    query: Gradable,
    response: str,
    *,
    finish_reason: str = "stop",
    in_thought: bool = False,
    settings: GradingSettings | None = None,
) -> Verdict:
    """The verdict on a whole response: extract its final answer and compare it.

    A response cut off (`finish_reason="length"`) counts only explicit final answers; without one
    it is `Outcome.TRUNCATED`. `in_thought` says that the prompt left a thought open (see
    `opens_thought`): a response that does not close it is nothing but thought.
    Any of `query.references` is acceptable. A verifier of the user's own sees the whole response
    instead (see `dartmath.verify.custom`): a query that was read from somebody else's file must not
    name one. Raises `UnknownNameError` for a verifier that is neither in `VERIFIERS` nor a function,
    `ConfigError` for a function that cannot be loaded.
    """
    cut, verifier = finish_reason == "length", query.verifier
    if verifier not in VERIFIERS:
        return _by_function(query, response, cut=cut)
    if verifier == DART_MATH:
        from dartmath.verify.dart_math.judge import grade_dart_math

        return grade_dart_math(query, response, cut=cut)
    found = _finder()(response, strict=cut, in_thought=in_thought, settings=settings, query=query.text)
    answer = None if found is None else found.answer
    if (answer is None or len(answer) > 1) and not (cut or in_thought) and _are_letters(query.references):
        answer = _option(query.text, response, answer)
    if answer is None and not cut and len(response) <= MAX_ANSWER:
        whole = response.strip()
        says = _without_sizes(whole).strip(" ")
        if says and any(_are_alike(whole, one.strip()) for one in query.references):
            return Verdict(_CORRECT, whole, "text", "the response is the reference")
    if answer is None and not (cut or in_thought) and (verdict := _said(query, response)):
        return verdict
    if answer is None:
        outcome = Outcome.TRUNCATED if cut else Outcome.NO_ANSWER
        return Verdict(outcome, None, "none", "no final answer in the response")
    if verifier == "theoremqa":
        from dartmath.verify.theoremqa import verify_theoremqa

        kind = query.metadata.get("answer_type")
        return _best(query.references, lambda one: verify_theoremqa(one, answer, kind))
    verdict = _by_rules(query, answer, settings)
    if verdict.outcome is not _CORRECT and found is not None and _IN_BRACKETS.fullmatch(answer):
        return _with_text(query, response, found) or verdict
    if verdict.outcome is not _CORRECT and found is not None and found.rule == "asked":
        in_full = len(response) <= _MAX_SENTENCE and not (cut or in_thought) and _said(query, response)
        return in_full or verdict
    return verdict


_IN_BRACKETS = regex(r"\([A-J]\)")


def _with_text(query: Gradable, response: str, found: Statement) -> Verdict | None:
    """The verdict on an option with its text, where that is the reference: "(B) X binds to Y."."""
    behind = response[found.start :].partition("\n")[0]
    if _are_letters(query.references) or len(behind) > MAX_ANSWER or not behind.startswith(found.answer):
        return None
    verdict = _by_rules(query, behind.rstrip(" .*"), None)
    return verdict if verdict.outcome is _CORRECT and verdict.comparison == "choice" else None


_MAX_SENTENCE = 200
"""Characters of a response that is one sentence."""


def _said(query: Gradable, response: str) -> Verdict | None:
    """The verdict on a response of one sentence that says of a reference what the query asks for.

    "Ann was the first to arrive." is `Ann` where the query asks who was. Where a response concludes in words,
    those are the reference or nothing is.
    """
    if query.verifier == "theoremqa" or not response.strip():
        return None
    from dartmath.verify.compare.prose import OF_SENTENCES
    from dartmath.verify.extract.sentence import concluded_words, said_of_asked

    words = concluded_words(response)
    if words is not None and any(
        one.strip().rstrip(".").lower() == words.lower() for one in query.references
    ):
        return Verdict(_CORRECT, words, "text", "the reference as a conclusion")
    whole = response.strip()
    if len(whole) > _MAX_SENTENCE or "\n" in whole:
        return None
    said = said_of_asked(whole, query.text)
    verdict = _by_rules(query, said, None) if said else None
    if verdict is not None and verdict.outcome is _CORRECT:
        return verdict
    if not any(any(map(str.isalpha, one)) and len(one) < len(whole) for one in query.references):
        return None
    verdict = _by_rules(query, whole, None)
    return verdict if verdict.outcome is _CORRECT and verdict.reason in OF_SENTENCES else None


def _are_letters(references: Sequence[str]) -> bool:
    return not _LETTERS.isdisjoint(references)


def _option(query: str, response: str, answer: str | None) -> str | None:
    """The answer, or the option of the query whose text the response states at its end."""
    from dartmath.verify.compare.choices import in_full

    found = in_full(answer, response, query)
    if found == answer:
        return answer
    from dartmath.verify.extract.own import own_text

    return in_full(answer, own_text(response).text, query)


def _by_rules(query: Gradable, answer: str, settings: GradingSettings | None) -> Verdict:
    """The verdict on the answer that was found."""
    about = query.metadata
    tolerance = about.get("tolerance")
    margin = None if tolerance is None and settings is None else _margin(tolerance, settings)
    exact, terms = margin is None, None
    first: Verdict | None = None
    for reference in query.references:
        verdict = _at_once(reference, answer, exact=exact)
        if verdict is None:
            terms = terms or _Terms(query.text, margin, about.get("ordered"), query.verifier == "science")
            verdict = _judged(reference, answer, terms, settings)
        if verdict.outcome is _CORRECT:
            return verdict
        first = first or verdict
    return first or _NO_REFERENCE


def _by_function(query: Gradable, response: str, *, cut: bool) -> Verdict:
    """The verdict of the user's own function that `query.verifier` names."""
    from dartmath.verify.custom import grade_own, is_own

    if not is_own(query.verifier):
        raise UnknownNameError("verifier", query.verifier, [*VERIFIERS, *DOMAINS])
    return grade_own(query, response, cut=cut)


def _best(references: Sequence[str], judged: Callable[[str], Verdict]) -> Verdict:
    """The first correct verdict, else the first."""
    first: Verdict | None = None
    for reference in references:
        verdict = judged(reference)
        if verdict.outcome is _CORRECT:
            return verdict
        first = first or verdict
    return first or _NO_REFERENCE
