"""Whether a sentence asserts the value in it, or denies it, supposes it, or only asks for its form."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import by_initials, regex
from dartmath.verify.language.search import Literals

_REACH = 160
"""Characters of a sentence that are looked at on either side of a value."""

_BEHIND_STOP = " \t\n$*\"')]"

_DENYING_WORDS = (
    "not", "never", "rather than", "instead of", "as opposed to", "other than", "isn't", "aren't",
    "cannot be", "can't be", "reject", "discard", "exclude", "rule out",
)  # fmt: skip
_DENYING_SIGNS = ("\\ne", "\\neq", "≠", "不是", "并非")
_SOFTENING = ("be", "equal to", "simply", "just", "actually")
"""Words between a denial and what it denies."""

_DENIED_BEFORE = regex(
    rf"(?:\b(?:{'|'.join(_DENYING_WORDS)})|{'|'.join(map(re.escape, _DENYING_SIGNS))})"
    rf"(?: (?:{'|'.join(_SOFTENING)}))*[\s$:*]*(?:\\[(\[])?[\s*]*\Z",
    re.IGNORECASE,
)
_DENIALS = (*_DENYING_WORDS, *_DENYING_SIGNS, *(f" {word}" for word in _SOFTENING))
"""With one of these a text ends that `_DENIED_BEFORE` finds: most values stand behind none."""

_SUPPOSED_BEFORE = regex(
    r"(?:\b(?:if|unless|suppose|supposing|assume|assuming|imagine|whether)\b[^,，]*"
    r"|\b(?:maybe|perhaps|possibly|(?:could|might|may)(?: also| well)? (?:be|equal)"
    r"|(?:first|initially|originally),? (?:i |we )?(?:had )?(?:(?:thought|guessed|tried)"
    r"(?!.*(?:;|\b(?:but|yet|however|instead)\b))"
    r"|(?:got|found)(?!.*(?:;|\b(?:but|yet|however|instead|so|hence|thus|therefore)\b)))"
    r"|(?:no|without a) solutions? with"
    r"|how about|what about|let(?:'s| us) (?:try|test|check|suppose|assume|say)"
    r"|(?:is|was|are) (?:it|the (?:final )?answer))\b(?:(?!\bbut\b).)*|\bat first (?:glance"
    r"|sight),?[^,:]*|\bimpossible (?:for|to|that)\b[^,]*"
    r"|\b(?:contradict(?:s|ing|ed)?|(?:our|the|this) (?:assumption|hypothesis|supposition))\b[^,;]*"
    r"|\b(?:cannot|can't|can not|could not|couldn't|do not|don't|does not|doesn't)(?: yet| simply| really)?"
    r" (?:conclude|say|claim|assume|deduce|infer|know|think|believe)\b[^,;]*"
    r"|(?:\A|[.!?] )\W*(?:had|were) (?:we|i|you|he|she|they|it|the|there) [^.]*\bwould\b[^.;]*)\Z",
    re.DOTALL,
)
"""For texts in small letters: a pattern that ignores case takes six times as long, and this one is asked
of every sentence with a supposition in it."""

_VIEWED = (
    r"(?:think|thought|believed?|says?|said|claim(?:s|ed)?|guess(?:ed)?|answer(?:ed)?|argued?|conclude[ds]?)"
)
_PERHAPS = r"(?: \w+ly| often| first| might| may| could| would| be tempted to)*"
_OTHERS = r"(?:(?:some|many|most|other|several) (?:people|students|solvers)|people|students|others)"
_OTHERS_BEFORE = regex(
    rf"(?:\b(?:you|one|we|i) (?:might|may|could|would){_PERHAPS} {_VIEWED}"
    rf"|\b(?:{_OTHERS}|some|many|most|someone|somebody|everybody|everyone){_PERHAPS} {_VIEWED}"
    r"|\b(?:tempting|easy|natural) to (?:think|believe|say|guess|answer|assume|conclude)"
    r"|\b(?:solver|student|classmate|friend|author|teacher|solution|response|assistant)s?(?: \w+ly)? "
    r"(?:claim|say|said|argue|believe|think|thought|assert|state)(?:s|d|ed)?(?: that(?=\s*\Z)"
    r"| (?:that )?(?:the|it|x)\b)"
    r"|\b(?:careless|naive|naively|hasty|hastily|sloppy)\b"
    r"|\b(?:wrong|incorrect|premature|a mistake) to (?:think|conclude|say|assume|claim|believe|answer)"
    r"|\bnot (?:the case|true|clear|certain|obvious) that"
    r"|\b(?:was|were|been|am) told|\b(?:hint|prompt|user) (?:says|said|suggests|claims|states)"
    r"|\b(?:mistake|misconception|fallacy|pitfall|trap|error) (?:\w+ ){0,2}(?:to|that))\b(?:(?!\bbut\b"
    r"|,? (?:so|hence|thus|therefore)\b"
    r"|;).)*\Z"
    rf"|(?:\b{_OTHERS}|\b(?:an? (?:\w+ )?(?:wrong|incorrect|naive|mistaken|tempting|quick|rough)"
    r"|the (?:wrong|incorrect|naive|mistaken|tempting))"
    r"|\A\W*not (?:a|an|the)(?: (?:best|good|right|correct|wise))?)"
    r"(?: (?:answer|choice|option|solution|guess|estimate)(?: (?:is|was|would|might|could|may"
    r"|be))*)?[\s$:*]*\Z",
    re.DOTALL,
)
"""What a sentence tells as the view of others, or as a mistake. For texts in small letters."""

_SUPPOSITIONS = (
    "if", "unless", "suppos", "assum", "imagine", "whether", "may", "perhaps", "possibly", "could", "might",
    "first", "initially", "originally", "solution", " about", "let", "s it", "e it", "s the ", "e the ",
    "careless", "hast", "sloppy", "not true", "not clear", "not certain", "not obvious", "would", "some",
    "solver", "student", "classmate", "friend", "author", "teacher", "response", "assistant",
    "many", "most", "other", "several", "people", "students", "every", "tempting", "easy",
    "natural", "mistake", "wrong", "incorrect", "naive", "quick", "rough", "told", "hint",
    "prompt", "user ", "not a", "not the",
    "impossible", "contradict", "hypothes", "conclude", "deduce", "infer ", "know ", "think", "believe",
    "misconception", "fallacy", "pitfall", "trap", "error ", "premature", "say", "claim",
)  # fmt: skip
"""Texts one of which stands in whatever `_SUPPOSED_BEFORE` or `_OTHERS_BEFORE` finds."""

_SUPPOSES = Literals(*_SUPPOSITIONS)
"""For texts in small letters."""

_FREQUENT = frozenset(
    (
        *("if", "solution", "s the ", "e the ", "rough", "let", "trap", "would"),
        *("people", "many", "most", "some", "other", "several", "every"),
    )
)
"""Those of them that most texts have in another word, or go on otherwise: "different", "is the sum"."""

_IN_EARNEST = regex(
    by_initials(
        *(r"\bif\b", r"\btrap ", r"\brough\b", r"\blet(?:'s| us) "),
        *("e the (?:final )?answer", "s the (?:final )?answer"),
        r"\bsolutions?(?: \w+ly)? (?:with|claim|sa[iy]|argue|believe|think|thought|assert|state)",
        *(rf"\b{one} would" for one in ("you", "one", "we", "i")),
        *(rf"\b{had} (?:we|i|you|he|she|they|it|the|there) " for had in ("had", "were")),
        *(
            rf"\b{view}"
            for view in ("answer", "thought", "said", "guess", "argue", "choice", "option", "estimate")
        ),
        *(rf"\b{all} solution" for all in ("people", "students", "others")),
        *(rf"\b{all}[\s$:*]*(?:\\[\[(])?\s*\Z" for all in ("people", "students", "others")),
    )
)
"""What a text has that one of the patterns finds, where it has none but frequent ones."""

_INTENDED_BEFORE = regex(
    r"\b(?:need|have|has|remains|left|want) to (?:\w+ly )?"
    r"(?:calculate|compute|find|evaluate|solve|simplify|determine)\b[^.]*\Z",
    re.IGNORECASE,
)
"""What a sentence says is still to be done."""

_CONDITION_OF_SUBJECT = regex(
    r"(?:\w+\W+){2}if (?:he|she|they|we|you|i|it|[A-Z][a-z]+) (?!(?:is|are|was|were|be)\b)\w+\b[^,]*"
    r" (?:is|are|was|were|be|equals)(?: equal to)?[\s$:*]*(?:\\[(\[])?[\s*]*\Z",
)
"""A condition inside a sentence that then says what is: "the profit if he sells 20 candles is"."""

_POSSIBLE_OF_SUBJECT = regex(
    r"(?:.*\W)?the (?!(?:answer|result)\b)\w+ [^,]*\b(?:could|might|may)(?: also| well)? be (?!that\b)[^,]*"
    r" (?:is|are|was|were|equals)(?: equal to)?[\s$:*]*(?:\\[(\[])?[\s*]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""What may be, inside the subject of a sentence that says what is: "the number of cards it could be is"."""

