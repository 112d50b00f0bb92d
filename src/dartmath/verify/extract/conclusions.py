"""What a response concludes with where no answer is marked: "Therefore $x = 5$", "So Ann has 14 left."."""

from __future__ import annotations

import re
from functools import lru_cache

from dartmath.base.regex import by_initials, regex
from dartmath.verify.extract.claims import claimed, concluded
from dartmath.verify.extract.concluding import CONDITIONS, opening, opens
from dartmath.verify.extract.equations import assignments, equated
from dartmath.verify.extract.found import Statement
from dartmath.verify.extract.how_many import counted_list
from dartmath.verify.extract.left_open import denied
from dartmath.verify.extract.mathematics import is_mathematics
from dartmath.verify.extract.numbers import only_number, recalled
from dartmath.verify.extract.polarity import asserted, intended, would_be
from dartmath.verify.extract.products import is_product, is_unit
from dartmath.verify.extract.shown import shown
from dartmath.verify.extract.told import told
from dartmath.verify.extract.values import ITEM, value_at
from dartmath.verify.language.formulas import FORMULA, body
from dartmath.verify.language.lexicon import LANGUAGES
from dartmath.verify.language.money import SIGN_CLASS
from dartmath.verify.language.numerals import LETTER
from dartmath.verify.language.search import holds, small_letters

TAIL = 1_000
"""Only this many characters at the end of a response are looked at."""

_FEW_WORDS = 4
"""Words of a label, and of what may stand behind the formula of a last sentence."""

MOST = 10
"""Only so many sentences at the end."""

Span = tuple[int, int]
Found = tuple[str, int, int]

_STOPS = (
    r"(?<=\n)|(?<=[.!?])(?!(?<=[\d)n]!)(?: ?[-+*/x×·=.,)]| (?:has|have|is|ends|can|equals"
    r"|contains)\b))(?<![\d.]\..)"
    r"(?:(?<!\b[A-Z].)|(?<=/[A-Z].)|(?<=\d [A-Z].))"
    r"(?<!\b(?:Mr|Ms|Dr|St|vs|ft|in|sq|cu|Rs|No|pr|ca|tj|np).)(?<!\bMrs.)"
    r"(?:\*{1,3}(?=\s|$)|(?=[ \t]|$))"
    r"|(?<=\d\.)(?=[ \t]+[A-Z*]|[ \t]*$)"
    r"|(?<=:)(?=[ \t]+(?:so|thus|therefore)\b)"
)
_BREAK_IN_ASCII = regex(rf"[\n.!?:](?:{_STOPS})")
"""Where a sentence ends. The sign comes first, and what it needs behind it: see `FORMULA`."""

_BREAK = regex(
    rf"[\n.!?:。！？।؟ \t，,](?:{_STOPS}|(?<=[。！？।؟])"
    r"|(?<=[ \t，,])(?=(?:因此|所以|结论|由此|したがって|よって|따라서|그러므로|इसलिए|अतः|لذا|إذن|وبالتالي)))"
)
REMARK = regex(
    r"[\s*#_>(-]*(?:note|(?:re-?|double[- ])?check(?:ing)?(?=[:,*]| (?:that|this|our|the answer|back|by))"
    r"|verif|to verify|to check|let(?: me|'s| us) (?:know|check|verify|double)|i hope|hope|feel free"
    r"|explanation|remark|(?:a |one )?(?:quick|sanity|final) (?:sanity )?check|so we get the same"
    r"|(?:and |so )?(?:that|this) (?:is|'s|was) (?:our|the|my) (?:final )?answer"
    r"|(?:and )?that's (?:correct|right|it|all)\b|(?:and )?(?:we're|we are|i'm) done"
    r"|(?:right|yep|yes|great|good|perfect|ok(?:ay)?)\s*[.!]*\Z"
    r"|that(?:'s| is) (?:within|less|more|consistent|reasonable|because|why|exactly|the same|as)\b"
    r"|this (?:is(?! (?:equal|\\?\$?-?\d|\\))|completes|matches"
    r"|confirms|satisfies|solves|answers|means we|verifies)|which (?:confirms|matches)|q\.?e\.?d"
    r"|∎|✓|✅|□|■|done"
    r"|indeed|confidence|we can (?:check|verify)"
    r"|if (?:you|any|something|the (?:answer|solution|explanation|reasoning)|there(?:'s| is"
    r"| are) any)\b(?=[^=\d\n]*"
    r"\b(?:you|me|ask|please|let)\b)|if you|please|you can|good luck|is there|would you"
    r"|注意|验证|检验|验算|希望|note que|vérif|comprob|probe"
    r"|проверка)",
    re.IGNORECASE,
)
"""How a sentence begins that adds to a conclusion and is none."""

_CONTINUES = regex(
    r"[\s*#_>-]*(?:now|next|let us|let's|we (?:now |still )?(?:need|must|have to|can now)|moving on)\b", re.I
)
"""How a sentence begins behind which more should come: what stands before it is no conclusion."""

_UNDONE = r"\b[^.\n]{0,20}\b(?:solve|determine|know|find|figure|compute|finish|sure)\b"
_ARRIVES = regex(
    r"\bto (?:get|obtain|find|give|yield)\b[^.\n]{0,60}[$\\][^.]{0,200}="
    r"|, (?:which (?:gives|leaves|makes|yields|is|equals)|giving|leaving)(?: us| me)? \S{0,3}\d[^,]{0,40}\Z"
)
"""What such a sentence goes on to say, where it says the result: "We can now insert them to get $E = 3$"."""

