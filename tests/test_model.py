"""Which model: folders, packaged models, adapters, and what is wrong with them."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from dartmath.base import extras
from dartmath.base.errors import ConfigError, DataError, MissingDependencyError
from dartmath.model import (
    PACKAGED,
    ModelSection,
    describe_model,
    fingerprint,
    load_model,
    load_tokenizer,
    pick_device,
    pick_dtype,
    resolve_model,
)


def test_a_hub_id_is_left_to_the_hub() -> None:
    assert resolve_model("deepseek-ai/deepseek-math-7b-rl") == "deepseek-ai/deepseek-math-7b-rl"


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "~/nope", "a/b/c"])
def test_a_folder_that_is_not_there(name: str) -> None:
    with pytest.raises(ConfigError, match="no such model folder"):
        resolve_model(name)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no config\.json"):
        resolve_model(str(tmp_path))


def test_a_folder_without_a_tokenizer(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(DataError, match=r"no tokenizer.*save_pretrained"):
        resolve_model(str(tmp_path))


def test_a_damaged_folder_is_a_data_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "tokenizer.json").write_text("not json")
    with pytest.raises(DataError, match="cannot load the tokenizer"):
        load_tokenizer(ModelSection(name=str(tmp_path)))


def test_a_misspelt_packaged_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Read once on import; the Hub must not be asked by a test.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match="did you mean 'smollm2-135m-instruct'"):
        load_tokenizer(ModelSection(name="smolm2-135m-instruct"))


def test_a_packaged_model_is_a_loadable_folder(smollm2: str) -> None:
    assert resolve_model("smollm2-135m-instruct") == smollm2
    assert json.loads((Path(smollm2) / "config.json").read_text())["model_type"] == "llama"
    tokenizer = load_tokenizer(ModelSection(name="smollm2-135m-instruct"))
    assert (tokenizer.bos_token, tokenizer.eos_token) == ("<|im_start|>", "<|im_end|>")


def test_a_packaged_model_whose_package_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DARTMATH_CACHE", str(tmp_path))
    monkeypatch.setitem(PACKAGED, "smollm2-135m-instruct", ("no_such_module", "x.gguf", "pip install it"))
    with pytest.raises(MissingDependencyError, match="pip install it"):
        resolve_model("smollm2-135m-instruct")


def test_the_command_for_a_packaged_model_installs_its_reader_too() -> None:
    named = extras.install_command(["gguf"])
    assert all(command.startswith(f"{named} && ") for _, _, command in PACKAGED.values())


def test_a_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    first, moved = tmp_path / "first", tmp_path / "moved"
    first.mkdir()
    weights = random.Random(0).randbytes(9 << 20)
    (first / "model.safetensors").write_bytes(weights)
    (first / "config.json").write_text("{}")
    before = describe_model(ModelSection(name=str(first)))["fingerprint"]
    shutil.copytree(first, moved)
    (moved / "manifest.json").write_text("written later")
    assert fingerprint(moved) == before
    (moved / "model.safetensors").write_bytes(bytes(byte ^ (byte & 1) for byte in weights))
    assert fingerprint(moved) != before
    (first / "config.json").write_text('{"vocab_size": 5}')
    assert fingerprint(first) != before


def test_a_model_that_is_no_folder_has_no_fingerprint() -> None:
    for name in ("smollm2-135m-instruct", "Qwen/Qwen2.5-Math-7B"):
        assert describe_model(ModelSection(name=name, revision="v1")) == {
            "name": name,
            "revision": "v1",
            "dtype": "auto",
        }


def test_adapters_load_merged_into_their_base(smollm2: str, tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    # Weights that are not initialised to do nothing, so that adapters which are not there show.
    config = LoraConfig(target_modules=["q_proj"], init_lora_weights=False)
    base = load_model(ModelSection(name=smollm2, dtype="float32"), "cpu")
    ids = torch.tensor([[1, 5, 9, 200]])
    with torch.no_grad():
        without = base(ids).logits
        model = get_peft_model(base, config).eval()
        expected = model(ids).logits
        model.save_pretrained(tmp_path)
        load_tokenizer(ModelSection(name=smollm2)).save_pretrained(tmp_path)
        loaded = load_model(ModelSection(name=str(tmp_path), dtype="float32"), "cpu")
        logits = loaded(ids).logits
    assert loaded.dtype == torch.float32
    # float32 sums in another order, over thirty layers.
    torch.testing.assert_close(logits, expected, atol=1e-2, rtol=1e-3)
    assert (without - expected).abs().max() > 0.1


def test_number_formats() -> None:
    import torch

    assert pick_dtype("float16", "cpu") == torch.float16
    assert pick_dtype("auto", "cpu") in (torch.float32, torch.bfloat16)
    assert pick_device("cpu") == "cpu"
    assert pick_device() == ("cuda" if torch.cuda.is_available() else "cpu")
