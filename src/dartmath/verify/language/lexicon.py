"""Words of all languages in which an answer is announced or concluded: tables, and nothing else.

A new language is a new row here or in one of the tables beside, its code in
`dartmath.verify.contract.settings.Language`, and cases in `tests/cases/verify/announced.jsonl`.
"""

from __future__ import annotations

from dartmath.verify.language.lexicon_asia_africa import ASIA_AND_AFRICA
from dartmath.verify.language.lexicon_europe import EUROPE
from dartmath.verify.language.lexicon_row import Lexicon

_COMMON: dict[str, Lexicon] = {
    "en": Lexicon(
        stems=("ans", "correct", "right"),
        noun=(
            r"(?:\b(?:the |my |our |so )?(?:final|correct|right|only|required|exact|numerical"
            r"|simplified)?[ \t_-]*"
            r"(?<![a-z])(?:answers?|ans)\b"
            r"(?:[ \t]+(?:to|for|of)(?:[ \t]+[\w'()-]+){1,8}?)?"
            r"(?:[ \t]*\((?=[^()\n]*[a-z]{3})[^()\n]{3,40}\)|,[ \t]+(?:in|to|as|rounded)\b[^,\n]{1,40},)?"
            r"|\b(?:correct|right|best)[ \t]+(?:option|choice|letter|value|result|solution)\b)"
        ),
        copula=(
            r"(?:is|are|was|were|be|equals?|becomes?|(?:would|will|should|must|has to|turns out to"
            r"|works out to|appears to)"
            r"(?: (?:therefore|thus|then|hence|simply|just|indeed))? be|comes? (?:out )?to(?: be)?"
            r"|amounts? to|(?:seems?|appears?|happens?) to be)\b"
        ),
        concluding=(
            r"(?:so|thus|therefore|hence|then|consequently|accordingly|finally|overall|altogether|as a result"
            r"|it follows that|(?:this|that|which) (?:gives|means)(?: us)?(?: that)?"
            r"|(?:in )?conclusion|in (?:summary|total|all|the end)|to (?:conclude|summarize)"
            r"|we conclude(?: that)?)\b"
        ),
        negating=r"\b(?:not|no|never|nor|cannot|neither)\b|n't\b",
    ),
    "zh": Lexicon(
        stems=("答", "选", "選", "结果"),
        noun=(
            r"(?:(?:最终|最後|最后|正确|正確|标准|所求)?的?(?:答案|结果|答(?=[:：]))"
            r"|(?:故|应|應|因此|所以)?(?:选|選)(?:择|擇)?(?:项|項)?(?!\s*(?:\\\(|\$)\s*[a-zA-Z]\s*=))"
        ),
        copula=r"(?:应该|應該|应当)?(?:大约|大約|约|約)?(?:是|为|為|等于|等於|应为|共有)",
        concluding=r"(?:因此|所以|综上所述?|故(?!选)|于是|從而|从而|结论|可得|由此)",
        negating=r"[不没非错無]|并非",
        bare=True,
        closing=r"[。了]",
    ),
    "fr": Lexicon(
        stems=("réponse", "reponse", "résultat"),
        noun=(
            r"\b(?:la |ma |notre |le )?(?:bonne )?(?:r[ée]ponses?|résultat)"
            r"(?: finale?| correcte| exacte)?(?: à [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:est|sont|vaut|serait|sera)(?: donc| égale? à)?\b",
        concluding=(
            r"(?:donc|ainsi|par conséquent|en conclusion|finalement|d'où|on obtient|au total|en résumé)\b"
        ),
        negating=r"\bn['e]\b|\bpas\b|\bnon\b|\baucune?\b",
    ),
    "es": Lexicon(
        stems=("respuesta", "resultado", "solución"),
        noun=(
            r"\b(?:la |el |mi )?(?:respuestas?|resultado|solución)(?: final| correcta| es correcta)?"
            r"(?: a [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:es|son|sería|será)(?: igual a)?\b",
        concluding=(
            r"(?:por (?:lo )?tanto|entonces|así(?: que)?|en conclusión|luego|finalmente|en total"
            r"|por consiguiente)\b"
        ),
        negating=r"\bno\b|\bnunca\b|\bning[uú]n",
    ),
    "de": Lexicon(
        stems=("antwort", "lösung", "ergebnis"),
        noun=(
            r"\b(?:die |das |unsere )?(?:endgültige |richtige |korrekte |finale )?"
            r"(?:antwort|lösung|(?:end)?ergebnis)(?: auf [^\n:]{1,60}?)?"
        ),
        copula=r"\b(?:ist|lautet|beträgt|sind|wäre)(?: also| daher| somit)?\b",
        concluding=(
            r"(?:daher|folglich|somit|deshalb|damit|insgesamt|schließlich|zusammenfassend"
            r"|also(?= (?:ist|sind|gilt|beträgt|hat|haben|lautet|erhalten|kostet)))\b"
        ),
        negating=r"\bnicht\b|\bkeine?[nrms]?\b",
    ),
    "pt": Lexicon(
        stems=("resposta", "resultado"),
        noun=r"\b(?:a |o )?(?:respostas?|resultado)(?: final| correta| certa)?",
        copula=r"\b(?:é|são|será|seria)(?: igual a)?\b",
        concluding=r"(?:portanto|logo|assim|então|por isso|em conclusão|no total|finalmente)\b",
        negating=r"\bnão\b|\bnunca\b|\bnenhum",
    ),
    "it": Lexicon(
        stems=("risposta", "risultato"),
        noun=r"\b(?:la |il )?(?:risposta|risultato)(?: finale| corretta| giusta| esatta)?",
        copula=r"(?:è|e'|sono|sarebbe|sarà)(?: quindi| pari a)?",
        concluding=r"(?:quindi|dunque|perciò|pertanto|allora|in conclusione|in totale|infine)\b",
        negating=r"\bnon\b|\bnessun",
    ),
    "ru": Lexicon(
        stems=("ответ", "результат"),
        noun=r"\b(?:окончательный |правильный |итоговый |верный )?(?:ответ(?:ом)?|результат)",
        copula=r"(?:является|это|равен|равно|будет|составляет)\b",
        concluding=r"(?:итак|следовательно|таким образом|значит|поэтому|отсюда|в итоге|получаем)\b",
        negating=r"\bне\b|\bнет\b",
    ),
    "ja": Lexicon(
        stems=("答", "正解", "結果"),
        noun=r"(?:最終(?:的な)?)?(?:答え|回答|解答|正解|答(?=[:：])|結果)",
        copula=r"は",
        concluding=r"(?:したがって|従って|よって|ゆえに|だから|以上より|つまり|結論として)",
        negating=r"ない|ません|ではなく",
        bare=True,
        closing=r"(?:です|である|だと思います|と思います|だ|となります|となる|になります|になる|ということになります)[。]?",
    ),
    "ko": Lexicon(
        stems=("답", "결과"),
        noun=r"(?:최종 ?|올바른 ?)?(?:정답|해답|답안|답변|답|결과)(?:은|는|이)?",
        copula=r"(?:은|는)",
        concluding=r"(?:따라서|그러므로|그래서|즉|결국|결론적으로)",
        negating=r"아니|않|없",
        bare=True,
        closing=r"(?:입니다|이다|예요|이에요|이 됩니다|가 됩니다|번입니다)\.?",
    ),
    "vi": Lexicon(
        stems=("đáp", "trả lời", "kết quả"),
        noun=r"(?:đáp (?:án|số)|câu trả lời|kết quả)(?: cuối cùng| đúng| là đúng)?",
        copula=r"(?:là|bằng)",
        concluding=r"(?:vậy|do đó|vì vậy|vì thế|suy ra|tóm lại|kết luận|như vậy)(?:,| nên)?",
        negating=r"\bkhông\b|\bchưa\b",
    ),
    "ar": Lexicon(
        stems=("جواب", "جابة", "ناتج"),
        noun=r"(?:ال)?(?:جواب|إجابة|اجابة|ناتج)(?: (?:ال)?(?:صحيحة?|نهائية?))?",
        copula=r"(?:هي|هو|يساوي|تساوي)",
        concluding=r"(?:لذا|لذلك|إذن|إذًا|وبالتالي|بالتالي|ومنه|في النهاية)،?",
        negating=r"ليس|ليست|\bلا\b|غير",
        bare=True,
    ),
    "hi": Lexicon(
        stems=("उत्तर", "जवाब"),
        noun=r"(?:अंतिम |सही |अतः )?(?:उत्तर|जवाब)",
        copula=r"(?:है|होगा)",
        concluding=r"(?:इसलिए|अतः|इस प्रकार|तो)",
        negating=r"नहीं",
        bare=True,
        closing=r"(?:है|हैं|होगा|होंगे)।?",
    ),
}

LEXICONS: dict[str, Lexicon] = {**_COMMON, **EUROPE, **ASIA_AND_AFRICA}
"""Code of a language -> its words, those that are met most first."""

LANGUAGES = tuple(LEXICONS)
"""Codes of all languages, in the order of the table."""
