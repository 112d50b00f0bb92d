"""Lucky shares, estimated by `curation/trust.py` and true, on pools whose truth is known.

    python benchmarks/lucky_share.py runs/claim                              (two minutes)
    python benchmarks/lucky_share.py runs/luck-1 --task claim --seed 1       (makes models and pool: 6 more)
    python benchmarks/lucky_share.py runs/chains-0 --task chains --seed 0

The first is on the pool of `make claim`. The truth is `is_sound` of benchmarks/claim.py, which knows the
task; the estimate knows the pool alone. A set takes its rows from the pool by a policy, with and without the
step check, and with `min_confidence`.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from claim import CHAINS, CLAIM, Band, Task, is_sound, make

from dartmath.base.terminal import print_table
from dartmath.curation.bands import band_of
from dartmath.curation.config import CurationSection
from dartmath.curation.run import prepared_pools, select_sized
from dartmath.curation.select import Selection
from dartmath.curation.trust import lucky_shares
from dartmath.pipeline import run_sample
from dartmath.prompts.template import load_template
from dartmath.recipe import load_recipe
from dartmath.sampling.journal import JournalReader, open_journal
from dartmath.sampling.policy import VRT, PolicySection, Prop2Diff, Uniform
from dartmath.verify.contract.outcome import Outcome

POLICIES: dict[str, PolicySection] = {
    "VRT": VRT(),
    "Uniform": Uniform(cap=64),
    "Prop2Diff": Prop2Diff(pilot=12, cap=64),
}
TASKS = {"claim": CLAIM, "chains": CHAINS}
CONFIDENCES = (0.0, 0.3, 0.5, 0.7)

Key = tuple[str, int]


def make_pool(task: Task, seed: int, folder: Path) -> None:
    """Models, queries and a pool of `task`, sampled as recipes/claim.yaml does it."""
    make(folder / "made", task, seed=seed)
    files = [folder / "made" / f"train-{place + 1}.jsonl" for place in range(len(task.bands))]
    recipe = load_recipe(
        "claim",
        {
            "seed": seed,
            "model.name": str(folder / "made" / "sampler"),
            "template": str(folder / "made" / "template.yaml"),
            "queries": [
                {"dataset": str(file), "band": band.name}
                for file, band in zip(files, task.bands, strict=True)
            ],
        },
    )
    run_sample(recipe, load_template(recipe.template), folder / "sample")


def lucky_ones(journal: JournalReader, task: Task, bands: Mapping[str, str]) -> set[Key]:
    """The correct responses that are not sound."""
    kinds: dict[str, Band] = {band.name: band for band in task.bands}
    terms = {query.id: [int(n) for n in re.findall(r"\d+", query.text)] for query in journal.queries()}
    return {
        (sample.query_id, sample.trial)
        for sample in journal.samples([Outcome.CORRECT])
        if not is_sound(kinds[bands[sample.query_id]], terms[sample.query_id], sample.text)
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


def by_band(
    journal: JournalReader, lucky: set[Key], bands: Mapping[str, str], size: int, *, checked: bool
) -> None:
    """Print what is estimated of each set, and what is true."""
    shown: dict[str, list[str]] = {band: [band] for band in dict.fromkeys(bands.values())}
    off = 0.0
    for policy in POLICIES.values():
        selections = _selected(journal, CurationSection(policy=policy, size=size, check_arithmetic=checked))
        true = true_shares(selections, bands, lucky)
        for one in lucky_shares(journal, bands, distinct=True, chosen=selections, checked=checked):
            share, truth = one.of_set(checked=checked) or 0.0, true.get(one.band, 0.0)
            off = max(off, abs(share - truth))
            shown[one.band].append(f"{share:.1%} / {truth:.1%}")
    title = f"Lucky rows, {'with' if checked else 'without'} the step check, {size:,} rows: estimated / true"
    caption = f"The largest distance is {100 * off:.1f} points."
    print_table(title, ("band", *POLICIES), [tuple(row) for row in shown.values()], caption=caption)


def _selected(journal: JournalReader, section: CurationSection) -> list[Selection]:
    drawn = section.model_copy(update={"seed": 0})
    pools, _ = prepared_pools(journal, drawn)
    assert drawn.policy is not None
    return select_sized(pools, drawn.policy, drawn)[1]


def by_confidence(
    journal: JournalReader, lucky: set[Key], bands: Mapping[str, str], size: int, *, checked: bool
) -> None:
    """Print what `min_confidence` leaves out: usable responses, and the true share of lucky rows in a set."""
    rows = []
    for least in CONFIDENCES:
        shown = []
        for policy in POLICIES.values():
            section = CurationSection(
                policy=policy, size=size, check_arithmetic=checked, min_confidence=least
            )
            selections = _selected(journal, section)
            shown.append(f"{true_shares(selections, bands, lucky).get('', 0):.1%}")
        usable = [(one.pool.query.id, c.trial) for one in selections for c in one.pool.candidates]
        luck = sum(key in lucky for key in usable)
        rows.append((f"{least:g}", f"{len(usable):,}", f"{luck:,}", *shown))
    title = (
        f"min_confidence, {'with' if checked else 'without'} the step check; lucky rows of sets of {size:,}"
    )
    print_table(title, ("at least", "usable responses", "of them lucky", *POLICIES), rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--task", choices=list(TASKS), default="claim")
    parser.add_argument("--seed", type=int, help="make models and a pool of this seed where they are missing")
    parser.add_argument("--size", type=int, default=2000, help="rows of the sets")
    arguments = parser.parse_args()
    task = TASKS[arguments.task]
    if arguments.seed is not None:
        make_pool(task, arguments.seed, arguments.run)
    journal = open_journal(arguments.run / "sample")
    bands = band_of(journal.queries())
    lucky = lucky_ones(journal, task, bands)
    for checked in (False, True):
        by_band(journal, lucky, bands, arguments.size, checked=checked)
    for checked in (False, True):
        by_confidence(journal, lucky, bands, arguments.size, checked=checked)


if __name__ == "__main__":
    main()
