"""A response ends where the template's next turn would begin."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dartmath.engines import Generation, Request, create_engine
from dartmath.engines.config import TransformersEngine
from dartmath.model import ModelSection
from dartmath.prompts.examples import examples_for
from dartmath.prompts.template import Example, Template, builtin_templates, load_template

TEXT = sorted(name for name, template in builtin_templates().items() if not template.chat)


@pytest.mark.parametrize("name", TEXT)
def test_what_follows_a_worked_example_begins_with_a_stop(name: str) -> None:
    template = load_template(name)
    text = template.render("Q2", examples=[Example("Q1", "A1.")]).text
    assert text is not None
    rest = text.partition("A1.")[2].removeprefix(template.separator)
    followed = "\n" + rest
    assert any(followed.startswith((stop, "\n" + stop)) for stop in template.stops), template.stops


def test_a_heading_ends_a_response_anywhere_and_a_word_at_the_beginning_of_a_line() -> None:
    assert load_template("alpaca").stops == ("### Instruction:", "### Response:")
    assert load_template("mammoth2").stops == ("\nProblem:", "\nSolution: Let's think step by step.")
    assert Template("own", after_query="\n").stops == ()
    assert Template("own", before_query="Q: ", stop=("END",)).stops == ("END", "\nQ:")


def test_stops_are_no_part_of_a_prompts_hash() -> None:
    # Pools and models know their template by its hash: the marker rule must not make them strangers.
    template = load_template("alpaca")
    assert template.stop == ()
    assert replace(template, stop=("x",)).hash != template.hash


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", ["alpaca", "mammoth2", "qa", "wizardmath", "xwin", "deepseekmath"])
def test_a_real_model_does_not_run_on(name: str, smollm2: str) -> None:
    template, model = load_template(name), ModelSection(name=smollm2)
    # Plain text between examples: the separator of DeepSeekMath is a token of its own tokenizer.
    template = replace(template, separator="\n\n") if name == "deepseekmath" else template
    examples = examples_for("gsm8k/test", 4)
    queries = ["Tom has 7 apples and buys 5 more. How many has he?", "A pen costs 3 coins. What do 4 cost?"]

    async def responses() -> list[str]:
        generation = Generation(temperature=0, max_tokens=160, stop=template.stops)
        async with create_engine(TransformersEngine(device="cpu"), model, template) as engine:
            wanted = [
                Request(query, template.render(query, examples=examples), generation, 0) for query in queries
            ]
            return [completion.text for completion in await asyncio.gather(*map(engine.generate, wanted))]

    for text in asyncio.run(responses()):
        assert text.strip()
        assert not any(stop in text for stop in template.stops)
