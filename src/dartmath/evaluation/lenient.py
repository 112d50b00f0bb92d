"""The lenient metric: what a model can do, apart from the form in which it states it."""

from __future__ import annotations

from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome
from dartmath.verify.contract.settings import GradingSettings
from dartmath.verify.custom import is_own

_UNFOUND = (Outcome.NO_ANSWER, Outcome.TRUNCATED)


def leniently_correct(query: Query, sample: Sample, settings: GradingSettings) -> bool:
    """Whether a response is correct, or would be if its last number or formula were its answer.

    An answer that is stated and wrong stays wrong. A response whose text was not kept, and one that a
    verifier of the user's own has judged, is what it was judged to be.
    """
    if sample.outcome is Outcome.CORRECT:
        return True
    if not may_differ(query, sample.outcome) or not sample.has_text:
        return False
    from dartmath.verify import grade

    lenient = lenient_settings(settings)
    return grade(query, sample.text, finish_reason=sample.finish_reason, settings=lenient).correct


def may_differ(query: Query, outcome: Outcome) -> bool:
    """Whether a response that is not correct may be so by the lenient metric."""
    return outcome in _UNFOUND and not is_own(query.verifier)


def lenient_settings(settings: GradingSettings) -> GradingSettings:
    """The same settings, by which the last number or formula is the answer of a response that states none."""
    return settings.model_copy(update={"last_number": True})
