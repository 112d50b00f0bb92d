"""`verifier: instructions`: constraints on the form of a response that a rule can check, as in IFEval.

A reference is JSON: a list of constraints, each a mapping with its `id` and its arguments, or the two lists
of IFEval's own rows, `instruction_id_list` and `kwargs`. All must hold. The ids and their arguments are those
of IFEval (arXiv 2311.07911, table 4), but for `language:response_language`, which no rule decides. A relation
is `at least` (or more) or `less than`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dartmath.domains.json_value import NOTHING, last_value
from dartmath.domains.reference import nothing, reference_of, verdict
from dartmath.verify.contract.outcome import Verdict
from dartmath.verify.contract.question import Gradable

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s|\Z)")
_ABBREVIATION = re.compile(r"\b(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|fig|[a-z])\.$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:\*[^*\n]|-(?!-))", re.MULTILINE)
_HIGHLIGHT = re.compile(r"\*\*[^*\n]+\*\*|\*[^*\n]+\*")
_TITLE = re.compile(r"<<[^\n<>]+>>")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*\]")
_ONE_OF_THREE = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_PARTS = "******"
# Two responses are wanted.
_TOO_MANY = 3


@dataclass(frozen=True, slots=True)
class Constraint:
    """One kind: the names of its arguments, those that may be absent last, and whether a text keeps to it."""

    arguments: tuple[str, ...]
    holds: Callable[..., bool]
    optional: tuple[str, ...] = ()


def judge(query: Gradable, response: str) -> Verdict:
    """Whether a response keeps to all constraints; the reason names the first that it does not keep to.

    Raises `ValueError` for a constraint that is not known, or an argument that it lacks.
    """
    asked = constraints_of(reference_of(query))
    text = response.strip()
    if not text:
        return nothing("instructions", "text")
    broken = [name for name, given in asked if not CONSTRAINTS[name].holds(text, **given)]
    kept = len(asked) - len(broken)
    reason = f"keeps to {kept} of {len(asked)}" + (f", not to {broken[0]}" if broken else "")
    return verdict(not broken, "instructions", reason)


def constraints_of(reference: Any) -> list[tuple[str, dict[str, Any]]]:
    """(id, arguments) of each constraint of a reference."""
    if isinstance(reference, dict) and "instruction_id_list" in reference:
        names, given = reference["instruction_id_list"], reference.get("kwargs") or [{}] * 99
        reference = [{"id": name, **(own or {})} for name, own in zip(names, given, strict=False)]
    if isinstance(reference, dict):
        reference = [reference]
    if (
        not isinstance(reference, list)
        or not reference
        or not all(isinstance(one, dict) for one in reference)
    ):
        raise ValueError("a reference of `instructions` is a list of constraints, each with an id")
    return [_checked(one) for one in reference]


def _checked(one: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    name = str(one.get("id", ""))
    if name not in CONSTRAINTS:
        raise ValueError(f"there is no constraint {name!r}; there are {', '.join(CONSTRAINTS)}")
    kind = CONSTRAINTS[name]
    # IFEval's rows have every argument of every kind, null where it is of another.
    given = {key: value for key, value in one.items() if key != "id" and value is not None}
    missing = [key for key in kind.arguments if key not in given]
    unknown = [key for key in given if key not in (*kind.arguments, *kind.optional)]
    if missing or unknown:
        wrong = f"lacks {missing[0]!r}" if missing else f"has no {unknown[0]!r}"
        raise ValueError(
            f"the constraint {name!r} {wrong}; its arguments are {', '.join(kind.arguments) or 'none'}"
        )
    if "relation" in key_of(given) and relation_of(given) not in _RELATIONS:
        raise ValueError(f"{name!r}: a relation is {' or '.join(_RELATIONS)}, not {relation_of(given)!r}")
    return name, given


def key_of(given: Mapping[str, Any]) -> str:
    """The argument that holds a relation: `relation`, `let_relation` or `capital_relation`; else ""."""
    return next((key for key in given if key.endswith("relation")), "")


def relation_of(given: Mapping[str, Any]) -> Any:
    """The relation that the arguments name."""
    return given[key_of(given)]


_RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "at least": lambda count, wanted: count >= wanted,
    "less than": lambda count, wanted: count < wanted,
}


def _compare(count: int, relation: str, wanted: int) -> bool:
    return _RELATIONS[relation](count, int(wanted))


def _count(text: str, word: str) -> int:
    """How often a word, or a phrase, stands in a text, whatever its case."""
    begins, ends = (r"(?<!\w)" if word[:1].isalnum() else ""), (r"(?!\w)" if word[-1:].isalnum() else "")
    return len(re.findall(f"{begins}{re.escape(word)}{ends}", text, re.IGNORECASE))


def words(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)


def sentences(text: str) -> int:
    """How many sentences a text has, as far as marks tell: full stops of abbreviations end none."""
    ends = 0
    last = 0
    for match in _SENTENCE_END.finditer(text):
        if match[0] == "." and _ABBREVIATION.search(text[max(0, match.end() - 8) : match.end()]):
            continue
        ends, last = ends + 1, match.end()
    return ends + bool(text[last:].strip())


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\s?\*\*\*\s?", text) if part.strip()]


def _nth_paragraph(text: str, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    parts = [part.strip() for part in re.split(r"\n\n+", text) if part.strip()]
    if len(parts) != num_paragraphs or not 1 <= nth_paragraph <= len(parts):
        return False
    found = words(parts[nth_paragraph - 1])
    return bool(found) and found[0].lower() == first_word.lower()


def _postscript(text: str, postscript_marker: str) -> bool:
    marker = r"\s*".join(map(re.escape, postscript_marker.replace(" ", "")))
    return re.search(rf"^\s*{marker}.*\S", text, re.IGNORECASE | re.MULTILINE) is not None


def _sections(text: str, section_spliter: str, num_sections: int) -> bool:
    return (
        len(re.findall(rf"^\W*{re.escape(section_spliter.strip())}\s+\d+", text, re.MULTILINE))
        >= num_sections
    )


def _highlights(text: str, num_highlights: int) -> bool:
    return sum(1 for found in _HIGHLIGHT.findall(text) if found.strip("* ")) >= num_highlights


def _two_responses(text: str) -> bool:
    parts = [part.strip() for part in text.split(_PARTS)]
    first, second = (*parts, "", "")[:2]
    return len(parts) < _TOO_MANY and bool(first and second) and first != second


def _is_title(text: str) -> bool:
    return any(found.strip("<> ") for found in _TITLE.findall(text))


def _quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == '"' and text[-1] == '"'


def _capitals(text: str, capital_frequency: int, capital_relation: str) -> bool:
    found = [word for word in words(text) if word.isupper()]
    return _compare(len(found), capital_relation, capital_frequency)


def _letters(text: str, letter: str, let_frequency: int, let_relation: str) -> bool:
    return _compare(Counter(text.lower())[letter.lower()], let_relation, let_frequency)


def _is_json(text: str) -> bool:
    """Whether a whole text is JSON, with or without a fence around it."""
    body = re.sub(r"\A```(?:json)?\s*|\s*```\Z", "", text, flags=re.IGNORECASE).strip()
    return body[:1] in ("{", "[") and body[-1:] in ("}", "]") and last_value(body) is not NOTHING


CONSTRAINTS: dict[str, Constraint] = {
    "keywords:existence": Constraint(
        ("keywords",), lambda t, keywords: all(_count(t, one) for one in keywords)
    ),
    "keywords:frequency": Constraint(
        ("keyword", "frequency", "relation"),
        lambda t, keyword, frequency, relation: _compare(_count(t, keyword), relation, frequency),
    ),
    "keywords:forbidden_words": Constraint(
        ("forbidden_words",), lambda t, forbidden_words: not any(_count(t, one) for one in forbidden_words)
    ),
    "keywords:letter_frequency": Constraint(("letter", "let_frequency", "let_relation"), _letters),
    "length_constraints:number_sentences": Constraint(
        ("num_sentences", "relation"),
        lambda t, num_sentences, relation: _compare(sentences(t), relation, num_sentences),
    ),
    "length_constraints:number_paragraphs": Constraint(
        ("num_paragraphs",), lambda t, num_paragraphs: len(_paragraphs(t)) == num_paragraphs
    ),
    "length_constraints:number_words": Constraint(
        ("num_words", "relation"), lambda t, num_words, relation: _compare(len(words(t)), relation, num_words)
    ),
    "length_constraints:nth_paragraph_first_word": Constraint(
        ("num_paragraphs", "nth_paragraph", "first_word"), _nth_paragraph
    ),
    "detectable_content:number_placeholders": Constraint(
        ("num_placeholders",), lambda t, num_placeholders: len(_PLACEHOLDER.findall(t)) >= num_placeholders
    ),
    "detectable_content:postscript": Constraint(("postscript_marker",), _postscript),
    "detectable_format:number_bullet_lists": Constraint(
        ("num_bullets",), lambda t, num_bullets: len(_BULLET.findall(t)) == num_bullets
    ),
    "detectable_format:constrained_response": Constraint(
        (), lambda t: any(one in t for one in _ONE_OF_THREE)
    ),
    "detectable_format:number_highlighted_sections": Constraint(("num_highlights",), _highlights),
    "detectable_format:multiple_sections": Constraint(("section_spliter", "num_sections"), _sections),
    "detectable_format:json_format": Constraint((), _is_json),
    "detectable_format:title": Constraint((), _is_title),
    "combination:two_responses": Constraint((), _two_responses),
    "combination:repeat_prompt": Constraint(
        ("prompt_to_repeat",),
        lambda t, prompt_to_repeat: t.lower().startswith(prompt_to_repeat.strip().lower()),
    ),
    "startend:end_checker": Constraint(
        ("end_phrase",),
        lambda t, end_phrase: t.strip('"').strip().lower().endswith(end_phrase.strip().lower()),
    ),
    "startend:quotation": Constraint((), _quoted),
    "change_case:capital_word_frequency": Constraint(("capital_frequency", "capital_relation"), _capitals),
    "change_case:english_capital": Constraint((), lambda t: t.isupper()),
    "change_case:english_lowercase": Constraint((), lambda t: t.islower()),
    "punctuation:no_comma": Constraint((), lambda t: "," not in t),
}
