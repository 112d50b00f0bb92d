"""run_study: from a pool to the result, cell by cell; killed anywhere, the same call goes on.

FOLDER/base/KEY/          the evaluation of the base model
FOLDER/cells/KEY/         one cell: its set, its evaluation, its log, cell.json
FOLDER/result.json        what `--json` prints
FOLDER/curve.svg          accuracy over size, band by band
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dartmath.base.errors import ConfigError, DataError, RunError
from dartmath.base.files import write_text
from dartmath.base.run_lock import RunLock
from dartmath.base.terminal import info, progress_bar, warn
from dartmath.curation.bands import band_of
from dartmath.curation.pool import QueryPool, read_pool
from dartmath.evaluation.run import load_benchmarks
from dartmath.evaluation.score import Benchmark
from dartmath.sampling.journal import open_journal
from dartmath.sampling.journal_manifest import content_hash
from dartmath.study.cell import CellResult, Scores, evaluate_model, read_cell
from dartmath.study.design import Cell, Study
from dartmath.study.figure import draw_curves
from dartmath.study.result import StudyResult
from dartmath.study.summary import Bands, summarise
from dartmath.study.workers import LOG, run_cells

FOLDER = "study"
"""Of a run, beside the folders of its stages."""

RESULT = "result.json"
FIGURE = "curve.svg"


def run_study(study: Study) -> StudyResult:
    """Run every cell of `study` that is not finished, and sum up.

    Raises `JournalError` while another process runs the study, and `RunError` when cells failed, after all
    others; a cell fails before its training where the pool cannot give its arm the size. Stopped by Ctrl-C,
    it leaves the result of what is finished.
    """
    benchmarks = load_benchmarks(study.evaluation)
    bands = bands_of(benchmarks, study.section.headline)
    study.folder.mkdir(parents=True, exist_ok=True)
    with RunLock(study.folder):
        cells = study.cells(pool_identity(study.pool))
        try:
            failures = _run_missing(study, cells)
        except KeyboardInterrupt:
            _write_finished(study, cells, bands)
            raise
        result = _write_result(study, cells, bands)
    if failures:
        raise RunError("\n".join([*failures, "the same command runs these cells again, and no others"]))
    return result


def _write_finished(study: Study, cells: Sequence[Cell], bands: Bands) -> None:
    """The result of a study that is stopped, where a cell of it is finished."""
    if any(read_cell(cell.folder) for cell in cells):
        _write_result(study, cells, bands)
        info(f"what is finished: dartmath report {study.folder.parent}")


def _write_result(study: Study, cells: Sequence[Cell], bands: Bands) -> StudyResult:
    result = read_study(study, cells, bands)
    write_text(study.folder / RESULT, json.dumps(result.to_json(), indent=1) + "\n")
    write_text(study.folder / FIGURE, draw_curves(result))
    return result


def _run_missing(study: Study, cells: Sequence[Cell]) -> list[str]:
    """Run what is not there; the failures, in words."""
    todo = {cell.key: cell for cell in cells if read_cell(cell.folder) is None}
    base_scores(study)
    info(f"{len(cells)} cells, {len({c.key for c in cells}) - len(todo)} of them are there")
    failures = []
    done = 0
    with progress_bar("cells", len(todo)) as bar:
        for one in (
            run_cells(list(todo.values()), study.section.parallel, study.section.devices) if todo else ()
        ):
            done += 1
            bar.update(done, note=one.cell.label)
            if one.failure:
                warn(f"{one.cell.label} failed: {one.failure}")
                failures.append(f"{one.cell.label}: {one.failure.splitlines()[0]} ({one.cell.folder / LOG})")
    return failures


def read_study(study: Study, cells: Sequence[Cell], bands: Bands) -> StudyResult:
    """The result of those of `cells` that are finished; `DataError` when none is."""
    found: list[CellResult] = []
    missing: list[str] = []
    for cell in cells:
        result = read_cell(cell.folder)
        if result is None:
            missing.append(cell.label)
        else:
            # Arms that come to the same cell share its folder, under either name.
            found.append(_named(result, cell))
    if not found:
        raise DataError("no cell of the study is finished", path=study.folder)
    return summarise(
        study.name,
        found,
        base_scores(study),
        bands,
        baseline=study.section.reference,
        headline=study.section.headline,
        missing=missing,
        duplicates=duplicates_of(study.pool) if any(arm.curation.deduplicate for arm in study.arms) else None,
    )


def _named(result: CellResult, cell: Cell) -> CellResult:
    from dataclasses import replace

    return replace(result, arm=cell.arm.name, size=cell.size.label, seed=cell.seed)


def base_scores(study: Study) -> Scores:
    """The scores of the base model, evaluated once."""
    identity = [study.base_identity, study.template.hash, study.benchmarks, study.seed]
    section = study.evaluation.model_dump(mode="json", exclude={"engine", "workers", "verify_seconds"})
    folder = study.folder / "base" / content_hash([identity, section])
    path = folder / "scores.json"
    if not path.is_file():
        scores = evaluate_model(study, study.base, folder)
        write_text(path, json.dumps(scores) + "\n")
    loaded: Scores = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def bands_of(benchmarks: Sequence[Benchmark], headline: Sequence[str] = ()) -> Bands:
    """The queries of every band: the benchmark's own name, or the levels or bands of its queries.

    Raises `ConfigError` for a band of the `headline` that no benchmark has.
    """
    bands: Bands = {}
    for one in benchmarks:
        names = band_of(one.queries)
        for id, name in names.items():
            bands.setdefault(name if name != one.source.dataset else one.name, []).append((one.name, id))
    if unknown := [band for band in headline if band not in bands]:
        known = ", ".join(bands)
        raise ConfigError(f"study.headline: there is no band {unknown[0]!r}; the benchmarks have {known}")
    return bands


def pool_identity(folder: Path) -> str:
    """A hash of all that a journal says of trials: which there are, how they ended, what correct ones say."""
    digest = hashlib.blake2b(digest_size=8)
    for pool in sorted(read_pool(open_journal(folder)), key=lambda one: one.query.id):
        digest.update(_told(pool))
    return digest.hexdigest()


def duplicates_of(folder: Path) -> dict[str, float]:
    """By band of the pool's queries: the share of correct responses that repeat one to the same query."""
    pools = [pool for pool in read_pool(open_journal(folder)) if pool.candidates]
    bands = band_of([pool.query for pool in pools])
    correct, distinct = Counter[str](), Counter[str]()
    for pool in pools:
        correct[bands[pool.query.id]] += len(pool.candidates)
        distinct[bands[pool.query.id]] += len({candidate.digest for candidate in pool.candidates})
    return {band: 1 - distinct[band] / count for band, count in correct.items()}


def read_result(folder: Path) -> StudyResult | None:
    """The last result of the study in a folder; None where none is there, `DataError` for a damaged one."""
    path = folder / RESULT
    if not path.is_file():
        return None
    try:
        return StudyResult.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"damaged result of a study ({error}); run the study again", path=path) from error


def _told(pool: QueryPool) -> bytes:
    head = f"{pool.query.id}:{pool.query.text}:{pool.query.references}:{len(pool.outcomes)}:"
    return b"".join(
        (head.encode("utf-8", "surrogatepass"), pool.outcomes, *(c.digest for c in pool.candidates))
    )
