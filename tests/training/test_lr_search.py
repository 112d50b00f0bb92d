"""The learning-rate search finds the best rate, goes on after an interruption, and records failures."""

import math
from pathlib import Path

import pytest

from dartmath.base.errors import ConfigError, DataError, TrainingError
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.lr_search import best_trial, rate_folder, read_trials, search
from dartmath.training.run import TrainingSummary, train
from training.material import examples, write_jsonl

GRID = [1e-4, 1e-2, 3e-2]


@pytest.fixture
def section() -> TrainingSection:
    return TrainingSection(epochs=2, batch_size=4, max_length=256, dtype="float32", warmup=0.0)


@pytest.fixture
def searched(tiny_llama: str, tmp_path: Path, section: TrainingSection) -> tuple[Path, list[float]]:
    """A finished search that scores a model by its loss; and the rates it trained, in order."""
    data = write_jsonl(tmp_path / "rows.jsonl", examples(20))
    out, trained = tmp_path / "search", []

    def train_at(at: TrainingSection, folder: Path) -> TrainingSummary:
        trained.append(at.learning_rate)
        return train(at, ModelSection(name=tiny_llama), load_template("qa"), [data], folder)

    def score(folder: Path) -> float:
        from dartmath.base.manifest import read_manifest

        return -float(read_manifest(folder)["summary"]["last_loss"])

    first = search(section, train_at, score, out, grid=GRID[:2])
    assert [trial.learning_rate for trial in first] == GRID[:2]
    search(section, train_at, score, out, grid=GRID, metric="minus the loss")
    return out, trained


def test_no_rate_is_trained_twice_and_the_best_is_found(searched: tuple[Path, list[float]]) -> None:
    out, trained = searched
    assert trained == GRID
    trials = read_trials(out)
    assert best_trial(trials).score == max(trial.score or -math.inf for trial in trials)
    assert best_trial(trials).learning_rate != GRID[0]
    assert (rate_folder(out, GRID[1]) / "model.safetensors").is_file()
    page = (out / "lr_search.html").read_text()
    assert "minus the loss" in page
    assert "src=" not in page.split("<body>")[1].split("<div")[0]  # nothing is fetched


def test_a_rate_that_fails_is_recorded_and_the_others_go_on(section: TrainingSection, tmp_path: Path) -> None:
    def train_at(at: TrainingSection, folder: Path) -> TrainingSummary:
        if at.learning_rate > 1e-3:
            raise TrainingError("the loss became nan")
        return _summary()

    trials = search(section, train_at, lambda _: 0.5, tmp_path, grid=GRID)
    assert [trial.score for trial in trials] == [0.5, None, None]
    assert trials[1].failure == "the loss became nan"
    page = (tmp_path / "lr_search.html").read_text()
    assert '"hovertext":["the loss became nan","the loss became nan"]' in page
    assert '"name":"best"' in page
    with pytest.raises(TrainingError, match="no learning rate"):
        search(section, train_at, lambda _: 0.5, tmp_path / "other", grid=GRID[1:])


def test_of_equal_scores_the_lowest_rate_wins(section: TrainingSection, tmp_path: Path) -> None:
    trials = search(section, lambda _, __: _summary(), lambda _: 0.5, tmp_path, grid=[2e-5, 1e-5, 1e-5])
    assert [trial.learning_rate for trial in trials] == [1e-5, 2e-5]
    assert best_trial(trials).learning_rate == 1e-5


def test_bad_grids_and_damaged_results_are_refused(section: TrainingSection, tmp_path: Path) -> None:
    for grid in ([], [0.0], [-1e-5, 1e-5], [math.inf]):
        with pytest.raises(ConfigError, match="positive learning rates"):
            search(section, lambda _, __: _summary(), lambda _: 0.5, tmp_path, grid=grid)
    (tmp_path / "lr_search.jsonl").write_text('{"learning_rate": 1}\n{"rate": 2}\n')
    with pytest.raises(DataError, match=r"lr_search\.jsonl:1"):
        read_trials(tmp_path)


def _summary() -> TrainingSummary:
    return TrainingSummary(
        examples=1,
        dropped={},
        sequences=1,
        efficiency=1.0,
        tokens=1,
        trained_tokens=1,
        steps=1,
        epochs=1.0,
        seconds=1.0,
        tokens_per_second=1.0,
        first_loss=2.0,
        last_loss=1.0,
        parameters=1,
        trainable=1,
        dtype="float32",
        attention="sdpa",
    )
