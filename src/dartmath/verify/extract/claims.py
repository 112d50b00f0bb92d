"""The value that a sentence claims in words: "So Ann has 2 * 7 = 14 apples left.", "因此一共有99颗"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.numbers import bare_value
from dartmath.verify.language.lexicon import LANGUAGES, LEXICONS
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.names import listed
from dartmath.verify.language.search import small_letters
from dartmath.verify.language.sentences import MAX_SENTENCE, QUALIFIED
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.vocabulary import APPROXIMATIONS, CONCLUDING, COUNT_WORDS

VALUE = (
    r"(?<![A-Za-z0-9.,:/^*+\-−])(?<!\\\{)(?<![-–−] )(?<![A-Za-z0-9)] [-−])"
    rf"(?<![-–−]\\)(?<![-–−][{SIGN_CLASS}])(?<![-–−]\\[{SIGN_CLASS}])(?<![-–−][{SIGN_CLASS}] )"
    rf"(?P<value>[-−]?(?:\\?[{SIGN_CLASS}] ?)?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?"
    rf"(?: ?\\?%| ?(?!\$)[{SIGN_CLASS}]| ?\$(?=[\s.,]"
    r"|$)|°)?)"
    r"(?![A-Za-z0-9/:^*+(=-]|[.,]\d|[√∛²³⁰-₉∞Α-ω])"
)
"""An amount that stands by itself."""

_WORDS = r"(?P<words>[^\d=.!?。()\\$*/^+<>]{0,100})[.!。।]?"
_COMPUTED = regex(rf"[^=]*(?:=[^=]*)*= ?{VALUE}{_WORDS}")
_ALGEBRA = regex(r"\d[a-zA-Z]\b|\b[a-wyzA-Z] ?[-+*/^]|[-+*/^] ?[a-zA-Z] *=|\^")
_COPULA = regex(
    rf"[^=]*\b(?:is|are|was|were|equals?|costs?|be|(?:is|are) equal to) {VALUE}{_WORDS}", re.IGNORECASE
)
_COPULAS = "|".join(lexicon.copula for code, lexicon in LEXICONS.items() if code != "en" and lexicon.tells)
_TEX = r"(?:\\[dt]?frac\{[^{}]+\}\{[^{}]+\}|\\sqrt\{[^{}]+\})"
_TOLD = regex(
    rf"[^=]{{0,150}}(?:{_COPULAS})(?: de| von| di)?[ :：]*[(]?(?:{VALUE}|(?P<tex>{_TEX}))[)]?{_WORDS}",
    re.IGNORECASE,
)
"""A copula of another language, and the only value behind it."""

_TOLD_BEFORE = regex(rf"(?:{_COPULAS})(?: de| von| di)?[ :：]*[(]?[-−$\\]*\d", re.IGNORECASE)
"""A copula with a value: a sentence with two of them states none."""


_ONLY = regex(rf"[^\d=]*{VALUE}[^\d=]*")
_COPULA_BEFORE_NUMBER = regex(
    by_initials(
        *(
            rf"\b{copula} -?\\?[{SIGN_CLASS}]?\d"
            for copula in ("is", "are", "was", "were", "equals?", "costs?", "be", "equal to")
        )
    )
)
"""For a sentence in small letters."""

_CHANGED = regex(
    r"\b(?:plus|minus|times|more|less|fewer|(?<!left )over|under|other|first|next|initially|squared|cubed"
    r"|divided|multiplied"
    r"|half|halves|thirds?|quarters?|fourths|tenths|base|dozen|pairs?|hundreds?|thousands?|millions?"
    r"|billions?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|divide|multiply|subtract|add|adding|dividing|multiplying|subtracting|reject|twice|double|triple"
    r"|square|root"
    r"|reciprocal|inverse|opposite|factorial|logarithm|sum of|product of|difference|ratio of|factor of"
    r"|multiple|divisible|remainder|negative|on day"
    r"|step|let|(?<!will )need to|(?<!\bhe )(?<!she )(?<!they )must(?! be)"
    r"|should|consider|substitute|solve|suppose|assume|check|use)\b"
    r"|倍|除以|乘以|加上|减去|第",
    re.IGNORECASE,
)
"""Words beside the only number of a sentence that are a number too, change it, or say what is done to it."""

_DIGITS, _COUNTS = regex(r"[\d\\]"), regex("|".join(COUNT_WORDS))
"""What every claim has one of: a digit, a command of LaTeX, or a number in words."""

_APPROXIMATELY = regex(by_initials(*(rf"\b{word}(?![A-Za-z0-9_])" for word in APPROXIMATIONS)))
"""For a sentence in small letters."""

CONDITIONS = (
    *("wenn ", "falls ", "si ", "se ", "als ", "om ", "hvis ", "jos ", "jeśli ", "jeżeli ", "pokud ", "ak "),
    *("če ", "ako ", "ако ", "якщо ", "если ", "dacă ", "ha ", "αν ", "eğer ", "ถ้า", "หาก", "যদি ", "यदि "),
    *(
        "अगर ",
        "जर ",
        "اگر ",
        "إذا ",
        "אם ",
        "jika ",
        "kung ",
        "kama ",
        "ikiwa ",
        "如果",
        "もし",
        "만약",
        "nếu ",
    ),
)
"""How a sentence of another language than English begins that says what would be."""

_LAST_VERB = regex(
    r".*\b(?:is|are|was|were|equals?|be|becomes?|gives?|yields?|amounts? to|comes? (?:out )?to|totals?"
    r"|(?:we|i"
    r"|you) (?:get|have|obtain|find|got)|(?:is"
    r"|are) equal to|makes"
    r"|on (?:obtient|trouve)|nous (?:obtenons|trouvons)|(?:cela|ça|ce qui) (?:donne|fait)"
    r"|(?:man|wir) (?:erhält|erhalten|bekommt|bekommen)|(?:das|es) ergibt|se obtiene|obtenemos"
    r"|si ottiene)\b:?"
    r"\s*(?:(?:approximately|about|exactly|therefore|thus|simply|then|now|just|only"
    r"|at)\s+)?(?P<value>[^\s].{0,200})\Z",
    re.IGNORECASE | re.DOTALL,
)
_ENDS_IN = regex(
    r".*\b(?:(?:drop|fall|rise|grow|increase|decrease|climb|shrink|sink)s? to"
    r"|(?:dropped|fell|rose|grew|increased|decreased|climbed|reduced) to"
    r"|(?:total|change|probability|average|mean|profit|loss|balance|sum|difference|cost|price|value"
    r"|speed|area|volume|ratio|product|remainder|length|distance) of) "
    rf"(?P<value>[-−]?\\?[{SIGN_CLASS}]? ?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:/\d+)? ?\\?%?)"
    r"(?: (?:degrees?|percent|points?|dollars?|cents|people|units?)(?: [A-Z][a-z]+)?)?[.*\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""A number at the end of a sentence that says of what it is one: "a net change of -$40"."""

