"""Functions over many texts in worker processes: the same results in the same order, whatever happens."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dartmath.base import workers
from dartmath.base.workers import map_in_order
from dartmath.curation.config import CurationSection
from dartmath.curation.run import prepared_pools
from dartmath.export import ExportSection, export
from dartmath.sampling.journal import open_journal
from export.pool import make_pool

TEXTS = [f"3 + {i} = {i + 3 + i % 2}.\nThen half \ud835 a \u2028 line{'.' * (i % 7)}" for i in range(300)]
LABELS = "dartmath.export.stepwise:labels_of"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches so small that a few rows are shared out."""
    monkeypatch.setattr(workers, "_ALONE", 2)
    monkeypatch.setattr(workers, "_BATCH", 3)


def labelled(count: int, **given: Any) -> list[tuple[str, Any]]:
    return list(map_in_order(LABELS, TEXTS[:count], lambda text: (text, True), **given))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("count", [0, 2, 300])
def test_results_do_not_depend_on_the_number_of_workers(count: int) -> None:
    alone = labelled(count, workers=0)
    assert [text for text, _ in alone] == TEXTS[:count]
    assert [labels for _, labels in alone[:2]] == [[True] * 3, [False] * 3][:count]
    assert labelled(count, workers=3) == alone


@pytest.mark.usefixtures("small")
def test_an_item_without_work_has_no_result() -> None:
    found = map_in_order(LABELS, range(20), lambda i: None if i % 3 else (TEXTS[i], True), workers=2)
    assert [i for i, labels in found if labels is not None] == [*range(0, 20, 3)]


@pytest.mark.usefixtures("small")
def test_what_a_dead_worker_leaves_is_computed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = workers._ask
    killed: list[int] = []

    def deadly(process: Any, batch: list[Any]) -> list[Any]:
        if not killed:
            killed.append(process.pid)
            os.kill(process.pid, signal.SIGKILL)
        return ask(process, batch)

    monkeypatch.setattr(workers, "_ask", deadly)
    assert labelled(300, workers=2) == labelled(300, workers=0)
    assert killed


@pytest.mark.usefixtures("small")
def test_workers_end_when_nobody_wants_more() -> None:
    """And items are read a few batches ahead, not all at once."""
    read: list[int] = []

    def items() -> Iterator[int]:
        for i in range(300):
            read.append(i)
            yield i

    found = map_in_order("os:getpgid", items(), lambda i: 0 if i > 1 else None, workers=2)
    groups = {group for _, (_, group) in zip(range(8), found, strict=False) if group is not None}
    assert groups and os.getpgid(0) not in groups
    assert len(read) <= 2 + 3 * 6
    found.close()  # type: ignore[attr-defined]
    for group in groups:
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("form", "rejected"), [("stepwise", "frequent"), ("preference", "near")])
def test_exports_do_not_depend_on_the_number_of_workers(
    form: str, rejected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, files = make_pool(tmp_path / "pool"), []
    for cpus in (1, 3):
        monkeypatch.setattr(workers, "available_cpus", lambda cpus=cpus: cpus)
        out = tmp_path / f"{cpus}.jsonl"
        export(pool, form, out, section=ExportSection(pairs=4, rejected=rejected))
        files.append(out.read_bytes())
    assert files[0] and files[0] == files[1]


@pytest.mark.usefixtures("small")
def test_candidates_do_not_depend_on_the_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, found = make_pool(tmp_path / "pool"), []
    section = CurationSection.model_validate({"choose": {"kind": "diverse"}})
    for cpus in (1, 3):
        monkeypatch.setattr(workers, "available_cpus", lambda cpus=cpus: cpus)
        pools, _ = prepared_pools(open_journal(pool), section)
        found.append([one.candidates for one in pools])
    assert found[0] == found[1] and all(one.sketch for candidates in found[0] for one in candidates)
