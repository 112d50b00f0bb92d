"""Words in which an answer is announced or concluded, in further languages of Europe: a table."""

from __future__ import annotations

from dartmath.verify.language.lexicon_row import Lexicon

EUROPE: dict[str, Lexicon] = {
    "nl": Lexicon(
        stems=("antwoord",),
        noun=(
            r"\b(?:het |mijn |ons )?(?:juiste |correcte |uiteindelijke |definitieve |eind)?antwoord"
            r"(?: op [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:is|zijn|luidt|bedraagt|wordt)(?: dus| daarom| gelijk aan)?\b",
        concluding=(
            r"(?:dus|daarom|daardoor|hierdoor|bijgevolg|derhalve|concluderend|in totaal|uiteindelijk"
            r"|d[ai]t betekent(?:,? dat)?)\b"
        ),
        negating=r"\bniet\b|\bgeen\b",
        tells=False,
    ),
    "af": Lexicon(
        stems=("antwoord",),
        noun=r"\b(?:die )?(?:finale |korrekte |regte )?antwoord(?: op [^\n:]{1,60}?)?",
        copula=r"\b(?:is|sou wees)(?: dus)?\b",
        concluding=r"(?:dus|daarom|gevolglik|daardoor|in totaal|d[ai]t beteken(?:,? dat)?)\b",
        negating=r"\bnie\b|\bgeen\b",
        tells=False,
    ),
    "sv": Lexicon(
        stems=("svar",),
        noun=r"\b(?:det )?(?:rätta |slutliga |korrekta |slut)?svar(?:et)?(?: på [^\n:]{1,60}?)?",
        copula=r"\b(?:är|blir|lyder)(?: alltså| därmed| därför| lika med)?\b",
        concluding=(
            r"(?:alltså|därför|därmed|således|följaktligen|slutligen|så|totalt|sammanlagt|sammanfattningsvis"
            r"|det (?:betyder|innebär)(?: att)?)\b"
        ),
        negating=r"\binte\b|\bingen\b|\binget\b",
    ),
    "da": Lexicon(
        stems=("svar",),
        noun=r"\b(?:det )?(?:endelige |rigtige |korrekte )?svar(?:et)?(?: på [^\n:]{1,60}?)?",
        copula=r"\b(?:er|bliver|lyder)(?: derfor| altså| dermed| lig med)?\b",
        concluding=(
            r"(?:derfor|altså|dermed|derved|således|følgelig|så|i alt|alt i alt|samlet set"
            r"|d(?:et|ette) betyder(?:,? at)?)\b"
        ),
        negating=r"\bikke\b|\bingen\b",
        tells=False,
    ),
    "no": Lexicon(
        stems=("svar",),
        noun=r"\b(?:det )?(?:endelige |riktige |korrekte )?svar(?:et)?(?: på [^\n:]{1,60}?)?",
        copula=r"\b(?:er|blir|lyder)(?: derfor| altså| dermed| lik)?\b",
        concluding=(
            r"(?:derfor|altså|dermed|følgelig|slik sett|som vi ser|i alt|alt i alt|totalt|til slutt"
            r"|d(?:et|ette) betyr(?:,? at)?|det vil si(?:,? at)?)\b"
        ),
        negating=r"\bikke\b|\bikkje\b|\bingen\b",
        tells=False,
    ),
    "fi": Lexicon(
        stems=("vastau",),
        noun=r"\b(?:oikea |lopullinen )?vastau(?:s|kseni)(?: kysymykseen)?\b",
        copula=r"\bon(?: siis)?\b",
        concluding=(
            r"(?:siis|näin ollen|joten|siksi|siten|täten|yhteensä|tämä tarkoittaa(?: sitten)?(?:,? että)?)\b"
        ),
        negating=r"\bei ole\b|\bei voi\b|\beivät\b",
        tells=False,
    ),
    "pl": Lexicon(
        stems=("odpowied",),
        noun=(
            r"\b(?:ostateczna |poprawna |prawidłowa |końcowa )?odpowied(?:ź|zią)"
            r"(?: końcowa| numeryczna| ostateczna)?(?: na [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:to|jest|brzmi|wynosi)(?: więc| zatem)?\b",
        concluding=(
            r"(?:tak więc|a więc|więc|zatem|dlatego|stąd|w sumie|łącznie|ostatecznie|podsumowując|tym samym"
            r"|w rezultacie|to oznacza(?:,? że)?|oznacza to(?:,? że)?|wynika z tego(?:,? że)?)\b"
        ),
        negating=r"\bnie\b|\bżaden\b|\bżadnych\b",
        tells=False,
    ),
    "cs": Lexicon(
        stems=("odpově", "výsled"),
        noun=(
            r"\b(?:správná |konečná |správný |konečný )?(?:odpověď|odpovědí|výsledek|výsledkem)"
            r"(?: na [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:je|zní|činí)(?: tedy| tak)?\b",
        concluding=r"(?:tedy|takže|proto|tudíž|celkem|celkově|nakonec|závěrem|to znamená(?:,? že)?)\b",
        negating=r"\bnení\b|\bnelze\b|\bnikdy\b",
        tells=False,
    ),
    "sk": Lexicon(
        stems=("odpove",),
        noun=r"\b(?:správna |konečná )?odpove(?:ď|ďou)(?: na [^\n:]{1,60}?)?",
        copula=r"\b(?:je|znie)(?: teda)?\b",
        concluding=r"(?:teda|takže|preto|celkovo|spolu|nakoniec|a tak|to znamená(?:,? že)?)\b",
        negating=r"\bnie\b",
        tells=False,
    ),
    "sl": Lexicon(
        stems=("odgovor",),
        noun=r"\b(?:končni |pravilni |pravilen )?odgovor(?: na [^\n:]{1,60}?)?",
        copula=r"\b(?:je|se glasi)(?: torej)?\b",
        concluding=r"(?:torej|zato|zatorej|tako|skupaj|to pomeni(?:,? da)?)\b",
        negating=r"\bni res\b|\bni pravilno\b|\bni mogoče\b",
        tells=False,
    ),
    "hr": Lexicon(
        stems=("odgovor",),
        noun=r"\b(?:konačni |konačan |točan |tačan |ispravan )?odgovor(?: na [^\n:]{1,60}?)?",
        copula=r"\b(?:je|jest|glasi|iznosi)(?: dakle)?\b",
        concluding=(
            r"(?:dakle|stoga|zato|zbog toga|prema tome|ukupno|na kraju|znači|(?:to|ovo) znači(?:,? da)?)\b"
        ),
        negating=r"\bnije\b|\bnisu\b|\bnema\b",
        tells=False,
    ),
    "sr": Lexicon(
        stems=("одговор",),
        noun=r"\b(?:коначан |тачан )?одговор(?: на [^\n:]{1,60}?)?",
        copula=r"\b(?:је|гласи|износи)(?: дакле)?\b",
        concluding=(
            r"(?:дакле|стога|зато|због тога|према томе|на крају|укупно|значи|(?:то|ово) значи(?:,? да)?)\b"
        ),
        negating=r"\bније\b|\bнису\b|\bнема\b",
        tells=False,
    ),
    "bg": Lexicon(
        stems=("отговор",),
        noun=r"\b(?:крайният |верният |правилният )?отговор(?:ът|а)?(?: на [^\n:]{1,60}?)?",
        copula=r"\b(?:е|са|ще бъде)\b",
        concluding=(
            r"(?:следователно|така че|така|затова|поради това|и така|значи|общо|в заключение|по този начин"
            r"|това означава(?:,? че)?)\b"
        ),
        negating=r"\bняма\b",
        tells=False,
    ),
    "uk": Lexicon(
        stems=("відповід",),
        noun=r"\b(?:остаточна |правильна |кінцева )?відповід(?:ь|дю)(?: на [^\n:]{1,60}?)?",
        copula=r"\b(?:це|є|становить|дорівнює|буде)\b",
        concluding=(
            r"(?:отже|таким чином|тому|тож|значить|загалом|в результаті|у підсумку|це означає(?:,? що)?)\b"
        ),
        negating=r"\bнемає\b|\bніколи\b",
        tells=False,
    ),
    "ro": Lexicon(
        stems=("răspuns", "raspuns"),
        noun=r"\br[ăa]spunsul?(?: final| corect)?(?: la [^\n:]{1,60}?)?",
        copula=r"\b(?:este|e|sunt|va fi)(?: deci| egal cu)?\b",
        concluding=(
            r"(?:deci|astfel|prin urmare|a[șş]adar|în concluzie|în total|rezultă că"
            r"|(?:asta|aceasta|acest lucru) înseamnă că)\b"
        ),
        negating=r"\bnu este\b|\bnu sunt\b|\bnu are\b|\bnu există\b|\bnu poate\b",
        tells=False,
    ),
    "hu": Lexicon(
        stems=("válasz",),
        noun=r"\b(?:a |az )?(?:végső |helyes )?válasz(?:om|unk)?(?: a kérdésre)?\b",
        copula=r"\b(?:tehát|ezért|az)\b",
        concluding=(
            r"(?:tehát|ezért|így|azaz|vagyis|összesen|végül|következésképpen"
            r"|ez azt jelenti(?:,? hogy)?)\b"
        ),
        negating=r"\bnem\b|\bnincs\b|\bsoha\b",
        tells=False,
    ),
    "el": Lexicon(
        stems=("απάντηση",),
        noun=r"\b(?:η )?(?:σωστή |τελική )?απάντηση(?: στ[ηοι]ν? [^\n:]{1,60}?)?",
        copula=r"\b(?:είναι|ισούται με)\b",
        concluding=(r"(?:άρα|επομένως|συνεπώς|οπότε|έτσι|λοιπόν|συνολικά|τελικά|αυτό σημαίνει(?: ότι)?)\b"),
        negating=r"\bδεν\b|\bόχι\b",
    ),
    "ca": Lexicon(
        stems=("resposta",),
        noun=r"\b(?:la )?resposta(?: final| correcta| és correcta)?(?: a [^\n:]{1,60}?)?",
        copula=r"\b(?:és|són|seria|serà)(?: igual a)?\b",
        concluding=(
            r"(?:per tant|així doncs|doncs|així que|en total|en conclusió|finalment|per això"
            r"|això vol dir(?: que)?)\b"
        ),
        negating=r"\bno és\b|\bno hi ha\b",
    ),
    "gl": Lexicon(
        stems=("resposta",),
        noun=r"\b(?:a )?resposta(?: final| correcta)?(?: á [^\n:]{1,60}?)?",
        copula=r"\b(?:é|son|sería|será)(?: igual a)?\b",
        concluding=r"(?:polo tanto|por tanto|así que|en total|en conclusión|finalmente)\b",
        negating=r"\bnon\b",
        tells=False,
    ),
    "eu": Lexicon(
        stems=("erantzun",),
        noun=r"\b(?:azken |zuzena den )?erantzun(?:a|ak|en)?(?: zuzena)?\b",
        copula=r"\bhau da\b",
        concluding=r"(?:beraz|hortaz|ondorioz|guztira|azkenean|horrenbestez)\b",
        negating=r"\bez da\b|\bez dira\b",
        closing=r" d(?:a|ira)",
        tells=False,
    ),
    "tr": Lexicon(
        stems=("ceva", "yanıt", "sonuç"),
        noun=r"\b(?:doğru |nihai |son )?(?:cevap|cevab[ıi](?:m[ıi]z)?|yanıt[ıi]?|sonuç)\b",
        copula=r"\b(?:şudur|şöyledir|ise)\b",
        concluding=(
            r"(?:bu nedenle|bu yüzden|dolayısıyla|sonuç olarak|böylece|yani|o h[aâ]lde|öyleyse|toplamda"
            r"|buna göre|demek ki)\b"
        ),
        negating=r"\bdeğil\b|\bdeğildir\b|\byoktur\b",
        bare=True,
        closing=r"['’]?[dt][ıiuü]r",
        tells=False,
    ),
}
"""Code of a language -> its words."""
