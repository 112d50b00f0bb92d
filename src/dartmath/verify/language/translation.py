"""Answers in other languages, in the words that the parser knows: tables of terms, and where each may stand.

Only what can be nothing else is replaced: a word that is the whole answer, a unit or scale behind a number,
and what joins two values. A letter is never taken for a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache

from dartmath.base.regex import regex
from dartmath.verify.language.clock_words import clock_in_digits
from dartmath.verify.language.numerals import LETTER, decimals_in_words, may_be_numeral, numeral
from dartmath.verify.language.unit_names import english_unit, first_words
from dartmath.verify.language.units import parse_unit
from dartmath.verify.language.word_amounts import compound_amount
from dartmath.verify.language.word_fractions import fraction_in_words

_WHOLE: Mapping[str, str] = {
    "no solution": (
        "无解|無解|没有解|方程无解|無解である|解なし|解はない|해가 없다|해가 없음|해 없음"
        "|해가 없습니다|해는 없다|해는 없습니다|해가 존재하지 않는다|解はありません|解が存在しない"
        "|vô nghiệm|không có nghiệm"
        "|aucune solution|pas de solution|keine lösung|keine lösungen|keine loesung|sin solución|sin solucion"
        "|no hay solución|no tiene solución|no existe solución|sem solução|não há solução|não tem solução"
        "|nessuna soluzione|non ha soluzioni|нет решений|решений нет|нет решения|нет корней|корней нет"
        "|не имеет решений|не имеет корней|нет таких значений|таких значений нет|لا يوجد حل|لا حل|कोई हल नहीं"
        "|geen oplossing|geen oplossingen|ingen lösning|inga lösningar|saknar lösning|ingen løsning"
        "|ingen løsninger|ei ratkaisua|ei ratkaisuja|brak rozwiązań|brak rozwiązania|nie ma rozwiązań"
        "|nie ma rozwiązania|nemá řešení|rovnice nemá řešení|žádné řešení|nemá riešenie|žiadne riešenie"
        "|nema rješenja|nema rešenja|nima rešitve|nima rešitev|нема решења|няма решение|няма решения"
        "|немає розв'язків|немає розв’язків|немає розв'язку|розв'язків немає|nu are soluții|nu are soluţii"
        "|nicio soluție|fără soluție|nincs megoldás|nincs megoldása|δεν υπάρχει λύση|καμία λύση|no té solució"
        "|sense solució|no hi ha solució|non ten solución|çözüm yok|çözümü yok|çözüm yoktur|ไม่มีคำตอบ"
        "|কোনো সমাধান নেই|সমাধান নেই|పరిష్కారం లేదు|தீர்வு இல்லை|کوئی حل نہیں|جواب ندارد|אין פתרון|אין פתרונות"
        "|tidak ada solusi|tidak ada penyelesaian|tidak memiliki solusi|tiada penyelesaian|hakuna suluhisho"
    ),
    "no real solution": (
        "无实数解|无实根|無實數解|実数解なし|aucune solution réelle|keine reelle lösung"
        "|keine reellen lösungen"
        "|sin solución real|sin soluciones reales|nessuna soluzione reale|нет действительных решений"
        "|sem solução real|geen reële oplossingen|немає дійсних коренів|reel kök yok|nu are soluții reale"
    ),
    "all real numbers": (
        "任意实数|全体实数|所有实数|一切实数|すべての実数|全ての実数|모든 실수|tous les réels"
        "|tous les nombres réels|todos los números reales|todos los reales|todos os números reais"
        "|tutti i numeri reali"
        "|alle reellen zahlen|любое число|любое действительное число|все действительные числа"
        "|mọi số thực|tất cả các số thực|جميع الأعداد الحقيقية|सभी वास्तविक संख्याएँ"
    ),
    "yes": (
        "√|✓|✔|是|是的|對|对|はい|예|네|có|نعم|हाँ|हां|oui|sí|ja|да|sim|sì|tak|ano|áno|так|igen|ναι|kyllä|evet|ใช่"
        "|হ্যাঁ|అవును|ஆம்|होय|ہاں|جی ہاں|بله|כן|iya|ya|ndiyo|ndio|አዎ|yebo"
    ),
    "no": (
        "×|✗|✘|否|不是|いいえ|아니오|아니요|لا|नहीं|nein|нет|não|nee|non|nej|nei|nie|ne|не|ні|nem|όχι|hayır|ไม่|ไม่ใช่"
        "|না|కాదు|இல்லை|नाही|نہیں|خیر|לא|tidak|bukan|hapana|አይደለም|cha"
    ),
    "true": (
        "正确|正確|真|vrai|verdadero|wahr|richtig|vero|верно|истина|verdadeiro|正しい|참|đúng|صحيح|सत्य|waar"
        "|sant|sandt|tosi|prawda|pravda|točno|tačno|тачно|вярно|правда|adevărat|igaz|σωστό|αληθές|doğru"
        "|จริง|ถูก|ถูกต้อง|সত্য|সঠিক|నిజం|உண்மை|درست|נכון|benar|betul|kweli|totoo|እውነት"
    ),
    "false": (
        "错误|錯誤|假|faux|falso|falsch|неверно|ложь|誤り|거짓|sai|خطأ|असत्य|onwaar|falskt|falsk|epätosi|fałsz"
        "|nepravda|netočno|netačno|нетачно|невярно|неправда|fals|hamis|λάθος|ψευδές|yanlış|เท็จ|ผิด|মিথ্যা|ভুল"
        "|తప్పు|பொய்|غلط|نادرست|לא נכון|salah|uongo|ሐሰት"
    ),
    "infinitely many": (
        "无穷多|无数个|无穷多个|無限|無数|무한히 많다|무수히 많다|vô số|une infinité"
        "|infinitas|unendlich viele"
        "|бесконечно много|infinite soluzioni|infinitas soluciones|infinitas soluções|oneindig veel"
        "|oändligt många|nieskończenie wiele|nieskończenie wiele rozwiązań|nekonečně mnoho|sonsuz"
        "|sonsuz çözüm|безліч розв'язків|нескінченно багато|végtelen sok|tak hingga"
    ),
    r"\frac{1}{2}": (
        "la moitié|die hälfte|hälfte|половина|一半|半分|절반|la mitad"
        "|metade|a metade|la metà|một nửa|النصف|आधा|setengah|połowa"
        "|de helft|helft|hälften|halvdelen|puolet|polovina"
        "|polovica|yarım|yarısı|fele|jumătate|το μισό|separuh|nusu|ครึ่งหนึ่ง|অর্ধেক|సగం|பாதி"
        "|kalahati|meitat"
    ),
    "2 seconds": "ثانيتان|ثانيتين",
    "2 minutes": "دقيقتان|دقيقتين",
    "2 hours": "ساعتان|ساعتين",
    "2 days": "يومان|يومين",
    "2 weeks": "أسبوعان|أسبوعين",
    "2 months": "شهران|شهرين",
    "2 years": "سنتان|سنتين|عامان|عامين",
    r"\frac{1}{3}": (
        "ein drittel|un tiers|un tercio|одна треть|un terzo|um terço|een derde|en tredjedel|jedna třetina"
        "|jedna trzecia|egyharmad|o treime|ένα τρίτο|üçte bir|sepertiga|theluthi|หนึ่งในสาม"
    ),
    r"\frac{2}{3}": (
        "zwei drittel|deux tiers|dos tercios|две трети|due terzi|dois terços|twee derde|två tredjedelar"
        "|dwie trzecie|dvě třetiny|kétharmad|două treimi|üçte iki|dua pertiga|theluthi mbili"
    ),
    r"\frac{1}{4}": (
        "ein viertel|un quart|un cuarto|одна четверть|un quarto|um quarto|een kwart|en fjärdedel|čtvrtina"
        "|jedna czwarta|egynegyed|un sfert|ένα τέταρτο|çeyrek|dörtte bir|seperempat|robo"
    ),
    r"\frac{3}{4}": (
        "drei viertel|trois quarts|tres cuartos|три четверти|tre quarti|três quartos|driekwart|trekvart"
        "|tři čtvrtiny|trzy czwarte|háromnegyed|trei sferturi|dörtte üç|tiga perempat|robo tatu"
    ),
}
"""English term or fraction -> the answers that mean it."""

COUNTERS = (
    "个|個|只|隻|本|页|頁|人|名|位|次|件|颗|顆|支|条|條|张|張|辆|朵|棵|种|種|组|袋|盒|瓶"
    "|斤|道|题|題|层|層|圈|头|頭|台|套|篇|封|根|粒|片|间|間|所|座|盏|幅|把|束|串|排|列|班|户|家|场|场次|节|堆"
    "|箱|罐|包|份|杯|步|冊|軒|羽|足|膳"
    "|টি|টা|জন|খানা|ตัว|คน|ชิ้น|ถุง|อัน|เล่ม|คัน|ถาด|ลูก|ใบ|ผล|ต้น|ดอก|ครั้ง|ขวด|แก้ว|จาน|แท่ง|ด้าม|ฟอง|ก้อน|คู่"
    "|กล่อง|แผ่น|ข้อ"
    "|枚|匹|本の|つ|개|명|마리|권|번|가지|통|송이|그루|대|장|자루|켤레"
    "|штук|штуки|người|cái|con|cách|quả|chiếc|viên|quyển|cuốn|tờ|bông|cây|bạn|lần|hộp|túi|gói|trang|học sinh"
)
"""What only says what is counted."""

_SCALES: Mapping[str, str] = {
    "12": "docenas|docena|douzaines|douzaine|dutzend|dozzine|dozzina|dúzias|dúzia|дюжин|дюжины|дюжина|ダース"
    "|dozijn|dussin|dusin|düzine|tuzin|tuziny|tuzinów|tucet|tucty|tuctů|lusin|โหล|ডজন|డజను|డజన్లు",
    "10^{2}": "百|honderd|hundra|yüz|ratus|ร้อย",
    "10^{3}": "千|천|тысяч|тысячи|тыс|mil|tausend|mille|nghìn|ngàn|हज़ार|हजार|ألف|duizend|tusen|tusind|tuhatta"
    "|tysięcy|tysiące|tisíc|тисяч|тисячі|хиляди|mii|ezer|χιλιάδες|bin|ribu|พัน|হাজার|వేల|ஆயிரம்|ہزار|هزار|אלף",
    "10^{4}": "万|萬|만|หมื่น", "10^{5}": "लाख|แสน|লাখ|লক্ষ|లక్షల|லட்சம்|لاکھ",
    "10^{6}": "百万|миллионов|миллиона|млн|millones|millionen|milioni|milhões|triệu|مليون|मिलियन|miljoen"
    "|miljoner|miljon|millioner|miljoonaa|milionów|miliony|milionů|мільйонів|мільйони|милиона|milijuna|milioane|millió"
    "|εκατομμύρια|milions|milyon|juta|ล้าน|মিলিয়ন|میلیون|מיליון",
    "10^{7}": "千万|करोड़|কোটি|కోట్ల|கோடி|کروڑ", "10^{8}": "亿|億|억",
    "10^{12}": "trilyon|triliun|biljoner|bilionów|трлн",
    "10^{9}": "миллиардов|миллиарда|млрд|milliarden|milliarde|milliards|milliard|miliardi|tỷ|बिलियन|miljard"
    "|miljarder|miliardów|мільярдів|milyar|miliar|میلیارد|מיליארד",
}  # fmt: skip
"""Power of ten, or a dozen -> its names behind a number."""

_OR = (
    "或者|或|または|もしくは|또는|hoặc|أو|या|или|oder|ou|o|eller|lub|nebo|alebo|ili|або|sau|vagy|ή|veya|หรือ|বা"
    "|లేదా|அல்லது|atau|یا|או"
)
_AND = (
    "以及|和|与|與|及|且|と|および|그리고|과|와|và|और|и|und|et|y|e|och|og|oraz|та|și|şi|és|και|ve|และ|এবং|మరియు"
    "|மற்றும்|dan"
)


def _by_length(names: str) -> str:
    """Alternatives, longest first, so that none hides a longer one."""
    return "|".join(sorted(map(re.escape, names.split("|")), key=len, reverse=True))


def _inverse(table: Mapping[str, str]) -> dict[str, str]:
    return {name: term for term, names in table.items() for name in names.split("|")}


_TERM_OF, _SCALE_OF = _inverse(_WHOLE), _inverse(_SCALES)
_VALUE_BEFORE = r"(?<=[\d})\]$°⁰¹²³⁴-⁹])"


_SCALE = regex(
    rf"{_VALUE_BEFORE}[\s-]*(?:\\(?:text|mathrm|mbox)\s*\{{\s*(?P<inside>{_by_length('|'.join(_SCALE_OF))})\s*\}}"
    rf"|(?P<bare>{_by_length('|'.join(_SCALE_OF))})(?:(?<=[\u3400-\u9fff])|(?!{LETTER})))(?:\s+(?:de|di|d['’]))?(?![^\s\w])",
    re.IGNORECASE,
)
_PHRASE = (
    rf"(?![⁰¹²³⁴-⁹]){LETTER}+[²³]?(?:(?:[ .'’/·⋅∙-]|, )+{LETTER}+[²³]?){{0,4}}"
    rf"(?:/\({LETTER}+[·⋅∙*]{LETTER}+\))?|[℃℉]"
)
_UNIT = regex(
    rf"{_VALUE_BEFORE}[\s-]*(?:\\(?:text|mathrm|mbox)\s*\{{\s*(?P<inside>{_PHRASE})\.?\s*\}}|(?P<bare>{_PHRASE}))"
)
_BEFORE_VALUE = regex(
    r"(?P<scale>(?P<c>[摄攝摂]氏|섭씨)|[华華]氏|화씨"
    r"|(?P<hour>[时時]速|[每毎](?:小[时時]|時間?)|시속)|(?P<second>秒速|[每毎]秒|초속)|(?P<minute>分速|[每毎]分[钟鐘]?|분속))"
    r"(?:温度|溫度)?\s*(?P<minus>マイナス|마이너스|零下|영하|负|負)?\s*(?P<value>-?\d[\d.,]*)\s*(?P<unit>.*)\Z"
)
"""A scale of temperature, or a speed's time, in front of its number."""