_GAVE_UP = regex(
    by_initials(
        *(rf"\b{verb} ?(?:not|n't){_UNDONE}" for verb in ("could", "can", "do", "did", "was", "am")),
        *(rf"\b{verb}{_UNDONE}" for verb in ("cannot", "fail(?:ed)? to", "not (?:sure|certain)")),
        r"\bunable to\b",
        r"\bnot enough information\b",
        r"\bdecline to\b",
        r"\brefuse to\b",
        *(rf"\b{we} (?:could|can|do|did)(?: ?not|n't)\b[^.\n]{{0,20}}\banswer\b" for we in ("i", "we")),
    )
)
"""What a response says that has no answer, in small letters: what its last line says then is none either."""

_DENIALS = ("not", "n't", "unable", "fail", "decline", "refuse")
"""Texts one of which stands in whatever `_GAVE_UP` finds."""

_NAME = regex(r"\\?[a-zA-Z]+(?:_\{?\w\}?)?[.,]?")
"""`$n$` at the end of "10 values of $n$" is what the sentence is about, not what it says."""

_STEP = regex(r"\\(?:Rightarrow|implies|Longrightarrow|therefore)(?![a-zA-Z])|&\s*=(?=[^&]*\Z)")
_JOINED = regex(r"\s*,?\s*(?:and|or|y|o|et|ou|und|oder|和|或)\s+")
_RELATION = regex(r"[=<>]|\\(?:leq?|geq?|neq?|in|equiv|approx)(?![a-zA-Z])")
_ASSIGNMENT = regex(r"\\?[a-zA-Z]{1,8}(?:_\{?\w\}?)? *=[^=]*$")
_LISTED = regex(r"\s*,\s*")
_BOLD_END = regex(
    r"\*\*([^\s*]{1,60}(?: [^\s*]{1,60}){0,3}|\d+ [a-z]+(?: [a-z]+)?(?:,? and"
    r"|,) \d+ [a-z]+(?: [a-z]+)?)\*\*[^\d*$]{0,40}$"
)
"""What a sentence ends with in bold: up to four words, or two amounts."""
_DENIED_WORDS = regex(r"\b(?:not|must|never|no)\b", re.I)
_ASIDE = regex(
    r"(?:\b(?:among|from|than|such that|for which|so that|by|when|where|since|because|as"
    r"|for|with|subtract|add|between|out of|per"
    r"|mod|modulo|base|if|over"
    r"|let|suppose|plus|minus|times|twice|half of|triple|(?:half|third|quarter|multiple|square|root"
    r"|sum|product|difference"
    r"|number|values?|powers?|all|each|any|set|sign|terms?|digits?|coefficient|out|first|last|every"
    r"|given|using|divide|multiply"
    r"|solve|consider|assume|assuming|satisf\w+|on|in|at|to|of)(?: of)?(?: the)?(?: first)?)\s*|\()\Z",
    re.IGNORECASE,
)
"""What stands right before a formula that is not what its sentence says: "among the first $100$"."""

_OF_VALUE = regex(
    r"\b(?:total|values?|area|length|probability|perimeter|volume|distance|cost|price|average|maximum"
    r"|minimum|answer|result|speed"
    r"|height|width|radius|score|sum|rate|chance|profit|amount|equal|equals|comes|simplif\w+|reduces?"
    r"|evaluates?|leads|belongs|lies)"
    r"(?: \w+)? (?:of|to|in|at|as)\s*\Z"
    r"|\b(?:is|are|was|were)(?: then| therefore| thus| hence)? given by\s*\Z"
    r"|\b(?:increas|decreas|reduc|dropp|lower|chang|fell|fall|ris|rose|grew|grow)\w* by\s*\Z",
    re.IGNORECASE,
)
_SAYS = regex(
    r"(?:\b(?:is|are|equals?|be|becomes?|gives?|get|gets|have|has|obtain|find|yields?|conclude|that"
    r"|was|were|to|is:|:|given by|costs?|totals?|measures?)|,\s+(?:or|that is,?|i\.e\.,?|so|hence|thus"
    r"|giving)|=|:|即|为|是|得)"
    r"\s*(?:exactly |simply |always |thus |still |also |only "
    r"|just |then |therefore )?[*\s]*\Z",
    re.IGNORECASE,
)
_OPTION_LINE = regex(r"[\s>*_#✅✔☑👉️-]*(?P<letter>\(?[A-J]\)?|\[[A-J]\])[\s*_.]*")
_OPTION_AND_TEXT = regex(r"[\s>*_#-]{0,9}(?P<letter>\(?[A-J][).:])[ \t*]+\S[^\n]{0,300}\s*\Z")
"""A last line that is an option with its text, behind a line that announces it: "It is:\n\nB. An ellipse"."""

_VERDICT_LINE = regex(
    r"[\s>*_#`-]*(?P<verdict>True|False|Yes|No|Maybe|TRUE|FALSE|YES|NO|yes|no"
    r"|maybe)[\s*_`.]*"
)
"""A line that is nothing but a yes or no."""

_VALUE_LINE = regex(
    r"[\s>*_#]*(?:-[\s*_]+)?(?:=|≈|\\approx|→|⇒|=>)?\s*(?P<value>[^\n]{1,200}?)"
    r"(?: \([^()\n]{0,40}(?:reject|extraneous|discard|invalid)[^()\n]{0,40}\))?[\s*_.]*\Z"
)
_NO_SOLUTION = regex(
    r"(?:(?!.*\b(?:if|unless|whether|suppose|assume|show|prove|until|might|may|first|also)\b)[^\d=]*\b)?"
    r"(?:(?:there (?:is|are|exists?)(?: therefore| thus)?|has|have) no (?P<real>real )?"
    r"(?:(?:integer|such|possible|positive) )*(?:solutions?|roots?)\b"
    r"|there (?:is|are|exists?)(?: therefore| thus)? no such [a-z]+(?: [a-z]+)?"
    r"|no such [a-z]+(?: [a-z]+)? (?:exists?|is possible|are possible|can exist))(?!.*\b(?:but|so|except"
    r"|until)\b)[^\d=]*",
    re.IGNORECASE,
)
"""A sentence that says that nothing solves the problem, or is what is asked for."""
_LABEL = regex(
    r"[\s*_#>-]*(?P<label>[^\W\d_][^:=\n$]{1,60}?)[ \t]*[*_]{0,3}(?:[:：](?!(?<=\d:)\d)|→|⇒"
    r"|[-=]>)[*_]{0,3}[ \t]*"
    r"(?P<value>\S[^\n]{0,200})\Z"
)
_NOT_LABELS = regex(
    r"\b(?:step|check|note|verif\w*|hint|given|example|part|case|question|problem|let|where|confidence)\b",
    re.I,
)


