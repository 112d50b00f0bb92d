"""A row of the lexicons: the words of one language in which an answer is announced or concluded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language. Every entry is a piece of a regular expression in lower case.

    Attributes:
        stems: texts, one of which every announcement contains; they are what is searched for.
        noun: "the final answer", with its article and adjectives.
        copula: "is"; where `bare`, a value may also follow the noun directly.
        concluding: what begins a concluding sentence.
        negating: what makes a sentence say that something is not so, as alternatives without groups. They are
            looked for in sentences of every language, so that none is a word of another one.
        bare: see `copula`.
        closing: what may stand behind a value, such as a verb at the end of a sentence.
        tells: whether the copula, before the only value behind one, says it in a sentence of any kind. A
            short word that means something else in another language does not.
    """

    stems: tuple[str, ...]
    noun: str
    copula: str
    concluding: str
    negating: str
    bare: bool = False
    closing: str = ""
    tells: bool = True

    def openings(self) -> list[str]:
        """The alternatives of `concluding`, each a pattern of its own.

        >>> Lexicon((), "", "", r"(?:so|in (?:all|sum))\\b", "").openings()
        ['so\\\\b', 'in (?:all|sum)\\\\b']
        """
        inner, end = self.concluding.removeprefix("(?:"), ""
        found, depth = [""], 0
        for place, sign in enumerate(inner):
            if sign == ")" and depth == 0:
                end = inner[place + 1 :]
                break
            depth += (sign in "([") - (sign in ")]")
            if sign == "|" and depth == 0:
                found.append("")
            else:
                found[-1] += sign
        return [f"{one}{end}" for one in found]