_COUNTER = regex(
    rf"(?<=\d)\s*(?:\\text\s*\{{\s*(?:{_by_length(COUNTERS)})\s*\}}|(?:{_by_length(COUNTERS)})(?![^\W\d_]))"
)
_NOUN_BEHIND_COUNTER = regex(
    rf"(?<=\d) (?:cái|con|quả|chiếc|viên|quyển|cuốn|tờ|bông|cây|hộp|túi|gói) "
    rf"(?P<noun>{LETTER}+(?: {LETTER}+){{0,3}})(?=\Z| và )"
)
"""What Vietnamese counts behind its counter, which is no product of letters: `12 quả cam`."""

_JOINED_IN_TEXT = regex(
    rf"\\(?:text|mathrm|mbox)\s*\{{\s*(?:(?P<or>{_by_length(_OR)})|(?:{_by_length(_AND)}))\s*\}}"
)
_JOINED = regex(
    rf"{_VALUE_BEFORE}\s*(?:(?P<or>或者|或|または|또는|أو|या|(?<=\s)(?:или|hoặc|oder|ou)(?=\s))"
    r"|(?:以及|和|与|與|及|且|と|그리고|और|(?<=\s)(?:и|và|und|et)(?=\s)))\s*(?=[-−+\d(\\$a-z{])"
)
_WRAPPED = regex(r"\A(?:\\(?:text|mathrm|mbox|textbf)\s*\{\s*)?(?P<term>[^{}\\]*?)\s*\}?[.。!]?\Z")
_POLITE = regex(r"(?<=[^\s])\s?(?:입니다|이에요|예요|です|である)[.。]?\Z")
"""The verb that ends a sentence of an answer, `x=8입니다`."""

