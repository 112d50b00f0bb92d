"""Announced answers, in every language known: "the answer is 5", "Answer: 5", a heading "Final Answer"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from dartmath.base.regex import regex
from dartmath.verify.extract.conclusions import announced_value, conclusion, emphasised
from dartmath.verify.extract.found import Statement
from dartmath.verify.extract.numbers import bare_value
from dartmath.verify.extract.polarity import asserted, of_other, would_be
from dartmath.verify.extract.values import COMMENTARY, value_at
from dartmath.verify.language.lexicon import LEXICONS
from dartmath.verify.language.names import listed
from dartmath.verify.language.search import Literals, holds, small_letters
from dartmath.verify.language.vocabulary import OPTION_NAMES

_MOST = 24
"""Only the last so many announcements are tried."""

_BEFORE, _AFTER, _BEHIND = 60, 160, 20
"""Characters that an announcement may begin before its stem and go on behind it, and that may follow the
stem of one that stands behind its value, as in "5 is the correct answer"."""

_MARKS = r"[ \t]*[*_`\"'”>]{0,3}[ \t]*"
_LINE = r"^[ \t]*"
_SIGN = r"(?:】[ \t]*[:：]?|[:：=ঃ]|-+>|→|=>|⇒|\|| [-–—]+ |[-–—] (?=\S)|\.(?=[ \t]+[-$\\\d(]))"
_TAIL = 300
_LABEL_SIGNS = 70
_LABEL_WORDS = 8
"""An answer in words behind a label, `Answer: the red one`, is at most this long."""

_REVERSED = regex(
    r"(?:\b(?:option|choice|answer|letter|statement)s?\s+)?"
    r"(?P<value>\$[^$\n]{1,100}\$|\\\([^\n]{1,100}?\\\)|\*\*[^*\n]{1,60}\*\*"
    r"|(?<![\w.,/^-])-?\d[\d,./]*(?: \d+/\d+)?(?: [a-z]{1,10}){0,2}?"
    r"|(?<![\w(\[])[(\[]?[A-J][)\]]?(?![\w(\]]))"
    r"\s+(?:is|are|was|would be|must be)\s+(?:thus |therefore |indeed |clearly )?(?:the|our|my)?\s*"
    r"(?:final |correct |right |only |best |true )*(?P<noun>answers?|correct|right|choice"
    r"|option)\b(?!\s+(?:to|for)\s+(?:part|the first))(?<!would be correct(?= (?:for|in|at|only"
    r"|when)))(?<!would be right(?= (?:for|in|at|only|when)))"
    r"(?!\s*\?)"
)
_IS_REVERSED = regex(
    r"\s(?:is|are|was|were|be)\s+(?:thus |therefore |indeed |clearly )?(?:the|our|my)?\s*"
    r"(?:final |correct |right |only |best |true )*(?:answer|correct|right|choice|option)"
)
"""The end of `_REVERSED`, which begins with a blank: where it is not found, the whole is not looked for."""

_BE = frozenset(["is", "are", "was", "were", "be"])
_FILLING = frozenset(listed("thus therefore indeed clearly the our my final correct right only best true"))
"""What `_IS_REVERSED` begins with, and what may stand between that and its last word."""

_LONGEST = 12
"""More characters than any of these words has."""

_FILLED = 6
"""Words in front of that which are looked at; few people say more of them."""

_OPTION_NAME = regex(r"\A(?:option|choice|answer) ", re.IGNORECASE)

_NOUNS_OF_OPTIONS = ("statement", "option", "choice", "principle", "explanation", "description", "conclusion")
"""What a last sentence names by the letter of an option and its text: "The true statement is D. ..."."""

_CHOICE_VERBS = (
    *_NOUNS_OF_OPTIONS,
    "choose",
    "select",
    "pick",
    "settle",
    "rather",
    "but (",
    "went with",
    "go with",
    "going with",
    "t's ",
    "t is ",
    "t be",
    "d be",
    "answer with",
    "correspond",
    "match",
    "leav",
    "left with",
    "show",
    "indicat",
    "points to",
    "so ",
    "so, ",
    "is (",
    "is **(",
    "therefore",
    "thus",
    "hence",
    "conclude",
)
_OF_CHOICE = regex(r"(?:correct|right)[ \t]+(?:option|choice|letter|value|result|solution)", re.IGNORECASE)
"""The only noun of an English announcement without "answer" or "ans" in it."""

_LETTERS_OF_OPTIONS = "ABCDEFGHIJ"
_OPTION = regex(r"[A-J](?=[\s.,;)*!]|\Z)")
_NAMED = regex(r"(?!(?:so|thus|that|therefore|hence|then|and)\s)\b[A-Za-z]{2,}\s+\Z")
"""A word right before a number, which is its name then: "type 2"."""

_CHOSEN = regex(
    r"\b(?:choose|select|pick|go(?:ing)? with|settled? on|went with|[Ii]t's|[Ii]t is|must be|should be"
    r"|answer with"
    r"|corresponds to|matches|leav(?:es|ing)|left with"
    r"|shows?|indicates?|points to)\s+(?:(?:us|me) with |only )?"
    r"(?:the\s+)?(?:[Oo]ption|[Cc]hoice|answer|letter)?\s*(?P<value>\(?[A-J]\)?)"
    r"(?: (?:here|instead|then))?(?=[\s.!]*(?:\n|\Z)|[.,;]\s| [—–-]{1,2} |\*\*| (?:because|since)\b)"
    r"|\b(?:(?:but )?rather|but)\s+(?P<rather>\([A-J]\))(?=[\s.]*\Z)"
    r"|\b(?i:so|therefore|thus|hence|conclude(?: that)?)[,:]?\s+(?:it is |it's |option "
    r"|choice )?(?P<last>\(?[A-J]\)?)(?=[\s.!*]*\Z)"
    r"|\bis (?:therefore |thus |then |clearly )?\**(?P<said>\([A-J]\))(?=[\s.*]*\Z)"
    rf"|\b(?:{'|'.join(_NOUNS_OF_OPTIONS)})s?\b[^.\n]{{0,120}}"
    r"\b(?:is|are|be):?\s+[\"“*]*(?P<text>[A-J])[.)]\s+\S[^\n]{2,300}\Z"
)


_NAMED_OPTION = regex(
    r"(?:(?<!not the )(?<!nor the )(?<!neither the )(?<!is the )"
    r"\b(?:(?:final|best|right|correct|only|most \w+) (?:choice|option|letter|selection|pick|answer)"
    r"|(?:my|our) (?:choice|selection|pick))(?:\s*[:–-]|\s+(?:is|would be|must be))?"
    r"(?:\s+(?:option|choice|answer|letter)\b)?"
    r"|(?:\A|\n)\W*(?:choice|option|selection|pick)\s*[:=–-]"
    r"|(?:\A|\n)\W*(?:definitely|certainly|clearly|surely),?\s(?:option\s)?"
    r"|(?<!không )(?<!đừng )\b(?:lựa )?chọn(?: đáp án| phương án| câu)?(?: đúng)?(?: là)?:?\s)"
    r"\s*\**(?P<value>(?-i:[(\[]?[A-J][)\]]?))(?=[\s.*!]*\Z)",
    re.IGNORECASE,
)
"""An option that a response ends with: "the final choice is C", "Definitely C.", `Tôi chọn B`."""

_DECIDED = regex(
    r"(?:\A|\n|[.!,;:] |\b(?:so|therefore|thus|hence) )(?:i|we)(?: will| would|'ll|'d)? "
    r"(?:choose|chose|select(?:ed)?|pick(?:ed)?|opt for|go with|settle on)(?: option| answer)?\s*:?\s+"
    r"(?P<value>[\"“'][^\"“”'\n]{1,60}[\"”']|(?:yes|no|true|false)\b|(?<=option )\d{1,2}\b)[\s.!*]*\Z",
    re.IGNORECASE,
)
"""What a response decides for in its last sentence: `I select "north"`, "I choose: No!"."""

_DECIDING = ("choose", "chose", "select", "pick", "opt for", "go with", "settle on")

_CORRECTS = (
    "actually",
    "make that",
    "i mean",
    "scratch that",
    "wait",
    "correct",
    "changed to",
    "revised to",
    "sorry",
    "misread",
    "should",
)
_CORRECTED = regex(
    r"(?:\A|(?<=[\s(]))(?:(?:it|that|this|the (?:answer|result|total|count|sum|value"
    r"|number)) should(?: actually| really"
    r"| therefore)? be|actually|make that|i meant?|scratch that|(?:no[,.]? )?wait(?:[,.]? no)?|correction"
    r"|(?:corrected|changed|revised|updated) to|(?:no|sorry|oops|misread)\b[^.!?\n]{0,80}[;:])[,:.]?\s+"
    r"(?:(?:it(?:'s| is| should be| must be)|that(?:'s| is)"
    r"|the (?:answer|result|value) (?:is|should be))\s+)?"
    r"(?P<value>(?:\$[^$\n]{1,60}\$|\\?[$€£]?[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?|\(?[A-J]\)?|yes|no|true|false)(?=[\s.!)]*\Z))",
    re.IGNORECASE,
)
"""What the end of a response puts in the place of what it has said: "But actually 5"."""

_NUMBER_OR_LETTER = (
    r"(?:\$[^$\n]{1,40}\$|\\?[$€£]?[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?|\(?[A-J]\)?(?![A-Za-z]))"
)
_NOT_BUT = regex(
    rf"\b(?:answer|result|value|total|count|number|solution)(?: is not|(?: is|')n't"
    rf"|isn't) {_NUMBER_OR_LETTER},? but (?:rather |actually |instead )?"
    rf"(?P<value>{_NUMBER_OR_LETTER})(?=[\s.!*]*(?:\n|\Z)|[.,;] )"
    rf"|\b(?:it|this|that|the (?:result|value|number|total))(?: is not|'s not|(?: is|')n't"
    rf"|isn't) {_NUMBER_OR_LETTER}[,;.]"
    rf" (?:but |rather,? )?(?:it|this|that)(?: is"
    rf"|'s) (?:actually )?(?P<it>{_NUMBER_OR_LETTER})(?=[\s.!*]*(?:\n|\Z))"
    rf"|答案(?:不是|并非)\s*{_NUMBER_OR_LETTER}\s*[，,]?\s*(?:而)?是\s*(?P<zh>{_NUMBER_OR_LETTER})"
    r"(?=[\s.。!*]*(?:\n|\Z))",
    re.IGNORECASE,
)
"""An answer behind one that it is not: "the answer isn't 8 but 9"."""

_NAMES = tuple(name for name in OPTION_NAMES if not name.isascii())
_CALLED_RIGHT = regex(
    rf"(?:{'|'.join(_NAMES)})\s*(?P<value>[(\[]?[A-J][)\]]?)(?![A-Za-z])"
    r"(?:(?!ليس|غير|не |\bno\b|\bnon\b|não|không|不|错|नहीं|안 )[^\n.。।]){0,60}?"
    r"(?:सही|صحيح|正确|正確|正しい|最も適切|最適|最合适|最佳|맞|옳|верн|правильн|correct|corret|đúng)"
    r"(?!\s*(?:नहीं|くない|ではな|でな|지 않))",
    re.IGNORECASE,
)
"""`विकल्प (C) सही है`: an option that a sentence in another language than English calls right."""

_CALLED_BEST = regex(
    r"\b[Oo]ption (?P<right>\([A-J]\)) (?:[a-z]+ ){1,4}is (?:right|correct)\b(?! (?:if|when|unless))"
    r"|\b[Oo]ption (?P<value>\(?[A-J]\)?)(?![A-Za-z])(?:(?!\b(?:not|no|never|option)\b|n't)[^\n.]){0,80}?"
    r" is the (?:best|correct|right|most \w+) (?:answer|choice|option|match|candidate|explanation"
    r"|diagnosis|fit)\b(?! (?:if|when|unless))"
    r"|\b(?:gives?|yields?|is|are|get|obtain|equals?)(?:(?!\b(?:not|either|option)\b|n't)[^\n]){1,80}?"
    r"(?:, |\()(?:or|i\.e\.,?|that is,?|which is|so) (?:option|choice|answer) (?P<last>\(?[A-J]\)?)\)?"
    r"[\s.]*\Z"
    r"|(?:\A|\n|[.;,:] |\b[Ss]o )(?P<fits>\(?[A-J]\)?) is (?:the only (?:option|choice|answer|one)\b"
    r"|(?:an? |the )(?:better|more \w+) (?:choice|answer|option|fit)\b)"
    r"|(?:\A|\n|[.;,:] )(?P<best>\(?[A-J]\)?) is (?:the )?(?:best|(?:most|more) \w+)[\s.!]*\Z"
)
"""An option that a sentence calls best, or that it ends with: "this gives 5, or option (B)."."""


_PLACEHOLDER = regex(r"[<\[{](?:your |the |final )*(?:answer|number|letter|choice|value|result)[>\]}]", re.I)
"""What a prompt has where an answer is to stand, and a response repeats."""

_EMPTY_BOX = regex(r"\$?\\boxed\s*\{\s*\}\$?")

_KEY_END = regex(r"[\"']\s*:\s*\Z")
"""The end of a key of JSON: what it has no value for is not announced."""


def announced(text: str, languages: Sequence[str], after: int = 0) -> Iterator[Statement]:
    """The announced answers of `text` that begin at `after` or later, from the last one to the first."""
    found = {*_phrases(text, tuple(languages), after), *_chosen(text, after)}
    for start, begin, labelled in sorted(found, reverse=True)[:_MOST]:
        statement = _statement(text, start, begin, labelled)
        if statement is not None:
            yield statement


_NO_COMMENTARY = regex(r"The [A-Z]|\([a-j]\) \S")
"""How a name begins that an article is part of, and an option with its text."""

_OUT_OF_TEXT = regex(r"\s*\}\s*(?P<value>[^\n$]{1,200}?)\s*(?:\\[\])]|\$)")
"""The value in a formula whose text announces it: `\\[ \\text{The answer is } 5 \\]`."""


def _statement(text: str, start: int, after: int, labelled: bool) -> Statement | None:
    if behind := _OUT_OF_TEXT.match(text, after):
        return Statement(behind["value"], "announced", behind.start("value"), behind.end("value"))
    found = value_at(text, after)
    if found is None:
        return None
    answer, end, firm = found
    if (
        text[start:after].isspace()
        or _PLACEHOLDER.fullmatch(answer)
        or _EMPTY_BOX.fullmatch(answer)
        or (answer in ("null", "None") and _KEY_END.search(text, start, after))
        or would_be(text, start, end)
        or of_other(text, start)
        or not asserted(text, start, end)
        or answer.lower().startswith(("not ", "n't ", "nicht "))
    ):
        return None
    if firm and labelled and _begins_solution(text, after, end, answer):
        return None
    if not firm:
        if text[after:end].rstrip(" *_").endswith((":", "：")):
            return None  # it announces what follows
        if labelled and (said := _said_in_sentence(text, after)) is not None:
            return said
        labelled = labelled or text[start:after].rstrip(" \t*_").endswith((":", "："))
        about = COMMENTARY.match(answer) is not None and not _NO_COMMENTARY.match(answer)
        long = len(answer.split()) > _LABEL_WORDS or len(answer) > _LABEL_SIGNS
        prose = about or (long and not answer.startswith(("['", '["')))
        if prose and (not labelled or _solves_behind(text[end:])):
            return None
        firm = labelled and not prose
    return Statement(answer, "announced", _place(text, answer, after, end), end, firm)


_MORE_WORDS = 2
"""Words of a sentence beside its value."""


def _begins_solution(text: str, after: int, end: int, answer: str) -> bool:
    """Whether a label stands before a whole solution: "A: Ann has 5 apples. She eats 2, so 3 are left."."""
    rest = text[end:]
    in_sentence = len(text[after:end].split()) >= len(answer.split()) + _MORE_WORDS
    if not in_sentence or not any(map(str.isdigit, rest)):
        return False
    found = conclusion(rest)
    return found is not None and bare_value(found.answer) != bare_value(answer)


def _solves_behind(rest: str) -> bool:
    """Whether what stands behind a label and its sentence goes on to a conclusion of its own."""
    found = conclusion(rest, final_line=False) if any(map(str.isdigit, rest)) else None
    return found is not None and bare_value(found.answer) != ""


_SENTENCE = regex(r"[\s*_]{0,9}(?P<sentence>[^\n]{1,400}?)(?:[.!?](?=\s|\*|\Z)|(?=\n|\Z))")
"""The first sentence of a line."""

_FEWEST_WORDS = 3
"""Words of a sentence behind a label, which a name or a noun with its adjective has not."""


def _said_in_sentence(text: str, after: int) -> Statement | None:
    """What a sentence behind a label says: "Answer: The width is $2x$ when it is closed."."""
    line = _SENTENCE.match(text, after)
    if line is None or any(map(str.isalnum, text[line.end() :])):
        return None  # more follows: the label is that of a solution, whose first sentence this is
    sentence = line["sentence"].replace("**", "  ")
    if len(sentence.split()) < _FEWEST_WORDS or not any(sign.isdigit() or sign in "$\\" for sign in sentence):
        return None
    found = emphasised(line["sentence"]) if "**" in line["sentence"] else None
    found = found or announced_value(sentence)
    if found is None:
        return None
    answer, first, last = found
    begin = line.start("sentence")
    return Statement(answer, "announced", begin + first, begin + last)


def _place(text: str, answer: str, after: int, end: int) -> int:
    """Where the answer begins behind its announcement, with the delimiter of a formula."""
    place = text.find(answer, after, end)
    if place < 0:
        return after
    while place > after and text[place - 1] in "$*([\\":
        place -= 1
    return place


def _phrases(text: str, languages: tuple[str, ...], after: int) -> Iterator[tuple[int, int, bool]]:
    """(start, where the value begins, whether it is a label) of every announcement."""
    tail = text[after:]
    folded = small_letters(tail)
    literals, groups = _stems(languages, folded.isascii())
    for common in literals.found(folded):
        for language, stem in groups[common]:
            for place in _places(folded, stem, whole=language == "en"):
                if language != "en" or _may_announce(folded, place):
                    yield from _around(text, language, place + after, after)
    if ":" in tail and _MAY_HAVE_LABELS.all_in(tail):
        yield from _a_labels(text, after)


_MAY_HAVE_LABELS = Literals("A:", "A**:")


def _a_labels(text: str, after: int) -> Iterator[tuple[int, int, bool]]:
    """The labels `A:` that begin lines, the last ones first, searched from their colons."""
    place, found = text.rfind(":", after), 0
    while place > after and found < _MOST:
        if text[place - 1] in "A*_":
            line = max(text.rfind("\n", 0, place) + 1, after)
            if (label := _A_LABEL.match(text, line)) and not _B_LABEL.match(text, text.find("\n", place)):
                found += 1
                yield label.start(), label.end(), True
            place = line  # a line has one label, and is looked at once
        place = text.rfind(":", after, place)


_Stem = tuple[str, str]
"""A language, and a stem of its announcements."""


@lru_cache(maxsize=32)
def _stems(languages: tuple[str, ...], in_ascii: bool) -> tuple[Literals, dict[str, list[_Stem]]]:
    """Texts to look for, and the stems that contain each; where `in_ascii`, those a text in ASCII can have.

    Several languages say `resposta` and `risposta`, and most responses neither.
    """
    groups: dict[str, list[_Stem]] = {}
    for language in languages:
        for stem in LEXICONS[language].stems:
            if in_ascii and not stem.isascii():
                continue
            parts = ((common, _shared(common, stem)) for common in groups)
            found = next(((common, part) for common, part in parts if len(part) >= _ALIKE), None)
            old, new = found or (stem, stem)
            groups[new] = [*groups.pop(old, []), (language, stem)]
    # An s in front of them could be the end of "ans", of which most responses have one; "variable" is more
    # frequent than that.
    groups = {common if common == "svar" else common.lstrip("s"): group for common, group in groups.items()}
    return Literals(*groups), groups


_ALIKE = 5
"""Letters that two stems must have in common to be looked for together: a shorter part is in other words."""


def _shared(one: str, two: str) -> str:
    """The longest part that two texts have in common."""
    parts = (one[start:end] for start in range(len(one)) for end in range(start + 1, len(one) + 1))
    return max((part for part in parts if part in two), key=len, default="")


def _may_announce(folded: str, place: int) -> bool:
    """Whether an English stem, in a text in small letters, can be in an announcement.

    Most say that something is correct, or stands on the right: before the word there is none with which
    "12 is correct" could go on, and no answer or option is near. Other such words answer for themselves.
    """
    first = max(0, place - _AFTER)
    last = folded[max(0, place - _LONGEST) : place].split()
    if last and (last[-1] in _BE or last[-1] in _FILLING):  # before most stands another word
        for word in reversed(folded[first:place].rsplit(None, _FILLED)):
            if word in _BE:
                return True
            if word not in _FILLING:
                break
    near = folded[first : place + _AFTER]
    return bool(_NEAR.all_in(near)) or _OF_CHOICE.match(near, place - first) is not None


_NEAR = Literals("ans", "choice", "option")


def _around(text: str, language: str, place: int, after: int) -> Iterator[tuple[int, int, bool]]:
    """The announcements that contain `place`, where a stem stands."""
    phrase = _phrase(text, language, place, after)
    if phrase is not None:
        labelled = any(phrase[name] is not None for name in ("label", "heading", "bold"))
        yield phrase.start(), phrase.end(), labelled
        return
    first, last = max(after, place - _AFTER), min(len(text), place + _BEHIND)
    if language == "en" and _IS_REVERSED.search(text, first, last):
        for found in _REVERSED.finditer(text, first, last):
            named = found["value"][0].isdigit() and _NAMED.search(
                text, max(0, found.start() - 30), found.start()
            )
            letter = _OPTION_NAME.sub("", found["value"].strip("*")).strip("()[]")
            if not named and ("answer" in found["noun"] or letter in _LETTERS_OF_OPTIONS):
                yield found.start(), found.start("value"), False


def _phrase(text: str, language: str, place: int, after: int) -> re.Match[str] | None:
    """The announcement that contains `place`, which begins at `after` or later."""
    first, last = max(after, place - _BEFORE), min(len(text), place + _AFTER)
    if language == "en" and "ans" not in text[first:last].lower() and not _OF_CHOICE.match(text, place):
        return None  # most say that something is correct, or stands on the right
    if not LEXICONS[language].bare and not (
        _LEADING.search(text, place, last) or _leads_on(language).search(text, place, last)
    ):
        return None
    search = _pattern(language).search
    while (phrase := search(text, first, last)) is not None and phrase.start() <= place:
        if place < phrase.end():
            return phrase
        first = phrase.end()
    return None


_LEADING = regex(r"[-–—:：=→⇒|$\\\d\n]|\*\*[ \t]")
"""Signs and line breaks that lead on from a noun to its value: a set is found faster than words are."""


@lru_cache(maxsize=32)
def _leads_on(language: str) -> re.Pattern[str]:
    """What else follows the noun of an announcement whose value may not be bare: a copula, a full stop.

    Looked for behind a stem, it saves trying the whole pattern at every place before it: most stems have a
    full stop behind them, as in "I hope it is correct."
    """
    return re.compile(rf"\.[ \t]+\(|{LEXICONS[language].copula}", re.IGNORECASE)


_B_LABEL = regex(r"\n\s{0,9}[*_]{0,3}B[*_]{0,3}:")
"""A next line that shows that `A:` names an option, and is no label of an answer."""

_A_LABEL = regex(rf"{_LINE}[*_]{{0,3}}A[*_]{{0,3}}:[*_]{{0,3}}(?=[ \t]*\S)", re.MULTILINE)


def _places(folded: str, stem: str, *, whole: bool) -> Iterator[int]:
    """Where a stem stands, the last place first; where `whole`, only as the beginning of a word."""
    found, place = 0, folded.rfind(stem)
    while place >= 0 and found < _MOST:
        before = folded[place - 1] if place else " "
        if not whole or not (before.isalpha() or before == "\\"):
            found += 1
            yield place
        place = folded.rfind(stem, 0, place)


@lru_cache(maxsize=32)
def _pattern(language: str) -> re.Pattern[str]:
    lexicon = LEXICONS[language]
    value = r"(?=[ \t]*[*_]{0,3}[ \t]*(?:\$|\\[(\[]|[-−]?\d|\(?[A-J]\)?(?![A-Za-z])))"
    bare = rf"|[ \t]*{value}" if lexicon.bare else r"|[ \t]+(?=\$|\\[(\[]|-?\d)"
    return re.compile(
        rf"(?:(?P<heading>{_LINE}[#*_>|\d.]{{0,8}}[ \t]*{lexicon.noun}[ \t]*[:：.]?[*_]{{0,3}}[:：]?[ \t]*\n)"
        r"\s{0,4}"
        rf"|{_LINE}\*\*(?P<bold>{lexicon.noun})\*\*[ \t]+(?=[^\s:：=])"
        rf"|{lexicon.noun}(?:(?P<label>{_MARKS}{_SIGN}{_MARKS})"
        rf"|{_MARKS}{lexicon.copula}{_MARKS}[:：]?{bare})[ \t]*\n{{0,3}}[ \t]*)",
        re.IGNORECASE | re.MULTILINE,
    )


def _may_correct(ending: str) -> bool:
    """Whether an end may be one that `_CORRECTED` finds: its last sign is one of a value, led in by words."""
    last = ending.rstrip(_CLOSING)[-1:]
    if last.isascii() and not (last.isdigit() or last in "$%" or last.lower() in _LAST_OF_VALUES):
        return False
    return holds(ending.lower(), *_CORRECTS)


_CLOSING = "".join(filter(str.isspace, map(chr, range(0x3001)))) + ".!)"
_LAST_OF_VALUES = frozenset("abcdefghij" + "so" + "e")
"""The last letters of options, and of yes, no, true and false."""


def _chosen(text: str, after: int) -> Iterator[tuple[int, int, bool]]:
    """Options that the end of a response decides for: "so we choose D"."""
    last = len(text.rstrip())
    first = max(after, last - _TAIL)
    ending = text[first:last]
    if _may_correct(ending) and (corrected := _CORRECTED.search(text, first, last)):
        yield corrected.start(), corrected.start("value"), False
    if " not " in ending or "n't" in ending or "答案" in ending:
        for found in _NOT_BUT.finditer(text, first, last):
            start = found.start(found.lastgroup or "value")
            yield start, start, False
    if not ending.isascii() and any(map(ending.lower().__contains__, _NAMES)):
        for found in _CALLED_RIGHT.finditer(text, first, last):
            yield found.start(), found.start("value"), False
    if holds(ending, "ption", "choice", " is best", "is the only", " is a better", " is a more"):
        for found in _CALLED_BEST.finditer(text, first, last):
            yield found.start(), found.start(found.lastgroup or "value"), False
    if ending.rstrip(" .*!)]")[-1:] in _LETTERS_OF_OPTIONS and (
        named := _NAMED_OPTION.search(text, first, last)
    ):
        yield named.start(), named.start("value"), False
    if holds(ending.lower(), *_DECIDING) and (decided := _DECIDED.search(text, first, last)):
        yield decided.start(), decided.start("value"), False
    if not _OPTION.search(text, first, last) or not any(map(ending.lower().__contains__, _CHOICE_VERBS)):
        return
    for found in _CHOSEN.finditer(text, first, last):
        yield found.start(), found.start(found.lastgroup or "last"), False