def conclusion(
    text: str, *, concludes: bool = True, final_line: bool = True, languages: tuple[str, ...] = LANGUAGES
) -> Statement | None:
    """What the last concluding sentence says: its formula, its end in bold, or the value it states.

    Checks and notes behind it are passed over. Without such a sentence, and where `final_line` allows, what
    the last sentence plainly says; without `concludes`, any sentence is a plain one. None where the last
    concluding sentence denies or supposes its value.
    """
    end = len(text.rstrip())
    start = max(0, end - TAIL)
    tail = text[start:end]
    formulas, spans = sentences(tail)
    low = small_letters(tail)
    opened = opening(languages).match
    last = True
    for first, stop in reversed(spans[-MOST:]):
        sentence = tail[first:stop]
        continues = _CONTINUES.match(sentence) is not None and not _ARRIVES.search(sentence)
        concluding = not continues and concludes and opened(low, first, stop) is not None
        if not (last or continues or concluding):
            continue  # it says nothing, whether it is a remark or not
        if not any(map(str.isalnum, sentence)):
            continue
        is_said = last and (_verdict_alone(tail, first, sentence) or _OPTION_LINE.fullmatch(sentence))
        if REMARK.match(sentence) and not is_said:
            continue
        if continues:
            return None
        if last and concludes and (words := _in_words(sentence)) is not None:
            at, to = (start + first + place for place in words.span("words"))
            return Statement(words["words"], "conclusion", at, to)
        inside = [formula for formula in formulas if first <= formula.start() < stop]
        if concluding:
            found = (
                _all_or_none(tail, first, stop)
                or (_claim(tail, first, stop, languages) if _says_behind(tail, inside, stop) else None)
                or _formula(tail, first, inside)
                or _bold(tail, first, stop)
                or _emphasised(tail, first, stop)
                or _claim(tail, first, stop, languages)
                or recalled(tail, first, stop)
            )
        else:
            allowed = (
                last
                and final_line
                and not _FIELD.match(sentence)
                and not _gave_up(low)
                and not _ends_early(tail, first, stop)
            )
            found = (
                (_all_or_none(tail, first, stop) or _final(tail, first, stop, inside)) if allowed else None
            )
        if found is not None:
            answer, at, to = found
            said = asserted(tail, at, to) and bool(answer) and not (concluding and denied(sentence))
            said = said and not intended(tail[first:at]) and not would_be(tail, first, to)
            rule = "conclusion" if concluding else "final_line"
            return Statement(answer, rule, start + at, start + to) if said else None
        if concluding and (_denies(sentence) or _OTHER_VALUE_SAID.search(sentence)):
            return None  # it is the last one, whatever it says of its numbers
        last = False
    return None


_OTHER_VALUE_SAID = regex(r"\d|\\(?:d?frac|sqrt|boxed)")


def announced_value(sentence: str) -> Found | None:
    """What a sentence says that is announced as the answer: its formula, its value, or its only number.

    >>> announced_value("The width is $2x$ when it is closed.")
    ('2x', 13, 17)
    >>> announced_value("Kim has 22 more coins than Ann.")
    ('22', 8, 10)
    """
    formulas = list(FORMULA.finditer(sentence))
    found = _formula(sentence, 0, formulas) or _bold(sentence, 0, len(sentence))
    found = found or _claim(f"So {sentence}", 0, len(sentence) + len("So "), LANGUAGES, shift=len("So "))
    if found is None and not formulas:
        found = only_number(sentence)
    if found is None or not found[0] or denied(sentence) or _DENIED_WORDS.search(sentence[: found[1]]):
        return None
    return found if asserted(sentence, found[1], found[2]) else None


_OPENS_FORMULA = regex(r"\\[\[(](?!.*\\[\])])|=\s*\Z", re.DOTALL)


_ANSWER_IN_WORDS = regex(
    r"\s*(?:so|thus|therefore|hence),? (?:the|our|my) (?:final |correct )?answer is:? "
    r"(?P<words>[a-z]+(?:[ '-][a-z]+){0,40})[.!]?\s*",
    re.IGNORECASE,
)
"""A last sentence with an answer in words that no announcement is sure of: "So the answer is even."."""

_VERDICT_IN_WORDS = regex(
    r"\s*(?:so|thus|therefore|hence|(?:my|in|our) conclusion(?: is)?|(?:i|we) (?:choose|select|pick"
    r"|answer|say|conclude))"
    r"[,:]? [\"“*_]*(?P<words>yes|no|true|false)[\"”*_]*[.!]?[*_\s]*",
    re.IGNORECASE,
)
"""A last sentence that is a yes or no and a word of conclusion or choice: "Therefore: **no**"."""


def _in_words(sentence: str) -> re.Match[str] | None:
    """The answer in words that a sentence announces; none where the words are about the answer."""
    if verdict := _VERDICT_IN_WORDS.fullmatch(sentence):
        return verdict
    found = _ANSWER_IN_WORDS.fullmatch(sentence)
    return None if found is None or _ABOUT_ANSWER.match(found["words"]) else found


