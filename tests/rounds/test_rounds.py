"""Rounds of a real, tiny model: which model does what, when it stops, and that kills change nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dartmath.base.errors import ConfigError, JournalError
from dartmath.base.round_folders import round_folder, round_folders
from dartmath.base.section import validate
from dartmath.cli._options import parse_set
from dartmath.model import fingerprint
from dartmath.pipeline.rounds import round_recipe, run_rounds
from dartmath.pipeline.stages import run_recipe
from dartmath.recipe import Recipe, load_recipe, single
from dartmath.report.runs import find_runs
from dartmath.rounds.config import RoundsSection
from dartmath.rounds.result import RoundsResult, decide, read_rounds
from dartmath.sampling.journal import journal_folder
from rounds.made import made

KILLS = 20
SERVER = {"kind": "openai", "base_urls": ["http://127.0.0.1:9/v1"]}
# A recipe that names nothing that is loaded before the rounds themselves are checked.
PLAIN: dict[str, Any] = {
    "name": "plain",
    "seed": 5,
    "model": {"name": "teacher/model"},
    "template": "qa",
    "queries": [{"dataset": "reasoning-gym/basic_arithmetic", "select": {"n": 2}}],
    "training": {"model": "student/model", "revision": "abc", "template": "alpaca"},
    "evaluation": {"benchmarks": [{"dataset": "reasoning-gym/basic_arithmetic", "select": {"n": 2}}]},
    "rounds": 3,
}


def plain(**keys: Any) -> Recipe:
    return validate(Recipe, {**PLAIN, **keys}, where="recipe.yaml")


@pytest.mark.parametrize(
    ("scores", "before", "keys", "best", "says"),
    [
        ([0.5], 0.4, {}, 1, None),
        ([0.4], 0.4, {}, 0, "has not risen in the last round"),
        ([0.5, 0.45], 0.4, {}, 1, "has not risen in the last round"),
        ([0.5, 0.45], 0.4, {"patience": 2}, 1, None),
        ([0.5, 0.45, 0.49], 0.4, {"patience": 2}, 1, "last 2 rounds"),
        ([0.5, 0.45, 0.6], 0.4, {"patience": 2}, 3, "all 3 rounds"),
        ([0.2], None, {}, 1, None),
        ([0.45], 0.4, {"least_rise": 0.1}, 0, "has not risen"),
        ([0.5, 0.6], 0.4, {"count": 2}, 2, "all 2 rounds"),
        ([0.1 + 0.2], 0.3, {}, 0, "has not risen"),  # the rounding of floating point is no rise
    ],
)
def test_when_it_stops_and_what_is_best(
    scores: list[float], before: float | None, keys: dict[str, Any], best: int, says: str | None
) -> None:
    found, stopped = decide(scores, before, RoundsSection(**keys))
    assert found == best
    assert (says in stopped) if stopped and says else stopped is says


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=8),
    st.one_of(st.none(), st.integers(0, 20)),
    st.integers(1, 3),
)
def test_the_best_round_is_the_first_of_the_highest_and_nothing_follows_a_stop(
    scores: list[int], before: int | None, patience: int
) -> None:
    section = RoundsSection(count=len(scores), patience=patience)
    shares = [score / 20 for score in scores]
    first = None if before is None else before / 20
    best, stopped = decide(shares, first, section)
    assert stopped
    known = [-1.0 if first is None else first, *shares]
    assert best == known.index(max(known))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"rounds": {"count": 0}}, "rounds.count: "),
        ({"rounds": {"start": "best"}}, "rounds.start: "),
        ({"rounds": {"held_ot": []}}, 'did you mean "held_out"?'),
        ({"rounds": True}, "rounds: not a section: True"),
        ({"rounds": "three"}, "rounds: not a section: 'three'"),
    ],
)
def test_bad_keys_are_named(bad: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plain(**bad)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"training": None}, "no `training:` section, which rounds need"),
        ({"evaluation": None}, "no `evaluation:` section, which rounds need"),
        ({"study": {"arms": {"a": {}}, "sizes": [{"rows": 3}]}}, "take one of them out"),
        ({"rounds": {"later": {"sampling.temprature": 1}}}, 'did you mean "temperature"?'),
        ({"rounds": {"later": {"queries": []}}}, "'queries' cannot differ between rounds"),
        ({"rounds": {"later": {"training.model": "x"}}}, "'training.model' cannot differ between rounds"),
        ({"rounds": {"held_out": ["math/valid"]}}, "there is no benchmark 'math/valid'"),
        ({"rounds": {"sets": "all"}, "training": {"objective": "dpo"}}, "objective dpo does not train on"),
        ({"rounds": {"start": "last"}, "training": {"lora": {"merge": False}}}, "adapters alone"),
        (
            {"engine": SERVER, "evaluation": {**PLAIN["evaluation"], "engine": SERVER}},
            "which a server does not serve",
        ),
    ],
)
def test_what_a_later_round_would_refuse_is_refused_first(
    keys: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        run_rounds(plain(**keys, run=str(tmp_path / "run")))
    assert says in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_a_later_round_is_asked_as_its_model_was_trained() -> None:
    recipe = plain(
        engine=SERVER, run="runs/x", rounds={"later": {"sampling.shots": 2}, "start": "base", "sets": "all"}
    )
    first, third = round_recipe(recipe, 1), round_recipe(recipe, 3)
    assert first.model == recipe.model and first.training == recipe.training and first.engine == recipe.engine
    assert third.model.name == str(Path("runs/x/round-2/model"))
    assert third.template == "alpaca" and third.engine.kind == "transformers" and third.sampling.shots == 2
    assert third.training is not None and third.evaluation is not None
    assert (third.training.model, third.training.revision) == ("student/model", "abc")
    assert [one.path for one in third.training.datasets] == [f"runs/x/round-{n}/dataset" for n in (1, 2)]
    assert not third.evaluation.before
    assert [round_recipe(recipe, n).seed for n in (1, 2, 3)] == [5, 6, 7]
    assert third.rounds is None


def test_from_the_last_model() -> None:
    second = round_recipe(plain(run="x", rounds={"start": "last"}), 2)
    assert second.training is not None
    assert second.training.model == second.model.name == str(Path("x/round-1/model"))
    assert second.training.revision is None and second.training.datasets == []


def test_passwords_of_servers_reach_the_first_round() -> None:
    engine = {"kind": "openai", "base_urls": ["https://me:sesame@host:8000/v1"]}
    first = round_recipe(plain(engine=engine), 1)
    assert first.engine.base_urls == engine["base_urls"]  # type: ignore[union-attr]


def test_one_pass_is_refused_with_the_way_to_a_round(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"round-1/recipe\.yaml"):
        run_recipe(plain(run=str(tmp_path / "run")))
    assert not (tmp_path / "run").exists()


def test_the_recipe_makes_one_pass_where_it_is_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(plain().to_yaml())
    assert single(load_recipe(str(path), parse_set(["rounds=null"]))).rounds is None
    with pytest.raises(ConfigError, match="--set rounds=null"):
        single(load_recipe(str(path)))


def test_rounds_are_found_in_their_order(tmp_path: Path) -> None:
    for name in ("round-10", "round-9", "round-1", "round-0", "round-x", "rounds"):
        (tmp_path / name).mkdir()
    (tmp_path / "round-3").write_text("a file")
    assert [path.name for path in round_folders(tmp_path)] == ["round-1", "round-9", "round-10"]
    (tmp_path / "round-9" / "sample").mkdir()
    (tmp_path / "round-9" / "sample" / "manifest.json").write_text("{}")
    assert journal_folder(tmp_path) == tmp_path / "round-9" / "sample"


def in_one_thread(script: str, *arguments: str) -> str:
    """What a script of this folder prints; sums of several threads are rounded in another order."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three finished rounds."""
    folder = tmp_path_factory.mktemp("rounds")
    in_one_thread("made.py", str(folder))
    return folder


