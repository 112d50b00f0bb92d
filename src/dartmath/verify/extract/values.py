"""The value that begins at a place of a text: behind "the answer is", under a heading, in a tag."""

from __future__ import annotations

import re

from dartmath.base.regex import regex
from dartmath.verify.extract.claims import claimed
from dartmath.verify.extract.found import MAX_ANSWER
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.lexicon import LEXICONS
from dartmath.verify.language.sentences import stated
from dartmath.verify.language.vocabulary import COUNT_WORDS

_FILLER = regex(
    r"(?:[\s*_\"'“”‘’]*(?:(?:therefore|thus|then|hence|so|simply|just|actually|indeed|clearly|exactly"
    r"|only|obviously|of course"
    r"|definitely|certainly|surely|for sure|most likely|probably|likely|precisely|also|now|again"
    r"|indeed|always|approximately"
    r"|approx\.?|about|roughly|ca\.?|i\.e\.?|found to be|given by|given as|calculated (?:to be|as)"
    r"|equal to|as follows"
    r"|(?:simply |the )?(?:option|choice|letter|number|value|correct option)(?: is)?)\b[,:.]?"
    r"|(?:the |my )?(?:first|second|third|fourth|fifth|last) (?:option|choice)[,:]?(?= \(?[A-J]\b)"
    r"|(?:la|le|el|il|lo|die|a|o)(?= \(?[A-J]\)?(?:[\s.*]*(?:\Z|\n)|,\s))"
    r"|[,:：=≈]|—(?=\s)|->|→|=>|⇒|\\approx\b)[ \t]*)*[\s*_\"'“”‘’>【「『]*",
    re.IGNORECASE,
)
"""Words and signs between an announcement and its value that change nothing about it."""

_NUMBER_AT_END = regex(r"[ \t]*(-?[0-9]+(?:\.[0-9]+)?)[ \t]*(?=\Z|[\n.]\s*\Z)")
"""A number that nothing follows: the commonest value, of which no other rule could make anything else."""

_ABBREVIATION = regex(
    r"(?:\b(?:mr|mrs|ms|dr|st|mt|prof|jr|sr|ft|in|sq|cu|yd|yds|mi|lb|lbs|oz|hr|hrs|min|mins|sec|secs"
    r"|cm|mm|km|kg|gal|qt|pt"
    r"|approx|ca|rs|no|nos|vs|etc|i\.e|e\.g|a\.m|p\.m|u\.s|deg|rad|ans|eq|fig|vol|cf)|\b[A-Za-z])\Z",
    re.IGNORECASE,
)
_OF_UNIT = regex(
    r"\b(?:ft|in|sq|cu|yds?|mi|lbs?|oz|hrs?|mins?|secs?|cm|mm|km|kg|gal|qt|pt|deg|rad)\Z", re.IGNORECASE
)
"""An abbreviated unit, behind which a capital begins another sentence: `12 kg. However, ...`."""

_STOP = regex(
    r"\n|(?<!\.\.)[.?؟।](?=\s|$|\*)|[。！？]|!(?=\s+[A-Z]|\s*$)|(?<=[^\s,])\.?\*\*(?![\w(])|\.(?=[A-Z][a-z])"
)
_SIDE = regex(
    r"[,;,；]\s*(?:leaving|or equivalently|obviously|clearly|certainly|definitely|indeed|of course|surely"
    r"|naturally|in total|in all|all in all|altogether|overall|as (?:a )?(?:result|total))\b"
    r"|[,;，；]\s*(?:and\s+)?(?:which|who|as|since|because|so|it|that|this|where|when|while|not|but"
    r"|meaning|making|for|if"
    r"|given|with|after|assuming|using|i\.e\.|namely|represent\w*|corresponding|hence|thus|therefore"
    r"|therefor|we|you|he|she|they"
    r"|according|by|without|non|不|而|因为)\b"
    r"|[,;，；]\s*and \$?-?\d[\d.,/]*\$? (?:is|are|was) (?:ruled out|excluded|rejected|wrong|extraneous"
    r"|not|too)\b"
    r"|[,;，；]\s*(?:不是|因为|而不|共(?=\s*\d|有)|即|也就是)"
    r"|\s(?:which|because|since|as (?:required|expected|desired|shown|above|we|the|it|claimed|needed"
    r"|stated|per)|instead of"
    r"|rather than|and nothing (?:else|more)|not (?=[-\\$\d(A-Z])|due to|so that|given that|where|when|non"
    r"|ikke|nicht|pas|car|porque|weil)\b"
    r"|[–—]\s|\s--?-?\s(?=[a-z])|;\s"
    r"|[\[(](?:(?:reject|discard|exclud|ignor)ing|[^()\[\]]{1,40}(?:rejected|extraneous|discarded|invalid)\b"
    r"|confidence|conf|high|low|medium|in total|(?:and )?not |total|final|approx|as |since |because "
    r"|see |rounded|which|correct|that is|i\.e\.|namely|equivalent|consisting|because|since"
    r"|the |or [a-z]+ percent|answer|verified|certain)",
    re.IGNORECASE,
)
"""What begins a remark behind a value. Comma and "and" alone do not: they also join the items of a list.

The spaces before it are no part of the pattern: looked for at every place of a long run of them, they would
take time that grows with the square of its length.
"""