_SO_AT_END = regex(
    r".*(?:[,;] (?:and )?(?:therefore|hence|thus|so|giving|leaving|making|yielding)"
    r"|\bthen\b.*(?:,|\band) finally) "
    rf"(?P<value>[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?)"
    r"(?: (?:in )?total| altogether| in all)?[.*\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""A bare number at the end of a sentence, behind "therefore" or last of a sequence ("finally 8")."""

_IS_RIGHT = regex(
    r".*\b(?:and|but|so|while) (?P<value>[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?) is (?:right|correct)[.*\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Which of two values is right: "I think 10 is wrong and 42 is right"."""

_AS_ASKED = regex(
    r",? as (?:computed|required|desired|expected|shown|claimed|requested|needed)\s*\.?\s*\Z", re.I
)
_MAX_LABELLED = 31
"""Characters, of which the first is a digit, of a value behind a label that ends a sentence."""

_MORE_THAN = regex(
    r"(\d) (?:more|fewer|less) (?!than\b)((?:[a-z][\w'-]* ){1,4}?)than [^\d=$]{1,80}\Z", re.IGNORECASE
)
"""A difference and what it is beside: "she has 14 more red cards than blue cards"."""

_OR_RESULT = regex(
    rf"\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?: [a-z]+)?"
    rf"(?: (?:[-−+*/x×÷]|times|plus|minus|divided by)"
    rf" \\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?: [a-z]+)?)+,? or "
    rf"(?=\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?\b[^\d=]*\Z)"
)
"""A calculation in front of what it comes to, with which a sentence ends: "44 times 5, or 220 pounds"."""

_RELATIVE = regex(
    r", which (?:is|was|are|were) (?:for|in|from|at|of|during) [^,=$]{1,60}(?<![.\s])\.?\s*\Z", re.IGNORECASE
)
"""What a sentence adds of the value that it has stated: "..., which is for the year 2011"."""

_TAIL_LABEL = regex(
    r"(?:(?:\A|[\s,;(])(?:final(?: result| value| total| count)?|total|result|altogether|sum)\s*[:=]?"
    r"|[;,]\s*(?![^:]*\b(?:step|case|part|question|line|item|no)\b)[a-z][a-z \d]{2,30}(?<!\d):)"
    rf"\s*(?P<value>[-{SIGN_CLASS}]?\d[^\s,;]{{0,{_MAX_LABELLED - 1}}})\Z",
    re.IGNORECASE,
)
"""A label and its value that a sentence ends with: "in total 18", "...; share: 18%"."""

_NAMED_AS = regex(
    r"(?:so |thus,? |hence,? |therefore,? )?(?:i|we) (?:calculate|compute|find|found|get|got|obtain)d?"
    rf" (?P<value>[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?(?: [a-z]+)?)"
    r" (?:as|for|to be) (?:the|my|our) (?:final )?(?:answer|result|value|total|sum|probability|solution|area"
    r"|volume|length|number)\b[^\d=]{0,60}",
    re.IGNORECASE,
)
"""A value and what it is: "We calculate 3/16 as the probability"."""

_AMOUNTS = regex(r"\d[\d,]*(?:\.\d+)?(?:/\d+)?")

_SHOWN = regex(
    r"\s+\((?=[^()]*(?:\s[-−+*/x×·÷:]\s|\d[-−+*/x×·÷]\d|\d ?% [^\W\d_]+ \d))(?P<steps>[^()]{3,120})\)"
)
"""The calculation of its value that a sentence has in brackets: "She has 6 eggs left (14 - 8 = 6)."."""

_FORMULA = regex(r"\$[^$]*\\[^$]*\$")
_ASSIGNED = regex(r"\$[^$=]{1,20}=[^$=]{1,40}\$(?=[^$=]*\b(?:is|are|was|equals) [-−]?\d[^$=]*\Z)")
"""A value given to a letter in a sentence that goes on to say what is then: "at $r = 2$ it is 5 N"."""

_WHY = regex(
    r",? (?:because|since|given that|as(?= (?:there|it|we|they|each|all|both|this|that|he|she|only|every)\b))"
    r" [^;!?]{3,160}\Z"
)
"""Why a value is what it is, with numbers of its own: "it measures 30 degrees, as there are 5 parts"."""

_LEAD_IN = regex(
    r"\A(?:After|By|Before|Upon|Having|Once|Rather than|Instead of|Regardless of"
    r"|Without) [^,=?!]{1,120}, (?=(?:she|he|they|it|we|I|I'll|I'd|you|there|the|her"
    r"|his|their) )"
)
"""What was done before a sentence says what is then: "After giving 3 away, she has 9"."""

_CONDITION = regex(r"\A(?:If|When) [^,=]{1,100}, (?:then )?(?=[^,=]*=)")
"""What a computed value holds under: "If they have 24 slices, they can last 24 / 6 = 4 days."."""

_ORDINAL = regex(r"(?<![\d.,])\d{1,4}(?:st|nd|rd|th)\b")
"""A rank, which is no value: "the 8th grade has 10"."""

_ROUNDED = regex(
    r"\s*[(,]\s*(?:correct(?:ed)?(?: up)? to|rounded(?: off| up| down)? to|accurate to|to the nearest"
    r"|to \w+ (?:decimal|significant))\b[^()=]{0,60}\)?(?=\.?\s*\Z)",
    re.IGNORECASE,
)
"""A remark on how a value is rounded, whose numbers are none of the sentence."""

_COMPOUND = regex(r"[A-Z](?<=\b[A-Z])(?=[A-Za-z]*\d)[a-z]?\d{0,3}(?:[A-Z][a-z]?\d{0,3}){1,11}(?![\w+-])")
"""A formula of chemistry such as C8H10O2, whose digits are no numbers."""

_CLOCK = regex(r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?: ?[AaPp]\.?[Mm]\b\.?)?")
"""A time of day beside a value: "8 cm shorter from 1:00 PM to 5:00 PM"."""

_AT_TIME = regex(
    r"[^\d=?]{5,120} (?:is|at|was|by|(?:we|I) (?:get|find|obtain)|gives(?: us)?) (?P<value>(?:[01]?\d"
    r"|2[0-3]):[0-5]\d(?: ?[AaPp]\.?[Mm]\b\.?)?|1?\d ?[AaPp]\.?[Mm]\b\.?)[.*\s]*"
)
"""A sentence that ends in the time at which something is, and has no other number."""

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = regex(MONTHS)
_DATE = regex(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS})\b(?:(?:,| of)? \d{{4}}\b)?"
    rf"|\b(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b(?:(?:,| of)? \d{{4}}\b)?|\b(?:{MONTHS}),? \d{{4}}\b"
)
"""When something is, which is said beside a value: "the shift on 30 June 2006 is 5"."""

