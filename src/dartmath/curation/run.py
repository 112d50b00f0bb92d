"""curate: from the journal of a sampling run to a training set and its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dartmath.base.errors import ConfigError, DataError
from dartmath.base.functions import source_hash
from dartmath.base.manifest import new_manifest, read_manifest, write_manifest
from dartmath.base.ownership import check_folder
from dartmath.base.terminal import info, warn
from dartmath.curation.arithmetic import wrong_steps
from dartmath.curation.bands import band_of, bands_of_run
from dartmath.curation.check import KEY as CHECK
from dartmath.curation.check import own_check
from dartmath.curation.confidence import Confidences
from dartmath.curation.config import CurationSection
from dartmath.curation.duplicates import deduplicate, notation_digest
from dartmath.curation.effect import effect_of
from dartmath.curation.export import columns_of, kept_columns, rows_of, write_rows
from dartmath.curation.hinted import gives_away
from dartmath.curation.limits import Limits
from dartmath.curation.pool import Check, Journal, QueryPool, Watched, digest, read_pool
from dartmath.curation.select import Selection
from dartmath.curation.signature import Features
from dartmath.curation.size import Chooser, drawn, exactly
from dartmath.curation.summary import CurationSummary, summarise, teachers_of
from dartmath.curation.suspects import WrongAnswers, suspects_of
from dartmath.curation.trust import lucky_shares
from dartmath.queries.config import QuerySource
from dartmath.queries.download import content_checksum
from dartmath.queries.generators import PREFIX as GENERATED
from dartmath.queries.load import load
from dartmath.queries.registry import datasets
from dartmath.sampling.policy import FUNCTION, PolicySection
from dartmath.sampling.sample import Sample
from dartmath.sampling.teachers import hinted_teachers, known_teachers

if TYPE_CHECKING:
    from dartmath.sampling.journal import JournalReader

# Of a manifest; whoever looks at so many has seen whether the data are any good.
_MOST_SUSPECTS = 100


def curate(journal_folder: Path, section: CurationSection, out: Path) -> CurationSummary:
    """Select a training set from the journal in `journal_folder` and write it to the folder `out`.

    Writes `train.parquet` (or `.jsonl`, see `COLUMNS`) and `manifest.json`. The same journal, section
    and benchmarks give the same rows; when `out` has them already, nothing is done. Raises `DataError`
    when the journal holds nothing to select, or when `out` holds the output of another stage.
    """
    from dartmath.sampling.journal import open_journal

    check_folder(out)
    before = read_manifest(out, stage="curate") if (out / "manifest.json").is_file() else {}
    journal = open_journal(journal_folder)
    check_limits(section, journal.manifest)
    source = dict(journal.manifest)
    checksums = checksums_of(section, section.policy or journal.section.policy)
    if before.get("checksums") == checksums and _is_current(before, source, section, out):
        info(f"{out} is up to date")
        return CurationSummary.from_json(before["summary"])
    if not source.get("finished"):
        warn(f"{journal_folder} is not finished; what it holds so far is curated")
    bands = bands_of_run(journal)
    selections, summary = _select(journal, section, bands, journal_folder)
    columns, kept = columns_of(journal), kept_columns(journal, selections)
    manifest = {
        **_manifest(source, journal_folder, section, summary),
        "columns": {**columns, **kept.meanings},
        "checksums": checksums,
    }
    # A crash between the two leaves a manifest that is not finished, and never one of other rows.
    write_manifest(out, manifest)
    write_rows(rows_of(journal, selections, bands, out), out, section.format, columns, kept)
    write_manifest(out, {**manifest, "finished": True})
    return summary


def _select(
    journal: JournalReader, section: CurationSection, bands: Mapping[str, str], folder: Path
) -> tuple[list[Selection], CurationSummary]:
    """What goes into the set, and its numbers; `bands` by query id."""
    answers = WrongAnswers()
    wanted = section.policy or journal.section.policy
    pools, contamination = prepared_pools(Watched(journal, [answers]), section, wanted)
    policy, selections = select_sized(pools, wanted, section)
    _check_rows(selections, contamination, folder)
    # Of all queries: what decontamination takes away says as much about luck as the rest.
    lucky = lucky_shares(
        journal,
        bands,
        distinct=section.deduplicate,
        chosen=selections,
        checked=section.check_arithmetic,
    )
    summary = summarise(
        selections,
        bands,
        policy=policy.model_dump(mode="json"),
        size=section.size if section.unit == "rows" else None,
        licences=_licences(pools),
        decontamination=contamination,
        lucky=lucky,
        checked=section.check_arithmetic,
        choice=effect_of(section.choice, selections),
        suspects=suspects_of(pools, answers, band_of([pool.query for pool in pools]))[:_MOST_SUSPECTS],
        teachers=teachers_of(selections, known_teachers(journal.manifest)),
    )
    return selections, summary


def prepared_pools(
    journal: Journal, section: CurationSection, policy: PolicySection | None = None
) -> tuple[list[QueryPool], dict[str, Any]]:
    """What `section` may select from: checked, deduplicated, decontaminated; and what the last found.

    `policy` is the one that is to select, where that is not the section's.
    """
    same = digest if section.duplicates == "text" else notation_digest
    near: Features | None = "words" if section.duplicates == "near" else None
    features = section.choice.reads or near
    pools = read_pool(
        journal, _check(journal, section), equal=same, features=features, policy=policy or section.policy
    )
    found = _prepare(pools, section)
    if section.min_confidence:
        _leave_out_luck(pools, journal, section)
    return pools, found


def select_sized(
    pools: Sequence[QueryPool], policy: PolicySection, section: CurationSection
) -> tuple[PolicySection, list[Selection]]:
    """What `policy` takes of prepared `pools` at the size that `section` asks for, and with which k."""
    _check_choice(pools, policy, section)
    size = section.size if section.unit == "rows" else None
    limits = Limits.of(section.limits, section.hinted_share, size)
    choose = Chooser(section.difficulty, section.seed, section.choice, limits)
    chosen, selections = _sized(pools, policy, section, choose)
    # Where the pool holds fewer rows than were asked for, a share is one of those that there are.
    return chosen, replace(limits, size=None).of_set(selections)


def _sized(
    pools: Sequence[QueryPool], policy: PolicySection, section: CurationSection, choose: Chooser
) -> tuple[PolicySection, list[Selection]]:
    if section.cut == "random" and (section.size is None or section.unit == "trials"):
        raise ConfigError("curation.cut: random draws down to a `size` of rows or tokens; give one")
    if section.size is None:
        return policy, choose.select(pools, policy)
    if section.cut == "k":
        return exactly(pools, policy, section.size, section.unit, choose)
    return policy, drawn(choose.select(pools, policy), section.size, section.unit, section.seed or 0)


def _check_choice(pools: Sequence[QueryPool], policy: PolicySection, section: CurationSection) -> None:
    """Raise `ConfigError` for a choice that the policy leaves no room for, or that the pool cannot tell."""
    choice = section.choice
    if not policy.wants_successes and not choice.in_trials:
        raise ConfigError(
            f"curation.choose: {choice.kind} has nothing to choose among, since {policy.kind} takes every "
            "right response of its trials; name a policy with a k, such as uniform"
        )
    if not choice.reads_logprobs:
        return
    silent = sum(one.logprob is None for pool in pools for one in pool.candidates)
    if silent:
        raise ConfigError(
            f"curation.choose: {choice.kind} needs log-probabilities, and {silent:,} right responses have "
            "none; sample with engine.extra_body: {logprobs: true} from a server that gives them, or choose "
            "otherwise"
        )


def _check(journal: Journal, section: CurationSection) -> Check:
    """Why a correct response is refused: by its arithmetic, or by a check of the user's own."""
    own = own_check(journal, section) if section.check else lambda sample: ""
    hinted = hinted_teachers(journal.manifest)
    queries = {query.id: query for query in journal.queries()} if hinted and section.check_hinted else {}

    def check(sample: Sample) -> str:
        if queries and sample.teacher in hinted and (why := gives_away(queries[sample.query_id], sample)):
            return why
        return own(sample) or ("arithmetic" if section.check_arithmetic and wrong_steps(sample.text) else "")

    return check


