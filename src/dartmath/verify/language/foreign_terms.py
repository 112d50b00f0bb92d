"""Terms of other languages and what they mean, as tables: whole answers, counters, scales, connectives."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dartmath.base.regex import regex

WHOLE: Mapping[str, str] = {
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

SCALES: Mapping[str, str] = {
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

SCALES_OF_EAST = {
    "百": 2,
    "백": 2,
    "千": 3,
    "천": 3,
    **dict.fromkeys("万萬만", 4),
    **dict.fromkeys("億亿억", 8),
    "조": 12,
}
"""Sign of the East for a scale -> its power of ten."""

OR = (
    "或者|或|または|もしくは|또는|hoặc|أو|या|или|oder|ou|o|eller|lub|nebo|alebo|ili|або|sau|vagy|ή|veya|หรือ|বা"
    "|లేదా|அல்லது|atau|یا|או"
)
AND = (
    "以及|和|与|與|及|且|と|および|그리고|과|와|và|और|и|und|et|y|e|och|og|oraz|та|și|şi|és|και|ve|และ|এবং|మరియు"
    "|மற்றும்|dan"
)
"""The words for "or" and for "and"."""


def by_length(names: str) -> str:
    """Alternatives, longest first, so that none hides a longer one."""
    return "|".join(sorted(map(re.escape, names.split("|")), key=len, reverse=True))


def _inverse(table: Mapping[str, str]) -> dict[str, str]:
    return {name: term for term, names in table.items() for name in names.split("|")}


TERM_OF, SCALE_OF = _inverse(WHOLE), _inverse(SCALES)
"""Answer -> its English term; name of a scale -> its power of ten."""

COUNTER = regex(
    rf"(?<=\d)\s*(?:\\text\s*\{{\s*(?:{by_length(COUNTERS)})\s*\}}|(?:{by_length(COUNTERS)})(?![^\W\d_]))"
)
"""What is counted behind a number in digits."""
