"""Wrong responses of a pool, and which of them are taken."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dartmath.curation.decontaminate import loosen
from dartmath.curation.pool import Candidate, Journal, digest
from dartmath.curation.signature import likeness, signature
from dartmath.sampling.teachers import hinted_teachers
from dartmath.verify.outcome import Outcome

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
        sketch = self.sketches.get(chosen.trial, b"") if chosen else b""
        length = chosen.tokens if chosen else 0

        def key(one: Wrong) -> tuple[float, int, int]:
            first = {"frequent": self.votes[one.answer], "longest": one.tokens}.get(by)
            rank = likeness(sketch, one.sketch) if first is None else first
            return (-rank, abs(one.tokens - length), one.trial)

        return sorted(self.responses, key=key)


def read_wrong(journal: Journal, ids: Collection[str], by: Rejected) -> dict[str, WrongPool]:
    """The wrong responses with a text of the queries `ids`; those of outcome `wrong` alone.

    A response that was cut off, or holds no answer, says little of what is wrong with it; one that was made
    with a hint answers another prompt.
    """
    hinted = hinted_teachers(journal.manifest)
    pools = {id: WrongPool() for id in ids}
    near = by == "near"
    for sample in journal.samples({Outcome.WRONG, Outcome.CORRECT} if near else {Outcome.WRONG}):
        pool = pools.get(sample.query_id)
        if pool is None or not sample.has_text or sample.teacher in hinted:
            continue
        sketch = signature(sample.text) if near else b""
        if sample.outcome is Outcome.CORRECT:
            pool.sketches[sample.trial] = sketch
        else:
            answer = loosen(sample.answer or "")
            pool.add(Wrong(sample.trial, sample.completion_tokens, answer, sketch), digest(sample.response))
    for pool in pools.values():
        pool.responses.sort(key=lambda one: one.trial)
    return pools


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