_ON_DATE = regex(
    r"[^\d=?]{5,120} (?:is|was|be|falls|fell|on)(?: on)? (?P<value>"
    rf"(?:(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTHS}))"
    r"(?:,? \d{4})?)[.*\s]*"
)
"""A sentence that ends in the day on which something is, and has no other number."""

_AT_RANK = regex(
    r"(?!(?:step|in)\b|(?:the|my|our) (?:final |correct )?answer\b)[^\d=?]{0,100}"
    r"\b(?:finish(?:es|ed)?|came|comes|is|was|are|were|ends? up|ranks|placed)"
    r" (?:in |on |at )?(?:the )?(?P<value>\d{1,4}(?:st|nd|rd|th))"
    r"(?: (?:place|position|floor|row|day|grade))?[.*\s]*",
    re.IGNORECASE,
)
"""A sentence that ends in the rank that something has, and has no other number."""

_TIME = (
    r"(?:the )?(?:next |first |last |past )?"
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[ -]"
    r"(?:second|minute|hour|day|week|month|year)s?\b(?! (?:and|or|old|more|less|longer))"
)
_DURATION = regex(
    by_initials(
        *(rf"\b{word} {_TIME}" for word in ("in", "during", "within", "for", "after", "every", "over"))
    )
)
"""How long something goes on, which is said beside a value: "she walks 18 miles in six hours"."""

_NO_UNIT = frozenset(
    (
        "all",
        "total",
        "left",
        "of",
        "and",
        "the",
        "to",
        "for",
        "from",
        "than",
        "then",
        "with",
        "when",
        "de",
        "du",
        "di",
        "e",
        "y",
        "et",
        "und",
    )
)
_VALUED = regex(r"\d|\\[a-z]|[=∞∅π√]")
_SENTENCES = regex(r"(?<!\bsq)(?<!\bcu)[.!?]\s+\S|。.")
_NEGATIONS = "|".join(
    lexicon.negating for code, lexicon in LEXICONS.items() if code not in ("en", "zh")
).split("|")
_OPENING_WORDS = listed(
    "not no never nor cannot neither either or if unless except than least between about approximately "
    "nearly almost around roughly maybe perhaps could may might suppose assume try check doubt wonder"
)
_OPEN = regex(
    by_initials(
        *(rf"\b{word}\b" for word in _OPENING_WORDS),
        r"\bis (?:therefore |thus |hence )?(?:excluded|rejected|discarded|ruled out|invalid|extraneous)\b",
        r"\banswer (?:minus|plus|times|divided|multiplied|squared)\b",
        *(
            rf"\b{part} (?:the|our|my) answer\b"
            for part in ("twice", "half(?: of)?", "double", "square of", "root of")
        ),
        *(rf"\btoo {size}\b" for size in ("large", "small", "big", "high", "low", "many", "few")),
        r"\bmost\b(?! (?:likely|probable|common|recent))",
        *("n't", r"\?", *"不没约若", "或(?!者)", "至[少多]"),
    )
)
"""Words with which a sentence, in small letters, leaves its value open."""

