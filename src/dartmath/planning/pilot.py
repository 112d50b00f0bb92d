"""What a forecast is made from: the samples of a run, or a pilot of a recipe's queries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dartmath.curation.bands import band_of
from dartmath.model import describe_model
from dartmath.prompts.template import load_template
from dartmath.queries.load import load_all
from dartmath.recipe import Recipe
from dartmath.sampling.forecast_pilot import choose_pilot, measured_bands
from dartmath.sampling.journal import journal_folder, open_journal
from dartmath.sampling.journal_manifest import content_hash
from dartmath.sampling.policy import VRT
from dartmath.sampling.progress import read_progress

if TYPE_CHECKING:
    from dartmath.sampling.forecast import BandData

Measured = tuple[list["BandData"], float | None]
"""Bands, and generated tokens per second where time was measured."""


def measure_run(run: Path) -> Measured:
    """What the samples in a run directory, or in the folder of a whole run, tell."""
    folder = journal_folder(run)
    journal = open_journal(folder)
    counts, queries = journal.counts(), journal.queries()
    seconds = float(read_progress(folder).get("seconds", 0.0))
    tokens = sum(c.completion_tokens for c in counts.values())
    bands = measured_bands(queries, band_of(queries), counts)
    return bands, tokens / seconds if seconds else None


def run_pilot(recipe: Recipe, count: int, trials: int) -> Measured:
    """Sample `trials` responses to some `count` queries of `recipe`, into its folder.

    The same pilot again goes on where it stopped; another question makes another pilot.
    """
    from dartmath.engines import create_engine
    from dartmath.prompts.examples import shots_for
    from dartmath.sampling.run import sample

    queries, template = load_all(recipe.queries), load_template(recipe.template)
    names = band_of(queries)
    chosen = choose_pilot(queries, names, count, recipe.seed)
    section = recipe.sampling.model_copy(update={"policy": VRT(trials=trials), "teachers": []})
    asked = [[q.id for q in chosen], section.model_dump(mode="json"), recipe.model.name, template.hash]
    folder = recipe.folder / "forecast" / content_hash(asked)
    summary = sample(
        chosen,
        create_engine(recipe.engine, recipe.model, template),
        template,
        section,
        folder,
        seed=recipe.seed,
        model=describe_model(recipe.model),
        shots=shots_for(recipe.queries, recipe.sampling.shots),
    )
    bands = measured_bands(queries, names, open_journal(folder).counts())
    return bands, summary.tokens / summary.seconds if summary.seconds else None
