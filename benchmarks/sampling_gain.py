"""What a budget of tokens buys: the policy that spends it by gain against Prop2Diff and its caps.

    python benchmarks/sampling_gain.py [--queries 300] [--slots 64]
    python benchmarks/sampling_gain.py --run runs/claim       # on the recorded trials of a Prop2Diff run

The workload is that of sampling_efficiency.py, fitted to what the paper publishes, and the controller is the
real one on a virtual clock. Every run goes on to its end, and what it had when so many tokens were generated
is read off; budgets are shares of what the rival at its largest cap takes in full. The rival is given the cap
that turns out best for each budget, which nobody knows before. A recorded run is played again with its own
targets, for which no policy here needs more trials of a query than it has.

* at target: queries with their Prop2Diff target of correct responses, the same for all runs
* covered: queries with a correct response
* weighted rows: correct responses up to the target, each times the true fail rate of its query
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sampling_efficiency import make_workload
from sampling_virtual import Workload, run_virtually

from dartmath.sampling.journal import journal_folder, open_journal
from dartmath.sampling.policy import Budgeted, PolicySection, Prop2Diff, Uniform
from dartmath.sampling.tally import Tally
from dartmath.verify.contract.outcome import Outcome

CAPS = (64, 128, 256, 512, 1024, 2048)
# Of a recorded run, as shares of its own cap.
CAP_SHARES = (1 / 8, 1 / 4, 1 / 2, 3 / 4, 1)
SHARES = (0.15, 0.2, 0.3, 0.4, 0.5, 0.75)
K, PILOT = 192, 16


@dataclass
class Curve:
    """What a run had, by the tokens that it had spent."""

    workload: Workload
    target: Callable[[int, int], int]
    tokens: list[int] = field(default_factory=list)
    at_target: list[int] = field(default_factory=list)
    covered: list[int] = field(default_factory=list)
    weighted: list[float] = field(default_factory=list)
    _rows: dict[int, int] = field(default_factory=dict)
    _reached: set[int] = field(default_factory=set)
    _covered: set[int] = field(default_factory=set)
    _value: float = 0.0

    def see(self, tally: Tally, index: int) -> None:
        """Look at the query whose trial has just been counted."""
        correct, known = tally.correct[index], tally.prefix[index] >= tally.windows.pilot
        wanted = self.target(tally.pilot_trials[index], tally.pilot_correct[index]) if known else correct
        rows = min(correct, wanted)
        self._value += (rows - self._rows.get(index, 0)) * (1 - self.workload.rates[index])
        self._rows[index] = rows
        if known and correct >= wanted:
            self._reached.add(index)
        self.tokens.append(tally.total_tokens)
        self.at_target.append(len(self._reached))
        if correct:
            self._covered.add(index)
        self.covered.append(len(self._covered))
        self.weighted.append(self._value)

    def at(self, column: str, tokens: float) -> float:
        """The last value of a column at no more than so many tokens."""
        place = bisect_right(self.tokens, tokens) - 1
        return float(getattr(self, column)[place]) if place >= 0 else 0.0


def curve(workload: Workload, policy: PolicySection, slots: int) -> Curve:
    """A whole run of a policy."""
    made = Curve(workload, policy.target)
    run_virtually(workload, policy, slots, seen=made.see)
    return made


@dataclass
class Recorded(Workload):
    """The trials that a run has recorded, by query and trial."""

    trials: Sequence[Mapping[int, tuple[bool, int]]]

    def trial(self, index: int, trial: int) -> tuple[bool, int]:
        known = self.trials[index]
        # One in flight beyond the record, which will not be needed, is as an early one.
        return known[trial % len(known)]


def recorded(folder: Path) -> tuple[Recorded, PolicySection]:
    """The trials of a run and its policy."""
    journal = open_journal(journal_folder(folder))
    places = {query.id: place for place, query in enumerate(journal.queries())}
    trials: list[dict[int, tuple[bool, int]]] = [{} for _ in places]
    for sample in journal.samples():
        right = sample.outcome is Outcome.CORRECT
        trials[places[sample.query_id]][sample.trial] = (right, sample.completion_tokens)
    rates = [sum(right for right, _ in one.values()) / max(1, len(one)) for one in trials]
    return Recorded(rates, trials), journal.section.policy


def on_a_run(folder: Path, slots: int) -> None:
    """The table of a recorded run."""
    workload, policy = recorded(folder)
    if not isinstance(policy, Prop2Diff):
        raise SystemExit(f"{folder} is a run of {policy.kind}; one of prop2diff is needed")
    caps = sorted({max(policy.pilot, round(policy.cap * share)) for share in CAP_SHARES})
    capped = {cap: curve(workload, policy.model_copy(update={"cap": cap}), slots) for cap in caps}
    ours = Budgeted(k=policy.k, pilot=policy.pilot, cap=policy.cap, exponent=policy.exponent)
    print(f"{len(workload.rates)} queries, {slots} slots, {policy.describe()}\n", flush=True)
    pilot = sum(workload.trial(i, t)[1] for i in range(len(workload.rates)) for t in range(policy.pilot))
    full = capped[policy.cap].tokens[-1]
    _table(
        "beyond the pilot, at target", "at_target", full, capped, curve(workload, ours, slots), least=pilot
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--run", type=Path)
    chosen = parser.parse_args()
    if chosen.run:
        on_a_run(chosen.run, chosen.slots)
        return
    workload = make_workload(chosen.queries)
    print(f"{len(workload.rates)} queries, {chosen.slots} slots\n", flush=True)

    def run(policy: PolicySection) -> Curve:
        return curve(workload, policy, chosen.slots)

    capped = {cap: run(Prop2Diff(k=K, pilot=PILOT, cap=cap)) for cap in CAPS}
    ours = {goal: run(Budgeted(k=K, pilot=PILOT, cap=CAPS[-1], goal=goal)) for goal in ("reached", "rows")}
    full = capped[CAPS[-1]].tokens[-1]
    _table("at target", "at_target", full, capped, ours["reached"])
    _table("weighted rows", "weighted", full, capped, ours["rows"])
    uniform = {cap: run(Uniform(k=1, cap=cap)) for cap in CAPS}
    _table(
        "covered, k = 1",
        "covered",
        uniform[CAPS[-1]].tokens[-1],
        uniform,
        run(Budgeted(k=1, pilot=1, cap=CAPS[-1])),
    )


def _table(
    title: str, column: str, full: float, capped: dict[int, Curve], ours: Curve, *, least: float = 0
) -> None:
    """Print a row for each share of what `full` tokens are more than the `least`."""
    largest = max(capped)
    print(f"| budget | {title}: cap {largest} | best cap | which | policy budget | over the best cap |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for share in SHARES:
        budget = least + share * (full - least)
        found = {cap: one.at(column, budget) for cap, one in capped.items()}
        cap = max(found, key=lambda one: found[one])
        mine = ours.at(column, budget)
        print(
            f"| {share:.0%} | {found[largest]:,.0f} | {found[cap]:,.0f} | {cap} | {mine:,.0f} "
            f"| {mine / found[cap] - 1:+.1%} |",
            flush=True,
        )
    print(flush=True)


if __name__ == "__main__":
    main()
