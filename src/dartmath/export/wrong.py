"""Wrong responses of a pool, and which of them are taken."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dartmath.curation.decontaminate import loosen
from dartmath.curation.pool import Candidate, Journal, digest
from dartmath.curation.signature import likenesses, signatures, unpacked
from dartmath.sampling.sample import Sample
from dartmath.sampling.teachers import hinted_teachers
from dartmath.verify.contract.outcome import Outcome

Rejected = Literal["frequent", "near", "longest", "random"]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A response with a wrong answer: `answer` is that answer without what TeX and case allow to differ."""

    trial: int
    tokens: int
    answer: str
    sketch: bytes


@dataclass(slots=True)
class WrongPool:
    """The wrong responses of one query, without repeated texts, and what is needed to compare them.

    `votes` counts trials by answer, repeated texts too; `sketches` are those of its right responses by trial,
    where they are asked for.
    """

    responses: list[Wrong] = field(default_factory=list)
    votes: Counter[str] = field(default_factory=Counter)
    sketches: dict[int, bytes] = field(default_factory=dict)
    _texts: set[bytes] = field(default_factory=set)

    def add(self, response: Wrong, text: bytes) -> None:
        """Count a response, and keep it where no other has its text."""
        self.votes[response.answer] += 1
        if text not in self._texts:
            self._texts.add(text)
            self.responses.append(response)

    def in_order(self, by: Rejected, chosen: Candidate | None, seed: str) -> list[Wrong]:
        """The wrong responses, the one to be taken first in front.

        Of equals, the one whose length is nearest to the chosen response's: a model must not learn that
        shorter, or longer, is better.
        """
        if by == "random":
            return random.Random(seed).sample(self.responses, len(self.responses))
        length = chosen.tokens if chosen else 0
        ranked = zip(self._ranks(by, chosen), self.responses, strict=True)
        order = sorted(ranked, key=lambda pair: (-pair[0], abs(pair[1].tokens - length), pair[1].trial))
        return [one for _, one in order]

    def _ranks(self, by: Rejected, chosen: Candidate | None) -> Sequence[float]:
        """How much each wrong response is wanted."""
        if by == "frequent":
            return [self.votes[one.answer] for one in self.responses]
        if by == "longest":
            return [one.tokens for one in self.responses]
        sketch = self.sketches.get(chosen.trial, b"") if chosen else b""
        if not sketch or not self.responses:
            return [0.0] * len(self.responses)
        theirs = unpacked([one.sketch for one in self.responses])
        found: list[float] = likenesses(unpacked([sketch])[0], theirs).tolist()
        return found


def read_wrong(journal: Journal, chosen: Mapping[str, Collection[int]], by: Rejected) -> dict[str, WrongPool]:
    """The wrong responses with a text of the queries of `chosen`; those of outcome `wrong` alone.

    `chosen` are the right trials of each query that they may be compared with. A response that was cut off,
    or holds no answer, says little of what is wrong with it; one that was made with a hint answers another
    prompt.
    """
    pools = {id: WrongPool() for id in chosen}
    for sample, sketch in _sketched(_compared(journal, chosen, by == "near"), by == "near"):
        pool = pools[sample.query_id]
        if sample.outcome is Outcome.CORRECT:
            pool.sketches[sample.trial] = sketch
        else:
            answer = loosen(sample.answer or "")
            pool.add(Wrong(sample.trial, sample.completion_tokens, answer, sketch), digest(sample.response))
    for pool in pools.values():
        pool.responses.sort(key=lambda one: one.trial)
    return pools


def _compared(journal: Journal, chosen: Mapping[str, Collection[int]], near: bool) -> Iterator[Sample]:
    """The wrong responses and, where likeness counts, the chosen ones."""
    hinted = hinted_teachers(journal.manifest)
    for sample in journal.samples({Outcome.WRONG, Outcome.CORRECT} if near else {Outcome.WRONG}):
        if sample.query_id not in chosen or not sample.has_text or sample.teacher in hinted:
            continue
        if sample.outcome is Outcome.WRONG or sample.trial in chosen[sample.query_id]:
            yield sample


def _sketched(samples: Iterator[Sample], near: bool) -> Iterator[tuple[Sample, bytes]]:
    return signatures(samples, lambda one: one.text, "words") if near else ((one, b"") for one in samples)


def matched(
    pool: WrongPool, chosen: Sequence[Candidate], by: Rejected, most: int, seed: str
) -> list[tuple[Candidate, Wrong]]:
    """At most `most` pairs of `chosen` responses with wrong ones; no response is in two pairs."""
    pairs: list[tuple[Candidate, Wrong]] = []
    used: set[int] = set()
    for candidate in chosen[:most]:
        free = (one for one in pool.in_order(by, candidate, seed) if one.trial not in used)
        wrong = next(free, None)
        if wrong is None:
            break
        used.add(wrong.trial)
        pairs.append((candidate, wrong))
    return pairs