_VERDICTS = "|".join(_WHOLE[term] for term in ("yes", "no"))
_VERDICT = regex(rf"(?P<term>{_by_length(_VERDICTS)})\s*[،,，、。](?=[^\d=\\$]+\Z)", re.IGNORECASE)
"""A yes or no, and behind it nothing but words: `نعم، النتيجة تتبع`."""

MAX_TERM = 200
"""Characters of a term or an amount in words. The patterns for them try every end of a run of spaces."""

_IN_WORDS = regex(r"-?\s*[a-z](?:[a-z -]|(?<=mil),){1,120}[.!]?", re.IGNORECASE)
_WORD_BEHIND = regex(r"\\(?:text|mathrm|mbox)|[\d})\]$][ ~]+[a-z]", re.IGNORECASE)
"""Without one of these an answer in ASCII has no word of another language."""

_LEADING_WORD = regex(r"\\?%\s?\d|\d{1,2}h\d\d\Z|[a-z]{3,9} \d", re.IGNORECASE)
"""What such an answer begins with where a sign or a unit stands in front: `%75`, `15h30`, `saa 3`."""

_MAY_HAVE_WORDS = regex(r" |~|%|h|H|\\[tTmM]")
"""What the three patterns above need behind an answer's first sign; `-0.5` and `\\frac{1}{2}` have none."""


_WORD = regex(r"[a-z]+")


@cache
def _names_in_ascii() -> frozenset[str]:
    """First words of the names that a text in ASCII can hold: most texts hold none."""
    names = "|".join((*_SCALES.values(), _AND, _OR)).split("|")
    return first_words() | {name.split()[0] for name in names if name.isascii()}


def _has_words(text: str) -> bool:
    """Whether a text in ASCII can have a word of another language."""
    if not (text.lstrip("-")[:1].isalpha() or _MAY_HAVE_WORDS.search(text)):
        return False
    return bool(_IN_WORDS.fullmatch(text) or _WORD_BEHIND.search(text) or _LEADING_WORD.match(text))