_ABOUT_ANSWER = regex(
    r"(?:not|no longer|indeed|correct|right|wrong|incorrect|unclear|clear|reasonable|consistent|verified"
    r"|above"
    r"|below|as|in|given|found|obtained|the|an?|of|to|that|this|it|what|unknown|undefined|ambiguous|obvious"
    r"|simple|unique|expected|also|still|already|always|really|quite|very)\b|.*\b(?:is|are|was|were|because)\b",
    re.IGNORECASE,
)
"""How words begin that say something about the answer, and do not say it."""


def _ends_early(tail: str, start: int, stop: int) -> bool:
    """Whether a text ends inside a formula, in an equation without its right side, or in what is given."""
    if _OPENS_FORMULA.search(tail, start) is not None:
        return True
    return tail.find("given that", start, stop) >= 0 and _GIVEN.fullmatch(tail, start, stop) is not None


def _gave_up(folded: str) -> bool:
    return holds(folded, *_DENIALS) and _GAVE_UP.search(folded) is not None


_DENIES = regex(
    by_initials(
        *(rf"\b{word}\b" for word in ("not", "no", "cannot", "impossible", "contradiction", "extraneous")),
        r"\breject\w*\b",
        r"n't\b",
    )
)
"""For a sentence in small letters."""


def _denies(sentence: str) -> bool:
    return _DENIES.search(sentence.lower()) is not None


@lru_cache(maxsize=2)
def sentences(tail: str) -> tuple[list[re.Match[str]], list[Span]]:
    """The formulas of a tail and its sentences, which one rule after another asks for; nobody changes them.

    A formula of its own line belongs to the sentence that it ends.
    """
    formulas = list(FORMULA.finditer(tail))
    masked = _masked(tail, formulas) if formulas else tail
    before_formulas = _line_breaks_before(tail, formulas)
    spans: list[Span] = []
    start = 0
    for mark in (_BREAK_IN_ASCII if masked.isascii() else _BREAK).finditer(masked):
        end = mark.end()
        if end in before_formulas and mark.group() == "\n" and _goes_on(tail[start:end]):
            continue
        spans.append((start, end))
        start = end
    return formulas, [*spans, (start, len(tail))]


def _line_breaks_before(tail: str, formulas: list[re.Match[str]]) -> set[int]:
    """Places behind blanks from which only blanks lead on to a formula."""
    places: set[int] = set()
    for formula in formulas:
        start = formula.start()
        if start and tail[start - 1].isspace():
            places.update(range(len(tail[:start].rstrip()) + 1, start + 1))
    return places


def _masked(tail: str, formulas: list[re.Match[str]]) -> str:
    """The tail with letters in place of formulas, whose signs end no sentence but at their end."""
    pieces, place = [], 0
    for formula in formulas:
        first, stop = formula.span()
        last = "." if body(formula).endswith(".") else tail[stop - 1]
        pieces += [tail[place : first + 1], "x" * (stop - first - 2), last]
        place = stop
    return "".join([*pieces, tail[place:]])


def _goes_on(line: str) -> bool:
    """Whether a sentence goes on behind the line break that ends `line`, with a formula that it announces."""
    before = line.rstrip()
    return (bool(before) and before[-1] in ",:，：") or (
        opens(before) and not re.search(r"[.\d$]\s*\Z", before)
    )


def _formula(tail: str, start: int, formulas: list[re.Match[str]]) -> Found | None:
    """The formula that a sentence says, with those before it that "and" or "or" joins to it."""
    said = list(formulas)
    while len(said) > 1 and (_NAME.fullmatch(body(said[-1])) or _is_aside(tail, start, said)):
        said.pop()
    if not said or _is_aside(tail, start, said) or (len(said) == 1 and _NAME.fullmatch(body(said[0]))):
        return None
    first = len(said) - 1
    while first and _joined(tail, said, first):
        first -= 1
    if first == len(said) - 1:
        said_last = _last_step(body(said[-1]))
        if "=" in said_last and _OF_MEASURE.search(tail[start : said[-1].start()]):
            said_last = _value_side(said_last)
        return said_last, said[-1].start(), said[-1].end()
    return tail[said[first].start() : said[-1].end()], said[first].start(), said[-1].end()


_OF_MEASURE = regex(
    r"\b(?:length|area|volume|perimeter|distance|angle|probability|sum|product|total|height|width|radius"
    r"|diameter|value|cost|price|speed|number|difference)\b[^.$=]{0,60}\b(?:is|are|equals?)\s*[$\\(\[\s]*\Z",
    re.IGNORECASE,
)
_LETTERS = regex(r"\\(?:text|mathrm|mbox)\s*\{[^{}]*\}|\\[a-zA-Z]+")


def _value_side(formula: str) -> str:
    """`16` of "the side is $2x = 16$": what an expression comes to that the sentence gives a name."""
    left, _, right = formula.rpartition("=")
    plain = _LETTERS.sub("", right)
    is_name = _NAME.fullmatch(left.strip()) is not None
    if is_name or any(map(str.isalpha, plain)) or not any(map(str.isdigit, plain)) or left[-1:] in "<>!:":
        return formula
    return right.strip().rstrip(".")


_IS_NUMBER = regex(r"[^$=]*\b(?:is|are|was|equals) [-−]?\d[^$=]*")


_SUBJECT = regex(
    r"\b(?:value|magnitude|number|amount|limit|sum) (?:of|for)(?: the expression)?\s*\Z", re.IGNORECASE
)
TAIL_OF_SUBJECT = 40
"""Characters before a formula in which "the value of" stands, of which the formula is the subject."""


