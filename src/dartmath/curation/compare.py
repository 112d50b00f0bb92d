"""The three policies on one pool at one data set size: the table that shows what DARS is for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from dartmath.curation.bands import bands_of_run
from dartmath.curation.pool import QueryPool, read_pool
from dartmath.curation.select import Selection, count_rows, pool_fail_rate, select
from dartmath.curation.size import exactly
from dartmath.curation.summary import GroupSummary, group_by
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform

POLICIES = ("vrt", "uniform", "prop2diff")
LABELS = {"vrt": "VRT", "uniform": "Uniform", "prop2diff": "Prop2Diff"}


@dataclass(frozen=True, slots=True)
class BandRow:
    """One band of the table: `kept` are rows and `per_query` rows of a query, by policy.

    `pass_rate` is the mean of its queries' pass rates over the pilot.
    """

    band: str
    queries: int
    fail_rate: float | None
    pass_rate: float | None
    trials: int
    tokens: int
    kept: dict[str, int]
    per_query: dict[str, float]


@dataclass(frozen=True, slots=True)
class PolicyComparison:
    """What VRT, Uniform and Prop2Diff make of one pool at the same size.

    `k` and `rows` are by policy: the smallest k that gives the size, of which some queries get
    one less, evenly over the difficulties; `rows` is smaller where the pool does not hold enough.
    `rank_correlation` is Goodman and Kruskal's gamma of the fail rate and Prop2Diff's target over
    the queries: 1 when no harder query has a smaller target, equal targets (from rounding up)
    left out. `curves` holds, for each policy, rows of each query from the easiest to the hardest,
    and `targets` what Prop2Diff wants of it.
    """

    size: int
    k: dict[str, int]
    rows: dict[str, int]
    bands: list[BandRow]
    rank_correlation: float | None
    fail_rates: list[float]
    curves: dict[str, list[int]]
    targets: list[int]

    def to_json(self) -> dict[str, Any]:
        """For `--json` and reports."""
        return asdict(self)

    def columns(self) -> tuple[str, ...]:
        """Headings of `table`."""
        return ("band", "queries", "pass rate", "trials", *(LABELS[p] for p in POLICIES))

    def table(self) -> list[tuple[object, ...]]:
        """The table's rows, ready for `dartmath.base.terminal.print_table`; the last is the total."""
        body: list[tuple[object, ...]] = [
            (b.band, b.queries, _share(b.pass_rate), b.trials, *(b.kept[p] for p in POLICIES))
            for b in self.bands
        ]
        total = ("all", sum(b.queries for b in self.bands), "", sum(b.trials for b in self.bands))
        return [*body, (*total, *(self.rows[p] for p in POLICIES))]

    def caption(self) -> str:
        """The settings that gave each policy its size, for below the table."""
        vrt, uniform, prop2diff = (self.k[policy] for policy in POLICIES)
        text = f"VRT: {vrt} trials of each query; Uniform: k = {uniform}; Prop2Diff: k = {prop2diff}"
        if self.rank_correlation is None:
            return text + "."
        return f"{text}; its targets rise with the fail rate at rank correlation {self.rank_correlation:.2f}."


def compare_policies(
    journal_folder: Path, size: int | None = None, *, deduplicate: bool = True
) -> PolicyComparison:
    """Select from one pool by VRT, Uniform and Prop2Diff, each with the k that gives `size` rows.

    With `deduplicate`, equal responses to a query count once. Without `size`, it is what the
    sampling policy itself selects; it is lowered to what VRT can draw from trials that every query
    has, since a pool of another policy has more of them for hard queries. The fail rate is that of
    the sampling policy's pilot, and of all trials where it has none.
    """
    from dartmath.sampling.journal import open_journal

    journal = open_journal(journal_folder)
    sampled = journal.section.policy
    pools = read_pool(journal, policy=sampled)
    for pool in pools if deduplicate else ():
        pool.deduplicate()
    return compare(pools, sampled, bands_of_run(journal), size)


def compare(
    pools: Sequence[QueryPool], sampled: PolicySection, bands: Mapping[str, str], size: int | None = None
) -> PolicyComparison:
    """As `compare_policies`, from a pool that is already read and that `sampled` made; bands by query id."""
    most = max((p.trials for p in pools), default=0) or 1
    everywhere = min((p.trials for p in pools if p.trials), default=1)
    pilot = sampled.pilot_trials or most
    drawn_by_vrt = count_rows(select(pools, VRT(trials=everywhere)))
    size = max(1, min(size or count_rows(select(pools, sampled)), drawn_by_vrt))
    made: dict[str, PolicySection] = {
        "vrt": VRT(trials=1),
        "uniform": Uniform(k=1, cap=most),
        "prop2diff": Prop2Diff(k=1, pilot=pilot, cap=most),
    }
    fitted = {name: exactly(pools, policy, size) for name, policy in made.items()}
    chosen = {name: selections for name, (_, selections) in fitted.items()}
    return PolicyComparison(
        size=size,
        k={name: policy.largest_target for name, (policy, _) in fitted.items()},
        rows={name: count_rows(selections) for name, selections in chosen.items()},
        bands=_bands(chosen, bands),
        rank_correlation=_rank_correlation(chosen["prop2diff"]),
        **_curves(chosen, pilot),
    )


def _bands(chosen: dict[str, list[Selection]], names: Mapping[str, str]) -> list[BandRow]:
    grouped = {
        policy: {g.name: g for g in group_by(selections, lambda s: names[s.pool.query.id])}
        for policy, selections in chosen.items()
    }
    # Decontamination may have taken all queries of a band.
    return [
        _row({p: grouped[p][name] for p in POLICIES})
        for name in dict.fromkeys(names.values())
        if name in grouped["vrt"]
    ]


def _row(groups: dict[str, GroupSummary]) -> BandRow:
    any_group = groups["prop2diff"]
    return BandRow(
        band=any_group.name,
        queries=any_group.queries,
        fail_rate=any_group.fail_rate,
        # Not the share of correct trials: hard queries have most of the trials.
        pass_rate=None if any_group.fail_rate is None else 1 - any_group.fail_rate,
        trials=any_group.trials,
        tokens=any_group.tokens_spent,
        kept={p: g.rows for p, g in groups.items()},
        per_query={p: g.per_query for p, g in groups.items()},
    )


def _rank_correlation(selections: Sequence[Selection]) -> float | None:
    """(concordant - discordant) / (concordant + discordant) pairs of queries; None without any."""
    pairs = sorted((s.fail_rate, s.wanted) for s in selections if s.fail_rate is not None)
    concordant = discordant = 0
    easier: list[int] = []
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        targets = [wanted for _, wanted in group]
        for wanted in targets:
            concordant += bisect_left(easier, wanted)
            discordant += len(easier) - bisect_right(easier, wanted)
        for wanted in targets:
            insort(easier, wanted)
    known = concordant + discordant
    return (concordant - discordant) / known if known else None


def _curves(chosen: dict[str, list[Selection]], pilot: int) -> dict[str, Any]:
    """Rows of each query in the order of difficulty."""
    rates = [pool_fail_rate(s.pool, pilot) for s in chosen["vrt"]]
    order = sorted((i for i, rate in enumerate(rates) if rate is not None), key=lambda i: (rates[i], i))
    return {
        "fail_rates": [rates[i] for i in order],
        "curves": {name: [len(s[i].chosen) for i in order] for name, s in chosen.items()},
        "targets": [chosen["prop2diff"][i].wanted for i in order],
    }


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