def in_english(text: str) -> str:
    """An answer with the terms, numbers, units, scales and connectives of other languages in English.

    >>> in_english("无解"), in_english("1 \\text{ ou } 2"), in_english("3万"), in_english("5厘米")
    ('no solution', '1 \\text{ or } 2', '3 \\times 10^{4}', '5 \\text{ cm}')
    >>> in_english("noventa y cinco años"), in_english("摄氏20度"), in_english("三分之二")
    ('95 \\text{ years}', '20 \\text{ celsius}', '2/3')
    """
    if text.isascii() and not _has_words(text):
        return text
    if not text.isascii():
        text = _MICRO.sub(_with_micro, text[:-1] if _ABBREVIATED.search(text) else text)
    if len(text) <= MAX_TERM:
        if (clock := clock_in_digits(text)) is not None:
            return clock
        whole = _WRAPPED.match(text)
        if whole and (term := _TERM_OF.get(whole["term"].strip().lower())):
            return term
        if not text.isascii() and (verdict := _VERDICT.match(text)):
            return _TERM_OF[verdict["term"].lower()]
        text = _with_digits(text) if text.isascii() else _in_digits_of_all(text)
    if text.isascii():
        low = text.lower()
        named = any(
            word in low for word in ("quadrat", "kubik", " pro ")
        ) or not _names_in_ascii().isdisjoint(_WORD.findall(low))
        return _translated(text) if named else text
    if "根" in text:
        text = _RADICAL.sub(lambda found: f"\\sqrt{{{found['bare'] or found['inside']}}}", text)
    if found := _BEFORE_VALUE.search(text):
        text = _behind_value(found)
    text = _NOUN_BEHIND_COUNTER.sub(r" \\text{ \g<noun>}", text)
    text = _COUNTER.sub("", text)
    return _translated(text)


def _in_digits_of_all(text: str) -> str:
    """An answer in any script with its numbers in digits."""
    text = _with_digits(_POLITE.sub("", text)) if "又" not in text else _mixed(text)
    return _REMAINDER.sub(r"\g<whole> R \g<rest>", text)


_MICRO = regex(r"(?<=[\d\s}])[µμ](?P<unit>[A-Za-z]{3,12})(?![A-Za-z])")


def _with_micro(found: re.Match[str]) -> str:
    """`1.5 µsecs` with the letter for the prefix, which is no factor before a unit."""
    return f"u{found['unit']}" if parse_unit(f"u{found['unit']}").known else found[0]


_ABBREVIATED = regex(rf"{_VALUE_BEFORE} ?{LETTER}(?:{LETTER}|[ .]){{0,40}}\.\Z")
"""A point behind the last word of an answer that begins with a number: `35 руб.`, `мм рт. ст.`."""

_RADICAL = regex(
    r"(?<![次三四])(?:二次|平方)?根[号號]下?\s*(?:(?P<bare>\d+(?:\.\d+)?|[a-zA-Z])|[(（](?P<inside>[^()（）]{1,40})[)）])"
)
"""`根号2` and `根号(x+1)`, square roots in words."""

_REMAINDER = regex(r"^(?P<whole>\d{1,20})\s*(?:余|餘|……|⋯⋯|余り|あまり|나머지)\s*(?P<rest>\d{1,20})$")
"""`6余2` and `6……2`, a quotient with its remainder."""

_MIXED = regex(r"\d+ (?:\d+/\d+|\\[dt]?frac\b.*)", re.DOTALL)


def _mixed(text: str) -> str:
    """`二又三分之一` as `2 1/3`."""
    mixed = " ".join(_with_digits(part.strip()) for part in text.split("又", 1))
    return mixed if _MIXED.fullmatch(mixed) else text


_COMMA_BEFORE_SCALE = regex(
    rf"(?<![\d.,])(?P<whole>\d{{1,3}}),(?P<decimals>\d{{1,3}})(?=\s+(?:{_by_length('|'.join(_SCALE_OF))})(?!{LETTER}))",
    re.IGNORECASE,
)
"""A decimal comma before a scale of another language: `2,5 millionen` is no list."""


def _translated(text: str) -> str:
    """Scales, units and connectives behind values in English."""
    text = _COMMA_BEFORE_SCALE.sub(r"\g<whole>.\g<decimals>", text)
    text = _SCALE.sub(lambda found: rf" \times {_SCALE_OF[(found['inside'] or found['bare']).lower()]}", text)
    text = _UNIT.sub(_unit, text)
    text = _JOINED_IN_TEXT.sub(_joined, text)
    return _JOINED.sub(_joined, text)


_PARTS = (
    ("1.5", r"полтора|полторы|डेढ़"),
    (
        "0.5",
        r"medi[oa]|mei[oa]|une?\s+demie?|demie?|un\s+mezzo|mezz[oa]|(?:ein(?:en?)?\s+)?halbe[rsn]?"
        r"|половина|пол|半|반|nửa|نصف|نص|आधा|yarım|(?:een )?hal(?:f|ve?)|(?:ett )?halvt?"
        r"|pół|půl|pola|пів|setengah|fél|ครึ่ง|আধা|అర|nusu|חצי|نیم|آدھا",
    ),
    (
        "0.25",
        r"(?:un\s+)?cuarto de|(?:um\s+)?quarto de|(?:un\s+)?quart (?:de |d['’])|un quarto di"
        r"|(?:ein\s+)?viertel|четверть|ربع",
    ),
)
_PART = regex(
    "|".join(rf"\A(?P<p{value.replace('.', '_')}>{words})[\s-]*(?=\S)" for value, words in _PARTS),
    re.IGNORECASE,
)
"""A half, a quarter or one and a half of the unit behind it."""

_AND_A_HALF = regex(
    r"\A(?P<value>\d+|[一二两三四五六七八九十]+)(?:\s*个半\s*(?P<unit>[^\W\d_]+)"
    r"|\s*(?P<unit2>[^\W\d_]+)\s*(?:半|반|y medi[oa]|et demie?|e mei[oa]|e mezz[oa]|с половиной))\Z",
    re.IGNORECASE,
)
"""A unit and half of it more: `2小时半`, `2 horas y media`."""