def _says_behind(tail: str, formulas: list[re.Match[str]], stop: int) -> bool:
    """Whether a sentence says a number behind a formula that gives a letter its value, or is its subject."""
    if not formulas:
        return False
    before = tail[max(0, formulas[-1].start() - TAIL_OF_SUBJECT) : formulas[-1].start()]
    is_subject = _SUBJECT.search(before) is not None and _kind(body(formulas[-1])) == "value"
    if not is_subject and _kind(body(formulas[-1])) != "assignment":
        return False
    return _IS_NUMBER.fullmatch(tail[formulas[-1].end() : stop]) is not None


def _is_aside(tail: str, start: int, said: list[re.Match[str]]) -> bool:
    before = tail[said[-2].end() if len(said) > 1 else start : said[-1].start()]
    return _ASIDE.search(before) is not None and not _OF_VALUE.search(before)


def _last_step(formula: str) -> str:
    """What a derivation in one formula arrives at: behind the last arrow, or the last line of `align`."""
    return _STEP.split(formula)[-1].strip()


def _joined(tail: str, formulas: list[re.Match[str]], place: int) -> bool:
    """Whether a formula goes on from the one before it: both are values, or give letters their values."""
    gap = tail[formulas[place - 1].end() : formulas[place].start()]
    pattern = _JOINED if place == len(formulas) - 1 else _LISTED
    kinds = {_kind(body(formula)) for formula in formulas[place - 1 : place + 1]}
    return pattern.fullmatch(gap) is not None and kinds in ({"value"}, {"assignment"})


def _kind(formula: str) -> str:
    if _RELATION.search(formula) is None:
        return "value"
    return "assignment" if _ASSIGNMENT.match(formula) else "relation"


def _bold(tail: str, start: int, stop: int) -> Found | None:
    sentence = tail[start:stop].rstrip().rstrip(".!。")
    bold = _BOLD_END.search(sentence)
    if bold is None or re.search(
        r"\b(?:reject|discard|exclude|divide by|subtract|add|not)\s*\Z",
        tail[start : start + bold.start()],
        re.I,
    ):
        return None
    words = bold[1].strip().rstrip(".:,!")
    behind = sentence[bold.end(1) :].strip("*.!。 )")
    if not is_mathematics(words) and (behind or _DENIED_WORDS.search(words)):
        return None
    return words, start + bold.start(), start + bold.end()


_EMPHASIS = regex(r"\*\*([^*\n]{1,60})\*\*")
_AMOUNT = regex(
    rf"(?:[^\d*=]{{0,30}}=\s*)?"
    rf"(?P<amount>[-−]?\\?[{SIGN_CLASS}]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?(?: (?![A-Z]){LETTER}+){{0,3}}?)"
    r"(?: (?:in total|total|altogether|left|remaining|each))?\.?"
)


def emphasised(sentence: str) -> Found | None:
    """The one amount in bold of a sentence.

    >>> emphasised("She eats **7 rolls** in 4 weeks")
    ('7 rolls', 11, 18)
    """
    return _emphasised(sentence, 0, len(sentence))


def _emphasised(tail: str, start: int, stop: int) -> Found | None:
    """The one amount in bold of a sentence: "So she eats **7 dozen eggs** in 4 weeks."."""
    sentence = tail[start:stop]
    found = [bold for bold in _EMPHASIS.finditer(sentence) if not bold[1].rstrip().endswith(":")]
    amount = _AMOUNT.fullmatch(found[0][1].strip()) if len(found) == 1 else None
    if amount is None or _DENIED_WORDS.search(sentence):
        return None
    at = start + found[0].start(1) + found[0][1].index(amount["amount"])
    return amount["amount"], at, at + len(amount["amount"])


def _claim(tail: str, start: int, stop: int, languages: tuple[str, ...], *, shift: int = 0) -> Found | None:
    """The value that a sentence claims; `shift` is how many characters in front of it are not its own."""
    sentence = tail[start:stop]
    value = (
        assignments(sentence)
        or concluded(sentence, languages)
        or equated(sentence, languages)
        or told(sentence.strip())
    )
    value = value or _reasoned(sentence) or _before_semicolon(sentence, languages)
    value = (
        value or _consequence(sentence.strip()) or _last_clause(sentence) or _of_products(sentence.strip())
    )
    value = value or shown(sentence)
    return None if value is None else _placed(value, sentence, start - shift)


_LAST_CLAUSE = regex(
    r"(?P<before>.*[，；,;])?(?P<clause>[^，；,;。=\d]{1,30}?(?:约?为|是|等于|得到?))\s*(?P<value>[^\u3000-\uffef]{1,60}?)[。.\s]*\Z",
    re.DOTALL,
)
_OTHER_VALUE = regex(r"(?:为|是|有|等于|得到?)\s*[-−$\\]*\d")
_OPEN_CLAUSE = regex(r"[不没非若设令或]|如果|假设|是否|可能|至[少多]")


def _last_clause(sentence: str) -> str | None:
    """What the last clause of a Chinese sentence says of one thing: "...，积分值为2πi。"."""
    found = None if sentence.isascii() else _LAST_CLAUSE.fullmatch(sentence)
    if found is None or _OPEN_CLAUSE.search(found["clause"]) or _OTHER_VALUE.search(found["before"] or ""):
        return None
    value = found["value"].strip()
    return value if is_mathematics(value) and any(map(str.isdigit, value)) else None


_REASONED = regex(
    r"[^\d=]{0,40}?(?P<value>\b[a-zA-Z] ?= ?[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?),?"
    r" (?:because|since|as|by|from)\b[^$]*"
)
"""A value that is given to a letter, and then why: "Therefore, x = 42 because ..."."""


_CONTRAST = regex(
    r"\b(?:not|no|never|too|fails?|otherwise|negative|invalid|rejected|the others?)\b|n't\b", re.I
)


def _before_semicolon(sentence: str, languages: tuple[str, ...]) -> str | None:
    """What a concluding clause says before another that says what is not so: "so it is 4; 3 is too few"."""
    clause, sign, rest = sentence.partition("; ")
    if not sign or "=" in rest or not _CONTRAST.search(rest) or _CONTRAST.search(clause):
        return None
    return concluded(clause, languages)