_BUT = regex(
    r"(?:not|nicht|non|no|pas|niet|não|не)\s+[^\s,]{1,40},?\s+(?:but|sondern|ma|sino|mais|maar|mas|а)\s+(?:rather\s+)?",
    re.IGNORECASE,
)
_LETTER = regex(
    r"\(?(?P<letter>[A-J])(?:\)|(?=[).:,，。、;]|\s*(?:…|\.\.\.)|\s*\Z|\s*\n|\s+(?:because|since|which|as"
    r"|it|and not|not"
    r"|with|is|for|instead|rather"
    r"|non|不|\(|-|–|<)|(?=不|の|が|です|。|、|，|是(?:正确|最佳|最合适|对|答案)|(?:选项)?(?:正确|\Z|\n|[，。、]))))"
)
_VERDICT_BEHIND = regex(r"\s*(?:yes|no|true|false)(?=[.,;*]|\s*(?:\n|\Z))", re.IGNORECASE)
"""What an option says that is an answer without its letter: `(B) No`."""

_LETTERS = regex(
    r"\([A-J]\)(?:\s*\([A-J]\))+|\(?[A-J]\)?(?:\s*(?:,|and|or|&|、|,\s*(?:and|or))\s*\(?[A-J]\)?)+(?![\w'])"
    r"(?!(?<=I) (?:think|believe|guess|would|am|will|can|have|know|feel|suppose|say|chose|choose|pick)\b)"
)
_JOIN = regex(
    r"\s*(?:,|;|，|、|(?:,\s*)?(?:and|or|und|oder|et|ou|y|o|e|и|или|和|或|と|및)\b)\s*(?=\$|\\\(|\\\[|\*\*\$)"
)
_UNIT = regex(r"\s*(?:[a-zA-Z°µ²³/^%]{1,12}\.?|per)(?:\s+[a-z]{1,12}){0,3}(?=[.,;!?)\s]|$)")
_CHAIN = regex(r"(?<![<>!:=\\])=(?!=)")
ITEM = regex(r"[ \t]*(?:[-*•+]|\(?[0-9a-z]{1,3}[.)]|\([ivx0-9a-z]{1,4}\)|case \d+:)\s+", re.IGNORECASE)
COMMENTARY = regex(
    r"(?:\W*(?:indeed|also|now|therefore|not|in|the|an?|of|to|both|all|very|quite|always|really|still"
    r"|already|as|from|that"
    r"|based|below|above|so|we|you|it|what|because|here|about|by|obtained|verified|found|given"
    r"|supposed|expected|rounded"
    r"|written|expressed|consistent|reasonable|accurate|correct|wrong|incorrect|valid|clear|unclear"
    r"|right(?! (?!now|here|away|because|since|after|indeed|too|as|and|but|for|now)[a-z]{3,}\W*\Z)"
    r"|unique|unchanged|positive"
    rf"|negative(?! (?:{'|'.join(COUNT_WORDS)})\b)|obvious|simple|either|neither|independent|divisible"
    rf"|at (?:least|most)|half|twice"
    r"|double|triple|going|just)\b)",
    re.IGNORECASE,
)
_CLOSINGS = "|".join(lexicon.closing for lexicon in LEXICONS.values() if lexicon.closing)
_CLOSING = regex(rf"(?:{_CLOSINGS})\s*\Z")
_QUOTES = "\"'“”‘’`「」『』«»【】"