_INSTRUCTED = ("in", "within", "inside", "using", "as", "with")
"""The last word of an instruction: "put it in"."""

_ENDINGS = (*_DENIALS, *_INSTRUCTED)
"""With one of these, or with a supposition in it, a line says anything but what stands behind it."""

_INSTRUCTED_BEFORE = regex(
    r"\b(?<!\bthe )(?!(?<!\bbe )[a-z]+ed\b)(?:put|place|write|give|enclose|format|present|provide"
    r"|end(?!s? up|ed up)|wrap|return|output|box)\w*\b[^.]{0,60}"
    rf"\b(?:{'|'.join(_INSTRUCTED)})\b[\s$:*`\"']*(?:\\[(\[])?\Z",
    re.IGNORECASE,
)
BETWEEN = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "$:*`\"'\\(["
"""Blanks and signs that may stand between a word and the value that it is said of."""

_OF_IT = (
    r"(?:right|correct|true|valid|possible|the (?:correct |right |final )?(?:answer|case|solution)"
    r"|an? (?:valid |possible |acceptable )?"
    r"(?:answer|solution)|allowed|acceptable|it|so|in the (?:domain|range|interval))\b"
)
_OVERSEES = (
    r"(?:(?:(?:only|just|still|also|completely) )?(?:forg[eo]ts?|forgotten|ignore[sd]?|overlook(?:s|ed)?"
    r"|neglect(?:s|ed)?|omit(?:s|ted)?"
    r"|miss(?:es|ed)?|mis(?:read|counted|calculated|applied|interpreted|understood)"
    r"|(?:double|over|under)-?\s?counts?(?:ed)?|counts? [^.!?\n]{1,60} twice|fails? to)"
    r"|(?:do(?:es)?|did)(?:n't| not) (?:count|account|consider|satisfy|work|include|subtract|add"
    r"|multiply|divide|use|convert)"
    r"|ha(?:ve|s)(?:n't| not)(?: yet)? (?:used|considered|counted|included|accounted|subtracted|finished))\b"
)
"""What a count or somebody who counts has left out, or has done twice."""

