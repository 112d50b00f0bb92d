"""A prompt that says more than the query finds its query."""

from __future__ import annotations

from dartmath.queries.query import make_query
from dartmath.sampling.match import QueryTexts

TEXTS = ["What is 12 + 30?", "What is 12 + 30? Add 5 as well.", "Name a prime above 100."]
TEXTS += [f"A shop sells {i} pens a day. How many in a week?" for i in range(500)]


def find(prompt: str) -> str | None:
    found = QueryTexts([make_query("own", text, "1") for text in TEXTS]).find(prompt)
    return found.text if found else None


def test_white_space_may_differ() -> None:
    assert find("  What is\n12 + 30?") == TEXTS[0]


def test_the_longest_query_inside_of_a_prompt_is_meant() -> None:
    assert find(f"<|user|>\n{TEXTS[1]}\nPut your answer in \\boxed{{}}.<|assistant|>") == TEXTS[1]
    assert find("Something else entirely?") is None


def test_all_prompts_of_a_form_are_found_after_one_search() -> None:
    texts = QueryTexts([make_query("own", text, "1") for text in TEXTS])
    for text in TEXTS:
        found = texts.find(f"Think step by step.\n\n{text}\n\nAnswer in a box.")
        assert found is not None and found.text == text
    for number in range(1000):
        assert texts.find(f"Unknown problem {number}") is None
