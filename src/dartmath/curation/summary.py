"""What a curated set is made of: the numbers that the terminal, the report and the cards show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, ClassVar

from dartmath.curation.bands import level_of
from dartmath.curation.effect import Effect
from dartmath.curation.select import Selection
from dartmath.curation.suspects import Suspect
from dartmath.curation.trust import LuckyShare

HISTOGRAM_BINS = 10
# Above this share of refused responses, luck is worth a word; below, it may be the check's own mistakes.
_WORTH_CHECKING = 0.02


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """A band, level or data set: what the pool holds of it, and what the set takes.

    `wanted` and `missing` count correct responses (trials for VRT); `missing_queries` the queries
    that lack some; `covered` the queries with at least one row. `tokens` are those of the rows,
    `tokens_spent` those of all trials.
    """

    name: str
    queries: int
    trials: int
    correct: int
    fail_rate: float | None
    wanted: int
    rows: int
    covered: int
    missing: int
    missing_queries: int
    tokens: int
    tokens_spent: int

    @property
    def per_query(self) -> float:
        """Mean rows of a query."""
        return self.rows / self.queries if self.queries else 0.0


@dataclass(frozen=True, slots=True)
class TeacherSummary:
    """What one of several teachers has done of pool and set; `hinted` with the reference in sight."""

    name: str
    model: str
    trials: int
    correct: int
    tokens: int
    rows: int
    queries: int
    hinted: bool

    def sentence(self, rows: int) -> str:
        """For people, of a set of so many rows."""
        share = f"{self.rows / rows:.0%} of the rows" if rows else "no rows"
        hint = ", with a hint" if self.hinted else ""
        return f"By {self.name}{hint}: {self.rows:,} rows ({share}) of {self.queries:,} queries."


@dataclass(frozen=True, slots=True)
class CurationSummary:
    """A curated set in numbers.

    `unit` is what `wanted` and `missing` of the groups count: "responses", or "trials" for VRT.
    `histogram` holds (lower edge of the fail rate, queries, rows) for ten bins. `lucky` estimates for each
    band how many of its correct responses are right by luck (see `dartmath.curation.trust`); `checked` says
    whether those with a step that does not compute are left out. `choice` is what a choice other than trial
    order did. `suspects` are the queries of the pool whose reference is probably wrong (see
    `dartmath.curation.suspects`), the most suspicious first.
    """

    rows: int
    queries: int
    covered: int
    unit: str
    policy: dict[str, Any]
    size: int | None
    per_query: dict[str, float]
    tokens: dict[str, float]
    bands: list[GroupSummary]
    levels: list[GroupSummary]
    datasets: list[GroupSummary]
    histogram: list[tuple[float, int, int]]
    dropped: dict[str, int]
    pool: dict[str, int]
    licences: dict[str, str] = field(default_factory=dict)
    decontamination: dict[str, Any] = field(default_factory=dict)
    lucky: list[LuckyShare] = field(default_factory=list)
    checked: bool = False
    choice: Effect | None = None
    suspects: list[dict[str, Any]] = field(default_factory=list)
    teachers: list[TeacherSummary] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How much of what the policy wants the pool lacks, in `unit`."""
        return sum(group.missing for group in self.datasets)

    def to_json(self) -> dict[str, Any]:
        """For the manifest and `--json`."""
        return {**asdict(self), "missing": self.missing}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> CurationSummary:
        """The summary of a manifest; the inverse of `to_json`."""
        values = {name: value for name, value in row.items() if name != "missing"}
        for name in ("bands", "levels", "datasets"):
            values[name] = [GroupSummary(**group) for group in row[name]]
        values["histogram"] = [tuple(entry) for entry in row["histogram"]]
        values["choice"] = Effect(**row["choice"]) if row.get("choice") else None
        values["teachers"] = [TeacherSummary(**one) for one in row.get("teachers", ())]
        values["lucky"] = [LuckyShare(**one) for one in row.get("lucky", ())]
        return cls(**values)

    @property
    def lucky_rows(self) -> dict[str, float | None]:
        """The estimated share of lucky rows by band; None where the pool does not tell."""
        return {one.band: one.of_set(checked=self.checked) for one in self.lucky}

    COLUMNS: ClassVar = (
        "band",
        "queries",
        "covered",
        "fail rate",
        "rows",
        "rows/query",
        "wanted",
        "missing",
        "lucky",
    )

    def table(self) -> list[tuple[object, ...]]:
        """One row for each band, for `dartmath.base.terminal.print_table`."""
        return [
            (
                band.name,
                band.queries,
                band.covered,
                "" if band.fail_rate is None else f"{band.fail_rate:.3f}",
                band.rows,
                f"{band.per_query:.1f}",
                band.wanted,
                band.missing or "",
                self._shown_luck(band.name),
            )
            for band in self.bands
        ]

    def _shown_luck(self, band: str) -> str:
        """The estimated lucky share of a band; "<" before what is only a bound."""
        found = next((one for one in self.lucky if one.band == band), None)
        share = found.of_set(checked=self.checked) if found else None
        return "" if found is None or share is None else f"{'<' if found.bound else ''}{share:.1%}"

    def caption(self) -> str:
        """The policy, the shortfall, what was dropped and what luck may have left in, in sentences."""
        settings = " ".join(f"{key}={value}" for key, value in self.policy.items() if key != "kind")
        said = [f"{self.policy['kind']} {settings}."]
        if self.missing:
            short = sum(group.missing_queries for group in self.datasets)
            said.append(f"The pool lacks {self.missing:,} {self.unit} wanted of {short:,} queries.")
        if self.size and self.rows < self.size:
            said.append(f"The pool holds no more than {self.rows:,} of the {self.size:,} rows asked for.")
        said += [self.choice.sentence()] if self.choice else []
        said += [one.sentence(self.rows) for one in self.teachers]
        if review := len(self.decontamination.get("review", ())):
            said.append(
                f"{review:,} queries are similar to a benchmark's and stay: look at them in the report or "
                "the manifest; --similar remove leaves them out."
            )
        said += [f"{count:,} dropped: {reason}." for reason, count in sorted(self.dropped.items())]
        if self.suspects:
            said.append(
                f"References to look at, which may be wrong: {len(self.suspects):,} (`suspects` of --json)."
            )
        return " ".join([*said, *self._said_of_luck()])

    def _said_of_luck(self) -> list[str]:
        """What to do where rows seem to be luck, and how much of the set the step check could read."""
        correct = sum(one.correct for one in self.lucky)
        if not correct:
            return []
        judged = sum(one.judged for one in self.lucky) / correct
        said = [f"Lucky: estimated; the step check can read {judged:.0%} of the correct responses."]
        worth = sum(one.refused for one in self.lucky) / correct
        if not self.checked and worth > _WORTH_CHECKING:
            said.append(f"It finds a wrong step in {worth:.1%}: leave those out with --check-arithmetic.")
        return said


