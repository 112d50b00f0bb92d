"""Similar queries: those that differ from a benchmark's in numbers, names, words or language.

Each of three scores, from 0 to 1, tells one kind of copy, and the largest decides (see `structure` for the
views of a text that they compare; what many texts share weighs little, by inverse document frequency):

* "template": the share of the shorter frame that stands in the other, for copies with other numbers, names,
  variables, or a few other words;
* "paraphrase": the cosine of the words, and the share of the numbers where they are distinctive;
* "translation": of texts in different languages, the numbers in the same order.

No score says that two texts ask the same: a copy with other numbers is another problem, of which the solution
is known. So what is found this way is listed for review, unless it is told to be removed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from dartmath.curation.structure import Structure, names_of, structure

KINDS = ("template", "paraphrase", "translation")
# Evidence that a score rests on is a sum of -log frequencies: below this it is what chance gives.
_ENOUGH_FRAME = 60.0
_ENOUGH_WORDS = 25.0
_ENOUGH_NUMBERS = 8.0
_ENOUGH_DIGITS = 9.0
_BY_NUMBERS = 1.5  # weight of distinctive numbers in a paraphrase, that of the words being 1
_MANY = 5000
_LOOKED_AT = 5  # candidates that are scored in full
_COMMON = 0.03  # a feature of more than this share of the texts finds no candidates


@dataclass(frozen=True, slots=True)
class Similar:
    """The place of a benchmark's query, how it is alike, and how much, from 0 to 1."""

    place: int
    kind: str
    score: float


class SimilarIndex:
    """A benchmark that can be asked for what a text is similar to."""

    def __init__(self, benchmark: Sequence[str], weights: Weights) -> None:
        self._weights = weights
        self._texts = [weights.structure(text) for text in benchmark]
        self._postings: dict[object, list[int]] = defaultdict(list)
        for place, one in enumerate(self._texts):
            for feature in _features(one):
                self._postings[feature].append(place)
        most = max(3, _COMMON * len(self._texts))
        for feature in [f for f, places in self._postings.items() if len(places) > most]:
            del self._postings[feature]

    def find(self, one: Structure, least: float) -> Similar | None:
        """What is most similar to a text, if at least so much."""
        votes: dict[int, float] = defaultdict(float)
        for feature in _features(one):
            places = self._postings.get(feature, ())
            weight = self._weights.of(feature) ** 2 if places else 0.0
            for place in places:
                votes[place] += weight
        # Rounded, since sets are summed in any order, and the same texts must give the same pairs.
        likely = sorted(votes, key=lambda place: (-round(votes[place], 6), place))[:_LOOKED_AT]
        scored = [self._score(one, place) for place in likely]
        best = max(scored, key=lambda found: (found.score, -found.place), default=None)
        return best if best is not None and best.score >= least else None

    def _score(self, one: Structure, place: int) -> Similar:
        other, weights = self._texts[place], self._weights
        scores = {"template": weights.template(one, other), "paraphrase": weights.paraphrase(one, other)}
        if one.is_english != other.is_english:
            scores["translation"] = weights.translation(one, other)
        kind = max(scores, key=lambda name: scores[name])
        return Similar(place, kind, round(scores[kind], 6))


class Weights:
    """How much each feature says: -log of the share of `texts` that have it. Also the names in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        every = list(texts)
        self._names = names_of(every)
        frequency: Counter[object] = Counter()
        for text in every:
            frequency.update(_features(self.structure(text)))
        # Few texts cannot tell how rare something is: their weights are stretched to those of many.
        scale = max(1.0, math.log(_MANY) / math.log(len(every) + 2))
        # Half a text is added, so that what no text has weighs a little more than what one has.
        self._weights = {one: scale * math.log((len(every) + 1) / (n + 0.5)) for one, n in frequency.items()}
        self._unseen = scale * math.log((len(every) + 1) / 0.5)

    def structure(self, text: str) -> Structure:
        """A text taken apart, names masked."""
        return structure(text, self._names)

    def of(self, feature: object) -> float:
        """The weight of a feature."""
        return self._weights.get(feature, self._unseen)

    def template(self, one: Structure, other: Structure) -> float:
        """The share of the frame with less weight that stands in the other, less where formulas differ.

        Formulas count by their part of the text: the same instruction over another formula is no copy.
        """
        least = min(self._sum(one.frame), self._sum(other.frame))
        shared = self._sum(one.frame & other.frame)
        if not shared:
            return 0.0
        part = max(len(each.formulas) / len(each.tokens) for each in (one, other))
        alike = SequenceMatcher(None, one.formulas, other.formulas, autojunk=False).ratio()
        return shared / least * min(1.0, shared / _ENOUGH_FRAME) * (1 - part * (1 - alike**2))

    def paraphrase(self, one: Structure, other: Structure) -> float:
        """The geometric mean of the cosine of the words and the share of the numbers.

        Numbers weigh less where they are few or common, and nothing where there are none.
        """
        cosine = self._cosine(one, other)
        every = self._numbers(one.numbers | other.numbers)
        if not every:
            return cosine
        agree = self._numbers(one.numbers & other.numbers) / every
        weight = _BY_NUMBERS * min(1.0, every / _ENOUGH_NUMBERS)
        return float((cosine * agree**weight) ** (1 / (1 + weight)))

    def _cosine(self, one: Structure, other: Structure) -> float:
        """Of the words, with the names in common: another name says nothing."""
        names = {("name", name) for name in one.names & other.names}
        shared: set[object] = {*(one.words & other.words), *names}
        both = math.sqrt(self._squares({*one.words, *names}) * self._squares({*other.words, *names}))
        return self._squares(shared) / both * min(1.0, self._sum(shared) / _ENOUGH_WORDS) if both else 0.0

    def translation(self, one: Structure, other: Structure) -> float:
        """The share of the numbers in digits that come in the same order, where they are distinctive.

        Names count where the other script, or the translator, left them.
        """
        matcher = SequenceMatcher(None, one.digits, other.digits, autojunk=False)
        shared = [
            one.digits[block.a + i] for block in matcher.get_matching_blocks() for i in range(block.size)
        ]
        most = max(self._numbers(Counter(one.digits)), self._numbers(Counter(other.digits)))
        found = self._numbers(Counter(shared))
        if not found:
            return 0.0
        names = sum(self.of(("name", name)) for name in one.names & other.names)
        return found / most * min(1.0, (found + names) / _ENOUGH_DIGITS)

    def _sum(self, features: Iterable[object]) -> float:
        return sum(self.of(feature) for feature in features)

    def _squares(self, features: Iterable[object]) -> float:
        return sum(self.of(feature) ** 2 for feature in features)

    def _numbers(self, numbers: Counter[str]) -> float:
        return sum(self.of(("number", number)) * count for number, count in numbers.items())


def _features(one: Structure) -> set[object]:
    """What finds candidates, and what is weighed."""
    numbers = (("number", number) for number in one.numbers)
    return {*one.frame, *one.words, *numbers, *(("name", name) for name in one.names)}
