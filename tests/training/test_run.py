"""A whole training run: it learns, resumes, refuses, and exports what servers can load."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.base.errors import ConfigError, DataError, JournalError, TrainingError, UnknownNameError
from dartmath.base.manifest import read_manifest
from dartmath.base.run_lock import RunLock
from dartmath.model import ModelSection
from dartmath.prompts.template import load_template
from dartmath.training.config import DatasetWeight, Lora, TrainingSection
from dartmath.training.log import read_log
from dartmath.training.run import TrainingSummary, train
from training.material import examples, write_jsonl

Run = tuple[Path, TrainingSummary]
BASE: dict[str, Any] = {
    "epochs": 2,
    "batch_size": 2,
    "max_length": 256,
    "learning_rate": 1e-2,
    "save_steps": 3,
    "dtype": "float32",
}


def _train(model: str, data: list[Path], out: Path, template: str = "qa", **changes: Any) -> TrainingSummary:
    section = TrainingSection(**{**BASE, **changes})
    return train(section, ModelSection(name=model), load_template(template), data, out, seed=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("data") / "rows.jsonl", examples(40))


@pytest.fixture(scope="module")
def trained(tiny_llama: str, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("run") / "model"
    return out, _train(tiny_llama, [data], out)


def test_the_loss_falls(trained: Run) -> None:
    out, summary = trained
    assert summary.last_loss < summary.first_loss - 0.5
    assert [row["step"] for row in read_log(out)] == list(range(1, summary.steps + 1))
    assert read_log(out)[-1]["tokens"] >= 2 * summary.examples


def test_the_schedule_warms_up_and_decays_to_zero(trained: Run) -> None:
    rates = [row["learning_rate"] for row in read_log(trained[0])]
    assert rates[0] == 0.0
    assert rates[1] == BASE["learning_rate"]
    assert rates[1:] == sorted(rates[1:], reverse=True)
    assert rates[-1] < 0.1 * BASE["learning_rate"]


def test_the_manifest_tells_what_was_trained_on_what(trained: Run, data: Path) -> None:
    manifest = read_manifest(trained[0], stage="train")
    assert manifest["finished"]
    assert manifest["inputs"] == [str(data)]
    assert manifest["template"] == {"name": "qa", "hash": load_template("qa").hash}
    assert manifest["summary"]["examples"] == 40
    assert not (trained[0] / "checkpoints").exists()


def test_a_finished_run_is_one_on_any_number_of_gpus(trained: Run, tiny_llama: str, data: Path) -> None:
    out, summary = trained
    assert _train(tiny_llama, [data], out, gpus=2) == summary
    with pytest.raises(ConfigError, match="max_length"):
        _train(tiny_llama, [data], out, max_length=128)


def test_the_export_loads_and_prompts_as_training_did(trained: Run) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(trained[0])
    tokenizer = AutoTokenizer.from_pretrained(trained[0])
    served = tokenizer.apply_chat_template(
        [{"role": "user", "content": "1 + 1?"}], tokenize=False, add_generation_prompt=True
    )
    assert served == "<s>" + (load_template("qa").render("1 + 1?").text or "")
    assert tokenizer.eos_token_id in model.generation_config.eos_token_id
    assert model.config.vocab_size == len(tokenizer)  # embeddings were not resized
    assert not list(trained[0].rglob("*.bin"))  # no pickles


def test_a_finished_run_does_nothing(trained: Run, tiny_llama: str, data: Path) -> None:
    before = (trained[0] / "model.safetensors").stat().st_mtime_ns
    assert _train(tiny_llama, [data], trained[0]) == trained[1]
    assert (trained[0] / "model.safetensors").stat().st_mtime_ns == before


def test_a_finished_run_of_an_earlier_version_is_finished(
    trained: Run, tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(trained[0], tmp_path / "earlier")
    manifest = json.loads((out / "manifest.json").read_text())
    del manifest["settings"]["mask_tool_output"], manifest["settings"]["export_dtype"]
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert _train(tiny_llama, [data], out) == trained[1]


def test_epochs_cannot_be_raised_and_the_way_on_is_said(trained: Run, tiny_llama: str, data: Path) -> None:
    with pytest.raises(ConfigError, match=r"epochs: 2\.0 -> 3\.0\n\(epochs: .*--model"):
        _train(tiny_llama, [data], trained[0], epochs=3)


def test_a_run_of_other_settings_is_not_continued(trained: Run, tiny_llama: str, data: Path) -> None:
    with pytest.raises(ConfigError, match=r"learning_rate: 0\.01 -> 0\.02"):
        _train(tiny_llama, [data], trained[0], learning_rate=2e-2)
    with pytest.raises(ConfigError, match="template"):
        _train(tiny_llama, [data], trained[0], template="alpaca")
    _train(tiny_llama, [data], trained[0], save_steps=50)  # changes nothing that is learnt


def test_packed_and_padded_training_agree_on_the_same_steps(
    tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    # One step over all examples: however they are laid out, the loss of the step is the same.
    whole: dict[str, Any] = {"epochs": 1, "warmup": 0.0}
    _train(tiny_llama, [data], tmp_path / "packed", batch_size=64, **whole)
    _train(tiny_llama, [data], tmp_path / "padded", batch_size=64, micro_batch=8, packing=False, **whole)
    packed, padded = read_log(tmp_path / "packed")[0], read_log(tmp_path / "padded")[0]
    assert packed["loss"] == pytest.approx(padded["loss"], rel=1e-5)
    assert packed["grad_norm"] == pytest.approx(padded["grad_norm"], rel=1e-4)


def test_every_data_set_is_used_as_often_as_its_weight_says(
    tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    other = write_jsonl(tmp_path / "other.jsonl", examples(10, seed=5))
    summary = _train(
        tiny_llama,
        [data],
        tmp_path / "out",
        max_steps=1,
        datasets=[DatasetWeight(path=str(other), weight=2.5)],
    )
    assert summary.examples == 40 + 25


def test_a_nan_stops_the_run_and_names_the_row(tiny_llama: str, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    rows = [*examples(12), ("What is § here?", "Nothing at all.")]
    source = write_jsonl(tmp_path / "rows.jsonl", rows)
    poisoned = Path(shutil.copytree(tiny_llama, tmp_path / "model"))
    weights = load_file(poisoned / "model.safetensors")
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    common = set(tokenizer(" ".join(q + r for q, r in rows[:-1]))["input_ids"])
    odd = [token for token in tokenizer("§")["input_ids"] if token not in common]
    weights["model.embed_tokens.weight"][odd] = torch.nan
    save_file(weights, poisoned / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingError, match=r"loss became nan at step \d+.*rows\.jsonl row 13"):
        _train(str(poisoned), [source], tmp_path / "out", batch_size=1, max_length=128)
    assert not read_manifest(tmp_path / "out")["finished"]


def test_lora_is_merged_and_kept(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    summary = _train(tiny_llama, [data], tmp_path / "out", lora=Lora(rank=4))
    assert summary.trainable < summary.parameters / 3
    assert summary.last_loss < summary.first_loss
    assert (tmp_path / "out" / "adapter" / "adapter_model.safetensors").is_file()
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "out").state_dict()
    base = AutoModelForCausalLM.from_pretrained(tiny_llama).state_dict()
    assert merged.keys() == base.keys()
    changed = [name for name in base if not torch.equal(base[name], merged[name])]
    assert changed
    assert all("proj" in name for name in changed)


def test_lora_that_is_not_merged_is_an_adapter_folder(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    _train(tiny_llama, [data], tmp_path / "out", lora=Lora(rank=4, merge=False), max_steps=1)
    settings = json.loads((tmp_path / "out" / "adapter_config.json").read_text())
    assert settings["base_model_name_or_path"] == tiny_llama
    assert not (tmp_path / "out" / "model.safetensors").exists()


def test_tensorboard_events_are_written_on_request(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    _train(tiny_llama, [data], tmp_path / "out", max_steps=1, log_to=["tensorboard"])
    assert list((tmp_path / "out").rglob("events.out.tfevents*"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 63, "micro_batch": 2}, "try --micro-batch 1"),
        ({"batch_size": 64, "gpus": 6, "micro_batch": 1}, "--gpus 4"),
    ],
)
def test_a_batch_that_does_not_divide_is_refused(
    changes: dict[str, Any], message: str, tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        _train(tiny_llama, [data], tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


def test_an_unknown_launch_configuration_is_refused_on_one_device_too(
    tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(UnknownNameError, match="launch configuration 'zero33'; did you mean \"zero3\""):
        _train(tiny_llama, [data], tmp_path / "m", launch="zero33")
    assert not (tmp_path / "m").exists()


def test_a_second_run_into_the_same_folder_is_refused(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    checkpoints = tmp_path / "out" / "checkpoints"
    checkpoints.mkdir(parents=True)
    with RunLock(checkpoints), pytest.raises(JournalError, match="another process is writing"):
        _train(tiny_llama, [data], tmp_path / "out", max_steps=1)
    assert _train(tiny_llama, [data], tmp_path / "out", max_steps=1).steps == 1
    assert not checkpoints.exists()


def test_a_folder_of_somebody_else_is_refused_and_left_as_it_was(
    tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "out" / "config.json"
    theirs.parent.mkdir()
    theirs.write_text("{}")
    with pytest.raises(DataError, match=r"dartmath did not write \(config\.json\)"):
        _train(tiny_llama, [data], tmp_path / "out", max_steps=1)
    assert [path.read_text() for path in theirs.parent.iterdir()] == ["{}"]


def test_nothing_to_train_on_is_an_error(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to train on"):
        _train(tiny_llama, [], tmp_path / "out")
    with pytest.raises(DataError, match="40 too_long"):
        _train(tiny_llama, [data], tmp_path / "out", max_length=8)


def test_a_stopped_run_goes_on_with_other_micro_batches(
    tiny_llama: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dartmath.training.trainer import Checked

    original = Checked._get_grad_norm

    def stopped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step == 3:
            raise KeyboardInterrupt
        return original(self, *args, **kwargs)

    changes: dict[str, Any] = {"save_steps": 2, "max_steps": 6, "batch_size": 4}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Checked, "_get_grad_norm", stopped)
        _train(tiny_llama, [data], tmp_path / "stopped", **changes)
    _train(tiny_llama, [data], tmp_path / "stopped", **changes, micro_batch=2)
    _train(tiny_llama, [data], tmp_path / "whole", **changes)
    losses = [[row["loss"] for row in read_log(tmp_path / name)] for name in ("stopped", "whole")]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