def summarise(
    selections: Sequence[Selection],
    bands: Mapping[str, str],
    *,
    policy: dict[str, Any],
    size: int | None = None,
    licences: dict[str, str] | None = None,
    decontamination: dict[str, Any] | None = None,
    lucky: Sequence[LuckyShare] = (),
    checked: bool = False,
    choice: Effect | None = None,
    suspects: Sequence[Suspect] = (),
    teachers: Sequence[TeacherSummary] = (),
) -> CurationSummary:
    """The summary of what was selected; `bands` by query id, in the order in which they are shown."""
    counts = [len(s.chosen) for s in selections]
    place = {name: i for i, name in enumerate(dict.fromkeys(bands.values()))}
    return CurationSummary(
        rows=sum(counts),
        queries=len(selections),
        covered=sum(1 for n in counts if n),
        unit="trials" if policy["kind"] == "vrt" else "responses",
        policy=policy,
        size=size,
        per_query={
            "mean": sum(counts) / max(1, len(counts)),
            "median": float(median(counts or [0])),
            "max": max(counts, default=0),
        },
        tokens=_tokens(selections),
        bands=sorted(group_by(selections, lambda s: bands[s.pool.query.id]), key=lambda g: place[g.name]),
        levels=sorted(group_by(selections, lambda s: level_of(s.pool.query)), key=lambda g: g.name),
        datasets=group_by(selections, lambda s: s.pool.query.dataset),
        histogram=_histogram(selections),
        dropped=_dropped(selections, decontamination or {}),
        pool={
            "trials": sum(s.pool.trials for s in selections),
            "correct": sum(s.pool.correct for s in selections),
            "tokens": sum(s.pool.tokens for s in selections),
        },
        licences=licences or {},
        decontamination=decontamination or {},
        lucky=list(lucky),
        checked=checked,
        choice=choice,
        suspects=[one.to_json() for one in suspects],
        teachers=list(teachers),
    )


