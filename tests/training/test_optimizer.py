"""Optimisers and schedules: each learns, resumes, and has the learning rates that it promises."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dartmath.base.errors import ConfigError, MissingDependencyError
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import TrainingSection
from dartmath.training.hardware import check_options
from dartmath.training.log import read_log
from dartmath.training.optimizer import MuonAdamW
from dartmath.training.run import TrainingSummary, train
from training.material import examples, write_jsonl

PEAK, STEPS = 1e-2, 20
BASE: dict[str, Any] = {"epochs": 20, "batch_size": 8, "max_length": 256, "dtype": "float32", "warmup": 0.1}


def _train(model: str, out: Path, **changes: Any) -> TrainingSummary:
    data = write_jsonl(out.parent / "rows.jsonl", examples(20))
    section = TrainingSection(**{**BASE, "learning_rate": PEAK, "max_steps": STEPS, **changes})
    return train(section, ModelSection(name=model), load_template("qa"), [data], out, seed=1)


def _cosine(share: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * share))


# One schedule is tried in every run of the tests, the others where there is time.
_SLOW = {"linear", "constant", "cosine"}
# Of the share of the steps behind the warm-up: the learning rate as a share of the peak.
SCHEDULES: list[tuple[dict[str, Any], Any]] = [
    ({"schedule": "cosine", "min_learning_rate_ratio": 0.1}, lambda share: 0.1 + 0.9 * _cosine(share)),
    ({"schedule": "linear", "min_learning_rate_ratio": 0.1}, lambda share: 1 - 0.9 * share),
    ({"schedule": "constant"}, lambda share: 1.0),
    (
        {"schedule": "wsd", "decay": 0.4, "min_learning_rate_ratio": 0.1},
        lambda share: 1.0 if share <= 10 / 18 else 1 - 0.9 * math.sqrt((18 * share - 10) / 8),
    ),
]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(*case, id=case[0]["schedule"], marks=[pytest.mark.slow] * (case[0]["schedule"] in _SLOW))
        for case in SCHEDULES
    ],
)
def test_a_schedule_warms_up_and_decays_to_its_floor(
    changes: dict[str, Any], expected: Any, tiny_llama: str, tmp_path: Path
) -> None:
    _train(tiny_llama, tmp_path / "out", **changes)
    rates = [row["learning_rate"] / PEAK for row in read_log(tmp_path / "out")]
    assert rates[0] < rates[1] < rates[2]
    assert rates[2:] == pytest.approx([expected(step / 18) for step in range(18)], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["adafactor", "muon"])
def test_an_optimiser_learns_and_goes_on_where_it_stopped(
    optimizer: str, tiny_llama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"optimizer": optimizer, "save_steps": 10, "weight_decay": 0.01}
    summary = _train(tiny_llama, tmp_path / "whole", **changes)
    assert summary.last_loss < summary.first_loss - 0.5
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dartmath.training.trainer.CheckedTrainer._get_grad_norm", _killed_at(13))
        _train(tiny_llama, tmp_path / "killed", **changes)
    assert len(read_log(tmp_path / "killed")) == 12
    _train(tiny_llama, tmp_path / "killed", **changes)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def _killed_at(step: int) -> Any:
    from dartmath.training.trainer import CheckedTrainer

    original = CheckedTrainer._get_grad_norm

    def grad_norm(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step + 1 == step:
            raise KeyboardInterrupt
        return original(self, *args, **kwargs)

    return grad_norm


def test_muon_takes_the_matrices_between_the_embeddings_and_adamw_the_rest(tiny_llama: str) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    optimizer = MuonAdamW(model, learning_rate=1e-2, weight_decay=0.0)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    muon, adamw = ({names[id(p)] for p in group["params"]} for group in optimizer.param_groups)
    assert all(name.endswith("_proj.weight") for name in muon)
    assert {name for name in adamw if "norm" not in name} == {"model.embed_tokens.weight", "lm_head.weight"}
    assert muon | adamw == set(names.values())
    for group in optimizer.param_groups:
        group["lr"] = 0.0  # as a schedule sets it
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    model(torch.arange(8)[None], labels=torch.arange(8)[None]).loss.backward()
    optimizer.step()
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": "constant", "min_learning_rate_ratio": 0.1}, "does not decay"),
        ({"schedule": "cosine", "decay": 0.5}, "only schedule wsd"),
        ({"schedule": "wsd", "warmup": 0.6, "decay": 0.6}, "more than all steps"),
    ],
)
def test_a_schedule_is_given_nothing_that_it_does_not_have(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainingSection(**changes)


def test_an_optimiser_that_is_not_here_or_cannot_be_sharded_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dartmath.training.hardware.find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="pip install bitsandbytes"):
        check_options(TrainingSection(optimizer="paged_adamw_8bit"))
    with pytest.raises(ConfigError, match="muon needs whole weight matrices"):
        check_options(TrainingSection(optimizer="muon", launch="zero3"))
