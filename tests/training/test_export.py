"""What is written is what was trained: weights, end tokens, configuration; known before the first step."""

import json
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import torch

from dartmath.base.errors import ConfigError, MissingDependencyError, TrainingError
from dartmath.base.manifest import read_manifest
from dartmath.model import ModelSection, load_model, load_tokenizer
from dartmath.prompts.template import encode_prompt, load_template
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.export import generation_config
from dartmath.training.export_check import check_export, look_at_trained
from dartmath.training.run import TrainingSummary, train
from dartmath.training.tokens import Encoder, Tokens, end_ids
from training.material import TOKENIZERS, byte_level_tokenizer, examples, with_few_merges, write_jsonl

TURN_END = "<|im_end|>"
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ANSWER = "The answer is 4."
# Of each published tokenizer, templates that its models are used with.
TEMPLATES = {
    "smollm2": ("qa", "alpaca", "chat"),
    "deepseek": ("qa", "alpaca", "deepseekmath"),
    "llama3": ("qa", "alpaca", "llama3"),
    "mistral": ("qa", "alpaca", "xwin"),
}
WAYS: dict[str, Lora | None] = {"full": None, "merged": Lora(rank=4), "adapter": Lora(rank=4, merge=False)}


def _train(model: str, data: Path, out: Path, template: str = "qa", **changes: Any) -> TrainingSummary:
    keys: dict[str, Any] = {
        "epochs": 1,
        "batch_size": 2,
        "max_length": 512,
        "learning_rate": 1e-3,
        "dtype": "float32",
        "max_steps": 1,
        **changes,
    }
    section = TrainingSection(**keys)
    return train(section, ModelSection(name=model), load_template(template), [data], out, seed=1)


def _write_llama(folder: Path, tokenizer: Any) -> str:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("data") / "rows.jsonl", examples(8))


@pytest.fixture(scope="module")
def chat_base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A base model whose end of text is not the end of its chat turns."""
    tokenizer = byte_level_tokenizer(bos=False)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", TURN_END]})
    tokenizer.chat_template = CHAT
    return _write_llama(tmp_path_factory.mktemp("chat-base"), tokenizer)


def _ends(folder: Path) -> set[int]:
    return set(load_model(ModelSection(name=str(folder)), "cpu").generation_config.eos_token_id)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_saving_stops_where_training_ended_responses(
    way: str, chat_base: str, data: Path, tmp_path: Path
) -> None:
    _train(chat_base, data, tmp_path / "out", "chat", lora=WAYS[way])
    tokenizer = load_tokenizer(ModelSection(name=str(tmp_path / "out")))
    assert tokenizer.convert_tokens_to_ids(TURN_END) in _ends(tmp_path / "out")
    assert tokenizer.eos_token_id in _ends(tmp_path / "out")


@pytest.fixture(scope="module", params=TEMPLATES)
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any]:
    """The name and the tokenizer of each published model in turn."""
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, with_few_merges(TOKENIZERS[request.param](folder), folder / "few")


@pytest.mark.slow
@pytest.mark.parametrize("place", range(3))
def test_published_tokenizers_stop_and_prompt_as_trained(
    place: int, published: tuple[str, Any], tmp_path: Path
) -> None:
    name, tokenizer = published
    template = TEMPLATES[name][place]
    data = write_jsonl(tmp_path / "rows.jsonl", [(query, ANSWER) for query, _ in examples(8)])
    full = tmp_path / "full"
    base = _write_llama(tmp_path / "base", tokenizer)
    _train(base, data, full, template, epochs=99, max_steps=60, learning_rate=1e-2)
    _check_answer(full, tokenizer, template)
    # A base whose own settings know nothing of the turn's end, although its weights do.
    settings = full / "generation_config.json"
    settings.write_text(
        json.dumps({**json.loads(settings.read_text()), "eos_token_id": tokenizer.eos_token_id})
    )
    pairs = tmp_path / "pairs.jsonl"
    rows = [{"query": query, "chosen": ANSWER, "rejected": other} for query, other in examples(8)]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    further: dict[str, dict[str, Any]] = {
        "merged": {"lora": WAYS["merged"]},
        "adapter": {"lora": WAYS["adapter"]},
        "dpo": {"objective": "dpo"},
        "dpo-merged": {"objective": "dpo", "lora": WAYS["merged"]},
    }
    for way, changes in further.items():
        _train(
            str(full),
            pairs if "objective" in changes else data,
            tmp_path / way,
            template,
            learning_rate=1e-6,
            **changes,
        )
        _check_answer(tmp_path / way, tokenizer, template)


def _check_answer(folder: Path, tokenizer: Any, template: str) -> None:
    """A server's prompt has the tokens of training; the greedy answer is the one learnt, and ends."""
    written = load_tokenizer(ModelSection(name=str(folder)))
    model = load_model(ModelSection(name=str(folder), dtype="float32"), "cpu")
    for query, _ in examples(2, seed=1):
        turns = [{"role": "user", "content": query}]
        prompt = written.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt")[
            "input_ids"
        ]
        trained = load_template(template).render(query, tokenizer=tokenizer).text
        assert trained is not None
        assert prompt[0].tolist() == encode_prompt(tokenizer, trained)
        answer = model.generate(prompt, do_sample=False, max_new_tokens=40)[0, prompt.shape[1] :].tolist()
        assert answer[-1] == end_ids(tokenizer, load_template(template))[-1]
        assert written.decode(answer, skip_special_tokens=True).strip() == ANSWER


