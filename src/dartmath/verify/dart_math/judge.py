"""`grade_dart_math`: the verdict of the paper's grader on a response."""

from __future__ import annotations

from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.contract.question import Gradable
from dartmath.verify.dart_math.equality import Comparer, Unreadable
from dartmath.verify.dart_math.extraction import stated_answer
from dartmath.verify.dart_math.olympiad import same_olympiad
from dartmath.verify.dart_math.words import boolean

MAX_STATED = 4_000
"""A longer statement is no answer here: some rules take time quadratic in its length. A shorter one may still
be, as what a rule cuts out of it is what follows its last equals sign, for one."""

_OLYMPIAD = "olympiad"


def grade_dart_math(query: Gradable, response: str, *, cut: bool = False) -> Verdict:
    """The verdict on a whole response by the rules of the DART-Math paper.

    A response that was cut off is not correct, whatever it states. The reference is the one of the data
    set's own file where the query keeps it (`original`). Metadata: "original", "tolerance", "judged_as".
    """
    comparer = Comparer()
    try:
        answer = comparer.normal(_short(stated_answer(response)))
    except (Unreadable, RecursionError):
        answer = ""
    if cut:
        return Verdict(Outcome.TRUNCATED, answer or None, "dart-math", "a response that was cut off")
    if not answer:
        return Verdict(Outcome.NO_ANSWER, None, "none", "no final answer in the response")
    reference = str(query.metadata.get("original", query.references[0]))
    try:
        equal = _equal(query, reference, answer, comparer)
    except (Unreadable, RecursionError) as error:
        return Verdict(Outcome.UNPARSABLE, answer, "dart-math", str(error)[:200])
    outcome = Outcome.CORRECT if equal else Outcome.WRONG
    return Verdict(outcome, answer, "dart-math", "equal by the paper's rules" if equal else "different")


def _short(stated: str) -> str:
    if len(stated) <= MAX_STATED:
        return stated
    word = boolean(stated)
    if word is None:
        raise Unreadable("a statement too long to be an answer")
    return word


def _equal(query: Gradable, reference: str, answer: str, comparer: Comparer) -> bool:
    if query.metadata.get("judged_as") == _OLYMPIAD:
        return same_olympiad(reference, answer, query.metadata.get("tolerance"))
    return comparer.same(reference, answer, as_sets=_asks_for_several(query.text))


def _asks_for_several(query: str) -> bool:
    """Whether the answer is compared as a set: the problem says "find the", or "all" and "separate"."""
    return "ind the" in query or ("all" in query and "separate" in query)
