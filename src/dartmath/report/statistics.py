"""Statistics of a sampling run: one pass over its journal, everything the report shows of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dartmath.curation.bands import band_of, bands_of_run
from dartmath.curation.compare import PolicyComparison, compare
from dartmath.curation.pool import QueryPool, Watched, read_pool
from dartmath.curation.suspects import Suspect, WrongAnswers, suspects_of
from dartmath.report.browser import Browsable
from dartmath.report.query_rows import query_rows
from dartmath.report.runs import Run, Stage
from dartmath.report.watchers import Lengths, Reservoir
from dartmath.sampling.journal import JournalReader, open_journal
from dartmath.sampling.schedule import Schedule, State
from dartmath.sampling.tally import Tally
from dartmath.sampling.teachers import known_teachers

_MOST_SUSPECTS = 100


@dataclass(slots=True)
class BandStatistics:
    """One band of a pool. `distinct` counts correct responses that differ; `covered` queries with one."""

    name: str
    queries: int = 0
    covered: int = 0
    trials: int = 0
    correct: int = 0
    distinct: int = 0
    tokens: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class SamplingStatistics:
    """Everything the report shows of one sampling run.

    `pass_rates` holds the pass rate of each query with a trial; `browse` the samples to look at;
    `queries` the rows of the table of queries, `teachers` those of several teachers (see `TEACHER_COLUMNS`).
    """

    stage: Stage
    bands: list[BandStatistics]
    pass_rates: list[float]
    lengths: Lengths
    comparison: PolicyComparison
    suspects: list[Suspect]
    browse: Browsable
    queries: list[dict[str, Any]]
    teachers: list[tuple[object, ...]] = field(default_factory=list)

    def total(self, name: str) -> int:
        """Sum of a column of the bands."""
        return sum(int(getattr(band, name)) for band in self.bands)

    def outcomes(self) -> Counter[str]:
        """Trials by outcome."""
        return sum((band.outcomes for band in self.bands), Counter[str]())

    def states(self) -> Counter[str]:
        """Queries by where they stand."""
        return sum((band.states for band in self.bands), Counter[str]())


def read_statistics(run: Run, stage: Stage, *, label: str, browse: int, seed: int) -> SamplingStatistics:
    """Read the journal of `stage` once.

    `browse` is how many samples to keep for looking at under `label`, drawn by `seed`. Policies
    are compared at the size of the run's data set, with equal responses counted as that set counts
    them.
    """
    journal = open_journal(stage.folder)
    queries = journal.queries()
    lengths, answers, reservoir = Lengths(), WrongAnswers(), Reservoir(queries, seed=seed)
    tally, policy = journal.tally(), journal.section.policy
    pools = read_pool(Watched(journal, [lengths, answers, reservoir]), policy=policy)
    bands_of = bands_of_run(journal)
    distinct = {pool.query.id: len({c.digest for c in pool.candidates}) for pool in pools}
    for pool in pools if run.deduplicated else ():
        pool.deduplicate()
    states = _states(journal, tally)
    usual = {p.query.id: found[0] for p in pools if (found := answers.favourite(p.query.id))}
    return SamplingStatistics(
        stage=stage,
        bands=_bands(pools, bands_of, distinct, tally, states),
        pass_rates=[p.correct / p.trials for p in pools if p.trials],
        lengths=lengths,
        comparison=compare(pools, policy, bands_of, run.rows),
        suspects=suspects_of(pools, answers, band_of(queries))[:_MOST_SUSPECTS],
        browse=Browsable(
            label,
            reservoir.take(browse),
            {query.id: query for query in queries},
            {p.query.id: (p.trials, p.correct) for p in pools},
            bands_of,
            in_sets=_in_sets(run),
        ),
        queries=query_rows(pools, bands_of, states, usual),
        teachers=_teachers(pools, known_teachers(journal.manifest)),
    )


TEACHER_COLUMNS = ("teacher", "model", "asked", "trials", "correct", "pass rate", "tokens")


def _teachers(pools: Sequence[QueryPool], known: Mapping[str, Mapping[str, Any]]) -> list[tuple[object, ...]]:
    """A row for each of several teachers; none where there is but one."""
    rows: list[tuple[object, ...]] = []
    for name, about in known.items() if len(known) > 1 else ():
        found = [pool.by_teacher[name] for pool in pools if name in pool.by_teacher]
        trials, correct = sum(one.trials for one in found), sum(one.correct for one in found)
        after, hint = about["after"], about["hint"]
        asked = f"after {after} trials without a correct response" if after else "in turn"
        rows.append(
            (
                name,
                about["model"].get("name", ""),
                f"{asked}, with a hint ({hint['kind']})" if hint else asked,
                f"{trials:,}",
                f"{correct:,}",
                f"{correct / max(1, trials):.1%}",
                f"{sum(one.tokens for one in found):,}",
            )
        )
    return rows


def _in_sets(run: Run) -> dict[tuple[str, int], str]:
    """Which data set of the run holds a response, by its query and trial."""
    found: dict[tuple[str, int], str] = {}
    for stage in run.datasets:
        path = stage.folder / "train.parquet"
        if path.is_file():
            import pyarrow.parquet

            table = pyarrow.parquet.read_table(path, columns=["query_id", "trial"])
            keys = zip(table["query_id"].to_pylist(), table["trial"].to_pylist(), strict=True)
            found.update(dict.fromkeys(keys, stage.label))
    return found


def browse_evaluation(stage: Stage, *, label: str, browse: int, seed: int) -> Browsable:
    """Samples of an evaluation's journal to look at; bands are its benchmarks' levels or bands."""
    journal = open_journal(stage.folder / "samples")
    queries = journal.queries()
    reservoir = Reservoir(queries, seed=seed)
    for sample in journal.samples():
        reservoir.see(sample)
    counts = journal.counts()
    return Browsable(
        label,
        reservoir.take(browse),
        {query.id: query for query in queries},
        {id: (c.trials, c.correct) for id, c in counts.items()},
        bands_of_run(journal),
    )


def _bands(
    pools: Sequence[QueryPool],
    bands_of: dict[str, str],
    distinct: dict[str, int],
    tally: Tally,
    states: Sequence[str],
) -> list[BandStatistics]:
    found = {name: BandStatistics(name) for name in dict.fromkeys(bands_of.values())}
    for index, pool in enumerate(pools):
        band, count = found[bands_of[pool.query.id]], tally.counts(index)
        band.queries += 1
        band.covered += bool(pool.correct)
        band.trials += pool.trials
        band.correct += pool.correct
        band.distinct += distinct[pool.query.id]
        band.tokens += pool.tokens
        band.outcomes.update({outcome.value: n for outcome, n in count.outcomes.items()})
        band.states[states[index]] += 1
    return list(found.values())


def _states(journal: JournalReader, tally: Tally) -> list[str]:
    """Where each query stands, in words; under VRT, which wants trials, the cap is the target."""
    done = State.REACHED if not journal.section.policy.wants_successes else State.CAPPED
    states = Schedule.of(journal.section, tally).states()
    found = (done if state is State.CAPPED else state for state in states)
    return [state.replace("_", " ") for state in found]


def histogram(values: Sequence[float], bins: int) -> list[int]:
    """How many of `values`, which lie in [0, 1], fall into each of `bins` equal bins."""
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value * bins + 1e-9))] += 1
    return counts


def binned(counts: Counter[int], edges: Sequence[int]) -> list[int]:
    """Sums of `counts` over [edge, next edge); the last bin is open."""
    sums = [0] * len(edges)
    for value, count in counts.items():
        place = max(i for i, edge in enumerate(edges) if value >= edge) if value >= edges[0] else 0
        sums[place] += count
    return sums
