"""What a second judgement is about, and where it goes: today's queries, a new pool, new scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError, UsageError
from dartmath.evaluation.config import EvaluationSection
from dartmath.evaluation.result import read_result
from dartmath.evaluation.run import SAMPLES, benchmark_name, benchmarks_of, rescore
from dartmath.evaluation.score import Benchmark
from dartmath.queries.config import QuerySource
from dartmath.queries.load import load_all
from dartmath.queries.query import Query
from dartmath.sampling.journal import JournalReader, journal_folder, open_journal
from dartmath.sampling.journal_manifest import QUERIES
from dartmath.sampling.new_pool import new_pool
from dartmath.sampling.sample import Sample
from dartmath.verify.contract.question import DART_MATH
from dartmath.verify.custom import bare_name, is_own, own_hashes, own_verifiers

Keep = Callable[[Sample], None]


def journal_of(folder: Path) -> JournalReader:
    """The journal of a sampling or evaluation folder; `DataError` where there is none."""
    for candidate in (folder / SAMPLES, journal_folder(folder)):
        if (candidate / QUERIES).is_file():
            return open_journal(candidate)
    raise DataError(
        "it holds no stored responses; name a folder that `dartmath evaluate`, `sample` or `run` wrote",
        path=folder,
    )


def is_evaluation(folder: Path) -> bool:
    """Whether the journal of this folder is that of an evaluation."""
    return (folder / SAMPLES / QUERIES).is_file()


def queries_now(journal: JournalReader, sources: Sequence[QuerySource] | None) -> dict[str, Query]:
    """By the id of each stored query, the one that judges its responses now.

    That is the query of `sources` with the same id, or else with the same data set and text: its
    references or its verifier may be new. Stored queries that `sources` do not hold are left out.
    Without `sources`, the stored queries judge; but a function runs only if the caller's own recipe
    names it, since the run may be somebody else's: `UsageError`.
    """
    stored = journal.queries()
    if sources is None:
        named = sorted({query.verifier for query in stored if is_own(query.verifier)})
        if named:
            raise UsageError(
                f"queries of {journal.folder} are judged by {named[0]}, a function of your own; to run it, "
                "name the recipe that names it: --recipe RECIPE"
            )
        return {query.id: query for query in stored}
    asked = load_all(sources)
    own_verifiers(asked)
    by_id = {query.id: query for query in asked}
    by_text = {(query.dataset, query.text): query for query in asked}
    pairs = ((query.id, by_id.get(query.id) or by_text.get((query.dataset, query.text))) for query in stored)
    found = {stored_id: query for stored_id, query in pairs if query}
    if not found:
        raise DataError(
            "none of its queries is among those of the recipe; name the recipe that asked them",
            path=journal.folder,
        )
    return found


@contextmanager
def keep_in(
    into: Path | None,
    folder: Path,
    journal: JournalReader,
    queries: Mapping[str, Query],
    *,
    sources: Sequence[QuerySource],
    verifier: str,
) -> Iterator[Keep]:
    """Where samples go that were judged again: a new pool, the scores of an evaluation, or nowhere."""
    if into is None:
        yield lambda sample: None
        return
    if into.exists():
        raise DataError("is there already; a new judgement goes to a new folder", path=into)
    own = own_hashes(queries.values())
    named = [f"{bare_name(name)} {found}" for name, found in own.items()] if verifier == "dartmath" else []
    judge = ", ".join([_named(verifier), *named])
    if is_evaluation(folder):
        result = read_result(folder)
        judged: dict[str, list[Sample]] = defaultdict(list)
        yield lambda sample: judged[sample.query_id].append(sample)
        asked = _benchmarks_now(benchmarks_of(result, journal), queries, sources)
        if verifier == DART_MATH:
            asked = [replace(one, source=_by_the_paper(one.source)) for one in asked]
        section = EvaluationSection.model_validate(result.section)
        rescore(folder, asked, section, samples=judged, out=into, verifier=judge)
        return
    changes: dict[str, Any] = {"judged": {"verifier": judge, "source": str(journal.folder)}}
    changes |= {"verifiers": own} if own else {}
    distinct = list({query.id: query for query in queries.values()}.values())
    manifest = {**journal.manifest, **changes}
    with new_pool(
        into, distinct, manifest, journal.section, origin="judged again", source=journal.folder
    ) as keep:
        yield keep


def _named(verifier: str) -> str:
    """A judge with its version; the paper's rules are of this project's version."""
    own = f"dartmath {version('dartmath')}, by the rules of the paper's grader"
    return own if verifier == DART_MATH else f"{verifier} {version(verifier)}"


def _by_the_paper(source: QuerySource) -> QuerySource:
    return source.model_copy(update={"verifier": DART_MATH})


def _benchmarks_now(
    benchmarks: Sequence[Benchmark], queries: Mapping[str, Query], sources: Sequence[QuerySource]
) -> list[Benchmark]:
    """The benchmarks with today's sources and queries; without those of which none is asked any more."""
    now = {benchmark_name(source): source for source in sources}
    found = [
        replace(
            one,
            source=now.get(one.name, one.source),
            queries=tuple(queries[query.id] for query in one.queries if query.id in queries),
        )
        for one in benchmarks
    ]
    return [one for one in found if one.queries]
