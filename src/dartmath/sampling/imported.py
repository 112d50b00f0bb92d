"""import_responses: a run made of responses that are there already, judged as its first trials.

    files, Hub data sets, other runs ─> query found ─> trial numbered ─> verified ─> journal

The recipe says what made them (model, template, settings), since the responses cannot. The first
trials of a query are its pilot, so they should be all that was sampled, in that order, and not what
a filter left of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from dartmath.base.errors import DataError, UnknownNameError
from dartmath.base.manifest import new_manifest, read_manifest, write_manifest
from dartmath.base.terminal import Progress, progress_bar, warn
from dartmath.engines.protocol import Answerer, Completion
from dartmath.judging.grader import HybridGrader
from dartmath.prompts.template import Example, Template
from dartmath.queries.query import Query
from dartmath.sampling.config import MAIN, SamplingSection
from dartmath.sampling.journal_manifest import VERSION, other_settings
from dartmath.sampling.match import QueryTexts, plain_text
from dartmath.sampling.new_pool import new_pool, part_of
from dartmath.sampling.responses import (
    Response,
    StoredResponses,
    check_sources,
    read_responses,
    run_folder,
)
from dartmath.sampling.run import run_identity
from dartmath.sampling.sample import Sample
from dartmath.sampling.teachers import Teacher
from dartmath.sampling.trials import Landed, judged
from dartmath.verify.contract.outcome import Outcome
from dartmath.verify.contract.settings import GradingSettings
from dartmath.verify.golds import settled
from dartmath.verify.serve.batch import Grader
from dartmath.verify.serve.grading_pool import GradingPool

CountTokens = Callable[[Sequence[str]], Sequence[int]]
_WINDOW = 4096
_SHOWN = 60


@dataclass(slots=True)
class Imported:
    """What became of the responses.

    `responses` are recorded, `correct` of them; `queries` of the `asked` ones have at least one.
    `shortened` went on with a next query, where the template ends them.
    `without_text` rows hold no response, `without_query` belong to no query that is asked, the first
    of them at `first_without_query`. `differing` names settings of runs that are not those asked.
    """

    asked: int
    responses: int = 0
    correct: int = 0
    queries: int = 0
    shortened: int = 0
    without_text: int = 0
    without_query: int = 0
    first_without_query: str = ""
    differing: tuple[str, ...] = ()


def import_responses(
    queries: Sequence[Query],
    stored: StoredResponses,
    template: Template,
    section: SamplingSection,
    folder: Path,
    *,
    seed: int,
    model: Mapping[str, Any],
    shots: Mapping[str, Sequence[Example]],
    count_tokens: CountTokens,
    teachers: Sequence[Teacher] = (),
) -> Imported:
    """Write the run `folder` of the responses in `stored` (see `read_responses`), in their order.

    The other arguments are those of `dartmath.sampling.run.sample`: they say what made the responses,
    and a run with the same ones may go on from them. `count_tokens` counts where no column says it. Which of
    several `teachers` made a response says a column, or the name before its source, `NAME=SOURCE`.

    Raises `DataError` when the folder is there already, for a malformed row, and where no response
    belongs to any query; nothing is left of the folder then. Warns of what is left out, and of runs
    that were made with other settings.
    """
    if folder.exists():
        raise DataError("is there already; imported responses go to a new folder", path=folder)
    made_by = dict(_named(source, teachers) for source in stored.sources)
    check_sources([*made_by])
    identity = run_identity(
        queries, section, template, model=model, seed=seed, shots=shots, teachers=teachers
    )
    settings = settled(section.grading, (reference for query in queries for reference in query.references))
    work = _Import(queries, section, template, count_tokens, [one.name for one in teachers])
    engine = {"kind": "imported"}
    manifest = new_manifest(
        "sample", journal={"version": VERSION}, **identity, summary={}, engine=engine, engines=[engine]
    )
    with (
        new_pool(folder, queries, manifest, section, origin="imported") as add,
        _grader(section, settings, part_of(folder)) as grader,
        progress_bar("importing", None) as bar,
    ):
        for source, teacher in made_by.items():
            responses = read_responses(source, stored.columns)
            work.take((replace(one, teacher=one.teacher or teacher) for one in responses), grader, add, bar)
        if not work.found.responses:
            raise DataError(_nothing(work.found), path=", ".join(made_by))
    work.found.differing = _differing([*made_by], identity)
    _record(work.found, [*made_by], folder)
    _warn(work.found)
    return work.found


def _named(source: str, teachers: Sequence[Teacher]) -> tuple[str, str | None]:
    """A source, and the teacher that is named before it."""
    name, _, rest = source.partition("=")
    return (rest, name) if rest and name in {one.name for one in teachers} else (source, None)


def _grader(
    section: SamplingSection, settings: GradingSettings, folder: Path
) -> AbstractContextManager[Grader]:
    rules = GradingPool(section.workers, section.verify_seconds, settings)
    return rules if section.judge is None else HybridGrader(rules, section.judge, folder)


def _record(found: Imported, sources: Sequence[str], folder: Path) -> None:
    """Note in the manifest what was imported, for cards and reports."""
    origin = {
        "sources": list(sources),
        "responses": found.responses,
        "differing": list(found.differing),
    }
    write_manifest(folder, {**read_manifest(folder, stage="sample"), "imported": origin})


def _warn(found: Imported) -> None:
    if found.shortened:
        warn(f"shortened, since they go on with a next query of the template: {found.shortened:,}")
    if found.without_query:
        first = found.first_without_query
        warn(f"left out, since no query asked is theirs: {found.without_query:,} (first: {first})")
    if found.without_text:
        warn(f"left out, since they hold no response: {found.without_text:,}")
    if found.differing:
        lines = "\n  ".join(found.differing)
        warn(f"not all responses were made with the settings that the new run names:\n  {lines}")


def _differing(sources: Sequence[str], identity: Mapping[str, Any]) -> tuple[str, ...]:
    folders = filter(None, map(run_folder, sources))
    runs = ((folder, read_manifest(folder, stage="sample")) for folder in folders)
    return tuple(f"{folder}: {line}" for folder, found in runs for line in other_settings(found, identity))


def _nothing(found: Imported) -> str:
    if not found.without_query:
        return "there are no responses"
    return (
        f"no response belongs to a query that is asked (first: {found.first_without_query}); name the column "
        "that tells with --query or --id, or ask these queries"
    )


@dataclass
class _Import:
    queries: Sequence[Query]
    section: SamplingSection
    template: Template
    count_tokens: CountTokens
    teachers: Sequence[str]
    # By query id: the trial that the next response of a file becomes.
    following: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.found = Imported(len(self.queries))
        self.by_id = {query.id: query for query in self.queries}
        self.by_text = QueryTexts(self.queries)

    def take(
        self, responses: Iterator[Response], grader: Grader, add: Callable[[Sample], None], bar: Progress
    ) -> None:
        """Record all of one source; samples of a run keep their order, whatever theirs in the file."""
        before = Counter(self.following)
        while batch := list(islice(responses, _WINDOW)):
            placed = list(self._placed(batch, before))
            for sample in self._judged(placed, grader):
                add(sample)
                self.found.responses += 1
                self.found.correct += sample.outcome is Outcome.CORRECT
            bar.update(self.found.responses)
        self.found.queries = len(self.following)

    def _placed(
        self, responses: Iterable[Response], before: Mapping[str, int]
    ) -> Iterator[tuple[Query, int, Response]]:
        """The responses that can be used, each with its query and its trial."""
        for response in responses:
            query = self._query(response)
            if query is None:
                self.found.without_query += 1
                self.found.first_without_query = self.found.first_without_query or _described(response)
            elif response.text is None:
                self.found.without_text += 1
            else:
                number = self.following[query.id]
                if response.sample is not None:
                    number = before.get(query.id, 0) + response.sample.trial
                self.following[query.id] = max(self.following[query.id], number + 1)
                yield query, number, self._own(response)

    def _own(self, response: Response) -> Response:
        """The response as generation with the template would have ended it; those of a run are so already."""
        own = self.template.own_part(response.text or "")
        if response.sample is not None or own == response.text:
            return response
        self.found.shortened += 1
        return replace(response, text=own, tokens=None, finish_reason="stop")

    def _query(self, response: Response) -> Query | None:
        found = None
        if response.query_id is not None:
            # Batch interfaces want an id of its own for every request: QUERY/0, QUERY/1 ...
            alone, _, number = response.query_id.rpartition("/")
            found = self.by_id.get(response.query_id) or (
                self.by_id.get(alone) if number.isdecimal() else None
            )
        if found is None and response.query is not None:
            found = self.by_text.find(response.query)
        return found

    def _judged(self, placed: Sequence[tuple[Query, int, Response]], grader: Grader) -> Iterator[Sample]:
        futures = [
            None if _stands(r) else grader.submit(query, r.text or "", finish_reason=r.finish_reason)
            for query, _, r in placed
        ]
        uncounted = [r.text or "" for _, _, r in placed if r.tokens is None]
        counts = iter(self.count_tokens(uncounted) if uncounted else ())
        for (query, trial, response), future in zip(placed, futures, strict=True):
            tokens = next(counts) if response.tokens is None else response.tokens
            if future is None and response.sample is not None:
                yield replace(response.sample, query_id=query.id, trial=trial)
            elif future is not None:
                landed = _landed(response, trial, tokens)
                known = response.sample.teacher if response.sample else self._teacher(response)
                yield judged(query.id, landed, future.result(), self.section.keep_wrong, known)

    def _teacher(self, response: Response) -> str | None:
        """The further teacher that made a response; None for the recipe's own."""
        if response.teacher is None or response.teacher == MAIN:
            return None
        if response.teacher not in self.teachers:
            raise UnknownNameError(f"{response.place}: teacher", response.teacher, [*self.teachers] or [MAIN])
        return response.teacher


def _stands(response: Response) -> bool:
    """Whether the verdict of another run stands, since the response is not there to be judged again."""
    return response.sample is not None and not response.sample.has_text


def _landed(response: Response, trial: int, tokens: int) -> Landed:
    known, text = response.sample, response.text or ""
    completion = Completion(text, response.finish_reason, completion_tokens=tokens)
    if known is None:
        return Landed(0, trial, 0, text, completion, 0.0)
    details = {} if known.tools is None else {"tools": known.tools}
    by = Answerer(known.server, known.model or "", known.fingerprint) if known.server else None
    completion = replace(
        completion,
        prompt_tokens=known.prompt_tokens,
        details=details,
        thoughts=known.thoughts,
        answered_by=by,
        logprob=known.logprob,
    )
    return Landed(0, trial, known.seed, text, completion, known.seconds)


def _described(response: Response) -> str:
    asked = response.query if response.query_id is None else f"id {response.query_id}"
    return f"{response.place}: {plain_text(asked or '')[:_SHOWN]!r}"
