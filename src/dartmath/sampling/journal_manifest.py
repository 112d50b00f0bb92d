"""What a run directory is a run of: its manifest, its queries, and what may change between sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from dartmath.base.errors import JournalError
from dartmath.base.files import write_text
from dartmath.base.manifest import new_manifest, read_manifest, write_manifest
from dartmath.base.ownership import check_folder
from dartmath.engines.openai.identity import same_model
from dartmath.queries.query import Query

VERSION = 3
QUERIES = "queries.jsonl"

# Keys of the configuration that shape no sample: free to change, or to change with --amend.
# `teachers` beside it says of the teachers what does.
_FREE = (
    "config.workers",
    "config.verify_seconds",
    "config.price",
    "config.budget",
    "config.keep_wrong",
    "config.teachers",
)
_AMENDABLE = ("config.policy", "config.give_up", "config.distinct")

# From a version to the next one; each step rewrites a run directory in place.
# Version 2 added who answered, thoughts and log-probabilities to samples; those of version 1 have none.
# Version 3 added teachers; those of version 2 are all of the recipe's own.
MIGRATIONS: dict[int, Callable[[Path], None]] = {1: lambda folder: None, 2: lambda folder: None}


def open_run(
    folder: Path, queries: Sequence[Query], identity: Mapping[str, Any], *, amend: bool
) -> list[Query]:
    """The queries of the run in `folder`, which is made new or checked against what is asked now.

    `identity` holds what shapes samples: "seed", "config", "model", "template", "shots", and, where
    there are verifiers of the user's own, "verifiers" with a hash of each. The
    caller holds the lock. Raises `JournalError` naming every difference that would mix
    incompatible samples, and, without `amend`, every change of what is wanted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "manifest.json").is_file():
        return _create(folder, queries, identity)
    migrate(folder)
    manifest = read_manifest(folder, stage="sample")
    amended = _check_identity(folder, manifest, identity, amend=amend)
    known, added = _check_queries(folder, queries, amend=amend)
    if added:
        _append_queries(folder, added)
    if amended or added:
        manifest.update(finished=False)
    # Why the last session stopped says nothing of this one, should it be killed.
    summary = {**manifest.get("summary", {}), "stopped": None}
    manifest.update(config=dict(identity["config"]), queries=len(known) + len(added), summary=summary)
    manifest.update(model=dict(identity["model"]), teachers=dict(identity["teachers"]))
    if "verifiers" in identity:
        manifest.update(verifiers=dict(identity["verifiers"]))
    write_manifest(folder, manifest)
    return known + added


def migrate(folder: Path) -> None:
    """Bring a run directory of an older version to this one, step by step.

    Raises `JournalError` for one that a newer dartmath wrote.
    """
    manifest = read_manifest(folder, stage="sample")
    check_version(folder, manifest)
    version = int(manifest["journal"]["version"])
    while version < VERSION:
        if version not in MIGRATIONS:
            raise JournalError(f"{folder} has journal version {version}, which this dartmath cannot convert")
        MIGRATIONS[version](folder)
        version += 1
        manifest = read_manifest(folder, stage="sample")
        manifest["journal"] = {**manifest["journal"], "version": version}
        write_manifest(folder, manifest)


