from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from dartmath.base.errors import ConfigError, DataError, RunError
from dartmath.curation.config import CurationSection
from dartmath.sampling.policy import Prop2Diff
from dartmath.study.cell import run_cell
from dartmath.study.config import StudySize
from dartmath.study.design import Arm
from dartmath.study.plan import plan_study
from dartmath.study.run import FIGURE, RESULT, bands_of, run_study
from dartmath.study.tables import tables
from dartmath.training.rows import read_rows
from study.made import ROWS, TRAINING, UNIFORM_ARM, make, with_section

KILLS = 10


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished study."""
    folder = tmp_path_factory.mktemp("study")
    run_study(make(folder))
    return folder


def cells(folder: Path) -> dict[str, Path]:
    """The results of finished cells, by key."""
    return {path.parent.name: path for path in (folder / "study" / "cells").glob("*/cell.json")}


def told(folder: Path) -> dict[tuple[str, str, int], Any]:
    """What cells say, but for the time that they took, by arm, size and seed.

    Keys of cells and ids of queries know the folder, so scores are summed.
    """
    found = [json.loads(path.read_text()) for path in cells(folder).values()]
    for cell in found:
        cell["scores"] = [sum(scores.values()) for scores in cell["scores"].values()]
    return {
        (cell["arm"], cell["size"], cell["seed"]): {name: v for name, v in cell.items() if name != "seconds"}
        for cell in found
    }


@pytest.mark.slow
def test_all_sets_have_exactly_the_size(finished: Path) -> None:
    assert len(cells(finished)) == 4
    for path in cells(finished).values():
        rows = [row for batch in read_rows(str(path.parent / "dataset")) for row in batch]
        assert len(rows) == ROWS == sum(json.loads(path.read_text())["rows"].values())


@pytest.mark.slow
def test_the_result_has_every_arm_band_and_number(finished: Path) -> None:
    result = json.loads((finished / "study" / RESULT).read_text())
    assert [arm["arm"] for arm in result["arms"]] == ["vrt", "uniform"]
    assert [arm["seeds"] for arm in result["arms"]] == [[1, 2], [1, 2]]
    assert set(result["bands"]) == {"level 0", "level 1"}
    assert set(result["arms"][1]["difference"]) == {"level 0", "level 1", "mean"}
    assert result["arms"][0]["difference"] == {}
    assert all(arm["steps"] == TRAINING.max_steps for arm in result["arms"])
    assert "<svg" in (finished / "study" / FIGURE).read_text()
    assert not (finished / "study" / "cells" / next(iter(cells(finished))) / "model").exists()


@pytest.mark.slow
def test_an_arm_or_a_seed_that_is_added_costs_only_itself(finished: Path) -> None:
    study = make(finished)
    before = {key: path.stat().st_mtime_ns for key, path in cells(finished).items()}
    more = with_section(study, seeds=[1, 2, 3])
    extra = Arm("prop2diff", CurationSection(policy=Prop2Diff(cap=40)), TRAINING, {})
    twin = replace(UNIFORM_ARM, name="the same under another name")
    planned = plan_study(replace(more, arms=(*study.arms, extra)), device="A100", mfu=0.4)
    assert {arm.arm: (arm.cells, arm.left) for arm in planned.arms} == {
        "vrt": (3, 1),
        "uniform": (3, 1),
        "prop2diff": (3, 3),
    }
    result = run_study(with_section(replace(study, arms=(*study.arms, twin)), seeds=[1, 2]))
    assert {key: path.stat().st_mtime_ns for key, path in cells(finished).items()} == before
    assert result.at(result.sizes[0])[2].accuracy == result.at(result.sizes[0])[1].accuracy
    assert next(table.title for table in tables(result)).startswith(f"Accuracy at {ROWS} rows")


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_the_others_run(tmp_path: Path) -> None:
    study = make(tmp_path)
    bad = Arm("broken", CurationSection(check="nowhere.py:sound"), TRAINING, {})
    too_long = replace(UNIFORM_ARM, name="nan", training=TRAINING.model_copy(update={"learning_rate": 1e30}))
    with pytest.raises(ConfigError, match="nowhere"):
        run_study(replace(study, arms=(*study.arms, bad)))
    with pytest.raises(RunError, match="nan, 40 rows, seed 1"):
        run_study(with_section(replace(study, arms=(*study.arms, too_long)), seeds=[1]))
    assert len(cells(tmp_path)) == 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_ten_random_moments_it_comes_to_the_same_table(finished: Path, tmp_path: Path) -> None:
    """Moments are in files that the study makes, so that each is in its work, however slow the machine is.

    A study that ends before its next kill must be the same; the kills that are left go to another.
    """
    rng, script = random.Random(5), Path(__file__).with_name("made.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    kills = number = 0
    while kills < KILLS:
        folder = tmp_path / str(number)
        make(folder)
        before = files(folder / "study")
        process = subprocess.Popen(
            [sys.executable, str(script), str(folder)], env=environment, stderr=subprocess.DEVNULL
        )
        moment = rng.randint(1, 5)
        while process.poll() is None and len(files(folder / "study") - before) < moment:
            time.sleep(0.01)
        time.sleep(rng.uniform(0.0, 0.2))
        process.kill()
        if process.wait() == -signal.SIGKILL:
            kills += 1
            continue
        assert_same(finished, folder)
        number += 1
    subprocess.run(
        [sys.executable, str(script), str(folder)], env=environment, check=True, stderr=subprocess.DEVNULL
    )
    assert_same(finished, folder)


def assert_same(finished: Path, folder: Path) -> None:
    """What a study that was killed says, against one that nobody killed."""
    first = run_study(make(finished)).to_json()
    assert len(told(folder)) == 4
    assert told(folder) == {key: told(finished)[key] for key in told(folder)}
    assert json.loads((folder / "study" / RESULT).read_text()) == json.loads(json.dumps(first))


def files(folder: Path) -> set[str]:
    """What lies below a folder while others write there."""
    return {str(Path(path, name)) for path, _, names in os.walk(folder) for name in names}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ctrl_c_ends_every_process_and_the_same_command_goes_on(finished: Path, tmp_path: Path) -> None:
    """A terminal tells its whole group of processes; the study's workers have a session of their own."""
    make(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(Path(__file__).with_name("made.py")), str(tmp_path)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    while not (workers := in_training(process.pid, tmp_path)):
        assert process.poll() is None, "a worker trains, in a session of its own, while cells are missing"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=300) != 0
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive
    assert len(cells(tmp_path)) < 4
    so_far = json.loads((tmp_path / "study" / RESULT).read_text())
    assert so_far["arms"], "what is finished is told"
    assert len(so_far["missing"]) == 4 - len(cells(tmp_path))
    subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
    assert len(told(tmp_path)) == 4
    assert told(tmp_path) == {key: told(finished)[key] for key in told(tmp_path)}


def in_training(pid: int, folder: Path) -> list[psutil.Process]:
    """All processes of a study of which one cell is finished and the next trains, in a session of its own."""
    logs = {path.parents[1].name for path in (folder / "study" / "cells").glob("*/model/training_log.jsonl")}
    if len(cells(folder)) != 1 or logs <= cells(folder).keys():
        return []
    workers = psutil.Process(pid).children(recursive=True)
    return workers if any(os.getsid(child.pid) == child.pid for child in workers) else []


@pytest.mark.parametrize(
    ("size", "said"), [({"rows": 5000}, "of the 5,000 rows"), ({"tokens": 10**7}, "tokens")]
)
def test_a_size_that_the_pool_lacks_is_an_error_before_training(
    size: dict[str, int], said: str, tmp_path: Path
) -> None:
    study = with_section(make(tmp_path), sizes=[StudySize(**size)])
    cell = study.cells("pool")[0]
    with pytest.raises(DataError, match=said):
        run_cell(cell)
    assert not (cell.folder / "model").exists()


def test_a_headline_names_bands_that_are_there() -> None:
    with pytest.raises(ConfigError, match="no band 'hard'"):
        bands_of([], ["hard"])