_DENIED_AFTER = regex(
    r"\A[\s$*)\]}\\.,]*(?:\)|\])?[\s,]*(?:"
    r"(?:is|was|are|were|can|could|must|does|do|should|would|will)(?: \w+ly)?(?: be| have to be| to be)?"
    r" ?(?:not\b(?! only)|n't|wrong|incorrect|impossible|(?:an? )?(?:extraneous|spurious)"
    r"|(?:an? |the )?(?:\w+ )?(?:wrong|incorrect|mistaken|naive|tempting) (?:answer|guess|choice|result)"
    r"|invalid|false"
    r"|rejected"
    r"|discarded|excluded|too (?:large|small|big)|a placeholder|a contradiction|ruled out"
    rf"|{_OF_IT} (?:only )?if\b)"
    r"|unless (?!otherwise|stated|noted)|(?:cannot|contradicts|fails|leads to a contradiction"
    r"|gives a contradiction)\b"
    r"|(?:which|but (?:that|this|it)|and (?:that|this|it)|that|this|it)(?: is| was|'s| can| could"
    r"| does)(?: \w+ly)?(?: be)? ?"
    rf"(?:wrong|incorrect|impossible|extraneous|invalid|false|a mistake|(?:not|n't)(?: be)? {_OF_IT})"
    rf"|(?:which|but|however,?)(?: (?:that|this|it|we|i))? {_OVERSEES}"
    r")",
    re.IGNORECASE,
)
_NEXT_DENIES = regex(
    r"\A[\s.!?$*)\]}\\]*(?:(?:but|nope|no|wait|hmm+|actually|oh|sorry|hold on)[\s,.!…-]+){0,3}"
    r"(?:(?:that|this|it)(?: answer| value| result)?(?:'s| is| was| can| could| does)(?: \w+ly)?"
    r"(?: seem| look| be)? ?(?:not|n't)?(?: seem| look| be)? "
    r"(?:right|correct|true|wrong|incorrect|impossible|a mistake|false|an error)\b"
    r"|i (?:made|was making) (?:a|an) (?:mistake|error)|wrong\b)",
    re.IGNORECASE,
)
_OBJECTING = (
    "but|however|unfortunately|wait|hmm+|oops|oh|nope|no|actually|sorry|hold on(?: a (?:second|moment))?"
    "|edit|correction"
)
_SIGNS_BEHIND = r"[\s.!?…,;$*)\]}\\–—-]*"
_STILL = r"(?:still |also |now )*"
_TAKEN_BACK = regex(
    rf"\A(?:[^.!?\n]{{0,60}}[.!](?=\s))?{_SIGNS_BEHIND}"
    rf"(?:(?:{_OBJECTING})\b[\s,.:!…–—-]*){{1,4}}"
    r"(?:[^.!?\n]{0,120}?\b)??"
    rf"(?:(?:i|we|that|this|it)(?:'ve| have| had)?(?: \w+ly)? {_OVERSEES}"
    r"|(?:i|we) made an? (?:\w+ )?(?:mistake|error|slip)\b"
    rf"|(?:i|we) {_STILL}(?:need|have|must|should)(?: to)? {_STILL}"
    r"(?:subtract|add|divide|multiply|halve|exclude|remove|deduct|account|convert)\b"
    r"|(?:i|we) (?:need|want|are looking for|were asked(?: for)?|are asked(?: for)?) (?:the|only|just|how)\b"
    r"|[^.!?\n]{1,100},? so (?:this|that|it) (?:is(?:n't| not) (?:possible|valid|allowed|right|correct)"
    r"|is impossible)\b"
    r"|[^.!?\n]{1,60} (?:is|are|does|do|can|has)(?:n't| not) [^.!?\n]{1,60} as (?:required|needed|given"
    r"|stated)\b"
    r"|maybe (?:they|the (?:question|problem|task)|we|it)\b"
    r"|(?:the|this) (?:question|problem|task) (?:asks|asked|is asking|wants|wanted)\b"
    r"|(?:[a-j]|it|that|this|which|the answer) (?:can(?:'t|not| not) be|is(?:n't| not))"
    r" (?:right|correct|true)\b"
    r"|[^.!?\n]{1,60} (?:is|seems|looks|would be) (?:an? |the )?(?:better|more \w+) (?:choice|answer"
    r"|option|fit)\b"
    r"|[^.!?\n]{1,60} (?:is|was|were|are) (?:counted twice|double[- ]counted|overcounted|miscounted"
    r"|overlooked|left out|forgotten)\b|(?:that|this|it) (?:contradicts|violates|conflicts with)\b"
    r"|(?:that|this|it)(?:'s| is| was) too (?:many|much|few|little|large|small|big|high|low)\b"
    r"|(?:that|this|it) should (?:be|have been) (?:doubled|halved|divided|multiplied|subtracted|added"
    r"|squared)\b)"
    rf"|\A{_SIGNS_BEHIND}(?:(?:wait|hmm+|hold on|actually|but)\b[\s,.!…–—-]*){{1,3}}"
    r"(?:i|we|let me|let's|let us) (?:should |need to |must |have to )?(?:reconsider|rethink|redo|recalculate"
    r"|recompute|recount)\b[^.!?\n]*[.!?:\s]+"
    r"(?!(?:.|\n)*\b(?:correct|right|confirm\w*|checks? out|holds|same|indeed|consistent|yes|still|again)\b)"
    rf"|\A{_SIGNS_BEHIND}(?:oops\b|(?:but )?(?:wait|hmm+|hold on)\b[^.!?\n]{{0,120}}\Z)",
    re.IGNORECASE,
)
"""A next sentence that objects and says what was wrong, or breaks off: "But wait, we forgot a row."."""

