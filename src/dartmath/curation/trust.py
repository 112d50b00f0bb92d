"""Lucky share: how many rows are right by luck, estimated from what the pool itself tells.

A verifier looks at the final answer alone. A response with a wrong step may still end right: two mistakes
cancel, or the answer is one of few. Such rows teach the mistake, and hard queries, which are tried most, have
most of them. Nothing in a correct response says so for certain; these are estimated for each band:

**By steps.** The step check refuses `refused` of the correct responses. It does not see every mistake; but a
wrong response has one for certain, so the share of those in which it finds a wrong step is how often it sees
one: its sensitivity s. So about refused / s of the correct responses are lucky, and refused * (1 - s) / s of
them are still there when the refused ones are left out.

**By chance.** Where the check sees too little (s below 20 %, or no texts of wrong responses), what wrong
responses say is all there is: two of them to the same query agree with probability c. If a flawed response
ended at the reference as easily as where others end, wrong * c / (1 - c) of the correct ones would be lucky.
Mistakes that many responses share raise c, so this is an upper bound and is shown as one.

What it rests on: lucky responses show their mistake as often as wrong ones do. docs/results.md measures it
where the truth is known. Equal responses to a query count once where a set has them once: those with a
mistake are rarely equal, so that a set has more luck than its pool.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dartmath.curation.arithmetic import check_steps
from dartmath.curation.pool import Journal, digest
from dartmath.sampling.sample import Sample
from dartmath.verify.outcome import Outcome

# Below this, what the check refuses says more about the check than about luck.
_LEAST_SENSITIVITY = 0.2
# So many responses of a band tell a share to two points; a pool may hold 10^8.
_MOST = 2000
# Fewer wrong responses than this tell nothing about how often they agree or are seen.
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
class _Band:
    correct: int = 0
    wrong: int = 0
    refused: int = 0
    caught: int = 0
    judged: int = 0
    texts: int = 0
    answers: dict[str, Counter[str]] = field(default_factory=dict)


def lucky_shares(journal: Journal, bands: Mapping[str, str], *, distinct: bool = False) -> list[LuckyShare]:
    """The estimate for every band of `bands`, a mapping of query ids, in its order.

    With `distinct`, equal responses to a query count once. Of a band with more than some thousand responses a
    part is looked at, chosen by hash.
    """
    totals = Counter((bands[s.query_id], s.outcome) for s in journal.samples(_LOOKED_AT))
    counts = {band: _Band() for band in dict.fromkeys(bands.values())}
    seen: set[bytes] = set()
    for sample in journal.samples(_LOOKED_AT):
        band, place = bands[sample.query_id], _place(sample, distinct=distinct)
        if _is_chosen(place, totals[band, sample.outcome]) and not (distinct and place in seen):
            seen.add(place)
            _count(counts[band], sample)
    return [
        _estimate(name, counted, totals[name, Outcome.CORRECT], totals[name, Outcome.WRONG])
        for name, counted in counts.items()
    ]


_LOOKED_AT = (Outcome.CORRECT, Outcome.WRONG)


def _place(sample: Sample, *, distinct: bool) -> bytes:
    """A hash of a trial, or of a text, which its equals share. Texts that were not kept differ."""
    what = digest(sample.response) if distinct and sample.text else str(sample.trial).encode()
    return hashlib.blake2b(sample.query_id.encode() + b":" + what, digest_size=8).digest()


def _is_chosen(place: bytes, total: int) -> bool:
    """Whether a response is among the about `_MOST` of its band that are looked at."""
    return total <= _MOST or int.from_bytes(place) / 2**64 < _MOST / total


def _count(band: _Band, sample: Sample) -> None:
    steps = check_steps(sample.text)
    wrong_step = any(not step.right for step in steps)
    if sample.outcome is Outcome.CORRECT:
        band.correct += 1
        band.refused += wrong_step
        band.judged += bool(steps)
        return
    band.wrong += 1
    # A journal may keep no texts of wrong responses.
    band.texts += bool(sample.text)
    band.caught += wrong_step
    band.answers.setdefault(sample.query_id, Counter())[sample.answer or ""] += 1


def _estimate(name: str, band: _Band, correct: int, wrong: int) -> LuckyShare:
    """The estimate from what was looked at, of `correct` and `wrong` responses in all."""
    facts = (name, band.correct, band.wrong, band.refused, band.caught, band.judged)
    if not band.correct or band.wrong < _LEAST:
        # Hardly anything went wrong, so hardly anything can be lucky; what was refused still is.
        share = band.refused / band.correct if band.correct else None
        return LuckyShare(*facts, share=share, left=None if share is None else 0.0, bound=False)
    sensitivity = band.caught / band.texts if band.texts else 0.0
    if sensitivity >= _LEAST_SENSITIVITY:
        lucky = min(float(band.correct), band.refused / sensitivity)
        kept = band.correct - band.refused
        left = (lucky - band.refused) / kept if kept else None
        return LuckyShare(*facts, share=lucky / band.correct, left=left, bound=False)
    chance = _agreement(band.answers.values())
    share = min(1.0, wrong * chance / (1 - chance) / correct) if chance < 1 else 1.0
    return LuckyShare(*facts, share=share, left=share, bound=True)


def _agreement(answers: Iterable[Counter[str]]) -> float:
    """The probability that two wrong responses to the same query give the same answer."""
    pairs = agreeing = 0
    for counter in answers:
        total = sum(counter.values())
        pairs += total * (total - 1)
        agreeing += sum(n * (n - 1) for answer, n in counter.items() if answer)
    return agreeing / pairs if pairs else 0.0