_HALF_BEHIND = regex(
    r"\A(?P<amount>[^\d]{3,60}?)(?:[ëe]n-?half|\s+"
    r"(?:y medi[oa]|et demie?|e mei[oa]|e mezz[oa]|с половиной|und eine? halbe[rsn]?|i mig|și jumătate|i pół"
    r"|a půl|και μισ[όή]|і половиною|i pol|ja puoli|och en halv|buçuk|و نیم|וחצי|setengah|na nusu))\Z",
    re.IGNORECASE,
)
"""The same behind a number in words: `dos metros y medio`."""

_MEASURE_OF_EAST = regex("(?![点點时時时月])[\u3400-\u9fff]")
"""One sign of the East between a number and its half is a measure, but that of the clock: `3斤半`."""

_PERCENT_BEFORE = regex(
    r"\A(?:yüzde|\\?%|ร้อยละ|phần trăm|asilimia)\s*(?P<value>[-−]?\d+(?:\.\d+)?)(?:,(?P<decimals>\d+))?\Z",
    re.IGNORECASE,
)
"""A percentage that is said before its number: `yüzde 75`, `%12,5`."""

_UNITS_BEFORE = {
    "saa": "hours", "masaa": "hours", "dakika": "minutes", "sekunde": "seconds", "siku": "days",
    "wiki": "weeks", "mwezi": "months", "miezi": "months", "mwaka": "years", "miaka": "years",
    "dola": "dollars", "senti": "cents", "maili": "miles", "kilomita": "km", "mita": "meters",
    "sentimita": "cm", "futi": "feet", "inchi": "inches", "yadi": "yards", "lita": "liters",
    "galoni": "gallons", "kilogramu": "kg", "gramu": "grams",
}  # fmt: skip
"""Units of Swahili, which stand in front of their number: `saa 3`."""

_UNIT_BEFORE = regex(
    rf"\A(?P<unit>{'|'.join(_UNITS_BEFORE)})\s+(?P<value>-?\d[\d,]*(?:\.\d+)?)\Z", re.IGNORECASE
)

_NAME_BEFORE = regex(rf"(?P<unit>{LETTER}+)\s+(?P<value>\d[\d,]*(?:\.\d+)?)")
"""A unit of any other language that stands there."""

_MINUS_WORDS = (
    r"(?:零下|负|負|氷点下|マイナス|영하|마이너스"
    r"|(?:minus|menos|moins|meno|минус|âm|trừ|ऋण|माइनस|سالب|ناقص|min|mínus|miinus|eksi|мінус|ลบ|منفی|מינוס|menys)(?=[\s\d]))"
)
_MINUS = regex(rf"\A{_MINUS_WORDS}\s*(?=\d)", re.IGNORECASE)
_MINUS_BEFORE_WORDS = regex(rf"\A{_MINUS_WORDS}\s*(?=[^\s\d])", re.IGNORECASE)
_BELOW_ZERO = regex(
    r"\A(?P<value>\d.*?)\s*(?:bajo cero|abaixo de zero|sous z[ée]ro|en dessous de z[ée]ro|sotto zero"
    r"|unter null|ниже нуля|dưới không|تحت الصفر|शून्य से नीचे)\Z",
    re.IGNORECASE,
)
_PARTED = regex(
    r"\A(?P<below>[^\s分]{1,12})\s*分(?P<of>之|の|의)?\s*(?P<above>.{1,12})\Z"
    r"|\A(?P<under>.{1,12}?)분의\s*(?P<over>.{1,12})\Z"
)


def _with_digits(text: str) -> str:
    """An answer that begins with a number in words, with that number in digits; fractions of the East too."""
    sign, text = (
        ("-", text[1:].strip())
        if text[:1] in ("-", "−") and not text[1:].strip()[:1].isdigit()
        else ("", text)
    )
    for amount in _AMOUNTS:
        if (found := amount(text)) is not None:
            return sign + found
    if (scaled := _SCALED.match(text)) is not None:
        text = _with_rest(_scaled(scaled["number"]), text[scaled.end() :])
    text = _decimal(text) or text
    if (numbered := numeral(text)) is not None:
        value, rest = numbered
        rest = _OF_SCALE.sub("", _BEHIND_NUMERAL.get(rest.lower(), rest))
        if not rest or _is_unit(rest) or rest.lower() in _SCALE_OF or _COUNTER.fullmatch(f"1{rest}", 1):
            text = f"{value} {rest}".strip()
    text = sign + text
    if below := _BELOW_ZERO.match(text):
        return f"-{below['value']}"
    return _MINUS.sub("-", text)


def _said_in_front(text: str) -> str | None:
    """A percentage or a unit that is said before its number."""
    if percent := _PERCENT_BEFORE.match(text):
        return f"{percent['value']}{'.' if percent['decimals'] else ''}{percent['decimals'] or ''}\\%"
    if before := _UNIT_BEFORE.match(text):
        return f"{before['value']} {_UNITS_BEFORE[before['unit'].lower()]}"
    named = None if text.isascii() else _NAME_BEFORE.fullmatch(text)
    unit = english_unit(named["unit"]) if named else None
    return f"{named['value']} {unit}" if named and unit else None


def _part_of_east(text: str) -> str | None:
    return _fraction(text) if "分" in text or "분" in text else None


def _and_a_half(text: str) -> str | None:
    """A unit and half of it more, behind digits or words."""
    if (more := _AND_A_HALF.match(text)) and (whole := _number(more["value"])):
        unit = more["unit"] or more["unit2"]
        if _is_unit(unit) or _MEASURE_OF_EAST.fullmatch(unit):
            return f"{whole[0]}.5 {unit}"
    if half := _HALF_BEHIND.match(text):
        value, _, unit = _with_digits(half["amount"]).partition(" ")
        if value.isdigit() and (not unit or _is_unit(unit)):
            return f"{value}.5 {unit}".strip()
    return None


def _is_halved(what: str) -> bool:
    """Whether there is a half of something: of a unit, a dozen, a measure of the East."""
    return _is_unit(what) or _SCALE_OF.get(what.lower()) == "12" or what == "斤"


def _part_of_unit(text: str) -> str | None:
    """`medio litro`."""
    part = _PART.match(text)
    if part is None or not _is_halved(text[part.end() :]):
        return None
    size = next(name for name, found in part.groupdict().items() if found is not None)
    return f"{size[1:].replace('_', '.')} {text[part.end() :]}"


