"""The words of numerals in further languages, and all of them together: tables."""

from __future__ import annotations

from dartmath.verify.language.numeral_table import COMMON, NumeralTable, atoms

_BENGALI = (
    "শূন্য এক দুই|দু তিন চার পাঁচ ছয় সাত আট নয় দশ এগারো|এগার বারো|বার তেরো|তের চৌদ্দ পনেরো|পনের ষোলো|ষোল "
    "সতেরো|সতের আঠারো|আঠার উনিশ বিশ|কুড়ি একুশ বাইশ তেইশ চব্বিশ পঁচিশ ছাব্বিশ সাতাশ আটাশ|আঠাশ উনত্রিশ ত্রিশ "
    "একত্রিশ বত্রিশ তেত্রিশ চৌত্রিশ পঁয়ত্রিশ|পঁইত্রিশ ছত্রিশ সাঁইত্রিশ|সাতত্রিশ আটত্রিশ উনচল্লিশ চল্লিশ "
    "একচল্লিশ বিয়াল্লিশ তেতাল্লিশ চুয়াল্লিশ|চৌচল্লিশ পঁয়তাল্লিশ ছেচল্লিশ সাতচল্লিশ আটচল্লিশ উনপঞ্চাশ "
    "পঞ্চাশ একান্ন বাহান্ন|বায়ান্ন তিপ্পান্ন চুয়ান্ন পঞ্চান্ন ছাপ্পান্ন সাতান্ন আটান্ন উনষাট ষাট একষট্টি "
    "বাষট্টি তেষট্টি চৌষট্টি পঁয়ষট্টি ছেষট্টি|ছিষট্টি সাতষট্টি আটষট্টি উনসত্তর সত্তর একাত্তর বাহাত্তর তিয়াত্তর "
    "চুয়াত্তর পঁচাত্তর ছিয়াত্তর সাতাত্তর আটাত্তর উনআশি আশি একাশি বিরাশি তিরাশি চুরাশি পঁচাশি ছিয়াশি সাতাশি "
    "আটাশি|অষ্টাশি উননব্বই নব্বই একানব্বই বিরানব্বই তিরানব্বই চুরানব্বই পঁচানব্বই ছিয়ানব্বই সাতানব্বই "
    "আটানব্বই নিরানব্বই"
)

