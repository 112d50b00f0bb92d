"""survey: what the references of a set of queries look like, before any response is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dartmath.base.text import counted
from dartmath.queries.files import OwnSet, conflicting
from dartmath.queries.kinds import KINDS, UNCHECKABLE, Kind, has_decimal_comma, kind_of, undecided
from dartmath.queries.pictures import lacks_picture
from dartmath.queries.placeholders import placeholder_of
from dartmath.queries.query import Query
from dartmath.queries.traps import gives_away, hides_options, markup_of
from dartmath.verify.custom import is_own

MOST = 20_000
"""Of a larger set, so many queries, evenly spread, are looked at."""

EXAMPLES = 3
_SHOWN = 40
_FEW_ANSWERS = 10
# Queries from which on few different answers say something of the set.
_ENOUGH = 20
# With this share of guesses right by chance, a response says little about its reasoning.
_LUCKY = 0.2
# From so many queries on, equal references are no chance.
_SEVERAL = 5
# So large a share of answers that stand in their problems is no chance.
_GIVEN_AWAY = 0.9
_FORMS = {
    "hash": "the answer is what follows ####",
    "boxed": "the answer is in the last box of a solution",
    "tag": "the answer stands in <answer>",
    "announced": "the answer is what a solution announces",
}


@dataclass(frozen=True, slots=True)
class Survey:
    """What the references of a set look like.

    Attributes:
        looked_at: how many queries were looked at.
        kinds: how many references are of each kind.
        examples: up to three references of each kind.
        forms: how they were read, such as "hash", with counts; of a user's own data set alone.
        decimal_commas: references that are a number with a decimal comma.
        pictures: problems that speak of a picture, or come with one, which is not there.
        placeholders: problems with a name in place of a number, and `placeholder` the first such name.
        unshown: queries whose answer is the letter of an option that the problem does not show.
        given_away: queries whose answer is a number that stands in the problem.
        markup: problems with signs of a chat template, and `sign` the first of them.
        conflicts: queries of which another has the same problem and another answer.
        answers: how many different references there are.
        commonest: the share of the commonest reference.
        left_out: rows that were left out, by reason.
        repeats: rows that repeat a query.
    """

    looked_at: int
    kinds: dict[str, int]
    examples: dict[str, list[str]]
    forms: dict[str, int] = field(default_factory=dict)
    decimal_commas: int = 0
    pictures: int = 0
    placeholders: int = 0
    placeholder: str = ""
    unshown: int = 0
    given_away: int = 0
    markup: int = 0
    sign: str = ""
    conflicts: int = 0
    answers: int = 0
    commonest: float = 0.0
    left_out: dict[str, int] = field(default_factory=dict)
    repeats: int = 0

    def table(self) -> list[tuple[str, int, str]]:
        """(kind, how many, examples) of the kinds that occur."""
        return [
            (kind, self.kinds[kind], "   ".join(self.examples[kind])) for kind in KINDS if kind in self.kinds
        ]

    def notes(self) -> Iterator[str]:
        """What was done of itself: how references were read, what was left out, repeated rows."""
        for form, count in self.forms.items():
            if form in _FORMS:
                yield f"{counted(count, 'reference')}: {_FORMS[form]}"
        for reason, count in self.left_out.items():
            yield f"{counted(count, 'row')} left out ({reason})"
        if self.repeats:
            yield f"{counted(self.repeats, 'row repeats', 'rows repeat')} a query, which counts once"

    def warnings(self) -> Iterator[str]:
        """What a user should know before paying for responses, each with the way out."""
        if count := self.kinds.get("no answer", 0):
            yield (
                f"{counted(count, 'reference says', 'references say')} that there is no answer, such as "
                f"{self.examples['no answer'][0]!r}: no response can be correct, and it is asked "
                "up to the cap; leave them out with --skip no-answer"
            )
        if self.conflicts:
            yield (
                f"{self.conflicts} queries have the same problem and different references, of which one must "
                f"be wrong; leave them out with --skip conflict{self._or_context()}"
            )
        if self.placeholders:
            yield (
                f"{counted(self.placeholders, 'problem holds', 'problems hold')} a name such as "
                f"{self.placeholder!r} in place of a number, and nobody can solve it; fill the numbers in"
            )
        if self.unshown * 2 > self.looked_at:
            yield (
                f"{counted(self.unshown, 'reference is', 'references are')} letters of options that the "
                "problems do not show; name the columns of the options with --choices-column"
            )
        if self.looked_at >= _ENOUGH and self.given_away > _GIVEN_AWAY * self.looked_at:
            yield (
                f"in {self.given_away:,} of {self.looked_at:,} problems the reference stands already, as "
                "where numbers are to be combined to a given one: whoever repeats it is right; such a "
                "task takes a verifier of your own (verifier: file.py:name)"
            )
        if self.markup:
            yield (
                f"{counted(self.markup, 'problem holds', 'problems hold')} signs of a chat template, such as "
                f"{self.sign}, which would be asked inside of a template again; name the column of the plain "
                "problem, or use a template file of your own without any"
            )
        if self.pictures:
            yield (
                f"{counted(self.pictures, 'problem speaks', 'problems speak')} of a picture or "
                f"{'comes' if self.pictures == 1 else 'come'} with one, and it is not there; leave them out "
                "with --skip picture"
            )
        if self.has_decimal_commas:
            yield (
                f"{counted(self.decimal_commas, 'reference looks', 'references look')} like a number with a "
                "decimal comma, such as 18,75; say it with sampling.grading.decimal_comma: true"
            )
        if self.is_guessable:
            yield f"{self._few()}: many correct responses will be lucky guesses"

    def _or_context(self) -> str:
        """Where many problems have one text, what tells them apart stands elsewhere."""
        if self.conflicts * 10 < self.looked_at:
            return ""
        return ", or name the column of what belongs before the problem with --context-column"

    def _few(self) -> str:
        if self.answers == 1:
            return "every reference is the same"
        return (
            f"there are only {self.answers} different references, and the commonest guess is right in "
            f"{self.commonest:.0%} of the queries"
        )

    @property
    def is_guessable(self) -> bool:
        """Whether guesses are often right: few different answers, one of them common."""
        if self.answers == 1 and self.looked_at >= _SEVERAL:
            return True
        return self.looked_at >= _ENOUGH and self.answers <= _FEW_ANSWERS and self.commonest >= _LUCKY

    @property
    def has_decimal_commas(self) -> bool:
        """Whether so many references look like numbers with a decimal comma that they are."""
        return self.decimal_commas * 10 > self.looked_at

    @property
    def unusable(self) -> int:
        """References of which no response can be judged."""
        return sum(self.kinds.get(kind, 0) for kind in UNCHECKABLE)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "notes": list(self.notes()),
            "warnings": list(self.warnings()),
        }


def survey(queries: Sequence[Query], own: OwnSet | None = None) -> Survey:
    """Look at the references of queries that rules judge; those of own verifiers are left alone."""
    judged = [query for query in queries if not is_own(query.verifier)]
    step = max(1, len(judged) // MOST)
    seen = judged[::step]
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    labels = undecided(answer for query in seen for answer in query.references)
    pictured = own.pictured if own else set()
    for query in seen:
        kind = "words" if labels.intersection(query.references) else _kind(query)
        kinds[kind] += 1
        shown = examples.setdefault(kind, [])
        if len(shown) < EXAMPLES and (text := _short(query.references[0])) not in shown:
            shown.append(text)
    found = [placeholder_of(query.text) for query in seen]
    signs = [markup_of(query.text) for query in seen]
    answers = Counter(query.references[0].strip() for query in seen)
    return Survey(
        looked_at=len(seen),
        kinds=dict(kinds),
        examples=examples,
        forms=dict(own.forms) if own else {},
        decimal_commas=sum(has_decimal_comma(query.references[0]) for query in seen),
        pictures=sum(query.id in pictured or lacks_picture(query.text) for query in seen),
        placeholders=sum(map(bool, found)),
        placeholder=next(filter(None, found), ""),
        unshown=sum(map(hides_options, seen)),
        given_away=sum(map(gives_away, seen)),
        markup=sum(map(bool, signs)),
        sign=next(filter(None, signs), ""),
        conflicts=len(conflicting(judged)),
        answers=len(answers),
        commonest=max(answers.values(), default=0) / max(1, len(seen)),
        left_out=dict(own.left_out) if own else {},
        repeats=own.repeats if own else 0,
    )


def _kind(query: Query) -> Kind:
    """The kind of a query's references: of several, the first that can be compared."""
    kinds = [kind_of(answer) for answer in query.references]
    return next((kind for kind in kinds if kind not in UNCHECKABLE), kinds[0])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