def _reasoned(sentence: str) -> str | None:
    found = _REASONED.fullmatch(sentence.strip())
    return found["value"] if found else None


def _placed(value: str, sentence: str, start: int) -> Found:
    at = start + max(0, sentence.rfind(value))
    return value, at, at + len(value)


def _list_at_end(tail: str, start: int) -> Found | None:
    """Items of a list that ends the text and that a line with a colon leads in."""
    if (parts := _parts_at_end(tail)) is not None:
        return parts
    first = start = tail.rfind("\n", 0, start) + 1
    if not ITEM.match(tail, start):
        return None
    lines = tail[:start].rstrip().split("\n")
    spaced = False
    while lines and (ITEM.match(lines[-1]) or not lines[-1].strip()):
        line = lines.pop()
        spaced = spaced or not line.strip()
        first = tail.rfind(line, 0, first) if line.strip() else first
    if first == start or not lines or not lines[-1].rstrip(" *").endswith((":", "：")):
        return None
    if spaced and not _LEADS_LIST.search(lines[-1]):
        return None
    found = value_at(tail, first)
    return (found[0], first, found[1]) if found is not None and found[2] and found[1] >= start else None


_LEADS_LIST = regex(
    r"\b(?:solutions?|roots?|zeros?|answers?|values|pairs|triples|numbers|points)\b[^.\n]*[:：][\s*]*\Z", re.I
)
"""A line with a colon that leads in a list of answers: "The solutions are:"."""

_PART_LINE = regex(
    r"[ \t]*[*_]{0,2}\((?P<part>[a-e])\)[*_]{0,2}[.:]?[ \t]+[*_]{0,2}(?P<value>[^\n]{1,80}?)[*_.\s]*"
)


_AMONG = regex(r"\b(?:among|from|between|out of)(?: the)?(?: first)?\s*\Z", re.IGNORECASE)
"""What stands before the formula that says of how many something is counted."""


def _without_whole(
    tail: str, start: int, stop: int, inside: list[re.Match[str]]
) -> tuple[list[re.Match[str]], int]:
    """The formulas of a sentence without those of what it counts among, and where it ends without them."""
    while len(inside) > 1:
        among = _AMONG.search(tail, inside[-2].end(), inside[-1].start())
        if among is None:
            break
        inside, stop = inside[:-1], among.start()
    return inside, stop


def _parts_at_end(tail: str) -> Found | None:
    """The values of parts (a), (b), ..., on a line each, with which a text ends."""
    lines = [line for line in tail.split("\n") if line.strip()]
    values: list[str] = []
    for line in reversed(lines):
        part = _PART_LINE.fullmatch(line)
        if part is None or not is_mathematics(part["value"]) or not any(map(str.isdigit, part["value"])):
            return None
        values.insert(0, f"({part['part']}) {part['value'].strip()}")
        if part["part"] == "a":
            break
    if len(values) < len("ab") or [value[1] for value in values] != list("abcde"[: len(values)]):
        return None
    start = tail.rfind(lines[-len(values)])
    return ", ".join(values), start, len(tail)


_FIELD = regex(r"\s*(?:\{\s*)?[\"']\w{1,40}[\"']\s*:")
"""How a field of an object begins, of which only those that name an answer are read."""

_ONLY_ONE = regex(
    r"(?:\d|\$|\\\)).*(?:,|;|\band|\bbut|\bwhich|\bso|\bwhere) (?:and "
    r"|but )?only (?P<value>\$[^$]{1,40}\$|[a-z] ?= ?[-−]?\d+(?:/\d+)?"
    r"|[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?) (?:is|works?|satisf(?:ies|y)|lies|fits?|remains?|survives?"
    r"|makes|meets)\b[^\d=$]{0,60}\Z",
    re.DOTALL,
)
"""Which of several values is left: "The solutions are -3 and 2, and only 2 is positive."."""


def _all_or_none(tail: str, start: int, stop: int) -> Found | None:
    """How many solutions a sentence says there are, with all of them; or that there is none."""
    sentence = tail[start:stop]
    if (" are" in sentence or (" ha" in sentence and ":" in sentence)) and (
        listed := counted_list(sentence)
    ) is not None:
        return _placed(listed, sentence, start)
    if "only " in sentence and (left := _ONLY_ONE.search(sentence)) is not None:
        value = left["value"].strip("$")
        return _placed(value, sentence, start)
    if " no " in sentence.lower() and (nothing := _NO_SOLUTION.fullmatch(sentence)):
        return f"no {nothing['real'] or ''}solution", start, stop
    return None


_GIVEN = regex(
    r"[^.\n]{0,60}\b(?:we|it|you|they) (?:are|is|were|was) (?:also )?given that"
    r"(?!.*\b(?:so|then|therefore|thus|hence|which|get|have)\b).*",
    re.DOTALL | re.IGNORECASE,
)
"""A sentence on what the problem says, and not on what follows from it."""