_SEEMS = regex(r"\b(?:seems?|appears?|looks? like|looks? to be|obvious|intuitive)\b[^.]*\Z", re.IGNORECASE)
_BUT = regex(r"[\s.$*)\]}\\,;]*(?:but|however|yet)\b", re.IGNORECASE)

_CONFIRMS = regex(
    r"(?:'s| is| was| can| does)(?: \w+ly)?(?: seem| look| be)? (?:right|correct|true)\b", re.IGNORECASE
)
_OPENS_DENIAL = regex(
    r"[\s.,;!…$*()\[\]}\\–—-]*+(?:\?|(?:is|was|are|were|can|could|must|does|do|should"
    r"|would|will|cannot|contradicts|fails|leads|gives|which|unless|but|however|yet|and|that|this|it|nope|no|wait|hm+|oops"
    r"|unfortunately|actually|oh|sorry|hold|edit|correction|i|wrong)(?:\b|n't))",
    re.IGNORECASE,
)
"""What all patterns of what stands behind a value begin with: signs, then a question mark or such a word."""

_FEWEST = 12
"""Characters of the rest of a sentence and an objection behind it."""

_OBJECTS = regex(
    rf"[^.!?\n]{{1,60}}[.!]\s+{_SIGNS_BEHIND}(?:{_OBJECTING}|hold)\b",
    re.IGNORECASE,
)
"""What `_TAKEN_BACK` begins with where the sentence goes on behind the value."""