def teachers_of(
    selections: Sequence[Selection], known: Mapping[str, Mapping[str, Any]]
) -> list[TeacherSummary]:
    """What each of several teachers has done; empty where there is but one."""
    return [_teacher(name, one, selections) for name, one in known.items()] if len(known) > 1 else []


def _teacher(name: str, known: Mapping[str, Any], selections: Sequence[Selection]) -> TeacherSummary:
    tallies = [s.pool.by_teacher[name] for s in selections if name in s.pool.by_teacher]
    rows = [sum(c.teacher == name for c in s.chosen) for s in selections]
    return TeacherSummary(
        name=name,
        model=str(known["model"].get("name", "")),
        trials=sum(one.trials for one in tallies),
        correct=sum(one.correct for one in tallies),
        tokens=sum(one.tokens for one in tallies),
        rows=sum(rows),
        queries=sum(1 for count in rows if count),
        hinted=bool(known["hint"]),
    )


def _dropped(selections: Sequence[Selection], decontamination: dict[str, Any]) -> dict[str, int]:
    """Correct responses that were left out, by reason."""
    dropped = sum((s.pool.dropped for s in selections), Counter[str]())
    dropped["contaminated"] += decontamination.get("responses", 0)
    return {reason: count for reason, count in dropped.items() if count}


def group_by(selections: Sequence[Selection], name: Callable[[Selection], str]) -> list[GroupSummary]:
    """One summary for each name other than "", in the order of first appearance."""
    groups: dict[str, list[Selection]] = {}
    for selection in selections:
        groups.setdefault(name(selection), []).append(selection)
    return [_group(name, members) for name, members in groups.items() if name]


def _group(name: str, members: list[Selection]) -> GroupSummary:
    rates = [s.fail_rate for s in members if s.fail_rate is not None]
    return GroupSummary(
        name=name,
        queries=len(members),
        trials=sum(s.pool.trials for s in members),
        correct=sum(s.pool.correct for s in members),
        fail_rate=sum(rates) / len(rates) if rates else None,
        wanted=sum(s.wanted for s in members),
        rows=sum(len(s.chosen) for s in members),
        covered=sum(1 for s in members if s.chosen),
        missing=sum(s.missing for s in members),
        missing_queries=sum(1 for s in members if s.missing),
        tokens=sum(c.tokens for s in members for c in s.chosen),
        tokens_spent=sum(s.pool.tokens for s in members),
    )


def _tokens(selections: Sequence[Selection]) -> dict[str, float]:
    lengths = sorted(c.tokens for s in selections for c in s.chosen)
    if not lengths:
        return {"total": 0, "mean": 0.0, "median": 0.0, "max": 0}
    total = sum(lengths)
    return {
        "total": total,
        "mean": total / len(lengths),
        "median": float(median(lengths)),
        "max": lengths[-1],
    }


def _histogram(selections: Sequence[Selection]) -> list[tuple[float, int, int]]:
    queries, rows = [0] * HISTOGRAM_BINS, [0] * HISTOGRAM_BINS
    for selection in selections:
        if selection.fail_rate is not None:
            bin = min(HISTOGRAM_BINS - 1, int(selection.fail_rate * HISTOGRAM_BINS + 1e-9))
            queries[bin] += 1
            rows[bin] += len(selection.chosen)
    return [(i / HISTOGRAM_BINS, queries[i], rows[i]) for i in range(HISTOGRAM_BINS)]
