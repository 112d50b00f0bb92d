"""Lucky shares, estimated by `curation/trust.py` and true, on the pool of `make claim`.

    python benchmarks/lucky_share.py runs/claim        (a minute)

The truth is `is_sound` of benchmarks/claim.py, which knows the task: every step computes, from numbers of
the query or of earlier steps. The estimate knows the pool alone. A set takes its rows from the pool by a
policy at 2,000 rows, with and without the step check.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from claim import is_sound

from dartmath.base.terminal import print_table
from dartmath.curation.bands import band_of
from dartmath.curation.config import CurationSection
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.curation.trust import lucky_shares
from dartmath.sampling.journal import JournalReader, open_journal
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform
from dartmath.verify.outcome import Outcome

POLICIES: dict[str, PolicySection] = {
    "VRT": VRT(),
    "Uniform": Uniform(cap=64),
    "Prop2Diff": Prop2Diff(pilot=12, cap=64),
}
SIZE = 2000

Key = tuple[str, int]


def lucky_ones(journal: JournalReader) -> set[Key]:
    """The correct responses that are not sound."""
    terms = {query.id: [int(n) for n in re.findall(r"\d+", query.text)] for query in journal.queries()}
    return {
        (sample.query_id, sample.trial)
        for sample in journal.samples([Outcome.CORRECT])
        if not is_sound(terms[sample.query_id], sample.text)
    }


def true_shares(
    journal: JournalReader, policy: PolicySection, lucky: set[Key], *, checked: bool
) -> dict[str, float]:
    """The share of lucky rows in a set, by band."""
    section = CurationSection(policy=policy, size=SIZE, check_arithmetic=checked, seed=0)
    pools, _ = prepared_pools(journal, section)
    _, selections = select_sized(pools, policy, section)
    bands = band_of(journal.queries())
    rows, found = Counter[str](), Counter[str]()
    for selection in selections:
        band = bands[selection.pool.query.id]
        for candidate in selection.chosen:
            rows[band] += 1
            found[band] += (selection.pool.query.id, candidate.trial) in lucky
    return {band: found[band] / rows[band] for band in rows}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    journal = open_journal(parser.parse_args().run / "sample")
    lucky, bands = lucky_ones(journal), band_of(journal.queries())
    for checked in (False, True):
        true = {
            name: true_shares(journal, policy, lucky, checked=checked) for name, policy in POLICIES.items()
        }
        table, worst = [], 0.0
        for one in lucky_shares(journal, bands):
            estimated = one.of_set(checked=checked) or 0.0
            shares = [true[name].get(one.band, 0.0) for name in POLICIES]
            worst = max([worst, *(abs(estimated - share) for share in shares)])
            table.append((one.band, f"{estimated:.1%}", *(f"{share:.1%}" for share in shares)))
        title = f"Lucky rows, {'with' if checked else 'without'} the step check, {SIZE:,} rows"
        caption = f"The largest distance is {100 * worst:.1f} points."
        print_table(
            title, ("band", "estimated", *(f"true: {name}" for name in POLICIES)), table, caption=caption
        )


if __name__ == "__main__":
    main()