def _final(tail: str, start: int, stop: int, inside: list[re.Match[str]]) -> Found | None:
    """What the last sentence says without a concluding word: a bare value, a label, a plain statement."""
    sentence = tail[start:stop]
    inside, said = _without_whole(tail, start, stop, inside)
    if listed := _list_at_end(tail, start):
        return listed
    if inside and not all(_NAME.fullmatch(body(formula)) for formula in inside):
        before = tail[start : inside[-1].start()]
        behind = tail[inside[-1].end() : stop]
        alone = not any(sign.isalnum() for sign in before) and not any(sign.isalnum() for sign in behind)
        if (
            alone
            or _follows_from(before, inside[-1])
            or (
                not re.search(r"\d", behind)
                and len(behind.split()) <= _FEW_WORDS
                and (_SAYS.search(before) or _SAYS.search(tail[start : _first_joined(tail, inside)]))
            )
        ):
            return _formula(tail, start, inside)
        return _counted(tail, start, said, inside)
    if (bold := re.fullmatch(r"[\s>#-]*\*\*([^*\n]{1,80})\*\*[\s.!]*", sentence)) and is_mathematics(bold[1]):
        return bold[1].strip(), start, stop
    # Behind its leading blanks: every way to part a long run of them would be tried.
    line = _VALUE_LINE.match(sentence.rstrip(), len(sentence) - len(sentence.lstrip()))
    if (option := _option_line(tail, start, sentence)) is not None:
        return option
    if (verdict := _VERDICT_LINE.fullmatch(sentence)) is not None and _begins_line(tail, start):
        return verdict["verdict"], start, stop
    if "=" in sentence and (product := _of_products(sentence.rstrip())) is not None:
        return _placed(product, sentence, start)
    if (
        line
        and "boxed" not in line["value"]
        and is_mathematics(line["value"])
        and re.search(r"[\d=\\∅∞π√]", line["value"])
    ):
        value = line["value"].strip().strip("*").strip().replace("**", "")
        return value, start + line.start("value"), stop
    if (
        (label := _LABEL.match(sentence.rstrip().rstrip(".*")))
        and not _NOT_LABELS.search(label["label"])
        and len(label["label"].split()) <= _FEW_WORDS
    ):
        value = label["value"].strip().strip("*").strip()
        if is_mathematics(value):
            return value, start + label.start("value"), stop
    plain = sentence.strip().lstrip("*#>- ")
    if (bold_amount := _emphasised(tail, start, stop)) is not None:
        return bold_amount
    value = (
        assignments(plain)
        or claimed(plain, plain=True)
        or told(plain)
        or _repeated(tail[:start], claimed(plain))
    )
    value = value or _consequence(plain) or _last_clause(plain) or _computed(plain) or shown(plain)
    return recalled(tail, start, stop) if value is None else _placed(value, sentence, start)


_BY_WHAT = regex(
    r"\s*(?!(?:If|When|Suppose|Assume|Let|For|At|Case|Check|Note|Recall|Try|But|However|Not|Step)\b)[A-Z][^.!?\n=\d]{2,100},"
    r"\s*\Z"
)
"""By what, or from what, a formula follows that ends a response: "By the theorem of Pythagoras,"."""


def _follows_from(before: str, formula: re.Match[str]) -> bool:
    """Whether a formula that says what something is ends a sentence which names the reason before it."""
    said = body(formula)
    return (
        "=" in said
        and _BY_WHAT.fullmatch(before) is not None
        and _IS_VALUE.fullmatch(said.rpartition("=")[2].strip().rstrip(".").rstrip()) is not None
    )


def _first_joined(tail: str, formulas: list[re.Match[str]]) -> int:
    """Where the first of the formulas begins that "and" or commas join to the last one."""
    first = len(formulas) - 1
    while first and _joined(tail, formulas, first):
        first -= 1
    return formulas[first].start()


def _option_line(tail: str, start: int, sentence: str) -> Found | None:
    """The letter that a last line is, or that begins one which the line before it announces."""
    if option := _OPTION_LINE.fullmatch(sentence):
        return option["letter"], start + option.start("letter"), start + option.end("letter")
    described = _OPTION_AND_TEXT.match(tail, start)
    announced = described is not None and tail[:start].rstrip(" *\n").endswith((":", "："))
    return (described["letter"], *described.span("letter")) if described is not None and announced else None


def _verdict_alone(tail: str, start: int, sentence: str) -> bool:
    """Whether a "Yes" is a line of its own that answers words, and no remark on a value before it."""
    before = tail[:start].rstrip()
    line = before[before.rfind("\n") + 1 :]
    return (
        _VERDICT_LINE.fullmatch(sentence) is not None
        and _begins_line(tail, start)
        and "=" not in line
        and not (any(map(str.isdigit, line)) and opens(line))
    )


def _begins_line(tail: str, start: int) -> bool:
    """Whether a line begins there that answers no question, and no heading, of the line before it."""
    before = tail[:start].rstrip()
    return "\n" in tail[len(before) : start] and not before.endswith(("?", ":")) if before else True


_CONSEQUENCE = regex(
    r".*,\s+(?:and\s+)?(?P<clause>(?:so|hence|thus|therefore|which means|there (?:are|is))\b.*)", re.DOTALL
)
_COMPUTED = regex(
    r"[^\n]*(?:[^<>!:=\s]|[\dn)]!)\s*(?:=|≈|\\approx)\s*(?P<value>[-−]?(?:\\?\$)?\d[\d,]*(?:\.\d+)?(?:/\d+)?\\?%?)\s*[.!]?\Z"
)
_RESULT = regex(
    r"\s*(?P<value>[-−]?\d[\d,]*(?:\.\d+)?(?:\s*[x×*·]\s*10\s?\^\s?\{?[-−]?\d+\}?)?"
    r"(?:\s?(?P<unit>[A-Za-zµμΩ°%][A-Za-zµμΩ°%/^()·*\d−-]*"
    r"(?: [A-Za-zµμΩ°%][A-Za-zµμΩ°%/^\d−-]*){0,2}"
    rf"|(?![A-Za-z]){LETTER}+))?)[\s.!]*"
)
"""What a calculation in running text comes to, with powers of ten and a unit."""

_BEFORE_SIDE = regex(r"\b(?:is|are|was|were|be|to|equals?|or)\b|[=:]")
_MAX_SIDE = 160
"""Characters of a calculation."""


_SINCE = regex(
    r"(?:Since|Because|As|Given that) [^,;]{1,200},\s+(?P<clause>(?!and\b|or\b|but\b)[^,;]{1,200})", re.DOTALL
)
"""A reason, and behind its comma what follows from it: "Since it fell 5 m, it has 10 J."."""

