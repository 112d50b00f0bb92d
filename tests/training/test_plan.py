"""Plans: parameters are exact, and steps, memory and hours follow published formulas."""

from pathlib import Path
from typing import Any

import pytest

from dartmath.base.errors import ConfigError, UnknownNameError
from dartmath.pipeline.training import training_request
from dartmath.recipe import builtin_recipes, load_recipe
from dartmath.training.activations import count_kept
from dartmath.training.config import Lora, TrainingSection
from dartmath.training.memory import memory_table, state_bytes
from dartmath.training.plan import assumed_size, plan
from dartmath.training.shape import ModelShape, model_shape, shape_of
from training.material import examples, write_jsonl

PAPER = [n for n in builtin_recipes() if n.startswith("dart-math/") and "/study-" not in n]


def _section_of(section: type[TrainingSection], flags: Any) -> TrainingSection:
    return section(**flags)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("mistralai/Mistral-7B-v0.1", 7_241_732_096),
        ("meta-llama/Meta-Llama-3-8B", 8_030_261_248),
        ("meta-llama/Meta-Llama-3-70B", 70_553_706_496),
        ("deepseek-ai/deepseek-math-7b-base", 6_910_365_696),
    ],
)
def test_parameters_of_published_models_are_exact(name: str, parameters: int) -> None:
    assert model_shape(name, name).parameters == parameters


def test_experts_are_counted_as_published() -> None:
    # Model cards: Mixtral-8x7B has 46.7 B parameters and uses 12.9 B per token, Qwen3-30B-A3B 30.5 and 3.3.
    import transformers as t

    mixtral = shape_of(t.MixtralConfig())
    embedding = mixtral.vocabulary * mixtral.hidden  # the published 12.9 B count it
    assert mixtral.parameters / 1e9 == pytest.approx(46.7, abs=0.05)
    assert (mixtral.active + embedding) / 1e9 == pytest.approx(12.9, abs=0.05)
    qwen = t.Qwen3MoeConfig(
        vocab_size=151936, hidden_size=2048, num_hidden_layers=48, num_attention_heads=32,
        num_key_value_heads=4, head_dim=128, moe_intermediate_size=768, num_experts=128,
        num_experts_per_tok=8, tie_word_embeddings=False,
    )  # fmt: skip
    shape = shape_of(qwen)
    assert (shape.parameters / 1e9, shape.active / 1e9) == pytest.approx((30.5, 3.3), abs=0.4)


