"""The forecast of memory, beside what an engine and a plan say of the same run."""

from __future__ import annotations

import asyncio
import re

import pytest

from dartmath.base.errors import DataError
from dartmath.engines import Generation, Request, create_engine
from dartmath.model import load_model
from dartmath.pipeline.training import training_request
from dartmath.planning.memory import GIB, StageMemory, forecast_memory
from dartmath.prompts.examples import shots_for
from dartmath.prompts.template import load_template
from dartmath.queries.load import load
from dartmath.queries.query import Query
from dartmath.recipe import Recipe, load_recipe

# Of which no weights are here, and whose shape is known.
LARGE = {"training.model": "mistralai/Mistral-7B-v0.1", "training.gradient_checkpointing": True}


def forecast(recipe: Recipe, queries: list[Query] | None = None) -> dict[str, StageMemory]:
    return {one.stage: one for one in forecast_memory(recipe, queries or asked(recipe))}


def asked(recipe: Recipe) -> list[Query]:
    return [query for source in recipe.queries for query in load(source)]


def test_sampling_is_forecast_as_the_engine_then_bounds_it(
    smollm2: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = load_recipe("tiny", {"model.dtype": "float32", "sampling.max_tokens": 2})
    queries = asked(recipe)
    found = forecast(recipe, queries)["sample"]
    model = load_model(recipe.model, "cpu")
    held = sum(p.numel() * p.element_size() for p in model.parameters())
    # This model's output layer is its embedding, of which the engine makes a copy to compute with.
    held += model.get_input_embeddings().weight.numel() * 4
    assert found.parts["weights"] * GIB == pytest.approx(held)

    template, shots = load_template(recipe.template), shots_for(recipe.queries, recipe.sampling.shots)
    engine = create_engine(recipe.engine, recipe.model, template)

    async def ask() -> None:
        async with engine:
            tokenizer = engine.tokenizer  # type: ignore[attr-defined]
            prompts = [
                template.render(q.text, examples=shots[q.dataset], tokenizer=tokenizer) for q in queries
            ]
            longest = max(prompts, key=lambda prompt: len(prompt.text or ""))
            generation = Generation(max_tokens=recipe.sampling.max_tokens, temperature=0.0)
            await engine.generate(Request("longest", longest, generation, seed=1))

    asyncio.run(ask())
    said = re.search(r"keys and values take at most ([\d,]+) MiB", capsys.readouterr().err)
    assert said is not None
    assert found.parts["keys and values"] * 1024 == pytest.approx(int(said[1].replace(",", "")), abs=1)


def test_training_is_what_the_plan_says(smollm2: str) -> None:
    recipe = load_recipe("tiny")
    found = forecast(recipe)["train"]
    request = training_request("tiny", {}, {}, data=None, out=None, resolve=lambda *_: None)  # type: ignore[arg-type]
    planned = request.plan(device="CPU", mfu=0.4, rows=100, tokens_per_row=100.0).memory[0]
    assert found.total == pytest.approx(planned.total)
    assert sum(found.parts.values()) == pytest.approx(
        planned.weights + planned.gradients + planned.optimiser + planned.activations + planned.beside
    )


def test_what_does_not_fit_is_said_with_the_keys_that_help() -> None:
    recipe = load_recipe("tiny", {**LARGE, "evaluation": None, "engine": {"kind": "openai"}})
    found = forecast(recipe)
    assert list(found) == ["train"], "servers have memory of their own"
    train = found["train"]
    assert train.total > 100 > train.parts["weights"] > 25
    assert not train.fits
    assert "training.lora.rank: 16" in train.warning and "gradient_checkpointing" not in train.warning


def test_without_checkpointing_it_is_the_first_way() -> None:
    keys = {
        **LARGE,
        "training.gradient_checkpointing": False,
        "evaluation": None,
        "engine": {"kind": "openai"},
    }
    assert "gradient_checkpointing: true, lower" in forecast(load_recipe("tiny", keys))["train"].warning


def test_a_set_that_is_sampled_by_a_server_is_evaluated_here() -> None:
    """The embedded engine then loads the model, which a server had before."""
    served = {"engine": {"kind": "openai"}, "training": None, "evaluation.before": True}
    assert "evaluate" in forecast(load_recipe("tiny", served))


def test_a_model_that_cannot_be_read_is_for_the_stage_to_refuse() -> None:
    recipe = load_recipe("tiny", {"model.name": "nobody/has-this", "evaluation": None})
    assert forecast(recipe) == {}
    with pytest.raises(DataError):
        load_model(recipe.model, "cpu")
