"""A check of the user's own on correct responses: form, language, reasoning; what it refuses leaves the set.

    def sound(query, response):                      # checks.py, `check: checks.py:sound`
        return len(response) < 4000 and "as an AI" not in response

It has the form of a verifier of one's own, and runs where those run (see `dartmath.verify.custom`): in
worker processes, with a time limit for each response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, tee

from dartmath.base.terminal import progress_bar, warn
from dartmath.curation.config import CurationSection
from dartmath.curation.pool import Check, Journal
from dartmath.queries.query import Query
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.outcome import Outcome, Verdict
from dartmath.verify.custom import bare_name, own_verifiers
from dartmath.verify.serve.batch import grade_many

KEY = "curation.check"


def own_check(journal: Journal, section: CurationSection) -> Check:
    """What `section.check` says of every correct response of `journal`: why it is refused, or "".

    A response on which the function fails, or takes too long, is refused too; a warning says why.
    Raises `ConfigError` for a function that is not there, or fails on an empty response.
    """
    assert section.check is not None
    queries = {query.id: replace(query, verifier=section.check) for query in journal.queries()}
    own_verifiers(islice(queries.values(), 1), KEY)
    refused: dict[tuple[str, int], str] = {}
    name, broken = bare_name(section.check), ""
    for sample, verdict in _verdicts(journal, queries, section):
        if not verdict.correct:
            failed = verdict.outcome in (Outcome.ERROR, Outcome.TIMEOUT)
            refused[sample.query_id, sample.trial] = f"{name} ({verdict.outcome})" if failed else name
            broken = broken or (f"{verdict.outcome}: {verdict.reason}" if failed else "")
    if broken:
        warn(f"{KEY}: {name} could not judge every response and refuses those; the first: {broken}")
    return lambda sample: refused.get((sample.query_id, sample.trial), "")


def _verdicts(
    journal: Journal, queries: Mapping[str, Query], section: CurationSection
) -> Iterator[tuple[Sample, Verdict]]:
    total = (journal.manifest.get("summary") or {}).get("correct")
    samples, asked = tee(journal.samples([Outcome.CORRECT]))
    pairs = ((queries[sample.query_id], sample.text) for sample in asked)
    verdicts = grade_many(pairs, section.check_workers, timeout=section.check_seconds)
    with progress_bar("checking", total) as bar:
        for done, found in enumerate(zip(samples, verdicts, strict=True), 1):
            yield found
            bar.update(done)
