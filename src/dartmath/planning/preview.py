"""Preview: what a recipe will do, down to the tokens, without running anything.

Loads the queries and the tokenizer, but no model weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dartmath.base.errors import DataError
from dartmath.engines.config import sends_messages
from dartmath.model import load_tokenizer
from dartmath.planning.memory import StageMemory, forecast_memory
from dartmath.planning.preflight import check_recipe
from dartmath.prompts.template import Example, encode_prompt, load_template
from dartmath.queries.query import Query
from dartmath.queries.survey import Survey
from dartmath.recipe import Recipe, base_model
from dartmath.sampling.config import MAIN, TokenPrice

PROMPTS = 3


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as text, and whether the loss counts it; or several tokens that only together are a sign."""

    text: str
    trained: bool = False
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recipe resolves to.

    `counts` holds queries per band; `prompts` the tokens of the first prompts, or `messages` their
    messages, where a server renders them by a template of its own; `example` the tokens of one training
    example with its loss mask, empty when the recipe does not train;
    `trials` the fewest and most raw samples that the policy can ask for; `surveys` what the references
    of each source look like; `memory` what the stages will take that load a model here; `teachers` are as
    of `teachers_asked`.
    """

    recipe: Recipe
    template_hash: str
    counts: dict[str, int]
    trials: tuple[int, int]
    prompts: list[list[TokenView]]
    surveys: dict[str, Survey]
    memory: list[StageMemory]
    messages: list[tuple[dict[str, str], ...]] = field(default_factory=list)
    example: list[TokenView] = field(default_factory=list)
    teachers: list[tuple[str, str, str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        surveys = {name: one.to_json() for name, one in self.surveys.items()}
        memory = [one.to_json() for one in self.memory]
        recipe = self.recipe.model_dump(mode="json")
        return {**asdict(self), "recipe": recipe, "surveys": surveys, "memory": memory}


def preview(recipe: Recipe) -> Preview:
    """Resolve `recipe` as `dartmath run` would; raises the same errors for bad input."""
    from dartmath.curation.bands import band_of
    from dartmath.prompts.examples import shots_for
    from dartmath.queries.load import load_sets
    from dartmath.queries.survey import survey

    check_recipe(recipe)
    loaded = load_sets(recipe.queries)
    queries = loaded.queries
    template = load_template(recipe.template)
    # Where the server renders, its template is not known here, and the model need not be at hand.
    served = sends_messages(recipe.engine)
    tokenizer = None if served else load_tokenizer(recipe.model)
    shots = shots_for(recipe.queries, recipe.sampling.shots)
    prompts = [
        template.render(query.text, examples=shots.get(query.dataset, ()), tokenizer=tokenizer)
        for query in queries[:PROMPTS]
    ]
    return Preview(
        recipe=recipe,
        template_hash=template.hash,
        counts=dict(Counter(band_of(queries).values())),
        trials=trial_bounds(recipe, len(queries)),
        prompts=[] if served else [token_views(tokenizer, prompt.text or "") for prompt in prompts],
        messages=[prompt.messages for prompt in prompts] if served else [],
        surveys={name: survey(part.queries, part.own) for name, part in loaded.parts.items()},
        memory=forecast_memory(recipe, queries),
        example=training_example(recipe, queries, shots) if recipe.training else [],
        teachers=teachers_asked(recipe),
    )


def trial_bounds(recipe: Recipe, queries: int) -> tuple[int, int]:
    """Fewest and most trials that the policy can ask for, over all queries."""
    policy = recipe.sampling.policy.model_dump()
    fewest = int(policy.get("trials") or policy.get("pilot") or policy.get("k") or 1)
    most = int(policy.get("cap") or fewest)
    return fewest * queries, max(fewest, most) * queries


def teachers_asked(recipe: Recipe) -> list[tuple[str, str, str, str]]:
    """(name, model and template, which trials of a query, price of a million tokens) of several teachers."""
    section = recipe.sampling
    if not section.teachers:
        return []
    cap = trial_bounds(recipe, 1)[1]
    until = section.bounds[0] if section.bounds else cap
    first = f"of the first {until:,}, 1 share"
    rows: list[tuple[str, str, str, str, TokenPrice]] = [
        (MAIN, recipe.model.name, recipe.template, first, section.price)
    ]
    for one in section.teachers:
        which = f"of the first {until:,}, {one.share or 1:g} shares"
        if one.after is not None:
            last = min(cap, one.after + (one.trials or cap))
            which = f"{one.after + 1:,} to {last:,}, of unsolved ones"
        model = (one.model or recipe.model).name
        rows.append((one.name, model, one.template or recipe.template, which, one.price or section.price))
    return [
        (name, f"{model}, {template}", which, f"{price.per_million_tokens:g}")
        for name, model, template, which, price in rows
    ]


def training_example(
    recipe: Recipe, queries: Sequence[Query], shots: dict[str, list[Example]]
) -> list[TokenView]:
    """The tokens of one training example: a worked example where there is one, else the bare answer."""
    from dartmath.training.tokens import IGNORED, Encoder, Tokens

    section = recipe.training
    if section is None:
        return []
    template = load_template(section.template or recipe.template)
    tokenizer = load_tokenizer(base_model(recipe))
    query = queries[0]
    worked = next(iter(shots.get(query.dataset, ())), None)
    pair = (worked.query, worked.response) if worked else (query.text, rf"\boxed{{{query.references[0]}}}")
    encoded = Encoder(tokenizer, template, mask_outputs=section.mask_tool_output).encode(*pair)
    if not isinstance(encoded, Tokens):
        raise DataError(f"the example would be dropped from training: {encoded.value}")
    return views(tokenizer, encoded.ids, [label != IGNORED for label in encoded.labels])


def token_views(tokenizer: Any, text: str) -> list[TokenView]:
    """The tokens of a prompt, as an engine is given them."""
    ids = encode_prompt(tokenizer, text)
    return views(tokenizer, ids, [False] * len(ids))


_CUT = "\ufffd"
"""What a decoder writes for a part of a sign, such as one of the three bytes of a Chinese one."""

_MOST_PARTS = 8
"""A sign has at most four bytes; tokens that are no sign together after twice as many are none."""


def views(tokenizer: Any, ids: Sequence[int], trained: Sequence[bool]) -> list[TokenView]:
    """The text of every token on its own, special tokens by their names; parts of one sign together."""
    found: list[TokenView] = []
    place = 0
    while place < len(ids):
        decoded = (
            (parts, tokenizer.decode(ids[place : place + parts], skip_special_tokens=False))
            for parts in _lengths(trained, place)
        )
        whole, text = next((one for one in decoded if _CUT not in one[1]), (1, _CUT))
        found.append(TokenView(text, trained[place], whole))
        place += whole
    return found


def _lengths(trained: Sequence[bool], place: int) -> Iterator[int]:
    """How many tokens from a place on may be one sign: all masked, or none."""
    for parts in range(1, min(_MOST_PARTS, len(trained) - place) + 1):
        if trained[place + parts - 1] != trained[place]:
            return
        yield parts