@pytest.mark.parametrize("way", ["full", "merged"])
def test_a_configuration_that_was_changed_for_training_is_written(
    way: str, data: Path, tmp_path: Path
) -> None:
    from transformers import Phi3Config, Phi3ForCausalLM

    tokenizer = byte_level_tokenizer()
    config = Phi3Config(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, sliding_window=16, eos_token_id=1, pad_token_id=2,
    )  # fmt: skip
    Phi3ForCausalLM(config).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    _train(str(tmp_path / "base"), data, tmp_path / "out", sliding_window=False, lora=WAYS[way])
    assert json.loads((tmp_path / "out" / "config.json").read_text())["sliding_window"] is None


def test_a_published_configuration_that_cannot_be_written_does_not_cost_the_run(
    tiny_llama: str, data: Path, tmp_path: Path
) -> None:
    base = Path(shutil.copytree(tiny_llama, tmp_path / "base"))
    settings = {"eos_token_id": 1, "temperature": 0.9, "top_p": 0.6}
    (base / "generation_config.json").write_text(json.dumps(settings))
    _train(str(base), data, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "generation_config.json").read_text())
    assert (written["do_sample"], written["temperature"], written["top_p"]) == (True, 0.9, 0.6)


def test_a_hopeless_generation_configuration_is_refused_before_the_first_step(byte_tokenizer: Any) -> None:
    from transformers import GenerationConfig

    broken = GenerationConfig(eos_token_id=1)
    broken.num_return_sequences, broken.num_beams, broken.do_sample = 4, 2, False
    with pytest.raises(ConfigError, match=r"generation_config\.json cannot be written"):
        generation_config(broken, byte_tokenizer, load_template("qa"))


def test_no_room_for_the_weights_is_found_before_the_first_step(
    tiny_llama: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "dartmath.training.export.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0)
    )
    with pytest.raises(ConfigError, match="GB free"):
        _train(tiny_llama, data, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.safetensors"))


def test_another_model_in_the_folder_is_noticed(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    tokenizer = load_tokenizer(ModelSection(name=tiny_llama))
    encoder = Encoder(tokenizer, load_template("qa"))
    texts = [t for t in encoder.encode_many(examples(4)) if isinstance(t, Tokens)]
    model = load_model(ModelSection(name=tiny_llama, dtype="float32"), "cpu")
    model.generation_config.eos_token_id = [1]
    trained = look_at_trained(model, texts, "cpu", section=TrainingSection())  # type: ignore[arg-type]
    same = Path(shutil.copytree(tiny_llama, tmp_path / "same"))
    check_export(same, trained, tokenizer)
    with torch.no_grad():
        model.model.layers[1].mlp.down_proj.weight.mul_(1.5)
    model.save_pretrained(tmp_path / "other")
    tokenizer.save_pretrained(tmp_path / "other")
    with pytest.raises(TrainingError, match="log-probabilities differ"):
        check_export(tmp_path / "other", trained, tokenizer)
    (same / "generation_config.json").write_text('{"eos_token_id": 7}')
    with pytest.raises(TrainingError, match=r"stops at tokens 7 instead of \[1\]"):
        check_export(same, trained, tokenizer)


def test_other_weights_of_the_same_name_are_another_base(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    base = Path(shutil.copytree(tiny_llama, tmp_path / "base"))
    _train(str(base), data, tmp_path / "out")
    model = load_model(ModelSection(name=str(base), dtype="float32"), "cpu")
    with torch.no_grad():
        model.lm_head.weight.add_(0.1)
    model.save_pretrained(base)
    with pytest.raises(ConfigError, match="base:"):
        _train(str(base), data, tmp_path / "out")


def test_a_run_of_an_earlier_version_is_still_finished(tiny_llama: str, data: Path, tmp_path: Path) -> None:
    _train(tiny_llama, data, tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["settings"]["base"]
    path.write_text(json.dumps(manifest))
    assert _train(tiny_llama, data, tmp_path / "out").steps == 1
    assert read_manifest(tmp_path / "out")["finished"]


def test_a_tokenizer_that_needs_a_package_is_named_with_its_command(
    tiny_llama: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: Any, **__: Any) -> None:
        raise ModuleNotFoundError("No module named 'tiktoken'", name="tiktoken")

    monkeypatch.setattr("transformers.AutoTokenizer.from_pretrained", lacking)
    with pytest.raises(MissingDependencyError, match="pip install tiktoken"):
        load_tokenizer(ModelSection(name=tiny_llama))


def test_one_process_trains_on_one_of_several_devices(
    tiny_llama: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import TrainingArguments

    setup = TrainingArguments.__dict__["_setup_devices"].func

    def eight(self: Any) -> Any:
        device = setup(self)
        self._n_gpu = 8
        return device

    found = cached_property(eight)  # what transformers finds on a box of eight
    found.__set_name__(TrainingArguments, "_setup_devices")
    monkeypatch.setattr(TrainingArguments, "_setup_devices", found)
    assert _train(tiny_llama, data, tmp_path / "out").steps == 1