def _prepare(pools: list[QueryPool], section: CurationSection) -> dict[str, Any]:
    """Drop duplicates and contaminated queries; returns what decontamination found."""
    if section.deduplicate:
        deduplicate(pools, section)
    if not section.decontaminate:
        return {}
    from dartmath.curation.decontaminate import decontaminate

    found = decontaminate(
        [p.query for p in pools],
        section.decontaminate,
        ngram=section.ngram,
        share=section.ngram_share,
        similar=section.similar,
        similar_share=section.similar_share,
    )
    removed = set(found["removed"])
    responses = sum(len(pool.candidates) for pool in pools if pool.query.id in removed)
    pools[:] = [pool for pool in pools if pool.query.id not in removed]
    return {**found, "responses": responses}


def _leave_out_luck(pools: Sequence[QueryPool], journal: Journal, section: CurationSection) -> None:
    """Drop the responses of queries in which there is less confidence than is asked for."""
    bands = bands_of_run(journal)
    lucky = lucky_shares(journal, bands, distinct=section.deduplicate)
    confidences = Confidences(pools, bands, lucky, checked=section.check_arithmetic)
    for pool in pools:
        confidence = confidences.of(pool)
        if confidence is not None and confidence < section.min_confidence:
            pool.keep([], "probable luck")


