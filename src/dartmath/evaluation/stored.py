"""score_responses: the scores of responses that a model gave elsewhere, as if they had been made here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dartmath.base.errors import RunError
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.prompting import write_prompting
from dartmath.evaluation.result import EvaluationResult
from dartmath.evaluation.run import (
    SAMPLES,
    load_benchmarks,
    model_identity,
    prompting_of,
    rescore,
    sampling_section,
)
from dartmath.model import ModelSection, token_counter
from dartmath.prompts.template import Template
from dartmath.queries.query import Query
from dartmath.sampling.imported import import_responses
from dartmath.sampling.journal import open_journal
from dartmath.sampling.responses import StoredResponses


def score_responses(
    stored: StoredResponses,
    model: ModelSection,
    template: Template,
    section: EvaluationSection,
    folder: Path,
    *,
    seed: int = 0,
) -> EvaluationResult:
    """Verify `stored` responses to the benchmarks of `section` and score them; all is written to `folder`.

    `model`, `template` and the settings of `section` are recorded as what made them. Where a query has
    more than `section.trials` responses, the first count. Raises what `import_responses` raises, and
    `RunError` where a query has fewer: what was read stays, and `dartmath evaluate` can add the rest.
    """
    from dartmath.prompts.examples import shots_for

    benchmarks = load_benchmarks(section)
    queries = [query for benchmark in benchmarks for query in benchmark.queries]
    asked = sampling_section(section, template)
    shots = shots_for([one.source for one in benchmarks], section.shots, tools=section.tools is not None)
    import_responses(
        queries,
        stored,
        template,
        asked,
        folder / SAMPLES,
        seed=seed,
        model=model_identity(model, section),
        shots=shots,
        count_tokens=token_counter(model),
    )
    write_prompting(folder, prompting_of(asked, template, shots))
    _check_complete(queries, section.trials, folder)
    return rescore(folder, benchmarks, section)


def _check_complete(queries: Sequence[Query], trials: int, folder: Path) -> None:
    counts = open_journal(folder / SAMPLES).counts()
    lacking = [query for query in queries if counts[query.id].trials < trials]
    if lacking:
        raise RunError(
            f"{len(lacking):,} of {len(queries):,} queries have fewer than {trials} response(s) (first: "
            f"{lacking[0].text[:60]!r}); to have the model answer them, run the same command without "
            f"--responses; to give all of them at once: rm -r {folder}"
        )