def value_at(text: str, start: int) -> tuple[str, int, bool] | None:
    """The value that begins at `start`, where it ends, and whether it reads as an answer by itself.

    It is a formula with the formulas that "and" or "or" joins to it, an option, or the shortest beginning of
    the clause that is mathematics and leaves nothing but a remark; else the words of the clause.
    """
    if plain := _NUMBER_AT_END.match(text, start):
        return plain[1], plain.end(), True
    filler = _FILLER.match(text, start)
    begin = filler.end() if filler else start
    if (listed := _block(text, begin)) is not None:
        return listed
    if but := _BUT.match(text, begin):
        begin = but.end()
    for place in (begin, start):
        formula = FORMULA.match(text, place)
        if formula is not None and (found := _from_formula(text, formula)) is not None:
            return found
    if option := _LETTERS.match(text, begin) or _LETTER.match(text, begin):
        if verdict := _VERDICT_BEHIND.match(text, option.end()):
            return text[begin : verdict.end()].strip(), verdict.end(), True
        if lettered := _LETTER_AND_TEXT.match(text, begin):
            return lettered["value"], lettered.end("value"), True
        described = _from_clause(text, begin)
        if described is not None and _describes(option, text[option.end() : described[1]], described):
            return described[0], described[1], True
        return option.group().strip(), option.end(), True
    return _from_clause(text, begin)


_TEXT_OF_OPTION = regex(
    r"[ \t]+(?!is\b|are\b|was\b|as\b|for\b|and\b|or\b|not\b|with\b"
    r"|[Nn]o other\b|[Tt]his\b|[Tt]hat\b|[Ii]t\b|[Bb]ecause\b|[Ss]ince\b)[A-Za-z][^\n,;:]*"
)
_SAYING = (
    r"\b(?:is|are|was|were|has|have|had|be|will|would|can|do|does|so|thus|therefore|hence|because|since|we|i|you"
    r"|it|this|that|there|not|begins?|ends?|gives?|makes?)\b"
)
_LETTER_AND_TEXT = regex(
    rf"(?P<value>[A-J]\. (?=[A-Z0-9])(?![^\n]*(?i:{_SAYING}))[^\n,;=]{{1,80}}?)\.?[*\s]*\Z"
)
"""The letter of an option and its text at the very end: "The answer is C. Saturday"."""

_MOST_WORDS = 8
"""Words of an option that an answer repeats behind its letter."""


def _describes(option: re.Match[str], behind: str, described: tuple[str, int, bool]) -> bool:
    """Whether what stands behind the letter of an option is its text: `(B) 25`, `(C) Alexis`."""
    if described[2]:
        return re.match(r"\s*[-$\\\d]", behind) is not None
    in_brackets = option.group().strip().endswith(")") and "letter" in option.groupdict()
    return (
        in_brackets and _TEXT_OF_OPTION.fullmatch(behind) is not None and len(behind.split()) <= _MOST_WORDS
    )


_MOST_LINES = 32
"""Lines of a list in an answer."""


def _block(text: str, begin: int) -> tuple[str, int, bool] | None:
    """Several lines that are one value each, from `begin` on: a list."""
    first = text.find("\n", begin)
    if first < 0 or not text[first:].strip() or not is_mathematics(_item(text[begin:first])[0]):
        return None
    values: list[str] = []
    place = end = begin
    while place < len(text) and len(values) < _MOST_LINES:
        stop = text.find("\n", place)
        stop = len(text) if stop < 0 else stop
        content, marked = _item(text[place:stop])
        if content:
            if not is_mathematics(content) or (values and not marked and not _alike(content, values)):
                break
            values.append(content)
            end = stop
        elif text[place:stop].strip():
            break
        place = stop + 1
    return (", ".join(values), end, True) if len(values) > 1 else None