def check_limits(section: CurationSection, manifest: Mapping[str, Any]) -> None:
    """Raise `ConfigError` for a limit of a teacher that a run does not have."""
    known = known_teachers(manifest)
    for one in section.limits:
        if one.teacher not in known:
            raise ConfigError(
                f"curation.limits: the run has no teacher {one.teacher!r}; it has {', '.join(known)}"
            )


def _licences(pools: Sequence[QueryPool]) -> dict[str, str]:
    """Licence of each data set, as its source states it."""
    known = datasets()
    names = dict.fromkeys(pool.query.dataset for pool in pools)
    return {name: known[name].licence if name in known else _own_licence(name) for name in names}


def _own_licence(name: str) -> str:
    # The generators are code under Apache-2.0; what they generate is not copied from anywhere.
    return "Apache-2.0 (generated)" if name.startswith(GENERATED) else "not stated (your own data)"


def _is_current(
    before: Mapping[str, Any], source: Mapping[str, Any], section: CurationSection, out: Path
) -> bool:
    """Whether `out` holds what this section makes of the finished journal as it is now."""
    same = before.get("sampling") == source and before.get("config") == section.model_dump(mode="json")
    finished = bool(before.get("finished") and source.get("finished"))
    return finished and same and (out / f"train.{section.format}").is_file()


def checksums_of(section: CurationSection, policy: PolicySection) -> dict[str, str]:
    """Checksums of what shapes the set and may change under its name: benchmarks, functions of the user's."""
    found = {name: content_checksum(load(QuerySource(dataset=name))) for name in section.decontaminate}
    if policy.own_function:
        found[policy.own_function] = source_hash(policy.own_function, FUNCTION)
    if section.check:
        found[section.check] = source_hash(section.check, CHECK)
    return found


def _check_rows(selections: Sequence[Selection], contamination: Mapping[str, Any], folder: Path) -> None:
    if any(s.chosen for s in selections):
        return
    if not selections and contamination:
        raise DataError(
            f"all {contamination['queries']} queries are in {', '.join(contamination['benchmarks'])}, which "
            "the set must not overlap with; sample other queries, or take it out of `decontaminate`",
            path=folder,
        )
    trials = sum(s.pool.trials for s in selections)
    raise DataError(
        f"nothing to select: {trials} trials of {len(selections)} queries hold no usable correct response; "
        f"look at why with: dartmath status {folder}",
        path=folder,
    )


def _manifest(
    source: dict[str, Any], folder: Path, section: CurationSection, summary: CurationSummary
) -> dict[str, Any]:
    return {
        **new_manifest("curate"),
        "config": section.model_dump(mode="json"),
        "inputs": [str(folder)],
        "model": source.get("model"),
        "template": source.get("template"),
        "sampling": source,
        "summary": summary.to_json(),
    }
