"""Lucky share: how many rows are right by luck, estimated from what the pool itself tells.

A verifier looks at the final answer alone. A response with a wrong step may still end right: two mistakes
cancel, or the answer is one of few. Such rows teach the mistake, and hard queries, which are tried most, have
most of them. Nothing in a correct response says so for certain; these are estimated for each band:

**By steps.** Some responses show their mistake. The step check finds a step that does not compute, which no
sound response has. And a step may compute with a number that is neither in the query nor of an earlier step
(`curation/grounding.py`), as when digits are swapped: 41 + 37 for 31 + 47. Mistakes that leave the answer as
it is are often of that kind, so that lucky responses have more of them than wrong ones, and the step check
alone sees fewer. It counts where sound responses do not do it: in the band that fails least, at most a
twentieth of the correct responses with right steps. In word problems more do, with the months of a year or
the two of a half, and there it does not count.

Not every mistake shows. But a wrong response has one for certain, so the share of those in which it shows is
the sensitivity s of what is looked for; if it shows in a share r of some rows, about r / s of them are lucky.
The rows are those of the set itself, since a policy takes more of some queries than of others. After the step
check the same is asked of numbers alone, among the wrong responses that the check would let pass. Where these
are too few, or numbers do not count, it is the luck of the pool that the check does not take away.

**By chance.** Where too little shows (s below 20 %, or no texts of wrong responses), what wrong responses say
is all there is: two of them to the same query agree with probability c. If a flawed response ended at the
reference as easily as where others end, wrong * c / (1 - c) of the correct ones would be lucky. Mistakes that
many responses share raise c, so this is an upper bound and is shown as one.

What it rests on: lucky responses show their mistake as often as wrong ones do. docs/results.md measures it
where the truth is known. Equal responses to a query count once where a set has them once: those with a
mistake are rarely equal, so that a set has more luck than its pool.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from dartmath.curation.arithmetic import check_steps
from dartmath.curation.grounding import is_grounded, numbers_of
from dartmath.curation.pool import Journal, digest
from dartmath.curation.select import Selection
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome

# Below this, what shows says more about the check than about luck.
_LEAST_SENSITIVITY = 0.2
# Numbers from nowhere in sound responses would be taken for luck, so for less than the five points within
# which a share is to be right.
_MOST_UNGROUNDED = 0.05
# So many responses of a band tell a share to two points; a pool may hold 10^8.
_MOST = 2000
# Fewer wrong responses than this tell nothing about how often they agree or show their mistake.
_LEAST = 20


@dataclass(frozen=True, slots=True)
class LuckyShare:
    """The estimate for one band.

    Attributes:
        correct, wrong: responses looked at, of each kind.
        refused, caught: those of them with a step that does not compute.
        judged: correct ones with a step that can be recomputed at all.
        share: of lucky responses among the correct ones; None where nothing tells.
        left: the same among those that the step check lets pass.
        bound: whether both are upper bounds, by chance agreement.
    """

    band: str
    correct: int
    wrong: int
    refused: int
    caught: int
    judged: int
    share: float | None
    left: float | None
    bound: bool

    def of_set(self, *, checked: bool) -> float | None:
        """The share among rows, whose steps were `checked` or not."""
        return self.left if checked else self.share


@dataclass
class _Tally:
    """What some responses show: a wrong step (`refused`), or right steps with a number from nowhere."""

    total: int = 0
    texts: int = 0
    judged: int = 0
    refused: int = 0
    ungrounded: int = 0

    def add(self, sample: Sample, given: Collection[Fraction]) -> None:
        steps = check_steps(sample.text)
        refused = any(not step.right for step in steps)
        self.total += 1
        # A journal may keep no texts of wrong responses.
        self.texts += bool(sample.text)
        self.judged += bool(steps)
        self.refused += refused
        self.ungrounded += not refused and not is_grounded(steps, given)

    @property
    def passed(self) -> int:
        """Those that the step check lets pass."""
        return self.texts - self.refused

    def shown(self, *, grounding: bool) -> float:
        """The share that shows a mistake."""
        return _share(self.refused + grounding * self.ungrounded, self.texts)

    def shown_after_check(self) -> float:
        """Of those that the step check lets pass, the share with a number from nowhere."""
        return _share(self.ungrounded, self.passed)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


@dataclass
class _Band:
    """The responses of a band that are looked at; `rows` are those of a set, where one is asked about."""

    correct: _Tally = field(default_factory=_Tally)
    wrong: _Tally = field(default_factory=_Tally)
    rows: _Tally = field(default_factory=_Tally)
    answers: dict[str, Counter[str]] = field(default_factory=dict)


def lucky_shares(
    journal: Journal,
    bands: Mapping[str, str],
    *,
    distinct: bool = False,
    chosen: Sequence[Selection] = (),
    checked: bool = False,
) -> list[LuckyShare]:
    """The estimate for every band of `bands`, a mapping of query ids, in its order.

    With `distinct`, equal responses to a query count once. The share is that of the rows in `chosen`, whose
    steps were `checked` or not, and that of all correct responses where nothing is chosen. Of a band with
    more than some thousand responses a part is looked at, chosen by hash.
    """
    totals = Counter((bands[s.query_id], s.outcome) for s in journal.samples(_LOOKED_AT))
    counts = {band: _Band() for band in dict.fromkeys(bands.values())}
    given = _Given(journal.queries())
    rows = _part_of(chosen, bands)
    seen: set[bytes] = set()
    for sample in journal.samples(_LOOKED_AT):
        band, place = bands[sample.query_id], _place(sample, distinct=distinct)
        if (sample.query_id, sample.trial) in rows:
            counts[band].rows.add(sample, given[sample.query_id])
        if _is_chosen(place, totals[band, sample.outcome]) and not (distinct and place in seen):
            seen.add(place)
            _count(counts[band], sample, given[sample.query_id])
    grounding = _grounding_counts(counts, totals)
    return [
        _estimate(
            name,
            counted,
            totals[name, Outcome.CORRECT],
            totals[name, Outcome.WRONG],
            grounding=grounding,
            checked=checked,
        )
        for name, counted in counts.items()
    ]


_LOOKED_AT = (Outcome.CORRECT, Outcome.WRONG)


class _Given(dict[str, frozenset[Fraction]]):
    """The numbers of each query that is looked at, by its id; a pool may have many more."""

    def __init__(self, queries: Iterable[Query]) -> None:
        super().__init__()
        self._texts = {query.id: query.text for query in queries}

    def __missing__(self, id: str) -> frozenset[Fraction]:
        self[id] = numbers = numbers_of(self._texts[id])
        return numbers


def _part_of(chosen: Sequence[Selection], bands: Mapping[str, str]) -> set[tuple[str, int]]:
    """The rows of a set that are looked at, by query and trial."""
    totals = Counter[str]()
    for selection in chosen:
        totals[bands[selection.pool.query.id]] += len(selection.chosen)
    trials = ((one.pool.query.id, candidate.trial) for one in chosen for candidate in one.chosen)
    return {
        (id, trial) for id, trial in trials if _is_chosen(_hash(id, str(trial).encode()), totals[bands[id]])
    }


def _place(sample: Sample, *, distinct: bool) -> bytes:
    """A hash of a trial, or of a text, which its equals share. Texts that were not kept differ."""
    what = digest(sample.response) if distinct and sample.text else str(sample.trial).encode()
    return _hash(sample.query_id, what)


def _hash(query_id: str, what: bytes) -> bytes:
    return hashlib.blake2b(query_id.encode() + b":" + what, digest_size=8).digest()


def _is_chosen(place: bytes, total: int) -> bool:
    """Whether a response is among the about `_MOST` of its band that are looked at."""
    return total <= _MOST or int.from_bytes(place) / 2**64 < _MOST / total


def _count(band: _Band, sample: Sample, given: Collection[Fraction]) -> None:
    if sample.outcome is Outcome.CORRECT:
        band.correct.add(sample, given)
        return
    band.wrong.add(sample, given)
    band.answers.setdefault(sample.query_id, Counter())[sample.answer or ""] += 1


def _grounding_counts(bands: Mapping[str, _Band], totals: Mapping[tuple[str, Outcome], int]) -> bool:
    """Whether numbers from nowhere are mistakes here: where least goes wrong, hardly any response has one."""
    told = {name: band.correct for name, band in bands.items() if band.correct.passed >= _LEAST}
    if not told:
        return False
    best = min(told, key=lambda name: totals[name, Outcome.WRONG] / totals[name, Outcome.CORRECT])
    return told[best].shown_after_check() <= _MOST_UNGROUNDED


def _estimate(
    name: str, band: _Band, correct: int, wrong: int, *, grounding: bool, checked: bool
) -> LuckyShare:
    """The estimate from what was looked at, of `correct` and `wrong` responses in all."""
    right, bad = band.correct, band.wrong
    facts = (name, right.total, bad.total, right.refused, bad.refused, right.judged)
    asked = band.rows if band.rows.total and not checked else right
    left = band.rows if band.rows.total and checked else right
    if not right.total:
        return LuckyShare(*facts, share=None, left=None, bound=False)
    if bad.total < _LEAST:
        # Hardly anything went wrong, so hardly anything can be lucky; what shows a mistake still is.
        alone = left.shown_after_check() if grounding else 0.0
        return LuckyShare(*facts, share=asked.shown(grounding=grounding), left=alone, bound=False)
    sensitivity = bad.shown(grounding=grounding)
    if sensitivity >= _LEAST_SENSITIVITY:
        share = min(1.0, asked.shown(grounding=grounding) / sensitivity)
        rest = _left_by_check(right, bad, left, grounding=grounding)
        return LuckyShare(*facts, share=share, left=rest, bound=False)
    chance = _agreement(band.answers.values())
    share = min(1.0, wrong * chance / (1 - chance) / correct) if chance < 1 else 1.0
    return LuckyShare(*facts, share=share, left=share, bound=True)


def _left_by_check(correct: _Tally, wrong: _Tally, rows: _Tally, *, grounding: bool) -> float | None:
    """The share of lucky ones among `rows`, or `correct` ones, that the step check lets pass."""
    if not correct.passed:
        return None
    sensitivity = wrong.shown_after_check() if grounding and wrong.passed >= _LEAST else 0.0
    if sensitivity >= _LEAST_SENSITIVITY:
        return min(1.0, rows.shown_after_check() / sensitivity)
    lucky = min(1.0, correct.shown(grounding=grounding) / wrong.shown(grounding=grounding))
    return max(0.0, (lucky * correct.texts - correct.refused) / correct.passed)


def _agreement(answers: Iterable[Counter[str]]) -> float:
    """The probability that two wrong responses to the same query give the same answer."""
    pairs = agreeing = 0
    for counter in answers:
        total = sum(counter.values())
        pairs += total * (total - 1)
        agreeing += sum(n * (n - 1) for answer, n in counter.items() if answer)
    return agreeing / pairs if pairs else 0.0
