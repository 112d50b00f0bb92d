"""Lucky shares, estimated by `curation/trust.py` and true, on the pool of `make claim`.

    python benchmarks/lucky_share.py runs/claim        (two minutes)

The truth is `is_sound` of benchmarks/claim.py, which knows the task: every step computes, from numbers of
the query or of earlier steps. The estimate knows the pool alone. A set takes its rows from the pool by a
policy at 2,000 rows, with and without the step check, and with `min_confidence`.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from claim import is_sound

from dartmath.base.terminal import print_table
from dartmath.curation.bands import band_of
from dartmath.curation.config import CurationSection
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.curation.select import Selection
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
CONFIDENCES = (0.0, 0.3, 0.5, 0.7)

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
    selections: Sequence[Selection], bands: Mapping[str, str], lucky: set[Key]
) -> dict[str, float]:
    """The share of lucky rows in a set, by band, and "" for all of it."""
    rows, found = Counter[str](), Counter[str]()
    for selection in selections:
        for candidate in selection.chosen:
            is_lucky = (selection.pool.query.id, candidate.trial) in lucky
            for band in (bands[selection.pool.query.id], ""):
                rows[band] += 1
                found[band] += is_lucky
    return {band: found[band] / rows[band] for band in rows}


def by_band(journal: JournalReader, lucky: set[Key], bands: Mapping[str, str], *, checked: bool) -> None:
    """Print what is estimated of each set, and what is true."""
    shares = lucky_shares(journal, bands, distinct=True)
    estimated = {one.band: one.of_set(checked=checked) or 0.0 for one in shares}
    true = {}
    for name, policy in POLICIES.items():
        section = CurationSection(policy=policy, size=SIZE, check_arithmetic=checked, seed=0)
        pools, _ = prepared_pools(journal, section)
        _, selections = select_sized(pools, policy, section)
        true[name] = true_shares(selections, bands, lucky)
    rows = [
        (band, f"{share:.1%}", *(f"{true[policy].get(band, 0):.1%}" for policy in POLICIES))
        for band, share in estimated.items()
    ]
    off = max(abs(share - true[p].get(band, 0)) for p in POLICIES for band, share in estimated.items())
    title = f"Lucky rows, {'with' if checked else 'without'} the step check, {SIZE:,} rows"
    columns = ("band", "estimated", *(f"true: {policy}" for policy in POLICIES))
    print_table(title, columns, rows, caption=f"The largest distance is {100 * off:.1f} points.")


def by_confidence(
    journal: JournalReader, lucky: set[Key], bands: Mapping[str, str], *, checked: bool
) -> None:
    """Print what `min_confidence` leaves out: usable responses, and the true share of lucky rows in a set."""
    rows = []
    for least in CONFIDENCES:
        shown = []
        for policy in POLICIES.values():
            section = CurationSection(
                policy=policy, size=SIZE, check_arithmetic=checked, seed=0, min_confidence=least
            )
            pools, _ = prepared_pools(journal, section)
            _, selections = select_sized(pools, policy, section)
            shown.append(f"{true_shares(selections, bands, lucky).get('', 0):.1%}")
        usable = [(pool.query.id, c.trial) for pool in pools for c in pool.candidates]
        luck = sum(key in lucky for key in usable)
        rows.append((f"{least:g}", f"{len(usable):,}", f"{luck:,}", *shown))
    title = (
        f"min_confidence, {'with' if checked else 'without'} the step check; lucky rows of sets of {SIZE:,}"
    )
    print_table(title, ("at least", "usable responses", "of them lucky", *POLICIES), rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    journal = open_journal(parser.parse_args().run / "sample")
    lucky, bands = lucky_ones(journal), band_of(journal.queries())
    for checked in (False, True):
        by_band(journal, lucky, bands, checked=checked)
    for checked in (False, True):
        by_confidence(journal, lucky, bands, checked=checked)


if __name__ == "__main__":
    main()
