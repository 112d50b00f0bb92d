"""`verify` one answer against its reference, and `grade` one response against its query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dartmath.base.errors import UnknownNameError
from dartmath.base.regex import regex
from dartmath.verify.extract.found import MAX_ANSWER
from dartmath.verify.language.notation import repaired
from dartmath.verify.language.translation import in_english, read_with_decimal_comma, with_decimal_point
from dartmath.verify.outcome import Outcome, Verdict
from dartmath.verify.question import DART_MATH, DOMAINS, VERIFIERS, Gradable

if TYPE_CHECKING:
    from dartmath.verify.compare.rounding import Margin
    from dartmath.verify.numeric.equality import Decision
    from dartmath.verify.settings import GradingSettings

_SIZES = regex(r"\\(?:left|right)(?![a-zA-Z])(?!\s*\.)|(?<!\\)\$")
_IDLE_SPACE = regex(r"(?<![0-9A-Za-z]) +| +(?![0-9A-Za-z])")
_INTEGER = regex(r"-?[0-9]{1,18}")


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
    """
    margin = _margin(tolerance, settings)
    if max(len(reference), len(answer)) > MAX_ANSWER:
        return _long(reference, answer)
    ours, theirs = _spelled(reference, settings), _spelled(answer, settings)
    if ours == theirs:
        if not ours:
            return Verdict(Outcome.UNPARSABLE, answer, "none", "an empty answer")
        return Verdict(Outcome.CORRECT, answer, "text", "the same text")
    if not theirs:
        return Verdict(Outcome.NO_ANSWER, answer, "none", "an empty answer")
    if _compact(ours) == _compact(theirs):
        return Verdict(Outcome.CORRECT, answer, "text", "the same text but for spaces and brackets' sizes")
    if margin is None and _INTEGER.fullmatch(ours) and _INTEGER.fullmatch(theirs):
        equal = int(ours) == int(theirs)
        outcome = Outcome.CORRECT if equal else Outcome.WRONG
        return Verdict(outcome, answer, "integer", "the same integer" if equal else "different integers")
    from dartmath.verify.readings.decide import decide

    decision = decide(ours, theirs, query or "", margin, ordered, science=science)
    if not decision and (settings is None or settings.decimal_comma is None):
        decimal = read_with_decimal_comma(ours, theirs)
        if decimal is not None and decide(ours, decimal, query or "", margin, ordered, science=science):
            return Verdict(
                Outcome.CORRECT, answer, "decimal", "equal with a decimal comma", None, "decimal comma"
            )
    return _verdict(decision, answer)


def _spelled(text: str, settings: GradingSettings | None) -> str:
    """A text as it is compared: lost backslashes restored, in English, with decimal points."""
    plain = text.strip()
    if plain.isdigit() and plain.isascii():
        return plain
    plain = in_english(repaired(text).strip())
    return with_decimal_point(plain) if settings is not None and settings.decimal_comma else plain


def _margin(tolerance: float | Mapping[str, float] | None, settings: GradingSettings | None) -> Margin | None:
    """What `verify` is given, else what the settings say; None where no difference is allowed."""
    if tolerance is None and (settings is None or not settings.tolerance.model_fields_set):
        return None
    from dartmath.verify.compare.rounding import Margin

    if isinstance(tolerance, int | float):
        return Margin(absolute=tolerance)
    from dartmath.base.section import validate
    from dartmath.verify.settings import Tolerance

    given = settings.tolerance if settings is not None else Tolerance()
    if tolerance is not None:
        given = validate(Tolerance, tolerance, where="the tolerance of a query")
    margin = Margin(given.absolute, given.relative, given.digits)
    return None if margin == Margin() else margin


def _compact(text: str) -> str:
    """The text without dollar signs, \\left, \\right and spaces that separate nothing."""
    if "$" in text or "\\left" in text or "\\right" in text:
        text = _SIZES.sub("", text)
    return _IDLE_SPACE.sub("", text) if " " in text else text


def _long(reference: str, answer: str) -> Verdict:
    """An answer too long to be read is right only if it is its reference, character by character."""
    if reference.strip() == answer.strip():
        return Verdict(Outcome.CORRECT, answer, "text", "the same text")
    return Verdict(Outcome.WRONG, answer, "text", f"a text of more than {MAX_ANSWER} characters")


def _verdict(decision: Decision, answer: str) -> Verdict:
    judged = Outcome.CORRECT if decision.equal else Outcome.WRONG
    outcome = Outcome.UNPARSABLE if decision.equal is None else judged
    how = decision.comparison, decision.reason, decision.precision, decision.reading
    return Verdict(outcome, answer, *how)


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
    from dartmath.verify.extract.answer import extract_answer  # `verify` has no need of it

    cut = finish_reason == "length"
    if query.verifier not in VERIFIERS:
        return _by_function(query, response, cut=cut)
    if query.verifier == DART_MATH:
        from dartmath.verify.dart_math.judge import grade_dart_math

        return grade_dart_math(query, response, cut=cut)
    found = extract_answer(response, strict=cut, in_thought=in_thought, settings=settings)
    if found.answer is None:
        outcome = Outcome.TRUNCATED if cut else Outcome.NO_ANSWER
        return Verdict(outcome, None, "none", "no final answer in the response")
    if query.verifier == "theoremqa":
        from dartmath.verify.theoremqa import verify_theoremqa

        answer_type = query.metadata.get("answer_type")
        return _best(verify_theoremqa(reference, found.answer, answer_type) for reference in query.references)
    return _best(
        verify(
            reference,
            found.answer,
            query=query.text,
            tolerance=query.metadata.get("tolerance"),
            ordered=query.metadata.get("ordered"),
            settings=settings,
            science=query.verifier == "science",
        )
        for reference in query.references
    )


def _by_function(query: Gradable, response: str, *, cut: bool) -> Verdict:
    """The verdict of the user's own function that `query.verifier` names."""
    from dartmath.verify.custom import grade_own, is_own

    if not is_own(query.verifier):
        raise UnknownNameError("verifier", query.verifier, [*VERIFIERS, *DOMAINS])
    return grade_own(query, response, cut=cut)


def _best(verdicts: Iterator[Verdict]) -> Verdict:
    """The first correct verdict, else the first."""
    first: Verdict | None = None
    for verdict in verdicts:
        if verdict.correct:
            return verdict
        first = first or verdict
    return first or Verdict(Outcome.ERROR, None, "none", "the query has no reference answer")
