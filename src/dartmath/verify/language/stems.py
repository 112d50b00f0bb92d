"""Words as sentences share them: without capitals and endings, and those that say nothing by themselves."""

from __future__ import annotations

from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.language.names import listed

WORD = regex(r"[^\W_]+(?:['’.&-][^\W_]+)*")
"""A word or a number: `don't`, `J.M.W`, `runner-up`."""

COPULAS = frozenset(listed("is are was were be been being am isn't aren't wasn't weren't"))
AUXILIARIES = COPULAS | frozenset(
    listed(
        "do does did has have had can could will would shall should may might must "
        "don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't cannot"
    )
)
"""Verbs that begin a question for a yes or no, without which its other verb stands in an answer."""

PREPOSITIONS = frozenset(
    listed(
        "in on at from to by with for of into onto near off under over during after before about against "
        "within between among around through since until as towards toward across behind above below"
    )
)
IDLE = (
    AUXILIARIES
    | PREPOSITIONS
    | frozenset(
        listed(
            "a an the and or but nor so thus therefore hence then also both each this that these those "
            "there here it its he him his she her they them their we us our you your i my me who whom "
            "whose which what when where why how if than not no yes s t one some any such very just only "
            "still now currently following given called known please according"
        )
    )
)
"""Words that a question and its answer may share, or not, whatever they are about."""

_FORMS = listed(
    "write wrote written,sing sang sung,win won,go goes went gone,get got gotten,take took taken,make "
    "made,give gave given,come came,become became,begin began begun,run ran,see saw seen,say said,hold "
    "held,tell told,find found,lead led,lose lost,buy bought,sell sold,eat ate eaten,drive drove "
    "driven,swim swam swum,fly flew flown,draw drew drawn,break broke broken,speak spoke spoken,meet "
    "met,keep kept,leave left,feel felt,build built,send sent,spend spent,pay paid,teach taught,catch "
    "caught,think thought,bring brought,fight fought,grow grew grown,know knew,throw threw thrown,ride "
    "rode ridden,sit sat,stand stood,sleep slept,shoot shot,rise rose risen,fall fell fallen,wear wore "
    "worn,choose chose chosen,bear born bore,die died dying,child children,person people,man men,woman "
    "women,foot feet,wife wives,leaf leaves,mouse mice,tooth teeth",
    ",",
)
_IRREGULAR = {form: forms.split()[0] for forms in _FORMS for form in forms.split()}
_ENDINGS = ("ing", "ed", "es", "s")
_SHORTEST = 3
"""Letters that an ending leaves of a word."""


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word without its ending, in small letters.

    >>> [stem(word) for word in ("Wrote", "written", "flies", "stopped", "prices", "Ann's", "glass")]
    ['writ', 'writ', 'fly', 'stop', 'pric', 'ann', 'glass']
    """
    low = word.lower().replace("’", "'").removesuffix("'s").rstrip("'")
    low = _IRREGULAR.get(low, low)
    if low.endswith(("ies", "ied")) and len(low) > _SHORTEST + 1:
        return f"{low[:-3]}y"
    ending = next((one for one in _ENDINGS if low.endswith(one)), "")
    if ending and len(low) - len(ending) >= _SHORTEST and not low.endswith(("ss", "us", "is")):
        low = low[: -len(ending)]
        low = low[:-1] if ending in ("ing", "ed") and low[-1] == low[-2] and low[-1] not in "lsz" else low
    return low.rstrip("e") if len(low) > _SHORTEST else low


IDLE_STEMS = frozenset(map(stem, IDLE))