@pytest.mark.parametrize("kind", ["llama", "tied", "qwen2", "gemma3", "moe"])
def test_parameters_equal_those_of_the_model_in_memory(kind: str) -> None:
    import transformers as t

    size = {"vocab_size": 300, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    configs = {
        "llama": t.LlamaConfig,
        "tied": t.LlamaConfig,
        "qwen2": t.Qwen2Config,
        "gemma3": t.Gemma3TextConfig,
        "moe": t.MixtralConfig,
    }
    config = configs[kind](**size, **heads, tie_word_embeddings=kind in ("tied", "gemma3"))
    model = t.AutoModelForCausalLM.from_config(config)
    assert shape_of(config).parameters == model.num_parameters()


def test_lora_parameters_equal_those_of_the_adapters(tiny_llama: str) -> None:
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM

    from dartmath.training.load import lora_config

    base = AutoModelForCausalLM.from_pretrained(tiny_llama)
    model = get_peft_model(base, lora_config(Lora(rank=4), base))
    expected = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert model_shape("tiny", tiny_llama).lora_parameters(4) == expected


def test_memory_of_zero_stages_follows_the_paper() -> None:
    # Figure 1 of https://arxiv.org/abs/1910.02054: 7.5 B parameters, 64 GPUs, GB = 1e9 bytes.
    shape = ModelShape(36, 4096, 0, parameters=7_500_000_000, active=7_500_000_000, linears=())
    scale = 7.5e9 / shape.parameters * 2**30 / 1e9
    table = memory_table(TrainingSection(gpus=64, batch_size=64), shape)
    states = [scale * (m.weights + m.gradients + m.optimiser) for m in table]
    assert states == pytest.approx([120.0, 31.4, 16.6, 1.9], abs=0.05)


def test_preferences_need_a_second_copy_of_the_base_and_its_passes(tiny_llama: str) -> None:
    shape = model_shape(tiny_llama, tiny_llama)
    sections = [TrainingSection(), TrainingSection(objective="dpo")]
    alone, beside = (memory_table(section, shape)[0].weights for section in sections)
    assert (beside - alone) * 2**30 == pytest.approx(4 * shape.parameters)
    adapters = [TrainingSection(lora=Lora(), objective=kind) for kind in ("sft", "dpo")]
    one, other = (memory_table(section, shape)[0] for section in adapters)
    assert one.weights == other.weights  # the base without its adapters is the reference
    assert other.activations == pytest.approx(2 * one.activations)  # both sides of a pair at once
    hours = [plan(one, shape, assumed_size(100, 50, one, "given")).hours for one in sections]
    assert hours[1] == pytest.approx(hours[0] * 4 / 3)


def test_one_gpu_has_nothing_to_shard_and_qlora_needs_least() -> None:
    shape = model_shape("mistralai/Mistral-7B-v0.1", "")
    full = memory_table(TrainingSection(), shape)
    lora = memory_table(TrainingSection(lora=Lora()), shape)
    qlora = memory_table(TrainingSection(lora=Lora(quantize=True)), shape)
    assert [len(full), len(lora), len(qlora)] == [1, 1, 1]
    assert full[0].total > lora[0].total > qlora[0].total
    assert qlora[0].total < 24


@pytest.mark.parametrize("name", PAPER)
def test_the_papers_recipes_are_the_papers(name: str) -> None:
    recipe = load_recipe(name)
    section = recipe.training
    assert section is not None
    rates = {"mistral-7b": 1e-5, "llama3-8b": 5e-5, "llama3-70b": 2e-5, "dsmath-7b": 5e-5}
    model = name.removeprefix("dart-math/").rpartition("-")[0]
    assert section.learning_rate == rates[model]
    assert section.epochs == (1 if model.startswith("llama3") else 3)
    assert section.gpus == (32 if model == "llama3-70b" else 8)
    accumulation = section.batch_size // (section.gpus * section.micro_batch)
    assert accumulation == (2 if model == "llama3-8b" else 1)
    assert (section.batch_size, section.max_length, section.warmup) == (64, 4096, 0.03)
    assert (section.schedule, section.weight_decay, section.template) == ("cosine", 0.0, "alpaca")
    assert section.sliding_window == (model != "mistral-7b")
    assert (recipe.sampling.temperature, recipe.sampling.top_p, recipe.sampling.max_tokens) == (
        1.6,
        0.95,
        2048,
    )


def test_there_are_twelve_recipes_of_the_paper() -> None:
    assert len(PAPER) == 12


@pytest.mark.parametrize("name", PAPER)
def test_a_papers_recipe_is_planned_without_data_or_hub(name: str) -> None:
    request = training_request(name, {}, {}, data=None, out=None, resolve=_section_of)
    made = request.plan(device="A100", mfu=0.4)
    assert made.steps == pytest.approx(made.tokens / (64 * 4096 * 0.995), rel=0.01)
    sharded = made.memory[-1]
    assert sharded.sharding == "ZeRO-3 / FSDP2"
    assert sharded.total < 80  # the paper's hardware holds it
    # The paper: about 3 hours per epoch of a 7B model on 8 A100.
    per_epoch = made.hours * made.layout.gpus / 8 / (request.section.epochs) * 7e9 / made.parameters
    assert 2 < per_epoch < 5


def test_data_at_hand_is_counted_exactly(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(40))
    flags = {"model": tiny_llama, "template": "qa", "batch_size": 2, "max_length": 256, "epochs": 2}
    request = training_request(None, flags, {}, data=[str(data)], out=tmp_path / "out", resolve=_section_of)
    made, summary = request.plan(device="A100", mfu=0.4), request.train()
    assert (made.steps, made.data.rows, made.data.sequences) == (
        summary.steps,
        summary.examples,
        summary.sequences,
    )
    assert made.parameters == summary.parameters


def test_sizes_can_be_given_and_unknown_devices_are_refused() -> None:
    section = TrainingSection(batch_size=64)
    shape = model_shape("mistralai/Mistral-7B-v0.1", "")
    size = assumed_size(1000, 409.6, section, "as given")
    assert size.sequences == 101
    assert plan(section, shape, size).steps == 6
    with pytest.raises(UnknownNameError, match='did you mean "H100"'):
        plan(section, shape, size, device="H10O")
    with pytest.raises(ConfigError, match="go together"):
        training_request(PAPER[0], {}, {}, data=None, out=None, resolve=_section_of).plan(
            device="A100", mfu=0.4, rows=5
        )


@pytest.mark.parametrize("name", ["zero3", "fsdp2"])
def test_launch_files_are_what_accelerate_reads(name: str) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    path = Path(__file__).parents[2] / "launch" / f"{name}.yaml"
    config = load_config_from_file(str(path))
    assert config.mixed_precision == "bf16"
    assert config.num_processes == 8


@pytest.mark.parametrize("optimizer", ["adamw", "adafactor", "muon"])
def test_states_of_an_optimiser_take_what_is_planned(optimizer: Any, tiny_llama: str) -> None:
    import torch
    from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

    from dartmath.training.optimizer import MuonAdamW

    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    if optimizer == "muon":
        made: Any = MuonAdamW(model, learning_rate=1e-3, weight_decay=0.0)
    else:
        names = {"adamw": "adamw_torch_fused", "adafactor": "adafactor"}
        kind, options = Trainer.get_optimizer_cls_and_kwargs(TrainingArguments(optim=names[optimizer]), model)
        made = kind(model.parameters(), **options)
    model(torch.arange(8)[None], labels=torch.arange(8)[None]).loss.backward()
    made.step()
    states = made.state.values() if optimizer != "muon" else [s for p in made.parts for s in p.state.values()]
    tensors = [t for state in states for t in state.values() if isinstance(t, torch.Tensor) and t.dim()]
    expected = state_bytes(TrainingSection(optimizer=optimizer), model_shape(tiny_llama, tiny_llama))
    assert sum(t.numel() * t.element_size() for t in tensors) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("kind", ["LlamaConfig", "Qwen3Config", "Gemma3TextConfig"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_activations_are_those_of_a_real_forward_pass(kind: str, dtype: str) -> None:
    import torch
    import transformers as t

    sizes = {"vocab_size": 300, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
    config = getattr(t, kind)(**sizes, num_attention_heads=4, num_key_value_heads=2, head_dim=16)
    section = TrainingSection(max_length=48)
    model = t.AutoModelForCausalLM.from_config(config, attn_implementation="sdpa").train()
    own = {p.data_ptr() for p in (*model.parameters(), *model.buffers())}
    found: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            found.setdefault(storage.data_ptr(), storage)
        return tensor

    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"),
    ):
        hidden = model.base_model(torch.zeros(1, 48, dtype=torch.long), use_cache=False).last_hidden_state
    kept = count_kept(config, section, dtype)
    assert kept is not None
    assert hidden.numel() * hidden.element_size() == kept.inputs
    assert kept.total(checkpointing=False) == pytest.approx(sum(s.nbytes() for s in found.values()), rel=0.02)
    assert kept.total(checkpointing=True) < kept.total(checkpointing=False)


def test_a_mixture_of_experts_cannot_be_counted_and_is_estimated() -> None:
    from transformers import MixtralConfig

    shape = shape_of(MixtralConfig(num_hidden_layers=1, hidden_size=64, intermediate_size=64, vocab_size=99))
    assert count_kept(shape.config, TrainingSection(max_length=64), "bfloat16") is None
    assert memory_table(TrainingSection(max_length=64), shape)[0].activations > 0


def test_a_probe_measures_the_pace_of_the_run_and_leaves_nothing(tiny_llama: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "rows.jsonl", examples(40))
    flags = {"model": tiny_llama, "template": "qa", "batch_size": 2, "max_length": 256, "epochs": 2}
    request = training_request(None, flags, {}, data=[str(data)], out=tmp_path / "out", resolve=_section_of)
    made = request.plan(device="CPU", mfu=0.4, probe=True)
    assert made.pace is not None
    assert made.hours == pytest.approx(made.tokens / made.pace.tokens_per_second / 3600)
    assert (made.device, [m.sharding for m in made.memory]) == ("CPU", ["one device"])
    # Libraries weigh most of a model of 60,000 parameters, and the process holds the tests as well.
    assert 0.3 < made.memory[0].total < made.pace.peak_gib + 0.3
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigError, match="give --data"):
        training_request(PAPER[0], {}, {}, data=None, out=None, resolve=_section_of).plan(
            device="A100", mfu=0.4, probe=True
        )