_QUESTIONED = regex(r"\A[\s$*)\]}\\]*\?")


def sentence_start(text: str, place: int) -> int:
    """Where the sentence begins that `place` is in, at most `_REACH` characters before it."""
    first = max(0, place - _REACH)
    start = max(first, text.rfind("\n", first, place) + 1)
    if not text.isascii():
        start = max(start, *(text.rfind(sign, start, place) + 1 for sign in "。！？"))
    for sign in ".!?":
        stop = text.rfind(sign, start, place - 1)
        while stop >= 0 and text[stop + 1] not in _BEHIND_STOP:
            stop = text.rfind(sign, start, stop)
        if stop >= 0:
            start = stop + 1
    return start


_WOULD_BE = regex(r"\bwould (?:only )?(?:be|have been)\b", re.IGNORECASE)
_CONDITION_BEHIND = regex(r"[^.!?\n]{0,80}\b(?:if|unless|had|without|but for)\b", re.IGNORECASE)


_CONDITION_FIRST = regex(r"\W*(?:(?:so|then|and)\W+)?(?:had|were|without|but for|barring) ", re.IGNORECASE)

_OTHER_ANSWER = regex(
    r"(?:\b(?:previous|earlier|initial|former|old|wrong|incorrect|tentative)"
    r"|\b(?:twice|half|double|triple|times|minus|plus)(?: of)?(?: the| our| my)?"
    r"|\b(?:square|root|cube|reciprocal|inverse|double|third|quarter|digit|digits|half) of(?: the| our"
    r"| my)?)\s+\Z",
    re.IGNORECASE,
)