_RESTATED = regex(
    r",\s+(?:or|that is,?|which is)\s+(?:about |approximately )?"
    r"(?P<value>[-−]?\$?\d[\d,]*(?:\.\d+)?(?:\s*[x×]\s*10\^\{?-?\d+\}?)?"
    r"(?: ?[A-Za-z%°][A-Za-z0-9/^°-]{0,14}){0,2})\s*[.]?\Z"
)
_MAX_RESTATED = 90
"""Characters of such an end."""

_COMPUTING = regex(
    r"\b(?:is|are|was|were|equals?)\b[^\n]*?"
    r"(?:\b(?:times|divided by|multiplied by|plus|minus|squared|(?:percent|half|third|quarter) of)\b"
    r"|[*/×÷]|% of)"
)
"""A computation in words and what it comes to: "the emf is the field times the distance, or 400 V."."""

_WHICH_IS = regex(
    r".*,\s+which (?:is|equals|is equal to|is just|(?:gives|leaves)(?: us| me)?|makes|comes (?:out )?to)"
    r" (?P<clause>(?!(?:for|in|from|at|of|during|on|when|where)\b)[^,]*)",
    re.DOTALL,
)


_ARRIVED_AT = regex(
    r"(?:So,? |Thus,? |Then,? |Therefore,? |Hence,? |We |I |Now |Next |Finally )*(?:add|subtract"
    r"|multiply|divide|take|square|simplify|evaluate"
    r"|compute|combine|double)\b[^.=]* (?:to|and) (?:get|obtain|give|find|arrive at)"
    r" (?P<value>-?\\?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?)\.?",
    re.IGNORECASE,
)
"""A sentence that says what was done and what it comes to: "Multiply 6 by 7 to get 42."."""


def _consequence(sentence: str) -> str | None:
    """What the last clause of a sentence follows from the others: "the rest is 2, so the digit is 4."."""
    if arrived := _ARRIVED_AT.fullmatch(sentence):
        return arrived["value"]
    if relative := _WHICH_IS.fullmatch(sentence):
        return claimed(f"It is {relative['clause']}", plain=True)
    end = max(0, len(sentence) - _MAX_RESTATED)
    if (restated := _RESTATED.search(sentence, end)) and _COMPUTING.search(sentence, 0, restated.start()):
        return restated["value"]
    if since := _SINCE.fullmatch(sentence):
        return claimed(since["clause"], plain=True)
    found = _CONSEQUENCE.fullmatch(sentence)
    if found is None:
        return _follows_abroad(sentence)
    if " if " in sentence.lower():
        return None
    clause = found["clause"]
    return claimed(clause, plain=True) if clause.startswith("there") else concluded(clause)


def _follows_abroad(sentence: str) -> str | None:
    """The same in another language than English: `zwei sind weg, also bleiben 4`."""
    if small_letters(sentence).startswith(CONDITIONS):
        return None
    place = len(sentence)
    for _ in range(_MOST_CLAUSES):
        place = sentence.rfind(", ", 0, place)
        if place < 0:
            return None
        if opens(clause := sentence[place + 2 :]):
            return concluded(clause)
    return None


_MOST_CLAUSES = 3
"""Clauses at the end of a sentence that can begin with a concluding word."""


def _computed(sentence: str) -> str | None:
    """The number behind the last sign of equality that ends a sentence: "or C(3) = 18.90."."""
    if found := _COMPUTED.fullmatch(sentence):
        return found["value"]
    return _of_products(sentence)


_CONVERTED = regex(
    r"\d[\d.,]*(?: [a-z]{2,}(?:/[a-z]{2,})?)(?: [×x*·/+-] \d[\d.,]*(?: ?[a-z]{2,}(?:/[a-z]{2,})?)?)* = "
    r"(?P<value>\d[\d.,]*(?: [a-z]+){1,2})\.?"
)
"""What quantities with their units come to: `1.2 hours × 60 minutes/hour = 72 minutes`."""


def _of_products(sentence: str) -> str | None:
    """What a product or a quotient of quantities at the end of a sentence comes to, with its unit."""
    if converted := _CONVERTED.fullmatch(sentence.strip()):
        return converted["value"]
    before, sign, behind = sentence.rpartition("=")
    found = _RESULT.fullmatch(behind) if sign else None
    if found is None:
        return None
    before = before[-_MAX_SIDE:]
    starts = [place.end() for place in _BEFORE_SIDE.finditer(before)]
    if not is_product(before[starts[-1] if starts else 0 :]):
        return None
    return found["value"] if found["unit"] is None or is_unit(found["unit"]) else None


def _counted(tail: str, start: int, stop: int, inside: list[re.Match[str]]) -> Found | None:
    """The one formula of a plain statement: "Louis and Jack eat $\\frac{13}{15}$ of the pie"."""
    if len(inside) != 1 or _kind(body(inside[0])) != "value" or not _IS_VALUE.fullmatch(body(inside[0])):
        return None
    stated = f"{tail[start : inside[0].start()]}7{tail[inside[0].end() : stop]}"
    if claimed(stated.strip().lstrip("*#>- "), plain=True) is None:
        return None
    return body(inside[0]), inside[0].start(), inside[0].end()


_IS_VALUE = regex(r"(?:\\\$)?[-−]?\d[\d,]*(?:\.\d+)?|[-−]?\d*\\[dt]?frac\{\d+\}\{\d+\}")


def _repeated(before: str, value: str | None) -> str | None:
    """A value that the calculation right before has come to: "25 - 8 = 17. Nora keeps 17 shells."."""
    computed = value is not None and re.search(rf"=\s*\$?{re.escape(value)}\$?[\s.*]*\Z", before)
    return value if computed else None