_MORE = (
    NumeralTable(  # Dutch
        atoms(
            (0, 1, "nul een|één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien"),
            (15, 1, "vijftien zestien zeventien achttien negentien twintig"),
            (30, 10, "dertig veertig vijftig zestig zeventig tachtig negentig honderd"),
            (1000, 1, "duizend"),
            (10**6, 1, "miljoen"),
            (10**9, 1, "miljard"),
        ),
        "ën|en",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Swedish
        atoms(
            (0, 1, "noll en|ett två|tva tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton"),
            (15, 1, "femton sexton sjutton arton nitton tjugo"),
            (30, 10, "trettio fyrtio femtio sextio sjuttio åttio nittio hundra"),
            (1000, 1, "tusen"),
            (10**6, 1, "miljon|miljoner"),
            (10**9, 1, "miljard|miljarder"),
        ),
        "",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Danish and Norwegian
        atoms(
            (0, 1, "nul|null en|et|ett|én|ét to tre fire fem seks syv|sju otte|åtte ni ti elleve|elve tolv"),
            (13, 1, "tretten fjorten femten seksten sytten atten nitten tyve|tjue"),
            (30, 10, "tredive|tretti fyrre|førti halvtreds|femti tres|seksti halvfjerds|sytti"),
            (80, 10, "firs|åtti halvfems|nitti hundrede|hundre"),
            (1000, 1, "tusind|tusinde|tusen"),
            (10**6, 1, "million|millioner"),
            (10**9, 1, "milliard|milliarder"),
        ),
        "og",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Finnish
        atoms(
            (0, 1, "nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen|kymmentä"),
            (11, 1, "yksitoista kaksitoista kolmetoista neljätoista viisitoista kuusitoista"),
            (17, 1, "seitsemäntoista kahdeksantoista yhdeksäntoista"),
            (100, 1, "sata|sataa"),
            (1000, 1, "tuhat|tuhatta"),
            (10**6, 1, "miljoona|miljoonaa"),
        ),
        "",
        glued=True,
        times_ten=True,
        by_words=True,
    ),
    NumeralTable(  # Hungarian
        atoms(
            (0, 1, "nulla egy kettő|két három|harom négy öt hat hét nyolc kilenc tíz|tizen"),
            (20, 10, "húsz|huszon harminc negyven ötven hatvan hetven nyolcvan kilencven száz"),
            (1000, 1, "ezer"),
            (10**6, 1, "millió"),
            (10**9, 1, "milliárd"),
        ),
        "",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Turkish
        atoms(
            (0, 1, "sıfır bir iki üç dört beş altı yedi sekiz dokuz on"),
            (20, 10, "yirmi otuz kırk elli altmış yetmiş seksen doksan yüz"),
            (1000, 1, "bin"),
            (10**6, 1, "milyon"),
            (10**9, 1, "milyar"),
            (10**12, 1, "trilyon"),
        ),
        "",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Polish
        atoms(
            (0, 1, "zero jeden|jedna|jedno dwa|dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć"),
            (11, 1, "jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście"),
            (18, 1, "osiemnaście dziewiętnaście dwadzieścia"),
            (30, 10, "trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt"),
            (90, 10, "dziewięćdziesiąt sto"),
            (200, 100, "dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset"),
            (1000, 1, "tysiąc|tysiące|tysięcy"),
            (10**6, 1, "milion|miliony|milionów"),
            (10**9, 1, "miliard|miliardy|miliardów"),
        ),
        "i",
    ),
    NumeralTable(  # Czech
        atoms(
            (0, 1, "nula jeden|jedna|jedno dva|dvě tři čtyři pět šest sedm osm devět deset jedenáct"),
            (12, 1, "dvanáct třináct čtrnáct patnáct šestnáct sedmnáct osmnáct devatenáct dvacet"),
            (30, 10, "třicet čtyřicet padesát šedesát sedmdesát osmdesát devadesát sto|stě|sta|set"),
            (1000, 1, "tisíc|tisíce"),
            (10**6, 1, "milion|miliony|milionů"),
            (10**9, 1, "miliarda|miliardy|miliard"),
        ),
        "",
    ),
    NumeralTable(  # Slovak
        atoms(
            (0, 1, "nula jeden|jedna|jedno dva|dve tri štyri päť šesť sedem osem deväť desať jedenásť"),
            (12, 1, "dvanásť trinásť štrnásť pätnásť šestnásť sedemnásť osemnásť devätnásť dvadsať"),
            (30, 10, "tridsať štyridsať päťdesiat šesťdesiat sedemdesiat osemdesiat deväťdesiat sto"),
            (200, 100, "dvesto tristo štyristo päťsto šesťsto sedemsto osemsto deväťsto"),
            (1000, 1, "tisíc"),
            (10**6, 1, "milión|milióny|miliónov"),
        ),
        "",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Slovene
        atoms(
            (0, 1, "nič ena|en|eno dva|dve tri štiri pet šest sedem osem devet deset enajst dvanajst"),
            (13, 1, "trinajst štirinajst petnajst šestnajst sedemnajst osemnajst devetnajst dvajset"),
            (30, 10, "trideset štirideset petdeset šestdeset sedemdeset osemdeset devetdeset sto"),
            (200, 100, "dvesto tristo štiristo petsto šeststo sedemsto osemsto devetsto"),
            (1000, 1, "tisoč"),
            (10**6, 1, "milijon|milijona|milijonov"),
        ),
        "in",
        glued=True,
        by_words=True,
    ),
    NumeralTable(  # Croatian, Bosnian and Serbian
        atoms(
            (0, 1, "nula|ništica jedan|jedna|jedno dva|dvije|dve tri četiri pet šest sedam osam devet deset"),
            (11, 1, "jedanaest dvanaest trinaest četrnaest petnaest šesnaest sedamnaest osamnaest"),
            (19, 1, "devetnaest dvadeset"),
            (
                30,
                10,
                "trideset četrdeset pedeset šezdeset sedamdeset osamdeset devedeset sto|stotine|stotina",
            ),
            (200, 100, "dvjesto|dvesta|dvjesta|dvesto tristo|trista četiristo petsto šeststo|šesto sedamsto"),
            (800, 100, "osamsto devetsto"),
            (1000, 1, "tisuća|tisuće|hiljada|hiljade|hiljadu"),
            (10**6, 1, "milijun|milijuna|milion|miliona"),
        ),
        "i",
    ),
    NumeralTable(  # Serbian
        atoms(
            (0, 1, "нула један|једна|једно два|две три четири пет шест седам осам девет десет"),
            (11, 1, "једанаест дванаест тринаест четрнаест петнаест шеснаест седамнаест осамнаест"),
            (19, 1, "деветнаест двадесет"),
            (30, 10, "тридесет четрдесет педесет шездесет седамдесет осамдесет деведесет сто"),
            (
                200,
                100,
                "двеста|двесто триста|тристо четиристо петсто шестсто|шесто седамсто осамсто деветсто",
            ),
            (1000, 1, "хиљада|хиљаде|хиљаду"),
            (10**6, 1, "милион|милиона"),
        ),
        "и",
    ),
    NumeralTable(  # Bulgarian
        atoms(
            (0, 1, "нула един|една|едно два|две три четири пет шест седем осем девет десет"),
            (11, 1, "единайсет|единадесет дванайсет|дванадесет тринайсет|тринадесет"),
            (14, 1, "четиринайсет|четиринадесет петнайсет|петнадесет шестнайсет|шестнадесет"),
            (
                17,
                1,
                "седемнайсет|седемнадесет осемнайсет|осемнадесет деветнайсет|деветнадесет двайсет|двадесет",
            ),
            (30, 10, "трийсет|тридесет четирийсет|четиридесет петдесет шейсет|шестдесет седемдесет"),
            (80, 10, "осемдесет деветдесет сто"),
            (200, 100, "двеста триста четиристотин петстотин шестстотин седемстотин осемстотин деветстотин"),
            (1000, 1, "хиляда|хиляди"),
            (10**6, 1, "милион|милиона"),
        ),
        "и",
    ),
    NumeralTable(  # Ukrainian
        atoms(
            (0, 1, "нуль один|одна|одне два|дві три чотири п'ять|п’ять шість сім вісім дев'ять|дев’ять"),
            (10, 1, "десять одинадцять дванадцять тринадцять чотирнадцять п'ятнадцять|п’ятнадцять"),
            (16, 1, "шістнадцять сімнадцять вісімнадцять дев'ятнадцять|дев’ятнадцять двадцять"),
            (30, 10, "тридцять сорок п'ятдесят|п’ятдесят шістдесят сімдесят вісімдесят"),
            (90, 10, "дев'яносто|дев’яносто сто"),
            (200, 100, "двісті триста чотириста п'ятсот|п’ятсот шістсот сімсот вісімсот дев'ятсот|дев’ятсот"),
            (1000, 1, "тисяча|тисячі|тисяч"),
            (10**6, 1, "мільйон|мільйони|мільйонів"),
            (10**9, 1, "мільярд|мільярди|мільярдів"),
        ),
        "",
    ),
    NumeralTable(  # Romanian
        atoms(
            (0, 1, "zero unu|un|una|o doi|două|doua trei patru cinci șase|şase|sase șapte|şapte|sapte opt"),
            (9, 1, "nouă|noua zece unsprezece doisprezece|douăsprezece treisprezece paisprezece"),
            (15, 1, "cincisprezece șaisprezece|şaisprezece șaptesprezece|şaptesprezece optsprezece"),
            (19, 1, "nouăsprezece douăzeci|douazeci"),
            (30, 10, "treizeci patruzeci cincizeci șaizeci|şaizeci șaptezeci|şaptezeci optzeci nouăzeci"),
            (100, 1, "sută|sute|suta"),
            (1000, 1, "mie|mii"),
            (10**6, 1, "milion|milioane"),
        ),
        "și|şi|si",
    ),
    NumeralTable(  # Greek
        atoms(
            (
                0,
                1,
                "μηδέν ένα|ένας|μία|μια δύο|δυο τρία|τρεις τέσσερα|τέσσερις πέντε έξι επτά|εφτά οκτώ|οχτώ",
            ),
            (9, 1, "εννέα|εννιά δέκα έντεκα|ένδεκα δώδεκα δεκατρία|δεκατρείς δεκατέσσερα|δεκατέσσερις"),
            (
                15,
                1,
                "δεκαπέντε δεκαέξι|δεκάξι δεκαεπτά|δεκαεφτά δεκαοκτώ|δεκαοχτώ δεκαεννέα|δεκαεννιά είκοσι",
            ),
            (30, 10, "τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα εκατό|εκατόν"),
            (200, 100, "διακόσια|διακόσιες|διακόσιοι τριακόσια|τριακόσιες|τριακόσιοι τετρακόσια|τετρακόσιες"),
            (500, 100, "πεντακόσια|πεντακόσιες εξακόσια|εξακόσιες επτακόσια|εφτακόσια|επτακόσιες"),
            (800, 100, "οκτακόσια|οχτακόσια|οκτακόσιες εννιακόσια|εννιακόσιες χίλια|χίλιες|χιλιάδες"),
            (10**6, 1, "εκατομμύριο|εκατομμύρια"),
        ),
        "και",
    ),
    NumeralTable(  # Catalan
        atoms(
            (0, 1, "zero un|una dos|dues tres quatre cinc sis set vuit nou deu onze dotze tretze catorze"),
            (15, 1, "quinze setze disset divuit dinou vint"),
            (30, 10, "trenta quaranta cinquanta seixanta setanta vuitanta noranta cent|cents"),
            (1000, 1, "mil"),
            (10**6, 1, "milió|milions"),
        ),
        "i",
    ),
    NumeralTable(  # Hebrew
        atoms(
            (0, 1, "אפס אחד|אחת שניים|שתיים|שני|שתי שלוש|שלושה ארבע|ארבעה חמש|חמישה|חמשה שש|שישה|ששה"),
            (7, 1, "שבע|שבעה שמונה תשע|תשעה עשר|עשרה"),
            (20, 10, "עשרים שלושים ארבעים חמישים שישים|ששים שבעים שמונים תשעים מאה|מאות"),
            (200, 1, "מאתיים"),
            (1000, 1, "אלף|אלפים"),
            (2000, 1, "אלפיים"),
            (10**6, 1, "מיליון"),
            (10**9, 1, "מיליארד"),
        ),
        "ו",
    ),
    NumeralTable(  # Persian
        atoms(
            (0, 1, "صفر یک دو سه چهار پنج شش|شیش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده|پونزده"),
            (16, 1, "شانزده|شونزده هفده هجده نوزده بیست"),
            (30, 10, "سی چهل پنجاه شصت هفتاد هشتاد نود صد"),
            (200, 100, "دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد هزار"),
            (10**6, 1, "میلیون"),
            (10**9, 1, "میلیارد"),
        ),
        "و",
    ),
    NumeralTable(  # Thai
        atoms(
            (0, 1, "ศูนย์ หนึ่ง|เอ็ด สอง|ยี่ สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ"),
            (100, 1, "ร้อย"),
            (1000, 1, "พัน"),
            (10**4, 1, "หมื่น"),
            (10**5, 1, "แสน"),
            (10**6, 1, "ล้าน"),
        ),
        "",
        glued=True,
        times_ten=True,
    ),
    NumeralTable(  # Bengali
        {
            **atoms((0, 1, _BENGALI), (100, 1, "শত|শো|একশ|একশো"), (1000, 1, "হাজার"), (10**5, 1, "লাখ|লক্ষ")),
            **atoms((200, 100, "দুইশত|দুশো তিনশত|তিনশো চারশত|চারশো পাঁচশত|পাঁচশো ছয়শত|ছয়শো সাতশত|সাতশো")),
            **atoms((800, 100, "আটশত|আটশো নয়শত|নয়শো"), (10**7, 1, "কোটি")),
        },
        "",
    ),
    NumeralTable(  # Telugu
        atoms(
            (0, 1, "సున్న|సున్నా ఒకటి|ఒక రెండు మూడు నాలుగు ఐదు|అయిదు ఆరు ఏడు ఎనిమిది తొమ్మిది పది పదకొండు"),
            (12, 1, "పన్నెండు పదమూడు పద్నాలుగు|పధ్నాలుగు పదిహేను|పదునయిదు పదహారు పదిహేడు"),
            (18, 1, "పద్దెనిమిది|పధ్ధెనిమిది పంతొమ్మిది|పందొమ్మిది ఇరవై"),
            (30, 10, "ముప్పై నలభై యాభై అరవై డెబ్బై ఎనభై|ఎనబై తొంభై వంద|వందల|నూరు"),
            (1000, 1, "వేయి|వెయ్యి|వేల|వేలు"),
            (10**5, 1, "లక్ష|లక్షల|లక్షలు"),
            (10**7, 1, "కోటి|కోట్ల|కోట్లు"),
        ),
        "",
    ),
    NumeralTable(  # Tamil
        atoms(
            (0, 1, "பூஜ்ஜியம்|பூஜ்யம் ஒன்று|ஒரு இரண்டு|இரு மூன்று நான்கு ஐந்து ஆறு ஏழு எட்டு ஒன்பது பத்து"),
            (11, 1, "பதினொன்று பன்னிரண்டு பதிமூன்று பதினான்கு பதினைந்து பதினாறு பதினேழு பதினெட்டு"),
            (19, 1, "பத்தொன்பது இருபது|இருபத்தி|இருபத்து"),
            (30, 10, "முப்பது|முப்பத்தி|முப்பத்து நாற்பது|நாற்பத்தி ஐம்பது|ஐம்பத்தி அறுபது|அறுபத்தி"),
            (70, 10, "எழுபது|எழுபத்தி எண்பது|எண்பத்தி தொண்ணூறு|தொண்ணூற்றி நூறு"),
            (1000, 1, "ஆயிரம்"),
            (10**5, 1, "லட்சம்|இலட்சம்"),
        ),
        "",
        glued=True,
    ),
    NumeralTable(  # Indonesian and Malay
        atoms(
            (0, 1, "nol|kosong|sifar satu dua tiga empat lima enam tujuh delapan|lapan sembilan"),
            (
                10,
                1,
                "sepuluh|puluh sebelas dua_belas tiga_belas empat_belas lima_belas enam_belas tujuh_belas",
            ),
            (18, 1, "delapan_belas|lapan_belas sembilan_belas"),
            (100, 1, "seratus|ratus"),
            (1000, 1, "seribu|ribu"),
            (10**6, 1, "sejuta|juta"),
            (10**9, 1, "miliar|milyar"),
        ),
        "",
        times_ten=True,
    ),
    NumeralTable(  # Swahili, which has a hundred and a thousand before how many of them there are
        atoms(
            (0, 1, "sifuri|zero moja mbili tatu nne tano sita saba nane tisa kumi"),
            (20, 10, "ishirini thelathini arobaini hamsini sitini sabini themanini tisini mia|mia_moja"),
            (200, 100, "mia_mbili mia_tatu mia_nne mia_tano mia_sita mia_saba mia_nane mia_tisa"),
            (1000, 1000, "elfu|elfu_moja elfu_mbili elfu_tatu elfu_nne elfu_tano elfu_sita elfu_saba"),
            (8000, 1000, "elfu_nane elfu_tisa elfu_kumi"),
        ),
        "na",
    ),
    NumeralTable(  # Amharic
        atoms(
            (0, 1, "ዜሮ አንድ ሁለት ሦስት|ሶስት አራት አምስት ስድስት ሰባት ስምንት ዘጠኝ አሥር|አስር|አሥራ|አስራ"),
            (20, 10, "ሃያ ሠላሳ|ሰላሳ አርባ አምሳ|ሃምሳ ስድሳ ሰባ ሰማኒያ|ሰማንያ ዘጠና መቶ"),
            (1000, 1, "ሺህ|ሺ"),
            (10**6, 1, "ሚሊዮን"),
        ),
        "",
    ),
)

NUMERALS = (*COMMON, *_MORE)
"""All languages; a new one is a new row."""