def _item(line: str) -> tuple[str, bool]:
    """The content of a line of a list, and whether it has the mark of one."""
    item = ITEM.match(line)
    return _plain(
        line[item.end() if item else 0 :].strip().strip("*").strip().rstrip(".,;")
    ), item is not None


def _alike(content: str, values: list[str]) -> bool:
    """Whether a line without a list marker goes on a list: both give letters their values."""
    return "=" in content and "=" in values[-1] and content[:1] == values[-1][:1]


def _plain(content: str) -> str:
    formula = FORMULA.fullmatch(content)
    return body(formula) if formula else content


def _from_formula(text: str, formula: re.Match[str]) -> tuple[str, int, bool] | None:
    """A formula, what is joined to it, and its unit."""
    first, last = formula, formula
    while joined := _JOIN.match(text, last.end()):
        following = FORMULA.match(text, joined.end())
        if following is None or following.end() - first.start() > MAX_ANSWER:
            break
        last = following
    if last is not first:
        return text[first.start() : last.end()].replace("**", ""), last.end(), True
    inside = body(formula)
    if not inside:
        return None
    if _OF_ORDER.search(inside) and (restricted := _RESTRICTED.match(text, formula.end())):
        return text[formula.start() : restricted.end()].strip(), restricted.end(), True
    listed = re.match(r"\s*(?:,|and\b|or\b)\s*(?=[-\d(])", text[formula.end() : formula.end() + 20])
    if listed and (clause := _from_clause(text, formula.start())) is not None and clause[2]:
        return clause
    return inside, formula.end(), True


_OF_ORDER = regex(r"[<>≤≥]|\\(?:leq?|geq?)(?![a-z])|\\in(?![a-z])")
_RESTRICTED = regex(
    r",?\s*(?:where|with|for|and)\s+(?:\$|\\\()?\s*[a-zA-Z]\s*(?:\$|\\\))?\s*(?:is|being) (?:an? )?"
    r"(?:(?:positive|negative|odd|even|non-?negative|prime|whole|natural) )*(?:integer|number|prime|odd"
    r"|even)\b"
)
"""What makes of an interval some of the numbers in it: "$1 < x < 5$, where $x$ is an integer"."""


def _from_clause(text: str, begin: int) -> tuple[str, int, bool] | None:
    clause = _sentence(text, begin)
    if side := _SIDE.search(clause):
        shorter = clause[: side.start()].rstrip()
        if any(sign.isalnum() for sign in shorter) and (
            is_mathematics(_clean(shorter)) or not is_mathematics(_clean(clause))
        ):
            clause = shorter
    answer = _without_closing(_clean(clause))
    if not any(sign.isalnum() or sign in "∅∞" for sign in answer):
        return None
    if is_mathematics(answer) and _WORDS_EQUAL.fullmatch(answer) is None:
        return answer, begin + len(clause), True
    # A number at the very end may be a name: "type 2".
    ends_in_number = answer[-1:].isdigit()
    if counted := _COUNTED_FIRST.fullmatch(answer):
        return counted["value"], begin + len(clause), True
    if called := _WORDS_EQUAL.fullmatch(answer):
        return called["value"], begin + len(clause), True
    if beside := _APPOSITION.fullmatch(answer):
        return beside["name"], begin + len(clause), False
    if lettered := _WORDS_AND_LETTER.fullmatch(answer):
        return lettered["letter"], begin + len(clause), True
    if _HOW_WRITTEN.match(answer):
        return answer, begin + len(clause), False
    value = stated(answer)
    if value is None and FORMULA.search(answer) is None:
        value = claimed(answer, plain=ends_in_number)
    if value:
        return value, begin + len(clause), True
    return answer, begin + len(clause), False


_WORDS_AND_LETTER = regex(
    r"(?!(?i:not|no|never|either|neither|nor|maybe|perhaps|possibly|option|choice|letter|except|unlike"
    r"|between|like|both|all)\b)[A-Za-z][A-Za-z' -]{2,60} \((?P<letter>[A-J])\)"
)
"""The text of an option before its letter: "glucose (B)"."""