def of_other(text: str, start: int) -> bool:
    """Whether an announcement speaks of another answer, or of a part of it: "twice the answer is 46".

    >>> of_other("Twice the answer is 46.", 10), of_other("So the answer is 46.", 7)
    (True, False)
    """
    return _OTHER_ANSWER.search(text, max(0, start - 40), start) is not None


def would_be(text: str, start: int, end: int) -> bool:
    """Whether what stands there would only be so under a condition: "the answer would be 8 if it rained".

    >>> would_be("The answer would be 8 if n were even.", 0, 21), would_be("It would be 8.", 0, 13)
    (True, False)
    """
    found = _WOULD_BE.search(text, start, end) if "would" in text[start:end] else None
    if found is None:
        return False
    before = text[sentence_start(text, start) : found.start()]
    return (
        _CONDITION_BEHIND.match(text, found.end()) is not None or _CONDITION_FIRST.match(before) is not None
    )


def _denied_behind(after: str) -> bool:
    """Whether what follows a value questions it, or takes it back."""
    if _QUESTIONED.match(after) or _DENIED_AFTER.match(after) or _TAKEN_BACK.match(after):
        return True
    denial = _NEXT_DENIES.match(after)
    return denial is not None and not _CONFIRMS.search(denial.group())


def asserted(text: str, start: int, end: int) -> bool:
    """Whether what stands at `start` to `end` is asserted by its sentence.

    >>> asserted("So it is 5.", 9, 10)
    True
    >>> asserted("So it is not 5.", 13, 14)
    False
    >>> asserted("If it were 5, then 2 = 3.", 11, 12)
    False
    >>> asserted("So x = 5 is extraneous.", 7, 8)
    False
    """
    if _OPENS_DENIAL.match(text, end) or (len(text) - end > _FEWEST and _OBJECTS.match(text, end)):
        if _denied_behind(text[end : end + _REACH]):
            return False
        if _BUT.match(text, end) and _SEEMS.search(text[sentence_start(text, start) : end]):
            return False
    return asserted_before(text, start)


def asserted_before(text: str, start: int) -> bool:
    """Whether the sentence up to `start` asserts what stands there, whatever it says behind it."""
    line = max(text.rfind("\n", 0, start) + 1, start - _REACH)
    before = text[line:start]
    # All that is looked for in front of a value is words; a formula on a line of its own has none.
    return not before.strip(BETWEEN) or asserts(before)


def _supposes(folded: str) -> bool:
    """Whether a text in small letters may suppose something, or tell the view of others."""
    found = _SUPPOSES.found(folded)
    return bool(found) and (not found <= _FREQUENT or _IN_EARNEST.search(folded) is not None)


@lru_cache(maxsize=2048)
def asserts(line: str) -> bool:
    """Whether the last sentence of a line, which many responses to a query share, asserts what follows it."""
    folded = line.lower()
    if not folded.rstrip(BETWEEN).endswith(_ENDINGS) and not _supposes(folded):
        return True
    before = line[sentence_start(line, len(line)) :]
    folded = before.lower()
    ending = folded.rstrip(BETWEEN)
    if not ending:
        return True
    return not (
        (ending.endswith(_DENIALS) and _DENIED_BEFORE.search(before))
        or (
            _supposes(folded)
            and (
                (
                    _SUPPOSED_BEFORE.search(folded)
                    and not _CONDITION_OF_SUBJECT.search(before)
                    and not _POSSIBLE_OF_SUBJECT.match(before)
                )
                or _OTHERS_BEFORE.search(folded)
            )
        )
        or (ending.endswith(_INSTRUCTED) and _INSTRUCTED_BEFORE.search(before))
    )


def intended(before: str) -> bool:
    """Whether a sentence up to a value says that it is still to be computed.

    >>> intended("So we need to calculate "), intended("So we calculate ")
    (True, False)
    """
    return " to " in before and _INTENDED_BEFORE.search(before) is not None
