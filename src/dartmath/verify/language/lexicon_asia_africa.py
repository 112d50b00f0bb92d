"""Words in which an answer is announced or concluded, in further languages of Asia and Africa: a table."""

from __future__ import annotations

from dartmath.verify.language.lexicon_row import Lexicon

ASIA_AND_AFRICA: dict[str, Lexicon] = {
    "th": Lexicon(
        stems=("ตอบ", "ข้อที่ถูก"),
        noun=r"(?:คำตอบ(?:ที่ถูกต้อง|สุดท้าย|ที่ได้)?|ตอบ(?:ว่า)?|ข้อที่ถูก(?:ต้อง)?)",
        copula=r"(?:คือ|เท่ากับ|เป็น)",
        concluding=r"(?:ดังนั้น|เพราะฉะนั้น|ฉะนั้น|สรุป(?:แล้ว|ว่า|ได้ว่า)?|โดยสรุป|รวมแล้ว|รวมทั้งหมด)",
        negating=r"ไม่",
        bare=True,
    ),
    "bn": Lexicon(
        stems=("উত্তর",),
        noun=r"(?:(?:সঠিক|চূড়ান্ত|শেষ|ফাইনাল|নির্ণেয়) )?উত্তর(?:টি|টা)?",
        copula=r"(?:হলো|হল|হবে|হচ্ছে|হয়)",
        concluding=r"(?:সুতরাং|অতএব|তাই|ফলে|অর্থাৎ|এইভাবে|এভাবে)",
        negating=r"নয়|নেই|হবে না|হয় না|পারে না|যায় না",
        bare=True,
        closing=r"(?:হবে|হয়|আছে)।?",
    ),
    "te": Lexicon(
        stems=("సమాధాన", "జవాబు"),
        noun=r"(?:(?:సరైన|తుది|చివరి) )?(?:సమాధానం|జవాబు)",
        copula=r"(?:అనేది|ఏమిటంటే)",
        concluding=r"(?:కాబట్టి|అందువల్ల|అందువలన|అందుకే|కనుక)",
        negating=r"కాదు|లేదు|లేవు",
        bare=True,
        closing=r"(?:అవుతుంది|అవుతాయి|ఉంటుంది|ఉంది)",
    ),
    "ta": Lexicon(
        stems=("பதில்", "விடை"),
        noun=r"(?:(?:சரியான|இறுதி) )?(?:பதில்|விடை)",
        copula=r"(?:என்பது|ஆகும்)",
        concluding=r"(?:எனவே|ஆகவே|ஆகையால்|அதனால்|இதனால்)",
        negating=r"இல்லை|அல்ல|முடியாது",
        bare=True,
        closing=r"(?:ஆகும்|உள்ளது)",
    ),
    "mr": Lexicon(
        stems=("उत्तर",),
        noun=r"(?:अंतिम |योग्य |बरोबर )?उत्तर",
        copula=r"(?:आहे|असेल)",
        concluding=r"(?:म्हणून|त्यामुळे|अशा प्रकारे|म्हणजेच)",
        negating=r"नाही",
        bare=True,
        closing=r"(?:आहे|आहेत|असेल)।?",
    ),
    "ur": Lexicon(
        stems=("جواب",),
        noun=r"(?:(?:صحیح|درست|حتمی|آخری) )?جواب",
        copula=r"(?:یہ ہے|ہے|ہوگا)",
        concluding=r"(?:لہذا|لہٰذا|اس لیے|اس لئے|چنانچہ|اس طرح)،?",
        negating=r"نہیں",
        bare=True,
        closing=r"(?:ہے|ہیں|ہوگا|ہوں گے)۔?",
    ),
    "fa": Lexicon(
        stems=("پاسخ", "جواب"),
        noun=r"(?:پاسخ|جواب)(?: (?:صحیح|درست|نهایی|سوال))?",
        copula=r"(?:برابر است با|برابر با|عبارت است از|است)",
        concluding=r"(?:بنابراین|پس|در نتیجه|به این ترتیب|در مجموع)،?",
        negating=r"نیست|نمی",
        bare=True,
        closing=r"است",
    ),
    "he": Lexicon(
        stems=("תשוב",),
        noun=r"(?:ה)?תשובה(?: (?:ה)?(?:סופית|נכונה))?",
        copula=r"(?:היא|הוא|הינה)",
        concluding=r"(?:לכן|ולכן|לפיכך|על כן|כלומר|מכאן|בסך הכל|כך)",
        negating=r"\bלא\b|\bאין\b|\bאינו\b|\bאינה\b",
        bare=True,
    ),
    "id": Lexicon(
        stems=("jawab",),
        noun=(
            r"\bjawab(?:an)?(?:nya)?(?: (?:akhir|numerik|pertanyaan|yang (?:benar|tepat))(?:nya)?)?"
            r"(?: untuk [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:adalah|ialah|yaitu|yakni)\b",
        concluding=(
            r"(?:jadi|oleh karena itu|karena itu(?:lah)?|maka|dengan demikian|sehingga|kesimpulannya"
            r"|totalnya|akhirnya|ini berarti(?: bahwa)?|artinya)\b"
        ),
        negating=r"\btidak\b|\bbukan\b|\bbelum\b",
    ),
    "ms": Lexicon(
        stems=("jawap",),
        noun=r"\bjawapan(?:nya)?(?: (?:akhir|yang (?:betul|tepat|benar)))?",
        copula=r"\b(?:ialah|adalah|iaitu)\b",
        concluding=r"(?:oleh itu|oleh sebab itu|justeru|jadi|maka|kesimpulannya)\b",
        negating=r"\btidak\b|\bbukan\b",
    ),
    "tl": Lexicon(
        stems=("sagot",),
        noun=r"\b(?:ang )?(?:tamang |wastong |huling )?sagot(?: ko| natin)?(?: sa [^\n:]{1,60}?)?",
        copula=r"\bay\b",
        concluding=r"(?:kaya(?:['’]?t)?|samakatuwid|sa kabuuan|dahil dito|bilang resulta|sa huli)\b",
        negating=r"\bhindi ito\b|\bhindi ang\b|\bhindi na\b|\bwalang\b",
        tells=False,
    ),
    "sw": Lexicon(
        stems=("jibu", "jawabu"),
        noun=r"\b(?:jibu|jawabu)(?: (?:la mwisho|sahihi|kamili|jipya|letu|langu|kipengele|lina\w+))?",
        copula=r"\b(?:ni|litakuwa)\b",
        concluding=(
            r"(?:kwa hiyo|kwa hivyo|hivyo basi|hivyo|basi|kwa jumla|jumla|hatimaye"
            r"|hii inamaanisha(?: kuwa| kwamba)?)\b"
        ),
        negating=r"\bsiyo\b|\bsio\b|\bsi sahihi\b|\bhakuna\b|\bhaiwezekani\b",
        tells=False,
    ),
    "am": Lexicon(
        stems=("መልስ", "መልሱ"),
        noun=r"(?:ትክክለኛው |የመጨረሻው |የመጨረሻ )?(?:መልስ|መልሱ)",
        copula=r"እንደሚከተለው ነው",
        concluding=r"(?:ስለዚህ|ስለሆነም|በመሆኑም)፣?",
        negating=r"አይደለም|የለም",
        bare=True,
        closing=r"(?:ነው|ናቸው)።?",
    ),
    "ha": Lexicon(
        stems=("amsa",),
        noun=r"\bamsar?(?: (?:ƙarshe|karshe|daidai))?\b",
        copula=r"\b(?:ita ce|shi ne)\b",
        concluding=r"(?:saboda haka|don haka|a takaice)\b",
        negating=r"\bbabu\b|\bba haka\b",
        tells=False,
    ),
    "yo": Lexicon(
        stems=("ìdáhùn", "idahun"),
        noun=r"\b[ìi]d[áa]h[ùu]n(?: náà| naa| t[óo] t[ọo]n[àa])?",
        copula=r"\b(?:ni|jẹ́|jẹ)\b",
        concluding=r"(?:nítorí náà|nitori naa|nitorina|lápapọ̀)",
        negating=r"\bkò sí\b|\bkì í ṣe\b",
        tells=False,
    ),
    "zu": Lexicon(
        stems=("impendulo",),
        noun=r"\bimpendulo(?: yokugcina| efanele| enembile)?",
        copula=r"\b(?:ithi|ingu-?|iba)",
        concluding=r"(?:ngakho-ke|ngakho ke|ngakho|ngenxa yalokho)\b",
        negating=r"\bakukho\b|\bakuyona\b",
        tells=False,
    ),
}
"""Code of a language -> its words."""