def check_version(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise `JournalError` if a newer dartmath wrote this run directory, or its manifest is damaged."""
    journal, *others = (manifest.get(key) for key in ("journal", "config", "summary"))
    found = journal.get("version") if isinstance(journal, Mapping) else None
    if not isinstance(found, int) or not all(isinstance(one, Mapping) for one in others):
        raise JournalError(f"{folder / 'manifest.json'} is damaged; restore it from a copy")
    if found > VERSION:
        raise JournalError(
            f"{folder} was written by a newer dartmath (journal version {found}, this one reads up to "
            f"{VERSION}); run: pip install --upgrade dartmath"
        )


def read_queries(folder: Path) -> Iterator[Query]:
    """The queries of the run, in the order of their counters."""
    path = folder / QUERIES
    try:
        with path.open("rb") as file:
            for line in file:
                yield Query.from_json(orjson.loads(line))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise JournalError(f"{path}: cannot be read ({error}); restore it from a copy") from error


def _create(folder: Path, queries: Sequence[Query], identity: Mapping[str, Any]) -> list[Query]:
    if (folder / "segments").is_dir():
        raise JournalError(f"{folder} has samples but no manifest.json; restore it or use another folder")
    # A crash may have left the queries alone.
    check_folder(folder, besides=(QUERIES,))
    write_queries(folder, queries)
    manifest = new_manifest(
        "sample", journal={"version": VERSION}, queries=len(queries), **identity, summary={}
    )
    write_manifest(folder, manifest)
    return list(queries)


def write_queries(folder: Path, queries: Sequence[Query]) -> None:
    """Write the list of queries of a new run."""
    write_text(folder / QUERIES, "".join(_line(query) for query in queries))


def _append_queries(folder: Path, added: Sequence[Query]) -> None:
    # Replaced as a whole: a torn append would leave half a query.
    text = (folder / QUERIES).read_text(encoding="utf-8")
    write_text(folder / QUERIES, text + "".join(_line(query) for query in added))


def _line(query: Query) -> str:
    return orjson.dumps(query.to_json(), option=orjson.OPT_APPEND_NEWLINE).decode()


def _check_identity(
    folder: Path, manifest: Mapping[str, Any], identity: Mapping[str, Any], *, amend: bool
) -> bool:
    """Whether anything amendable changed; raises on what may not change."""
    # A verifier that is new judges nothing that is there; whether queries may join is another question.
    changes = [
        c for c in _differing(manifest, identity) if not (c[0].startswith("verifiers") and c[1] is None)
    ]
    wrong = [c for c in changes if not c[0].startswith((*_FREE, *_AMENDABLE)) and not _joins(c)]
    if wrong and all(c[0].startswith("verifiers") for c in wrong):
        raise JournalError(
            f"what is in {folder} was judged by another version of a verifier of your own:\n"
            f"{_listing(wrong)}\n{_anew(folder)}"
        )
    if wrong:
        raise JournalError(
            f"the run in {folder} was sampled with other settings, and mixing them would spoil it:\n"
            f"{_listing(wrong)}\nuse those settings, sample into another folder, or delete this one"
        )
    wanted = [c for c in changes if c[0].startswith(_AMENDABLE) or _joins(c)]
    if wanted and not amend:
        raise JournalError(
            f"the run in {folder} was started with another goal:\n{_listing(wanted)}\n"
            "add --amend to go on with the new goal; samples that are there are kept and count"
        )
    return bool(wanted)


def _joins(change: tuple[str, Any, Any]) -> bool:
    """Whether the change is a further teacher that takes over, which the trials so far may leave room for."""
    path, before, now = change
    return (
        path.startswith("teachers.") and path.count(".") == 1 and before is None and now["after"] is not None
    )


def other_settings(manifest: Mapping[str, Any], identity: Mapping[str, Any]) -> list[str]:
    """Lines of what shaped a run's responses otherwise than `identity` says, such as another model."""
    same = ("seed", "verifiers", *_FREE, *_AMENDABLE)
    changes = [change for change in _differing(manifest, identity) if not change[0].startswith(same)]
    return [line.strip() for line in _listing(changes).splitlines()]


def served_model(folder: Path, manifest: Mapping[str, Any], engine: Mapping[str, Any]) -> str | None:
    """As which model the servers of a run answer, those of its earlier sessions and those of `engine`.

    None where no server took part. Raises `JournalError` where they are two models: the name that a server
    gives is all that tells them apart, and a recipe may be the same for both.
    """
    before, now = manifest.get("served"), engine.get("served")
    if before is None:  # a run of before this was recorded, or one without servers so far
        rows = [row for one in manifest.get("engines", ()) for row in one.get("servers", ())]
        before = next((row["model"] for row in rows if row.get("model")), None)
    if now is None or before is None or now == before:
        return now or before
    if "served" not in manifest and same_model(before, now):
        return str(now)
    raise JournalError(
        f"the samples in {folder} are of the model that answers as {before!r}, and the servers now answer as "
        f"{now!r}: the samples of two models may not be mixed; serve the first one again, or sample into "
        "another folder"
    )


def _differing(manifest: Mapping[str, Any], identity: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(dotted key, there, asked) wherever a run and an identity differ."""
    moved = _moved(manifest.get("model") or {}, identity["model"])
    there = {key: manifest.get(key) for key in identity}
    # Runs of before there were teachers have none.
    there["teachers"] = there.get("teachers") or {}
    changes = _changes(there, {"teachers": {}, **identity})
    return [change for change in changes if change[0] not in moved]


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys that tell no difference: the path of a folder whose fingerprint says it is the same model.

    Runs of before there were fingerprints are known by their model's path alone.
    """
    if not old.get("fingerprint"):
        return ("model.fingerprint",)
    return ("model.name",) if old["fingerprint"] == new.get("fingerprint") else ()


def _check_queries(folder: Path, queries: Sequence[Query], *, amend: bool) -> tuple[list[Query], list[Query]]:
    """(queries that the run has, in its order; queries that it does not have yet)."""
    given = {query.id: query for query in queries}
    known: list[Query] = []
    missing: list[str] = []
    # One stored query in memory at a time: there may be a million.
    for stored in read_queries(folder):
        asked = given.pop(stored.id, None)
        if asked is None:
            missing.append(stored.id)
            continue
        if _content(stored) != _content(asked):
            raise JournalError(
                f"query {stored.id!r} of {folder} has changed its text or references; "
                f"give it another id, or sample into another folder; {_anew(folder)}"
            )
        known.append(asked)
    if missing:
        total = len(known) + len(missing)
        raise JournalError(
            f"{len(missing)} of the {total} queries of {folder} are not asked for any more (first: "
            f"{missing[0]!r}); ask for all of them, or sample into another folder; {_anew(folder)}"
        )
    added = list(given.values())
    if added and not amend:
        raise JournalError(
            f"{len(added)} queries are not yet part of the run in {folder} (first: {added[0].id!r}); "
            "add --amend to add them"
        )
    return known, added


def _anew(folder: Path) -> str:
    """The way out where responses stay good and what they are judged by has changed."""
    return f"to judge what is there anew: dartmath regrade {folder} --recipe RECIPE --into NEW-FOLDER"


def _content(query: Query) -> tuple[str, tuple[str, ...], str]:
    return query.text, query.references, query.verifier


def _changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(dotted key, old, new) wherever two nested mappings differ."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        if old != new:
            yield path, old, new
        return
    for key in sorted({*old, *new}):
        yield from _changes(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))


def _listing(changes: Sequence[tuple[str, Any, Any]]) -> str:
    return "\n".join(
        f"  {path.removeprefix('config.')}: {old!r} there, {new!r} asked" for path, old, new in changes
    )


def content_hash(value: Any) -> str:
    """12 hexadecimal digits of a JSON-serialisable value."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