_FALSE_FRIENDS = regex(r"\b(?:over|under|ten|one|six|may|most|or|nor|than|let|base|if)\b", re.IGNORECASE)
"""Words of these two lists that are words of other languages too: in those, `most` is now, and `may` has."""

_DENIED = regex(by_initials(*_NEGATIONS))
"""Words of other languages than English that deny, for a sentence in small letters."""

_DENIED_IN_ASCII = regex(by_initials(*(word for word in _NEGATIONS if word.isascii() or "[" in word)))
"""Those that a sentence in ASCII can have."""

_IN_QUOTES = regex(r"\"[^\"\d]{1,40}\"|“[^“”\d]{1,40}”")
"""Words that a sentence quotes, which leave nothing of its own open."""

_ENGLISH = regex(rf"[\s*#_>-]*(?:{LEXICONS['en'].concluding}|{CONCLUDING})", re.IGNORECASE)
_SAID = regex(
    r"\b(?:is|are|was|were|equals?|has|have|had|answer(?:s|ed)|eats?|gets?|gives?|makes?|made|costs?|takes?|needs?|earns?"
    r"|pays?|spends?|sells?|buys?"
    r"|receive[sd]?|weighs?|measures?|remains?|there|total|totals|yields?|will|would|works?|reads?|eats?"
    r"|drinks?|left|leaves(?! (?:at|on|for|from|in)\b)|sold|bought"
    r"|spent|used|saved|saves|owes|gave|collected|scored|ran|walked|drove|ate|did|does|can|contains?"
    r"|includes?|end(?:s|ed)? up|estimate[sd]?"
    r"|shows?|displays?|lists?|comprises?"
    r"|produces?|lost|gained|went|travel\w*)\b",
    re.IGNORECASE,
)
"""A verb of a sentence that states what there is, for one that no concluding word opens."""


@lru_cache(maxsize=32)
def opening(languages: tuple[str, ...]) -> re.Pattern[str]:
    """How a sentence begins that says what a response arrives at, in small letters."""
    openings = [words for language in languages for words in LEXICONS[language].openings()]
    plain = by_initials(*(words for words in openings if words[0].isalpha()))
    words = "|".join([plain, *(words for words in openings if not words[0].isalpha())])
    ours = rf"{CONCLUDING}|(?:now )?we (?:get|have|find|obtain|conclude|see|arrive at)\b"
    agreed = r"(?:(?:ok(?:ay)?|right|alright|yes|great|good|well)[,.!]? +)?"
    return re.compile(rf"[\s*#_>-]*{agreed}(?:{ours}|{words})(?: that)?[,:，：*_]*\s*")


def _opened(sentence: str, languages: tuple[str, ...]) -> re.Match[str] | None:
    """How a sentence begins as a conclusion does, found in small letters: six times as fast as in both."""
    return opening(languages).match(small_letters(sentence))