def result_of(folder: Path) -> RoundsResult:
    found = read_rounds(folder / "run")
    assert found is not None
    return found


def rows(dataset: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(dataset / "train.parquet").to_pylist()
    return found


def told(folder: Path) -> tuple[str, list[str], str]:
    """Sets, models and table of a finished run, but for the folder in which it lies."""
    runs = round_folders(folder / "run")
    sets = json.dumps([rows(run / "dataset") for run in runs])
    table = (folder / "run" / "rounds.json").read_text()
    models = [fingerprint(run / "model") for run in runs]
    return sets.replace(str(folder), ""), models, table.replace(str(folder), "")


@pytest.mark.slow
def test_every_round_samples_with_the_model_before_and_trains_the_base(finished: Path) -> None:
    result, run = result_of(finished), finished / "run"
    models = [fingerprint(one / "model") for one in round_folders(run)]
    base = fingerprint(finished / "llama")
    assert [one.model for one in result.rounds] == models
    assert len({base, *models}) == 4
    assert [one.sampler for one in result.rounds] == [base, *models[:2]]
    assert {one.base for one in result.rounds} == {base}
    assert result.before is not None and all(one.change for one in result.rounds)
    assert result.stopped == "all 3 rounds are done"
    for number, one in enumerate(result.rounds, start=1):
        assert one.rows == len(rows(round_folder(run, number) / "dataset")) > 0


@pytest.mark.slow
def test_a_finished_run_does_nothing(finished: Path) -> None:
    parts = [p for p in (finished / "run").rglob("*") if p.suffix in (".parquet", ".safetensors")]
    kept = [p for p in parts if p.name != "rows.parquet"]  # evaluations are scored again
    before, said = {p: p.stat().st_mtime_ns for p in kept}, told(finished)
    run_rounds(made(finished))
    assert len(before) > 9 and before == {p: p.stat().st_mtime_ns for p in kept}
    assert told(finished) == said


@pytest.mark.slow
def test_the_report_shows_every_round(finished: Path) -> None:
    page = (finished / "run" / "report.html").read_text()
    assert "Round by round" in page and "Pass@1 by round" in page
    assert all(one.model in page for one in result_of(finished).rounds)
    assert [run.name for run in find_runs([finished / "run"])] == ["round-1", "round-2", "round-3"]


@pytest.mark.slow
def test_cards_say_which_round_was_chosen_and_by_what(finished: Path) -> None:
    result = result_of(finished)
    for one in result.rounds:
        card = (round_folder(finished / "run", one.number) / "model" / "README.md").read_text()
        assert f"The model is of round {one.number} of 3 of expert iteration" in card
        assert ("chosen by its mean score on" in card) == (one.number == result.best)


@pytest.mark.slow
def test_another_model_in_a_rounds_place_is_refused(finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    recipe = made(finished).model_copy(update={"run": str(tmp_path / "run")})
    run = tmp_path / "run"
    weights = round_folder(run, 1) / "model" / "model.safetensors"
    weights.write_bytes((round_folder(run, 2) / "model" / "model.safetensors").read_bytes())
    with pytest.raises(JournalError, match=r"model\.fingerprint"):
        run_rounds(recipe)


@pytest.mark.slow
def test_sets_of_all_rounds_and_the_last_model(tmp_path: Path) -> None:
    run_rounds(made(tmp_path, count=2, start="last", sets="all"))
    result, second = result_of(tmp_path), round_folder(tmp_path / "run", 2)
    assert result.rounds[1].base == result.rounds[1].sampler == result.rounds[0].model
    manifest = json.loads((second / "model" / "manifest.json").read_text())
    sets = [round_folder(tmp_path / "run", n) / "dataset" for n in (2, 1)]
    assert manifest["inputs"] == [str(path) for path in sets]
    assert manifest["summary"]["examples"] == sum(len(rows(path)) for path in sets)


@pytest.mark.slow
def test_it_stops_where_nothing_can_rise_enough(tmp_path: Path) -> None:
    result = run_rounds(made(tmp_path, patience=1, least_rise=0.99))
    assert len(result.rounds) == 1 and result.best == 0
    assert not round_folder(tmp_path / "run", 2).exists()
    again = run_rounds(made(tmp_path, patience=2, least_rise=0.99))
    assert len(again.rounds) == 2 and again.rounds[0] == result.rounds[0]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_random_moments_it_comes_to_the_same(finished: Path, tmp_path: Path) -> None:
    killed = in_one_thread("killable.py", str(tmp_path), str(KILLS))
    assert int(killed) >= 5, "it should take long enough to be killed several times"
    assert told(tmp_path) == told(finished)