def _below_zero(text: str) -> str | None:
    """A number in words behind the word for minus."""
    minus = _MINUS_BEFORE_WORDS.match(text)
    if minus is None:
        return None
    below = _with_digits(text[minus.end() :])
    return f"-{below}" if below[:1].isdigit() else text


_OF_UNIT = regex(r"(?P<part>.{3,60}?)\s+(?:(?:de|di|von|of)\s+|d['’])(?P<unit>[^\d]{1,40})", re.IGNORECASE)


def _part_in_words(text: str) -> str | None:
    """`tres quintos de metro`: a fraction in words, of a unit or alone."""
    if not may_be_numeral(text):
        return None
    if (alone := fraction_in_words(text)) is not None:
        return alone
    found = _OF_UNIT.fullmatch(text)
    if found is None or not _is_unit(found["unit"]):
        return None
    part = fraction_in_words(found["part"])
    return None if part is None else f"{part} {found['unit']}"


_AMOUNTS = (
    _said_in_front, _part_of_east, _and_a_half, _part_of_unit, _below_zero, _part_in_words, compound_amount,
)  # fmt: skip
"""What a whole text can be that is more than a number before its unit; each gives it in digits, or None."""


_OF_SCALE = regex(r"\A(?:de|di)\s+|\Ad['’]", re.IGNORECASE)
"""What stands between a million and what it counts: `um milhão de reais`."""

_BEHIND_NUMERAL = {"pie": "feet", "pies": "feet"}
"""Units whose names are English words too, and are read behind a number in Spanish words alone."""

_SCALED = regex(
    r"(?P<number>(?:\d[\d,]*(?:\.\d+)?\s*[百千万萬億亿백천만억조]{1,2}\s*)+(?:\d[\d,]*)?)(?=[^\d\s.,]|\Z)"
)
_SCALED_PART = regex(r"(?P<digits>\d[\d,]*(?:\.\d+)?)\s*(?P<scales>[百千万萬億亿백천만억조]*)")
_SCALES_OF_EAST = {
    "百": 2,
    "백": 2,
    "千": 3,
    "천": 3,
    **dict.fromkeys("万萬만", 4),
    **dict.fromkeys("億亿억", 8),
    "조": 12,
}


def _scaled(text: str) -> str:
    """Digits with scales of the East between them, `29万1,890` and `9천억`, as one number."""
    total = Fraction(0)
    for part in _SCALED_PART.finditer(text):
        power = sum(_SCALES_OF_EAST[sign] for sign in part["scales"])
        total += Fraction(part["digits"].replace(",", "")) * 10**power
    return str(total) if total.denominator == 1 else str(float(total))


_POINT = (
    "komma|punkt|punto|ponto|point|virgule|coma|vírgula|virgola|phẩy|chấm|فاصلة|दशमलव|koma|nokta|virgül|virgulă"
    "|przecinek|кома|zarez|zapeta|запета|celá|celé|celých|κόμμα|ممیز|נקודה|দশমিক|ነጥብ|nukta"
)
"""What stands between a number in words and its decimals."""


def _with_rest(scaled: str, rest: str) -> str:
    """A number whose digits end in a scale, and the smaller one in words behind it: `100万三千`."""
    smaller = numeral(rest) if scaled.endswith("0") else None
    if smaller is None or smaller[0] >= 10 ** (len(scaled) - len(scaled.rstrip("0"))):
        return f"{scaled} {rest}".strip()
    return f"{int(scaled) + smaller[0]} {smaller[1]}".strip()


_DECIMAL_WORD = regex(
    rf"(?P<whole>[^\d\s点點점][^\d点點점]{{0,80}}?)(?:\s*(?:[点點점]|จุด)\s*|\s+(?:{_POINT})\s+)"
    r"(?P<decimals>[^\d]{1,40})\Z",
    re.IGNORECASE,
)


_RUSSIAN_DECIMAL = regex(
    r"(?P<whole>.{1,80}?)\s+цел(?:ых|ая|ой|ую)\s+(?:и\s+)?(?P<parts>.{1,60}?)\s+"
    r"(?P<of>десят(?:ых|ая|ой)|сот(?:ых|ая|ой)|тысячн(?:ых|ая|ой)|десятитысячн(?:ых|ая))(?P<unit>(?:\s+[^\W\d]+){0,4})\Z",
    re.IGNORECASE,
)
_RUSSIAN_PLACES = {"десят": 1, "сот": 2, "тысячн": 3, "десятитысячн": 4}


def _russian_decimal(text: str) -> str | None:
    """`три целых пять сотых` as 3.05: how many tenths, hundredths or thousandths."""
    found = _RUSSIAN_DECIMAL.match(text)
    if found is None:
        return None
    whole, parts = numeral(found["whole"]), numeral(found["parts"])
    places = _RUSSIAN_PLACES[found["of"].lower()[:-2]]
    if whole is None or whole[1] or parts is None or parts[1] or parts[0] >= 10**places:
        return None
    unit = found["unit"].strip()
    scale, _, behind = unit.partition(" ")
    if unit and not _is_unit(unit) and not (scale.lower() in _SCALE_OF and (not behind or _is_unit(behind))):
        return None
    return f"{whole[0]}.{parts[0]:0{places}d} {unit}".strip()


_ARABIC_DECIMAL = regex(
    r"(?P<whole>.{1,60}?)\s+و\s?(?P<parts>.{1,80}?)\s+من\s+"
    r"(?P<of>عشرة\s+[آاأ]لاف|عشرة|م[ئا][ةئ]ة?\s+ألف|مئة|مائة|ألف|مليون)(?P<unit>(?:\s+.{1,30})?)\Z"
)
_ARABIC_PLACES = {"عشرة": 1, "مئة": 2, "مائة": 2, "ألف": 3, "مليون": 6}