_HOW_WRITTEN = regex(
    r"(?:rounded|correct|accurate|truncated|reported|expressed|precise) (?:off )?to\b", re.IGNORECASE
)
"""How an answer is written, which is none: "the answer is rounded to 3 significant figures"."""

_WORDS_EQUAL = regex(r"[A-Z][a-z]+(?: [a-z-]+){2,20} = (?P<value>-?\d[^=,;]{0,40})")
"""What something in words is: `Fraction of shirts that are red or blue = 0.625`."""

_APPOSITION = regex(
    r"(?P<name>[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,3}), (?:the|an?) (?!.*(?:,| and | or ))[a-z][^\d=]{2,80}"
)
"""A name and what it is: "Paris, the capital of France"."""

_COUNTED_FIRST = regex(
    r"(?P<value>\d[\d,]*(?:\.\d+)?)"
    r"(?: (?!(?:and|or|times|plus|minus|more|less|out|to|percent|unless|if|when|whenever|provided"
    r"|mod)\b)[a-z-]+){1,4}?"
    r" (?:is|are|was|were|will|would|can|could|should|must|have|has|had|contain|fit|need|remain"
    r"|satisfy|buy)\b"
    r"(?!.*\b(?:not|never|but|than)\b).*"
)
"""A sentence that begins with how many of something do what it says: "9 boys would fit in 3 tents"."""


def _without_closing(answer: str) -> str:
    """An answer without the verb that ends its sentence in some languages, which are not written in ASCII."""
    closing = None if answer.isascii() else _CLOSING.search(answer)
    return answer[: closing.start()].rstrip() if closing else answer


def _clean(clause: str) -> str:
    clean = clause.strip().strip("*_").strip().strip(_QUOTES).strip("*_ \t").rstrip(":").rstrip()
    for opening, closing in ("()", "[]", "{}"):
        if (
            clean.endswith(closing)
            and clean.count(closing) > clean.count(opening)
            and "[" not in clean
            and "(" not in clean
        ):
            clean = clean[:-1].rstrip(" .")
    return clean


def _sentence(text: str, begin: int) -> str:
    """The rest of the sentence, which an abbreviation does not end."""
    limit = min(len(text), begin + MAX_ANSWER)
    place = begin
    while (stop := _STOP.search(text, place, limit)) is not None:
        sign = text[stop.start()]
        if sign == "." and _goes_on(text, begin, stop.start()):
            place = stop.start() + 1
            continue
        if sign == "!" and _is_factorial(text, begin, stop.start()):
            return text[begin : stop.start() + 1]
        return text[begin : stop.start()]
    return text[begin:limit]


_CLAUSE = 30
"""Characters before a lone letter with a full stop, in which it may still mark an item: `we choose b. 12`."""


def _goes_on(text: str, begin: int, dot: int) -> bool:
    """Whether a full stop is one of an abbreviation, a list number or a number with a blank in it."""
    before, after = text[begin:dot], text[dot + 1 : dot + 4]
    if not after.strip() or "\n" in after[:1]:
        return False
    if re.search(r"(?<![\d.])0\Z", before) and re.match(r" \d", after):
        return True
    if not _ABBREVIATION.search(before):
        return False
    if _OF_UNIT.search(before) and re.match(r"\s+[A-Z][a-z]", text[dot + 1 : dot + 6]):
        return False
    single = re.search(r"\b([A-Za-z])\Z", before)
    if single is not None:
        return len(before.strip()) == 1 or (
            single.group(1).islower()
            and not re.match(r"\s+[A-Z][a-z]", after + text[dot + 4 : dot + 6])
            and len(before) < _CLAUSE
        )
    return True


def _is_factorial(text: str, begin: int, sign: int) -> bool:
    """Whether "!" closes a factorial: behind a number, in a clause that is no sentence."""
    clause = text[begin : sign + 1]
    if not re.search(r"[\d)]\Z", clause[:-1]):
        return False
    return (
        re.search(r"\d!.*\d!", clause) is not None
        or text[:begin].rstrip().endswith((":", "**", "*"))
        or "\n" in text[max(0, begin - 2) : begin]
    )
