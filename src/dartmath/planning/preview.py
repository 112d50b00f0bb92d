"""Preview: what a recipe will do, down to the tokens, without running anything.

Loads the queries and the tokenizer, but no model weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dartmath.base.errors import DataError
from dartmath.engines.config import sends_messages
from dartmath.model import ModelSection, load_tokenizer
from dartmath.planning.preflight import check_recipe
from dartmath.prompts.template import Example, encode_prompt, load_template
from dartmath.queries.query import Query
from dartmath.queries.survey import Survey
from dartmath.recipe import Recipe

PROMPTS = 3


@dataclass(frozen=True, slots=True)
class TokenView:
    """One token as text, and whether the loss counts it."""

    text: str
    trained: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recipe resolves to.

    `counts` holds queries per band; `prompts` the tokens of the first prompts, or `messages` their
    messages, where a server renders them by a template of its own; `example` the tokens of one training
    example with its loss mask, empty when the recipe does not train;
    `trials` the fewest and most raw samples that the policy can ask for; `surveys` what the references
    of each source look like.
    """

    recipe: Recipe
    template_hash: str
    counts: dict[str, int]
    trials: tuple[int, int]
    prompts: list[list[TokenView]]
    surveys: dict[str, Survey]
    messages: list[tuple[dict[str, str], ...]] = field(default_factory=list)
    example: list[TokenView] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        surveys = {name: one.to_json() for name, one in self.surveys.items()}
        return {**asdict(self), "recipe": self.recipe.model_dump(mode="json"), "surveys": surveys}


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
        example=training_example(recipe, queries, shots) if recipe.training else [],
    )


def trial_bounds(recipe: Recipe, queries: int) -> tuple[int, int]:
    """Fewest and most trials that the policy can ask for, over all queries."""
    policy = recipe.sampling.policy.model_dump()
    fewest = int(policy.get("trials") or policy.get("pilot") or policy.get("k") or 1)
    most = int(policy.get("cap") or fewest)
    return fewest * queries, max(fewest, most) * queries


def training_example(
    recipe: Recipe, queries: Sequence[Query], shots: dict[str, list[Example]]
) -> list[TokenView]:
    """The tokens of one training example: a worked example where there is one, else the bare answer."""
    from dartmath.training.tokens import Encoder, Tokens

    section = recipe.training
    if section is None:
        return []
    template = load_template(section.template or recipe.template)
    model = section.model or recipe.model.name
    revision = section.revision or recipe.model.revision
    tokenizer = load_tokenizer(ModelSection(name=model, revision=revision))
    query = queries[0]
    worked = next(iter(shots.get(query.dataset, ())), None)
    pair = (worked.query, worked.response) if worked else (query.text, rf"\boxed{{{query.references[0]}}}")
    encoded = Encoder(tokenizer, template).encode(*pair)
    if not isinstance(encoded, Tokens):
        raise DataError(f"the example would be dropped from training: {encoded.value}")
    texts = pieces(tokenizer, encoded.ids)
    return [TokenView(text, index >= encoded.prompt) for index, text in enumerate(texts)]


def token_views(tokenizer: Any, text: str) -> list[TokenView]:
    """The tokens of a prompt, as an engine is given them."""
    return [TokenView(piece) for piece in pieces(tokenizer, encode_prompt(tokenizer, text))]


def pieces(tokenizer: Any, ids: Iterable[int]) -> list[str]:
    """The text of every token on its own, special tokens by their names."""
    return [tokenizer.decode([token], skip_special_tokens=False) for token in ids]