def _arabic_decimal(text: str) -> str | None:
    """`ستة وثمانية من عشرة` as 6.8: how many of ten, of a hundred or of a thousand."""
    text = _ALEFS.sub("آ", text)
    for found in _ARABIC_DECIMAL.finditer(text):
        places = _ARABIC_PLACES.get(found["of"]) or (4 if found["of"].startswith("عشرة") else 5)
        unit = found["unit"].strip()
        # Ones stand before tens, so that the whole number may go on behind an "and".
        for cut in [place.start() for place in re.finditer(r"\s+و", found[0])]:
            whole, parts = (
                numeral(found[0][:cut]),
                numeral(_AND_OF_ARABIC.sub("", found[0][cut : found.start("of")])),
            )
            if whole and not whole[1] and parts and parts[1] == "من" and parts[0] < 10**places:
                return (
                    f"{whole[0]}.{parts[0]:0{places}d} {unit}".strip() if not unit or _is_unit(unit) else None
                )
    return None


_ALEFS = regex("اَ|آ")
_AND_OF_ARABIC = regex(r"\A\s+و\s?")


def _decimal(text: str) -> str | None:
    """`삼점사` as 3.4: numbers in words on both sides of the word for a point, and a unit or none."""
    if "цел" in text:
        return _russian_decimal(text)
    if " من " in text:
        return _arabic_decimal(text)
    found = _DECIMAL_WORD.match(text)
    if found is None:
        return None
    before = found["whole"].strip()
    whole = numeral(before) or (None if " " in before else decimals_in_words(before))
    decimals = decimals_in_words(found["decimals"])
    if whole is None or whole[1] or decimals is None:
        return None
    scale, _, unit = decimals[1].partition(" ")
    if decimals[1][:1] in _SCALES_OF_EAST:
        scale, unit = decimals[1][:1], decimals[1][1:]
    known = (
        not decimals[1]
        or _is_unit(decimals[1])
        or (scale.lower() in _SCALE_OF and (not unit or _is_unit(unit)))
    )
    return f"{whole[0]}.{decimals[0]} {decimals[1]}".strip() if known else None


_OF_NOUN = regex(r"\s+(?:de|d['’]|du|di|von|من)\s*[^\W\d_]{2,30}\.?\Z", re.IGNORECASE)
"""What a unit measures: `libras de carne`."""


def _is_unit(words: str) -> bool:
    """Whether words name a unit, in English or not, with what it measures or without."""
    words = _OF_NOUN.sub("", words)
    if english_unit(words) is not None:
        return True
    unit = parse_unit(words)
    return unit.known and not unit.noun


_ROOT_OR_PI = regex(
    r"(?:√|\\sqrt|(?:二次|平方)?根[号號]下?)\s*(?:(?P<bare>\d+|[a-z])|[{(（](?P<inside>[^(){}（）]{1,10})[})）])|π|\\pi"
)
"""The numerator of `二分之根号3` and `三分之π`."""


def _fraction(text: str) -> str | None:
    """`三分之二` and `3분의 2` as 2/3, `百分之五十` as 50 %."""
    parts = _PARTED.match(text)
    if parts is None:
        return None
    below, above = _number(parts["below"] or parts["under"]), _number(parts["above"] or parts["over"])
    if below and not below[1] and (root := _ROOT_OR_PI.fullmatch((parts["above"] or "").strip())):
        inside = root["bare"] or root["inside"]
        numerator = rf"\sqrt{{{inside}}}" if inside else r"\pi"
        return rf"\frac{{{numerator}}}{{{below[0]}}}"
    if below is None or above is None or below[1] or (above[1] and not _is_unit(above[1])):
        return None
    if above[1] and parts["below"] and not parts["of"]:  # minutes and seconds
        return None
    value = f"{above[0]}\\%" if below[0] == "100" else f"{above[0]}/{below[0]}"
    return f"{value} {above[1]}".strip()


def _number(text: str) -> tuple[str, str] | None:
    """A number in words or digits, and what stands behind it."""
    if text[:1] in ("负", "負"):
        below = _number(text[1:])
        return below and (f"-{below[0]}", below[1])
    if ("点" in text or "點" in text) and (decimal := _decimal(text)) is not None:
        value, _, unit = decimal.partition(" ")
        return value, unit
    if digits := re.match(r"\d+(?:\.\d+)?", text := text.strip()):
        return digits[0], text[digits.end() :].strip()
    found = numeral(text)
    return (str(found[0]), found[1]) if found else None


def _behind_value(found: re.Match[str]) -> str:
    """`摄氏20度` as 20 °C, `時速188マイル` as 188 miles an hour."""
    period = next((name for name in ("hour", "minute", "second") if found[name]), None)
    if period is None:
        sign = "-" if found["minus"] else ""
        return rf"{sign}{found['value']} \text{{ {'celsius' if found['c'] else 'fahrenheit'}}}"
    words = found["unit"].strip()
    unit = english_unit(words) or (words if parse_unit(words).known else None)
    return rf"{found['value']} \text{{ {unit}/{period}}}" if unit else found[0]


_VIETNAMESE = regex("[\u0103\u0111\u01a1\u01b0\u1ea0-\u1ef9]")
"""Letters of Vietnamese, where what a unit measures stands right behind it: `30 tấn gạo`."""


def _unit(found: re.Match[str]) -> str:
    """The longest phrase behind a value that names a unit, in English; what names none stays."""
    words = found["inside"] or found["bare"]
    ends = [len(words), *(place.start() for place in reversed([*re.finditer(r"[ .,'’/-]+", words)]))]
    for end in ends[:1] if found["inside"] else ends:
        if (unit := english_unit(words[:end])) is not None:
            behind = "" if _VIETNAMESE.search(words[:end]) else _OF_NOUN.sub("", words[end:])
            return rf" \text{{ {unit}}}{behind}"
    return found[0]


def _joined(found: re.Match[str]) -> str:
    """The connective in English; one letter without spaces around it, as in `\\mathrm{e}^x`, is a name."""
    word = found[0].rstrip("}").rpartition("{")[2]
    if "{" in found[0] and len(word) == 1 and word.isascii():
        return found[0]
    return r" \text{ or } " if found["or"] else r" \text{ and } "


_COMMA = regex(r"(?<![\d,])(?P<whole>-?\d+(?:[. \u00a0\u202f]\d{3})*)(?:,|\{,\})(?P<decimals>\d+)(?![\d,])")
_POINT_GROUPS = regex(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.,])")