def opens(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> bool:
    """Whether a sentence begins as a conclusion does in one of the languages."""
    return _opened(sentence, languages) is not None


def denied(sentence: str) -> bool:
    """Whether a concluding sentence in another language than English denies what it names."""
    return _ENGLISH.match(sentence) is None and _denies_abroad(sentence.lower())


def concluded(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> str | None:
    """The value that a concluding sentence states, with its unit; None where there is none or more than one.

    That is what a calculation comes to, what follows "is" or "are" at the end, or the only number.

    >>> concluded("So Maria has 14 apples left.")
    '14'
    >>> concluded("Therefore, she pays $5 x 50 = $250 in all.")
    '$250'
    >>> concluded("Thus the drive takes 2 hours.")
    '2 hours'
    >>> concluded("So Maria has 14 apples and 3 pears.")
    """
    start = _opened(sentence, languages)
    if start is None:
        return None
    clause = sentence[start.end() :]
    if (counted := _HAS_COUNT.fullmatch(clause.strip())) and not _leaves_open(clause):
        return counted["value"].lower()
    return claimed(clause, abroad=_ENGLISH.match(sentence) is None)


_HAS_COUNT = regex(
    r"(?:[A-Z][a-z]+(?: and [A-Z][a-z]+)?|[Hh]e|[Ss]he|[Tt]hey) (?:(?:will|would|now|still|only) )*"
    r"(?:has|have|had|needs?|gets?|got|eats?|ate|sells?|sold|makes?|made|buys?|bought|reads?)"
    r"(?: to [a-z]+| now| only| exactly)? "
    rf"(?P<value>{'|'.join(COUNT_WORDS)}) (?:(?!(?:and|or|of)\b)[a-z-]+ ){{0,2}}"
    r"(?!(?:times|dozens|hundreds)\b)[a-z]+s(?: (?:left|remaining|in total|total|altogether|now))*\.?"
)
"""How many of something somebody has, in words, and nothing else: "Matt has to eat four carrot sticks."."""


_OF_NUMBER = regex(
    r"\s*(?:the|this) (?:number|value|digit) [-−]?\d[\d,.]* (?:is|was|appears?|occurs?|stands?"
    r"|comes?) (?:in|on|at|from|mentioned|given)\b",
    re.IGNORECASE,
)
"""A sentence on where a number stands, which is not what it states: "The number 6 is in the table."."""


def claimed(clause: str, *, plain: bool = False, abroad: bool | None = None) -> str | None:
    """The value that a clause states, as in `concluded`; where `plain`, only with a verb that says so.

    Where `abroad`, it is in another language than English; None says that it may be.

    >>> claimed("She has 42 apples.", plain=True)
    '42'
    """
    if not (_DIGITS.search(clause) or _COUNTS.search(clause.lower())):
        return None
    if (day := _day(clause)) is not None:
        return day
    if plain and _OF_NUMBER.match(clause):
        return None
    claim = _claim(clause)
    own = _FALSE_FRIENDS.sub("", claim) if abroad else claim
    if len(claim) > MAX_SENTENCE or _leaves_open(own, abroad=abroad is not False) or _SENTENCES.search(claim):
        return None
    if "=" in claim:
        several = len(_GIVEN.findall(claim)) > 1
        found = None if several or _ALGEBRA.search(claim) else _COMPUTED.fullmatch(claim)
        return with_unit(claim, found) if found and not _FACTOR_BEHIND.match(found["words"]) else None
    if (found := _ONLY.fullmatch(claim)) is not None:
        found = None if _CHANGED.search(own) or (plain and not _SAID.search(claim)) else found
    elif len(_COPULA_BEFORE_NUMBER.findall(claim.lower())) == 1:
        found = _COPULA.fullmatch(claim)
        found = None if found is None or QUALIFIED.search(found["words"]) else found
    found = found or _object(claim)
    if found and "," in found["value"] and claim[: found.start("value")].endswith(("(", "[", "{", "<")):
        return None  # a part of an interval, a point or a set
    return with_unit(claim, found) if found else _count_in_words(claim) or _told_elsewhere(claim)


_SAYS_WHAT_IS = regex(
    r"(?P<subject>(?:the|our|its|their|his|her|this) [^,;:=?!]{3,250}?)"
    r" (?:is|are|was|were|equals)(?= (?:(?:equal to|exactly|therefore|thus|then|simply) )?"
    rf"[-−*$\\({SIGN_CLASS}]{{0,4}}[\d\\][^,;:?!]{{0,60}}\Z)"
)
"""What a sentence is about, and that a value is all it says of it. For texts in small letters."""

_QUALIFIERS = regex(
    by_initials(
        *(
            rf"\b{word}\b"
            for word in listed(
                "not no nor never neither either or than least most between without except unless"
            )
        )
    )
)
_SAYS_MORE = regex(r"\bbut\b|\banswer\b|\b(?:is|are|was|were|be|equals?) (?:not )?[-−$\\]?\d")
"""What a subject has that is a sentence of its own, or an answer that another gives."""


def _about(low: str) -> str:
    """A sentence whose subject has no qualifiers, which leave nothing of what is said of it open.

    >>> _about("the number of primes less than 20 that are not odd is 1.")
    'the number of primes less  20 that are  odd is 1.'
    """
    found = _SAYS_WHAT_IS.search(low) if len(low) <= MAX_SENTENCE else None
    if found is None or _SAYS_MORE.search(found["subject"]):
        return low
    start, end = found.span("subject")
    return low[:start] + _QUALIFIERS.sub("", found["subject"]) + low[end:]


def _day(sentence: str) -> str | None:
    """The day on which a sentence says that something is. Of its month, May is no "may"."""
    found = _ON_DATE.fullmatch(sentence) if _MONTH.search(sentence) else _AT_RANK.fullmatch(sentence)
    return found["value"] if found and not _leaves_open(sentence[: found.start("value")]) else None


def _leaves_open(claim: str, *, abroad: bool = True) -> bool:
    """Whether a sentence, which may be in English alone or not, leaves its value open, or denies it."""
    low = claim.lower()
    if _OPEN.search(low) is None and not (abroad and _denies_abroad(low)):
        return False
    low = _about(low)
    own = _IN_QUOTES.sub("", low) if '"' in low or "“" in low else low
    return _OPEN.search(own) is not None or (abroad and _denies_abroad(low))


def _denies_abroad(low: str) -> bool:
    """Whether a text in small letters has a denying word of another language than English."""
    return (_DENIED_IN_ASCII if low.isascii() else _DENIED).search(low) is not None


def _claim(clause: str) -> str:
    """A clause without what is beside its value: formulas, ranks, dates, the condition of a computation."""
    claim = without_calculation(_plain_numbers(clause.replace("**", "  ").strip()))
    if (why := _WHY.search(claim)) is not None and any(map(str.isdigit, claim[: why.start()])):
        claim = claim[: why.start()]
    if "," in claim:
        claim = _LEAD_IN.sub("", claim)
    if "=" in claim:
        claim = _CONDITION.sub("", claim)
    if "\\" in claim:
        claim = _FORMULA.sub(" ", claim)
    if "$" in claim and "=" in claim:
        claim = _ASSIGNED.sub(" ", claim)
    if " than " in claim:
        claim = _MORE_THAN.sub(r"\1 \2", claim)
    if " or " in claim:
        claim = _OR_RESULT.sub("", claim)
    if ", which" in claim:
        claim = _RELATIVE.sub("", claim)
    if "th" in claim or "st" in claim or "nd" in claim or "rd" in claim:
        claim = _ORDINAL.sub("nth", claim)
    return claim


def without_calculation(claim: str) -> str:
    """A sentence without a calculation in brackets that comes to one of its numbers, or has no result.

    >>> without_calculation("She has 6 eggs left (14 - 8 = 6)."), without_calculation("It is 7 (2 + 3 = 5).")
    ('She has 6 eggs left.', 'It is 7 (2 + 3 = 5).')
    """
    shown = _SHOWN.search(claim) if " (" in claim else None
    if shown is None:
        return claim
    rest = claim[: shown.start()] + claim[shown.end() :]
    _, sign, result = shown["steps"].rpartition("=")
    amount = _AMOUNTS.search(result) if sign else None
    if sign and (amount is None or bare_value(amount[0]) not in map(bare_value, _AMOUNTS.findall(rest))):
        return claim
    return rest


_PLAIN_WORDS = regex("[a-z]{2,}")
_COPULAS_IN_ASCII = frozenset(re.findall("[a-z]{2,}", _COPULAS))
"""Words one of which stands in a sentence in ASCII with a copula of another language than English."""


def shown(sentence: str) -> str | None:
    """The one number of a sentence, in any language, that a calculation in brackets behind it comes to.

    >>> shown("Jo har 24 päron i 3 korgar (4 x 6 = 24)."), shown("Jo har 24 päron (4 x 5 = 20).")
    ('24', None)
    """
    calculation = _SHOWN.search(sentence) if " (" in sentence else None
    _, sign, result = calculation["steps"].rpartition("=") if calculation else ("", "", "")
    amount = _AMOUNTS.search(result) if sign else None
    rest = without_calculation(sentence)
    if amount is None or "=" in rest or _leaves_open(rest) or small_letters(rest).startswith(CONDITIONS):
        return None
    same = [
        found["value"]
        for found in _AMOUNT.finditer(rest)
        if bare_value(found["value"]) == bare_value(amount[0])
    ]
    return same[0] if len(same) == 1 else None


_AMOUNT = regex(VALUE)


def _told_elsewhere(claim: str) -> str | None:
    """The one value behind a copula of another language than English."""
    if (
        claim.isascii()
        and "e'" not in claim
        and _COPULAS_IN_ASCII.isdisjoint(_PLAIN_WORDS.findall(claim.lower()))
    ):
        return None
    told = None if small_letters(claim).startswith(CONDITIONS) else _TOLD.fullmatch(claim)
    if told is None or len(_TOLD_BEFORE.findall(claim)) > 1:
        return None
    return told["tex"] or told["value"]


_COUNT_FIRST = regex(
    rf"(?P<value>{'|'.join(COUNT_WORDS[1:])}) (?:(?!of\b)[a-z-]+ ){{0,2}}"
    r"(?:(?!(?:is|was|has|does|this|as|us)\b)[a-z]+s|people|men|women|children) [a-z ]{2,60}\.?",
    re.IGNORECASE,
)
"""A sentence that begins with how many there are: "Two people accept the position."."""


_RESULT_VERBS = (
    r"(?:takes?|took|needs?|needed|requires?|required|costs?|earns?|earned|makes?|made|spends?|spent|saves?|saved"
    r"|gets?|got|pays?|paid|receives?|received|loses?|lost|gains?|gained|(?:profit|total|sum) of)"
)
_OBJECT = regex(
    rf"[^\d=]*\b{_RESULT_VERBS}(?: (?!(?:not|no|up|than)\b)[A-Za-z]+){{0,2}}? {VALUE}"
    r"(?P<words>(?: (?!(?:and|or|to|more|less|fewer|times|of|than|out)\b)[a-z]+){0,3})"
    r",? (?P<beside>(?:(?:in order )?to (?!\d)|for (?!each|every)|selling |working |using |making |buying )"
    r"[^=;!?\d]*\d[^=;!?]*)",
    re.IGNORECASE,
)
"""What a verb of the result has for its object, and what for: "it takes 12 days to grow to 60 cm"."""

_VERB_AGAIN = regex(r"\b(?:is|are|was|were|will|has|have|had|so|but|then|which)\b", re.IGNORECASE)
"""What shows that more is said than for what."""


def _object(claim: str) -> re.Match[str] | None:
    """The amount that is the object of a sentence which goes on to say what for, with numbers of its own."""
    found = _OBJECT.fullmatch(claim)
    if (
        found is None
        or _VERB_AGAIN.search(found["beside"])
        or _CHANGED.search(claim[: found.start("beside")])
    ):
        return None
    return found


def _count_in_words(claim: str) -> str | None:
    """How many of something a sentence without digits says there are."""
    if counted := _COUNTED_WORDS.fullmatch(claim):
        return counted["value"].lower()
    first = _COUNT_FIRST.fullmatch(claim)
    is_only = first is not None and not _CHANGED.search(claim, first.end("value"))
    return first["value"].lower() if first is not None and is_only else None


_REJECTED = regex(
    r"(?<=[\w%)])(?:,? (?:and )?not|,? rather than|,? instead of| \((?:and )?not)"
    rf" (?:the )?[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?(?![\d/:]|\.\d)(?: (?!(?:or|and"
    rf"|to)\b)[a-z]+){{0,6}}\)?(?=[.,;!\s]*\Z)",
    re.IGNORECASE,
)
"""A value that a sentence rejects at its end, which is none of it: "So the result is 9 (not 12)."."""

_COUNTED_LIST = regex(
    rf"(?:[^\d=:$]*\bthere are|[^=:?]{{1,60}} (?:has|have)) (?:exactly |only )?(?P<value>(?:\d{{1,3}}"
    rf"|{'|'.join(COUNT_WORDS)})"
    r" (?:[a-z-]+ ){0,3}[a-z]+(?::|, namely"
    r"|, i\.e\.,?)\s+(?:[-$\d({\\]|[a-zA-Z] ?=)[^.]*(?:\.\d[^.]*)*?)\.?\s*",
    re.IGNORECASE,
)
"""How many there are, and which: "There are 3 such numbers: 2, 5 and 8."."""


_COUNTED_SUBJECT = regex(
    rf"(?:(?:so|thus|hence|therefore),? )?the (?P<value>(?:\d{{1,3}}"
    rf"|{'|'.join(COUNT_WORDS)}) (?:[a-z-]+ ){{0,3}}"
    r"(?:solutions|roots|zeros|integers|numbers|values|pairs|triples|points"
    r"|primes) are:?\s+(?:[-−$\d(\\]|[a-zA-Z] ?=)"
    r"[^.]*(?:\.\d[^.]*)*?)\.?\s*",
    re.IGNORECASE,
)
"""A list behind how many there are: "The three roots are 2, 5 and 8."."""


def counted_list(sentence: str) -> str | None:
    """How many of something a sentence says there are, with the list of them.

    >>> counted_list("So there are 3 such numbers: 2, 5 and 8.")
    '3 such numbers: 2, 5 and 8'
    """
    if " are" not in sentence and " ha" not in sentence:
        return None
    found = (
        _COUNTED_LIST.fullmatch(sentence) if ":" in sentence or ", " in sentence else None
    ) or _COUNTED_SUBJECT.fullmatch(sentence)
    return found["value"].rstrip() if found and not _leaves_open(sentence) else None


def _plain_numbers(claim: str) -> str:
    """A sentence without numbers that are none of it: of roundings, compounds, dates, durations."""
    claim = _COMPOUND.sub("compound", _without_rounding(claim))
    if " not " in claim or "(not" in claim or " than " in claim or " instead " in claim:
        claim = _REJECTED.sub("", claim)
    if _MONTH.search(claim):
        claim = _unless_last(_DATE.sub("then", claim), claim)
    if ":" in claim:
        claim = _unless_last(_CLOCK.sub("then", claim), claim)
    return _unless_last(_DURATION.sub("", claim), claim)


def _unless_last(without: str, claim: str) -> str:
    """A sentence without a number, as long as there are others in it."""
    return without if without == claim or any(map(str.isdigit, without)) else claim


def _without_rounding(sentence: str) -> str:
    """A sentence without a remark at its end on how its value is rounded, which a comma or bracket opens."""
    return _ROUNDED.sub("", sentence) if "," in sentence or "(" in sentence else sentence


_OPEN_LIST = regex(
    r"\b(?:not|if|when|where|let|suppose|try|check|substitut\w+|plug\w*|for|at|given|recall"
    r"|need(?! [a-zA-Z]\w? ?=))\b|n't\b",
    re.IGNORECASE,
)
_LETTER = r"[a-zA-Z](?:_\{?\w{1,8}\}?|\d|[₀-₉])?"
_NUMBER = r"[-−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:/\d+)?"
_GIVEN = regex(rf"(?<![\w=] )\b{_LETTER} ?= ?{_NUMBER}(?=[\s,.;]|\Z)")
"""A letter and the value that it is given."""

_FACTOR_BEHIND = regex(r" (?![aI]\b)[a-zA-Z](?![\w.])(?! of [a-z])")
"""A lone letter right behind a number, which is a factor of it: "So x = 4 y"."""

_EACH = regex(
    rf"(?:[^=\d]{{0,80}}(?:\b(?:is|are|get|gives?|have|find|obtain|need|either|to|by|yields?|that)|:) )?"
    rf"(?P<all>(?P<first>{_LETTER}) ?= ?{_NUMBER}(?:,? (?:and|or) |, )"
    rf"(?:{_LETTER} ?= ?{_NUMBER}(?:,? (?:and|or) |, ))*"
    rf"(?P<last>{_LETTER}) ?= ?{_NUMBER})(?:,? respectively)?"
)


def assignments(sentence: str) -> str | None:
    """The values that a sentence gives to letters, one letter or several, all of them.

    >>> assignments("So x = 4 and x = 5."), assignments("So a = 4 and b = 5.")
    ('x = 4 and x = 5', 'a = 4 and b = 5')
    >>> assignments("So n = 4, S = 16.")
    """
    if sentence.count("=") <= 1 or _OPEN_LIST.search(sentence):
        return None
    start = _opened(sentence, LANGUAGES)
    found = _EACH.fullmatch(sentence[start.end() if start else 0 :].strip().rstrip("."))
    if found is None:
        return None
    joined = " and " in found["all"] or " or " in found["all"]
    return found["all"] if joined or found["first"][0] == found["last"][0] else None


_EQUALS = regex(
    r"(?:[a-zA-Z](?:_\{?\w{1,8}\}?|\d|[₀-₉])?|-?\d[\d ()+*/^.·×-]{0,40}?) ?="
    r" ?(?P<value>[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?: ?[×x*] ?10\^\{?-?\d{1,3}\}?)?)"
    r"(?P<unit> [A-Za-zμΩ°%][A-Za-z\d/^·*²³⁻μΩ-]{0,15}(?: [A-Za-z]{1,5})?)?(?:, not [-−]?[\w.]+)?\.?"
)


_PLAIN_ALGEBRA = r"(?:(?<![A-Za-z])[a-zA-Z](?![A-Za-z])|[\d\s+\-−*/^().·×√²³])"
_IDENTITY = regex(
    rf"{_PLAIN_ALGEBRA}{{0,80}}[+\-−*/^(]{_PLAIN_ALGEBRA}{{1,80}} = {_PLAIN_ALGEBRA}{{0,80}}[a-zA-Z].*"
)
"""Two sides of plain algebra: "(x+3)(x-3) = x^2 - 9"."""


def _identity(clause: str) -> str | None:
    """The whole of an equation between two expressions, which is an answer if one comes to the other."""
    clause = clause.rstrip(" .")
    right = clause.rpartition(" = ")[2]
    algebra = _IDENTITY.fullmatch(clause) and re.fullmatch(rf"{_PLAIN_ALGEBRA}+", right)
    return clause if algebra else None


def equated(sentence: str, languages: tuple[str, ...] = LANGUAGES) -> str | None:
    """The value, with its unit, that a concluding sentence gives to a letter or a computation.

    >>> equated("So v_0 = 5 m/s."), equated("So 2^10 = 1024."), equated("So x = 4, not 5.")
    ('5 m/s', '1024', '4')
    >>> equated("So x = 4 apples and y = 5.")
    """
    start = _opened(sentence, languages)
    clause = sentence[start.end() :].strip() if start else ""
    found = _EQUALS.fullmatch(clause)
    if found is None:
        return _identity(clause)
    unit = found["unit"] or ""
    is_factor = len(unit.strip()) == 1 and unit.strip().isalpha()  # or the symbol of a unit: both stay
    return found["value"] + unit if not unit or is_factor or parse_unit(unit.strip()).known else None


_COUNTED_WORDS = regex(
    rf"[^\d=]*\bthere (?:are|is) (?:exactly |only |thus |therefore )?(?P<value>{'|'.join(COUNT_WORDS)})"
    r" (?:such |possible |different |distinct |real |positive |integer |whole |more |valid )*(?:[\w-]+ )?"
    r"(?:values?|solutions?|ways?|integers?|numbers?|points?|roots?|choices|possibilities|pairs?|triples?|divisors?"
    r"|primes?|digits?|factors?|sets?|intercepts?|asymptotes?|triangles?|terms?)\b[^\d=]*",
    re.IGNORECASE,
)
"""How many of something there are, in words: "So there are two such values."."""


def told(sentence: str) -> str | None:
    """The formula, tuple or number behind the last verb of a sentence, where nothing else follows.

    >>> told("the equilibrium is (1, 0).")
    '(1, 0)'
    >>> told("the change was approximately 21.46%.")
    '21.46%'
    """
    if not _VALUED.search(sentence):
        return None
    sentence = _without_rounding(sentence)
    if " as " in sentence.lower():
        sentence = _AS_ASKED.sub("", sentence)
    if "which" in sentence:
        sentence = _RELATIVE.sub("", sentence)
    low = sentence.lower()
    if (
        low.startswith(CONDITIONS)
        or _leaves_open(_APPROXIMATELY.sub("", low))
        or len(_COPULA_BEFORE_NUMBER.findall(low)) > 1
    ):
        return None
    if (time := _AT_TIME.fullmatch(sentence)) is not None:
        return time["value"]
    for found in _endings(sentence, low):
        value = found["value"].strip().rstrip(".").strip("*").strip()
        if is_mathematics(value) and _VALUED.search(value):
            return value
    return None


def _endings(sentence: str, low: str) -> Iterator[re.Match[str]]:
    """The ways in which a sentence, given in small letters too, ends in a value: most have words of few."""
    if "right" in low or "correct" in low:
        yield from filter(None, (_IS_RIGHT.match(sentence),))
    yield from filter(None, (_LAST_VERB.match(sentence),))
    if any(map(str.isdigit, sentence[-_MAX_LABELLED:])):
        yield from filter(None, (_TAIL_LABEL.search(sentence),))
    if " as " in low or " for " in low or " to be " in low:
        yield from filter(None, (_NAMED_AS.fullmatch(sentence),))
    if " to " in low or " of " in low:
        found = _ENDS_IN.match(sentence)
        if found and not any(map(str.isdigit, sentence[: found.start("value")])):
            yield found
    if "," in sentence or ";" in sentence or "finally" in low:
        yield from filter(None, (_SO_AT_END.match(sentence),))


def _is_of_unit(word: str) -> bool:
    return word.strip() not in _NO_UNIT


_SCALE_BEHIND = regex(r" (?:thousand|million|billion|trillion)\b(?: (?:dollars|euros|pounds)\b)?")


def with_unit(claim: str, found: re.Match[str]) -> str:
    """The value with the scale and the words behind it that are a unit."""
    if scale := _SCALE_BEHIND.match(claim, found.end("value")):
        return found["value"] + scale.group()
    words = list(
        takewhile(
            _is_of_unit, re.findall(r" [a-z]{1,20}(?:/[a-z]{1,6})?\b", claim[found.end("value") :][:60])[:3]
        )
    )
    for count in range(len(words), 0, -1):
        unit = "".join(words[:count])
        is_unit = words[count - 1] != " in" and parse_unit(unit.strip()).known
        if is_unit and claim.startswith(unit, found.end("value")):
            return found["value"] + unit
    return found["value"]
