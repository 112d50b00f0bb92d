"""What a forecast is made from: the samples of a run, or a pilot of a recipe's queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dartmath.curation.bands import band_of
from dartmath.model import describe_model
from dartmath.prompts.template import load_template
from dartmath.queries.load import load_all
from dartmath.recipe import Recipe
from dartmath.sampling.forecast_pilot import choose_pilot, measured_bands, measured_takeovers, own_counts
from dartmath.sampling.journal import journal_folder, open_journal
from dartmath.sampling.journal_manifest import content_hash
from dartmath.sampling.policy import VRT
from dartmath.sampling.progress import read_progress

if TYPE_CHECKING:
    from dartmath.sampling.config import SamplingSection
    from dartmath.sampling.forecast import BandData, TakeoverData
    from dartmath.sampling.tally import Tally


@dataclass(frozen=True, slots=True)
class Measurements:
    """Bands, the teachers that take over, and generated tokens per second where time was measured."""

    bands: list[BandData]
    takeovers: list[TakeoverData]
    tokens_per_second: float | None


def measure_run(run: Path, section: SamplingSection) -> Measurements:
    """What the samples of a run tell of what `section` will take; `run` may be the folder of a whole run."""
    folder = journal_folder(run)
    journal = open_journal(folder)
    counts, queries = journal.counts(), journal.queries()
    seconds = float(read_progress(folder).get("seconds", 0.0))
    tokens = sum(c.completion_tokens for c in counts.values())
    tally = journal.tally()
    bands = measured_bands(queries, band_of(queries), own_counts(queries, counts, tally))
    if tally.teachers:
        bands = _own_lengths(bands, tally, [one.name for one in journal.section.takeovers])
    takeovers = measured_takeovers(section, tally, bands)
    return Measurements(bands, takeovers, tokens / seconds if seconds else None)


def _own_lengths(bands: list[BandData], tally: Tally, takers: Sequence[str]) -> list[BandData]:
    """The bands with the mean lengths of responses by those that do not take over: bands of one length."""
    taken = [tally.teachers[name] for name in takers if name in tally.teachers]
    trials = max(1, tally.total - sum(one.trials for one in taken))
    tokens = (tally.total_tokens - sum(one.tokens for one in taken)) / trials
    prompt = (tally.total_prompt_tokens - sum(one.prompt_tokens for one in taken)) / trials
    return [replace(band, tokens=tokens, prompt_tokens=prompt) for band in bands]


def run_pilot(recipe: Recipe, count: int, trials: int) -> Measurements:
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
    journal = open_journal(folder)
    bands = measured_bands(queries, names, journal.counts())
    takeovers = measured_takeovers(recipe.sampling, journal.tally(), bands)
    return Measurements(bands, takeovers, summary.tokens / summary.seconds if summary.seconds else None)