def with_decimal_point(text: str) -> str:
    """A text whose commas are decimal commas, with decimal points; points between three digits group them.

    >>> with_decimal_point("2,5"), with_decimal_point("1.234,5"), with_decimal_point("(2,5; 3)")
    ('2.5', '1234.5', '(2.5; 3)')
    """
    text = _POINT_GROUPS.sub(lambda number: number.group().replace(".", ""), text)
    return _COMMA.sub(lambda found: re.sub(r"[^\d-]", "", found["whole"]) + "." + found["decimals"], text)


_COMMAED, _POINTED = regex(r"\d,\d"), regex(r"\d\.\d")
_POWER_OF_TEN = r"(?:\s*(?:\\times|\\cdot|[×·⋅*])\s*10(?:\^\{?[-+]?\d+\}?|[⁻⁰¹²³⁴-⁹]+))?"
_CAN_BE_DECIMAL = regex(
    r"-?(?:\d+(?:,|\{,\})(?:\d{1,2}|\d{4,})|0(?:,|\{,\})\d+"
    r"|\d{1,3}(?:[. \u00a0\u202f]\d{3})+(?:,|\{,\})\d{1,2}"
    r"|\d{1,3}(?:[. \u00a0\u202f]\d{3}){2,}(?:,|\{,\})\d+)"
    r"(?=[^\d,]|\Z)(?!.*\d[,.]\d)"
)
_DECIMAL = regex(rf"\A\$?-?\d+\.\d+{_POWER_OF_TEN}\$?\Z")
_GROUPED = regex(r"\A\$?-?\d{1,3}(?:,?\d{3})+\$?\Z")
"""A number of thousands, which `16.500,00` may be: with both signs that is no list."""

_MEASURE = regex(rf"\A\$?-?\d+(?:\.\d+)?{_POWER_OF_TEN}\s*(?:\\?[a-zA-Z°%Ωµμ{{][^\d,]*)\Z")
"""One number with a unit."""


def read_with_decimal_comma(reference: str, answer: str, *, measured: bool = False) -> str | None:
    """An answer such as `2,5` or `0,25 kg` with a decimal point; None where it may be a list.

    The reference has to be one decimal number, or one number with a unit where the answer has one too; where
    `measured`, both need a unit.
    """
    plain = answer.strip().lstrip("$")
    found = _CAN_BE_DECIMAL.match(plain) if "," in plain else None
    if found is None:
        return None
    behind = re.sub(rf"\A{_POWER_OF_TEN}", "", plain[found.end() :]).strip(" $\\-")[:1]
    has_unit = behind.isalpha() or behind == "%" or "°" in plain
    alike = has_unit and _MEASURE.match(reference.strip())
    if measured:
        return with_decimal_point(answer) if alike else None
    alike = (
        alike
        or _DECIMAL.match(reference.strip())
        or ("." in found.group() and _GROUPED.match(reference.strip()))
    )
    return with_decimal_point(answer) if alike else None


_SEPARATORS = regex(
    r";|\\text\s*\{\s*(?:and|or)\s*\}|[<>≤≥⩽⩾]|\\(?:leq?|geq?|leqslant|geqslant|lt|gt)(?![a-z])"
)
"""What stands between two numbers that no comma separates: semicolons, connectives, signs of order."""

_ANY_COMMA = regex(r",|\{,\}")
_ONE_DECIMAL = regex(r"[^\d,]*\d+(?:,|\{,\})\d+[^\d,]*(?:[_^]\{?\d\}?[^\d,]*)?")
_LONE_DECIMAL = regex(r"\$?(?:[a-zA-Z]\s*=\s*)?-?(?:0(?:,|\{,\})\d+|\d+(?:,|\{,\})(?:\d{1,2}|\d{4,}))\$?")
_FRACTION = regex(r"\$?(?:[a-zA-Z]\s*=\s*)?-?(?:\d+\s*/\s*\d+|\\[dt]?frac\s*(?:\d\d|\{\d+\}\s*\{\d+\}))\$?")


def with_evident_commas(reference: str, answer: str) -> tuple[str, str] | None:
    """Two texts with decimal points for commas that separate nothing; None where no comma is evidently one.

    It is where semicolons separate the items, `2,5; -2,5`, between signs of order, `x \\le 3,5`, and in a
    lone number against a fraction, `0,625` and `5/8`.
    """
    if "," not in reference and "," not in answer:
        return None
    one, two = _with_points(reference, answer), _with_points(answer, reference)
    if ";" in reference and _ONE_DECIMAL.fullmatch(two):
        two = with_decimal_point(two)
    return (one, two) if (one, two) != (reference, answer) else None


def _with_points(text: str, other: str) -> str:
    if not _COMMAED.search(text.replace("{,}", ",")):
        return text
    parts = _SEPARATORS.split(text)
    alone = len(parts) == 1 and _LONE_DECIMAL.fullmatch(text) and _FRACTION.fullmatch(other.strip())
    evident = alone or len(parts) > 1
    for part in parts:
        evident = evident and (not _ANY_COMMA.search(part) or _ONE_DECIMAL.fullmatch(part) is not None)
    return with_decimal_point(text) if evident else text


_ENOUGH = 3
"""References with a comma between digits from which on it is a habit of the set, no slip of one author."""


def uses_decimal_comma(references: Iterable[str]) -> bool:
    """Whether all references of a set say that a comma is a decimal point in it.

    At least three have a comma between digits, one of them as in `0,5`; none has a decimal point, none
    two numbers with such a comma, and none a blank behind a comma, as lists have.
    """
    with_comma: list[str] = []
    for reference in references:
        if _POINTED.search(reference):
            return False
        if _COMMAED.search(reference):
            with_comma.append(reference)
    lists = any(len(_COMMAED.findall(reference)) > 1 or ", " in reference for reference in references)
    grouped = all(re.search(r"\d,\d{3}(?!\d)", reference) for reference in with_comma)
    return (
        len(with_comma) >= _ENOUGH
        and not lists
        and not grouped
        and any(re.search(r"(?<!\d)0,\d", reference) for reference in with_comma)
    )
